/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/rtp/sequence.h"
#include "media/rtp/stream_out.h"

enum { OUT_SSRC = 0xabcd, OUT_RTX = 0xbcde, OUT_PT = 120, OUT_RTX_PT = 121, TWCC_EXT = 3 };

static const HeardStreamOutConfig video_lane = {
    .codecs = {[HEARD_CODEC_VP8] = {true, OUT_PT, OUT_RTX_PT}},
    .ssrc = OUT_SSRC,
    .rtx_ssrc = OUT_RTX,
    .transport_cc_ext = TWCC_EXT,
    .video = true,
};

/* One publisher's camera, with numbers and a clock of its own. */
typedef struct {
    uint32_t id;
    HeardStreamIn stream;
    Vp8Packet next;
    uint8_t packet[PACKET_SIZE_MAX];
    HeardPacketIn in;
} Source;

static void open_source(Source *source, uint32_t id, uint16_t seq, uint32_t rtp_ts)
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
                               .rtp_ts = rtp_ts,
                               .picture_id = seq,
                               .tl0_index = (uint8_t)id,
                               .start = true};
}

/* The source's next packet; of a new frame when first. */
static void produce(Source *source, bool first, bool keyframe, int64_t now_us)
{
    size_t size;

    source->next.start = first;
    source->next.keyframe = keyframe;
    size = make_vp8(source->packet, &source->next);
    assert_int_equal(
        heard_stream_in_packet(&source->stream, source->packet, size, now_us, &source->in),
        HEARD_STREAM_IN_MEDIA);
    source->next.seq++;
}

static void end_frame(Source *source, uint32_t ticks)
{
    source->next.rtp_ts += ticks;
    source->next.picture_id = (source->next.picture_id + 1) & 0x7fff;
    source->next.tl0_index++;
}

typedef struct {
    HeardStreamOut lane;
    uint16_t twcc;
    uint8_t out[PACKET_SIZE_MAX];
    size_t size;
    HeardRtpView view;
} Sink;

static HeardForward forward(Sink *sink, Source *source)
{
    HeardForward result =
        heard_stream_out_forward(&sink->lane, source->id, &source->in, &sink->twcc, sink->out,
                                 sizeof(sink->out), &sink->size);

    if (result == HEARD_FORWARD_SENT)
        assert_int_equal(heard_rtp_parse(sink->out, sink->size, &sink->view), HEARD_RTP_OK);
    return result;
}

static void open_sink(Sink *sink)
{
    memset(sink, 0, sizeof(*sink));
    heard_stream_out_init(&sink->lane, &video_lane, 65533, 0xfffffff0);
}

static uint16_t picture_id(const Sink *sink)
{
    return heard_get16(sink->out + sink->view.payload_offset + 2) & 0x7fff;
}

static uint8_t tl0_index(const Sink *sink)
{
    return sink->out[sink->view.payload_offset + 4];
}

static void rewrites_everything(void **state)
{
    Source a;
    Sink sink;
    uint8_t size;
    const uint8_t *twcc;
    (void)state;

    open_source(&a, 1, 1000, 5000);
    open_sink(&sink);
    sink.twcc = 700;
    produce(&a, true, false, 0);
    assert_int_equal(forward(&sink, &a), HEARD_FORWARD_NO_SOURCE);
    assert_true(heard_stream_out_switch(&sink.lane, 1));
    assert_int_equal(forward(&sink, &a), HEARD_FORWARD_WAIT_KEYFRAME);
    assert_int_equal(sink.twcc, 700);
    produce(&a, true, true, 0);
    assert_int_equal(forward(&sink, &a), HEARD_FORWARD_SENT);
    assert_int_equal(sink.view.ssrc, OUT_SSRC);
    assert_int_equal(sink.view.payload_type, OUT_PT);
    assert_int_equal(sink.view.seq, 65534);
    assert_int_equal(sink.view.rtp_ts, 0xfffffff0);
    assert_int_equal(picture_id(&sink), 1);
    assert_int_equal(tl0_index(&sink), 1);
    twcc = heard_rtp_extension(sink.out, &sink.view, TWCC_EXT, &size);
    assert_non_null(twcc);
    assert_int_equal(heard_get16(twcc), 700);
    assert_int_equal(sink.twcc, 701);
    heard_stream_in_deinit(&a.stream);
    heard_stream_out_deinit(&sink.lane);
}

