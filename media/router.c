/* SPDX-License-Identifier: Apache-2.0 */
#include "media/router.h"

#include "media/drop.h"

static void tell_speakers(HeardRouter *self)
{
    HeardWorkerEvent event = {.kind = HEARD_WORKER_SPEAKERS, .room = self->id};

    G_STATIC_ASSERT((int)HEARD_WORKER_SPEAKERS_MAX == (int)HEARD_SPEAKER_TOP);
    for (unsigned i = 0; i < HEARD_WORKER_SPEAKERS_MAX; i++)
        event.speakers[i] = self->speakers.top[i];
    self->core->on_event(self->core->data, &event);
}

static void tick_track(HeardRouter *self, HeardTrack *track)
{
    if (!track->plan)
        return;
    heard_track_measure(track, self->core->now_us);
    heard_router_tick_sinks(self, track);
}

static void on_tick(HeardTimer *timer, int64_t now_us)
{
    HeardRouter *self = heard_container_of(timer, HeardRouter, timer);

    self->core->now_us = now_us;
    if (heard_speakers_tick(&self->speakers, now_us))
        tell_speakers(self);
    heard_router_tick_voices(self);
    for (unsigned i = 0; i < self->peers->len; i++) {
        HeardPeer *peer = g_ptr_array_index(self->peers, i);

        for (unsigned k = 0; k < HEARD_SOURCE_COUNT; k++)
            tick_track(self, &peer->tracks[k]);
    }
    /* Layers come and go, rates change: each receiver takes what is best again. */
    for (unsigned i = 0; i < self->peers->len; i++)
        heard_peer_allocate(g_ptr_array_index(self->peers, i));
    if (self->peers->len > 0)
        heard_loop_set_timer(self->core->loop, timer, now_us + HEARD_ROUTER_TICK_US);
}

HeardRouter *heard_router_new(HeardCore *core, HeardRoomId id)
{
    HeardRouter *self = g_new0(HeardRouter, 1);

    self->id = id;
    self->core = core;
    self->flowing = true;
    self->peers = g_ptr_array_new();
    self->timer.func = on_tick;
    heard_speakers_init(&self->speakers);
    return self;
}

void heard_router_free(HeardRouter *self)
{
    if (!self)
        return;
    heard_loop_clear_timer(self->core->loop, &self->timer);
    g_ptr_array_unref(self->peers);
    g_free(self);
}

void heard_router_close(HeardRouter *self)
{
    if (self->closing)
        return;
    self->closing = true;
    while (self->peers->len > 0)
        heard_peer_leave(g_ptr_array_index(self->peers, self->peers->len - 1),
                         HEARD_PEER_GONE_REMOVED);
    for (unsigned i = 0; i < HEARD_ROUTER_SINKS_MAX; i++)
        if (self->sinks[i])
            heard_router_detach(self, self->sinks[i]);
    g_hash_table_remove(self->core->rooms, GUINT_TO_POINTER(self->id));
    g_ptr_array_add(self->core->closing, self);
}

bool heard_router_add_peer(HeardRouter *self, HeardPeerId id, const char *label,
                           HeardPeerPlan *plan_take)
{
    HeardPeer *peer;

    if (self->peers->len >= HEARD_ROUTER_PEERS_MAX) {
        heard_peer_plan_free(plan_take);
        return false;
    }
    peer = heard_peer_new(self->core, self, id, label, plan_take);
    if (!peer)
        return false;
    g_ptr_array_add(self->peers, peer);
    g_hash_table_insert(self->core->peers, GUINT_TO_POINTER(id), peer);
    if (self->timer.heap_index == 0)
        heard_loop_set_timer(self->core->loop, &self->timer,
                             self->core->now_us + HEARD_ROUTER_TICK_US);
    return true;
}

void heard_router_forget_peer(HeardRouter *self, HeardPeer *peer)
{
    HeardWorkerEvent event = {
        .kind = HEARD_WORKER_PEER_GONE, .room = self->id, .peer = peer->id, .gone = peer->gone};

    g_ptr_array_remove_fast(self->peers, peer);
    heard_speakers_remove(&self->speakers, peer->id);
    heard_router_silence(self, &peer->tracks[HEARD_SOURCE_MICROPHONE]);
    for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++)
        if (peer->tracks[i].plan)
            heard_router_end_track(self, &peer->tracks[i], HEARD_GAP_LEFT);
    self->core->on_event(self->core->data, &event);
}

