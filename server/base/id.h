/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Identifiers (domain.md 3.2): UUIDv7 inside, numbers with a check outside.
 *
 * Threads  Pure but for the random bits; any thread.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { HEARD_ID_SIZE = 37, HEARD_NUMBER_SIZE = 40 };

/* UUIDv7 (RFC 9562 5.7) as 36 characters and NUL. */
void heard_id_new(char ret_id[static HEARD_ID_SIZE], int64_t wall_ms);
bool heard_id_is_valid(const char *text);

/*
 * prefix + region(6) + date(8) + sequence(6) + two check digits. The check makes
 * the digits of the whole number, letters counted A=10 … Z=35, give 1 modulo 97
 * (ISO 7064 MOD 97-10). prefix is "XF" for cases, "HS" + kind letter for hearings.
 */
bool heard_number_format(char ret_number[static HEARD_NUMBER_SIZE], const char *prefix,
                         const char *region, const char *date, uint32_t sequence);
bool heard_number_is_valid(const char *number);
