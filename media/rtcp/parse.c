/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtcp/parse.h"

#include "media/rtcp/types.h"
#include "media/rtp/bytes.h"

enum {
    NACK_ENTRY_SIZE = 4,
    FIR_ENTRY_SIZE = 8,
    TWCC_FCI_MIN = 8,
    REMB_FCI_MIN = 8,
};

void heard_rtcp_reader_init(HeardRtcpReader *self, const uint8_t *packet, size_t size)
{
    *self = (HeardRtcpReader){.data = packet, .size = size};
}

bool heard_rtcp_malformed(const HeardRtcpReader *self)
{
    return self->malformed;
}

static void set_body(HeardRtcpItem *item, size_t offset)
{
    item->body = item->data + offset;
    item->body_size = item->size - offset;
}

static bool parse_sr(HeardRtcpItem *item)
{
    item->kind = HEARD_RTCP_SR;
    if (item->size < HEARD_RTCP_SR_SIZE + (size_t)item->count * HEARD_RTCP_BLOCK_SIZE)
        return false;
    item->sender_ssrc = heard_get32(item->data + 4);
    item->ntp = heard_get64(item->data + 8);
    item->rtp_ts = heard_get32(item->data + 16);
    item->packets = heard_get32(item->data + 20);
    item->octets = heard_get32(item->data + 24);
    set_body(item, HEARD_RTCP_SR_SIZE);
    return true;
}

static bool parse_rr(HeardRtcpItem *item)
{
    item->kind = HEARD_RTCP_RR;
    if (item->size < 8 + (size_t)item->count * HEARD_RTCP_BLOCK_SIZE)
        return false;
    item->sender_ssrc = heard_get32(item->data + 4);
    set_body(item, 8);
    return true;
}

static bool parse_bye(HeardRtcpItem *item)
{
    item->kind = HEARD_RTCP_BYE;
    if (item->size < HEARD_RTCP_HEADER_SIZE + (size_t)item->count * 4)
        return false;
    if (item->count > 0)
        item->sender_ssrc = heard_get32(item->data + 4);
    set_body(item, HEARD_RTCP_HEADER_SIZE);
    return true;
}

/* draft-alvestrand-rmcat-remb-03 2.2 */
static void parse_remb(HeardRtcpItem *item)
{
    uint8_t exponent;

    if (item->body_size < REMB_FCI_MIN || memcmp(item->body, "REMB", 4) != 0)
        return;
    exponent = item->body[5] >> 2;
    item->kind = HEARD_RTCP_REMB;
    item->bitrate_bps = heard_get24(item->body + 5) & 0x3ffff;
    /* 18 bits of mantissa: more than 45 would leave 64 bits. */
    item->bitrate_bps = exponent > 45 ? UINT64_MAX : item->bitrate_bps << exponent;
}

static bool parse_feedback(HeardRtcpItem *item, uint8_t type)
{
    item->kind = HEARD_RTCP_OTHER;
    if (item->size < 12)
        return false;
    item->sender_ssrc = heard_get32(item->data + 4);
    item->media_ssrc = heard_get32(item->data + 8);
    set_body(item, 12);
    if (type == HEARD_RTCP_TYPE_RTPFB && item->count == HEARD_RTCP_FMT_NACK) {
        item->kind = HEARD_RTCP_NACK;
        return item->body_size >= NACK_ENTRY_SIZE;
    }
    if (type == HEARD_RTCP_TYPE_RTPFB && item->count == HEARD_RTCP_FMT_TWCC) {
        item->kind = HEARD_RTCP_TWCC;
        return item->body_size >= TWCC_FCI_MIN;
    }
    if (type == HEARD_RTCP_TYPE_PSFB && item->count == HEARD_RTCP_FMT_PLI)
        item->kind = HEARD_RTCP_PLI;
    if (type == HEARD_RTCP_TYPE_PSFB && item->count == HEARD_RTCP_FMT_FIR) {
        item->kind = HEARD_RTCP_FIR;
        return item->body_size >= FIR_ENTRY_SIZE;
    }
    if (type == HEARD_RTCP_TYPE_PSFB && item->count == HEARD_RTCP_FMT_AFB)
        parse_remb(item);
    return true;
}

static bool parse_item(HeardRtcpItem *item)
{
    uint8_t type = item->data[1];

    switch (type) {
    case HEARD_RTCP_TYPE_SR:
        return parse_sr(item);
    case HEARD_RTCP_TYPE_RR:
        return parse_rr(item);
    case HEARD_RTCP_TYPE_SDES:
        item->kind = HEARD_RTCP_SDES;
        set_body(item, HEARD_RTCP_HEADER_SIZE);
        return true;
    case HEARD_RTCP_TYPE_BYE:
        return parse_bye(item);
    case HEARD_RTCP_TYPE_RTPFB:
    case HEARD_RTCP_TYPE_PSFB:
        return parse_feedback(item, type);
    default:
        item->kind = HEARD_RTCP_OTHER;
        set_body(item, HEARD_RTCP_HEADER_SIZE);
        return true;
    }
}

