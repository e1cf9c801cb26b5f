/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "hall.h"

static Hall hall;

static HeardAnswer in_room(const char *actor, HeardVerb verb, const char *room, const char *more)
{
    g_autofree char *data = g_strdup_printf("{\"room\":\"%s\"%s}", room, more);

    return hall_do(&hall, actor, verb, data);
}

#define DO(actor, verb, room, more)                                                                \
    assert_int_equal(in_room(actor, HEARD_VERB_ROOM_##verb, room, more), HEARD_ANSWER_OK)
#define REFUSED(actor, verb, room, more, why)                                                      \
    assert_int_equal(in_room(actor, HEARD_VERB_ROOM_##verb, room, more), HEARD_ANSWER_##why)

static HeardRoomKind room_of(const char *id)
{
    return heard_hearing_room_of(&hall.hearing, heard_hearing_find(&hall.hearing, id));
}

static bool may_send(const char *id, HeardSend source)
{
    return heard_hearing_may_send(&hall.hearing, heard_hearing_find(&hall.hearing, id), source);
}

static bool may(const char *id, HeardVerb verb)
{
    return (heard_hearing_may(&hall.hearing, heard_hearing_find(&hall.hearing, id)) &
            (UINT64_C(1) << verb)) != 0;
}

static void advance_to(const char *phase)
{
    g_autofree char *data = g_strdup_printf("{\"phase\":\"%s\",\"reason\":\"in short\"}", phase);

    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, data), HEARD_ANSWER_OK);
}

static int mediate(void **state)
{
    (void)state;
    hall_init(&hall, HEARD_KIND_MEDIATION);
    hall_bring_in(&hall, "mediator");
    hall_bring_in(&hall, "clerk");
    hall_bring_in(&hall, "petitioner");
    assert_int_equal(hall_do(&hall, "mediator", HEARD_VERB_OPEN, NULL),
                     HEARD_ANSWER_RESPONDENT_MISSING);
    hall_bring_in(&hall, "party-b");
    hall_bring_in(&hall, "agent");
    hall_bring_in(&hall, "interpreter");
    hall_bring_in(&hall, "observer");
    return hall_do(&hall, "mediator", HEARD_VERB_OPEN, NULL) == HEARD_ANSWER_OK ? 0 : -1;
}

static int sit_as_panel(void **state)
{
    (void)state;
    hall_init(&hall, HEARD_KIND_PANEL_HEARING);
    hall_bring_in(&hall, "presiding");
    hall_bring_in(&hall, "clerk");
    hall_bring_in(&hall, "petitioner");
    hall_bring_in(&hall, "department");
    hall_bring_in(&hall, "panelist");
    hall_bring_in(&hall, "panelist-2");
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL),
                     HEARD_ANSWER_PANEL_INCOMPLETE);
    hall_bring_in(&hall, "panelist-3");
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL), HEARD_ANSWER_OK);
    hall_recusal_round(&hall);
    return 0;
}

/* ---- a mediation ---- */

static void the_mediator_leads(void **state)
{
    (void)state;
    assert_string_equal(heard_agenda_profile(HEARD_KIND_MEDIATION)->phases[hall.hearing.phase].code,
                        "mediator_opening");
    assert_int_not_equal(hall.hearing.phase_entered_ms[1], 0);
    assert_int_equal(hall_do(&hall, "mediator", HEARD_VERB_ADVANCE, "{\"phase\":\"check_in\"}"),
                     HEARD_ANSWER_PHASE_NOT_REACHABLE);
    assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_HOLD, "mediator"), HEARD_ANSWER_PROTECTED);
    assert_int_equal(hall_do(&hall, "mediator", HEARD_VERB_RECORDING_PAUSE, "{\"reason\":\"x\"}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(hall_do(&hall, "mediator", HEARD_VERB_RECORDING_RESUME, NULL),
                     HEARD_ANSWER_OK);
    assert_false(may("clerk", HEARD_VERB_ROOM_OPEN));
    assert_false(may("petitioner", HEARD_VERB_ROOM_OPEN));
    assert_true(may("mediator", HEARD_VERB_ROOM_OPEN));
    assert_false(may("mediator", HEARD_VERB_ROOM_CLOSE));
}

