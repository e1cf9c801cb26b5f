/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "signaling/ws_stream.h"
#include "wire.h"

typedef struct {
    Wire wire;
    HeardWsStream *stream;
    GString *heard;
    unsigned messages, ends;
    HeardWsEnd end;
    bool answer;
} Line;

static void on_message(const char *text, size_t size, void *data)
{
    Line *self = data;

    self->messages++;
    g_string_append_len(self->heard, text, (gssize)size);
    if (self->answer)
        heard_ws_stream_send(self->stream, text, size);
}

static void on_end(HeardWsEnd end, void *data)
{
    Line *self = data;

    self->ends++;
    self->end = end;
}

static void line_open(Line *self, const uint8_t *early, size_t early_size)
{
    HeardWsHooks hooks = {on_message, on_end, self};

    memset(self, 0, sizeof *self);
    wire_init(&self->wire);
    self->heard = g_string_new(NULL);
    self->stream =
        heard_ws_stream_new(self->wire.loop, self->wire.server_fd, early, early_size, &hooks);
}

static void line_close(Line *self)
{
    heard_ws_stream_free(self->stream);
    close(self->wire.server_fd);
    wire_deinit(&self->wire);
    g_string_free(self->heard, TRUE);
}

static void the_key_of_the_rfc_is_accepted(void **state)
{
    char accept[HEARD_WS_ACCEPT_SIZE];
    (void)state;

    assert_true(heard_ws_accept("dGhlIHNhbXBsZSBub25jZQ==", accept));
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); /* RFC 6455 1.3 */
    assert_false(heard_ws_accept("", accept));
    assert_false(heard_ws_accept("dGhlIHNhbXBsZSBub25jZQ", accept));
    assert_false(heard_ws_accept("!!!!!!!!!!!!!!!!!!!!!!!!", accept));
}

static void messages_come_whole_or_byte_by_byte(void **state)
{
    g_autoptr(GByteArray) story = g_byte_array_new();
    g_autofree char *big = g_strnfill(HEARD_WS_MESSAGE_MAX, 'x');
    (void)state;

    wire_frame(story, 0x81, "{\"a\":1}", 7);
    wire_frame(story, 0x01, "frag", 4); /* three fragments with a ping between */
    wire_frame(story, 0x89, "p", 1);
    wire_frame(story, 0x00, "men", 3);
    wire_frame(story, 0x80, "ted", 3);
    for (int whole = 0; whole < 2; whole++) {
        Line line;
        char *pong = NULL;

        line_open(&line, NULL, 0);
        for (guint i = 0; i < story->len; i += whole ? story->len : 1)
            wire_write(&line.wire, story->data + i, whole ? story->len : 1);
        assert_int_equal(line.messages, 2);
        assert_string_equal(line.heard->str, "{\"a\":1}fragmented");
        assert_int_equal(wire_next(&line.wire, &pong, NULL), 0xA);
        assert_string_equal(pong, "p");
        g_free(pong);
        wire_say(&line.wire, big);
        assert_int_equal(line.messages, 3);
        assert_int_equal(line.ends, 0);
        line_close(&line);
    }
}

static void bytes_that_came_with_the_upgrade_are_read(void **state)
{
    g_autoptr(GByteArray) early = g_byte_array_new();
    Line line;
    (void)state;

    wire_frame(early, 0x81, "hello", 5);
    line_open(&line, early->data, early->len - 2);
    wire_turn(&line.wire);
    assert_int_equal(line.messages, 0);
    wire_write(&line.wire, early->data + early->len - 2, 2);
    assert_string_equal(line.heard->str, "hello");
    line_close(&line);
}

static void answers_go_out_within_a_message(void **state)
{
    g_autofree char *payload = NULL;
    Line line;
    (void)state;

    line_open(&line, NULL, 0);
    line.answer = true;
    wire_say(&line.wire, "echo");
    assert_int_equal(wire_next(&line.wire, &payload, NULL), 1);
    assert_string_equal(payload, "echo");
    line_close(&line);
}

