/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "hall.h"

static Hall hall;

static HeardAnswer answer(const char *actor, const char *data)
{
    return hall_do(&hall, actor, HEARD_VERB_RECUSAL_ANSWER, data);
}

static HeardAnswer ask(const char *actor, const char *target, const char *reason)
{
    g_autofree char *data = g_strdup_printf(
        "{\"decision\":\"ask\",\"participant\":\"%s\",\"reason\":\"%s\"}", target, reason);

    return answer(actor, data);
}

static HeardAnswer decide(const char *actor, const char *target, const char *decision,
                          const char *decider)
{
    g_autofree char *data = g_strdup_printf("{\"decision\":\"%s\",\"participant\":\"%s\","
                                            "\"decided_by\":\"%s\",\"reason\":\"kin\"}",
                                            decision, target, decider);

    return hall_do(&hall, actor, HEARD_VERB_RECUSAL_DECIDE, data);
}

static HeardAnswer advance(const char *phase)
{
    g_autofree char *data = g_strdup_printf("{\"phase\":\"%s\",\"reason\":\"in short\"}", phase);

    return hall_do(&hall, "presiding", HEARD_VERB_ADVANCE, data);
}

static bool may(const char *id, HeardVerb verb)
{
    return (heard_hearing_may(&hall.hearing, heard_hearing_find(&hall.hearing, id)) &
            (UINT64_C(1) << verb)) != 0;
}

#define GIVES(expression, what) assert_int_equal(expression, HEARD_ANSWER_##what)
#define NONE(who)               GIVES(answer(who, "{\"decision\":\"none\"}"), OK)

/* Five on the panel would be needed to lose one and stay odd: here there are three. */
static int open_panel(void **state)
{
    static const char *const people[] = {"presiding",  "clerk",      "petitioner",
                                         "agent",      "department", "panelist",
                                         "panelist-2", "panelist-3", "observer"};
    (void)state;

    hall_init(&hall, HEARD_KIND_PANEL_HEARING);
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++)
        hall_bring_in(&hall, people[i]);
    return hall_do(&hall, "presiding", HEARD_VERB_OPEN, NULL) == HEARD_ANSWER_OK ? 0 : -1;
}

static void every_party_is_asked_and_nobody_else(void **state)
{
    (void)state;
    GIVES(answer("petitioner", "{\"decision\":\"none\"}"), RECUSAL_CLOSED);
    assert_false(may("petitioner", HEARD_VERB_RECUSAL_ANSWER));
    /* a reason lets a required phase be skipped; this one does not go by */
    GIVES(advance("petitioner_statement"), RECUSAL_UNANSWERED);
    GIVES(advance("deliberation"), RECUSAL_UNANSWERED);
    GIVES(advance("rights_and_recusal"), OK);
    assert_true(may("petitioner", HEARD_VERB_RECUSAL_ANSWER));
    GIVES(answer("observer", "{\"decision\":\"none\"}"), WRONG_ROLE);
    GIVES(answer("panelist", "{\"decision\":\"none\"}"), WRONG_ROLE);
    NONE("petitioner");
    GIVES(answer("petitioner", "{\"decision\":\"none\"}"), UNCHANGED);
    NONE("agent");
    GIVES(advance("petitioner_statement"), RECUSAL_UNANSWERED);
    GIVES(advance("opening"), OK); /* back is free */
    GIVES(advance("rights_and_recusal"), OK);
    NONE("department");
    GIVES(heard_hearing_recusal_round(&hall.hearing), OK);
    GIVES(advance("petitioner_statement"), OK);
}

static void who_is_cut_off_is_waited_for_as_long_as_the_seat_is_kept(void **state)
{
    (void)state;
    GIVES(advance("rights_and_recusal"), OK);
    NONE("petitioner");
    NONE("agent");
    hall_at(&hall, NULL, HEARD_VERB_MEDIA_DOWN, "department");
    hall_at(&hall, NULL, HEARD_VERB_DISCONNECT, "department");
    GIVES(advance("petitioner_statement"), RECUSAL_UNANSWERED);
    GIVES(hall_at(&hall, NULL, HEARD_VERB_EXPIRE, "department"), OK);
    GIVES(advance("petitioner_statement"), OK);
}

static void only_those_who_decide_something_can_be_asked_for(void **state)
{
    (void)state;
    GIVES(advance("rights_and_recusal"), OK);
    GIVES(answer("petitioner", "{\"decision\":\"ask\",\"reason\":\"kin\"}"), UNKNOWN_PERSON);
    GIVES(ask("petitioner", "department", "kin"), NOT_RECUSABLE);
    GIVES(ask("petitioner", "observer", "kin"), NOT_RECUSABLE);
    GIVES(ask("petitioner", "mediator", "kin"), NOT_RECUSABLE); /* not here */
    GIVES(ask("petitioner", "panelist", ""), REASON_MISSING);
    GIVES(ask("petitioner", "panelist", "kin"), OK);
    GIVES(ask("petitioner", "panelist", "kin again"), UNCHANGED);
    assert_int_equal(hall.hearing.recusal_count, 1);
    GIVES(ask("petitioner", "clerk", "friend"), OK);
    assert_int_equal(hall.hearing.recusal_count, 2);
}

