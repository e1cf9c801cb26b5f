/* SPDX-License-Identifier: Apache-2.0 */

/* Temporal layers left out of a lane: numbers, picture ids, late packets and resends. */
#include "heard_test.h"
#include "packets.h"

#include "media/rtp/sequence.h"
#include "media/rtp/stream_out.h"

enum { OUT_SSRC = 0xabcd, OUT_RTX = 0xbcde, OUT_PT = 120, OUT_RTX_PT = 121, FRAME_US = 33333 };
enum { PATTERN = 8, TAG_SIZE = 4 };

static const HeardStreamOutConfig video_lane = {
    .codecs = {[HEARD_CODEC_VP8] = {true, OUT_PT, OUT_RTX_PT}},
    .ssrc = OUT_SSRC,
    .rtx_ssrc = OUT_RTX,
    .video = true,
};

/* libwebrtc's L1T3: which layer, and whether nothing but layer 0 is referred to. */
static const struct {
    uint8_t layer;
    bool sync;
} pattern[PATTERN] = {{0, false}, {2, true},  {1, true},  {2, false},
                      {0, false}, {2, false}, {1, false}, {2, false}};

typedef struct {
    uint32_t id;
    HeardStreamIn stream;
    Vp8Packet next;
    unsigned phase;
} Source;

/* One packet as it left its publisher. */
typedef struct {
    uint8_t bytes[PACKET_SIZE_MAX];
    size_t size;
    unsigned picture; /* number of the picture since the beginning */
    uint8_t layer;
    bool sync, empty;
} Packet;

static void open_source(Source *source, uint32_t id, uint16_t seq)
{
    HeardStreamInConfig config = {
        .codecs = {{HEARD_CODEC_VP8, PT_VP8, PT_RTX, true}},
        .codec_count = 1,
        .ssrc = id,
    };

    memset(source, 0, sizeof(*source));
    source->id = id;
    heard_stream_in_init(&source->stream, &config, 0);
    source->next = (Vp8Packet){.ssrc = id,
                               .seq = seq,
                               .rtp_ts = seq * 77U,
                               .picture_id = (uint16_t)(seq * 3U) & 0x7fff,
                               .tl0_index = (uint8_t)seq};
}

/* The next packet of the picture; each carries who it is in its last bytes. */
static void make_packet(Source *source, Packet *packet, bool first, bool last, bool keyframe)
{
    packet->layer = source->next.temporal_id;
    packet->sync = source->next.layer_sync;
    source->next.start = first;
    source->next.marker = last;
    source->next.keyframe = keyframe;
    packet->size = make_vp8(packet->bytes, &source->next);
    heard_put16(packet->bytes + packet->size - TAG_SIZE, (uint16_t)source->id);
    heard_put16(packet->bytes + packet->size - 2, source->next.seq);
    source->next.seq++;
}

static void make_probe(Source *source, Packet *packet)
{
    HeardRtpHeader header = {.ssrc = source->id,
                             .rtp_ts = source->next.rtp_ts,
                             .seq = source->next.seq++,
                             .payload_type = PT_VP8};

    packet->size = heard_rtp_write_header(packet->bytes, PACKET_SIZE_MAX, &header, NULL, 0);
    packet->size = heard_rtp_pad(packet->bytes, packet->size, packet->size + 50);
    packet->empty = true;
}

static void begin_picture(Source *source, bool keyframe)
{
    if (keyframe)
        source->phase = 0;
    source->next.temporal_id = pattern[source->phase].layer;
    source->next.layer_sync = pattern[source->phase].sync;
    if (source->next.temporal_id == 0)
        source->next.tl0_index++;
}

static void end_picture(Source *source)
{
    source->next.rtp_ts += 3000;
    source->next.picture_id = (source->next.picture_id + 1) & 0x7fff;
    source->phase = (source->phase + 1) % PATTERN;
}

typedef struct {
    HeardStreamOut lane;
    uint8_t out[PACKET_SIZE_MAX];
    size_t size;
    HeardRtpView view;
} Sink;

static void open_sink(Sink *sink)
{
    memset(sink, 0, sizeof(*sink));
    heard_stream_out_init(&sink->lane, &video_lane, 65533, 0xfffffff0);
}

