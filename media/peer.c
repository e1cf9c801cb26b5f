/* SPDX-License-Identifier: Apache-2.0 */
#include "media/peer.h"

#include "media/drop.h"
#include "media/router.h"
#include "server/base/log.h"
#include "server/base/random.h"

#include <openssl/crypto.h>
#include <string.h>

static const HeardLogTopic topic = {"peer"};

static void on_timer(HeardTimer *timer, int64_t now_us)
{
    HeardPeer *self = heard_container_of(timer, HeardPeer, timer);

    self->core->now_us = now_us;
    heard_peer_touch(self, self->core); /* update() comes at the end of this round */
}

HeardPeer *heard_peer_new(HeardCore *core, HeardRouter *router, HeardPeerId id, const char *label,
                          HeardPeerPlan *plan_take)
{
    HeardPeer *self = g_new0(HeardPeer, 1);

    self->id = id;
    self->core = core;
    self->router = router;
    memcpy(self->sources, plan_take->sources, sizeof(self->sources));
    self->timer.func = on_timer;
    g_strlcpy(self->label, label, sizeof(self->label));
    self->connect_deadline_us = core->now_us + HEARD_PEER_CONNECT_US;
    core->joining_us = core->now_us;
    if (!heard_ice_add_peer(core->ice, &self->ice, &plan_take->local, core->now_us)) {
        heard_peer_plan_free(plan_take);
        g_free(self);
        return NULL;
    }
    self->ice.remote = plan_take->remote;
    self->dtls = heard_dtls_new(core->identity, HEARD_DTLS_SERVER, plan_take->fingerprint);
    for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++)
        if (self->sources[i].used) {
            heard_track_init(&self->tracks[i], self, (HeardSource)i, &self->sources[i],
                             heard_core_next_number(core));
            if (!self->twcc) {
                self->twcc = g_new0(HeardTwcc, 1);
                heard_twcc_init(self->twcc);
            }
        }
    self->slot_count = MIN(plan_take->slot_count, (unsigned)HEARD_SLOTS_MAX);
    self->slots = g_new0(HeardSlot, self->slot_count);
    for (unsigned i = 0; i < self->slot_count; i++) {
        heard_slot_init(&self->slots[i], self, &plan_take->slots[i]);
        self->numbered |= self->slots[i].video.out.config.transport_cc_ext != 0;
    }
    heard_peer_plan_free(plan_take);
    self->report_ssrc = heard_random_u32();
    self->twcc_seq = (uint16_t)heard_random_u32();
    heard_peer_touch(self, core);
    return self;
}

void heard_peer_free(HeardPeer *self)
{
    HeardCore *core;

    if (!self)
        return;
    core = self->core;
    heard_loop_clear_timer(core->loop, &self->timer);
    for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++)
        heard_track_deinit(&self->tracks[i], core);
    for (unsigned i = 0; i < self->slot_count; i++)
        heard_slot_deinit(&self->slots[i]);
    heard_ice_remove_peer(core->ice, &self->ice);
    if (self->touched)
        g_ptr_array_remove_fast(core->touched, self);
    heard_dtls_free(self->dtls);
    heard_srtp_free(self->srtp);
    g_free(self->slots);
    g_free(self->twcc);
    g_free(self->rate);
    g_free(self);
}

void heard_peer_send(HeardPeer *self, const uint8_t *datagram, size_t size)
{
    HeardBatch *batch = self->core->batch;
    unsigned slot;

    if (!self->ice.has_path || size > HEARD_BATCH_SLOT_SIZE) {
        heard_drop(HEARD_DROP_NO_PATH);
        return;
    }
    if (self->ice.path.connection) {
        heard_ice_tcp_send(self->core->tcp, &self->ice.path, datagram, size);
        return;
    }
    slot = heard_batch_reserve(batch, 1);
    memcpy(heard_batch_slot(batch, slot), datagram, size);
    heard_batch_add(batch, slot, size, &self->ice.path.address);
}

static void send_dtls(HeardPeer *self)
{
    const uint8_t *datagram;
    size_t size;

    while ((datagram = heard_dtls_poll_datagram(self->dtls, &size))) {
        if (self->flights == HEARD_FLIGHTS_NONE) {
            self->dtls_path = self->ice.path;
            self->flights = HEARD_FLIGHTS_ONE_PATH;
        } else if (!heard_path_equal(&self->dtls_path, &self->ice.path)) {
            self->flights = HEARD_FLIGHTS_MOVED;
        }
        heard_peer_send(self, datagram, size);
    }
}

