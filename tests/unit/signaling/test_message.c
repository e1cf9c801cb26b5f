/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "signaling/event_log.h"
#include "signaling/message.h"

static HeardError parse(const char *text, HeardMessage *message)
{
    g_autoptr(GError) error = NULL;

    if (heard_message_parse(message, text, strlen(text), &error))
        return HEARD_ERROR_COUNT;
    return heard_error_code(error);
}

static void the_envelope_is_checked(void **state)
{
    static const struct {
        const char *text;
        HeardError error;
        int64_t id;
    } bad[] = {
        {"", HEARD_ERROR_BAD_MESSAGE, 0},
        {"7", HEARD_ERROR_BAD_MESSAGE, 0},
        {"[]", HEARD_ERROR_BAD_MESSAGE, 0},
        {"{}", HEARD_ERROR_BAD_MESSAGE, 0},
        {"{\"id\":0,\"type\":\"hello\"}", HEARD_ERROR_BAD_MESSAGE, 0},
        {"{\"id\":9007199254740992,\"type\":\"hello\"}", HEARD_ERROR_BAD_MESSAGE, 0},
        {"{\"id\":\"1\",\"type\":\"hello\"}", HEARD_ERROR_BAD_MESSAGE, 0},
        {"{\"id\":3}", HEARD_ERROR_BAD_FIELD, 3},
        {"{\"id\":3,\"type\":\"hello\",\"data\":[]}", HEARD_ERROR_BAD_FIELD, 3},
        {"{\"id\":4,\"type\":\"hearing.explode\"}", HEARD_ERROR_UNKNOWN_COMMAND, 4},
        {"{\"id\":4,\"type\":\"server.restore\"}", HEARD_ERROR_UNKNOWN_COMMAND, 4},
        {"{\"id\":5,\"type\":\"hearing.advance\"}", HEARD_ERROR_BAD_FIELD, 5},
        {"{\"id\":5,\"type\":\"hello\",\"data\":{\"slots\":33}}", HEARD_ERROR_BAD_FIELD, 5},
        {"{\"id\":5,\"type\":\"hello\",\"data\":{\"language\":\"fr\"}}", HEARD_ERROR_BAD_FIELD, 5},
        {"{\"id\":5,\"type\":\"hello\",\"data\":{\"resume\":7}}", HEARD_ERROR_BAD_FIELD, 5},
        {"{\"id\":6,\"type\":\"view.set\",\"data\":{\"views\":[7]}}", HEARD_ERROR_BAD_FIELD, 6},
        {"{\"id\":6,\"type\":\"view.set\",\"data\":{}}", HEARD_ERROR_BAD_FIELD, 6},
        {"{\"id\":6,\"type\":\"view.set\",\"data\":{\"views\":[{\"participant\":\"x\",\"height\":1,"
         "\"video\":\"both\"}]}}",
         HEARD_ERROR_BAD_FIELD, 6},
        {"{\"id\":7,\"type\":\"network.report\"}", HEARD_ERROR_BAD_FIELD, 7},
    };
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_auto(HeardMessage) message;

        if (parse(bad[i].text, &message) != bad[i].error)
            fail_msg("%s", bad[i].text);
        assert_int_equal(message.id, bad[i].id);
    }
}

static void a_hello_says_where_to_go_on(void **state)
{
    g_auto(HeardMessage) first;
    g_auto(HeardMessage) again;
    (void)state;

    assert_int_equal(parse("{\"id\":1,\"type\":\"hello\"}", &first), HEARD_ERROR_COUNT);
    assert_int_equal(first.kind, HEARD_MESSAGE_HELLO);
    assert_string_equal(first.hello.language, "zh");
    assert_null(first.hello.epoch);
    assert_int_equal(parse("{\"id\":2,\"type\":\"hello\",\"data\":{\"language\":\"en\",\"slots\":6,"
                           "\"resume\":{\"epoch\":\"abc\",\"seq\":811}}}",
                           &again),
                     HEARD_ERROR_COUNT);
    assert_int_equal(again.hello.slots, 6);
    assert_string_equal(again.hello.epoch, "abc");
    assert_int_equal(again.hello.seq, 811);
}

static void views_and_commands_are_typed(void **state)
{
    g_auto(HeardMessage) view;
    g_auto(HeardMessage) admit;
    (void)state;

    assert_int_equal(parse("{\"id\":1,\"type\":\"view.set\",\"data\":{\"views\":["
                           "{\"participant\":\"a\",\"video\":\"screen\",\"height\":720},"
                           "{\"participant\":\"b\",\"height\":0,\"pinned\":true}]}}",
                           &view),
                     HEARD_ERROR_COUNT);
    assert_int_equal(view.wish_count, 2);
    assert_int_equal(view.wishes[0].show, HEARD_SHOW_SCREEN);
    assert_int_equal(view.wishes[0].height, 720);
    assert_int_equal(view.wishes[1].show, HEARD_SHOW_NOTHING);
    assert_true(view.wishes[1].pinned);
    assert_int_equal(
        parse("{\"id\":2,\"type\":\"participant.admit\",\"data\":{\"participant\":\"p\"}}", &admit),
        HEARD_ERROR_COUNT);
    assert_int_equal(admit.command.verb, HEARD_VERB_ADMIT);
    assert_string_equal(admit.command.target, "p");
}

