/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/base/log.h"

#include <fcntl.h>
#include <unistd.h>

static const HeardLogTopic topic = {"test"};

/* What one call writes to stderr. */
static char *capture(HeardLogLevel level, const char *word, const char *tail)
{
    char *text = g_malloc0(4096);
    int kept = dup(STDERR_FILENO);
    int ends[2];
    ssize_t got;

    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    dup2(ends[1], STDERR_FILENO);
    heard_log(&topic, level, "%s %s", word, tail);
    dup2(kept, STDERR_FILENO);
    got = read(ends[0], text, 4095);
    close(ends[0]);
    close(ends[1]);
    close(kept);
    text[MAX(got, 0)] = '\0';
    return text;
}

static void a_line_has_time_level_topic_and_event(void **state)
{
    g_autofree char *line = capture(HEARD_LOG_WARN, "nack-overflow", "peer=7");
    (void)state;

    assert_true(g_regex_match_simple("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z "
                                     "warn test nack-overflow peer=7\\n$",
                                     line, 0, 0));
}

static void a_long_line_is_cut_and_still_ends(void **state)
{
    g_autofree char *tail = g_strnfill(3000, 'x');
    g_autofree char *line = capture(HEARD_LOG_ERROR, "big", tail);
    (void)state;

    assert_in_range(strlen(line), 900, 1024);
    assert_non_null(strchr(line, '\n'));
    assert_int_equal(strchr(line, '\n')[1], '\0');
}

static void drops_what_is_above_the_level(void **state)
{
    g_autofree char *quiet = capture(HEARD_LOG_DEBUG, "detail", "");
    g_autofree char *loud = NULL;
    (void)state;

    assert_string_equal(quiet, "");
    heard_log_set_level(HEARD_LOG_DEBUG);
    loud = capture(HEARD_LOG_DEBUG, "detail", "");
    heard_log_set_level(HEARD_LOG_INFO);
    assert_non_null(strstr(loud, "debug test detail"));
}

static void what_a_peer_triggers_comes_once_a_second(void **state)
{
    HeardLogLimit limit = {0};
    uint32_t skipped = 99;
    (void)state;

    assert_true(heard_log_limit(&limit, 5000000, &skipped));
    assert_int_equal(skipped, 0);
    for (unsigned i = 0; i < 10; i++)
        assert_false(heard_log_limit(&limit, 5000000 + i * 99999, &skipped));
    assert_true(heard_log_limit(&limit, 6000000, &skipped));
    assert_int_equal(skipped, 10);
    assert_false(heard_log_limit(&limit, 6999999, &skipped));
    assert_true(heard_log_limit(&limit, 7000000, &skipped));
    assert_int_equal(skipped, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_time_level_topic_and_event),
        cmocka_unit_test(a_long_line_is_cut_and_still_ends),
        cmocka_unit_test(drops_what_is_above_the_level),
        cmocka_unit_test(what_a_peer_triggers_comes_once_a_second),
    };

    return cmocka_run_group_tests_name("base log", tests, NULL, NULL);
}
