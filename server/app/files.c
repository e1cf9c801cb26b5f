/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/files.h"

#include "server/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void set_failure(GError **error, const char *what, const char *path, int number)
{
    g_set_error(error, HEARD_ERROR,
                number == ENOSPC ? HEARD_ERROR_STORAGE_FULL : HEARD_ERROR_STORAGE, "%s %s: %s",
                what, path, g_strerror(number));
}

static bool write_all(int fd, const char *text)
{
    size_t size = strlen(text);

    for (size_t done = 0; done < size;) {
        ssize_t wrote = write(fd, text + done, size - done);
        if (wrote < 0 && errno != EINTR)
            return false;
        done += (size_t)MAX(wrote, 0);
    }
    return true;
}

bool heard_files_write(const char *path, const char *text, mode_t mode, GError **error)
{
    g_autofree char *beside = g_strdup_printf("%s.new", path);
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    int number = errno;
    bool written;

    if (fd < 0) {
        set_failure(error, "write", beside, number);
        return false;
    }
    written = fchmod(fd, mode) == 0 && write_all(fd, text) && fsync(fd) == 0;
    number = errno;
    close(fd);
    if (written && rename(beside, path) == 0)
        return true;
    set_failure(error, "write", path, written ? errno : number);
    unlink(beside);
    return false;
}

static bool prove_writable(const char *folder, GError **error)
{
    g_autofree char *probe = g_build_filename(folder, ".probe", NULL);
    g_autoptr(GError) failure = NULL;

    if (heard_files_write(probe, "heard\n", 0600, &failure)) {
        unlink(probe);
        return true;
    }
    g_set_error(error, HEARD_ERROR, failure->code, "data folder %s cannot be written: %s", folder,
                failure->message);
    return false;
}

int heard_files_claim_folder(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "lock", NULL);
    int fd;

    if (g_mkdir_with_parents(folder, 0700) < 0) {
        set_failure(error, "data folder", folder, errno);
        return -1;
    }
    if (!prove_writable(folder, error))
        return -1;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        set_failure(error, "data folder", path, errno);
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT,
                    "data folder %s: another heard server uses it", folder);
        close(fd);
        return -1;
    }
    return fd;
}

int heard_files_open_below(const char *folder, const char *relative, GError **error)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    long fd = -1;
    struct stat about;

    if (folder_fd >= 0) {
        fd = syscall(SYS_openat2, folder_fd, relative, &how, sizeof how);
        close(folder_fd);
    }
    if (fd >= 0 && fstat((int)fd, &about) == 0 && S_ISREG(about.st_mode))
        return (int)fd;
    if (fd >= 0)
        close((int)fd);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "no such file");
    return -1;
}
