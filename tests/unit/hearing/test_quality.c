/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/quality.h"

#include <glib.h>
#include <string.h>

static const HeardQualitySample fine = {.connected = true,
                                        .sends_sound = true,
                                        .sends_picture = true,
                                        .silent_us = 100000,
                                        .rtt_us = 40000,
                                        .up_bps = 1500000,
                                        .up_video_bps = 1400000,
                                        .down_bps = 3000000,
                                        .available_bps = 4000000};

static HeardQuality quality;
static int64_t clock_ms;

static int begin(void **state)
{
    (void)state;
    memset(&quality, 0, sizeof quality);
    clock_ms = 1000;
    return 0;
}

static bool take(const HeardQualitySample *sample)
{
    clock_ms += 2000;
    return heard_quality_sample(&quality, sample, clock_ms);
}

static HeardQualitySample lossy(uint32_t up_permille, uint32_t down_permille)
{
    HeardQualitySample sample = fine;

    sample.up_loss_permille = up_permille;
    sample.down_loss_permille = down_permille;
    return sample;
}

static void the_first_sample_counts(void **state)
{
    (void)state;
    assert_int_equal(quality.level, HEARD_QUALITY_NONE);
    assert_true(take(&fine));
    assert_int_equal(quality.level, HEARD_QUALITY_GOOD);
    assert_int_equal(quality.since_ms, 3000);
    assert_false(take(&fine));
    assert_int_equal(quality.since_ms, 3000);
}

static void worse_after_two_better_after_three(void **state)
{
    HeardQualitySample bad = lossy(0, 150);
    (void)state;

    take(&fine);
    assert_false(take(&bad));
    assert_true(take(&bad));
    assert_int_equal(quality.level, HEARD_QUALITY_WEAK);
    assert_int_equal(quality.up.level, HEARD_QUALITY_GOOD);
    assert_int_equal(quality.down.level, HEARD_QUALITY_WEAK);
    assert_false(take(&fine));
    assert_false(take(&fine));
    assert_true(take(&fine));
    assert_int_equal(quality.level, HEARD_QUALITY_GOOD);
}

static void a_line_on_the_edge_does_not_flap(void **state)
{
    HeardQualitySample bad = lossy(150, 0);
    (void)state;

    take(&fine);
    for (unsigned i = 0; i < 50; i++) {
        assert_false(take(&bad));
        assert_false(take(&fine));
    }
    assert_int_equal(quality.level, HEARD_QUALITY_GOOD);
    take(&bad);
    assert_true(take(&bad));
    for (unsigned i = 0; i < 50; i++) {
        assert_false(take(&fine));
        assert_false(take(&fine));
        assert_false(take(&bad));
    }
    assert_int_equal(quality.level, HEARD_QUALITY_WEAK);
}

static void silence_of_a_microphone_is_lost_at_once(void **state)
{
    HeardQualitySample silent = fine;
    (void)state;

    take(&fine);
    silent.silent_us = HEARD_QUALITY_SENDER_SILENT_US - 1;
    assert_false(take(&silent));
    silent.silent_us = HEARD_QUALITY_SENDER_SILENT_US;
    assert_true(take(&silent));
    assert_int_equal(quality.level, HEARD_QUALITY_LOST);
    assert_false(take(&fine));
    assert_false(take(&fine));
    assert_true(take(&fine));
    assert_int_equal(quality.level, HEARD_QUALITY_GOOD);
}

/* Firefox with everything off: a check each 5 s, sometimes 6.6 s. */
static void a_quiet_listener_is_not_lost(void **state)
{
    HeardQualitySample quiet = fine;
    (void)state;

    quiet.sends_sound = quiet.sends_picture = false;
    quiet.up_bps = quiet.up_video_bps = 0;
    take(&quiet);
    quiet.silent_us = 6600000;
    assert_false(take(&quiet));
    assert_int_equal(quality.level, HEARD_QUALITY_GOOD);
    quiet.silent_us = HEARD_QUALITY_SILENT_US;
    assert_true(take(&quiet));
    assert_int_equal(quality.level, HEARD_QUALITY_LOST);
}

