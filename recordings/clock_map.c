/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/clock_map.h"

#include <string.h>

enum { BIN_US = 5 * 1000 * 1000, WINDOW_BINS = 6 };
#define NTP_STEP_US 500000 /* more than jitter of a report: the sender's clock was set */

typedef struct {
    int64_t rtp, sender_us;
} Report;

/* The packet of a bin that was least delayed. */
typedef struct {
    int64_t arrival_us, rtp;
} Sample;

typedef struct {
    int64_t at_us, offset_us;
} Point;

/* arrival − sender time, over arrival. */
typedef struct {
    GArray *points; /* Point, sorted; after solving: smoothed, one a bin */
} Envelope;

struct HeardClockStream {
    HeardClockMap *map;
    uint32_t peer, clock_rate_hz;
    GArray *reports; /* Report */
    GArray *samples; /* Sample */
    int64_t sample_bin;
    int64_t step_us; /* taken off the sender's clock since it was set */
    const Envelope *envelope;
    Envelope own;
};

struct HeardClockMap {
    GHashTable *streams; /* key text → HeardClockStream */
    GHashTable *peers;   /* peer → Envelope */
    GHashTable *counts;  /* peer → how many streams */
};

typedef struct {
    HeardClockStream *stream;
    int64_t rtp, arrival_us;
    uint32_t rtp_ts, epoch;
} Seen;

struct HeardClockCursor {
    HeardClockMap *map;
    bool collects;    /* first pass: what it sees becomes part of the map */
    GHashTable *seen; /* track, ssrc → Seen */
};

static void free_envelope(void *data)
{
    Envelope *self = data;

    if (self->points)
        g_array_unref(self->points);
    g_free(self);
}

static void free_stream(void *data)
{
    HeardClockStream *self = data;

    g_array_unref(self->reports);
    g_array_unref(self->samples);
    if (self->own.points)
        g_array_unref(self->own.points);
    g_free(self);
}

HeardClockMap *heard_clock_map_new(void)
{
    HeardClockMap *self = g_new0(HeardClockMap, 1);

    self->streams = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_stream);
    self->peers = g_hash_table_new_full(NULL, NULL, NULL, free_envelope);
    self->counts = g_hash_table_new(NULL, NULL);
    return self;
}

void heard_clock_map_free(HeardClockMap *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->streams);
    g_hash_table_unref(self->peers);
    g_hash_table_unref(self->counts);
    g_free(self);
}

HeardClockCursor *heard_clock_cursor_new(HeardClockMap *map, bool collects)
{
    HeardClockCursor *self = g_new0(HeardClockCursor, 1);

    self->map = map;
    self->collects = collects;
    self->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return self;
}

void heard_clock_cursor_free(HeardClockCursor *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->seen);
    g_free(self);
}

static int64_t to_us(int64_t ticks, uint32_t rate_hz)
{
    return ticks / rate_hz * 1000000 + ticks % rate_hz * 1000000 / rate_hz;
}

/* One peer does not use up what is there for all. */
static bool may_add_stream(HeardClockMap *self, uint32_t peer)
{
    void *key = GUINT_TO_POINTER(peer);
    unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(self->counts, key));

    if (count >= HEARD_CLOCK_STREAMS_EACH ||
        g_hash_table_size(self->streams) >= HEARD_CLOCK_STREAMS_MAX)
        return false;
    g_hash_table_insert(self->counts, key, GUINT_TO_POINTER(count + 1));
    return true;
}

static HeardClockStream *find_stream(const HeardClockCursor *cursor, uint32_t peer, uint32_t track,
                                     uint32_t ssrc, uint32_t epoch, uint32_t rate_hz)
{
    HeardClockMap *self = cursor->map;
    g_autofree char *key = g_strdup_printf("%x/%x/%x", track, ssrc, epoch);
    HeardClockStream *stream = g_hash_table_lookup(self->streams, key);

    if (stream || !cursor->collects || !may_add_stream(self, peer))
        return stream;
    stream = g_new0(HeardClockStream, 1);
    stream->map = self;
    stream->peer = peer;
    stream->clock_rate_hz = rate_hz;
    stream->reports = g_array_new(FALSE, FALSE, sizeof(Report));
    stream->samples = g_array_new(FALSE, FALSE, sizeof(Sample));
    stream->sample_bin = INT64_MIN;
    g_hash_table_insert(self->streams, g_steal_pointer(&key), stream);
    return stream;
}

