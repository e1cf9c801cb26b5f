/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/base/id.h"

enum { WALL_MS = 1795447800 };

static void has_the_form_of_a_uuid_7(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        char id[HEARD_ID_SIZE];
        heard_id_new(id, INT64_C(1795447800123));
        assert_int_equal(strlen(id), 36);
        assert_true(heard_id_is_valid(id));
        assert_int_equal(id[14], '7');                /* version */
        assert_non_null(memchr("89ab", id[19], 4));   /* variant */
        assert_memory_equal(id, "01a20907-413b", 13); /* 48 bits of milliseconds */
    }
}

static void later_ids_sort_after_earlier_ones(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    (void)state;

    for (unsigned i = 0; i < 2000; i++) {
        char early[HEARD_ID_SIZE], late[HEARD_ID_SIZE];
        int64_t at_ms = g_rand_int(rand) * INT64_C(1000);
        heard_id_new(early, at_ms);
        heard_id_new(late, at_ms + 1 + (int64_t)(g_rand_int(rand) % 100000));
        assert_true(strcmp(early, late) < 0);
    }
}

static void never_gives_the_same_twice(void **state)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    (void)state;

    for (unsigned i = 0; i < 20000; i++) {
        char id[HEARD_ID_SIZE];
        heard_id_new(id, WALL_MS);
        assert_true(g_hash_table_add(seen, g_strdup(id)));
    }
}

static void refuses_what_is_no_id(void **state)
{
    char id[HEARD_ID_SIZE];
    (void)state;

    assert_false(heard_id_is_valid(NULL));
    assert_false(heard_id_is_valid(""));
    assert_false(heard_id_is_valid("01a209a7-a07b-7000-8000-00000000000"));
    assert_false(heard_id_is_valid("01a209a7-a07b-7000-8000-0000000000000"));
    assert_false(heard_id_is_valid("01A209A7-a07b-7000-8000-000000000000"));
    assert_false(heard_id_is_valid("01a209a7-a07b-7000-8000-00000000000g"));
    assert_false(heard_id_is_valid("01a209a7aa07b-7000-8000-000000000000"));
    heard_id_new(id, WALL_MS);
    for (unsigned i = 0; i < 36; i++) {
        char kept = id[i];
        id[i] = '/';
        assert_false(heard_id_is_valid(id));
        id[i] = kept;
    }
}

static void numbers_read_as_the_domain_says(void **state)
{
    char number[HEARD_NUMBER_SIZE];
    (void)state;

    assert_true(heard_number_format(number, "XF", "460100", "20260301", 42));
    assert_int_equal(strlen(number), 24);
    assert_memory_equal(number, "XF46010020260301000042", 22);
    assert_true(heard_number_is_valid(number));
    assert_true(heard_number_format(number, "HSJ", "460100", "20260301", 999999));
    assert_true(heard_number_is_valid(number));

    assert_false(heard_number_format(number, "XF", "46010", "20260301", 1));
    assert_false(heard_number_format(number, "XF", "460100", "2026031", 1));
    assert_false(heard_number_format(number, "XF", "460100", "20260301", 1000000));
    assert_false(heard_number_format(number, "xf", "460100", "20260301", 1));
    assert_false(
        heard_number_format(number, "AVERYLONGPREFIXTHATDOESNOTFIT", "460100", "20260301", 1));
    assert_false(heard_number_is_valid(NULL));
    assert_false(heard_number_is_valid(""));
    assert_false(heard_number_is_valid("XF4601002026030100004"));
}

static char *make_number(GRand *rand)
{
    static const char *const prefixes[] = {"XF", "HSR", "HSJ", "HSH", "HSM", "HSC", "HST"};
    char *number = g_malloc(HEARD_NUMBER_SIZE);
    g_autofree char *region = g_strdup_printf("%06d", g_rand_int_range(rand, 110000, 660000));
    g_autofree char *date =
        g_strdup_printf("20%02d%02d%02d", g_rand_int_range(rand, 20, 60),
                        g_rand_int_range(rand, 1, 13), g_rand_int_range(rand, 1, 29));

    assert_true(heard_number_format(number, prefixes[g_rand_int_range(rand, 0, 7)], region, date,
                                    (uint32_t)g_rand_int_range(rand, 0, 1000000)));
    return number;
}

static void one_wrong_digit_is_always_found(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(2);
    (void)state;

    for (unsigned round = 0; round < 100; round++) {
        g_autofree char *number = make_number(rand);
        assert_true(heard_number_is_valid(number));
        for (char *at = number; *at; at++) {
            char kept = *at;
            char first = g_ascii_isdigit(kept) ? '0' : 'A';
            char last = g_ascii_isdigit(kept) ? '9' : 'Z';
            for (char c = first; c <= last; c++) {
                *at = c;
                assert_int_equal(heard_number_is_valid(number), c == kept);
            }
            *at = kept;
        }
    }
}

static void swapped_neighbours_are_always_found(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    unsigned tried = 0;
    (void)state;

    for (unsigned round = 0; round < 300; round++) {
        g_autofree char *number = make_number(rand);
        for (char *at = number; at[1]; at++) {
            char kept = at[0];
            if (!g_ascii_isdigit(at[0]) || at[0] == at[1])
                continue;
            at[0] = at[1];
            at[1] = kept;
            assert_false(heard_number_is_valid(number));
            at[1] = at[0];
            at[0] = kept;
            tried++;
        }
    }
    assert_true(tried > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_form_of_a_uuid_7),
        cmocka_unit_test(later_ids_sort_after_earlier_ones),
        cmocka_unit_test(never_gives_the_same_twice),
        cmocka_unit_test(refuses_what_is_no_id),
        cmocka_unit_test(numbers_read_as_the_domain_says),
        cmocka_unit_test(one_wrong_digit_is_always_found),
        cmocka_unit_test(swapped_neighbours_are_always_found),
    };

    return cmocka_run_group_tests_name("base id", tests, NULL, NULL);
}
