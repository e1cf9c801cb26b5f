/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/rtcp/twcc.h"

static uint8_t packet[HEARD_RTCP_COMPOUND_MAX];
static HeardTwccResult results[HEARD_TWCC_FEEDBACK_MAX];

/* One feedback packet, parsed again; 0 when none was due. */
static size_t feedback(HeardTwcc *twcc, int64_t now_us, uint8_t *ret_number)
{
    HeardRtcpWriter writer;
    HeardRtcpReader reader;
    HeardRtcpItem item;
    size_t count;

    heard_rtcp_writer_init(&writer, packet, sizeof(packet));
    if (!heard_twcc_write(twcc, &writer, 1, 2, now_us))
        return 0;
    heard_rtcp_reader_init(&reader, packet, writer.size);
    assert_true(heard_rtcp_next(&reader, &item));
    assert_int_equal(item.kind, HEARD_RTCP_TWCC);
    assert_int_equal(item.media_ssrc, 2);
    assert_true(heard_twcc_parse(&item, results, G_N_ELEMENTS(results), &count, ret_number));
    assert_false(heard_rtcp_next(&reader, &item));
    assert_false(heard_rtcp_malformed(&reader));
    return count;
}

static void reports_each_interval(void **state)
{
    HeardTwcc twcc;
    uint8_t number;
    (void)state;

    heard_twcc_init(&twcc);
    assert_int_equal(heard_twcc_deadline_us(&twcc), INT64_MAX);
    heard_twcc_packet(&twcc, 65534, 1000000);
    heard_twcc_packet(&twcc, 0, 1010000); /* 65535 is missing */
    heard_twcc_packet(&twcc, 1, 1010250);
    assert_int_equal(feedback(&twcc, 1000000 + HEARD_TWCC_INTERVAL_US - 1, &number), 0);
    assert_int_equal(feedback(&twcc, 1000000 + HEARD_TWCC_INTERVAL_US, &number), 4);
    assert_int_equal(number, 0);
    assert_int_equal(results[0].seq, 65534);
    assert_true(results[0].received);
    assert_false(results[1].received);
    assert_int_equal(results[2].arrival_us - results[0].arrival_us, 10000);
    assert_int_equal(results[3].arrival_us - results[2].arrival_us, 250);
    assert_int_equal(feedback(&twcc, 9000000, &number), 0);
}

static void tells_a_late_packet_after_all(void **state)
{
    HeardTwcc twcc;
    uint8_t number;
    (void)state;

    heard_twcc_init(&twcc);
    heard_twcc_packet(&twcc, 10, 0);
    heard_twcc_packet(&twcc, 12, 1000);
    feedback(&twcc, 100000, &number);
    heard_twcc_packet(&twcc, 11, 110000);
    assert_int_equal(feedback(&twcc, 200000, &number), 2);
    assert_int_equal(number, 1);
    assert_int_equal(results[0].seq, 11);
    assert_true(results[0].received);
    assert_true(results[1].arrival_us < results[0].arrival_us); /* a negative delta */
}

static void a_burst_does_not_wait(void **state)
{
    HeardTwcc twcc;
    (void)state;

    heard_twcc_init(&twcc);
    for (uint16_t i = 0; i < HEARD_TWCC_EARLY_COUNT; i++)
        heard_twcc_packet(&twcc, i, 0);
    assert_int_equal(heard_twcc_deadline_us(&twcc), INT64_MIN);
}

static void a_long_silence_needs_a_new_base(void **state)
{
    HeardTwcc twcc;
    uint8_t number;
    (void)state;

    heard_twcc_init(&twcc);
    heard_twcc_packet(&twcc, 1, 0);
    heard_twcc_packet(&twcc, 2, 20000000); /* no 16-bit delta reaches over 20 s */
    assert_int_equal(feedback(&twcc, 20000000, &number), 1);
    assert_int_equal(results[0].seq, 1);
    assert_int_equal(feedback(&twcc, 20000000, &number), 1);
    assert_int_equal(results[0].seq, 2);
    assert_int_equal(results[0].arrival_us, 20000000);
}