static void gone_media_is_lost_and_the_end_is_none(void **state)
{
    HeardQualitySample gone = {0};
    (void)state;

    take(&fine);
    assert_true(take(&gone));
    assert_int_equal(quality.level, HEARD_QUALITY_LOST);
    assert_true(heard_quality_end(&quality, 99000));
    assert_int_equal(quality.level, HEARD_QUALITY_NONE);
    assert_int_equal(quality.since_ms, 99000);
    assert_false(heard_quality_end(&quality, 99500));
}

static void pictures_that_do_not_go_through_are_audio_only(void **state)
{
    HeardQualitySample held = fine, missing = fine, narrow = fine;
    (void)state;

    take(&fine);
    held.video_held = true;
    take(&held);
    assert_true(take(&held));
    assert_int_equal(quality.down.level, HEARD_QUALITY_AUDIO_ONLY);
    begin(NULL);
    take(&fine);
    missing.up_video_bps = 0;
    take(&missing);
    assert_true(take(&missing));
    assert_int_equal(quality.up.level, HEARD_QUALITY_AUDIO_ONLY);
    missing.sends_picture = false; /* a camera that is off is no fault of the line */
    take(&missing);
    take(&missing);
    assert_true(take(&missing));
    assert_int_equal(quality.level, HEARD_QUALITY_GOOD);
    narrow.available_bps = HEARD_QUALITY_PICTURE_BPS - 1;
    take(&narrow);
    assert_true(take(&narrow));
    assert_int_equal(quality.level, HEARD_QUALITY_WEAK);
}

/* domain.md 3.12 rule 12: 3 % loss on a mobile line is still good for voices. */
static void ratings_of_voices(void **state)
{
    (void)state;
    assert_int_equal(heard_quality_rating(-1, 0), heard_quality_rating(0, 0));
    assert_in_range(heard_quality_rating(0, 0), 90, 93);
    assert_in_range(heard_quality_rating(100000, 30), 76, 82);
    assert_true(heard_quality_rating(100000, 60) >= HEARD_QUALITY_RATING_MIN);
    assert_true(heard_quality_rating(100000, 100) < HEARD_QUALITY_RATING_MIN);
    assert_true(heard_quality_rating(400000, 0) >= HEARD_QUALITY_RATING_MIN);
    assert_true(heard_quality_rating(700000, 0) < HEARD_QUALITY_RATING_MIN);
    assert_int_equal(heard_quality_rating(INT64_MAX, UINT32_MAX), 0);
    for (int64_t rtt_us = 0; rtt_us < 2000000; rtt_us += 50000)
        for (uint32_t loss = 0; loss < 1000; loss += 10) {
            assert_true(heard_quality_rating(rtt_us, loss + 10) <=
                        heard_quality_rating(rtt_us, loss));
            assert_true(heard_quality_rating(rtt_us + 50000, loss) <=
                        heard_quality_rating(rtt_us, loss));
        }
}

/* ---- the slow model: it keeps everything and looks back ---- */

enum { STEPS = 400 };

typedef struct {
    HeardQualityLevel grades[STEPS], levels[STEPS];
    unsigned count, changed_at; /* the sample of the last change, or of the last equal grade */
} Model;

static void model_take(Model *self, HeardQualityLevel grade)
{
    unsigned now = self->count++, worse = 0, better = 0;
    HeardQualityLevel level = now ? self->levels[now - 1] : HEARD_QUALITY_NONE;
    HeardQualityLevel smallest = HEARD_QUALITY_LOST, largest = HEARD_QUALITY_NONE;

    self->grades[now] = grade;
    for (unsigned i = now + 1; i-- > self->changed_at && self->grades[i] > level;)
        worse++;
    for (unsigned i = now + 1; i-- > self->changed_at && self->grades[i] < level;)
        better++;
    for (unsigned i = now + 1; i-- > now + 1 - MAX(worse, better);) {
        smallest = MIN(smallest, self->grades[i]);
        largest = MAX(largest, self->grades[i]);
    }
    if (now == 0 || grade == HEARD_QUALITY_LOST)
        self->levels[now] = grade;
    else if (worse >= 2)
        self->levels[now] = smallest;
    else if (better >= 3)
        self->levels[now] = largest;
    else
        self->levels[now] = level;
    if (self->levels[now] != level)
        self->changed_at = now + 1;
}

