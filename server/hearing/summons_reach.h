/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Which units an office may call into a hearing (domain.md 3.3): those of the territory it serves
 * and below; and from a township or street upwards the departments of its own county.
 *
 * A petition office is itself a department, so its territory is that of its parent where
 * both are of one region; a government's is its own.
 *
 * Ownership  Texts are borrowed.
 * Threads    Pure.
 * Errors     None.
 */

#include <stdbool.h>
#include <stdint.h>

enum { HEARD_COUNTY_LEVEL = 4, HEARD_TOWNSHIP_LEVEL = 5, HEARD_COUNTY_REGION_CHARS = 6 };

typedef struct {
    const char *path, *region;               /* as in the tree of units */
    const char *parent_path, *parent_region; /* NULL: a root */
    int64_t level;
} HeardUnitPlace;

/* The path whose whole subtree may be called. */
const char *heard_summons_territory(const HeardUnitPlace *office);
/* Departments of this county too: its region code is the first six characters of what is
 * returned; NULL: no upward call. */
const char *heard_summons_county(const HeardUnitPlace *office);
bool heard_summons_reaches(const HeardUnitPlace *office, const HeardUnitPlace *unit);
