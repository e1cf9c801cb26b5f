/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/rtp/nack.h"

enum { RTT_US = 50000 };

static uint16_t batch[HEARD_NACK_BATCH_MAX];
static size_t count;

static void asks_once_for_a_gap(void **state)
{
    HeardNack nack;
    (void)state;

    heard_nack_init(&nack, RTT_US);
    heard_nack_packet(&nack, 65534, 0);
    heard_nack_packet(&nack, 1, 1000); /* 65535 and 0 are missing */

    assert_int_equal(heard_nack_poll(&nack, 5000, batch, &count), HEARD_NACK_NONE);
    assert_int_equal(heard_nack_poll(&nack, 11000, batch, &count), HEARD_NACK_RESEND);
    assert_int_equal(count, 2);
    assert_int_equal(batch[0], 65535);
    assert_int_equal(batch[1], 0);
    assert_int_equal(heard_nack_poll(&nack, 11000, batch, &count), HEARD_NACK_NONE);
    assert_int_equal(heard_nack_deadline_us(&nack), 11000 + RTT_US + RTT_US / 4);
}

static void forgets_what_arrives(void **state)
{
    HeardNack nack;
    (void)state;

    heard_nack_init(&nack, RTT_US);
    heard_nack_packet(&nack, 10, 0);
    heard_nack_packet(&nack, 13, 0);
    heard_nack_packet(&nack, 12, 3000);
    heard_nack_packet(&nack, 11, 4000);
    assert_int_equal(heard_nack_deadline_us(&nack), INT64_MAX);
    assert_int_equal(heard_nack_poll(&nack, 20000, batch, &count), HEARD_NACK_NONE);
}

static void gives_up_and_says_so(void **state)
{
    HeardNack nack;
    unsigned asked = 0;
    unsigned keyframes = 0;
    unsigned lost = 0;
    (void)state;

    heard_nack_init(&nack, RTT_US);
    heard_nack_packet(&nack, 10, 0);
    heard_nack_packet(&nack, 12, 0);
    for (int64_t now_us = 0; now_us < 2000000; now_us += 5000) {
        HeardNackAction action;
        while ((action = heard_nack_poll(&nack, now_us, batch, &count)) != HEARD_NACK_NONE) {
            asked += action == HEARD_NACK_RESEND;
            keyframes += action == HEARD_NACK_KEYFRAME;
            lost += action == HEARD_NACK_LOST;
            if (action != HEARD_NACK_KEYFRAME)
                assert_int_equal(batch[0], 11);
            if (action == HEARD_NACK_LOST)
                assert_in_range(now_us, 300000, HEARD_NACK_GIVE_UP_US);
        }
    }
    assert_in_range(asked, 3, HEARD_NACK_TRIES_MAX);
    assert_int_equal(lost, 1);
    assert_int_equal(keyframes, 1);
}

static void learns_the_round_trip_from_answers(void **state)
{
    HeardNack nack;
    int64_t now_us = 0;
    uint16_t seq = 10;
    (void)state;

    heard_nack_init(&nack, 100000);
    heard_nack_packet(&nack, seq, now_us);
    for (int i = 0; i < 60; i++, seq += 2, now_us += 200000) {
        heard_nack_packet(&nack, (uint16_t)(seq + 2), now_us);
        assert_int_equal(heard_nack_poll(&nack, now_us + 10000, batch, &count), HEARD_NACK_RESEND);
        heard_nack_packet(&nack, (uint16_t)(seq + 1), now_us + 10000 + 30000);
    }
    assert_in_range(nack.rtt_us, 29000, 31000);
}

static void only_reports_without_resend(void **state)
{
    HeardNack nack;
    (void)state;

    heard_nack_init(&nack, RTT_US);
    heard_nack_set_resend(&nack, false);
    heard_nack_packet(&nack, 10, 0);
    heard_nack_packet(&nack, 12, 0);
    assert_int_equal(heard_nack_poll(&nack, HEARD_NACK_REORDER_US, batch, &count), HEARD_NACK_LOST);
    assert_int_equal(batch[0], 11);
    assert_int_equal(heard_nack_poll(&nack, HEARD_NACK_REORDER_US, batch, &count), HEARD_NACK_NONE);
}

