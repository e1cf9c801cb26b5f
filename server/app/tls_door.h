/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Takes TLS connections from a listening socket and hands on their plain streams: who serves
 * them reads and writes as on the socket of the client (tls_relay.h).
 *
 * TLS 1.2 and 1.3 by OpenSSL; ALPN says http/1.1.
 *
 * Ownership  new takes the listening socket, also when it fails. on_stream takes its descriptor.
 * Threads    Main only.
 * Errors     new: HEARD_ERROR_CONFIG when certificate and key are no pair. Beyond the limit a
 *            connection is closed before a word was said, and counted.
 */

#include "server/base/error.h"
#include "server/base/loop.h"

#include <glib.h>
#include <sys/socket.h>

typedef struct HeardTlsDoor HeardTlsDoor;

/* fd_take: a stream socket, non-blocking; its other end is the client at this address. */
typedef void (*HeardTlsStreamFunc)(int fd_take, const struct sockaddr *address, socklen_t size,
                                   void *data);

typedef struct {
    HeardLoop *loop;
    int listen_fd;
    const char *certificate, *key; /* PEM texts, borrowed for the call only */
    unsigned limit;                /* connections at a time */
    HeardTlsStreamFunc on_stream;
    void *data;
} HeardTlsDoorConfig;

HeardTlsDoor *heard_tls_door_new(const HeardTlsDoorConfig *config,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* No new connections from now on. */
void heard_tls_door_quiesce(HeardTlsDoor *self);
/* Ends all connections; what their streams hold already is sent. */
void heard_tls_door_free(HeardTlsDoor *self);