static void keep_sample(HeardClockStream *self, int64_t arrival_us, int64_t rtp)
{
    int64_t bin = arrival_us / BIN_US;
    Sample sample = {arrival_us, rtp};
    Sample *last;

    if (bin > self->sample_bin) {
        g_array_append_val(self->samples, sample);
        self->sample_bin = bin;
        return;
    }
    last = &g_array_index(self->samples, Sample, self->samples->len - 1);
    if (arrival_us - to_us(rtp, self->clock_rate_hz) <
        last->arrival_us - to_us(last->rtp, self->clock_rate_hz))
        *last = sample;
}

HeardClockStream *heard_clock_cursor_packet(HeardClockCursor *self, uint32_t peer, uint32_t track,
                                            uint32_t ssrc, uint32_t clock_rate_hz, uint32_t rtp_ts,
                                            int64_t arrival_us, int64_t *ret_rtp)
{
    int64_t key = (int64_t)((uint64_t)track << 32 | ssrc);
    Seen *seen = g_hash_table_lookup(self->seen, &key);
    int64_t step;

    clock_rate_hz = MAX(clock_rate_hz, 1);
    if (!seen) {
        seen = g_new0(Seen, 1);
        seen->arrival_us = arrival_us;
        seen->rtp_ts = rtp_ts;
        seen->stream = find_stream(self, peer, track, ssrc, 0, clock_rate_hz);
        g_hash_table_insert(self->seen, g_memdup2(&key, sizeof key), seen);
    }
    step = (int32_t)(rtp_ts - seen->rtp_ts);
    if (ABS(to_us(step, clock_rate_hz) - (arrival_us - seen->arrival_us)) > HEARD_CLOCK_JUMP_US) {
        seen->epoch++;
        seen->rtp = 0;
        step = 0;
        seen->stream = find_stream(self, peer, track, ssrc, seen->epoch, clock_rate_hz);
    }
    *ret_rtp = seen->rtp + step;
    if (*ret_rtp >= seen->rtp) { /* an older one, repaired late, moves nothing */
        seen->rtp = *ret_rtp;
        seen->rtp_ts = rtp_ts;
        seen->arrival_us = arrival_us;
    }
    if (seen->stream && self->collects)
        keep_sample(seen->stream, arrival_us, *ret_rtp);
    return seen->stream;
}

void heard_clock_cursor_report(HeardClockCursor *self, uint32_t track, uint32_t ssrc,
                               uint32_t rtp_ts, uint64_t ntp)
{
    int64_t key = (int64_t)((uint64_t)track << 32 | ssrc);
    const Seen *seen = g_hash_table_lookup(self->seen, &key);
    Report report;
    HeardClockStream *stream;

    if (!seen || !seen->stream)
        return;
    stream = seen->stream;
    report.rtp = seen->rtp + (int32_t)(rtp_ts - seen->rtp_ts);
    report.sender_us = (int64_t)(ntp >> 32) * 1000000 +
                       (int64_t)(((ntp & 0xffffffffu) * 1000000) >> 32) - stream->step_us;
    if (stream->reports->len > 0) {
        const Report *last = &g_array_index(stream->reports, Report, stream->reports->len - 1);
        int64_t expected_us =
            last->sender_us + to_us(report.rtp - last->rtp, stream->clock_rate_hz);
        int64_t step_us = report.sender_us - expected_us;
        if (report.rtp <= last->rtp)
            return;
        if (ABS(step_us) > NTP_STEP_US) {
            stream->step_us += step_us;
            report.sender_us = expected_us;
        }
    }
    g_array_append_val(stream->reports, report);
}

/* Sender time; for a stream without reports its own timestamps are the sender's clock. */
static int64_t sender_time(const HeardClockStream *self, int64_t rtp)
{
    const GArray *reports = self->reports;
    const Report *first, *second;
    guint low = 0, high = reports->len;

    if (reports->len == 0)
        return to_us(rtp, self->clock_rate_hz);
    while (low < high) { /* the first report behind rtp */
        guint middle = (low + high) / 2;
        if (g_array_index(reports, Report, middle).rtp <= rtp)
            low = middle + 1;
        else
            high = middle;
    }
    first = &g_array_index(reports, Report, low > 0 ? low - 1 : 0);
    if (low == 0 || low == reports->len)
        return first->sender_us + to_us(rtp - first->rtp, self->clock_rate_hz);
    second = first + 1;
    return first->sender_us +
           (int64_t)((double)(rtp - first->rtp) * (double)(second->sender_us - first->sender_us) /
                     (double)(second->rtp - first->rtp));
}

