/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/rtp/stream_in.h"

enum { SSRC = 0x1111, RTX_SSRC = 0x2222 };

typedef struct {
    HeardStreamIn stream;
    HeardPacketIn in;
    uint8_t packet[PACKET_SIZE_MAX + 4];
} Fixture;

static const HeardStreamInConfig video_config = {
    .codecs = {{HEARD_CODEC_VP8, PT_VP8, PT_RTX, true}},
    .codec_count = 1,
    .ssrc = SSRC,
    .rtx_ssrc = RTX_SSRC,
};

static void begin(Fixture *f, const HeardStreamInConfig *config)
{
    memset(f, 0, sizeof(*f));
    heard_stream_in_init(&f->stream, config, 0);
}

static HeardStreamInResult vp8(Fixture *f, uint16_t seq, bool keyframe, int64_t now_us)
{
    Vp8Packet want = {.ssrc = SSRC,
                      .rtp_ts = 3000u * seq,
                      .seq = seq,
                      .picture_id = seq,
                      .start = true,
                      .keyframe = keyframe,
                      .marker = true};
    size_t size = make_vp8(f->packet, &want);

    return heard_stream_in_packet(&f->stream, f->packet, size, now_us, &f->in);
}

static HeardStreamInResult rtx(Fixture *f, uint16_t seq, bool keyframe, int64_t now_us)
{
    Vp8Packet want = {.ssrc = SSRC,
                      .rtp_ts = 3000u * seq,
                      .seq = seq,
                      .picture_id = seq,
                      .start = true,
                      .keyframe = keyframe,
                      .marker = true};
    uint8_t original[PACKET_SIZE_MAX];
    size_t size = make_vp8(original, &want);

    size = make_rtx(f->packet, original, size, RTX_SSRC, (uint16_t)(seq + 77));
    return heard_stream_in_packet(&f->stream, f->packet, size, now_us, &f->in);
}

static void describes_a_key_frame(void **state)
{
    Fixture f;
    (void)state;

    begin(&f, &video_config);
    assert_int_equal(vp8(&f, 500, true, 1000), HEARD_STREAM_IN_MEDIA);
    assert_true(f.in.keyframe);
    assert_true(f.in.frame_start);
    assert_true(f.in.newest);
    assert_false(f.in.recovered);
    assert_int_equal((uint16_t)f.in.seq64, 500);
    assert_int_equal(f.in.picture_id_bits, 15);
    assert_int_equal(heard_get16(f.in.data + f.in.picture_id_offset), 0x8000 | 500);
    assert_int_equal(f.stream.width, 640);
    assert_int_equal(f.stream.height, 360);
    assert_true(heard_stream_in_alive(&f.stream, 1000));
    assert_false(heard_stream_in_alive(&f.stream, 10000000));
    heard_stream_in_deinit(&f.stream);
}

static void undoes_rtx(void **state)
{
    Fixture f;
    Vp8Packet want = {.ssrc = SSRC,
                      .rtp_ts = 3000u * 11,
                      .seq = 11,
                      .picture_id = 11,
                      .start = true,
                      .marker = true};
    uint8_t original[PACKET_SIZE_MAX];
    size_t size = make_vp8(original, &want);
    (void)state;

    begin(&f, &video_config);
    vp8(&f, 10, true, 0);
    vp8(&f, 12, false, 1000);
    assert_int_equal(rtx(&f, 11, false, 30000), HEARD_STREAM_IN_MEDIA);
    assert_true(f.in.recovered);
    assert_false(f.in.newest);
    assert_int_equal(f.in.size, size);
    assert_memory_equal(f.in.data, original, size);
    assert_int_equal(rtx(&f, 11, false, 31000), HEARD_STREAM_IN_DUPLICATE);
    assert_int_equal(heard_nack_deadline_us(&f.stream.nack), INT64_MAX);
    heard_stream_in_deinit(&f.stream);
}

