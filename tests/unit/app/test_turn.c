/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/app/turn.h"
#include "server/base/error.h"

#include <glib/gstdio.h>
#include <string.h>

#define SECRET "a shared secret of two machines"

enum { TTL_S = 6 * 3600 };
static const int64_t WALL_MS = INT64_C(1700000012345);

static char *secret_file(const char *text, int mode)
{
    char *path = NULL;
    int fd = g_file_open_tmp("heard-turn-XXXXXX", &path, NULL);

    assert_true(fd >= 0);
    g_close(fd, NULL);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    assert_int_equal(g_chmod(path, mode), 0);
    return path;
}

static HeardTurn *turn_with(const char *urls, const char *secret, int mode, GError **error)
{
    g_autofree char *path = secret_file(secret, mode);
    HeardTurn *turn = heard_turn_new(urls, path, TTL_S, error);

    g_unlink(path);
    return turn;
}

static const char *text_of(json_t *answer, const char *key)
{
    return json_string_value(
        json_object_get(json_array_get(json_object_get(answer, "ice_servers"), 0), key));
}

/* Made by `openssl dgst -sha1 -hmac SECRET -binary | base64`; the first is RFC 2202, case 2. */
static void the_password_is_coturns(void **state)
{
    static const struct {
        const char *secret, *username, *password;
    } rows[] = {
        {"Jefe", "what do ya want for nothing?", "7/zfauXrL6LSdBbV8YTfnCWafHk="},
        {"north", "1700000000:ninefoldlaurel", "Xn1lQAllDWQ+v7psl3y+OI1HwsY="},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *password = heard_turn_credential(rows[i].secret, rows[i].username);
        assert_string_equal(password, rows[i].password);
    }
}

static void gives_urls_and_a_name_that_expires(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardTurn) turn =
        turn_with(" turn:relay.example.org:3478?transport=udp  turns:[2001:db8::1]:443",
                  SECRET "\n", 0600, &error);
    json_t *answer = heard_turn_ice_servers(turn, "person-1", WALL_MS);
    json_t *urls =
        json_object_get(json_array_get(json_object_get(answer, "ice_servers"), 0), "urls");
    g_autofree char *password = NULL;
    const char *username = text_of(answer, "username");

    (void)state;
    assert_int_equal(json_array_size(urls), 2);
    assert_string_equal(json_string_value(json_array_get(urls, 1)), "turns:[2001:db8::1]:443");
    assert_int_equal(json_integer_value(json_object_get(answer, "expires_at")),
                     INT64_C(1700021580000));
    assert_true(g_str_has_prefix(username, "1700021580:"));
    assert_null(strstr(username, "person"));
    password = heard_turn_credential(SECRET, username);
    assert_string_equal(text_of(answer, "credential"), password);
    json_decref(answer);
}

/* The relay bounds by name: one person has one, two people never share it. */
static void a_pseudonym_stays_with_its_person(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardTurn) turn = turn_with("turn:r", SECRET, 0600, &error);
    json_t *first = heard_turn_ice_servers(turn, "person-1", WALL_MS);
    json_t *again = heard_turn_ice_servers(turn, "person-1", WALL_MS + 3600 * 1000);
    json_t *other = heard_turn_ice_servers(turn, "person-2", WALL_MS);

    (void)state;
    assert_string_equal(strchr(text_of(first, "username"), ':'),
                        strchr(text_of(again, "username"), ':'));
    assert_string_not_equal(text_of(first, "username"), text_of(again, "username"));
    assert_string_not_equal(strchr(text_of(first, "username"), ':'),
                            strchr(text_of(other, "username"), ':'));
    json_decref(first);
    json_decref(again);
    json_decref(other);
}

static void without_a_relay_the_list_is_empty(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardTurn) turn = heard_turn_new(NULL, NULL, TTL_S, &error);
    json_t *answer = heard_turn_ice_servers(turn, "person-1", WALL_MS);

    (void)state;
    assert_int_equal(json_array_size(json_object_get(answer, "ice_servers")), 0);
    json_decref(answer);
}

static void refuses_wrong_settings(void **state)
{
    static const struct {
        const char *urls, *secret;
        int mode;
        const char *text;
    } rows[] = {
        {"http://relay", SECRET, 0600, "http://relay"},
        {"turn:", SECRET, 0600, "turn:"},
        {"turn:a/b", SECRET, 0600, "turn:a/b"},
        {"turn:1 turn:2 turn:3 turn:4 turn:5 turn:6 turn:7 turn:8 turn:9", SECRET, 0600, "turn:9"},
        {"  ", SECRET, 0600, "no relay"},
        {"turn:relay", "short", 0600, "16 to 256"},
        {"turn:relay", SECRET, 0640, "chmod 600"},
    };
    g_autoptr(GError) alone = NULL;
    g_autoptr(GError) missing = NULL;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(turn_with(rows[i].urls, rows[i].secret, rows[i].mode, &error));
        assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFIG);
        assert_non_null(strstr(error->message, rows[i].text));
    }
    assert_null(heard_turn_new("turn:relay", NULL, TTL_S, &alone));
    assert_non_null(strstr(alone->message, "belong together"));
    assert_null(heard_turn_new("turn:relay", "/nowhere/secret", TTL_S, &missing));
    assert_non_null(strstr(missing->message, "/nowhere/secret"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_password_is_coturns),
        cmocka_unit_test(gives_urls_and_a_name_that_expires),
        cmocka_unit_test(a_pseudonym_stays_with_its_person),
        cmocka_unit_test(without_a_relay_the_list_is_empty),
        cmocka_unit_test(refuses_wrong_settings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
