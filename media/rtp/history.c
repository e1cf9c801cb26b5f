/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/history.h"

#include <glib.h>
#include <string.h>

enum {
    PAGE_BYTES = 4096,
    MALLOC_BYTES = 32, /* of the last page: what an allocator writes before the block */
    BYTES_MAX = 16 * 1024 * 1024,
    PACKETS_MIN = 16,
    PACKETS_MAX = 32768, /* half of the sequence space: an entry can't mean two packets */
    GROWTH = 8,          /* by an eighth */
    ROOMY_US = HEARD_HISTORY_AGE_US + HEARD_HISTORY_AGE_US / 8,
    SHRUNK_US = HEARD_HISTORY_AGE_US + HEARD_HISTORY_AGE_US / 16,
    ROOMY_LAPS = 8, /* so many in a row before the ring shrinks: four seconds */
};

static uint32_t round_up(size_t value, uint32_t min, uint32_t max)
{
    uint32_t power = min;

    while (power < value && power < max)
        power *= 2;
    return power;
}

static uint32_t whole_pages(size_t bytes)
{
    size_t pages = (MIN(bytes, (size_t)BYTES_MAX) + PAGE_BYTES - 1) / PAGE_BYTES;

    return (uint32_t)(MAX(pages, 1) * PAGE_BYTES) - MALLOC_BYTES;
}

void heard_history_init(HeardHistory *self, size_t bytes, size_t bytes_max, size_t packets)
{
    uint32_t entry_count = round_up(packets, PACKETS_MIN, PACKETS_MAX);

    *self = (HeardHistory){.bytes_size = whole_pages(bytes), .entries_mask = entry_count - 1};
    self->bytes_min = self->bytes_size;
    self->bytes_max = MAX(self->bytes_size, whole_pages(bytes_max));
    self->bytes = g_malloc(self->bytes_size);
    self->entries = g_new0(HeardHistoryEntry, entry_count);
}

void heard_history_deinit(HeardHistory *self)
{
    g_clear_pointer(&self->bytes, g_free);
    g_clear_pointer(&self->entries, g_free);
}

static bool is_overwritten(const HeardHistory *self, const HeardHistoryEntry *entry)
{
    return self->head - entry->position > self->bytes_size;
}

/* What is left of the newest bytes comes to lie first: what lay in one piece still does. */
static void resize(HeardHistory *self, uint32_t size)
{
    uint32_t keep = MIN(size, self->bytes_size), lap = MIN(keep, self->at);
    uint8_t *bytes = g_malloc(size);

    memcpy(bytes, self->bytes + self->bytes_size - (keep - lap), keep - lap);
    memcpy(bytes + keep - lap, self->bytes + self->at - lap, lap);
    for (uint32_t i = 0; i <= self->entries_mask; i++) {
        HeardHistoryEntry *entry = &self->entries[i];
        uint64_t back = self->head - entry->position;

        entry->size = back <= keep ? entry->size : 0;
        entry->at = (uint32_t)(keep - back);
    }
    g_free(self->bytes);
    self->bytes = bytes;
    self->bytes_size = size;
    self->at = keep;
}

/* The ring is full once more: was that too soon, or has it been too late for a while? */
static void fit(HeardHistory *self, int64_t now_us)
{
    int64_t lap_us = now_us - self->lap_us;
    uint32_t size = self->bytes_size;

    self->shortest_us = self->lap_count == 0 ? lap_us : MIN(lap_us, self->shortest_us);
    self->lap_count = lap_us < ROOMY_US ? 0 : self->lap_count + 1;
    if (lap_us < HEARD_HISTORY_AGE_US)
        size = MIN(whole_pages((size_t)size + size / GROWTH), self->bytes_max);
    else if (self->lap_count == ROOMY_LAPS)
        size = whole_pages((size_t)((int64_t)size * SHRUNK_US / self->shortest_us));
    if (self->lap_count == ROOMY_LAPS)
        self->lap_count = 0;
    if (size != self->bytes_size)
        resize(self, MAX(size, self->bytes_min));
}

static bool has_place(const HeardHistory *self, size_t size)
{
    return self->at + size <= self->bytes_size;
}

void heard_history_put(HeardHistory *self, uint16_t seq, const uint8_t *packet, size_t size,
                       int64_t now_us)
{
    HeardHistoryEntry *entry = &self->entries[seq & self->entries_mask];

    if (size == 0 || size > HEARD_HISTORY_PACKET_MAX)
        return;
    if (!has_place(self, size))
        fit(self, now_us);
    /* A packet lies in one piece: skip the rest of the ring where it does not fit. */
    if (!has_place(self, size)) {
        self->head += self->bytes_size - self->at;
        self->at = 0;
    }
    if (self->at == 0)
        self->lap_us = now_us;
    memcpy(self->bytes + self->at, packet, size);
    *entry = (HeardHistoryEntry){self->head, self->at, (uint16_t)size, seq};
    self->head += size;
    self->at += (uint32_t)size;
}

const uint8_t *heard_history_find(const HeardHistory *self, uint16_t seq, size_t *ret_size)
{
    const HeardHistoryEntry *entry;

    if (!self->entries) /* a stream that keeps none */
        return NULL;
    entry = &self->entries[seq & self->entries_mask];
    if (entry->size == 0 || entry->seq != seq)
        return NULL;
    if (is_overwritten(self, entry)) /* at least in part */
        return NULL;
    *ret_size = entry->size;
    return self->bytes + entry->at;
}

void heard_history_clear(HeardHistory *self)
{
    memset(self->entries, 0, ((size_t)self->entries_mask + 1) * sizeof(*self->entries));
    self->head = 0;
    self->at = 0;
}
