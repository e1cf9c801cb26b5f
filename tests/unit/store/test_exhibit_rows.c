/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/base/error.h"
#include "server/store/exhibit_rows.h"

#include <string.h>

static const char *hearing;

static HeardExhibitRow row_of(const char *side, const char *uploader)
{
    return (HeardExhibitRow){.id = fixture_id(),
                             .hearing_id = hearing,
                             .side = side,
                             .title = "外墙照片",
                             .file_name = "IMG_1.jpg",
                             .media_type = "image/jpeg",
                             .size = 1000,
                             .sha256 = "ab",
                             .state = "uploaded",
                             .uploader_id = uploader,
                             .uploader = "张建国",
                             .created_ms = 7};
}

static void hearing_is_there(HeardStore *store)
{
    hearing = make_hearing(store, "HS1", NULL, make_unit(store, "460100-0001", NULL), 100);
}

static void numbers_run_by_side(void **state)
{
    static const char *const sides[] = {"petitioner", "respondent", "petitioner"};
    static const int64_t wanted[] = {1, 1, 2};
    HeardStore *store = *state;
    HeardExhibitSum sum = {0};
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = NULL;

    hearing_is_there(store);
    for (unsigned i = 0; i < G_N_ELEMENTS(sides); i++) {
        HeardExhibitRow row = row_of(sides[i], i == 1 ? "b" : "a");
        assert_ok(heard_exhibit_rows_insert(store, &row, &error), error);
    }
    rows = heard_exhibit_rows_list(store, hearing, &error);
    assert_int_equal(rows->len, 3);
    for (unsigned i = 0; i < G_N_ELEMENTS(sides); i++) {
        const HeardExhibitRow *row = g_ptr_array_index(rows, i);
        assert_string_equal(row->side, sides[i]);
        assert_int_equal(row->number, wanted[i]);
        assert_false(row->is_closed);
    }
    assert_ok(heard_exhibit_rows_sum(store, hearing, NULL, &sum, &error), error);
    assert_int_equal(sum.count, 3);
    assert_int_equal(sum.bytes, 3000);
    assert_ok(heard_exhibit_rows_sum(store, hearing, "a", &sum, &error), error);
    assert_int_equal(sum.count, 2);
    assert_ok(heard_exhibit_rows_sum(store, hearing, "nobody", &sum, &error), error);
    assert_int_equal(sum.bytes, 0);
}

static void a_state_changes_from_the_one_that_was_seen(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardExhibitRow row, after;
    g_autofree HeardExhibitRow *got = NULL;

    hearing_is_there(store);
    row = row_of("petitioner", "a");
    row.is_closed = true;
    assert_ok(heard_exhibit_rows_insert(store, &row, &error), error);
    after = row;
    after.state = "presented";
    after.offered_ms = after.presented_ms = 20;
    assert_ok(heard_exhibit_rows_change(store, &row, &after, &error), error);
    after.state = "withdrawn";
    assert_false(heard_exhibit_rows_change(store, &row, &after, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFLICT);
    g_clear_error(&error);
    got = heard_exhibit_rows_get(store, row.id, &error);
    assert_string_equal(got->state, "presented");
    assert_int_equal(got->presented_ms, 20);
    assert_true(got->is_closed);
    assert_null(got->ended_note);
    assert_null(heard_exhibit_rows_get(store, "nothing", &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_NOT_FOUND);
    g_clear_error(&error);
}

static void what_was_brought_stays(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardExhibitRow row;
    g_autofree char *remove = NULL;
    g_autofree char *forge = NULL;

    hearing_is_there(store);
    row = row_of("petitioner", "a");
    assert_ok(heard_exhibit_rows_insert(store, &row, &error), error);
    remove = g_strdup_printf("DELETE FROM exhibit WHERE id = '%s'", row.id);
    forge = g_strdup_printf("UPDATE exhibit SET sha256 = 'cd' WHERE id = '%s'", row.id);
    assert_false(heard_store_exec(store, remove, &error));
    g_clear_error(&error);
    assert_false(heard_store_exec(store, forge, &error));
    g_clear_error(&error);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(numbers_run_by_side),
        with_store(a_state_changes_from_the_one_that_was_seen),
        with_store(what_was_brought_stays),
    };

    return cmocka_run_group_tests_name("store exhibit rows", tests, NULL, NULL);
}
