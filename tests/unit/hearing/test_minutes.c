/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/minutes.h"

#include <glib.h>
#include <string.h>

enum { STARTED_MS = 1700000000, NOW_MS = STARTED_MS + 60000 };

static HeardMinutesAnswer write_at(HeardState state, HeardMinutesKind kind)
{
    HeardMinutesMoment moment = {.hearing = state, .has_clerk = true};

    return heard_minutes_write(&moment, HEARD_ROLE_CLERK, kind);
}

static void every_role_as_the_table_says(void **state)
{
    (void)state;
    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        bool writes = role == HEARD_ROLE_CLERK || role == HEARD_ROLE_MEDIATOR;
        bool presides = role == HEARD_ROLE_PRESIDING;

        assert_int_equal(heard_minutes_may_edit((HeardRole)role, true), writes);
        assert_int_equal(heard_minutes_may_edit((HeardRole)role, false), writes || presides);
        assert_int_equal(heard_minutes_may_read((HeardRole)role), writes || presides);
    }
}

static void lines_wait_for_the_opening_and_end_with_the_seal(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < HEARD_MINUTES_KIND_COUNT; kind++) {
        bool prepared = kind == HEARD_MINUTES_NOTE || kind == HEARD_MINUTES_HEADING;

        assert_int_equal(write_at(HEARD_STATE_NOTIFIED, (HeardMinutesKind)kind),
                         HEARD_MINUTES_NOT_YET);
        assert_int_equal(write_at(HEARD_STATE_READY, (HeardMinutesKind)kind),
                         prepared ? HEARD_MINUTES_OK : HEARD_MINUTES_NOT_YET);
        assert_int_equal(write_at(HEARD_STATE_LIVE, (HeardMinutesKind)kind), HEARD_MINUTES_OK);
        assert_int_equal(write_at(HEARD_STATE_RECESSED, (HeardMinutesKind)kind), HEARD_MINUTES_OK);
        assert_int_equal(write_at(HEARD_STATE_CONCLUDED, (HeardMinutesKind)kind), HEARD_MINUTES_OK);
        assert_int_equal(write_at(HEARD_STATE_SEALED, (HeardMinutesKind)kind),
                         HEARD_MINUTES_FINISHED);
        assert_int_equal(write_at(HEARD_STATE_CANCELLED, (HeardMinutesKind)kind),
                         HEARD_MINUTES_FINISHED);
    }
}

static void nothing_changes_once_they_are_circulated(void **state)
{
    (void)state;
    for (unsigned i = 0; i < HEARD_MINUTES_STATE_COUNT; i++) {
        HeardMinutesMoment moment = {.hearing = HEARD_STATE_CONCLUDED,
                                     .minutes = (HeardMinutesState)i};

        assert_int_equal(heard_minutes_write(&moment, HEARD_ROLE_CLERK, HEARD_MINUTES_STATEMENT),
                         i == HEARD_MINUTES_DRAFTING ? HEARD_MINUTES_OK : HEARD_MINUTES_FINISHED);
    }
}

/* What is said in a closed room is not in the minutes (domain.md 3.8). */
static void apart_there_are_only_actions_and_notes(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < HEARD_MINUTES_KIND_COUNT; kind++) {
        HeardMinutesMoment moment = {.hearing = HEARD_STATE_LIVE, .is_apart = true};
        bool beside = kind == HEARD_MINUTES_NOTE || kind == HEARD_MINUTES_ACTION;

        assert_int_equal(heard_minutes_write(&moment, HEARD_ROLE_CLERK, (HeardMinutesKind)kind),
                         beside ? HEARD_MINUTES_OK : HEARD_MINUTES_APART);
    }
}

static HeardMinutesCourse course_of(HeardMinutesState state)
{
    return (HeardMinutesCourse){
        .moment = {.hearing = HEARD_STATE_LIVE, .minutes = state, .has_clerk = true},
        .was_let_in = true,
        .lines = 1};
}

