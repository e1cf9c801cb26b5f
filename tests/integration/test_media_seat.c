/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A peer takes another one's seat, with the words that server/app/live_seat.c says to the
 * worker: what waits is neither forwarded nor recorded, then it is, in the same stream of the
 * viewer, and nothing of the old one comes after it.
 */
#include "media/rtp/bytes.h"
#include "tests/integration/media_world.h"

#include <stdatomic.h>

enum { TRACKS_MAX = 16 };

typedef struct {
    HeardSink sink;
    HeardPeerId owner[TRACKS_MAX]; /* by the track's number */
    atomic_uint packets_old, packets_new, ends, old_after_new;
    atomic_bool closed;
} Recorder;

static void on_track(HeardSink *sink, const HeardSinkTrack *track, int64_t now_us)
{
    (void)now_us;
    g_assert(track->track < TRACKS_MAX);
    ((Recorder *)sink)->owner[track->track] = track->peer;
}

static void on_rtp(HeardSink *sink, uint32_t track, const uint8_t *packet, size_t size,
                   int64_t arrival_us)
{
    Recorder *self = (Recorder *)sink;

    (void)packet;
    (void)size;
    (void)arrival_us;
    if (self->owner[track] == CAROL) {
        self->packets_new++;
        return;
    }
    self->packets_old++;
    self->old_after_new += self->packets_new > 0;
}

static void on_report(HeardSink *sink, uint32_t track, const uint8_t *report, size_t size,
                      int64_t arrival_us)
{
    (void)sink;
    (void)track;
    (void)report;
    (void)size;
    (void)arrival_us;
}

static void on_gap(HeardSink *sink, uint32_t track, uint16_t first, uint16_t count,
                   HeardGapReason reason, int64_t now_us)
{
    (void)sink;
    (void)track;
    (void)first;
    (void)count;
    (void)reason;
    (void)now_us;
}

static void on_track_end(HeardSink *sink, uint32_t track, HeardGapReason reason, int64_t now_us)
{
    Recorder *self = (Recorder *)sink;

    (void)now_us;
    g_assert(self->owner[track] == ALICE && reason == HEARD_GAP_LEFT);
    g_assert(self->packets_new == 0);
    self->ends++;
}

static void on_closed(HeardSink *sink)
{
    ((Recorder *)sink)->closed = true;
}

static void assert_whole(const Client *client, uint32_t ssrc)
{
    uint16_t seq = 0;
    unsigned seen = 0;

    for (unsigned i = 0; i < client->rtp_count; i++) {
        const uint8_t *bytes = client->rtp[i].bytes;

        if (heard_get32(bytes + 8) != ssrc)
            continue;
        if (seen++ > 0)
            assert_int_equal(heard_get16(bytes + 2), (uint16_t)(seq + 1));
        seq = heard_get16(bytes + 2);
    }
    assert_true(seen > 0);
}

static void send_all(World *world, Client *client, bool keyframe)
{
    client_send_frame(client, 3, 900, keyframe);
    for (unsigned i = 0; i < 5; i++) {
        client_send_audio(client);
        pump_for(world, 5000);
    }
}

static void the_seat_goes_over_without_a_hole(void **state)
{
    static const HeardSinkOps ops = {on_track, on_rtp, on_report, on_gap, on_track_end, on_closed};
    World *world = *state;
    HeardWorker *worker = world->stand.worker;
    Recorder recorder = {.sink = {&ops}};
    Client *alice, *bob, *carol;
    unsigned sounds;

    heard_worker_attach_sink(worker, ROOM, &recorder.sink);
    connect_both(world, false);
    alice = world->clients[0];
    bob = world->clients[1];
    send_all(world, alice, true);
    wait_for(world, client_count_rtp(bob, bob->lane_video_ssrc) == 3);

    carol = join(world, 2, ROOM, CAROL, false);
    heard_worker_allow_source(worker, CAROL, HEARD_SOURCE_MICROPHONE, false);
    heard_worker_allow_source(worker, CAROL, HEARD_SOURCE_CAMERA, false);
    wait_for(world, carol->srtp && find_event(world, HEARD_WORKER_PEER_CONNECTED, CAROL));
    send_all(world, carol, true);
    send_all(world, alice, false);
    wait_for(world, client_count_rtp(bob, bob->lane_audio_ssrc) == 10);
    wait_for(world, client_count_rtp(bob, bob->lane_video_ssrc) == 6);
    assert_int_equal(recorder.packets_new, 0);
    assert_int_equal(recorder.packets_old, 16);

    heard_worker_set_slot(worker, BOB, 0, CAROL, HEARD_SOURCE_CAMERA, 720, true);
    heard_worker_remove_peer(worker, ALICE);
    heard_worker_allow_source(worker, CAROL, HEARD_SOURCE_MICROPHONE, true);
    heard_worker_allow_source(worker, CAROL, HEARD_SOURCE_CAMERA, true);
    wait_for(world, find_event(world, HEARD_WORKER_PEER_GONE, ALICE));
    sounds = client_count_rtp(bob, bob->lane_audio_ssrc);
    client_send_audio(carol);
    wait_for(world, client_count_rtp(bob, bob->lane_audio_ssrc) == sounds + 1);
    wait_for(world, client_count_rtcp(carol, RTCP_PSFB, 1) > 0); /* the picture's beginning */
    client_send_frame(carol, 3, 900, true);
    wait_for(world, client_count_rtp(bob, bob->lane_video_ssrc) == 9);
    assert_whole(bob, bob->lane_audio_ssrc);
    assert_whole(bob, bob->lane_video_ssrc);
    wait_for(world, recorder.packets_new == 4);
    assert_int_equal(recorder.ends, 2);
    assert_int_equal(recorder.old_after_new, 0);
    heard_worker_detach_sink(worker, ROOM, &recorder.sink);
    wait_for(world, recorder.closed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_seat_goes_over_without_a_hole, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
