/* SPDX-License-Identifier: Apache-2.0 */
#include "media/transport/gcm.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#ifdef HEARD_IPSEC_MB
/* Without this the header takes names such as SHA1 and AES128 for itself. */
#define NO_COMPAT_IMB_API_053
#include <intel-ipsec-mb.h>

static_assert(sizeof(struct gcm_key_data) <= HEARD_GCM_SCHEDULE_SIZE, "room for ipsec-mb's keys");

/* The direct GCM calls only read function pointers: one manager serves all threads. */
static IMB_MGR *mb_manager;

static bool prepare_mb(void)
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

static struct gcm_key_data *mb_key(HeardGcm *self)
{
    return (struct gcm_key_data *)(void *)self->schedule;
}

static void init_mb(HeardGcm *self, const uint8_t *key)
{
    if (self->is_256)
        IMB_AES256_GCM_PRE(mb_manager, key, mb_key(self));
    else
        IMB_AES128_GCM_PRE(mb_manager, key, mb_key(self));
}

static void seal_mb(HeardGcm *self, const uint8_t *iv, const uint8_t *aad, size_t aad_size,
                    uint8_t *text, size_t size, uint8_t *ret_tag)
{
    struct gcm_context_data context;

    if (self->is_256)
        IMB_AES256_GCM_ENC(mb_manager, mb_key(self), &context, text, text, size, iv, aad, aad_size,
                           ret_tag, HEARD_GCM_TAG_SIZE);
    else
        IMB_AES128_GCM_ENC(mb_manager, mb_key(self), &context, text, text, size, iv, aad, aad_size,
                           ret_tag, HEARD_GCM_TAG_SIZE);
}

/* ipsec-mb does not compare tags: that is our part. */
static bool open_mb(HeardGcm *self, const uint8_t *iv, const uint8_t *aad, size_t aad_size,
                    uint8_t *text, size_t size, const uint8_t *tag, size_t tag_size)
{
    struct gcm_context_data context;
    uint8_t computed[HEARD_GCM_TAG_SIZE];

    if (self->is_256)
        IMB_AES256_GCM_DEC(mb_manager, mb_key(self), &context, text, text, size, iv, aad, aad_size,
                           computed, HEARD_GCM_TAG_SIZE);
    else
        IMB_AES128_GCM_DEC(mb_manager, mb_key(self), &context, text, text, size, iv, aad, aad_size,
                           computed, HEARD_GCM_TAG_SIZE);
    return CRYPTO_memcmp(computed, tag, tag_size) == 0;
}

#else

/* Never reached: nobody can get a HeardGcm of a backend that prepare refused. */
static bool prepare_mb(void)
{
    return false;
}

static void init_mb(HeardGcm *self, const uint8_t *key)
{
    (void)self;
    (void)key;
}

static void seal_mb(HeardGcm *self, const uint8_t *iv, const uint8_t *aad, size_t aad_size,
                    uint8_t *text, size_t size, uint8_t *ret_tag)
{
    (void)self;
    (void)iv;
    (void)aad;
    (void)aad_size;
    (void)text;
    (void)size;
    (void)ret_tag;
}

static bool open_mb(HeardGcm *self, const uint8_t *iv, const uint8_t *aad, size_t aad_size,
                    uint8_t *text, size_t size, const uint8_t *tag, size_t tag_size)
{
    (void)self;
    (void)iv;
    (void)aad;
    (void)aad_size;
    (void)text;
    (void)size;
    (void)tag;
    (void)tag_size;
    return false;
}

#endif

/* Fetched once: an implicit fetch per key would search the providers under a lock. */
static EVP_CIPHER *evp_128, *evp_256;

static bool prepare_evp(void)
{
    if (!evp_128)
        evp_128 = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
    if (!evp_256)
        evp_256 = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    return evp_128 && evp_256;
}

