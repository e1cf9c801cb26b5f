/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * away.json: which segments of a closed recording may stand at the second place only, because they
 * gave their room up here (release.h). A segment that it names and that is not here is no loss; one
 * that it does not name is. It is not signed and proves nothing: the journal does.
 *
 * Units      sizes in bytes, at_ms UTC.
 * Ownership  read, init/clear.
 * Threads    Any thread.
 * Errors     HEARD_ERROR_CORRUPT: the file is none. HEARD_ERROR_STORAGE.
 */

#include "recordings/log_format.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#define HEARD_AWAY_FILE     "away.json"
#define HEARD_AWAY_FILE_NEW "away.json.new" /* while it is written */

typedef struct {
    json_t *root; /* NULL: there is no such file */
} HeardAway;

typedef struct {
    uint64_t size;
    uint8_t hash[HEARD_LOG_HASH_SIZE];
} HeardAwayFile;

/* path: of the log. True with nothing in it where there is no such file. */
bool heard_away_read(HeardAway *ret_away, const char *path,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_away_init(HeardAway *self, const char *to, int64_t at_ms);
void heard_away_clear(HeardAway *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardAway, heard_away_clear)
bool heard_away_write(const HeardAway *self, const char *path,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

void heard_away_add(HeardAway *self, uint32_t segment, const HeardAwayFile *file);
bool heard_away_find(const HeardAway *self, uint32_t segment, HeardAwayFile *ret_file);
const char *heard_away_place(const HeardAway *self); /* "" where there is no such file */
uint32_t heard_away_count(const HeardAway *self);

/* Is a segment that it names not here? Then who needs the log has to wait:
 * HEARD_ERROR_ELSEWHERE says so. */
bool heard_away_is_all_here(const char *path, GError **error);
