/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "hall.h"

static Hall hall;

static int fresh(void **state)
{
    (void)state;
    hall_init(&hall, HEARD_KIND_JOINT_RECEPTION);
    return 0;
}

static void lobby_leads_to_admission_in_either_order(void **state)
{
    HeardPerson *p = hall_person(&hall, "petitioner");
    (void)state;

    hall_bring_in(&hall, "clerk");
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_CONNECT, "petitioner"), HEARD_ANSWER_OK);
    assert_int_equal(p->presence, HEARD_PRESENCE_IN_LOBBY);
    assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_ADMIT, "petitioner"),
                     HEARD_ANSWER_IDENTITY_MISSING);
    hall_identify(&hall, "clerk", "petitioner");
    assert_int_equal(p->presence, HEARD_PRESENCE_IDENTITY_OK);
    assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_ADMIT, "petitioner"),
                     HEARD_ANSWER_CONSENT_MISSING);
    hall_consent(&hall, "petitioner", "online_mode", "given");
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_PERSIST_CONSENT, "petitioner"), 1);
    assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_ADMIT, "petitioner"),
                     HEARD_ANSWER_CONSENT_MISSING);
    hall_consent(&hall, "petitioner", "recording", "given");
    assert_int_equal(p->presence, HEARD_PRESENCE_CONSENTED);
    assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_ADMIT, "petitioner"), HEARD_ANSWER_OK);
    assert_int_equal(p->presence, HEARD_PRESENCE_ADMITTED);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ADMIT_MEDIA, "petitioner"), 1);
    assert_int_equal(hall.effects.items[0].kind, HEARD_EFFECT_AUDIT);
    assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_ADMIT, "petitioner"),
                     HEARD_ANSWER_ALREADY_ADMITTED);

    /* consents first, as the phone asks them */
    hall_at(&hall, NULL, HEARD_VERB_CONNECT, "agent");
    hall_consent(&hall, "agent", "online_mode", "given");
    hall_consent(&hall, "agent", "recording", "given");
    assert_int_equal(hall_person(&hall, "agent")->presence, HEARD_PRESENCE_IN_LOBBY);
    hall_identify(&hall, "clerk", "agent");
    assert_int_equal(hall_person(&hall, "agent")->presence, HEARD_PRESENCE_CONSENTED);
}

static void staff_enters_freely_but_a_supervisor_is_admitted(void **state)
{
    (void)state;
    hall_at(&hall, NULL, HEARD_VERB_CONNECT, "department");
    assert_int_equal(hall_person(&hall, "department")->presence, HEARD_PRESENCE_ADMITTED);
    assert_int_equal(hall_person(&hall, "department")->method, HEARD_METHOD_ACCOUNT);
    hall_at(&hall, NULL, HEARD_VERB_CONNECT, "supervisor");
    assert_int_equal(hall_person(&hall, "supervisor")->presence, HEARD_PRESENCE_CONSENTED);
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_CONNECT, "sys_admin"),
                     HEARD_ANSWER_WRONG_ROLE);
}

static void opening_needs_presiding_clerk_and_petitioner(void **state)
{
    (void)state;
    hall_bring_in(&hall, "presiding");
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL),
                     HEARD_ANSWER_CLERK_MISSING);
    hall_bring_in(&hall, "clerk");
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL),
                     HEARD_ANSWER_PETITIONER_MISSING);
    assert_int_equal(hall_do(&hall, "clerk", HEARD_VERB_OPEN, NULL), HEARD_ANSWER_WRONG_ROLE);
    assert_int_equal(hall.effects.count, 1); /* the refusal is in the trail */
    hall_bring_in(&hall, "petitioner");
    assert_false(heard_hearing_flows(&hall.hearing));
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL), HEARD_ANSWER_OK);
    assert_int_equal(hall.hearing.state, HEARD_STATE_LIVE);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_START, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_FLOW_ON, NULL), 1);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL), HEARD_ANSWER_NOT_READY);
}

