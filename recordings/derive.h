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

/* ret_manifest, when not NULL, is a new reference. */
bool heard_derive(const char *recording, const char *key_path, const char *out,
                  HeardProgress progress, void *data, json_t **ret_manifest,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
