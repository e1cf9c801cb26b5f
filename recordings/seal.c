/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/seal.h"

#include "recordings/chain.h"
#include "recordings/crc32c.h"
#include "server/base/error.h"
#include "server/base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/core_names.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NONCE_SIZE = 12, WRAPPED_SIZE = NONCE_SIZE + HEARD_KEY_SIZE + HEARD_LOG_TAG_SIZE };

static const char wrap_label[] = "heard data key 1";
static const char segment_label[] = "heard segment key 1";

struct HeardOrgKey {
    uint8_t bytes[HEARD_KEY_SIZE];
    char id[HEARD_KEY_ID_SIZE];
};

struct HeardDataKey {
    uint8_t bytes[HEARD_KEY_SIZE];
    uint8_t log_id[HEARD_LOG_ID_SIZE];
};

struct HeardSealer {
    EVP_CIPHER_CTX *seal, *open;
    uint32_t segment;
    uint8_t head[HEARD_LOG_SEGMENT_HEAD];
};

static HeardOrgKey *org_key_from_bytes(const uint8_t bytes[static HEARD_KEY_SIZE])
{
    static const char label[] = "heard organisation key id";
    HeardOrgKey *self = g_new0(HeardOrgKey, 1);
    uint8_t digest[HEARD_LOG_HASH_SIZE];
    char hex[HEARD_CHAIN_HEX_SIZE];
    uint8_t text[sizeof label + HEARD_KEY_SIZE];

    memcpy(self->bytes, bytes, HEARD_KEY_SIZE);
    memcpy(text, label, sizeof label);
    memcpy(text + sizeof label, bytes, HEARD_KEY_SIZE);
    heard_chain_sha256(digest, text, sizeof text);
    heard_chain_to_hex(hex, digest);
    memcpy(self->id, hex, HEARD_KEY_ID_SIZE - 1);
    OPENSSL_cleanse(text, sizeof text);
    return self;
}

HeardOrgKey *heard_org_key_load(const char *path, GError **error)
{
    char text[2 * HEARD_KEY_SIZE + 3] = {0};
    uint8_t bytes[HEARD_LOG_HASH_SIZE];
    HeardOrgKey *self = NULL;
    struct stat info;
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        int saved_errno = errno;
        g_set_error(error, HEARD_ERROR,
                    saved_errno == ENOENT ? HEARD_ERROR_NOT_FOUND : HEARD_ERROR_STORAGE,
                    "organisation key %s: %s", path, g_strerror(saved_errno));
        return NULL;
    }
    got = read(fd, text, sizeof text - 1);
    if (fstat(fd, &info) != 0 || (info.st_mode & 077) != 0)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    "organisation key %s: must be readable by its owner only (chmod 600)", path);
    else if (got < 2 * HEARD_KEY_SIZE || (text[2 * HEARD_KEY_SIZE] != '\n' && got != 64) ||
             !heard_chain_from_hex(bytes, text))
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    "organisation key %s: not a key (64 hex digits)", path);
    else
        self = org_key_from_bytes(bytes);
    OPENSSL_cleanse(text, sizeof text);
    OPENSSL_cleanse(bytes, sizeof bytes);
    close(fd);
    return self;
}

/* A key that is lost loses every recording: it must be on the disk before it is used. */
static bool write_key_file(const char *path, const char *text, size_t size, GError **error)
{
    g_autofree char *temp = g_strconcat(path, ".new", NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool done = fd >= 0 && write(fd, text, size) == (ssize_t)size && fsync(fd) == 0 &&
                link(temp, path) == 0;
    int saved_errno = errno;
    int folder_fd;

    if (fd >= 0)
        close(fd);
    unlink(temp);
    if (!done && saved_errno != EEXIST) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_STORAGE, "create organisation key %s: %s", path,
                    g_strerror(saved_errno));
        return false;
    }
    folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_fd >= 0) {
        fsync(folder_fd);
        close(folder_fd);
    }
    return true;
}

