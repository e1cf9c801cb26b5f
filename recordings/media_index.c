/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/media_index.h"

#include "server/base/error.h"

#include <string.h>

/* Ids of Matroska (RFC 9559 5.1). */
#define TIME_MAX_US (INT64_C(1) << 53) /* three centuries */

#define NS_MAX UINT64_C(1000000000) /* no time scale is coarser */

enum {
    ID_SEGMENT = 0x18538067,
    ID_INFO = 0x1549A966,
    ID_TIMESTAMP_SCALE = 0x2AD7B1,
    ID_DURATION = 0x4489,
    ID_CLUSTER = 0x1F43B675,
    ID_TIMESTAMP = 0xE7,
    ID_SIMPLE_BLOCK = 0xA3,
    ID_BLOCK_GROUP = 0xA0,
    ID_BLOCK = 0xA1,
    ID_REFERENCE_BLOCK = 0xFB,
};

typedef struct {
    const uint8_t *bytes;
    size_t size, at;
} Reader;

static bool corrupt(GError **error, const char *why)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "derived file: %s", why);
    return false;
}

/* RFC 8794 4: the number of leading zeros gives the width. */
static bool read_vint(Reader *self, bool keep_marker, uint64_t *ret_value)
{
    uint64_t value;
    unsigned width = 1;
    bool unknown;

    if (self->at >= self->size || self->bytes[self->at] == 0)
        return false;
    while (!(self->bytes[self->at] & (0x80u >> (width - 1))))
        width++;
    if (width > self->size - self->at)
        return false;
    value = self->bytes[self->at];
    if (!keep_marker)
        value &= (0x80u >> (width - 1)) - 1;
    unknown = !keep_marker && value == (0x80u >> (width - 1)) - 1;
    for (unsigned i = 1; i < width; i++) {
        value = value << 8 | self->bytes[self->at + i];
        unknown = unknown && self->bytes[self->at + i] == 0xff;
    }
    self->at += width;
    *ret_value = unknown ? UINT64_MAX : value;
    return true;
}

static bool read_element(Reader *self, uint64_t *ret_id, uint64_t *ret_size)
{
    return read_vint(self, true, ret_id) && read_vint(self, false, ret_size);
}

