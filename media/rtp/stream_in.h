/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One incoming SSRC (a microphone, a screen, or one simulcast layer) with its RTX.
 *
 * Takes decrypted packets, unwraps RTX (RFC 4588), drops duplicates and padding, keeps
 * statistics, the history for receivers' NACKs and our own NACKs, and describes each
 * packet so that the router and its receivers need not parse it again.
 *
 * It does not send: poll nack, heard_stream_in_poll_pli(), and report through
 * media/rtcp/report.h.
 *
 * Units      *_us monotonic microseconds. seq64 is the unwrapped sequence number: its low
 *            16 bits are those on the wire.
 * Ownership  init/deinit. The history is the only memory outside of the struct.
 *            A HeardPacketIn borrows the packet's bytes.
 * Threads    Lives on one media worker. No locks inside.
 * Errors     A packet that is not media gets a reason; each reason is to be counted.
 */

#include "media/codec/h264.h"
#include "media/codec/vp8.h"
#include "media/codec/vp9.h"
#include "media/rtp/history.h"
#include "media/rtp/nack.h"
#include "media/rtp/packet.h"
#include "media/rtp/sequence.h"
#include "media/rtp/stats.h"
#include "media/sink.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_STREAM_PLI_INTERVAL_US = 1000000, /* one per source and second in the long run, … */
    HEARD_STREAM_PLI_BURST = 4,             /* … this many when receivers join one by one, … */
    HEARD_STREAM_PLI_SPACING_US = 200000,   /* … never closer than this */
    HEARD_STREAM_SEEN_WINDOW = 1024,        /* duplicates are noticed this far back */
    HEARD_STREAM_ALIVE_US = 1500000,        /* Firefox's 1 packet/s after replaceTrack(null) */
};

typedef enum {
    HEARD_STREAM_IN_MEDIA, /* ret_in is filled */
    HEARD_STREAM_IN_MALFORMED,
    HEARD_STREAM_IN_UNKNOWN_PAYLOAD, /* a payload type that was not negotiated */
    HEARD_STREAM_IN_PADDING,         /* RTX without a packet inside: probes */
    HEARD_STREAM_IN_DUPLICATE,
    HEARD_STREAM_IN_OLD,       /* too far behind to be of use */
    HEARD_STREAM_IN_BAD_CODEC, /* descriptor cut off */
    HEARD_STREAM_IN_RESULT_COUNT
} HeardStreamInResult;

/* Payload types as negotiated; 0 for rtx: none. */
typedef struct {
    HeardCodec codec;
    uint8_t payload_type, rtx_payload_type;
    bool nack;
} HeardStreamInCodec;

typedef struct {
    HeardStreamInCodec codecs[HEARD_CODEC_COUNT];
    unsigned codec_count;
    uint32_t ssrc, rtx_ssrc; /* rtx 0: not known (yet), see heard_stream_in_set_rtx() */
    uint8_t audio_level_ext, video_orientation_ext; /* ids, 0: not negotiated */
    uint8_t layer;                                  /* 0 lowest */
    size_t history_bytes, history_packets;          /* 0: from 32 KiB, 512; none for sound */
} HeardStreamInConfig;

/* A media packet on its way to the receivers. */
typedef struct {
    const uint8_t *data; /* the packet, header and all, RTX undone */
    size_t size;
    HeardRtpView view;
    int64_t seq64;
    int64_t arrival_us;
    HeardCodec codec;
    uint32_t clock_rate_hz;
    uint8_t layer;
    uint8_t temporal_id;
    int8_t audio_level; /* RFC 6464: -dBov, 0 loudest, 127 silence; -1 not known */
    bool voice;         /* RFC 6464 V bit */
    bool keyframe;      /* first packet of a key frame; always true for audio */
    bool frame_start;
    bool empty;     /* only padding: keeps sequence numbers whole, nothing to decode */
    bool recovered; /* came by RTX, late */
    bool newest;    /* highest sequence number so far */
    /* Picture ids to be rewritten, as offsets into the packet; 0: absent. */
    uint8_t picture_id_bits;
    uint16_t picture_id_offset, tl0_offset;
    uint16_t picture_id;
    uint8_t tl0_index;
    uint8_t video_orientation; /* with has_video_orientation */
    bool has_video_orientation;
} HeardPacketIn;

typedef struct {
    HeardStreamInConfig config;
    HeardCodec codec; /* of the last packet */
    HeardUnwrap seq;
    HeardNack nack;
    HeardHistory history;
    HeardRtpStats stats;
    HeardRate rate;
    uint64_t seen[HEARD_STREAM_SEEN_WINDOW / 64];
    int64_t last_packet_us; /* INT64_MIN: none yet */
    int64_t last_keyframe_us;
    uint32_t keyframe_rtp_ts;
    uint16_t width, height; /* of the last key frame, 0: not known */
    uint16_t bad_seq;       /* RFC 3550 A.1: two in a row after a large step are a restart */
    /* Latest sender report: where the publisher's NTP and RTP clocks meet. */
    int64_t sr_ntp_us; /* 0: none yet */
    int64_t sr_arrival_us;
    uint32_t sr_rtp_ts;
    uint32_t sr_ntp_middle;
    /* Key-frame requests. */
    int64_t pli_sent_us;
    int64_t pli_credit_us; /* each request costs one interval */
    bool pli_wanted;
    bool sends_sps;      /* H.264: parameter sets come in band */
    uint8_t audio_level; /* of the last packet, 127 unknown */
} HeardStreamIn;

void heard_stream_in_init(HeardStreamIn *self, const HeardStreamInConfig *config, int64_t now_us);
void heard_stream_in_deinit(HeardStreamIn *self);

/* The RTX SSRC became known later (repaired-rid extension). */
void heard_stream_in_set_rtx(HeardStreamIn *self, uint32_t rtx_ssrc);

/*
 * Take one decrypted packet of the media or RTX SSRC. RTX is undone in place: the packet
 * buffer changes. ret_in points into it.
 */
HeardStreamInResult heard_stream_in_packet(HeardStreamIn *self, uint8_t *packet, size_t size,
                                           int64_t now_us, HeardPacketIn *ret_in);

/* Describe a packet again that was kept in the history, for sending it again. */
bool heard_stream_in_find(const HeardStreamIn *self, uint16_t seq, HeardPacketIn *ret_in);

/* A sender report of the media SSRC (RFC 3550 6.4.1). */
void heard_stream_in_sender_report(HeardStreamIn *self, uint64_t ntp, uint32_t rtp_ts,
                                   int64_t now_us);

/* What a report of ours says about this stream. */
void heard_stream_in_report(HeardStreamIn *self, int64_t now_us, HeardReportBlock *ret_block);

/* Someone needs a key frame: a receiver's PLI, a switch, too much loss. */
void heard_stream_in_want_keyframe(HeardStreamIn *self);
/* true: send one PLI now. Repeated until a key frame comes, within the limits above. */
bool heard_stream_in_poll_pli(HeardStreamIn *self, int64_t now_us);
int64_t heard_stream_in_pli_deadline_us(const HeardStreamIn *self);

/* Did packets come lately? A publisher may stop a layer without telling. */
bool heard_stream_in_alive(const HeardStreamIn *self, int64_t now_us);
