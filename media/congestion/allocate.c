/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/allocate.h"

#include <glib.h>

/*
 * A point is a way to show something: 1 + layer * 3 + frame rate, so that a greater one is
 * the better picture. Frame rate 2 means all temporal layers, however many there are: then
 * a layer that is found to have more of them later is not cut by that. 0 is nothing yet and
 * PAUSED is a pause that was decided.
 */
enum {
    NOMINAL_HEIGHT = 720, /* of the top layer, while its true height is not known */
    STRETCH_SHIFT = 3,    /* a picture may be stretched by an eighth before it looks soft */
    FULL_RATE = HEARD_TEMPORAL_MAX - 1,
    POINTS = HEARD_LAYER_MAX * HEARD_TEMPORAL_MAX,
    PAUSED = 1,
    LOWEST = 2,
    OFF = -1, /* the level of a pause */
};

/* The points of one slot that make sense, cheapest first; each costs more than those below. */
typedef struct {
    uint8_t points[POINTS];
    uint32_t costs[POINTS];
    int count;
    HeardRank rank;
} Ladder;

static uint8_t point_of(size_t layer, unsigned rate)
{
    return (uint8_t)(LOWEST + layer * HEARD_TEMPORAL_MAX + rate);
}

static size_t layer_of(uint8_t point)
{
    return (size_t)(point - LOWEST) / HEARD_TEMPORAL_MAX;
}

static unsigned height_of(const HeardDemand *demand, size_t count, size_t index)
{
    if (demand->layers[index].height != 0)
        return demand->layers[index].height;
    return NOMINAL_HEIGHT >> (count - 1 - index);
}

static size_t layer_count(const HeardDemand *demand)
{
    return demand->layer_count < HEARD_LAYER_MAX ? demand->layer_count : HEARD_LAYER_MAX;
}

/* The lowest layer that fills the wanted height, of those that live; or NONE. */
static int top_layer(const HeardDemand *demand)
{
    size_t count = layer_count(demand);
    int top = HEARD_LAYER_NONE;

    for (size_t i = 0; i < count && demand->wanted_height > 0; i++) {
        unsigned height = height_of(demand, count, i);

        if (!demand->layers[i].alive)
            continue;
        top = (int)i;
        if (height + (height >> STRETCH_SHIFT) >= demand->wanted_height)
            break;
    }
    return top;
}

/* A quarter of the pictures is hardly motion: a smaller size with more of them is better. */
static bool is_slideshow(const HeardDemand *demand, int layer, unsigned rates, unsigned rate)
{
    bool has_smaller = false;

    for (int i = 0; i < layer; i++)
        has_smaller |= demand->layers[i].alive;
    return has_smaller && rates == HEARD_TEMPORAL_MAX && rate == 0;
}

/* From the best down; what is not cheaper than something better is left out. */
static void make_ladder(const HeardDemand *demand, Ladder *ladder)
{
    uint8_t points[POINTS];
    uint32_t costs[POINTS];
    int count = 0;

    for (int i = top_layer(demand); i >= 0; i--) {
        const HeardLayer *layer = &demand->layers[i];
        unsigned rates = layer->temporal_count > 1 ? layer->temporal_count : 1;

        rates = rates < HEARD_TEMPORAL_MAX ? rates : HEARD_TEMPORAL_MAX;
        for (unsigned t = rates; layer->alive && t-- > 0;) {
            uint32_t cost = t + 1 == rates ? layer->bps[FULL_RATE] : layer->bps[t];

            if ((count > 0 && cost >= costs[count - 1]) || is_slideshow(demand, i, rates, t))
                continue;
            points[count] = point_of((size_t)i, t + 1 == rates ? FULL_RATE : t);
            costs[count++] = cost;
        }
    }
    *ladder = (Ladder){.count = count, .rank = demand->rank};
    for (int i = 0; i < count; i++) {
        ladder->points[i] = points[count - 1 - i];
        ladder->costs[i] = costs[count - 1 - i];
    }
}