static void a_reception_needs_no_clerk(void **state)
{
    (void)state;
    hall_init(&hall, HEARD_KIND_RECEPTION);
    hall_bring_in(&hall, "presiding");
    hall_at(&hall, NULL, HEARD_VERB_CONNECT, "petitioner");
    hall_consent(&hall, "petitioner", "online_mode", "given");
    hall_consent(&hall, "petitioner", "recording", "given");
    hall_identify(&hall, "presiding", "petitioner");
    hall_at(&hall, "presiding", HEARD_VERB_ADMIT, "petitioner");
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL), HEARD_ANSWER_OK);
}

static void effects_take_away_before_they_give(void **state)
{
    (void)state;
    hall_open(&hall);
    for (unsigned i = 1; i < hall.effects.count; i++)
        assert_true(hall.effects.items[i - 1].kind <= hall.effects.items[i].kind);
    /* what is heard is recorded: the recorder starts before the room flows */
    assert_true(HEARD_EFFECT_RECORDING_START < HEARD_EFFECT_ROOM_FLOW_ON);
    assert_true(HEARD_EFFECT_ROOM_FLOW_OFF < HEARD_EFFECT_RECORDING_PAUSE);
}

static void phases_go_on_and_back_and_skip_with_a_reason(void **state)
{
    (void)state;
    hall_open(&hall);
    assert_int_equal(hall.hearing.phase, 1);
    assert_int_equal(hall_do(&hall, "clerk", HEARD_VERB_ADVANCE, "{\"phase\":\"statement\"}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, "{\"phase\":\"opening\"}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(
        hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, "{\"phase\":\"consolidation\"}"),
        HEARD_ANSWER_REASON_MISSING);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_ADVANCE,
                             "{\"phase\":\"consolidation\",\"reason\":\"agreed before\"}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, "{\"phase\":\"check_in\"}"),
                     HEARD_ANSWER_PHASE_NOT_REACHABLE);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, "{\"phase\":\"closed\"}"),
                     HEARD_ANSWER_PHASE_NOT_REACHABLE);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, "{\"phase\":\"verdict\"}"),
                     HEARD_ANSWER_UNKNOWN_PHASE);
    assert_int_equal(hall_do(&hall, "mediator", HEARD_VERB_ADVANCE, "{\"phase\":\"opening\"}"),
                     HEARD_ANSWER_WRONG_ROLE); /* chairs mediations, not receptions */
}

static void recess_stops_media_and_recording_with_its_reason(void **state)
{
    (void)state;
    hall_open(&hall);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_RECESS, "{}"),
                     HEARD_ANSWER_REASON_MISSING);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_RECESS, "{\"reason\":\"tea\"}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_FLOW_OFF, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_PAUSE, NULL), 1);
    assert_string_equal(heard_hearing_pause_reason(&hall.hearing), "tea");
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_RESUME, NULL), HEARD_ANSWER_OK);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_RESUME, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_FLOW_ON, NULL), 1);
}

static void recording_may_pause_beside_a_recess(void **state)
{
    (void)state;
    hall_open(&hall);
    assert_int_equal(
        hall_do(&hall, "clerk", HEARD_VERB_RECORDING_PAUSE, "{\"reason\":\"private\"}"),
        HEARD_ANSWER_OK);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_PAUSE, NULL), 1);
    assert_int_equal(hall_do(&hall, "clerk", HEARD_VERB_RECORDING_PAUSE, "{\"reason\":\"x\"}"),
                     HEARD_ANSWER_NOT_RECORDED);
    hall_do(&hall, "presiding", HEARD_VERB_RECESS, "{\"reason\":\"tea\"}");
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_PAUSE, NULL), 0);
    hall_do(&hall, "presiding", HEARD_VERB_RESUME, NULL);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_RESUME, NULL), 0);
    assert_string_equal(heard_hearing_pause_reason(&hall.hearing), "private");
    hall_do(&hall, "clerk", HEARD_VERB_RECORDING_RESUME, NULL);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_RESUME, NULL), 1);
}

