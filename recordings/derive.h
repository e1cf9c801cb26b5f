/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Make what people watch out of a recording: takes, mixed audio, timeline, indexes and
 * the manifest (README.md has their form). The folder appears whole or not at all; doing
 * it again replaces it.
 *
 * Units      progress 0 … 1000.
 * Ownership  Borrows its arguments.
 * Threads    Once in a process of its own; gst_init was called.
 * Errors     HEARD_ERROR_CRYPTO (wrong key), STORAGE, STORAGE_FULL, CORRUPT, NOT_FOUND.
 */

#include "recordings/background.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* A recording that is still written is followed only while so many bytes are free. */
#define HEARD_DERIVE_FOLLOW_FREE (UINT64_C(4) << 30)

typedef struct {
    const char *recording, *key_path, *out;
    /* Begin while the recording is written and go on until it is sealed: what was said until a
     * minute ago is done then. The result is the same. */
    bool follow;
    HeardProgress progress; /* may be NULL */
    void *data;
    /* Called when the keys are known and no packet was read yet: the time to shut the process
     * in (sandbox.h). NULL: it stays as it is. */
    bool (*keys_known)(void *data, GError **error);
    void *keys_known_data;
} HeardDeriveSpec;

/* ret_manifest, when not NULL, is a new reference. */
bool heard_derive(const HeardDeriveSpec *spec, json_t **ret_manifest,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