/* Who ended the handshake has read our flights: where all of them went, there he is. */
static void guard_path(HeardPeer *self)
{
    bool proven = self->flights == HEARD_FLIGHTS_ONE_PATH &&
                  heard_path_equal(&self->dtls_path, &self->ice.path);
    HeardStunAnswer ask;

    heard_ice_guard_peer(self->core->ice, &self->ice, proven, &ask);
    if (ask.reply_size > 0)
        heard_core_send_stun(self->core, &self->ice.wanted, &ask);
}

void heard_peer_leave(HeardPeer *self, HeardPeerGone reason)
{
    if (self->state == HEARD_PEER_LEAVING)
        return;
    heard_dtls_close(self->dtls);
    send_dtls(self);
    self->state = HEARD_PEER_LEAVING;
    self->gone = reason;
    g_hash_table_remove(self->core->peers, GUINT_TO_POINTER(self->id));
    g_ptr_array_add(self->core->leaving, self);
    heard_router_forget_peer(self->router, self);
}

static void tell(HeardPeer *self, HeardWorkerEventKind kind)
{
    HeardWorkerEvent event = {.kind = kind, .room = self->router->id, .peer = self->id};

    self->core->on_event(self->core->data, &event);
}

static bool start_srtp(HeardPeer *self)
{
    g_autoptr(GError) error = NULL;
    HeardSrtpKeys keys;

    if (!heard_dtls_export_keys(self->dtls, &keys))
        return false;
    self->srtp = heard_srtp_new(&keys, &error);
    OPENSSL_cleanse(&keys, sizeof(keys));
    if (!self->srtp)
        heard_log(&topic, HEARD_LOG_WARN, "no-srtp peer=%u reason=\"%s\"", self->id,
                  error->message);
    return self->srtp != NULL;
}

/* After anything that DTLS may have moved. */
static void follow_dtls(HeardPeer *self)
{
    send_dtls(self);
    switch (heard_dtls_state(self->dtls)) {
    case HEARD_DTLS_HANDSHAKE:
        break;
    case HEARD_DTLS_CONNECTED:
        if (self->state != HEARD_PEER_CONNECTING)
            break;
        if (!start_srtp(self)) {
            heard_peer_leave(self, HEARD_PEER_GONE_FAILED);
            break;
        }
        self->state = HEARD_PEER_CONNECTED;
        guard_path(self);
        for (unsigned i = 0; i < self->slot_count; i++)
            heard_lane_connected(&self->slots[i].video, self->core);
        tell(self, HEARD_WORKER_PEER_CONNECTED);
        break;
    case HEARD_DTLS_CLOSED:
        heard_peer_leave(self, HEARD_PEER_GONE_CLOSED);
        break;
    case HEARD_DTLS_FAILED:
        heard_peer_leave(self, HEARD_PEER_GONE_FAILED);
        break;
    }
}

void heard_peer_datagram(HeardPeer *self, HeardDemux kind, uint8_t *datagram, size_t size)
{
    if (self->state == HEARD_PEER_LEAVING)
        return;
    switch (kind) {
    case HEARD_DEMUX_DTLS:
        self->core->joining_us = self->core->now_us;
        heard_dtls_receive(self->dtls, datagram, size, self->core->now_us);
        follow_dtls(self);
        break;
    case HEARD_DEMUX_RTP:
    case HEARD_DEMUX_RTCP:
        if (!self->srtp) {
            heard_drop(HEARD_DROP_NOT_CONNECTED);
            return;
        }
        if (kind == HEARD_DEMUX_RTP)
            heard_peer_rtp(self, datagram, size);
        else
            heard_peer_rtcp(self, datagram, size);
        break;
    case HEARD_DEMUX_STUN: /* the worker answers checks */
    case HEARD_DEMUX_UNKNOWN:
    case HEARD_DEMUX_COUNT:
        break;
    }
    heard_peer_touch(self, self->core);
}

void heard_peer_touch(HeardPeer *self, HeardCore *core)
{
    if (self->touched || self->state == HEARD_PEER_LEAVING)
        return;
    self->touched = true;
    g_ptr_array_add(core->touched, self);
}

static bool is_doubted(const HeardPeer *self)
{
    return self->ice.checked_us < self->doubted_us &&
           self->reported_us < self->doubted_us + HEARD_PEER_UNDER_WAY_US;
}

