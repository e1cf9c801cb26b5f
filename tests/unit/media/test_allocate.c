/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/congestion/allocate.h"

enum { MS = 1000, SECOND = 1000000, TICK_US = 200 * MS };

/* As Chromium sends a camera, with and without temporal layers. */
static const HeardLayer plain[3] = {{true, 0, 180, {150000, 150000, 150000}},
                                    {true, 0, 360, {500000, 500000, 500000}},
                                    {true, 0, 720, {1500000, 1500000, 1500000}}};
static const HeardLayer temporal[3] = {{true, 3, 180, {60000, 90000, 150000}},
                                       {true, 3, 360, {200000, 300000, 500000}},
                                       {true, 3, 720, {600000, 900000, 1500000}}};

static HeardShare one(HeardAllocation *state, const HeardLayer *layers, uint16_t height,
                      uint32_t bps, int64_t now_us)
{
    HeardDemand demand = {HEARD_RANK_SPEAKER, height, layers, 3, state, false};
    HeardShare share;

    heard_allocate(&demand, 1, bps, false, now_us, &share);
    return share;
}

static int choose(HeardAllocation *state, const HeardLayer *layers, uint16_t height, int64_t now_us)
{
    return one(state, layers, height, UINT32_MAX, now_us).layer;
}

static void takes_the_lowest_that_fills(void **state)
{
    static const struct {
        uint16_t height;
        int layer;
    } rows[] = {{0, HEARD_LAYER_NONE},
                {90, 0},
                {180, 0},
                {200, 0},
                {240, 1},
                {360, 1},
                {480, 2},
                {720, 2},
                {2160, 2}};
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        HeardAllocation allocation = {0};
        assert_int_equal(choose(&allocation, plain, rows[i].height, 0), rows[i].layer);
    }
}

/* Its key frame is through a full queue soonest; the size that fits comes a second later. */
static void who_is_hurried_gets_the_smallest_size_first(void **state)
{
    HeardAllocation allocation = {0};
    HeardDemand demand = {HEARD_RANK_SPEAKER, 720, plain, 3, &allocation, false};
    HeardShare share;
    (void)state;

    heard_allocate(&demand, 1, 2000000, false, 1, &share);
    assert_int_equal(share.layer, 2);
    demand.hurried = true;
    heard_allocate(&demand, 1, 700000, false, SECOND, &share);
    assert_int_equal(share.layer, 0);
    demand.hurried = false;
    heard_allocate(&demand, 1, 700000, false, SECOND + TICK_US, &share);
    assert_int_equal(share.layer, 0);
    heard_allocate(&demand, 1, 700000, false, SECOND + TICK_US + HEARD_LAYER_UP_US, &share);
    assert_int_equal(share.layer, 1);
    demand.hurried = true; /* what does not even fit is paused as ever */
    heard_allocate(&demand, 1, 100000, false, 3 * SECOND, &share);
    assert_int_equal(share.layer, HEARD_LAYER_NONE);
    assert_true(share.held);
}

static void guesses_heights_that_are_not_known(void **state)
{
    static const HeardLayer layers[3] = {{.alive = true}, {.alive = true}, {.alive = true}};
    HeardAllocation allocation = {0};
    (void)state;

    assert_int_equal(choose(&allocation, layers, 360, 0), 1);
}

static void falls_at_once_and_rises_calmly(void **state)
{
    HeardLayer layers[3];
    HeardAllocation allocation = {0};
    (void)state;

    memcpy(layers, plain, sizeof(layers));
    assert_int_equal(choose(&allocation, layers, 720, 0), 2);
    layers[2].alive = false;
    assert_int_equal(choose(&allocation, layers, 720, 1000), 1);
    layers[2].alive = true;
    assert_int_equal(choose(&allocation, layers, 720, 2000), 1);
    assert_int_equal(choose(&allocation, layers, 720, 1000 + HEARD_LAYER_UP_US), 1);
    assert_int_equal(choose(&allocation, layers, 720, 2000 + HEARD_LAYER_UP_US), 2);
}

