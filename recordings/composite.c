/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/composite.h"

#include "recordings/derive.h"
#include "recordings/disk.h"
#include "recordings/film.h"
#include "recordings/log_reader.h"
#include "recordings/sound_reader.h"
#include "recordings/stage.h"
#include "server/base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DERIVED_PERMILLE = 200, MADE_PERMILLE = 970 };

typedef struct {
    const HeardCompositeSpec *spec;
    HeardProgress progress;
    void *data;
    int told, from, span;   /* permille */
    char *folder, *scratch; /* of the takes; scratch: made here, to be removed */
    char *number, *log_id, *chain_head;
    int64_t started_wall_ms, from_ms, to_ms;
    json_t *manifest, *timeline;
    unsigned unreadable; /* takes */
} Work;

static void work_clear(Work *self)
{
    if (self->scratch)
        (void)!heard_disk_remove_folder(self->scratch, NULL);
    g_free(self->folder);
    g_free(self->scratch);
    g_free(self->number);
    g_free(self->log_id);
    g_free(self->chain_head);
    json_decref(self->manifest);
    json_decref(self->timeline);
}

static void tell(int permille, void *data)
{
    Work *self = data;
    int now = self->from + permille * self->span / 1000;

    if (!self->progress || (now - self->told < 5 && now < 1000))
        return;
    self->told = now;
    self->progress(now, self->data);
}

/* ---- what it is made of ---- */

/* Proves by the way that the key is this log's. */
static bool read_log(Work *self, GError **error)
{
    g_autoptr(HeardOrgKey) key = heard_org_key_load(self->spec->key_path, error);
    g_autoptr(HeardLogReader) reader =
        key ? heard_log_reader_open(self->spec->recording, key, error) : NULL;
    g_autofree char *path = g_build_filename(self->spec->recording, "seal.json", NULL);
    const HeardLogInfo *info;
    json_t *seal;

    if (!reader)
        return false;
    info = heard_log_reader_info(reader);
    seal = json_load_file(path, 0, NULL);
    self->chain_head = g_strdup(json_string_value(json_object_get(seal, "chain_head")));
    json_decref(seal);
    if (!self->chain_head) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, "%s: not closed yet",
                    self->spec->recording);
        return false;
    }
    self->log_id = g_strdup(info->log_id_text);
    self->number = g_strdup(info->number ? info->number : info->recording);
    self->started_wall_ms = info->started_wall_ms;
    return true;
}

static bool is_text(const json_t *object, const char *key, const char *text)
{
    const char *its = json_string_value(json_object_get(object, key));

    return its && strcmp(its, text) == 0;
}

static bool hash_file(const char *path, char ret_hex[static HEARD_CHAIN_HEX_SIZE],
                      int64_t *ret_size, GError **error)
{
    GMappedFile *file = g_mapped_file_new(path, FALSE, error);
    uint8_t hash[HEARD_LOG_HASH_SIZE];

    if (!file)
        return false;
    *ret_size = (int64_t)g_mapped_file_get_length(file);
    heard_chain_sha256(hash, g_mapped_file_get_contents(file), g_mapped_file_get_length(file));
    heard_chain_to_hex(ret_hex, hash);
    g_mapped_file_unref(file);
    return true;
}

/* Is each file of the manifest there, with the bytes that it had when it was made? */
static bool files_are_as_made(const char *folder, const json_t *manifest)
{
    json_t *file;
    size_t i;

    json_array_foreach(json_object_get(manifest, "files"), i, file)
    {
        const char *name = json_string_value(json_object_get(file, "file"));
        g_autofree char *path = NULL;
        char hex[HEARD_CHAIN_HEX_SIZE];
        int64_t size;
        if (!name || strchr(name, '/'))
            return false;
        path = g_build_filename(folder, name, NULL);
        if (!hash_file(path, hex, &size, NULL) || !is_text(file, "sha256", hex))
            return false;
    }
    return i > 0;
}

static bool load_folder(Work *self, const char *folder)
{
    g_autofree char *manifest = g_build_filename(folder, "manifest.json", NULL);
    g_autofree char *timeline = g_build_filename(folder, "timeline.json", NULL);

    json_decref(self->manifest);
    json_decref(self->timeline);
    self->timeline = NULL;
    self->manifest = json_load_file(manifest, 0, NULL);
    if (!is_text(self->manifest, "log_id", self->log_id) ||
        !is_text(self->manifest, "chain_head", self->chain_head) ||
        !files_are_as_made(folder, self->manifest))
        return false;
    self->timeline = json_load_file(timeline, 0, NULL);
    g_free(self->folder);
    self->folder = g_strdup(folder);
    return self->timeline != NULL;
}

static bool find_takes(Work *self, GError **error)
{
    g_autofree char *derived = g_build_filename(self->spec->recording, "derived", NULL);
    HeardDeriveSpec derive;

    self->span = MADE_PERMILLE;
    if (load_folder(self, derived))
        return true;
    self->scratch = g_strconcat(self->spec->out, ".derived", NULL);
    derive = (HeardDeriveSpec){.recording = self->spec->recording,
                               .key_path = self->spec->key_path,
                               .out = self->scratch,
                               .progress = tell,
                               .data = self};
    self->span = DERIVED_PERMILLE;
    if (!heard_derive(&derive, NULL, error))
        return false;
    self->from = DERIVED_PERMILLE;
    self->span = MADE_PERMILLE - DERIVED_PERMILLE;
    if (load_folder(self, self->scratch))
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "%s: what was derived can't be read",
                self->scratch);
    return false;
}

