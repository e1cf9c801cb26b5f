/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/org_key.h"

#include "recordings/chain.h"
#include "recordings/token.h"
#include "server/base/error.h"
#include "server/base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LABEL_SIZE = 26, ID_TEXT_MAX = LABEL_SIZE + HEARD_TOKEN_ID_MAX };

struct HeardOrgKey {
    HeardToken *token; /* NULL: */
    uint8_t bytes[HEARD_KEY_SIZE];
    char id[HEARD_KEY_ID_SIZE];
};

static void set_id(HeardOrgKey *self, const void *of, size_t size)
{
    static const char label[LABEL_SIZE] = "heard organisation key id"; /* with its NUL */
    uint8_t digest[HEARD_LOG_HASH_SIZE];
    char hex[HEARD_CHAIN_HEX_SIZE];
    uint8_t text[ID_TEXT_MAX];

    memcpy(text, label, sizeof label);
    memcpy(text + sizeof label, of, size);
    heard_chain_sha256(digest, text, sizeof label + size);
    heard_chain_to_hex(hex, digest);
    memcpy(self->id, hex, HEARD_KEY_ID_SIZE - 1);
    OPENSSL_cleanse(text, sizeof text);
}

static HeardOrgKey *from_bytes(const uint8_t bytes[static HEARD_KEY_SIZE])
{
    HeardOrgKey *self = g_new0(HeardOrgKey, 1);

    memcpy(self->bytes, bytes, HEARD_KEY_SIZE);
    set_id(self, bytes, HEARD_KEY_SIZE);
    return self;
}

static HeardOrgKey *load_file(const char *path, GError **error)
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
        self = from_bytes(bytes);
    OPENSSL_cleanse(text, sizeof text);
    OPENSSL_cleanse(bytes, sizeof bytes);
    close(fd);
    return self;
}

static HeardOrgKey *load_token(const char *uri, GError **error);

HeardOrgKey *heard_org_key_load(const char *where, GError **error)
{
    return heard_token_is_uri(where) ? load_token(where, error) : load_file(where, error);
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
    heard_token_free(self->token);
    OPENSSL_cleanse(self, sizeof *self);
    g_free(self);
}

const char *heard_org_key_id(const HeardOrgKey *self)
{
    return self->id;
}

const char *heard_org_key_place(const HeardOrgKey *self)
{
    return self->token ? "pkcs11" : "file";
}

/* Encrypts or decrypts one short text with AES-256-GCM. OpenSSL fails here only for want
 * of memory, or when a tag does not match. */
static bool gcm_once(bool encrypt, const uint8_t *key, const uint8_t *nonce, const uint8_t *aad,
                     size_t aad_size, const uint8_t *input, uint8_t *output, uint8_t *tag)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int got = 0;
    bool done = ctx && EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce, encrypt) == 1;

    done = done && EVP_CipherUpdate(ctx, NULL, &got, aad, (int)aad_size) == 1;
    done = done && EVP_CipherUpdate(ctx, output, &got, input, HEARD_KEY_SIZE) == 1;
    if (done && !encrypt)
        done = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, HEARD_LOG_TAG_SIZE, tag) == 1;
    done = done && EVP_CipherFinal_ex(ctx, output + HEARD_KEY_SIZE, &got) == 1;
    if (done && encrypt)
        done = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, HEARD_LOG_TAG_SIZE, tag) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return done;
}

bool heard_org_key_wrap(const HeardOrgKey *self, const uint8_t *aad, size_t aad_size,
                        const uint8_t key[static HEARD_KEY_SIZE],
                        uint8_t ret_wrapped[static HEARD_WRAPPED_KEY_SIZE], GError **error)
{
    uint8_t *sealed = ret_wrapped + HEARD_TOKEN_NONCE_SIZE;
    bool done;

    heard_random_bytes(ret_wrapped, HEARD_TOKEN_NONCE_SIZE);
    if (self->token)
        return heard_token_encrypt(self->token, ret_wrapped, aad, aad_size, key, HEARD_KEY_SIZE,
                                   sealed, error);
    done = gcm_once(true, self->bytes, ret_wrapped, aad, aad_size, key, sealed,
                    sealed + HEARD_KEY_SIZE);
    g_assert(done);
    return true;
}

bool heard_org_key_unwrap(const HeardOrgKey *self, const uint8_t *aad, size_t aad_size,
                          const uint8_t wrapped[static HEARD_WRAPPED_KEY_SIZE],
                          uint8_t ret_key[static HEARD_KEY_SIZE], GError **error)
{
    uint8_t copy[HEARD_WRAPPED_KEY_SIZE], room[HEARD_KEY_SIZE + HEARD_LOG_TAG_SIZE];
    uint8_t *sealed = copy + HEARD_TOKEN_NONCE_SIZE;
    bool done;

    memcpy(copy, wrapped, sizeof copy);
    if (self->token)
        done =
            heard_token_decrypt(self->token, copy, aad, aad_size, sealed, sizeof room, room, error);
    else if (!(done = gcm_once(false, self->bytes, copy, aad, aad_size, sealed, room,
                               sealed + HEARD_KEY_SIZE)))
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO, "the wrapped data key was altered");
    if (done)
        memcpy(ret_key, room, HEARD_KEY_SIZE);
    OPENSSL_cleanse(room, sizeof room);
    return done;
}

/* Tried at once: a key of the wrong kind is told at the start, not when a hearing opens. */
static bool works(const HeardOrgKey *self, GError **error)
{
    static const uint8_t aad[] = "heard";
    g_autoptr(GError) why = NULL;
    uint8_t key[HEARD_KEY_SIZE] = {0}, wrapped[HEARD_WRAPPED_KEY_SIZE], back[HEARD_KEY_SIZE];

    if (heard_org_key_wrap(self, aad, sizeof aad, key, wrapped, &why) &&
        heard_org_key_unwrap(self, aad, sizeof aad, wrapped, back, &why) &&
        memcmp(key, back, sizeof key) == 0)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                "organisation key: not one of AES-256 that may encrypt and decrypt by GCM (%s)",
                why ? why->message : "what comes back differs");
    return false;
}

static HeardOrgKey *load_token(const char *uri, GError **error)
{
    HeardToken *token = heard_token_open(uri, error);
    g_autoptr(HeardOrgKey) self = NULL;

    if (!token)
        return NULL;
    self = g_new0(HeardOrgKey, 1);
    self->token = token;
    set_id(self, heard_token_name(token), strlen(heard_token_name(token)));
    return works(self, error) ? g_steal_pointer(&self) : NULL;
}
