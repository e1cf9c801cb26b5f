/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a worker sends in one round, for all its receivers: the packets are written into
 * slots of one arena, and go out with few sendmmsg calls.
 *
 * Neighbouring packets to one receiver form a run: one message with UDP_SEGMENT, which
 * is two to three times cheaper for the kernel than a packet each (media.md 1). A run
 * needs equal sizes, only its last packet may be shorter; the caller pads before it
 * protects. The packets of a run are gathered, so slots have a fixed stride and a packet
 * is written only once.
 *
 *   slots = heard_batch_reserve(batch, n)     room for n packets, one behind the other
 *   …write into heard_batch_slot(batch, i)…
 *   heard_batch_add(batch, i, size, to)       in order; what is not added is not sent
 *   heard_batch_flush(batch)                  by itself when full, and at the round's end
 *
 * Units      Sizes in bytes.
 * Ownership  new/free. Slots belong to the batch and are valid until the next reserve or
 *            flush.
 * Threads    Lives on one media worker.
 * Errors     A packet that the kernel refuses is lost and counted by reason: the receiver
 *            asks again. Where UDP_SEGMENT is refused, packets go singly from then on.
 */

#include "media/front/address.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    HEARD_BATCH_SLOT_SIZE = 1536, /* an Ethernet frame's worth */
    HEARD_BATCH_SLOTS = 128,      /* 192 KiB: stays in the L2 cache */
    HEARD_BATCH_MESSAGES = 64,    /* of one sendmmsg; 16 receivers were found plenty */
    HEARD_BATCH_RUN_MAX = 32,     /* packets of one run; the kernel takes 64 */
};

typedef struct HeardBatch HeardBatch;

/* sendmmsg of the socket; tests put their own here. */
typedef int (*HeardBatchSendFunc)(void *data, struct mmsghdr *messages, unsigned count);

HeardBatch *heard_batch_new(HeardBatchSendFunc send, void *data);
void heard_batch_free(HeardBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardBatch, heard_batch_free)

/* The index of the first of count free slots, at most HEARD_BATCH_SLOTS; may flush. */
unsigned heard_batch_reserve(HeardBatch *self, unsigned count);
uint8_t *heard_batch_slot(HeardBatch *self, unsigned slot);
void heard_batch_add(HeardBatch *self, unsigned slot, size_t size, const HeardAddress *to);

void heard_batch_flush(HeardBatch *self);

/* Since new. */
typedef struct {
    uint64_t packets, messages, calls;
    uint64_t dropped_full;    /* EAGAIN, ENOBUFS: the socket's buffer is full */
    uint64_t dropped_refused; /* no route, not permitted, too large … */
} HeardBatchStats;

const HeardBatchStats *heard_batch_stats(const HeardBatch *self);
