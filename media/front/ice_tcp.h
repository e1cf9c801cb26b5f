/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Passive ICE-TCP (RFC 6544) for peers whose network lets no UDP through: a listener and
 * its connections, each carrying framed datagrams (framing.h).
 *
 * Knows no peers: a datagram is given to the worker with its path. Bounded in connections
 * in all and per host, in bytes waiting to be sent, and in time without a valid datagram.
 * Where all places are taken, the oldest connection that never said anything valid gives
 * way: who holds them open keeps nobody out.
 *
 * Units      Sizes in bytes, *_us monotonic microseconds.
 * Ownership  new/free. A connection is borrowed; after on_closed it is gone.
 * Threads    Lives on one media worker.
 * Errors     new: GError (port taken). A connection that misbehaves is closed.
 */

#include "media/front/ice_lite.h"
#include "server/base/loop.h"

#include <glib.h>
#include <stdbool.h>

enum {
    HEARD_ICE_TCP_CONNECTIONS_MAX = 1024,
    HEARD_ICE_TCP_PER_HOST_MAX = 64,            /* an office behind one address */
    HEARD_ICE_TCP_QUEUE_MAX = 64 * 1024,        /* half a second at 1 Mbit/s; then packets drop */
    HEARD_ICE_TCP_SILENT_US = 10 * 1000 * 1000, /* before the first valid check */
    HEARD_ICE_TCP_IDLE_US = 60 * 1000 * 1000,   /* later, without anything valid */
};

typedef struct HeardIceTcp HeardIceTcp;

typedef struct {
    /* The datagram may be changed in place; true: it was valid, keep the connection. */
    bool (*on_datagram)(void *data, uint8_t *datagram, size_t size, const HeardPath *from);
    void (*on_closed)(void *data, const HeardPath *path);
    void *data;
} HeardIceTcpConfig;

HeardIceTcp *heard_ice_tcp_new(HeardLoop *loop, const char *bind_address, uint16_t port,
                               const HeardIceTcpConfig *config,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_ice_tcp_free(HeardIceTcp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardIceTcp, heard_ice_tcp_free)

uint16_t heard_ice_tcp_port(const HeardIceTcp *self);

/* path->connection is one of ours. false: its queue is full, the packet is dropped. */
bool heard_ice_tcp_send(HeardIceTcp *self, const HeardPath *path, const uint8_t *datagram,
                        size_t size);
