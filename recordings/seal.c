/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/seal.h"

#include "recordings/chain.h"
#include "recordings/crc32c.h"
#include "server/base/error.h"
#include "server/base/random.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/core_names.h>
#include <string.h>

enum { NONCE_SIZE = 12 };

static const char wrap_label[] = "heard data key 1";
enum { AAD_SIZE = sizeof wrap_label - 1 + HEARD_LOG_ID_SIZE };

static const char segment_label[] = "heard segment key 1";

struct HeardDataKey {
    uint8_t bytes[HEARD_KEY_SIZE];
    uint8_t log_id[HEARD_LOG_ID_SIZE];
};

struct HeardSealer {
    EVP_CIPHER_CTX *seal, *open;
    uint32_t segment;
    uint8_t head[HEARD_LOG_SEGMENT_HEAD];
};

HeardDataKey *heard_data_key_new(const uint8_t log_id[static HEARD_LOG_ID_SIZE])
{
    HeardDataKey *self = g_new0(HeardDataKey, 1);

    heard_random_bytes(self->bytes, sizeof self->bytes);
    memcpy(self->log_id, log_id, HEARD_LOG_ID_SIZE);
    return self;
}

void heard_data_key_free(HeardDataKey *self)
{
    if (!self)
        return;
    OPENSSL_cleanse(self, sizeof *self);
    g_free(self);
}

/* What binds a wrapped key to its log. */
static void make_aad(const uint8_t *log_id, uint8_t ret_aad[static AAD_SIZE])
{
    memcpy(ret_aad, wrap_label, sizeof wrap_label - 1);
    memcpy(ret_aad + sizeof wrap_label - 1, log_id, HEARD_LOG_ID_SIZE);
}

json_t *heard_data_key_wrap(const HeardDataKey *self, const HeardOrgKey *org, GError **error)
{
    uint8_t wrapped[HEARD_WRAPPED_KEY_SIZE], aad[AAD_SIZE];
    char hex[2 * HEARD_WRAPPED_KEY_SIZE + 1];

    make_aad(self->log_id, aad);
    if (!heard_org_key_wrap(org, aad, sizeof aad, self->bytes, wrapped, error))
        return NULL;
    for (size_t i = 0; i < sizeof wrapped; i++)
        g_snprintf(hex + 2 * i, 3, "%02x", wrapped[i]);
    return json_pack("{s:s, s:s, s:s}", "kek", heard_org_key_place(org), "kek_id",
                     heard_org_key_id(org), "wrapped", hex);
}

static bool hex_to_bytes(const char *hex, uint8_t *ret_bytes, size_t size)
{
    if (!hex || strlen(hex) != 2 * size)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = g_ascii_xdigit_value(hex[2 * i]), low = g_ascii_xdigit_value(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret_bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

HeardDataKey *heard_data_key_unwrap(const json_t *object, const HeardOrgKey *org,
                                    const uint8_t log_id[static HEARD_LOG_ID_SIZE], GError **error)
{
    const char *kek = json_string_value(json_object_get(object, "kek"));
    const char *kek_id = json_string_value(json_object_get(object, "kek_id"));
    const char *hex = json_string_value(json_object_get(object, "wrapped"));
    g_autoptr(HeardDataKey) self = g_new0(HeardDataKey, 1);
    uint8_t wrapped[HEARD_WRAPPED_KEY_SIZE], aad[AAD_SIZE];

    if (!kek || !kek_id || !hex_to_bytes(hex, wrapped, sizeof wrapped)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "log.json: the data key is malformed");
        return NULL;
    }
    if (strcmp(kek, heard_org_key_place(org)) != 0 || strcmp(kek_id, heard_org_key_id(org)) != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO,
                    "the log was sealed under organisation key %.16s (%.8s), this is key %s (%s)",
                    kek_id, kek, heard_org_key_id(org), heard_org_key_place(org));
        return NULL;
    }
    make_aad(log_id, aad);
    if (!heard_org_key_unwrap(org, aad, sizeof aad, wrapped, self->bytes, error))
        return NULL;
    memcpy(self->log_id, log_id, HEARD_LOG_ID_SIZE);
    return g_steal_pointer(&self);
}

/* HKDF-SHA256 (RFC 5869): salt = log id, info = label and segment number. */
static void derive_segment_key(const HeardDataKey *key, uint32_t segment,
                               uint8_t ret_key[static HEARD_KEY_SIZE])
{
    uint8_t info[sizeof segment_label - 1 + 4];
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM params[5];
    uint8_t number[4] = {(uint8_t)(segment >> 24), (uint8_t)(segment >> 16),
                         (uint8_t)(segment >> 8), (uint8_t)segment};
    int done;

    memcpy(info, segment_label, sizeof segment_label - 1);
    memcpy(info + sizeof segment_label - 1, number, sizeof number);
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0);
    params[1] =
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key->bytes, HEARD_KEY_SIZE);
    params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)key->log_id,
                                                  HEARD_LOG_ID_SIZE);
    params[3] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, sizeof info);
    params[4] = OSSL_PARAM_construct_end();
    done = EVP_KDF_derive(ctx, ret_key, HEARD_KEY_SIZE, params);
    g_assert(done == 1);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