static void closing_needs_an_outcome_and_ends_everything(void **state)
{
    (void)state;
    hall_open(&hall);
    hall_at(&hall, NULL, HEARD_VERB_CONNECT, "witness"); /* never admitted */
    assert_int_equal(hall_do(&hall, "clerk", HEARD_VERB_CLOSE, "{\"outcome\":\"explained\"}"),
                     HEARD_ANSWER_WRONG_ROLE);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_CLOSE, "{\"outcomes\":[]}"),
                     HEARD_ANSWER_OUTCOME_MISSING);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_CLOSE, "{\"outcome\":\"explained\"}"),
                     HEARD_ANSWER_REASON_MISSING); /* four phases were skipped */
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_CLOSE,
                             "{\"outcome\":\"explained\",\"note\":\"all said\"}"),
                     HEARD_ANSWER_OK);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_FINISH, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_DROP_MEDIA, "petitioner"), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_PERSIST_OUTCOME, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ENDED, NULL), 1);
    assert_int_equal(hall_person(&hall, "petitioner")->presence, HEARD_PRESENCE_COMPLETED);
    assert_int_equal(hall_person(&hall, "witness")->presence, HEARD_PRESENCE_LEFT);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_RESUME, NULL),
                     HEARD_ANSWER_HEARING_CLOSED);
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_CONNECT, "agent"),
                     HEARD_ANSWER_HEARING_CLOSED);
}

static void an_adjournment_explains_itself(void **state)
{
    (void)state;
    hall_open(&hall);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_CLOSE, "{\"outcome\":\"adjourned\"}"),
                     HEARD_ANSWER_OK);
}

static void muting_stops_the_source_and_not_the_presiding_officer(void **state)
{
    const char *mute =
        "{\"participant\":\"petitioner\",\"source\":\"microphone\",\"blocked\":true}";
    (void)state;

    hall_open(&hall);
    assert_true(heard_hearing_may_send(
        &hall.hearing, heard_hearing_find(&hall.hearing, "petitioner"), HEARD_SEND_MICROPHONE));
    assert_int_equal(hall_do(&hall, "clerk", HEARD_VERB_BLOCK, mute), HEARD_ANSWER_OK);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_MEDIA_DENY, "petitioner"), 1);
    assert_int_equal(hall_do(&hall, "clerk", HEARD_VERB_BLOCK, mute), HEARD_ANSWER_UNCHANGED);
    assert_int_equal(
        hall_do(&hall, "presiding", HEARD_VERB_BLOCK,
                "{\"participant\":\"petitioner\",\"source\":\"microphone\",\"blocked\":false}"),
        HEARD_ANSWER_OK);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_MEDIA_ALLOW, "petitioner"), 1);
    assert_int_equal(
        hall_do(&hall, "clerk", HEARD_VERB_BLOCK,
                "{\"participant\":\"presiding\",\"source\":\"microphone\",\"blocked\":true}"),
        HEARD_ANSWER_PROTECTED);
    assert_int_equal(hall_do(&hall, "petitioner", HEARD_VERB_BLOCK,
                             "{\"participant\":\"clerk\",\"source\":\"microphone\","
                             "\"blocked\":true}"),
                     HEARD_ANSWER_WRONG_ROLE);
}

