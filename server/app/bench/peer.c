/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/peer.h"

#include "media/rtp/bytes.h"
#include "server/app/bench/consent.h"
#include "server/base/random.h"

#include <errno.h>
#include <string.h>
#include <time.h>

/* RFC 7675 5.1: a check each 4 to 6 s, consent ends after 30 s. */
enum { CONSENT_LEAST_US = 4000000, CONSENT_SPREAD_US = 2000000, CONSENT_TIMEOUT_US = 30000000 };

int64_t heard_bench_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void sent_init(HeardBenchSent *self)
{
    self->ssrc = heard_random_u32() | 1;
    self->seq = (uint16_t)(heard_random_u32() & 0x7fff);
    self->rtp_ts = heard_random_u32();
    self->picture_id = (uint16_t)(heard_random_u32() & 0x7fff);
    self->keyframe_wanted = true;
}

void heard_bench_peer_init(HeardBenchPeer *self, const HeardBenchOptions *options,
                           const HeardDtlsIdentity *identity, int publisher, int viewer)
{
    memset(self, 0, sizeof *self);
    self->options = options;
    self->identity = identity;
    self->publisher = publisher;
    self->viewer = viewer;
    self->decrypts = viewer >= 0 && viewer % options->decrypt_every == 0;
    self->fd = -1;
    self->reporter_ssrc = heard_random_u32() | 1;
    sent_init(&self->audio);
    sent_init(&self->video);
}

void heard_bench_peer_deinit(HeardBenchPeer *self)
{
    heard_srtp_free(self->srtp);
    heard_dtls_free(self->dtls);
    heard_bench_agent_free(self->agent);
    g_free(self->resource);
    memset(self, 0, sizeof *self);
}

void heard_bench_peer_fail(HeardBenchPeer *self, const char *format, ...)
{
    va_list arguments;

    if (heard_bench_peer_state(self) == HEARD_BENCH_FAILED)
        return;
    va_start(arguments, format);
    g_vsnprintf(self->error, sizeof self->error, format, arguments);
    va_end(arguments);
    atomic_store(&self->state, HEARD_BENCH_FAILED);
}

static void send_datagram(HeardBenchPeer *self, const uint8_t *bytes, size_t size)
{
    if (sendto(self->fd, bytes, size, 0, (struct sockaddr *)&self->to.address, self->to.size) < 0)
        self->send_errors++;
}

static void start_srtp(HeardBenchPeer *self)
{
    HeardSrtpKeys keys;
    GError *error = NULL;

    if (!heard_dtls_export_keys(self->dtls, &keys)) {
        heard_bench_peer_fail(self, "no keys from DTLS");
        return;
    }
    self->srtp = heard_srtp_new(&keys, &error);
    explicit_bzero(&keys, sizeof keys);
    if (!self->srtp) {
        heard_bench_peer_fail(self, "%s", error->message);
        g_clear_error(&error);
        return;
    }
    self->up_ns = heard_bench_now_ns();
    atomic_store(&self->state, HEARD_BENCH_UP);
}

/* Send what DTLS has to say, and follow its state. */
static void pump(HeardBenchPeer *self)
{
    const uint8_t *datagram;
    size_t size;
    int64_t deadline_us;

    while ((datagram = heard_dtls_poll_datagram(self->dtls, &size)))
        send_datagram(self, datagram, size);
    switch (heard_dtls_state(self->dtls)) {
    case HEARD_DTLS_HANDSHAKE:
        break;
    case HEARD_DTLS_CONNECTED:
        if (!self->srtp)
            start_srtp(self);
        break;
    case HEARD_DTLS_CLOSED:
        heard_bench_peer_fail(self, "closed by the server");
        break;
    case HEARD_DTLS_FAILED:
        heard_bench_peer_fail(self, "DTLS failed");
        break;
    }
    deadline_us = heard_dtls_deadline_us(self->dtls);
    if (deadline_us != INT64_MAX)
        heard_loop_set_timer(self->loop, &self->handshake_timer, deadline_us);
    else
        heard_loop_clear_timer(self->loop, &self->handshake_timer);
}

static void on_handshake_timer(HeardTimer *timer, int64_t now_us)
{
    HeardBenchPeer *self = heard_container_of(timer, HeardBenchPeer, handshake_timer);

    heard_dtls_tick(self->dtls, now_us);
    pump(self);
}

void heard_bench_peer_dtls(HeardBenchPeer *self, const uint8_t *datagram, size_t size)
{
    heard_dtls_receive(self->dtls, datagram, size, heard_bench_now_ns() / 1000);
    pump(self);
}

