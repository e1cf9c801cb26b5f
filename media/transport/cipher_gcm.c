/* SPDX-License-Identifier: Apache-2.0 */
#include "media/transport/cipher_gcm.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* Exported by libsrtp, in no header. */
extern const srtp_cipher_test_case_t srtp_aes_gcm_128_test_case_0;
extern const srtp_cipher_test_case_t srtp_aes_gcm_256_test_case_0;

enum {
    SALT_SIZE = 12,
    KEY_128_SIZE = 16,
    KEY_256_SIZE = 32,
    SHORT_TAG_SIZE = 8,
    /* RTP header, CSRCs and extensions; libsrtp's own backends have the same bound. */
    AAD_MAX = 512,
};

/* set_aad() appends: SRTCP calls it twice. */
typedef struct {
    HeardGcm gcm;
    HeardGcmBackend backend;
    bool is_256, ready;
    unsigned tag_size;
    uint32_t aad_size;
    uint8_t iv[HEARD_GCM_IV_SIZE];
    uint8_t tag[HEARD_GCM_TAG_SIZE];
    uint8_t aad[AAD_MAX];
} State;

static const srtp_cipher_type_t types[2][2]; /* by backend; 128, 256 */

static srtp_err_status_t allocate(srtp_cipher_pointer_t *ret_cipher, int key_size, int tag_size,
                                  HeardGcmBackend backend, bool is_256)
{
    srtp_cipher_t *cipher;
    State *state;

    if (key_size != (is_256 ? KEY_256_SIZE : KEY_128_SIZE) + SALT_SIZE ||
        (tag_size != HEARD_GCM_TAG_SIZE && tag_size != SHORT_TAG_SIZE))
        return srtp_err_status_bad_param;
    cipher = calloc(1, sizeof(*cipher));
    state = aligned_alloc(_Alignof(State), sizeof(*state));
    if (!cipher || !state) {
        free(cipher);
        free(state);
        return srtp_err_status_alloc_fail;
    }
    memset(state, 0, sizeof(*state));
    state->backend = backend;
    state->is_256 = is_256;
    state->tag_size = (unsigned)tag_size;
    /* libsrtp takes its AEAD path by cipher->algorithm, not by the type. */
    cipher->algorithm = is_256 ? SRTP_AES_GCM_256 : SRTP_AES_GCM_128;
    cipher->type = &types[backend][is_256];
    cipher->state = state;
    cipher->key_len = key_size;
    *ret_cipher = cipher;
    return srtp_err_status_ok;
}

static srtp_err_status_t allocate_mb_128(srtp_cipher_pointer_t *cipher, int key_size, int tag_size)
{
    return allocate(cipher, key_size, tag_size, HEARD_GCM_IPSEC_MB, false);
}

static srtp_err_status_t allocate_mb_256(srtp_cipher_pointer_t *cipher, int key_size, int tag_size)
{
    return allocate(cipher, key_size, tag_size, HEARD_GCM_IPSEC_MB, true);
}

static srtp_err_status_t allocate_evp_128(srtp_cipher_pointer_t *cipher, int key_size, int tag_size)
{
    return allocate(cipher, key_size, tag_size, HEARD_GCM_EVP, false);
}

static srtp_err_status_t allocate_evp_256(srtp_cipher_pointer_t *cipher, int key_size, int tag_size)
{
    return allocate(cipher, key_size, tag_size, HEARD_GCM_EVP, true);
}

static void forget_key(State *state)
{
    if (state->ready)
        heard_gcm_deinit(&state->gcm);
    state->ready = false;
}

static srtp_err_status_t release(srtp_cipher_pointer_t cipher)
{
    if (!cipher)
        return srtp_err_status_ok;
    forget_key(cipher->state);
    free(cipher->state);
    free(cipher);
    return srtp_err_status_ok;
}

static srtp_err_status_t set_key(void *data, const uint8_t *key)
{
    State *state = data;

    forget_key(state);
    state->aad_size = 0;
    state->ready = heard_gcm_init(&state->gcm, state->backend, key, state->is_256);
    return state->ready ? srtp_err_status_ok : srtp_err_status_init_fail;
}

static srtp_err_status_t set_aad(void *data, const uint8_t *aad, uint32_t size)
{
    State *state = data;

    if (size > AAD_MAX - state->aad_size)
        return srtp_err_status_bad_param;
    memcpy(state->aad + state->aad_size, aad, size);
    state->aad_size += size;
    return srtp_err_status_ok;
}

static srtp_err_status_t set_iv(void *data, uint8_t *iv, srtp_cipher_direction_t direction)
{
    State *state = data;

    (void)direction;
    memcpy(state->iv, iv, sizeof(state->iv));
    state->aad_size = 0;
    return srtp_err_status_ok;
}

/* SRTCP without encryption comes with no buffer: only the tag is wanted. */
static srtp_err_status_t encrypt(void *data, uint8_t *buffer, unsigned *size)
{
    State *state = data;
    bool sealed = heard_gcm_seal(&state->gcm, state->iv, state->aad, state->aad_size, buffer, *size,
                                 state->tag);

    state->aad_size = 0;
    return sealed ? srtp_err_status_ok : srtp_err_status_cipher_fail;
}

/* size counts the tag on entry. */
static srtp_err_status_t decrypt(void *data, uint8_t *buffer, unsigned *size)
{
    State *state = data;
    bool opened;

    if (*size < state->tag_size)
        return srtp_err_status_bad_param;
    *size -= state->tag_size;
    opened = heard_gcm_open(&state->gcm, state->iv, state->aad, state->aad_size, buffer, *size,
                            buffer + *size, state->tag_size);
    state->aad_size = 0;
    return opened ? srtp_err_status_ok : srtp_err_status_auth_fail;
}

static srtp_err_status_t get_tag(void *data, uint8_t *tag, uint32_t *size)
{
    const State *state = data;

    memcpy(tag, state->tag, state->tag_size);
    *size = state->tag_size;
    return srtp_err_status_ok;
}

#define TYPE(alloc, name, bits)                                                                    \
    {                                                                                              \
        alloc, release, set_key, set_aad, encrypt, decrypt, set_iv, get_tag, name,                 \
            &srtp_aes_gcm_##bits##_test_case_0, SRTP_AES_GCM_##bits                                \
    }

static const srtp_cipher_type_t types[2][2] = {
    [HEARD_GCM_IPSEC_MB] = {TYPE(allocate_mb_128, "AES-128-GCM by ipsec-mb", 128),
                            TYPE(allocate_mb_256, "AES-256-GCM by ipsec-mb", 256)},
    [HEARD_GCM_EVP] = {TYPE(allocate_evp_128, "AES-128-GCM by OpenSSL", 128),
                       TYPE(allocate_evp_256, "AES-256-GCM by OpenSSL", 256)},
};

const srtp_cipher_type_t *heard_cipher_gcm_type(HeardGcmBackend backend, bool is_256)
{
    return &types[backend][is_256];
}
