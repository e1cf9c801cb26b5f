/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "hall.h"
#include "server/hearing/summons_reach.h"

/* Calling a unit into a running hearing: who may, how it ends, what bounds it, who may be called.
 */

static Hall hall;

#define GIVES(expression, what) assert_int_equal(expression, HEARD_ANSWER_##what)

static HeardAnswer call(const char *by, const char *unit)
{
    g_autofree char *data = g_strdup_printf("{\"unit\":\"%s\"}", unit);

    return hall_do(&hall, by, HEARD_VERB_SUMMONS_CALL, data);
}

static HeardAnswer answer(unsigned number, const char *decision, const char *seat,
                          const char *reason)
{
    g_autofree char *data = g_strdup_printf("{\"number\":%u,\"decision\":\"%s\",\"seat\":\"%s\","
                                            "\"account\":\"a\",\"reason\":\"%s\"}",
                                            number, decision, seat, reason);

    return hall_do(&hall, NULL, HEARD_VERB_SUMMONS_ANSWER, data);
}

static HeardAnswer of_number(const char *by, HeardVerb verb, unsigned number)
{
    g_autofree char *data = g_strdup_printf("{\"number\":%u}", number);

    return hall_do(&hall, by, verb, data);
}

static HeardSummonsState state_of(unsigned number)
{
    return hall.hearing.summonses[number - 1].state;
}

static int open_joint(void **state)
{
    (void)state;
    hall_init(&hall, HEARD_KIND_JOINT_RECEPTION);
    hall_open(&hall);
    return 0;
}

static void who_may_call_and_when(void **state)
{
    static const char *const never[] = {"petitioner", "department"};
    (void)state;

    hall_init(&hall, HEARD_KIND_JOINT_RECEPTION);
    hall_bring_in(&hall, "presiding");
    GIVES(call("presiding", "u"), NOT_LIVE);
    open_joint(NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(never); i++)
        GIVES(call(never[i], "u"), WRONG_ROLE);
    GIVES(call("clerk", "u"), OK); /* by delegation */
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_PERSIST_SUMMONS, "petitioner"), 1); /* 0 */
    assert_true(
        heard_hearing_sees_summonses(&hall.hearing, heard_hearing_find(&hall.hearing, "clerk")));
    assert_false(heard_hearing_sees_summonses(&hall.hearing,
                                              heard_hearing_find(&hall.hearing, "petitioner")));
    hall.hearing.config.clerk_delegated = false;
    GIVES(call("clerk", "v"), WRONG_ROLE);
    GIVES(call("presiding", "v"), OK);
    hall_init(&hall, HEARD_KIND_MEDIATION);
    assert_int_equal(hall.hearing.config.profile->summons_reply_ms, 0);
}

static void the_first_answer_counts(void **state)
{
    (void)state;

    GIVES(call("presiding", "u"), OK);
    assert_int_equal(hall.hearing.summonses[0].due_at_ms, hall.wall_ms + 15 * 60 * 1000);
    GIVES(call("presiding", "u"), UNIT_CALLED);
    GIVES(answer(2, "accepted", "s", ""), UNKNOWN_SUMMONS);
    GIVES(answer(1, "declined", "", ""), REASON_MISSING);
    GIVES(answer(1, "accepted", "", ""), UNKNOWN_PERSON);
    GIVES(answer(1, "accepted", "late", ""), OK);
    GIVES(answer(1, "declined", "", "busy"), SUMMONS_OVER);
    assert_int_equal(state_of(1), HEARD_SUMMONS_ACCEPTED);
    assert_string_equal(hall.hearing.summonses[0].seat, "late");
    /* On the way, then here. */
    GIVES(call("presiding", "u"), UNIT_HERE);
    assert_int_not_equal(heard_hearing_add_person(&hall.hearing, "late", HEARD_ROLE_DEPARTMENT,
                                                  HEARD_SIDE_RESPONDENT),
                         HEARD_NOBODY);
    hall_bring_in(&hall, "late");
    assert_int_equal(
        heard_hearing_room_of(&hall.hearing, heard_hearing_find(&hall.hearing, "late")),
        HEARD_ROOM_MAIN);
    hall.wall_ms += 60 * 60 * 1000;
    GIVES(call("presiding", "u"), UNIT_HERE);
    GIVES(hall_do(&hall, "late", HEARD_VERB_LEAVE, NULL), OK);
    GIVES(call("presiding", "u"), OK);
}