/* The pair stands: bind the socket to it, so that the kernel finds it without a filter. */
static void take_over(HeardBenchPeer *self, const HeardBenchAddress *remote)
{
    self->to = *remote;
    if (connect(self->fd, (const struct sockaddr *)&remote->address, remote->size) < 0)
        heard_bench_peer_fail(self, "connect: %s", g_strerror(errno));
    self->took_over = true;
    self->answered_us = heard_bench_now_ns() / 1000;
    self->next_check_us = self->answered_us + CONSENT_LEAST_US;
}

void heard_bench_peer_keep_consent(HeardBenchPeer *self, int64_t now_us)
{
    uint8_t message[HEARD_BENCH_STUN_MAX];

    if (!self->took_over || now_us < self->next_check_us ||
        heard_bench_peer_state(self) == HEARD_BENCH_FAILED)
        return;
    if (now_us - self->answered_us > CONSENT_TIMEOUT_US) {
        heard_bench_peer_fail(self, "consent lost: the server no longer answers");
        return;
    }
    self->next_check_us = now_us + CONSENT_LEAST_US + heard_random_u32() % CONSENT_SPREAD_US;
    send_datagram(self, message,
                  heard_bench_consent_check(message, heard_bench_agent_credentials(self->agent),
                                            &self->remote.ice, self->controlling));
}

void heard_bench_peer_stun(HeardBenchPeer *self, const uint8_t *datagram, size_t size)
{
    uint8_t message[HEARD_BENCH_STUN_MAX];
    size_t answer;

    if (heard_bench_consent_is_answer(datagram, size)) {
        self->answered_us = heard_bench_now_ns() / 1000;
        return;
    }
    answer = heard_bench_consent_answer(message, datagram, size,
                                        heard_bench_agent_credentials(self->agent), &self->to);
    if (answer > 0)
        send_datagram(self, message, answer);
}

static void start_dtls(HeardBenchPeer *self, const HeardBenchAddress *remote)
{
    if (heard_bench_peer_state(self) != HEARD_BENCH_CHECKING)
        return;
    self->to = *remote;
    self->handshake_timer.func = on_handshake_timer;
    self->dtls =
        heard_dtls_new(self->identity, self->remote.active ? HEARD_DTLS_SERVER : HEARD_DTLS_CLIENT,
                       self->remote.fingerprint);
    atomic_store(&self->state, HEARD_BENCH_HANDSHAKE);
    self->on_address(self);
    if (!self->remote.active)
        heard_dtls_start(self->dtls, heard_bench_now_ns() / 1000);
    pump(self);
}

typedef struct {
    HeardBenchPeer *peer;
    HeardBenchIceEvent event;
    HeardBenchAddress remote;
} IceMessage;

static void take_ice(void *data)
{
    IceMessage *message = data;

    switch (message->event) {
    case HEARD_BENCH_ICE_CONNECTED:
        start_dtls(message->peer, &message->remote);
        break;
    case HEARD_BENCH_ICE_DONE:
        take_over(message->peer, &message->remote);
        break;
    case HEARD_BENCH_ICE_FAILED:
        heard_bench_peer_fail(message->peer, "ICE failed: no answer to any check");
        break;
    }
}

void heard_bench_peer_on_ice(HeardBenchIceEvent event, const HeardBenchAddress *remote, void *data)
{
    HeardBenchPeer *self = data;
    IceMessage *message = g_new0(IceMessage, 1);

    message->peer = self;
    message->event = event;
    if (remote)
        message->remote = *remote;
    heard_loop_post(self->loop, take_ice, message, g_free);
}

void heard_bench_peer_send_rtcp(HeardBenchPeer *self, uint8_t *packet, size_t size)
{
    if (self->srtp && heard_srtp_protect_rtcp(self->srtp, packet, &size) == HEARD_SRTP_OK)
        send_datagram(self, packet, size);
}

size_t heard_bench_append_sdes(uint8_t *packet, size_t size, uint32_t ssrc, const char *cname)
{
    size_t length = strlen(cname), total = (8 + 2 + length + 1 + 3) & ~(size_t)3;
    uint8_t *sdes = packet + size;

    memset(sdes, 0, total);
    sdes[0] = 0x81;
    sdes[1] = 202;
    heard_put16(sdes + 2, (uint16_t)(total / 4 - 1));
    heard_put32(sdes + 4, ssrc);
    sdes[8] = 1; /* CNAME */
    sdes[9] = (uint8_t)length;
    memcpy(sdes + 10, cname, length);
    return size + total;
}
