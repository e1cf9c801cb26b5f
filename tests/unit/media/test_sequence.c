/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/rtp/sequence.h"

static void compares_across_the_wrap(void **state)
{
    (void)state;

    assert_int_equal(heard_seq_diff(0, 65535), 1);
    assert_int_equal(heard_seq_diff(65535, 0), -1);
    assert_true(heard_seq_newer(5, 65000));
    assert_false(heard_seq_newer(5, 5));
    assert_int_equal(heard_rtp_ts_diff(10, 0xfffffff6), 20);
}

static void stays_positive_before_the_first(void **state)
{
    HeardUnwrap unwrap = {0};
    int64_t first = heard_unwrap_seq(&unwrap, 0);
    (void)state;

    assert_int_equal(heard_unwrap_seq(&unwrap, 65535), first - 1);
    assert_true(first - 1 > 0);
    assert_int_equal(unwrap.highest, first);
}

/* Model: the true 64-bit number, shuffled by up to 1000 and with gaps. */
static void follows_the_true_number(void **state)
{
    uint32_t seed = 2718;
    HeardUnwrap seq = {0}, rtp_ts = {0};
    int64_t truth = 40000;
    int64_t seq_base, ts_base;
    (void)state;

    print_message("# seed %u\n", seed);
    seq_base = heard_unwrap_seq(&seq, (uint16_t)truth) - truth;
    ts_base = heard_unwrap_rtp_ts(&rtp_ts, (uint32_t)(truth * 90000)) - truth * 90000;
    for (int i = 0; i < 200000; i++) {
        int64_t late = truth - next_random(&seed) % 1000;
        truth += next_random(&seed) % 4;
        assert_int_equal(heard_unwrap_seq(&seq, (uint16_t)truth), truth + seq_base);
        assert_int_equal(heard_unwrap_seq(&seq, (uint16_t)late), late + seq_base);
        assert_int_equal(heard_unwrap_rtp_ts(&rtp_ts, (uint32_t)(truth * 90000)),
                         truth * 90000 + ts_base);
        assert_int_equal(heard_unwrap_rtp_ts(&rtp_ts, (uint32_t)(late * 90000)),
                         late * 90000 + ts_base);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_across_the_wrap),
        cmocka_unit_test(stays_positive_before_the_first),
        cmocka_unit_test(follows_the_true_number),
    };

    return cmocka_run_group_tests_name("media sequence", tests, NULL, NULL);
}
