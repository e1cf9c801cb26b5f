/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One film of a sealed recording: who was there, who spoke, what was shown, with names, number
 * and clock in the picture (README.md has how it looks). The file appears whole or not at all;
 * doing it again replaces it.
 *
 * It is made of what derive made: of <recording>/derived when that is of this very log and its
 * files are the ones of its manifest, else of a fresh one beside the output, gone afterwards.
 *
 * Units      *_ms on the recording's clock; progress 0 … 1000.
 * Ownership  Borrows its arguments; ret_ready is a new reference.
 * Threads    Once in a process of its own; gst_init was called.
 * Errors     HEARD_ERROR_CRYPTO (wrong key), CONFLICT (not closed yet), RANGE (from, to),
 *            STORAGE, STORAGE_FULL, CORRUPT, NOT_FOUND.
 */

#include "recordings/background.h"
#include "recordings/scenes.h"

typedef struct {
    const char *recording, *key_path, *out;
    HeardScenesMode mode;
    int64_t from_ms, to_ms; /* to_ms −1: to the end */
} HeardCompositeSpec;

bool heard_composite(const HeardCompositeSpec *spec, HeardProgress progress, void *data,
                     json_t **ret_ready, GError **error) G_GNUC_WARN_UNUSED_RESULT;
