/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A receiver behind a thin line, over real sockets: its transport-wide feedback tells of a
 * queue and of loss, the server leaves out temporal layers, and brings them back. The line is
 * in the client: what comes is put in a queue of its own and told of when it would have come.
 */
#include "media/rtcp/build.h"
#include "media/rtcp/twcc.h"
#include "media/rtp/bytes.h"
#include "media/rtp/packet.h"
#include "tests/integration/media_stand.h"

enum {
    ALICE = 11,
    BOB = 12,
    RTCP_PSFB = 206,
    FRAME_US = 33333,
    AUDIO_US = 20000,
    PACKETS = 2, /* a picture: 30 × 2 × 1250 bytes are 600 kbit/s */
    PAYLOAD = 1200,
    THIN_BPS = 280000,
    SOUND_BPS = 90000, /* the sound alone takes 46 */
    QUEUE_MAX_US = 400000,
    WAITING_MAX = 4096,
    SETTLED_US = 1500000,
    PATIENCE_US = 45 * 1000 * 1000,
    MID_EXT = 4,
    RID_EXT = 10,
    SIMULCAST = 3,
    MIDDLE_BPS = 800000,  /* room for the middle one of 150, 490 and 1180 kbit/s */
    FREEZE_PICTURES = 15, /* half a second */
};

typedef struct {
    int64_t arrival_us;
    uint16_t number;
} Waiting;

typedef struct {
    Stand stand;
    HeardPeerStats stats;
    Client *alice, *bob;
    unsigned connected;
    /* What Alice sends. */
    int64_t frame_us, audio_us;
    unsigned pictures, plis, audio_sent;
    uint8_t tl0_index;
    bool simulcast; /* three sizes of one temporal layer */
    uint16_t seqs[SIMULCAST];
    bool key_wanted[SIMULCAST];
    unsigned sent_pictures;
    /* What Bob gets. */
    uint32_t line_bps; /* 0: no limit */
    int64_t free_us;
    Waiting waiting[WAITING_MAX];
    unsigned first, end;
    HeardTwcc twcc;
    unsigned audio_count, padding_count;
    int64_t layer_us[3]; /* when a packet of the layer came last, temporal or of simulcast */
    unsigned came_picture, longest_gap; /* in pictures that were sent */
} World;

static const char *const rids[SIMULCAST] = {"q", "h", "f"};

static void on_event(const HeardWorkerEvent *event, void *data)
{
    World *world = data;

    if (event->kind == HEARD_WORKER_PEER_CONNECTED)
        world->connected++;
    if (event->kind == HEARD_WORKER_STATS && event->peer == BOB)
        world->stats = event->stats;
}

/* One m-line with three layers, told apart by their RIDs (RFC 8852). */
static void make_simulcast(HeardPlanSource *camera)
{
    camera->ssrc = 0;
    camera->rtx_ssrc = 0;
    camera->ext = (HeardPlanExtensions){.mid = MID_EXT, .rid = RID_EXT};
    g_strlcpy(camera->mid, "1", sizeof(camera->mid));
    camera->rid_count = SIMULCAST;
    for (unsigned i = 0; i < SIMULCAST; i++)
        g_strlcpy(camera->rids[i], rids[i], sizeof(camera->rids[i]));
}

static Client *join(World *world, HeardPeerId peer)
{
    Client *client = stand_client(&world->stand, false, peer);
    HeardPeerPlan *plan = client_plan(client);

    plan->slots[0].audio.ext.transport_cc = TWCC_EXT;
    plan->slots[0].video.ext.transport_cc = TWCC_EXT;
    if (world->simulcast)
        make_simulcast(&plan->sources[HEARD_SOURCE_CAMERA]);
    heard_worker_add_peer(world->stand.worker, ROOM, peer, "label", plan);
    return client;
}

static int set_up_world(void **state, bool simulcast)
{
    World *world = g_new0(World, 1);

    stand_open(&world->stand, on_event, world);
    heard_twcc_init(&world->twcc);
    world->simulcast = simulcast;
    world->alice = join(world, ALICE);
    world->bob = join(world, BOB);
    *state = world;
    return 0;
}

