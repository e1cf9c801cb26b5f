/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/derive.h"

#include "recordings/background.h"
#include "recordings/commands.h"
#include "recordings/disk.h"
#include "recordings/log_reader.h"
#include "recordings/tracks.h"
#include "server/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <gst/gst.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    HeardLogReader *reader;
    HeardProgress progress;
    void *data;
    int told, from, span; /* permille */
} Pass;

static void tell(Pass *self)
{
    uint64_t total = MAX(heard_log_reader_bytes_total(self->reader), 1);
    int now = self->from +
              (int)(heard_log_reader_bytes_read(self->reader) * (uint64_t)self->span / total);

    if (now - self->told < 5 || !self->progress)
        return;
    self->told = now;
    self->progress(MIN(now, 1000), self->data);
}

/* Adds size and hash, from the disk; the file is durable then. */
static bool add_file(json_t *files, const char *folder, const char *name, json_t *entry_take,
                     GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    GMappedFile *file = g_mapped_file_new(path, FALSE, error);
    uint8_t hash[HEARD_LOG_HASH_SIZE];
    char hex[HEARD_CHAIN_HEX_SIZE];

    if (!file || !heard_disk_sync_file(path, error)) {
        json_decref(entry_take);
        if (file)
            g_mapped_file_unref(file);
        return false;
    }
    heard_chain_sha256(hash, g_mapped_file_get_contents(file), g_mapped_file_get_length(file));
    heard_chain_to_hex(hex, hash);
    json_object_set_new(entry_take, "file", json_string(name));
    json_object_set_new(entry_take, "size",
                        json_integer((json_int_t)g_mapped_file_get_length(file)));
    json_object_set_new(entry_take, "sha256", json_string(hex));
    json_array_append_new(files, entry_take);
    g_mapped_file_unref(file);
    return true;
}

static json_t *describe(const HeardTracksFile *file)
{
    bool is_take = file->take > 0;
    json_t *entry =
        json_pack("{s:s, s:s, s:I, s:I, s:s, s:I}", "kind", is_take ? "take" : "mixed_audio",
                  "media_type", file->media_type, "start_ms", (json_int_t)(file->start_us / 1000),
                  "duration_ms", (json_int_t)(file->duration_us / 1000), "index_file",
                  file->index_name, "index_size", (json_int_t)file->index_bytes);

    json_object_set_new(entry, "participant",
                        is_take ? json_string(file->info.participant) : json_null());
    json_object_set_new(entry, "source",
                        is_take ? json_string(heard_track_source_name(file->info.source))
                                : json_null());
    if (is_take) {
        json_object_set_new(entry, "track", json_integer(file->info.track));
        json_object_set_new(entry, "take", json_integer(file->take));
    }
    if (file->width > 0) {
        json_object_set_new(entry, "width", json_integer(file->width));
        json_object_set_new(entry, "height", json_integer(file->height));
    }
    return entry;
}

static bool write_json(const char *folder, const char *name, const json_t *value, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    bool done = heard_disk_replace(path, text, strlen(text), error);

    free(text);
    return done;
}

static bool write_timeline(const char *folder, HeardSurvey *survey, int64_t started_wall_ms,
                           json_t *files, GError **error)
{
    json_t *timeline =
        heard_timeline_finish(survey->timeline, survey->duration_us, started_wall_ms);
    bool done = write_json(folder, "timeline.json", timeline, error);

    json_decref(timeline);
    return done &&
           add_file(files, folder, "timeline.json",
                    json_pack("{s:s, s:s, s:n, s:n, s:i, s:I}", "kind", "timeline", "media_type",
                              "application/json", "participant", "source", "start_ms", 0,
                              "duration_ms", (json_int_t)(survey->duration_us / 1000)),
                    error);
}

static json_t *read_chain_head(const char *recording)
{
    g_autofree char *path = g_build_filename(recording, "seal.json", NULL);
    json_t *seal = json_load_file(path, 0, NULL);
    json_t *head = json_incref(json_object_get(seal, "chain_head"));

    json_decref(seal);
    return head ? head : json_null();
}

static json_t *make_manifest(const char *recording, const HeardLogInfo *info,
                             const HeardSurvey *survey, const HeardTracks *tracks, uint64_t damaged)
{
    json_t *manifest = json_pack(
        "{s:i, s:s, s:s, s:s*, s:s, s:I, s:I, s:s, s:I, s:I}", "version", 1, "recording",
        info->recording, "hearing", info->hearing, "number", info->number, "log_id",
        info->log_id_text, "started_wall_ms", (json_int_t)info->started_wall_ms, "duration_ms",
        (json_int_t)(survey->duration_us / 1000), "tool", "heard derive 1", "frames_left_out",
        (json_int_t)heard_tracks_dropped(tracks), "damaged_chunks", (json_int_t)damaged);

    json_object_set_new(manifest, "chain_head", read_chain_head(recording));
    return manifest;
}