static void screens_open_with_the_phase_or_by_grant(void **state)
{
    uint16_t department;
    (void)state;

    hall_open(&hall);
    department = heard_hearing_find(&hall.hearing, "department");
    assert_false(heard_hearing_may_send(&hall.hearing, department, HEARD_SEND_SCREEN));
    hall_do(&hall, "clerk", HEARD_VERB_ADVANCE, "{\"phase\":\"statement\"}");
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_MEDIA_ALLOW, "petitioner"), 1);
    hall_do(&hall, "clerk", HEARD_VERB_BLOCK,
            "{\"participant\":\"department\",\"source\":\"screen\",\"blocked\":false}");
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_MEDIA_ALLOW, "department"), 1);
    hall_do(&hall, "clerk", HEARD_VERB_ADVANCE, "{\"phase\":\"opening\"}");
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_MEDIA_DENY, "petitioner"), 1);
    assert_true(heard_hearing_may_send(&hall.hearing, department, HEARD_SEND_SCREEN));
}

static void observers_never_get_a_microphone(void **state)
{
    uint16_t observer = heard_hearing_find(&hall.hearing, "observer");
    (void)state;

    hall_open(&hall);
    hall_bring_in(&hall, "observer");
    for (unsigned s = 0; s < HEARD_SEND_COUNT; s++) {
        g_autofree char *grant = g_strdup_printf("{\"participant\":\"observer\",\"source\":\"%s\","
                                                 "\"blocked\":false}",
                                                 heard_send_name((HeardSend)s));

        assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_BLOCK, grant),
                         HEARD_ANSWER_SOURCE_BLOCKED);
        assert_false(heard_hearing_may_send(&hall.hearing, observer, (HeardSend)s));
    }
    assert_int_equal(hall_do(&hall, "observer", HEARD_VERB_HAND_RAISE, NULL),
                     HEARD_ANSWER_WRONG_ROLE);
    assert_int_equal(hall_do(&hall, "observer", HEARD_VERB_MEDIA_STATE,
                             "{\"microphone\":true,\"camera\":false,\"screen\":false}"),
                     HEARD_ANSWER_WRONG_ROLE);
}

static void the_seat_is_kept_for_the_grace_and_then_lost(void **state)
{
    int64_t deadline_us;
    HeardPerson *p = hall_person(&hall, "petitioner");
    (void)state;

    hall_open(&hall);
    hall_at(&hall, NULL, HEARD_VERB_DISCONNECT, "petitioner");
    assert_int_equal(p->presence, HEARD_PRESENCE_PRESENT); /* still heard by media */
    hall_at(&hall, NULL, HEARD_VERB_MEDIA_DOWN, "petitioner");
    assert_int_equal(p->presence, HEARD_PRESENCE_DISCONNECTED);
    assert_int_equal(heard_hearing_next_expiry(&hall.hearing, &deadline_us),
                     heard_hearing_find(&hall.hearing, "petitioner"));
    assert_int_equal(deadline_us, hall.wall_ms * 1000 + HEARD_GRACE_US);
    hall_at(&hall, NULL, HEARD_VERB_CONNECT, "petitioner");
    assert_int_equal(p->presence, HEARD_PRESENCE_ADMITTED);
    assert_int_equal(heard_hearing_next_expiry(&hall.hearing, &deadline_us), HEARD_NOBODY);

    hall_at(&hall, NULL, HEARD_VERB_DISCONNECT, "petitioner");
    hall_at(&hall, NULL, HEARD_VERB_EXPIRE, "petitioner");
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_DROP_MEDIA, "petitioner"), 1);
    hall_at(&hall, NULL, HEARD_VERB_CONNECT, "petitioner");
    assert_int_equal(p->presence, HEARD_PRESENCE_CONSENTED); /* lobby, nothing asked twice */
    assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_ADMIT, "petitioner"), HEARD_ANSWER_OK);
}