static HeardForward forward(Sink *sink, uint32_t source, const HeardPacketIn *in)
{
    HeardForward result = heard_stream_out_forward(&sink->lane, source, in, NULL, sink->out,
                                                   sizeof(sink->out), &sink->size);

    if (result == HEARD_FORWARD_SENT)
        assert_int_equal(heard_rtp_parse(sink->out, sink->size, &sink->view), HEARD_RTP_OK);
    return result;
}

static uint16_t picture_id(const Sink *sink)
{
    return heard_get16(sink->out + sink->view.payload_offset + 2) & 0x7fff;
}

/*
 * Without loss: which pictures come, that they can be decoded, and that the receiver sees
 * no gap, whatever the limit does.
 */
typedef struct {
    uint16_t seq, id;
    unsigned sent[3];  /* pictures of each layer that came */
    unsigned whole[3]; /* pictures of each layer since the last key frame, as sent by the source */
    bool broken[3];    /* one of them was left out since what the next may refer to */
} Watcher;

static void watch_picture(Watcher *watcher, Sink *sink, Source *source, bool keyframe,
                          unsigned packets, int64_t now_us)
{
    uint8_t layer;
    bool sent = false;

    begin_picture(source, keyframe);
    layer = source->next.temporal_id;
    for (unsigned i = 0; i < packets; i++) {
        Packet packet = {0};
        HeardPacketIn in;

        make_packet(source, &packet, i == 0, i + 1 == packets, keyframe && i == 0);
        assert_int_equal(
            heard_stream_in_packet(&source->stream, packet.bytes, packet.size, now_us, &in),
            HEARD_STREAM_IN_MEDIA);
        if (forward(sink, source->id, &in) != HEARD_FORWARD_SENT) {
            assert_false(sent);
            continue;
        }
        assert_int_equal(sink->view.seq, (uint16_t)(watcher->seq + 1));
        assert_int_equal(picture_id(sink), (watcher->id + (i == 0)) & 0x7fff);
        assert_int_equal(
            sink->out[sink->view.payload_offset + 4] - source->next.tl0_index,
            sink->lane.segments[sink->lane.segment].tl0_offset +
                (source->next.tl0_index + sink->lane.segments[sink->lane.segment].tl0_offset > 255
                     ? -256
                     : 0));
        watcher->seq = sink->view.seq;
        watcher->id = picture_id(sink);
        sent = true;
    }
    if (keyframe)
        memset(watcher->broken, 0, sizeof(watcher->broken));
    if (sent) {
        watcher->sent[layer]++;
        /* Everything that it may refer to has come. */
        for (uint8_t below = 0; below <= layer && !keyframe; below++)
            if (below == 0 || !source->next.layer_sync)
                assert_false(watcher->broken[below]);
        if (source->next.layer_sync)
            watcher->broken[layer] = false;
    } else {
        watcher->broken[layer] = true;
    }
    end_picture(source);
}

static void start_watching(Watcher *watcher, Sink *sink, Source *source)
{
    open_sink(sink);
    open_source(source, 1, 60000);
    heard_stream_out_switch(&sink->lane, 1);
    *watcher = (Watcher){.seq = 65533, .id = 0};
    watch_picture(watcher, sink, source, true, 3, 0);
}

static void stop_watching(Sink *sink, Source *source)
{
    heard_stream_in_deinit(&source->stream);
    heard_stream_out_deinit(&sink->lane);
}

static void each_limit_leaves_its_layers(void **state)
{
    static const struct {
        uint8_t limit;
        unsigned sent[3]; /* of 80 pictures */
    } rows[] = {{0, {20, 0, 0}}, {1, {20, 20, 0}}, {2, {20, 20, 40}}, {7, {20, 20, 40}}};
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Watcher watcher;
        Source source;
        Sink sink;

        start_watching(&watcher, &sink, &source);
        while (source.phase != 0)
            watch_picture(&watcher, &sink, &source, false, 2, 40000);
        memset(watcher.sent, 0, sizeof(watcher.sent));
        heard_stream_out_limit(&sink.lane, rows[i].limit, rows[i].limit);
        for (unsigned k = 0; k < 80; k++)
            watch_picture(&watcher, &sink, &source, false, k % 3 + 1, 80000 + k * FRAME_US);
        for (unsigned layer = 0; layer < 3; layer++)
            assert_int_equal(watcher.sent[layer], rows[i].sent[layer]);
        stop_watching(&sink, &source);
    }
}

