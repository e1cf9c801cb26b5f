/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The composite's picture at a time: scenes drawn on a canvas. Only what is new is drawn: a
 * tile when its take has another picture, the clock once a second, all of it with a new scene.
 *
 * Units      *_ms on the recording's clock; times do not fall.
 * Ownership  new/free; the spec and what it points to are borrowed for the stage's life.
 * Threads    Lives on one thread; takes decode in GStreamer's.
 * Errors     A take that can't be decoded is a plate that says so; heard_stage_failed() counts.
 */

#include "recordings/picture.h"
#include "recordings/scenes.h"

#include <stdbool.h>

enum {
    HEARD_STAGE_FROZEN_MS = 2500, /* a camera's picture that is older is no picture of now */
    HEARD_STAGE_PLATES_MAX = 256, /* kept drawn */
};

typedef struct {
    const char *folder; /* of the takes */
    const HeardScenes *scenes;
    const char *number; /* of the recording, as people know it */
    int64_t started_wall_ms;
    int64_t frame_ms; /* from one picture to the next */
} HeardStageSpec;

typedef struct HeardStage HeardStage;

HeardStage *heard_stage_new(const HeardStageSpec *spec);
void heard_stage_free(HeardStage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardStage, heard_stage_free)

/* ret_changed: it looks other than before. The picture is the stage's. */
const HeardPicture *heard_stage_draw(HeardStage *self, int64_t at_ms, bool *ret_changed);
unsigned heard_stage_failed(const HeardStage *self);
