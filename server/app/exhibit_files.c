/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/exhibit_files.h"

#include "server/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER   "exhibits"
#define INCOMING FOLDER "/incoming"

struct HeardIncoming {
    char *data_dir, *path;
    int fd;
    GChecksum *sum;
    uint64_t size;
    int failed_errno;
};

static bool fail(GError **error, const char *what, int code)
{
    g_set_error(error, HEARD_ERROR,
                code == ENOSPC || code == EDQUOT ? HEARD_ERROR_STORAGE_FULL : HEARD_ERROR_STORAGE,
                "exhibit file: %s: %s", what, g_strerror(code));
    return false;
}

bool heard_exhibit_files_prepare(const char *data_dir, GError **error)
{
    g_autofree char *folder = g_build_filename(data_dir, INCOMING, NULL);
    g_autoptr(GDir) left = NULL;
    const char *name;

    if (g_mkdir_with_parents(folder, 0700) < 0)
        return fail(error, folder, errno);
    left = g_dir_open(folder, 0, NULL);
    while (left && (name = g_dir_read_name(left))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        unlink(path);
    }
    return true;
}

HeardIncoming *heard_incoming_new(const char *data_dir, GError **error)
{
    g_autoptr(HeardIncoming) self = g_new0(HeardIncoming, 1);

    self->data_dir = g_strdup(data_dir);
    self->path = g_build_filename(data_dir, INCOMING, "XXXXXX", NULL);
    self->sum = g_checksum_new(G_CHECKSUM_SHA256);
    self->fd = g_mkstemp_full(self->path, O_WRONLY | O_CLOEXEC, 0600);
    if (self->fd >= 0)
        return g_steal_pointer(&self);
    fail(error, "create", errno);
    g_clear_pointer(&self->path, g_free);
    return NULL;
}

void heard_incoming_free(HeardIncoming *self)
{
    if (!self)
        return;
    if (self->fd >= 0)
        close(self->fd);
    if (self->path)
        unlink(self->path);
    g_checksum_free(self->sum);
    g_free(self->path);
    g_free(self->data_dir);
    g_free(self);
}

void heard_incoming_write(void *data, const char *bytes, size_t size)
{
    HeardIncoming *self = data;

    self->size += size;
    while (size > 0 && !self->failed_errno) {
        ssize_t written = write(self->fd, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            self->failed_errno = written < 0 ? errno : ENOSPC;
            return;
        }
        g_checksum_update(self->sum, (const guchar *)bytes, written);
        bytes += written;
        size -= (size_t)written;
    }
}

bool heard_incoming_end(HeardIncoming *self, GError **error)
{
    if (!self->failed_errno && close(self->fd) < 0)
        self->failed_errno = errno;
    else if (self->failed_errno)
        close(self->fd);
    self->fd = -1;
    return !self->failed_errno || fail(error, "write", self->failed_errno);
}

const char *heard_incoming_path(const HeardIncoming *self)
{
    return self->path;
}

const char *heard_incoming_sha256(const HeardIncoming *self)
{
    return g_checksum_get_string(self->sum);
}

uint64_t heard_incoming_size(const HeardIncoming *self)
{
    return self->size;
}

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return synced;
}

bool heard_incoming_keep(HeardIncoming *self, GError **error)
{
    const char *sha256 = heard_incoming_sha256(self);
    g_autofree char *below = heard_exhibit_files_folder(sha256);
    g_autofree char *folder = g_build_filename(self->data_dir, below, NULL);
    g_autofree char *all = g_build_filename(self->data_dir, FOLDER, NULL);
    g_autofree char *target = g_build_filename(folder, sha256, NULL);

    if ((mkdir(folder, 0700) < 0 && errno != EEXIST) || !sync_folder(all))
        return fail(error, "folder", errno);
    /* What has this name has this content: it stays, ours is dropped. */
    if (link(self->path, target) < 0 && errno != EEXIST)
        return fail(error, "keep", errno);
    return sync_folder(folder) || fail(error, "sync", errno);
}

char *heard_exhibit_files_folder(const char *sha256)
{
    return g_strdup_printf(FOLDER "/%.2s", sha256);
}