static void drops_what_is_not_media(void **state)
{
    Fixture f;
    HeardRtpHeader probe = {.ssrc = RTX_SSRC, .seq = 1, .payload_type = PT_RTX};
    size_t size;
    (void)state;

    begin(&f, &video_config);
    size = heard_rtp_write_header(f.packet, PACKET_SIZE_MAX, &probe, NULL, 0);
    size = heard_rtp_pad(f.packet, size, size + 224);
    assert_int_equal(heard_stream_in_packet(&f.stream, f.packet, size, 0, &f.in),
                     HEARD_STREAM_IN_PADDING);
    assert_int_equal(heard_stream_in_packet(&f.stream, f.packet, 11, 0, &f.in),
                     HEARD_STREAM_IN_MALFORMED);
    vp8(&f, 1, true, 0);
    assert_int_equal(vp8(&f, 1, true, 0), HEARD_STREAM_IN_DUPLICATE);
    size = make_opus(f.packet, SSRC, 2, 0, 0, 0);
    assert_int_equal(heard_stream_in_packet(&f.stream, f.packet, size, 0, &f.in),
                     HEARD_STREAM_IN_UNKNOWN_PAYLOAD);
    heard_stream_in_deinit(&f.stream);
}

static void reads_the_audio_level(void **state)
{
    static const HeardStreamInConfig config = {
        .codecs = {{HEARD_CODEC_OPUS, PT_OPUS, 0, false}},
        .codec_count = 1,
        .ssrc = SSRC,
        .audio_level_ext = 4,
    };
    Fixture f;
    size_t size;
    (void)state;

    begin(&f, &config);
    size = make_opus(f.packet, SSRC, 9, 960, 4, 0x80 | 33);
    assert_int_equal(heard_stream_in_packet(&f.stream, f.packet, size, 0, &f.in),
                     HEARD_STREAM_IN_MEDIA);
    assert_int_equal(f.in.audio_level, 33);
    assert_true(f.in.voice);
    size = make_opus(f.packet, SSRC, 10, 1920, 0, 0);
    heard_stream_in_packet(&f.stream, f.packet, size, 0, &f.in);
    assert_int_equal(f.in.audio_level, -1);
    heard_stream_in_deinit(&f.stream);
}

static void finds_a_packet_again(void **state)
{
    Fixture f;
    HeardPacketIn again;
    (void)state;

    begin(&f, &video_config);
    for (uint16_t seq = 65500; seq != 100; seq++)
        vp8(&f, seq, seq == 65500, 0);
    assert_true(heard_stream_in_find(&f.stream, 65535, &again));
    assert_int_equal(again.view.seq, 65535);
    assert_int_equal(again.picture_id, 0x7fff);
    assert_int_equal(f.in.seq64 - again.seq64, 100);
    assert_false(heard_stream_in_find(&f.stream, 100, &again));
    heard_stream_in_deinit(&f.stream);
}

static HeardStreamInResult h264(Fixture *f, uint16_t seq, uint32_t rtp_ts, uint8_t nal)
{
    HeardRtpHeader header = {.ssrc = SSRC, .rtp_ts = rtp_ts, .seq = seq, .payload_type = 98};
    size_t size = heard_rtp_write_header(f->packet, PACKET_SIZE_MAX, &header, NULL, 0);

    memset(f->packet + size, 1, 20);
    f->packet[size] = nal;
    return heard_stream_in_packet(&f->stream, f->packet, size + 20, seq * 1000, &f->in);
}

static void an_h264_key_frame_begins_with_its_parameters(void **state)
{
    static const HeardStreamInConfig config = {
        .codecs = {{HEARD_CODEC_H264, 98, 99, true}}, .codec_count = 1, .ssrc = SSRC};
    uint16_t batch[HEARD_NACK_BATCH_MAX];
    size_t count;
    Fixture f;
    (void)state;

    begin(&f, &config);
    h264(&f, 1, 0, 0x65);
    assert_true(f.in.keyframe); /* none seen in band so far */
    h264(&f, 2, 3000, 0x67);
    assert_true(f.in.keyframe);
    h264(&f, 4, 3000, 0x65); /* the picture parameter set, 3, is missing */
    assert_false(f.in.keyframe);
    assert_int_equal(heard_nack_poll(&f.stream.nack, 20000, batch, &count), HEARD_NACK_RESEND);
    assert_int_equal(batch[0], 3);
    heard_stream_in_deinit(&f.stream);
}

