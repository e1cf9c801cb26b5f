/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One outgoing lane: the audio or the video of a slot. Whatever source is shown in it, the
 * receiver sees one stream: one SSRC, sequence numbers without steps, timestamps that
 * follow elapsed time (media.md 9.3), picture ids that count on.
 *
 *   heard_stream_out_switch(lane, source)   the new source; the old one goes on until the
 *                                           new one's key frame (audio: at once)
 *   heard_stream_out_forward(lane, in, …)   for each packet of the old and the new source;
 *                                           writes the plain packet into the egress buffer
 *   heard_stream_out_resend(lane, seq, …)   the receiver's NACK: an RTX packet
 *   heard_stream_out_limit(lane, …)         leave out pictures of upper temporal layers
 *
 * Source numbers are the router's: one per incoming stream, so a simulcast layer is a
 * source of its own. 0 means nobody.
 *
 * Units      *_us monotonic microseconds. Sizes in bytes.
 * Ownership  init/deinit. Outside of the struct there are the map for NACKs, made with the
 *            first switch, so that an idle slot costs the struct alone; and what thinning
 *            needs, while something is left out.
 * Threads    Lives on one media worker. No locks inside.
 * Errors     A packet that is not sent gets a reason; each reason is to be counted.
 */

#include "media/rtp/packet.h"
#include "media/rtp/red_out.h"
#include "media/rtp/sender_clock.h"
#include "media/rtp/stats.h"
#include "media/rtp/stream_in.h"
#include "media/rtp/thin.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_STREAM_OUT_MAP = 512,         /* packets of a video lane that can be asked for again */
    HEARD_STREAM_OUT_SEGMENTS = 8,      /* switches that the map may span */
    HEARD_STREAM_OUT_OVERHEAD = 32,     /* beyond 12 bytes of header and the payload */
    HEARD_STREAM_OUT_JUMP_US = 3000000, /* a source's clock that leaps this far is re-anchored */
    HEARD_STREAM_OUT_SR_US = 1000000,
};

typedef enum {
    HEARD_FORWARD_SENT, /* ret_size bytes were written */
    HEARD_FORWARD_NO_SOURCE,
    HEARD_FORWARD_OTHER_SOURCE, /* neither the current nor the pending one */
    HEARD_FORWARD_WAIT_KEYFRAME,
    HEARD_FORWARD_THINNED,     /* of a temporal layer above the limit */
    HEARD_FORWARD_CODEC,       /* the receiver did not negotiate it */
    HEARD_FORWARD_OLD,         /* from before the switch, or too late */
    HEARD_FORWARD_UNKNOWN_SEQ, /* resend: not in the map */
    HEARD_FORWARD_RECENT,      /* resend: already sent again within the round trip */
    HEARD_FORWARD_NO_RTX,      /* resend: not negotiated */
    HEARD_FORWARD_NO_ROOM,     /* capacity */
    HEARD_FORWARD_RESULT_COUNT
} HeardForward;

typedef struct {
    bool used; /* by HeardCodec */
    uint8_t payload_type, rtx_payload_type;
} HeardStreamOutCodec;

typedef struct {
    HeardStreamOutCodec codecs[HEARD_CODEC_COUNT];
    uint32_t ssrc, rtx_ssrc;  /* rtx 0: none */
    uint8_t red_payload_type; /* 0: not negotiated */
    HeardRedOut *red;         /* the peer's; NULL: nothing is repeated */
    uint8_t transport_cc_ext, audio_level_ext, video_orientation_ext; /* ids, 0: none */
    bool video;
} HeardStreamOutConfig;

/* The offsets of one run of packets from one source: wire value out = source's + offset. */
typedef struct {
    uint32_t source;
    uint32_t rtp_ts_offset;
    uint16_t seq_offset;
    uint16_t picture_id_offset;
    int64_t first_seq64; /* earlier ones belong to the time before the switch */
    uint8_t tl0_offset;
} HeardStreamOutSegment;

typedef struct {
    uint16_t source_seq;
    uint8_t segment; /* 0xFF: this number was never sent; bit 6: sent without its payload */
    uint8_t resent;  /* when, in 16 ms; 0: not yet */
} HeardStreamOutEntry;

/* While pictures are left out: what, and each packet's own picture-id offset. */
typedef struct {
    HeardThin thin;
    bool joining; /* made in the middle of a run; its next packet tells where */
    uint16_t picture_id_offsets[HEARD_STREAM_OUT_MAP]; /* beside the map */
} HeardStreamOutThin;

