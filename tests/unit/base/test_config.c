/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/base/config.h"
#include "server/base/error.h"

#include <glib/gstdio.h>
#include <unistd.h>

static const HeardConfigField fields[] = {
    {"data", HEARD_CONFIG_TEXT, "/var/lib/heard", 0, 0},
    {"name", HEARD_CONFIG_TEXT, NULL, 0, 0},
    {"port", HEARD_CONFIG_NUMBER, "8443", 0, 65535},
    {"demo", HEARD_CONFIG_BOOL, "true", 0, 0},
    {NULL, HEARD_CONFIG_TEXT, NULL, 0, 0},
};

static void check_refused(const char *text, const char *wanted)
{
    g_autoptr(HeardConfig) config = heard_config_new(fields);
    g_autoptr(GError) error = NULL;

    assert_false(heard_config_parse(config, "heard.conf", text, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFIG);
    if (!strstr(error->message, wanted))
        fail_msg("'%s' does not say '%s'", error->message, wanted);
}

static void begins_with_what_the_table_says(void **state)
{
    g_autoptr(HeardConfig) config = heard_config_new(fields);
    (void)state;

    assert_string_equal(heard_config_text(config, "data"), "/var/lib/heard");
    assert_null(heard_config_text(config, "name"));
    assert_int_equal(heard_config_number(config, "port"), 8443);
    assert_true(heard_config_bool(config, "demo"));
}

static void reads_lines_and_comments(void **state)
{
    g_autoptr(HeardConfig) config = heard_config_new(fields);
    g_autoptr(GError) error = NULL;
    (void)state;

    assert_true(heard_config_parse(config, "heard.conf",
                                   "# 倾听\r\n\r\n  port =9000  \n\tname= 县信访局 = 视频 # 1 \n"
                                   "demo = no\ndata=",
                                   &error));
    assert_int_equal(heard_config_number(config, "port"), 9000);
    assert_string_equal(heard_config_text(config, "name"), "县信访局 = 视频 # 1");
    assert_false(heard_config_bool(config, "demo"));
    assert_string_equal(heard_config_text(config, "data"), "");
}

static void names_file_line_and_reason(void **state)
{
    (void)state;
    check_refused("port = 1\nprot = 2\n", "heard.conf:2: unknown setting 'prot'");
    check_refused("port = 1\nport = 2\n", "heard.conf:2: 'port' stands here twice");
    check_refused("\n\nport\n", "heard.conf:3: expected");
    check_refused("port = 65536", "not a number from 0 to 65535");
    check_refused("port = -1", "not a number");
    check_refused("port = 80x", "not a number");
    check_refused("port =", "not a number");
    check_refused("port = 99999999999999999999", "not a number");
    check_refused("demo = maybe", "not true or false");
    check_refused("= 1", "unknown setting");
}

static void the_command_line_wins(void **state)
{
    g_autoptr(HeardConfig) config = heard_config_new(fields);
    g_autoptr(GError) error = NULL;
    (void)state;

    assert_true(heard_config_parse(config, "c", "port = 1", &error));
    assert_true(heard_config_set(config, "port", "2", &error));
    assert_true(heard_config_set(config, "port", "3", &error)); /* the last one */
    assert_int_equal(heard_config_number(config, "port"), 3);
    assert_false(heard_config_set(config, "port", "many", &error));
    assert_int_equal(heard_config_number(config, "port"), 3);
}

static void loads_a_file_or_says_which_is_missing(void **state)
{
    g_autoptr(HeardConfig) config = heard_config_new(fields);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("heard-config-XXXXXX", &path, &error);
    (void)state;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "port = 7\n", 9), 9);
    close(fd);
    assert_true(heard_config_load(config, path, &error));
    assert_int_equal(heard_config_number(config, "port"), 7);
    g_unlink(path);
    assert_false(heard_config_load(config, path, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFIG);
    assert_non_null(strstr(error->message, "heard-config-"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_with_what_the_table_says),
        cmocka_unit_test(reads_lines_and_comments),
        cmocka_unit_test(names_file_line_and_reason),
        cmocka_unit_test(the_command_line_wins),
        cmocka_unit_test(loads_a_file_or_says_which_is_missing),
    };

    return cmocka_run_group_tests_name("base config", tests, NULL, NULL);
}
