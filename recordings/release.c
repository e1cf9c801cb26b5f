/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/release.h"

#include "recordings/away.h"
#include "recordings/chain.h"
#include "recordings/copy.h"
#include "recordings/destruction.h"
#include "recordings/disk.h"
#include "recordings/excerpt.h"
#include "recordings/file_names.h"
#include "recordings/verify.h"
#include "server/base/clock.h"
#include "server/base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* What must be left on the disk for the logs of hearings when segments come back. */
#define ROOM_LEFT (UINT64_C(1) << 30)

enum { MANIFEST_MAX = 16 << 20 };

typedef struct {
    const char *recording; /* folder */
    char *prefix;          /* "hearing/recording", in the place */
    const char *to;
    HeardPlace *place;
    const HeardReleaseHooks *hooks;
    HeardReleaseResult *result;
    HeardAway away;
} Release;

static void release_clear(Release *self)
{
    g_free(self->prefix);
    heard_away_clear(&self->away);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Release, release_clear)

static void tell(const Release *self, const char *what, const char *path)
{
    if (self->hooks && self->hooks->step)
        self->hooks->step(what, path, self->hooks->data);
}

static void advance(const Release *self, guint done, guint all)
{
    if (self->hooks && self->hooks->progress)
        self->hooks->progress((int)(done * 1000 / MAX(all, 1)));
}

static bool begin(Release *self, GError **error)
{
    memset(self->result, 0, sizeof *self->result);
    self->prefix = heard_copy_prefix(self->recording);
    if (!heard_away_read(&self->away, self->recording, error))
        return false;
    if (!self->away.root || strcmp(heard_away_place(&self->away), self->to) == 0)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, "the segments are at %s, not at %s",
                heard_away_place(&self->away), self->to);
    return false;
}

static bool refuse(const Release *self, HeardError code, const char *why, GError **error)
{
    g_set_error(error, HEARD_ERROR, code, "%s: %s", self->recording, why);
    return false;
}

static bool has(const Release *self, const char *name)
{
    g_autofree char *file = g_build_filename(self->recording, name, NULL);

    return access(file, F_OK) == 0;
}

/* ---- what has to be so ---- */

static bool hash_here(const char *path, HeardAwayFile *ret, GError **error)
{
    GMappedFile *file = g_mapped_file_new(path, FALSE, NULL);

    if (!file) {
        heard_disk_set_error(error, EIO, "read", path);
        return false;
    }
    ret->size = g_mapped_file_get_length(file);
    heard_chain_sha256(ret->hash, g_mapped_file_get_contents(file), ret->size);
    g_mapped_file_unref(file);
    return true;
}

static bool is_same(const HeardAwayFile *one, uint64_t size, const uint8_t *hash)
{
    return one->size == size && memcmp(one->hash, hash, HEARD_LOG_HASH_SIZE) == 0;
}

/* Made of this very log: what people see stays when the segments go. */
static bool is_derived(const Release *self, const char *chain_head)
{
    g_autofree char *file = g_build_filename(self->recording, "derived", "manifest.json", NULL);
    size_t size = 0;
    g_autofree char *text = heard_disk_read(file, MANIFEST_MAX, &size, NULL);
    json_t *root = text ? json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL) : NULL;
    const char *head = json_string_value(json_object_get(root, "chain_head"));
    bool done = head && strcmp(head, chain_head) == 0;

    json_decref(root);
    return done;
}

static bool is_intact(const Release *self, HeardVerifyReport **ret_report, GError **error)
{
    g_autoptr(HeardVerifyReport) report = heard_verify(self->recording, NULL, error);

    if (!report)
        return false;
    if (report->result != HEARD_VERIFY_INTACT)
        return refuse(self, HEARD_ERROR_CORRUPT, "not intact: heard verify says why", error);
    *ret_report = g_steal_pointer(&report);
    return true;
}

static bool may_begin(const Release *self, GError **error)
{
    g_autoptr(HeardVerifyReport) report = NULL;

    if (has(self, HEARD_DESTRUCTION_FILE) || has(self, HEARD_EXCERPT_FILE) ||
        !has(self, "seal.json"))
        return refuse(self, HEARD_ERROR_CONFLICT, "not a whole recording that is closed", error);
    if (!is_intact(self, &report, error))
        return false;
    return is_derived(self, report->chain_head) ||
           refuse(self, HEARD_ERROR_CONFLICT, "what is to be played is not made of it yet", error);
}

/* Read back now, whatever the ledger says. */
static bool is_there(Release *self, const char *name, const HeardAwayFile *wanted, GError **error)
{
    g_autofree char *there_name = g_strdup_printf("%s/%s", self->prefix, name);
    HeardPlaceFile there;

    if (!heard_place_look(self->place, there_name, &there, error))
        return false;
    if (there.found && is_same(wanted, there.size, there.hash))
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, "%s: %s at the second place", name,
                there.found ? "another one is" : "is not");
    return false;
}

/* Every file that is here is there as well; segments are noted in away. */
static bool prove(Release *self, bool notes, GError **error)
{
    g_autoptr(GPtrArray) names = heard_file_list(self->recording, error);

    for (guint i = 0; names && i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *path = g_build_filename(self->recording, name, NULL);
        uint32_t segment = 0;
        bool is_segment = heard_file_kind(name, &segment) == HEARD_FILE_SEGMENT;
        HeardAwayFile here, noted;
        if (!hash_here(path, &here, error) || !is_there(self, name, &here, error))
            return false;
        if (is_segment && notes)
            heard_away_add(&self->away, segment, &here);
        else if (is_segment && (!heard_away_find(&self->away, segment, &noted) ||
                                !is_same(&noted, here.size, here.hash)))
            return refuse(self, HEARD_ERROR_CONFLICT,
                          "a segment is not the one that away.json names", error);
        advance(self, i + 1, names->len);
    }
    return names != NULL;
}

