/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/field_cipher.h"

#include "server/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    KEY_SIZE = 32,
    NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_SIZE = crypto_aead_xchacha20poly1305_ietf_ABYTES,
};

struct HeardFieldCipher {
    unsigned char seal_key[KEY_SIZE];
    unsigned char hash_key[KEY_SIZE];
};

static bool storage_error(const char *what, const char *path, int code, GError **error)
{
    g_set_error(error, HEARD_ERROR, code == ENOSPC ? HEARD_ERROR_STORAGE_FULL : HEARD_ERROR_STORAGE,
                "%s %s: %s", what, path, g_strerror(code));
    return false;
}

/* Written beside and linked into place: no start ever sees half a key, and of two starts
 * at once both end with the same key. */
static bool make_key(const char *path, GError **error)
{
    unsigned char key[KEY_SIZE];
    g_autofree char *temporary = g_strdup_printf("%s.%ld.new", path, (long)getpid());
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int folder_fd;
    int saved_errno = 0;

    if (fd < 0)
        return storage_error("create", temporary, errno, error);
    randombytes_buf(key, sizeof key);
    if (write(fd, key, sizeof key) != sizeof key || fsync(fd) != 0)
        saved_errno = errno ? errno : EIO;
    sodium_memzero(key, sizeof key);
    close(fd);
    if (saved_errno == 0 && link(temporary, path) != 0 && errno != EEXIST)
        saved_errno = errno;
    unlink(temporary);
    if (saved_errno != 0)
        return storage_error("write", path, saved_errno, error);
    folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_fd >= 0) {
        fsync(folder_fd);
        close(folder_fd);
    }
    return true;
}

/* One byte more than a key, to notice a file that is too long. */
static bool read_key(int fd, const char *path, unsigned char key[static KEY_SIZE + 1],
                     GError **error)
{
    struct stat file;

    if (fstat(fd, &file) != 0)
        return storage_error("read", path, errno, error);
    if ((file.st_mode & 077) != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    "key file %s can be read by others: chmod 600", path);
        return false;
    }
    if (read(fd, key, KEY_SIZE + 1) != KEY_SIZE) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    "key file %s is not %d bytes: put the one from the backup back", path,
                    KEY_SIZE);
        return false;
    }
    return true;
}

HeardFieldCipher *heard_field_cipher_new(const char *key_path, GError **error)
{
    unsigned char key[KEY_SIZE + 1];
    HeardFieldCipher *self = NULL;
    int fd;

    g_assert(sodium_init() >= 0);
    fd = open(key_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        if (!make_key(key_path, error))
            return NULL;
        fd = open(key_path, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0) {
        storage_error("open", key_path, errno, error);
        return NULL;
    }
    if (read_key(fd, key_path, key, error)) {
        self = sodium_malloc(sizeof *self);
        g_assert(self);
        crypto_kdf_derive_from_key(self->seal_key, KEY_SIZE, 1, "heardcol", key);
        crypto_kdf_derive_from_key(self->hash_key, KEY_SIZE, 2, "heardcol", key);
        sodium_mprotect_readonly(self);
    }
    sodium_memzero(key, sizeof key);
    close(fd);
    return self;
}

void heard_field_cipher_free(HeardFieldCipher *self)
{
    sodium_free(self); /* takes NULL; wipes */
}

char *heard_field_cipher_seal(const HeardFieldCipher *self, const char *context, const char *text)
{
    size_t size = strlen(text);
    size_t sealed_size = NONCE_SIZE + size + TAG_SIZE;
    g_autofree unsigned char *sealed = g_malloc(sealed_size);
    size_t base64_size = sodium_base64_ENCODED_LEN(sealed_size, sodium_base64_VARIANT_ORIGINAL);
    char *base64 = g_malloc(base64_size);

    randombytes_buf(sealed, NONCE_SIZE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed + NONCE_SIZE, NULL, (const unsigned char *)text, size,
        (const unsigned char *)context, strlen(context), NULL, sealed, self->seal_key);
    return sodium_bin2base64(base64, base64_size, sealed, sealed_size,
                             sodium_base64_VARIANT_ORIGINAL);
}

char *heard_field_cipher_open(const HeardFieldCipher *self, const char *context, const char *sealed,
                              GError **error)
{
    size_t base64_size = strlen(sealed);
    g_autofree unsigned char *bytes = g_malloc(base64_size + 1);
    g_autofree char *text = NULL;
    size_t size = 0;

    if (sodium_base642bin(bytes, base64_size, sealed, base64_size, NULL, &size, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        size < NONCE_SIZE + TAG_SIZE)
        goto failed;
    text = g_malloc0(size - NONCE_SIZE - TAG_SIZE + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            (unsigned char *)text, NULL, NULL, bytes + NONCE_SIZE, size - NONCE_SIZE,
            (const unsigned char *)context, strlen(context), bytes, self->seal_key) != 0)
        goto failed;
    return g_steal_pointer(&text);

failed:
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO,
                "an encrypted column does not open: wrong key file or altered row");
    return NULL;
}

void heard_field_cipher_hash(const HeardFieldCipher *self, const char *kind, const char *text,
                             char ret_hash[static HEARD_FIELD_HASH_SIZE])
{
    crypto_generichash_state state;
    unsigned char hash[32];

    crypto_generichash_init(&state, self->hash_key, KEY_SIZE, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)kind, strlen(kind) + 1);
    crypto_generichash_update(&state, (const unsigned char *)text, strlen(text));
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(ret_hash, HEARD_FIELD_HASH_SIZE, hash, sizeof hash);
}