static void a_caucus_takes_its_people_out_and_back(void **state)
{
    (void)state;
    DO("mediator", OPEN, "caucus_a", "");
    assert_int_equal(room_of("mediator"), HEARD_ROOM_CAUCUS_A);
    assert_int_equal(hall_person(&hall, "mediator")->presence, HEARD_PRESENCE_IN_CAUCUS);
    assert_false(hall_person(&hall, "mediator")->in_media);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_FLOW_OFF, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_PAUSE, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_OPEN, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_DROP_MEDIA, "mediator"), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ADMIT_MEDIA, "mediator"), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_DROP_MEDIA, "petitioner"), 0);
    assert_string_equal(heard_hearing_pause_cause(&hall.hearing), "caucus");
    assert_false(heard_hearing_flows(&hall.hearing));

    /* of that side, and only they, are asked */
    assert_int_equal(hall_person(&hall, "petitioner")->invited, HEARD_ROOM_CAUCUS_A);
    assert_int_equal(hall_person(&hall, "agent")->invited, HEARD_ROOM_CAUCUS_A);
    assert_int_equal(hall_person(&hall, "party-b")->invited, HEARD_ROOM_NONE);
    assert_int_equal(hall_person(&hall, "interpreter")->invited, HEARD_ROOM_NONE);
    DO("petitioner", ANSWER, "caucus_a", ",\"decision\":\"accepted\"");
    DO("agent", ANSWER, "caucus_a", ",\"decision\":\"declined\"");
    assert_int_equal(room_of("petitioner"), HEARD_ROOM_CAUCUS_A);
    assert_int_equal(room_of("agent"), HEARD_ROOM_MAIN);
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_MEDIA_UP, "petitioner"), HEARD_ANSWER_OK);
    assert_int_equal(hall_person(&hall, "petitioner")->presence, HEARD_PRESENCE_IN_CAUCUS);

    DO("mediator", CLOSE, "caucus_a", "");
    assert_int_equal(room_of("petitioner"), HEARD_ROOM_MAIN);
    assert_int_equal(room_of("mediator"), HEARD_ROOM_MAIN);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_CLOSE, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_RESUME, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_FLOW_ON, NULL), 1);
    assert_true(heard_hearing_flows(&hall.hearing));
    assert_int_equal(hall.hearing.apart_since_ms, 0);
}

static void who_may_come_in(void **state)
{
    (void)state;
    REFUSED("petitioner", OPEN, "caucus_a", "", WRONG_ROLE);
    REFUSED("mediator", OPEN, "deliberation", "", WRONG_ROOM);
    REFUSED("petitioner", ENTER, "caucus_a", "", ROOM_CLOSED);
    REFUSED("petitioner", ANSWER, "caucus_a", ",\"decision\":\"accepted\"", NOT_INVITED);
    DO("mediator", OPEN, "caucus_a", "");
    REFUSED("mediator", OPEN, "caucus_a", "", ROOM_OPEN);
    REFUSED("party-b", ENTER, "caucus_a", "", WRONG_ROOM);
    REFUSED("party-b", LEAVE, "caucus_a", "", NOT_IN_ROOM);
    REFUSED("observer", ENTER, "caucus_a", "", WRONG_ROLE);
    REFUSED("clerk", ENTER, "caucus_a", "", WRONG_ROLE);
    REFUSED("interpreter", ENTER, "caucus_a", "", WRONG_ROOM);
    REFUSED("mediator", INVITE, "caucus_a", ",\"participant\":\"party-b\"", WRONG_ROOM);
    REFUSED("mediator", INVITE, "caucus_a", ",\"participant\":\"observer\"", WRONG_ROOM);
    REFUSED("mediator", INVITE, "caucus_b", ",\"participant\":\"party-b\"", ROOM_CLOSED);
    REFUSED("party-b", INVITE, "caucus_a", ",\"participant\":\"party-b\"", WRONG_ROLE);
    DO("agent", ANSWER, "caucus_a", ",\"decision\":\"declined\"");
    assert_true(may("agent", HEARD_VERB_ROOM_ENTER));
    assert_false(may("party-b", HEARD_VERB_ROOM_ENTER));
    DO("mediator", LOCK, "caucus_a", ",\"locked\":true");
    REFUSED("agent", ENTER, "caucus_a", "", ROOM_LOCKED);
    assert_false(may("agent", HEARD_VERB_ROOM_ENTER));
    DO("mediator", INVITE, "caucus_a", ",\"participant\":\"interpreter\"");
    REFUSED("mediator", INVITE, "caucus_a", ",\"participant\":\"interpreter\"", UNCHANGED);
    DO("interpreter", ANSWER, "caucus_a", ",\"decision\":\"accepted\"");
    assert_int_equal(room_of("interpreter"), HEARD_ROOM_CAUCUS_A);
    DO("petitioner", ENTER, "caucus_a", ""); /* still invited: the lock is not for him */
    DO("mediator", LOCK, "caucus_a", ",\"locked\":false");
    DO("agent", ENTER, "caucus_a", "");
}