static void serves_a_new_wish_at_once(void **state)
{
    HeardAllocation allocation = {0};
    (void)state;

    assert_int_equal(choose(&allocation, plain, 180, 0), 0);
    assert_int_equal(choose(&allocation, plain, 720, 1), 2);
    assert_int_equal(choose(&allocation, plain, 0, 2), HEARD_LAYER_NONE);
    assert_int_equal(choose(&allocation, plain, 720, 3), 2);
}

static void waits_where_nothing_is_alive(void **state)
{
    static const HeardLayer dead[3];
    HeardAllocation allocation = {0};
    (void)state;

    assert_int_equal(choose(&allocation, dead, 720, 0), HEARD_LAYER_NONE);
    choose(&allocation, plain, 720, 1);
    assert_int_equal(choose(&allocation, dead, 720, 2), 2);
}

static void frame_rate_goes_before_size_and_size_before_the_picture(void **state)
{
    static const struct {
        uint32_t bps;
        int layer;
        uint8_t rate;
        bool held;
    } rows[] = {{UINT32_MAX, 2, HEARD_TEMPORAL_ALL, false},
                {1500000, 2, HEARD_TEMPORAL_ALL, false},
                {1400000, 2, 1, false},
                {890000, 1, HEARD_TEMPORAL_ALL, false},
                {550000, 1, HEARD_TEMPORAL_ALL, false},
                {400000, 1, 1, false},
                {290000, 0, HEARD_TEMPORAL_ALL, false},
                {160000, 0, HEARD_TEMPORAL_ALL, false},
                {100000, 0, 1, false},
                {70000, 0, 0, false},
                {50000, HEARD_LAYER_NONE, HEARD_TEMPORAL_ALL, true}};
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        HeardAllocation allocation = {0};
        HeardShare share = one(&allocation, temporal, 720, rows[i].bps, 0);

        assert_int_equal(share.layer, rows[i].layer);
        assert_int_equal(share.temporal, rows[i].rate);
        assert_int_equal(share.held, rows[i].held);
        assert_true(share.bps <= rows[i].bps);
    }
}

/* Where there is nothing smaller, few pictures are better than none. */
static void a_quarter_of_the_pictures_is_the_last_step(void **state)
{
    HeardLayer layers[3];
    HeardAllocation allocation = {0};
    (void)state;

    memcpy(layers, temporal, sizeof(layers));
    layers[0].alive = false;
    assert_int_equal(one(&allocation, layers, 720, 210000, 0).layer, 1);
    assert_int_equal(one(&allocation, layers, 720, 210000, 0).temporal, 0);
}

/* More frame rates that show up later are not a reason to take any away. */
static void temporal_layers_may_be_found_later(void **state)
{
    HeardAllocation allocation = {0};
    (void)state;

    one(&allocation, plain, 720, 2000000, 0);
    assert_int_equal(one(&allocation, temporal, 720, 2000000, 1).temporal, HEARD_TEMPORAL_ALL);
}

static void others_are_sacrificed_first_and_screens_last(void **state)
{
    enum { NONE = HEARD_LAYER_NONE };
    static const struct {
        uint32_t bps;
        int screen, speaker, other;
    } rows[] = {{3500000, 2, 2, 1},     {3300000, 2, 2, 0},       {3100000, 2, 2, NONE},
                {2000000, 2, 1, NONE},  {1500000, 2, NONE, NONE}, {700000, 1, 0, NONE},
                {600000, 1, NONE, NONE}};
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        HeardAllocation states[3] = {{0}};
        HeardDemand demands[3] = {{HEARD_RANK_OTHER, 360, plain, 3, &states[0], false},
                                  {HEARD_RANK_SCREEN, 720, plain, 3, &states[1], false},
                                  {HEARD_RANK_SPEAKER, 720, plain, 3, &states[2], false}};
        HeardShare shares[3];

        assert_int_equal(heard_allocate(demands, 3, rows[i].bps, false, 0, shares), 3500000);
        assert_int_equal(shares[1].layer, rows[i].screen);
        assert_int_equal(shares[2].layer, rows[i].speaker);
        assert_int_equal(shares[0].layer, rows[i].other);
    }
}

