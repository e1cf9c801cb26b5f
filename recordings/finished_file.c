/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/finished_file.h"

#include "recordings/disk.h"
#include "recordings/media_index.h"
#include "recordings/track_file.h"
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

bool heard_finished_file_check(const char *folder, HeardTracksFile *facts, GError **error)
{
    g_autofree char *path = g_build_filename(folder, facts->name, NULL);
    bool is_mp4 = g_str_has_suffix(facts->name, ".mp4");
    HeardMediaIndex index;
    GMappedFile *file;
    const uint8_t *bytes;
    size_t size;
    int64_t duration_us = -1;
    bool done;

    if (!heard_track_file_check(path, &duration_us, error))
        return false;
    file = g_mapped_file_new(path, FALSE, error);
    if (!file)
        return false;
    bytes = (const uint8_t *)g_mapped_file_get_contents(file);
    size = g_mapped_file_get_length(file);
    if (is_mp4)
        read_avc(facts, bytes, size);
    done = is_mp4 ? heard_media_index_mp4(&index, bytes, size, error)
                  : heard_media_index_webm(&index, bytes, size,
                                           facts->info.codec == HEARD_CODEC_OPUS, error);
    if (done) {
        /* a fragmented file's header knows its first fragment only */
        duration_us = is_mp4 || duration_us < 0 ? index.end_us : duration_us;
        if (ABS(duration_us - facts->duration_us) > HEARD_FINISHED_TOLERANCE_US ||
            index.end_us > facts->duration_us + HEARD_FINISHED_TOLERANCE_US) {
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT,
                        "%s: is %" G_GINT64_FORMAT " ms long, should be %" G_GINT64_FORMAT " ms",
                        facts->name, duration_us / 1000, facts->duration_us / 1000);
            done = false;
        }
        done = done && write_index(folder, facts, &index, error);
        heard_media_index_clear(&index);
    }
    g_mapped_file_unref(file);
    return done;
}
