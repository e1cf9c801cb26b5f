/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/layer.h"

enum {
    NOMINAL_HEIGHT = 720, /* of the top layer, while its true height is not known */
    STRETCH_SHIFT = 3,    /* a picture may be stretched by an eighth before it looks soft */
};

static unsigned height_of(const HeardLayer *layers, size_t count, size_t index)
{
    if (layers[index].height != 0)
        return layers[index].height;
    return NOMINAL_HEIGHT >> (count - 1 - index);
}

/* What would be right if nothing had been chosen before. */
static int choose_now(const HeardLayer *layers, size_t count, unsigned wanted_height,
                      uint32_t available_bps)
{
    int best = HEARD_LAYER_NONE;

    for (size_t i = 0; i < count; i++) {
        unsigned height = height_of(layers, count, i);
        if (!layers[i].alive)
            continue;
        if (best != HEARD_LAYER_NONE && layers[i].bitrate_bps > available_bps)
            break;
        best = (int)i;
        if (height + (height >> STRETCH_SHIFT) >= wanted_height)
            break;
    }
    return best;
}

int heard_layer_choose(HeardLayerChoice *self, const HeardLayer *layers, size_t layer_count,
                       uint16_t wanted_height, uint32_t available_bps, int64_t now_us)
{
    size_t count = layer_count < HEARD_LAYER_MAX ? layer_count : HEARD_LAYER_MAX;
    int current = self->current_plus_1 - 1;
    bool new_wish = wanted_height != self->wanted_height;
    int best;

    self->wanted_height = wanted_height;
    if (wanted_height == 0 || count == 0) {
        *self = (HeardLayerChoice){0};
        return HEARD_LAYER_NONE;
    }
    best = choose_now(layers, count, wanted_height, available_bps);
    if (best == HEARD_LAYER_NONE)
        return current < (int)count ? current : HEARD_LAYER_NONE; /* all quiet: wait for it */
    if (current == HEARD_LAYER_NONE || current >= (int)count || !layers[current].alive ||
        best < current || new_wish) {
        self->current_plus_1 = (int8_t)(best + 1);
        self->better_plus_1 = 0;
        return best;
    }
    if (best == current) {
        self->better_plus_1 = 0;
        return current;
    }
    if (self->better_plus_1 != best + 1) {
        self->better_plus_1 = (int8_t)(best + 1);
        self->better_us = now_us;
    }
    if (now_us - self->better_us < HEARD_LAYER_UP_US)
        return current;
    self->current_plus_1 = (int8_t)(best + 1);
    self->better_plus_1 = 0;
    return best;
}