static void a_guess_pauses_nobody(void **state)
{
    HeardAllocation states[2] = {{0}};
    HeardDemand demands[2] = {{HEARD_RANK_OTHER, 720, plain, 3, &states[0], false},
                              {HEARD_RANK_SPEAKER, 720, plain, 3, &states[1], false}};
    HeardShare shares[2];
    (void)state;

    heard_allocate(demands, 2, 100000, true, 0, shares);
    assert_int_equal(shares[0].layer, 0);
    assert_int_equal(shares[1].layer, 0);
    heard_allocate(demands, 2, 700000, true, 0, shares);
    assert_int_equal(shares[1].layer, 0);
    heard_allocate(demands, 2, 200000, false, 0, shares);
    assert_true(shares[0].held);
    assert_int_equal(shares[1].layer, 0);
}

static void a_pause_ends_soon_after_the_line_is_back(void **state)
{
    HeardAllocation allocation = {0};
    int64_t now_us = 0, back_us;
    (void)state;

    for (unsigned falls = 0; falls < 6; falls++) {
        one(&allocation, plain, 360, 1000000, now_us);
        assert_true(one(&allocation, plain, 360, 20000, now_us + 1).held);
        for (back_us = now_us; one(&allocation, plain, 360, 1000000, now_us).held;)
            now_us += TICK_US;
        assert_true(now_us - back_us <= HEARD_RESUME_MAX_US + TICK_US);
    }
}

/* A rate around the price of a step: taken back often, tried ever more rarely. */
static void does_not_flap(void **state)
{
    HeardAllocation allocation = {0};
    unsigned changes = 0;
    int before = HEARD_LAYER_NONE;
    (void)state;

    for (int64_t now_us = 0; now_us < 120 * (int64_t)SECOND; now_us += TICK_US) {
        uint32_t bps = now_us / (3 * SECOND) % 2 == 0 ? 1800000 : 1400000;
        int layer = one(&allocation, plain, 720, bps, now_us).layer;

        changes += layer != before;
        before = layer;
    }
    assert_in_range(changes, 1, 12); /* the rate crosses 40 times */
    /* Noise below the headroom is not a reason to rise. */
    allocation = (HeardAllocation){0};
    one(&allocation, plain, 720, 1400000, 0);
    for (int64_t now_us = 0; now_us < 60 * (int64_t)SECOND; now_us += TICK_US)
        assert_int_equal(one(&allocation, plain, 720, 1600000, now_us).layer, 1);
}

/* Whatever lives and dies: never a dead layer while another one lives, and never up twice
 * within the waiting time. */
static void never_shows_a_dead_layer(void **state)
{
    uint32_t seed = 3141;
    HeardAllocation allocation = {0};
    int64_t risen_us = INT64_MIN / 2;
    int before = HEARD_LAYER_NONE;
    (void)state;

    print_message("# seed %u\n", seed);
    for (int64_t now_us = 0; now_us < 100000000; now_us += 50000) {
        HeardLayer layers[3];
        bool any = false;
        int now;
        memcpy(layers, plain, sizeof(layers));
        for (int i = 0; i < 3; i++) {
            layers[i].alive = (now_us / 700000 + i) % 3 != 0 || next_random(&seed) % 4 != 0;
            any |= layers[i].alive;
        }
        now = choose(&allocation, layers, 720, now_us);
        if (any)
            assert_true(now != HEARD_LAYER_NONE && layers[now].alive);
        if (before != HEARD_LAYER_NONE && now > before && any && layers[before].alive) {
            assert_true(now_us - risen_us >= HEARD_LAYER_UP_US);
            risen_us = now_us;
        }
        before = now;
    }
}

