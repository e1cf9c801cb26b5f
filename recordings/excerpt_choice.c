/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/chain.h"
#include "recordings/disk.h"
#include "recordings/excerpt.h"
#include "recordings/log_reader.h"
#include "server/base/error.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What the journal says of the times; whether it is true is checked afterwards. */
typedef struct {
    int64_t ends_us[HEARD_LOG_SEGMENTS_MAX]; /* last record of each segment; −1: not named */
    uint32_t segments;                       /* 0: not closed */
    int64_t duration_us;
} Times;

static void take_line(Times *self, const char *line, size_t size)
{
    json_t *fields = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);
    const char *kind = json_string_value(json_object_get(fields, "kind"));
    int64_t at_us = json_integer_value(json_object_get(fields, "at_us"));
    json_int_t number = json_integer_value(json_object_get(fields, "segment"));
    json_int_t count = json_integer_value(json_object_get(fields, "segments"));

    if (kind && strcmp(kind, "segment") == 0 && number >= 1 && number <= HEARD_LOG_SEGMENTS_MAX)
        self->ends_us[number - 1] = at_us;
    if (kind && strcmp(kind, "close") == 0 && count >= 1 && count <= HEARD_LOG_SEGMENTS_MAX) {
        self->segments = (uint32_t)count;
        self->duration_us = at_us;
    }
    json_decref(fields);
}

static bool read_times(Times *self, const char *path, GError **error)
{
    g_autofree char *file = g_build_filename(path, "journal.jsonl", NULL);
    g_autofree char *text = NULL;
    size_t size, at = 0;

    memset(self->ends_us, 0xff, sizeof self->ends_us);
    text = heard_disk_read(file, HEARD_JOURNAL_BYTES_MAX, &size, error);
    if (!text)
        return false;
    while (at < size) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = (end ? (size_t)(end - text) : size) - at;
        take_line(self, text + at, length);
        at += length + 1;
    }
    if (self->segments > 0)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, "%s: not closed yet", path);
    return false;
}

/* The first segment, from this one on, that reaches to at_us. */
static uint32_t segment_at(const Times *self, uint32_t from, int64_t at_us)
{
    uint32_t segment = from;

    while (segment < self->segments && self->ends_us[segment - 1] < at_us)
        segment++;
    return segment;
}

/* Records come in the order of their arrival, but for a few: does it begin before at_us? */
static bool begins_by(const char *path, uint32_t segment, int64_t at_us)
{
    g_autofree char *file = heard_log_segment_path(path, segment);
    uint8_t bytes[HEARD_LOG_SEGMENT_HEAD];
    HeardSegmentHead head;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool is_read = fd >= 0 && heard_disk_read_at(fd, bytes, sizeof bytes, 0);

    if (fd >= 0)
        close(fd);
    return is_read && heard_log_decode_segment(bytes, sizeof bytes, &head) &&
           head.start_us <= at_us;
}

static bool is_within(const char *path, const HeardExcerpt *chosen, GError **error)
{
    HeardExcerpt known;

    if (!heard_excerpt_read(&known, path, error))
        return false;
    if (!heard_excerpt_is_outside(&known, chosen->first_segment) &&
        !heard_excerpt_is_outside(&known, chosen->last_segment))
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_RANGE,
                "%s: is an excerpt itself, and does not hold this stretch", path);
    return false;
}

bool heard_excerpt_choose(HeardExcerpt *ret_excerpt, const char *path, int64_t from_ms,
                          int64_t to_ms, GError **error)
{
    g_autofree Times *times = g_new0(Times, 1);
    HeardExcerpt chosen = {.from_ms = from_ms};

    if (!read_times(times, path, error))
        return false;
    chosen.to_ms = to_ms < 0 ? times->duration_us / 1000 : MIN(to_ms, times->duration_us / 1000);
    if (from_ms < 0 || from_ms >= chosen.to_ms) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_RANGE,
                    "--from must be before --to and within the recording's %" G_GINT64_FORMAT " ms",
                    times->duration_us / 1000);
        return false;
    }
    chosen.first_segment = segment_at(times, 1, chosen.from_ms * 1000);
    chosen.last_segment = segment_at(times, chosen.first_segment, chosen.to_ms * 1000);
    while (chosen.last_segment < times->segments &&
           begins_by(path, chosen.last_segment + 1, chosen.to_ms * 1000))
        chosen.last_segment++;
    if (!is_within(path, &chosen, error))
        return false;
    *ret_excerpt = chosen;
    return true;
}