/* What waits must not slip out, and what comes next starts a new run. */
static void interrupt_track(HeardTrack *track)
{
    for (unsigned i = 0; i < HEARD_LAYERS_MAX; i++)
        if (track->feeds[i])
            heard_feed_interrupt(track->feeds[i]);
}

static void stop_track(HeardRouter *self, HeardTrack *track)
{
    interrupt_track(track);
    if (track->source == HEARD_SOURCE_MICROPHONE)
        heard_router_silence(self, track);
}

static void resume_track(HeardRouter *self, HeardTrack *track)
{
    interrupt_track(track);
    for (unsigned i = 0; i < track->bindings->len; i++) {
        HeardBinding *binding = g_ptr_array_index(track->bindings, i);

        heard_lane_hold(binding->lane, self->core);
    }
    heard_router_end_gap(self, track);
    for (unsigned i = 0; i < HEARD_LAYERS_MAX; i++)
        if (track->feeds[i]) {
            heard_stream_in_fence(&track->feeds[i]->in);
            heard_feed_want_keyframe(track->feeds[i], self->core);
        }
}

void heard_router_set_flow(HeardRouter *self, bool flowing)
{
    if (self->flowing == flowing)
        return;
    self->flowing = flowing;
    for (unsigned i = 0; i < self->peers->len; i++) {
        HeardPeer *peer = g_ptr_array_index(self->peers, i);

        for (unsigned k = 0; k < HEARD_SOURCE_COUNT; k++) {
            if (!peer->tracks[k].plan)
                continue;
            if (flowing && peer->tracks[k].allowed)
                resume_track(self, &peer->tracks[k]);
            else
                stop_track(self, &peer->tracks[k]);
        }
    }
}

void heard_router_allow(HeardRouter *self, HeardTrack *track, bool allowed)
{
    if (track->allowed == allowed)
        return;
    track->allowed = allowed;
    if (allowed && self->flowing)
        resume_track(self, track);
    else
        stop_track(self, track);
}

static HeardTrack *track_of(HeardPeer *peer, HeardSource source)
{
    return peer && peer->tracks[source].plan ? &peer->tracks[source] : NULL;
}

void heard_router_set_slot(HeardRouter *self, HeardPeer *peer, unsigned slot, HeardPeer *source,
                           HeardSource video, unsigned max_height, bool important)
{
    HeardRank rank = important ? HEARD_RANK_SPEAKER : HEARD_RANK_OTHER;
    HeardTrack *sound = track_of(source, HEARD_SOURCE_MICROPHONE);
    HeardTrack *picture = NULL;

    if (slot >= peer->slot_count || (source && source->router != self) || peer->router != self) {
        heard_drop(HEARD_DROP_COMMAND);
        return;
    }
    if (max_height > 0 && (video == HEARD_SOURCE_CAMERA || video == HEARD_SOURCE_SCREEN))
        picture = track_of(source, video);
    if (video == HEARD_SOURCE_SCREEN)
        rank = HEARD_RANK_SCREEN;
    heard_lane_show(&peer->slots[slot].audio, self->core, sound, 0, rank);
    heard_lane_show(&peer->slots[slot].video, self->core, picture, max_height, rank);
    heard_router_show_voices(self, peer);
}

static void tell_started(HeardRouter *self, HeardTrack *track)
{
    HeardWorkerEvent event = {.kind = HEARD_WORKER_SOURCE_STARTED,
                              .room = self->id,
                              .peer = track->peer->id,
                              .source = track->source};

    track->started = true;
    self->core->on_event(self->core->data, &event);
}

void heard_router_packet(HeardRouter *self, HeardFeed *feed, const HeardPacketIn *packet)
{
    HeardTrack *track = feed->track;

    if (!track->started)
        tell_started(self, track);
    if (!track->allowed || !self->flowing) {
        heard_drop(track->allowed ? HEARD_DROP_PAUSED : HEARD_DROP_NOT_ALLOWED);
        heard_router_withhold(self, feed, packet,
                              track->allowed ? HEARD_GAP_PAUSED : HEARD_GAP_MUTED);
        return;
    }
    if (track->source == HEARD_SOURCE_MICROPHONE)
        heard_speakers_packet(&self->speakers, track->peer->id, packet->audio_level,
                              packet->arrival_us);
    heard_router_record(self, feed, packet);
    if (track->source == HEARD_SOURCE_MICROPHONE && !heard_router_carries(self, track, packet)) {
        heard_drop(HEARD_DROP_NOT_LOUDEST);
        return;
    }
    heard_feed_collect(feed, self->core, packet);
}