/* What Firefox sends after a break: more numbers than we ever put into one. */
static void takes_more_than_we_write(void **state)
{
    enum { NUMBERS = 536, SIZE = 12 + 8 + 2 + NUMBERS + 2 };
    uint8_t bytes[SIZE] = {0xaf, 205, 0, SIZE / 4 - 1};
    HeardRtcpReader reader;
    HeardRtcpItem item;
    size_t count;
    uint8_t number;
    (void)state;

    heard_put16(bytes + 14, NUMBERS);
    heard_put16(bytes + 20, 0x2000 | NUMBERS);
    memset(bytes + 22, 4, NUMBERS);
    bytes[SIZE - 1] = 2; /* padding */
    heard_rtcp_reader_init(&reader, bytes, sizeof(bytes));
    assert_true(heard_rtcp_next(&reader, &item));
    assert_true(heard_twcc_parse(&item, results, G_N_ELEMENTS(results), &count, &number));
    assert_int_equal(count, NUMBERS);
    assert_true(results[NUMBERS - 1].received);
    assert_int_equal(results[NUMBERS - 1].arrival_us, NUMBERS * 1000);
    assert_false(heard_twcc_parse(&item, results, NUMBERS - 1, &count, &number));
}

static void refuses_garbage(void **state)
{
    /* 20 numbers promised by one run of received, 1 delta there */
    static const uint8_t bytes[] = {0x8f, 205, 0, 5,  0, 0, 0, 1, 0,    0,  0, 2,
                                    0,    1,   0, 20, 0, 0, 0, 0, 0x20, 20, 1, 0};
    HeardRtcpReader reader;
    HeardRtcpItem item;
    size_t count;
    uint8_t number;
    (void)state;

    heard_rtcp_reader_init(&reader, bytes, sizeof(bytes));
    assert_true(heard_rtcp_next(&reader, &item));
    assert_false(heard_twcc_parse(&item, results, G_N_ELEMENTS(results), &count, &number));
    assert_false(heard_twcc_parse(&item, results, 19, &count, &number));
}

/* Slow model: the arrival of each number in a table. Whatever is lost, late or bursting,
 * a number told as received did arrive at that time, and all that came is told. */
static void random_traffic_comes_back(void **state)
{
    enum { PACKETS = 30000 };
    g_autofree int64_t *arrival_us = g_new(int64_t, PACKETS);
    g_autofree uint8_t *told = g_new0(uint8_t, PACKETS);
    uint32_t seed = 20260131;
    int64_t now_us = INT64_C(5000000000);
    uint8_t expected = 0, number;
    HeardTwcc twcc;
    unsigned lost = 0;
    (void)state;

    print_message("# seed %u\n", seed);
    heard_twcc_init(&twcc);
    for (int n = 0; n < PACKETS; n++)
        arrival_us[n] = -1;
    for (int n = 0; n < PACKETS; n++) {
        int late = n - 1 - (int)(next_random(&seed) % 5);
        unsigned loss = (n / 3000) % 2 ? 30 : 2; /* quiet and bad times take turns */
        size_t count;
        now_us += n % 1000 == 0 ? 12000000 : next_random(&seed) % 3000;
        if (n == 0 || n == PACKETS - 1 || next_random(&seed) % 100 >= loss) {
            arrival_us[n] = now_us;
            heard_twcc_packet(&twcc, (uint16_t)(n + 60000), now_us);
        }
        if (late >= 0 && arrival_us[late] < 0 && next_random(&seed) % 2 == 0) {
            arrival_us[late] = now_us;
            heard_twcc_packet(&twcc, (uint16_t)(late + 60000), now_us);
        }
        while ((count = feedback(&twcc, n == PACKETS - 1 ? INT64_MAX - 1 : now_us, &number)) > 0) {
            assert_int_equal(number, expected++);
            for (size_t i = 0; i < count; i++) {
                int index = n - (uint16_t)((uint16_t)(n + 60000) - results[i].seq);
                if (!results[i].received)
                    continue;
                assert_in_range(index, 0, n);
                assert_int_equal(results[i].arrival_us, arrival_us[index] / 250 * 250);
                told[index] = 1;
            }
        }
    }
    for (int n = 0; n < PACKETS; n++) {
        assert_int_equal(told[n], arrival_us[n] >= 0);
        lost += !told[n];
    }
    assert_in_range(lost, 500, PACKETS / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_each_interval),
        cmocka_unit_test(tells_a_late_packet_after_all),
        cmocka_unit_test(a_burst_does_not_wait),
        cmocka_unit_test(a_long_silence_needs_a_new_base),
        cmocka_unit_test(takes_more_than_we_write),
        cmocka_unit_test(refuses_garbage),
        cmocka_unit_test(random_traffic_comes_back),
    };

    return cmocka_run_group_tests_name("media twcc", tests, NULL, NULL);
}
