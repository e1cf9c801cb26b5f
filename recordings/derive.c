/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/derive.h"

#include "recordings/background.h"
#include "recordings/commands.h"
#include "recordings/disk.h"
#include "recordings/log_reader.h"
#include "recordings/sandbox.h"
#include "recordings/tracks.h"
#include "server/base/error.h"
#include "server/base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <gst/gst.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { FOLLOW_POLL_US = 500 * 1000 };

typedef struct {
    const char *recording;
    HeardLogReader *ahead, *behind; /* of the first and the second pass */
    HeardSurvey *survey;
    HeardTracks *tracks;
    HeardLogRecord record; /* of the second pass, whose turn has not come */
    bool has_record;
    HeardProgress progress;
    void *data;
    int told; /* permille */
} Work;

static void tell(Work *self, const HeardLogReader *reader, int from, int span)
{
    uint64_t total = MAX(heard_log_reader_bytes_total(reader), 1);
    int now = from + (int)(heard_log_reader_bytes_read(reader) * (uint64_t)span / total);

    if (now < self->told + 5LL || !self->progress)
        return;
    self->told = now;
    self->progress(MIN(now, 1000), self->data);
}

static bool make_folder(const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0750) == 0)
        return true;
    heard_disk_set_error(error, errno, "create", path);
    return false;
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
    json_t *entry = json_pack("{s:s, s:s, s:I, s:I}", "kind", file->kind, "media_type",
                              file->media_type, "start_ms", (json_int_t)(file->start_us / 1000),
                              "duration_ms", (json_int_t)(file->duration_us / 1000));

    json_object_set_new(entry, "participant",
                        is_take ? json_string(file->info.participant) : json_null());
    json_object_set_new(entry, "source",
                        is_take ? json_string(heard_track_source_name(file->info.source))
                                : json_null());
    if (*file->index_name) {
        json_object_set_new(entry, "index_file", json_string(file->index_name));
        json_object_set_new(entry, "index_size", json_integer((json_int_t)file->index_bytes));
    }
    if (is_take) {
        json_object_set_new(entry, "track", json_integer(file->info.track));
        json_object_set_new(entry, "take", json_integer(file->take));
    }
    if (file->width > 0) {
        json_object_set_new(entry, "width", json_integer(file->width));
        json_object_set_new(entry, "height", json_integer(file->height));
    }
    if (file->undecodable)
        json_object_set_new(entry, "undecodable", json_true());
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
        "{s:i, s:s, s:s, s:s*, s:s, s:I, s:I, s:s, s:I, s:I, s:I}", "version", 1, "recording",
        info->recording, "hearing", info->hearing, "number", info->number, "log_id",
        info->log_id_text, "started_wall_ms", (json_int_t)info->started_wall_ms, "duration_ms",
        (json_int_t)(survey->duration_us / 1000), "tool", "heard derive 1", "frames_left_out",
        (json_int_t)heard_tracks_dropped(tracks), "thumbnails_missing",
        (json_int_t)heard_tracks_thumbnails_missing(tracks), "damaged_chunks", (json_int_t)damaged);
    g_autoptr(json_t) left_out = NULL;

    json_object_set_new(manifest, "chain_head", read_chain_head(recording));
    left_out = heard_tracks_left_out(tracks);
    if (json_array_size(left_out) > 0)
        json_object_set(manifest, "takes_left_out", left_out);
    return manifest;
}

static void read_ahead(Work *self)
{
    HeardLogRecord record;

    while (heard_log_reader_next(self->ahead, &record)) {
        heard_survey_record(self->survey, &record);
        tell(self, self->ahead, 0, 200);
    }
    heard_survey_solve(self->survey);
}

static bool read_behind(Work *self, int64_t until_us, GError **error)
{
    for (;;) {
        if (!self->has_record && !heard_log_reader_next(self->behind, &self->record))
            return true;
        self->has_record = self->record.at_us > until_us;
        if (self->has_record)
            return true;
        if (!heard_tracks_record(self->tracks, &self->record, error))
            return false;
        tell(self, self->behind, 200, 780);
    }
}