static void rises_where_layers_may_be_joined(void **state)
{
    Watcher watcher;
    Source source;
    Sink sink;
    (void)state;

    start_watching(&watcher, &sink, &source);
    heard_stream_out_limit(&sink.lane, 0, 0);
    for (unsigned k = 0; k < 13; k++)
        watch_picture(&watcher, &sink, &source, false, 2, k * FRAME_US);
    assert_int_equal(watcher.sent[1] + watcher.sent[2], 0);
    heard_stream_out_limit(&sink.lane, HEARD_THIN_ALL, HEARD_THIN_ALL);
    /* Next are layers 1 (of its own line), 2, 0, and then 2 and 1 that may be joined: first 1. */
    for (unsigned k = 0; k < 5; k++)
        watch_picture(&watcher, &sink, &source, false, 2, (20 + k) * FRAME_US);
    assert_int_equal(watcher.sent[1], 1);
    assert_int_equal(watcher.sent[2], 0);
    for (unsigned k = 0; k < 8; k++)
        watch_picture(&watcher, &sink, &source, false, 2, (30 + k) * FRAME_US);
    assert_true(watcher.sent[2] > 0);
    /* A key frame brings all at once. */
    heard_stream_out_limit(&sink.lane, 0, 0);
    watch_picture(&watcher, &sink, &source, false, 2, 50 * FRAME_US);
    heard_stream_out_limit(&sink.lane, HEARD_THIN_ALL, HEARD_THIN_ALL);
    watch_picture(&watcher, &sink, &source, true, 4, 51 * FRAME_US);
    memset(watcher.sent, 0, sizeof(watcher.sent));
    for (unsigned k = 0; k < 7; k++)
        watch_picture(&watcher, &sink, &source, false, 2, (52 + k) * FRAME_US);
    assert_int_equal(watcher.sent[0] + watcher.sent[1] + watcher.sent[2], 7);
    /* When nothing was left out for long, the lane needs no memory for it. */
    assert_non_null(sink.lane.thin);
    for (unsigned k = 0; k < 300; k++)
        watch_picture(&watcher, &sink, &source, false, 2, (60 + k) * FRAME_US);
    assert_null(sink.lane.thin);
    stop_watching(&sink, &source);
}

static void random_limits_stay_decodable(void **state)
{
    uint32_t seed = 55555;
    Watcher watcher;
    Source source;
    Sink sink;
    (void)state;

    print_message("# seed %u\n", seed);
    start_watching(&watcher, &sink, &source);
    for (unsigned k = 0; k < 20000; k++) {
        if (next_random(&seed) % 30 == 0) {
            static const uint8_t limits[] = {0, 1, 2, HEARD_THIN_ALL};
            uint8_t limit = limits[next_random(&seed) % 4];
            heard_stream_out_limit(&sink.lane, limit, limit);
        }
        watch_picture(&watcher, &sink, &source, next_random(&seed) % 200 == 0,
                      next_random(&seed) % 4 + 1, k * FRAME_US);
    }
    assert_true(watcher.sent[0] > watcher.sent[1] && watcher.sent[1] > 1000);
    stop_watching(&sink, &source);
}

/*
 * With loss, reordering, late repair, probes and switches, against a slow model: a table of
 * everything that is known of a run. Numbers and ids are counted anew for each packet.
 */
enum { TABLE = 1 << 17, LATE_MAX = 300, ROUNDS = 12000 };

typedef enum { UNKNOWN, KEPT, OUT } Fate;

typedef struct {
    uint8_t packets[TABLE];  /* Fate by number since the run's first */
    uint8_t pictures[TABLE]; /* Fate by picture since the run's first */
    unsigned newest, newest_picture;
    bool ended, has_picture, empty_run;
    uint8_t limit, next_limit, current;
    uint16_t first_seq, first_id; /* as sent */
    uint16_t source_seq;          /* of the run's first */
    unsigned source_picture;
    uint32_t source, pending;
    uint16_t highest_out, highest_id;
} Model;