/* A sample of this grade, alike in both directions. */
static HeardQualitySample sample_of(HeardQualityLevel grade, GRand *rand)
{
    HeardQualitySample sample = fine;

    switch (grade) {
    case HEARD_QUALITY_NONE:
    case HEARD_QUALITY_COUNT:
    case HEARD_QUALITY_GOOD:
        return lossy((uint32_t)g_rand_int_range(rand, 0, 50),
                     (uint32_t)g_rand_int_range(rand, 0, 50));
    case HEARD_QUALITY_WEAK:
        return lossy((uint32_t)g_rand_int_range(rand, 120, 1001),
                     (uint32_t)g_rand_int_range(rand, 120, 1001));
    case HEARD_QUALITY_AUDIO_ONLY:
        sample.video_held = true;
        sample.up_video_bps = 0;
        return sample;
    case HEARD_QUALITY_LOST:
        sample.connected = g_rand_boolean(rand);
        sample.silent_us = g_rand_int_range(rand, 3000000, 30000000);
        return sample;
    }
    return sample;
}

static void any_row_of_samples_is_as_the_model_says(void **state)
{
    guint32 seed = g_random_int();
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    (void)state;

    print_message("# seed %u\n", seed);
    for (unsigned round = 0; round < 300; round++) {
        HeardQualityLevel grade = HEARD_QUALITY_GOOD;
        Model model = {0};

        begin(NULL);
        for (unsigned step = 0; step < STEPS; step++) {
            HeardQualityLevel before = quality.level;
            HeardQualitySample sample;
            bool changed;

            if (g_rand_int_range(rand, 0, 3) == 0)
                grade = (HeardQualityLevel)g_rand_int_range(rand, HEARD_QUALITY_GOOD,
                                                            HEARD_QUALITY_COUNT);
            sample = sample_of(grade, rand);
            model_take(&model, grade);
            changed = take(&sample);
            assert_int_equal(quality.level, model.levels[step]);
            assert_int_equal(changed, quality.level != before);
            assert_true(!changed || quality.since_ms == clock_ms);
        }
    }
}

/* Whatever comes, the line is never better than either direction, and never NONE. */
static void wild_samples_keep_the_promises(void **state)
{
    guint32 seed = g_random_int();
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    (void)state;

    print_message("# seed %u\n", seed);
    for (unsigned step = 0; step < 50000; step++) {
        HeardQualitySample sample;
        uint8_t *bytes = (uint8_t *)&sample;

        for (size_t i = 0; i < sizeof sample; i++)
            bytes[i] = (uint8_t)g_rand_int(rand);
        sample.connected = g_rand_int_range(rand, 0, 8) > 0;
        sample.sends_sound = g_rand_boolean(rand);
        sample.sends_picture = g_rand_boolean(rand);
        sample.video_held = g_rand_boolean(rand);
        sample.silent_us = g_rand_boolean(rand) ? sample.silent_us % 4000000 : sample.silent_us;
        take(&sample);
        assert_int_equal(quality.level, MAX(quality.up.level, quality.down.level));
        assert_in_range(quality.level, HEARD_QUALITY_GOOD, HEARD_QUALITY_LOST);
        assert_true(quality.up.worse < 2 && quality.up.better < 3);
        if (!sample.connected)
            assert_int_equal(quality.level, HEARD_QUALITY_LOST);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_sample_counts, begin),
        cmocka_unit_test_setup(worse_after_two_better_after_three, begin),
        cmocka_unit_test_setup(a_line_on_the_edge_does_not_flap, begin),
        cmocka_unit_test_setup(silence_of_a_microphone_is_lost_at_once, begin),
        cmocka_unit_test_setup(a_quiet_listener_is_not_lost, begin),
        cmocka_unit_test_setup(gone_media_is_lost_and_the_end_is_none, begin),
        cmocka_unit_test_setup(pictures_that_do_not_go_through_are_audio_only, begin),
        cmocka_unit_test_setup(ratings_of_voices, begin),
        cmocka_unit_test_setup(any_row_of_samples_is_as_the_model_says, begin),
        cmocka_unit_test_setup(wild_samples_keep_the_promises, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
