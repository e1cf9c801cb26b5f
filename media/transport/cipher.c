/* SPDX-License-Identifier: Apache-2.0 */

/* The copied, pre-padded SHA_CTX is three times as fast as EVP_MAC for short packets. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "media/transport/cipher.h"

#include "media/transport/cipher_gcm.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <srtp2/auth.h>
#include <stdlib.h>
#include <string.h>

/* Exported by libsrtp, in no header. */
extern const srtp_cipher_test_case_t srtp_aes_icm_128_test_case_0;
extern const srtp_cipher_test_case_t srtp_aes_icm_256_test_case_0;
extern const srtp_auth_test_case_t srtp_hmac_test_case_0;

enum {
    ICM_SALT_SIZE = 14, /* RFC 3711 4.1.1: 112 bits; the last two bytes of the IV count blocks */
    ICM_BLOCK_SIZE = 16,
    ICM_KEY_128_SIZE = 16,
    ICM_KEY_256_SIZE = 32,
};

/* AES in counter mode, also libsrtp's key derivation. A running keystream: encrypt() may
 * be called several times for one IV (RFC 6904). */
typedef struct {
    EVP_CIPHER_CTX *context;
    uint8_t salt[ICM_BLOCK_SIZE];
    bool is_256;
} IcmState;

static EVP_CIPHER *icm_128, *icm_256;
static const srtp_cipher_type_t icm_128_type, icm_256_type;

static srtp_err_status_t icm_alloc(srtp_cipher_pointer_t *ret_cipher, int key_size, bool is_256)
{
    int wanted = (is_256 ? ICM_KEY_256_SIZE : ICM_KEY_128_SIZE) + ICM_SALT_SIZE;
    srtp_cipher_t *cipher;
    IcmState *state;

    if (key_size != wanted)
        return srtp_err_status_bad_param;
    cipher = calloc(1, sizeof(*cipher));
    state = calloc(1, sizeof(*state));
    if (state)
        state->context = EVP_CIPHER_CTX_new();
    if (!cipher || !state || !state->context) {
        free(cipher);
        free(state);
        return srtp_err_status_alloc_fail;
    }
    state->is_256 = is_256;
    cipher->type = is_256 ? &icm_256_type : &icm_128_type;
    cipher->algorithm = is_256 ? SRTP_AES_ICM_256 : SRTP_AES_ICM_128;
    cipher->key_len = key_size;
    cipher->state = state;
    *ret_cipher = cipher;
    return srtp_err_status_ok;
}

static srtp_err_status_t icm_alloc_128(srtp_cipher_pointer_t *cipher, int key_size, int tag_size)
{
    (void)tag_size;
    return icm_alloc(cipher, key_size, false);
}

static srtp_err_status_t icm_alloc_256(srtp_cipher_pointer_t *cipher, int key_size, int tag_size)
{
    (void)tag_size;
    return icm_alloc(cipher, key_size, true);
}

static srtp_err_status_t icm_dealloc(srtp_cipher_pointer_t cipher)
{
    IcmState *state;

    if (!cipher)
        return srtp_err_status_ok;
    state = cipher->state;
    EVP_CIPHER_CTX_free(state->context);
    OPENSSL_cleanse(state, sizeof(*state));
    free(state);
    free(cipher);
    return srtp_err_status_ok;
}

static srtp_err_status_t icm_init(void *data, const uint8_t *key)
{
    IcmState *state = data;
    const uint8_t *salt = key + (state->is_256 ? ICM_KEY_256_SIZE : ICM_KEY_128_SIZE);

    memset(state->salt, 0, sizeof(state->salt));
    memcpy(state->salt, salt, ICM_SALT_SIZE);
    if (!EVP_EncryptInit_ex2(state->context, state->is_256 ? icm_256 : icm_128, key, NULL, NULL))
        return srtp_err_status_init_fail;
    return srtp_err_status_ok;
}

static srtp_err_status_t icm_set_iv(void *data, uint8_t *iv, srtp_cipher_direction_t direction)
{
    IcmState *state = data;
    uint8_t nonce[ICM_BLOCK_SIZE];

    (void)direction;
    for (unsigned i = 0; i < ICM_BLOCK_SIZE; i++)
        nonce[i] = iv[i] ^ state->salt[i];
    if (!EVP_EncryptInit_ex2(state->context, NULL, NULL, nonce, NULL))
        return srtp_err_status_cipher_fail;
    return srtp_err_status_ok;
}

static srtp_err_status_t icm_encrypt(void *data, uint8_t *buffer, unsigned *size)
{
    IcmState *state = data;
    int done = 0;

    if (*size > 0 && !EVP_EncryptUpdate(state->context, buffer, &done, buffer, (int)*size))
        return srtp_err_status_cipher_fail;
    return srtp_err_status_ok;
}

static const srtp_cipher_type_t icm_128_type = {
    icm_alloc_128,
    icm_dealloc,
    icm_init,
    NULL,
    icm_encrypt,
    icm_encrypt,
    icm_set_iv,
    NULL,
    "AES-128-CM by OpenSSL",
    &srtp_aes_icm_128_test_case_0,
    SRTP_AES_ICM_128,
};

