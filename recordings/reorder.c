/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/reorder.h"

#include <string.h>

struct HeardReorder {
    HeardOrderedPacket *slots[HEARD_REORDER_MAX]; /* by seq modulo the size */
    bool started;
    uint16_t next; /* the sequence number that comes out next */
    unsigned count;
    unsigned late_row;    /* packets behind next in a row: the sender began anew */
    unsigned lost_before; /* given up already, before next */
};

enum { LATE_ROW_MAX = 30 };

HeardReorder *heard_reorder_new(void)
{
    return g_new0(HeardReorder, 1);
}

void heard_reorder_free(HeardReorder *self)
{
    if (!self)
        return;
    for (unsigned i = 0; i < HEARD_REORDER_MAX; i++)
        g_free(self->slots[i]);
    g_free(self);
}

bool heard_reorder_put(HeardReorder *self, const HeardOrderedPacket *head, const uint8_t *bytes)
{
    HeardOrderedPacket **slot = &self->slots[head->seq % HEARD_REORDER_MAX];
    int16_t ahead = (int16_t)(head->seq - self->next);

    if (!self->started || (ahead < 0 && ++self->late_row > LATE_ROW_MAX)) {
        if (self->count > 0)
            return false;
        self->lost_before = self->started ? 1 : 0;
        self->started = true;
        self->next = head->seq;
    } else if (ahead < 0) {
        return true;
    } else if (ahead >= HEARD_REORDER_MAX) {
        if (self->count > 0)
            return false;
        self->lost_before += (unsigned)ahead;
        self->next = head->seq;
    }
    self->late_row = 0;
    if (*slot)
        return true;
    *slot = g_malloc(sizeof **slot + head->size);
    **slot = *head;
    memcpy((*slot)->bytes, bytes, head->size);
    self->count++;
    return true;
}

HeardOrderedPacket *heard_reorder_take(HeardReorder *self, int64_t now_us, unsigned *ret_lost)
{
    HeardOrderedPacket *packet;
    unsigned skip = 0;

    if (self->count == 0)
        return NULL;
    while (!self->slots[(uint16_t)(self->next + skip) % HEARD_REORDER_MAX])
        skip++;
    packet = self->slots[(uint16_t)(self->next + skip) % HEARD_REORDER_MAX];
    if (skip > 0 && now_us - packet->arrival_us < HEARD_REORDER_WAIT_US &&
        self->count < HEARD_REORDER_MAX / 2)
        return NULL;
    self->slots[packet->seq % HEARD_REORDER_MAX] = NULL;
    self->next = (uint16_t)(packet->seq + 1);
    self->count--;
    *ret_lost = skip + self->lost_before;
    self->lost_before = 0;
    return packet;
}
