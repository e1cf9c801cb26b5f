/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/minutes_rows.h"

typedef struct {
    const char *hearing, *other_hearing, *clerk, *speaker;
} Scene;

static Scene make_scene(HeardStore *store)
{
    const char *unit = make_unit(store, "460100-0001", NULL);
    const char *petition = make_case(store, "XF1", unit);
    Scene scene = {.hearing = make_hearing(store, "HSJ1", petition, unit, 100),
                   .other_hearing = make_hearing(store, "HSJ2", petition, unit, 200)};

    scene.clerk =
        make_participant(store, make_seat(store, scene.hearing, NULL, 1), scene.hearing, NULL);
    scene.speaker =
        make_participant(store, make_seat(store, scene.hearing, NULL, 2), scene.hearing, NULL);
    return scene;
}

static HeardMinutesLineRow *write_line(HeardStore *store, const Scene *scene, const char *hearing,
                                       const char *text)
{
    GError *error = NULL;
    HeardMinutesLineRow row = {.id = fixture_id(),
                               .hearing_id = hearing,
                               .at_ms = 1500,
                               .phase = "statement",
                               .speaker_id = scene->speaker,
                               .kind = "statement",
                               .text = text,
                               .author_id = scene->clerk,
                               .created_ms = 10};

    assert_ok(heard_store_begin(store, &error), error);
    assert_ok(heard_minutes_rows_add(store, &row, &error), error);
    assert_ok(heard_store_commit(store, &error), error);
    return heard_minutes_rows_get_line(store, row.id, &error);
}

static unsigned count_of(HeardStore *store, const char *hearing, bool with_removed)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = heard_minutes_rows_list(store, hearing, with_removed, NULL, &error);

    assert_no_error(error);
    return rows->len;
}

static void lines_are_numbered_in_each_hearing(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    g_autofree HeardMinutesRow *none = heard_minutes_rows_get(store, scene.hearing, &error);
    g_autofree HeardMinutesLineRow *one = write_line(store, &scene, scene.hearing, "一");
    g_autofree HeardMinutesLineRow *two = write_line(store, &scene, scene.hearing, "二");
    g_autofree HeardMinutesLineRow *other = write_line(store, &scene, scene.other_hearing, "甲");
    g_autofree HeardMinutesRow *minutes = heard_minutes_rows_get(store, scene.hearing, &error);

    assert_null(none);
    assert_no_error(error);
    assert_int_equal(one->seq, 1);
    assert_int_equal(two->seq, 2);
    assert_int_equal(other->seq, 1);
    assert_int_equal(one->version, 1);
    assert_int_equal(one->changed_ms, 10);
    assert_string_equal(minutes->state, "drafting");
    assert_int_equal(minutes->line_count, 2);
    assert_int_equal(count_of(store, scene.hearing, false), 2);
}

static void a_change_keeps_what_it_said_before(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    g_autofree HeardMinutesLineRow *before = write_line(store, &scene, scene.hearing, "屋顶漏雨");
    g_autofree HeardMinutesLineRow *now = NULL;
    g_autoptr(GPtrArray) versions = NULL;
    const HeardMinutesVersionRow *first;
    HeardMinutesLineRow after = *before;

    after.text = "屋顶漏雨三年";
    after.speaker_id = NULL;
    after.changed_ms = 20;
    assert_ok(heard_minutes_rows_change(store, before, &after, &error), error);
    now = heard_minutes_rows_get_line(store, before->id, &error);
    assert_string_equal(now->text, "屋顶漏雨三年");
    assert_null(now->speaker_id);
    assert_int_equal(now->version, 2);
    assert_int_equal(now->created_ms, 10);
    assert_int_equal(now->changed_ms, 20);
    versions = heard_minutes_rows_list_versions(store, before->id, NULL, &error);
    assert_int_equal(versions->len, 1);
    first = g_ptr_array_index(versions, 0);
    assert_string_equal(first->text, "屋顶漏雨");
    assert_string_equal(first->speaker_id, scene.speaker);
    assert_int_equal(first->version, 1);
    assert_int_equal(first->changed_ms, 10);
}

static void of_two_changes_of_one_version_the_second_is_told(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    g_autofree HeardMinutesLineRow *before = write_line(store, &scene, scene.hearing, "一");
    g_autofree HeardMinutesLineRow *now = NULL;
    HeardMinutesLineRow after = *before;

    after.text = "二";
    after.changed_ms = 20;
    assert_ok(heard_minutes_rows_change(store, before, &after, &error), error);
    after.text = "三";
    assert_false(heard_minutes_rows_change(store, before, &after, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    now = heard_minutes_rows_get_line(store, before->id, &error);
    assert_string_equal(now->text, "二");
    assert_int_equal(now->version, 2);
}

static void a_line_is_taken_out_not_deleted(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    g_autofree HeardMinutesLineRow *before = write_line(store, &scene, scene.hearing, "误记");
    g_autofree HeardMinutesLineRow *out = NULL;
    HeardMinutesLineRow after = *before;

    after.removed_ms = 30;
    after.changed_ms = 30;
    assert_ok(heard_minutes_rows_change(store, before, &after, &error), error);
    assert_int_equal(count_of(store, scene.hearing, false), 0);
    assert_int_equal(count_of(store, scene.hearing, true), 1);
    out = heard_minutes_rows_get_line(store, before->id, &error);
    after = *out;
    after.removed_ms = 0;
    after.changed_ms = 40;
    assert_ok(heard_minutes_rows_change(store, out, &after, &error), error);
    assert_int_equal(count_of(store, scene.hearing, false), 1);
    /* Nor by hand, and not without its earlier words. */
    assert_false(heard_store_exec(store, "DELETE FROM minutes_line", NULL));
    assert_false(heard_store_exec(store, "UPDATE minutes_line SET text = ''", NULL));
    assert_false(
        heard_store_exec(store, "UPDATE minutes_line SET text = '', version = version + 1", NULL));
    assert_false(heard_store_exec(store, "DELETE FROM minutes_version", NULL));
    assert_false(heard_store_exec(store, "UPDATE minutes_version SET text = ''", NULL));
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(lines_are_numbered_in_each_hearing),
        with_store(a_change_keeps_what_it_said_before),
        with_store(of_two_changes_of_one_version_the_second_is_told),
        with_store(a_line_is_taken_out_not_deleted),
    };

    return cmocka_run_group_tests_name("store minutes", tests, NULL, NULL);
}
