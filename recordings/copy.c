/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/copy.h"

#include "recordings/away.h"
#include "recordings/chain.h"
#include "recordings/destruction.h"
#include "recordings/disk.h"
#include "recordings/file_names.h"
#include "recordings/log_reader.h"
#include "recordings/timestamp.h"
#include "server/base/clock.h"
#include "server/base/error.h"

#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

enum { LEDGER_MAX = 4 << 20 };

typedef struct {
    const char *recording; /* folder */
    char *prefix;          /* "hearing/recording" */
    const char *to;
    HeardPlace *place;
    json_t *ledger, *done; /* done: name → {size, sha256, at_ms} */
    HeardCopyResult *result;
    bool check;
} Copy;

/* The journal grows, and the time-stamp comes late; all else never changes once closed. */
static bool may_change(const char *name)
{
    return strcmp(name, "journal.jsonl") == 0;
}

/* Closed files in order of name; "seal.json" comes before it is missed, so look first. */
static GPtrArray *closed_files(const char *folder, bool *ret_sealed, GError **error)
{
    g_autofree char *seal = g_build_filename(folder, "seal.json", NULL);
    g_autoptr(GPtrArray) names = NULL;
    const char *last = NULL;

    *ret_sealed = g_file_test(seal, G_FILE_TEST_IS_REGULAR);
    names = heard_file_list(folder, error);
    if (!names)
        return NULL;
    for (guint i = 0; i < names->len; i++)
        if (heard_file_kind(g_ptr_array_index(names, i), NULL) == HEARD_FILE_SEGMENT)
            last = g_ptr_array_index(names, i);
    if (last && !*ret_sealed) /* it is being written */
        g_ptr_array_remove(names, (void *)(uintptr_t)last);
    return g_steal_pointer(&names);
}

/* ---- the ledger ---- */

static void load_ledger(Copy *self)
{
    g_autofree char *path = g_build_filename(self->recording, HEARD_COPY_LEDGER, NULL);
    size_t size = 0;
    g_autofree char *text = heard_disk_read(path, LEDGER_MAX, &size, NULL);
    const char *to;

    self->ledger = text ? json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL) : NULL;
    to = json_string_value(json_object_get(self->ledger, "to"));
    self->done = json_object_get(self->ledger, "files");
    if (to && strcmp(to, self->to) == 0 && json_is_object(self->done))
        return;
    json_decref(self->ledger); /* none, damaged, or of another place: begin anew */
    self->ledger = json_pack("{s:i, s:s, s:{}}", "version", 1, "to", self->to, "files");
    self->done = json_object_get(self->ledger, "files");
}

static bool save_ledger(Copy *self, GError **error)
{
    g_autofree char *path = g_build_filename(self->recording, HEARD_COPY_LEDGER, NULL);
    char *text = json_dumps(self->ledger, JSON_COMPACT | JSON_SORT_KEYS);
    bool done = heard_disk_replace(path, text, strlen(text), error);

    free(text);
    return done;
}

static bool remembers(const Copy *self, const char *name, uint64_t size, const char *hex)
{
    const json_t *entry = json_object_get(self->done, name);
    const char *kept = json_string_value(json_object_get(entry, "sha256"));

    return kept && strcmp(kept, hex) == 0 &&
           (uint64_t)json_integer_value(json_object_get(entry, "size")) == size;
}

static void remember(Copy *self, const char *name, uint64_t size, const char *hex)
{
    json_object_set_new(self->done, name,
                        json_pack("{s:I, s:s, s:I}", "size", (json_int_t)size, "sha256", hex,
                                  "at_ms", (json_int_t)heard_clock_wall_ms()));
}

/* ---- one file ---- */

static bool is_same(const HeardPlaceFile *there, const void *hash, uint64_t size)
{
    return there->found && there->size == size &&
           memcmp(there->hash, hash, HEARD_LOG_HASH_SIZE) == 0;
}

static bool bring(Copy *self, const char *name, const void *bytes, size_t size, const uint8_t *hash,
                  GError **error)
{
    g_autofree char *there_name = g_strdup_printf("%s/%s", self->prefix, name);
    HeardPlaceFile there;

    if (!heard_place_look(self->place, there_name, &there, error))
        return false;
    if (is_same(&there, hash, size))
        return true;
    if (there.found && !may_change(name)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT,
                    "%s: the second place has another one; nothing was replaced", name);
        return false;
    }
    if (!heard_place_put(self->place, there_name, bytes, size, hash, error) ||
        !heard_place_look(self->place, there_name, &there, error))
        return false;
    if (is_same(&there, hash, size)) {
        self->result->copied_now++;
        return true;
    }
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT,
                "%s: what came back from the second place is not what went there", name);
    return false;
}