static void refuses_what_would_grow_too_large(void **state)
{
    uint8_t packet[HEARD_RTP_PACKET_MAX] = {0};
    uint8_t out[HEARD_RTP_PACKET_MAX + 64];
    HeardPacketIn in = {.data = packet,
                        .size = sizeof(packet),
                        .codec = HEARD_CODEC_VP8,
                        .clock_rate_hz = 90000,
                        .keyframe = true,
                        .newest = true};
    Sink sink;
    size_t size;
    (void)state;

    assert_int_equal(heard_rtp_parse((const uint8_t[12]){0x80}, 12, &in.view), HEARD_RTP_OK);
    in.view.payload_size = sizeof(packet) - HEARD_RTP_HEADER_SIZE;
    open_sink(&sink);
    heard_stream_out_switch(&sink.lane, 1);
    assert_int_equal(heard_stream_out_forward(&sink.lane, 1, &in, NULL, out, sizeof(out), &size),
                     HEARD_FORWARD_NO_ROOM);
    in.view.payload_size = 1200;
    assert_int_equal(heard_stream_out_forward(&sink.lane, 1, &in, NULL, out, 1200, &size),
                     HEARD_FORWARD_NO_ROOM);
    assert_int_equal(heard_stream_out_forward(&sink.lane, 1, &in, NULL, out, 1300, &size),
                     HEARD_FORWARD_SENT);
    heard_stream_out_deinit(&sink.lane);
}

static void keeps_the_old_source_until_the_key_frame(void **state)
{
    Source a, b;
    Sink sink;
    uint32_t rtp_ts;
    uint16_t seq, id;
    uint8_t tl0;
    (void)state;

    open_source(&a, 1, 1000, 5000);
    open_source(&b, 2, 60000, 4000000000u);
    open_sink(&sink);
    heard_stream_out_switch(&sink.lane, 1);
    produce(&a, true, true, 1000000);
    forward(&sink, &a);
    end_frame(&a, 3600);
    heard_stream_out_switch(&sink.lane, 2);
    produce(&a, true, false, 1040000);
    assert_int_equal(forward(&sink, &a), HEARD_FORWARD_SENT);
    rtp_ts = sink.view.rtp_ts;
    seq = sink.view.seq;
    id = picture_id(&sink);
    tl0 = tl0_index(&sink);
    produce(&b, true, false, 1050000);
    assert_int_equal(forward(&sink, &b), HEARD_FORWARD_WAIT_KEYFRAME);
    end_frame(&b, 3600);
    produce(&b, true, true, 1090000);
    assert_int_equal(forward(&sink, &b), HEARD_FORWARD_SENT);
    assert_int_equal(sink.view.rtp_ts, rtp_ts + 90 * 50); /* 50 ms went by */
    assert_int_equal(sink.view.seq, (uint16_t)(seq + 1));
    assert_int_equal(picture_id(&sink), (id + 1) & 0x7fff);
    assert_int_equal(tl0_index(&sink), (uint8_t)(tl0 + 1));
    assert_int_equal(heard_stream_out_sr_deadline_us(&sink.lane), INT64_MIN);
    produce(&a, true, false, 1100000);
    assert_int_equal(forward(&sink, &a), HEARD_FORWARD_OTHER_SOURCE);
    heard_stream_in_deinit(&a.stream);
    heard_stream_in_deinit(&b.stream);
    heard_stream_out_deinit(&sink.lane);
}