static uint64_t read_number(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size && i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

static void add_frame(HeardMediaIndex *index, int64_t time_us)
{
    if (index->frames++ == 0)
        index->first_us = time_us;
    else
        index->step_us = MAX(index->step_us, ABS(time_us - index->last_us));
    index->last_us = time_us;
}

typedef struct {
    HeardMediaIndex *index;
    double duration; /* in ticks; below 0: not said */
    uint64_t scale_ns;
    uint64_t timestamp;
    bool has_block, starts_with_key;
    int64_t last_us;
} Cluster;

/* A file may say anything: what is no time of a recording becomes the last one. */
static int64_t clamp_us(__int128 time_us)
{
    return (int64_t)CLAMP(time_us, 0, TIME_MAX_US);
}

static int64_t scaled_us(const Cluster *cluster, int32_t ticks)
{
    __int128 timestamp = MIN(cluster->timestamp, (uint64_t)INT64_MAX);

    return clamp_us((timestamp + ticks) * MIN(cluster->scale_ns, (uint64_t)INT64_MAX) / 1000);
}

static void read_block(Cluster *cluster, const uint8_t *bytes, size_t size, bool is_key)
{
    Reader reader = {bytes, size, 0};
    uint64_t track;
    int16_t relative;
    int64_t time_us;

    if (!read_vint(&reader, false, &track) || reader.size - reader.at < 3)
        return;
    relative = (int16_t)(bytes[reader.at] << 8 | bytes[reader.at + 1]);
    time_us = scaled_us(cluster, relative);
    if (!cluster->has_block)
        cluster->starts_with_key = is_key;
    cluster->has_block = true;
    cluster->last_us = MAX(cluster->last_us, time_us);
    add_frame(cluster->index, time_us);
}

static void read_group(Cluster *cluster, const uint8_t *bytes, size_t size)
{
    Reader reader = {bytes, size, 0};
    const uint8_t *block = NULL;
    size_t block_size = 0;
    uint64_t id, length;
    bool is_key = true;

    while (reader.at < size && read_element(&reader, &id, &length) && length <= size - reader.at) {
        if (id == ID_BLOCK) {
            block = bytes + reader.at;
            block_size = length;
        }
        is_key = is_key && id != ID_REFERENCE_BLOCK;
        reader.at += length;
    }
    if (block)
        read_block(cluster, block, block_size, is_key);
}

static void read_cluster(Cluster *cluster, const uint8_t *bytes, size_t size)
{
    Reader reader = {bytes, size, 0};
    uint64_t id, length;

    cluster->has_block = cluster->starts_with_key = false;
    while (reader.at < size && read_element(&reader, &id, &length) && length <= size - reader.at) {
        const uint8_t *at = bytes + reader.at;
        if (id == ID_TIMESTAMP)
            cluster->timestamp = read_number(at, length);
        else if (id == ID_SIMPLE_BLOCK)
            read_block(cluster, at, length, length > 3 && (at[3] & 0x80));
        else if (id == ID_BLOCK_GROUP)
            read_group(cluster, at, length);
        reader.at += length;
    }
}

/* RFC 8794 7.3: a float has four bytes or eight. */
static double read_float(const uint8_t *bytes, size_t size)
{
    uint64_t bits = read_number(bytes, size);
    uint32_t short_bits = (uint32_t)bits;
    double value = -1;
    float short_value;

    if (size == sizeof bits)
        memcpy(&value, &bits, sizeof value);
    if (size == sizeof short_bits) {
        memcpy(&short_value, &short_bits, sizeof short_value);
        value = (double)short_value;
    }
    return value >= 0 && value <= (double)TIME_MAX_US ? value : -1; /* NaN is neither */
}

static void read_info(Cluster *cluster, const uint8_t *bytes, size_t size)
{
    Reader reader = {bytes, size, 0};
    uint64_t id, length;

    while (reader.at < size && read_element(&reader, &id, &length) && length <= size - reader.at) {
        if (id == ID_TIMESTAMP_SCALE)
            cluster->scale_ns = read_number(bytes + reader.at, length);
        if (id == ID_DURATION)
            cluster->duration = read_float(bytes + reader.at, length);
        reader.at += length;
    }
}

/* Each point reaches to the next one, the last to where clusters or fragments end. */
static void set_sizes(HeardMediaIndex *index, uint64_t end)
{
    for (guint i = index->points->len; i-- > 0;) {
        HeardMediaPoint *point = &g_array_index(index->points, HeardMediaPoint, i);
        point->size = end - point->offset;
        end = point->offset;
    }
}

bool heard_media_index_webm(HeardMediaIndex *ret_index, const uint8_t *bytes, size_t size,
                            bool sound_only, GError **error)
{
    Reader reader = {bytes, size, 0};
    HeardMediaIndex index = {.points = g_array_new(FALSE, FALSE, sizeof(HeardMediaPoint))};
    Cluster cluster = {.index = &index, .duration = -1, .scale_ns = 1000000};
    uint64_t id, length, end = 0, segment_end = 0;
    bool in_segment = false;

    while (reader.at < size) {
        size_t start = reader.at;
        if (!read_element(&reader, &id, &length))
            break;
        if (id == ID_SEGMENT) {
            in_segment = true;
            segment_end =
                length == UINT64_MAX ? size : length + MIN(reader.at, UINT64_MAX - length);
            continue; /* its children follow */
        }
        if (length > size - reader.at)
            break;
        if (id == ID_INFO)
            read_info(&cluster, bytes + reader.at, length);
        if (id == ID_CLUSTER) {
            HeardMediaPoint point = {.offset = start};
            read_cluster(&cluster, bytes + reader.at, length);
            point.time_us = scaled_us(&cluster, 0);
            if (index.init_size == 0)
                index.init_size = start;
            if (sound_only || cluster.starts_with_key)
                g_array_append_val(index.points, point);
            end = reader.at + length;
        }
        reader.at += length;
    }
    if (!in_segment || index.points->len == 0) {
        heard_media_index_clear(&index);
        return corrupt(error, "a WebM without clusters");
    }
    index.end_us = cluster.last_us;
    index.complete = reader.at == size && segment_end == size;
    index.duration_us =
        cluster.duration < 0
            ? -1
            : clamp_us((__int128)(cluster.duration * (double)MIN(cluster.scale_ns, NS_MAX) / 1000));
    set_sizes(&index, end);
    *ret_index = index;
    return true;
}

typedef struct {
    HeardMediaIndex *index;
    uint32_t timescale, default_duration;
    uint32_t trex_flags, first_flags; /* ISO 14496-12 8.8.3.1: bit 16 says "not a sync sample" */
    bool has_first;
    uint64_t decode_time, fragment_duration;
} Fragment;

static int64_t ticks_us(const Fragment *fragment, uint64_t ticks)
{
    return clamp_us((__int128)ticks * 1000000 / MAX(fragment->timescale, 1u));
}

static uint32_t be32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t sample_us(const Fragment *fragment)
{
    return clamp_us(((__int128)fragment->decode_time + fragment->fragment_duration) * 1000000 /
                    MAX(fragment->timescale, 1u));
}

/* The first and the last of them stand for all. */
static void add_equal_samples(Fragment *fragment, uint32_t count)
{
    if (count == 0)
        return;
    add_frame(fragment->index, sample_us(fragment));
    fragment->fragment_duration += (uint64_t)(count - 1) * fragment->default_duration;
    if (count > 1) {
        int64_t step_us = ticks_us(fragment, fragment->default_duration);
        fragment->index->step_us = MAX(fragment->index->step_us, step_us);
        fragment->index->last_us = sample_us(fragment);
        fragment->index->frames += count - 1;
    }
    fragment->fragment_duration += fragment->default_duration;
}

/* trun (ISO 14496-12 8.8.8): which fields a sample has is told by the flags. */
static void read_trun(Fragment *fragment, const uint8_t *body, size_t size)
{
    uint32_t flags, count;
    size_t at = 8, step = 0;

    if (size < 8)
        return;
    flags = be32(body) & 0xffffff;
    count = be32(body + 4);
    at += (flags & 0x1) ? 4 : 0;
    if (!fragment->has_first && (flags & 0x404) && at + 4 <= size) {
        size_t place = at; /* in the run's head, or in the first sample behind its other fields */
        if (!(flags & 0x4))
            place += ((flags & 0x100) ? 4u : 0u) + ((flags & 0x200) ? 4u : 0u);
        if (place + 4 <= size)
            fragment->first_flags = be32(body + place);
    }
    fragment->has_first = true;
    at += (flags & 0x4) ? 4 : 0;
    for (unsigned bit = 0x100; bit <= 0x800; bit <<= 1)
        step += (flags & bit) ? 4 : 0;
    if (!(flags & 0x100)) { /* any number of samples may be told of in no bytes at all */
        add_equal_samples(fragment, count);
        return;
    }
    for (uint32_t i = 0; i < count && at + step <= size; i++, at += step) {
        add_frame(fragment->index, sample_us(fragment));
        fragment->fragment_duration += be32(body + at);
    }
}

static void read_boxes(Fragment *fragment, const uint8_t *bytes, size_t size, unsigned depth)
{
    for (size_t at = 0; at + 8 <= size;) {
        uint64_t length = be32(bytes + at);
        const uint8_t *type = bytes + at + 4, *body = bytes + at + 8;
        size_t body_size;
        if (length < 8 || length > size - at)
            return;
        body_size = length - 8;
        if (depth < 6 &&
            (!memcmp(type, "moov", 4) || !memcmp(type, "trak", 4) || !memcmp(type, "mdia", 4) ||
             !memcmp(type, "moof", 4) || !memcmp(type, "traf", 4) || !memcmp(type, "mvex", 4)))
            read_boxes(fragment, body, body_size, depth + 1);
        else if (!memcmp(type, "mdhd", 4) && body_size >= 24)
            fragment->timescale = be32(body + (body[0] == 1 ? 20 : 12));
        else if (!memcmp(type, "trex", 4) && body_size >= 24) {
            fragment->default_duration = be32(body + 12);
            fragment->trex_flags = be32(body + 20);
        } else if (!memcmp(type, "tfhd", 4) && body_size >= 8) {
            size_t skip = 8 + ((body[3] & 0x01) ? 8u : 0u) + ((body[3] & 0x02) ? 4u : 0u);
            if ((body[3] & 0x08) && body_size >= skip + 4)
                fragment->default_duration = be32(body + skip);
            skip += ((body[3] & 0x08) ? 4u : 0u) + ((body[3] & 0x10) ? 4u : 0u);
            if ((body[3] & 0x20) && body_size >= skip + 4)
                fragment->first_flags = be32(body + skip);
        } else if (!memcmp(type, "tfdt", 4) && body_size >= 8)
            fragment->decode_time = body[0] == 1 && body_size >= 12
                                        ? (uint64_t)be32(body + 4) << 32 | be32(body + 8)
                                        : be32(body + 4);
        else if (!memcmp(type, "trun", 4))
            read_trun(fragment, body, body_size);
        at += length;
    }
}

bool heard_media_index_mp4(HeardMediaIndex *ret_index, const uint8_t *bytes, size_t size,
                           GError **error)
{
    HeardMediaIndex index = {.points = g_array_new(FALSE, FALSE, sizeof(HeardMediaPoint)),
                             .duration_us = -1};
    Fragment fragment = {.index = &index, .timescale = 1};
    uint64_t end = 0;
    size_t at = 0;

    while (at + 8 <= size) {
        uint64_t length = be32(bytes + at);
        if (length == 1 && at + 16 <= size)
            length = (uint64_t)be32(bytes + at + 8) << 32 | be32(bytes + at + 12);
        if (length < 8 || length > size - at)
            break;
        if (!memcmp(bytes + at + 4, "moov", 4))
            read_boxes(&fragment, bytes + at, length, 0);
        if (!memcmp(bytes + at + 4, "moof", 4)) {
            HeardMediaPoint point = {.offset = at};
            fragment.fragment_duration = 0;
            fragment.has_first = false;
            fragment.first_flags = fragment.trex_flags;
            read_boxes(&fragment, bytes + at, length, 0);
            point.time_us = ticks_us(&fragment, fragment.decode_time);
            index.end_us = point.time_us + ticks_us(&fragment, fragment.fragment_duration);
            if (index.init_size == 0)
                index.init_size = at;
            if (!(fragment.first_flags & 0x10000) || index.points->len == 0)
                g_array_append_val(index.points, point);
        }
        if (!memcmp(bytes + at + 4, "mdat", 4) && index.points->len > 0)
            end = at + length;
        at += length;
    }
    if (index.points->len == 0) {
        heard_media_index_clear(&index);
        return corrupt(error, "an MP4 without fragments");
    }
    index.complete = at == size;
    set_sizes(&index, end);
    *ret_index = index;
    return true;
}

void heard_media_index_clear(HeardMediaIndex *self)
{
    if (self->points)
        g_array_unref(self->points);
    memset(self, 0, sizeof *self);
}
