/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kinds of hearings and their phases, as data (domain.md 3.5, 3.6).
 *
 * Threads  Read-only tables; any thread.
 */

#include "server/hearing/role.h"

#include <stdbool.h>
#include <stdint.h>

enum { HEARD_PHASES_MAX = 16 };

typedef enum { HEARD_KIND_RECEPTION, HEARD_KIND_JOINT_RECEPTION, HEARD_KIND_COUNT } HeardKind;

typedef struct {
    const char *code;
    bool required;       /* skipping it needs a reason */
    int64_t limit_ms;    /* soft; 0: none */
    HeardRoleMask speak; /* who of the "under a condition" roles has the microphone here */
    HeardRoleMask share; /* the same for the screen */
} HeardPhase;

typedef struct {
    const char *name;
    char letter; /* of the hearing number: HS + letter */
    /* The first phase is before the opening, the last one after the close. */
    HeardPhase phases[HEARD_PHASES_MAX];
    unsigned phase_count;
    HeardRoleMask chair;         /* opens, advances, closes, as far as 3.8 lets them */
    HeardRoleMask desk;          /* checks identities */
    HeardRoleMask required_side; /* one of these must be admitted before the opening */
    bool presiding_may_be_clerk;
    bool recorded;            /* the default */
    unsigned petitioners_max; /* role petitioner admitted at once */
} HeardKindRow;

const HeardKindRow *heard_kind_row(HeardKind kind);
bool heard_kind_from_name(const char *name, HeardKind *ret_kind);
/* Index of a phase, or -1. */
int heard_kind_find_phase(HeardKind kind, const char *code);