static bool find_span(Work *self, GError **error)
{
    int64_t duration_ms = json_integer_value(json_object_get(self->manifest, "duration_ms"));

    self->from_ms = self->spec->from_ms;
    self->to_ms = self->spec->to_ms < 0 ? duration_ms : MIN(self->spec->to_ms, duration_ms);
    if (self->from_ms >= 0 && self->from_ms < self->to_ms)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_RANGE,
                "--from must be before --to and within the recording's %" G_GINT64_FORMAT " ms",
                duration_ms);
    return false;
}

/* ---- making it ---- */

static HeardSoundReader *open_sound(Work *self, GError **error)
{
    json_t *file;
    size_t i;

    json_array_foreach(json_object_get(self->manifest, "files"), i, file)
    {
        g_autofree char *path = NULL;
        if (!is_text(file, "kind", "mixed_audio"))
            continue;
        path =
            g_build_filename(self->folder, json_string_value(json_object_get(file, "file")), NULL);
        return heard_sound_reader_new(path, HEARD_MEDIA_SOURCE_OPUS, self->from_ms * 1000, error);
    }
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "manifest.json: no mixed audio");
    return NULL;
}

static bool make_film(Work *self, const HeardScenes *scenes, const char *part, GError **error)
{
    HeardStageSpec stage_spec = {.folder = self->folder,
                                 .scenes = scenes,
                                 .number = self->number,
                                 .started_wall_ms = self->started_wall_ms,
                                 .frame_ms = 1000 / HEARD_FILM_FPS};
    g_autoptr(HeardSoundReader) sound = open_sound(self, error);
    g_autoptr(HeardStage) stage = NULL;
    g_autoptr(HeardFilm) film = NULL;
    int64_t frames = ((self->to_ms - self->from_ms) * HEARD_FILM_FPS + 999) / 1000;
    int16_t samples[HEARD_FILM_SAMPLES];

    if (!sound)
        return false;
    film = heard_film_new(part, HEARD_LAYOUT_WIDTH, HEARD_LAYOUT_HEIGHT, error);
    if (!film)
        return false;
    stage = heard_stage_new(&stage_spec);
    for (int64_t n = 0; n < frames; n++) {
        bool changed;
        const HeardPicture *picture =
            heard_stage_draw(stage, self->from_ms + n * 1000 / HEARD_FILM_FPS, &changed);
        if (!heard_sound_reader_read(sound, samples, HEARD_FILM_SAMPLES, error) ||
            !heard_film_put(film, picture, changed, samples, error))
            return false;
        tell((int)(n * 1000 / frames), self);
    }
    self->unreadable = heard_stage_failed(stage);
    return heard_film_finish(film, error);
}

static json_t *describe(const Work *self, const char *hex, int64_t size)
{
    return json_pack(
        "{s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:i, s:i, s:i, s:s, s:s, s:i, s:{s:s, s:s}}", "file",
        self->spec->out, "media_type", "video/mp4; codecs=\"avc1.4D401F, mp4a.40.2\"", "size",
        (json_int_t)size, "sha256", hex, "from_ms", (json_int_t)self->from_ms, "to_ms",
        (json_int_t)self->to_ms, "duration_ms", (json_int_t)(self->to_ms - self->from_ms), "width",
        HEARD_LAYOUT_WIDTH, "height", HEARD_LAYOUT_HEIGHT, "frame_rate", HEARD_FILM_FPS, "layout",
        heard_scenes_mode_name(self->spec->mode), "tool", "heard composite 1", "unreadable_takes",
        (int)self->unreadable, "derived_from", "log_id", self->log_id, "chain_head",
        self->chain_head);
}

static bool put_in_place(const Work *self, const char *part, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(self->spec->out);

    if (!heard_disk_sync_file(part, error))
        return false;
    if (rename(part, self->spec->out) == 0)
        return heard_disk_sync_folder(parent, error);
    heard_disk_set_error(error, errno, "rename to", self->spec->out);
    return false;
}

static bool run(Work *self, const char *part, json_t **ret_ready, GError **error)
{
    g_autoptr(HeardScenes) scenes = NULL;
    char hex[HEARD_CHAIN_HEX_SIZE];
    int64_t size;

    if (!read_log(self, error) || !find_takes(self, error) || !find_span(self, error))
        return false;
    scenes = heard_scenes_new(self->manifest, self->timeline, self->spec->mode, error);
    if (!scenes || !make_film(self, scenes, part, error) ||
        !heard_film_check(part, self->to_ms - self->from_ms, error) ||
        !hash_file(part, hex, &size, error) || !put_in_place(self, part, error))
        return false;
    if (ret_ready)
        *ret_ready = describe(self, hex, size);
    self->from = 0;
    self->span = 1000;
    tell(1000, self);
    return true;
}

bool heard_composite(const HeardCompositeSpec *spec, HeardProgress progress, void *data,
                     json_t **ret_ready, GError **error)
{
    g_autofree char *part = g_strconcat(spec->out, ".part", NULL);
    Work work = {.spec = spec, .progress = progress, .data = data};
    bool done = run(&work, part, ret_ready, error);

    if (!done)
        unlink(part);
    work_clear(&work);
    return done;
}
