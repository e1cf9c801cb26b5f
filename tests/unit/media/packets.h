/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Small RTP packets for the tests of media/rtp: VP8 as Chromium sends it, Opus, RTX. */

#include "media/rtp/bytes.h"
#include "media/rtp/packet.h"

#include <string.h>

enum { PACKET_SIZE_MAX = 1600, PT_VP8 = 96, PT_RTX = 97, PT_OPUS = 111 };

typedef struct {
    uint32_t ssrc, rtp_ts;
    uint16_t seq, picture_id;
    uint8_t tl0_index, temporal_id;
    bool layer_sync;
    bool keyframe, start, marker;
    bool short_id; /* 7-bit picture id and no TL0PICIDX */
    size_t payload_size;
} Vp8Packet;

static inline size_t make_vp8(uint8_t *packet, const Vp8Packet *want)
{
    HeardRtpHeader header = {.ssrc = want->ssrc,
                             .rtp_ts = want->rtp_ts,
                             .seq = want->seq,
                             .payload_type = PT_VP8,
                             .marker = want->marker};
    size_t at = heard_rtp_write_header(packet, PACKET_SIZE_MAX, &header, NULL, 0);
    size_t end = at + (want->payload_size > 20 ? want->payload_size : 20);

    memset(packet + at, 0x5a, end - at);
    packet[at++] = (uint8_t)(0x80 | (want->start ? 0x10 : 0));
    packet[at++] = want->short_id ? 0x80 : 0x80 | 0x40 | 0x20;
    if (want->short_id) {
        packet[at++] = (uint8_t)(want->picture_id & 0x7f);
    } else {
        heard_put16(packet + at, (uint16_t)(want->picture_id | 0x8000));
        at += 2;
        packet[at++] = want->tl0_index;
        packet[at++] = (uint8_t)(want->temporal_id << 6 | (want->layer_sync ? 0x20 : 0));
    }
    packet[at] = want->keyframe ? 0x10 : 0x11;
    if (want->start && want->keyframe) {
        static const uint8_t rest[] = {0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};
        memcpy(packet + at + 1, rest, sizeof(rest)); /* 640 x 360 */
    }
    return end;
}

static inline size_t make_opus(uint8_t *packet, uint32_t ssrc, uint16_t seq, uint32_t rtp_ts,
                               uint8_t level_ext, uint8_t level)
{
    HeardRtpExtension extension = {level_ext, 1, &level};
    HeardRtpHeader header = {.ssrc = ssrc, .rtp_ts = rtp_ts, .seq = seq, .payload_type = PT_OPUS};
    size_t at = heard_rtp_write_header(packet, PACKET_SIZE_MAX, &header, &extension, 1);

    packet[at] = 0x78; /* 20 ms hybrid, mono */
    memset(packet + at + 1, (int)(seq & 0xff), 59);
    return at + 60;
}

/* RTX around a packet without extensions. */
static inline size_t make_rtx(uint8_t *rtx, const uint8_t *packet, size_t size, uint32_t ssrc,
                              uint16_t seq)
{
    memcpy(rtx, packet, HEARD_RTP_HEADER_SIZE);
    rtx[1] = (uint8_t)((packet[1] & 0x80) | PT_RTX);
    heard_put16(rtx + 2, seq);
    heard_put32(rtx + 8, ssrc);
    memcpy(rtx + HEARD_RTP_HEADER_SIZE, packet + 2, 2);
    memcpy(rtx + HEARD_RTP_HEADER_SIZE + 2, packet + HEARD_RTP_HEADER_SIZE,
           size - HEARD_RTP_HEADER_SIZE);
    return size + 2;
}

/* xorshift: the same numbers from the same printed seed on each machine. */
static inline uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}
