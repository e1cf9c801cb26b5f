/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a composite shows at which time: the timeline and the takes of a derived recording
 * (README.md) as a row of scenes. A scene holds until something changes: who is there, whose
 * camera runs, who speaks, a pause of the recording.
 *
 * Who speaks stands large for HEARD_SCENES_STAY_MS at least, and a word thrown in
 * (HEARD_SCENES_WORD_MS) moves nobody. Observers and supervisors appear only when they send.
 *
 * Units      *_ms on the recording's clock.
 * Ownership  new/free; the json is borrowed for the call of new. A scene is a plain struct; its
 *            indexes are of people and takes of this object.
 * Threads    Pure.
 * Errors     HEARD_ERROR_CORRUPT: the files do not say what they should.
 */

#include "media/sink.h"
#include "recordings/layout.h"

#include <glib.h>
#include <jansson.h>
#include <stdint.h>

enum {
    HEARD_SCENES_STAY_MS = 3000,
    HEARD_SCENES_WORD_MS = 1000,
    HEARD_SCENES_CARD_MS = 1000, /* a shorter gap is no card: the pictures just stand */
};

typedef enum {
    HEARD_SCENES_GRID,
    HEARD_SCENES_SPEAKER,  /* who speaks is large */
    HEARD_SCENES_DOCUMENT, /* a shared screen is large while there is one */
    HEARD_SCENES_MODE_COUNT
} HeardScenesMode;

/* Why a tile has no picture. */
typedef enum {
    HEARD_SCENES_PICTURE,
    HEARD_SCENES_CAMERA_OFF,
    HEARD_SCENES_CAMERA_BLOCKED, /* by the presiding officer */
    HEARD_SCENES_NO_PICTURE,
} HeardScenesState;

typedef struct {
    char *id, *name, *unit; /* unit may be empty */
} HeardScenesPerson;

typedef struct {
    char *file, *media_type;
    unsigned person;
    HeardSource source;
    int64_t start_ms, end_ms;
} HeardScenesTake;

/* A gap of the whole recording. */
typedef struct {
    int64_t from_ms, to_ms;
    char *reason, *note; /* reason: "paused", "recess", …; note: people's words, may be empty */
} HeardScenesCard;

typedef struct {
    HeardRect rect;
    unsigned person;
    HeardSource source;
    HeardScenesState state;
    int take; /* −1 without a picture */
    bool is_speaking;
} HeardSceneTile;

typedef struct {
    int64_t from_ms, to_ms; /* to_ms: INT64_MAX when nothing changes any more */
    int card;               /* −1: none; else there are no tiles */
    unsigned tile_count;
    unsigned left_out; /* people who are there and found no place */
    HeardSceneTile tiles[HEARD_LAYOUT_TILES_MAX];
} HeardScene;

typedef struct HeardScenes HeardScenes;

HeardScenes *heard_scenes_new(const json_t *manifest, const json_t *timeline, HeardScenesMode mode,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_scenes_free(HeardScenes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardScenes, heard_scenes_free)

void heard_scenes_at(const HeardScenes *self, int64_t at_ms, HeardScene *ret_scene);
const HeardScenesPerson *heard_scenes_person(const HeardScenes *self, unsigned index);
const HeardScenesTake *heard_scenes_take(const HeardScenes *self, unsigned index);
const HeardScenesCard *heard_scenes_card(const HeardScenes *self, unsigned index);
unsigned heard_scenes_take_count(const HeardScenes *self);

/* "grid", "speaker", "document"; false: no such mode. */
bool heard_scenes_mode_parse(const char *name, HeardScenesMode *ret_mode);
const char *heard_scenes_mode_name(HeardScenesMode mode);
