/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/quality_rows.h"

static const char *hearing, *participant;

static HeardQualityRow row_at(int64_t at_ms, const char *level)
{
    return (HeardQualityRow){.id = fixture_id(),
                             .hearing_id = hearing,
                             .participant_id = participant,
                             .at_ms = at_ms,
                             .level = level,
                             .up_level = level,
                             .down_level = "good",
                             .up_loss_permille = 31,
                             .down_loss_permille = 2,
                             .rtt_ms = 48,
                             .up_bps = 900000,
                             .down_bps = 40000};
}

static void someone_is_there(HeardStore *store)
{
    const char *unit = make_unit(store, "460100-0001", NULL);

    hearing = make_hearing(store, "HS1", NULL, unit, 100);
    participant = make_participant(store, make_seat(store, hearing, NULL, 1), hearing, NULL);
}

static void keeps_changes_in_their_order(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GPtrArray) rest = NULL;
    const HeardQualityRow *got;
    HeardQualityRow lost, good, weak;
    bool kept = false;

    someone_is_there(store);
    good = row_at(10, "good");
    weak = row_at(20, "weak");
    lost = row_at(30, "lost");
    lost.rtt_ms = 0;
    assert_ok(heard_quality_rows_insert(store, &lost, &kept, &error), error);
    assert_ok(heard_quality_rows_insert(store, &good, &kept, &error), error);
    assert_ok(heard_quality_rows_insert(store, &weak, &kept, &error), error);
    assert_true(kept);
    rows = heard_quality_rows_list(store, hearing, &(HeardPage){.limit = 2}, &error);
    assert_int_equal(rows->len, 2);
    got = rows->pdata[1];
    assert_string_equal(got->level, "weak");
    assert_string_equal(got->up_level, "weak");
    assert_string_equal(got->participant_id, participant);
    assert_int_equal(got->up_loss_permille, 31);
    assert_int_equal(got->rtt_ms, 48);
    assert_int_equal(got->up_bps, 900000);
    rest =
        heard_quality_rows_list(store, hearing, &(HeardPage){.after = got->id, .limit = 2}, &error);
    assert_int_equal(rest->len, 1);
    got = rest->pdata[0];
    assert_string_equal(got->level, "lost");
    assert_int_equal(got->rtt_ms, 0);
}

static void a_hearing_has_a_most(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardQualityRow row;
    bool kept = false;

    someone_is_there(store);
    row = row_at(1, "weak");
    assert_ok(heard_quality_rows_insert(store, &row, &kept, &error), error);
    assert_ok(heard_row_run(store,
                            "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
                            " WHERE i < $1) INSERT INTO line_quality SELECT 'q' || i, hearing_id,"
                            " participant_id, i, level, up_level, down_level, up_loss_permille,"
                            " down_loss_permille, rtt_ms, up_bps, down_bps"
                            " FROM line_quality, n",
                            HEARD_VALUES(HEARD_INT(HEARD_QUALITY_ROWS_MAX - 1)), NULL, &error),
              error);
    row = row_at(HEARD_QUALITY_ROWS_MAX, "good");
    assert_ok(heard_quality_rows_insert(store, &row, &kept, &error), error);
    assert_true(kept); /* the last one that fits */
    row = row_at(HEARD_QUALITY_ROWS_MAX + 1, "lost");
    assert_ok(heard_quality_rows_insert(store, &row, &kept, &error), error);
    assert_false(kept);
}

static void a_row_needs_its_hearing_and_a_known_level(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    HeardQualityRow row;
    bool kept;

    someone_is_there(store);
    row = row_at(1, "splendid");
    assert_false(heard_quality_rows_insert(store, &row, &kept, &error));
    assert_error(error, HEARD_ERROR_STORAGE);
    row = row_at(1, "good");
    row.hearing_id = "nowhere";
    assert_false(heard_quality_rows_insert(store, &row, &kept, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(keeps_changes_in_their_order),
        with_store(a_hearing_has_a_most),
        with_store(a_row_needs_its_hearing_and_a_known_level),
    };

    return cmocka_run_group_tests_name("store quality rows", tests, NULL, NULL);
}
