/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One client on a stage: checks by libnice's client side, DTLS by OpenSSL, SRTP, a microphone
 * and a camera to send, one slot to watch. It answers nothing by itself but the handshake and
 * checks of the server.
 *
 * Ownership  new/free by the test; borrows the stage and the identity.
 * Threads    One.
 * Errors     Asserts.
 */

#include "tests/sim/media/stage.h"

enum { GUEST_AUDIO_PT = 111, GUEST_VIDEO_PT = 96, GUEST_RTX_PT = 97, GUEST_TWCC_EXT = 3 };

typedef struct {
    Stage *stage;
    const HeardDtlsIdentity *identity;
    HeardAddress address; /* where its datagrams come from */
    unsigned number;      /* its peer id, and what its names and SSRCs are made of */
    HeardDtls *dtls;
    HeardSrtp *srtp; /* NULL: not connected */
    HeardIceCredentials ours, theirs;
    bool answered;  /* a check was */
    bool deaf;      /* answers no checks of the server, as one who is not there */
    unsigned asked; /* checks of the server that came */
    uint32_t audio_ssrc, video_ssrc, rtx_ssrc;                /* what it sends */
    uint32_t lane_audio_ssrc, lane_video_ssrc, lane_rtx_ssrc; /* what it gets */
    uint16_t audio_seq, video_seq, picture_id, twcc_seq;
    uint32_t rtp_ts;
    unsigned rtp_in, rtcp_in, refused_in;
    uint64_t bytes_in;
} Guest;

Guest *guest_new(Stage *stage, const HeardDtlsIdentity *identity, unsigned number);
void guest_free(Guest *self);

/* What heard_sdp_accept() would have made of its offer. */
HeardPeerPlan *guest_plan(const Guest *self);

/* It moves: its datagrams come from there, and it takes what is sent there. */
void guest_move(Guest *self, const HeardAddress *address);
/* A check as a datagram; password NULL: the right one. Its size. */
size_t guest_make_check(const Guest *self, const char *password, bool use_candidate,
                        uint8_t ret_bytes[static 600]);
void guest_check(Guest *self, bool use_candidate);
/* Check, handshake; true: media may flow. */
bool guest_connect(Guest *self);

/* Keys without a handshake, on both sides: for what comes after it. */
void guest_agree_keys(Guest *self);

/* Plain packets; the buffer has HEARD_SRTP_TRAILER_MAX bytes more. */
void guest_send_rtp(Guest *self, uint8_t *packet, size_t size);
void guest_send_rtcp(Guest *self, uint8_t *packet, size_t size);
void guest_send_audio(Guest *self);
void guest_send_frame(Guest *self, unsigned packets, size_t payload_size, bool keyframe);
/* A receiver report with a PLI and a NACK, as a viewer sends them. */
void guest_send_feedback(Guest *self);