typedef struct {
    Source *source;
    Packet packet;
    unsigned due;
} InFlight;

static void begin_run(Model *model, const InFlight *flight, uint16_t seq)
{
    memset(model->packets, UNKNOWN, sizeof(model->packets));
    memset(model->pictures, UNKNOWN, sizeof(model->pictures));
    if (model->source != flight->source->id)
        model->limit = model->next_limit;
    model->current = model->limit;
    model->source = flight->source->id;
    model->pending = 0;
    model->first_seq = (uint16_t)(model->highest_out + 1);
    model->first_id = (model->highest_id + 1) & 0x7fff;
    model->source_seq = seq;
    model->source_picture = flight->packet.picture;
    model->newest = 0;
    model->newest_picture = 0;
    model->empty_run = true;
    model->has_picture = false;
}

static bool gap_is_out(const Model *model, unsigned picture, bool starts, bool leave)
{
    unsigned first = model->newest_picture + (model->ended ? 1 : 0);
    unsigned candidates = 0;

    if (!model->has_picture)
        return false;
    for (unsigned p = first; p <= picture; p++) {
        if (p == picture && p != model->newest_picture && starts)
            continue;
        candidates++;
        if (p == picture ? !leave : model->pictures[p] != OUT)
            return false;
    }
    return candidates > 0;
}

/* What must become of the packet; number and picture are counted from the run's first. */
static HeardThinVerdict expect(Model *model, const Packet *packet, bool starts, bool ends,
                               bool keyframe, unsigned number, unsigned picture)
{
    bool leave, newest = model->empty_run || number > model->newest;
    Fate gap = UNKNOWN;

    if (!newest) {
        if (model->packets[number] == OUT)
            return HEARD_THIN_LEAVE_OUT;
        model->packets[number] = KEPT;
        if (packet->empty)
            return HEARD_THIN_KEEP;
        model->newest_picture = MAX(model->newest_picture, picture);
        if (model->pictures[picture] != OUT)
            return HEARD_THIN_KEEP;
        return HEARD_THIN_EMPTY;
    }
    if (packet->empty) {
        leave = model->current < HEARD_THIN_ALL;
    } else if (!model->empty_run && picture <= model->newest_picture && picture > 0) {
        leave = model->pictures[picture] == OUT;
    } else {
        if (model->limit < model->current || keyframe)
            model->current = model->limit;
        if (packet->sync && packet->layer == model->current + 1 && packet->layer <= model->limit)
            model->current = packet->layer;
        leave = packet->layer > model->current;
    }
    if (!packet->empty && gap_is_out(model, picture, starts, leave))
        gap = OUT;
    for (unsigned n = model->newest + 1; n < number; n++)
        model->packets[n] = (uint8_t)gap;
    model->packets[number] = leave ? OUT : KEPT;
    if (!packet->empty) {
        model->pictures[picture] = leave ? OUT : KEPT;
        model->newest_picture = picture;
    }
    model->newest = number;
    model->ended = ends;
    model->has_picture = !packet->empty;
    model->empty_run = false;
    return leave ? HEARD_THIN_LEAVE_OUT : HEARD_THIN_KEEP;
}

static unsigned count_kept(const uint8_t *fates, unsigned before)
{
    unsigned count = 0;

    for (unsigned i = 0; i < before; i++)
        count += fates[i] != OUT;
    return count;
}

/* What was sent under each number, to be asked for again. */
typedef struct {
    uint32_t source;
    uint16_t source_seq;
    uint8_t payload[64];
    size_t size;
    bool sent;
} Remembered;

typedef struct {
    Sink sink;
    Model model;
    Source sources[2];
    InFlight flights[LATE_MAX];
    unsigned flight_count, pictures;
    Remembered sent[65536];
    unsigned kept, left_out, emptied, late;
    uint32_t seed;
} World;

