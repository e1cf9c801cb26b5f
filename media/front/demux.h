/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Tell by the first byte what a datagram on the front door is (RFC 7983 7), and RTP
 * from RTCP by the second (RFC 5761 4).
 *
 * Threads  Pure.
 * Errors   None: what is nothing of ours is HEARD_DEMUX_UNKNOWN.
 */

#include <stddef.h>
#include <stdint.h>

typedef enum {
    HEARD_DEMUX_STUN,
    HEARD_DEMUX_DTLS,
    HEARD_DEMUX_RTP,
    HEARD_DEMUX_RTCP,
    HEARD_DEMUX_UNKNOWN,
    HEARD_DEMUX_COUNT
} HeardDemux;

HeardDemux heard_demux(const uint8_t *datagram, size_t size);
