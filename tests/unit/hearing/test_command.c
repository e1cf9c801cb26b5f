/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/base/error.h"
#include "server/hearing/agenda.h"
#include "server/hearing/command.h"
#include "server/hearing/floor.h"
#include "server/hearing/room.h"

static bool parses(const char *verb_name, const char *text, HeardCommand *command, GError **error)
{
    static json_t *kept; /* the command borrows its texts */
    HeardVerb verb;

    json_decref(kept);
    kept = text ? json_loads(text, 0, NULL) : NULL;
    assert_true(heard_verb_from_name(verb_name, &verb));
    return heard_command_parse(verb, kept, command, error);
}

/* What a client sends, and the same as it stands in the trail. */
static const struct {
    const char *verb, *data, *detail;
} good[] = {
    {"hearing.open", NULL, "{}"},
    {"hand.lower", "{}", "{}"},
    {"hand.lower", "{\"participant\":\"x\"}", "{\"participant\":\"x\"}"},
    {"participant.admit", "{\"participant\":\"x\",\"more\":1}", "{\"participant\":\"x\"}"},
    {"hearing.recess", "{\"reason\":\"茶\"}", "{\"reason\":\"茶\"}"},
    {"hearing.recess", "{\"reason\":\"cooling_off\",\"minutes\":10}",
     "{\"minutes\":10,\"reason\":\"cooling_off\"}"},
    {"floor.give", "{\"participant\":\"x\"}", "{\"participant\":\"x\"}"},
    {"floor.give", "{\"participant\":\"x\",\"minutes\":3}",
     "{\"minutes\":3,\"participant\":\"x\"}"},
    {"order.lock", "{\"locked\":true}", "{\"locked\":true}"},
    {"order.warn", "{\"participant\":\"x\",\"reason\":\"r\"}",
     "{\"participant\":\"x\",\"reason\":\"r\"}"},
    {"participant.remove", "{\"participant\":\"x\",\"reason\":\"r\"}",
     "{\"participant\":\"x\",\"reason\":\"r\",\"safety\":false}"},
    {"server.spoke", "{\"phase\":\"challenge\",\"petitioner\":1,\"respondent\":2,\"neutral\":3}",
     "{\"neutral\":3,\"petitioner\":1,\"phase\":\"challenge\",\"respondent\":2}"},
    {"hearing.close", "{\"outcome\":\"explained\"}",
     "{\"note\":\"\",\"outcomes\":[\"explained\"],\"reason\":\"\"}"},
    {"hearing.close", "{\"outcomes\":[\"explained\",\"referred\"],\"note\":\"n\"}",
     "{\"note\":\"n\",\"outcomes\":[\"explained\",\"referred\"],\"reason\":\"\"}"},
    {"media.state", "{\"microphone\":true,\"camera\":false,\"screen\":false}",
     "{\"camera\":false,\"microphone\":true,\"screen\":false}"},
    {"participant.check_identity",
     "{\"participant\":\"x\",\"method\":\"id_card\",\"document\":\"4601**********1234\","
     "\"result\":\"ok\"}",
     "{\"document\":\"4601**********1234\",\"method\":\"id_card\",\"participant\":\"x\","
     "\"result\":\"ok\"}"},
    {"participant.block", "{\"participant\":\"x\",\"source\":\"camera\",\"blocked\":true}",
     "{\"blocked\":true,\"participant\":\"x\",\"reason\":\"\",\"source\":\"camera\"}"},
    {"consent.give",
     "{\"subject\":\"recording\",\"decision\":\"refused\",\"text_version\":\"2026-11\"}",
     "{\"decision\":\"refused\",\"subject\":\"recording\",\"text_version\":\"2026-11\"}"},
    {"recusal.answer", "{\"decision\":\"none\"}", "{\"decision\":\"none\",\"reason\":\"\"}"},
    {"recusal.answer", "{\"decision\":\"ask\",\"participant\":\"x\",\"reason\":\"kin\"}",
     "{\"decision\":\"ask\",\"participant\":\"x\",\"reason\":\"kin\"}"},
    {"recusal.decide", "{\"participant\":\"x\",\"decision\":\"granted\",\"reason\":\"kin\"}",
     "{\"decided_by\":\"\",\"decision\":\"granted\",\"participant\":\"x\",\"reason\":\"kin\"}"},
    {"witness.call", "{\"participant\":\"x\"}", "{\"participant\":\"x\"}"},
    {"screen.set", "{\"participant\":\"x\",\"from\":[\"z\",\"y\"]}",
     "{\"from\":[\"z\",\"y\"],\"participant\":\"x\"}"},
};

