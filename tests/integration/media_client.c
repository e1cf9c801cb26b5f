/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/media_client.h"

#include "media/front/demux.h"
#include "media/rtp/bytes.h"
#include "server/base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint16_t known[] = {
    STUN_ATTRIBUTE_USERNAME,       STUN_ATTRIBUTE_MESSAGE_INTEGRITY, STUN_ATTRIBUTE_ERROR_CODE,
    STUN_ATTRIBUTE_PRIORITY,       STUN_ATTRIBUTE_USE_CANDIDATE,     STUN_ATTRIBUTE_FINGERPRINT,
    STUN_ATTRIBUTE_ICE_CONTROLLED, STUN_ATTRIBUTE_ICE_CONTROLLING,   0,
};

Client *client_new(const uint8_t *server_digest, uint16_t port, bool tcp, unsigned number)
{
    return client_new_at(server_digest, port, tcp, number, 0);
}

uint16_t client_port(const Client *self)
{
    struct sockaddr_in from = {0};
    socklen_t size = sizeof from;

    g_assert(getsockname(self->fd, (struct sockaddr *)&from, &size) == 0);
    return ntohs(from.sin_port);
}

Client *client_new_at(const uint8_t *server_digest, uint16_t port, bool tcp, unsigned number,
                      uint16_t own_port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = htons(own_port)};
    Client *self = g_new0(Client, 1);

    from.sin_addr.s_addr = to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    self->tcp = tcp;
    self->fd = socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
    g_assert(self->fd >= 0);
    if (own_port != 0 && bind(self->fd, (struct sockaddr *)&from, sizeof from) != 0)
        g_assert(errno == EADDRINUSE); /* somebody else's by now: any other one */
    g_assert(connect(self->fd, (struct sockaddr *)&to, sizeof(to)) == 0);
    fcntl(self->fd, F_SETFL, O_NONBLOCK);
    self->identity = heard_dtls_identity_new(NULL);
    self->dtls = heard_dtls_new(self->identity, HEARD_DTLS_CLIENT, server_digest);
    g_snprintf(self->local.ufrag, sizeof(self->local.ufrag), "client%u", number);
    g_snprintf(self->remote.ufrag, sizeof(self->remote.ufrag), "server%u", number);
    g_strlcpy(self->remote.pwd, "the server's long password", sizeof(self->remote.pwd));
    self->audio_ssrc = 1000 * number + 1;
    self->video_ssrc = 1000 * number + 2;
    self->rtx_ssrc = 1000 * number + 3;
    self->lane_audio_ssrc = 1000 * number + 11;
    self->lane_video_ssrc = 1000 * number + 12;
    self->lane_rtx_ssrc = 1000 * number + 13;
    self->rtp_ts = 5000;
    self->slots = 1;
    return self;
}

void client_free(Client *self)
{
    close(self->fd);
    heard_srtp_free(self->srtp);
    heard_dtls_free(self->dtls);
    heard_dtls_identity_free(self->identity);
    g_free(self);
}

HeardPeerPlan *client_plan(Client *self)
{
    HeardPlanCodec opus = {.codec = HEARD_CODEC_OPUS, .payload_type = AUDIO_PT};
    HeardPlanCodec vp8 = {.codec = HEARD_CODEC_VP8,
                          .payload_type = VIDEO_PT,
                          .rtx_payload_type = RTX_PT,
                          .nack = true,
                          .nack_pli = true,
                          .transport_cc = true};
    HeardPeerPlan *plan = g_new0(HeardPeerPlan, 1);
    HeardPlanSource *microphone = &plan->sources[HEARD_SOURCE_MICROPHONE];
    HeardPlanSource *camera = &plan->sources[HEARD_SOURCE_CAMERA];

    plan->local = self->remote;
    plan->remote = self->local;
    memcpy(plan->fingerprint, heard_dtls_identity_digest(self->identity),
           sizeof(plan->fingerprint));
    *microphone = (HeardPlanSource){.used = true, .codecs = {opus}, .codec_count = 1};
    microphone->ssrc = self->audio_ssrc;
    microphone->red_payload_type = RED_PT;
    microphone->ext.audio_level = LEVEL_EXT;
    *camera = (HeardPlanSource){.used = true, .codecs = {vp8}, .codec_count = 1};
    camera->ssrc = self->video_ssrc;
    camera->rtx_ssrc = self->rtx_ssrc;
    camera->ext.transport_cc = TWCC_EXT;
    plan->slot_count = self->slots + (self->hears_voices ? 3 : 0);
    for (unsigned i = 0; i < plan->slot_count; i++) {
        plan->slots[i].audio = (HeardPlanLane){.used = true,
                                               .codecs = {opus},
                                               .codec_count = 1,
                                               .red_payload_type = RED_PT,
                                               .ssrc = client_sound(self, i)};
        if (i < self->slots)
            plan->slots[i].video = (HeardPlanLane){.used = true,
                                                   .codecs = {vp8},
                                                   .codec_count = 1,
                                                   .ssrc = self->lane_video_ssrc + 20 * i,
                                                   .rtx_ssrc = self->lane_rtx_ssrc + 20 * i};
    }
    return plan;
}

