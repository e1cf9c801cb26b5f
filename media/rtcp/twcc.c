/* SPDX-License-Identifier: Apache-2.0 */
#include "media/rtcp/twcc.h"

#include "media/rtcp/types.h"
#include "media/rtp/bytes.h"

#include <string.h>

enum {
    TICK_US = 250,         /* unit of deltas */
    REFERENCE_TICKS = 256, /* unit of the reference time: 64 ms */
    FCI_HEADER_SIZE = 8,
    SYMBOL_LOST = 0,
    SYMBOL_SMALL = 1, /* delta in 8 bits, not negative */
    SYMBOL_LARGE = 2, /* delta in 16 bits */
    VECTOR_ONE_BIT = 14,
    VECTOR_TWO_BIT = 7,
    RUN_MAX = 8191,
    WINDOW_MASK = HEARD_TWCC_WINDOW - 1,
    LEADING_LOST_MAX = 255, /* lost numbers worth a place before the first that came */
};

#define NOT_RECEIVED INT64_MIN

void heard_twcc_init(HeardTwcc *self)
{
    memset(self, 0, offsetof(HeardTwcc, arrival_us));
    for (size_t i = 0; i < HEARD_TWCC_WINDOW; i++)
        self->arrival_us[i] = NOT_RECEIVED;
}

/* Numbers between before and seq64 did not come yet. */
static void clear_between(HeardTwcc *self, int64_t before, int64_t seq64)
{
    if (seq64 - before > HEARD_TWCC_WINDOW)
        before = seq64 - HEARD_TWCC_WINDOW;
    for (int64_t n = before + 1; n <= seq64; n++)
        self->arrival_us[n & WINDOW_MASK] = NOT_RECEIVED;
}

void heard_twcc_packet(HeardTwcc *self, uint16_t seq, int64_t now_us)
{
    bool first = !self->seq.started;
    int64_t before = self->seq.highest;
    int64_t seq64 = heard_unwrap_seq(&self->seq, seq);

    if (first) {
        self->begin = seq64;
        self->sent_us = now_us;
    } else if (seq64 > before) {
        clear_between(self, before, seq64);
    } else if (before - seq64 >= HEARD_TWCC_WINDOW ||
               self->arrival_us[seq64 & WINDOW_MASK] != NOT_RECEIVED) {
        return; /* too late, or twice */
    }
    self->arrival_us[seq64 & WINDOW_MASK] = now_us;
    /* Reordered behind the last report: told again from here, as received this time. */
    if (seq64 < self->begin)
        self->begin = seq64;
    if (self->seq.highest - self->begin >= HEARD_TWCC_WINDOW)
        self->begin = self->seq.highest - HEARD_TWCC_WINDOW + 1;
    self->waiting++;
}

int64_t heard_twcc_deadline_us(const HeardTwcc *self)
{
    if (self->waiting == 0)
        return INT64_MAX;
    if (self->waiting >= HEARD_TWCC_EARLY_COUNT)
        return INT64_MIN;
    return self->sent_us + HEARD_TWCC_INTERVAL_US;
}

typedef struct {
    uint8_t symbols[HEARD_TWCC_REPORT_MAX];
    int16_t deltas[HEARD_TWCC_REPORT_MAX];
    size_t count;
    size_t delta_bytes;
    size_t received;
    int64_t base;
    int64_t reference; /* in 64 ms */
} Report;

/* The most that count symbols need: each chunk but the last covers seven or more. */
static size_t encoded_size(size_t count, size_t delta_bytes)
{
    return 12 + FCI_HEADER_SIZE + (count / VECTOR_TWO_BIT + 1) * 2 + delta_bytes + 3;
}

