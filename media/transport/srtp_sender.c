/* SPDX-License-Identifier: Apache-2.0 */
#include "media/transport/srtp_sender.h"

#include <glib.h>
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
    WINDOW_WORDS = HEARD_SRTP_SENDER_WINDOW / 64,
    NO_INDEX = -1,
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

    memcpy(iv, salt, HEARD_SRTP_SENDER_SALT_SIZE);
    iv[LABEL_OFFSET] ^= label;
    ok = context && EVP_EncryptInit_ex2(context, cipher, key, iv, NULL) == 1 &&
         EVP_EncryptUpdate(context, ret_bytes, &done, zeros, (int)size) == 1;
    EVP_CIPHER_CTX_free(context);
    return ok && done == (int)size;
}

bool heard_srtp_sender_init(HeardSrtpSender *self, HeardGcmBackend backend, const uint8_t *master,
                            bool is_256)
{
    size_t key_size = is_256 ? KEY_256_SIZE : KEY_128_SIZE;
    const EVP_CIPHER *cipher = is_256 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
    uint8_t key[KEY_256_SIZE];
    bool ok;

    memset(self, 0, sizeof(*self));
    self->ssrcs = self->few_ssrcs;
    self->sents = self->few_sents;
    self->capacity = HEARD_SRTP_SENDER_INLINE;
    ok =
        derive(cipher, master, master + key_size, LABEL_RTP_KEY, key, key_size) &&
        derive(cipher, master, master + key_size, LABEL_RTP_SALT, self->salt, sizeof(self->salt)) &&
        heard_gcm_init(&self->gcm, backend, key, is_256);
    OPENSSL_cleanse(key, sizeof(key));
    return ok;
}

void heard_srtp_sender_deinit(HeardSrtpSender *self)
{
    heard_gcm_deinit(&self->gcm);
    if (self->ssrcs == self->few_ssrcs)
        return;
    g_free(self->ssrcs);
    g_free(self->sents);
}

static void grow(HeardSrtpSender *self)
{
    uint16_t capacity = (uint16_t)(self->capacity * 2);
    uint32_t *ssrcs = g_new(uint32_t, capacity);
    HeardSrtpSent *sents = g_new(HeardSrtpSent, capacity);

    memcpy(ssrcs, self->ssrcs, self->count * sizeof(*ssrcs));
    memcpy(sents, self->sents, self->count * sizeof(*sents));
    if (self->ssrcs != self->few_ssrcs) {
        g_free(self->ssrcs);
        g_free(self->sents);
    }
    self->ssrcs = ssrcs;
    self->sents = sents;
    self->capacity = capacity;
}

static HeardSrtpSent *find_sent(HeardSrtpSender *self, uint32_t ssrc)
{
    for (unsigned i = 0; i < self->count; i++)
        if (self->ssrcs[i] == ssrc)
            return &self->sents[i];
    if (self->count == HEARD_SRTP_SENDER_SSRCS_MAX)
        return NULL;
    if (self->count == self->capacity)
        grow(self);
    self->ssrcs[self->count] = ssrc;
    self->sents[self->count] = (HeardSrtpSent){.index = NO_INDEX};
    return &self->sents[self->count++];
}

/* Forget the numbers that fall out of the window between two indexes. */
static void advance(HeardSrtpSent *self, int64_t index)
{
    int64_t step = index - self->index;

    if (self->index == NO_INDEX || step >= HEARD_SRTP_SENDER_WINDOW) {
        memset(self->sent, 0, sizeof(self->sent));
    } else {
        for (int64_t n = self->index + 1; n <= index; n++)
            self->sent[n / 64 % WINDOW_WORDS] &= ~(UINT64_C(1) << (n % 64));
    }
    self->index = index;
}

/* The packet's index, marked as used; NO_INDEX when it must not go out. */
static int64_t take_index(HeardSrtpSent *self, uint16_t seq)
{
    int64_t index = seq;
    uint64_t *word;
    uint64_t bit;

    if (self->index != NO_INDEX)
        index = self->index + (int16_t)(uint16_t)(seq - (uint16_t)self->index);
    if (index < 0 || (self->index != NO_INDEX && self->index - index >= HEARD_SRTP_SENDER_WINDOW))
        return NO_INDEX;
    if (index > self->index)
        advance(self, index);
    word = &self->sent[index / 64 % WINDOW_WORDS];
    bit = UINT64_C(1) << (index % 64);
    if (*word & bit)
        return NO_INDEX;
    *word |= bit;
    return index;
}

/* RTP header with CSRCs and extension: what is authenticated but not encrypted; 0: no RTP. */
static size_t header_size(const uint8_t *packet, size_t size)
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
static void make_iv(const HeardSrtpSender *self, const uint8_t *packet, int64_t index, uint8_t *iv)
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

HeardSrtpSenderResult heard_srtp_sender_protect(HeardSrtpSender *self, uint8_t *packet,
                                                size_t *size)
{
    size_t header = header_size(packet, *size);
    uint8_t iv[HEARD_GCM_IV_SIZE];
    HeardSrtpSent *sent;
    uint32_t ssrc;
    int64_t index;

    if (header == 0)
        return HEARD_SRTP_SENDER_MALFORMED;
    memcpy(&ssrc, packet + 8, sizeof(ssrc)); /* compared only: any byte order */
    sent = find_sent(self, ssrc);
    if (!sent)
        return HEARD_SRTP_SENDER_FULL;
    index = take_index(sent, (uint16_t)(packet[2] << 8 | packet[3]));
    if (index == NO_INDEX)
        return HEARD_SRTP_SENDER_USED;
    make_iv(self, packet, index, iv);
    if (!heard_gcm_seal(&self->gcm, iv, packet, header, packet + header, *size - header,
                        packet + *size))
        return HEARD_SRTP_SENDER_REFUSED;
    *size += HEARD_GCM_TAG_SIZE;
    return HEARD_SRTP_SENDER_OK;
}