static void a_removed_person_comes_back_only_through_the_desk(void **state)
{
    (void)state;
    hall_open(&hall);
    assert_int_equal(hall_at(&hall, "presiding", HEARD_VERB_REMOVE, "petitioner"),
                     HEARD_ANSWER_REASON_MISSING);
    assert_int_equal(
        hall_do(&hall, "presiding", HEARD_VERB_REMOVE,
                "{\"participant\":\"petitioner\",\"reason\":\"disturbs\",\"safety\":true}"),
        HEARD_ANSWER_OK);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_DISCONNECT, "petitioner"), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_DROP_MEDIA, "petitioner"), 1);
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_CONNECT, "petitioner"), HEARD_ANSWER_REMOVED);
    assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_HOLD, "petitioner"), HEARD_ANSWER_OK);
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_CONNECT, "petitioner"), HEARD_ANSWER_OK);
    assert_int_equal(hall_person(&hall, "petitioner")->presence, HEARD_PRESENCE_ON_HOLD);
}

static void consent_taken_back_ends_the_admission(void **state)
{
    (void)state;
    hall_open(&hall);
    assert_int_equal(hall_consent(&hall, "petitioner", "recording", "refused"), HEARD_ANSWER_OK);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_DROP_MEDIA, "petitioner"), 1);
    assert_int_equal(hall_person(&hall, "petitioner")->presence, HEARD_PRESENCE_IDENTITY_OK);
    assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_ADMIT, "petitioner"),
                     HEARD_ANSWER_CONSENT_MISSING);
}

static void hands_queue_in_order(void **state)
{
    (void)state;
    hall_open(&hall);
    hall_do(&hall, "department", HEARD_VERB_HAND_RAISE, NULL);
    hall_do(&hall, "petitioner", HEARD_VERB_HAND_RAISE, NULL);
    assert_int_equal(hall_do(&hall, "petitioner", HEARD_VERB_HAND_RAISE, NULL),
                     HEARD_ANSWER_UNCHANGED);
    assert_int_equal(hall_at(&hall, "petitioner", HEARD_VERB_HAND_LOWER, "department"),
                     HEARD_ANSWER_WRONG_ROLE);
    assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_HAND_LOWER, "department"), HEARD_ANSWER_OK);
    /* who moved up is told about too */
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_TELL_PERSON, "petitioner"), 1);
    assert_int_equal(
        heard_floor_place(&hall.hearing.floor, heard_hearing_find(&hall.hearing, "petitioner")), 1);
    assert_int_equal(hall_do(&hall, "petitioner", HEARD_VERB_HAND_LOWER, NULL), HEARD_ANSWER_OK);
}

static void the_lobby_sees_public_seats_only(void **state)
{
    uint16_t observer = heard_hearing_find(&hall.hearing, "observer");
    (void)state;

    hall_open(&hall);
    hall_at(&hall, NULL, HEARD_VERB_CONNECT, "observer");
    for (unsigned i = 0; i < hall.hearing.person_count; i++) {
        HeardRole role = hall.hearing.people[i].role;
        bool public_seat = role == HEARD_ROLE_PRESIDING || role == HEARD_ROLE_CLERK ||
                           role == HEARD_ROLE_DEPARTMENT || role == HEARD_ROLE_LEAD_UNIT ||
                           role == HEARD_ROLE_SUPERVISOR;

        assert_int_equal(heard_hearing_sees(&hall.hearing, observer, (uint16_t)i),
                         public_seat || i == observer);
    }
    assert_true(
        heard_hearing_sees(&hall.hearing, heard_hearing_find(&hall.hearing, "clerk"), observer));
    assert_false(heard_hearing_sees_file(&hall.hearing, observer,
                                         heard_hearing_find(&hall.hearing, "petitioner")));
    assert_int_equal(heard_hearing_ahead(&hall.hearing, observer), 0);
    hall_at(&hall, NULL, HEARD_VERB_CONNECT, "witness");
    assert_int_equal(
        heard_hearing_ahead(&hall.hearing, heard_hearing_find(&hall.hearing, "witness")), 1);
}

