/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/red_out.h"

#include <glib.h>

enum {
    JUDGE_PACKETS = 150, /* fewer say too little: one lost of 50 is chance … */
    JUDGE_LOST = 4,      /* … this many lost ones are not */
    STALE_US = 15 * 1000 * 1000,
    REPORT_PACKETS_MAX = 20000, /* minutes of sound: a wild report */
};

static unsigned copies_for(unsigned permille)
{
    if (permille >= HEARD_RED_OUT_TWO_PERMILLE)
        return 2;
    return permille >= HEARD_RED_OUT_ONE_PERMILLE ? 1 : 0;
}

static void judge(HeardRedOut *self, int64_t now_us)
{
    unsigned permille = (unsigned)((uint64_t)self->lost * 1000 / self->expected);

    self->expected = 0;
    self->lost = 0;
    /* Down only where half of what brought it up is gone, for a while. */
    if (copies_for(permille * 2) >= self->copies)
        self->lossy_us = now_us;
    if (copies_for(permille) > self->copies) {
        self->copies = (uint8_t)copies_for(permille);
    } else if (self->copies > 0 && now_us - self->lossy_us >= HEARD_RED_OUT_CALM_US) {
        self->copies--;
        self->lossy_us = now_us;
    }
}

void heard_red_out_report(HeardRedOut *self, HeardRedOutLane *lane, const HeardReportBlock *block,
                          int64_t now_us)
{
    uint32_t expected = block->highest_seq - lane->highest_seq;
    int32_t lost = block->cumulative_lost - lane->lost;
    bool first = !lane->started;

    *lane = (HeardRedOutLane){block->highest_seq, block->cumulative_lost, true};
    if (first || expected == 0 || expected > REPORT_PACKETS_MAX)
        return;
    if (self->expected == 0 || now_us - self->judged_from_us > STALE_US) {
        self->expected = 0;
        self->lost = 0;
        self->judged_from_us = now_us;
    }
    self->expected += expected;
    self->lost += MIN((uint32_t)MAX(lost, 0), expected);
    if (self->expected >= JUDGE_PACKETS || self->lost >= JUDGE_LOST)
        judge(self, now_us);
}

void heard_red_out_fit(HeardRedOut *self, int64_t queue_us, uint32_t sound_bps, uint32_t line_bps,
                       int64_t now_us)
{
    uint32_t fit = HEARD_RED_OUT_COPIES_MAX;

    if (queue_us >= HEARD_RED_OUT_QUEUE_US)
        self->full_us = now_us;
    if (self->full_us != 0 && now_us - self->full_us < HEARD_RED_OUT_FULL_US && sound_bps > 0)
        fit = (line_bps - MIN(line_bps, sound_bps)) / sound_bps;
    self->withheld = self->copies > fit ? (uint8_t)(self->copies - fit) : 0;
}

/* An earlier packet of the same voice as a block; false: not there, or too far back. */
static bool find_part(const HeardPacketIn *in, unsigned back, HeardRedPart *ret_part)
{
    HeardRtpView view;
    size_t size;
    const uint8_t *packet = heard_history_find(in->history, (uint16_t)(in->view.seq - back), &size);

    if (!packet || heard_rtp_parse(packet, size, &view) != HEARD_RTP_OK || view.payload_size == 0 ||
        view.payload_size > HEARD_RED_BLOCK_SIZE_MAX)
        return false;
    ret_part->data = packet + view.payload_offset;
    ret_part->size = view.payload_size;
    ret_part->ts_back = in->view.rtp_ts - view.rtp_ts;
    return ret_part->ts_back > 0 && ret_part->ts_back <= HEARD_RED_TS_BACK_MAX;
}

size_t heard_red_out_write(const HeardRedOut *self, const HeardPacketIn *in, int64_t first_seq64,
                           uint8_t opus_payload_type, uint8_t *ret_payload, size_t capacity)
{
    HeardRedPart parts[HEARD_RED_OUT_COPIES_MAX + 1];
    size_t room = MIN(capacity, (size_t)HEARD_RED_OUT_PAYLOAD_MAX);
    unsigned first = G_N_ELEMENTS(parts) - 1, count = 1, copies = heard_red_out_copies(self);

    if (!in->history || !in->newest || in->empty)
        return 0;
    /* From the packet backwards: what is nearest is worth most. */
    parts[first] = (HeardRedPart){in->data + in->view.payload_offset, in->view.payload_size,
                                  opus_payload_type, 0};
    for (unsigned back = 1; back <= copies && in->seq64 - back >= first_seq64; back++) {
        HeardRedPart *part = &parts[first - 1];

        if (!find_part(in, back, part))
            continue;
        part->payload_type = opus_payload_type;
        if (heard_red_size(part, count + 1) > room)
            break;
        first--;
        count++;
    }
    return count > 1 ? heard_red_write(&parts[first], count, ret_payload, room) : 0;
}