/* How long the last valid check is good for (RFC 7675 5.1), or less when the peer seems to
 * have closed: then the next sign of life must come soon. Authentic reports count like checks:
 * libnice without consent freshness, as GStreamer uses it, checks once and never again. */
static int64_t consent_deadline_us(HeardPeer *self)
{
    unsigned alerts = heard_dtls_alerts(self->dtls);
    int64_t good_us = MAX(self->ice.checked_us, self->reported_us) + HEARD_PEER_CONSENT_US;

    if (self->alerts != alerts && !is_doubted(self))
        self->doubted_us = self->core->now_us;
    self->alerts = alerts;
    return is_doubted(self) ? MIN(good_us, self->doubted_us + HEARD_PEER_DOUBT_US) : good_us;
}

void heard_peer_update(HeardPeer *self)
{
    int64_t now_us = self->core->now_us, deadline_us;

    self->touched = false;
    if (self->state == HEARD_PEER_LEAVING)
        return;
    if (now_us >= heard_dtls_deadline_us(self->dtls)) {
        heard_dtls_tick(self->dtls, now_us);
        follow_dtls(self);
    }
    if (self->srtp && heard_srtp_has_received(self->srtp))
        heard_dtls_settle(self->dtls);
    if (self->state == HEARD_PEER_CONNECTING)
        deadline_us = self->connect_deadline_us;
    else
        deadline_us = consent_deadline_us(self);
    if (now_us >= deadline_us)
        heard_peer_leave(self, is_doubted(self) ? HEARD_PEER_GONE_CLOSED : HEARD_PEER_GONE_TIMEOUT);
    if (self->state == HEARD_PEER_LEAVING)
        return;
    deadline_us = MIN(deadline_us, heard_dtls_deadline_us(self->dtls));
    if (self->state == HEARD_PEER_CONNECTED) {
        /* MIN() evaluates the smaller argument twice. */
        int64_t rate_us = heard_peer_rate_update(self), report_us = heard_peer_report(self);

        deadline_us = MIN(deadline_us, MIN(rate_us, report_us));
    }
    heard_loop_set_timer(self->core->loop, &self->timer, deadline_us);
}

typedef struct {
    unsigned slot;
    size_t size;
} Written;

/* Equal sizes make one run: pad up to the largest before protection. What comes last need not
 * be as large, unless more is to join it. */
static void pad_run(HeardBatch *batch, Written *written, unsigned count, HeardPeerRun *run)
{
    size_t before = run ? run->size : 0, largest = 0;
    unsigned equal = run && run->goes_on ? count : count - 1;

    for (unsigned i = 0; i < count; i++)
        largest = MAX(largest, written[i].size);
    if (before > largest && before - largest <= HEARD_PEER_PAD_MAX)
        largest = before;
    for (unsigned i = 0; i < equal; i++)
        if (largest - written[i].size <= HEARD_PEER_PAD_MAX)
            written[i].size =
                heard_rtp_pad(heard_batch_slot(batch, written[i].slot), written[i].size, largest);
    if (run) {
        /* A single smaller one ended the run before it. */
        bool ended = (count == 1 && before > largest) || written[count - 1].size < largest;

        run->size = ended ? 0 : largest;
    }
}

void heard_peer_send_slot(HeardPeer *self, unsigned slot, size_t size, int32_t number)
{
    HeardBatch *batch = self->core->batch;
    uint8_t *packet = heard_batch_slot(batch, slot);

    /* What is sent again, and padding, ask for no path themselves. */
    if (!self->ice.has_path) {
        heard_drop(HEARD_DROP_NO_PATH);
        return;
    }
    if (heard_srtp_protect_rtp(self->srtp, packet, &size) != HEARD_SRTP_OK) {
        heard_drop(HEARD_DROP_PROTECT);
        return;
    }
    if (self->rate && number != HEARD_PEER_NO_NUMBER)
        heard_peer_rate_sent(self->rate, (uint16_t)number, size, self->core->now_us);
    if (self->ice.path.connection)
        heard_ice_tcp_send(self->core->tcp, &self->ice.path, packet, size);
    else
        heard_batch_add(batch, slot, size, &self->ice.path.address);
}