/*
 * The slow model: every way to show everything. Of those that fit, the right one gives each
 * rank in turn the best that its worst-off slot can have.
 */
enum { SLOTS = 4, WAYS = 10 };

typedef struct {
    int value; /* 0: paused, else 1 + layer * 3 + frame rate */
    uint32_t bps;
} Way;

static unsigned list_ways(const HeardDemand *demand, Way *ways)
{
    bool has_smaller = false;
    unsigned count = 0;

    ways[count++] = (Way){0, 0};
    for (int layer = 0; layer < 3; layer++)
        for (int rate = 0; rate < 3; rate++) {
            const HeardLayer *from = &demand->layers[layer];
            bool top = rate == 2;

            if (!from->alive ||
                (!top && (from->temporal_count < 2 || rate + 1 >= from->temporal_count)))
                continue;
            if (!has_smaller || rate > 0 || from->temporal_count < 3)
                ways[count++] = (Way){1 + layer * 3 + rate, from->bps[rate]};
            has_smaller |= top;
            if (top && from->height * 9 / 8 >= demand->wanted_height)
                return count;
        }
    return count;
}

/* The best that the worst of a rank can have with this budget. */
static int best_worst(const HeardDemand *demands, unsigned count, HeardRank rank, uint64_t budget)
{
    Way ways[SLOTS][WAYS];
    unsigned counts[SLOTS], at[SLOTS] = {0};
    int best = -1;

    for (unsigned i = 0; i < count; i++)
        counts[i] = demands[i].rank == rank ? list_ways(&demands[i], ways[i]) : 1;
    for (;;) {
        uint64_t sum = 0;
        int worst = 100;
        unsigned i;

        for (i = 0; i < count; i++)
            if (demands[i].rank == rank) {
                sum += ways[i][at[i]].bps;
                /* Who has all he wants is not badly off. */
                if (at[i] + 1 < counts[i])
                    worst = MIN(worst, ways[i][at[i]].value);
            }
        if (sum <= budget && worst > best)
            best = worst;
        for (i = 0; i < count && ++at[i] == counts[i]; i++)
            at[i] = 0;
        if (i == count)
            return best;
    }
}

static int value_of(const HeardShare *share)
{
    if (share->layer == HEARD_LAYER_NONE)
        return 0;
    return 1 + share->layer * 3 + (share->temporal == HEARD_TEMPORAL_ALL ? 2 : share->temporal);
}

static void check_against_model(const HeardDemand *demands, unsigned count, uint32_t available,
                                const HeardShare *shares)
{
    uint64_t left = available;

    for (int rank = HEARD_RANK_COUNT - 1; rank >= 0; rank--) {
        int worst = 100;
        uint64_t spent = 0;

        for (unsigned i = 0; i < count; i++) {
            Way ways[WAYS];
            unsigned way_count = list_ways(&demands[i], ways);

            if ((int)demands[i].rank != rank)
                continue;
            spent += shares[i].bps;
            if (value_of(&shares[i]) < ways[way_count - 1].value)
                worst = MIN(worst, value_of(&shares[i]));
        }
        assert_true(spent <= left);
        assert_int_equal(worst, best_worst(demands, count, (HeardRank)rank, left));
        left -= spent;
        /* Nothing lies about that would carry someone's next step. */
        for (unsigned i = 0; i < count; i++) {
            Way ways[WAYS];
            unsigned way_count = list_ways(&demands[i], ways);

            for (unsigned w = 0; w < way_count && (int)demands[i].rank == rank; w++)
                if (ways[w].value > value_of(&shares[i]))
                    assert_true(ways[w].bps > shares[i].bps + left);
        }
    }
}

static void random_layers(HeardLayer *layers, uint32_t *seed)
{
    uint32_t bps = 20000;

    for (unsigned i = 0; i < 3; i++) {
        layers[i] = (HeardLayer){.alive = next_random(seed) % 5 != 0,
                                 .temporal_count = (uint8_t)(next_random(seed) % 4),
                                 .height = (uint16_t)(180 << i)};
        for (unsigned t = 0; t < HEARD_TEMPORAL_MAX; t++)
            layers[i].bps[t] = bps += next_random(seed) % 200000 + 1;
    }
}

