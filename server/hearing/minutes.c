/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/minutes.h"

#include <glib.h>
#include <string.h>

static const char *const kinds[HEARD_MINUTES_KIND_COUNT] = {
    [HEARD_MINUTES_STATEMENT] = "statement",
    [HEARD_MINUTES_ACTION] = "action",
    [HEARD_MINUTES_NOTE] = "note",
    [HEARD_MINUTES_HEADING] = "heading",
};

static const char *const states[HEARD_MINUTES_STATE_COUNT] = {
    [HEARD_MINUTES_DRAFTING] = "drafting",
    [HEARD_MINUTES_CIRCULATED] = "circulated",
    [HEARD_MINUTES_CORRECTED] = "corrected",
    [HEARD_MINUTES_SIGNING] = "signing",
    [HEARD_MINUTES_SIGNED] = "signed",
    [HEARD_MINUTES_SIGNED_WITH_REFUSAL] = "signed_with_refusal",
    [HEARD_MINUTES_SEALED] = "sealed",
};

static const char *const acts[HEARD_MINUTES_ACT_COUNT] = {
    [HEARD_MINUTES_CIRCULATE] = "circulate",
    [HEARD_MINUTES_READ] = "read",
    [HEARD_MINUTES_PROPOSE] = "propose",
    [HEARD_MINUTES_DECIDE] = "decide",
    [HEARD_MINUTES_START_SIGNING] = "start_signing",
    [HEARD_MINUTES_ADD] = "add",
};

typedef struct {
    const char *name;
    HeardError error;
} AnswerRow;

static const AnswerRow answers[HEARD_MINUTES_ANSWER_COUNT] = {
    [HEARD_MINUTES_OK] = {"ok", HEARD_ERROR_INTERNAL},
    [HEARD_MINUTES_WRONG_ROLE] = {"wrong_role", HEARD_ERROR_WRONG_ROLE},
    [HEARD_MINUTES_NOT_YET] = {"not_yet", HEARD_ERROR_WRONG_PHASE},
    [HEARD_MINUTES_FINISHED] = {"finished", HEARD_ERROR_HEARING_CLOSED},
    [HEARD_MINUTES_APART] = {"apart", HEARD_ERROR_WRONG_PHASE},
    [HEARD_MINUTES_NOT_CIRCULATED] = {"not_circulated", HEARD_ERROR_WRONG_PHASE},
    [HEARD_MINUTES_NOT_SEALED] = {"not_sealed", HEARD_ERROR_WRONG_PHASE},
    [HEARD_MINUTES_EMPTY] = {"empty", HEARD_ERROR_CONFLICT},
    [HEARD_MINUTES_UNDECIDED] = {"undecided", HEARD_ERROR_CONFLICT},
    [HEARD_MINUTES_NOT_ADMITTED] = {"not_admitted", HEARD_ERROR_NOT_ADMITTED},
};

static bool find_name(const char *const *names, unsigned count, const char *name, unsigned *ret)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

/* domain.md 3.8, "edit minutes": ○ of the presiding officer is "where nobody else does". */
bool heard_minutes_may_edit(HeardRole role, bool has_clerk)
{
    switch (heard_role_permit(role, HEARD_MAY_EDIT_MINUTES)) {
    case HEARD_PERMIT_YES:
        return true;
    case HEARD_PERMIT_SOME:
        return !has_clerk;
    case HEARD_PERMIT_NO:
        break;
    }
    return false;
}

bool heard_minutes_may_read(HeardRole role)
{
    return heard_role_permit(role, HEARD_MAY_EDIT_MINUTES) != HEARD_PERMIT_NO;
}

