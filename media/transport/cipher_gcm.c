/* SPDX-License-Identifier: Apache-2.0 */
#include "media/transport/cipher_gcm.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#ifdef HEARD_IPSEC_MB
/* Without this the header takes names such as SHA1 and AES128 for itself. */
#define NO_COMPAT_IMB_API_053
#include <intel-ipsec-mb.h>
#endif

/* Exported by libsrtp, in no header. */
extern const srtp_cipher_test_case_t srtp_aes_gcm_128_test_case_0;
extern const srtp_cipher_test_case_t srtp_aes_gcm_256_test_case_0;

enum {
    GCM_SALT_SIZE = 12,
    GCM_IV_SIZE = 12,
    GCM_TAG_SIZE = 16,
    GCM_KEY_128_SIZE = 16,
    GCM_KEY_256_SIZE = 32,
    /* RTP header, CSRCs and extensions; libsrtp's own backends have the same bound. */
    GCM_AAD_MAX = 512,
};

/* What every backend keeps per cipher. set_aad() appends: SRTCP calls it twice. */
typedef struct {
    uint8_t iv[GCM_IV_SIZE];
    uint8_t tag[GCM_TAG_SIZE];
    uint8_t aad[GCM_AAD_MAX];
    uint32_t aad_size;
    unsigned tag_size;
    bool is_256;
} GcmCommon;

static srtp_err_status_t append_aad(GcmCommon *common, const uint8_t *aad, uint32_t size)
{
    if (size > GCM_AAD_MAX - common->aad_size)
        return srtp_err_status_bad_param;
    memcpy(common->aad + common->aad_size, aad, size);
    common->aad_size += size;
    return srtp_err_status_ok;
}

static void start_iv(GcmCommon *common, const uint8_t *iv)
{
    memcpy(common->iv, iv, GCM_IV_SIZE);
    common->aad_size = 0;
}

static srtp_err_status_t give_tag(const GcmCommon *common, uint8_t *tag, uint32_t *size)
{
    memcpy(tag, common->tag, common->tag_size);
    *size = common->tag_size;
    return srtp_err_status_ok;
}

static bool sizes_are_valid(int key_size, int tag_size, bool is_256)
{
    int wanted = (is_256 ? GCM_KEY_256_SIZE : GCM_KEY_128_SIZE) + GCM_SALT_SIZE;

    return key_size == wanted && (tag_size == GCM_TAG_SIZE || tag_size == 8);
}

/* libsrtp takes its AEAD path by cipher->algorithm, not by the type. */
static srtp_cipher_t *new_cipher(const srtp_cipher_type_t *type, void *state, int key_size,
                                 bool is_256)
{
    srtp_cipher_t *cipher = calloc(1, sizeof(*cipher));

    if (!cipher)
        return NULL;
    cipher->type = type;
    cipher->state = state;
    cipher->key_len = key_size;
    cipher->algorithm = is_256 ? SRTP_AES_GCM_256 : SRTP_AES_GCM_128;
    return cipher;
}

#ifdef HEARD_IPSEC_MB

typedef struct {
    struct gcm_key_data key;
    struct gcm_context_data context;
    GcmCommon common;
} MbState;

/* The direct GCM calls only read function pointers: one manager serves all threads. */
static IMB_MGR *mb_manager;
static const srtp_cipher_type_t mb_128_type, mb_256_type;

static srtp_err_status_t mb_alloc(srtp_cipher_pointer_t *ret_cipher, int key_size, int tag_size,
                                  bool is_256)
{
    MbState *state;

    if (!sizes_are_valid(key_size, tag_size, is_256))
        return srtp_err_status_bad_param;
    state = aligned_alloc(64, (sizeof(*state) + 63) & ~(size_t)63);
    if (!state)
        return srtp_err_status_alloc_fail;
    memset(state, 0, sizeof(*state));
    state->common.tag_size = (unsigned)tag_size;
    state->common.is_256 = is_256;
    *ret_cipher = new_cipher(is_256 ? &mb_256_type : &mb_128_type, state, key_size, is_256);
    if (*ret_cipher)
        return srtp_err_status_ok;
    free(state);
    return srtp_err_status_alloc_fail;
}