static void deliver(World *world, const InFlight *flight, int64_t now_us)
{
    Model *model = &world->model;
    Sink *sink = &world->sink;
    uint8_t bytes[PACKET_SIZE_MAX];
    const Packet *packet = &flight->packet;
    HeardThinVerdict verdict;
    HeardPacketIn in;
    HeardForward result;
    unsigned number, picture;
    bool starts_run, ahead;

    memcpy(bytes, packet->bytes, packet->size);
    if (heard_stream_in_packet(&flight->source->stream, bytes, packet->size, now_us, &in) !=
        HEARD_STREAM_IN_MEDIA)
        return;
    if (!sink->lane.thin)
        model->current = model->limit = HEARD_THIN_ALL;
    if (sink->lane.thin && sink->lane.thin->joining)
        model->ended = false; /* the lane did not watch until now */
    starts_run = model->pending == flight->source->id && in.keyframe && in.newest && !in.empty;
    result = forward(sink, flight->source->id, &in);
    if (starts_run)
        begin_run(model, flight, in.view.seq);
    if (model->source != flight->source->id) {
        assert_int_not_equal(result, HEARD_FORWARD_SENT);
        return;
    }
    number = (uint16_t)(in.view.seq - model->source_seq);
    if (number > 60000) { /* from before the run */
        assert_int_equal(result, HEARD_FORWARD_OLD);
        return;
    }
    picture = packet->picture - model->source_picture;
    verdict = expect(model, packet, in.frame_start, in.view.marker, in.keyframe, number, picture);
    world->late += !in.newest;
    if (verdict == HEARD_THIN_LEAVE_OUT) {
        world->left_out++;
        assert_int_equal(result, HEARD_FORWARD_THINNED);
        return;
    }
    assert_int_equal(result, HEARD_FORWARD_SENT);
    assert_int_equal(sink->view.seq,
                     (uint16_t)(model->first_seq + count_kept(model->packets, number)));
    ahead = heard_seq_newer(sink->view.seq, model->highest_out);
    if (ahead)
        model->highest_out = sink->view.seq;
    if (verdict == HEARD_THIN_EMPTY || packet->empty) {
        world->emptied += verdict == HEARD_THIN_EMPTY;
        assert_int_equal(sink->view.payload_size, 0);
    } else {
        world->kept++;
        assert_int_equal(picture_id(sink),
                         (model->first_id + count_kept(model->pictures, picture)) & 0x7fff);
        if (ahead)
            model->highest_id = picture_id(sink);
        assert_memory_equal(sink->out + sink->size - TAG_SIZE,
                            packet->bytes + packet->size - TAG_SIZE, TAG_SIZE);
    }
    world->sent[sink->view.seq] =
        (Remembered){flight->source->id, in.view.seq, {0}, sink->view.payload_size, true};
    memcpy(world->sent[sink->view.seq].payload, sink->out + sink->view.payload_offset,
           sink->view.payload_size);
    world->sent[(uint16_t)(sink->view.seq + 2000)].sent = false; /* a turn ago */
}

/* Any number: found exactly when it was sent lately, and sent again as it was. */
static void ask_again(World *world, int64_t now_us)
{
    Sink *sink = &world->sink;
    uint16_t seq = (uint16_t)(sink->lane.seq - next_random(&world->seed) % 500);
    const Remembered *sent = &world->sent[seq];
    uint32_t source;
    uint16_t source_seq;
    HeardPacketIn in;
    bool found = heard_stream_out_lookup(&sink->lane, seq, &source, &source_seq);

    assert_int_equal(found, sent->sent);
    if (!found)
        return;
    assert_int_equal(source, sent->source);
    assert_int_equal(source_seq, sent->source_seq);
    if (!heard_stream_in_find(&world->sources[source - 1].stream, source_seq, &in) ||
        heard_stream_out_resend(&sink->lane, seq, &in, NULL, now_us, sink->out, sizeof(sink->out),
                                &sink->size) != HEARD_FORWARD_SENT)
        return;
    assert_int_equal(heard_rtp_parse(sink->out, sink->size, &sink->view), HEARD_RTP_OK);
    assert_int_equal(heard_get16(sink->out + sink->view.payload_offset), seq);
    assert_int_equal(sink->view.payload_size, sent->size + 2);
    assert_memory_equal(sink->out + sink->view.payload_offset + 2, sent->payload, sent->size);
}