static void both_sides_talk_and_the_mediator_goes_between(void **state)
{
    (void)state;
    DO("mediator", OPEN, "caucus_a", "");
    DO("petitioner", ANSWER, "caucus_a", ",\"decision\":\"accepted\"");
    DO("mediator", OPEN, "caucus_b", "");
    assert_int_equal(room_of("mediator"), HEARD_ROOM_CAUCUS_B);
    assert_true(hall.hearing.rooms[HEARD_ROOM_CAUCUS_A].open);
    DO("party-b", ANSWER, "caucus_b", ",\"decision\":\"accepted\"");
    DO("mediator", ENTER, "caucus_a", "");
    assert_true(hall.hearing.rooms[HEARD_ROOM_CAUCUS_B].open);
    assert_int_equal(hall_do(&hall, "party-b", HEARD_VERB_ROOM_LEAVE, NULL), HEARD_ANSWER_OK);
    /* nobody is left there */
    assert_false(hall.hearing.rooms[HEARD_ROOM_CAUCUS_B].open);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_CLOSE, NULL), 1);
    assert_false(heard_hearing_flows(&hall.hearing));
    DO("mediator", CLOSE, "caucus_a", "");
    assert_true(heard_hearing_flows(&hall.hearing));
}

static void inside_everybody_may_speak_but_who_is_blocked(void **state)
{
    (void)state;
    assert_false(may_send("petitioner", HEARD_SEND_SCREEN)); /* not in mediator_opening */
    DO("mediator", OPEN, "caucus_a", "");
    DO("petitioner", ANSWER, "caucus_a", ",\"decision\":\"accepted\"");
    assert_true(may_send("petitioner", HEARD_SEND_SCREEN));
    assert_int_equal(hall_do(&hall, "mediator", HEARD_VERB_BLOCK,
                             "{\"participant\":\"petitioner\",\"source\":\"screen\","
                             "\"blocked\":true}"),
                     HEARD_ANSWER_OK);
    assert_false(may_send("petitioner", HEARD_SEND_SCREEN));
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_MEDIA_DENY, "petitioner"), 1);
    assert_true(may_send("petitioner", HEARD_SEND_MICROPHONE));
    assert_false(may_send("observer", HEARD_SEND_MICROPHONE));
}

static void the_line_may_drop_in_a_caucus(void **state)
{
    (void)state;
    DO("mediator", OPEN, "caucus_a", "");
    DO("petitioner", ANSWER, "caucus_a", ",\"decision\":\"accepted\"");
    hall_at(&hall, NULL, HEARD_VERB_MEDIA_UP, "petitioner");
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_MEDIA_DOWN, "petitioner"), HEARD_ANSWER_OK);
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_DISCONNECT, "petitioner"), HEARD_ANSWER_OK);
    assert_int_equal(hall_person(&hall, "petitioner")->presence, HEARD_PRESENCE_DISCONNECTED);
    assert_int_equal(room_of("petitioner"), HEARD_ROOM_CAUCUS_A);
    assert_int_equal(hall_do(&hall, NULL, HEARD_VERB_RESTORE, NULL), HEARD_ANSWER_OK);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_OPEN, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_PAUSE, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_FLOW_ON, NULL), 0);
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_CONNECT, "petitioner"), HEARD_ANSWER_OK);
    assert_int_equal(hall_person(&hall, "petitioner")->presence, HEARD_PRESENCE_IN_CAUCUS);
    assert_int_equal(room_of("petitioner"), HEARD_ROOM_CAUCUS_A);
    /* the mediator does not come back: the party stays; then it goes too */
    hall.wall_ms += 200000;
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_EXPIRE, "mediator"), HEARD_ANSWER_OK);
    assert_true(hall.hearing.rooms[HEARD_ROOM_CAUCUS_A].open);
    assert_int_equal(hall_do(&hall, "petitioner", HEARD_VERB_LEAVE, NULL), HEARD_ANSWER_OK);
    assert_false(hall.hearing.rooms[HEARD_ROOM_CAUCUS_A].open);
}