static const srtp_cipher_type_t icm_256_type = {
    icm_alloc_256,
    icm_dealloc,
    icm_init,
    NULL,
    icm_encrypt,
    icm_encrypt,
    icm_set_iv,
    NULL,
    "AES-256-CM by OpenSSL",
    &srtp_aes_icm_256_test_case_0,
    SRTP_AES_ICM_256,
};

/* HMAC-SHA1 with both padded keys hashed in advance (RFC 2104 4). */
typedef struct {
    SHA_CTX inner, outer, running;
} HmacState;

static const srtp_auth_type_t hmac_type;

static srtp_err_status_t hmac_alloc(srtp_auth_pointer_t *ret_auth, int key_size, int tag_size)
{
    srtp_auth_t *auth;

    if (key_size > SHA_DIGEST_LENGTH || tag_size > SHA_DIGEST_LENGTH || key_size < 0)
        return srtp_err_status_bad_param;
    auth = calloc(1, sizeof(*auth));
    if (!auth)
        return srtp_err_status_alloc_fail;
    auth->state = calloc(1, sizeof(HmacState));
    if (!auth->state) {
        free(auth);
        return srtp_err_status_alloc_fail;
    }
    auth->type = &hmac_type;
    auth->key_len = key_size;
    auth->out_len = tag_size;
    *ret_auth = auth;
    return srtp_err_status_ok;
}

static srtp_err_status_t hmac_dealloc(srtp_auth_pointer_t auth)
{
    if (!auth)
        return srtp_err_status_ok;
    OPENSSL_cleanse(auth->state, sizeof(HmacState));
    free(auth->state);
    free(auth);
    return srtp_err_status_ok;
}

static srtp_err_status_t hmac_init(void *data, const uint8_t *key, int key_size)
{
    HmacState *state = data;
    uint8_t inner[SHA_CBLOCK], outer[SHA_CBLOCK];

    memset(inner, 0x36, sizeof(inner));
    memset(outer, 0x5c, sizeof(outer));
    for (int i = 0; i < key_size; i++) {
        inner[i] ^= key[i];
        outer[i] ^= key[i];
    }
    SHA1_Init(&state->inner);
    SHA1_Update(&state->inner, inner, sizeof(inner));
    SHA1_Init(&state->outer);
    SHA1_Update(&state->outer, outer, sizeof(outer));
    state->running = state->inner;
    OPENSSL_cleanse(inner, sizeof(inner));
    OPENSSL_cleanse(outer, sizeof(outer));
    return srtp_err_status_ok;
}

static srtp_err_status_t hmac_start(void *data)
{
    HmacState *state = data;

    state->running = state->inner;
    return srtp_err_status_ok;
}

static srtp_err_status_t hmac_update(void *data, const uint8_t *bytes, int size)
{
    HmacState *state = data;

    SHA1_Update(&state->running, bytes, (size_t)size);
    return srtp_err_status_ok;
}

static srtp_err_status_t hmac_compute(void *data, const uint8_t *bytes, int size, int tag_size,
                                      uint8_t *tag)
{
    HmacState *state = data;
    uint8_t digest[SHA_DIGEST_LENGTH];
    SHA_CTX outer = state->outer;

    if (tag_size > SHA_DIGEST_LENGTH)
        return srtp_err_status_bad_param;
    SHA1_Update(&state->running, bytes, (size_t)size);
    SHA1_Final(digest, &state->running);
    SHA1_Update(&outer, digest, sizeof(digest));
    SHA1_Final(digest, &outer);
    memcpy(tag, digest, (size_t)tag_size);
    state->running = state->inner;
    return srtp_err_status_ok;
}

static const srtp_auth_type_t hmac_type = {
    hmac_alloc,
    hmac_dealloc,
    hmac_init,
    hmac_compute,
    hmac_update,
    hmac_start,
    "HMAC-SHA1 by OpenSSL",
    &srtp_hmac_test_case_0,
    SRTP_HMAC_SHA1,
};

static bool replace(const srtp_cipher_type_t *type)
{
    return srtp_replace_cipher_type(type, type->id) == srtp_err_status_ok;
}

bool heard_cipher_install(HeardGcmBackend wanted, HeardGcmBackend *ret_used)
{
    HeardGcmBackend used = wanted;

    if (used == HEARD_GCM_IPSEC_MB && !heard_gcm_prepare(HEARD_GCM_IPSEC_MB))
        used = HEARD_GCM_EVP;
    if (used == HEARD_GCM_EVP && !heard_gcm_prepare(HEARD_GCM_EVP))
        return false;
    if (!icm_128)
        icm_128 = EVP_CIPHER_fetch(NULL, "AES-128-CTR", NULL);
    if (!icm_256)
        icm_256 = EVP_CIPHER_fetch(NULL, "AES-256-CTR", NULL);
    if (!icm_128 || !icm_256)
        return false;
    if (!replace(heard_cipher_gcm_type(used, false)) ||
        !replace(heard_cipher_gcm_type(used, true)) || !replace(&icm_128_type) ||
        !replace(&icm_256_type))
        return false;
    if (srtp_replace_auth_type(&hmac_type, SRTP_HMAC_SHA1) != srtp_err_status_ok)
        return false;
    *ret_used = used;
    return true;
}
