/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The tester's side of offer and answer: one Opus and one VP8 m-line in one BUNDLE, no
 * RTX, no bandwidth feedback, so that every server gets the same simple peer.
 *
 * Ownership  Texts belong to the caller; a remote holds its own.
 * Threads    Pure.
 * Errors     GError of the SDP codes of server/base/error.h.
 */

#include "media/sdp/answer.h"

enum { HEARD_BENCH_CANDIDATES_MAX = 16, HEARD_BENCH_CNAME_SIZE = 32 };

typedef struct {
    HeardIceCredentials ice;
    const char *fingerprint;
    const char *candidate; /* the whole line without CR LF */
    bool audio, video, sending;
    uint32_t audio_ssrc, video_ssrc;
    char cname[HEARD_BENCH_CNAME_SIZE];
} HeardBenchLocal;

/* One track as both sides agreed on it; payload type 0 with used false: none. */
typedef struct {
    bool used;
    uint8_t payload_type;
    uint8_t mid_ext, level_ext;
    char mid[HEARD_SDP_TOKEN_SIZE];
} HeardBenchTrack;

typedef struct {
    HeardIceCredentials ice;
    uint8_t fingerprint[HEARD_FINGERPRINT_SIZE];
    bool active; /* the server starts DTLS */
    bool ice_lite;
    HeardBenchTrack audio, video;
    char candidates[HEARD_BENCH_CANDIDATES_MAX][192]; /* lines, "a=" included */
    unsigned candidate_count;
} HeardBenchRemote;

char *heard_bench_offer(const HeardBenchLocal *local);

/* text: the server's offer or answer. ret_offer may be NULL; the caller frees it. */
bool heard_bench_read_remote(const char *text, size_t size, HeardBenchRemote *ret_remote,
                             HeardSdpOffer **ret_offer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For a server that makes the offer: take Opus and VP8 of it, once each. */
char *heard_bench_answer(const HeardBenchLocal *local, const HeardSdpOffer *offer,
                         const HeardBenchRemote *remote);
