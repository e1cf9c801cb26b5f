/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/congestion/delay.h"

enum { SPACING_US = 10000 };

static const int64_t clocks_us = INT64_C(-123456789); /* the receiver's against ours */

/* Packets for so long, whose delay grows by growth a second; returns its end. */
static int64_t traffic(HeardDelay *delay, int64_t from_us, int64_t length_us, double level_us,
                       double growth)
{
    for (int64_t at = 0; at < length_us; at += SPACING_US) {
        int64_t queue_us = (int64_t)(level_us + growth * (double)at);

        heard_delay_packet(delay, from_us + at, from_us + at + clocks_us + queue_us);
        heard_delay_judge(delay);
    }
    return from_us + length_us;
}

static void steady_delay_is_no_queue(void **state)
{
    HeardDelay delay;
    (void)state;

    heard_delay_init(&delay);
    traffic(&delay, 1000000, 3000000, 50000, 0);
    assert_int_equal(delay.trend, HEARD_DELAY_STEADY);
    assert_int_equal(delay.queue_us, 0);
}

static void growing_queue_is_seen_and_its_end(void **state)
{
    int64_t now_us;
    HeardDelay delay;
    (void)state;

    heard_delay_init(&delay);
    now_us = traffic(&delay, 1000000, 2000000, 50000, 0);
    now_us = traffic(&delay, now_us, 500000, 50000, 0.2);
    assert_int_equal(delay.trend, HEARD_DELAY_RISING);
    assert_in_range(delay.queue_us, 60000, 100000);
    now_us = traffic(&delay, now_us, 500000, 150000, -0.2);
    assert_int_equal(delay.trend, HEARD_DELAY_FALLING);
    now_us = traffic(&delay, now_us, 2000000, 50000, 0);
    assert_int_equal(delay.trend, HEARD_DELAY_STEADY);
    assert_int_equal(heard_delay_excess_us(&delay) <= 0, true);
}

static void sudden_queue_is_seen_at_once(void **state)
{
    int64_t now_us;
    HeardDelay delay;
    (void)state;

    heard_delay_init(&delay);
    now_us = traffic(&delay, 1000000, 2000000, 50000, 0);
    traffic(&delay, now_us, 220000, 300000, 0);
    assert_int_equal(delay.trend, HEARD_DELAY_RISING);
}

/* A line that falls to half of what is sent: the queue grows by a millisecond each millisecond. */
static void steep_climb_is_seen_within_three_frames(void **state)
{
    HeardDelayTrend trend = HEARD_DELAY_STEADY;
    int64_t now_us;
    HeardDelay delay;
    (void)state;

    heard_delay_init(&delay);
    now_us = traffic(&delay, 1000000, 2000000, 50000, 0);
    for (int64_t at = 0; at <= 150000; at += SPACING_US) {
        assert_int_equal(delay.through_permille, 1000);
        heard_delay_packet(&delay, now_us + at, now_us + at + clocks_us + 50000 + at);
        trend = heard_delay_judge(&delay);
        if (trend == HEARD_DELAY_RISING)
            break;
    }
    assert_int_equal(trend, HEARD_DELAY_RISING);
    assert_in_range(delay.through_permille, 450, 600); /* half comes through */
}

/* A key frame of 100 ms, then frames that wait for what is left of it: no climb. */
static void large_frame_is_no_climb(void **state)
{
    HeardDelay delay;
    int64_t now_us;
    (void)state;

    heard_delay_init(&delay);
    now_us = traffic(&delay, 1000000, 2000000, 50000, 0);
    for (int i = 0; i < 30; i++)
        heard_delay_packet(&delay, now_us, now_us + clocks_us + 50000 + i * 3333);
    assert_int_not_equal(heard_delay_judge(&delay), HEARD_DELAY_RISING);
    for (int64_t at = SPACING_US; at <= 300000; at += SPACING_US) {
        heard_delay_packet(&delay, now_us + at,
                           now_us + at + clocks_us + 50000 + MAX(100000 - at, 0));
        assert_int_not_equal(heard_delay_judge(&delay), HEARD_DELAY_RISING);
    }
}

