/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The time-stamps that were asked for while a recording ran: each is over one line of its journal.
 *
 * Ownership  new/free.
 * Threads    One thread; reads files.
 * Errors     None: what is wrong goes into the report.
 */

#include "recordings/verify_private.h"

/* Looks for them in this folder. */
HeardHourlyStamps *heard_hourly_stamps_new(const char *path);
void heard_hourly_stamps_free(HeardHourlyStamps *self);

/* A line of the journal that is good: its hash and time. */
void heard_hourly_stamps_meet(HeardHourlyStamps *self,
                              const uint8_t hash[static HEARD_LOG_HASH_SIZE], int64_t at_us);
/* After the last line. */
void heard_hourly_stamps_check(const HeardHourlyStamps *self, HeardLogCheck *check);
