/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/rtcp/parse.h"
#include "media/rtcp/report.h"

enum { SSRC = 0x1111, OUT_SSRC = 0xabcd };

typedef struct {
    HeardStreamIn stream;
    HeardStreamIn *streams[1];
    HeardStreamOut lane;
    HeardReportLane lanes[1];
    HeardSenderClock clock;
    HeardTwcc twcc;
    HeardReporter reporter;
    HeardReportParts parts;
    uint16_t lost[64];
    size_t lost_count;
    unsigned kinds[HEARD_RTCP_KIND_COUNT]; /* seen in the last packet */
} Peer;

static void on_lost(void *data, size_t stream, const uint16_t *seqs, size_t count)
{
    Peer *peer = data;

    assert_int_equal(stream, 0);
    for (size_t i = 0; i < count; i++)
        peer->lost[peer->lost_count++] = seqs[i];
}

static void begin(Peer *peer)
{
    HeardStreamInConfig in = {
        .codecs = {{HEARD_CODEC_VP8, PT_VP8, PT_RTX, true}}, .codec_count = 1, .ssrc = SSRC};
    HeardStreamOutConfig out = {
        .codecs = {[HEARD_CODEC_VP8] = {true, PT_VP8, PT_RTX}}, .ssrc = OUT_SSRC, .video = true};

    memset(peer, 0, sizeof(*peer));
    heard_stream_in_init(&peer->stream, &in, 0);
    heard_stream_out_init(&peer->lane, &out, 1, 1);
    heard_twcc_init(&peer->twcc);
    peer->streams[0] = &peer->stream;
    peer->lanes[0] = (HeardReportLane){&peer->lane, &peer->stream, &peer->clock};
    peer->parts = (HeardReportParts){.streams = peer->streams,
                                     .stream_count = 1,
                                     .lanes = peer->lanes,
                                     .lane_count = 1,
                                     .twcc = &peer->twcc,
                                     .ssrc = OUT_SSRC,
                                     .cname = "heard",
                                     .on_lost = on_lost,
                                     .data = peer};
}

static void finish(Peer *peer)
{
    heard_stream_in_deinit(&peer->stream);
    heard_stream_out_deinit(&peer->lane);
}

static HeardPacketIn receive(Peer *peer, uint16_t seq, bool keyframe, int64_t now_us)
{
    static uint8_t packet[PACKET_SIZE_MAX];
    Vp8Packet want = {
        .ssrc = SSRC, .seq = seq, .rtp_ts = seq * 3000u, .start = true, .keyframe = keyframe};
    HeardPacketIn in;
    size_t size = make_vp8(packet, &want);

    assert_int_equal(heard_stream_in_packet(&peer->stream, packet, size, now_us, &in),
                     HEARD_STREAM_IN_MEDIA);
    return in;
}

/* One packet, its kinds counted; false when nothing is due. */
static bool write_one(Peer *peer, int64_t now_us)
{
    uint8_t packet[HEARD_RTCP_COMPOUND_MAX + 64];
    size_t size =
        heard_rtcp_report_write(&peer->reporter, &peer->parts, now_us, packet, sizeof(packet));
    HeardRtcpReader reader;
    HeardRtcpItem item;
    bool first = true;

    memset(peer->kinds, 0, sizeof(peer->kinds));
    heard_rtcp_reader_init(&reader, packet, size);
    for (; heard_rtcp_next(&reader, &item); first = false) {
        if (first) /* RFC 3550 6.1: a compound packet begins with a report */
            assert_true(item.kind == HEARD_RTCP_SR || item.kind == HEARD_RTCP_RR);
        peer->kinds[item.kind]++;
    }
    assert_false(heard_rtcp_malformed(&reader));
    assert_in_range(size, 0, HEARD_RTCP_COMPOUND_MAX);
    return size > 0;
}