static void post(World *world, Source *source, const Packet *packet, int64_t now_us)
{
    unsigned chance = next_random(&world->seed) % 100;
    InFlight flight = {source, *packet, 0};

    if (chance < 2)
        return; /* lost for good */
    if (chance < 12 && world->flight_count < LATE_MAX) {
        flight.due = chance < 6 ? 1 : next_random(&world->seed) % 100 + 2;
        world->flights[world->flight_count++] = flight;
        return;
    }
    deliver(world, &flight, now_us);
}

static void deliver_late(World *world, int64_t now_us)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < world->flight_count; i++) {
        if (world->flights[i].due == 0)
            deliver(world, &world->flights[i], now_us);
        else
            world->flights[kept++] = world->flights[i];
    }
    world->flight_count = kept;
    for (unsigned i = 0; i < kept; i++)
        world->flights[i].due--;
}

static void send_picture(World *world, Source *source, int64_t now_us)
{
    bool keyframe = next_random(&world->seed) % 100 == 0;
    unsigned packets = next_random(&world->seed) % 4 + 1;

    begin_picture(source, keyframe);
    world->pictures++;
    for (unsigned i = 0; i < packets; i++) {
        Packet packet = {.picture = source->next.picture_id};

        make_packet(source, &packet, i == 0, i + 1 == packets, keyframe && i == 0);
        packet.picture = world->pictures / 2;
        post(world, source, &packet, now_us);
        deliver_late(world, now_us);
    }
    if (next_random(&world->seed) % 20 == 0) {
        Packet probe = {.picture = world->pictures / 2};

        make_probe(source, &probe);
        post(world, source, &probe, now_us);
    }
    end_picture(source);
}

static void change_something(World *world)
{
    static const uint8_t limits[] = {0, 0, 1, 2, HEARD_THIN_ALL, HEARD_THIN_ALL};
    Model *model = &world->model;

    if (next_random(&world->seed) % 40 == 0) {
        model->limit = limits[next_random(&world->seed) % G_N_ELEMENTS(limits)];
        model->next_limit = limits[next_random(&world->seed) % G_N_ELEMENTS(limits)];
        heard_stream_out_limit(&world->sink.lane, model->limit, model->next_limit);
    }
    if (next_random(&world->seed) % 150 == 0) {
        uint32_t source = next_random(&world->seed) % 2 + 1;

        heard_stream_out_switch(&world->sink.lane, source);
        model->pending = source == model->source ? 0 : source;
    }
}

static void random_loss_matches_the_model(void **state)
{
    World *world = g_new0(World, 1);
    (void)state;

    world->seed = 424242;
    print_message("# seed %u\n", world->seed);
    open_sink(&world->sink);
    open_source(&world->sources[0], 1, 65000);
    open_source(&world->sources[1], 2, 100);
    world->model.highest_out = 65533;
    world->model.limit = world->model.next_limit = world->model.current = HEARD_THIN_ALL;
    heard_stream_out_switch(&world->sink.lane, 1);
    world->model.pending = 1;
    for (unsigned round = 0; round < ROUNDS; round++) {
        int64_t now_us = 1000000 + (int64_t)round * FRAME_US;

        change_something(world);
        send_picture(world, &world->sources[0], now_us);
        send_picture(world, &world->sources[1], now_us);
        ask_again(world, now_us);
    }
    assert_true(world->kept > ROUNDS && world->left_out > ROUNDS / 10);
    assert_true(world->emptied > 10 && world->late > ROUNDS / 20);
    heard_stream_in_deinit(&world->sources[0].stream);
    heard_stream_in_deinit(&world->sources[1].stream);
    heard_stream_out_deinit(&world->sink.lane);
    g_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_limit_leaves_its_layers),
        cmocka_unit_test(rises_where_layers_may_be_joined),
        cmocka_unit_test(random_limits_stay_decodable),
        cmocka_unit_test(random_loss_matches_the_model),
    };

    return cmocka_run_group_tests_name("media thin", tests, NULL, NULL);
}