static int set_up(void **state)
{
    return set_up_world(state, false);
}

static int set_up_simulcast(void **state)
{
    return set_up_world(state, true);
}

static int tear_down(void **state)
{
    World *world = *state;

    stand_stop(&world->stand);
    client_free(world->alice);
    client_free(world->bob);
    stand_close(&world->stand);
    g_free(world);
    return 0;
}

/* One picture of three temporal layers: 0 2 1 2, each may be joined. */
static void send_picture(World *world, bool keyframe)
{
    static const uint8_t layers[4] = {0, 2, 1, 2};
    static const uint8_t key_start[] = {0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01};
    Client *alice = world->alice;
    uint8_t layer;

    if (keyframe)
        world->pictures = 0;
    layer = layers[world->pictures++ % 4];
    if (layer == 0)
        world->tl0_index++;
    alice->rtp_ts += 3000;
    alice->picture_id++;
    for (unsigned i = 0; i < PACKETS; i++) {
        uint8_t packet[CLIENT_PACKET_MAX + HEARD_SRTP_TRAILER_MAX] = {0};
        HeardRtpHeader header = {.ssrc = alice->video_ssrc,
                                 .rtp_ts = alice->rtp_ts,
                                 .seq = alice->video_seq++,
                                 .payload_type = VIDEO_PT,
                                 .marker = i + 1 == PACKETS};
        size_t at = heard_rtp_write_header(packet, CLIENT_PACKET_MAX, &header, NULL, 0);

        packet[at] = i == 0 ? 0x90 : 0x80;
        packet[at + 1] = 0xe0; /* picture id, TL0PICIDX, TID (RFC 7741 4.2) */
        heard_put16(packet + at + 2, alice->picture_id | 0x8000);
        packet[at + 4] = world->tl0_index;
        packet[at + 5] = (uint8_t)(layer << 6 | (layer > 0 ? 0x20 : 0));
        packet[at + 6] = 0x11;
        if (i == 0 && keyframe)
            memcpy(packet + at + 6, key_start, sizeof(key_start));
        client_send_rtp(alice, packet, at + 6 + PAYLOAD);
    }
}

/* The same picture in three sizes; a layer's number is its first byte behind the header. */
static void send_sizes(World *world)
{
    static const uint8_t key_start[] = {0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02};
    static const unsigned packets[SIMULCAST] = {1, 2, 4};
    static const size_t payloads[SIMULCAST] = {600, 1000, 1200};
    Client *alice = world->alice;

    alice->rtp_ts += 3000;
    alice->picture_id++;
    for (unsigned layer = 0; layer < SIMULCAST; layer++) {
        bool keyframe = world->key_wanted[layer] || world->sent_pictures == 0;

        for (unsigned i = 0; i < packets[layer]; i++) {
            uint8_t packet[CLIENT_PACKET_MAX + HEARD_SRTP_TRAILER_MAX] = {0};
            HeardRtpExtension extensions[] = {{MID_EXT, 1, (const uint8_t *)"1"},
                                              {RID_EXT, 1, (const uint8_t *)rids[layer]}};
            HeardRtpHeader header = {.ssrc = alice->video_ssrc + layer,
                                     .rtp_ts = alice->rtp_ts,
                                     .seq = world->seqs[layer]++,
                                     .payload_type = VIDEO_PT,
                                     .marker = i + 1 == packets[layer]};
            size_t at = heard_rtp_write_header(packet, CLIENT_PACKET_MAX, &header, extensions, 2);

            packet[at] = i == 0 ? 0x90 : 0x80;
            packet[at + 1] = 0x80;
            heard_put16(packet + at + 2, alice->picture_id | 0x8000);
            packet[at + 4] = 0x11;
            if (i == 0 && keyframe) {
                memcpy(packet + at + 4, key_start, sizeof(key_start));
                heard_put16(packet + at + 12, (uint16_t)GUINT16_SWAP_LE_BE(180 << layer));
            }
            packet[at + 14] = (uint8_t)layer;
            client_send_rtp(alice, packet, at + 4 + payloads[layer]);
        }
        world->key_wanted[layer] = false;
    }
    world->sent_pictures++;
}

