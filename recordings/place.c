/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/place.h"

#include "recordings/chain.h"
#include "recordings/disk.h"
#include "server/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 20 };

struct HeardPlace {
    char *folder; /* or: */
    HeardS3 *s3;
};

static bool is_plain(const char *name)
{
    return strlen(name) <= HEARD_PLACE_NAME_MAX && !strstr(name, "..") &&
           name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                             "0123456789._/-")] == '\0';
}

HeardPlace *heard_place_open(const char *to, const char *credentials_path, const char *region,
                             GError **error)
{
    g_autoptr(HeardPlace) self = g_new0(HeardPlace, 1);

    if (g_str_has_prefix(to, "http://") || g_str_has_prefix(to, "https://")) {
        self->s3 = heard_s3_open(to, credentials_path, region, error);
        return self->s3 ? g_steal_pointer(&self) : NULL;
    }
    if (!g_path_is_absolute(to)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    "second copy '%s': an absolute folder, or http(s)://host/bucket", to);
        return NULL;
    }
    /* Not made here: a disk that is not mounted must not look like an empty one. */
    if (!g_file_test(to, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE,
                    "second copy '%s': no such folder (is it mounted?)", to);
        return NULL;
    }
    self->folder = g_strdup(to);
    return g_steal_pointer(&self);
}

void heard_place_free(HeardPlace *self)
{
    if (!self)
        return;
    heard_s3_free(self->s3);
    g_free(self->folder);
    g_free(self);
}

static bool write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, bytes, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes += put;
        size -= (size_t)put;
    }
    return true;
}

/* to: a copy goes there; −1: nowhere. */
static bool hash_file(int fd, int to, HeardPlaceFile *ret)
{
    g_autofree uint8_t *bytes = g_malloc(READ_BYTES);
    EVP_MD_CTX *sum = EVP_MD_CTX_new();
    ssize_t got = 1;

    EVP_DigestInit_ex(sum, EVP_sha256(), NULL);
    ret->size = 0;
    while (got > 0) {
        got = read(fd, bytes, READ_BYTES);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0) {
            EVP_DigestUpdate(sum, bytes, (size_t)got);
            ret->size += (uint64_t)got;
            if (to >= 0 && !write_all(to, bytes, (size_t)got))
                got = -1;
        }
    }
    EVP_DigestFinal_ex(sum, ret->hash, NULL);
    EVP_MD_CTX_free(sum);
    return got == 0;
}

static bool look_in_folder(const char *path, int to, HeardPlaceFile *ret, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool done;

    if (fd < 0 && errno == ENOENT)
        return true;
    if (fd >= 0)
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED); /* from the disk, not from memory */
    done = fd >= 0 && hash_file(fd, to, ret);
    if (!done)
        heard_disk_set_error(error, errno, "read", path);
    ret->found = done;
    if (fd >= 0)
        close(fd);
    return done;
}

static bool look(HeardPlace *self, const char *name, int to, HeardPlaceFile *ret, GError **error)
{
    g_autofree char *path = NULL;

    g_assert(is_plain(name));
    memset(ret, 0, sizeof *ret);
    if (self->s3)
        return heard_s3_look(self->s3, name, to, ret, error);
    path = g_build_filename(self->folder, name, NULL);
    return look_in_folder(path, to, ret, error);
}

bool heard_place_look(HeardPlace *self, const char *name, HeardPlaceFile *ret, GError **error)
{
    return look(self, name, -1, ret, error);
}

bool heard_place_fetch(HeardPlace *self, const char *name, const char *path, HeardPlaceFile *ret,
                       GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    bool done = fd >= 0;

    if (!done)
        heard_disk_set_error(error, errno, "create", path);
    done = done && look(self, name, fd, ret, error);
    if (done && fsync(fd) != 0) {
        heard_disk_set_error(error, errno, "sync", path);
        done = false;
    }
    if (fd >= 0) {
        close(fd);
        if (!done || !ret->found)
            unlink(path);
    }
    return done;
}

bool heard_place_put(HeardPlace *self, const char *name, const void *bytes, size_t size,
                     const uint8_t hash[static HEARD_LOG_HASH_SIZE], GError **error)
{
    g_autofree char *path = NULL;
    g_autofree char *folder = NULL;

    g_assert(is_plain(name));
    if (self->s3)
        return heard_s3_put(self->s3, name, bytes, size, hash, error);
    path = g_build_filename(self->folder, name, NULL);
    folder = g_path_get_dirname(path);
    if (g_mkdir_with_parents(folder, 0750) != 0) {
        heard_disk_set_error(error, errno, "create", folder);
        return false;
    }
    return heard_disk_replace(path, bytes, size, error);
}

bool heard_place_remove(HeardPlace *self, const char *name, GError **error)
{
    g_autofree char *path = NULL;

    g_assert(is_plain(name));
    if (self->s3)
        return heard_s3_remove(self->s3, name, error);
    path = g_build_filename(self->folder, name, NULL);
    if (unlink(path) == 0 || errno == ENOENT)
        return true;
    heard_disk_set_error(error, errno, "remove", path);
    return false;
}