/* Each act in each state, as domain.md 3.7 draws it, by who may do it. */
static void the_course_from_draft_to_seal(void **state)
{
    static const HeardRole doers[HEARD_MINUTES_ACT_COUNT] = {
        [HEARD_MINUTES_CIRCULATE] = HEARD_ROLE_CLERK,
        [HEARD_MINUTES_READ] = HEARD_ROLE_PETITIONER,
        [HEARD_MINUTES_PROPOSE] = HEARD_ROLE_DEPARTMENT,
        [HEARD_MINUTES_DECIDE] = HEARD_ROLE_CLERK,
        [HEARD_MINUTES_START_SIGNING] = HEARD_ROLE_PRESIDING,
        [HEARD_MINUTES_ADD] = HEARD_ROLE_CLERK};
    (void)state;

    for (unsigned s = 0; s < HEARD_MINUTES_STATE_COUNT; s++) {
        HeardMinutesCourse course = course_of((HeardMinutesState)s);
        bool is_read = s == HEARD_MINUTES_CIRCULATED || s == HEARD_MINUTES_CORRECTED;

        for (unsigned act = 0; act < HEARD_MINUTES_ACT_COUNT; act++) {
            bool wanted = act == HEARD_MINUTES_CIRCULATE
                              ? s == HEARD_MINUTES_DRAFTING || s == HEARD_MINUTES_CORRECTED
                          : act == HEARD_MINUTES_ADD ? s == HEARD_MINUTES_SEALED
                                                     : is_read;

            assert_int_equal(heard_minutes_ask(&course, doers[act], (HeardMinutesAct)act) ==
                                 HEARD_MINUTES_OK,
                             wanted);
        }
    }
}

static void who_does_what_with_them(void **state)
{
    HeardMinutesCourse course = course_of(HEARD_MINUTES_CIRCULATED);
    (void)state;

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        bool signs = heard_role_permit((HeardRole)role, HEARD_MAY_SIGN) != HEARD_PERMIT_NO;
        bool edits = heard_minutes_may_edit((HeardRole)role, true);

        assert_int_equal(heard_minutes_ask(&course, (HeardRole)role, HEARD_MINUTES_PROPOSE),
                         signs ? HEARD_MINUTES_OK : HEARD_MINUTES_WRONG_ROLE);
        assert_int_equal(heard_minutes_ask(&course, (HeardRole)role, HEARD_MINUTES_DECIDE),
                         edits ? HEARD_MINUTES_OK : HEARD_MINUTES_WRONG_ROLE);
        assert_int_equal(heard_minutes_ask(&course, (HeardRole)role, HEARD_MINUTES_START_SIGNING),
                         edits || role == HEARD_ROLE_PRESIDING ? HEARD_MINUTES_OK
                                                               : HEARD_MINUTES_WRONG_ROLE);
    }
}

static void what_stands_against_a_step(void **state)
{
    HeardMinutesCourse course = course_of(HEARD_MINUTES_DRAFTING);
    (void)state;

    course.lines = 0;
    assert_int_equal(heard_minutes_ask(&course, HEARD_ROLE_CLERK, HEARD_MINUTES_CIRCULATE),
                     HEARD_MINUTES_EMPTY);
    assert_int_equal(heard_minutes_ask(&course, HEARD_ROLE_PETITIONER, HEARD_MINUTES_READ),
                     HEARD_MINUTES_NOT_CIRCULATED);
    course = course_of(HEARD_MINUTES_CORRECTED);
    course.open_corrections = 1;
    assert_int_equal(heard_minutes_ask(&course, HEARD_ROLE_CLERK, HEARD_MINUTES_START_SIGNING),
                     HEARD_MINUTES_UNDECIDED);
    assert_int_equal(heard_minutes_ask(&course, HEARD_ROLE_CLERK, HEARD_MINUTES_CIRCULATE),
                     HEARD_MINUTES_UNDECIDED);
    course = course_of(HEARD_MINUTES_CIRCULATED);
    course.was_let_in = false;
    assert_int_equal(heard_minutes_ask(&course, HEARD_ROLE_PETITIONER, HEARD_MINUTES_PROPOSE),
                     HEARD_MINUTES_NOT_ADMITTED);
    course = course_of(HEARD_MINUTES_DRAFTING);
    course.moment.hearing = HEARD_STATE_READY;
    assert_int_equal(heard_minutes_ask(&course, HEARD_ROLE_CLERK, HEARD_MINUTES_CIRCULATE),
                     HEARD_MINUTES_NOT_YET);
    course.moment.hearing = HEARD_STATE_SEALED;
    assert_int_equal(heard_minutes_ask(&course, HEARD_ROLE_CLERK, HEARD_MINUTES_CIRCULATE),
                     HEARD_MINUTES_FINISHED);
    course.moment.minutes = HEARD_MINUTES_SEALED; /* an addendum is never too late */
    assert_int_equal(heard_minutes_ask(&course, HEARD_ROLE_CLERK, HEARD_MINUTES_ADD),
                     HEARD_MINUTES_OK);
}

