/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/recording_note_rows.h"

typedef struct {
    const char *recording, *writer, *other;
} Scene;

static Scene make_scene(HeardStore *store)
{
    const char *unit = make_unit(store, "460100-0001", NULL);
    const char *petition = make_case(store, "XF1", unit);
    const char *hearing = make_hearing(store, "HSJ1", petition, unit, 100);
    Scene scene = {make_recording(store, hearing, petition, "sealed"),
                   make_account(store, "writer", unit), make_account(store, "other", unit)};

    return scene;
}

static const char *write_note(HeardStore *store, const Scene *scene, const char *account,
                              const char *visibility, const char *text)
{
    GError *error = NULL;
    HeardRecordingNoteRow row = {.id = fixture_id(),
                                 .recording_id = scene->recording,
                                 .account_id = account,
                                 .author = "周正平",
                                 .kind = "note",
                                 .visibility = visibility,
                                 .at_ms = 1500,
                                 .text = text,
                                 .created_ms = 10};

    assert_ok(heard_recording_note_rows_insert(store, &row, &error), error);
    return row.id;
}

static unsigned seen_by(HeardStore *store, const Scene *scene, const char *account)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) rows =
        heard_recording_note_rows_list(store, scene->recording, account, NULL, &error);

    assert_no_error(error);
    return rows->len;
}

static void a_private_note_is_its_authors_alone(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    int64_t count = 0;

    write_note(store, &scene, scene.writer, "private", "我的");
    write_note(store, &scene, scene.writer, "file", "入卷");
    assert_int_equal(seen_by(store, &scene, scene.writer), 2);
    assert_int_equal(seen_by(store, &scene, scene.other), 1);
    assert_ok(heard_recording_note_rows_count(store, scene.recording, scene.writer, &count, &error),
              error);
    assert_int_equal(count, 2);
}

static void change(HeardStore *store, const char *id, const char *text, int64_t wall_ms)
{
    GError *error = NULL;
    g_autofree HeardRecordingNoteRow *before = heard_recording_note_rows_get(store, id, &error);
    HeardRecordingNoteRow after;

    assert_no_error(error);
    after = *before;
    after.text = text;
    after.to_ms = 9000;
    after.edited_ms = wall_ms;
    assert_ok(heard_recording_note_rows_edit(store, before, &after, &error), error);
}

static void an_edit_for_the_file_keeps_the_words_before(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *open = write_note(store, &scene, scene.writer, "file", "一");
    const char *closed = write_note(store, &scene, scene.writer, "private", "甲");
    g_autoptr(GPtrArray) edits = NULL;
    g_autoptr(GPtrArray) none = NULL;
    g_autofree HeardRecordingNoteRow *now = NULL;
    const HeardRecordingNoteEditRow *first;

    change(store, open, "二", 20);
    change(store, open, "三", 30);
    change(store, closed, "乙", 20);
    now = heard_recording_note_rows_get(store, open, &error);
    assert_string_equal(now->text, "三");
    assert_int_equal(now->edit_count, 2);
    assert_int_equal(now->edited_ms, 30);
    assert_int_equal(now->to_ms, 9000);
    edits = heard_recording_note_rows_list_edits(store, open, NULL, &error);
    assert_int_equal(edits->len, 2);
    first = g_ptr_array_index(edits, 0);
    assert_string_equal(first->text, "一");
    assert_int_equal(first->to_ms, 0);
    assert_int_equal(first->edited_ms, 20);
    none = heard_recording_note_rows_list_edits(store, closed, NULL, &error);
    assert_int_equal(none->len, 0);
}

static int64_t count_rows(HeardStore *store, const char *sql)
{
    GError *error = NULL;
    int64_t count = -1;

    assert_ok(heard_row_number(store, sql, NULL, 0, &count, &error), error);
    return count;
}

static void what_was_for_the_file_is_only_taken_out(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *ids[] = {write_note(store, &scene, scene.writer, "file", "入卷"),
                         write_note(store, &scene, scene.writer, "private", "我的")};

    change(store, ids[0], "入卷二", 20);
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree HeardRecordingNoteRow *row = heard_recording_note_rows_get(store, ids[i], NULL);
        assert_ok(heard_recording_note_rows_take_out(store, row, 77, &error), error);
        assert_null(heard_recording_note_rows_get(store, ids[i], &error));
        assert_error(error, HEARD_ERROR_NOT_FOUND);
        assert_false(heard_recording_note_rows_take_out(store, row, 78, &error));
        assert_error(error, HEARD_ERROR_NOT_FOUND);
    }
    assert_int_equal(seen_by(store, &scene, scene.writer), 0);
    assert_int_equal(count_rows(store, "SELECT count(*) FROM recording_note"), 1);
    assert_int_equal(count_rows(store, "SELECT deleted_ms FROM recording_note"), 77);
    /* Nor by hand. */
    assert_false(heard_store_exec(store, "DELETE FROM recording_note", NULL));
    assert_false(heard_store_exec(store, "UPDATE recording_note SET visibility = 'private'", NULL));
    assert_false(heard_store_exec(store, "DELETE FROM recording_note_edit", NULL));
    assert_false(heard_store_exec(store, "UPDATE recording_note_edit SET text = ''", NULL));
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(a_private_note_is_its_authors_alone),
        with_store(an_edit_for_the_file_keeps_the_words_before),
        with_store(what_was_for_the_file_is_only_taken_out),
    };

    return cmocka_run_group_tests_name("store recording notes", tests, NULL, NULL);
}