/* Which layers were asked for a key frame. */
static void read_plis(World *world)
{
    Client *alice = world->alice;

    for (unsigned i = 0; i < alice->rtcp_count; i++) {
        const uint8_t *bytes = alice->rtcp[i].bytes;

        for (size_t at = 0; at + 12 <= alice->rtcp[i].size;
             at += 4 * (size_t)(heard_get16(bytes + at + 2) + 1)) {
            uint32_t layer = heard_get32(bytes + at + 8) - alice->video_ssrc;

            if (bytes[at + 1] == RTCP_PSFB && (bytes[at] & 31) == 1 && layer < SIMULCAST)
                world->key_wanted[layer] = true;
        }
    }
    alice->rtcp_count = 0;
}

static void publish(World *world, int64_t now_us)
{
    if (now_us >= world->audio_us) {
        client_send_audio(world->alice);
        world->audio_sent++;
        world->audio_us = MAX(world->audio_us + AUDIO_US, now_us - AUDIO_US);
    }
    if (world->simulcast) {
        read_plis(world);
        if (now_us < world->frame_us)
            return;
        send_sizes(world);
        world->frame_us = MAX(world->frame_us + FRAME_US, now_us - FRAME_US);
    } else if (now_us >= world->frame_us) {
        unsigned plis = client_count_rtcp(world->alice, RTCP_PSFB, 1);

        send_picture(world, plis != world->plis);
        world->plis = plis;
        if (world->alice->rtcp_count > CLIENT_LOG_MAX / 2) {
            world->alice->rtcp_count = 0;
            world->plis = 0;
        }
        world->frame_us = MAX(world->frame_us + FRAME_US, now_us - FRAME_US);
    }
}

/* Into the queue of the line, or beside it when that is full. */
static void enqueue(World *world, uint16_t number, size_t size, int64_t now_us)
{
    int64_t start_us = MAX(now_us, world->free_us);

    if (world->line_bps == 0)
        start_us = now_us;
    else if (start_us - now_us > QUEUE_MAX_US)
        return;
    world->free_us = start_us + (world->line_bps ? (int64_t)size * 8000000 / world->line_bps : 0);
    world->waiting[world->end++ % WAITING_MAX] = (Waiting){world->free_us, number};
}

static void take_packet(World *world, const ClientPacket *packet, int64_t now_us)
{
    const uint8_t *number;
    HeardRtpView view;
    uint8_t size;

    assert_int_equal(heard_rtp_parse(packet->bytes, packet->size, &view), HEARD_RTP_OK);
    number = heard_rtp_extension(packet->bytes, &view, TWCC_EXT, &size);
    assert_true(number && size == 2);
    enqueue(world, heard_get16(number), packet->size + 16, now_us);
    if (view.ssrc == world->bob->lane_audio_ssrc)
        world->audio_count++;
    if (view.ssrc == world->bob->lane_rtx_ssrc && view.payload_size == 0)
        world->padding_count++;
    if (view.ssrc != world->bob->lane_video_ssrc || view.payload_size <= 14)
        return;
    if (world->simulcast)
        world->layer_us[packet->bytes[view.payload_offset + 14]] = now_us;
    else
        world->layer_us[packet->bytes[view.payload_offset + 5] >> 6] = now_us;
    world->longest_gap = MAX(world->longest_gap, world->sent_pictures - world->came_picture);
    world->came_picture = world->sent_pictures;
}

static void tell_feedback(World *world, int64_t now_us)
{
    uint8_t packet[HEARD_RTCP_COMPOUND_MAX + HEARD_SRTP_TRAILER_MAX];
    HeardRtcpWriter writer;

    for (; world->first != world->end; world->first++) {
        const Waiting *next = &world->waiting[world->first % WAITING_MAX];

        if (next->arrival_us > now_us)
            break;
        heard_twcc_packet(&world->twcc, next->number, next->arrival_us);
    }
    heard_rtcp_writer_init(&writer, packet, HEARD_RTCP_COMPOUND_MAX);
    while (heard_twcc_deadline_us(&world->twcc) <= now_us &&
           heard_twcc_write(&world->twcc, &writer, 1, world->bob->lane_video_ssrc, now_us))
        ;
    if (writer.size > 0)
        client_send_rtcp(world->bob, packet, writer.size);
}