static bool init_evp(HeardGcm *self, const uint8_t *key)
{
    self->context = EVP_CIPHER_CTX_new();
    return self->context && EVP_CipherInit_ex2(self->context, self->is_256 ? evp_256 : evp_128, key,
                                               NULL, 1, NULL) == 1;
}

/* Nonce, associated data, text; encrypting: 1 or 0. */
static bool run_evp(HeardGcm *self, const uint8_t *iv, const uint8_t *aad, size_t aad_size,
                    uint8_t *text, size_t size, int encrypting)
{
    int done;

    if (EVP_CipherInit_ex2(self->context, NULL, NULL, iv, encrypting, NULL) != 1)
        return false;
    if (aad_size > 0 && EVP_CipherUpdate(self->context, NULL, &done, aad, (int)aad_size) != 1)
        return false;
    return size == 0 || EVP_CipherUpdate(self->context, text, &done, text, (int)size) == 1;
}

static bool seal_evp(HeardGcm *self, const uint8_t *iv, const uint8_t *aad, size_t aad_size,
                     uint8_t *text, size_t size, uint8_t *ret_tag)
{
    uint8_t rest[HEARD_GCM_TAG_SIZE];
    int done;

    return run_evp(self, iv, aad, aad_size, text, size, 1) &&
           EVP_CipherFinal_ex(self->context, rest, &done) == 1 &&
           EVP_CIPHER_CTX_ctrl(self->context, EVP_CTRL_AEAD_GET_TAG, HEARD_GCM_TAG_SIZE, ret_tag) ==
               1;
}

static bool open_evp(HeardGcm *self, const uint8_t *iv, const uint8_t *aad, size_t aad_size,
                     uint8_t *text, size_t size, const uint8_t *tag, size_t tag_size)
{
    uint8_t rest[HEARD_GCM_TAG_SIZE], expected[HEARD_GCM_TAG_SIZE] = {0};
    int done;

    memcpy(expected, tag, tag_size);
    return run_evp(self, iv, aad, aad_size, text, size, 0) &&
           EVP_CIPHER_CTX_ctrl(self->context, EVP_CTRL_AEAD_SET_TAG, (int)tag_size, expected) ==
               1 &&
           EVP_CipherFinal_ex(self->context, rest, &done) == 1;
}

bool heard_gcm_prepare(HeardGcmBackend backend)
{
    return backend == HEARD_GCM_IPSEC_MB ? prepare_mb() : prepare_evp();
}

bool heard_gcm_init(HeardGcm *self, HeardGcmBackend backend, const uint8_t *key, bool is_256)
{
    self->backend = backend;
    self->is_256 = is_256;
    if (backend == HEARD_GCM_EVP)
        return init_evp(self, key);
    init_mb(self, key);
    return true;
}

void heard_gcm_deinit(HeardGcm *self)
{
    if (self->backend == HEARD_GCM_EVP)
        EVP_CIPHER_CTX_free(self->context);
    OPENSSL_cleanse(self->schedule, sizeof(self->schedule));
}

bool heard_gcm_seal(HeardGcm *self, const uint8_t iv[static HEARD_GCM_IV_SIZE], const uint8_t *aad,
                    size_t aad_size, uint8_t *text, size_t size,
                    uint8_t ret_tag[static HEARD_GCM_TAG_SIZE])
{
    if (self->backend == HEARD_GCM_EVP)
        return seal_evp(self, iv, aad, aad_size, text, size, ret_tag);
    seal_mb(self, iv, aad, aad_size, text, size, ret_tag);
    return true;
}

bool heard_gcm_open(HeardGcm *self, const uint8_t iv[static HEARD_GCM_IV_SIZE], const uint8_t *aad,
                    size_t aad_size, uint8_t *text, size_t size, const uint8_t *tag,
                    size_t tag_size)
{
    if (self->backend == HEARD_GCM_EVP)
        return open_evp(self, iv, aad, aad_size, text, size, tag, tag_size);
    return open_mb(self, iv, aad, aad_size, text, size, tag, tag_size);
}
