/* SPDX-License-Identifier: Apache-2.0 */

/* Temporal layers left out of a lane, without loss before it. */
#include "temporal.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_limit_leaves_its_layers),
        cmocka_unit_test(rises_where_layers_may_be_joined),
        cmocka_unit_test(random_limits_stay_decodable),
    };

    return cmocka_run_group_tests_name("media thin", tests, NULL, NULL);
}