static srtp_err_status_t mb_alloc_128(srtp_cipher_pointer_t *cipher, int key_size, int tag_size)
{
    return mb_alloc(cipher, key_size, tag_size, false);
}

static srtp_err_status_t mb_alloc_256(srtp_cipher_pointer_t *cipher, int key_size, int tag_size)
{
    return mb_alloc(cipher, key_size, tag_size, true);
}

static srtp_err_status_t mb_dealloc(srtp_cipher_pointer_t cipher)
{
    if (!cipher)
        return srtp_err_status_ok;
    OPENSSL_cleanse(cipher->state, sizeof(MbState));
    free(cipher->state);
    free(cipher);
    return srtp_err_status_ok;
}

static srtp_err_status_t mb_init(void *data, const uint8_t *key)
{
    MbState *state = data;

    state->common.aad_size = 0;
    if (state->common.is_256)
        IMB_AES256_GCM_PRE(mb_manager, key, &state->key);
    else
        IMB_AES128_GCM_PRE(mb_manager, key, &state->key);
    return srtp_err_status_ok;
}

static srtp_err_status_t mb_set_aad(void *data, const uint8_t *aad, uint32_t size)
{
    return append_aad(&((MbState *)data)->common, aad, size);
}

static srtp_err_status_t mb_set_iv(void *data, uint8_t *iv, srtp_cipher_direction_t direction)
{
    (void)direction;
    start_iv(&((MbState *)data)->common, iv);
    return srtp_err_status_ok;
}

static srtp_err_status_t mb_encrypt(void *data, uint8_t *buffer, unsigned *size)
{
    MbState *state = data;
    GcmCommon *common = &state->common;

    if (common->is_256)
        IMB_AES256_GCM_ENC(mb_manager, &state->key, &state->context, buffer, buffer, *size,
                           common->iv, common->aad, common->aad_size, common->tag, GCM_TAG_SIZE);
    else
        IMB_AES128_GCM_ENC(mb_manager, &state->key, &state->context, buffer, buffer, *size,
                           common->iv, common->aad, common->aad_size, common->tag, GCM_TAG_SIZE);
    common->aad_size = 0;
    return srtp_err_status_ok;
}

/* size counts the tag on entry. ipsec-mb does not compare tags: that is our part. */
static srtp_err_status_t mb_decrypt(void *data, uint8_t *buffer, unsigned *size)
{
    MbState *state = data;
    GcmCommon *common = &state->common;
    uint8_t tag[GCM_TAG_SIZE];

    if (*size < common->tag_size)
        return srtp_err_status_bad_param;
    *size -= common->tag_size;
    if (common->is_256)
        IMB_AES256_GCM_DEC(mb_manager, &state->key, &state->context, buffer, buffer, *size,
                           common->iv, common->aad, common->aad_size, tag, GCM_TAG_SIZE);
    else
        IMB_AES128_GCM_DEC(mb_manager, &state->key, &state->context, buffer, buffer, *size,
                           common->iv, common->aad, common->aad_size, tag, GCM_TAG_SIZE);
    common->aad_size = 0;
    if (CRYPTO_memcmp(tag, buffer + *size, common->tag_size))
        return srtp_err_status_auth_fail;
    return srtp_err_status_ok;
}

static srtp_err_status_t mb_get_tag(void *data, uint8_t *tag, uint32_t *size)
{
    return give_tag(&((MbState *)data)->common, tag, size);
}

static const srtp_cipher_type_t mb_128_type = {
    mb_alloc_128,
    mb_dealloc,
    mb_init,
    mb_set_aad,
    mb_encrypt,
    mb_decrypt,
    mb_set_iv,
    mb_get_tag,
    "AES-128-GCM by ipsec-mb",
    &srtp_aes_gcm_128_test_case_0,
    SRTP_AES_GCM_128,
};

