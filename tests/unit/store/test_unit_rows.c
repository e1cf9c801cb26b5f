/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/unit_rows.h"

static void builds_paths_and_walks_subtrees(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *city = make_unit(store, "460100-0001", NULL);
    const char *county = make_unit(store, "460105-0001", city);
    const char *street = make_unit(store, "460105001-0001", county);
    g_autofree HeardUnitRow *row = NULL;
    g_autoptr(GPtrArray) below = NULL;
    g_autoptr(GPtrArray) children = NULL;
    bool within = false;

    make_unit(store, "460105-00010", city); /* begins like county, is not below it */
    row = heard_unit_rows_get(store, county, &error);
    assert_string_equal(row->path, "/460100-0001/460105-0001/");
    below = heard_unit_rows_list_subtree(store, row->path, NULL, &error);
    assert_int_equal(below->len, 2);
    assert_string_equal(((HeardUnitRow *)below->pdata[1])->id, street);
    children = heard_unit_rows_list_children(store, city, NULL, &error);
    assert_int_equal(children->len, 2);
    assert_true(heard_unit_rows_is_within(store, street, row->path, &within, &error));
    assert_true(within);
    assert_true(heard_unit_rows_is_within(store, city, row->path, &within, &error));
    assert_false(within);
}

static void keeps_every_column(void **state)
{
    GError *error = NULL;
    const char *other = make_unit(*state, "460100-0009", NULL);
    HeardUnitRow row = {.id = fixture_id(),
                        .code = "460105-0001",
                        .name = "示范县住建局",
                        .short_name = "住建局",
                        .level = 4,
                        .kind = "government_dept",
                        .line_parent_id = other,
                        .region_code = "460105",
                        .status = "merged",
                        .valid_from_ms = 5,
                        .valid_to_ms = 6,
                        .successor_id = other,
                        .tz = "Asia/Urumqi",
                        .language = "ug",
                        .settings = "{\"a\":1}"};
    g_autofree HeardUnitRow *got = NULL;

    assert_true(heard_unit_rows_insert(*state, &row, &error));
    got = heard_unit_rows_get_by_code(*state, "460105-0001", &error);
    assert_string_equal(got->name, "示范县住建局");
    assert_string_equal(got->short_name, "住建局");
    assert_int_equal(got->level, 4);
    assert_null(got->parent_id);
    assert_string_equal(got->line_parent_id, other);
    assert_string_equal(got->status, "merged");
    assert_int_equal(got->valid_from_ms, 5);
    assert_int_equal(got->valid_to_ms, 6);
    assert_string_equal(got->successor_id, other);
    assert_string_equal(got->tz, "Asia/Urumqi");
    assert_string_equal(got->language, "ug");
    assert_string_equal(got->settings, "{\"a\":1}");
}

