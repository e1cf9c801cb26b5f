/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Working days (domain.md 3.9): the last day of a term that begins with an event. The day of the
 * event is not counted. A working day is Monday to Friday but for the days off, and whatever
 * weekend day is made up for; both an office's settings say (days_off, days_on), as the holidays
 * of a year are decided late in the one before.
 *
 * Units      Days are written "2026-11-30".
 * Ownership  Plain structs.
 * Threads    Pure.
 * Errors     False: what is written is no list of days.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_CALENDAR_DAYS_MAX = 400, /* of each list: some ten years of holidays */
    HEARD_DAY_SIZE = 11,
    HEARD_MINUTES_SIGN_DAYS = 3, /* minutes_sign */
};

typedef struct {
    uint32_t off[HEARD_CALENDAR_DAYS_MAX], on[HEARD_CALENDAR_DAYS_MAX]; /* Julian days */
    unsigned off_count, on_count;
} HeardCalendar;

/* "2026-10-01/2026-10-07, 2027-01-01"; NULL: none. */
bool heard_calendar_read(const char *off, const char *on,
                         HeardCalendar *ret_calendar) G_GNUC_WARN_UNUSED_RESULT;
/* False: day is none. */
bool heard_calendar_is_working(const HeardCalendar *self, const char *day, bool *ret_is);
/* The last day of a term of working days. */
bool heard_calendar_after(const HeardCalendar *self, const char *day, unsigned days,
                          char ret_last[static HEARD_DAY_SIZE]) G_GNUC_WARN_UNUSED_RESULT;