static void a_restart_disconnects_and_records_on(void **state)
{
    (void)state;
    hall_open(&hall);
    assert_int_equal(hall_do(&hall, NULL, HEARD_VERB_RESTORE, NULL), HEARD_ANSWER_OK);
    assert_int_equal(hall_person(&hall, "petitioner")->presence, HEARD_PRESENCE_DISCONNECTED);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_START, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_FLOW_ON, NULL), 1);
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_CONNECT, "petitioner"), HEARD_ANSWER_OK);
    assert_int_equal(hall_person(&hall, "petitioner")->presence, HEARD_PRESENCE_ADMITTED);
}

static void only_the_server_reports_facts(void **state)
{
    (void)state;
    assert_int_equal(hall_at(&hall, "petitioner", HEARD_VERB_CONNECT, "petitioner"),
                     HEARD_ANSWER_WRONG_ROLE);
    assert_int_equal(hall_do(&hall, NULL, HEARD_VERB_OPEN, NULL), HEARD_ANSWER_WRONG_ROLE);
    assert_int_equal(hall_do(&hall, "nobody", HEARD_VERB_OPEN, NULL), HEARD_ANSWER_UNKNOWN_PERSON);
    assert_int_equal(hall_at(&hall, NULL, HEARD_VERB_CONNECT, "nobody"),
                     HEARD_ANSWER_UNKNOWN_PERSON);
}

static void every_role_may_what_its_row_says(void **state)
{
    static const struct {
        HeardVerb verb;
        const char *roles; /* letters of those who may, in a live reception */
    } expected[] = {
        {HEARD_VERB_CONSENT_GIVE, "PANIWO"},
        {HEARD_VERB_CHECK_IDENTITY, "RK"},
        {HEARD_VERB_ADMIT, "RKM"},
        {HEARD_VERB_HOLD, "RKM"},
        {HEARD_VERB_BLOCK, "RKM"},
        {HEARD_VERB_REMOVE, "RM"},
        {HEARD_VERB_MEDIA_STATE, "PADLRNKMIWC"},
        {HEARD_VERB_HAND_RAISE, "PADLRNKMIWC"},
        {HEARD_VERB_HAND_LOWER, "PADLRNKMIWC"},
        {HEARD_VERB_ADVANCE, "RK"},
        {HEARD_VERB_RECESS, "RK"},
        {HEARD_VERB_CLOSE, "R"},
        {HEARD_VERB_RECORDING_PAUSE, "RK"},
        {HEARD_VERB_LEAVE, "PADLRNKMIWOSC"},
        {HEARD_VERB_FLOOR_GIVE, "RKM"},
        {HEARD_VERB_ORDER_WARN, "RM"},
        {HEARD_VERB_ORDER_LOCK, "RKM"},
        {HEARD_VERB_SPOTLIGHT_SET, "RKM"},
    };
    (void)state;

    hall_open(&hall);
    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        const char *id = heard_role_name((HeardRole)role);

        if (heard_role_permit((HeardRole)role, HEARD_MAY_JOIN) != HEARD_PERMIT_NO &&
            !hall_person(&hall, id)->admitted)
            hall_bring_in(&hall, id);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
            uint16_t person = heard_hearing_find(&hall.hearing, heard_role_name((HeardRole)role));
            bool may =
                (heard_hearing_may(&hall.hearing, person) & (UINT64_C(1) << expected[i].verb)) != 0;
            bool should = strchr(expected[i].roles, heard_role_letter((HeardRole)role)) != NULL;

            /* admins have no seat to give consent from, but the verb asks only the role */
            if (may != should)
                fail_msg("%s by %s", heard_verb_name(expected[i].verb),
                         heard_role_name((HeardRole)role));
        }
    }
}

static void without_delegation_the_clerk_only_records(void **state)
{
    uint16_t clerk = heard_hearing_find(&hall.hearing, "clerk");
    (void)state;

    hall_open(&hall);
    hall.hearing.config.clerk_delegated = false;
    assert_false(heard_hearing_may(&hall.hearing, clerk) & (UINT64_C(1) << HEARD_VERB_ADMIT));
    assert_false(heard_hearing_may(&hall.hearing, clerk) & (UINT64_C(1) << HEARD_VERB_ADVANCE));
    assert_true(heard_hearing_may(&hall.hearing, clerk) &
                (UINT64_C(1) << HEARD_VERB_RECORDING_PAUSE));
}

