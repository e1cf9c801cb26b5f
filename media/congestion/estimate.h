/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * How much a receiving peer can take: one number, from what its feedback tells about the
 * packets that were sent to it.
 *
 * A server forwards what publishers send, so it mostly sends less than the line could
 * carry. The estimate therefore keeps what was once proven, rises only by proof (traffic
 * that came through, or a probe of padding), and falls on growing delay or on loss.
 *
 * The caller reports each packet with a transport-wide number, and all feedback; calls
 * heard_estimate_poll_probe() at heard_estimate_deadline_us() and after feedback; and sends
 * as much padding as that asks for. Without feedback the estimate falls back to receiver
 * reports, slowly down when those are silent too.
 *
 * Units      *_us monotonic microseconds, size in bytes as handed to the UDP socket,
 *            bps = bits per second of such bytes. seq wraps.
 * Ownership  The caller owns the struct (below 6 KB); it holds no other memory. Allocate it
 *            when feedback was negotiated.
 * Threads    Lives on one media worker. No clock, log or allocation inside.
 * Errors     None: feedback about numbers that were never sent is ignored.
 */

#include "media/congestion/delay.h"
#include "media/congestion/loss.h"
#include "media/congestion/probe.h"
#include "media/congestion/throughput.h"
#include "media/rtcp/twcc.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_ESTIMATE_RING = 512, /* sent packets that wait for feedback; a power of two */
    HEARD_ESTIMATE_START_BPS = 300000,
    HEARD_ESTIMATE_MIN_BPS = 30000,
    HEARD_ESTIMATE_MAX_BPS = 50000000,
};

/* One packet on its way: 8 bytes, since there are many. */
typedef struct {
    uint32_t sent_us; /* low 32 bits; wraps after 71 minutes, a packet lives seconds */
    uint16_t seq;
    uint16_t mark; /* size in 11 bits, number of its probe in 3 (0: none), what was told in 2 */
} HeardSentPacket;

enum {
    HEARD_SENT_SIZE_MASK = 2047, /* 0: no packet here */
    HEARD_SENT_PROBE_SHIFT = 11,
    HEARD_SENT_TOLD_SHIFT = 14,
};

typedef struct {
    int64_t waiting_us;                   /* first packet sent since the last feedback; 0: none */
    int64_t feedback_us;                  /* last feedback; 0: none yet */
    int64_t report_us;                    /* last receiver report; 0: none yet */
    int64_t decay_us;                     /* last fall by silence */
    int64_t rtt_us;                       /* from sending to feedback, smoothed */
    int64_t raised_us;                    /* last growth, to grow by the time since */
    int64_t cut_us;                       /* last fall by delay or loss; 0: none */
    int64_t check_us;                     /* when to see whether the last cut helped; 0: not */
    int64_t tolerated_us;                 /* by the delay at the last feedback */
    int64_t cut_queue_us;                 /* the queue then */
    uint32_t cut_sent_bps;                /* what was sent then */
    int64_t calm_us;                      /* since when there is no queue */
    int64_t doubt_us;                     /* probes are not believed beyond the link until then */
    int64_t passed_us;                    /* last raise by a probe */
    int64_t arrival_us, arrival_turns_us; /* the receiver's clock, its wraps undone */
    int64_t newest_us;                    /* when the newest packet told of was sent */
    uint64_t sent_bytes, noted_bytes;     /* all; those that are in the rate sent */
    uint32_t bps;
    uint32_t wanted_bps;
    uint32_t remb_bps;   /* 0: never told */
    uint32_t link_bps;   /* what came through when the line was full; 0: never full */
    uint32_t before_bps; /* estimate before silence made it fall */
    uint32_t doubts;     /* in a row */
    uint16_t mark;       /* of packets sent now: number of the running probe, shifted */
    uint16_t judge_seq;  /* first number whose fate is not counted yet */
    uint8_t surprises;   /* probes in a row that passed above the link */
    bool judging;
    bool lossy;         /* loss forbids to rise */
    int64_t reorder_us; /* a packet may be so much late without being lost */
    HeardThroughput sent, received;
    HeardLoss loss;
    HeardDelay delay;
    HeardProbe probe;
    HeardSentPacket ring[HEARD_ESTIMATE_RING]; /* by seq */
} HeardEstimate;

void heard_estimate_init(HeardEstimate *self, int64_t now_us);

/* The path has changed (ICE restart, other address): what was learned of delay is void. The
 * rate is kept down to where it is safe and probed again. */
void heard_estimate_reset(HeardEstimate *self, int64_t now_us);

/* One packet goes out. Packet path: a few stores. */
static inline void heard_estimate_sent(HeardEstimate *self, uint16_t seq, size_t size,
                                       int64_t now_us)
{
    HeardSentPacket *sent = &self->ring[seq & (HEARD_ESTIMATE_RING - 1)];

    if (self->waiting_us == 0)
        self->waiting_us = now_us;
    self->sent_bytes += size;
    sent->sent_us = (uint32_t)now_us;
    sent->seq = seq;
    sent->mark = (uint16_t)(self->mark | MIN(size, (size_t)HEARD_SENT_SIZE_MASK));
}

/* One transport-wide feedback packet, as heard_twcc_parse() gives it. */
void heard_estimate_feedback(HeardEstimate *self, const HeardTwccResult *results, size_t count,
                             int64_t now_us);

/* One block of a receiver report about what we send; rtt_us 0: not known. Carries the
 * estimate when there is no transport-wide feedback. */
void heard_estimate_report(HeardEstimate *self, uint8_t fraction_lost, int64_t rtt_us,
                           int64_t now_us);

/* The receiver's own word (REMB): a cap. */
void heard_estimate_remb(HeardEstimate *self, uint64_t bps, int64_t now_us);

/* What a receiver is thought to take now. */
uint32_t heard_estimate_bps(const HeardEstimate *self);

/* What stands in the queue in front of the receiver. */
static inline int64_t heard_estimate_queue_us(const HeardEstimate *self)
{
    return MAX(self->delay.queue_us, 0);
}

/* What all that is shown would take at its best: more than the estimate makes it probe. */
void heard_estimate_want(HeardEstimate *self, uint32_t wanted_bps, int64_t now_us);

/*
 * Also passes the time: call it at the deadline and after feedback. true: send padding of
 * about ret_bytes now, in packets with transport-wide numbers that are reported by
 * heard_estimate_sent(); call again until false.
 */
bool heard_estimate_poll_probe(HeardEstimate *self, int64_t now_us, size_t *ret_bytes);

/* When to poll next; INT64_MAX when nothing is pending. */
int64_t heard_estimate_deadline_us(const HeardEstimate *self);