typedef struct {
    HeardStreamOutConfig config;
    uint32_t source, pending; /* 0: none */
    HeardStreamOutEntry *map;
    HeardStreamOutThin *thin; /* NULL: everything goes out */
    uint16_t map_mask;
    uint16_t seq; /* highest sent */
    uint16_t rtx_seq;
    uint16_t picture_id;
    uint8_t tl0_index;
    uint8_t segment;        /* index of the current one */
    bool started;           /* something was ever sent */
    bool held;              /* the next packet of the source starts a new segment */
    bool sr_wanted;         /* directly after the first packet of a new source */
    uint32_t rtp_ts;        /* newest sent */
    int64_t rtp_ts_us;      /* when it was first sent */
    uint32_t source_rtp_ts; /* the source's own of that packet */
    uint32_t clock_rate_hz;
    uint32_t packets, octets; /* for sender reports; they wrap */
    int64_t sr_sent_us;
    int64_t rtt_us;        /* -1: not known yet */
    int64_t queue_us;      /* what a packet waits in front of the receiver, as told last */
    uint8_t fraction_lost; /* from the last receiver report */
    HeardRedOutLane red;
    HeardRate rate;
    HeardStreamOutSegment segments[HEARD_STREAM_OUT_SEGMENTS];
} HeardStreamOut;

enum { HEARD_STREAM_OUT_HOT_SIZE = offsetof(HeardStreamOut, segments) };

/* Only a hint, for who sends to many: what is not at the head of the struct. The head itself,
 * HEARD_STREAM_OUT_HOT_SIZE bytes, is to be there already. */
static inline void heard_stream_out_prefetch(const HeardStreamOut *self)
{
    __builtin_prefetch(&self->segments[self->segment]);
    if (self->map)
        __builtin_prefetch(&self->map[(self->seq + 1) & self->map_mask]);
}

/* seq, rtp_ts: where to start (random, RFC 3550 5.1). */
void heard_stream_out_init(HeardStreamOut *self, const HeardStreamOutConfig *config, uint16_t seq,
                           uint32_t rtp_ts);
void heard_stream_out_deinit(HeardStreamOut *self);

/* Show another source; 0 empties the lane at once. The caller asks the new source for a
 * key frame when this returns true. */
bool heard_stream_out_switch(HeardStreamOut *self, uint32_t source);

/* The old source stops now, though the pending one has no key frame yet. */
void heard_stream_out_stop(HeardStreamOut *self);

/* The flow was interrupted (muted, recess): what comes next from the same source starts a
 * new run, with a key frame for video. true: ask for one. */
bool heard_stream_out_hold(HeardStreamOut *self);

/*
 * Leave out the temporal layers above limit; above next_limit once the pending source is
 * shown. HEARD_THIN_ALL: none. What was left out comes back with a key frame or where the
 * source lets its layers be joined.
 */
void heard_stream_out_limit(HeardStreamOut *self, uint8_t limit, uint8_t next_limit);

/* Is a temporal layer below count still left out, though the limit allows it? */
bool heard_stream_out_waits(const HeardStreamOut *self, unsigned count);

/* Does this lane want packets of the source? Cheap test before forwarding. */
static inline bool heard_stream_out_wants(const HeardStreamOut *self, uint32_t source)
{
    return source != 0 && (source == self->source || source == self->pending);
}

/*
 * Write the packet for this receiver: plain, ready for heard_rtp_pad() and protect.
 * twcc_seq is the peer's next transport-wide number, raised when it was used; NULL: none.
 */
HeardForward heard_stream_out_forward(HeardStreamOut *self, uint32_t source,
                                      const HeardPacketIn *in, uint16_t *twcc_seq,
                                      uint8_t *ret_packet, size_t capacity, size_t *ret_size);

/* Which source packet was sent as seq: then heard_stream_in_find() and resend. */
bool heard_stream_out_lookup(const HeardStreamOut *self, uint16_t seq, uint32_t *ret_source,
                             uint16_t *ret_source_seq);

/* Write an RTX packet (RFC 4588) for the packet once sent as seq. */
HeardForward heard_stream_out_resend(HeardStreamOut *self, uint16_t seq, const HeardPacketIn *in,
                                     uint16_t *twcc_seq, int64_t now_us, uint8_t *ret_packet,
                                     size_t capacity, size_t *ret_size);

/* Can probes be sent on its RTX stream? */
bool heard_stream_out_can_pad(const HeardStreamOut *self);

/* Write one packet of padding: an RTX packet without a packet inside, of about size bytes as
 * far as one can be. Returns its size, or 0 when there is no room. */
size_t heard_stream_out_pad(HeardStreamOut *self, size_t size, uint16_t *twcc_seq,
                            uint8_t *ret_packet, size_t capacity);

typedef struct {
    uint32_t ssrc;
    uint64_t ntp;
    uint32_t rtp_ts;
    uint32_t packets, octets;
} HeardSenderReport;

/* When the next sender report is due; INT64_MAX while nothing was sent. */
int64_t heard_stream_out_sr_deadline_us(const HeardStreamOut *self);

/*
 * A sender report for now, from the shown source's latest report and its publisher's
 * clock. false: the source has sent none yet, so nothing true can be said; asked again
 * after the interval.
 */
bool heard_stream_out_sender_report(HeardStreamOut *self, const HeardStreamIn *source,
                                    const HeardSenderClock *clock, int64_t now_us,
                                    HeardSenderReport *ret_report);

/* A report block of the receiver about this lane: loss and round-trip time. */
void heard_stream_out_report(HeardStreamOut *self, const HeardReportBlock *block, int64_t now_us);
