/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "hall.h"

static Hall hall;

#define GIVES(expression, what) assert_int_equal(expression, HEARD_ANSWER_##what)

static uint16_t at(const char *id)
{
    return heard_hearing_find(&hall.hearing, id);
}

static HeardRoomKind room_of(const char *id)
{
    return heard_hearing_room_of(&hall.hearing, at(id));
}

static void advance_to(const char *phase)
{
    g_autofree char *data = g_strdup_printf("{\"phase\":\"%s\",\"reason\":\"in short\"}", phase);

    GIVES(hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, data), OK);
}

/* Like hall_bring_in(), but there is no media to come up. */
static void bring_witness(const char *id)
{
    GIVES(hall_at(&hall, NULL, HEARD_VERB_CONNECT, id), OK);
    GIVES(hall_consent(&hall, id, "online_mode", "given"), OK);
    GIVES(hall_consent(&hall, id, "recording", "given"), OK);
    GIVES(hall_identify(&hall, "clerk", id), OK);
    GIVES(hall_at(&hall, "clerk", HEARD_VERB_ADMIT, id), OK);
}

static int open_panel(void **state)
{
    static const char *const people[] = {"presiding", "clerk",      "petitioner", "department",
                                         "panelist",  "panelist-2", "panelist-3"};
    (void)state;

    hall_init(&hall, HEARD_KIND_PANEL_HEARING);
    heard_hearing_add_person(&hall.hearing, "witness-2", HEARD_ROLE_WITNESS, HEARD_SIDE_NEUTRAL);
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++)
        hall_bring_in(&hall, people[i]);
    bring_witness("witness");
    bring_witness("witness-2");
    GIVES(hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL), OK);
    hall_recusal_round(&hall);
    return 0;
}

static void a_witness_waits_without_media(void **state)
{
    (void)state;
    assert_int_equal(room_of("witness"), HEARD_ROOM_WITNESS);
    assert_int_equal(hall_person(&hall, "witness")->presence, HEARD_PRESENCE_ADMITTED);
    GIVES(hall_at(&hall, NULL, HEARD_VERB_MEDIA_UP, "witness"), NOT_ADMITTED);
    for (unsigned s = 0; s < HEARD_SEND_COUNT; s++)
        assert_false(heard_hearing_may_send(&hall.hearing, at("witness"), (HeardSend)s));
    GIVES(hall_do(&hall, "witness", HEARD_VERB_HAND_RAISE, NULL), WITNESS_WAITS);
    /* sees who is seen from the lobby, and no other witness */
    assert_true(heard_hearing_sees(&hall.hearing, at("witness"), at("presiding")));
    assert_false(heard_hearing_sees(&hall.hearing, at("witness"), at("petitioner")));
    assert_false(heard_hearing_sees(&hall.hearing, at("witness"), at("witness-2")));
    assert_true(heard_hearing_sees(&hall.hearing, at("petitioner"), at("witness")));
    /* somebody who waits outside sets nobody apart */
    assert_true(heard_hearing_flows(&hall.hearing));
}

static void one_is_called_at_a_time_and_only_then(void **state)
{
    (void)state;
    GIVES(hall_at(&hall, "presiding", HEARD_VERB_WITNESS_CALL, "witness"), NOT_WITNESS_PHASE);
    advance_to("witness");
    GIVES(hall_at(&hall, "petitioner", HEARD_VERB_WITNESS_CALL, "witness"), WRONG_ROLE);
    GIVES(hall_at(&hall, "presiding", HEARD_VERB_WITNESS_CALL, "petitioner"), NOT_WITNESS);
    GIVES(hall_at(&hall, "clerk", HEARD_VERB_WITNESS_CALL, "witness"), OK);
    assert_int_equal(room_of("witness"), HEARD_ROOM_MAIN);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ADMIT_MEDIA, "witness"), 1);
    GIVES(hall_at(&hall, NULL, HEARD_VERB_MEDIA_UP, "witness"), OK);
    assert_true(heard_hearing_may_send(&hall.hearing, at("witness"), HEARD_SEND_MICROPHONE));
    GIVES(hall_at(&hall, "presiding", HEARD_VERB_WITNESS_CALL, "witness"), UNCHANGED);
    GIVES(hall_at(&hall, "presiding", HEARD_VERB_WITNESS_CALL, "witness-2"), WITNESS_INSIDE);
    GIVES(hall_at(&hall, "presiding", HEARD_VERB_WITNESS_DISMISS, "witness-2"), WITNESS_WAITS);
    GIVES(hall_at(&hall, "presiding", HEARD_VERB_WITNESS_DISMISS, "witness"), OK);
    assert_int_equal(room_of("witness"), HEARD_ROOM_WITNESS);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_DROP_MEDIA, "witness"), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ADMIT_MEDIA, "witness"), 0);
    assert_false(hall_person(&hall, "witness")->in_media);
    assert_true(hall_person(&hall, "witness")->testified);
    GIVES(hall_at(&hall, "presiding", HEARD_VERB_WITNESS_CALL, "witness-2"), OK);
}

