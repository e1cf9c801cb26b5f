/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Write RTCP packets one behind the other into one compound packet.
 *
 * Units      Sizes in bytes.
 * Ownership  The caller owns the buffer; the writer only fills it.
 * Threads    Pure.
 * Errors     false: the packet did not fit and nothing was written.
 */

#include "media/rtp/stats.h"
#include "media/rtp/stream_out.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_RTCP_COMPOUND_MAX = 1180, /* with SRTCP's trailer still below a safe MTU */
    HEARD_RTCP_BLOCKS_MAX = 31,     /* the 5-bit count */
};

typedef struct {
    uint8_t *data;
    size_t capacity;
    size_t size;
} HeardRtcpWriter;

void heard_rtcp_writer_init(HeardRtcpWriter *self, uint8_t *data, size_t capacity);

bool heard_rtcp_write_sr(HeardRtcpWriter *self, const HeardSenderReport *report,
                         const HeardReportBlock *blocks, size_t block_count);
bool heard_rtcp_write_rr(HeardRtcpWriter *self, uint32_t ssrc, const HeardReportBlock *blocks,
                         size_t block_count);
/* SDES with the CNAME alone. */
bool heard_rtcp_write_cname(HeardRtcpWriter *self, uint32_t ssrc, const char *cname);
bool heard_rtcp_write_bye(HeardRtcpWriter *self, const uint32_t *ssrcs, size_t count);
/* seqs in stream order; neighbours within 16 share one entry (RFC 4585 6.2.1). */
bool heard_rtcp_write_nack(HeardRtcpWriter *self, uint32_t sender_ssrc, uint32_t media_ssrc,
                           const uint16_t *seqs, size_t count);
bool heard_rtcp_write_pli(HeardRtcpWriter *self, uint32_t sender_ssrc, uint32_t media_ssrc);
/* Any transport-layer feedback: format and FCI as they are (a multiple of 4 bytes). */
bool heard_rtcp_write_feedback(HeardRtcpWriter *self, uint8_t packet_type, uint8_t format,
                               uint32_t sender_ssrc, uint32_t media_ssrc, const uint8_t *fci,
                               size_t fci_size);
