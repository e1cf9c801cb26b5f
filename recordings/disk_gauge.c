/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/disk_gauge.h"

#include <glib.h>
#include <sys/statvfs.h>

enum { MS_PER_HOUR = 3600 * 1000, SMOOTHING_S = 16 };

void heard_disk_gauge_init(HeardDiskGauge *self, int dir_fd)
{
    self->dir_fd = dir_fd;
    atomic_store(&self->left_ms, -MS_PER_HOUR);
    atomic_store(&self->left_with_one_more_ms, -MS_PER_HOUR);
}

void heard_disk_gauge_durable(HeardDiskGauge *self, int64_t bytes)
{
    self->fresh_bytes += bytes;
}

void heard_disk_gauge_second(HeardDiskGauge *self)
{
    self->rate_bytes += (self->fresh_bytes - self->rate_bytes) / SMOOTHING_S;
    self->fresh_bytes = 0;
}

double heard_disk_gauge_reckon(double free_bytes, int64_t rate_bytes, unsigned open, unsigned young)
{
    int64_t rate = open > 0 ? rate_bytes + (int64_t)young * HEARD_DISK_GAUGE_NOMINAL
                            : HEARD_DISK_GAUGE_NOMINAL;

    return free_bytes / (double)MAX(rate, HEARD_DISK_GAUGE_LEAST) / 3600.0;
}

void heard_disk_gauge_measure(HeardDiskGauge *self, unsigned open, unsigned young)
{
    struct statvfs info;
    double free_bytes;

    if (fstatvfs(self->dir_fd, &info) != 0)
        return;
    free_bytes = (double)info.f_bavail * (double)info.f_frsize;
    atomic_store(&self->left_ms,
                 (int64_t)(heard_disk_gauge_reckon(free_bytes, self->rate_bytes, open, young) *
                           MS_PER_HOUR));
    atomic_store(
        &self->left_with_one_more_ms,
        (int64_t)(heard_disk_gauge_reckon(free_bytes, self->rate_bytes, open + 1, young + 1) *
                  MS_PER_HOUR));
}

double heard_disk_gauge_hours(const HeardDiskGauge *self, bool with_one_more)
{
    int64_t ms = atomic_load(with_one_more ? &self->left_with_one_more_ms : &self->left_ms);

    return (double)ms / MS_PER_HOUR;
}
