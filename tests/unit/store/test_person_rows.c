/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/person_rows.h"

typedef struct {
    char *folder;
    HeardFieldCipher *cipher;
} Keys;

static Keys make_keys(void)
{
    Keys keys = {.folder = fixture_folder_make()};
    g_autofree char *path = g_build_filename(keys.folder, "field.key", NULL);

    keys.cipher = heard_field_cipher_new(path, NULL);
    assert_non_null(keys.cipher);
    return keys;
}

static void drop_keys(Keys *keys)
{
    heard_field_cipher_free(keys->cipher);
    fixture_folder_remove(keys->folder);
}

static void hides_numbers_and_finds_them(void **state)
{
    Keys keys = make_keys();
    GError *error = NULL;
    HeardPersonRow row = {.id = fixture_id(),
                          .name = "张小满",
                          .id_type = "resident_id",
                          .birth_year = 1949,
                          .created_ms = 1};
    g_autoptr(GPtrArray) found = NULL;
    g_autoptr(GPtrArray) by_phone = NULL;
    g_autoptr(GPtrArray) none = NULL;
    g_autofree char *number = NULL;
    g_autofree char *phone = NULL;
    const HeardPersonRow *got;

    assert_true(heard_person_rows_insert(*state, keys.cipher, &row, "11010519491231002x",
                                         "139 1000-1234", &error));
    found =
        heard_person_rows_find_by_id_number(*state, keys.cipher, "110105 19491231 002X", &error);
    assert_int_equal(found->len, 1);
    got = found->pdata[0];
    assert_string_equal(got->name_masked, "张**");
    assert_string_equal(got->id_masked, "110***********002X");
    assert_string_equal(got->phone_masked, "139******34");
    assert_null(strstr(got->id_cipher, "1101"));
    number = heard_person_rows_reveal_id_number(keys.cipher, got, &error);
    assert_string_equal(number, "11010519491231002X");
    phone = heard_person_rows_reveal_phone(keys.cipher, got, &error);
    assert_string_equal(phone, "13910001234");
    by_phone = heard_person_rows_find_by_phone(*state, keys.cipher, "13910001234", &error);
    assert_int_equal(by_phone->len, 1);
    none = heard_person_rows_find_by_phone(*state, keys.cipher, "11010519491231002X", &error);
    assert_int_equal(none->len, 0);
    drop_keys(&keys);
}

static void works_without_numbers_and_refuses_strange_ones(void **state)
{
    Keys keys = make_keys();
    GError *error = NULL;
    HeardPersonRow row = {.id = fixture_id(), .name = "张", .created_ms = 1};
    g_autofree HeardPersonRow *got = NULL;

    assert_true(heard_person_rows_insert(*state, keys.cipher, &row, NULL, NULL, &error));
    got = heard_person_rows_get(*state, row.id, &error);
    assert_null(got->id_hash);
    assert_null(got->phone_cipher);
    assert_null(heard_person_rows_reveal_phone(keys.cipher, got, &error));
    assert_no_error(error);
    row.id = fixture_id();
    assert_false(heard_person_rows_insert(*state, keys.cipher, &row, "", NULL, &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
    assert_false(heard_person_rows_insert(*state, keys.cipher, &row, NULL, "一三九", &error));
    assert_error(error, HEARD_ERROR_BAD_FIELD);
    drop_keys(&keys);
}

static void check_mask(char *got, const char *wanted)
{
    assert_string_equal(got, wanted);
    g_free(got);
}

static void masks_hide_at_least_half(void **state)
{
    (void)state;
    check_mask(heard_person_mask_name("张三丰"), "张**");
    check_mask(heard_person_mask_name("张"), "张*");
    check_mask(heard_person_mask_name("Anna"), "A***");
    check_mask(heard_person_mask_name(""), "*");
    check_mask(heard_person_mask_name("阿卜杜热合曼·买买提依明江"), "阿********");
    check_mask(heard_person_mask_number("13910001234", 3, 2), "139******34");
    check_mask(heard_person_mask_number("12345", 3, 4), "*****");
    check_mask(heard_person_mask_number("", 3, 4), "");
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(hides_numbers_and_finds_them),
        with_store(works_without_numbers_and_refuses_strange_ones),
        with_store(masks_hide_at_least_half),
    };

    return cmocka_run_group_tests_name("store person rows", tests, NULL, NULL);
}