/* Both passes; files and manifest are in folder afterwards. */
static bool run(Pass *pass, const char *recording, const char *folder, json_t **ret_manifest,
                GError **error)
{
    const HeardLogInfo *info = heard_log_reader_info(pass->reader);
    g_autoptr(HeardSurvey) survey = heard_survey_new();
    g_autoptr(HeardTracks) tracks = NULL;
    HeardLogRecord record;
    json_t *files = json_array();
    json_t *manifest;
    const GArray *made;
    bool done = true;

    for (pass->from = 0, pass->span = 200; heard_log_reader_next(pass->reader, &record);) {
        heard_survey_record(survey, &record);
        tell(pass);
    }
    heard_survey_finish(survey);
    tracks = heard_tracks_new(folder, survey, error);
    heard_log_reader_range(pass->reader, INT64_MIN, INT64_MAX);
    pass->from = 200;
    pass->span = 780;
    while ((done = done && tracks) && heard_log_reader_next(pass->reader, &record)) {
        done = heard_tracks_record(tracks, &record, error);
        tell(pass);
    }
    done = done && heard_tracks_finish(tracks, error);
    made = done ? heard_tracks_files(tracks) : NULL;
    for (guint i = 0; done && i < made->len; i++) {
        const HeardTracksFile *file = &g_array_index(made, HeardTracksFile, i);
        done = add_file(files, folder, file->name, describe(file), error);
    }
    done = done && write_timeline(folder, survey, info->started_wall_ms, files, error);
    if (!done) {
        json_decref(files);
        return false;
    }
    manifest =
        make_manifest(recording, info, survey, tracks, heard_log_reader_damaged(pass->reader));
    json_object_set_new(manifest, "files", files);
    done = write_json(folder, "manifest.json", manifest, error);
    if (done && ret_manifest)
        *ret_manifest = json_incref(manifest);
    json_decref(manifest);
    return done;
}

/* part becomes out; an older out goes away only when the new one stands there. */
static bool put_in_place(const char *part, const char *out, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(out);

    if (renameat2(AT_FDCWD, part, AT_FDCWD, out, RENAME_EXCHANGE) == 0)
        return heard_disk_sync_folder(parent, error) && heard_disk_remove_folder(part, error);
    if (rename(part, out) == 0)
        return heard_disk_sync_folder(parent, error);
    heard_disk_set_error(error, errno, "rename to", out);
    return false;
}

bool heard_derive(const char *recording, const char *key_path, const char *out,
                  HeardProgress progress, void *data, json_t **ret_manifest, GError **error)
{
    g_autoptr(HeardOrgKey) key = heard_org_key_load(key_path, error);
    g_autoptr(HeardLogReader) reader = NULL;
    g_autofree char *part = g_strconcat(out, ".part", NULL);
    Pass pass = {.progress = progress, .data = data};

    if (!key)
        return false;
    reader = heard_log_reader_open(recording, key, error);
    if (!reader)
        return false;
    if (!heard_disk_remove_folder(part, error))
        return false;
    if (g_mkdir_with_parents(part, 0750) != 0) {
        heard_disk_set_error(error, errno, "create", part);
        return false;
    }
    pass.reader = reader;
    if (!run(&pass, recording, part, ret_manifest, error)) {
        (void)!heard_disk_remove_folder(part, NULL);
        return false;
    }
    if (!put_in_place(part, out, error))
        return false;
    if (progress)
        progress(1000, data);
    return true;
}

int heard_derive_main(int argc, char **argv)
{
    g_autofree char *recording = NULL;
    g_autofree char *key_path = NULL;
    g_autofree char *out = NULL;
    GOptionEntry options[] = {
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording, "the recording's folder", "DIR"},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &key_path, "the organisation key", "FILE"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &out, "folder to make (replaced if there)", "DIR"},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context =
        g_option_context_new("- make playable files out of a recording");
    g_autoptr(GError) error = NULL;
    json_t *manifest = NULL;
    json_t *line;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !recording ||
        !key_path || !out) {
        fprintf(stderr, "heard derive: %s\n",
                error ? error->message
                      : "usage: heard derive --recording DIR --key FILE --out DIR");
        return 2;
    }
    heard_background_begin("derive");
    if (!gst_init_check(NULL, NULL, &error) ||
        !heard_derive(recording, key_path, out, heard_background_print_progress, NULL, &manifest,
                      &error)) {
        heard_command_fail("derive", error);
        return 1;
    }
    line = json_pack("{s:o}", "ready", manifest);
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
    return 0;
}