static uint32_t cost_at(const Ladder *ladder, int level)
{
    return level == OFF ? 0 : ladder->costs[level];
}

/* The one of this rank that is worst off and may still rise; of equals the cheaper step. */
static int worst_off(const Ladder *ladders, size_t count, HeardRank rank, const int *levels,
                     uint32_t stuck)
{
    int best = -1, best_point = 0;
    uint32_t best_step = 0;

    for (size_t i = 0; i < count; i++) {
        const Ladder *ladder = &ladders[i];
        int level, point;
        uint32_t step;

        if (ladder->rank != rank || stuck & UINT32_C(1) << i)
            continue;
        level = levels[i]; /* of this rank: those of later ranks are not known yet */
        if (level + 1 >= ladder->count)
            continue;
        point = level == OFF ? PAUSED : ladder->points[level];
        step = cost_at(ladder, level + 1) - cost_at(ladder, level);
        if (best < 0 || point < best_point || (point == best_point && step < best_step)) {
            best = (int)i;
            best_point = point;
            best_step = step;
        }
    }
    return best;
}

/* What would be right for one rank if it had nothing yet. */
static void plan(const Ladder *ladders, size_t count, HeardRank rank, uint64_t budget_bps,
                 bool never_pause, int *levels)
{
    uint64_t left = budget_bps;
    uint32_t stuck = 0;
    int i;

    for (size_t k = 0; k < count; k++) {
        int level = never_pause && ladders[k].count > 0 ? 0 : OFF;

        /* What nobody may be refused is set aside for the lower ranks too. */
        if (ladders[k].rank <= rank)
            left -= MIN(left, cost_at(&ladders[k], level));
        if (ladders[k].rank == rank)
            levels[k] = level;
    }
    while ((i = worst_off(ladders, count, rank, levels, stuck)) >= 0) {
        uint32_t step = cost_at(&ladders[i], levels[i] + 1) - cost_at(&ladders[i], levels[i]);

        if (step > left) {
            stuck |= UINT32_C(1) << i;
            continue;
        }
        left -= step;
        levels[i]++;
    }
}

/* The level of what the slot has now: the best that is not better than it. */
static int level_of(const Ladder *ladder, uint8_t point)
{
    int level = OFF;

    for (int i = 0; i < ladder->count && ladder->points[i] <= point; i++)
        level = i;
    return level;
}

static void set_level(HeardAllocation *state, const Ladder *ladder, int level)
{
    state->point = level == OFF ? PAUSED : ladder->points[level];
    state->better_us = 0;
}

/* The best of the smallest size that is no better than this. */
static int smallest_size(const Ladder *ladder, int level)
{
    int smallest = level == OFF ? OFF : 0;

    while (smallest < level &&
           layer_of(ladder->points[smallest + 1]) == layer_of(ladder->points[0]))
        smallest++;
    return smallest;
}

/* A step up that had to be taken back soon: be slower with the next one. */
static void note_fall(HeardAllocation *state, int64_t now_us)
{
    bool proven = state->risen_us == 0 || now_us - state->risen_us >= HEARD_LAYER_PROVEN_US;
    int64_t wait_us = state->wait_us == 0 ? HEARD_LAYER_UP_US : state->wait_us;

    state->wait_us = proven ? 0 : wait_us * 2;
    if (state->wait_us > HEARD_LAYER_UP_MAX_US)
        state->wait_us = HEARD_LAYER_UP_MAX_US;
    state->risen_us = 0;
}

static int64_t wait_of(const HeardAllocation *state)
{
    int64_t wait_us = state->wait_us == 0 ? HEARD_LAYER_UP_US : state->wait_us;

    return state->point == PAUSED && wait_us > HEARD_RESUME_MAX_US ? HEARD_RESUME_MAX_US : wait_us;
}

static bool lives(const HeardDemand *demand, uint8_t point)
{
    return layer_of(point) < layer_count(demand) && demand->layers[layer_of(point)].alive;
}

