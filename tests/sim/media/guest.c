/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/media/guest.h"

#include "media/front/demux.h"
#include "media/front/socket.h"
#include "media/peer.h"
#include "media/rtp/bytes.h"

#include <stun/stunagent.h>
#include <stun/usages/ice.h>

enum { PACKET_MAX = 1400 + HEARD_SRTP_TRAILER_MAX };

static const uint16_t known[] = {
    STUN_ATTRIBUTE_USERNAME,       STUN_ATTRIBUTE_MESSAGE_INTEGRITY, STUN_ATTRIBUTE_ERROR_CODE,
    STUN_ATTRIBUTE_PRIORITY,       STUN_ATTRIBUTE_USE_CANDIDATE,     STUN_ATTRIBUTE_FINGERPRINT,
    STUN_ATTRIBUTE_ICE_CONTROLLED, STUN_ATTRIBUTE_ICE_CONTROLLING,   0,
};

static void take(void *data, uint8_t *bytes, size_t size);

Guest *guest_new(Stage *stage, const HeardDtlsIdentity *identity, unsigned number)
{
    Guest *self = g_new0(Guest, 1);
    HeardAddress address = stage_address(number, 5000);

    self->stage = stage;
    self->identity = identity;
    self->number = number;
    self->dtls =
        heard_dtls_new(identity, HEARD_DTLS_CLIENT, heard_dtls_identity_digest(stage->identity));
    g_snprintf(self->ours.ufrag, sizeof(self->ours.ufrag), "guest%u", number);
    g_strlcpy(self->ours.pwd, "the guest's own long password", sizeof(self->ours.pwd));
    g_snprintf(self->theirs.ufrag, sizeof(self->theirs.ufrag), "house%u", number);
    g_strlcpy(self->theirs.pwd, "the server's long password", sizeof(self->theirs.pwd));
    self->audio_ssrc = 1000 * number + 1;
    self->video_ssrc = 1000 * number + 2;
    self->rtx_ssrc = 1000 * number + 3;
    self->lane_audio_ssrc = 1000 * number + 11;
    self->lane_video_ssrc = 1000 * number + 12;
    self->lane_rtx_ssrc = 1000 * number + 13;
    guest_move(self, &address);
    return self;
}

void guest_free(Guest *self)
{
    if (!self)
        return;
    stage_receive_at(self->stage, &self->address, NULL, NULL);
    heard_srtp_free(self->srtp);
    heard_dtls_free(self->dtls);
    g_free(self);
}

void guest_move(Guest *self, const HeardAddress *address)
{
    stage_receive_at(self->stage, &self->address, NULL, NULL);
    self->address = *address;
    stage_receive_at(self->stage, address, take, self);
}

HeardPeerPlan *guest_plan(const Guest *self)
{
    HeardPlanCodec opus = {.codec = HEARD_CODEC_OPUS, .payload_type = GUEST_AUDIO_PT};
    HeardPlanCodec vp8 = {.codec = HEARD_CODEC_VP8,
                          .payload_type = GUEST_VIDEO_PT,
                          .rtx_payload_type = GUEST_RTX_PT,
                          .nack = true,
                          .nack_pli = true,
                          .transport_cc = true};
    HeardPeerPlan *plan = g_new0(HeardPeerPlan, 1);
    HeardPlanSource *microphone = &plan->sources[HEARD_SOURCE_MICROPHONE];
    HeardPlanSource *camera = &plan->sources[HEARD_SOURCE_CAMERA];

    plan->local = self->theirs;
    plan->remote = self->ours;
    memcpy(plan->fingerprint, heard_dtls_identity_digest(self->identity),
           sizeof(plan->fingerprint));
    *microphone = (HeardPlanSource){.used = true, .codecs = {opus}, .codec_count = 1};
    microphone->ssrc = self->audio_ssrc;
    *camera = (HeardPlanSource){.used = true, .codecs = {vp8}, .codec_count = 1};
    camera->ssrc = self->video_ssrc;
    camera->rtx_ssrc = self->rtx_ssrc;
    camera->ext.transport_cc = GUEST_TWCC_EXT;
    plan->slot_count = 1;
    plan->slots[0].audio = (HeardPlanLane){
        .used = true, .codecs = {opus}, .codec_count = 1, .ssrc = self->lane_audio_ssrc};
    plan->slots[0].video = (HeardPlanLane){.used = true,
                                           .codecs = {vp8},
                                           .codec_count = 1,
                                           .ext = {.transport_cc = GUEST_TWCC_EXT},
                                           .ssrc = self->lane_video_ssrc,
                                           .rtx_ssrc = self->lane_rtx_ssrc};
    return plan;
}