HeardMinutesAnswer heard_minutes_write(const HeardMinutesMoment *moment, HeardRole role,
                                       HeardMinutesKind kind)
{
    bool is_prepared = kind == HEARD_MINUTES_NOTE || kind == HEARD_MINUTES_HEADING;
    bool is_beside = kind == HEARD_MINUTES_NOTE || kind == HEARD_MINUTES_ACTION;

    if (!heard_minutes_may_edit(role, moment->has_clerk))
        return HEARD_MINUTES_WRONG_ROLE;
    if (moment->minutes != HEARD_MINUTES_DRAFTING)
        return HEARD_MINUTES_FINISHED;
    switch (moment->hearing) {
    case HEARD_STATE_SCHEDULED:
    case HEARD_STATE_NOTIFIED:
        return HEARD_MINUTES_NOT_YET;
    case HEARD_STATE_READY:
        return is_prepared ? HEARD_MINUTES_OK : HEARD_MINUTES_NOT_YET;
    case HEARD_STATE_LIVE:
    case HEARD_STATE_RECESSED:
        return moment->is_apart && !is_beside ? HEARD_MINUTES_APART : HEARD_MINUTES_OK;
    case HEARD_STATE_CLOSING:
    case HEARD_STATE_CONCLUDED:
        return HEARD_MINUTES_OK;
    case HEARD_STATE_SEALED:
    case HEARD_STATE_ARCHIVED:
    case HEARD_STATE_CANCELLED:
    case HEARD_STATE_COUNT:
        break;
    }
    return HEARD_MINUTES_FINISHED;
}

static bool is_open_to_reading(HeardMinutesState state)
{
    return state == HEARD_MINUTES_CIRCULATED || state == HEARD_MINUTES_CORRECTED;
}

/* Who does it: the whole table of acts by roles. */
static bool may_act(const HeardMinutesCourse *course, HeardRole role, HeardMinutesAct act)
{
    switch (act) {
    case HEARD_MINUTES_READ:
    case HEARD_MINUTES_PROPOSE:
        return heard_role_permit(role, HEARD_MAY_SIGN) != HEARD_PERMIT_NO;
    case HEARD_MINUTES_START_SIGNING:
        return role == HEARD_ROLE_PRESIDING ||
               heard_minutes_may_edit(role, course->moment.has_clerk);
    case HEARD_MINUTES_CIRCULATE:
    case HEARD_MINUTES_DECIDE:
    case HEARD_MINUTES_ADD:
    case HEARD_MINUTES_ACT_COUNT:
        break;
    }
    return heard_minutes_may_edit(role, course->moment.has_clerk);
}

/* When: from the opening on, and until the file is closed. */
static HeardMinutesAnswer check_hearing(HeardState state)
{
    switch (state) {
    case HEARD_STATE_SCHEDULED:
    case HEARD_STATE_NOTIFIED:
    case HEARD_STATE_READY:
        return HEARD_MINUTES_NOT_YET;
    case HEARD_STATE_LIVE:
    case HEARD_STATE_RECESSED:
    case HEARD_STATE_CLOSING:
    case HEARD_STATE_CONCLUDED:
        return HEARD_MINUTES_OK;
    case HEARD_STATE_SEALED:
    case HEARD_STATE_ARCHIVED:
    case HEARD_STATE_CANCELLED:
    case HEARD_STATE_COUNT:
        break;
    }
    return HEARD_MINUTES_FINISHED;
}

static HeardMinutesAnswer check_state(const HeardMinutesCourse *course, HeardMinutesAct act)
{
    HeardMinutesState state = course->moment.minutes;

    if (act == HEARD_MINUTES_ADD)
        return state == HEARD_MINUTES_SEALED ? HEARD_MINUTES_OK : HEARD_MINUTES_NOT_SEALED;
    if (state >= HEARD_MINUTES_SIGNING)
        return HEARD_MINUTES_FINISHED;
    if (act == HEARD_MINUTES_CIRCULATE) {
        /* Once more when something was corrected: all read what they will sign. */
        if (state != HEARD_MINUTES_DRAFTING && state != HEARD_MINUTES_CORRECTED)
            return HEARD_MINUTES_FINISHED;
        if (course->open_corrections > 0)
            return HEARD_MINUTES_UNDECIDED;
        return course->lines > 0 ? HEARD_MINUTES_OK : HEARD_MINUTES_EMPTY;
    }
    if (!is_open_to_reading(state))
        return HEARD_MINUTES_NOT_CIRCULATED;
    if (act == HEARD_MINUTES_START_SIGNING && course->open_corrections > 0)
        return HEARD_MINUTES_UNDECIDED;
    return HEARD_MINUTES_OK;
}

