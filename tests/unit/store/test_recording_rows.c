/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/recording_rows.h"

typedef struct {
    const char *unit, *petition, *hearing;
} Scene;

static Scene make_scene(HeardStore *store)
{
    Scene scene;

    scene.unit = make_unit(store, "460100-0001", NULL);
    scene.petition = make_case(store, "XF1", scene.unit);
    scene.hearing = make_hearing(store, "HSJ1", scene.petition, scene.unit, 100);
    return scene;
}

static void numbers_recordings_within_their_hearing(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *first = make_recording(store, scene.hearing, scene.petition, "sealed");
    const char *second = make_recording(store, scene.hearing, scene.petition, "recording");
    g_autofree HeardRecordingRow *row = heard_recording_rows_get(store, second, &error);
    g_autofree HeardRecordingRow *by_directory =
        heard_recording_rows_get_by_directory(store, "recordings/HSJ1-R01", &error);
    g_autoptr(GPtrArray) of_case = NULL;
    g_autoptr(GPtrArray) of_hearing = NULL;
    g_autoptr(GPtrArray) unsealed = NULL;

    assert_string_equal(row->recording_no, "HSJ1-R02");
    assert_string_equal(by_directory->id, first);
    of_case = heard_recording_rows_list_of_case(store, scene.petition, NULL, &error);
    of_hearing = heard_recording_rows_list_of_hearing(store, scene.hearing, NULL, &error);
    unsealed = heard_recording_rows_list_unsealed(store, NULL, &error);
    assert_int_equal(of_case->len, 2);
    assert_int_equal(of_hearing->len, 2);
    assert_int_equal(unsealed->len, 1);
    assert_string_equal(((HeardRecordingRow *)unsealed->pdata[0])->id, second);
    assert_null(heard_recording_rows_next_no(store, "nowhere", &error));
    assert_error(error, HEARD_ERROR_UNKNOWN_HEARING);
}

/* Of a hearing that never opened: kept, numbered, in no list. */
static void what_was_never_used_is_in_no_list(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    Scene scene = make_scene(store);
    const char *used = make_recording(store, scene.hearing, scene.petition, "sealed");
    const char *unused = make_recording(store, scene.hearing, scene.petition, "armed");
    g_autoptr(GPtrArray) of_case = NULL;
    g_autoptr(GPtrArray) of_hearing = NULL;
    g_autoptr(GPtrArray) kept = NULL;
    g_autofree HeardRecordingRow *row = NULL;

    assert_ok(heard_recording_rows_set_state(store, unused, "unused", &error), error);
    of_case = heard_recording_rows_list_of_case(store, scene.petition, NULL, &error);
    of_hearing = heard_recording_rows_list_of_hearing(store, scene.hearing, NULL, &error);
    kept = heard_recording_rows_list_kept(store, NULL, &error);
    assert_int_equal(of_case->len, 1);
    assert_int_equal(of_hearing->len, 1);
    assert_int_equal(kept->len, 1);
    assert_string_equal(((HeardRecordingRow *)of_case->pdata[0])->id, used);
    row = heard_recording_rows_get(store, unused, &error);
    assert_string_equal(row->state, "unused");
}

static void tells_what_is_durable_and_derived(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *id = make_recording(store, scene.hearing, scene.petition, "recording");
    g_autofree HeardRecordingRow *row = NULL;

    assert_true(
        heard_recording_rows_set_durable(store, id, INT64_C(5000000000), 61000, "ab", &error));
    assert_true(heard_recording_rows_set_stopped(store, id, 777, &error));
    assert_true(heard_recording_rows_set_state(store, id, "sealed", &error));
    assert_true(heard_recording_rows_set_derive(store, id, "failed", 420, "no codec", &error));
    row = heard_recording_rows_get(store, id, &error);
    assert_true(row->durable_bytes == INT64_C(5000000000));
    assert_int_equal(row->duration_ms, 61000);
    assert_string_equal(row->chain_head, "ab");
    assert_int_equal(row->stopped_ms, 777);
    assert_string_equal(row->state, "sealed");
    assert_string_equal(row->derive_state, "failed");
    assert_int_equal(row->derive_permille, 420);
    assert_string_equal(row->derive_error, "no codec");
    assert_false(row->hold);
    assert_false(heard_recording_rows_set_state(store, "nowhere", "sealed", &error));
    assert_error(error, HEARD_ERROR_NOT_FOUND);
}

static unsigned count_underived(HeardStore *store)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = heard_recording_rows_list_underived(store, NULL, &error);

    assert_no_error(error);
    return rows->len;
}

static void lists_what_is_still_to_derive(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *id = make_recording(store, scene.hearing, scene.petition, "recording");

    assert_int_equal(count_underived(store), 0); /* not sealed yet */
    assert_true(heard_recording_rows_set_state(store, id, "sealed", &error));
    assert_int_equal(count_underived(store), 1);
    assert_true(heard_recording_rows_set_derive(store, id, "running", 500, NULL, &error));
    assert_int_equal(count_underived(store), 1);
    assert_true(heard_recording_rows_set_derive(store, id, "ready", 1000, NULL, &error));
    assert_int_equal(count_underived(store), 0);
    assert_true(heard_recording_rows_set_derive(store, id, "failed", 0, "x", &error));
    assert_int_equal(count_underived(store), 0);
}