static void petitioners_are_bounded(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        g_autofree char *id = g_strdup_printf("rep-%u", i);

        heard_hearing_add_person(&hall.hearing, id, HEARD_ROLE_PETITIONER, HEARD_SIDE_PETITIONER);
    }
    hall_open(&hall);
    for (unsigned i = 0; i < 4; i++) {
        g_autofree char *id = g_strdup_printf("rep-%u", i);

        hall_bring_in(&hall, id);
    }
    hall_at(&hall, NULL, HEARD_VERB_CONNECT, "rep-4");
    hall_consent(&hall, "rep-4", "online_mode", "given");
    hall_consent(&hall, "rep-4", "recording", "given");
    hall_identify(&hall, "clerk", "rep-4");
    assert_int_equal(hall_at(&hall, "clerk", HEARD_VERB_ADMIT, "rep-4"), HEARD_ANSWER_SEATS_TAKEN);
}

static void seats_are_bounded(void **state)
{
    (void)state;
    while (hall.hearing.person_count < HEARD_PEOPLE_MAX) {
        g_autofree char *id = g_strdup_printf("seat-%u", hall.hearing.person_count);

        assert_int_not_equal(
            heard_hearing_add_person(&hall.hearing, id, HEARD_ROLE_OBSERVER, HEARD_SIDE_OBSERVER),
            HEARD_NOBODY);
    }
    assert_int_equal(heard_hearing_add_person(&hall.hearing, "one-more", HEARD_ROLE_OBSERVER,
                                              HEARD_SIDE_OBSERVER),
                     HEARD_NOBODY);
    /* the worst command of all: everybody leaves at once */
    for (unsigned i = 0; i < HEARD_PEOPLE_MAX; i++) {
        if (heard_role_permit(hall.hearing.people[i].role, HEARD_MAY_JOIN) != HEARD_PERMIT_NO)
            hall_at(&hall, NULL, HEARD_VERB_CONNECT, hall.hearing.people[i].id);
    }
    assert_int_equal(hall_do(&hall, NULL, HEARD_VERB_RESTORE, NULL), HEARD_ANSWER_OK);
    assert_true(hall.effects.count <= HEARD_EFFECTS_MAX);
}

/* Officials among themselves: no petitioner opens it, no outcome closes it. */
static void nothing_is_decided_in_a_consultation_or_a_training(void **state)
{
    static const HeardKind kinds[] = {HEARD_KIND_CONSULTATION, HEARD_KIND_TRAINING};
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        hall_init(&hall, kinds[i]);
        hall_bring_in(&hall, "presiding");
        assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL),
                         HEARD_ANSWER_RESPONDENT_MISSING);
        hall_bring_in(&hall, "department");
        assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL), HEARD_ANSWER_OK);
        assert_int_equal(hall.hearing.phase, 1);
        assert_int_equal(
            hall_do(&hall, "presiding", HEARD_VERB_CLOSE, "{\"outcome\":\"explained\"}"),
            HEARD_ANSWER_OUTCOME_MISSING);
        assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_CLOSE, "{\"outcomes\":[]}"),
                         HEARD_ANSWER_REASON_MISSING);
        assert_int_equal(
            hall_do(&hall, "presiding", HEARD_VERB_CLOSE, "{\"outcomes\":[],\"note\":\"done\"}"),
            HEARD_ANSWER_OK);
        assert_int_equal(hall_effects(&hall, HEARD_EFFECT_PERSIST_OUTCOME, NULL), 0);
    }
}