static void answers_a_nack_by_rtx(void **state)
{
    Source a;
    Sink sink;
    HeardPacketIn again;
    uint8_t first[PACKET_SIZE_MAX];
    size_t first_size;
    uint32_t source;
    uint16_t seq, source_seq;
    (void)state;

    open_source(&a, 1, 1000, 5000);
    open_sink(&sink);
    heard_stream_out_switch(&sink.lane, 1);
    produce(&a, true, true, 0);
    forward(&sink, &a);
    seq = sink.view.seq;
    first_size = sink.view.payload_size;
    memcpy(first, sink.out + sink.view.payload_offset, first_size);
    produce(&a, false, false, 0);
    forward(&sink, &a);

    assert_true(heard_stream_out_lookup(&sink.lane, seq, &source, &source_seq));
    assert_int_equal(source, 1);
    assert_int_equal(source_seq, 1000);
    assert_true(heard_stream_in_find(&a.stream, source_seq, &again));
    assert_int_equal(heard_stream_out_resend(&sink.lane, seq, &again, &sink.twcc, 100000, sink.out,
                                             sizeof(sink.out), &sink.size),
                     HEARD_FORWARD_SENT);
    assert_int_equal(heard_rtp_parse(sink.out, sink.size, &sink.view), HEARD_RTP_OK);
    assert_int_equal(sink.view.ssrc, OUT_RTX);
    assert_int_equal(sink.view.payload_type, OUT_RTX_PT);
    assert_int_equal(heard_get16(sink.out + sink.view.payload_offset), seq);
    assert_int_equal(sink.view.payload_size, first_size + 2);
    assert_memory_equal(sink.out + sink.view.payload_offset + 2, first, first_size);
    assert_int_equal(heard_stream_out_resend(&sink.lane, seq, &again, &sink.twcc, 101000, sink.out,
                                             sizeof(sink.out), &sink.size),
                     HEARD_FORWARD_RECENT);
    assert_false(heard_stream_out_lookup(&sink.lane, (uint16_t)(seq + 9), &source, &source_seq));
    heard_stream_in_deinit(&a.stream);
    heard_stream_out_deinit(&sink.lane);
}

/* A key frame of another source needs nothing from before it: the line is kept for what does. */
static void sends_nothing_again_from_before_a_switch(void **state)
{
    Source a, b;
    Sink sink;
    HeardPacketIn old;
    uint16_t seq;
    (void)state;

    open_source(&a, 1, 1000, 5000);
    open_source(&b, 2, 7000, 9000);
    open_sink(&sink);
    heard_stream_out_switch(&sink.lane, 1);
    produce(&a, true, true, 0);
    forward(&sink, &a);
    seq = sink.view.seq;
    assert_true(heard_stream_in_find(&a.stream, 1000, &old));
    heard_stream_out_switch(&sink.lane, 2);
    assert_int_equal(heard_stream_out_resend(&sink.lane, seq, &old, &sink.twcc, 50000, sink.out,
                                             sizeof(sink.out), &sink.size),
                     HEARD_FORWARD_SENT);
    produce(&b, true, true, 100000);
    assert_int_equal(forward(&sink, &b), HEARD_FORWARD_SENT);
    assert_int_equal(heard_stream_out_resend(&sink.lane, seq, &old, &sink.twcc, 900000, sink.out,
                                             sizeof(sink.out), &sink.size),
                     HEARD_FORWARD_OLD);
    heard_stream_in_deinit(&a.stream);
    heard_stream_in_deinit(&b.stream);
    heard_stream_out_deinit(&sink.lane);
}