static void the_presiding_officer_decides_of_panel_and_clerk(void **state)
{
    (void)state;
    GIVES(advance("rights_and_recusal"), OK);
    GIVES(decide("presiding", "panelist", "granted", ""), NO_REQUEST);
    GIVES(ask("petitioner", "panelist", "kin"), OK);
    GIVES(ask("department", "panelist", "kin of the other"), OK);
    NONE("agent");
    assert_true(heard_hearing_flows(&hall.hearing)); /* it goes on */
    assert_false(may("clerk", HEARD_VERB_RECUSAL_DECIDE));
    assert_true(may("presiding", HEARD_VERB_RECUSAL_DECIDE));
    GIVES(advance("petitioner_statement"), RECUSAL_UNDECIDED);
    GIVES(decide("clerk", "panelist", "granted", ""), NO_REQUEST);
    GIVES(decide("petitioner", "panelist", "granted", ""), WRONG_ROLE);
    GIVES(hall_do(&hall, "presiding", HEARD_VERB_RECUSAL_DECIDE,
                  "{\"decision\":\"refused\",\"participant\":\"panelist\"}"),
          REASON_MISSING);
    GIVES(decide("presiding", "panelist", "refused", ""), OK);
    assert_int_equal(hall.hearing.recusal_decided, 2); /* both requests */
    assert_int_equal(hall.hearing.recusals[0].ruling, HEARD_RULING_REFUSED);
    assert_false(hall_person(&hall, "panelist")->recused);
    GIVES(ask("petitioner", "panelist", "once more"), RECUSAL_DECIDED);
    GIVES(advance("petitioner_statement"), OK);
}

static void a_recused_panelist_is_gone_and_the_panel_too_small(void **state)
{
    unsigned here;
    (void)state;

    GIVES(advance("rights_and_recusal"), OK);
    GIVES(ask("petitioner", "panelist", "kin"), OK);
    NONE("agent");
    NONE("department");
    GIVES(decide("presiding", "panelist", "granted", ""), OK);
    assert_true(hall_person(&hall, "panelist")->recused);
    assert_int_equal(hall_person(&hall, "panelist")->presence, HEARD_PRESENCE_REMOVED);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_DROP_MEDIA, "panelist"), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_DISCONNECT, "panelist"), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_TELL_HEARING, NULL), 1);
    GIVES(hall_at(&hall, "clerk", HEARD_VERB_HOLD, "panelist"), RECUSED); /* no way back */
    GIVES(hall_at(&hall, NULL, HEARD_VERB_CONNECT, "panelist"), REMOVED);
    assert_false(heard_hearing_panel_complete(&hall.hearing, &here));
    assert_int_equal(here, 2);
    GIVES(advance("petitioner_statement"), OK); /* the parties may still be heard */
    GIVES(advance("deliberation"), PANEL_INCOMPLETE);
    GIVES(hall_do(&hall, "presiding", HEARD_VERB_RECESS, "{\"reason\":\"another panelist\"}"), OK);
    GIVES(hall_do(&hall, "presiding", HEARD_VERB_CLOSE, "{\"outcome\":\"adjourned\"}"), OK);
}

static void it_may_still_be_asked_for_until_the_panel_withdraws(void **state)
{
    (void)state;
    hall_recusal_round(&hall);
    GIVES(advance("challenge"), OK);
    GIVES(ask("agent", "panelist-2", "met the other side at noon"), OK);
    GIVES(advance("panel_questions"), RECUSAL_UNDECIDED);
    GIVES(advance("handling_statement"), OK); /* back */
    GIVES(decide("presiding", "panelist-2", "refused", ""), OK);
    GIVES(advance("deliberation"), OK);
    GIVES(ask("agent", "panelist-3", "too late"), RECUSAL_CLOSED);
}

