/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtcp/build.h"

#include "media/rtcp/types.h"
#include "media/rtp/bytes.h"
#include "media/rtp/sequence.h"

#include <string.h>

void heard_rtcp_writer_init(HeardRtcpWriter *self, uint8_t *data, size_t capacity)
{
    *self = (HeardRtcpWriter){.data = data, .capacity = capacity};
}

/* Room for one packet with its header written; NULL when it does not fit. */
static uint8_t *begin(HeardRtcpWriter *self, uint8_t count, uint8_t type, size_t size)
{
    uint8_t *at = self->data + self->size;

    if (size > self->capacity - self->size)
        return NULL;
    at[0] = (uint8_t)(0x80 | count);
    at[1] = type;
    heard_put16(at + 2, (uint16_t)(size / 4 - 1));
    self->size += size;
    return at;
}

static void put_blocks(uint8_t *at, const HeardReportBlock *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++, at += HEARD_RTCP_BLOCK_SIZE) {
        heard_put32(at, blocks[i].ssrc);
        at[4] = blocks[i].fraction_lost;
        heard_put24(at + 5, (uint32_t)blocks[i].cumulative_lost & 0xffffff);
        heard_put32(at + 8, blocks[i].highest_seq);
        heard_put32(at + 12, blocks[i].jitter);
        heard_put32(at + 16, blocks[i].last_sr);
        heard_put32(at + 20, blocks[i].delay_since_last_sr);
    }
}

bool heard_rtcp_write_sr(HeardRtcpWriter *self, const HeardSenderReport *report,
                         const HeardReportBlock *blocks, size_t block_count)
{
    uint8_t *at;

    if (block_count > HEARD_RTCP_BLOCKS_MAX)
        return false;
    at = begin(self, (uint8_t)block_count, HEARD_RTCP_TYPE_SR,
               8 + HEARD_RTCP_SENDER_INFO_SIZE + block_count * HEARD_RTCP_BLOCK_SIZE);
    if (!at)
        return false;
    heard_put32(at + 4, report->ssrc);
    heard_put64(at + 8, report->ntp);
    heard_put32(at + 16, report->rtp_ts);
    heard_put32(at + 20, report->packets);
    heard_put32(at + 24, report->octets);
    put_blocks(at + 28, blocks, block_count);
    return true;
}

bool heard_rtcp_write_rr(HeardRtcpWriter *self, uint32_t ssrc, const HeardReportBlock *blocks,
                         size_t block_count)
{
    uint8_t *at;

    if (block_count > HEARD_RTCP_BLOCKS_MAX)
        return false;
    at = begin(self, (uint8_t)block_count, HEARD_RTCP_TYPE_RR,
               8 + block_count * HEARD_RTCP_BLOCK_SIZE);
    if (!at)
        return false;
    heard_put32(at + 4, ssrc);
    put_blocks(at + 8, blocks, block_count);
    return true;
}

bool heard_rtcp_write_cname(HeardRtcpWriter *self, uint32_t ssrc, const char *cname)
{
    size_t length = strlen(cname);
    /* The chunk ends with at least one zero (RFC 3550 6.5). */
    size_t size = HEARD_RTCP_HEADER_SIZE + ((4 + 2 + length) / 4 + 1) * 4;
    uint8_t *at;

    if (length > UINT8_MAX)
        return false;
    at = begin(self, 1, HEARD_RTCP_TYPE_SDES, size);
    if (!at)
        return false;
    memset(at + 4, 0, size - 4);
    heard_put32(at + 4, ssrc);
    at[8] = HEARD_RTCP_SDES_CNAME;
    at[9] = (uint8_t)length;
    memcpy(at + 10, cname, length);
    return true;
}

bool heard_rtcp_write_bye(HeardRtcpWriter *self, const uint32_t *ssrcs, size_t count)
{
    uint8_t *at;

    if (count > HEARD_RTCP_BLOCKS_MAX)
        return false;
    at = begin(self, (uint8_t)count, HEARD_RTCP_TYPE_BYE, HEARD_RTCP_HEADER_SIZE + count * 4);
    if (!at)
        return false;
    for (size_t i = 0; i < count; i++)
        heard_put32(at + 4 + i * 4, ssrcs[i]);
    return true;
}

static size_t nack_entries(const uint16_t *seqs, size_t count, uint8_t *ret_fci)
{
    size_t entries = 0;
    size_t i = 0;

    while (i < count) {
        uint16_t first = seqs[i++];
        uint16_t bits = 0;
        while (i < count && heard_seq_newer(seqs[i], first) && heard_seq_diff(seqs[i], first) <= 16)
            bits = (uint16_t)(bits | 1u << (heard_seq_diff(seqs[i++], first) - 1));
        if (ret_fci) {
            heard_put16(ret_fci + entries * 4, first);
            heard_put16(ret_fci + entries * 4 + 2, bits);
        }
        entries++;
    }
    return entries;
}

static uint8_t *begin_feedback(HeardRtcpWriter *self, uint8_t type, uint8_t format,
                               uint32_t sender_ssrc, uint32_t media_ssrc, size_t fci_size)
{
    uint8_t *at = begin(self, format, type, 12 + fci_size);

    if (!at)
        return NULL;
    heard_put32(at + 4, sender_ssrc);
    heard_put32(at + 8, media_ssrc);
    return at + 12;
}

bool heard_rtcp_write_nack(HeardRtcpWriter *self, uint32_t sender_ssrc, uint32_t media_ssrc,
                           const uint16_t *seqs, size_t count)
{
    size_t entries = nack_entries(seqs, count, NULL);
    uint8_t *fci;

    if (entries == 0)
        return false;
    fci = begin_feedback(self, HEARD_RTCP_TYPE_RTPFB, HEARD_RTCP_FMT_NACK, sender_ssrc, media_ssrc,
                         entries * 4);
    if (!fci)
        return false;
    nack_entries(seqs, count, fci);
    return true;
}

bool heard_rtcp_write_pli(HeardRtcpWriter *self, uint32_t sender_ssrc, uint32_t media_ssrc)
{
    return begin_feedback(self, HEARD_RTCP_TYPE_PSFB, HEARD_RTCP_FMT_PLI, sender_ssrc, media_ssrc,
                          0) != NULL;
}

bool heard_rtcp_write_feedback(HeardRtcpWriter *self, uint8_t packet_type, uint8_t format,
                               uint32_t sender_ssrc, uint32_t media_ssrc, const uint8_t *fci,
                               size_t fci_size)
{
    uint8_t *at;

    if (fci_size % 4 != 0)
        return false;
    at = begin_feedback(self, packet_type, format, sender_ssrc, media_ssrc, fci_size);
    if (!at)
        return false;
    memcpy(at, fci, fci_size);
    return true;
}
