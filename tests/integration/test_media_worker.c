/* SPDX-License-Identifier: Apache-2.0 */

/* A worker over loopback: real sockets, ICE, DTLS and SRTP at both ends. */
#include "media/front/ice_tcp.h"
#include "media/rtp/bytes.h"
#include "tests/integration/media_world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a connection test is made of: nobody else is there, nobody else gets anything. */
static void a_peer_alone_is_shown_to_itself(void **state)
{
    World *world = *state;
    Client *alice, *bob;

    heard_worker_open_room(world->stand.worker, OTHER_ROOM);
    alice = join(world, 0, OTHER_ROOM, ALICE, false);
    heard_worker_set_slot(world->stand.worker, ALICE, 0, ALICE, HEARD_SOURCE_CAMERA, 1080, false);
    bob = join(world, 1, ROOM, BOB, false);
    heard_worker_set_slot(world->stand.worker, BOB, 0, ALICE, HEARD_SOURCE_CAMERA, 1080, false);
    wait_for(world, alice->srtp && bob->srtp);
    wait_for(world, find_event(world, HEARD_WORKER_PEER_CONNECTED, ALICE));
    client_send_frame(alice, 3, 1000, true);
    client_send_audio(alice);
    wait_for(world, client_count_rtp(alice, alice->lane_video_ssrc) == 3 &&
                        client_count_rtp(alice, alice->lane_audio_ssrc) == 1);
    pump_for(world, 50000);
    assert_int_equal(bob->rtp_count, 0);
    heard_worker_close_room(world->stand.worker, OTHER_ROOM);
    wait_for(world, find_event(world, HEARD_WORKER_PEER_GONE, ALICE));
}

static void show_first_frame(World *world)
{
    Client *alice = world->clients[0], *bob = world->clients[1];

    client_send_frame(alice, 3, 1000, true);
    wait_for(world, client_count_rtp(bob, bob->lane_video_ssrc) == 3);
}

static void assert_stream_is_whole(const Client *client, uint32_t ssrc, unsigned count)
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
    assert_int_equal(seen, count);
}

static void see_and_hear(World *world, bool tcp)
{
    Client *alice, *bob;

    connect_both(world, tcp);
    alice = world->clients[0];
    bob = world->clients[1];
    show_first_frame(world);
    for (unsigned i = 0; i < 20; i++) {
        client_send_audio(alice);
        client_send_frame(alice, 4, 900 + i % 2, false);
        pump_for(world, 2000);
    }
    wait_for(world, client_count_rtp(bob, bob->lane_audio_ssrc) == 20);
    wait_for(world, client_count_rtp(bob, bob->lane_video_ssrc) == 83);
    assert_stream_is_whole(bob, bob->lane_video_ssrc, 83);
    assert_stream_is_whole(bob, bob->lane_audio_ssrc, 20);
    /* Feedback to the publisher: transport-wide, and reports. */
    wait_for(world, client_count_rtcp(alice, RTCP_RTPFB, 15) > 0);
    wait_for(world, client_count_rtcp(alice, RTCP_RR, -1) > 0);
    assert_non_null(find_event(world, HEARD_WORKER_SOURCE_STARTED, ALICE));
    assert_int_equal(client_count_rtp(alice, alice->lane_video_ssrc), 0); /* watches nobody */
}

static void two_peers_see_and_hear(void **state)
{
    see_and_hear(*state, false);
}

static void two_peers_see_and_hear_over_tcp(void **state)
{
    see_and_hear(*state, true);
}