bool heard_rtcp_next(HeardRtcpReader *self, HeardRtcpItem *ret_item)
{
    const uint8_t *at = self->data + self->offset;
    size_t left = self->size - self->offset;
    HeardRtcpItem item = {0};
    size_t size;

    if (left == 0 || self->malformed)
        return false;
    self->malformed = true;
    if (left < HEARD_RTCP_HEADER_SIZE || at[0] >> 6 != 2)
        return false;
    size = ((size_t)heard_get16(at + 2) + 1) * 4;
    if (size > left)
        return false;
    item.data = at;
    item.size = size;
    item.count = at[0] & 0x1f;
    /* RFC 3550 6.4.1 wants whole words, and only in the last packet. libwebrtc pads each
     * transport-wide feedback by one to three bytes. */
    if (at[0] & 0x20) {
        uint8_t padding = at[size - 1];

        if (padding == 0 || padding > size - HEARD_RTCP_HEADER_SIZE)
            return false;
        item.size -= padding;
    }
    if (!parse_item(&item))
        return false;
    self->malformed = false;
    self->offset += size;
    *ret_item = item;
    return true;
}

bool heard_rtcp_block(const HeardRtcpItem *item, unsigned index, HeardReportBlock *ret_block)
{
    const uint8_t *at;
    uint32_t lost;

    if ((item->kind != HEARD_RTCP_SR && item->kind != HEARD_RTCP_RR) || index >= item->count)
        return false;
    at = item->body + (size_t)index * HEARD_RTCP_BLOCK_SIZE;
    lost = heard_get24(at + 5);
    *ret_block = (HeardReportBlock){
        .ssrc = heard_get32(at),
        .fraction_lost = at[4],
        .cumulative_lost = (int32_t)(lost << 8) >> 8,
        .highest_seq = heard_get32(at + 8),
        .jitter = heard_get32(at + 12),
        .last_sr = heard_get32(at + 16),
        .delay_since_last_sr = heard_get32(at + 20),
    };
    return true;
}

size_t heard_rtcp_nack_list(const HeardRtcpItem *item, uint16_t *ret_seqs, size_t max)
{
    size_t count = 0;

    if (item->kind != HEARD_RTCP_NACK)
        return 0;
    for (size_t at = 0; at + NACK_ENTRY_SIZE <= item->body_size; at += NACK_ENTRY_SIZE) {
        uint16_t seq = heard_get16(item->body + at);
        uint32_t bits = (uint32_t)heard_get16(item->body + at + 2) << 1 | 1;
        for (; bits != 0; bits >>= 1, seq++) {
            if (!(bits & 1))
                continue;
            if (count == max)
                return count;
            ret_seqs[count++] = seq;
        }
    }
    return count;
}

bool heard_rtcp_fir_target(const HeardRtcpItem *item, unsigned index, uint32_t *ret_ssrc,
                           uint8_t *ret_number)
{
    size_t at = (size_t)index * FIR_ENTRY_SIZE;

    if (item->kind != HEARD_RTCP_FIR || at + FIR_ENTRY_SIZE > item->body_size)
        return false;
    *ret_ssrc = heard_get32(item->body + at);
    *ret_number = item->body[at + 4];
    return true;
}

bool heard_rtcp_bye_source(const HeardRtcpItem *item, unsigned index, uint32_t *ret_ssrc)
{
    if (item->kind != HEARD_RTCP_BYE || index >= item->count)
        return false;
    *ret_ssrc = heard_get32(item->body + (size_t)index * 4);
    return true;
}

/* Chunks of SSRC and items; each chunk ends with a zero and fills its last word. */
const char *heard_rtcp_cname(const HeardRtcpItem *item, uint32_t *ret_ssrc, size_t *ret_length)
{
    const uint8_t *at = item->body;
    const uint8_t *end = at + item->body_size;

    if (item->kind != HEARD_RTCP_SDES)
        return NULL;
    for (unsigned chunk = 0; chunk < item->count && end - at >= 4; chunk++) {
        uint32_t ssrc = heard_get32(at);
        at += 4;
        while (end - at >= 2 && at[0] != 0) {
            if (at[1] > end - at - 2)
                return NULL;
            if (at[0] == HEARD_RTCP_SDES_CNAME) {
                *ret_ssrc = ssrc;
                *ret_length = at[1];
                return (const char *)at + 2;
            }
            at += 2 + at[1];
        }
        at = item->body + (((size_t)(at - item->body) / 4) + 1) * 4;
        if (at > end)
            return NULL;
    }
    return NULL;
}
