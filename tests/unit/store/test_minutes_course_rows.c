/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/hearing_rows.h"
#include "server/store/minutes_course_rows.h"

typedef struct {
    const char *hearing, *clerk, *reader;
    HeardMinutesLineRow *line;
} Scene;

static Scene make_scene(HeardStore *store)
{
    GError *error = NULL;
    const char *unit = make_unit(store, "460100-0001", NULL);
    Scene scene = {.hearing =
                       make_hearing(store, "HSJ1", make_case(store, "XF1", unit), unit, 100)};
    HeardMinutesLineRow row = {.id = fixture_id(),
                               .hearing_id = scene.hearing,
                               .at_ms = 1500,
                               .phase = "statement",
                               .kind = "statement",
                               .text = "漏水三年",
                               .created_ms = 10};

    scene.clerk =
        make_participant(store, make_seat(store, scene.hearing, NULL, 1), scene.hearing, NULL);
    scene.reader =
        make_participant(store, make_seat(store, scene.hearing, NULL, 2), scene.hearing, NULL);
    row.author_id = scene.clerk;
    assert_ok(heard_store_begin(store, &error), error);
    assert_ok(heard_minutes_rows_add(store, &row, &error), error);
    assert_ok(heard_store_commit(store, &error), error);
    scene.line = heard_minutes_rows_get_line(store, row.id, &error);
    return scene;
}

static void move(HeardStore *store, const Scene *scene, const char *from, const char *to)
{
    GError *error = NULL;

    assert_ok(heard_minutes_rows_move(store, scene->hearing, from, to, 50, &error), error);
}

