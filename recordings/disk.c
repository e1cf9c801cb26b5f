/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/disk.h"

#include "server/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void heard_disk_set_error(GError **error, int saved_errno, const char *action, const char *path)
{
    HeardError code = HEARD_ERROR_STORAGE;

    if (saved_errno == ENOSPC || saved_errno == EDQUOT)
        code = HEARD_ERROR_STORAGE_FULL;
    else if (saved_errno == ENOENT)
        code = HEARD_ERROR_NOT_FOUND;
    g_set_error(error, HEARD_ERROR, code, "%s %s: %s", action, path, g_strerror(saved_errno));
}

bool heard_disk_read_at(int fd, void *ret_bytes, size_t size, off_t offset)
{
    uint8_t *at = ret_bytes;

    while (size > 0) {
        ssize_t got = pread(fd, at, size, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got == 0 ? 0 : errno;
            return false;
        }
        at += got;
        offset += got;
        size -= (size_t)got;
    }
    return true;
}

char *heard_disk_read(const char *path, size_t max, size_t *ret_size, GError **error)
{
    g_autofree char *bytes = NULL;
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &info) != 0) {
        heard_disk_set_error(error, errno, "read", path);
    } else if (!S_ISREG(info.st_mode) || (uint64_t)info.st_size > max) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_LARGE,
                    "read %s: not a file of at most %zu bytes", path, max);
    } else {
        bytes = g_malloc((size_t)info.st_size + 1);
        if (!heard_disk_read_at(fd, bytes, (size_t)info.st_size, 0)) {
            heard_disk_set_error(error, errno ? errno : EIO, "read", path);
            g_clear_pointer(&bytes, g_free);
        } else {
            bytes[info.st_size] = '\0';
            *ret_size = (size_t)info.st_size;
        }
    }
    if (fd >= 0)
        close(fd);
    return g_steal_pointer(&bytes);
}

bool heard_disk_sync_folder(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    int saved_errno = errno;

    if (fd >= 0)
        close(fd);
    if (!done)
        heard_disk_set_error(error, saved_errno, "sync", path);
    return done;
}

bool heard_disk_replace(const char *path, const void *bytes, size_t size, GError **error)
{
    g_autofree char *temp = g_strconcat(path, ".new", NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    const char *at = bytes;
    size_t left = size;
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    bool done = fd >= 0;
    int saved_errno;

    while (done && left > 0) {
        ssize_t put = write(fd, at, left);
        if (put < 0 && errno == EINTR)
            continue;
        done = put > 0;
        at += done ? put : 0;
        left -= done ? (size_t)put : 0;
    }
    done = done && fsync(fd) == 0 && rename(temp, path) == 0;
    saved_errno = errno;
    if (fd >= 0)
        close(fd);
    if (!done) {
        unlink(temp);
        heard_disk_set_error(error, saved_errno, "write", path);
        return false;
    }
    return heard_disk_sync_folder(folder, error);
}

bool heard_disk_empty_folder(const char *path, GError **error)
{
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (unlink(child) != 0) {
            heard_disk_set_error(error, errno, "remove", child);
            return false;
        }
    }
    return true;
}

bool heard_disk_remove_folder(const char *path, GError **error)
{
    if (!heard_disk_empty_folder(path, error))
        return false;
    if (rmdir(path) == 0 || errno == ENOENT)
        return true;
    heard_disk_set_error(error, errno, "remove", path);
    return false;
}

bool heard_disk_sync_file(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool done = fd >= 0 && fdatasync(fd) == 0;

    if (!done)
        heard_disk_set_error(error, errno, "sync", path);
    if (fd >= 0)
        close(fd);
    return done;
}
