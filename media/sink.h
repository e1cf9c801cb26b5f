/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Where a room's packets may go besides its peers: a recorder is a sink like any other.
 *
 * The router of one room calls a sink; it never learns of another room. Packets come
 * decrypted, with the publisher's own SSRC, sequence number and timestamp, in order of
 * arrival: a repaired packet (RTX unwrapped) comes late, RTX padding never comes.
 * Of a simulcast camera one layer comes; a change of layer is announced by track().
 *
 * Units      *_us monotonic microseconds. Sizes in bytes. Sequence numbers 16 bit.
 * Ownership  The owner keeps the sink alive until closed() was called. Arguments are
 *            borrowed for the call.
 * Threads    All calls come from the room's media worker and must not block: copy
 *            into a bounded ring and return.
 * Errors     None back to the router. A sink that cannot take a packet counts it and
 *            writes the gap itself.
 */

#include <stddef.h>
#include <stdint.h>

typedef enum {
    HEARD_SOURCE_MICROPHONE,
    HEARD_SOURCE_CAMERA,
    HEARD_SOURCE_SCREEN,
    HEARD_SOURCE_COUNT
} HeardSource;

typedef enum {
    HEARD_CODEC_OPUS,
    HEARD_CODEC_VP8,
    HEARD_CODEC_H264,
    HEARD_CODEC_VP9,
    HEARD_CODEC_COUNT
} HeardCodec;

typedef enum {
    HEARD_GAP_NETWORK, /* asked again and given up */
    HEARD_GAP_MUTED,   /* the publisher or the presiding officer switched it off */
    HEARD_GAP_LEFT,    /* the publisher is gone */
    HEARD_GAP_OVERRUN, /* this server was too slow */
    HEARD_GAP_PAUSED,  /* the recording is paused: recess, closed room */
    HEARD_GAP_COUNT
} HeardGapReason;

enum { HEARD_SINK_LABEL_SIZE = 64, HEARD_SINK_FMTP_SIZE = 128 };

typedef struct {
    uint32_t track; /* number of one (peer, source) in this room, never used again */
    uint32_t peer;
    char label[HEARD_SINK_LABEL_SIZE]; /* the caller's name of the peer: a participant id */
    HeardSource source;
    HeardCodec codec;
    uint8_t payload_type;
    uint32_t clock_rate_hz;
    uint32_t ssrc;
    uint8_t layer; /* 0 lowest */
    char fmtp[HEARD_SINK_FMTP_SIZE];
    uint8_t audio_level_ext; /* RFC 6464 extension id in the packets, 0: none */
} HeardSinkTrack;

typedef struct HeardSink HeardSink;

typedef struct {
    /* Before the first packet of a track, and again when layer, SSRC or codec changed. */
    void (*track)(HeardSink *self, const HeardSinkTrack *track, int64_t now_us);
    void (*rtp)(HeardSink *self, uint32_t track, const uint8_t *packet, size_t size,
                int64_t arrival_us);
    /* A publisher's sender report (RFC 3550 6.4.1): the 28 bytes from its header on. */
    void (*sender_report)(HeardSink *self, uint32_t track, const uint8_t *report, size_t size,
                          int64_t arrival_us);
    void (*gap)(HeardSink *self, uint32_t track, uint16_t first_seq, uint16_t count,
                HeardGapReason reason, int64_t now_us);
    void (*track_end)(HeardSink *self, uint32_t track, HeardGapReason reason, int64_t now_us);
    /* The last call: the router forgot the sink. */
    void (*closed)(HeardSink *self);
} HeardSinkOps;

/* Embed first in the implementation. */
struct HeardSink {
    const HeardSinkOps *ops;
};