static void goes_from_draft_to_seal_and_no_further(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    g_autofree HeardMinutesRow *minutes = NULL;

    move(store, &scene, "drafting", "circulated");
    assert_false(
        heard_minutes_rows_move(store, scene.hearing, "drafting", "circulated", 51, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    move(store, &scene, "circulated", "signing");
    assert_false(heard_minutes_rows_seal(store, scene.hearing, "ab", 60, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    move(store, &scene, "signing", "signed_with_refusal");
    assert_ok(heard_minutes_rows_seal(store, scene.hearing, "ab", 60, &error), error);
    assert_false(heard_minutes_rows_move(store, scene.hearing, "sealed", "drafting", 61, &error));
    g_clear_error(&error);
    minutes = heard_minutes_rows_get(store, scene.hearing, &error);
    assert_string_equal(minutes->state, "sealed");
    assert_string_equal(minutes->sha256, "ab");
    assert_int_equal(minutes->circulated_ms, 50);
    assert_int_equal(minutes->sealed_ms, 60);
    g_free(scene.line);
}

static bool change_line(HeardStore *store, const Scene *scene)
{
    g_autofree HeardMinutesLineRow *before =
        heard_minutes_rows_get_line(store, scene->line->id, NULL);
    HeardMinutesLineRow after = *before;
    GError *error = NULL;
    bool changed;

    after.text = "漏水四年";
    after.changed_ms = 70;
    changed = heard_minutes_rows_change(store, before, &after, &error);
    g_clear_error(&error);
    return changed;
}

static bool add_line(HeardStore *store, const Scene *scene)
{
    GError *error = NULL;
    HeardMinutesLineRow row = *scene->line;
    bool added;

    row.id = fixture_id();
    added = heard_minutes_rows_add(store, &row, &error);
    g_clear_error(&error);
    return added;
}

/* Not by a statement of ours either: the text that is being signed is the text that stands. */
static void no_line_changes_while_it_is_signed(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);

    move(store, &scene, "drafting", "circulated");
    assert_true(change_line(store, &scene));
    move(store, &scene, "circulated", "signing");
    assert_false(change_line(store, &scene));
    assert_false(add_line(store, &scene));
    g_free(scene.line);
}

static void a_correction_is_decided_once_and_keeps_its_words(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    HeardMinutesCorrectionRow row = {.id = fixture_id(),
                                     .hearing_id = scene.hearing,
                                     .line_id = scene.line->id,
                                     .line_version = 1,
                                     .text = "漏水四年",
                                     .reason = "说错了",
                                     .proposer_id = scene.reader,
                                     .state = "proposed",
                                     .created_ms = 20};
    g_autofree HeardMinutesCorrectionRow *got = NULL;
    g_autofree char *forge =
        g_strdup_printf("UPDATE minutes_correction SET text = 'x' WHERE id = '%s'", row.id);

    assert_ok(heard_minutes_correction_rows_insert(store, &row, &error), error);
    assert_false(heard_store_exec(store, forge, &error));
    g_clear_error(&error);
    assert_ok(heard_minutes_correction_rows_decide(store, row.id, "declined", scene.clerk,
                                                   "录音如此", 30, &error),
              error);
    assert_false(heard_minutes_correction_rows_decide(store, row.id, "accepted", scene.clerk, NULL,
                                                      31, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    got = heard_minutes_correction_rows_get(store, row.id, &error);
    assert_string_equal(got->state, "declined");
    assert_string_equal(got->decided_reason, "录音如此");
    g_free(scene.line);
}

static void the_first_reading_and_each_addendum_stay(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    HeardMinutesReadingRow reading = {fixture_id(), scene.hearing, scene.reader, 20};
    HeardMinutesAddendumRow addendum = {fixture_id(), scene.hearing, "补记",
                                        scene.clerk,  "赵敏",        90};
    g_autofree char *remove =
        g_strdup_printf("DELETE FROM minutes_addendum WHERE id = '%s'", addendum.id);
    g_autoptr(GPtrArray) rows = NULL;

    assert_ok(heard_minutes_reading_rows_add(store, &reading, &error), error);
    reading.id = fixture_id();
    reading.at_ms = 30;
    assert_ok(heard_minutes_reading_rows_add(store, &reading, &error), error);
    rows = heard_minutes_reading_rows_list(store, scene.hearing, &error);
    assert_int_equal(rows->len, 1);
    assert_int_equal(((HeardMinutesReadingRow *)g_ptr_array_index(rows, 0))->at_ms, 20);
    assert_ok(heard_minutes_addendum_rows_insert(store, &addendum, &error), error);
    assert_false(heard_store_exec(store, remove, &error));
    g_clear_error(&error);
    g_free(scene.line);
}

/* domain.md 3.7: "sealed needs … minutes signed or refusal noted". */
/* Sent round a second time: whoever reads then has read then. */
static void a_second_round_is_read_anew(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    HeardMinutesReadingRow reading = {fixture_id(), scene.hearing, scene.reader, 60};
    g_autofree HeardMinutesRow *minutes = NULL;
    g_autoptr(GPtrArray) rows = NULL;

    move(store, &scene, "drafting", "circulated");
    assert_ok(heard_minutes_reading_rows_add(store, &reading, &error), error);
    move(store, &scene, "circulated", "corrected");
    assert_ok(heard_minutes_rows_move(store, scene.hearing, "corrected", "circulated", 70, &error),
              error);
    minutes = heard_minutes_rows_get(store, scene.hearing, &error);
    assert_int_equal(minutes->circulated_ms, 70);
    reading.id = fixture_id();
    reading.at_ms = 80;
    assert_ok(heard_minutes_reading_rows_add(store, &reading, &error), error);
    rows = heard_minutes_reading_rows_list(store, scene.hearing, &error);
    assert_int_equal(rows->len, 1);
    assert_int_equal(((HeardMinutesReadingRow *)g_ptr_array_index(rows, 0))->at_ms, 80);
    g_free(scene.line);
}

static void a_hearing_is_sealed_with_its_minutes(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *other =
        make_hearing(store, "HSJ2", NULL, make_unit(store, "460100-0002", NULL), 200);

    assert_false(heard_hearing_rows_set_state(store, scene.hearing, "sealed", "closed", &error));
    assert_non_null(error);
    g_clear_error(&error);
    assert_ok(heard_hearing_rows_set_state(store, other, "sealed", "closed", &error), error);
    move(store, &scene, "drafting", "circulated");
    move(store, &scene, "circulated", "signing");
    move(store, &scene, "signing", "signed");
    assert_ok(heard_hearing_rows_set_state(store, scene.hearing, "sealed", "closed", &error),
              error);
    g_free(scene.line);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(goes_from_draft_to_seal_and_no_further),
        with_store(no_line_changes_while_it_is_signed),
        with_store(a_correction_is_decided_once_and_keeps_its_words),
        with_store(the_first_reading_and_each_addendum_stay),
        with_store(a_second_round_is_read_anew),
        with_store(a_hearing_is_sealed_with_its_minutes),
    };

    return cmocka_run_group_tests_name("store minutes course rows", tests, NULL, NULL);
}
