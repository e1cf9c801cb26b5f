/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include <stdlib.h>

#include "hall.h"
#include "server/hearing/audit.h"

static Hall hall;

static int receive(void **state)
{
    (void)state;
    hall_init(&hall, HEARD_KIND_JOINT_RECEPTION);
    hall_open(&hall);
    return 0;
}

static int sit_as_panel(void **state)
{
    (void)state;
    hall_init(&hall, HEARD_KIND_PANEL_HEARING);
    hall_bring_in(&hall, "presiding");
    hall_bring_in(&hall, "clerk");
    hall_bring_in(&hall, "panelist");
    hall_bring_in(&hall, "panelist-2");
    hall_bring_in(&hall, "panelist-3");
    hall_bring_in(&hall, "department");
    hall_bring_in(&hall, "petitioner");
    if (hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL) != HEARD_ANSWER_OK)
        return -1;
    hall_recusal_round(&hall);
    return 0;
}

static uint16_t index_of(const char *id)
{
    return heard_hearing_find(&hall.hearing, id);
}

static bool speaks(const char *id)
{
    return heard_hearing_may_send(&hall.hearing, index_of(id), HEARD_SEND_MICROPHONE);
}

static bool may(const char *id, HeardVerb verb)
{
    return (heard_hearing_may(&hall.hearing, index_of(id)) & (UINT64_C(1) << verb)) != 0;
}

static HeardAnswer go_to(const char *phase)
{
    g_autofree char *data = g_strdup_printf("{\"phase\":\"%s\",\"reason\":\"as agreed\"}", phase);

    return hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, data);
}

static HeardAnswer warn(const char *by, const char *whom, const char *why)
{
    g_autofree char *data =
        g_strdup_printf("{\"participant\":\"%s\",\"reason\":\"%s\"}", whom, why);

    return hall_do(&hall, by, HEARD_VERB_ORDER_WARN, data);
}

static HeardAnswer remove_one(const char *whom, bool safety)
{
    g_autofree char *data =
        g_strdup_printf("{\"participant\":\"%s\",\"reason\":\"shouts\",\"safety\":%s}", whom,
                        safety ? "true" : "false");

    return hall_do(&hall, "presiding", HEARD_VERB_REMOVE, data);
}

static void the_floor_opens_the_microphone_and_closes_it(void **state)
{
    const HeardOrder *order = &hall.hearing.order;
    (void)state;

    assert_int_equal(go_to("handling_statement"), HEARD_ANSWER_OK);
    assert_int_equal(go_to("petitioner_statement"), HEARD_ANSWER_OK); /* back is allowed */
    assert_true(speaks("petitioner"));
    assert_false(speaks("department"));
    assert_int_equal(hall_do(&hall, "department", HEARD_VERB_HAND_RAISE, NULL), HEARD_ANSWER_OK);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_FLOOR_GIVE,
                             "{\"participant\":\"department\",\"minutes\":3}"),
                     HEARD_ANSWER_OK);
    assert_true(speaks("department"));
    assert_true(speaks("petitioner")); /* the phase's own keep theirs */
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_MEDIA_ALLOW, "department"), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_TELL_HEARING, NULL), 1);
    assert_int_equal(heard_floor_place(&hall.hearing.floor, index_of("department")), 0);
    assert_int_equal(order->holder, index_of("department"));
    assert_int_equal(order->since_ms, hall.wall_ms);
    assert_int_equal(order->limit_ms, 3 * 60 * 1000);

    assert_int_equal(hall_at(&hall, "presiding", HEARD_VERB_FLOOR_GIVE, "petitioner"),
                     HEARD_ANSWER_OK); /* one at a time */
    assert_false(speaks("department"));
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_MEDIA_DENY, "department"), 1);
    assert_int_equal(order->limit_ms, 0);
    assert_int_equal(hall_at(&hall, "presiding", HEARD_VERB_FLOOR_GIVE, "petitioner"),
                     HEARD_ANSWER_UNCHANGED);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_FLOOR_TAKE, NULL), HEARD_ANSWER_OK);
    assert_int_equal(order->holder, HEARD_NOBODY);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_FLOOR_TAKE, NULL),
                     HEARD_ANSWER_UNCHANGED);
}