static void broken_frames_end_it_with_a_code(void **state)
{
    static const struct {
        uint8_t first;
        const char *payload;
        size_t size;
        unsigned code;
    } bad[] = {
        {0x82, "binary", 6, 1003}, {0x81, "\xff\xfe", 2, 1007},          {0xf1, "rsv", 3, 1002},
        {0x83, "opcode", 6, 1002}, {0x80, "nothing to go on", 16, 1002},
    };
    g_autofree char *big = g_strnfill(HEARD_WS_MESSAGE_MAX + 1, 'x');
    (void)state;

    for (size_t i = 0; i <= G_N_ELEMENTS(bad); i++) {
        g_autoptr(GByteArray) out = g_byte_array_new();
        Line line;

        line_open(&line, NULL, 0);
        if (i < G_N_ELEMENTS(bad))
            wire_frame(out, bad[i].first, bad[i].payload, bad[i].size);
        else
            wire_frame(out, 0x81, big, HEARD_WS_MESSAGE_MAX + 1);
        wire_write(&line.wire, out->data, out->len);
        assert_int_equal(wire_close_code(&line.wire), i < G_N_ELEMENTS(bad) ? bad[i].code : 1009);
        close(line.wire.client_fd);
        wire_turn(&line.wire);
        assert_int_equal(line.ends, 1);
        assert_int_equal(line.end, HEARD_WS_PROTOCOL);
        assert_int_equal(line.messages, 0);
        assert_false(heard_ws_stream_send(line.stream, "x", 1));
        line.wire.client_fd = dup(0);
        line_close(&line);
    }
}

static void unmasked_frames_are_refused(void **state)
{
    static const uint8_t unmasked[] = {0x81, 0x02, 'h', 'i'};
    Line line;
    (void)state;

    line_open(&line, NULL, 0);
    wire_write(&line.wire, unmasked, sizeof unmasked);
    assert_int_equal(wire_close_code(&line.wire), 1002);
    line_close(&line);
}

static void a_close_goes_both_ways(void **state)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    Line line;
    (void)state;

    line_open(&line, NULL, 0);
    heard_ws_stream_send(line.stream, "last words", 10);
    heard_ws_stream_close(line.stream, 4001);
    assert_false(heard_ws_stream_send(line.stream, "x", 1));
    assert_int_equal(wire_next(&line.wire, NULL, NULL), 1);
    assert_int_equal(wire_close_code(&line.wire), 4001);
    assert_int_equal(line.ends, 0);
    wire_frame(out, 0x88, "\x0f\xa1", 2);
    wire_write(&line.wire, out->data, out->len);
    assert_int_equal(line.ends, 1);
    assert_int_equal(line.end, HEARD_WS_CLOSED);
    line_close(&line);
}

static void a_client_that_leaves_ends_it_once(void **state)
{
    Line line;
    (void)state;

    line_open(&line, NULL, 0);
    shutdown(line.wire.client_fd, SHUT_RDWR);
    wire_turn(&line.wire);
    assert_int_equal(line.ends, 1);
    assert_int_equal(line.end, HEARD_WS_CLOSED);
    line_close(&line);
}

static void a_slow_client_is_dropped_and_not_waited_for(void **state)
{
    g_autofree char *big = g_strnfill(60000, 'x');
    Line line;
    unsigned taken = 0;
    (void)state;

    line_open(&line, NULL, 0);
    while (taken < 1000 && heard_ws_stream_send(line.stream, big, 60000))
        taken++;
    /* the socket's buffer and one MiB of ours, no more */
    assert_in_range(taken, HEARD_WS_QUEUE_BYTES_MAX / 60000, 60);
    wire_turn(&line.wire);
    assert_int_equal(line.ends, 1);
    assert_int_equal(line.end, HEARD_WS_SLOW);
    line_close(&line);
}

static void many_small_messages_are_bounded_too(void **state)
{
    Line line;
    unsigned taken = 0;
    (void)state;

    line_open(&line, NULL, 0);
    while (taken < 100000 && heard_ws_stream_send(line.stream, "0123456789", 10))
        taken++;
    assert_true(taken < 100000);
    wire_turn(&line.wire);
    assert_int_equal(line.end, HEARD_WS_SLOW);
    line_close(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_of_the_rfc_is_accepted),
        cmocka_unit_test(messages_come_whole_or_byte_by_byte),
        cmocka_unit_test(bytes_that_came_with_the_upgrade_are_read),
        cmocka_unit_test(answers_go_out_within_a_message),
        cmocka_unit_test(broken_frames_end_it_with_a_code),
        cmocka_unit_test(unmasked_frames_are_refused),
        cmocka_unit_test(a_close_goes_both_ways),
        cmocka_unit_test(a_client_that_leaves_ends_it_once),
        cmocka_unit_test(a_slow_client_is_dropped_and_not_waited_for),
        cmocka_unit_test(many_small_messages_are_bounded_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
