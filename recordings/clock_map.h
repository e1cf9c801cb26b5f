/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * From RTP timestamps to the recording's clock, afterwards and with all reports at hand.
 *
 * Sender reports tie each stream's timestamps to its sender's clock, piecewise linear, so
 * that picture and sound of one person fit (capture clocks drift by 50 to 200 ppm). The
 * sender's clock is tied to ours by the lower envelope of arrival − sender time over a
 * minute: what the network added is left out, whatever the sender thinks the time is.
 * A stream without reports is tied by its own arrivals.
 *
 * Use: feed every packet and report in log order to a cursor that collects (first pass),
 * solve, then feed the same packets to a cursor that does not (second pass) and map them. While
 * a log still grows, collect and solve again and again: what lies HEARD_CLOCK_SETTLED_US behind
 * the last packet comes out as it will at the end.
 *
 * Units      *_us on the recording's clock. rtp is the unwrapped timestamp, from 0.
 * Ownership  new/free; streams belong to their map.
 * Threads    Lives on one thread.
 * Errors     None. Too many streams: the rest maps by arrival (NULL stream).
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_CLOCK_STREAMS_MAX = 65536,
    HEARD_CLOCK_STREAMS_EACH = 4096,       /* of one peer; its further ones map by arrival */
    HEARD_CLOCK_JUMP_US = 5 * 1000 * 1000, /* a step of the source's clock, not a delay */
    /* half the envelope's window, and the time from one report to the next */
    HEARD_CLOCK_SETTLED_US = 50 * 1000 * 1000,
};

typedef struct HeardClockMap HeardClockMap;
typedef struct HeardClockStream HeardClockStream;
typedef struct HeardClockCursor HeardClockCursor;

HeardClockMap *heard_clock_map_new(void);
void heard_clock_map_free(HeardClockMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardClockMap, heard_clock_map_free)

/* One pass over the packets: what was last seen of each SSRC. */
HeardClockCursor *heard_clock_cursor_new(HeardClockMap *map, bool collects);
void heard_clock_cursor_free(HeardClockCursor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardClockCursor, heard_clock_cursor_free)

/*
 * The stream a packet belongs to and its unwrapped timestamp. A jump against arrival of
 * more than HEARD_CLOCK_JUMP_US begins another stream. peer tells whose clock it is.
 */
HeardClockStream *heard_clock_cursor_packet(HeardClockCursor *self, uint32_t peer, uint32_t track,
                                            uint32_t ssrc, uint32_t clock_rate_hz, uint32_t rtp_ts,
                                            int64_t arrival_us, int64_t *ret_rtp);
/* First pass only. A report of an SSRC without packets so far is left out. */
void heard_clock_cursor_report(HeardClockCursor *self, uint32_t track, uint32_t ssrc,
                               uint32_t rtp_ts, uint64_t ntp);

/* After the first pass, or what there is of it. */
void heard_clock_map_solve(HeardClockMap *self);
int64_t heard_clock_stream_map(const HeardClockStream *self, int64_t rtp);