HeardOrgKey *heard_org_key_load_or_create(const char *path, GError **error)
{
    g_autoptr(GError) missing = NULL;
    HeardOrgKey *self = heard_org_key_load(path, &missing);
    uint8_t bytes[HEARD_KEY_SIZE];
    char text[HEARD_CHAIN_HEX_SIZE + 1];
    bool written;

    if (self)
        return self;
    if (heard_error_code(missing) != HEARD_ERROR_NOT_FOUND) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return NULL;
    }
    heard_random_bytes(bytes, sizeof bytes);
    heard_chain_to_hex(text, bytes);
    text[2 * HEARD_KEY_SIZE] = '\n';
    written = write_key_file(path, text, 2 * HEARD_KEY_SIZE + 1, error);
    OPENSSL_cleanse(bytes, sizeof bytes);
    OPENSSL_cleanse(text, sizeof text);
    return written ? heard_org_key_load(path, error) : NULL;
}

void heard_org_key_free(HeardOrgKey *self)
{
    if (!self)
        return;
    OPENSSL_cleanse(self, sizeof *self);
    g_free(self);
}

const char *heard_org_key_id(const HeardOrgKey *self)
{
    return self->id;
}

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

/* Encrypts or decrypts one short text with AES-256-GCM. OpenSSL fails here only for want
 * of memory, or when a tag does not match. */
static bool gcm_once(bool encrypt, const uint8_t *key, const uint8_t *nonce, const uint8_t *log_id,
                     const uint8_t *input, uint8_t *output, uint8_t *tag)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int got = 0;
    bool done = ctx && EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce, encrypt) == 1;

    done = done && EVP_CipherUpdate(ctx, NULL, &got, (const uint8_t *)wrap_label,
                                    sizeof wrap_label - 1) == 1;
    done = done && EVP_CipherUpdate(ctx, NULL, &got, log_id, HEARD_LOG_ID_SIZE) == 1;
    done = done && EVP_CipherUpdate(ctx, output, &got, input, HEARD_KEY_SIZE) == 1;
    if (done && !encrypt)
        done = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, HEARD_LOG_TAG_SIZE, tag) == 1;
    done = done && EVP_CipherFinal_ex(ctx, output + HEARD_KEY_SIZE, &got) == 1;
    if (done && encrypt)
        done = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, HEARD_LOG_TAG_SIZE, tag) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return done;
}

json_t *heard_data_key_wrap(const HeardDataKey *self, const HeardOrgKey *org)
{
    uint8_t wrapped[WRAPPED_SIZE];
    char hex[2 * WRAPPED_SIZE + 1];
    bool done;

    heard_random_bytes(wrapped, NONCE_SIZE);
    done = gcm_once(true, org->bytes, wrapped, self->log_id, self->bytes, wrapped + NONCE_SIZE,
                    wrapped + NONCE_SIZE + HEARD_KEY_SIZE);
    g_assert(done);
    for (size_t i = 0; i < sizeof wrapped; i++)
        g_snprintf(hex + 2 * i, 3, "%02x", wrapped[i]);
    return json_pack("{s:s, s:s, s:s}", "kek", "file", "kek_id", org->id, "wrapped", hex);
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
    uint8_t wrapped[WRAPPED_SIZE], room[HEARD_KEY_SIZE + HEARD_LOG_TAG_SIZE];
    bool done;

    if (!kek || strcmp(kek, "file") != 0 || !kek_id ||
        !hex_to_bytes(hex, wrapped, sizeof wrapped)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "log.json: the data key is malformed");
        return NULL;
    }
    if (strcmp(kek_id, org->id) != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO,
                    "the log was sealed under organisation key %.16s, this is key %s", kek_id,
                    org->id);
        return NULL;
    }
    done = gcm_once(false, org->bytes, wrapped, log_id, wrapped + NONCE_SIZE, room,
                    wrapped + NONCE_SIZE + HEARD_KEY_SIZE);
    if (done) {
        memcpy(self->bytes, room, HEARD_KEY_SIZE);
        memcpy(self->log_id, log_id, HEARD_LOG_ID_SIZE);
    }
    OPENSSL_cleanse(room, sizeof room);
    if (!done) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO, "the wrapped data key was altered");
        return NULL;
    }
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
