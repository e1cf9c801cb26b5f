/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Days as people count them: in a unit's or the server's time zone.
 *
 * Threads  Pure but for the zone files; any thread.
 */

#include <stdbool.h>
#include <stdint.h>

/* "20261123"; zone NULL or unknown: the server's. */
void heard_local_date(const char *zone, int64_t wall_ms, char ret_date[static 9]);

/* The day "2026-11-23" (NULL: the day of wall_ms) in the server's zone as [from, to). */
bool heard_local_day(const char *day, int64_t wall_ms, int64_t *ret_from_ms, int64_t *ret_to_ms);
