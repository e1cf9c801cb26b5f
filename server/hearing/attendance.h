/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Attending a training without a seat: who may come in, the roll, the queue of questions.
 *
 * An attendee hears and sees, and has no person in the hearing's state (hearing.h): 250 of those
 * would be copied with every command and told of to everybody. Who is to speak is given a seat,
 * and then the floor as anybody.
 *
 * Units      *_ms UTC.
 * Threads    Pure.
 * Errors     None. A refusal is an answer with a name.
 */

#include "server/base/error.h"
#include "server/hearing/profile.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_ATTENDEE_NAME_CHARS_MAX = 40,
    HEARD_ATTENDEE_UNIT_CHARS_MAX = 60,
    HEARD_ATTENDEE_LINKS_MAX = 250, /* of units, and the one for all */
    HEARD_QUESTION_CHARS_MAX = 500,
    HEARD_QUESTIONS_OPEN_MAX = 3, /* of one attendee, not answered yet */
    HEARD_QUESTIONS_MAX = 1000,   /* of one training */
    HEARD_ROLLS_MAX = 12,
    HEARD_ROLL_MINUTES_MAX = 30,
};

typedef enum {
    HEARD_QUESTION_ASKED,
    HEARD_QUESTION_CHOSEN, /* shown to all; one at a time */
    HEARD_QUESTION_ANSWERED,
    HEARD_QUESTION_DROPPED,
    HEARD_QUESTION_STATE_COUNT
} HeardQuestionState;

typedef enum {
    HEARD_QUESTION_CHOOSE, /* whichever was shown before was answered then */
    HEARD_QUESTION_PUT_BACK,
    HEARD_QUESTION_ANSWER,
    HEARD_QUESTION_DROP,
    HEARD_QUESTION_TAKE_BACK, /* by who asked */
    HEARD_QUESTION_ACT_COUNT
} HeardQuestionAct;

typedef struct {
    int64_t opened_ms, until_ms, ended_ms; /* ended_ms 0: not before its time */
} HeardRoll;

typedef enum {
    HEARD_ATTENDANCE_OK,
    HEARD_ATTENDANCE_NONE,      /* this hearing has no attendees */
    HEARD_ATTENDANCE_OVER,      /* the hearing is */
    HEARD_ATTENDANCE_NOT_YOURS, /* to lead, to present */
    HEARD_ATTENDANCE_FULL,
    HEARD_ATTENDANCE_LINKS_FULL,
    HEARD_ATTENDANCE_ROLL_OPEN,
    HEARD_ATTENDANCE_ROLL_CLOSED,
    HEARD_ATTENDANCE_ROLLS_FULL,
    HEARD_ATTENDANCE_TOO_MANY_OPEN, /* questions of this attendee */
    HEARD_ATTENDANCE_QUESTIONS_FULL,
    HEARD_ATTENDANCE_QUESTION_MOVED, /* is not in a state for that any more */
    HEARD_ATTENDANCE_SEATED,         /* has a seat already */
    HEARD_ATTENDANCE_AWAY,           /* is not connected */
    HEARD_ATTENDANCE_ANSWER_COUNT
} HeardAttendanceAnswer;

typedef enum {
    HEARD_ATTENDANCE_LOOK,        /* at the list and the queue */
    HEARD_ATTENDANCE_LEAD,        /* links, rolls, seats, sending out */
    HEARD_ATTENDANCE_SHOW,        /* questions */
    HEARD_ATTENDANCE_ANSWER_ROLL, /* with a seat; an attendee always may */
} HeardAttendanceRight;

/* over: as heard_hearing_over(). role: of the seat. */
HeardAttendanceAnswer heard_attendance_may(const HeardProfile *profile, bool over, HeardRole role,
                                           HeardAttendanceRight right);

HeardAttendanceAnswer heard_attendance_may_enter(const HeardProfile *profile, bool over,
                                                 unsigned count);

bool heard_roll_is_open(const HeardRoll *self, int64_t now_ms);
HeardAttendanceAnswer heard_roll_may_open(const HeardRoll *rolls, unsigned count, int64_t now_ms);

HeardAttendanceAnswer heard_question_may_ask(unsigned open_of_attendee, unsigned count);
/* What becomes of it; stays untouched with a refusal. */
HeardAttendanceAnswer heard_question_move(HeardQuestionState from, HeardQuestionAct act,
                                          HeardQuestionState *ret_to);

const char *heard_question_state_name(HeardQuestionState state);
bool heard_question_state_from_name(const char *name, HeardQuestionState *ret_state);
bool heard_question_act_from_name(const char *name, HeardQuestionAct *ret_act);
const char *heard_question_act_name(HeardQuestionAct act);
const char *heard_attendance_answer_name(HeardAttendanceAnswer answer);
/* For a refusal; the name goes beside it as the reason. */
HeardError heard_attendance_answer_error(HeardAttendanceAnswer answer);
