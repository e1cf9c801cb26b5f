/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/derived_files.h"

#include "server/app/http_text.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/id.h"
#include "server/base/json.h"
#include "server/store/recording_rows.h"

#include <string.h>

enum { HEARD_DERIVED_NAME_CHARS_MAX = 128, HEARD_DERIVED_TYPE_CHARS_MAX = 128 };

static json_t *read_manifest(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "manifest.json", NULL);
    json_error_t where;
    json_t *manifest = json_load_file(path, JSON_REJECT_DUPLICATES, &where);

    if (json_is_object(manifest))
        return manifest;
    json_decref(manifest);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "manifest.json: %s", where.text);
    return NULL;
}

static bool read_file(const json_t *item, HeardRecordingFileRow *ret, GError **error)
{
    return heard_json_text(item, "file", HEARD_DERIVED_NAME_CHARS_MAX, false, &ret->name, error) &&
           heard_json_text(item, "kind", 32, false, &ret->kind, error) &&
           heard_json_text(item, "participant", HEARD_ID_SIZE - 1, true, &ret->participant_id,
                           error) &&
           heard_json_text(item, "source", 32, true, &ret->source, error) &&
           heard_json_text(item, "media_type", HEARD_DERIVED_TYPE_CHARS_MAX, false,
                           &ret->media_type, error) &&
           heard_json_text(item, "sha256", 64, false, &ret->sha256, error) &&
           heard_json_number(item, "size", 0, INT64_MAX, false, &ret->size_bytes, error) &&
           heard_json_number(item, "start_ms", 0, INT64_MAX, true, &ret->start_ms, error) &&
           heard_json_number(item, "duration_ms", 0, INT64_MAX, true, &ret->duration_ms, error) &&
           heard_json_number(item, "width", 0, 65536, true, &ret->width, error) &&
           heard_json_number(item, "height", 0, 65536, true, &ret->height, error);
}

static bool put(HeardStore *store, HeardRecordingFileRow *row, GError **error)
{
    char id[HEARD_ID_SIZE];

    if (!heard_http_is_plain_name(row->name, HEARD_DERIVED_NAME_CHARS_MAX)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "manifest.json: a file name");
        return false;
    }
    heard_id_new(id, row->created_ms);
    row->id = id;
    return heard_recording_file_rows_put(store, row, error);
}

static bool put_index(HeardStore *store, const char *folder, const char *name,
                      const HeardRecordingFileRow *of, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    g_autofree char *sum = NULL;
    gsize size = 0;
    HeardRecordingFileRow row = {.recording_id = of->recording_id,
                                 .kind = "take_index",
                                 .participant_id = of->participant_id,
                                 .source = of->source,
                                 .name = name,
                                 .media_type = "application/json",
                                 .start_ms = of->start_ms,
                                 .duration_ms = of->duration_ms,
                                 .created_ms = of->created_ms};

    if (!heard_http_is_plain_name(name, HEARD_DERIVED_NAME_CHARS_MAX) ||
        !g_file_get_contents(path, &text, &size, NULL)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "manifest.json: an index file");
        return false;
    }
    sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, size);
    row.size_bytes = (int64_t)size;
    row.sha256 = sum;
    return put(store, &row, error);
}

static bool keep_all(HeardStore *store, const char *folder, const json_t *files,
                     const char *recording_id, GError **error)
{
    int64_t wall_ms = heard_clock_wall_ms();
    const json_t *item;
    size_t i;

    json_array_foreach(files, i, item)
    {
        HeardRecordingFileRow row = {.recording_id = recording_id, .created_ms = wall_ms};
        const char *index = NULL;
        if (!read_file(item, &row, error) ||
            !heard_json_text(item, "index_file", HEARD_DERIVED_NAME_CHARS_MAX, true, &index,
                             error) ||
            !put(store, &row, error) || (index && !put_index(store, folder, index, &row, error)))
            return false;
    }
    return true;
}

bool heard_derived_files_keep(HeardStore *store, const char *data_dir, const char *directory,
                              const char *recording_id, GError **error)
{
    g_autofree char *folder = g_build_filename(data_dir, directory, "derived", NULL);
    g_autoptr(json_t) manifest = read_manifest(folder, error);
    json_t *files = NULL;

    if (!manifest ||
        !heard_json_array(manifest, "files", HEARD_DERIVED_FILES_MAX, false, &files, error) ||
        !heard_store_begin(store, error))
        return false;
    if (keep_all(store, folder, files, recording_id, error) && heard_store_commit(store, error))
        return true;
    heard_store_rollback(store);
    return false;
}
