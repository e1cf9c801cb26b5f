/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/connection.h"

#include "server/base/log.h"
#include "server/base/metrics.h"

#include <string.h>

static const HeardLogTopic topic = {"signaling"};

static HeardMetric too_many = {.name = "heard_signaling_refused_total",
                               .labels = "reason=\"too_many\"",
                               .help = "Messages refused before they were understood",
                               .kind = HEARD_METRIC_COUNTER};
static HeardMetric unreadable = {.name = "heard_signaling_refused_total",
                                 .labels = "reason=\"bad_message\"",
                                 .help = "Messages refused before they were understood",
                                 .kind = HEARD_METRIC_COUNTER};

enum { MINUTE_US = 60 * 1000000, TOKEN_US = 1000000 / HEARD_CONNECTION_RATE };

struct HeardConnection {
    HeardLoop *loop;
    HeardWsStream *ws;
    HeardTimer hello_timer;
    HeardConnectionHooks hooks;
    void *stream;
    bool greeted;
    /* Token bucket: each command moves the mark on by one token's time; it may be ahead
     * of the clock by a burst. */
    int64_t bucket_us;
    int64_t bad_since_us;
    unsigned bad_count;
    GQueue held; /* of texts */
    bool holds;
    HeardCloseCode held_close; /* 0: none */
};

static bool take_token(HeardConnection *self)
{
    int64_t now_us = heard_loop_now_us(self->loop);

    if (self->bucket_us < now_us)
        self->bucket_us = now_us;
    if (self->bucket_us + TOKEN_US > now_us + (int64_t)HEARD_CONNECTION_BURST * TOKEN_US)
        return false;
    self->bucket_us += TOKEN_US;
    return true;
}

static void count_bad(HeardConnection *self)
{
    int64_t now_us = heard_loop_now_us(self->loop);

    heard_metric_add(&unreadable, 1);
    if (now_us - self->bad_since_us > MINUTE_US) {
        self->bad_since_us = now_us;
        self->bad_count = 0;
    }
    if (++self->bad_count >= HEARD_CONNECTION_BAD_MAX) {
        heard_log(&topic, HEARD_LOG_WARN, "unreadable-messages count=%u", self->bad_count);
        heard_connection_close(self, HEARD_CLOSE_PROTOCOL);
    }
}

static void on_message(const char *text, size_t size, void *data)
{
    HeardConnection *self = data;
    g_auto(HeardMessage) message;
    g_autoptr(GError) error = NULL;
    bool readable = heard_message_parse(&message, text, size, &error);

    if (!take_token(self)) {
        heard_metric_add(&too_many, 1);
        heard_connection_refuse(self, message.id, HEARD_ERROR_TOO_MANY, NULL, NULL);
        return;
    }
    if (!readable) {
        heard_connection_refuse(self, message.id, heard_error_code(error), NULL, error->message);
        if (message.id == 0)
            count_bad(self);
        return;
    }
    if ((message.kind == HEARD_MESSAGE_HELLO) == self->greeted) {
        heard_connection_refuse(self, message.id, HEARD_ERROR_BAD_MESSAGE, NULL,
                                self->greeted ? "hello comes once" : "hello comes first");
        if (!self->greeted)
            heard_connection_close(self, HEARD_CLOSE_PROTOCOL);
        return;
    }
    if (message.kind == HEARD_MESSAGE_HELLO) {
        self->greeted = true;
        heard_loop_clear_timer(self->loop, &self->hello_timer);
    }
    if (message.kind == HEARD_MESSAGE_PING)
        heard_connection_reply_take(self, message.id, NULL);
    else
        self->hooks.on_message(self, &message, self->hooks.data);
}

static void on_end(HeardWsEnd end, void *data)
{
    HeardConnection *self = data;

    self->hooks.on_gone(self, end, self->hooks.data);
}

static void on_no_hello(HeardTimer *timer, int64_t now_us)
{
    HeardConnection *self = heard_container_of(timer, HeardConnection, hello_timer);

    (void)now_us;
    heard_connection_close(self, HEARD_CLOSE_PROTOCOL);
}

HeardConnection *heard_connection_new(HeardLoop *loop, int fd, const uint8_t *early,
                                      size_t early_size, void *stream,
                                      const HeardConnectionHooks *hooks)
{
    HeardConnection *self = g_new0(HeardConnection, 1);
    HeardWsHooks ws_hooks = {on_message, on_end, self};

    heard_metric_register(&too_many);
    heard_metric_register(&unreadable);
    self->loop = loop;
    self->hooks = *hooks;
    self->stream = stream;
    g_queue_init(&self->held);
    self->bad_since_us = heard_loop_now_us(loop);
    self->hello_timer.func = on_no_hello;
    heard_loop_set_timer(loop, &self->hello_timer,
                         heard_loop_now_us(loop) + HEARD_CONNECTION_HELLO_US);
    self->ws = heard_ws_stream_new(loop, fd, early, early_size, &ws_hooks);
    return self;
}

void heard_connection_free(HeardConnection *self)
{
    if (!self)
        return;
    heard_loop_clear_timer(self->loop, &self->hello_timer);
    heard_ws_stream_free(self->ws);
    g_queue_clear_full(&self->held, g_free);
    if (self->hooks.close)
        self->hooks.close(self->stream);
    g_free(self);
}

bool heard_connection_greeted(const HeardConnection *self)
{
    return self->greeted;
}

static void send_take(HeardConnection *self, char *text)
{
    if (self->holds && self->held_close == 0) {
        g_queue_push_tail(&self->held, text);
        if (g_queue_get_length(&self->held) >= HEARD_CONNECTION_HELD_MAX)
            self->held_close = HEARD_CLOSE_SLOW;
        return;
    }
    if (!self->holds)
        heard_ws_stream_send(self->ws, text, strlen(text));
    g_free(text);
}

void heard_connection_hold(HeardConnection *self)
{
    self->holds = true;
}

void heard_connection_release(HeardConnection *self)
{
    HeardCloseCode code = self->held_close;
    char *text;

    self->holds = false;
    self->held_close = 0;
    while ((text = g_queue_pop_head(&self->held)))
        send_take(self, text);
    if (code != 0)
        heard_connection_close(self, code);
}

void heard_connection_reply_take(HeardConnection *self, int64_t id, json_t *data)
{
    send_take(self, heard_message_reply_take(id, data));
}

void heard_connection_refuse(HeardConnection *self, int64_t id, HeardError code, const char *reason,
                             const char *detail)
{
    send_take(self, heard_message_refusal(id, code, reason, detail));
}

void heard_connection_send_event(HeardConnection *self, const char *text)
{
    if (self->holds)
        send_take(self, g_strdup(text));
    else
        heard_ws_stream_send(self->ws, text, strlen(text));
}

void heard_connection_send_missed(HeardConnection *self, const HeardEventLog *log, uint64_t seq)
{
    for (uint64_t i = seq + 1; i <= heard_event_log_seq(log); i++) {
        const char *text = heard_event_log_get(log, i);

        if (text)
            heard_connection_send_event(self, text);
    }
}

void heard_connection_close(HeardConnection *self, HeardCloseCode code)
{
    if (self->holds) {
        self->held_close = code;
        return;
    }
    heard_ws_stream_close(self->ws, (uint16_t)code);
}
