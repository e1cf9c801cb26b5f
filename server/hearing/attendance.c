/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/attendance.h"

#include <glib.h>
#include <string.h>

static const char *const states[HEARD_QUESTION_STATE_COUNT] = {
    [HEARD_QUESTION_ASKED] = "asked",
    [HEARD_QUESTION_CHOSEN] = "chosen",
    [HEARD_QUESTION_ANSWERED] = "answered",
    [HEARD_QUESTION_DROPPED] = "dropped",
};

static const char *const acts[HEARD_QUESTION_ACT_COUNT] = {
    [HEARD_QUESTION_CHOOSE] = "choose",       [HEARD_QUESTION_PUT_BACK] = "put_back",
    [HEARD_QUESTION_ANSWER] = "answer",       [HEARD_QUESTION_DROP] = "drop",
    [HEARD_QUESTION_TAKE_BACK] = "take_back",
};

typedef struct {
    const char *name;
    HeardError error;
} AnswerRow;

static const AnswerRow answers[HEARD_ATTENDANCE_ANSWER_COUNT] = {
    [HEARD_ATTENDANCE_OK] = {"done", HEARD_ERROR_INTERNAL},
    [HEARD_ATTENDANCE_NONE] = {"no_attendance", HEARD_ERROR_NOT_FOUND},
    [HEARD_ATTENDANCE_OVER] = {"hearing_closed", HEARD_ERROR_HEARING_CLOSED},
    [HEARD_ATTENDANCE_NOT_YOURS] = {"wrong_role", HEARD_ERROR_WRONG_ROLE},
    [HEARD_ATTENDANCE_FULL] = {"attendance_full", HEARD_ERROR_HEARING_FULL},
    [HEARD_ATTENDANCE_LINKS_FULL] = {"links_full", HEARD_ERROR_TOO_MANY},
    [HEARD_ATTENDANCE_ROLL_OPEN] = {"roll_open", HEARD_ERROR_CONFLICT},
    [HEARD_ATTENDANCE_ROLL_CLOSED] = {"roll_closed", HEARD_ERROR_CONFLICT},
    [HEARD_ATTENDANCE_ROLLS_FULL] = {"rolls_full", HEARD_ERROR_TOO_MANY},
    [HEARD_ATTENDANCE_TOO_MANY_OPEN] = {"questions_open", HEARD_ERROR_TOO_MANY},
    [HEARD_ATTENDANCE_QUESTIONS_FULL] = {"questions_full", HEARD_ERROR_TOO_MANY},
    [HEARD_ATTENDANCE_QUESTION_MOVED] = {"question_moved", HEARD_ERROR_CONFLICT},
    [HEARD_ATTENDANCE_SEATED] = {"attendee_seated", HEARD_ERROR_CONFLICT},
    [HEARD_ATTENDANCE_AWAY] = {"attendee_away", HEARD_ERROR_CONFLICT},
};

static int find_name(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    return -1;
}

const char *heard_question_state_name(HeardQuestionState state)
{
    return states[state];
}

bool heard_question_state_from_name(const char *name, HeardQuestionState *ret_state)
{
    int found = find_name(states, HEARD_QUESTION_STATE_COUNT, name);

    if (found >= 0)
        *ret_state = (HeardQuestionState)found;
    return found >= 0;
}

const char *heard_question_act_name(HeardQuestionAct act)
{
    return acts[act];
}

bool heard_question_act_from_name(const char *name, HeardQuestionAct *ret_act)
{
    int found = find_name(acts, HEARD_QUESTION_ACT_COUNT, name);

    if (found >= 0)
        *ret_act = (HeardQuestionAct)found;
    return found >= 0;
}

const char *heard_attendance_answer_name(HeardAttendanceAnswer answer)
{
    return answers[answer].name;
}

HeardError heard_attendance_answer_error(HeardAttendanceAnswer answer)
{
    return answers[answer].error;
}

/* Who presents sees the queue, and shows what he answers. */
static bool presents(HeardRole role)
{
    return role == HEARD_ROLE_LEAD_UNIT;
}

