/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/ws_stream.h"

#include "server/base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

static const HeardLogTopic topic = {"signaling"};

/* Nobody keeps the main thread for longer than so many bytes in one round. */
enum { ROUND_BYTES_MAX = 256 * 1024 };

struct HeardWsStream {
    HeardLoop *loop;
    HeardWatch watch;
    HeardTimer timer;
    wslay_event_context_ptr context;
    HeardWsHooks hooks;
    GByteArray *early;
    size_t early_read;
    int64_t seen_us, ping_us; /* last byte of the client; last ping of ours */
    int64_t close_by_us;      /* 0: not closing */
    uint16_t close_code;      /* 0: none waits for the messages before it */
    uint16_t first_code;      /* why we close, whatever the client does until then; 0: not yet */
    size_t round_bytes;
    bool writable_wanted;
    bool inside; /* within wslay: the end waits until it is left */
    bool ended;  /* on_end is due or was called */
    bool told;
    HeardWsEnd end;
};

/* ---- wslay's callbacks ---- */

static ssize_t on_recv(wslay_event_context_ptr context, uint8_t *bytes, size_t size, int flags,
                       void *data)
{
    HeardWsStream *self = data;
    size_t left = self->early ? self->early->len - self->early_read : 0;
    ssize_t got;

    (void)flags;
    if (left > 0) {
        got = (ssize_t)MIN(left, size);
        memcpy(bytes, self->early->data + self->early_read, (size_t)got);
        self->early_read += (size_t)got;
        return got;
    }
    if (self->round_bytes >= ROUND_BYTES_MAX) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    do {
        got = recv(self->watch.fd, bytes, size, 0);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        self->round_bytes += (size_t)got;
        self->seen_us = heard_loop_now_us(self->loop);
        return got;
    }
    wslay_event_set_error(context, got < 0 && errno == EAGAIN ? WSLAY_ERR_WOULDBLOCK
                                                              : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static ssize_t on_send(wslay_event_context_ptr context, const uint8_t *bytes, size_t size,
                       int flags, void *data)
{
    HeardWsStream *self = data;
    int more = flags & WSLAY_MSG_MORE ? MSG_MORE : 0;
    ssize_t sent;

    do {
        sent = send(self->watch.fd, bytes, size, MSG_NOSIGNAL | more);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return sent;
    wslay_event_set_error(context,
                          errno == EAGAIN ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static void on_message(wslay_event_context_ptr context,
                       const struct wslay_event_on_msg_recv_arg *message, void *data)
{
    HeardWsStream *self = data;

    (void)context;
    if (self->ended || self->close_by_us != 0)
        return;
    if (message->opcode == WSLAY_TEXT_FRAME)
        self->hooks.on_message((const char *)message->msg, message->msg_length, self->hooks.data);
    else if (message->opcode == WSLAY_BINARY_FRAME)
        heard_ws_stream_close(self, WSLAY_CODE_UNSUPPORTED_DATA);
}

/* ---- the end ---- */

static void end(HeardWsStream *self, HeardWsEnd why)
{
    if (self->ended)
        return;
    self->ended = true;
    self->end = why;
    heard_loop_unwatch(self->loop, &self->watch);
    /* on_end may free the stream: it comes from the loop, never from within a call. */
    heard_loop_set_timer(self->loop, &self->timer, heard_loop_now_us(self->loop));
}

static HeardWsEnd reason_of_end(const HeardWsStream *self)
{
    uint16_t sent = wslay_event_get_status_code_sent(self->context);

    switch (self->first_code != 0 ? self->first_code : sent) {
    case WSLAY_CODE_PROTOCOL_ERROR:
    case WSLAY_CODE_UNSUPPORTED_DATA:
    case WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA:
    case WSLAY_CODE_MESSAGE_TOO_BIG:
        return HEARD_WS_PROTOCOL;
    default:
        return HEARD_WS_CLOSED;
    }
}

static void set_timer(HeardWsStream *self)
{
    int64_t at = MIN(self->seen_us + HEARD_WS_DEAD_US, self->ping_us + HEARD_WS_PING_US);

    if (self->close_by_us != 0)
        at = self->close_by_us;
    if (!self->ended)
        heard_loop_set_timer(self->loop, &self->timer, at);
}

/* wslay lets control frames overtake messages: a close waits until those are out. */
static bool write_out(HeardWsStream *self)
{
    bool good;

    self->inside = true;
    good = !wslay_event_want_write(self->context) || wslay_event_send(self->context) == 0;
    if (good && self->close_code != 0 && !wslay_event_want_write(self->context)) {
        good = wslay_event_queue_close(self->context, self->close_code, NULL, 0) == 0 &&
               wslay_event_send(self->context) == 0;
        self->close_code = 0;
    }
    self->inside = false;
    return good;
}

/* Write what goes out now; decide what to wait for. */
static void flush(HeardWsStream *self)
{
    bool wants;

    if (self->ended || self->inside)
        return;
    if (!write_out(self)) {
        end(self, reason_of_end(self));
        return;
    }
    if (wslay_event_get_queued_msg_count(self->context) > HEARD_WS_QUEUE_MESSAGES_MAX ||
        wslay_event_get_queued_msg_length(self->context) > HEARD_WS_QUEUE_BYTES_MAX) {
        heard_log(&topic, HEARD_LOG_WARN, "slow-client messages=%zu bytes=%zu",
                  wslay_event_get_queued_msg_count(self->context),
                  wslay_event_get_queued_msg_length(self->context));
        end(self, HEARD_WS_SLOW);
        return;
    }
    if (wslay_event_get_close_sent(self->context) && self->close_by_us == 0)
        self->close_by_us = heard_loop_now_us(self->loop) + HEARD_WS_CLOSE_US;
    if (!wslay_event_want_read(self->context) && !wslay_event_want_write(self->context)) {
        end(self, reason_of_end(self));
        return;
    }
    wants = wslay_event_want_write(self->context);
    if (wants != self->writable_wanted) {
        self->writable_wanted = wants;
        if (!heard_loop_rewatch(self->loop, &self->watch, EPOLLIN | (wants ? EPOLLOUT : 0u)))
            end(self, HEARD_WS_CLOSED);
    }
    set_timer(self);
}

static void receive(HeardWsStream *self)
{
    int failed;

    self->round_bytes = 0;
    self->inside = true;
    failed = wslay_event_recv(self->context);
    self->inside = false;
    if (failed != 0)
        end(self, reason_of_end(self));
    flush(self);
}

static void on_ready(HeardWatch *watch, uint32_t events)
{
    HeardWsStream *self = heard_container_of(watch, HeardWsStream, watch);

    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        receive(self);
    else
        flush(self);
}

static void on_timer(HeardTimer *timer, int64_t now_us)
{
    HeardWsStream *self = heard_container_of(timer, HeardWsStream, timer);
    struct wslay_event_msg ping = {.opcode = WSLAY_PING};

    if (self->ended) {
        if (!self->told) {
            self->told = true;
            self->hooks.on_end(self->end, self->hooks.data);
        }
        return;
    }
    if (self->early && self->early_read < self->early->len) {
        receive(self);
        return;
    }
    if (self->close_by_us != 0 && now_us >= self->close_by_us) {
        end(self, reason_of_end(self));
        return;
    }
    if (now_us >= self->seen_us + HEARD_WS_DEAD_US) {
        end(self, HEARD_WS_SILENT);
        return;
    }
    if (now_us >= self->ping_us + HEARD_WS_PING_US) {
        self->ping_us = now_us;
        wslay_event_queue_msg(self->context, &ping);
    }
    flush(self);
    set_timer(self);
}

HeardWsStream *heard_ws_stream_new(HeardLoop *loop, int fd, const uint8_t *early, size_t early_size,
                                   const HeardWsHooks *hooks)
{
    static const struct wslay_event_callbacks callbacks = {
        on_recv, on_send, NULL, NULL, NULL, NULL, on_message,
    };
    HeardWsStream *self = g_new0(HeardWsStream, 1);
    int64_t now_us = heard_loop_now_us(loop);

    self->loop = loop;
    self->hooks = *hooks;
    self->watch.fd = fd;
    self->watch.func = on_ready;
    self->timer.func = on_timer;
    self->seen_us = now_us;
    self->ping_us = now_us;
    if (wslay_event_context_server_init(&self->context, &callbacks, self) != 0)
        g_error("wslay: no memory");
    wslay_event_config_set_max_recv_msg_length(self->context, HEARD_WS_MESSAGE_MAX);
    if (early_size > 0) {
        self->early = g_byte_array_new();
        g_byte_array_append(self->early, early, (guint)early_size);
    }
    if (!heard_loop_watch(loop, &self->watch, EPOLLIN, NULL))
        end(self, HEARD_WS_CLOSED);
    else if (early_size > 0)
        heard_loop_set_timer(loop, &self->timer, now_us);
    else
        set_timer(self);
    return self;
}

void heard_ws_stream_free(HeardWsStream *self)
{
    if (!self)
        return;
    g_assert(!self->inside);
    heard_loop_unwatch(self->loop, &self->watch);
    heard_loop_clear_timer(self->loop, &self->timer);
    wslay_event_context_free(self->context);
    if (self->early)
        g_byte_array_unref(self->early);
    g_free(self);
}

bool heard_ws_stream_send(HeardWsStream *self, const char *text, size_t size)
{
    struct wslay_event_msg message = {WSLAY_TEXT_FRAME, (const uint8_t *)text, size};

    if (self->ended || self->close_by_us != 0 ||
        wslay_event_queue_msg(self->context, &message) != 0)
        return false;
    flush(self);
    return !self->ended;
}

void heard_ws_stream_close(HeardWsStream *self, uint16_t code)
{
    if (self->ended || self->close_by_us != 0)
        return;
    self->close_by_us = heard_loop_now_us(self->loop) + HEARD_WS_CLOSE_US;
    self->close_code = code;
    self->first_code = code;
    flush(self);
}

bool heard_ws_accept(const char *key, char ret_accept[static HEARD_WS_ACCEPT_SIZE])
{
    static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    g_autofree guchar *raw = NULL;
    g_autofree char *accept = NULL;
    guint8 digest[20];
    gsize size = 0, digest_size = sizeof digest;
    GChecksum *sum;

    if (strlen(key) != 24)
        return false;
    raw = g_base64_decode(key, &size);
    if (size != 16)
        return false;
    sum = g_checksum_new(G_CHECKSUM_SHA1);
    g_checksum_update(sum, (const guchar *)key, -1);
    g_checksum_update(sum, (const guchar *)magic, -1);
    g_checksum_get_digest(sum, digest, &digest_size);
    g_checksum_free(sum);
    accept = g_base64_encode(digest, digest_size);
    g_strlcpy(ret_accept, accept, HEARD_WS_ACCEPT_SIZE);
    return true;
}
