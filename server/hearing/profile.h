/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The procedure of a kind of hearing, read from one JSON text (profiles/README.md): phases
 * and who has the word in them, who sits, leads and checks, which rooms it has.
 *
 * What is law or safety is not in it: the table of roles (role.h), what a closed room is and
 * that nobody records there (room.h). A profile that asks for more than those allow is refused.
 *
 * Ownership  A profile owns its texts; it never changes once it is made.
 * Threads    Pure; a made profile may be read by any thread.
 * Errors     HEARD_ERROR_BAD_JSON, HEARD_ERROR_BAD_FIELD naming the member and what it may be.
 */

#include "server/hearing/role.h"
#include "server/hearing/room.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_PHASES_MAX = 16,
    HEARD_PROFILE_BYTES_MAX = 16 * 1024,
    HEARD_PHASE_CODE_CHARS_MAX = 32,
    HEARD_PHASE_TITLE_CHARS_MAX = 20,
    HEARD_PHASE_MINUTES_MAX = 24 * 60,
    HEARD_SUMMONS_SECONDS_MAX = 24 * 3600,
};

typedef enum {
    HEARD_KIND_RECEPTION,
    HEARD_KIND_JOINT_RECEPTION,
    HEARD_KIND_MEDIATION,
    HEARD_KIND_PANEL_HEARING,
    HEARD_KIND_APPRAISAL, /* a light panel hearing; numbered like one (domain.md 3.2, 3.5) */
    HEARD_KIND_CONSULTATION,
    HEARD_KIND_TRAINING,
    HEARD_KIND_COUNT
} HeardKind;

/* How the panel votes; what else is said of it: ballot.h. */
typedef enum {
    HEARD_BALLOT_NAMED,
    HEARD_BALLOT_SECRET,
    HEARD_BALLOT_EITHER, /* chosen for each question */
} HeardBallotSecrecy;

typedef struct {
    const char *code;
    const char *title_zh, *title_en; /* NULL: pages have a word for the code */
    bool required;                   /* skipping it needs a reason */
    bool equal_time;                 /* the sides' time is counted and shown */
    int64_t limit_ms;                /* soft; 0: none */
    HeardRoleMask speak; /* who of the "under a condition" roles has the microphone here */
    HeardRoleMask share; /* the same for the screen */
} HeardPhase;

typedef struct {
    HeardKind kind;
    HeardPhase phases[HEARD_PHASES_MAX]; /* the last one is after the close */
    unsigned phase_count;
    unsigned opening;             /* the phase with which the hearing opens */
    unsigned deliberation;        /* the phase with a closed room of its own; 0: none */
    unsigned recusal;             /* the phase in which parties are asked about it; 0: none */
    unsigned rooms;               /* closed rooms it may have, and witness; HEARD_ROOM_BIT */
    HeardRole leader;             /* who presides */
    HeardRoleMask seats;          /* who may have a seat at all */
    HeardRoleMask required_seats; /* without whom it is not scheduled */
    HeardRoleMask chair;          /* opens, advances, closes, as far as 3.8 lets them */
    HeardRoleMask desk;           /* checks identities */
    HeardRoleMask required_side;  /* one of these must be admitted before the opening */
    bool both_sides;              /* and one of the other side */
    bool leader_may_be_clerk;
    bool recorded;             /* the default */
    bool may_choose_recorded;  /* when it is scheduled */
    unsigned petitioners_max;  /* role petitioner of one side admitted at once */
    unsigned panel_min;        /* panelists at the opening, and an odd number of them; 0: none */
    HeardBallotSecrecy ballot; /* where it has a deliberation */
    bool decides;              /* it closes with an outcome for each case item */
    bool leader_votes;         /* beside the panel */
    int64_t summons_reply_ms;  /* a unit that is called in has so long; 0: none is called */
} HeardProfile;

HeardProfile *heard_profile_parse(const char *text, size_t size,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_profile_free(HeardProfile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardProfile, heard_profile_free)

/* Index of a phase, or -1. */
int heard_profile_find_phase(const HeardProfile *self, const char *code);

const char *heard_kind_name(HeardKind kind);
bool heard_kind_from_name(const char *name, HeardKind *ret_kind);
/* Of the hearing number: HS and this letter (domain.md 3.2). */
char heard_kind_letter(HeardKind kind);