/* Take numbers from begin on, as many as fit into room. */
static void collect(HeardTwcc *self, size_t room, Report *report)
{
    int64_t first = self->begin;
    int64_t previous;

    while (self->arrival_us[first & WINDOW_MASK] == NOT_RECEIVED)
        first++; /* the highest did come */
    if (first - self->begin > LEADING_LOST_MAX)
        self->begin = first - LEADING_LOST_MAX;
    report->base = self->begin;
    previous = self->arrival_us[first & WINDOW_MASK] / TICK_US;
    report->reference = previous / REFERENCE_TICKS;
    previous = report->reference * REFERENCE_TICKS;
    for (int64_t n = self->begin; n <= self->seq.highest; n++) {
        int64_t arrival_us = self->arrival_us[n & WINDOW_MASK];
        size_t index = (size_t)(n - report->base);
        int64_t delta;
        bool small;
        if (index == HEARD_TWCC_REPORT_MAX)
            return;
        report->symbols[index] = SYMBOL_LOST;
        if (arrival_us == NOT_RECEIVED)
            continue;
        delta = arrival_us / TICK_US - previous;
        small = delta >= 0 && delta <= UINT8_MAX;
        if (delta < INT16_MIN || delta > INT16_MAX ||
            encoded_size(index + 1, report->delta_bytes + (small ? 1 : 2)) > room)
            return;
        previous += delta;
        report->symbols[index] = small ? SYMBOL_SMALL : SYMBOL_LARGE;
        report->deltas[index] = (int16_t)delta;
        report->delta_bytes += small ? 1 : 2;
        report->received++;
        report->count = index + 1; /* what was lost behind it waits for the next report */
    }
}

static size_t run_length(const Report *report, size_t at)
{
    size_t run = 1;

    while (at + run < report->count && run < RUN_MAX &&
           report->symbols[at + run] == report->symbols[at])
        run++;
    return run;
}

static bool fits_one_bit(const Report *report, size_t at)
{
    for (size_t i = at; i < report->count && i < at + VECTOR_ONE_BIT; i++)
        if (report->symbols[i] == SYMBOL_LARGE)
            return false;
    return true;
}

/* One chunk for the symbols from at on; returns how many it covers. */
static size_t put_chunk(const Report *report, size_t at, uint8_t *ret_chunk)
{
    size_t run = run_length(report, at);
    bool one_bit = fits_one_bit(report, at);
    size_t span = one_bit ? VECTOR_ONE_BIT : VECTOR_TWO_BIT;
    unsigned bits = one_bit ? 1 : 2;
    uint16_t chunk;

    if (run >= span || at + run == report->count) {
        heard_put16(ret_chunk, (uint16_t)(report->symbols[at] << 13 | run));
        return run;
    }
    chunk = one_bit ? 0x8000 : 0xc000;
    for (size_t i = 0; i < span && at + i < report->count; i++)
        chunk = (uint16_t)(chunk | report->symbols[at + i] << (VECTOR_ONE_BIT - bits * (i + 1)));
    heard_put16(ret_chunk, chunk);
    return span;
}

/* Returns the size of the FCI, a multiple of 4. */
static size_t encode(const Report *report, uint8_t count, uint8_t *ret_fci)
{
    uint8_t *at = ret_fci + FCI_HEADER_SIZE;

    heard_put16(ret_fci, (uint16_t)report->base);
    heard_put16(ret_fci + 2, (uint16_t)report->count);
    heard_put24(ret_fci + 4, (uint32_t)report->reference & 0xffffff);
    ret_fci[7] = count;
    for (size_t i = 0; i < report->count; at += 2)
        i += put_chunk(report, i, at);
    for (size_t i = 0; i < report->count; i++) {
        if (report->symbols[i] == SYMBOL_SMALL)
            *at++ = (uint8_t)report->deltas[i];
        if (report->symbols[i] == SYMBOL_LARGE) {
            heard_put16(at, (uint16_t)report->deltas[i]);
            at += 2;
        }
    }
    while ((at - ret_fci) % 4 != 0)
        *at++ = 0;
    return (size_t)(at - ret_fci);
}

