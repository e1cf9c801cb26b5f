/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/history.h"

#include <glib.h>
#include <string.h>

enum {
    BYTES_MIN = 4096,
    BYTES_MAX = 16 * 1024 * 1024,
    PACKETS_MIN = 16,
    PACKETS_MAX = 32768, /* half of the sequence space: an entry can't mean two packets */
};

static uint32_t round_up(size_t value, uint32_t min, uint32_t max)
{
    uint32_t power = min;

    while (power < value && power < max)
        power *= 2;
    return power;
}

void heard_history_init(HeardHistory *self, size_t bytes, size_t bytes_max, size_t packets)
{
    uint32_t bytes_size = round_up(bytes, BYTES_MIN, BYTES_MAX);
    uint32_t entry_count = round_up(packets, PACKETS_MIN, PACKETS_MAX);

    self->bytes = g_malloc(bytes_size);
    self->entries = g_new0(HeardHistoryEntry, entry_count);
    self->bytes_mask = bytes_size - 1;
    self->bytes_max = MAX(bytes_size, round_up(bytes_max, BYTES_MIN, BYTES_MAX));
    self->entries_mask = entry_count - 1;
    self->head = 0;
    self->floor = 0;
}

void heard_history_deinit(HeardHistory *self)
{
    g_clear_pointer(&self->bytes, g_free);
    g_clear_pointer(&self->entries, g_free);
}

static uint32_t place_of(const HeardHistory *self, uint64_t position)
{
    return (uint32_t)position & self->bytes_mask;
}

/* Positions stay what they are; where a packet lies in one piece in the old ring, it does in
 * one of twice the size. */
static void double_ring(HeardHistory *self)
{
    uint32_t size = self->bytes_mask + 1, at = place_of(self, self->head);
    uint8_t *old = self->bytes;

    self->bytes = g_malloc((size_t)size * 2);
    self->bytes_mask = size * 2 - 1;
    memcpy(self->bytes + place_of(self, self->head - at), old, at);
    self->floor = self->head >= size ? self->head - size : 0;
    if (self->head >= size)
        memcpy(self->bytes + place_of(self, self->head - size), old + at, size - at);
    g_free(old);
}

static bool has_place(const HeardHistory *self, size_t size)
{
    return place_of(self, self->head) + size <= (size_t)self->bytes_mask + 1;
}

void heard_history_put(HeardHistory *self, uint16_t seq, const uint8_t *packet, size_t size,
                       int64_t now_us)
{
    HeardHistoryEntry *entry = &self->entries[seq & self->entries_mask];
    uint32_t at;

    if (size == 0 || size > HEARD_HISTORY_PACKET_MAX)
        return;
    if (!has_place(self, size) && now_us - self->lap_us < HEARD_HISTORY_AGE_US &&
        self->bytes_mask + 1 < self->bytes_max)
        double_ring(self);
    /* A packet lies in one piece: skip the rest of the ring where it does not fit. */
    if (!has_place(self, size))
        self->head += self->bytes_mask + 1 - place_of(self, self->head);
    at = place_of(self, self->head);
    if (at == 0)
        self->lap_us = now_us;
    memcpy(self->bytes + at, packet, size);
    entry->position = self->head;
    entry->size = (uint16_t)size;
    entry->seq = seq;
    self->head += size;
}

const uint8_t *heard_history_find(const HeardHistory *self, uint16_t seq, size_t *ret_size)
{
    const HeardHistoryEntry *entry;

    if (!self->entries) /* a stream that keeps none */
        return NULL;
    entry = &self->entries[seq & self->entries_mask];
    if (entry->size == 0 || entry->seq != seq)
        return NULL;
    if (entry->position < self->floor ||
        self->head - entry->position > (uint64_t)self->bytes_mask + 1)
        return NULL; /* overwritten, at least in part */
    *ret_size = entry->size;
    return self->bytes + (entry->position & self->bytes_mask);
}

void heard_history_clear(HeardHistory *self)
{
    memset(self->entries, 0, ((size_t)self->entries_mask + 1) * sizeof(*self->entries));
    self->head = 0;
    self->floor = 0;
}