static void goes_on_after_a_pause(void **state)
{
    Source a;
    Sink sink;
    uint16_t seq;
    uint32_t rtp_ts;
    (void)state;

    open_source(&a, 1, 1000, 5000);
    open_sink(&sink);
    heard_stream_out_switch(&sink.lane, 1);
    produce(&a, true, true, 0);
    forward(&sink, &a);
    seq = sink.view.seq;
    rtp_ts = sink.view.rtp_ts;
    assert_true(heard_stream_out_hold(&sink.lane));
    a.next.seq = (uint16_t)(a.next.seq + 300); /* not forwarded meanwhile */
    end_frame(&a, 90000 * 10);
    produce(&a, true, false, 10000000);
    assert_int_equal(forward(&sink, &a), HEARD_FORWARD_WAIT_KEYFRAME);
    produce(&a, true, true, 10000000);
    assert_int_equal(forward(&sink, &a), HEARD_FORWARD_SENT);
    assert_int_equal(sink.view.seq, (uint16_t)(seq + 1));
    assert_int_equal(sink.view.rtp_ts, rtp_ts + 90000 * 10);
    heard_stream_in_deinit(&a.stream);
    heard_stream_out_deinit(&sink.lane);
}

static void a_clock_that_leaps_is_anchored_again(void **state)
{
    static const int32_t leaps[] = {90000 * 3600, -90000 * 10, INT32_MIN};
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(leaps); i++) {
        Source a;
        Sink sink;
        uint32_t rtp_ts;

        open_source(&a, 1, 1000, 5000);
        open_sink(&sink);
        heard_stream_out_switch(&sink.lane, 1);
        produce(&a, true, true, 0);
        forward(&sink, &a);
        rtp_ts = sink.view.rtp_ts;
        end_frame(&a, (uint32_t)leaps[i]);
        produce(&a, true, false, 40000);
        assert_int_equal(forward(&sink, &a), HEARD_FORWARD_SENT);
        assert_int_equal(sink.view.rtp_ts, rtp_ts + 3600);
        heard_stream_in_deinit(&a.stream);
        heard_stream_out_deinit(&sink.lane);
    }
}

static void reports_on_the_servers_clock(void **state)
{
    Source a;
    Sink sink;
    HeardSenderClock clock = {0};
    HeardSenderReport report;
    int64_t ntp_us = INT64_C(3900000000) * 1000000; /* a publisher's clock, far from ours */
    (void)state;

    open_source(&a, 1, 1000, 5000);
    open_sink(&sink);
    heard_stream_out_switch(&sink.lane, 1);
    produce(&a, true, true, 1000000);
    forward(&sink, &a);
    assert_false(heard_stream_out_sender_report(&sink.lane, &a.stream, &clock, 1000000, &report));
    heard_stream_in_sender_report(&a.stream, heard_ntp_from_us(ntp_us), 5000 + 900, 1020000);
    heard_sender_clock_report(&clock, ntp_us, 1020000);
    assert_true(heard_stream_out_sender_report(&sink.lane, &a.stream, &clock, 1120000, &report));
    assert_int_equal(report.ssrc, OUT_SSRC);
    assert_int_equal(heard_ntp_to_us(report.ntp), 1120000);
    assert_int_equal(report.rtp_ts, sink.view.rtp_ts + 900 + 9000);
    assert_int_equal(report.packets, 1);
    assert_int_equal(heard_stream_out_sr_deadline_us(&sink.lane), 1120000 + HEARD_STREAM_OUT_SR_US);
    heard_stream_in_deinit(&a.stream);
    heard_stream_out_deinit(&sink.lane);
}

static void learns_the_round_trip(void **state)
{
    Sink sink;
    HeardReportBlock block = {.ssrc = OUT_SSRC, .fraction_lost = 26};
    (void)state;

    open_sink(&sink);
    assert_int_equal(sink.lane.rtt_us, -1);
    block.last_sr = (uint32_t)(heard_ntp_from_us(5000000) >> 16);
    block.delay_since_last_sr = 65536 / 2;
    heard_stream_out_report(&sink.lane, &block, 5580000);
    assert_in_range(sink.lane.rtt_us, 79900, 80100);
    assert_int_equal(sink.lane.fraction_lost, 26);
    heard_stream_out_deinit(&sink.lane);
}

