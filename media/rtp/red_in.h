/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Which lost packets of a source a RED packet (RFC 2198) brings once more.
 *
 * A block says how far back in time it belongs, not which number it had: where sound went
 * on without a pause since the packet before, time tells the number; after a pause (DTX)
 * the place among the blocks does, for senders repeat what they sent last.
 *
 * Nothing from before a fence is taken: what was said while muted stays unsaid, though the
 * first packet afterwards repeats it.
 *
 * Units      seq64 unwrapped sequence numbers, rtp_ts and samples at 48 kHz.
 * Ownership  Embedded in the stream.
 * Threads    Lives on one media worker.
 * Errors     A block that can't be placed is left out.
 */

#include "media/codec/red.h"

enum { HEARD_RED_IN_FILLS = HEARD_RED_BLOCKS_MAX - 1 };

typedef struct {
    int64_t seq64;
    uint32_t rtp_ts;
    uint16_t offset, size; /* in the RED payload */
} HeardRedFill;

typedef struct {
    int64_t fence_seq64;                  /* this and earlier ones are never filled */
    int64_t filled[HEARD_RED_IN_FILLS];   /* lately; their originals may come after all */
    uint16_t waiting[HEARD_RED_IN_FILLS]; /* seqs that wait to be polled, oldest first */
    uint32_t rtp_ts;                      /* of the newest packet */
    uint8_t waiting_count, filled_next;
    bool fenced; /* until the next packet */
} HeardRedIn;

/* A packet of the source was placed; highest_seq64: the newest number with it. */
static inline void heard_red_in_pass(HeardRedIn *self, int64_t highest_seq64)
{
    if (!self->fenced)
        return;
    self->fenced = false;
    self->fence_seq64 = highest_seq64;
}

/*
 * Where the blocks belong. at: the primary, samples: its length; before_seq64: the newest
 * number without it (its timestamp is kept here). Returns how many, oldest first.
 */
unsigned heard_red_in_fills(const HeardRedIn *self, const HeardRed *red, uint8_t payload_type,
                            const HeardRedFill *at, int64_t before_seq64, uint32_t samples,
                            HeardRedFill ret_fills[static HEARD_RED_IN_FILLS]);

void heard_red_in_note_filled(HeardRedIn *self, int64_t seq64);
/* true, once: the original of a filled packet came, it was late and not lost. */
bool heard_red_in_was_filled(HeardRedIn *self, int64_t seq64);
