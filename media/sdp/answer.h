/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Decide what of an offer is taken, and write the one answer. WHIP (RFC 9725) and WHEP
 * offers are the same thing with fewer m-lines.
 *
 * What an m-line is follows from its order, as signaling/PROTOCOL.md fixes it: the first
 * sending audio is the microphone, the first sending video the camera, the second the
 * screen. The k-th receiving audio and the k-th receiving video are slot k.
 *
 * Ownership  The caller frees plan and text; heard_worker_add_peer() takes the plan.
 * Threads    Pure but for random ICE credentials and SSRCs.
 * Errors     HEARD_ERROR_SDP_UNSUPPORTED: nothing of it can be taken (no codec in common,
 *            nothing permitted, no rtcp-mux), setup:passive, an ICE-lite client.
 */

#include "media/sdp/parse.h"
#include "media/sink.h"

#include <glib.h>

enum { HEARD_SLOTS_MAX = 32, HEARD_LAYERS_MAX = 3, HEARD_CANDIDATES_MAX = 8 };

#define HEARD_EXT_URI_MID          "urn:ietf:params:rtp-hdrext:sdes:mid"
#define HEARD_EXT_URI_RID          "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
#define HEARD_EXT_URI_REPAIRED_RID "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
#define HEARD_EXT_URI_AUDIO_LEVEL  "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
#define HEARD_EXT_URI_TRANSPORT_CC                                                                 \
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

/* An m-line that the policy leaves out is rejected (port 0). */
typedef struct {
    bool may_send[HEARD_SOURCE_COUNT];
    unsigned slots_max;
} HeardSdpPolicy;

typedef struct {
    char address[46];            /* numeric */
    uint16_t udp_port, tcp_port; /* 0: not offered */
} HeardCandidate;

/* Payload types and extension ids as the offer numbered them; 0: not negotiated. */
typedef struct {
    HeardCodec codec;
    uint8_t payload_type, rtx_payload_type;
    bool nack, nack_pli, transport_cc;
    char fmtp[HEARD_SINK_FMTP_SIZE]; /* as the answer says it; may be empty */
} HeardPlanCodec;

/* Never taken: abs-send-time (transport-cc says more) and video-orientation, so that a
 * phone turns its pixels itself and a recording needs no rotation. Ids are 1 to 14: the
 * one-byte form of RFC 8285 carries them. */
typedef struct {
    uint8_t mid, rid, repaired_rid, transport_cc, audio_level;
} HeardPlanExtensions;

typedef struct {
    bool used;
    unsigned media_index; /* of the offer */
    char mid[HEARD_SDP_TOKEN_SIZE];
    HeardPlanCodec codecs[HEARD_CODEC_COUNT];
    unsigned codec_count;     /* in order of preference; the client may send any of them */
    uint8_t red_payload_type; /* Opus in RED (RFC 2198), 0: not offered */
    HeardPlanExtensions ext;
    char rids[HEARD_LAYERS_MAX][17]; /* lowest layer first; none: no simulcast */
    unsigned rid_count;
    uint32_t ssrc, rtx_ssrc; /* of the offer, 0: learn from MID/RID */
} HeardPlanSource;

typedef struct {
    bool used;
    unsigned media_index;
    char mid[HEARD_SDP_TOKEN_SIZE];
    HeardPlanCodec codecs[HEARD_CODEC_COUNT];
    unsigned codec_count;
    uint8_t red_payload_type; /* as above */
    HeardPlanExtensions ext;
    uint32_t ssrc, rtx_ssrc; /* ours, constant for the peer's life */
} HeardPlanLane;

typedef struct {
    HeardPlanLane audio, video;
} HeardPlanSlot;

/* About 45 KB: take what is needed and free it. */
typedef struct {
    uint64_t session_id; /* of the answer's o= line, positive */
    HeardIceCredentials local, remote;
    uint8_t fingerprint[HEARD_FINGERPRINT_SIZE]; /* of the client's certificate */
    HeardPlanSource sources[HEARD_SOURCE_COUNT];
    HeardPlanSlot slots[HEARD_SLOTS_MAX];
    unsigned slot_count;
} HeardPeerPlan;

HeardPeerPlan *heard_sdp_accept(const HeardSdpOffer *offer, const HeardSdpPolicy *policy,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_peer_plan_free(HeardPeerPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardPeerPlan, heard_peer_plan_free)

/* The same answer for the same arguments. fingerprint: ours, "AB:CD:…" of the SHA-256. The
 * caller frees the text. */
char *heard_sdp_answer(const HeardSdpOffer *offer, const HeardPeerPlan *plan,
                       const char *fingerprint, const HeardCandidate *candidates,
                       unsigned candidate_count);
