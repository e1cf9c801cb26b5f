/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What somebody promised in a hearing, or was given to do in a consultation: who names it, when,
 * and what becomes of it (domain.md 3.7: open -> in_progress -> done | overdue -> done_late;
 * -> transferred). Whether one is late follows from its date, so nobody has to say it.
 *
 * Units      *_ms UTC.
 * Threads    Pure.
 * Errors     None. A refusal is an answer with a name.
 */

#include "server/base/error.h"
#include "server/hearing/hearing.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_COMMITMENTS_MAX = 32, /* of one hearing */
    HEARD_COMMITMENT_TEXT_CHARS_MAX = 300,
    HEARD_COMMITMENT_EVIDENCE_CHARS_MAX = 300,
    HEARD_COMMITMENT_DAYS_MAX = 3 * 366, /* from now to the due date */
};

typedef enum {
    HEARD_COMMITMENT_OPEN,
    HEARD_COMMITMENT_IN_PROGRESS,
    HEARD_COMMITMENT_DONE,
    HEARD_COMMITMENT_OVERDUE,
    HEARD_COMMITMENT_DONE_LATE,
    HEARD_COMMITMENT_TRANSFERRED,
    HEARD_COMMITMENT_STATE_COUNT
} HeardCommitmentState;

typedef enum {
    HEARD_COMMITMENT_NAME,
    HEARD_COMMITMENT_REMOVE,
    HEARD_COMMITMENT_MOVE
} HeardCommitmentAct;

typedef enum {
    HEARD_COMMITMENT_OK,
    HEARD_COMMITMENT_NOT_YOURS,
    HEARD_COMMITMENT_NOT_NOW, /* a phase too early */
    HEARD_COMMITMENT_OVER,    /* the hearing is; what was promised stays as it was said */
    HEARD_COMMITMENT_FULL,
    HEARD_COMMITMENT_IN_THE_PAST,
    HEARD_COMMITMENT_TOO_FAR,
    HEARD_COMMITMENT_NO_SUCH_MOVE,
    HEARD_COMMITMENT_ANSWER_COUNT
} HeardCommitmentAnswer;

/* Is it a task here, or a promise? */
bool heard_commitment_is_task(HeardKind kind);

/*
 * May this seat do that now? Named and taken away while the hearing is on, from the phase on in
 * which they are collected; moved on by whoever may name them, also afterwards.
 * own: what is named or moved is of the seat's own unit; domain.md 3.8 gives a department that.
 */
HeardCommitmentAnswer heard_commitment_may(const HeardProfile *profile, HeardState state,
                                           unsigned phase, HeardRole role, bool own,
                                           HeardCommitmentAct act);
HeardCommitmentAnswer heard_commitment_check_due(int64_t due_at_ms, int64_t now_ms);

/* As it stands now: late where it is neither done nor handed on. */
HeardCommitmentState heard_commitment_at(HeardCommitmentState kept, int64_t due_at_ms,
                                         int64_t now_ms);
/* wanted: IN_PROGRESS, DONE or TRANSFERRED; ret_to is what is kept. */
HeardCommitmentAnswer heard_commitment_move(HeardCommitmentState now, HeardCommitmentState wanted,
                                            HeardCommitmentState *ret_to);

const char *heard_commitment_state_name(HeardCommitmentState state);
bool heard_commitment_state_from_name(const char *name, HeardCommitmentState *ret_state);
const char *heard_commitment_answer_name(HeardCommitmentAnswer answer);
HeardError heard_commitment_answer_error(HeardCommitmentAnswer answer);
