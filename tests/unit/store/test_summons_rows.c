/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/summons_rows.h"

typedef struct {
    const char *unit, *other, *hearing, *participant;
} World;

static World world_of(HeardStore *store)
{
    World world = {.unit = make_unit(store, "460105-0003", NULL),
                   .other = make_unit(store, "460105-0004", NULL)};

    world.hearing = make_hearing(store, "HS1", NULL, world.other, 100);
    world.participant =
        make_participant(store, make_seat(store, world.hearing, NULL, 1), world.hearing, "h");
    return world;
}

static const char *call(HeardStore *store, const World *world, const char *unit, int64_t number)
{
    GError *error = NULL;
    HeardSummonsRow row = {.id = fixture_id(),
                           .hearing_id = world->hearing,
                           .number = number,
                           .unit_id = unit,
                           .unit_name = "县住建局",
                           .called_by_id = world->participant,
                           .called_by = "周正平",
                           .called_ms = 1000,
                           .due_ms = 2000,
                           .state = "ringing"};

    assert_ok(heard_summons_rows_insert(store, &row, &error), error);
    return row.id;
}

static void the_first_ring_look_and_answer_stay(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    World world = world_of(store);
    const char *id = call(store, &world, world.unit, 1);
    HeardSummonsRow end = {.hearing_id = world.hearing,
                           .number = 1,
                           .state = "accepted",
                           .ended_ms = 1500,
                           .answered_by_id = "a",
                           .answered_by = "陈建",
                           .participant_id = world.participant};
    g_autofree HeardSummonsRow *row = NULL;

    assert_ok(heard_summons_rows_rung(store, id, 1100, &error), error);
    assert_ok(heard_summons_rows_rung(store, id, 1200, &error), error);
    assert_ok(heard_summons_rows_seen(store, id, "a", 1300, &error), error);
    assert_ok(heard_summons_rows_seen(store, id, "b", 1400, &error), error);
    assert_ok(heard_summons_rows_end(store, &end, &error), error);
    end.state = "declined";
    assert_false(heard_summons_rows_end(store, &end, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    row = heard_summons_rows_get(store, id, &error);
    assert_non_null(row);
    assert_int_equal(row->rung_ms, 1100);
    assert_int_equal(row->seen_ms, 1300);
    assert_string_equal(row->seen_by_id, "a");
    assert_string_equal(row->state, "accepted");
    assert_string_equal(row->answered_by, "陈建");
    assert_string_equal(row->participant_id, world.participant);
}

static void a_screen_lists_what_rings_and_what_ended_lately(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    World world = world_of(store);
    HeardSummonsRow end = {.hearing_id = world.hearing, .state = "unanswered"};
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GPtrArray) all = NULL;

    for (int64_t number = 1; number <= 3; number++)
        call(store, &world, world.unit, number);
    call(store, &world, world.other, 4);
    end.number = 1;
    end.ended_ms = 5000; /* long ago */
    assert_ok(heard_summons_rows_end(store, &end, &error), error);
    end.number = 3;
    end.ended_ms = 9000;
    assert_ok(heard_summons_rows_end(store, &end, &error), error);
    rows = heard_summons_rows_list_of_unit(store, world.unit, 8000, &error);
    assert_int_equal(rows->len, 2);
    assert_int_equal(((HeardSummonsRow *)rows->pdata[0])->number, 2);
    assert_int_equal(((HeardSummonsRow *)rows->pdata[1])->number, 3);
    all = heard_summons_rows_list(store, world.hearing, &error);
    assert_int_equal(all->len, 4);
    assert_string_equal(((HeardSummonsRow *)all->pdata[3])->unit_id, world.other);
}

static void what_proves_it_is_not_rewritten(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    World world = world_of(store);
    const char *id = call(store, &world, world.unit, 1);

    assert_ok(heard_summons_rows_rung(store, id, 1100, &error), error);
    assert_false(heard_row_run(store, "UPDATE summons SET rung_ms = 1 WHERE id = $1",
                               HEARD_VALUES(HEARD_TEXT(id)), NULL, &error));
    g_clear_error(&error);
    assert_false(heard_row_run(store, "UPDATE summons SET due_ms = 1 WHERE id = $1",
                               HEARD_VALUES(HEARD_TEXT(id)), NULL, &error));
    g_clear_error(&error);
    assert_false(heard_row_run(store, "DELETE FROM summons WHERE id = $1",
                               HEARD_VALUES(HEARD_TEXT(id)), NULL, &error));
    g_clear_error(&error);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(the_first_ring_look_and_answer_stay),
        with_store(a_screen_lists_what_rings_and_what_ended_lately),
        with_store(what_proves_it_is_not_rewritten),
    };

    return cmocka_run_group_tests_name("store summons rows", tests, NULL, NULL);
}