static void the_floor_is_not_for_everybody(void **state)
{
    (void)state;
    hall_bring_in(&hall, "observer");
    assert_int_equal(hall_at(&hall, "presiding", HEARD_VERB_FLOOR_GIVE, "observer"),
                     HEARD_ANSWER_SOURCE_BLOCKED);
    assert_int_equal(hall_at(&hall, "presiding", HEARD_VERB_FLOOR_GIVE, "agent"),
                     HEARD_ANSWER_NOT_ADMITTED);
    assert_int_equal(hall_at(&hall, "petitioner", HEARD_VERB_FLOOR_GIVE, "petitioner"),
                     HEARD_ANSWER_WRONG_ROLE);
    assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_FLOOR_GIVE, "department"),
                     HEARD_ANSWER_OK); /* by delegation */
    assert_false(may("petitioner", HEARD_VERB_FLOOR_TAKE));
    assert_int_equal(hall_do(&hall, "petitioner", HEARD_VERB_FLOOR_TAKE, NULL),
                     HEARD_ANSWER_WRONG_ROLE);
    assert_true(may("department", HEARD_VERB_FLOOR_TAKE)); /* gives it back */
    assert_int_equal(hall_do(&hall, "department", HEARD_VERB_FLOOR_TAKE, NULL), HEARD_ANSWER_OK);
    assert_false(may("department", HEARD_VERB_FLOOR_TAKE));
    assert_false(may("presiding", HEARD_VERB_FLOOR_TAKE)); /* nobody has it */
}

static void the_floor_ends_with_the_place_the_phase_or_a_mute(void **state)
{
    const HeardOrder *order = &hall.hearing.order;
    (void)state;

    for (unsigned way = 0; way < 5; way++) {
        if (!hall_person(&hall, "petitioner")->admitted) {
            assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_ADMIT, "petitioner"),
                             HEARD_ANSWER_OK);
        }
        assert_int_equal(hall_at(&hall, "presiding", HEARD_VERB_FLOOR_GIVE, "petitioner"),
                         HEARD_ANSWER_OK);
        assert_true(speaks("petitioner"));
        hall_at(&hall, NULL, HEARD_VERB_DISCONNECT, "petitioner");
        hall_at(&hall, NULL, HEARD_VERB_CONNECT, "petitioner");
        assert_int_equal(order->holder, index_of("petitioner")); /* a bad line costs no turn */
        if (way == 0)
            assert_int_equal(go_to("statement"), HEARD_ANSWER_OK);
        else if (way == 1)
            hall_do(&hall, "presiding", HEARD_VERB_BLOCK,
                    "{\"participant\":\"petitioner\",\"source\":\"microphone\",\"blocked\":true}");
        else if (way == 2)
            hall_at(&hall, "presiding", HEARD_VERB_HOLD, "petitioner");
        else if (way == 3)
            assert_int_equal(remove_one("petitioner", true), HEARD_ANSWER_OK);
        else
            break;
        assert_int_equal(order->holder, HEARD_NOBODY);
        if (way == 3) {
            hall_at(&hall, "clerk", HEARD_VERB_HOLD, "petitioner");
            hall_at(&hall, NULL, HEARD_VERB_CONNECT, "petitioner");
        }
    }
    assert_int_equal(
        hall_do(&hall, "presiding", HEARD_VERB_CLOSE, "{\"outcome\":\"explained\",\"note\":\"n\"}"),
        HEARD_ANSWER_OK);
    assert_int_equal(order->holder, HEARD_NOBODY);
}

static void nobody_is_removed_without_a_warning(void **state)
{
    (void)state;
    assert_int_equal(remove_one("petitioner", false), HEARD_ANSWER_WARNING_MISSING);
    assert_int_equal(warn("presiding", "petitioner", ""), HEARD_ANSWER_REASON_MISSING);
    assert_int_equal(warn("clerk", "petitioner", "shouts"), HEARD_ANSWER_WRONG_ROLE);
    assert_int_equal(warn("presiding", "presiding", "shouts"), HEARD_ANSWER_PROTECTED);
    assert_int_equal(warn("presiding", "agent", "shouts"), HEARD_ANSWER_NOT_ADMITTED);
    /* Sent to the lobby first the warning is owed still. */
    hall_at(&hall, "presiding", HEARD_VERB_HOLD, "petitioner");
    assert_int_equal(remove_one("petitioner", false), HEARD_ANSWER_WARNING_MISSING);
    hall_at(&hall, "presiding", HEARD_VERB_ADMIT, "petitioner");

    assert_int_equal(warn("presiding", "petitioner", "shouts"), HEARD_ANSWER_OK);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_TELL_PERSON, "petitioner"), 1);
    assert_int_equal(warn("presiding", "petitioner", "shouts again"), HEARD_ANSWER_OK);
    assert_int_equal(hall_person(&hall, "petitioner")->warnings, 2);
    assert_string_equal(heard_order_warning(&hall.hearing.order, index_of("petitioner"))->reason,
                        "shouts again");
    assert_null(heard_order_warning(&hall.hearing.order, index_of("department")));
    assert_int_equal(remove_one("petitioner", false), HEARD_ANSWER_OK);
    assert_int_equal(warn("presiding", "petitioner", "late"), HEARD_ANSWER_REMOVED);

    assert_int_equal(remove_one("department", true), HEARD_ANSWER_OK); /* a matter of safety */
}

