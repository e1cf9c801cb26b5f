/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A small WebRTC client for tests: checks by libnice's client side, DTLS as the active
 * side, SRTP; over UDP or ICE-TCP. It publishes a microphone and a camera (VP8), and
 * watches in one slot, or in more with three for voices.
 *
 * Ownership  new/free. Threads  One. Errors  Asserts.
 */

#include "media/front/framing.h"
#include "media/sdp/answer.h"
#include "media/transport/dtls.h"
#include "media/transport/srtp.h"

#include <glib.h>
#include <stdbool.h>

enum {
    CLIENT_LOG_MAX = 512,
    CLIENT_PACKET_MAX = 1500,
    AUDIO_PT = 111,
    VIDEO_PT = 96,
    RTX_PT = 97,
    RED_PT = 63,
    TWCC_EXT = 3,
    LEVEL_EXT = 1,
};

typedef struct {
    uint8_t bytes[CLIENT_PACKET_MAX];
    size_t size;
} ClientPacket;

typedef struct {
    int fd;
    bool tcp;
    HeardFraming framing;
    HeardDtlsIdentity *identity;
    HeardDtls *dtls;
    HeardSrtp *srtp;
    HeardIceCredentials local, remote; /* remote: the server's */
    bool answered;                     /* a check was */
    unsigned unanswered;
    uint32_t audio_ssrc, video_ssrc, rtx_ssrc;                /* what it sends */
    uint32_t lane_audio_ssrc, lane_video_ssrc, lane_rtx_ssrc; /* what it gets */
    uint16_t audio_seq, video_seq, picture_id, twcc_seq;
    uint32_t rtp_ts;
    unsigned slots;    /* with a picture: 1 unless changed before client_plan() */
    bool hears_voices; /* three more slots, without */
    uint8_t level;     /* RFC 6464, of its sound; 0: it tells none */
    ClientPacket rtp[CLIENT_LOG_MAX], rtcp[CLIENT_LOG_MAX];
    unsigned rtp_count, rtcp_count;
    unsigned good; /* packets of sound and picture so far */
} Client;

/* server_digest: of its certificate. port: the worker's UDP or TCP port on loopback. */
Client *client_new(const uint8_t *server_digest, uint16_t port, bool tcp, unsigned number);
/* own_port: one that another client left, as browsers come by them. 0: any. */
Client *client_new_at(const uint8_t *server_digest, uint16_t port, bool tcp, unsigned number,
                      uint16_t own_port);
uint16_t client_port(const Client *self);
void client_free(Client *self);

/* What heard_sdp_accept() would have made of its offer. */
HeardPeerPlan *client_plan(Client *self);

/* A datagram as it is. */
void client_send(Client *self, const uint8_t *bytes, size_t size);
void client_check(Client *self);
/* Reads what came and moves the handshake on. */
void client_pump(Client *self);

void client_send_rtp(Client *self, uint8_t *packet, size_t size);
void client_send_rtcp(Client *self, uint8_t *packet, size_t size);
/* packets of payload_size bytes; a key frame or not. */
void client_send_frame(Client *self, unsigned packets, size_t payload_size, bool keyframe);
void client_send_audio(Client *self);
/* The next packet of sound, together with the one before it (RED). */
void client_send_red(Client *self);
/* A receiver report about one of its lanes. */
void client_report(Client *self, uint32_t ssrc, uint32_t highest_seq, uint32_t lost);

/* The SSRC of the sound in its k-th slot. */
static inline uint32_t client_sound(const Client *self, unsigned slot)
{
    return self->lane_audio_ssrc + 20 * slot;
}

/* Packets that came with this SSRC. */
unsigned client_count_rtp(const Client *self, uint32_t ssrc);
/* RTCP packets (not compounds) of this type and format that came. */
unsigned client_count_rtcp(const Client *self, uint8_t type, int format);
