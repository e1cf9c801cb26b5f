/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What one datagram from outside does to a worker's core: a check is answered, everything
 * else goes to the peer that owns the path, or nowhere. Opens no socket, so tests can run
 * whole rooms without one.
 *
 * Units      core->now_us is the time of arrival.
 * Ownership  The datagram is changed in place; HEARD_SOCKET_SLACK readable bytes lie behind
 *            it. Packets may be borrowed from it until heard_core_end_round().
 * Threads    Lives on one media worker.
 * Errors     None: what goes no further is counted in drop.h.
 */

#include "media/core.h"

#include <stdbool.h>

/* true: it came from a peer of ours. */
bool heard_arrival_datagram(HeardCore *self, uint8_t *datagram, size_t size, const HeardPath *from);
