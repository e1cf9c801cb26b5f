/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "signaling/connection.h"
#include "wire.h"

typedef struct {
    Wire wire;
    HeardConnection *connection;
    unsigned messages, gone, closed;
    HeardMessageKind last;
} Caller;

static void on_message(HeardConnection *connection, const HeardMessage *message, void *data)
{
    Caller *self = data;

    self->messages++;
    self->last = message->kind;
    heard_connection_reply_take(connection, message->id, NULL);
}

static void on_gone(HeardConnection *connection, HeardWsEnd end, void *data)
{
    Caller *self = data;

    (void)end;
    self->gone++;
    self->connection = NULL;
    heard_connection_free(connection); /* the place to do it */
}

static void on_close(void *stream)
{
    Caller *self = stream;

    self->closed++;
    close(self->wire.server_fd);
}

static void call(Caller *self)
{
    HeardConnectionHooks hooks = {on_message, on_gone, on_close, self};

    memset(self, 0, sizeof *self);
    wire_init(&self->wire);
    self->connection =
        heard_connection_new(self->wire.loop, self->wire.server_fd, NULL, 0, self, &hooks);
}

static void hang_up(Caller *self)
{
    heard_connection_free(self->connection);
    assert_int_equal(self->closed, 1);
    wire_deinit(&self->wire);
}

static bool next_contains(Caller *self, const char *text)
{
    g_autofree char *payload = NULL;

    return wire_next(&self->wire, &payload, NULL) == 1 && strstr(payload, text) != NULL;
}

static void hello_comes_first_and_once(void **state)
{
    Caller caller;
    (void)state;

    call(&caller);
    wire_say(&caller.wire, "{\"id\":1,\"type\":\"hello\"}");
    assert_true(next_contains(&caller, "\"re\":1,\"ok\":true"));
    assert_true(heard_connection_greeted(caller.connection));
    wire_say(&caller.wire, "{\"id\":2,\"type\":\"hand.raise\"}");
    assert_int_equal(caller.last, HEARD_MESSAGE_COMMAND);
    assert_true(next_contains(&caller, "\"re\":2,\"ok\":true"));
    wire_say(&caller.wire, "{\"id\":3,\"type\":\"hello\"}");
    assert_true(next_contains(&caller, "bad_message"));
    assert_int_equal(caller.messages, 2);
    hang_up(&caller);

    call(&caller);
    wire_say(&caller.wire, "{\"id\":1,\"type\":\"hand.raise\"}");
    assert_true(next_contains(&caller, "bad_message"));
    assert_int_equal(wire_close_code(&caller.wire), 4002);
    assert_int_equal(caller.messages, 0);
    hang_up(&caller);
}

/* A page asks whether the server is there; nobody else need know. */
static void a_ping_is_answered_here(void **state)
{
    Caller caller;
    (void)state;

    call(&caller);
    wire_say(&caller.wire, "{\"id\":1,\"type\":\"ping\"}");
    assert_true(next_contains(&caller, "bad_message"));
    hang_up(&caller);

    call(&caller);
    wire_say(&caller.wire, "{\"id\":1,\"type\":\"hello\"}");
    assert_true(next_contains(&caller, "\"re\":1,\"ok\":true"));
    wire_say(&caller.wire, "{\"id\":2,\"type\":\"ping\"}");
    assert_true(next_contains(&caller, "\"re\":2,\"ok\":true"));
    assert_int_equal(caller.messages, 1);
    hang_up(&caller);
}

static void garbage_is_answered_and_then_ends_it(void **state)
{
    Caller caller;
    (void)state;

    call(&caller);
    for (unsigned i = 0; i < HEARD_CONNECTION_BAD_MAX; i++) {
        wire_say(&caller.wire, "garbage");
        assert_true(next_contains(&caller, "\"re\":null,\"ok\":false"));
    }
    assert_int_equal(wire_close_code(&caller.wire), 4002);
    shutdown(caller.wire.client_fd, SHUT_RDWR);
    wire_turn(&caller.wire);
    assert_int_equal(caller.gone, 1);
    hang_up(&caller);
}

static void too_many_commands_are_refused_one_by_one(void **state)
{
    g_autoptr(GByteArray) flood = g_byte_array_new();
    unsigned refused = 0, done = 0;
    char *payload;
    Caller caller;
    (void)state;

    call(&caller);
    wire_say(&caller.wire, "{\"id\":1,\"type\":\"hello\"}");
    for (unsigned i = 0; i < 3 * HEARD_CONNECTION_BURST; i++) {
        const char *text = "{\"id\":2,\"type\":\"hand.raise\"}";

        wire_frame(flood, 0x81, text, strlen(text));
    }
    wire_write(&caller.wire, flood->data, flood->len);
    while (wire_next(&caller.wire, &payload, NULL) == 1) {
        refused += strstr(payload, "too_many") != NULL;
        done += strstr(payload, "\"ok\":true") != NULL;
        g_free(payload);
    }
    assert_int_equal(refused + done, 3 * HEARD_CONNECTION_BURST + 1);
    assert_in_range(done, HEARD_CONNECTION_BURST, 2 * HEARD_CONNECTION_BURST);
    assert_int_equal(caller.gone, 0);
    hang_up(&caller);
}

static void missed_events_follow(void **state)
{
    g_autoptr(HeardEventLog) log = heard_event_log_new();
    Caller caller;
    (void)state;

    for (unsigned i = 0; i < 5; i++)
        heard_event_log_add_take(log, "t", json_object());
    call(&caller);
    heard_connection_send_missed(caller.connection, log, 3);
    assert_true(next_contains(&caller, "\"seq\":4"));
    assert_true(next_contains(&caller, "\"seq\":5"));
    assert_int_equal(wire_next(&caller.wire, NULL, NULL), -1);
    hang_up(&caller);
}

static void what_is_held_comes_later_in_order(void **state)
{
    Caller caller;
    (void)state;

    call(&caller);
    heard_connection_hold(caller.connection);
    wire_say(&caller.wire, "{\"id\":1,\"type\":\"hello\"}");
    heard_connection_send_event(caller.connection, "{\"seq\":1}");
    heard_connection_close(caller.connection, HEARD_CLOSE_NORMAL);
    heard_connection_send_event(caller.connection, "{\"seq\":2}"); /* too late */
    assert_int_equal(wire_next(&caller.wire, NULL, NULL), -1);
    assert_int_equal(caller.messages, 1); /* he is heard meanwhile */
    heard_connection_release(caller.connection);
    assert_true(next_contains(&caller, "\"re\":1,\"ok\":true"));
    assert_true(next_contains(&caller, "\"seq\":1"));
    assert_int_equal(wire_close_code(&caller.wire), HEARD_CLOSE_NORMAL);
    hang_up(&caller);

    call(&caller);
    heard_connection_hold(caller.connection);
    for (unsigned i = 0; i < 2 * HEARD_CONNECTION_HELD_MAX; i++)
        heard_connection_send_event(caller.connection, "{}");
    heard_connection_release(caller.connection);
    for (unsigned i = 0; i < HEARD_CONNECTION_HELD_MAX; i++)
        assert_true(next_contains(&caller, "{}"));
    assert_int_equal(wire_close_code(&caller.wire), HEARD_CLOSE_SLOW);
    hang_up(&caller);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_comes_first_and_once),
        cmocka_unit_test(a_ping_is_answered_here),
        cmocka_unit_test(garbage_is_answered_and_then_ends_it),
        cmocka_unit_test(too_many_commands_are_refused_one_by_one),
        cmocka_unit_test(missed_events_follow),
        cmocka_unit_test(what_is_held_comes_later_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
