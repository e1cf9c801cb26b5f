/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/app/app_config.h"
#include "server/base/error.h"

#include <glib/gstdio.h>

#define LOAD(...)                                                                                  \
    heard_app_config_load(G_N_ELEMENTS(((const char *[]){__VA_ARGS__})),                           \
                          (char **)(uintptr_t)(const char *[]){__VA_ARGS__}, &error)

static void has_defaults(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardConfig) config = LOAD("serve");
    g_autofree char *database = heard_app_config_database(config);

    (void)state;
    assert_non_null(config);
    assert_int_equal(heard_config_number(config, "port"), 8443);
    assert_int_equal(heard_app_config_http_port(config), 8080);
    assert_string_equal(database, "sqlite:/var/lib/heard/heard.db");
    assert_true(heard_config_bool(config, "demo"));
    assert_in_range(heard_app_config_workers(config), 1, HEARD_WORKERS_MAX);
}

static void reads_options(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardConfig) config =
        LOAD("serve", "--port", "9443", "--data=/srv/h", "--no-demo", "--load", "3", "--workers=5");
    g_autofree char *database = heard_app_config_database(config);

    (void)state;
    assert_int_equal(heard_config_number(config, "port"), 9443);
    assert_int_equal(heard_app_config_http_port(config), 9080);
    assert_string_equal(database, "sqlite:/srv/h/heard.db");
    assert_false(heard_config_bool(config, "demo"));
    assert_int_equal(heard_config_number(config, "load"), 3);
    assert_int_equal(heard_app_config_workers(config), 5);
}

static void any_free_port(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardConfig) config = LOAD("serve", "--port", "0");

    (void)state;
    assert_int_equal(heard_app_config_http_port(config), 0);
}

/* Browsers take no candidate with a port below 1024 but 80 and 443. */
static void media_stay_above_1024(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardConfig) usual = LOAD("serve", "--port", "9443");
    g_autoptr(HeardConfig) low = LOAD("serve", "--port", "443");
    g_autoptr(HeardConfig) any = LOAD("serve", "--port", "0");
    g_autoptr(HeardConfig) set = LOAD("serve", "--port", "443", "--media-port", "20000");

    (void)state;
    assert_int_equal(heard_app_config_media_port(usual), 9443);
    assert_int_equal(heard_app_config_media_port(low), 8443);
    assert_int_equal(heard_app_config_media_port(any), 0);
    assert_int_equal(heard_app_config_media_port(set), 20000);
}

static void refuses_wrong_options(void **state)
{
    static const struct {
        const char *option, *value, *text;
    } rows[] = {
        {"--porty", "1", "--porty"},   {"--port", "x", "--port"},
        {"--port", "70000", "--port"}, {"--port", NULL, "--port needs a value"},
        {"--load", "-1", "--load"},    {"--workers", "1000", "--workers"},
        {"word", NULL, "word"},        {"--config", "/nowhere/heard.conf", "heard.conf"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *argv[] = {"serve", rows[i].option, rows[i].value};
        g_autoptr(GError) error = NULL;
        HeardConfig *config =
            heard_app_config_load(rows[i].value ? 3 : 2, (char **)(uintptr_t)argv, &error);
        assert_null(config);
        assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFIG);
        assert_non_null(strstr(error->message, rows[i].text));
    }
}

static void the_command_line_wins_over_the_file(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardConfig) config = NULL;
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("heard-config-XXXXXX", &path, NULL);

    (void)state;
    assert_true(fd >= 0);
    g_close(fd, NULL);
    assert_true(g_file_set_contents(path, "port = 1000\nworkers = 2\n# remark\n", -1, NULL));
    config = LOAD("serve", "--port", "2000", "--config", path);
    assert_non_null(config);
    assert_int_equal(heard_config_number(config, "port"), 2000);
    assert_int_equal(heard_app_config_workers(config), 2);
    g_unlink(path);
}

static void certificate_and_key_belong_together(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("heard-config-XXXXXX", &path, NULL);

    (void)state;
    assert_true(fd >= 0);
    g_close(fd, NULL);
    assert_true(g_file_set_contents(path, "certificate = /etc/cert.pem\n", -1, NULL));
    assert_null(LOAD("serve", "--config", path));
    assert_non_null(strstr(error->message, "certificate_key"));
    g_unlink(path);
}

static void a_full_disk_suspends_or_not(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardConfig) config = LOAD("serve");
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("heard-config-XXXXXX", &path, NULL);

    (void)state;
    assert_true(fd >= 0);
    g_close(fd, NULL);
    assert_string_equal(heard_config_text(config, "recording_lost"), "suspend");
    assert_true(g_file_set_contents(path, "recording_lost = never\n", -1, NULL));
    assert_null(LOAD("serve", "--config", path));
    assert_non_null(strstr(error->message, "recording_lost"));
    g_unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_defaults),
        cmocka_unit_test(reads_options),
        cmocka_unit_test(any_free_port),
        cmocka_unit_test(media_stay_above_1024),
        cmocka_unit_test(refuses_wrong_options),
        cmocka_unit_test(the_command_line_wins_over_the_file),
        cmocka_unit_test(certificate_and_key_belong_together),
        cmocka_unit_test(a_full_disk_suspends_or_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
