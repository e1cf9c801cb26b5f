/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/congestion/throughput.h"

static void averages_the_window(void **state)
{
    HeardThroughput throughput = {0};
    (void)state;

    assert_int_equal(heard_throughput_bps(&throughput, 500000), 0);
    for (int64_t now_us = 5000000; now_us < 7000000; now_us += 10000)
        heard_throughput_add(&throughput, 1250, now_us);
    assert_in_range(heard_throughput_bps(&throughput, 500000), 990000, 1030000);
    for (int64_t now_us = 7000000; now_us < 7500000; now_us += 10000)
        heard_throughput_add(&throughput, 125, now_us);
    assert_in_range(heard_throughput_bps(&throughput, 400000), 99000, 110000);
    assert_in_range(heard_throughput_bps(&throughput, 1000000), 500000, 600000);
}

static void a_jump_of_the_clock_starts_anew(void **state)
{
    HeardThroughput throughput = {0};
    (void)state;

    heard_throughput_add(&throughput, 100000, INT64_C(900000000000));
    heard_throughput_add(&throughput, 1000, 5000000);
    assert_int_equal(heard_throughput_bps(&throughput, 500000), 1000 * 8 * 20);
}

/* Slow model: every addition in a list, summed over the spans of the window. */
static void random_bytes_agree_with_a_list(void **state)
{
    enum { COUNT = 3000 };
    HeardThroughput throughput = {0};
    static int64_t at_us[COUNT];
    static uint32_t bytes[COUNT];
    int64_t now_us = 1000000, latest_us = 0;
    uint32_t seed = 20260601;
    (void)state;

    print_message("# seed %u\n", seed);
    for (int n = 0; n < COUNT; n++) {
        int64_t window_us = 100000 + next_random(&seed) % 1000000;
        int64_t since_us;
        uint64_t sum = 0;

        now_us += next_random(&seed) % 40000;
        at_us[n] = now_us - next_random(&seed) % 100000;
        bytes[n] = next_random(&seed) % 1500;
        latest_us = MAX(latest_us, at_us[n]);
        heard_throughput_add(&throughput, bytes[n], at_us[n]);
        since_us = (latest_us / HEARD_THROUGHPUT_SPAN_US -
                    MIN(window_us / HEARD_THROUGHPUT_SPAN_US, HEARD_THROUGHPUT_SPANS - 1)) *
                   HEARD_THROUGHPUT_SPAN_US;
        for (int k = 0; k <= n; k++)
            sum += at_us[k] >= since_us ? bytes[k] : 0;
        since_us = MAX(since_us, at_us[0]);
        assert_int_equal(heard_throughput_bps(&throughput, window_us),
                         sum * 8000000 /
                             (uint64_t)MAX(latest_us - since_us, HEARD_THROUGHPUT_SPAN_US));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(averages_the_window),
        cmocka_unit_test(a_jump_of_the_clock_starts_anew),
        cmocka_unit_test(random_bytes_agree_with_a_list),
    };

    return cmocka_run_group_tests_name("media throughput", tests, NULL, NULL);
}