static void say(Guest *self, const uint8_t *bytes, size_t size)
{
    stage_datagram(self->stage, &self->address, bytes, size);
}

size_t guest_make_check(const Guest *self, const char *password, bool use_candidate,
                        uint8_t ret_bytes[static 600])
{
    g_autofree StunAgent *agent = g_new0(StunAgent, 1);
    g_autofree char *username = g_strconcat(self->theirs.ufrag, ":", self->ours.ufrag, NULL);
    StunMessage message;

    if (!password)
        password = self->theirs.pwd;
    stun_agent_init(agent, known, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    return stun_usage_ice_conncheck_create(
        agent, &message, ret_bytes, 600, (const uint8_t *)username, strlen(username),
        (const uint8_t *)password, strlen(password), use_candidate, true, 7, 9, NULL,
        STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
}

void guest_check(Guest *self, bool use_candidate)
{
    uint8_t bytes[600];

    say(self, bytes, guest_make_check(self, NULL, use_candidate, bytes));
}

static void send_dtls(Guest *self)
{
    const uint8_t *datagram;
    size_t size;

    while ((datagram = heard_dtls_poll_datagram(self->dtls, &size)))
        say(self, datagram, size);
}

static void take_media(Guest *self, HeardDemux kind, uint8_t *bytes, size_t size)
{
    HeardSrtpResult result;

    if (!self->srtp)
        return;
    result = kind == HEARD_DEMUX_RTP ? heard_srtp_unprotect_rtp(self->srtp, bytes, &size)
                                     : heard_srtp_unprotect_rtcp(self->srtp, bytes, &size);
    self->refused_in += result != HEARD_SRTP_OK;
    self->rtp_in += result == HEARD_SRTP_OK && kind == HEARD_DEMUX_RTP;
    self->rtcp_in += result == HEARD_SRTP_OK && kind == HEARD_DEMUX_RTCP;
}

static bool find_ours(StunAgent *agent, StunMessage *message, uint8_t *username, uint16_t size,
                      uint8_t **ret_password, size_t *ret_size, void *data)
{
    Guest *self = data;
    g_autofree char *wanted = g_strconcat(self->ours.ufrag, ":", self->theirs.ufrag, NULL);

    (void)agent;
    (void)message;
    g_assert(size == strlen(wanted) && !memcmp(username, wanted, size));
    *ret_password = (uint8_t *)self->ours.pwd;
    *ret_size = strlen(self->ours.pwd);
    return true;
}

/* The server's check must satisfy a full agent, who is the controlling one. */
static void answer_check(Guest *self, const uint8_t *bytes, size_t size)
{
    g_autofree StunAgent *agent = g_new0(StunAgent, 1);
    g_autofree uint8_t *request = g_malloc0(size + HEARD_SOCKET_SLACK);
    struct sockaddr_storage from = {.ss_family = AF_INET};
    StunMessage message, reply;
    uint8_t buffer[600];
    size_t reply_size = sizeof(buffer);
    bool control = true;

    self->asked++;
    if (self->deaf)
        return;
    memcpy(request, bytes, size);
    stun_agent_init(agent, known, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    g_assert(stun_agent_validate(agent, &message, request, size, find_ours, self) ==
             STUN_VALIDATION_SUCCESS);
    g_assert(stun_usage_ice_conncheck_create_reply(agent, &message, &reply, buffer, &reply_size,
                                                   &from, sizeof(struct sockaddr_in), &control, 7,
                                                   STUN_USAGE_ICE_COMPATIBILITY_RFC5245) ==
             STUN_USAGE_ICE_RETURN_SUCCESS);
    g_assert(control);
    say(self, buffer, reply_size);
}

static void take(void *data, uint8_t *bytes, size_t size)
{
    Guest *self = data;
    HeardDemux kind = heard_demux(bytes, size);
    HeardSrtpKeys keys;

    self->bytes_in += size;
    if (kind == HEARD_DEMUX_STUN) {
        self->answered |= bytes[0] == 1 && bytes[1] == 1;
        if (bytes[0] == 0)
            answer_check(self, bytes, size);
    } else if (kind == HEARD_DEMUX_DTLS) {
        heard_dtls_receive(self->dtls, bytes, size, self->stage->core.now_us);
        send_dtls(self);
        if (!self->srtp && heard_dtls_export_keys(self->dtls, &keys))
            self->srtp = heard_srtp_new(&keys, NULL);
    } else {
        take_media(self, kind, bytes, size);
    }
}

bool guest_connect(Guest *self)
{
    guest_check(self, true);
    stage_settle(self->stage);
    if (!self->answered)
        return false;
    heard_dtls_start(self->dtls, self->stage->core.now_us);
    send_dtls(self);
    stage_settle(self->stage);
    return self->srtp != NULL;
}

void guest_agree_keys(Guest *self)
{
    HeardPeer *peer = stage_peer(self->stage, self->number);
    HeardSrtpKeys keys = {.profile = HEARD_SRTP_AEAD_AES_128_GCM};

    memset(keys.local, 1, sizeof(keys.local));
    memset(keys.remote, 2, sizeof(keys.remote));
    peer->srtp = heard_srtp_new(&keys, NULL);
    peer->state = HEARD_PEER_CONNECTED;
    memset(keys.local, 2, sizeof(keys.local));
    memset(keys.remote, 1, sizeof(keys.remote));
    self->srtp = heard_srtp_new(&keys, NULL);
}

/* A packet that libsrtp refuses goes as it is: the other side must refuse it, too. */
void guest_send_rtp(Guest *self, uint8_t *packet, size_t size)
{
    (void)heard_srtp_protect_rtp(self->srtp, packet, &size);
    say(self, packet, size);
}

void guest_send_rtcp(Guest *self, uint8_t *packet, size_t size)
{
    (void)heard_srtp_protect_rtcp(self->srtp, packet, &size);
    say(self, packet, size);
}

static uint8_t *put_header(uint8_t *at, uint8_t pt, bool marker, uint16_t seq, uint32_t rtp_ts,
                           uint32_t ssrc)
{
    at[0] = 0x80;
    at[1] = (uint8_t)(pt | (marker ? 0x80 : 0));
    heard_put16(at + 2, seq);
    heard_put32(at + 4, rtp_ts);
    heard_put32(at + 8, ssrc);
    return at + 12;
}

void guest_send_audio(Guest *self)
{
    uint8_t packet[PACKET_MAX] = {0};
    uint8_t *at = put_header(packet, GUEST_AUDIO_PT, false, self->audio_seq, 960U * self->audio_seq,
                             self->audio_ssrc);

    self->audio_seq++;
    memset(at, 0x78, 80); /* a TOC byte of 20 ms CELT, and some "sound" */
    guest_send_rtp(self, packet, 12 + 80);
}

void guest_send_frame(Guest *self, unsigned packets, size_t payload_size, bool keyframe)
{
    /* 640 × 480, RFC 6386 9.1; an inter frame has the lowest bit set. */
    static const uint8_t key_start[] = {0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01};
    static const uint8_t inter_start[] = {0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    g_assert(payload_size >= sizeof(key_start) && payload_size <= 1200);
    self->rtp_ts += 3600;
    self->picture_id++;
    for (unsigned i = 0; i < packets; i++) {
        uint8_t packet[PACKET_MAX] = {0};
        uint8_t *at = put_header(packet, GUEST_VIDEO_PT, i + 1 == packets, self->video_seq++,
                                 self->rtp_ts, self->video_ssrc);

        packet[0] |= 0x10;
        heard_put32(at, 0xBEDE0001);
        at[4] = GUEST_TWCC_EXT << 4 | 1;
        heard_put16(at + 5, self->twcc_seq++);
        at += 8;
        at[0] = i == 0 ? 0x90 : 0x80; /* X, and S on the first (RFC 7741 4.2) */
        at[1] = 0x80;                 /* a picture id follows, of 15 bits */
        heard_put16(at + 2, self->picture_id | 0x8000);
        memset(at + 4, (int)i, payload_size);
        if (i == 0)
            memcpy(at + 4, keyframe ? key_start : inter_start, sizeof(key_start));
        guest_send_rtp(self, packet, (size_t)(at + 4 - packet) + payload_size);
    }
}

void guest_send_feedback(Guest *self)
{
    uint8_t packet[PACKET_MAX] = {0x80, 201, 0, 1}; /* RR without blocks (RFC 3550 6.4.2) */

    heard_put32(packet + 4, self->audio_ssrc);
    memcpy(packet + 8, (const uint8_t[]){0x81, 206, 0, 2}, 4); /* PLI (RFC 4585 6.3.1) */
    heard_put32(packet + 12, self->audio_ssrc);
    heard_put32(packet + 16, self->lane_video_ssrc);
    memcpy(packet + 20, (const uint8_t[]){0x81, 205, 0, 3}, 4); /* NACK (6.2.1) */
    heard_put32(packet + 24, self->audio_ssrc);
    heard_put32(packet + 28, self->lane_video_ssrc);
    heard_put16(packet + 32, self->video_seq);
    heard_put16(packet + 34, 0xffff);
    guest_send_rtcp(self, packet, 36);
}
