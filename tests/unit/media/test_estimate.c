/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/congestion/estimate.h"

/* Whole lines run in tests/sim/network; here is what one call does. */

enum { START_US = 5000000, FEEDBACK_US = 60000, DELAY_US = 40000 };

typedef struct {
    HeardEstimate estimate;
    int64_t now_us;
    uint16_t seq, told; /* next to send, next to tell */
    unsigned lost_percent;
    uint32_t seed;
    size_t size;          /* of what is sent each 10 ms */
    uint32_t shaped_bps;  /* 0: no shaper */
    int64_t free_us;      /* when the shaper has passed what came so far */
    uint32_t highest_bps; /* estimate since that was set to 0 */
} Line;

static Line line;

static void start(void)
{
    line = (Line){.now_us = START_US, .seq = 65000, .told = 65000, .seed = 20260607, .size = 1000};
    heard_estimate_init(&line.estimate, START_US);
}

/* A bucket of 4 KB that is filled at the shaper's rate: so much passes at once. */
static int64_t shaper_us(int64_t sent_us, size_t size)
{
    enum { BUCKET_BYTES = 4096 };

    if (line.shaped_bps == 0)
        return sent_us;
    line.free_us = MAX(line.free_us, sent_us) + (int64_t)size * 8000000 / line.shaped_bps;
    return MAX(sent_us, line.free_us - BUCKET_BYTES * INT64_C(8000000) / line.shaped_bps);
}

static void tell(void)
{
    HeardTwccResult results[256];
    size_t count = 0;

    for (; line.told != line.seq && count < G_N_ELEMENTS(results); line.told++, count++) {
        const HeardSentPacket *sent = &line.estimate.ring[line.told & (HEARD_ESTIMATE_RING - 1)];

        results[count] = (HeardTwccResult){
            .seq = line.told,
            .received = next_random(&line.seed) % 100 >= line.lost_percent,
            .arrival_us = shaper_us(sent->sent_us, sent->mark & HEARD_SENT_SIZE_MASK) + DELAY_US};
    }
    heard_estimate_feedback(&line.estimate, results, count, line.now_us);
    line.highest_bps = MAX(line.highest_bps, heard_estimate_bps(&line.estimate));
}

/* A packet each 10 ms, of 1000 bytes at first: 800 kbit/s. Probes are served. */
static void run(double seconds, bool feedback)
{
    int64_t end_us = line.now_us + (int64_t)(seconds * 1e6);

    for (; line.now_us < end_us; line.now_us += 10000) {
        size_t bytes;

        heard_estimate_sent(&line.estimate, line.seq++, line.size, line.now_us);
        while (heard_estimate_poll_probe(&line.estimate, line.now_us, &bytes))
            for (; bytes > 0; bytes -= MIN(bytes, 1100))
                heard_estimate_sent(&line.estimate, line.seq++, MIN(bytes, 1100), line.now_us);
        if (feedback && line.now_us % FEEDBACK_US == 0)
            tell();
    }
}

static void starts_low_and_small(void **state)
{
    (void)state;
    start();
    assert_int_equal(heard_estimate_bps(&line.estimate), HEARD_ESTIMATE_START_BPS);
    assert_int_equal(heard_estimate_deadline_us(&line.estimate), INT64_MAX);
    assert_true(sizeof(HeardEstimate) <= 6 * 1024);
}

static void probes_up_to_what_is_wanted(void **state)
{
    (void)state;
    start();
    heard_estimate_want(&line.estimate, 2000000, line.now_us);
    run(2, true);
    assert_in_range(heard_estimate_bps(&line.estimate), 2000000, 3000000);
}

static void first_burst_through_a_shaper_is_not_believed(void **state)
{
    (void)state;
    start();
    heard_estimate_want(&line.estimate, 1500000, line.now_us);
    run(12, true); /* what probes promised is no more in doubt */
    line.shaped_bps = 400000;
    run(0.7, true);
    assert_in_range(heard_estimate_bps(&line.estimate), 150000, 400000);
    line.size = 150; /* 120 kbit/s: the bucket fills */
    line.highest_bps = 0;
    run(3, true);
    assert_in_range(line.highest_bps, 200000, 480000);
    line.shaped_bps = 0;
    run(3, true);
    assert_in_range(heard_estimate_bps(&line.estimate), 1500000, 2000000);
}

static void does_not_rise_without_proof(void **state)
{
    (void)state;
    start();
    run(10, true); /* 800 kbit/s come through, nothing more is wanted */
    assert_in_range(heard_estimate_bps(&line.estimate), 300000, 1000000);
}

static void never_told_numbers_change_nothing(void **state)
{
    HeardTwccResult results[3] = {{.seq = 7, .received = true, .arrival_us = 1}, {.seq = 8}};
    (void)state;

    start();
    heard_estimate_feedback(&line.estimate, results, 3, line.now_us);
    heard_estimate_feedback(&line.estimate, results, 0, line.now_us);
    assert_int_equal(line.estimate.feedback_us, 0);
    assert_int_equal(heard_estimate_bps(&line.estimate), HEARD_ESTIMATE_START_BPS);
}

static void silence_halves_until_somebody_speaks(void **state)
{
    uint32_t before, after;
    (void)state;

    start();
    heard_estimate_want(&line.estimate, 2000000, line.now_us);
    run(3, true);
    before = heard_estimate_bps(&line.estimate);
    run(1, false);
    assert_int_equal(heard_estimate_bps(&line.estimate), before); /* may be a late one */
    run(1, false);
    assert_true(heard_estimate_bps(&line.estimate) < before / 3);
    run(5, false);
    after = heard_estimate_bps(&line.estimate);
    assert_int_equal(after, HEARD_ESTIMATE_MIN_BPS);
    line.told = line.seq; /* those are gone */
    run(5, true);
    assert_true(heard_estimate_bps(&line.estimate) > 1500000);
}

