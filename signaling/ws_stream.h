/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One upgraded WebSocket (RFC 6455), server side: frames in, text messages out of them,
 * text messages to frames. The only door to wslay.
 *
 * A client that reads too slowly is ended, never waited for: the queue is bounded in
 * messages and bytes. Pings go out by themselves; silence ends the stream.
 *
 * Units      *_us monotonic, sizes in bytes.
 * Ownership  new/free. The descriptor is borrowed: close it after free. free must not run
 *            within on_message; on_end is a good place.
 * Threads    One loop, the one given.
 * Errors     None are returned: each way to end comes once, by on_end.
 */

#include "server/base/loop.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_WS_MESSAGE_MAX = 64 * 1024,
    HEARD_WS_QUEUE_MESSAGES_MAX = 1024,
    HEARD_WS_QUEUE_BYTES_MAX = 1024 * 1024,
    HEARD_WS_PING_US = 15 * 1000000,
    HEARD_WS_DEAD_US = 35 * 1000000,
    HEARD_WS_CLOSE_US = 8 * 1000000, /* for a slow phone to take what is queued and answer */
    HEARD_WS_ACCEPT_SIZE = 29,
};

typedef enum {
    HEARD_WS_CLOSED,   /* a close frame went both ways, or the other side just left */
    HEARD_WS_PROTOCOL, /* not RFC 6455, or a message too long; a close frame told it */
    HEARD_WS_SILENT,
    HEARD_WS_SLOW,
} HeardWsEnd;

typedef struct {
    /* text is valid UTF-8 of at most HEARD_WS_MESSAGE_MAX, borrowed. */
    void (*on_message)(const char *text, size_t size, void *data);
    void (*on_end)(HeardWsEnd end, void *data);
    void *data;
} HeardWsHooks;

typedef struct HeardWsStream HeardWsStream;

/* early: bytes that came with the upgrade; they are read on the loop's next round. */
HeardWsStream *heard_ws_stream_new(HeardLoop *loop, int fd, const uint8_t *early, size_t early_size,
                                   const HeardWsHooks *hooks);
void heard_ws_stream_free(HeardWsStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardWsStream, heard_ws_stream_free)

/* False once the stream ends or is being closed. */
bool heard_ws_stream_send(HeardWsStream *self, const char *text, size_t size);

/* Sends what is queued, then the close frame. Nothing is received after it. */
void heard_ws_stream_close(HeardWsStream *self, uint16_t code);

/* Sec-WebSocket-Accept for a client's Sec-WebSocket-Key (RFC 6455 4.2.2); false when the
 * key is not the base64 of 16 bytes. */
bool heard_ws_accept(const char *key, char ret_accept[static HEARD_WS_ACCEPT_SIZE]);
