/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/rtp/sender_clock.h"
#include "media/rtp/stats.h"

#include <math.h>

static void counts_loss_per_interval(void **state)
{
    HeardRtpStats stats = {0};
    HeardReportBlock block;
    (void)state;

    for (int64_t seq = 0x10000; seq < 0x10000 + 100; seq++)
        if ((seq - 0x10000) % 10 != 5)
            heard_rtp_stats_packet(&stats, seq, (uint32_t)seq * 3000, 1000, 90000, seq * 33333);
    heard_rtp_stats_report(&stats, &block);
    assert_int_equal(block.highest_seq, 99);
    assert_int_equal(block.cumulative_lost, 10);
    assert_int_equal(block.fraction_lost, 25); /* a tenth of 256 */
    for (int64_t seq = 0x10000 + 100; seq < 0x10000 + 200; seq++)
        heard_rtp_stats_packet(&stats, seq, (uint32_t)seq * 3000, 1000, 90000, seq * 33333);
    heard_rtp_stats_report(&stats, &block);
    assert_int_equal(block.cumulative_lost, 10);
    assert_int_equal(block.fraction_lost, 0);
    heard_rtp_stats_report(&stats, &block); /* nothing came: no division by zero */
    assert_int_equal(block.fraction_lost, 0);
}

/* Model: RFC 3550 A.8 in floating point, J += (|D| - J) / 16. */
static void jitter_follows_the_formula(void **state)
{
    HeardRtpStats stats = {0};
    HeardReportBlock block;
    uint32_t seed = 161;
    double jitter = 0;
    int64_t before_us = 0;
    (void)state;

    print_message("# seed %u\n", seed);
    for (int i = 0; i < 5000; i++) {
        int64_t now_us = (int64_t)i * 20000 + next_random(&seed) % 15000;
        heard_rtp_stats_packet(&stats, 0x10000 + i, 0xffff0000u + (uint32_t)i * 960, 100, 48000,
                               now_us);
        if (i > 0) {
            double d = (double)(now_us - before_us - 20000) * 0.048;
            jitter += (fabs(d) - jitter) / 16;
        }
        before_us = now_us;
        heard_rtp_stats_report(&stats, &block);
        assert_true(fabs(block.jitter - jitter) < 3);
    }
    assert_true(jitter > 100);
}

static void a_step_of_the_clock_is_not_jitter(void **state)
{
    HeardRtpStats stats = {0};
    HeardReportBlock block;
    (void)state;

    heard_rtp_stats_packet(&stats, 0x10000, 0, 100, 90000, 0);
    heard_rtp_stats_packet(&stats, 0x10001, 90000 * 60, 100, 90000, 33000);
    heard_rtp_stats_report(&stats, &block);
    assert_int_equal(block.jitter, 0);
}

static void measures_the_last_second(void **state)
{
    HeardRate rate = {0};
    (void)state;

    for (int64_t now_us = 5000000; now_us < 8000000; now_us += 10000)
        heard_rate_add(&rate, 1250, now_us); /* 1 Mbit/s */
    assert_in_range(heard_rate_bps(&rate, 7999999), 990000, 1010000);
    assert_in_range(heard_rate_bps(&rate, 8500000), 400000, 510000);
    assert_int_equal(heard_rate_bps(&rate, 9100000), 0);
}

static void ntp_and_microseconds_agree(void **state)
{
    static const int64_t rows[] = {0, 1, 999999, 1000000, 123456789, INT64_C(3900000000123456)};
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(heard_ntp_to_us(heard_ntp_from_us(rows[i])), rows[i]);
    assert_int_equal(heard_ntp_from_us(1500000), UINT64_C(0x180000000));
}

static void one_constant_until_the_clock_jumps(void **state)
{
    HeardSenderClock clock = {0};
    (void)state;

    heard_sender_clock_report(&clock, 50000000, 1000000);
    assert_int_equal(clock.offset_us, -49000000);
    heard_sender_clock_report(&clock, 51000000, 2080000); /* late by 80 ms */
    assert_int_equal(clock.offset_us, -49000000);
    heard_sender_clock_report(&clock, 951000000, 3000000);
    assert_int_equal(clock.offset_us, -948000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_loss_per_interval),
        cmocka_unit_test(jitter_follows_the_formula),
        cmocka_unit_test(a_step_of_the_clock_is_not_jitter),
        cmocka_unit_test(measures_the_last_second),
        cmocka_unit_test(ntp_and_microseconds_agree),
        cmocka_unit_test(one_constant_until_the_clock_jumps),
    };

    return cmocka_run_group_tests_name("media stats", tests, NULL, NULL);
}