#define LINE(level, path, rtt, loss, up, down)                                                     \
    "{\"id\":8,\"type\":\"network.report\",\"data\":{\"level\":\"" level "\",\"path\":\"" path     \
    "\",\"rtt_ms\":" rtt ",\"loss_permille\":" loss ",\"up_bps\":" up ",\"down_bps\":" down "}}"

static void a_line_is_told_in_known_words_and_bounds(void **state)
{
    static const char *const bad[] = {
        LINE("fair", "udp", "1", "1", "1", "1"),
        LINE("good", "carrier pigeon", "1", "1", "1", "1"),
        LINE("good", "udp", "60001", "1", "1", "1"),
        LINE("good", "udp", "-1", "1", "1", "1"),
        LINE("good", "udp", "1", "1001", "1", "1"),
        LINE("good", "udp", "1", "1", "1000000001", "1"),
        LINE("good", "udp", "1", "1", "1", "1e9"),
        LINE("good", "udp", "1", "1", "1", "\"1\""),
    };
    g_auto(HeardMessage) good;
    (void)state;

    assert_int_equal(parse(LINE("audio_only", "relay", "60000", "1000", "1000000000", "0"), &good),
                     HEARD_ERROR_COUNT);
    assert_int_equal(good.kind, HEARD_MESSAGE_NETWORK);
    assert_string_equal(heard_line_level_name(good.line.level), "audio_only");
    assert_string_equal(heard_line_path_name(good.line.path), "relay");
    assert_int_equal(good.line.rtt_ms, 60000);
    assert_int_equal(good.line.loss_permille, 1000);
    assert_int_equal(good.line.up_bps, 1000000000);
    assert_int_equal(good.line.down_bps, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_auto(HeardMessage) message;

        if (parse(bad[i], &message) != HEARD_ERROR_BAD_FIELD)
            fail_msg("%s", bad[i]);
    }
}

static void replies_name_the_request(void **state)
{
    g_autofree char *good = heard_message_reply_take(7, NULL);
    g_autofree char *bad = heard_message_refusal(7, HEARD_ERROR_CONFLICT, "clerk_missing", "d");
    g_autofree char *lost = heard_message_refusal(0, HEARD_ERROR_BAD_MESSAGE, NULL, NULL);
    (void)state;

    assert_string_equal(good, "{\"re\":7,\"ok\":true}");
    assert_string_equal(bad, "{\"re\":7,\"ok\":false,\"error\":{\"code\":\"conflict\","
                             "\"reason\":\"clerk_missing\",\"detail\":\"d\"}}");
    assert_string_equal(lost, "{\"re\":null,\"ok\":false,\"error\":{\"code\":\"bad_message\","
                              "\"detail\":\"\"}}");
}

static void events_are_numbered_and_the_oldest_go(void **state)
{
    g_autoptr(HeardEventLog) log = heard_event_log_new();
    (void)state;

    assert_true(heard_event_log_reaches(log, 0));
    assert_false(heard_event_log_reaches(log, 1)); /* from the future: another epoch's */
    assert_string_equal(heard_event_log_add_take(log, "t", json_integer(5)),
                        "{\"seq\":1,\"type\":\"t\",\"data\":5}");
    for (unsigned i = 0; i < HEARD_EVENT_LOG_MAX; i++)
        heard_event_log_add_take(log, "t", json_object());
    assert_int_equal(heard_event_log_seq(log), HEARD_EVENT_LOG_MAX + 1);
    assert_false(heard_event_log_reaches(log, 0));
    assert_true(heard_event_log_reaches(log, 1));
    assert_null(heard_event_log_get(log, 1));
    assert_non_null(heard_event_log_get(log, 2));
    assert_null(heard_event_log_get(log, HEARD_EVENT_LOG_MAX + 2));
}

static void a_log_is_bounded_in_bytes(void **state)
{
    g_autoptr(HeardEventLog) log = heard_event_log_new();
    g_autofree char *big = g_strnfill(100000, 'x');
    (void)state;

    for (unsigned i = 0; i < 20; i++)
        heard_event_log_add_take(log, "t", json_string(big));
    assert_true(heard_event_log_reaches(log, 16));
    assert_false(heard_event_log_reaches(log, 10));
    assert_non_null(heard_event_log_get(log, 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_envelope_is_checked),
        cmocka_unit_test(a_hello_says_where_to_go_on),
        cmocka_unit_test(views_and_commands_are_typed),
        cmocka_unit_test(a_line_is_told_in_known_words_and_bounds),
        cmocka_unit_test(replies_name_the_request),
        cmocka_unit_test(events_are_numbered_and_the_oldest_go),
        cmocka_unit_test(a_log_is_bounded_in_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
