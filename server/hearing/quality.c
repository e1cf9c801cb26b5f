/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/quality.h"

/* Tenths of a point, so that whole numbers will do. */
enum {
    RATING_BEST = 932,    /* G.107 with its default values */
    LOSS_FULL = 950,      /* 95 points: nothing is understood */
    LOSS_HALF = 250,      /* permille that cost half of them: packet loss concealed at random
                           * (Bpl 25.1, G.113 Appendix I) */
    OWN_DELAY_MS = 80,    /* capture, a packet of 20 ms, jitter buffer, playout */
    DELAY_FREE_MS = 177,  /* beyond this conversations suffer (G.107 Annex A, simplified) */
    RTT_MAX_US = 5000000, /* a larger one says nothing new */
};

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

unsigned heard_quality_rating(int64_t rtt_us, uint32_t loss_permille)
{
    int64_t loss = clamp(loss_permille, 0, 1000);
    int64_t delay_ms = OWN_DELAY_MS + clamp(rtt_us, 0, RTT_MAX_US) / 2000;
    int64_t rating = RATING_BEST - LOSS_FULL * loss / (loss + LOSS_HALF);

    rating -= delay_ms * 24 / 100;
    if (delay_ms > DELAY_FREE_MS)
        rating -= (delay_ms - DELAY_FREE_MS) * 11 / 10;
    return (unsigned)(clamp(rating, 0, RATING_BEST) / 10);
}

static bool is_lost(const HeardQualitySample *sample)
{
    return !sample->connected || sample->silent_us >= HEARD_QUALITY_SILENT_US ||
           (sample->sends_sound && sample->silent_us >= HEARD_QUALITY_SENDER_SILENT_US);
}

static HeardQualityLevel grade_up(const HeardQualitySample *sample)
{
    if (is_lost(sample))
        return HEARD_QUALITY_LOST;
    if (sample->sends_picture && sample->up_video_bps == 0)
        return HEARD_QUALITY_AUDIO_ONLY;
    if (heard_quality_rating(sample->rtt_us, sample->up_loss_permille) < HEARD_QUALITY_RATING_MIN)
        return HEARD_QUALITY_WEAK;
    return HEARD_QUALITY_GOOD;
}

static HeardQualityLevel grade_down(const HeardQualitySample *sample)
{
    if (is_lost(sample))
        return HEARD_QUALITY_LOST;
    if (sample->video_held)
        return HEARD_QUALITY_AUDIO_ONLY;
    if (sample->available_bps > 0 && sample->available_bps < HEARD_QUALITY_PICTURE_BPS)
        return HEARD_QUALITY_WEAK;
    if (heard_quality_rating(sample->rtt_us, sample->down_loss_permille) < HEARD_QUALITY_RATING_MIN)
        return HEARD_QUALITY_WEAK;
    return HEARD_QUALITY_GOOD;
}

static void become(HeardQualityLine *self, HeardQualityLevel level)
{
    *self = (HeardQualityLine){.level = level};
}

static void take_worse(HeardQualityLine *self, HeardQualityLevel grade)
{
    self->better = 0;
    self->least_bad = self->worse++ == 0 || grade < self->least_bad ? grade : self->least_bad;
    if (self->worse >= HEARD_QUALITY_WORSE_SAMPLES)
        become(self, self->least_bad);
}

static void take_better(HeardQualityLine *self, HeardQualityLevel grade)
{
    self->worse = 0;
    self->least_good = self->better++ == 0 || grade > self->least_good ? grade : self->least_good;
    if (self->better >= HEARD_QUALITY_BETTER_SAMPLES)
        become(self, self->least_good);
}

static void take_grade(HeardQualityLine *self, HeardQualityLevel grade)
{
    if (self->level == HEARD_QUALITY_NONE || grade == HEARD_QUALITY_LOST || grade == self->level)
        become(self, grade);
    else if (grade > self->level)
        take_worse(self, grade);
    else
        take_better(self, grade);
}

static bool settle(HeardQuality *self, HeardQualityLevel level, int64_t wall_ms)
{
    if (level == self->level)
        return false;
    self->level = level;
    self->since_ms = wall_ms;
    return true;
}

bool heard_quality_sample(HeardQuality *self, const HeardQualitySample *sample, int64_t wall_ms)
{
    self->last = *sample;
    take_grade(&self->up, grade_up(sample));
    take_grade(&self->down, grade_down(sample));
    return settle(self, self->up.level > self->down.level ? self->up.level : self->down.level,
                  wall_ms);
}

bool heard_quality_end(HeardQuality *self, int64_t wall_ms)
{
    HeardQualityLevel before = self->level;

    if (before == HEARD_QUALITY_NONE)
        return false;
    *self = (HeardQuality){.since_ms = wall_ms};
    return true;
}

const char *heard_quality_name(HeardQualityLevel level)
{
    static const char *const names[HEARD_QUALITY_COUNT] = {"none", "good", "weak", "audio_only",
                                                           "lost"};

    return names[level];
}
