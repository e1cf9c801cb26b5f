/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/congestion/loss.h"

enum { STEP_US = HEARD_LOSS_WINDOW_US };

/* One window with so much lost of a hundred. */
static HeardLossVerdict window(HeardLoss *loss, unsigned percent, bool queueing, int64_t *now_us)
{
    heard_loss_count(loss, 100 - percent, percent);
    *now_us += STEP_US;
    return heard_loss_poll(loss, queueing, *now_us);
}

static void few_packets_say_nothing(void **state)
{
    HeardLoss loss;
    (void)state;

    heard_loss_init(&loss, 0);
    heard_loss_count(&loss, 9, 1);
    assert_int_equal(heard_loss_poll(&loss, false, STEP_US), HEARD_LOSS_WAIT);
    assert_int_equal(heard_loss_poll(&loss, false, HEARD_LOSS_WINDOW_MAX_US), HEARD_LOSS_SOME);
}

static void a_little_loss_is_no_reason(void **state)
{
    int64_t now_us = 0;
    HeardLoss loss;
    (void)state;

    heard_loss_init(&loss, 0);
    for (int i = 0; i < 20; i++)
        assert_int_equal(window(&loss, 1, false, &now_us), HEARD_LOSS_LOW);
}

static void much_loss_is_one(void **state)
{
    int64_t now_us = 0;
    HeardLoss loss;
    (void)state;

    heard_loss_init(&loss, 0);
    for (int i = 0; window(&loss, 25, false, &now_us) != HEARD_LOSS_HIGH; i++)
        assert_true(i < 4);
}

static void less_is_enough_with_a_queue(void **state)
{
    int64_t now_us = 0;
    HeardLoss loss;
    (void)state;

    heard_loss_init(&loss, 0);
    for (int i = 0; window(&loss, 8, true, &now_us) != HEARD_LOSS_HIGH; i++)
        assert_true(i < 5);
    heard_loss_init(&loss, now_us);
    for (int i = 0; i < 5; i++)
        assert_int_not_equal(window(&loss, 8, false, &now_us), HEARD_LOSS_HIGH);
}

/* Until a cut is asked for; then what is lost after it. */
static HeardLossVerdict cut_and_look(unsigned before, unsigned after, HeardLoss *loss)
{
    HeardLossVerdict verdict = HEARD_LOSS_WAIT;
    int64_t now_us = 0;

    heard_loss_init(loss, 0);
    for (int i = 0; i < 30 && verdict != HEARD_LOSS_TRY && verdict != HEARD_LOSS_HIGH; i++)
        verdict = window(loss, before, false, &now_us);
    assert_true(verdict == HEARD_LOSS_TRY || verdict == HEARD_LOSS_HIGH);
    heard_loss_cut(loss, now_us);
    heard_loss_restart(loss, now_us);
    for (int i = 0; i < 20; i++)
        verdict = window(loss, after, false, &now_us);
    return verdict;
}

static void loss_that_stays_is_the_lines_own(void **state)
{
    HeardLoss loss;
    (void)state;

    assert_int_equal(cut_and_look(4, 4, &loss), HEARD_LOSS_LOW);
    assert_in_range(loss.inherent, 30, 50);
    assert_int_equal(cut_and_look(12, 12, &loss), HEARD_LOSS_LOW);
    assert_int_equal(cut_and_look(12, 1, &loss), HEARD_LOSS_LOW);
    assert_in_range(loss.inherent, 0, 15);
    assert_int_equal(cut_and_look(40, 40, &loss), HEARD_LOSS_HIGH); /* no line is so bad */
}

/* Slow model: all fates in a list; the fraction is that of the list since the last verdict. */
static void random_fates_agree_with_a_list(void **state)
{
    uint32_t seed = 20260602, received = 0, lost = 0;
    int64_t now_us = 0, since_us = 0;
    unsigned verdicts = 0;
    HeardLoss loss;
    (void)state;

    print_message("# seed %u\n", seed);
    heard_loss_init(&loss, 0);
    for (int n = 0; n < 20000; n++) {
        uint32_t came = next_random(&seed) % 10, gone = next_random(&seed) % 3;
        bool full;

        now_us += next_random(&seed) % 100000;
        heard_loss_count(&loss, came, gone);
        received += came;
        lost += gone;
        full = now_us - since_us >= HEARD_LOSS_WINDOW_US && received + lost > 0 &&
               (received + lost >= HEARD_LOSS_WINDOW_COUNT ||
                now_us - since_us >= HEARD_LOSS_WINDOW_MAX_US);
        assert_int_equal(heard_loss_poll(&loss, next_random(&seed) % 2, now_us) != HEARD_LOSS_WAIT,
                         full);
        if (!full)
            continue;
        assert_int_equal(loss.fraction, lost * HEARD_LOSS_UNIT / (received + lost));
        assert_true(loss.smooth <= HEARD_LOSS_UNIT && loss.inherent <= HEARD_LOSS_UNIT);
        received = lost = 0;
        since_us = now_us;
        verdicts++;
        if (next_random(&seed) % 20 == 0)
            heard_loss_cut(&loss, now_us);
    }
    assert_in_range(verdicts, 500, 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_packets_say_nothing),
        cmocka_unit_test(a_little_loss_is_no_reason),
        cmocka_unit_test(much_loss_is_one),
        cmocka_unit_test(less_is_enough_with_a_queue),
        cmocka_unit_test(loss_that_stays_is_the_lines_own),
        cmocka_unit_test(random_fates_agree_with_a_list),
    };

    return cmocka_run_group_tests_name("media loss", tests, NULL, NULL);
}