static HeardRecordingFileRow file_of(const char *recording, const char *name, const char *sha256)
{
    return (HeardRecordingFileRow){.id = fixture_id(),
                                   .recording_id = recording,
                                   .kind = "take",
                                   .participant_id = "p",
                                   .source = "camera",
                                   .name = name,
                                   .media_type = "video/webm",
                                   .size_bytes = 9,
                                   .sha256 = sha256,
                                   .start_ms = 0,
                                   .duration_ms = 5,
                                   .width = 640,
                                   .height = 360,
                                   .created_ms = 1};
}

static void a_repeated_derivation_replaces_its_file(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *id = make_recording(store, scene.hearing, scene.petition, "sealed");
    HeardRecordingFileRow one = file_of(id, "take-1.webm", "aa");
    HeardRecordingFileRow again = file_of(id, "take-1.webm", "bb");
    HeardRecordingFileRow two = file_of(id, "take-2.webm", "cc");
    HeardRecordingFileRow outside = file_of(id, "../key", "dd");
    g_autofree HeardRecordingFileRow *got = NULL;
    g_autoptr(GPtrArray) rows = NULL;

    assert_ok(heard_recording_file_rows_put(store, &one, &error), error);
    assert_ok(heard_recording_file_rows_put(store, &two, &error), error);
    assert_ok(heard_recording_file_rows_put(store, &again, &error), error);
    rows = heard_recording_file_rows_list(store, id, NULL, &error);
    assert_int_equal(rows->len, 2);
    got = heard_recording_file_rows_get_by_name(store, id, "take-1.webm", &error);
    assert_string_equal(got->id, one.id); /* links to it stay good */
    assert_string_equal(got->sha256, "bb");
    assert_int_equal(got->width, 640);
    assert_int_equal(got->start_ms, 0);
    assert_false(heard_recording_file_rows_put(store, &outside, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
}

static unsigned found(HeardStore *store, HeardRecordingFilter want, const char *term)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = NULL;

    want.terms[0] = term;
    rows = heard_recording_rows_find(store, &want, NULL, &error);
    assert_no_error(error);
    return rows->len;
}

static void finds_by_words_of_numbers_and_titles(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    const char *beside = make_unit(store, "460200-0001", NULL);
    const char *clerk = make_account(store, "clerk1", beside);
    const char *other = make_hearing(store, "HSJ_9", NULL, beside, 100);
    HeardRecordingFilter unit = {
        .account_id = clerk, .is_wide = true, .unit_path = "/460100-0001/"};
    HeardRecordingFilter seat = {.account_id = clerk};

    make_recording(store, scene.hearing, scene.petition, "sealed");
    make_recording(store, scene.hearing, scene.petition, "unused");
    make_recording(store, other, NULL, "sealed");
    assert_int_equal(found(store, unit, NULL), 1);
    assert_int_equal(found(store, unit, "墙漏"), 1); /* of the case */
    assert_int_equal(found(store, unit, "接访"), 1); /* of the hearing */
    assert_int_equal(found(store, unit, "访接"), 0);
    assert_int_equal(found(store, unit, "R01"), 1);
    assert_int_equal(found(store, unit, "%"), 0); /* no wild cards */
    assert_int_equal(found(store, unit, "_"), 0);
    assert_int_equal(found(store, seat, NULL), 0);
    make_seat(store, other, clerk, 1);
    assert_int_equal(found(store, seat, NULL), 1);
    assert_int_equal(found(store, seat, "HSJ_9"), 1);
    assert_int_equal(found(store, seat, "HSJ\\9"), 0);
    assert_int_equal(found(store, unit, NULL), 2); /* of the unit, and the own seat's */
    seat.from_ms = 1;
    assert_int_equal(found(store, seat, NULL), 0); /* it never began */
}

static void every_view_stays(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    const char *id = make_recording(store, scene.hearing, scene.petition, "sealed");
    HeardRecordingViewRow view = {.id = fixture_id(),
                                  .recording_id = id,
                                  .account_id = make_account(store, "m", scene.unit),
                                  .at_ms = 5,
                                  .reason = "调解准备"};
    g_autoptr(GPtrArray) rows = NULL;
    bool stands = false;

    assert_ok(heard_recording_view_rows_insert(store, &view, &error), error);
    rows = heard_recording_view_rows_list(store, id, NULL, &error);
    assert_string_equal(((HeardRecordingViewRow *)rows->pdata[0])->reason, "调解准备");
    assert_true(heard_recording_view_rows_stands(store, id, view.account_id, 5, &stands, &error));
    assert_true(stands);
    assert_true(heard_recording_view_rows_stands(store, id, view.account_id, 6, &stands, &error));
    assert_false(stands);
    assert_true(heard_recording_view_rows_stands(store, id, "other", 0, &stands, &error));
    assert_false(stands);
    assert_false(heard_store_exec(store, "DELETE FROM recording_view", NULL));
    assert_false(heard_store_exec(store, "UPDATE recording_view SET reason = ''", NULL));
    view.id = fixture_id();
    view.account_id = NULL;
    assert_false(heard_recording_view_rows_insert(store, &view, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(numbers_recordings_within_their_hearing),
        with_store(what_was_never_used_is_in_no_list),
        with_store(tells_what_is_durable_and_derived),
        with_store(a_repeated_derivation_replaces_its_file),
        with_store(lists_what_is_still_to_derive),
        with_store(finds_by_words_of_numbers_and_titles),
        with_store(every_view_stays),
    };

    return cmocka_run_group_tests_name("store recording rows", tests, NULL, NULL);
}
