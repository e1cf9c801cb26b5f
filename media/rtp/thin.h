/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Leaves out the pictures of upper temporal layers from one run of a source, and closes up
 * what stays: the receiver sees neither a missing sequence number nor a missing VP8
 * picture id (its reference finder keeps T1 and T2 pictures back behind a gap in the ids).
 * The ids of VP9 stay: its pictures refer to each other by their distance (RFC 9628 4.2).
 *
 * What is missing when a later packet comes gets a number, unless it must belong to
 * pictures that are left out. A number once given stays: when its packet comes late after
 * all, it is forwarded, whatever its layer; or it goes out without payload where its
 * picture was left out already.
 *
 * Down at once, with the next picture. Up with a key frame, or layer by layer with pictures
 * that depend on nothing that was left out: VP8's Y bit (RFC 7741 4.2), VP9's U bit.
 *
 * Units      seq64 as in stream_in.h. Temporal layers 0 to 7.
 * Ownership  The lane allocates it while something is left out; it holds no other memory.
 * Threads    Lives on one media worker.
 * Errors     None.
 */

#include "media/rtp/stream_in.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_THIN_ALL = 7,
    HEARD_THIN_WINDOW = HEARD_STREAM_SEEN_WINDOW, /* packets and pictures that may come late */
};

typedef enum {
    HEARD_THIN_KEEP,
    HEARD_THIN_LEAVE_OUT,
    HEARD_THIN_EMPTY, /* only its number counts */
} HeardThinVerdict;

/* How many numbers and picture ids before a packet were left out. */
typedef struct {
    uint16_t seq;
    uint16_t picture;
} HeardThinShift;

typedef struct {
    uint8_t limit;      /* wanted */
    uint8_t current;    /* in force: follows when a picture allows it */
    uint8_t next_limit; /* for the next source */
    bool has_picture;   /* the newest packet belongs to the newest picture */
    bool ended;         /* … and is its last */
    int64_t newest_seq64;
    int64_t newest_picture;                    /* unwrapped; low bits as in the packets */
    int64_t last_out_seq64;                    /* the newest that was left out */
    uint32_t kept;                             /* packets since then */
    HeardThinShift shift;                      /* of what comes next */
    uint64_t packets[HEARD_THIN_WINDOW / 64];  /* left out, by seq64 */
    uint64_t pictures[HEARD_THIN_WINDOW / 64]; /* left out, by picture */
} HeardThin;

/* A run begins with the packet of this number; a key frame is decided like any picture. */
void heard_thin_begin(HeardThin *self, int64_t seq64);
/* The same in the middle of a run of which everything went out: up to this packet, and this
 * picture when has_picture. */
void heard_thin_join(HeardThin *self, int64_t seq64, bool has_picture, uint16_t picture_id);

void heard_thin_set_limit(HeardThin *self, uint8_t limit, uint8_t next_limit);

/* ret_shift: what to take off the run's number and picture id for this packet. */
HeardThinVerdict heard_thin_packet(HeardThin *self, const HeardPacketIn *in,
                                   HeardThinShift *ret_shift);
