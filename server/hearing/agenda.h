/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kinds of hearings and their phases, as data (domain.md 3.5, 3.6).
 *
 * Threads  Read-only tables; any thread.
 */

#include "server/hearing/role.h"
#include "server/hearing/room.h"

#include <stdbool.h>
#include <stdint.h>

enum { HEARD_PHASES_MAX = 16 };

typedef enum {
    HEARD_KIND_RECEPTION,
    HEARD_KIND_JOINT_RECEPTION,
    HEARD_KIND_MEDIATION,
    HEARD_KIND_PANEL_HEARING,
    HEARD_KIND_COUNT
} HeardKind;

typedef struct {
    const char *code;
    bool required;       /* skipping it needs a reason */
    int64_t limit_ms;    /* soft; 0: none */
    HeardRoleMask speak; /* who of the "under a condition" roles has the microphone here */
    HeardRoleMask share; /* the same for the screen */
} HeardPhase;

typedef struct {
    const char *name;
    char letter;              /* of the hearing number: HS + letter */
    const HeardPhase *phases; /* the last one is after the close */
    unsigned phase_count;
    unsigned opening;             /* the phase with which the hearing opens */
    unsigned deliberation;        /* the phase with a closed room of its own; 0: none */
    unsigned rooms;               /* closed rooms it may have, HEARD_ROOM_BIT */
    HeardRole leader;             /* who presides */
    HeardRoleMask seats;          /* who may have a seat at all */
    HeardRoleMask required_seats; /* without whom it is not scheduled */
    HeardRoleMask chair;          /* opens, advances, closes, as far as 3.8 lets them */
    HeardRoleMask desk;           /* checks identities */
    HeardRoleMask required_side;  /* one of these must be admitted before the opening */
    bool both_sides;              /* and one of the other side */
    bool presiding_may_be_clerk;
    bool recorded;            /* the default */
    bool may_choose_recorded; /* when it is scheduled */
    unsigned petitioners_max; /* role petitioner of one side admitted at once */
    unsigned panel_min;       /* panelists at the opening, and an odd number of them; 0: none */
} HeardKindRow;

const HeardKindRow *heard_kind_row(HeardKind kind);
bool heard_kind_from_name(const char *name, HeardKind *ret_kind);
/* Index of a phase, or -1. */
int heard_kind_find_phase(HeardKind kind, const char *code);