static const srtp_cipher_type_t mb_256_type = {
    mb_alloc_256,
    mb_dealloc,
    mb_init,
    mb_set_aad,
    mb_encrypt,
    mb_decrypt,
    mb_set_iv,
    mb_get_tag,
    "AES-256-GCM by ipsec-mb",
    &srtp_aes_gcm_256_test_case_0,
    SRTP_AES_GCM_256,
};

bool heard_cipher_gcm_prepare_ipsec_mb(void)
{
    IMB_ARCH arch = IMB_ARCH_NONE;

    if (mb_manager)
        return true;
    mb_manager = alloc_mb_mgr(0);
    if (!mb_manager)
        return false;
    init_mb_mgr_auto(mb_manager, &arch);
    /* NOAESNI is a table emulation: slower than OpenSSL, and its timing leaks. */
    if (arch != IMB_ARCH_NONE && arch != IMB_ARCH_NOAESNI)
        return true;
    free_mb_mgr(mb_manager);
    mb_manager = NULL;
    return false;
}

HeardCipherGcmTypes heard_cipher_gcm_ipsec_mb(void)
{
    return (HeardCipherGcmTypes){&mb_128_type, &mb_256_type};
}

#else

bool heard_cipher_gcm_prepare_ipsec_mb(void)
{
    return false;
}

HeardCipherGcmTypes heard_cipher_gcm_ipsec_mb(void)
{
    return (HeardCipherGcmTypes){NULL, NULL};
}

#endif

typedef struct {
    EVP_CIPHER_CTX *context; /* holds the key; direction is set per packet */
    GcmCommon common;
} EvpState;

/* Fetched once: an implicit fetch per key would search the providers under a lock. */
static EVP_CIPHER *evp_128, *evp_256;
static const srtp_cipher_type_t evp_128_type, evp_256_type;

static srtp_err_status_t evp_alloc(srtp_cipher_pointer_t *ret_cipher, int key_size, int tag_size,
                                   bool is_256)
{
    EvpState *state;

    if (!sizes_are_valid(key_size, tag_size, is_256))
        return srtp_err_status_bad_param;
    state = calloc(1, sizeof(*state));
    if (!state)
        return srtp_err_status_alloc_fail;
    state->common.tag_size = (unsigned)tag_size;
    state->common.is_256 = is_256;
    state->context = EVP_CIPHER_CTX_new();
    *ret_cipher = state->context
                      ? new_cipher(is_256 ? &evp_256_type : &evp_128_type, state, key_size, is_256)
                      : NULL;
    if (*ret_cipher)
        return srtp_err_status_ok;
    EVP_CIPHER_CTX_free(state->context);
    free(state);
    return srtp_err_status_alloc_fail;
}

static srtp_err_status_t evp_alloc_128(srtp_cipher_pointer_t *cipher, int key_size, int tag_size)
{
    return evp_alloc(cipher, key_size, tag_size, false);
}

static srtp_err_status_t evp_alloc_256(srtp_cipher_pointer_t *cipher, int key_size, int tag_size)
{
    return evp_alloc(cipher, key_size, tag_size, true);
}

static srtp_err_status_t evp_dealloc(srtp_cipher_pointer_t cipher)
{
    EvpState *state;

    if (!cipher)
        return srtp_err_status_ok;
    state = cipher->state;
    EVP_CIPHER_CTX_free(state->context);
    free(state);
    free(cipher);
    return srtp_err_status_ok;
}

static srtp_err_status_t evp_init(void *data, const uint8_t *key)
{
    EvpState *state = data;
    const EVP_CIPHER *cipher = state->common.is_256 ? evp_256 : evp_128;

    state->common.aad_size = 0;
    if (!EVP_CipherInit_ex2(state->context, cipher, key, NULL, 1, NULL))
        return srtp_err_status_init_fail;
    return srtp_err_status_ok;
}