static bool is_there(const char *recording, const char *name)
{
    g_autofree char *path = g_build_filename(recording, name, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* What is written now takes room from the recording itself, which is worth more. */
static bool has_room(const Work *self, GError **error)
{
    struct statvfs info;

    if (statvfs(self->recording, &info) != 0 ||
        (uint64_t)info.f_bavail * info.f_frsize >= HEARD_DERIVE_FOLLOW_FREE)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_STORAGE_FULL,
                "%s: the disk is left to the recording", self->recording);
    return false;
}

/* While the log grows: whole segments only, and no more than its end can't change any more. */
static bool follow(Work *self, GError **error)
{
    uint32_t closed = 0;

    self->told = INT_MAX; /* there is no whole yet of which this is a part */
    while (!is_there(self->recording, "seal.json")) {
        g_autofree char *next = heard_log_segment_path(self->recording, closed + 2);
        if (!g_file_test(next, G_FILE_TEST_EXISTS)) { /* the one before it is still written */
            g_usleep(FOLLOW_POLL_US);
            continue;
        }
        if (!has_room(self, error))
            return false;
        closed++;
        heard_log_reader_limit(self->ahead, closed);
        heard_log_reader_limit(self->behind, closed);
        read_ahead(self);
        if (!read_behind(self, self->survey->duration_us - HEARD_CLOCK_SETTLED_US, error))
            return false;
    }
    heard_log_reader_limit(self->ahead, UINT32_MAX);
    heard_log_reader_limit(self->behind, UINT32_MAX);
    self->told = 0;
    return true;
}

static bool describe_all(Work *self, const char *folder, json_t *files, GError **error)
{
    const GArray *made = heard_tracks_files(self->tracks);

    for (guint i = 0; i < made->len; i++) {
        const HeardTracksFile *file = &g_array_index(made, HeardTracksFile, i);
        if (!add_file(files, folder, file->name, describe(file), error))
            return false;
    }
    heard_tracks_tell_left_out(self->tracks, self->survey->timeline, self->survey->duration_us);
    return write_timeline(folder, self->survey, heard_log_reader_info(self->ahead)->started_wall_ms,
                          files, error);
}

/* Both passes; files and manifest are in folder afterwards. */
static bool run(Work *self, const char *folder, bool follows, json_t **ret_manifest, GError **error)
{
    json_t *files, *manifest;
    bool done;

    if (follows && !follow(self, error))
        return false;
    read_ahead(self);
    if (!read_behind(self, INT64_MAX, error) || !heard_tracks_finish(self->tracks, error))
        return false;
    files = json_array();
    if (!describe_all(self, folder, files, error)) {
        json_decref(files);
        return false;
    }
    manifest = make_manifest(self->recording, heard_log_reader_info(self->behind), self->survey,
                             self->tracks, heard_log_reader_damaged(self->behind));
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

static bool derive(const HeardDeriveSpec *spec, const HeardOrgKey *key, const char *part,
                   json_t **ret_manifest, GError **error)
{
    g_autoptr(HeardLogReader) ahead = heard_log_reader_open(spec->recording, key, error);
    g_autoptr(HeardLogReader) behind =
        ahead ? heard_log_reader_open(spec->recording, key, error) : NULL;
    g_autoptr(HeardSurvey) survey = heard_survey_new();
    g_autoptr(HeardTracks) tracks = NULL;
    Work work = {.recording = spec->recording,
                 .ahead = ahead,
                 .behind = behind,
                 .survey = survey,
                 .progress = spec->progress,
                 .data = spec->data};

    if (!behind || (spec->keys_known && !spec->keys_known(spec->keys_known_data, error)) ||
        !make_folder(part, error) || !heard_disk_empty_folder(part, error))
        return false;
    tracks = work.tracks = heard_tracks_new(part, survey, error);
    if (tracks && run(&work, part, spec->follow, ret_manifest, error))
        return true;
    (void)!heard_disk_remove_folder(part, NULL); /* part of the files is of no use to anybody */
    return false;
}

bool heard_derive(const HeardDeriveSpec *spec, json_t **ret_manifest, GError **error)
{
    g_autoptr(HeardOrgKey) key = heard_org_key_load(spec->key_path, error);
    g_autofree char *part = g_strconcat(spec->out, ".part", NULL);

    if (!key || !derive(spec, key, part, ret_manifest, error) ||
        !put_in_place(part, spec->out, error))
        return false;
    if (spec->progress)
        spec->progress(1000, spec->data);
    return true;
}

/* The old files at out are emptied when the new ones stand there, under the name of part. */
static bool shut_in(void *data, GError **error)
{
    const HeardDeriveSpec *self = data;
    g_autofree char *part = g_strconcat(self->out, ".part", NULL);
    g_autofree char *parent = g_path_get_dirname(self->out);
    bool is_there = g_file_test(self->out, G_FILE_TEST_IS_DIR), files_shut;
    const char *read[] = {self->recording, NULL};
    const char *write[] = {part, is_there ? self->out : NULL, NULL};
    const char *rename_in[] = {parent, NULL};
    HeardSandboxSpec spec = {.read = read, .write = write, .rename = rename_in};

    if (!make_folder(part, error) || !heard_sandbox_enter(&spec, &files_shut, error))
        return false;
    if (!files_shut)
        fprintf(stderr, "heard derive: this kernel has no Landlock: files are not shut off\n");
    return true;
}

int heard_derive_main(int argc, char **argv)
{
    HeardDeriveSpec spec = {.progress = heard_background_print_progress};
    g_autofree char *recording = NULL;
    g_autofree char *key_path = NULL;
    g_autofree char *out = NULL;
    g_autofree char *part = NULL;
    gboolean follow_it = FALSE;
    GOptionEntry options[] = {
        {"recording", 0, 0, G_OPTION_ARG_FILENAME, &recording, "the recording's folder", "DIR"},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &key_path, "the organisation key", "FILE"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &out, "folder to make (replaced if there)", "DIR"},
        {"follow", 0, 0, G_OPTION_ARG_NONE, &follow_it, "while it is written, until it is sealed",
         NULL},
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
                      : "usage: heard derive --recording DIR --key FILE --out DIR [--follow]");
        return 2;
    }
    heard_background_begin("derive");
    part = g_strconcat(out, ".part", NULL);
    spec.recording = recording;
    spec.key_path = key_path;
    spec.out = out;
    spec.follow = follow_it;
    spec.keys_known = shut_in;
    spec.keys_known_data = &spec;
    if (!gst_init_check(NULL, NULL, &error) || !heard_derive(&spec, &manifest, &error)) {
        heard_command_fail("derive", error);
        (void)!heard_disk_remove_folder(part, NULL);
        return 1;
    }
    line = json_pack("{s:o}", "ready", manifest);
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
    return 0;
}