HeardMinutesAnswer heard_minutes_ask(const HeardMinutesCourse *course, HeardRole role,
                                     HeardMinutesAct act)
{
    HeardMinutesAnswer answer;

    if (!may_act(course, role, act))
        return HEARD_MINUTES_WRONG_ROLE;
    /* An addendum is for whatever comes up later, also in the archive. */
    answer = act == HEARD_MINUTES_ADD ? HEARD_MINUTES_OK : check_hearing(course->moment.hearing);
    if (answer == HEARD_MINUTES_OK)
        answer = check_state(course, act);
    if (answer == HEARD_MINUTES_OK && !course->was_let_in && act != HEARD_MINUTES_ADD)
        return HEARD_MINUTES_NOT_ADMITTED;
    return answer;
}

const char *heard_minutes_act_name(HeardMinutesAct act)
{
    return acts[act];
}

bool heard_minutes_act_from_name(const char *name, HeardMinutesAct *ret_act)
{
    unsigned index;

    if (!find_name(acts, HEARD_MINUTES_ACT_COUNT, name, &index))
        return false;
    *ret_act = (HeardMinutesAct)index;
    return true;
}

const char *heard_minutes_answer_name(HeardMinutesAnswer answer)
{
    return answers[answer].name;
}

HeardError heard_minutes_answer_error(HeardMinutesAnswer answer)
{
    return answers[answer].error;
}

/* One line: neither a break nor a tab, and something in it that can be read. */
static const char *text_fault(const char *text)
{
    bool is_empty = true;
    size_t count = 0;

    if (!g_utf8_validate(text, -1, NULL))
        return "text: not UTF-8";
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (g_unichar_iscntrl(c))
            return "text: one line, without control characters";
        if (++count > HEARD_MINUTES_TEXT_CHARS_MAX)
            return "text: longer than 2000 characters";
        is_empty = is_empty && g_unichar_isspace(c);
    }
    return is_empty ? "text: is missing" : NULL;
}

const char *heard_minutes_fault(const HeardMinutesLine *line, int64_t started_ms, int64_t wall_ms)
{
    int64_t from_ms = (started_ms ? started_ms : wall_ms) - HEARD_MINUTES_BEFORE_MS;

    if (line->at_ms > wall_ms + HEARD_MINUTES_AHEAD_MS)
        return "at_ms: in the future";
    if (line->at_ms < from_ms)
        return "at_ms: long before the hearing";
    if (line->has_speaker && line->kind == HEARD_MINUTES_HEADING)
        return "speaker: a heading has none";
    return text_fault(line->text);
}

const char *heard_minutes_kind_name(HeardMinutesKind kind)
{
    return kinds[kind];
}

bool heard_minutes_kind_from_name(const char *name, HeardMinutesKind *ret_kind)
{
    unsigned index;

    if (!find_name(kinds, HEARD_MINUTES_KIND_COUNT, name, &index))
        return false;
    *ret_kind = (HeardMinutesKind)index;
    return true;
}

const char *heard_minutes_state_name(HeardMinutesState state)
{
    return states[state];
}

bool heard_minutes_state_from_name(const char *name, HeardMinutesState *ret_state)
{
    unsigned index;

    if (!find_name(states, HEARD_MINUTES_STATE_COUNT, name, &index))
        return false;
    *ret_state = (HeardMinutesState)index;
    return true;
}
