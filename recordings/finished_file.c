/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/finished_file.h"

#include "recordings/decode_test.h"
#include "recordings/disk.h"
#include "recordings/media_index.h"
#include "server/base/error.h"

#include <string.h>

static bool write_index(const char *folder, HeardTracksFile *facts, const HeardMediaIndex *index,
                        GError **error)
{
    g_autofree char *path = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    g_snprintf(facts->index_name, sizeof facts->index_name, "%s.index.json", facts->name);
    path = g_build_filename(folder, facts->index_name, NULL);
    g_string_printf(text, "{\"init_size\":%" G_GUINT64_FORMAT ",\"points\":[", index->init_size);
    for (guint i = 0; i < index->points->len; i++) {
        const HeardMediaPoint *point = &g_array_index(index->points, HeardMediaPoint, i);
        g_string_append_printf(
            text, "%s[%" G_GINT64_FORMAT ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]",
            i ? "," : "", point->time_us / 1000, point->offset, point->size);
    }
    g_string_append(text, "]}\n");
    facts->index_bytes = (int64_t)text->len;
    return heard_disk_replace(path, text->str, text->len, error);
}

/* avcC of the file (ISO 14496-15 5.3.3.1): profile, constraints and level for codecs="". */
static void read_avc(HeardTracksFile *facts, const uint8_t *bytes, size_t size)
{
    const uint8_t *at = memmem(bytes, MIN(size, (size_t)65536), "avcC", 4);

    if (at && (size_t)(at - bytes) + 8 <= size)
        g_snprintf(facts->media_type, sizeof facts->media_type,
                   "video/mp4; codecs=\"avc1.%02X%02X%02X\"", at[5], at[6], at[7]);
    at = memmem(bytes, MIN(size, (size_t)65536), "avc1", 4);
    if (at && (size_t)(at - bytes) + 32 <= size) { /* VisualSampleEntry: width, height */
        facts->width = (unsigned)(at[28] << 8 | at[29]);
        facts->height = (unsigned)(at[30] << 8 | at[31]);
    }
}

static bool refuse(GError **error, const HeardTracksFile *facts, const char *what, int64_t is,
                   int64_t should)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT,
                "%s: %s is %" G_GINT64_FORMAT ", should be %" G_GINT64_FORMAT, facts->name, what,
                is, should);
    return false;
}

static bool is_near(int64_t is_us, int64_t should_us)
{
    return ABS(is_us - should_us) <= HEARD_FINISHED_TOLERANCE_US;
}

/* What we wrote against what we meant to write: a difference is our disk or our bug. */
static bool check_shape(const HeardTracksFile *facts, const HeardMediaIndex *index, size_t size,
                        GError **error)
{
    const HeardMediaPoint *first = &g_array_index(index->points, HeardMediaPoint, 0);
    /* a fragmented file's header knows its first fragment only */
    int64_t duration_us = index->duration_us < 0 ? index->end_us : index->duration_us;

    if (!index->complete) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT,
                    "%s: cut off, or longer than it says: %zu bytes", facts->name, size);
        return false;
    }
    if (!is_near(duration_us, facts->duration_us) ||
        index->end_us > facts->duration_us + HEARD_FINISHED_TOLERANCE_US ||
        !is_near(index->last_us, MAX(facts->duration_us - facts->last_frame_us, 0)))
        return refuse(error, facts, "length in ms", MIN(duration_us, index->last_us) / 1000,
                      facts->duration_us / 1000);
    if (!is_near(index->first_us, 0) || first->offset != index->init_size)
        return refuse(error, facts, "time in ms of the first key frame", first->time_us / 1000, 0);
    if (index->step_us > HEARD_FINISHED_STEP_US)
        return refuse(error, facts, "longest step in ms", index->step_us / 1000,
                      HEARD_FINISHED_STEP_US / 1000);
    if (facts->frames > 0 && index->frames != facts->frames)
        return refuse(error, facts, "number of frames", (int64_t)index->frames,
                      (int64_t)facts->frames);
    return true;
}

/* The first frame that a player shows, and everything from the last key frame on. */
static bool check_decoding(const HeardTracksFile *facts, const HeardMediaIndex *index,
                           const uint8_t *bytes, GError **error)
{
    const HeardMediaPoint *first = &g_array_index(index->points, HeardMediaPoint, 0);
    const HeardMediaPoint *last =
        &g_array_index(index->points, HeardMediaPoint, index->points->len - 1);
    HeardDecodePiece pieces[] = {{bytes, index->init_size},
                                 {bytes + first->offset, first->size},
                                 {bytes + last->offset, last->size}};
    HeardDecoded decoded;

    if (!heard_decode_test(facts->info.codec, pieces, first == last ? 2 : 3, &decoded, error)) {
        g_prefix_error(error, "%s: ", facts->name);
        return false;
    }
    if (!is_near(decoded.first_us, index->first_us))
        return refuse(error, facts, "first decoded frame in ms", decoded.first_us / 1000,
                      index->first_us / 1000);
    if (!is_near(decoded.last_us, index->last_us))
        return refuse(error, facts, "last decoded frame in ms", decoded.last_us / 1000,
                      index->last_us / 1000);
    return true;
}

static bool check(const char *folder, HeardTracksFile *facts, const uint8_t *bytes, size_t size,
                  GError **error)
{
    bool is_mp4 = g_str_has_suffix(facts->name, ".mp4");
    g_autoptr(GError) why = NULL;
    HeardMediaIndex index;
    bool done;

    if (is_mp4)
        read_avc(facts, bytes, size);
    if (!(is_mp4 ? heard_media_index_mp4(&index, bytes, size, error)
                 : heard_media_index_webm(&index, bytes, size,
                                          facts->info.codec == HEARD_CODEC_OPUS, error))) {
        g_prefix_error(error, "%s: ", facts->name);
        return false;
    }
    done = check_shape(facts, &index, size, error);
    if (done && !check_decoding(facts, &index, bytes, &why)) {
        facts->undecodable = facts->take > 0 && heard_error_code(why) == HEARD_ERROR_CORRUPT;
        done = facts->undecodable;
        if (!done)
            g_propagate_error(error, g_steal_pointer(&why));
    }
    done = done && write_index(folder, facts, &index, error);
    heard_media_index_clear(&index);
    return done;
}

bool heard_finished_file_check(const char *folder, HeardTracksFile *facts, GError **error)
{
    g_autofree char *path = g_build_filename(folder, facts->name, NULL);
    g_autoptr(GError) why = NULL;
    GMappedFile *file = g_mapped_file_new(path, FALSE, &why);
    bool done;

    if (!file) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_STORAGE, "%s", why->message);
        return false;
    }
    done = check(folder, facts, (const uint8_t *)g_mapped_file_get_contents(file),
                 g_mapped_file_get_length(file), error);
    g_mapped_file_unref(file);
    return done;
}
