/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A bounded ring of variable-size records from one thread to one other, without
 * locks: the media worker copies packets in, the writer takes them out.
 *
 * Ownership  heard_ring_new/free. The memory is one block of size_bytes, made once.
 * Threads    One producer, one consumer; which threads they are is the caller's word.
 * Errors     A record that does not fit is refused (false) and changes nothing.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HeardRing HeardRing;

/* size_bytes is rounded up to a power of two. */
HeardRing *heard_ring_new(size_t size_bytes);
void heard_ring_free(HeardRing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardRing, heard_ring_free)

/* Producer: room for one record of size bytes, or NULL when full. Fill it, then commit. */
void *heard_ring_reserve(HeardRing *self, size_t size);
void heard_ring_commit(HeardRing *self);

/* Consumer: the oldest record, or NULL when empty; valid until heard_ring_release(). */
const void *heard_ring_peek(HeardRing *self, size_t *ret_size);
void heard_ring_release(HeardRing *self);

/* Either side: bytes in use, for metrics. */
size_t heard_ring_used_bytes(const HeardRing *self);
