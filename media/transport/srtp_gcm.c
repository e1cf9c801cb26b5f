/* SPDX-License-Identifier: Apache-2.0 */
#include "media/transport/srtp_gcm.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

enum {
    KEY_128_SIZE = 16,
    KEY_256_SIZE = 32,
    BLOCK_SIZE = 16,
    LABEL_OFFSET = 7, /* RFC 3711 4.3.1: the label stands above the 48 bits of the index */
    LABEL_RTP_KEY = 0x00,
    LABEL_RTP_SALT = 0x02,
    HEADER_SIZE = 12,
    EXTENSION_HEADER_SIZE = 4,
};

/* RFC 3711 4.3.3: a key stream of AES in counter mode under the master key. */
static bool derive(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *salt, uint8_t label,
                   uint8_t *ret_bytes, size_t size)
{
    /* The salt of 96 bits is filled up to 112 with zeros (RFC 7714 11). */
    uint8_t iv[BLOCK_SIZE] = {0}, zeros[KEY_256_SIZE] = {0};
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int done = 0;
    bool ok;

    memcpy(iv, salt, HEARD_SRTP_GCM_SALT_SIZE);
    iv[LABEL_OFFSET] ^= label;
    ok = context && EVP_EncryptInit_ex2(context, cipher, key, iv, NULL) == 1 &&
         EVP_EncryptUpdate(context, ret_bytes, &done, zeros, (int)size) == 1;
    EVP_CIPHER_CTX_free(context);
    return ok && done == (int)size;
}

bool heard_srtp_gcm_init(HeardSrtpGcm *self, HeardGcmBackend backend, const uint8_t *master,
                         bool is_256)
{
    size_t key_size = is_256 ? KEY_256_SIZE : KEY_128_SIZE;
    const EVP_CIPHER *cipher = is_256 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
    const uint8_t *salt = master + key_size;
    uint8_t key[KEY_256_SIZE];
    bool ok;

    ok = derive(cipher, master, salt, LABEL_RTP_KEY, key, key_size) &&
         derive(cipher, master, salt, LABEL_RTP_SALT, self->salt, sizeof(self->salt)) &&
         heard_gcm_init(&self->gcm, backend, key, is_256);
    OPENSSL_cleanse(key, sizeof(key));
    return ok;
}

void heard_srtp_gcm_deinit(HeardSrtpGcm *self)
{
    heard_gcm_deinit(&self->gcm);
    OPENSSL_cleanse(self->salt, sizeof(self->salt));
}

size_t heard_srtp_header_size(const uint8_t *packet, size_t size)
{
    size_t header;

    if (size < HEADER_SIZE || packet[0] >> 6 != 2)
        return 0;
    header = HEADER_SIZE + (size_t)(packet[0] & 0x0f) * 4;
    if (packet[0] & 0x10) {
        if (header + EXTENSION_HEADER_SIZE > size)
            return 0;
        header +=
            EXTENSION_HEADER_SIZE + (size_t)(packet[header + 2] << 8 | packet[header + 3]) * 4;
    }
    return header <= size ? header : 0;
}

/* RFC 7714 8.1: two zero bytes, SSRC, rollover counter, sequence number, XOR salt. */
static void make_iv(const HeardSrtpGcm *self, const uint8_t *packet, int64_t index, uint8_t *iv)
{
    uint32_t rollover = (uint32_t)(index >> 16);

    memcpy(iv, self->salt, HEARD_GCM_IV_SIZE);
    for (unsigned i = 0; i < 4; i++)
        iv[2 + i] ^= packet[8 + i];
    for (unsigned i = 0; i < 4; i++)
        iv[6 + i] ^= (uint8_t)(rollover >> (24 - 8 * i));
    iv[10] ^= packet[2];
    iv[11] ^= packet[3];
}

bool heard_srtp_gcm_seal(HeardSrtpGcm *self, uint8_t *packet, size_t header, size_t size,
                         int64_t index)
{
    uint8_t iv[HEARD_GCM_IV_SIZE];

    make_iv(self, packet, index, iv);
    return heard_gcm_seal(&self->gcm, iv, packet, header, packet + header, size - header,
                          packet + size);
}

bool heard_srtp_gcm_open(HeardSrtpGcm *self, uint8_t *packet, size_t header, size_t size,
                         int64_t index)
{
    uint8_t iv[HEARD_GCM_IV_SIZE];

    make_iv(self, packet, index, iv);
    return heard_gcm_open(&self->gcm, iv, packet, header, packet + header, size - header,
                          packet + size, HEARD_GCM_TAG_SIZE);
}