static void a_large_jump_is_lost_exactly(void **state)
{
    HeardNack nack;
    HeardNackAction action;
    uint16_t expected = 101;
    (void)state;

    heard_nack_init(&nack, RTT_US);
    heard_nack_packet(&nack, 100, 0);
    heard_nack_packet(&nack, 1100, 0);
    while ((action = heard_nack_poll(&nack, 0, batch, &count)) == HEARD_NACK_LOST)
        for (size_t i = 0; i < count; i++)
            assert_int_equal(batch[i], expected++);
    assert_int_equal(expected, 1100);
    assert_int_equal(action, HEARD_NACK_KEYFRAME);
    assert_int_equal(heard_nack_poll(&nack, 0, batch, &count), HEARD_NACK_NONE);
}

static void a_key_frame_heals_what_is_lost_before_it(void **state)
{
    HeardNack nack;
    HeardNackAction action;
    unsigned asked = 0, lost = 0;
    (void)state;

    heard_nack_init(&nack, RTT_US);
    heard_nack_packet(&nack, 10, 0);
    heard_nack_packet(&nack, 12, 0);
    heard_nack_packet(&nack, 13, 1000);
    heard_nack_keyframe(&nack, 13);
    for (int64_t now_us = 0; now_us < 2000000; now_us += 10000)
        while ((action = heard_nack_poll(&nack, now_us, batch, &count)) != HEARD_NACK_NONE) {
            assert_int_not_equal(action, HEARD_NACK_KEYFRAME);
            asked += action == HEARD_NACK_RESEND;
            lost += action == HEARD_NACK_LOST;
        }
    assert_true(asked > 3); /* a recording still wants it */
    assert_int_equal(lost, 1);
}

/* Slow model: a table of the state of each number. Every number that never came is told
 * as lost exactly once, no number that came before is asked for. */
static void every_number_has_one_fate(void **state)
{
    enum { PACKETS = 20000 };
    g_autofree uint8_t *came = g_new0(uint8_t, PACKETS);
    g_autofree uint8_t *lost = g_new0(uint8_t, PACKETS);
    uint32_t seed = 20261123;
    int64_t now_us = 0;
    HeardNack nack;
    (void)state;

    print_message("# seed %u\n", seed);
    heard_nack_init(&nack, 30000);
    for (int n = 0; n < PACKETS + 2000; n++, now_us += 3000) {
        HeardNackAction action;
        if (n < PACKETS && (n == 0 || n > PACKETS - 10 || next_random(&seed) % 10 != 0)) {
            came[n] = 1;
            heard_nack_packet(&nack, (uint16_t)(n + 65000), now_us);
        }
        while ((action = heard_nack_poll(&nack, now_us, batch, &count)) != HEARD_NACK_NONE) {
            for (size_t i = 0; i < count; i++) {
                int at = MIN(n, PACKETS - 1);
                int index = at - (uint16_t)((uint16_t)(at + 65000) - batch[i]);
                assert_in_range(index, 0, PACKETS - 1);
                assert_false(came[index]);
                assert_false(lost[index]);
                if (action == HEARD_NACK_LOST) {
                    lost[index] = 1;
                } else if (next_random(&seed) % 3 == 0) {
                    came[index] = 1;
                    heard_nack_packet(&nack, batch[i], now_us);
                }
            }
        }
    }
    for (int n = 0; n < PACKETS; n++)
        assert_int_equal(came[n] + lost[n], 1);
    assert_int_equal(heard_nack_deadline_us(&nack), INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_once_for_a_gap),
        cmocka_unit_test(forgets_what_arrives),
        cmocka_unit_test(gives_up_and_says_so),
        cmocka_unit_test(learns_the_round_trip_from_answers),
        cmocka_unit_test(only_reports_without_resend),
        cmocka_unit_test(a_large_jump_is_lost_exactly),
        cmocka_unit_test(a_key_frame_heals_what_is_lost_before_it),
        cmocka_unit_test(every_number_has_one_fate),
    };

    return cmocka_run_group_tests_name("media nack", tests, NULL, NULL);
}