static bool copy_file(Copy *self, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(self->recording, name, NULL);
    GMappedFile *file = g_mapped_file_new(path, FALSE, NULL);
    uint8_t hash[HEARD_LOG_HASH_SIZE];
    char hex[HEARD_CHAIN_HEX_SIZE];
    size_t size;
    bool done = true;

    if (!file) {
        heard_disk_set_error(error, EIO, "read", path);
        return false;
    }
    size = g_mapped_file_get_length(file); /* the journal may grow meanwhile: so much is copied */
    heard_chain_sha256(hash, g_mapped_file_get_contents(file), size);
    heard_chain_to_hex(hex, hash);
    if (self->check || !remembers(self, name, size, hex)) {
        done = bring(self, name, g_mapped_file_get_contents(file), size, hash, error);
        if (done) {
            remember(self, name, size, hex);
            done = save_ledger(self, error);
        }
    }
    g_mapped_file_unref(file);
    self->result->files++;
    self->result->bytes += size;
    return done;
}

char *heard_copy_prefix(const char *recording)
{
    g_autofree char *parent = g_path_get_dirname(recording);
    g_autofree char *hearing = g_path_get_basename(parent);
    g_autofree char *own = g_path_get_basename(recording);

    return g_strdup_printf("%s/%s", hearing, own);
}

/* Segments that are only there any more: are they still what went there? */
static bool check_away(Copy *self, GError **error)
{
    g_auto(HeardAway) away = {0};

    if (!heard_away_read(&away, self->recording, error))
        return false;
    for (uint32_t segment = 1; segment <= heard_away_count(&away); segment++) {
        g_autofree char *path = heard_log_segment_path(self->recording, segment);
        g_autofree char *name = g_path_get_basename(path);
        g_autofree char *there_name = g_strdup_printf("%s/%s", self->prefix, name);
        HeardAwayFile file;
        HeardPlaceFile there;
        if (g_file_test(path, G_FILE_TEST_EXISTS) || !heard_away_find(&away, segment, &file))
            continue;
        self->result->files++;
        self->result->bytes += file.size;
        if (!self->check)
            continue;
        if (!heard_place_look(self->place, there_name, &there, error))
            return false;
        if (!is_same(&there, file.hash, file.size)) {
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT,
                        "%s: only the second place has it, and it is not what went there", name);
            return false;
        }
    }
    return true;
}

bool heard_copy(const char *recording, const char *to, HeardPlace *place, bool check,
                void (*progress)(int permille), HeardCopyResult *ret, GError **error)
{
    g_autofree char *prefix = heard_copy_prefix(recording);
    Copy self = {recording, prefix, to, place, NULL, NULL, ret, check};
    bool sealed = false;
    g_autoptr(GPtrArray) names = closed_files(recording, &sealed, error);
    bool done = names != NULL;

    memset(ret, 0, sizeof *ret);
    if (!done)
        return false;
    load_ledger(&self);
    for (guint i = 0; done && i < names->len; i++) {
        done = copy_file(&self, g_ptr_array_index(names, i), error);
        if (done && progress)
            progress((int)((i + 1) * 1000 / names->len));
    }
    done = done && check_away(&self, error);
    json_decref(self.ledger);
    ret->complete = done && sealed;
    return done;
}

/* What proves that there was something stays there too (shred.h). */
static bool goes_when_destroyed(const char *name)
{
    static const char *const kept[] = {HEARD_DESTRUCTION_FILE, "journal.jsonl", "seal.json",
                                       HEARD_TIMESTAMP_FILE, NULL};

    return !g_strv_contains(kept, name) && heard_timestamp_hourly_number(name) == 0;
}

static bool remove_there(HeardPlace *place, const char *prefix, const char *name, GError **error)
{
    g_autofree char *there = g_strdup_printf("%s/%s", prefix, name);

    return heard_place_remove(place, there, error);
}

bool heard_copy_destroy(const char *recording, HeardPlace *place, const char *certificate,
                        GError **error)
{
    g_autofree char *prefix = heard_copy_prefix(recording);
    g_autofree char *ledger_path = g_build_filename(recording, HEARD_COPY_LEDGER, NULL);
    g_autofree char *there = g_strdup_printf("%s/" HEARD_DESTRUCTION_FILE, prefix);
    json_t *ledger = json_load_file(ledger_path, 0, NULL);
    uint8_t hash[HEARD_LOG_HASH_SIZE];
    const char *name;
    json_t *entry;
    bool done = true;

    if (!json_is_object(json_object_get(ledger, "files"))) { /* never copied, or gone already */
        json_decref(ledger);
        return true;
    }
    heard_chain_sha256(hash, certificate, strlen(certificate));
    done = heard_place_put(place, there, certificate, strlen(certificate), hash, error) &&
           remove_there(place, prefix, "log.json", error);
    json_object_foreach(json_object_get(ledger, "files"), name, entry)
    {
        done = done && (!goes_when_destroyed(name) || remove_there(place, prefix, name, error));
    }
    json_decref(ledger);
    return done;
}