static int compare_points(const void *a, const void *b)
{
    const Point *left = a, *right = b;

    return left->at_us < right->at_us ? -1 : left->at_us > right->at_us;
}

/* One point a bin: the least offset of the half minute around it. */
static void smooth(Envelope *self)
{
    GArray *smoothed = g_array_new(FALSE, FALSE, sizeof(Point));
    guint from = 0;

    g_array_sort(self->points, compare_points);
    for (guint i = 0; i < self->points->len; i++) {
        const Point *point = &g_array_index(self->points, Point, i);
        Point least = {point->at_us, INT64_MAX};
        while (g_array_index(self->points, Point, from).at_us <
               point->at_us - (int64_t)WINDOW_BINS * BIN_US)
            from++;
        for (guint k = from; k < self->points->len; k++) {
            const Point *near = &g_array_index(self->points, Point, k);
            if (near->at_us > point->at_us + (int64_t)WINDOW_BINS * BIN_US)
                break;
            least.offset_us = MIN(least.offset_us, near->offset_us);
        }
        if (smoothed->len > 0 &&
            g_array_index(smoothed, Point, smoothed->len - 1).at_us == least.at_us)
            continue;
        g_array_append_val(smoothed, least);
    }
    g_array_unref(self->points);
    self->points = smoothed;
}

static void empty(Envelope *self)
{
    if (self->points)
        g_array_set_size(self->points, 0);
    else
        self->points = g_array_new(FALSE, FALSE, sizeof(Point));
}

void heard_clock_map_solve(HeardClockMap *self)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, self->peers);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        empty(value);
    g_hash_table_iter_init(&iter, self->streams);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        HeardClockStream *stream = value;
        Envelope *envelope = &stream->own;
        if (stream->reports->len > 0) { /* the sender's clock is one for all its streams */
            envelope = g_hash_table_lookup(self->peers, GUINT_TO_POINTER(stream->peer));
            if (!envelope) {
                envelope = g_new0(Envelope, 1);
                empty(envelope);
                g_hash_table_insert(self->peers, GUINT_TO_POINTER(stream->peer), envelope);
            }
        }
        if (envelope == &stream->own)
            empty(envelope);
        for (guint i = 0; i < stream->samples->len; i++) {
            const Sample *sample = &g_array_index(stream->samples, Sample, i);
            Point point = {sample->arrival_us,
                           sample->arrival_us - sender_time(stream, sample->rtp)};
            g_array_append_val(envelope->points, point);
        }
        stream->envelope = envelope;
    }
    g_hash_table_iter_init(&iter, self->peers);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        smooth(value);
    g_hash_table_iter_init(&iter, self->streams);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        HeardClockStream *stream = value;
        if (stream->envelope == &stream->own)
            smooth(&stream->own);
    }
}

static int64_t offset_at(const Envelope *self, int64_t at_us)
{
    const GArray *points = self->points;
    const Point *left, *right;
    guint low = 0, high = points->len;

    while (low < high) {
        guint middle = (low + high) / 2;
        if (g_array_index(points, Point, middle).at_us <= at_us)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return g_array_index(points, Point, 0).offset_us;
    left = &g_array_index(points, Point, low - 1);
    if (low == points->len)
        return left->offset_us;
    right = left + 1;
    return left->offset_us +
           (int64_t)((double)(right->offset_us - left->offset_us) * (double)(at_us - left->at_us) /
                     (double)(right->at_us - left->at_us));
}

int64_t heard_clock_stream_map(const HeardClockStream *self, int64_t rtp)
{
    int64_t sender_us = sender_time(self, rtp);
    int64_t at_us = sender_us + g_array_index(self->envelope->points, Point, 0).offset_us;

    /* the offset is a function of our time, which is what we look for: twice is enough */
    at_us = sender_us + offset_at(self->envelope, at_us);
    return sender_us + offset_at(self->envelope, at_us);
}
