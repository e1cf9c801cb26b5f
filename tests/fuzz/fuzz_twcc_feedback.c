/* SPDX-License-Identifier: Apache-2.0 */
#include "media/congestion/estimate.h"
#include "media/rtcp/parse.h"

#include <glib.h>

/*
 * What a receiver may send about what we sent, all the way to the estimate. The first byte of
 * each round says how much time passes, how much is sent and how long the packet is.
 */

enum { SENT_MAX = 64, POLLS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    HeardEstimate estimate;
    int64_t now_us;
    uint16_t seq;
} Line;

static void send(Line *line, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        heard_estimate_sent(&line->estimate, line->seq++, 1100, line->now_us + i * 500);
}

static void poll(Line *line)
{
    size_t bytes;
    unsigned polls = 0;

    while (heard_estimate_poll_probe(&line->estimate, line->now_us, &bytes)) {
        g_assert(bytes > 0 && bytes <= 16000);
        g_assert(++polls < POLLS_MAX);
        for (; bytes > 0; bytes -= MIN(bytes, 1100))
            heard_estimate_sent(&line->estimate, line->seq++, MIN(bytes, 1100), line->now_us);
    }
    g_assert(heard_estimate_bps(&line->estimate) >= HEARD_ESTIMATE_MIN_BPS);
    g_assert(heard_estimate_bps(&line->estimate) <= HEARD_ESTIMATE_MAX_BPS);
    g_assert(heard_estimate_deadline_us(&line->estimate) > line->now_us);
}

static void take(Line *line, const HeardRtcpItem *item)
{
    static HeardTwccResult results[HEARD_TWCC_WINDOW];
    HeardReportBlock block;
    size_t count;
    uint8_t number;

    if (heard_twcc_parse(item, results, G_N_ELEMENTS(results), &count, &number))
        heard_estimate_feedback(&line->estimate, results, count, line->now_us);
    if (item->kind == HEARD_RTCP_REMB)
        heard_estimate_remb(&line->estimate, item->bitrate_bps, line->now_us);
    if (item->kind == HEARD_RTCP_RR && heard_rtcp_block(item, 0, &block))
        heard_estimate_report(&line->estimate, block.fraction_lost, block.jitter, line->now_us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Line line;

    line.now_us = 1000000;
    line.seq = 0;
    heard_estimate_init(&line.estimate, line.now_us);
    heard_estimate_want(&line.estimate, 5000000, line.now_us);
    while (size > 2) {
        size_t length = MIN((size_t)data[1] * 4, size - 2);
        HeardRtcpReader reader;
        HeardRtcpItem item;

        line.now_us += data[0] * INT64_C(2000) + 1000;
        send(&line, data[0] % SENT_MAX);
        heard_rtcp_reader_init(&reader, data + 2, length);
        while (heard_rtcp_next(&reader, &item))
            take(&line, &item);
        poll(&line);
        data += 2 + length;
        size -= 2 + length;
    }
    return 0;
}