/* Whose being there the roll is about: not who calls it. */
static bool is_on_roll(HeardRole role)
{
    return role == HEARD_ROLE_DEPARTMENT || role == HEARD_ROLE_LEAD_UNIT ||
           role == HEARD_ROLE_CASE_LEAD || role == HEARD_ROLE_OBSERVER;
}

HeardAttendanceAnswer heard_attendance_may(const HeardProfile *profile, bool over, HeardRole role,
                                           HeardAttendanceRight right)
{
    bool leads = (profile->chair & HEARD_ROLE_BIT(role)) != 0;
    bool may = false;

    if (profile->attendees_max == 0)
        return HEARD_ATTENDANCE_NONE;
    switch (right) {
    case HEARD_ATTENDANCE_LOOK:
    case HEARD_ATTENDANCE_SHOW:
        may = leads || presents(role);
        break;
    case HEARD_ATTENDANCE_LEAD:
        may = leads;
        break;
    case HEARD_ATTENDANCE_ANSWER_ROLL:
        may = is_on_roll(role);
        break;
    }
    if (!may)
        return HEARD_ATTENDANCE_NOT_YOURS;
    return over && right != HEARD_ATTENDANCE_LOOK ? HEARD_ATTENDANCE_OVER : HEARD_ATTENDANCE_OK;
}

HeardAttendanceAnswer heard_attendance_may_enter(const HeardProfile *profile, bool over,
                                                 unsigned count)
{
    if (profile->attendees_max == 0)
        return HEARD_ATTENDANCE_NONE;
    if (over)
        return HEARD_ATTENDANCE_OVER;
    return count < profile->attendees_max ? HEARD_ATTENDANCE_OK : HEARD_ATTENDANCE_FULL;
}

bool heard_roll_is_open(const HeardRoll *self, int64_t now_ms)
{
    return self->ended_ms == 0 && now_ms >= self->opened_ms && now_ms < self->until_ms;
}

HeardAttendanceAnswer heard_roll_may_open(const HeardRoll *rolls, unsigned count, int64_t now_ms)
{
    for (unsigned i = 0; i < count; i++) {
        if (heard_roll_is_open(&rolls[i], now_ms))
            return HEARD_ATTENDANCE_ROLL_OPEN;
    }
    return count < HEARD_ROLLS_MAX ? HEARD_ATTENDANCE_OK : HEARD_ATTENDANCE_ROLLS_FULL;
}

HeardAttendanceAnswer heard_question_may_ask(unsigned open_of_attendee, unsigned count)
{
    if (open_of_attendee >= HEARD_QUESTIONS_OPEN_MAX)
        return HEARD_ATTENDANCE_TOO_MANY_OPEN;
    return count < HEARD_QUESTIONS_MAX ? HEARD_ATTENDANCE_OK : HEARD_ATTENDANCE_QUESTIONS_FULL;
}

HeardAttendanceAnswer heard_question_move(HeardQuestionState from, HeardQuestionAct act,
                                          HeardQuestionState *ret_to)
{
    static const HeardQuestionState to[HEARD_QUESTION_ACT_COUNT] = {
        [HEARD_QUESTION_CHOOSE] = HEARD_QUESTION_CHOSEN,
        [HEARD_QUESTION_PUT_BACK] = HEARD_QUESTION_ASKED,
        [HEARD_QUESTION_ANSWER] = HEARD_QUESTION_ANSWERED,
        [HEARD_QUESTION_DROP] = HEARD_QUESTION_DROPPED,
        [HEARD_QUESTION_TAKE_BACK] = HEARD_QUESTION_DROPPED,
    };
    bool is_open = from == HEARD_QUESTION_ASKED || from == HEARD_QUESTION_CHOSEN;
    /* What was put aside may be taken up again; nobody takes back what all were shown. */
    bool may = act == HEARD_QUESTION_CHOOSE      ? from != HEARD_QUESTION_CHOSEN
               : act == HEARD_QUESTION_PUT_BACK  ? from != HEARD_QUESTION_ASKED
               : act == HEARD_QUESTION_TAKE_BACK ? from == HEARD_QUESTION_ASKED
                                                 : is_open;

    if (!may)
        return HEARD_ATTENDANCE_QUESTION_MOVED;
    *ret_to = to[act];
    return HEARD_ATTENDANCE_OK;
}