static void a_lost_packet_is_sent_again(void **state)
{
    uint8_t nack[16 + HEARD_SRTP_TRAILER_MAX] = {0x81, RTCP_RTPFB, 0, 3};
    World *world = *state;
    Client *bob;
    uint16_t seq = 0;

    connect_both(world, false);
    show_first_frame(world);
    bob = world->clients[1];
    for (unsigned i = 0; i < bob->rtp_count; i++)
        if (heard_get32(bob->rtp[i].bytes + 8) == bob->lane_video_ssrc)
            seq = heard_get16(bob->rtp[i].bytes + 2);
    heard_put32(nack + 8, bob->lane_video_ssrc);
    heard_put16(nack + 12, seq);
    client_send_rtcp(bob, nack, 16);
    wait_for(world, client_count_rtp(bob, bob->lane_rtx_ssrc) == 1);
    for (unsigned i = 0; i < bob->rtp_count; i++) {
        const uint8_t *bytes = bob->rtp[i].bytes;

        if (heard_get32(bytes + 8) != bob->lane_rtx_ssrc)
            continue;
        assert_int_equal(bytes[1] & 0x7f, RTX_PT);
        /* The original number is the first thing of the payload (RFC 4588 4). */
        assert_int_equal(
            heard_get16(bytes + ((bytes[0] & 0x10) ? 16 + 4 * heard_get16(bytes + 14) : 12)), seq);
    }
}

static void a_pli_passes_to_the_publisher(void **state)
{
    uint8_t pli[12 + HEARD_SRTP_TRAILER_MAX] = {0x81, RTCP_PSFB, 0, 2};
    World *world = *state;
    Client *alice, *bob;
    unsigned before;

    connect_both(world, false);
    show_first_frame(world);
    alice = world->clients[0];
    bob = world->clients[1];
    pump_for(world, 1100000); /* one per source and second: the first frame asked too */
    before = client_count_rtcp(alice, RTCP_PSFB, 1);
    heard_put32(pli + 8, bob->lane_video_ssrc);
    client_send_rtcp(bob, pli, 12);
    wait_for(world, client_count_rtcp(alice, RTCP_PSFB, 1) == before + 1);
}

static void mute_stops_and_unmute_needs_a_key_frame(void **state)
{
    World *world = *state;
    Client *alice, *bob;

    connect_both(world, false);
    show_first_frame(world);
    alice = world->clients[0];
    bob = world->clients[1];
    heard_worker_allow_source(world->stand.worker, ALICE, HEARD_SOURCE_CAMERA, false);
    pump_for(world, 20000);
    client_send_frame(alice, 2, 500, true);
    client_send_audio(alice);
    wait_for(world, client_count_rtp(bob, bob->lane_audio_ssrc) == 1); /* only the camera */
    pump_for(world, 20000);
    assert_int_equal(client_count_rtp(bob, bob->lane_video_ssrc), 3);
    heard_worker_allow_source(world->stand.worker, ALICE, HEARD_SOURCE_CAMERA, true);
    pump_for(world, 20000);
    client_send_frame(alice, 2, 500, false);
    pump_for(world, 20000);
    assert_int_equal(client_count_rtp(bob, bob->lane_video_ssrc), 3);
    client_send_frame(alice, 2, 500, true);
    wait_for(world, client_count_rtp(bob, bob->lane_video_ssrc) == 5);
    assert_stream_is_whole(bob, bob->lane_video_ssrc, 5);
}

/* Bob's slot goes from Alice to Bob, whose last key frame may not be sent any more. */
static void nobody_goes_on_under_anothers_name(void **state)
{
    World *world = *state;
    Client *alice, *bob;

    connect_both(world, false);
    show_first_frame(world);
    alice = world->clients[0];
    bob = world->clients[1];
    client_send_frame(bob, 2, 500, true);
    wait_for(world, find_event(world, HEARD_WORKER_SOURCE_STARTED, BOB));
    heard_worker_allow_source(world->stand.worker, BOB, HEARD_SOURCE_CAMERA, false);
    heard_worker_allow_source(world->stand.worker, BOB, HEARD_SOURCE_CAMERA, true);
    heard_worker_set_slot(world->stand.worker, BOB, 0, BOB, HEARD_SOURCE_CAMERA, 720, true);
    pump_for(world, 20000);
    client_send_frame(alice, 2, 500, true);
    client_send_frame(bob, 2, 500, false);
    pump_for(world, 50000);
    assert_int_equal(client_count_rtp(bob, bob->lane_video_ssrc), 3);
    client_send_frame(bob, 2, 500, true);
    wait_for(world, client_count_rtp(bob, bob->lane_video_ssrc) == 5);
    assert_stream_is_whole(bob, bob->lane_video_ssrc, 5);
}