static void the_head_of_the_unit_decides_of_who_presides(void **state)
{
    (void)state;
    GIVES(advance("rights_and_recusal"), OK);
    GIVES(ask("petitioner", "presiding", "handled my case"), OK);
    assert_int_equal(hall.hearing.state, HEARD_STATE_RECESSED);
    assert_string_equal(hall.hearing.recess_reason, "recusal");
    assert_string_equal(heard_hearing_pause_cause(&hall.hearing), "recusal");
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_ROOM_FLOW_OFF, NULL), 1);
    assert_int_equal(hall_effects(&hall, HEARD_EFFECT_RECORDING_PAUSE, NULL), 1);
    GIVES(hall_do(&hall, "presiding", HEARD_VERB_RESUME, NULL), RECUSAL_UNDECIDED);
    GIVES(decide("presiding", "presiding", "refused", "me"), NO_REQUEST);
    GIVES(decide("clerk", "presiding", "refused", ""), DECIDER_MISSING);
    GIVES(decide("clerk", "presiding", "refused", "局长"), OK);
    assert_string_equal(heard_hearing_recusal_text(&hall.hearing, hall.hearing.recusals[0].decider),
                        "局长");
    assert_string_equal(heard_hearing_pause_cause(&hall.hearing), "recess");
    GIVES(hall_do(&hall, "presiding", HEARD_VERB_RESUME, NULL), OK);
    NONE("agent");
    NONE("department");
    GIVES(advance("petitioner_statement"), OK);
}

static void without_who_presides_the_clerk_adjourns_and_nothing_else(void **state)
{
    (void)state;
    GIVES(advance("rights_and_recusal"), OK);
    GIVES(ask("petitioner", "presiding", "handled my case"), OK);
    assert_false(may("clerk", HEARD_VERB_CLOSE));
    GIVES(decide("clerk", "presiding", "granted", "局长"), OK);
    assert_int_equal(hall_person(&hall, "presiding")->presence, HEARD_PRESENCE_REMOVED);
    GIVES(hall_do(&hall, "clerk", HEARD_VERB_RESUME, NULL), PRESIDING_MISSING);
    assert_true(may("clerk", HEARD_VERB_CLOSE));
    GIVES(hall_do(&hall, "clerk", HEARD_VERB_CLOSE, "{\"outcome\":\"explained\",\"note\":\"x\"}"),
          WRONG_ROLE);
    GIVES(hall_do(&hall, "clerk", HEARD_VERB_CLOSE, "{\"outcome\":\"adjourned\"}"), OK);
    assert_int_equal(hall.hearing.state, HEARD_STATE_CONCLUDED);
}

static void requests_are_bounded(void **state)
{
    (void)state;
    hall_recusal_round(&hall);
    hall.hearing.recusal_count = hall.hearing.recusal_decided = HEARD_RECUSALS_MAX;
    for (unsigned i = 0; i < HEARD_RECUSALS_MAX; i++) {
        hall.hearing.recusals[i].by = hall.hearing.recusals[i].target = HEARD_NOBODY;
        hall.hearing.recusals[i].ruling = HEARD_RULING_REFUSED;
    }
    GIVES(ask("petitioner", "panelist", "kin"), RECUSALS_FULL);
    /* Texts as well: what is asked for can be decided, with as long a reason as there may be. */
    hall.hearing.recusal_count = hall.hearing.recusal_decided = 0;
    hall.hearing.recusal_texts_used =
        HEARD_RECUSAL_TEXTS_SIZE - HEARD_REASON_SIZE - HEARD_DECIDER_SIZE - sizeof "kin" + 1;
    GIVES(ask("petitioner", "panelist", "kin"), RECUSALS_FULL);
    hall.hearing.recusal_texts_used--;
    GIVES(ask("petitioner", "panelist", "kin"), OK);
}

static void other_kinds_ask_nobody(void **state)
{
    (void)state;
    hall_init(&hall, HEARD_KIND_JOINT_RECEPTION);
    hall_open(&hall);
    GIVES(answer("petitioner", "{\"decision\":\"none\"}"), RECUSAL_CLOSED);
    GIVES(decide("presiding", "clerk", "granted", ""), NO_REQUEST);
    GIVES(advance("statement"), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_party_is_asked_and_nobody_else, open_panel),
        cmocka_unit_test_setup(who_is_cut_off_is_waited_for_as_long_as_the_seat_is_kept,
                               open_panel),
        cmocka_unit_test_setup(only_those_who_decide_something_can_be_asked_for, open_panel),
        cmocka_unit_test_setup(the_presiding_officer_decides_of_panel_and_clerk, open_panel),
        cmocka_unit_test_setup(a_recused_panelist_is_gone_and_the_panel_too_small, open_panel),
        cmocka_unit_test_setup(it_may_still_be_asked_for_until_the_panel_withdraws, open_panel),
        cmocka_unit_test_setup(the_head_of_the_unit_decides_of_who_presides, open_panel),
        cmocka_unit_test_setup(without_who_presides_the_clerk_adjourns_and_nothing_else,
                               open_panel),
        cmocka_unit_test_setup(requests_are_bounded, open_panel),
        cmocka_unit_test(other_kinds_ask_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