static void details_are_canonical_and_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        HeardCommand command = {0};
        g_autofree char *once = NULL, *twice = NULL;

        assert_true(parses(good[i].verb, good[i].data, &command, NULL));
        once = heard_command_detail(&command);
        assert_string_equal(once, good[i].detail);
        assert_true(parses(good[i].verb, once, &command, NULL));
        twice = heard_command_detail(&command);
        assert_string_equal(twice, once);
    }
}

static void wrong_fields_are_named(void **state)
{
    static const struct {
        const char *verb, *data, *field;
    } bad[] = {
        {"participant.admit", NULL, "participant"},
        {"participant.admit", "{\"participant\":7}", "participant"},
        {"participant.block", "{\"participant\":\"x\",\"source\":\"voice\",\"blocked\":true}",
         "source"},
        {"participant.block", "{\"participant\":\"x\",\"source\":\"camera\"}", "blocked"},
        {"media.state", "{\"microphone\":true}", "camera"},
        {"floor.give", "{\"participant\":\"x\",\"minutes\":241}", "minutes"},
        {"floor.give", "{\"participant\":\"x\",\"minutes\":-1}", "minutes"},
        {"order.lock", "{}", "locked"},
        {"participant.remove", "{\"participant\":\"x\",\"safety\":1}", "safety"},
        {"server.spoke", "{\"phase\":\"challenge\",\"petitioner\":-1}", "petitioner"},
        {"hearing.close", "{\"outcome\":\"none\"}", "outcome"},
        {"hearing.close", "{\"outcomes\":[3]}", "outcomes"},
        {"consent.give", "{\"subject\":\"recording\",\"decision\":\"none\",\"text_version\":\"1\"}",
         "decision"},
        {"participant.check_identity",
         "{\"participant\":\"x\",\"method\":\"id_card\",\"document\":\"460100199001011234\","
         "\"result\":\"ok\"}",
         "document"},
        {"room.open", "{\"room\":\"main\"}", "room"},
        {"room.open", NULL, "room"},
        {"room.answer", "{\"room\":\"caucus_a\",\"decision\":\"maybe\"}", "decision"},
        {"room.lock", "{\"room\":\"caucus_a\"}", "locked"},
        {"room.invite", "{\"room\":\"caucus_a\"}", "participant"},
        {"recusal.answer", "{\"decision\":\"maybe\"}", "decision"},
        {"recusal.decide", "{\"participant\":\"x\",\"decision\":\"ask\"}", "decision"},
        {"witness.dismiss", "{}", "participant"},
        {"screen.set", "{\"participant\":\"x\"}", "from"},
        {"screen.set", "{\"participant\":\"x\",\"from\":[1]}", "from"},
    };
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        HeardCommand command = {0};

        assert_false(parses(bad[i].verb, bad[i].data, &command, &error));
        assert_int_equal(heard_error_code(error), HEARD_ERROR_BAD_FIELD);
        if (!strstr(error->message, bad[i].field))
            fail_msg("%s does not name %s", error->message, bad[i].field);
    }
}

static void verbs_have_names(void **state)
{
    HeardVerb found;
    (void)state;

    for (unsigned verb = 0; verb < HEARD_VERB_COUNT; verb++) {
        assert_true(heard_verb_from_name(heard_verb_name((HeardVerb)verb), &found));
        assert_int_equal(found, verb);
        /* a client's verb never looks like the server's */
        assert_int_equal(strncmp(heard_verb_name((HeardVerb)verb), "server.", 7) == 0,
                         verb >= HEARD_VERB_CLIENT_COUNT);
    }
    assert_false(heard_verb_from_name("hearing.explode", &found));
}