/* Alice sends a key frame of three packets and two more pictures, then Bob asks for her, and
 * nothing more is sent. */
static Client *ask_later(World *world, bool muted_between)
{
    Client *alice = join(world, 0, ROOM, ALICE, false);
    Client *bob = join(world, 1, ROOM, BOB, false);

    wait_for(world, alice->srtp && bob->srtp);
    wait_for(world, find_event(world, HEARD_WORKER_PEER_CONNECTED, BOB));
    client_send_frame(alice, 3, 500, true);
    client_send_frame(alice, 2, 500, false);
    client_send_frame(alice, 2, 500, false);
    wait_for(world, find_event(world, HEARD_WORKER_SOURCE_STARTED, ALICE));
    pump_for(world, 20000);
    heard_worker_allow_source(world->stand.worker, ALICE, HEARD_SOURCE_CAMERA, !muted_between);
    heard_worker_allow_source(world->stand.worker, ALICE, HEARD_SOURCE_CAMERA, true);
    heard_worker_set_slot(world->stand.worker, BOB, 0, ALICE, HEARD_SOURCE_CAMERA, 720, true);
    return bob;
}

static void who_asks_later_catches_up(void **state)
{
    World *world = *state;
    Client *bob = ask_later(world, false);

    wait_for(world, client_count_rtp(bob, bob->lane_video_ssrc) == 7);
    client_send_frame(world->clients[0], 2, 500, false);
    wait_for(world, client_count_rtp(bob, bob->lane_video_ssrc) == 9);
    assert_stream_is_whole(bob, bob->lane_video_ssrc, 9);
}

static void nobody_catches_up_with_what_was_muted_since(void **state)
{
    World *world = *state;
    Client *bob = ask_later(world, true);

    pump_for(world, 100000);
    assert_int_equal(client_count_rtp(bob, bob->lane_video_ssrc), 0);
    client_send_frame(world->clients[0], 3, 500, true);
    wait_for(world, client_count_rtp(bob, bob->lane_video_ssrc) == 3);
}

/* Too old: a new one is asked for instead. */
static void nobody_catches_up_with_an_old_key_frame(void **state)
{
    World *world = *state;
    Client *alice = join(world, 0, ROOM, ALICE, false);
    Client *bob = join(world, 1, ROOM, BOB, false);
    unsigned asked;

    wait_for(world, alice->srtp && bob->srtp);
    wait_for(world, find_event(world, HEARD_WORKER_PEER_CONNECTED, BOB));
    client_send_frame(alice, 3, 500, true);
    pump_for(world, 600000);
    client_send_frame(alice, 2, 500, false);
    asked = client_count_rtcp(alice, RTCP_PSFB, 1);
    heard_worker_set_slot(world->stand.worker, BOB, 0, ALICE, HEARD_SOURCE_CAMERA, 720, true);
    wait_for(world, client_count_rtcp(alice, RTCP_PSFB, 1) > asked);
    assert_int_equal(client_count_rtp(bob, bob->lane_video_ssrc), 0);
}

static void recess_stops_the_whole_room(void **state)
{
    World *world = *state;
    Client *alice, *bob;

    connect_both(world, false);
    show_first_frame(world);
    alice = world->clients[0];
    bob = world->clients[1];
    heard_worker_set_room_flow(world->stand.worker, ROOM, false);
    pump_for(world, 20000);
    client_send_audio(alice);
    client_send_frame(alice, 2, 500, true);
    pump_for(world, 30000);
    assert_int_equal(client_count_rtp(bob, bob->lane_audio_ssrc), 0);
    assert_int_equal(client_count_rtp(bob, bob->lane_video_ssrc), 3);
    heard_worker_set_room_flow(world->stand.worker, ROOM, true);
    pump_for(world, 20000);
    client_send_audio(alice);
    wait_for(world, client_count_rtp(bob, bob->lane_audio_ssrc) == 1);
}

