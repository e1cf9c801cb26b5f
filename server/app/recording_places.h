/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Every folder of ours that holds a recording's bytes; the second copy, which may be no folder, is
 * the destroyer's own step. Destruction goes through this list: a place that is missing from it
 * survives.
 *
 * Ownership  A new array of new texts.
 * Threads    Pure; any thread.
 * Errors     HEARD_ERROR_CORRUPT: the row names no folder of recordings.
 */

#include <glib.h>

/* directory: of the row, below data_dir. Folders, the first is the original. */
GPtrArray *heard_recording_places(const char *data_dir, const char *directory, GError **error);