bool heard_twcc_write(HeardTwcc *self, HeardRtcpWriter *writer, uint32_t sender_ssrc,
                      uint32_t media_ssrc, int64_t now_us)
{
    Report report;
    uint8_t fci[HEARD_RTCP_COMPOUND_MAX];
    size_t room = writer->capacity - writer->size;

    if (now_us < heard_twcc_deadline_us(self))
        return false;
    report.count = 0;
    report.delta_bytes = 0;
    report.received = 0;
    collect(self, room < sizeof(fci) ? room : sizeof(fci), &report);
    if (report.count == 0 ||
        !heard_rtcp_write_feedback(writer, HEARD_RTCP_TYPE_RTPFB, HEARD_RTCP_FMT_TWCC, sender_ssrc,
                                   media_ssrc, fci, encode(&report, self->count, fci)))
        return false;
    self->count++;
    self->begin = report.base + (int64_t)report.count;
    if (self->begin > self->seq.highest) {
        self->waiting = 0;
        self->sent_us = now_us;
    }
    return true;
}

typedef struct {
    const uint8_t *data;
    size_t size, offset;
} Cursor;

/* Symbols of the next chunk, no more than left; 0: cut off. */
static size_t take_chunk(Cursor *cursor, size_t left, uint8_t *ret_symbols)
{
    uint16_t chunk;
    size_t count;

    if (cursor->offset + 2 > cursor->size)
        return 0;
    chunk = heard_get16(cursor->data + cursor->offset);
    cursor->offset += 2;
    if (!(chunk & 0x8000)) {
        count = chunk & RUN_MAX;
        count = count < left ? count : left;
        memset(ret_symbols, (chunk >> 13) & 3, count);
        return count;
    }
    count = chunk & 0x4000 ? VECTOR_TWO_BIT : VECTOR_ONE_BIT;
    count = count < left ? count : left;
    for (size_t i = 0; i < count; i++) {
        if (chunk & 0x4000)
            ret_symbols[i] = (chunk >> (12 - 2 * i)) & 3;
        else
            ret_symbols[i] = (chunk >> (13 - i)) & 1;
    }
    return count;
}

static bool take_delta(Cursor *cursor, uint8_t symbol, int64_t *ret_ticks)
{
    if (symbol == SYMBOL_SMALL) {
        if (cursor->offset + 1 > cursor->size)
            return false;
        *ret_ticks += cursor->data[cursor->offset++];
        return true;
    }
    if (symbol != SYMBOL_LARGE || cursor->offset + 2 > cursor->size)
        return false; /* 3 is reserved */
    *ret_ticks += (int16_t)heard_get16(cursor->data + cursor->offset);
    cursor->offset += 2;
    return true;
}

bool heard_twcc_parse(const HeardRtcpItem *item, HeardTwccResult *ret_results, size_t max,
                      size_t *ret_count, uint8_t *ret_feedback_count)
{
    Cursor cursor = {.data = item->body, .size = item->body_size, .offset = FCI_HEADER_SIZE};
    uint8_t symbols[HEARD_TWCC_FEEDBACK_MAX];
    uint16_t base;
    size_t count;
    int64_t ticks;

    if (item->kind != HEARD_RTCP_TWCC || item->body_size < FCI_HEADER_SIZE)
        return false;
    base = heard_get16(item->body);
    count = heard_get16(item->body + 2);
    if (count > max || count > HEARD_TWCC_FEEDBACK_MAX)
        return false;
    for (size_t i = 0; i < count;) {
        size_t covered = take_chunk(&cursor, count - i, symbols + i);
        if (covered == 0)
            return false;
        i += covered;
    }
    /* The reference time is signed, 24 bits. */
    ticks = (int64_t)((int32_t)(heard_get24(item->body + 4) << 8) >> 8) * REFERENCE_TICKS;
    for (size_t i = 0; i < count; i++) {
        ret_results[i] = (HeardTwccResult){.seq = (uint16_t)(base + i)};
        if (symbols[i] == SYMBOL_LOST)
            continue;
        if (!take_delta(&cursor, symbols[i], &ticks))
            return false;
        ret_results[i].received = true;
        ret_results[i].arrival_us = ticks * TICK_US;
    }
    *ret_count = count;
    *ret_feedback_count = item->body[7];
    return true;
}