/* What a receiver checks: one run of numbers, timestamps that never go back and never
 * leave elapsed time, pictures that count on, whatever is switched under it. */
static void random_switches_look_like_one_stream(void **state)
{
    enum { SOURCES = 4, FRAMES = 6000, FRAME_US = 40000 };
    Source sources[SOURCES];
    Sink sink;
    uint32_t seed = 987654321;
    int64_t now_us = 7000000;
    int64_t first_us = -1;
    uint16_t seq = 65533;
    uint32_t first_ts = 0;
    uint16_t last_id = 0;
    unsigned sent = 0, switches = 0;
    uint32_t shown = 0;
    (void)state;

    print_message("# seed %u\n", seed);
    open_sink(&sink);
    for (uint32_t i = 0; i < SOURCES; i++)
        open_source(&sources[i], i + 1, (uint16_t)next_random(&seed), next_random(&seed));
    for (int frame = 0; frame < FRAMES; frame++, now_us += FRAME_US) {
        if (next_random(&seed) % 20 == 0)
            heard_stream_out_switch(&sink.lane, next_random(&seed) % SOURCES + 1);
        for (uint32_t i = 0; i < SOURCES; i++) {
            unsigned packets = next_random(&seed) % 4 + 1;
            bool keyframe = next_random(&seed) % 15 == 0;
            for (unsigned p = 0; p < packets; p++) {
                produce(&sources[i], p == 0, keyframe && p == 0, now_us + i * 1000);
                if (forward(&sink, &sources[i]) != HEARD_FORWARD_SENT)
                    continue;
                assert_int_equal(sink.view.seq, (uint16_t)(seq + 1));
                seq = sink.view.seq;
                if (first_us < 0) {
                    first_us = now_us + i * 1000;
                    first_ts = sink.view.rtp_ts;
                }
                /* Jitter of the sources' order in a round is all that may differ. */
                assert_true(ABS((int32_t)(sink.view.rtp_ts - first_ts -
                                          (uint32_t)((now_us + i * 1000 - first_us) * 9 / 100))) <=
                            90 * SOURCES);
                assert_in_range((picture_id(&sink) - last_id) & 0x7fff, 0, 1);
                last_id = picture_id(&sink);
                switches += shown != sources[i].id;
                shown = sources[i].id;
                sent++;
            }
            end_frame(&sources[i], 3600);
        }
    }
    assert_true(sent > FRAMES);
    assert_true(switches > 50);
    for (uint32_t i = 0; i < SOURCES; i++)
        heard_stream_in_deinit(&sources[i].stream);
    heard_stream_out_deinit(&sink.lane);
}

/* Loss and late repair before the lane: each number maps back to its own packet. */
static void late_packets_find_their_place(void **state)
{
    Source a;
    Sink sink;
    uint8_t kept[PACKET_SIZE_MAX];
    HeardPacketIn late;
    uint16_t seq;
    uint32_t source;
    uint16_t source_seq;
    (void)state;

    open_source(&a, 1, 1000, 5000);
    open_sink(&sink);
    heard_stream_out_switch(&sink.lane, 1);
    produce(&a, true, true, 0);
    forward(&sink, &a);
    seq = sink.view.seq;
    produce(&a, false, false, 0);
    late = a.in;
    memcpy(kept, a.in.data, a.in.size);
    late.data = kept;
    late.newest = false;
    produce(&a, false, false, 0);
    assert_int_equal(forward(&sink, &a), HEARD_FORWARD_SENT);
    assert_int_equal(sink.view.seq, (uint16_t)(seq + 2));
    assert_false(heard_stream_out_lookup(&sink.lane, (uint16_t)(seq + 1), &source, &source_seq));
    a.in = late;
    assert_int_equal(forward(&sink, &a), HEARD_FORWARD_SENT);
    assert_int_equal(sink.view.seq, (uint16_t)(seq + 1));
    assert_true(heard_stream_out_lookup(&sink.lane, (uint16_t)(seq + 1), &source, &source_seq));
    assert_int_equal(source_seq, 1001);
    heard_stream_in_deinit(&a.stream);
    heard_stream_out_deinit(&sink.lane);
}