static void who_never_came_in_disturbs_nobody(void **state)
{
    (void)state;
    hall_at(&hall, NULL, HEARD_VERB_CONNECT, "agent");
    assert_int_equal(remove_one("agent", false), HEARD_ANSWER_OK);
}

static void old_warnings_are_counted_when_their_words_are_gone(void **state)
{
    (void)state;
    assert_int_equal(warn("presiding", "department", "first"), HEARD_ANSWER_OK);
    for (unsigned i = 0; i < HEARD_ORDER_WARNINGS_MAX; i++)
        assert_int_equal(warn("presiding", "petitioner", "more"), HEARD_ANSWER_OK);
    assert_null(heard_order_warning(&hall.hearing.order, index_of("department")));
    assert_int_equal(hall_person(&hall, "department")->warnings, 1);
    assert_int_equal(remove_one("department", false), HEARD_ANSWER_OK);
}

static void a_lock_leaves_the_chair_and_the_floor(void **state)
{
    (void)state;
    hall_bring_in(&hall, "interpreter");
    assert_int_equal(go_to("statement"), HEARD_ANSWER_OK);
    hall_do(&hall, "presiding", HEARD_VERB_BLOCK,
            "{\"participant\":\"department\",\"source\":\"microphone\",\"blocked\":false}");
    assert_true(speaks("department") && speaks("petitioner"));
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_ORDER_LOCK, "{\"locked\":true}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_MEDIA_DENY, "petitioner"), 1);
    assert_false(speaks("department") || speaks("petitioner") || speaks("clerk"));
    assert_true(speaks("presiding") && speaks("interpreter"));
    assert_true(heard_hearing_may_send(&hall.hearing, index_of("petitioner"), HEARD_SEND_CAMERA));
    hall_at(&hall, "presiding", HEARD_VERB_FLOOR_GIVE, "petitioner");
    assert_true(speaks("petitioner"));
    assert_int_equal(go_to("unit_answers"), HEARD_ANSWER_OK); /* the lock stays, the floor goes */
    assert_false(speaks("petitioner") || speaks("department"));
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_ORDER_LOCK, "{\"locked\":true}"),
                     HEARD_ANSWER_UNCHANGED);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_ORDER_LOCK, "{\"locked\":false}"),
                     HEARD_ANSWER_OK);
    assert_true(speaks("department"));
}

static void one_is_shown_to_all(void **state)
{
    (void)state;
    hall_bring_in(&hall, "observer");
    assert_int_equal(hall_at(&hall, "petitioner", HEARD_VERB_SPOTLIGHT_SET, "petitioner"),
                     HEARD_ANSWER_WRONG_ROLE);
    assert_int_equal(hall_at(&hall, "presiding", HEARD_VERB_SPOTLIGHT_SET, "observer"),
                     HEARD_ANSWER_SOURCE_BLOCKED);
    assert_int_equal(hall_at(&hall, "presiding", HEARD_VERB_SPOTLIGHT_SET, "petitioner"),
                     HEARD_ANSWER_OK);
    assert_int_equal(hall.hearing.order.spotlight, index_of("petitioner"));
    assert_int_equal(hall_at(&hall, "presiding", HEARD_VERB_SPOTLIGHT_SET, "petitioner"),
                     HEARD_ANSWER_UNCHANGED);
    assert_int_equal(go_to("statement"), HEARD_ANSWER_OK);
    assert_int_equal(hall.hearing.order.spotlight, index_of("petitioner"));
    assert_int_equal(hall_do(&hall, "clerk", HEARD_VERB_SPOTLIGHT_CLEAR, NULL), HEARD_ANSWER_OK);
    hall_at(&hall, "presiding", HEARD_VERB_SPOTLIGHT_SET, "petitioner");
    hall_do(&hall, "petitioner", HEARD_VERB_LEAVE, NULL);
    assert_int_equal(hall.hearing.order.spotlight, HEARD_NOBODY);
}