HeardSealer *heard_sealer_new(void)
{
    HeardSealer *self = g_new0(HeardSealer, 1);

    self->seal = EVP_CIPHER_CTX_new();
    self->open = EVP_CIPHER_CTX_new();
    g_assert(self->seal && self->open);
    return self;
}

void heard_sealer_free(HeardSealer *self)
{
    if (!self)
        return;
    EVP_CIPHER_CTX_free(self->seal);
    EVP_CIPHER_CTX_free(self->open);
    g_free(self);
}

void heard_sealer_set_segment(HeardSealer *self, const HeardDataKey *key, uint32_t segment,
                              const uint8_t head[static HEARD_LOG_SEGMENT_HEAD])
{
    uint8_t segment_key[HEARD_KEY_SIZE];
    int done;

    derive_segment_key(key, segment, segment_key);
    done = EVP_EncryptInit_ex(self->seal, EVP_aes_256_gcm(), NULL, segment_key, NULL) == 1 &&
           EVP_DecryptInit_ex(self->open, EVP_aes_256_gcm(), NULL, segment_key, NULL) == 1;
    g_assert(done);
    OPENSSL_cleanse(segment_key, sizeof segment_key);
    self->segment = segment;
    memcpy(self->head, head, HEARD_LOG_SEGMENT_HEAD);
}

static void make_nonce(uint32_t segment, uint32_t chunk, uint8_t ret_nonce[static NONCE_SIZE])
{
    memset(ret_nonce, 0, NONCE_SIZE);
    for (int i = 0; i < 4; i++) {
        ret_nonce[i] = (uint8_t)(segment >> (24 - 8 * i));
        ret_nonce[4 + i] = (uint8_t)(chunk >> (24 - 8 * i));
    }
}

void heard_sealer_seal(HeardSealer *self, HeardChunkHead *head, const uint8_t *plain,
                       uint8_t *ret_frame)
{
    uint8_t *body = ret_frame + HEARD_LOG_CHUNK_HEAD;
    uint8_t nonce[NONCE_SIZE];
    int got = 0, done;

    make_nonce(self->segment, head->index, nonce);
    heard_log_encode_chunk(ret_frame, head); /* the AAD ends before the CRCs */
    done = EVP_EncryptInit_ex(self->seal, NULL, NULL, NULL, nonce) == 1 &&
           EVP_EncryptUpdate(self->seal, NULL, &got, self->head, sizeof self->head) == 1 &&
           EVP_EncryptUpdate(self->seal, NULL, &got, ret_frame, HEARD_LOG_CHUNK_AAD) == 1 &&
           EVP_EncryptUpdate(self->seal, body, &got, plain, (int)head->plain_size) == 1 &&
           EVP_EncryptFinal_ex(self->seal, body + got, &got) == 1 &&
           EVP_CIPHER_CTX_ctrl(self->seal, EVP_CTRL_GCM_GET_TAG, HEARD_LOG_TAG_SIZE,
                               body + head->plain_size) == 1;
    g_assert(done);
    head->body_crc = heard_crc32c(0, body, head->plain_size + HEARD_LOG_TAG_SIZE);
    heard_log_encode_chunk(ret_frame, head);
}

bool heard_sealer_open(HeardSealer *self, const HeardChunkHead *head, const uint8_t *frame,
                       uint8_t *ret_plain)
{
    const uint8_t *body = frame + HEARD_LOG_CHUNK_HEAD;
    uint8_t tag[HEARD_LOG_TAG_SIZE], nonce[NONCE_SIZE];
    int got = 0;

    make_nonce(self->segment, head->index, nonce);
    memcpy(tag, body + head->plain_size, sizeof tag);
    return EVP_DecryptInit_ex(self->open, NULL, NULL, NULL, nonce) == 1 &&
           EVP_DecryptUpdate(self->open, NULL, &got, self->head, sizeof self->head) == 1 &&
           EVP_DecryptUpdate(self->open, NULL, &got, frame, HEARD_LOG_CHUNK_AAD) == 1 &&
           EVP_DecryptUpdate(self->open, ret_plain, &got, body, (int)head->plain_size) == 1 &&
           EVP_CIPHER_CTX_ctrl(self->open, EVP_CTRL_GCM_SET_TAG, sizeof tag, tag) == 1 &&
           EVP_DecryptFinal_ex(self->open, ret_plain + got, &got) == 1;
}