/* Probes: numbered, on the RTX stream, nothing but padding, as large as one can be. */
static void pads_on_the_rtx_stream(void **state)
{
    static const size_t wanted[] = {0, 100, 250, 5000};
    Sink sink;
    uint16_t seq = 0;
    (void)state;

    open_sink(&sink);
    sink.twcc = 65534;
    assert_true(heard_stream_out_can_pad(&sink.lane));
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        size_t size = heard_stream_out_pad(&sink.lane, wanted[i], &sink.twcc, sink.out, 1500);
        const uint8_t *number;
        uint8_t number_size;

        assert_int_equal(heard_rtp_parse(sink.out, size, &sink.view), HEARD_RTP_OK);
        assert_int_equal(size, CLAMP(wanted[i], 21, 20 + 255));
        assert_int_equal(sink.view.ssrc, OUT_RTX);
        assert_int_equal(sink.view.payload_type, OUT_RTX_PT);
        assert_int_equal(sink.view.payload_size, 0);
        number = heard_rtp_extension(sink.out, &sink.view, TWCC_EXT, &number_size);
        assert_int_equal(heard_get16(number), (uint16_t)(65534 + i));
        if (i > 0)
            assert_int_equal(sink.view.seq, (uint16_t)(seq + 1));
        seq = sink.view.seq;
    }
    assert_int_equal(heard_stream_out_pad(&sink.lane, 100, &sink.twcc, sink.out, 200), 0);
    sink.lane.config.rtx_ssrc = 0;
    assert_false(heard_stream_out_can_pad(&sink.lane));
    heard_stream_out_deinit(&sink.lane);
}

/* The line collapsed: the old source goes at once, the new one comes with its key frame. */
static void stops_before_the_key_frame(void **state)
{
    Source a, b;
    Sink sink;
    uint16_t seq;
    (void)state;

    open_source(&a, 1, 1000, 5000);
    open_source(&b, 2, 2000, 6000);
    open_sink(&sink);
    heard_stream_out_switch(&sink.lane, 1);
    produce(&a, true, true, 0);
    forward(&sink, &a);
    seq = sink.view.seq;
    heard_stream_out_switch(&sink.lane, 2);
    heard_stream_out_stop(&sink.lane);
    produce(&a, false, false, 1000);
    assert_int_equal(forward(&sink, &a), HEARD_FORWARD_OTHER_SOURCE);
    produce(&b, true, true, 2000);
    assert_int_equal(forward(&sink, &b), HEARD_FORWARD_SENT);
    assert_int_equal(sink.view.seq, (uint16_t)(seq + 1));
    heard_stream_in_deinit(&a.stream);
    heard_stream_in_deinit(&b.stream);
    heard_stream_out_deinit(&sink.lane);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rewrites_everything),
        cmocka_unit_test(refuses_what_would_grow_too_large),
        cmocka_unit_test(keeps_the_old_source_until_the_key_frame),
        cmocka_unit_test(answers_a_nack_by_rtx),
        cmocka_unit_test(sends_nothing_again_from_before_a_switch),
        cmocka_unit_test(goes_on_after_a_pause),
        cmocka_unit_test(a_clock_that_leaps_is_anchored_again),
        cmocka_unit_test(reports_on_the_servers_clock),
        cmocka_unit_test(learns_the_round_trip),
        cmocka_unit_test(random_switches_look_like_one_stream),
        cmocka_unit_test(late_packets_find_their_place),
        cmocka_unit_test(pads_on_the_rtx_stream),
        cmocka_unit_test(stops_before_the_key_frame),
    };

    return cmocka_run_group_tests_name("media stream_out", tests, NULL, NULL);
}