static void time_is_counted_where_it_must_be_equal(void **state)
{
    const int64_t(*spoken)[HEARD_TALK_COUNT] = hall.hearing.order.spoken_ms;
    int challenge = heard_profile_find_phase(hall.hearing.config.profile, "challenge");
    (void)state;

    assert_true(hall.hearing.config.profile->phases[challenge].equal_time);
    assert_int_equal(hall_do(&hall, NULL, HEARD_VERB_SPOKE,
                             "{\"phase\":\"opening\",\"petitioner\":5,\"respondent\":0,"
                             "\"neutral\":0}"),
                     HEARD_ANSWER_UNKNOWN_PHASE);
    assert_int_equal(hall_do(&hall, NULL, HEARD_VERB_SPOKE,
                             "{\"phase\":\"challenge\",\"petitioner\":5000,\"respondent\":700,"
                             "\"neutral\":30}"),
                     HEARD_ANSWER_OK);
    hall_do(&hall, NULL, HEARD_VERB_SPOKE,
            "{\"phase\":\"challenge\",\"petitioner\":1,\"respondent\":0,\"neutral\":0}");
    assert_int_equal(spoken[challenge][HEARD_TALK_PETITIONER], 5001);
    assert_int_equal(spoken[challenge][HEARD_TALK_RESPONDENT], 700);
    assert_int_equal(spoken[challenge][HEARD_TALK_NEUTRAL], 30);
    assert_int_equal(hall_do(&hall, NULL, HEARD_VERB_SPOKE,
                             "{\"phase\":\"challenge\",\"petitioner\":0,\"respondent\":0,"
                             "\"neutral\":0}"),
                     HEARD_ANSWER_UNCHANGED);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_SPOKE,
                             "{\"phase\":\"challenge\",\"petitioner\":1,\"respondent\":0,"
                             "\"neutral\":0}"),
                     HEARD_ANSWER_WRONG_ROLE);
    assert_int_equal(heard_hearing_talk_of(&hall.hearing, index_of("agent")),
                     HEARD_TALK_PETITIONER);
    assert_int_equal(heard_hearing_talk_of(&hall.hearing, index_of("department")),
                     HEARD_TALK_RESPONDENT);
    assert_int_equal(heard_hearing_talk_of(&hall.hearing, index_of("panelist")),
                     HEARD_TALK_NEUTRAL);
}

static void a_recess_may_say_how_long_and_nobody_ends_it_but_the_chair(void **state)
{
    (void)state;
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_RECESS,
                             "{\"reason\":\"cooling_off\",\"minutes\":10}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(hall.hearing.recess_until_ms, hall.wall_ms + 10 * 60 * 1000);
    hall.wall_ms += 3600 * 1000;
    hall_at(&hall, NULL, HEARD_VERB_DISCONNECT, "department");
    assert_int_equal(hall.hearing.state, HEARD_STATE_RECESSED);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_RESUME, NULL), HEARD_ANSWER_OK);
    assert_int_equal(hall.hearing.recess_until_ms, 0);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_RECESS, "{\"reason\":\"tea\"}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(hall.hearing.recess_until_ms, 0);
}

static void a_phase_that_was_held_is_not_skipped(void **state)
{
    (void)state;
    assert_int_equal(
        hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, "{\"phase\":\"unit_answers\"}"),
        HEARD_ANSWER_REASON_MISSING); /* statement lies between */
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, "{\"phase\":\"statement\"}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, "{\"phase\":\"opening\"}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(
        hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, "{\"phase\":\"unit_answers\"}"),
        HEARD_ANSWER_OK);
}

static void trails_of_before_there_were_warnings_replay(void **state)
{
    HeardAuditEntry entry = {.seq = 1,
                             .at_ms = hall.wall_ms + 1,
                             .actor = "presiding",
                             .action = "participant.remove",
                             .object = "",
                             .detail = "{\"participant\":\"petitioner\",\"reason\":\"shouts\"}",
                             .result = "done"};
    (void)state;

    assert_true(heard_audit_replay(&hall.hearing, &entry, NULL));
    entry.detail = "{\"participant\":\"department\",\"reason\":\"shouts\",\"safety\":false}";
    assert_false(heard_audit_replay(&hall.hearing, &entry, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_floor_opens_the_microphone_and_closes_it, sit_as_panel),
        cmocka_unit_test_setup(the_floor_is_not_for_everybody, receive),
        cmocka_unit_test_setup(the_floor_ends_with_the_place_the_phase_or_a_mute, receive),
        cmocka_unit_test_setup(nobody_is_removed_without_a_warning, receive),
        cmocka_unit_test_setup(who_never_came_in_disturbs_nobody, receive),
        cmocka_unit_test_setup(old_warnings_are_counted_when_their_words_are_gone, receive),
        cmocka_unit_test_setup(a_lock_leaves_the_chair_and_the_floor, receive),
        cmocka_unit_test_setup(one_is_shown_to_all, receive),
        cmocka_unit_test_setup(time_is_counted_where_it_must_be_equal, sit_as_panel),
        cmocka_unit_test_setup(a_recess_may_say_how_long_and_nobody_ends_it_but_the_chair, receive),
        cmocka_unit_test_setup(a_phase_that_was_held_is_not_skipped, receive),
        cmocka_unit_test_setup(trails_of_before_there_were_warnings_replay, receive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
