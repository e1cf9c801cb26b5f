/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Read an SDP offer (RFC 8866, RFC 8829) into a plain description. Only what this
 * server negotiates is kept; unknown lines are skipped as the RFC asks.
 *
 * Ownership  The caller frees the result. It borrows nothing from the text.
 * Threads    Pure.
 * Errors     HEARD_ERROR_NOT_SDP: not an SDP at all. HEARD_ERROR_SDP_INCOMPLETE: an
 *            SDP without what is needed (the text says what: ICE credentials,
 *            fingerprint, media …). HEARD_ERROR_SDP_UNSUPPORTED: m-lines that would
 *            need a transport each. HEARD_ERROR_TOO_LARGE.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_SDP_BYTES_MAX = 192 * 1024, /* Chromium's offer for 16 slots has 104 KB */
    HEARD_SDP_MEDIA_MAX = 80,
    HEARD_SDP_CODECS_MAX = 96,
    HEARD_SDP_EXTENSIONS_MAX = 24,
    HEARD_SDP_RIDS_MAX = 3,
    HEARD_SDP_TOKEN_SIZE = 64,
    HEARD_ICE_UFRAG_SIZE = 257, /* RFC 8839 5.4: 4 to 256 characters */
    HEARD_ICE_PWD_SIZE = 257,
    HEARD_FINGERPRINT_SIZE = 32, /* sha-256 only */
};

typedef struct {
    char ufrag[HEARD_ICE_UFRAG_SIZE];
    char pwd[HEARD_ICE_PWD_SIZE];
} HeardIceCredentials;

typedef struct {
    uint8_t payload_type;
    char name[24]; /* as written, compare without case */
    uint32_t clock_rate_hz;
    uint8_t channels;
    int rtx_of; /* apt of an rtx codec, else -1 */
    bool nack, nack_pli, ccm_fir, transport_cc;
    char fmtp[128];
} HeardSdpCodec;

typedef struct {
    uint8_t id;
    char uri[96];
} HeardSdpExtension;

typedef enum {
    HEARD_SDP_SENDRECV, /* what an m-line without a word about it means (RFC 8866 6.7) */
    HEARD_SDP_SENDONLY,
    HEARD_SDP_RECVONLY,
    HEARD_SDP_INACTIVE,
} HeardSdpDirection;

typedef struct {
    bool audio, video; /* neither: application or text, always rejected */
    bool rejected;     /* port 0 in the offer (and not bundle-only), or a transport we
                          do not speak */
    bool bundled;      /* its mid is in the session's BUNDLE group (RFC 8843) */
    char kind[16];     /* the first word of the m= line */
    char protocol[32];
    char formats[32]; /* the first format of the m= line, for rejecting */
    char mid[HEARD_SDP_TOKEN_SIZE];
    HeardSdpDirection direction;
    HeardSdpCodec codecs[HEARD_SDP_CODECS_MAX];
    unsigned codec_count;
    HeardSdpExtension extensions[HEARD_SDP_EXTENSIONS_MAX];
    unsigned extension_count;
    char rids[HEARD_SDP_RIDS_MAX][17]; /* a=rid … send, in the order of a=simulcast:send */
    unsigned rid_count;
    char simulcast[HEARD_SDP_RIDS_MAX][17]; /* what a=simulcast:send named; see rids */
    unsigned simulcast_count;
    uint32_t ssrc, rtx_ssrc; /* the first of a=ssrc / FID group; 0: not given */
    bool rtcp_mux;
} HeardSdpMedia;

typedef struct {
    HeardIceCredentials ice;
    uint8_t fingerprint[HEARD_FINGERPRINT_SIZE];
    bool setup_passive; /* the offer insists on being passive: we cannot answer it */
    bool ice_lite;      /* the same: two lite agents never check (RFC 8445 6.1.1) */
    bool bundle;        /* there is a BUNDLE group; the answer has one then, too */
    HeardSdpMedia *media;
    unsigned media_count;
} HeardSdpOffer;

HeardSdpOffer *heard_sdp_parse(const char *text, size_t size,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_sdp_offer_free(HeardSdpOffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardSdpOffer, heard_sdp_offer_free)