/* From what the slot has towards what it may have: most it could take now, and what leaves
 * the headroom. */
static void move(HeardAllocation *state, const HeardDemand *demand, const Ladder *ladder, int most,
                 int roomy, int64_t now_us)
{
    bool new_wish = state->wanted_height != demand->wanted_height || state->point == 0;
    int level = level_of(ladder, state->point);
    int better = MIN(most, roomy);

    state->wanted_height = demand->wanted_height;
    if (new_wish || (state->point >= LOWEST && !lives(demand, state->point))) {
        set_level(state, ladder, most);
        return;
    }
    if (most < level) {
        if (demand->hurried && most != OFF &&
            layer_of(ladder->points[most]) != layer_of(ladder->points[level]))
            most = smallest_size(ladder, most);
        set_level(state, ladder, most);
        note_fall(state, now_us);
        return;
    }
    if (most == level && level != OFF)
        state->point = ladder->points[level]; /* what it had is not worth its price any more */
    if (better <= level) {
        state->better_us = 0;
        return;
    }
    if (state->better_us == 0)
        state->better_us = now_us;
    if (now_us - state->better_us < wait_of(state))
        return;
    set_level(state, ladder, better);
    state->risen_us = now_us;
}

static HeardShare share_of(const HeardAllocation *state, const Ladder *ladder)
{
    HeardShare share = {.layer = HEARD_LAYER_NONE, .temporal = HEARD_TEMPORAL_ALL};
    unsigned rate;

    share.held = state->point == PAUSED && ladder->count > 0;
    if (state->point < LOWEST)
        return share;
    rate = (unsigned)(state->point - LOWEST) % HEARD_TEMPORAL_MAX;
    share.layer = (int8_t)layer_of(state->point);
    share.temporal = rate == FULL_RATE ? HEARD_TEMPORAL_ALL : (uint8_t)rate;
    share.bps = cost_at(ladder, level_of(ladder, state->point));
    return share;
}

static HeardShare settle(const HeardDemand *demand, const Ladder *ladder, int most, int roomy,
                         int64_t now_us)
{
    if (demand->wanted_height == 0 || demand->layer_count == 0)
        *demand->state = (HeardAllocation){0};
    else if (ladder->count > 0) /* otherwise all is quiet: wait for it */
        move(demand->state, demand, ladder, most, roomy, now_us);
    return share_of(demand->state, ladder);
}

uint32_t heard_allocate(const HeardDemand *demands, size_t count, uint32_t available_bps,
                        bool never_pause, int64_t now_us, HeardShare *ret_shares)
{
    uint64_t left = available_bps == UINT32_MAX ? UINT64_MAX : available_bps;
    uint64_t headroom = available_bps == UINT32_MAX ? 0 : left / HEARD_ALLOCATE_HEADROOM;
    uint64_t wanted_bps = 0;
    int most_levels[HEARD_ALLOCATE_MAX], roomy_levels[HEARD_ALLOCATE_MAX];
    Ladder ladders[HEARD_ALLOCATE_MAX];

    count = MIN(count, (size_t)HEARD_ALLOCATE_MAX);
    for (size_t i = 0; i < count; i++) {
        make_ladder(&demands[i], &ladders[i]);
        wanted_bps += cost_at(&ladders[i], ladders[i].count - 1);
    }
    for (int rank = HEARD_RANK_COUNT - 1; rank >= 0; rank--) {
        plan(ladders, count, (HeardRank)rank, left, never_pause, most_levels);
        plan(ladders, count, (HeardRank)rank, left - MIN(left, headroom), never_pause,
             roomy_levels);
        for (size_t i = 0; i < count; i++) {
            if ((int)demands[i].rank != rank)
                continue;
            ret_shares[i] =
                settle(&demands[i], &ladders[i], most_levels[i], roomy_levels[i], now_us);
            /* The next rank gets what this one really took. */
            left -= MIN(left, ret_shares[i].bps);
        }
    }
    return (uint32_t)MIN(wanted_bps, UINT32_MAX - 1);
}