static void nobody_answers_in_time(void **state)
{
    (void)state;

    GIVES(call("presiding", "u"), OK);
    assert_int_equal(heard_hearing_next_summons(&hall.hearing, hall.wall_ms), 0);
    GIVES(of_number(NULL, HEARD_VERB_SUMMONS_EXPIRE, 1), UNCHANGED);
    hall.wall_ms = hall.hearing.summonses[0].due_at_ms - 1;
    assert_int_equal(heard_hearing_next_summons(&hall.hearing, hall.wall_ms + 1), 1);
    GIVES(answer(1, "accepted", "late", ""), SUMMONS_OVER); /* a second too late */
    GIVES(of_number(NULL, HEARD_VERB_SUMMONS_EXPIRE, 1), OK);
    assert_int_equal(state_of(1), HEARD_SUMMONS_UNANSWERED);
    GIVES(of_number(NULL, HEARD_VERB_SUMMONS_EXPIRE, 1), SUMMONS_OVER);
    GIVES(call("presiding", "u"), OK); /* again */
    assert_int_equal(hall.hearing.summons_count, 2);
}

static void a_call_is_taken_back_and_ends_with_the_hearing(void **state)
{
    (void)state;

    GIVES(of_number("presiding", HEARD_VERB_SUMMONS_CANCEL, 1), SUMMONS_OVER); /* nothing rings */
    GIVES(call("presiding", "u"), OK);
    GIVES(of_number("petitioner", HEARD_VERB_SUMMONS_CANCEL, 1), WRONG_ROLE);
    GIVES(of_number("clerk", HEARD_VERB_SUMMONS_CANCEL, 1), OK);
    assert_int_equal(state_of(1), HEARD_SUMMONS_CANCELLED);
    GIVES(call("presiding", "u"), OK);
    GIVES(hall_do(&hall, "presiding", HEARD_VERB_CLOSE,
                  "{\"outcome\":\"adjourned\",\"note\":\"tomorrow\"}"),
          OK);
    assert_int_equal(state_of(2), HEARD_SUMMONS_CANCELLED);
    GIVES(answer(2, "accepted", "late", ""), HEARING_CLOSED);
}

static void calls_are_bounded(void **state)
{
    (void)state;

    for (unsigned i = 0; i < HEARD_SUMMONS_OPEN_MAX; i++) {
        g_autofree char *unit = g_strdup_printf("u%u", i);

        GIVES(call("presiding", unit), OK);
    }
    GIVES(call("presiding", "more"), SUMMONSES_FULL);
    for (unsigned i = HEARD_SUMMONS_OPEN_MAX; i < HEARD_SUMMONSES_MAX; i++) {
        GIVES(of_number("presiding", HEARD_VERB_SUMMONS_CANCEL, i), OK);
        GIVES(call("presiding", "more"), OK);
    }
    GIVES(of_number("presiding", HEARD_VERB_SUMMONS_CANCEL, HEARD_SUMMONSES_MAX), OK);
    GIVES(call("presiding", "last"), SUMMONSES_FULL);
}

static void the_territory_and_upwards_from_a_street(void **state)
{
    const HeardUnitPlace county_office = {"/city/county/office/", "460105", "/city/county/",
                                          "460105", 4};
    const HeardUnitPlace county = {"/city/county/", "460105", "/city/", "460100", 4};
    const HeardUnitPlace street = {"/city/county/street/", "460105001", "/city/county/", "460105",
                                   5};
    const HeardUnitPlace housing = {"/city/county/housing/", "460105", "/city/county/", "460105",
                                    4};
    const HeardUnitPlace city_housing = {"/city/housing/", "460100", "/city/", "460100", 3};
    const HeardUnitPlace village = {"/city/county/street/village/", "460105001002",
                                    "/city/county/street/", "460105001", 6};
    const HeardUnitPlace other = {"/city/other/housing/", "460106", "/city/other/", "460106", 4};
    const HeardUnitPlace root = {"/city/", "460100", NULL, NULL, 3};
    (void)state;

    assert_true(heard_summons_reaches(&county_office, &housing));
    assert_true(heard_summons_reaches(&county_office, &street));
    assert_true(heard_summons_reaches(&county_office, &village));
    assert_false(heard_summons_reaches(&county_office, &city_housing));
    assert_false(heard_summons_reaches(&county_office, &other));
    assert_false(heard_summons_reaches(&county, &city_housing));
    assert_true(heard_summons_reaches(&street, &village));
    assert_true(heard_summons_reaches(&street, &housing)); /* the street whistles */
    assert_false(heard_summons_reaches(&street, &city_housing));
    assert_false(heard_summons_reaches(&street, &other));
    assert_false(heard_summons_reaches(&village, &housing));
    assert_true(heard_summons_reaches(&root, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_call_and_when),
        cmocka_unit_test_setup(the_first_answer_counts, open_joint),
        cmocka_unit_test_setup(nobody_answers_in_time, open_joint),
        cmocka_unit_test_setup(a_call_is_taken_back_and_ends_with_the_hearing, open_joint),
        cmocka_unit_test_setup(calls_are_bounded, open_joint),
        cmocka_unit_test(the_territory_and_upwards_from_a_street),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