static void a_witness_goes_out_with_the_phase_and_with_the_seat(void **state)
{
    (void)state;
    advance_to("witness");
    GIVES(hall_at(&hall, "presiding", HEARD_VERB_WITNESS_CALL, "witness"), OK);
    GIVES(hall_at(&hall, NULL, HEARD_VERB_MEDIA_UP, "witness"), OK);
    advance_to("expert"); /* witnesses have the word there as well */
    assert_int_equal(room_of("witness"), HEARD_ROOM_MAIN);
    GIVES(hall_do(&hall, "witness", HEARD_VERB_HAND_RAISE, NULL), OK);
    advance_to("final_statement_petitioner");
    assert_int_equal(room_of("witness"), HEARD_ROOM_WITNESS);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_DROP_MEDIA, "witness"), 1);
    assert_int_equal(hall.hearing.floor.count, 0);
    advance_to("witness");
    GIVES(hall_at(&hall, "presiding", HEARD_VERB_WITNESS_CALL, "witness"), OK);
    GIVES(hall_at(&hall, NULL, HEARD_VERB_DISCONNECT, "witness"), OK);
    assert_true(hall_person(&hall, "witness")->called); /* within the grace */
    GIVES(hall_at(&hall, NULL, HEARD_VERB_EXPIRE, "witness"), OK);
    assert_false(hall_person(&hall, "witness")->called);
    GIVES(hall_at(&hall, "presiding", HEARD_VERB_WITNESS_CALL, "witness"), NOT_ADMITTED);
}

static void other_kinds_have_no_waiting_room(void **state)
{
    (void)state;
    hall_init(&hall, HEARD_KIND_JOINT_RECEPTION);
    hall_open(&hall);
    hall_bring_in(&hall, "witness");
    assert_int_equal(room_of("witness"), HEARD_ROOM_MAIN);
    GIVES(hall_at(&hall, "presiding", HEARD_VERB_WITNESS_CALL, "witness"), NOT_WITNESS);
}

static HeardAnswer screen(const char *actor, const char *whom, const char *from)
{
    g_autofree char *data = g_strdup_printf("{\"participant\":\"%s\",\"from\":[%s]}", whom, from);

    return hall_do(&hall, actor, HEARD_VERB_SCREEN_SET, data);
}

static void a_protected_person_is_kept_from_named_others(void **state)
{
    (void)state;
    GIVES(screen("clerk", "witness", "\"petitioner\""), WRONG_ROLE);
    GIVES(screen("presiding", "witness", "\"nobody\""), UNKNOWN_PERSON);
    GIVES(screen("presiding", "department", "\"petitioner\""), NOT_SCREENABLE);
    GIVES(screen("presiding", "witness", "\"panelist\""), NOT_SCREENABLE);
    GIVES(screen("presiding", "witness", "\"clerk\""), NOT_SCREENABLE);
    GIVES(screen("presiding", "witness", "\"witness\""), NOT_SCREENABLE);
    GIVES(screen("presiding", "witness", "\"petitioner\",\"department\",\"petitioner\""), OK);
    assert_int_equal(hall_person(&hall, "witness")->unseen_count, 2);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_TELL_PERSON, "witness"), 1);
    assert_false(heard_hearing_shows(&hall.hearing, at("petitioner"), at("witness")));
    assert_false(heard_hearing_shows(&hall.hearing, at("department"), at("witness")));
    assert_true(heard_hearing_shows(&hall.hearing, at("panelist"), at("witness")));
    assert_true(heard_hearing_shows(&hall.hearing, at("witness"), at("petitioner")));
    GIVES(screen("presiding", "witness", "\"petitioner\",\"department\""), UNCHANGED);
    GIVES(screen("presiding", "witness", ""), OK);
    assert_true(heard_hearing_shows(&hall.hearing, at("petitioner"), at("witness")));
}

static void a_supervisor_is_seen_by_all(void **state)
{
    (void)state;
    hall_bring_in(&hall, "supervisor");
    assert_true(heard_hearing_sees(&hall.hearing, at("petitioner"), at("supervisor")));
    assert_true(heard_hearing_sees(&hall.hearing, at("witness"), at("supervisor")));
    GIVES(hall_do(&hall, "supervisor", HEARD_VERB_MEDIA_STATE,
                  "{\"microphone\":true,\"camera\":false,\"screen\":false}"),
          WRONG_ROLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_witness_waits_without_media, open_panel),
        cmocka_unit_test_setup(one_is_called_at_a_time_and_only_then, open_panel),
        cmocka_unit_test_setup(a_witness_goes_out_with_the_phase_and_with_the_seat, open_panel),
        cmocka_unit_test(other_kinds_have_no_waiting_room),
        cmocka_unit_test_setup(a_protected_person_is_kept_from_named_others, open_panel),
        cmocka_unit_test_setup(a_supervisor_is_seen_by_all, open_panel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