static void reports_stand_in_for_feedback(void **state)
{
    uint32_t before;
    (void)state;

    start();
    heard_estimate_want(&line.estimate, 2000000, line.now_us);
    run(3, true);
    before = heard_estimate_bps(&line.estimate);
    for (int i = 0; i < 5; i++) {
        heard_estimate_report(&line.estimate, 0, 80000, line.now_us);
        run(1, false);
    }
    assert_true(heard_estimate_bps(&line.estimate) >= before);
    for (int i = 0; i < 12; i++) {
        heard_estimate_report(&line.estimate, 80, 80000, line.now_us); /* 31 % */
        run(1, false);
    }
    assert_true(heard_estimate_bps(&line.estimate) < before / 2);
}

static void nothing_sent_is_no_silence(void **state)
{
    uint32_t before;
    size_t bytes;
    (void)state;

    start();
    heard_estimate_want(&line.estimate, 2000000, line.now_us);
    run(3, true);
    tell();
    before = heard_estimate_bps(&line.estimate);
    for (int i = 0; i < 100; i++)
        heard_estimate_poll_probe(&line.estimate, line.now_us += 100000, &bytes);
    assert_int_equal(heard_estimate_bps(&line.estimate), before);
}

static void receivers_word_is_a_cap(void **state)
{
    uint32_t before;
    (void)state;

    start();
    heard_estimate_want(&line.estimate, 2000000, line.now_us);
    run(3, true);
    before = heard_estimate_bps(&line.estimate);
    heard_estimate_remb(&line.estimate, 250000, line.now_us);
    assert_int_equal(heard_estimate_bps(&line.estimate), 250000);
    heard_estimate_remb(&line.estimate, 1, line.now_us);
    assert_int_equal(heard_estimate_bps(&line.estimate), HEARD_ESTIMATE_MIN_BPS);
    heard_estimate_remb(&line.estimate, UINT64_MAX, line.now_us);
    assert_int_equal(heard_estimate_bps(&line.estimate), before);
}

static void receivers_clock_may_wrap(void **state)
{
    static const int64_t turn_us = INT64_C(64000) << 24;
    uint32_t before;
    (void)state;

    start();
    heard_estimate_want(&line.estimate, 2000000, line.now_us);
    run(3, true);
    before = heard_estimate_bps(&line.estimate);
    for (int i = 0; i < 100; i++) {
        HeardTwccResult result = {.seq = line.seq, .received = true};

        heard_estimate_sent(&line.estimate, line.seq++, 1000, line.now_us);
        line.now_us += 20000;
        result.arrival_us = line.now_us + turn_us / 2;
        if (result.arrival_us >= turn_us / 2 + START_US + 4000000)
            result.arrival_us -= turn_us;
        heard_estimate_feedback(&line.estimate, &result, 1, line.now_us);
    }
    assert_true(heard_estimate_bps(&line.estimate) >= before);
}

/* Slow model: the fate of each number in a table. Feedback comes late, twice, in parts and
 * partly wrong; every packet that is old enough is counted once, by the last that was told. */
static void random_feedback_agrees_with_a_table(void **state)
{
    enum { PACKETS = 400 };
    static uint8_t fate[PACKETS]; /* 0 not told, 1 lost, 2 received */
    unsigned received = 0, lost = 0;
    (void)state;

    start();
    print_message("# seed %u\n", line.seed);
    for (int n = 0; n < PACKETS; n++)
        heard_estimate_sent(&line.estimate, line.seq++, 1000, START_US + n * 500);
    for (int n = 0; n < 2000; n++) {
        unsigned at = next_random(&line.seed) % (PACKETS - 100);
        bool came = next_random(&line.seed) % 3 != 0;
        HeardTwccResult result = {.seq = (uint16_t)(65000 + at), .received = came};

        result.arrival_us = START_US + at * 500 + DELAY_US;
        heard_estimate_feedback(&line.estimate, &result, 1, START_US + 300000);
        if (fate[at] != 2)
            fate[at] = came ? 2 : 1;
    }
    /* One that is newer by more than any reordering makes all of them old. */
    heard_estimate_sent(&line.estimate, line.seq++, 1000, START_US + 800000);
    heard_loss_init(&line.estimate.loss, START_US + 800000);
    line.estimate.judge_seq = 65000;
    heard_estimate_feedback(&line.estimate,
                            &(HeardTwccResult){.seq = (uint16_t)(line.seq - 1),
                                               .received = true,
                                               .arrival_us = START_US + 800000 + DELAY_US},
                            1, START_US + 850000);
    for (int n = 0; n < PACKETS; n++) {
        received += fate[n] == 2;
        lost += fate[n] == 1;
    }
    assert_int_equal(line.estimate.loss.received, received);
    assert_int_equal(line.estimate.loss.lost, lost);
    assert_in_range(lost, 1, PACKETS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_low_and_small),
        cmocka_unit_test(probes_up_to_what_is_wanted),
        cmocka_unit_test(first_burst_through_a_shaper_is_not_believed),
        cmocka_unit_test(does_not_rise_without_proof),
        cmocka_unit_test(never_told_numbers_change_nothing),
        cmocka_unit_test(silence_halves_until_somebody_speaks),
        cmocka_unit_test(reports_stand_in_for_feedback),
        cmocka_unit_test(nothing_sent_is_no_silence),
        cmocka_unit_test(receivers_word_is_a_cap),
        cmocka_unit_test(receivers_clock_may_wrap),
        cmocka_unit_test(random_feedback_agrees_with_a_table),
    };

    return cmocka_run_group_tests_name("media estimate", tests, NULL, NULL);
}