static void equals_the_model(void **state)
{
    uint32_t seed = 271828;
    (void)state;

    print_message("# seed %u\n", seed);
    for (unsigned round = 0; round < 3000; round++) {
        HeardLayer layers[SLOTS][3];
        HeardAllocation states[SLOTS] = {{0}};
        HeardDemand demands[SLOTS];
        HeardShare shares[SLOTS];
        unsigned count = next_random(&seed) % SLOTS + 1;
        uint32_t available = next_random(&seed) % 3000000;

        for (unsigned i = 0; i < count; i++) {
            random_layers(layers[i], &seed);
            layers[i][0].alive = true;
            demands[i] = (HeardDemand){(HeardRank)(next_random(&seed) % HEARD_RANK_COUNT),
                                       (uint16_t)(next_random(&seed) % 800 + 1),
                                       layers[i],
                                       3,
                                       &states[i],
                                       false};
        }
        heard_allocate(demands, count, available, false, 0, shares);
        check_against_model(demands, count, available, shares);
    }
}

/* Over time: whatever the rate does, what is given fits at once; and who is alone in his
 * rank has, after a while, whatever fits with the headroom beside the ranks above. */
static void follows_the_rate(void **state)
{
    uint32_t seed = 161803;
    HeardAllocation states[SLOTS] = {{0}};
    HeardDemand demands[SLOTS];
    HeardShare shares[SLOTS];
    int64_t now_us = 0;
    (void)state;

    print_message("# seed %u\n", seed);
    for (unsigned i = 0; i < SLOTS; i++)
        demands[i] =
            (HeardDemand){(HeardRank)(i % HEARD_RANK_COUNT), 720, temporal, 3, &states[i], false};
    for (unsigned round = 0; round < 200; round++) {
        uint32_t available = next_random(&seed) % 8000000;
        uint32_t left = available - available / HEARD_ALLOCATE_HEADROOM;

        for (unsigned tick = 0; tick < 100; tick++, now_us += TICK_US) {
            uint64_t spent = 0;

            heard_allocate(demands, SLOTS, available, false, now_us, shares);
            for (unsigned i = 0; i < SLOTS; i++)
                spent += shares[i].bps;
            assert_true(spent <= available);
        }
        for (int rank = HEARD_RANK_SCREEN; rank > HEARD_RANK_OTHER; rank--) {
            HeardAllocation fresh = {0};
            HeardShare alone = one(&fresh, temporal, 720, left, 0);

            assert_true(value_of(&shares[rank]) >= value_of(&alone));
            left -= MIN(left, shares[rank].bps);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_lowest_that_fills),
        cmocka_unit_test(who_is_hurried_gets_the_smallest_size_first),
        cmocka_unit_test(guesses_heights_that_are_not_known),
        cmocka_unit_test(falls_at_once_and_rises_calmly),
        cmocka_unit_test(serves_a_new_wish_at_once),
        cmocka_unit_test(waits_where_nothing_is_alive),
        cmocka_unit_test(frame_rate_goes_before_size_and_size_before_the_picture),
        cmocka_unit_test(a_quarter_of_the_pictures_is_the_last_step),
        cmocka_unit_test(temporal_layers_may_be_found_later),
        cmocka_unit_test(others_are_sacrificed_first_and_screens_last),
        cmocka_unit_test(a_guess_pauses_nobody),
        cmocka_unit_test(a_pause_ends_soon_after_the_line_is_back),
        cmocka_unit_test(does_not_flap),
        cmocka_unit_test(never_shows_a_dead_layer),
        cmocka_unit_test(equals_the_model),
        cmocka_unit_test(follows_the_rate),
    };

    return cmocka_run_group_tests_name("media allocate", tests, NULL, NULL);
}