static void asks_for_a_key_frame_until_it_comes(void **state)
{
    Fixture f;
    (void)state;

    begin(&f, &video_config);
    assert_false(heard_stream_in_poll_pli(&f.stream, 0));
    heard_stream_in_want_keyframe(&f.stream);
    assert_true(heard_stream_in_poll_pli(&f.stream, 0));
    assert_false(heard_stream_in_poll_pli(&f.stream, HEARD_STREAM_PLI_SPACING_US - 1));
    assert_true(heard_stream_in_poll_pli(&f.stream, HEARD_STREAM_PLI_SPACING_US));
    vp8(&f, 1, true, HEARD_STREAM_PLI_SPACING_US);
    assert_int_equal(heard_stream_in_pli_deadline_us(&f.stream), INT64_MAX);
    heard_stream_in_deinit(&f.stream);
}

static void asks_once_a_second_in_the_long_run(void **state)
{
    Fixture f;
    unsigned sent = 0;
    (void)state;

    begin(&f, &video_config);
    for (int64_t now_us = 0; now_us < 20 * HEARD_STREAM_PLI_INTERVAL_US; now_us += 1000) {
        heard_stream_in_want_keyframe(&f.stream); /* each millisecond somebody wants one */
        sent += heard_stream_in_poll_pli(&f.stream, now_us);
    }
    assert_in_range(sent, 20, 20 + HEARD_STREAM_PLI_BURST);
    heard_stream_in_deinit(&f.stream);
}

static void survives_a_restart_of_the_publisher(void **state)
{
    Fixture f;
    int64_t before;
    (void)state;

    begin(&f, &video_config);
    vp8(&f, 30000, true, 0);
    before = f.in.seq64;
    assert_int_equal(vp8(&f, 20000, true, 1000), HEARD_STREAM_IN_OLD);
    assert_int_equal(vp8(&f, 20001, true, 2000), HEARD_STREAM_IN_MEDIA);
    assert_true(f.in.newest);
    assert_true(f.in.seq64 > before);
    assert_int_equal((uint16_t)f.in.seq64, 20001);
    heard_stream_in_deinit(&f.stream);
}

static void reports_loss_and_the_last_sender_report(void **state)
{
    Fixture f;
    HeardReportBlock block;
    (void)state;

    begin(&f, &video_config);
    for (uint16_t seq = 65530; seq != 14; seq++)
        if (seq % 4 != 0)
            vp8(&f, seq, seq == 65530, seq * 1000);
    heard_stream_in_sender_report(&f.stream, UINT64_C(0x1122334455667788), 1, 1000000);
    heard_stream_in_report(&f.stream, 1500000, &block);
    assert_int_equal(block.ssrc, SSRC);
    assert_int_equal(block.highest_seq, 0x10000 + 13);
    assert_int_equal(block.cumulative_lost, 5);
    assert_int_equal(block.fraction_lost, 5 * 256 / 20);
    assert_int_equal(block.last_sr, 0x33445566);
    assert_int_equal(block.delay_since_last_sr, 32768);
    heard_stream_in_deinit(&f.stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_a_key_frame),
        cmocka_unit_test(undoes_rtx),
        cmocka_unit_test(drops_what_is_not_media),
        cmocka_unit_test(reads_the_audio_level),
        cmocka_unit_test(finds_a_packet_again),
        cmocka_unit_test(an_h264_key_frame_begins_with_its_parameters),
        cmocka_unit_test(asks_for_a_key_frame_until_it_comes),
        cmocka_unit_test(asks_once_a_second_in_the_long_run),
        cmocka_unit_test(survives_a_restart_of_the_publisher),
        cmocka_unit_test(reports_loss_and_the_last_sender_report),
    };

    return cmocka_run_group_tests_name("media stream_in", tests, NULL, NULL);
}
