/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/rtcp/build.h"
#include "media/rtcp/parse.h"
#include "media/rtcp/twcc.h"

static uint8_t packet[HEARD_RTCP_COMPOUND_MAX];

static const HeardReportBlock blocks[2] = {
    {0x11111111, 12, -5, 0x10002, 7, 0x22222222, 0x333},
    {0x44444444, 255, 0x7fffff, 9, 8, 0, 0},
};

static void reads_what_it_writes(void **state)
{
    static const uint16_t seqs[] = {65530, 65531, 65535, 10, 11, 40};
    static const uint32_t gone[] = {5, 6};
    HeardSenderReport sr = {1, UINT64_C(0x0102030405060708), 3, 4, 5};
    HeardReportBlock block;
    HeardRtcpWriter writer;
    HeardRtcpReader reader;
    HeardRtcpItem item;
    uint16_t list[16];
    uint32_t ssrc;
    size_t length;
    const char *cname;
    (void)state;

    heard_rtcp_writer_init(&writer, packet, sizeof(packet));
    assert_true(heard_rtcp_write_sr(&writer, &sr, blocks, 2));
    assert_true(heard_rtcp_write_cname(&writer, 1, "heard"));
    assert_true(heard_rtcp_write_nack(&writer, 1, 2, seqs, G_N_ELEMENTS(seqs)));
    assert_true(heard_rtcp_write_pli(&writer, 1, 3));
    assert_true(heard_rtcp_write_bye(&writer, gone, 2));
    assert_int_equal(writer.size % 4, 0);

    heard_rtcp_reader_init(&reader, packet, writer.size);
    assert_true(heard_rtcp_next(&reader, &item));
    assert_int_equal(item.kind, HEARD_RTCP_SR);
    assert_int_equal(item.ntp, sr.ntp);
    assert_int_equal(item.rtp_ts, 3);
    assert_int_equal(item.packets, 4);
    for (unsigned i = 0; i < 2; i++) {
        assert_true(heard_rtcp_block(&item, i, &block));
        assert_int_equal(block.ssrc, blocks[i].ssrc);
        assert_int_equal(block.fraction_lost, blocks[i].fraction_lost);
        assert_int_equal(block.cumulative_lost, blocks[i].cumulative_lost);
        assert_int_equal(block.highest_seq, blocks[i].highest_seq);
        assert_int_equal(block.jitter, blocks[i].jitter);
        assert_int_equal(block.last_sr, blocks[i].last_sr);
        assert_int_equal(block.delay_since_last_sr, blocks[i].delay_since_last_sr);
    }
    assert_false(heard_rtcp_block(&item, 2, &block));
    assert_true(heard_rtcp_next(&reader, &item));
    cname = heard_rtcp_cname(&item, &ssrc, &length);
    assert_int_equal(length, 5);
    assert_memory_equal(cname, "heard", 5);
    assert_true(heard_rtcp_next(&reader, &item));
    assert_int_equal(item.kind, HEARD_RTCP_NACK);
    assert_int_equal(item.media_ssrc, 2);
    assert_int_equal(item.body_size, 8 + 4); /* 10 and 11 lie within 16 of 65530 */
    assert_int_equal(heard_rtcp_nack_list(&item, list, 16), G_N_ELEMENTS(seqs));
    assert_memory_equal(list, seqs, sizeof(seqs));
    assert_int_equal(heard_rtcp_nack_list(&item, list, 3), 3);
    assert_true(heard_rtcp_next(&reader, &item));
    assert_int_equal(item.kind, HEARD_RTCP_PLI);
    assert_int_equal(item.media_ssrc, 3);
    assert_true(heard_rtcp_next(&reader, &item));
    assert_true(heard_rtcp_bye_source(&item, 1, &ssrc));
    assert_int_equal(ssrc, 6);
    assert_false(heard_rtcp_next(&reader, &item));
    assert_false(heard_rtcp_malformed(&reader));
}

static void takes_chromiums_empty_report(void **state)
{
    static const uint8_t empty[] = {0x80, 201, 0, 1, 0, 0, 0, 1};
    HeardRtcpReader reader;
    HeardRtcpItem item;
    (void)state;

    heard_rtcp_reader_init(&reader, empty, sizeof(empty));
    assert_true(heard_rtcp_next(&reader, &item));
    assert_int_equal(item.kind, HEARD_RTCP_RR);
    assert_int_equal(item.sender_ssrc, 1);
    assert_int_equal(item.count, 0);
    assert_false(heard_rtcp_next(&reader, &item));
    assert_false(heard_rtcp_malformed(&reader));
}

/* Chromium pads feedback to whole words by one to three bytes, and puts several in one packet. */
static void takes_chromiums_padded_feedback(void **state)
{
    static const uint8_t bytes[] = {
        0xaf, 205, 0, 6, 0, 0, 0, 1,  0,    0, 0, 2, /* numbers 7 to 9: a run of small deltas */
        0,    7,   0, 3, 0, 0, 1, 9,  0x20, 3, 4, 8, 12, 0, 0, 3, /**/
        0xaf, 205, 0, 5, 0, 0, 0, 1,  0,    0, 0, 2,              /* number 10 */
        0,    10,  0, 1, 0, 0, 1, 10, 0x20, 1, 4, 1,
    };
    static const struct {
        uint16_t first;
        size_t count;
        uint8_t number;
    } rows[] = {{7, 3, 9}, {10, 1, 10}};
    HeardTwccResult results[4];
    HeardRtcpReader reader;
    HeardRtcpItem item;
    uint8_t number;
    size_t count;
    (void)state;

    heard_rtcp_reader_init(&reader, bytes, sizeof(bytes));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_true(heard_rtcp_next(&reader, &item));
        assert_int_equal(item.kind, HEARD_RTCP_TWCC);
        assert_true(heard_twcc_parse(&item, results, G_N_ELEMENTS(results), &count, &number));
        assert_int_equal(number, rows[i].number);
        assert_int_equal(count, rows[i].count);
        assert_int_equal(results[0].seq, rows[i].first);
        assert_true(results[count - 1].received);
    }
    assert_false(heard_rtcp_next(&reader, &item));
    assert_false(heard_rtcp_malformed(&reader));
}