static void no_way_leads_from_room_to_room(void **state)
{
    World *world = *state;
    Client *alice, *bob;

    heard_worker_open_room(world->stand.worker, OTHER_ROOM);
    alice = join(world, 0, ROOM, ALICE, false);
    bob = join(world, 1, OTHER_ROOM, BOB, false);
    wait_for(world, alice->srtp && bob->srtp);
    heard_worker_set_slot(world->stand.worker, BOB, 0, ALICE, HEARD_SOURCE_CAMERA, 720, true);
    pump_for(world, 20000);
    client_send_frame(alice, 3, 1000, true);
    client_send_audio(alice);
    pump_for(world, 50000);
    assert_int_equal(bob->rtp_count, 0);
}

static void who_leaves_is_told_and_told_of(void **state)
{
    const HeardWorkerEvent *event;
    World *world = *state;
    Client *alice, *bob;

    connect_both(world, false);
    alice = world->clients[0];
    bob = world->clients[1];
    heard_worker_remove_peer(world->stand.worker, ALICE);
    wait_for(world, heard_dtls_state(alice->dtls) == HEARD_DTLS_CLOSED);
    wait_for(world, (event = find_event(world, HEARD_WORKER_PEER_GONE, ALICE)));
    assert_int_equal(event->gone, HEARD_PEER_GONE_REMOVED);
    heard_dtls_close(bob->dtls);
    wait_for(world, (event = find_event(world, HEARD_WORKER_PEER_GONE, BOB)));
    assert_int_equal(event->gone, HEARD_PEER_GONE_CLOSED);
}

/* After media the server can't read a close_notify any more: it waits for the next check, or a
 * report that was not under way (libnice in GStreamer checks once), and only a peer that sends
 * neither is gone. */
static void an_alert_alone_ends_nobody(void **state)
{
    static const uint8_t alert[] = {21, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0, 2, 1, 0};
    const HeardWorkerEvent *event;
    World *world = *state;
    Client *alice;

    connect_both(world, false);
    alice = world->clients[0];
    client_send_frame(alice, 2, 500, true);
    pump_for(world, 50000);
    client_send(alice, alert, sizeof(alert));
    pump_for(world, 50000);
    client_check(alice); /* still there: the alert was somebody else's */
    pump_for(world, 8500000);
    client_send(alice, alert, sizeof(alert));
    pump_for(world, 1300000);
    client_report(alice, 1, 0, 0);
    pump_for(world, 7500000);
    assert_null(find_event(world, HEARD_WORKER_PEER_GONE, ALICE));
    client_send(alice, alert, sizeof(alert));
    pump_for(world, 100000);
    client_report(alice, 1, 0, 0);
    wait_for(world, (event = find_event(world, HEARD_WORKER_PEER_GONE, ALICE)));
    assert_int_equal(event->gone, HEARD_PEER_GONE_CLOSED);
}

static void another_certificate_is_refused(void **state)
{
    const HeardWorkerEvent *event;
    World *world = *state;
    Client *alice = client_new(heard_dtls_identity_digest(world->stand.identity),
                               heard_worker_udp_port(world->stand.worker), false, ALICE);
    HeardPeerPlan *plan = client_plan(alice);

    plan->fingerprint[0] ^= 1;
    world->clients[0] = alice;
    heard_worker_add_peer(world->stand.worker, ROOM, ALICE, "label", plan);
    wait_for(world, (event = find_event(world, HEARD_WORKER_PEER_GONE, ALICE)));
    assert_int_equal(event->gone, HEARD_PEER_GONE_FAILED);
    assert_null(find_event(world, HEARD_WORKER_PEER_CONNECTED, ALICE));
}

static void garbage_harms_nobody(void **state)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    World *world = *state;
    uint8_t garbage[1400];
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(heard_worker_udp_port(world->stand.worker));
    connect_both(world, false);
    for (unsigned i = 0; i < 2000; i++) {
        for (unsigned k = 0; k < sizeof(garbage); k++)
            garbage[k] = (uint8_t)(i * 31 + k * (i + 7));
        garbage[0] = (uint8_t)i;
        (void)!sendto(fd, garbage, i % sizeof(garbage), 0, (struct sockaddr *)&to, sizeof(to));
        /* The same over a known address: forged SRTP. */
        (void)!send(world->clients[1]->fd, garbage, i % sizeof(garbage), 0);
    }
    close(fd);
    show_first_frame(world);
}

