/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Read, check and change one RTP packet in place (RFC 3550 5.1, RFC 8285).
 *
 * A view is numbers only: offsets into the packet that the caller keeps. It stays right
 * until the packet's header changes its length.
 *
 * Units      Sizes and offsets in bytes, from the first byte of the packet.
 * Ownership  Nothing is allocated or kept.
 * Threads    Pure.
 * Errors     Parsing answers with HeardRtpCheck; nothing is read beyond size.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_RTP_HEADER_SIZE = 12,
    HEARD_RTP_PACKET_MAX = 2048, /* larger ones are refused: no path has such an MTU */
    HEARD_RTP_EXTENSION_VALUE_MAX = 255,
    HEARD_RTP_EXTENSIONS_MAX = 8, /* that one packet of ours may carry */
};

typedef enum {
    HEARD_RTP_OK,
    HEARD_RTP_TOO_SHORT,
    HEARD_RTP_TOO_LONG,
    HEARD_RTP_BAD_VERSION,
    HEARD_RTP_BAD_EXTENSION,
    HEARD_RTP_BAD_PADDING,
} HeardRtpCheck;

typedef struct {
    uint32_t ssrc;
    uint32_t rtp_ts;
    uint16_t seq;
    uint16_t payload_offset; /* header with CSRCs and extensions */
    uint16_t payload_size;   /* without padding; 0: nothing but padding */
    uint16_t ext_offset;     /* first byte after the extension's own header; 0: none */
    uint16_t ext_size;
    uint16_t ext_profile; /* 0xBEDE one-byte, 0x100X two-byte, others are not read */
    uint8_t payload_type;
    uint8_t padding_size;
    bool marker;
} HeardRtpView;

/* ret_view is untouched unless HEARD_RTP_OK. */
HeardRtpCheck heard_rtp_parse(const uint8_t *packet, size_t size, HeardRtpView *ret_view);

/* The value of an extension element, or NULL. id 0 is never found. */
const uint8_t *heard_rtp_extension(const uint8_t *packet, const HeardRtpView *view, uint8_t id,
                                   uint8_t *ret_size);

/* Overwrite a value of the same size in place; false: not there or of another size. */
bool heard_rtp_replace_extension(uint8_t *packet, const HeardRtpView *view, uint8_t id,
                                 const uint8_t *value, uint8_t size);

/* Turn every element whose id is not in keep into padding; sizes stay as they are. */
void heard_rtp_keep_extensions(uint8_t *packet, const HeardRtpView *view, const uint8_t *keep,
                               size_t keep_count);

typedef struct {
    uint8_t id; /* 1 to 14 one-byte form, up to 255 two-byte form; 0: left out */
    uint8_t size;
    const uint8_t *value;
} HeardRtpExtension;

typedef struct {
    uint32_t ssrc;
    uint32_t rtp_ts;
    uint16_t seq;
    uint8_t payload_type;
    bool marker;
} HeardRtpHeader;

/* Write a header with extensions; returns its size, or 0 when capacity is too small. */
size_t heard_rtp_write_header(uint8_t *ret_packet, size_t capacity, const HeardRtpHeader *header,
                              const HeardRtpExtension *extensions, size_t extension_count);

/*
 * Pad a packet up to target bytes (RFC 3550 5.1, P bit) before it is protected. Returns
 * the new size: size itself when it is already padded, target is not larger, or the
 * difference is beyond 255.
 */
size_t heard_rtp_pad(uint8_t *packet, size_t size, size_t target);

/* RFC 5761 4: the second byte tells RTCP from RTP on a muxed port. */
bool heard_rtp_is_rtcp(const uint8_t *packet, size_t size);