static void a_closed_room_is_not_waited_for(void **state)
{
    (void)state;
    DO("mediator", OPEN, "caucus_a", "");
    DO("petitioner", ANSWER, "caucus_a", ",\"decision\":\"accepted\"");
    hall_at(&hall, NULL, HEARD_VERB_DISCONNECT, "petitioner");
    assert_int_equal(hall_person(&hall, "petitioner")->presence, HEARD_PRESENCE_DISCONNECTED);
    DO("mediator", CLOSE, "caucus_a", "");
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_CONNECT, "petitioner"), HEARD_ANSWER_OK);
    assert_int_equal(room_of("petitioner"), HEARD_ROOM_MAIN);
}

static void a_recess_and_the_end_close_all(void **state)
{
    (void)state;
    DO("mediator", OPEN, "caucus_a", "");
    DO("mediator", OPEN, "caucus_b", ""); /* which leaves the first one empty */
    assert_false(hall.hearing.rooms[HEARD_ROOM_CAUCUS_A].open);
    assert_int_equal(hall_person(&hall, "petitioner")->invited, HEARD_ROOM_NONE);
    DO("mediator", OPEN, "caucus_a", "");
    DO("petitioner", ANSWER, "caucus_a", ",\"decision\":\"accepted\"");
    assert_int_equal(hall_do(&hall, "mediator", HEARD_VERB_RECESS, "{\"reason\":\"tea\"}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(room_of("petitioner"), HEARD_ROOM_MAIN);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_CLOSE, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_FLOW_ON, NULL), 0);
    assert_string_equal(heard_hearing_pause_cause(&hall.hearing), "recess");
    assert_int_equal(hall_do(&hall, "mediator", HEARD_VERB_RESUME, NULL), HEARD_ANSWER_OK);
    assert_true(heard_hearing_flows(&hall.hearing));
}

static void an_unrecorded_mediation_asks_for_no_consent_to_it(void **state)
{
    (void)state;
    hall_init(&hall, HEARD_KIND_MEDIATION);
    hall.hearing.config.recorded = false;
    hall_bring_in(&hall, "mediator");
    hall_at(&hall, NULL, HEARD_VERB_CONNECT, "petitioner");
    hall_consent(&hall, "petitioner", "online_mode", "given");
    hall_identify(&hall, "mediator", "petitioner");
    assert_int_equal(hall_at(&hall, "mediator", HEARD_VERB_ADMIT, "petitioner"), HEARD_ANSWER_OK);
    hall_consent(&hall, "petitioner", "recording", "refused");
    assert_true(hall_person(&hall, "petitioner")->admitted);
    assert_int_equal(heard_hearing_recording(&hall.hearing), HEARD_RECORDING_NONE);
}

static void other_kinds_have_no_caucus(void **state)
{
    (void)state;
    hall_init(&hall, HEARD_KIND_JOINT_RECEPTION);
    hall_open(&hall);
    hall_bring_in(&hall, "mediator");
    REFUSED("mediator", OPEN, "caucus_a", "", WRONG_ROOM);
    assert_false(may("mediator", HEARD_VERB_ROOM_OPEN));
    assert_false(may("petitioner", HEARD_VERB_ROOM_ENTER));
}

/* ---- a panel hearing ---- */

static void the_panel_deliberates_alone(void **state)
{
    static const char *const inside[] = {"presiding", "clerk", "panelist", "panelist-2"};
    (void)state;

    advance_to("deliberation");
    for (size_t i = 0; i < G_N_ELEMENTS(inside); i++)
        assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ADMIT_MEDIA, inside[i]), 1);
    hall_at(&hall, NULL, HEARD_VERB_DISCONNECT, "panelist-3");
    assert_int_equal(hall_person(&hall, "panelist-3")->presence, HEARD_PRESENCE_DISCONNECTED);
    for (size_t i = 0; i < G_N_ELEMENTS(inside); i++) {
        assert_int_equal(room_of(inside[i]), HEARD_ROOM_DELIBERATION);
        assert_true(may_send(inside[i], HEARD_SEND_MICROPHONE));
    }
    assert_int_equal(room_of("petitioner"), HEARD_ROOM_MAIN);
    assert_int_equal(room_of("department"), HEARD_ROOM_MAIN);
    assert_string_equal(heard_hearing_pause_cause(&hall.hearing), "deliberation");
    assert_int_equal(hall_do(&hall, "panelist", HEARD_VERB_ROOM_LEAVE, NULL),
                     HEARD_ANSWER_WRONG_ROLE);
    /* who comes back in the meantime goes where the others are */
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_CONNECT, "panelist-3"), HEARD_ANSWER_OK);
    assert_int_equal(room_of("panelist-3"), HEARD_ROOM_DELIBERATION);
    advance_to("announcement");
    for (size_t i = 0; i < G_N_ELEMENTS(inside); i++)
        assert_int_equal(room_of(inside[i]), HEARD_ROOM_MAIN);
    assert_true(heard_hearing_flows(&hall.hearing));
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_RESUME, NULL), 1);
}

