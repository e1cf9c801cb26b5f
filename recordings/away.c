/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/away.h"

#include "recordings/chain.h"
#include "recordings/disk.h"
#include "recordings/log_reader.h"
#include "server/base/error.h"

#include <string.h>
#include <unistd.h>

enum { AWAY_BYTES_MAX = 4 << 20, VERSION = 1, NAME_SIZE = 16 };

static void name_of(char ret[static NAME_SIZE], uint32_t segment)
{
    g_snprintf(ret, NAME_SIZE, "%06u.seg", segment);
}

static const json_t *files_of(const HeardAway *self)
{
    return json_object_get(self->root, "files");
}

static bool is_well_formed(const HeardAway *self)
{
    const json_t *files = files_of(self);
    size_t count = json_object_size(files);

    if (json_integer_value(json_object_get(self->root, "version")) != VERSION ||
        !json_is_string(json_object_get(self->root, "to")) || count == 0 ||
        count > HEARD_LOG_SEGMENTS_MAX)
        return false;
    for (uint32_t segment = 1; segment <= count; segment++) {
        HeardAwayFile file;
        if (!heard_away_find(self, segment, &file))
            return false;
    }
    return true;
}

bool heard_away_read(HeardAway *ret_away, const char *path, GError **error)
{
    g_autofree char *file = g_build_filename(path, HEARD_AWAY_FILE, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;
    size_t size = 0;

    ret_away->root = NULL;
    text = heard_disk_read(file, AWAY_BYTES_MAX, &size, &why);
    if (!text && heard_error_code(why) == HEARD_ERROR_NOT_FOUND)
        return true;
    if (!text) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    ret_away->root = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    if (is_well_formed(ret_away))
        return true;
    heard_away_clear(ret_away);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "%s: not well-formed", file);
    return false;
}

void heard_away_init(HeardAway *self, const char *to, int64_t at_ms)
{
    self->root = json_pack("{s:i, s:s, s:I, s:{}}", "version", VERSION, "to", to, "at_ms",
                           (json_int_t)at_ms, "files");
}

void heard_away_clear(HeardAway *self)
{
    json_decref(self->root);
    self->root = NULL;
}

bool heard_away_write(const HeardAway *self, const char *path, GError **error)
{
    g_autofree char *file = g_build_filename(path, HEARD_AWAY_FILE, NULL);
    char *text = json_dumps(self->root, JSON_COMPACT | JSON_SORT_KEYS);
    bool done = heard_disk_replace(file, text, strlen(text), error);

    free(text);
    return done;
}

void heard_away_add(HeardAway *self, uint32_t segment, const HeardAwayFile *file)
{
    char hex[HEARD_CHAIN_HEX_SIZE];
    char name[NAME_SIZE];

    name_of(name, segment);
    heard_chain_to_hex(hex, file->hash);
    json_object_set_new(json_object_get(self->root, "files"), name,
                        json_pack("{s:I, s:s}", "size", (json_int_t)file->size, "sha256", hex));
}

bool heard_away_find(const HeardAway *self, uint32_t segment, HeardAwayFile *ret_file)
{
    char name[NAME_SIZE];
    const json_t *entry;
    const char *hex;

    name_of(name, segment);
    entry = json_object_get(files_of(self), name);
    hex = json_string_value(json_object_get(entry, "sha256"));
    if (!hex || !heard_chain_from_hex(ret_file->hash, hex))
        return false;
    ret_file->size = (uint64_t)json_integer_value(json_object_get(entry, "size"));
    return true;
}

const char *heard_away_place(const HeardAway *self)
{
    const char *to = json_string_value(json_object_get(self->root, "to"));

    return to ? to : "";
}

uint32_t heard_away_count(const HeardAway *self)
{
    return (uint32_t)json_object_size(files_of(self));
}

bool heard_away_is_all_here(const char *path, GError **error)
{
    g_auto(HeardAway) away = {0};

    if (!heard_away_read(&away, path, error))
        return false;
    for (uint32_t segment = 1; segment <= heard_away_count(&away); segment++) {
        g_autofree char *file = heard_log_segment_path(path, segment);
        if (access(file, F_OK) == 0)
            continue;
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_ELSEWHERE,
                    "%s: its segments are at the second place; bring them back first", path);
        return false;
    }
    return true;
}