static void kinds_have_the_phases_of_the_domain(void **state)
{
    /* Written out from domain.md 3.6 a second time. */
    static const char *const reception = "check_in opening statement unit_answers consolidation "
                                         "record_confirm closed";
    static const struct {
        const char *name, *phases, *optional;
        char letter;
    } kinds[HEARD_KIND_COUNT] = {
        {"reception", reception, "", 'R'},
        {"joint_reception", reception, "", 'J'},
        {"mediation",
         "intake_consent check_in mediator_opening statements undisputed_facts caucus joint "
         "proposal agreement_draft agreement_sign end_without record_confirm closed",
         "caucus joint proposal agreement_draft agreement_sign end_without", 'M'},
        {"panel_hearing",
         "check_in discipline opening rights_and_recusal petitioner_statement handling_statement "
         "challenge panel_questions witness expert final_statement_petitioner "
         "final_statement_unit deliberation announcement record_confirm closed",
         "witness expert announcement", 'H'},
        {"appraisal",
         "check_in opening statement unit_answer public_reasoning opinion record_confirm closed",
         "", 'H'},
        {"consultation", "roll_call case_brief unit_positions discussion task_list closed", "",
         'C'},
        {"training", "roll_call presentation questions attendance_close closed", "questions", 'T'},
    };
    (void)state;

    for (unsigned kind = 0; kind < HEARD_KIND_COUNT; kind++) {
        const HeardProfile *row = heard_agenda_profile((HeardKind)kind);
        g_auto(GStrv) phases = g_strsplit(kinds[kind].phases, " ", -1);
        g_auto(GStrv) optional = g_strsplit(kinds[kind].optional, " ", -1);
        HeardKind found;

        assert_int_equal(row->phase_count, g_strv_length(phases));
        for (unsigned i = 0; i < row->phase_count; i++) {
            assert_string_equal(row->phases[i].code, phases[i]);
            assert_int_equal(
                heard_profile_find_phase(heard_agenda_profile((HeardKind)kind), phases[i]), i);
            assert_int_equal(row->phases[i].required,
                             !g_strv_contains((const char *const *)optional, phases[i]));
        }
        assert_true(heard_kind_from_name(kinds[kind].name, &found));
        assert_int_equal(found, kind);
        assert_int_equal(heard_kind_letter((HeardKind)kind), kinds[kind].letter);
        if (row->deliberation)
            assert_string_equal(row->phases[row->deliberation].code, "deliberation");
    }
    assert_int_equal(heard_profile_find_phase(heard_agenda_profile(HEARD_KIND_RECEPTION), "caucus"),
                     -1);
}

static void private_rooms_are_never_recorded(void **state)
{
    (void)state;
    assert_true(heard_room_recordable(HEARD_ROOM_MAIN));
    for (unsigned room = 0; room < HEARD_ROOM_COUNT; room++) {
        assert_true(room == HEARD_ROOM_MAIN || !heard_room_recordable((HeardRoomKind)room));
        assert_non_null(heard_room_name((HeardRoomKind)room));
    }
    assert_false(heard_room_has_media(HEARD_ROOM_LOBBY));
    assert_false(heard_room_has_media(HEARD_ROOM_WITNESS));
}

static void hands_keep_their_order(void **state)
{
    HeardFloor floor = {.count = 0};
    (void)state;

    assert_true(heard_floor_raise(&floor, 5));
    assert_true(heard_floor_raise(&floor, 3));
    assert_true(heard_floor_raise(&floor, 9));
    assert_false(heard_floor_raise(&floor, 3));
    assert_true(heard_floor_lower(&floor, 5));
    assert_false(heard_floor_lower(&floor, 5));
    assert_int_equal(heard_floor_place(&floor, 3), 1);
    assert_int_equal(heard_floor_place(&floor, 9), 2);
    assert_int_equal(heard_floor_place(&floor, 5), 0);
    for (unsigned i = 0; floor.count < HEARD_FLOOR_MAX; i++)
        heard_floor_raise(&floor, (uint16_t)(1000 + i));
    assert_false(heard_floor_raise(&floor, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(details_are_canonical_and_read_back),
        cmocka_unit_test(wrong_fields_are_named),
        cmocka_unit_test(verbs_have_names),
        cmocka_unit_test(kinds_have_the_phases_of_the_domain),
        cmocka_unit_test(private_rooms_are_never_recorded),
        cmocka_unit_test(hands_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
