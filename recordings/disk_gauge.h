/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * How many hours of recording the disk still takes: room that statvfs tells, divided by what
 * the recordings write. One that is younger than HEARD_DISK_GAUGE_YOUNG_US counts with a
 * nominal rate, as nobody knows its own yet (five people in `standard`: 1.44 GB an hour).
 *
 * Units      *_us monotonic; bytes; hours, -1: not measured yet.
 * Ownership  A plain struct; the descriptor is borrowed.
 * Threads    durable() and measure() on the writer thread, heard_disk_gauge_hours() on any.
 * Errors     A disk that does not answer leaves the last figure.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_DISK_GAUGE_YOUNG_US = 60 * 1000000,
    HEARD_DISK_GAUGE_NOMINAL = 400000, /* bytes a second of one hearing */
    HEARD_DISK_GAUGE_LEAST = 4000,     /* pauses don't make a disk last for ever */
};

typedef struct {
    int dir_fd;
    int64_t rate_bytes;                             /* a second, smoothed */
    int64_t fresh_bytes;                            /* since rate_bytes was last brought up */
    _Atomic int64_t left_ms, left_with_one_more_ms; /* of recording time */
} HeardDiskGauge;

void heard_disk_gauge_init(HeardDiskGauge *self, int dir_fd);
/* So many bytes more are durable. */
void heard_disk_gauge_durable(HeardDiskGauge *self, int64_t bytes);
/* Once a second while something is recorded. */
void heard_disk_gauge_second(HeardDiskGauge *self);
/* Ask the disk. young of the open recordings have not shown their own rate yet. */
void heard_disk_gauge_measure(HeardDiskGauge *self, unsigned open, unsigned young);
/* Hours left; with_one_more: if another hearing began to be recorded. */
double heard_disk_gauge_hours(const HeardDiskGauge *self, bool with_one_more);
/* The arithmetic of it, for tests. */
double heard_disk_gauge_reckon(double free_bytes, int64_t rate_bytes, unsigned open,
                               unsigned young);
