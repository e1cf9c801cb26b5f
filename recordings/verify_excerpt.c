/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/verify_excerpt.h"

#include <string.h>

typedef struct {
    char trailer[HEARD_CHAIN_HEX_SIZE];
    int64_t at_us; /* of its last record */
    uint64_t records;
} Noted;

struct HeardNotedSegments {
    GHashTable *segments; /* number → Noted */
};

HeardNotedSegments *heard_noted_segments_new(void)
{
    HeardNotedSegments *self = g_new0(HeardNotedSegments, 1);

    self->segments = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return self;
}

void heard_noted_segments_free(HeardNotedSegments *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->segments);
    g_free(self);
}

static const Noted *find(const HeardNotedSegments *self, uint32_t segment)
{
    return g_hash_table_lookup(self->segments, GUINT_TO_POINTER(segment));
}

void heard_noted_segments_add(HeardNotedSegments *self, const json_t *fields)
{
    const char *hash = json_string_value(json_object_get(fields, "trailer"));
    json_int_t segment = json_integer_value(json_object_get(fields, "segment"));
    Noted *noted;

    if (!hash || segment < 1 || segment > HEARD_LOG_SEGMENTS_MAX)
        return;
    noted = g_new0(Noted, 1);
    if (strlen(hash) < sizeof noted->trailer) /* else it is no hash, and fits none */
        g_strlcpy(noted->trailer, hash, sizeof noted->trailer);
    noted->at_us = json_integer_value(json_object_get(fields, "at_us"));
    noted->records = (uint64_t)json_integer_value(json_object_get(fields, "records"));
    g_hash_table_insert(self->segments, GUINT_TO_POINTER((guint)segment), noted);
}

const char *heard_noted_segments_trailer(const HeardNotedSegments *self, uint32_t segment)
{
    const Noted *noted = find(self, segment);

    return noted ? noted->trailer : NULL;
}

uint64_t heard_noted_segments_records_in(const HeardNotedSegments *self, uint32_t segment)
{
    const Noted *noted = find(self, segment);

    return noted ? noted->records : 0;
}

void heard_noted_segments_step_over(const HeardNotedSegments *self, uint32_t segment,
                                    uint8_t prev_hash[static HEARD_LOG_HASH_SIZE])
{
    const Noted *noted = find(self, segment);
    uint8_t hash[HEARD_LOG_HASH_SIZE];

    if (noted && heard_chain_from_hex(hash, noted->trailer))
        memcpy(prev_hash, hash, sizeof hash);
}

uint64_t heard_noted_segments_records(const HeardNotedSegments *self, const HeardExcerpt *excerpt,
                                      uint64_t all)
{
    uint64_t records = heard_excerpt_is_some(excerpt) ? 0 : all;

    for (uint32_t i = excerpt->first_segment; i <= excerpt->last_segment; i++) {
        const Noted *noted = find(self, i);
        records += noted ? noted->records : 0;
    }
    return records;
}

/* A segment reaches from behind the last record of the one before to its own last record; the
 * first from 0, the last to the end. */
static bool is_covered(const HeardNotedSegments *self, const HeardExcerpt *excerpt,
                       uint64_t segments, int64_t duration_us)
{
    const Noted *before = find(self, excerpt->first_segment - 1);
    const Noted *last = find(self, excerpt->last_segment);

    if (excerpt->first_segment > 1 && (!before || excerpt->from_ms * 1000 <= before->at_us))
        return false;
    if (excerpt->last_segment == segments)
        return excerpt->to_ms <= duration_us / 1000;
    return last && excerpt->to_ms * 1000 <= last->at_us;
}

const char *heard_verify_excerpt(const HeardNotedSegments *noted, const char *path,
                                 uint64_t segments, int64_t duration_us, HeardExcerpt *ret_excerpt)
{
    if (!heard_excerpt_read(ret_excerpt, path, NULL))
        return "not well-formed";
    if (!heard_excerpt_is_some(ret_excerpt))
        return NULL;
    if (ret_excerpt->last_segment > segments)
        return "the log has fewer segments";
    return is_covered(noted, ret_excerpt, segments, duration_us)
               ? NULL
               : "its segments do not cover the range";
}
