/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/base/error.h"
#include "server/base/json.h"
#include "server/hearing/agenda.h"

#include <string.h>

static HeardProfile *parse(const json_t *object, GError **error)
{
    g_autofree char *text = heard_json_dump(object);

    return heard_profile_parse(text, strlen(text), error);
}

static json_t *built_in(HeardKind kind)
{
    return json_loads(heard_agenda_text(kind), 0, NULL);
}

static void the_built_in_ones_are_read_again(void **state)
{
    (void)state;

    for (unsigned kind = 0; kind < HEARD_KIND_COUNT; kind++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) object = built_in((HeardKind)kind);
        g_autoptr(HeardProfile) profile = parse(object, &error);

        assert_non_null(profile);
        assert_int_equal(profile->kind, kind);
        assert_int_equal(heard_agenda_profile((HeardKind)kind)->phase_count, profile->phase_count);
    }
}

static void an_office_may_have_its_own_way(void **state)
{
    g_autoptr(json_t) object = built_in(HEARD_KIND_JOINT_RECEPTION);
    json_t *phases = json_object_get(object, "phases");
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardProfile) profile = NULL;
    (void)state;

    json_array_insert_new(phases, 2,
                          json_pack("{s:s, s:b, s:i, s:{s:s, s:s}, s:[s]}", "code", "reading",
                                    "required", 0, "limit_minutes", 3, "title", "zh", "宣读纪律",
                                    "en", "Rules are read", "speak", "clerk"));
    profile = parse(object, &error);
    assert_non_null(profile);
    assert_int_equal(heard_profile_find_phase(profile, "reading"), 2);
    assert_string_equal(profile->phases[2].title_zh, "宣读纪律");
    assert_int_equal(profile->phases[2].limit_ms, 180000);
    assert_int_equal(profile->phases[2].speak, HEARD_ROLE_BIT(HEARD_ROLE_CLERK));
    assert_false(profile->phases[2].required);
    assert_int_equal(profile->opening, 1);
}

/* A change to a good profile, as JSON that is merged into it, and the word that tells of it. */
typedef struct {
    HeardKind kind;
    const char *change, *says;
} Wrong;

static const Wrong wrongs[] = {
    {HEARD_KIND_RECEPTION, "{\"kind\":\"banquet\"}", "kind:"},
    {HEARD_KIND_RECEPTION, "{\"petitoners_max\":3}", "petitoners_max: no such member"},
    {HEARD_KIND_RECEPTION, "{\"petitioners_max\":6}", "petitioners_max: is out of range"},
    {HEARD_KIND_RECEPTION, "{\"leader\":\"observer\"}", "leader: observer may not lead"},
    {HEARD_KIND_RECEPTION, "{\"leader\":\"mediator\"}", "leader: is missing in chair"},
    {HEARD_KIND_RECEPTION, "{\"chair\":[\"presiding\",\"petitioner\"]}",
     "chair: petitioner may never advance"},
    {HEARD_KIND_RECEPTION, "{\"desk\":[\"presiding\",\"department\"]}",
     "desk: department may never admit"},
    {HEARD_KIND_RECEPTION, "{\"seats\":[\"presiding\",\"petitioner\",\"sys_admin\"]}",
     "seats: sys_admin may never join"},
    {HEARD_KIND_RECEPTION, "{\"seats\":\"presiding\"}", "seats"},
    {HEARD_KIND_RECEPTION, "{\"required_side\":[]}", "required_side:"},
    {HEARD_KIND_RECEPTION, "{\"required_seats\":[\"witness\"]}", "required_seats"},
    {HEARD_KIND_RECEPTION, "{\"recorded\":\"sometimes\"}", "recorded: yes, no or by_choice"},
    {HEARD_KIND_RECEPTION, "{\"rooms\":[\"main\"]}", "rooms: caucus_a"},
    {HEARD_KIND_RECEPTION, "{\"rooms\":[\"deliberation\"]}", "rooms: a deliberation needs a phase"},
    {HEARD_KIND_PANEL_HEARING, "{\"rooms\":[]}", "phases[12].room:"},
    {HEARD_KIND_PANEL_HEARING, "{\"panel_min\":4}", "panel_min: 0, or an odd number"},
    {HEARD_KIND_PANEL_HEARING, "{\"panel_min\":1}", "panel_min: 0, or an odd number"},
    {HEARD_KIND_PANEL_HEARING, "{\"required_seats\":[\"presiding\",\"clerk\"]}",
     "panel_min: panelist"},
    {HEARD_KIND_PANEL_HEARING, "{\"rooms\":[\"deliberation\",\"lobby\"]}",
     "deliberation or witness"},
    {HEARD_KIND_PANEL_HEARING, "{\"ballot\":\"open\"}", "ballot: named, secret or either"},
    {HEARD_KIND_PANEL_HEARING, "{\"leader_votes\":\"no\"}", "leader_votes"},
    {HEARD_KIND_RECEPTION, "{\"ballot\":\"named\"}", "ballot: without a deliberation"},
    {HEARD_KIND_RECEPTION, "{\"outcome\":\"none\"}", "outcome"},
    {HEARD_KIND_APPRAISAL, "{\"ballot\":\"secret\"}", "ballot: without a deliberation"},
    {HEARD_KIND_TRAINING, "{\"required_side\":[\"petitioners\"]}", "required_seats"},
    {HEARD_KIND_RECEPTION, "{\"phases\":[]}", "phases: three at least"},
    {HEARD_KIND_RECEPTION, "{\"phases\":[1]}", "phases[0]: an object"},
};