static void pump(World *world)
{
    int64_t now_us = heard_clock_now_us();

    client_pump(world->alice);
    client_pump(world->bob);
    g_main_context_iteration(world->stand.context, FALSE);
    if (world->connected == 2 && world->alice->srtp && world->bob->srtp) {
        publish(world, now_us);
        for (unsigned i = 0; i < world->bob->rtp_count; i++)
            take_packet(world, &world->bob->rtp[i], now_us);
        world->bob->rtp_count = 0;
        tell_feedback(world, now_us);
    }
    g_usleep(1000);
}

static bool flows(const World *world, unsigned layer)
{
    return heard_clock_now_us() - world->layer_us[layer] < SETTLED_US / 4;
}

static bool stopped(const World *world, unsigned layer)
{
    return heard_clock_now_us() - world->layer_us[layer] > SETTLED_US;
}

static void a_thin_line_loses_layers_and_gets_them_back(void **state)
{
    World *world = *state;
    unsigned before;

    wait_for(world, world->connected == 2);
    heard_worker_set_slot(world->stand.worker, BOB, 0, ALICE, HEARD_SOURCE_CAMERA, 480, true);
    wait_for(world, flows(world, 0) && flows(world, 1) && flows(world, 2));
    world->line_bps = THIN_BPS;
    wait_for(world, stopped(world, 2));
    heard_worker_request_stats(world->stand.worker, ROOM);
    wait_for(world, world->stats.available_bps > 0);
    assert_true(world->stats.available_bps < 600000);
    world->line_bps = 0;
    before = world->padding_count;
    wait_for(world, flows(world, 0) && flows(world, 1) && flows(world, 2));
    assert_true(world->padding_count > before); /* proven by probes */
    /* Whatever became of the picture: each sound came (the last ones may be on the way). */
    assert_true(world->audio_count + 10 >= world->audio_sent);
}

/* Asks again and again, since what was said before may be from before the fall. */
static bool is_held(World *world)
{
    heard_worker_request_stats(world->stand.worker, ROOM);
    pump(world);
    return world->stats.video_held;
}

static void a_line_for_sound_only_pauses_the_picture(void **state)
{
    World *world = *state;
    unsigned audio_before;

    wait_for(world, world->connected == 2);
    heard_worker_set_slot(world->stand.worker, BOB, 0, ALICE, HEARD_SOURCE_CAMERA, 480, true);
    wait_for(world, flows(world, 0) && flows(world, 1) && flows(world, 2));
    world->line_bps = SOUND_BPS;
    wait_for(world, is_held(world) && stopped(world, 0));
    audio_before = world->audio_count;
    wait_for(world, world->audio_count > audio_before + 50);
    assert_true(is_held(world));
    world->line_bps = 0;
    wait_for(world, flows(world, 0)); /* by itself, with a key frame */
    wait_for(world, !is_held(world));
    assert_true(world->audio_count + 10 >= world->audio_sent);
}

static void sizes_change_without_a_freeze(void **state)
{
    World *world = *state;

    wait_for(world, world->connected == 2);
    heard_worker_set_slot(world->stand.worker, BOB, 0, ALICE, HEARD_SOURCE_CAMERA, 720, true);
    wait_for(world, flows(world, 2));
    world->longest_gap = 0;
    world->line_bps = MIDDLE_BPS;
    wait_for(world, stopped(world, 2) && flows(world, 1));
    world->line_bps = 0;
    wait_for(world, flows(world, 2) && stopped(world, 1));
    print_message("# longest gap: %u pictures\n", world->longest_gap);
    assert_true(world->longest_gap <= FREEZE_PICTURES);
    assert_true(world->audio_count + 10 >= world->audio_sent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_thin_line_loses_layers_and_gets_them_back, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_line_for_sound_only_pauses_the_picture, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(sizes_change_without_a_freeze, set_up_simulcast, tear_down),
    };

    return cmocka_run_group_tests_name("media rate", tests, NULL, NULL);
}