void client_send(Client *self, const uint8_t *bytes, size_t size)
{
    uint8_t header[2] = {(uint8_t)(size >> 8), (uint8_t)size};

    if (self->tcp)
        g_assert(send(self->fd, header, 2, MSG_NOSIGNAL) == 2 || errno != EAGAIN);
    /* On UDP a closed port shows as ECONNREFUSED: the server may be gone. */
    (void)!send(self->fd, bytes, size, MSG_NOSIGNAL);
}

void client_check(Client *self)
{
    g_autofree StunAgent *agent = g_new0(StunAgent, 1);
    g_autofree char *username = g_strconcat(self->remote.ufrag, ":", self->local.ufrag, NULL);
    uint8_t buffer[600];
    StunMessage message;
    size_t size;

    stun_agent_init(agent, known, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    size = stun_usage_ice_conncheck_create(
        agent, &message, buffer, sizeof(buffer), (uint8_t *)username, strlen(username),
        (uint8_t *)self->remote.pwd, strlen(self->remote.pwd), true, true, 7, 9, NULL,
        STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    client_send(self, buffer, size);
}

static void send_dtls(Client *self)
{
    const uint8_t *datagram;
    size_t size;

    while ((datagram = heard_dtls_poll_datagram(self->dtls, &size)))
        client_send(self, datagram, size);
}

static void store(ClientPacket *log, unsigned *count, const uint8_t *bytes, size_t size)
{
    if (*count == CLIENT_LOG_MAX)
        return;
    memcpy(log[*count].bytes, bytes, size);
    log[(*count)++].size = size;
}

static void take(Client *self, uint8_t *bytes, size_t size)
{
    HeardDemux kind = heard_demux(bytes, size);

    if (kind == HEARD_DEMUX_STUN) {
        if (!self->answered && bytes[0] == 1 && bytes[1] == 1) {
            self->answered = true;
            heard_dtls_start(self->dtls, heard_clock_now_us());
        }
    } else if (kind == HEARD_DEMUX_DTLS) {
        heard_dtls_receive(self->dtls, bytes, size, heard_clock_now_us());
    } else if (self->srtp && kind == HEARD_DEMUX_RTP) {
        HeardSrtpResult result = heard_srtp_unprotect_rtp(self->srtp, bytes, &size);

        if (result != HEARD_SRTP_OK)
            g_error(
                "a packet of %zu bytes that does not decrypt: result %d, ssrc %u, seq %u; port %u, "
                "client of %s, %u packets before",
                size, (int)result, heard_get32(bytes + 8), heard_get16(bytes + 2),
                client_port(self), self->local.ufrag, self->good);
        self->good++;
        store(self->rtp, &self->rtp_count, bytes, size);
    } else if (self->srtp && kind == HEARD_DEMUX_RTCP) {
        g_assert(heard_srtp_unprotect_rtcp(self->srtp, bytes, &size) == HEARD_SRTP_OK);
        store(self->rtcp, &self->rtcp_count, bytes, size);
    }
}

static void take_stream(Client *self, const uint8_t *bytes, size_t size)
{
    uint8_t *frame;
    size_t frame_size;

    while (heard_framing_push(&self->framing, &bytes, &size, &frame, &frame_size) ==
           HEARD_FRAMING_FRAME)
        take(self, frame, frame_size);
}

void client_pump(Client *self)
{
    uint8_t bytes[2048 + 64];
    HeardSrtpKeys keys;
    ssize_t size;

    if (!self->answered && self->unanswered++ % 20 == 0)
        client_check(self);
    while ((size = recv(self->fd, bytes, 2048, 0)) > 0) {
        if (self->tcp)
            take_stream(self, bytes, (size_t)size);
        else
            take(self, bytes, (size_t)size);
    }
    if (heard_clock_now_us() >= heard_dtls_deadline_us(self->dtls))
        heard_dtls_tick(self->dtls, heard_clock_now_us());
    send_dtls(self);
    if (!self->srtp && heard_dtls_export_keys(self->dtls, &keys))
        self->srtp = heard_srtp_new(&keys, NULL);
}

void client_send_rtp(Client *self, uint8_t *packet, size_t size)
{
    g_assert(heard_srtp_protect_rtp(self->srtp, packet, &size) == HEARD_SRTP_OK);
    client_send(self, packet, size);
}

void client_send_rtcp(Client *self, uint8_t *packet, size_t size)
{
    g_assert(heard_srtp_protect_rtcp(self->srtp, packet, &size) == HEARD_SRTP_OK);
    client_send(self, packet, size);
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

void client_send_frame(Client *self, unsigned packets, size_t payload_size, bool keyframe)
{
    /* 640 × 480, RFC 6386 9.1; an inter frame has the lowest bit set. */
    static const uint8_t key_start[] = {0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01};
    static const uint8_t inter_start[] = {0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    self->rtp_ts += 3600;
    self->picture_id++;
    for (unsigned i = 0; i < packets; i++) {
        uint8_t packet[CLIENT_PACKET_MAX + HEARD_SRTP_TRAILER_MAX] = {0};
        uint8_t *at = put_header(packet, VIDEO_PT, i + 1 == packets, self->video_seq++,
                                 self->rtp_ts, self->video_ssrc);

        packet[0] |= 0x10;
        heard_put32(at, 0xBEDE0001);
        at[4] = TWCC_EXT << 4 | 1;
        heard_put16(at + 5, self->twcc_seq++);
        at += 8;
        at[0] = i == 0 ? 0x90 : 0x80; /* X, and S on the first (RFC 7741 4.2) */
        at[1] = 0x80;                 /* a picture id follows, of 15 bits */
        heard_put16(at + 2, self->picture_id | 0x8000);
        memset(at + 4, (int)i, payload_size);
        if (i == 0)
            memcpy(at + 4, keyframe ? key_start : inter_start, sizeof(key_start));
        client_send_rtp(self, packet, (size_t)(at + 4 - packet) + payload_size);
    }
}

/* A TOC byte of 20 ms CELT, and some "sound" that tells the number. */
static uint8_t *put_sound(uint8_t *at, uint16_t seq)
{
    memset(at, 0x78, 80);
    heard_put16(at + 1, seq);
    return at + 80;
}

static uint8_t *begin_sound(Client *self, uint8_t *packet, uint8_t pt)
{
    uint8_t *at =
        put_header(packet, pt, false, self->audio_seq, 960U * self->audio_seq, self->audio_ssrc);

    if (self->level == 0)
        return at;
    packet[0] |= 0x10;
    heard_put32(at, 0xBEDE0001);
    heard_put32(at + 4, (uint32_t)(LEVEL_EXT << 28) | (uint32_t)self->level << 16);
    return at + 8;
}

void client_send_audio(Client *self)
{
    uint8_t packet[200 + HEARD_SRTP_TRAILER_MAX] = {0};
    uint8_t *at = put_sound(begin_sound(self, packet, AUDIO_PT), self->audio_seq);

    self->audio_seq++;
    client_send_rtp(self, packet, (size_t)(at - packet));
}

void client_send_red(Client *self)
{
    uint8_t packet[300 + HEARD_SRTP_TRAILER_MAX] = {0};
    uint8_t *at = begin_sound(self, packet, RED_PT);

    heard_put32(at, (uint32_t)(0x80 | AUDIO_PT) << 24 | 960 << 10 | 80);
    at[4] = AUDIO_PT;
    at = put_sound(at + 5, (uint16_t)(self->audio_seq - 1));
    at = put_sound(at, self->audio_seq);
    self->audio_seq++;
    client_send_rtp(self, packet, (size_t)(at - packet));
}

void client_report(Client *self, uint32_t ssrc, uint32_t highest_seq, uint32_t lost)
{
    uint8_t report[32 + HEARD_SRTP_TRAILER_MAX] = {0x81, 201, 0, 7};

    heard_put32(report + 4, self->audio_ssrc);
    heard_put32(report + 8, ssrc);
    heard_put32(report + 12, lost);
    heard_put32(report + 16, highest_seq);
    client_send_rtcp(self, report, 32);
}

unsigned client_count_rtp(const Client *self, uint32_t ssrc)
{
    unsigned count = 0;

    for (unsigned i = 0; i < self->rtp_count; i++)
        count += heard_get32(self->rtp[i].bytes + 8) == ssrc;
    return count;
}

unsigned client_count_rtcp(const Client *self, uint8_t type, int format)
{
    unsigned count = 0;

    for (unsigned i = 0; i < self->rtcp_count; i++) {
        const uint8_t *bytes = self->rtcp[i].bytes;

        for (size_t at = 0; at + 4 <= self->rtcp[i].size;
             at += 4 * (size_t)(heard_get16(bytes + at + 2) + 1))
            count += bytes[at + 1] == type && (format < 0 || (bytes[at] & 31) == format);
    }
    return count;
}