static void what_is_wrong_is_named(void **state)
{
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(wrongs); i++) {
        g_autoptr(json_t) object = built_in(wrongs[i].kind);
        g_autoptr(json_t) change = json_loads(wrongs[i].change, 0, NULL);
        g_autoptr(HeardProfile) profile = NULL;
        g_autoptr(GError) error = NULL;

        assert_non_null(change);
        json_object_update(object, change);
        profile = parse(object, &error);
        if (profile || !strstr(error->message, wrongs[i].says))
            fail_msg("%s: %s", wrongs[i].change, error ? error->message : "is taken");
    }
}

/* The same in the second phase of a reception, which opens. */
static const Wrong phase_wrongs[] = {
    {HEARD_KIND_RECEPTION, "{\"code\":\"Opening\"}", "phases[1].code: a-z"},
    {HEARD_KIND_RECEPTION, "{\"code\":\"check_in\"}", "phases[1].code: check_in is there already"},
    {HEARD_KIND_RECEPTION, "{\"limit_minutes\":1441}", "phases[1].limit_minutes: is out of range"},
    {HEARD_KIND_RECEPTION, "{\"limit\":5}", "phases[1].limit: no such member"},
    {HEARD_KIND_RECEPTION, "{\"required\":\"yes\"}", "phases[1].required"},
    {HEARD_KIND_RECEPTION, "{\"opens\":false}", "phases: with which does it open?"},
    {HEARD_KIND_RECEPTION, "{\"speak\":[\"observer\"]}",
     "phases[1].speak: observer may never speak"},
    {HEARD_KIND_RECEPTION, "{\"share\":[\"interpreter\"]}",
     "phases[1].share: interpreter may never"},
    {HEARD_KIND_RECEPTION, "{\"speak\":[\"nobody\"]}", "phases[1].speak: names of roles"},
    {HEARD_KIND_RECEPTION, "{\"title\":{\"zh\":\"开场\"}}", "phases[1].title: {zh, en}"},
    {HEARD_KIND_RECEPTION, "{\"room\":\"deliberation\"}", "phases[1].room: deliberation, where"},
};

static void what_is_wrong_in_a_phase_is_named(void **state)
{
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(phase_wrongs); i++) {
        g_autoptr(json_t) object = built_in(phase_wrongs[i].kind);
        g_autoptr(json_t) change = json_loads(phase_wrongs[i].change, 0, NULL);
        g_autoptr(HeardProfile) profile = NULL;
        g_autoptr(GError) error = NULL;

        assert_non_null(change);
        json_object_update(json_array_get(json_object_get(object, "phases"), 1), change);
        profile = parse(object, &error);
        if (profile || !strstr(error->message, phase_wrongs[i].says))
            fail_msg("%s: %s", phase_wrongs[i].change, error ? error->message : "is taken");
    }
}

static void a_text_that_is_none_is_refused(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *long_text = g_strnfill(HEARD_PROFILE_BYTES_MAX + 1, ' ');
    (void)state;

    assert_null(heard_profile_parse("[]", 2, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_BAD_JSON);
    g_clear_error(&error);
    assert_null(heard_profile_parse("{\"kind\":", 8, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_BAD_JSON);
    g_clear_error(&error);
    assert_null(heard_profile_parse(long_text, strlen(long_text), &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_BAD_FIELD);
}

static void what_a_hearing_was_scheduled_with_is_kept(void **state)
{
    g_autoptr(GError) error = NULL;
    const char *text = heard_agenda_text(HEARD_KIND_MEDIATION);
    const HeardProfile *first = heard_agenda_keep(text, NULL);
    g_autofree char *copy = g_strdup(text);
    (void)state;

    assert_non_null(first);
    assert_ptr_equal(heard_agenda_keep(copy, NULL), first);
    assert_null(heard_agenda_keep("{}", &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_BAD_FIELD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_ones_are_read_again),
        cmocka_unit_test(an_office_may_have_its_own_way),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(what_is_wrong_in_a_phase_is_named),
        cmocka_unit_test(a_text_that_is_none_is_refused),
        cmocka_unit_test(what_a_hearing_was_scheduled_with_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