/* A frame of ten packets each 33 ms that takes 25 ms to get through: the line is idle between. */
static void bursts_of_frames_are_no_queue(void **state)
{
    HeardDelay delay;
    (void)state;

    heard_delay_init(&delay);
    for (int64_t sent_us = 1000000; sent_us < 5000000; sent_us += 33333) {
        for (int i = 0; i < 10; i++)
            heard_delay_packet(&delay, sent_us, sent_us + clocks_us + 50000 + i * 2500);
        assert_int_not_equal(heard_delay_judge(&delay), HEARD_DELAY_RISING);
        assert_true(delay.queue_us < 3000);
    }
}

static void jitter_is_no_queue(void **state)
{
    uint32_t seed = 20260603;
    unsigned rising = 0;
    HeardDelay delay;
    (void)state;

    print_message("# seed %u\n", seed);
    heard_delay_init(&delay);
    for (int64_t sent_us = 1000000; sent_us < 61000000; sent_us += SPACING_US) {
        heard_delay_packet(&delay, sent_us, sent_us + clocks_us + next_random(&seed) % 100000);
        rising += heard_delay_judge(&delay) == HEARD_DELAY_RISING;
    }
    assert_in_range(rising, 0, 20); /* of 6000 */
}

static void clock_that_runs_fast_is_no_queue(void **state)
{
    HeardDelay delay;
    (void)state;

    heard_delay_init(&delay);
    traffic(&delay, 1000000, 120000000, 50000, 0.0002);
    assert_int_equal(delay.trend, HEARD_DELAY_STEADY);
    assert_true(delay.queue_us < 10000);
}

static void what_others_fill_is_tolerated_until_they_go(void **state)
{
    int64_t now_us;
    HeardDelay delay;
    (void)state;

    heard_delay_init(&delay);
    now_us = traffic(&delay, 1000000, 2000000, 50000, 0);
    now_us = traffic(&delay, now_us, 2000000, 250000, 0);
    assert_in_range(delay.standing_us, 199000, 201000);
    heard_delay_tolerate(&delay);
    assert_true(heard_delay_excess_us(&delay) <= 0);
    now_us = traffic(&delay, now_us, 2000000, 50000, 0);
    assert_int_equal(delay.tolerated_us, 0);
    traffic(&delay, now_us, 500000, 50000, 0.2);
    assert_int_equal(delay.trend, HEARD_DELAY_RISING);
}

/* Slow model: all delays in a list; a point is the lowest of two neighbouring spans. */
static void random_delays_agree_with_a_list(void **state)
{
    enum { COUNT = 2000 };
    static int64_t sent_us[COUNT], delays_us[COUNT];
    uint32_t seed = 20260604;
    int64_t now_us = 1000000;
    HeardDelay delay;
    (void)state;

    print_message("# seed %u\n", seed);
    heard_delay_init(&delay);
    for (int n = 0; n < COUNT; n++) {
        int64_t lowest_us = INT64_MAX, span_us;

        now_us += next_random(&seed) % 20000;
        sent_us[n] = now_us;
        delays_us[n] = next_random(&seed) % 300000;
        heard_delay_packet(&delay, now_us, now_us + delays_us[n]);
        if (delay.point_count == 0)
            continue;
        span_us = delay.points[delay.point_count - 1].sent_us;
        for (int k = 0; k <= n; k++)
            if (sent_us[k] >= span_us - HEARD_DELAY_SPAN_US &&
                sent_us[k] < span_us + HEARD_DELAY_SPAN_US)
                lowest_us = MIN(lowest_us, delays_us[k]);
        assert_int_equal(delay.points[delay.point_count - 1].delay_us, lowest_us);
        assert_true(delay.queue_us >= 0 && delay.queue_us >= delay.standing_us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_delay_is_no_queue),
        cmocka_unit_test(growing_queue_is_seen_and_its_end),
        cmocka_unit_test(sudden_queue_is_seen_at_once),
        cmocka_unit_test(steep_climb_is_seen_within_three_frames),
        cmocka_unit_test(large_frame_is_no_climb),
        cmocka_unit_test(bursts_of_frames_are_no_queue),
        cmocka_unit_test(jitter_is_no_queue),
        cmocka_unit_test(clock_that_runs_fast_is_no_queue),
        cmocka_unit_test(what_others_fill_is_tolerated_until_they_go),
        cmocka_unit_test(random_delays_agree_with_a_list),
    };

    return cmocka_run_group_tests_name("media delay", tests, NULL, NULL);
}