static void a_recess_in_the_deliberation_ends_in_it(void **state)
{
    (void)state;
    advance_to("deliberation");
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_RECESS, "{\"reason\":\"tea\"}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(room_of("panelist"), HEARD_ROOM_MAIN);
    assert_string_equal(heard_hearing_pause_cause(&hall.hearing), "recess");
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_PAUSE, NULL), 1);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_RESUME, NULL), HEARD_ANSWER_OK);
    assert_int_equal(room_of("panelist"), HEARD_ROOM_DELIBERATION);
    assert_false(heard_hearing_flows(&hall.hearing));
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_FLOW_ON, NULL), 0);
}

static void the_hearing_may_end_in_the_deliberation(void **state)
{
    (void)state;
    advance_to("deliberation");
    assert_int_equal(
        hall_do(&hall, "presiding", HEARD_VERB_CLOSE, "{\"outcome\":\"adjourned\",\"note\":\"\"}"),
        HEARD_ANSWER_OK);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_CLOSE, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_FINISH, NULL), 1);
    assert_int_equal(room_of("panelist"), HEARD_ROOM_NONE);
    assert_int_equal(hall_person(&hall, "panelist")->presence, HEARD_PRESENCE_COMPLETED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_mediator_leads, mediate),
        cmocka_unit_test_setup(a_caucus_takes_its_people_out_and_back, mediate),
        cmocka_unit_test_setup(who_may_come_in, mediate),
        cmocka_unit_test_setup(both_sides_talk_and_the_mediator_goes_between, mediate),
        cmocka_unit_test_setup(inside_everybody_may_speak_but_who_is_blocked, mediate),
        cmocka_unit_test_setup(the_line_may_drop_in_a_caucus, mediate),
        cmocka_unit_test_setup(a_closed_room_is_not_waited_for, mediate),
        cmocka_unit_test_setup(a_recess_and_the_end_close_all, mediate),
        cmocka_unit_test(an_unrecorded_mediation_asks_for_no_consent_to_it),
        cmocka_unit_test(other_kinds_have_no_caucus),
        cmocka_unit_test_setup(the_panel_deliberates_alone, sit_as_panel),
        cmocka_unit_test_setup(a_recess_in_the_deliberation_ends_in_it, sit_as_panel),
        cmocka_unit_test_setup(the_hearing_may_end_in_the_deliberation, sit_as_panel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
