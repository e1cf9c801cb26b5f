/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One TLS connection of a client, and the plain stream that libmicrohttpd serves in its place.
 *
 * libmicrohttpd 0.9.75 can do TLS itself, but carries an upgraded connection (a WebSocket) over
 * it four bytes at a time: seven times the bytes on a thin line (ADR 8).
 *
 * What one side cannot take yet is kept, at most HEARD_TLS_CHUNK_BYTES in each direction, and the
 * other side is not read meanwhile. At the end of the plain stream the rest is sent, then
 * close_notify, then what still comes is read for HEARD_TLS_LINGER_US: a reset would destroy an
 * answer that the client has not read yet.
 *
 * Units      Bytes; *_us monotonic microseconds.
 * Ownership  new takes both descriptors and the SSL. It frees itself: on_end is the last word.
 * Threads    Main only.
 * Errors     Whatever goes wrong ends the connection; on_end says no more than that.
 */

#include "server/base/loop.h"

#include <openssl/ssl.h>

enum {
    HEARD_TLS_CHUNK_BYTES = 16 * 1024, /* the largest record, RFC 8446 5.1 */
    HEARD_TLS_HANDSHAKE_US = 10 * 1000 * 1000,
    HEARD_TLS_LINGER_US = 2 * 1000 * 1000,
};

typedef struct HeardTlsRelay HeardTlsRelay;

/* The relay is freed when this returns. */
typedef void (*HeardTlsRelayFunc)(HeardTlsRelay *relay, void *data);

/* ssl_take: accepts, and has no descriptor yet. NULL: no room in the loop; all is closed. */
HeardTlsRelay *heard_tls_relay_new(HeardLoop *loop, SSL *ssl_take, int net_fd, int plain_fd,
                                   HeardTlsRelayFunc on_end, void *data);
/* At once, without on_end; what the plain side said so far is sent if the socket takes it. */
void heard_tls_relay_free(HeardTlsRelay *self);