static void reports_each_second(void **state)
{
    Peer peer;
    (void)state;

    begin(&peer);
    receive(&peer, 1, true, 0);
    assert_true(write_one(&peer, 0));
    assert_int_equal(peer.kinds[HEARD_RTCP_RR], 1);
    assert_int_equal(peer.kinds[HEARD_RTCP_SDES], 1);
    assert_false(write_one(&peer, 0));
    assert_int_equal(heard_rtcp_report_deadline_us(&peer.reporter, &peer.parts),
                     HEARD_REPORT_INTERVAL_US);
    assert_false(write_one(&peer, HEARD_REPORT_INTERVAL_US - 1));
    assert_true(write_one(&peer, HEARD_REPORT_INTERVAL_US));
    finish(&peer);
}

static void asks_again_and_for_a_picture(void **state)
{
    Peer peer;
    (void)state;

    begin(&peer);
    receive(&peer, 1, true, 0);
    while (write_one(&peer, 0)) {
    }
    receive(&peer, 4, false, 1000);
    heard_stream_in_want_keyframe(&peer.stream);
    heard_twcc_packet(&peer.twcc, 9, 1000);
    assert_true(write_one(&peer, 1000 + HEARD_NACK_REORDER_US));
    assert_int_equal(peer.kinds[HEARD_RTCP_NACK], 1);
    assert_int_equal(peer.kinds[HEARD_RTCP_PLI], 1);
    assert_int_equal(peer.kinds[HEARD_RTCP_TWCC], 0);
    assert_false(write_one(&peer, 1000 + HEARD_NACK_REORDER_US));
    assert_true(write_one(&peer, 1000 + HEARD_TWCC_INTERVAL_US));
    assert_int_equal(peer.kinds[HEARD_RTCP_TWCC], 1);
    finish(&peer);
}

static void tells_what_is_lost(void **state)
{
    Peer peer;
    (void)state;

    begin(&peer);
    receive(&peer, 10, true, 0);
    receive(&peer, 13, false, 0);
    for (int64_t now_us = 0; now_us <= 2 * HEARD_NACK_GIVE_UP_US; now_us += 10000)
        while (write_one(&peer, now_us)) {
        }
    assert_int_equal(peer.lost_count, 2);
    assert_int_equal(peer.lost[0], 11);
    assert_int_equal(peer.lost[1], 12);
    assert_true(peer.stream.pli_wanted);
    finish(&peer);
}

static void sender_report_at_once_then_each_second(void **state)
{
    HeardPacketIn in;
    uint8_t out[PACKET_SIZE_MAX];
    size_t size;
    Peer peer;
    (void)state;

    begin(&peer);
    heard_stream_out_switch(&peer.lane, 7);
    in = receive(&peer, 1, true, 2000000);
    heard_stream_in_sender_report(&peer.stream, heard_ntp_from_us(1000000), 3000, 2000000);
    heard_sender_clock_report(&peer.clock, 1000000, 2000000);
    assert_true(write_one(&peer, 2000000));
    assert_int_equal(peer.kinds[HEARD_RTCP_SR], 0); /* nothing was sent yet */
    assert_int_equal(heard_stream_out_forward(&peer.lane, 7, &in, NULL, out, sizeof(out), &size),
                     HEARD_FORWARD_SENT);
    assert_true(write_one(&peer, 2000000));
    assert_int_equal(peer.kinds[HEARD_RTCP_SR], 1);
    assert_false(write_one(&peer, 2000000));
    assert_true(write_one(&peer, 2000000 + HEARD_STREAM_OUT_SR_US));
    assert_int_equal(peer.kinds[HEARD_RTCP_SR], 1);
    peer.lanes[0].source = NULL; /* its publisher left */
    peer.parts.stream_count = 0;
    peer.parts.twcc = NULL;
    assert_int_equal(heard_rtcp_report_deadline_us(&peer.reporter, &peer.parts), INT64_MAX);
    assert_false(write_one(&peer, 90000000));
    finish(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_each_second),
        cmocka_unit_test(asks_again_and_for_a_picture),
        cmocka_unit_test(tells_what_is_lost),
        cmocka_unit_test(sender_report_at_once_then_each_second),
    };

    return cmocka_run_group_tests_name("media report", tests, NULL, NULL);
}