void heard_peer_send_frame(HeardLane *lane, HeardCore *core, HeardFeed *feed,
                           const HeardPacketIn *packets, unsigned count, HeardPeerRun *run)
{
    HeardPeer *self = lane->peer;
    Written written[HEARD_FEED_FRAME_MAX];
    bool numbered = lane->out.config.transport_cc_ext != 0;
    uint16_t number = self->twcc_seq;
    unsigned first, kept = 0;

    if (self->state != HEARD_PEER_CONNECTED)
        return;
    if (!self->ice.has_path) {
        heard_drop(HEARD_DROP_NO_PATH);
        return;
    }
    first = heard_batch_reserve(core->batch, count);
    for (unsigned i = 0; i < count; i++) {
        HeardForward result = heard_stream_out_forward(
            &lane->out, feed->number, &packets[i], &self->twcc_seq,
            heard_batch_slot(core->batch, first + kept),
            HEARD_BATCH_SLOT_SIZE - HEARD_SRTP_TRAILER_MAX, &written[kept].size);

        if (result == HEARD_FORWARD_SENT) {
            written[kept].slot = first + kept;
            kept++;
        } else if (result != HEARD_FORWARD_WAIT_KEYFRAME) {
            heard_drop(result == HEARD_FORWARD_THINNED ? HEARD_DROP_THINNED : HEARD_DROP_FORWARD);
        }
    }
    if (kept > 0)
        pad_run(core->batch, written, kept, run);
    for (unsigned i = 0; i < kept; i++)
        heard_peer_send_slot(self, written[i].slot, written[i].size,
                             numbered ? (uint16_t)(number + i) : HEARD_PEER_NO_NUMBER);
    heard_lane_settle(lane);
    if (lane->out.sr_wanted)
        heard_peer_touch(self, core);
}

static void add_loss(HeardPeer *self, HeardPeerStats *stats)
{
    uint64_t expected = 0, received = 0, lost;

    for (unsigned i = 0; i < self->ssrc_count; i++) {
        const HeardFeed *feed = self->ssrcs[i].feed;

        if (feed->in.config.ssrc != self->ssrcs[i].ssrc || !feed->in.stats.started)
            continue;
        expected += (uint64_t)(feed->in.stats.highest_seq - feed->in.stats.first_seq + 1);
        received += feed->in.stats.packets;
    }
    /* A replaced feed takes its counts away: start anew. */
    if (expected > self->loss_expected && received >= self->loss_received) {
        lost = expected - self->loss_expected;
        received -= self->loss_received;
        if (received < lost)
            stats->up_loss_permille = (uint32_t)((lost - received) * 1000 / lost);
        received += self->loss_received;
    }
    self->loss_expected = expected;
    self->loss_received = received;
}

static void add_lane(HeardLane *lane, int64_t now_us, HeardPeerStats *stats)
{
    if (!lane->used || !lane->out.started)
        return;
    stats->down_bps += heard_rate_bps(&lane->out.rate, now_us);
    stats->rtt_us = MAX(stats->rtt_us, lane->out.rtt_us);
    stats->down_loss_permille =
        MAX(stats->down_loss_permille, (uint32_t)lane->out.fraction_lost * 1000 / 256);
}

void heard_peer_stats(HeardPeer *self, HeardPeerStats *ret_stats)
{
    HeardPeerStats stats = {.rtt_us = -1, .available_bps = heard_peer_rate_bps(self)};
    int64_t now_us = self->core->now_us;
    uint32_t source_bps[HEARD_SOURCE_COUNT] = {0};

    for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++) {
        for (unsigned k = 0; k < HEARD_LAYERS_MAX; k++)
            if (self->tracks[i].feeds[k])
                source_bps[i] += heard_rate_bps(&self->tracks[i].feeds[k]->in.rate, now_us);
        stats.up_bps += source_bps[i];
    }
    stats.up_video_bps = source_bps[HEARD_SOURCE_CAMERA];
    if (stats.up_bps > 0)
        self->media_us = now_us;
    stats.silent_us = now_us - MAX(self->media_us, self->ice.checked_us);
    for (unsigned i = 0; i < self->slot_count; i++) {
        add_lane(&self->slots[i].audio, now_us, &stats);
        add_lane(&self->slots[i].video, now_us, &stats);
        stats.video_held |= self->slots[i].video.held;
    }
    add_loss(self, &stats);
    stats.spoken_us = self->tracks[HEARD_SOURCE_MICROPHONE].voice.spoken_us;
    *ret_stats = stats;
}