/* Opens a connection from this host of loopback and says nothing. */
static int hold_connection(World *world, uint32_t host)
{
    struct sockaddr_in from = {.sin_family = AF_INET}, to = from;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(heard_worker_tcp_port(world->stand.worker));
    assert_true(fd >= 0);
    assert_return_code(bind(fd, (struct sockaddr *)&from, sizeof(from)), errno);
    assert_return_code(connect(fd, (struct sockaddr *)&to, sizeof(to)), errno);
    return fd;
}

static void held_connections_keep_nobody_out(void **state)
{
    enum { HOSTS = HEARD_ICE_TCP_CONNECTIONS_MAX / HEARD_ICE_TCP_PER_HOST_MAX + 1 };
    struct rlimit limit = {4096, 4096};
    g_autoptr(GArray) held = g_array_new(FALSE, FALSE, sizeof(int));
    World *world = *state;
    char byte;

    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        skip();
    for (uint32_t host = 1; host <= HOSTS; host++)
        for (unsigned i = 0; i < HEARD_ICE_TCP_PER_HOST_MAX; i++) {
            int fd = hold_connection(world, host);

            g_array_append_val(held, fd);
        }
    connect_both(world, true);
    show_first_frame(world);
    /* The oldest had to go, and got no byte for it. */
    assert_true(recv(g_array_index(held, int, 0), &byte, 1, 0) <= 0);
    for (guint i = 0; i < held->len; i++)
        close(g_array_index(held, int, i));
}

typedef struct {
    HeardSink sink;
    atomic_uint tracks, packets, gaps, gap_packets, ends, closed;
} Recorder;

static void on_track(HeardSink *sink, const HeardSinkTrack *track, int64_t now_us)
{
    (void)now_us;
    assert_int_equal(track->peer, ALICE);
    assert_string_equal(track->label, "label");
    ((Recorder *)sink)->tracks++;
}

static void on_rtp(HeardSink *sink, uint32_t track, const uint8_t *packet, size_t size,
                   int64_t arrival_us)
{
    (void)track;
    (void)arrival_us;
    assert_true(size > 12 && packet[0] >> 6 == 2);
    ((Recorder *)sink)->packets++;
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
    (void)track;
    (void)first;
    (void)now_us;
    assert_int_equal(reason, HEARD_GAP_MUTED);
    ((Recorder *)sink)->gaps++;
    ((Recorder *)sink)->gap_packets += count;
}

static void on_track_end(HeardSink *sink, uint32_t track, HeardGapReason reason, int64_t now_us)
{
    (void)track;
    (void)now_us;
    assert_int_equal(reason, HEARD_GAP_LEFT);
    ((Recorder *)sink)->ends++;
}

static void on_closed(HeardSink *sink)
{
    ((Recorder *)sink)->closed++;
}

static void a_recorder_gets_packets_and_reasons(void **state)
{
    static const HeardSinkOps ops = {on_track, on_rtp, on_report, on_gap, on_track_end, on_closed};
    Recorder recorder = {.sink = {&ops}};
    World *world = *state;
    Client *alice;

    connect_both(world, false);
    alice = world->clients[0];
    heard_worker_attach_sink(world->stand.worker, ROOM, &recorder.sink);
    pump_for(world, 20000);
    client_send_frame(alice, 3, 1000, true);
    client_send_audio(alice);
    wait_for(world, recorder.packets == 4);
    assert_int_equal(recorder.tracks, 2);
    heard_worker_allow_source(world->stand.worker, ALICE, HEARD_SOURCE_MICROPHONE, false);
    pump_for(world, 20000);
    for (unsigned i = 0; i < 5; i++)
        client_send_audio(alice);
    pump_for(world, 20000);
    heard_worker_allow_source(world->stand.worker, ALICE, HEARD_SOURCE_MICROPHONE, true);
    wait_for(world, recorder.gaps == 1);
    assert_int_equal(recorder.gap_packets, 5);
    assert_int_equal(recorder.packets, 4);
    heard_worker_remove_peer(world->stand.worker, ALICE);
    wait_for(world, recorder.ends == 2);
    heard_worker_close_room(world->stand.worker, ROOM);
    wait_for(world, recorder.closed == 1);
    wait_for(world, find_event(world, HEARD_WORKER_PEER_GONE, BOB));
}