static srtp_err_status_t evp_set_aad(void *data, const uint8_t *aad, uint32_t size)
{
    return append_aad(&((EvpState *)data)->common, aad, size);
}

static srtp_err_status_t evp_set_iv(void *data, uint8_t *iv, srtp_cipher_direction_t direction)
{
    (void)direction;
    start_iv(&((EvpState *)data)->common, iv);
    return srtp_err_status_ok;
}

/* IV, then the associated data; encrypting: 1 or 0. */
static bool start_packet(EvpState *state, int encrypting)
{
    GcmCommon *common = &state->common;
    int done;
    bool ok = EVP_CipherInit_ex2(state->context, NULL, NULL, common->iv, encrypting, NULL) == 1;

    if (ok && common->aad_size > 0)
        ok = EVP_CipherUpdate(state->context, NULL, &done, common->aad, (int)common->aad_size) == 1;
    common->aad_size = 0;
    return ok;
}

static srtp_err_status_t evp_encrypt(void *data, uint8_t *buffer, unsigned *size)
{
    EvpState *state = data;
    uint8_t rest[GCM_TAG_SIZE];
    int done;

    if (!start_packet(state, 1))
        return srtp_err_status_cipher_fail;
    /* SRTCP without encryption comes with no buffer: only the tag is wanted. */
    if (*size > 0 && !EVP_CipherUpdate(state->context, buffer, &done, buffer, (int)*size))
        return srtp_err_status_cipher_fail;
    if (!EVP_CipherFinal_ex(state->context, rest, &done) ||
        !EVP_CIPHER_CTX_ctrl(state->context, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_SIZE,
                             state->common.tag))
        return srtp_err_status_cipher_fail;
    return srtp_err_status_ok;
}

static srtp_err_status_t evp_decrypt(void *data, uint8_t *buffer, unsigned *size)
{
    EvpState *state = data;
    unsigned tag_size = state->common.tag_size;
    uint8_t rest[GCM_TAG_SIZE];
    int done;

    if (*size < tag_size)
        return srtp_err_status_bad_param;
    *size -= tag_size;
    if (!start_packet(state, 0) ||
        !EVP_CIPHER_CTX_ctrl(state->context, EVP_CTRL_AEAD_SET_TAG, (int)tag_size, buffer + *size))
        return srtp_err_status_cipher_fail;
    if (*size > 0 && !EVP_CipherUpdate(state->context, buffer, &done, buffer, (int)*size))
        return srtp_err_status_cipher_fail;
    if (EVP_CipherFinal_ex(state->context, rest, &done) != 1)
        return srtp_err_status_auth_fail;
    return srtp_err_status_ok;
}

static srtp_err_status_t evp_get_tag(void *data, uint8_t *tag, uint32_t *size)
{
    return give_tag(&((EvpState *)data)->common, tag, size);
}

static const srtp_cipher_type_t evp_128_type = {
    evp_alloc_128,
    evp_dealloc,
    evp_init,
    evp_set_aad,
    evp_encrypt,
    evp_decrypt,
    evp_set_iv,
    evp_get_tag,
    "AES-128-GCM by OpenSSL",
    &srtp_aes_gcm_128_test_case_0,
    SRTP_AES_GCM_128,
};

static const srtp_cipher_type_t evp_256_type = {
    evp_alloc_256,
    evp_dealloc,
    evp_init,
    evp_set_aad,
    evp_encrypt,
    evp_decrypt,
    evp_set_iv,
    evp_get_tag,
    "AES-256-GCM by OpenSSL",
    &srtp_aes_gcm_256_test_case_0,
    SRTP_AES_GCM_256,
};

bool heard_cipher_gcm_prepare_evp(void)
{
    if (!evp_128)
        evp_128 = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
    if (!evp_256)
        evp_256 = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    return evp_128 && evp_256;
}

HeardCipherGcmTypes heard_cipher_gcm_evp(void)
{
    return (HeardCipherGcmTypes){&evp_128_type, &evp_256_type};
}
