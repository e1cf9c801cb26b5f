/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/field_cipher.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

typedef struct {
    char *folder, *path;
} Place;

static Place make_place(void)
{
    Place place = {.folder = fixture_folder_make()};

    place.path = g_build_filename(place.folder, "field.key", NULL);
    return place;
}

static void drop_place(Place *place)
{
    fixture_folder_remove(place->folder);
    g_free(place->path);
}

static HeardFieldCipher *open_cipher(const Place *place)
{
    GError *error = NULL;
    HeardFieldCipher *cipher = heard_field_cipher_new(place->path, &error);

    assert_no_error(error);
    return cipher;
}

static void opens_what_it_sealed_after_a_restart(void **state)
{
    Place place = make_place();
    HeardFieldCipher *cipher = open_cipher(&place);
    g_autofree char *sealed = heard_field_cipher_seal(cipher, "person.id:1", "11010519491231002X");
    g_autofree char *again = heard_field_cipher_seal(cipher, "person.id:1", "11010519491231002X");
    g_autofree char *text = NULL;
    GError *error = NULL;
    struct stat file;
    (void)state;

    assert_string_not_equal(sealed, again); /* a nonce of its own each time */
    heard_field_cipher_free(cipher);
    cipher = open_cipher(&place);
    text = heard_field_cipher_open(cipher, "person.id:1", sealed, &error);
    assert_string_equal(text, "11010519491231002X");
    assert_int_equal(stat(place.path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_int_equal(file.st_size, 32);
    heard_field_cipher_free(cipher);
    drop_place(&place);
}

static void nothing_altered_or_moved_opens(void **state)
{
    Place place = make_place();
    g_autoptr(HeardFieldCipher) cipher = open_cipher(&place);
    g_autofree char *sealed = heard_field_cipher_seal(cipher, "person.id:1", "secret");
    GError *error = NULL;
    (void)state;

    assert_null(heard_field_cipher_open(cipher, "person.id:2", sealed, &error));
    assert_error(error, HEARD_ERROR_CRYPTO);
    assert_null(heard_field_cipher_open(cipher, "person.id:1", "", &error));
    assert_error(error, HEARD_ERROR_CRYPTO);
    for (size_t i = 0; sealed[i]; i++) {
        char kept = sealed[i];
        sealed[i] = kept == 'A' ? 'B' : 'A';
        assert_null(heard_field_cipher_open(cipher, "person.id:1", sealed, &error));
        assert_error(error, HEARD_ERROR_CRYPTO);
        sealed[i] = kept;
    }
    drop_place(&place);
}

static void hashes_find_equal_texts_of_one_kind(void **state)
{
    Place place = make_place();
    Place other_place = make_place();
    g_autoptr(HeardFieldCipher) cipher = open_cipher(&place);
    g_autoptr(HeardFieldCipher) other = open_cipher(&other_place);
    char one[HEARD_FIELD_HASH_SIZE], two[HEARD_FIELD_HASH_SIZE];
    (void)state;

    heard_field_cipher_hash(cipher, "phone", "13910000000", one);
    heard_field_cipher_hash(cipher, "phone", "13910000000", two);
    assert_string_equal(one, two);
    heard_field_cipher_hash(cipher, "id", "13910000000", two);
    assert_string_not_equal(one, two);
    heard_field_cipher_hash(other, "phone", "13910000000", two); /* keyed: no table helps */
    assert_string_not_equal(one, two);
    drop_place(&place);
    drop_place(&other_place);
}

static void refuses_a_key_file_that_is_not_right(void **state)
{
    Place place = make_place();
    GError *error = NULL;
    (void)state;

    assert_true(g_file_set_contents(place.path, "too short", -1, NULL));
    assert_int_equal(g_chmod(place.path, 0600), 0);
    assert_null(heard_field_cipher_new(place.path, &error));
    assert_error(error, HEARD_ERROR_CONFIG);
    assert_true(g_file_set_contents(place.path, "123456789012345678901234567890123", 33, NULL));
    assert_int_equal(g_chmod(place.path, 0600), 0);
    assert_null(heard_field_cipher_new(place.path, &error));
    assert_error(error, HEARD_ERROR_CONFIG);
    assert_true(g_file_set_contents(place.path, "12345678901234567890123456789012", 32, NULL));
    assert_int_equal(g_chmod(place.path, 0644), 0);
    assert_null(heard_field_cipher_new(place.path, &error));
    assert_non_null(strstr(error->message, "chmod 600"));
    assert_error(error, HEARD_ERROR_CONFIG);
    assert_null(heard_field_cipher_new("/nonexistent/field.key", &error));
    assert_error(error, HEARD_ERROR_STORAGE);
    drop_place(&place);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(opens_what_it_sealed_after_a_restart),
        with_store(nothing_altered_or_moved_opens),
        with_store(hashes_find_equal_texts_of_one_kind),
        with_store(refuses_a_key_file_that_is_not_right),
    };

    return cmocka_run_group_tests_name("store field cipher", tests, NULL, NULL);
}
