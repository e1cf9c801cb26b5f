/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Walk through a compound RTCP packet (RFC 3550 6, RFC 4585, RFC 5104), reduced size
 * allowed (RFC 5506). Which types are used and which ignored: media/RTCP.md.
 *
 * Units      Sizes in bytes.
 * Ownership  Items borrow the packet.
 * Threads    Pure.
 * Errors     heard_rtcp_next() ends; heard_rtcp_malformed() tells whether by garbage. What
 *            came before the garbage is good.
 */

#include "media/rtp/stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_RTCP_CNAME_MAX = 255,
    HEARD_RTCP_SR_SIZE = 28, /* header to octet count: what a sink is given */
};

typedef enum {
    HEARD_RTCP_SR,
    HEARD_RTCP_RR,
    HEARD_RTCP_SDES,
    HEARD_RTCP_BYE,
    HEARD_RTCP_NACK,
    HEARD_RTCP_TWCC,
    HEARD_RTCP_PLI,
    HEARD_RTCP_FIR,
    HEARD_RTCP_REMB,
    HEARD_RTCP_OTHER, /* well-formed, nothing we use */
    HEARD_RTCP_KIND_COUNT
} HeardRtcpKind;

typedef struct {
    HeardRtcpKind kind;
    const uint8_t *data;  /* from its header on */
    size_t size;          /* padding left out */
    uint8_t count;        /* the 5-bit count or format */
    uint32_t sender_ssrc; /* of the packet; for BYE the first source */
    uint32_t media_ssrc;  /* feedback only */
    const uint8_t *body;  /* blocks (SR, RR), chunks (SDES), sources (BYE) or FCI */
    size_t body_size;
    /* SR only */
    uint64_t ntp;
    uint32_t rtp_ts, packets, octets;
    /* REMB only */
    uint64_t bitrate_bps;
} HeardRtcpItem;

typedef struct {
    const uint8_t *data;
    size_t size;
    size_t offset;
    bool malformed;
} HeardRtcpReader;

void heard_rtcp_reader_init(HeardRtcpReader *self, const uint8_t *packet, size_t size);
bool heard_rtcp_next(HeardRtcpReader *self, HeardRtcpItem *ret_item);
bool heard_rtcp_malformed(const HeardRtcpReader *self);

/* Report block index of an SR or RR; false beyond the last. */
bool heard_rtcp_block(const HeardRtcpItem *item, unsigned index, HeardReportBlock *ret_block);

/* Sequence numbers of a NACK in order; as many as fit. */
size_t heard_rtcp_nack_list(const HeardRtcpItem *item, uint16_t *ret_seqs, size_t max);

/* Target index of a FIR (RFC 5104 4.3.1); false beyond the last. */
bool heard_rtcp_fir_target(const HeardRtcpItem *item, unsigned index, uint32_t *ret_ssrc,
                           uint8_t *ret_number);

/* Source index of a BYE; false beyond the last. */
bool heard_rtcp_bye_source(const HeardRtcpItem *item, unsigned index, uint32_t *ret_ssrc);

/* The CNAME of one SSRC in an SDES: not ended by NUL. NULL: not there. */
const char *heard_rtcp_cname(const HeardRtcpItem *item, uint32_t *ret_ssrc, size_t *ret_length);
