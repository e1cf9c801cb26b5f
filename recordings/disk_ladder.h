/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * How near the end of the disk is, by the hours that recordings still fit on it: one rung
 * of a ladder, down at once, up only with room to spare, so that a figure that wavers about
 * a bound does not make people read warnings that come and go.
 *
 * Measures nothing: the caller gives the hours (disk_gauge.h).
 *
 * Units      hours at the present rate of all recordings.
 * Ownership  A plain struct; zero is a ladder at FINE.
 * Threads    Pure.
 * Errors     None. Hours below 0 say "not known": the rung stays.
 */

typedef enum {
    HEARD_DISK_FINE,
    HEARD_DISK_WARN,   /* below 8 h: whoever runs hearings should know */
    HEARD_DISK_LOW,    /* below 2 h: no recorded hearing opens any more */
    HEARD_DISK_ENDING, /* below 5 min: say that recording will stop */
    HEARD_DISK_FULL,   /* nothing more goes onto it */
    HEARD_DISK_RUNGS
} HeardDiskRung;

typedef struct {
    HeardDiskRung rung;
} HeardDiskLadder;

/* The rung now. */
HeardDiskRung heard_disk_ladder_step(HeardDiskLadder *self, double hours);

const char *heard_disk_rung_name(HeardDiskRung rung); /* "fine" "warn" "low" "ending" "full" */
