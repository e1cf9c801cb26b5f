/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/commitment.h"

#include <string.h>

static const char *const states[HEARD_COMMITMENT_STATE_COUNT] = {
    [HEARD_COMMITMENT_OPEN] = "open",           [HEARD_COMMITMENT_IN_PROGRESS] = "in_progress",
    [HEARD_COMMITMENT_DONE] = "done",           [HEARD_COMMITMENT_OVERDUE] = "overdue",
    [HEARD_COMMITMENT_DONE_LATE] = "done_late", [HEARD_COMMITMENT_TRANSFERRED] = "transferred",
};

typedef struct {
    const char *name;
    HeardError error;
} AnswerRow;

static const AnswerRow answers[HEARD_COMMITMENT_ANSWER_COUNT] = {
    [HEARD_COMMITMENT_OK] = {"done", HEARD_ERROR_INTERNAL},
    [HEARD_COMMITMENT_NOT_YOURS] = {"wrong_role", HEARD_ERROR_WRONG_ROLE},
    [HEARD_COMMITMENT_NOT_NOW] = {"not_this_phase", HEARD_ERROR_WRONG_PHASE},
    [HEARD_COMMITMENT_OVER] = {"hearing_closed", HEARD_ERROR_HEARING_CLOSED},
    [HEARD_COMMITMENT_FULL] = {"commitments_full", HEARD_ERROR_TOO_MANY},
    [HEARD_COMMITMENT_IN_THE_PAST] = {"due_in_the_past", HEARD_ERROR_BAD_FIELD},
    [HEARD_COMMITMENT_TOO_FAR] = {"due_too_far", HEARD_ERROR_BAD_FIELD},
    [HEARD_COMMITMENT_NO_SUCH_MOVE] = {"commitment_moved", HEARD_ERROR_CONFLICT},
};

/* From the first of these on, whichever the profile has. */
static const char *const phases[] = {"summary", "consolidation", "record_confirm", "task_list",
                                     "announcement"};

bool heard_commitment_is_task(HeardKind kind)
{
    return kind == HEARD_KIND_CONSULTATION;
}

const char *heard_commitment_state_name(HeardCommitmentState state)
{
    return states[state];
}

bool heard_commitment_state_from_name(const char *name, HeardCommitmentState *ret_state)
{
    for (unsigned i = 0; i < HEARD_COMMITMENT_STATE_COUNT; i++) {
        if (strcmp(states[i], name) == 0) {
            *ret_state = (HeardCommitmentState)i;
            return true;
        }
    }
    return false;
}

const char *heard_commitment_answer_name(HeardCommitmentAnswer answer)
{
    return answers[answer].name;
}

HeardError heard_commitment_answer_error(HeardCommitmentAnswer answer)
{
    return answers[answer].error;
}

/* The phase from which on they are collected; 0: the profile has none, so whenever it is on. */
static unsigned first_phase(const HeardProfile *profile)
{
    int first = -1;

    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        int found = heard_profile_find_phase(profile, phases[i]);

        if (found >= 0 && (first < 0 || found < first))
            first = found;
    }
    return first < 0 ? 0 : (unsigned)first;
}

static bool is_over(HeardState state)
{
    return state >= HEARD_STATE_CLOSING;
}

HeardCommitmentAnswer heard_commitment_may(const HeardProfile *profile, HeardState state,
                                           unsigned phase, HeardRole role, bool own,
                                           HeardCommitmentAct act)
{
    HeardPermit permit = heard_role_permit(role, HEARD_MAY_NAME_OWNER);
    bool desk = (profile->chair & HEARD_ROLE_BIT(role)) != 0;

    /* The clerk writes for who presides; a department answers for itself. */
    if (permit == HEARD_PERMIT_NO || (permit == HEARD_PERMIT_SOME && !desk && !own))
        return HEARD_COMMITMENT_NOT_YOURS;
    if (act == HEARD_COMMITMENT_MOVE)
        return HEARD_COMMITMENT_OK;
    if (is_over(state))
        return HEARD_COMMITMENT_OVER;
    if ((state != HEARD_STATE_LIVE && state != HEARD_STATE_RECESSED) ||
        phase < first_phase(profile))
        return HEARD_COMMITMENT_NOT_NOW;
    return HEARD_COMMITMENT_OK;
}

HeardCommitmentAnswer heard_commitment_check_due(int64_t due_at_ms, int64_t now_ms)
{
    if (due_at_ms <= now_ms)
        return HEARD_COMMITMENT_IN_THE_PAST;
    return due_at_ms - now_ms > INT64_C(86400000) * HEARD_COMMITMENT_DAYS_MAX
               ? HEARD_COMMITMENT_TOO_FAR
               : HEARD_COMMITMENT_OK;
}

static bool is_ended(HeardCommitmentState state)
{
    return state == HEARD_COMMITMENT_DONE || state == HEARD_COMMITMENT_DONE_LATE ||
           state == HEARD_COMMITMENT_TRANSFERRED;
}

HeardCommitmentState heard_commitment_at(HeardCommitmentState kept, int64_t due_at_ms,
                                         int64_t now_ms)
{
    return is_ended(kept) || now_ms <= due_at_ms ? kept : HEARD_COMMITMENT_OVERDUE;
}

HeardCommitmentAnswer heard_commitment_move(HeardCommitmentState now, HeardCommitmentState wanted,
                                            HeardCommitmentState *ret_to)
{
    bool late = now == HEARD_COMMITMENT_OVERDUE;

    if (is_ended(now) || (wanted == HEARD_COMMITMENT_IN_PROGRESS && now != HEARD_COMMITMENT_OPEN) ||
        (wanted != HEARD_COMMITMENT_IN_PROGRESS && wanted != HEARD_COMMITMENT_DONE &&
         wanted != HEARD_COMMITMENT_TRANSFERRED))
        return HEARD_COMMITMENT_NO_SUCH_MOVE;
    *ret_to = wanted == HEARD_COMMITMENT_DONE && late ? HEARD_COMMITMENT_DONE_LATE : wanted;
    return HEARD_COMMITMENT_OK;
}
