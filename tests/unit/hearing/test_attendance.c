/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/agenda.h"
#include "server/hearing/attendance.h"

#include <glib.h>

static const HeardProfile *training(void)
{
    return heard_agenda_profile(HEARD_KIND_TRAINING);
}

static void a_training_takes_250_and_a_hearing_nobody(void **state)
{
    (void)state;
    assert_int_equal(training()->attendees_max, 250);
    assert_int_equal(heard_attendance_may_enter(training(), false, 249), HEARD_ATTENDANCE_OK);
    assert_int_equal(heard_attendance_may_enter(training(), false, 250), HEARD_ATTENDANCE_FULL);
    assert_int_equal(heard_attendance_may_enter(training(), true, 0), HEARD_ATTENDANCE_OVER);
    for (unsigned kind = 0; kind < HEARD_KIND_COUNT; kind++) {
        if (kind != HEARD_KIND_TRAINING)
            assert_int_equal(
                heard_attendance_may_enter(heard_agenda_profile((HeardKind)kind), false, 0),
                HEARD_ATTENDANCE_NONE);
    }
}

/* Every role, every right: who leads does all, who presents looks and shows, the others are on
 * the roll or nothing at all. */
static void rights_by_role(void **state)
{
    (void)state;
    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        bool leads = role == HEARD_ROLE_PRESIDING || role == HEARD_ROLE_CLERK;
        bool presents = role == HEARD_ROLE_LEAD_UNIT;
        bool listed = presents || role == HEARD_ROLE_DEPARTMENT || role == HEARD_ROLE_CASE_LEAD ||
                      role == HEARD_ROLE_OBSERVER;
        bool may[] = {[HEARD_ATTENDANCE_LOOK] = leads || presents,
                      [HEARD_ATTENDANCE_LEAD] = leads,
                      [HEARD_ATTENDANCE_SHOW] = leads || presents,
                      [HEARD_ATTENDANCE_ANSWER_ROLL] = listed};

        for (unsigned right = 0; right < G_N_ELEMENTS(may); right++) {
            HeardAttendanceAnswer now = heard_attendance_may(training(), false, (HeardRole)role,
                                                             (HeardAttendanceRight)right);
            HeardAttendanceAnswer later = heard_attendance_may(training(), true, (HeardRole)role,
                                                               (HeardAttendanceRight)right);

            assert_int_equal(now, may[right] ? HEARD_ATTENDANCE_OK : HEARD_ATTENDANCE_NOT_YOURS);
            assert_int_equal(later, !may[right]                      ? HEARD_ATTENDANCE_NOT_YOURS
                                    : right == HEARD_ATTENDANCE_LOOK ? HEARD_ATTENDANCE_OK
                                                                     : HEARD_ATTENDANCE_OVER);
        }
    }
}

static void one_roll_at_a_time(void **state)
{
    HeardRoll rolls[HEARD_ROLLS_MAX] = {{1000, 61000, 0}};

    (void)state;
    assert_false(heard_roll_is_open(&rolls[0], 999));
    assert_true(heard_roll_is_open(&rolls[0], 1000));
    assert_true(heard_roll_is_open(&rolls[0], 60999));
    assert_false(heard_roll_is_open(&rolls[0], 61000));
    assert_int_equal(heard_roll_may_open(rolls, 1, 5000), HEARD_ATTENDANCE_ROLL_OPEN);
    assert_int_equal(heard_roll_may_open(rolls, 1, 61000), HEARD_ATTENDANCE_OK);
    rolls[0].ended_ms = 2000;
    assert_int_equal(heard_roll_may_open(rolls, 1, 5000), HEARD_ATTENDANCE_OK);
    assert_int_equal(heard_roll_may_open(rolls, HEARD_ROLLS_MAX, 61000),
                     HEARD_ATTENDANCE_ROLLS_FULL);
}

static void three_questions_wait_at_most(void **state)
{
    (void)state;
    assert_int_equal(heard_question_may_ask(2, 10), HEARD_ATTENDANCE_OK);
    assert_int_equal(heard_question_may_ask(3, 10), HEARD_ATTENDANCE_TOO_MANY_OPEN);
    assert_int_equal(heard_question_may_ask(0, HEARD_QUESTIONS_MAX),
                     HEARD_ATTENDANCE_QUESTIONS_FULL);
}

/* From each state by each act, as a table of its own. */
static void moves_of_a_question(void **state)
{
    enum { NO = HEARD_QUESTION_STATE_COUNT };
    static const int wanted[HEARD_QUESTION_STATE_COUNT][HEARD_QUESTION_ACT_COUNT] = {
        [HEARD_QUESTION_ASKED] = {HEARD_QUESTION_CHOSEN, NO, HEARD_QUESTION_ANSWERED,
                                  HEARD_QUESTION_DROPPED, HEARD_QUESTION_DROPPED},
        [HEARD_QUESTION_CHOSEN] = {NO, HEARD_QUESTION_ASKED, HEARD_QUESTION_ANSWERED,
                                   HEARD_QUESTION_DROPPED, NO},
        [HEARD_QUESTION_ANSWERED] = {HEARD_QUESTION_CHOSEN, HEARD_QUESTION_ASKED, NO, NO, NO},
        [HEARD_QUESTION_DROPPED] = {HEARD_QUESTION_CHOSEN, HEARD_QUESTION_ASKED, NO, NO, NO},
    };

    (void)state;
    for (unsigned from = 0; from < HEARD_QUESTION_STATE_COUNT; from++) {
        for (unsigned act = 0; act < HEARD_QUESTION_ACT_COUNT; act++) {
            HeardQuestionState to = (HeardQuestionState)from;
            HeardAttendanceAnswer answer =
                heard_question_move((HeardQuestionState)from, (HeardQuestionAct)act, &to);
            bool may = wanted[from][act] != NO;

            assert_int_equal(answer, may ? HEARD_ATTENDANCE_OK : HEARD_ATTENDANCE_QUESTION_MOVED);
            assert_int_equal(to, may ? wanted[from][act] : (int)from);
        }
    }
}

static void names_go_both_ways(void **state)
{
    HeardQuestionState found;
    HeardQuestionAct act;

    (void)state;
    for (unsigned i = 0; i < HEARD_QUESTION_STATE_COUNT; i++) {
        assert_true(heard_question_state_from_name(heard_question_state_name(i), &found));
        assert_int_equal(found, i);
    }
    for (unsigned i = 0; i < HEARD_QUESTION_ACT_COUNT; i++) {
        assert_true(heard_question_act_from_name(heard_question_act_name(i), &act));
        assert_int_equal(act, i);
    }
    assert_false(heard_question_state_from_name("waiting", &found));
    for (unsigned i = 0; i < HEARD_ATTENDANCE_ANSWER_COUNT; i++)
        assert_true(*heard_attendance_answer_name(i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_training_takes_250_and_a_hearing_nobody),
        cmocka_unit_test(rights_by_role),
        cmocka_unit_test(one_roll_at_a_time),
        cmocka_unit_test(three_questions_wait_at_most),
        cmocka_unit_test(moves_of_a_question),
        cmocka_unit_test(names_go_both_ways),
    };

    return cmocka_run_group_tests_name("attendance", tests, NULL, NULL);
}