static const char *fault_of(const char *text, HeardMinutesKind kind, bool has_speaker,
                            int64_t at_ms)
{
    HeardMinutesLine line = {
        .kind = kind, .text = text, .has_speaker = has_speaker, .at_ms = at_ms};

    return heard_minutes_fault(&line, STARTED_MS, NOW_MS);
}

static void assert_fault(const char *fault, const char *member)
{
    assert_non_null(fault);
    assert_true(g_str_has_prefix(fault, member));
}

static void what_a_line_may_be(void **state)
{
    g_autofree char *longest = NULL;
    g_autofree char *longer = NULL;
    GString *text = g_string_new(NULL);
    (void)state;

    for (unsigned i = 0; i < HEARD_MINUTES_TEXT_CHARS_MAX; i++)
        g_string_append(text, "听");
    longest = g_strdup(text->str);
    longer = g_strconcat(text->str, "。", NULL);
    g_string_free(text, TRUE);
    assert_null(fault_of("我家的房子漏水。", HEARD_MINUTES_STATEMENT, true, NOW_MS));
    assert_null(fault_of(longest, HEARD_MINUTES_STATEMENT, false, NOW_MS));
    assert_null(fault_of("陈述", HEARD_MINUTES_HEADING, false, STARTED_MS - 3600000));
    assert_fault(fault_of(longer, HEARD_MINUTES_STATEMENT, true, NOW_MS), "text");
    assert_fault(fault_of(" \xe3\x80\x80", HEARD_MINUTES_STATEMENT, true, NOW_MS), "text");
    assert_fault(fault_of("一\n二", HEARD_MINUTES_STATEMENT, true, NOW_MS), "text");
    assert_fault(fault_of("\xff", HEARD_MINUTES_STATEMENT, true, NOW_MS), "text");
    assert_fault(fault_of("陈述", HEARD_MINUTES_HEADING, true, NOW_MS), "speaker");
    assert_fault(fault_of("早", HEARD_MINUTES_NOTE, false, NOW_MS + 6000), "at_ms");
    assert_fault(fault_of("晚", HEARD_MINUTES_NOTE, false, STARTED_MS - 25 * 3600000), "at_ms");
}

static void names_go_both_ways(void **state)
{
    HeardMinutesKind kind;
    HeardMinutesState minutes;
    HeardMinutesAct act;
    (void)state;

    for (unsigned i = 0; i < HEARD_MINUTES_KIND_COUNT; i++) {
        assert_true(
            heard_minutes_kind_from_name(heard_minutes_kind_name((HeardMinutesKind)i), &kind));
        assert_int_equal(kind, i);
    }
    for (unsigned i = 0; i < HEARD_MINUTES_STATE_COUNT; i++) {
        assert_true(heard_minutes_state_from_name(heard_minutes_state_name((HeardMinutesState)i),
                                                  &minutes));
        assert_int_equal(minutes, i);
    }
    for (unsigned i = 0; i < HEARD_MINUTES_ACT_COUNT; i++) {
        assert_true(heard_minutes_act_from_name(heard_minutes_act_name((HeardMinutesAct)i), &act));
        assert_int_equal(act, i);
    }
    assert_false(heard_minutes_act_from_name("erase", &act));
    assert_false(heard_minutes_kind_from_name("speech", &kind));
    assert_false(heard_minutes_state_from_name("", &minutes));
    assert_int_equal(heard_minutes_answer_error(HEARD_MINUTES_WRONG_ROLE), HEARD_ERROR_WRONG_ROLE);
    assert_string_equal(heard_minutes_answer_name(HEARD_MINUTES_APART), "apart");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_as_the_table_says),
        cmocka_unit_test(lines_wait_for_the_opening_and_end_with_the_seal),
        cmocka_unit_test(nothing_changes_once_they_are_circulated),
        cmocka_unit_test(apart_there_are_only_actions_and_notes),
        cmocka_unit_test(the_course_from_draft_to_seal),
        cmocka_unit_test(who_does_what_with_them),
        cmocka_unit_test(what_stands_against_a_step),
        cmocka_unit_test(what_a_line_may_be),
        cmocka_unit_test(names_go_both_ways),
    };

    return cmocka_run_group_tests_name("hearing minutes", tests, NULL, NULL);
}
