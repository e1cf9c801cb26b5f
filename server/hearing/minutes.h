/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The minutes (笔录) of a hearing: what a line may be, who writes, and when.
 *
 * Minutes belong to the main room. After drafting (domain.md 3.7) they are circulated: everybody
 * who signs reads them, may want a line corrected, and the clerk decides. From the signing on no
 * line changes; what is found wrong after the seal is an addendum beside them.
 *
 * Units    *_ms UTC. A line's at_ms is when its words began to be said, not when it was written.
 * Threads  Pure; any thread.
 * Errors   A refusal is an answer.
 */

#include "server/base/error.h"
#include "server/hearing/hearing.h"

enum {
    HEARD_MINUTES_TEXT_CHARS_MAX = 2000,
    HEARD_MINUTES_LINES_MAX = 20000,     /* of a hearing, with those that were taken out */
    HEARD_MINUTES_VERSIONS_MAX = 1000,   /* of a line */
    HEARD_MINUTES_CORRECTIONS_MAX = 200, /* of a hearing */
    HEARD_MINUTES_CORRECTIONS_OF_PERSON_MAX = 50,
    HEARD_MINUTES_REASON_CHARS_MAX = 500,
    HEARD_MINUTES_ADDENDA_MAX = 100,
    HEARD_MINUTES_AHEAD_MS = 5000, /* a clerk's clock may run ahead of ours by so much */
    HEARD_MINUTES_BEFORE_MS = 24 * 3600 * 1000, /* what is prepared before the opening */
};

typedef enum {
    HEARD_MINUTES_STATEMENT, /* what somebody said */
    HEARD_MINUTES_ACTION,    /* what happened: shown, left, read out */
    HEARD_MINUTES_NOTE,      /* of the clerk */
    HEARD_MINUTES_HEADING,
    HEARD_MINUTES_KIND_COUNT
} HeardMinutesKind;

typedef enum {
    HEARD_MINUTES_DRAFTING,
    HEARD_MINUTES_CIRCULATED,
    HEARD_MINUTES_CORRECTED,
    HEARD_MINUTES_SIGNING,
    HEARD_MINUTES_SIGNED,
    HEARD_MINUTES_SIGNED_WITH_REFUSAL,
    HEARD_MINUTES_SEALED,
    HEARD_MINUTES_STATE_COUNT
} HeardMinutesState;

typedef struct {
    HeardState hearing;
    HeardMinutesState minutes;
    bool has_clerk; /* a seat for one, taken or not */
    bool is_apart;  /* who writes is in a closed room: what is said there is not for the minutes */
} HeardMinutesMoment;

typedef enum {
    HEARD_MINUTES_OK,
    HEARD_MINUTES_WRONG_ROLE,
    HEARD_MINUTES_NOT_YET,  /* before the lobby is open; before the opening, but for preparation */
    HEARD_MINUTES_FINISHED, /* cancelled, sealed, or circulated */
    HEARD_MINUTES_APART,    /* only an action or a note */
    HEARD_MINUTES_NOT_CIRCULATED,
    HEARD_MINUTES_NOT_SEALED,
    HEARD_MINUTES_EMPTY,        /* no line stands */
    HEARD_MINUTES_UNDECIDED,    /* corrections are not decided on */
    HEARD_MINUTES_NOT_ADMITTED, /* was never let in */
    HEARD_MINUTES_ANSWER_COUNT
} HeardMinutesAnswer;

/* May this role write the minutes? The presiding officer only where there is no clerk. */
bool heard_minutes_may_edit(HeardRole role, bool has_clerk);
/* The people who answer for the minutes read them always; others as they may hear or play. */
bool heard_minutes_may_read(HeardRole role);

/* Add, change, take out or bring back a line of this kind. */
HeardMinutesAnswer heard_minutes_write(const HeardMinutesMoment *moment, HeardRole role,
                                       HeardMinutesKind kind);

/* What is done with the whole of them. */
typedef enum {
    HEARD_MINUTES_CIRCULATE,
    HEARD_MINUTES_READ,    /* mark as read */
    HEARD_MINUTES_PROPOSE, /* want a line corrected */
    HEARD_MINUTES_DECIDE,  /* accept or decline what was proposed */
    HEARD_MINUTES_START_SIGNING,
    HEARD_MINUTES_ADD, /* an addendum */
    HEARD_MINUTES_ACT_COUNT
} HeardMinutesAct;

typedef struct {
    HeardMinutesMoment moment;
    bool was_let_in; /* who asks */
    unsigned lines;  /* that stand */
    unsigned open_corrections;
} HeardMinutesCourse;

HeardMinutesAnswer heard_minutes_ask(const HeardMinutesCourse *course, HeardRole role,
                                     HeardMinutesAct act);
const char *heard_minutes_act_name(HeardMinutesAct act);
bool heard_minutes_act_from_name(const char *name, HeardMinutesAct *ret_act);

const char *heard_minutes_answer_name(HeardMinutesAnswer answer);
HeardError heard_minutes_answer_error(HeardMinutesAnswer answer);

typedef struct {
    HeardMinutesKind kind;
    const char *text; /* UTF-8 */
    bool has_speaker;
    int64_t at_ms;
} HeardMinutesLine;

/* NULL, or what is wrong: a constant that begins with the member's name. started_ms: of the
 * hearing, 0: not opened. */
const char *heard_minutes_fault(const HeardMinutesLine *line, int64_t started_ms, int64_t wall_ms);

const char *heard_minutes_kind_name(HeardMinutesKind kind);
bool heard_minutes_kind_from_name(const char *name, HeardMinutesKind *ret_kind);
const char *heard_minutes_state_name(HeardMinutesState state);
bool heard_minutes_state_from_name(const char *name, HeardMinutesState *ret_state);
