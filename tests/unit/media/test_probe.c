/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/congestion/probe.h"

enum { PROBE_US = 60000, SIZE = 1000 };

static int64_t busy_us; /* when the line below is free again */

/* Through a line of so many bits a second, 40 ms long. */
static int64_t arrival_us(int64_t sent_us, size_t size, uint32_t line_bps)
{
    busy_us = MAX(busy_us, sent_us) + (int64_t)size * 8000000 / line_bps;
    return busy_us + 40000;
}

/* One probe as the server runs it; what it measures through the line. */
static HeardProbeResult run(HeardProbe *probe, uint32_t rate_bps, uint32_t line_bps, int64_t now_us,
                            uint32_t jitter_us, uint32_t *seed, uint32_t *ret_bps)
{
    uint64_t sent_bytes = 5000;
    uint16_t seq = 65530;

    busy_us = 0;
    heard_probe_start(probe, rate_bps, PROBE_US, sent_bytes, now_us);
    while (probe->running) {
        size_t bytes = heard_probe_due(probe, sent_bytes, now_us);

        for (; bytes > 0; seq++) {
            size_t size = MIN(bytes, SIZE);
            int64_t at_us = arrival_us(now_us, size, line_bps);

            at_us += jitter_us > 0 ? next_random(seed) % jitter_us : 0;
            heard_probe_packet(probe, seq, (uint16_t)size, now_us, at_us, false);
            sent_bytes += size;
            bytes -= size;
        }
        if (probe->running)
            now_us = heard_probe_deadline_us(probe);
    }
    assert_int_equal(sent_bytes - 5000, (uint64_t)rate_bps * PROBE_US / 8000000);
    assert_int_equal(heard_probe_poll(probe, now_us, now_us, ret_bps), HEARD_PROBE_NONE);
    return heard_probe_poll(probe, now_us + 20000, now_us + 100000, ret_bps);
}

static void wide_line_passes(void **state)
{
    HeardProbe probe;
    uint32_t bps = 0;
    (void)state;

    heard_probe_init(&probe, 0);
    assert_int_equal(run(&probe, 1600000, 10000000, 1000000, 0, NULL, &bps), HEARD_PROBE_PASSED);
    assert_in_range(bps, 1550000, 1600000);
    assert_true(probe.next_us < 1200000 + PROBE_US);
}

static void narrow_line_tells_its_rate(void **state)
{
    int64_t pause_us = 0, now_us = 1000000;
    HeardProbe probe;
    uint32_t bps = 0;
    (void)state;

    heard_probe_init(&probe, 0);
    for (int i = 0; i < 6; i++) {
        int64_t end_us = now_us + PROBE_US + 100000;

        assert_int_equal(run(&probe, 1600000, 500000, now_us, 0, NULL, &bps), HEARD_PROBE_FAILED);
        assert_in_range(bps, 490000, 510000);
        assert_true(probe.next_us - end_us >= pause_us); /* longer each time */
        pause_us = probe.next_us - end_us;
        now_us = probe.next_us;
    }
    assert_int_equal(pause_us, 3000000);
}

static void lost_feedback_is_no_answer(void **state)
{
    HeardProbe probe;
    uint32_t bps = 0;
    (void)state;

    heard_probe_init(&probe, 0);
    heard_probe_start(&probe, 1000000, PROBE_US, 0, 1000000);
    assert_true(heard_probe_due(&probe, 0, 1000000) > 0);
    heard_probe_due(&probe, 10000, 1000000 + PROBE_US);
    assert_false(probe.running);
    assert_int_equal(heard_probe_poll(&probe, 0, 1100000, &bps), HEARD_PROBE_NONE);
    assert_int_equal(heard_probe_poll(&probe, 0, heard_probe_deadline_us(&probe), &bps),
                     HEARD_PROBE_VOID);
    assert_int_equal(heard_probe_deadline_us(&probe), INT64_MAX);
}

