/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/document_rows.h"

static const char *hearing, *seat, *person;

static void hearing_is_there(HeardStore *store)
{
    hearing = make_hearing(store, "HS1", NULL, make_unit(store, "460100-0001", NULL), 100);
    seat = make_seat(store, hearing, NULL, 1);
    person = make_participant(store, seat, hearing, "hash");
}

/* Numbers it as the API does. */
static HeardDocumentRow made(HeardStore *store, const char *kind, const char *participant,
                             const char *language, bool is_finished)
{
    static char number[32];
    HeardDocumentRow row = {.id = fixture_id(),
                            .hearing_id = hearing,
                            .kind = kind,
                            .participant_id = participant,
                            .language = language,
                            .document_no = number,
                            .template_sha256 = "t",
                            .state = "making",
                            .made_by_id = "a",
                            .made_by = "周敏",
                            .created_ms = 5,
                            .pdf_sha256 = "p",
                            .pdf_size = 10,
                            .html_sha256 = "h",
                            .html_size = 11,
                            .json_sha256 = "j",
                            .json_size = 12};
    GError *error = NULL;

    assert_ok(heard_document_rows_next(store, &row, &row.number, &row.version, &error), error);
    g_snprintf(number, sizeof number, "HS1-D%02d-%d", (int)row.number, (int)row.version);
    assert_ok(heard_document_rows_insert(store, &row, &error), error);
    if (is_finished)
        assert_ok(heard_document_rows_made(store, &row, &error), error);
    return row;
}

static void versions_run_within_a_number(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    HeardDocumentRow row;

    hearing_is_there(store);
    row = made(store, "hearing_minutes", NULL, "zh", true);
    assert_int_equal(row.number * 100 + row.version, 101);
    row = made(store, "hearing_minutes", NULL, "zh", false); /* a crash came between */
    assert_int_equal(row.number * 100 + row.version, 102);
    row = made(store, "hearing_minutes", NULL, "zh", true);
    assert_int_equal(row.number * 100 + row.version, 103);
    row = made(store, "hearing_minutes", NULL, "en", true);
    assert_int_equal(row.number * 100 + row.version, 201);
    row = made(store, "hearing_notice", person, "zh", true);
    assert_int_equal(row.number * 100 + row.version, 301);
    row = made(store, "hearing_notice", NULL, "zh", true);
    assert_int_equal(row.number * 100 + row.version, 401);
    rows = heard_document_rows_list(store, hearing, &error);
    assert_int_equal(rows->len, 5);
}

static void what_was_made_stays(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardDocumentRow row;
    g_autofree HeardDocumentRow *got = NULL;

    hearing_is_there(store);
    row = made(store, "hearing_minutes", NULL, "zh", false);
    assert_null(heard_document_rows_get(store, row.id, &error));
    assert_error(error, HEARD_ERROR_NOT_FOUND);
    assert_ok(heard_document_rows_made(store, &row, &error), error);
    got = heard_document_rows_get(store, row.id, &error);
    assert_string_equal(got->pdf_sha256, "p");
    assert_int_equal(got->json_size, 12);
    assert_null(got->participant_id);
    assert_false(heard_document_rows_made(store, &row, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_false(heard_store_exec(store, "UPDATE document SET pdf_sha256 = 'x'", &error));
    g_clear_error(&error);
    assert_false(heard_store_exec(store, "DELETE FROM document", &error));
    g_clear_error(&error);
}

static const HeardSendingRow *only_sending(GPtrArray *rows)
{
    assert_int_equal(rows->len, 1);
    return g_ptr_array_index(rows, 0);
}

static void the_first_time_counts(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardDocumentRow document;
    HeardSendingRow sending = {.id = fixture_id(),
                               .name = "王秀英",
                               .role = "petitioner",
                               .channel = "web",
                               .sent_by_id = "a",
                               .sent_ms = 10};
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GPtrArray) after = NULL;

    hearing_is_there(store);
    document = made(store, "hearing_notice", person, "zh", true);
    sending.document_id = document.id;
    sending.hearing_id = hearing;
    sending.participant_id = person;
    assert_ok(heard_sending_rows_insert(store, &sending, &error), error);
    sending.id = fixture_id();
    assert_false(heard_sending_rows_insert(store, &sending, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_ok(heard_sending_rows_delivered(store, person, 20, &error), error);
    assert_ok(heard_sending_rows_delivered(store, person, 30, &error), error);
    rows = heard_sending_rows_list(store, hearing, &error);
    assert_int_equal(only_sending(rows)->delivered_ms, 20);
    assert_int_equal(only_sending(rows)->read_ms, 0);
    assert_ok(heard_sending_rows_read(store, document.id, person, 40, &error), error);
    assert_ok(heard_sending_rows_confirmed(store, document.id, person, 50, &error), error);
    assert_ok(heard_sending_rows_confirmed(store, document.id, person, 60, &error), error);
    after = heard_sending_rows_list(store, hearing, &error);
    assert_int_equal(only_sending(after)->read_ms, 40);
    assert_int_equal(only_sending(after)->confirmed_ms, 50);
    assert_false(heard_sending_rows_confirmed(store, document.id, "nobody", 60, &error));
    assert_error(error, HEARD_ERROR_NOT_FOUND);
    assert_false(heard_store_exec(store, "UPDATE document_sending SET read_ms = 41", &error));
    g_clear_error(&error);
    assert_false(heard_store_exec(store, "DELETE FROM document_sending", &error));
    g_clear_error(&error);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(versions_run_within_a_number),
        with_store(what_was_made_stays),
        with_store(the_first_time_counts),
    };

    return cmocka_run_group_tests_name("store document rows", tests, NULL, NULL);
}
