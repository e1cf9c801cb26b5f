/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtcp/report.h"

#include <glib.h>

enum {
    NACK_ROOM = 12 + HEARD_NACK_BATCH_MAX * 4, /* the most that one batch needs */
    PLI_ROOM = 12,
    RR_ROOM = 8,
    SR_ROOM = 28,
    BLOCKS_MAX = 16, /* more streams than that take turns */
    TWCC_ROOM = 256, /* with less it waits for a packet of its own */
};

static int64_t lane_deadline_us(const HeardReportLane *part)
{
    return part->source && part->clock ? heard_stream_out_sr_deadline_us(part->lane) : INT64_MAX;
}

int64_t heard_rtcp_report_deadline_us(const HeardReporter *self, const HeardReportParts *parts)
{
    int64_t deadline_us = parts->stream_count > 0 ? self->next_us : INT64_MAX;

    for (size_t i = 0; i < parts->stream_count; i++) {
        deadline_us = MIN(deadline_us, heard_nack_deadline_us(&parts->streams[i]->nack));
        deadline_us = MIN(deadline_us, heard_stream_in_pli_deadline_us(parts->streams[i]));
    }
    for (size_t i = 0; i < parts->lane_count; i++)
        deadline_us = MIN(deadline_us, lane_deadline_us(&parts->lanes[i]));
    if (parts->twcc)
        deadline_us = MIN(deadline_us, heard_twcc_deadline_us(parts->twcc));
    return deadline_us;
}

static size_t room(const HeardRtcpWriter *writer)
{
    return writer->capacity - writer->size;
}

static void write_sender_reports(const HeardReportParts *parts, int64_t now_us, size_t cname_room,
                                 HeardRtcpWriter *writer)
{
    for (size_t i = 0; i < parts->lane_count; i++) {
        const HeardReportLane *part = &parts->lanes[i];
        HeardSenderReport report;
        if (lane_deadline_us(part) > now_us)
            continue;
        if (room(writer) < SR_ROOM + cname_room)
            return;
        if (!heard_stream_out_sender_report(part->lane, part->source, part->clock, now_us, &report))
            continue;
        heard_rtcp_write_sr(writer, &report, NULL, 0);
        heard_rtcp_write_cname(writer, report.ssrc, parts->cname);
    }
}

static void write_receiver_report(HeardReporter *self, const HeardReportParts *parts,
                                  int64_t now_us, HeardRtcpWriter *writer)
{
    HeardReportBlock blocks[BLOCKS_MAX];
    size_t count = 0;

    if (parts->stream_count == 0 || now_us < self->next_us ||
        room(writer) < RR_ROOM + (size_t)BLOCKS_MAX * 24 + 300)
        return;
    self->next_us = now_us + HEARD_REPORT_INTERVAL_US;
    for (size_t i = 0; i < parts->stream_count && count < BLOCKS_MAX; i++) {
        HeardStreamIn *stream = parts->streams[self->next_stream % parts->stream_count];
        self->next_stream++;
        if (stream->stats.started)
            heard_stream_in_report(stream, now_us, &blocks[count++]);
    }
    heard_rtcp_write_rr(writer, parts->ssrc, blocks, count);
    heard_rtcp_write_cname(writer, parts->ssrc, parts->cname);
}

/* A compound packet begins with a report unless reduced size was negotiated (RFC 5506);
 * eight bytes spare the question. */
static void begin_compound(const HeardReportParts *parts, HeardRtcpWriter *writer)
{
    if (writer->size == 0)
        heard_rtcp_write_rr(writer, parts->ssrc, NULL, 0);
}

static void write_nacks(const HeardReportParts *parts, size_t index, int64_t now_us,
                        HeardRtcpWriter *writer)
{
    HeardStreamIn *stream = parts->streams[index];
    uint16_t batch[HEARD_NACK_BATCH_MAX];
    size_t count;

    while (room(writer) >= NACK_ROOM + RR_ROOM) {
        switch (heard_nack_poll(&stream->nack, now_us, batch, &count)) {
        case HEARD_NACK_NONE:
            return;
        case HEARD_NACK_RESEND:
            begin_compound(parts, writer);
            heard_rtcp_write_nack(writer, parts->ssrc, stream->config.ssrc, batch, count);
            break;
        case HEARD_NACK_LOST:
            if (parts->on_lost)
                parts->on_lost(parts->data, index, batch, count);
            break;
        case HEARD_NACK_KEYFRAME:
            heard_stream_in_want_keyframe(stream);
            break;
        }
    }
}

static void write_feedback(const HeardReportParts *parts, int64_t now_us, HeardRtcpWriter *writer)
{
    uint32_t media_ssrc = parts->stream_count > 0 ? parts->streams[0]->config.ssrc : 0;

    for (size_t i = 0; i < parts->stream_count; i++) {
        HeardStreamIn *stream = parts->streams[i];
        if (now_us >= heard_nack_deadline_us(&stream->nack))
            write_nacks(parts, i, now_us, writer);
        if (room(writer) < PLI_ROOM + RR_ROOM || !heard_stream_in_poll_pli(stream, now_us))
            continue;
        begin_compound(parts, writer);
        heard_rtcp_write_pli(writer, parts->ssrc, stream->config.ssrc);
    }
    if (!parts->twcc || now_us < heard_twcc_deadline_us(parts->twcc) || room(writer) < TWCC_ROOM)
        return;
    begin_compound(parts, writer);
    heard_twcc_write(parts->twcc, writer, parts->ssrc, media_ssrc, now_us);
}

size_t heard_rtcp_report_write(HeardReporter *self, const HeardReportParts *parts, int64_t now_us,
                               uint8_t *ret_packet, size_t capacity)
{
    HeardRtcpWriter writer;
    size_t cname_room = 16 + strlen(parts->cname);

    heard_rtcp_writer_init(&writer, ret_packet, MIN(capacity, HEARD_RTCP_COMPOUND_MAX));
    if (now_us < heard_rtcp_report_deadline_us(self, parts))
        return 0;
    write_sender_reports(parts, now_us, cname_room, &writer);
    write_receiver_report(self, parts, now_us, &writer);
    write_feedback(parts, now_us, &writer);
    return writer.size;
}