/* Who is trained is heard when the hand was seen; observers never. */
static void a_question_in_a_training_is_a_raised_hand(void **state)
{
    uint16_t trainee, observer;
    (void)state;

    hall_init(&hall, HEARD_KIND_TRAINING);
    for (const char *const *id = (const char *const[]){"presiding", "lead_unit", "department",
                                                       "clerk", "observer", NULL};
         *id; id++)
        hall_bring_in(&hall, *id);
    hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL);
    trainee = heard_hearing_find(&hall.hearing, "department");
    observer = heard_hearing_find(&hall.hearing, "observer");
    assert_true(heard_hearing_may_send(
        &hall.hearing, heard_hearing_find(&hall.hearing, "lead_unit"), HEARD_SEND_MICROPHONE));
    assert_false(heard_hearing_may_send(&hall.hearing, trainee, HEARD_SEND_MICROPHONE));
    assert_int_equal(hall_do(&hall, "observer", HEARD_VERB_HAND_RAISE, NULL),
                     HEARD_ANSWER_WRONG_ROLE);
    assert_int_equal(hall_do(&hall, "department", HEARD_VERB_HAND_RAISE, NULL), HEARD_ANSWER_OK);
    assert_int_equal(hall_do(&hall, "presiding", HEARD_VERB_BLOCK,
                             "{\"participant\":\"department\",\"source\":\"microphone\","
                             "\"blocked\":false}"),
                     HEARD_ANSWER_OK);
    assert_true(heard_hearing_may_send(&hall.hearing, trainee, HEARD_SEND_MICROPHONE));
    assert_false(heard_hearing_may_send(&hall.hearing, observer, HEARD_SEND_CAMERA));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_is_decided_in_a_consultation_or_a_training, fresh),
        cmocka_unit_test_setup(a_question_in_a_training_is_a_raised_hand, fresh),
        cmocka_unit_test_setup(lobby_leads_to_admission_in_either_order, fresh),
        cmocka_unit_test_setup(staff_enters_freely_but_a_supervisor_is_admitted, fresh),
        cmocka_unit_test_setup(opening_needs_presiding_clerk_and_petitioner, fresh),
        cmocka_unit_test_setup(a_reception_needs_no_clerk, fresh),
        cmocka_unit_test_setup(effects_take_away_before_they_give, fresh),
        cmocka_unit_test_setup(phases_go_on_and_back_and_skip_with_a_reason, fresh),
        cmocka_unit_test_setup(recess_stops_media_and_recording_with_its_reason, fresh),
        cmocka_unit_test_setup(recording_may_pause_beside_a_recess, fresh),
        cmocka_unit_test_setup(closing_needs_an_outcome_and_ends_everything, fresh),
        cmocka_unit_test_setup(an_adjournment_explains_itself, fresh),
        cmocka_unit_test_setup(muting_stops_the_source_and_not_the_presiding_officer, fresh),
        cmocka_unit_test_setup(screens_open_with_the_phase_or_by_grant, fresh),
        cmocka_unit_test_setup(observers_never_get_a_microphone, fresh),
        cmocka_unit_test_setup(the_seat_is_kept_for_the_grace_and_then_lost, fresh),
        cmocka_unit_test_setup(a_removed_person_comes_back_only_through_the_desk, fresh),
        cmocka_unit_test_setup(consent_taken_back_ends_the_admission, fresh),
        cmocka_unit_test_setup(hands_queue_in_order, fresh),
        cmocka_unit_test_setup(the_lobby_sees_public_seats_only, fresh),
        cmocka_unit_test_setup(a_restart_disconnects_and_records_on, fresh),
        cmocka_unit_test_setup(only_the_server_reports_facts, fresh),
        cmocka_unit_test_setup(every_role_may_what_its_row_says, fresh),
        cmocka_unit_test_setup(without_delegation_the_clerk_only_records, fresh),
        cmocka_unit_test_setup(petitioners_are_bounded, fresh),
        cmocka_unit_test_setup(seats_are_bounded, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
