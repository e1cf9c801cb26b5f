/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/mediation_rows.h"

typedef struct {
    const char *hearing, *other_hearing, *mediator;
} Scene;

static Scene make_scene(HeardStore *store)
{
    const char *unit = make_unit(store, "460100-0001", NULL);
    const char *petition = make_case(store, "XF1", unit);
    Scene scene = {.hearing = make_hearing(store, "HSM1", petition, unit, 100),
                   .other_hearing = make_hearing(store, "HSM2", petition, unit, 200)};

    scene.mediator =
        make_participant(store, make_seat(store, scene.hearing, NULL, 1), scene.hearing, NULL);
    return scene;
}

static bool add(HeardStore *store, const Scene *scene, const char *hearing, int64_t seq,
                GError **error)
{
    HeardMediationEntryRow row = {.id = fixture_id(),
                                  .hearing_id = hearing,
                                  .seq = seq,
                                  .actor_id = scene->mediator,
                                  .role = "mediator",
                                  .side = "neutral",
                                  .act = "fact_add",
                                  .data = "{\"act\":\"fact_add\",\"text\":\"屋顶漏雨\"}",
                                  .at_ms = 1000 + seq};

    return heard_mediation_rows_add(store, &row, error);
}

static void entries_come_back_in_order_and_whole(void **state)
{
    enum { COUNT = HEARD_PAGE_MAX * 2 + 5 };
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = NULL;

    for (int64_t seq = 1; seq <= COUNT; seq++)
        assert_ok(add(store, &scene, scene.hearing, seq, &error), error);
    assert_ok(add(store, &scene, scene.other_hearing, 1, &error), error);
    rows = heard_mediation_rows_list(store, scene.hearing, &error);
    assert_no_error(error);
    assert_int_equal(rows->len, COUNT);
    for (guint i = 0; i < rows->len; i++) {
        const HeardMediationEntryRow *row = g_ptr_array_index(rows, i);

        assert_int_equal(row->seq, i + 1);
        assert_string_equal(row->data, "{\"act\":\"fact_add\",\"text\":\"屋顶漏雨\"}");
    }
}

static void of_two_with_one_number_the_second_is_told(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;

    assert_ok(add(store, &scene, scene.hearing, 1, &error), error);
    assert_false(add(store, &scene, scene.hearing, 1, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
}

static void nothing_is_changed_or_removed(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;

    assert_ok(add(store, &scene, scene.hearing, 1, &error), error);
    assert_false(heard_store_exec(store, "UPDATE mediation_entry SET data = '{}'", NULL));
    assert_false(heard_store_exec(store, "DELETE FROM mediation_entry", NULL));
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(entries_come_back_in_order_and_whole),
        with_store(of_two_with_one_number_the_second_is_told),
        with_store(nothing_is_changed_or_removed),
    };

    return cmocka_run_group_tests_name("store mediation", tests, NULL, NULL);
}
