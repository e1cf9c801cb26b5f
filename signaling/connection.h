/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One participant's WebSocket as the application sees it: a hello first, then typed
 * messages, replies and events. Limits are kept here: ten seconds for the hello, fifty
 * commands a second, ten unreadable messages a minute.
 *
 * Ownership  new/free. The descriptor ends by close(stream) when the connection is freed.
 *            free must not run within on_message; on_gone is the place.
 * Threads    Main.
 * Errors     None are returned; the end comes once by on_gone, also after close().
 */

#include "server/base/loop.h"
#include "signaling/event_log.h"
#include "signaling/message.h"
#include "signaling/ws_stream.h"

enum {
    HEARD_CONNECTION_HELLO_US = 10 * 1000000,
    HEARD_CONNECTION_RATE = 50, /* commands a second */
    HEARD_CONNECTION_BURST = 100,
    HEARD_CONNECTION_BAD_MAX = 10, /* unreadable messages a minute */
    HEARD_CONNECTION_HELD_MAX = HEARD_WS_QUEUE_MESSAGES_MAX,
};

/* PROTOCOL.md 2. */
typedef enum {
    HEARD_CLOSE_NORMAL = 1000,
    HEARD_CLOSE_RESTART = 1001,
    HEARD_CLOSE_REPLACED = 4001,
    HEARD_CLOSE_PROTOCOL = 4002,
    HEARD_CLOSE_SLOW = 4003,
    HEARD_CLOSE_REVOKED = 4004,
} HeardCloseCode;

typedef struct HeardConnection HeardConnection;

typedef struct {
    /* The first one is a hello; later hellos are refused before. The message is borrowed. */
    void (*on_message)(HeardConnection *connection, const HeardMessage *message, void *data);
    void (*on_gone)(HeardConnection *connection, HeardWsEnd end, void *data);
    void (*close)(void *stream); /* of the descriptor */
    void *data;
} HeardConnectionHooks;

HeardConnection *heard_connection_new(HeardLoop *loop, int fd, const uint8_t *early,
                                      size_t early_size, void *stream,
                                      const HeardConnectionHooks *hooks);
void heard_connection_free(HeardConnection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardConnection, heard_connection_free)

bool heard_connection_greeted(const HeardConnection *self);

void heard_connection_reply_take(HeardConnection *self, int64_t id, json_t *data);
void heard_connection_refuse(HeardConnection *self, int64_t id, HeardError code, const char *reason,
                             const char *detail);
/* Until release what is to be sent waits, a close behind it; pings of the stream do not. No more
 * than HEARD_CONNECTION_HELD_MAX texts: who has more is too slow. */
void heard_connection_hold(HeardConnection *self);
void heard_connection_release(HeardConnection *self);
/* A text of the participant's HeardEventLog. */
void heard_connection_send_event(HeardConnection *self, const char *text);
/* Everything of the log after seq. */
void heard_connection_send_missed(HeardConnection *self, const HeardEventLog *log, uint64_t seq);
void heard_connection_close(HeardConnection *self, HeardCloseCode code);