static void refuses_bad_units(void **state)
{
    GError *error = NULL;
    HeardUnitRow row = {.id = "u",
                        .code = "46/0100",
                        .name = "n",
                        .level = 4,
                        .kind = "k",
                        .region_code = "460100",
                        .status = "active"};

    assert_false(heard_unit_rows_insert(*state, &row, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
    row.code = "460100-0001";
    row.parent_id = "nobody";
    assert_false(heard_unit_rows_insert(*state, &row, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    row.parent_id = NULL;
    row.name = "\xff";
    assert_false(heard_unit_rows_insert(*state, &row, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
    row.name = "n";
    row.level = 7;
    assert_false(heard_unit_rows_insert(*state, &row, &error));
    assert_error(error, HEARD_ERROR_STORAGE);
    assert_null(heard_unit_rows_get(*state, "u", &error));
    assert_error(error, HEARD_ERROR_NOT_FOUND);
}

static gint compare_codes(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Model: all codes below the root, sorted; pages of a random size must give exactly those. */
static void pages_give_each_row_once(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    HeardStore *store = *state;
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();

    for (unsigned i = 0; i < 137; i++) {
        const char *code = NULL;
        do {
            g_autofree char *text = g_strdup_printf("46%04d-%04d", g_rand_int_range(rand, 0, 9999),
                                                    g_rand_int_range(rand, 0, 9999));
            code = g_intern_string(text);
        } while (g_ptr_array_find(wanted, code, NULL));
        make_unit(store, code, NULL);
        g_ptr_array_add(wanted, (void *)code);
    }
    g_ptr_array_sort(wanted, compare_codes);
    for (unsigned round = 0; round < 20; round++) {
        g_autofree char *after = NULL;
        unsigned limit = (unsigned)g_rand_int_range(rand, 1, 60);
        unsigned at = 0;
        for (bool more = true; more;) {
            HeardPage page = {.after = after, .limit = limit};
            g_autoptr(GPtrArray) rows = heard_unit_rows_list_children(store, NULL, &page, NULL);
            for (unsigned i = 0; i < rows->len; i++, at++) {
                assert_true(at < wanted->len);
                assert_string_equal(((HeardUnitRow *)rows->pdata[i])->code, wanted->pdata[at]);
            }
            more = rows->len == limit;
            if (rows->len > 0) {
                g_free(after);
                after = g_strdup(((HeardUnitRow *)rows->pdata[rows->len - 1])->id);
            }
        }
        assert_int_equal(at, wanted->len);
    }
}

static void a_page_is_bounded(void **state)
{
    HeardPage page = {.limit = 100000};
    g_autoptr(GPtrArray) rows = NULL;

    for (unsigned i = 0; i < HEARD_PAGE_MAX + 5; i++) {
        g_autofree char *code = g_strdup_printf("460100-%04u", i);
        make_unit(*state, g_intern_string(code), NULL);
    }
    rows = heard_unit_rows_list_children(*state, NULL, &page, NULL);
    assert_int_equal(rows->len, HEARD_PAGE_MAX);
}

static void finds_by_part_of_a_name_in_a_territory_and_a_county(void **state)
{
    static const struct {
        const char *code, *name, *region, *status;
        int64_t level;
    } plans[] = {
        {"460105-0003", "示范县住房局", "460105", "active", 4},
        {"460105-0004", "示范县旧住房局", "460105", "merged", 4},
        {"460106-0003", "邻县住房局", "460106", "active", 4},
        {"460105001-0002", "街道住房站", "460105001", "active", 5},
    };
    HeardStore *store = *state;
    GError *error = NULL;
    HeardUnitFind find = {.path = "/460105001-0002/", .words = "住房", .limit = 20};
    g_autoptr(GPtrArray) own = NULL;
    g_autoptr(GPtrArray) upwards = NULL;
    g_autoptr(GPtrArray) masked = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(plans); i++) {
        HeardUnitRow row = {.id = fixture_id(),
                            .code = plans[i].code,
                            .name = plans[i].name,
                            .level = plans[i].level,
                            .kind = "government_dept",
                            .region_code = plans[i].region,
                            .status = plans[i].status};

        assert_ok(heard_unit_rows_insert(store, &row, &error), error);
    }
    own = heard_unit_rows_find(store, &find, &error);
    assert_int_equal(own->len, 1);
    find.county = "460105";
    find.level = 4;
    upwards = heard_unit_rows_find(store, &find, &error);
    assert_int_equal(upwards->len, 2);
    assert_string_equal(((HeardUnitRow *)upwards->pdata[0])->code, "460105-0003");
    find.words = "%";
    masked = heard_unit_rows_find(store, &find, &error);
    assert_int_equal(masked->len, 0);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(builds_paths_and_walks_subtrees),
        with_store(keeps_every_column),
        with_store(refuses_bad_units),
        with_store(pages_give_each_row_once),
        with_store(a_page_is_bounded),
        with_store(finds_by_part_of_a_name_in_a_territory_and_a_county),
    };

    return cmocka_run_group_tests_name("store unit rows", tests, NULL, NULL);
}
