/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtp/stream_out.h"

int64_t heard_stream_out_sr_deadline_us(const HeardStreamOut *self)
{
    if (!self->started || self->source == 0)
        return INT64_MAX;
    if (self->sr_wanted || self->sr_sent_us == INT64_MIN)
        return INT64_MIN;
    return self->sr_sent_us + HEARD_STREAM_OUT_SR_US;
}

bool heard_stream_out_sender_report(HeardStreamOut *self, const HeardStreamIn *source,
                                    const HeardSenderClock *clock, int64_t now_us,
                                    HeardSenderReport *ret_report)
{
    const HeardStreamOutSegment *segment = &self->segments[self->segment];
    int64_t since_us;

    self->sr_wanted = false;
    self->sr_sent_us = now_us;
    if (source->sr_ntp_us == 0 || !clock->anchored || self->clock_rate_hz == 0)
        return false;
    /* The source's report, moved to now along its own clock. */
    since_us = now_us - (source->sr_ntp_us + clock->offset_us);
    *ret_report = (HeardSenderReport){
        .ssrc = self->config.ssrc,
        .ntp = heard_ntp_from_us(now_us),
        .rtp_ts = source->sr_rtp_ts + segment->rtp_ts_offset +
                  (uint32_t)(since_us * (int64_t)self->clock_rate_hz / 1000000),
        .packets = self->packets,
        .octets = self->octets,
    };
    return true;
}

void heard_stream_out_report(HeardStreamOut *self, const HeardReportBlock *block, int64_t now_us)
{
    uint32_t now_middle = (uint32_t)(heard_ntp_from_us(now_us) >> 16);
    int32_t rtt;

    self->fraction_lost = block->fraction_lost;
    if (self->config.red)
        heard_red_out_report(self->config.red, &self->red, block, now_us);
    if (block->last_sr == 0)
        return;
    rtt = (int32_t)(now_middle - block->last_sr - block->delay_since_last_sr);
    if (rtt >= 0 && rtt < 10 * 65536) /* RFC 3550 6.4.1; a wild value is ignored */
        self->rtt_us = (int64_t)rtt * 1000000 / 65536;
}