/* Those that went already are still there. */
static bool prove_gone(Release *self, GError **error)
{
    for (uint32_t segment = 1; segment <= heard_away_count(&self->away); segment++) {
        g_autofree char *path = heard_log_segment_path(self->recording, segment);
        g_autofree char *name = g_path_get_basename(path);
        HeardAwayFile noted;
        if (access(path, F_OK) != 0 && heard_away_find(&self->away, segment, &noted) &&
            !is_there(self, name, &noted, error))
            return false;
    }
    return true;
}

/* ---- there and back ---- */

static bool remove_segments(Release *self, GError **error)
{
    for (uint32_t segment = 1; segment <= heard_away_count(&self->away); segment++) {
        g_autofree char *path = heard_log_segment_path(self->recording, segment);
        HeardAwayFile noted;
        if (!heard_away_find(&self->away, segment, &noted))
            continue;
        tell(self, "remove", path);
        if (unlink(path) != 0 && errno != ENOENT) {
            heard_disk_set_error(error, errno, "remove", path);
            return false;
        }
        self->result->files++;
        self->result->bytes += noted.size;
    }
    tell(self, "sync", self->recording);
    return heard_disk_sync_folder(self->recording, error);
}

bool heard_release(const char *recording, const char *to, HeardPlace *place,
                   const HeardReleaseHooks *hooks, HeardReleaseResult *ret, GError **error)
{
    g_auto(Release) self = {recording, NULL, to, place, hooks, ret, {0}};

    if (!begin(&self, error))
        return false;
    if (self.away.root) /* it was proven, and a crash came, or all is done */
        return prove(&self, false, error) && prove_gone(&self, error) &&
               remove_segments(&self, error);
    if (!may_begin(&self, error))
        return false;
    heard_away_init(&self.away, to, heard_clock_wall_ms());
    if (!prove(&self, true, error))
        return false;
    tell(&self, "write", HEARD_AWAY_FILE);
    return heard_away_write(&self.away, recording, error) && remove_segments(&self, error);
}

static bool has_room(const Release *self, GError **error)
{
    struct statvfs info;
    uint64_t wanted = ROOM_LEFT;

    for (uint32_t segment = 1; segment <= heard_away_count(&self->away); segment++) {
        g_autofree char *path = heard_log_segment_path(self->recording, segment);
        HeardAwayFile noted;
        if (access(path, F_OK) != 0 && heard_away_find(&self->away, segment, &noted))
            wanted += noted.size;
    }
    if (statvfs(self->recording, &info) == 0 && (uint64_t)info.f_bavail * info.f_frsize >= wanted)
        return true;
    return refuse(self, HEARD_ERROR_STORAGE_FULL, "bringing it back would leave hearings no room",
                  error);
}

static bool fetch(Release *self, const char *path, const HeardAwayFile *noted, GError **error)
{
    g_autofree char *part = g_strconcat(path, ".part", NULL);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *there_name = g_strdup_printf("%s/%s", self->prefix, name);
    HeardPlaceFile there;

    tell(self, "fetch", path);
    if (!heard_place_fetch(self->place, there_name, part, &there, error))
        return false;
    if (!there.found || !is_same(noted, there.size, there.hash)) {
        unlink(part);
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "%s: %s at the second place", name,
                    there.found ? "not what went there is" : "is not");
        return false;
    }
    tell(self, "rename", path);
    if (rename(part, path) == 0)
        return true;
    heard_disk_set_error(error, errno, "rename", part);
    return false;
}

static bool bring_back(Release *self, uint32_t segment, GError **error)
{
    g_autofree char *path = heard_log_segment_path(self->recording, segment);
    HeardAwayFile noted, here;

    if (!heard_away_find(&self->away, segment, &noted))
        return true;
    self->result->files++;
    self->result->bytes += noted.size;
    if (access(path, F_OK) != 0)
        return fetch(self, path, &noted, error);
    if (!hash_here(path, &here, error))
        return false;
    return is_same(&noted, here.size, here.hash) ||
           refuse(self, HEARD_ERROR_CONFLICT, "a segment is not the one that away.json names",
                  error);
}

bool heard_release_undo(const char *recording, const char *to, HeardPlace *place,
                        const HeardReleaseHooks *hooks, HeardReleaseResult *ret, GError **error)
{
    g_auto(Release) self = {recording, NULL, to, place, hooks, ret, {0}};
    g_autofree char *file = g_build_filename(recording, HEARD_AWAY_FILE, NULL);
    g_autoptr(HeardVerifyReport) report = NULL;

    if (!begin(&self, error))
        return false;
    if (!self.away.root)
        return true;
    if (!has_room(&self, error))
        return false;
    for (uint32_t segment = 1; segment <= heard_away_count(&self.away); segment++) {
        if (!bring_back(&self, segment, error))
            return false;
        advance(&self, segment, heard_away_count(&self.away));
    }
    tell(&self, "sync", recording);
    if (!heard_disk_sync_folder(recording, error) || !is_intact(&self, &report, error))
        return false;
    tell(&self, "forget", file);
    if (unlink(file) == 0 || errno == ENOENT)
        return heard_disk_sync_folder(recording, error);
    heard_disk_set_error(error, errno, "remove", file);
    return false;
}
