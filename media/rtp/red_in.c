/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/red_in.h"

#include "media/rtp/sequence.h"

unsigned heard_red_in_fills(const HeardRedIn *self, const HeardRed *red, uint8_t payload_type,
                            const HeardRedFill *at, int64_t before_seq64, uint32_t samples,
                            HeardRedFill ret_fills[static HEARD_RED_IN_FILLS])
{
    int64_t steps = at->seq64 - before_seq64;
    bool flows = samples > 0 && steps > 0 && steps <= HEARD_RED_TS_BACK_MAX &&
                 at->rtp_ts - self->rtp_ts == (uint32_t)steps * samples;
    unsigned count = 0;

    for (unsigned i = 0; i + 1 < red->count; i++) {
        const HeardRedBlock *block = &red->blocks[i];
        int64_t by_place = at->seq64 - (red->count - 1 - i);
        HeardRedFill fill = {by_place, at->rtp_ts - block->ts_back, block->offset, block->size};

        if (block->payload_type != payload_type || block->size == 0 || block->ts_back == 0)
            continue;
        if (flows) {
            if (block->ts_back % samples != 0)
                continue;
            fill.seq64 = at->seq64 - block->ts_back / samples;
            /* Further back than the packet before there may have been a pause: both must agree. */
            if (fill.seq64 <= before_seq64 && fill.seq64 != by_place)
                continue;
        } else if (by_place <= before_seq64 || heard_rtp_ts_diff(fill.rtp_ts, self->rtp_ts) <= 0) {
            continue;
        }
        if (fill.seq64 > self->fence_seq64)
            ret_fills[count++] = fill;
    }
    return count;
}

void heard_red_in_note_filled(HeardRedIn *self, int64_t seq64)
{
    self->filled[self->filled_next] = seq64;
    self->filled_next = (uint8_t)((self->filled_next + 1) % HEARD_RED_IN_FILLS);
}

bool heard_red_in_was_filled(HeardRedIn *self, int64_t seq64)
{
    for (unsigned i = 0; i < HEARD_RED_IN_FILLS; i++)
        if (self->filled[i] == seq64 && seq64 != 0) {
            self->filled[i] = 0;
            return true;
        }
    return false;
}
