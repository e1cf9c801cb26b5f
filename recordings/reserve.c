/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/reserve.h"

#include "server/base/log.h"

#include <glib.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { ROOM_TIMES = 8, SHARE_OF_DISK = 100 };

static const HeardLogTopic topic = {"reserve"};

void heard_reserve_init(HeardReserve *self, const char *dir)
{
    g_autofree char *path = g_build_filename(dir, HEARD_RESERVE_NAME, NULL);
    struct stat info;

    self->dir = dir;
    self->size = stat(path, &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : 0;
}

void heard_reserve_fill(HeardReserve *self)
{
    g_autofree char *path = g_build_filename(self->dir, HEARD_RESERVE_NAME, NULL);
    struct statvfs disk;
    int64_t wanted;
    int fd;

    if (statvfs(self->dir, &disk) != 0)
        return;
    wanted = MIN((int64_t)HEARD_RESERVE_BYTES,
                 (int64_t)disk.f_blocks * (int64_t)disk.f_frsize / SHARE_OF_DISK);
    if (self->size >= wanted ||
        (int64_t)disk.f_bavail * (int64_t)disk.f_frsize < wanted * ROOM_TIMES)
        return;
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        return;
    if (fallocate(fd, 0, 0, wanted) == 0) {
        self->size = wanted;
    } else {
        int kept = ftruncate(fd, self->size);

        (void)kept; /* larger than it should be does no harm */
    }
    close(fd);
    if (self->size == 0)
        unlink(path);
}

bool heard_reserve_yield(HeardReserve *self)
{
    g_autofree char *path = g_build_filename(self->dir, HEARD_RESERVE_NAME, NULL);
    int64_t left = MAX(self->size - HEARD_RESERVE_PIECE, 0);

    if (self->size == 0 || (left > 0 ? truncate(path, left) : unlink(path)) != 0)
        return false;
    heard_log(&topic, HEARD_LOG_WARN, "reserve-used bytes=%lld left=%lld",
              (long long)(self->size - left), (long long)left);
    self->size = left;
    return true;
}