static void most_lost_is_no_answer(void **state)
{
    HeardProbe probe;
    uint32_t bps = 0;
    (void)state;

    heard_probe_init(&probe, 0);
    heard_probe_start(&probe, 1000000, PROBE_US, 0, 1000000);
    heard_probe_due(&probe, 10000, 1000000 + PROBE_US);
    for (uint16_t i = 0; i < 6; i++) {
        heard_probe_packet(&probe, i, SIZE, 1000000 + i * 8000, 2000000 + i * 8000, false);
        heard_probe_lost(&probe);
        heard_probe_lost(&probe);
    }
    assert_int_equal(heard_probe_poll(&probe, 1100000, 1100000, &bps), HEARD_PROBE_VOID);
}

static void media_counts_and_a_late_timer_makes_no_burst(void **state)
{
    HeardProbe probe;
    (void)state;

    heard_probe_init(&probe, 0);
    heard_probe_start(&probe, 8000000, PROBE_US, 0, 1000000);
    assert_int_equal(heard_probe_due(&probe, 100000, 1010000), 0); /* a key frame was enough */
    assert_in_range(heard_probe_due(&probe, 20000, 1050000), 1, 12000);
}

static void full_line_stops_it(void **state)
{
    HeardProbe probe;
    (void)state;

    heard_probe_init(&probe, 0);
    heard_probe_start(&probe, 8000000, PROBE_US, 0, 1000000);
    heard_probe_abort(&probe, 1010000);
    assert_int_equal(heard_probe_due(&probe, 0, 1010000), 0);
    assert_true(probe.next_us > 1010000);
}

/* Slow model: the line's own rate. Whatever both rates are, and whatever the order in which the
 * feedback tells of the packets, the smaller of them is found. */
static void random_lines_are_measured(void **state)
{
    uint32_t seed = 20260605;
    (void)state;

    print_message("# seed %u\n", seed);
    for (int n = 0; n < 2000; n++) {
        uint32_t rate = 600000 + next_random(&seed) % 5000000;
        uint32_t line = 200000 + next_random(&seed) % 8000000;
        HeardProbeResult result;
        HeardProbe probe;
        uint32_t bps = 0;

        heard_probe_init(&probe, 0);
        result = run(&probe, rate, line, 1000000, 0, NULL, &bps);
        assert_true(result == HEARD_PROBE_PASSED || result == HEARD_PROBE_FAILED);
        assert_in_range(bps, MIN(rate, line) / 100 * 90, MIN(rate, line) / 100 * 110);
        if (rate > line / 80 * 100)
            assert_int_equal(result, HEARD_PROBE_FAILED);
        if (rate < line / 100 * 80)
            assert_int_equal(result, HEARD_PROBE_PASSED);
    }
}

static void jitter_moves_it_little(void **state)
{
    uint32_t seed = 20260606;
    double sum = 0;
    (void)state;

    print_message("# seed %u\n", seed);
    for (int n = 0; n < 200; n++) {
        HeardProbe probe;
        uint32_t bps = 0;

        heard_probe_init(&probe, 0);
        run(&probe, 4000000, 1000000, 1000000, 30000, &seed, &bps);
        assert_in_range(bps, 800000, 1250000);
        sum += bps / 200.0;
    }
    assert_in_range((uint32_t)sum, 950000, 1050000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wide_line_passes),
        cmocka_unit_test(narrow_line_tells_its_rate),
        cmocka_unit_test(lost_feedback_is_no_answer),
        cmocka_unit_test(most_lost_is_no_answer),
        cmocka_unit_test(media_counts_and_a_late_timer_makes_no_burst),
        cmocka_unit_test(full_line_stops_it),
        cmocka_unit_test(random_lines_are_measured),
        cmocka_unit_test(jitter_moves_it_little),
    };

    return cmocka_run_group_tests_name("media probe", tests, NULL, NULL);
}
