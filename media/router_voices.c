/* SPDX-License-Identifier: Apache-2.0 */
#include "media/router.h"

#include "media/codec/opus.h"
#include "media/drop.h"

/* The loudest of a room: whose sound is forwarded, and who is heard without a slot. */

enum { SILENCE = 127 };

static HeardTrack *track_at(const HeardRouter *self, unsigned place)
{
    HeardVoice *voice = self->voices.places[place];

    return voice ? heard_container_of(voice, HeardTrack, voice) : NULL;
}

/* Does a slot with a place for a picture carry this sound already? */
static bool has_slot(const HeardPeer *peer, const HeardTrack *track)
{
    for (unsigned i = 0; i < peer->voices_first; i++) {
        const HeardLane *lane = &peer->slots[i].audio;

        if ((lane->next.track ? lane->next.track : lane->shown.track) == track)
            return true;
    }
    return false;
}

void heard_router_show_voices(HeardRouter *self, HeardPeer *peer)
{
    for (unsigned place = 0; place < HEARD_VOICES_MAX && peer->hears_voices; place++) {
        HeardTrack *track = track_at(self, place);

        if (track && (track->peer == peer || track->peer->id == peer->voices_except ||
                      has_slot(peer, track)))
            track = NULL;
        heard_lane_show(&peer->slots[peer->voices_first + place].audio, self->core, track, 0,
                        HEARD_RANK_OTHER);
    }
}

void heard_router_set_voices(HeardRouter *self, HeardPeer *peer, unsigned first_slot,
                             HeardPeerId except)
{
    if (peer->slot_count < HEARD_VOICES_MAX || first_slot > peer->slot_count - HEARD_VOICES_MAX) {
        heard_drop(HEARD_DROP_COMMAND);
        return;
    }
    peer->hears_voices = true;
    peer->voices_first = first_slot;
    peer->voices_except = except;
    heard_router_show_voices(self, peer);
}

static void show_all(HeardRouter *self)
{
    self->voices_changed = true;
    for (unsigned i = 0; i < self->peers->len; i++)
        heard_router_show_voices(self, g_ptr_array_index(self->peers, i));
}

void heard_router_silence(HeardRouter *self, HeardTrack *track)
{
    bool carried = track->voice.place != 0;

    heard_voices_remove(&self->voices, &track->voice);
    if (carried)
        show_all(self);
}

/* A client that tells no levels speaks as soon as it does not send silence. */
static int level_of(const HeardPacketIn *packet)
{
    if (packet->audio_level >= 0)
        return packet->audio_level;
    return packet->empty || heard_opus_is_dtx(packet->data + packet->view.payload_offset,
                                              packet->view.payload_size)
               ? SILENCE
               : HEARD_VOICES_LEVEL;
}

bool heard_router_carries(HeardRouter *self, HeardTrack *track, const HeardPacketIn *packet)
{
    /* A packet that was lost says nothing of now. */
    if (!packet->recovered && heard_voices_packet(&self->voices, &track->voice, level_of(packet),
                                                  packet->arrival_us) == HEARD_VOICE_TOOK)
        show_all(self);
    /* Who tells no levels, an encoder as a rule, can't be judged by them and is carried. */
    if (self->crowded && track->voice.place == 0 && track->plan->ext.audio_level != 0) {
        track->left_out = true;
        return false;
    }
    if (track->left_out) {
        track->left_out = false;
        /* What was left out must not look like loss: a new run of numbers. */
        for (unsigned i = 0; i < track->bindings->len; i++) {
            HeardBinding *binding = g_ptr_array_index(track->bindings, i);

            heard_lane_hold(binding->lane, self->core);
        }
    }
    return true;
}

static bool is_open(const HeardRouter *self, const HeardTrack *track)
{
    const HeardFeed *feed = track->feeds[0];

    return track->plan && track->allowed && feed &&
           heard_stream_in_alive(&feed->in, self->core->now_us);
}

void heard_router_tick_voices(HeardRouter *self)
{
    HeardWorkerEvent event = {.kind = HEARD_WORKER_VOICES, .room = self->id};
    unsigned open = 0;

    G_STATIC_ASSERT((int)HEARD_WORKER_SPEAKERS_MAX == (int)HEARD_VOICES_MAX);
    for (unsigned i = 0; i < self->peers->len; i++) {
        HeardPeer *peer = g_ptr_array_index(self->peers, i);

        open += is_open(self, &peer->tracks[HEARD_SOURCE_MICROPHONE]);
    }
    self->crowded = open > HEARD_ROUTER_VOICES_ALL;
    if (!self->voices_changed)
        return;
    self->voices_changed = false;
    for (unsigned place = 0; place < HEARD_VOICES_MAX; place++) {
        HeardTrack *track = track_at(self, place);

        event.speakers[place] = track ? track->peer->id : 0;
    }
    self->core->on_event(self->core->data, &event);
}