static void restarted_ice_keeps_the_stream(void **state)
{
    World *world = *state;
    Client *bob;

    connect_both(world, false);
    show_first_frame(world);
    bob = world->clients[1];
    g_strlcpy(bob->remote.ufrag, "renewed", sizeof(bob->remote.ufrag));
    g_strlcpy(bob->remote.pwd, "another quite long password", sizeof(bob->remote.pwd));
    heard_worker_restart_ice(world->stand.worker, BOB, &bob->remote, &bob->local);
    client_send_frame(world->clients[0], 1, 500, false); /* over the old path meanwhile */
    wait_for(world, client_count_rtp(bob, bob->lane_video_ssrc) == 4);
    client_check(bob);
    pump_for(world, 20000);
    client_send_frame(world->clients[0], 1, 500, false);
    wait_for(world, client_count_rtp(bob, bob->lane_video_ssrc) == 5);
}

static void statistics_come_per_peer(void **state)
{
    const HeardWorkerEvent *event;
    World *world = *state;

    connect_both(world, false);
    show_first_frame(world);
    heard_worker_request_stats(world->stand.worker, ROOM);
    wait_for(world, find_event(world, HEARD_WORKER_STATS, ALICE) &&
                        (event = find_event(world, HEARD_WORKER_STATS, BOB)));
    assert_true(event->stats.down_bps > 0);
    assert_int_equal(event->stats.up_bps, 0);
    assert_in_range(event->stats.silent_us, 0, 5000000); /* his check came just before */
    event = find_event(world, HEARD_WORKER_STATS, ALICE);
    assert_true(event->stats.up_video_bps > 0);
    assert_true(event->stats.up_video_bps <= event->stats.up_bps);
    assert_in_range(event->stats.silent_us, 0, 5000000);
}

static void a_taken_port_is_an_error(void **state)
{
    g_autoptr(GError) error = NULL;
    World *world = *state;
    HeardWorkerConfig config = {.bind_address = "0.0.0.0",
                                .udp_port = heard_worker_udp_port(world->stand.worker),
                                .identity = world->stand.identity,
                                .events_loop = world->stand.loop,
                                .on_event = on_event};

    assert_null(heard_worker_new(&config, &error));
    assert_non_null(error);
}

#define worker_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        worker_test(two_peers_see_and_hear),
        worker_test(two_peers_see_and_hear_over_tcp),
        worker_test(a_lost_packet_is_sent_again),
        worker_test(a_pli_passes_to_the_publisher),
        worker_test(mute_stops_and_unmute_needs_a_key_frame),
        worker_test(nobody_goes_on_under_anothers_name),
        worker_test(who_asks_later_catches_up),
        worker_test(nobody_catches_up_with_what_was_muted_since),
        worker_test(nobody_catches_up_with_an_old_key_frame),
        worker_test(recess_stops_the_whole_room),
        worker_test(no_way_leads_from_room_to_room),
        worker_test(a_peer_alone_is_shown_to_itself),
        worker_test(who_leaves_is_told_and_told_of),
        worker_test(an_alert_alone_ends_nobody),
        worker_test(another_certificate_is_refused),
        worker_test(garbage_harms_nobody),
        worker_test(held_connections_keep_nobody_out),
        worker_test(a_recorder_gets_packets_and_reasons),
        worker_test(restarted_ice_keeps_the_stream),
        worker_test(statistics_come_per_peer),
        worker_test(a_taken_port_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
