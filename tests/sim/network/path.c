/* SPDX-License-Identifier: Apache-2.0 */
#include "path.h"

enum { HEADERS_SIZE = 28 }; /* IPv4 and UDP */

uint64_t sim_random_seed(uint64_t seed)
{
    return seed * UINT64_C(0x9e3779b97f4a7c15) + UINT64_C(0xd1b54a32d192ed03);
}

double sim_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (double)(*state >> 11) / (double)(UINT64_C(1) << 53);
}

void sim_path_init(SimPath *self, const SimPathConfig *config, uint64_t seed)
{
    *self = (SimPath){.config = *config, .random = sim_random_seed(seed)};
}

uint32_t sim_path_rate_bps(const SimPath *self, int64_t now_us)
{
    size_t i = self->config.rate_count - 1;

    while (i > 0 && self->config.rates[i].at_us > now_us)
        i--;
    return self->config.rates[i].bps;
}

/* When bits that start at from are through, over all changes of the rate. */
static int64_t through_us(const SimPath *self, int64_t from_us, double bits)
{
    for (size_t i = 0; i < self->config.rate_count; i++) {
        int64_t end_us =
            i + 1 < self->config.rate_count ? self->config.rates[i + 1].at_us : INT64_MAX;
        double bps = self->config.rates[i].bps;
        double room;

        if (end_us <= from_us)
            continue;
        room = (double)(end_us - from_us) * bps / 1e6;
        if (bits <= room)
            return from_us + (int64_t)(bits * 1e6 / bps);
        bits -= room;
        from_us = end_us;
    }
    return from_us;
}

/* Bits that leave between two times. */
static double bits_between(const SimPath *self, int64_t from_us, int64_t to_us)
{
    double bits = 0;

    for (size_t i = 0; i < self->config.rate_count; i++) {
        int64_t start_us = self->config.rates[i].at_us;
        int64_t end_us =
            i + 1 < self->config.rate_count ? self->config.rates[i + 1].at_us : INT64_MAX;
        int64_t a = start_us > from_us ? start_us : from_us;
        int64_t b = end_us < to_us ? end_us : to_us;

        if (b > a)
            bits += (double)(b - a) * self->config.rates[i].bps / 1e6;
    }
    return bits;
}

int64_t sim_path_queue_us(const SimPath *self, int64_t now_us)
{
    return self->busy_us > now_us ? self->busy_us - now_us : 0;
}

static bool is_lost(SimPath *self)
{
    double chance = self->config.loss;

    if (self->config.burst_enter > 0) {
        double turn = self->bad ? self->config.burst_leave : self->config.burst_enter;

        if (sim_random(&self->random) < turn)
            self->bad = !self->bad;
        if (self->bad)
            chance = self->config.burst_loss;
    }
    return chance > 0 && sim_random(&self->random) < chance;
}

int64_t sim_path_send(SimPath *self, size_t size, int64_t now_us)
{
    const SimPathConfig *config = &self->config;
    int64_t wait_us = sim_path_queue_us(self, now_us), arrival_us;

    if ((config->queue_us > 0 && wait_us > config->queue_us) ||
        (config->queue_bytes > 0 &&
         bits_between(self, now_us, self->busy_us) / 8 > (double)config->queue_bytes)) {
        self->dropped++;
        return SIM_LOST;
    }
    self->busy_us = through_us(self, now_us + wait_us, (double)(size + HEADERS_SIZE) * 8);
    if (is_lost(self)) {
        self->lost++;
        return SIM_LOST;
    }
    arrival_us = self->busy_us + config->delay_us +
                 (int64_t)(sim_random(&self->random) * (double)config->jitter_us);
    if (!config->reorders && arrival_us < self->arrived_us)
        arrival_us = self->arrived_us;
    if (arrival_us > self->arrived_us)
        self->arrived_us = arrival_us;
    return arrival_us;
}