static void reads_remb_and_fir(void **state)
{
    static const uint8_t bytes[] = {0x8f, 206, 0,    5,   0,   0, 0,    1,    0,    0, 0,
                                    0,    'R', 'E',  'M', 'B', 1, 0x0b, 0xd0, 0x90, 0, 0,
                                    0,    9,   0x84, 206, 0,   4, 0,    0,    0,    1, 0,
                                    0,    0,   0,    0,   0,   0, 9,    3,    0,    0, 0};
    HeardRtcpReader reader;
    HeardRtcpItem item;
    uint32_t ssrc;
    uint8_t number;
    (void)state;

    heard_rtcp_reader_init(&reader, bytes, sizeof(bytes));
    assert_true(heard_rtcp_next(&reader, &item));
    assert_int_equal(item.kind, HEARD_RTCP_REMB);
    assert_int_equal(item.bitrate_bps, 250000 * 4);
    assert_true(heard_rtcp_next(&reader, &item));
    assert_int_equal(item.kind, HEARD_RTCP_FIR);
    assert_true(heard_rtcp_fir_target(&item, 0, &ssrc, &number));
    assert_int_equal(ssrc, 9);
    assert_int_equal(number, 3);
    assert_false(heard_rtcp_fir_target(&item, 1, &ssrc, &number));
}

static void stops_at_garbage(void **state)
{
    static const struct {
        uint8_t bytes[12];
        size_t size;
    } rows[] = {
        {{0x80, 201, 0, 1, 0, 0, 0}, 7},           /* cut off */
        {{0x40, 201, 0, 1, 0, 0, 0, 1}, 8},        /* version */
        {{0x81, 201, 0, 1, 0, 0, 0, 1}, 8},        /* a block that is not there */
        {{0xa0, 201, 0, 1, 0, 0, 0, 5}, 8},        /* padding beyond the packet */
        {{0xa0, 201, 0, 1, 0, 0, 0, 0}, 8},        /* padding of nothing */
        {{0x81, 205, 0, 1, 0, 0, 0, 1}, 8},        /* feedback without a media SSRC */
        {{0x81, 205, 0, 2, 0, 0, 0, 1, 0, 0}, 12}, /* NACK without entries */
        {{0x82, 203, 0, 1, 0, 0, 0, 1}, 8},        /* BYE of two with one */
    };
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        HeardRtcpReader reader;
        HeardRtcpItem item;
        heard_rtcp_reader_init(&reader, rows[i].bytes, rows[i].size);
        assert_false(heard_rtcp_next(&reader, &item));
        assert_true(heard_rtcp_malformed(&reader));
        assert_false(heard_rtcp_next(&reader, &item));
    }
}

static void writes_nothing_where_nothing_fits(void **state)
{
    HeardRtcpWriter writer;
    uint16_t seq = 1;
    (void)state;

    heard_rtcp_writer_init(&writer, packet, 15);
    assert_false(heard_rtcp_write_nack(&writer, 1, 2, &seq, 1));
    assert_false(heard_rtcp_write_rr(&writer, 1, blocks, 2));
    assert_int_equal(writer.size, 0);
    assert_true(heard_rtcp_write_pli(&writer, 1, 2));
    assert_int_equal(writer.size, 12);
}

/* Random sets of numbers come back as they were, in order. */
static void any_nack_comes_back(void **state)
{
    uint32_t seed = 4711;
    (void)state;

    print_message("# seed %u\n", seed);
    for (int round = 0; round < 2000; round++) {
        uint16_t seqs[64], list[64];
        size_t count = next_random(&seed) % 64 + 1;
        uint16_t seq = (uint16_t)next_random(&seed);
        HeardRtcpWriter writer;
        HeardRtcpReader reader;
        HeardRtcpItem item;
        for (size_t i = 0; i < count; i++) {
            seq = (uint16_t)(seq + 1 + next_random(&seed) % (round % 40 + 1));
            seqs[i] = seq;
        }
        heard_rtcp_writer_init(&writer, packet, sizeof(packet));
        assert_true(heard_rtcp_write_nack(&writer, 1, 2, seqs, count));
        heard_rtcp_reader_init(&reader, packet, writer.size);
        assert_true(heard_rtcp_next(&reader, &item));
        assert_int_equal(heard_rtcp_nack_list(&item, list, 64), count);
        assert_memory_equal(list, seqs, count * sizeof(seqs[0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_writes),
        cmocka_unit_test(takes_chromiums_empty_report),
        cmocka_unit_test(takes_chromiums_padded_feedback),
        cmocka_unit_test(reads_remb_and_fir),
        cmocka_unit_test(stops_at_garbage),
        cmocka_unit_test(writes_nothing_where_nothing_fits),
        cmocka_unit_test(any_nack_comes_back),
    };

    return cmocka_run_group_tests_name("media rtcp", tests, NULL, NULL);
}
