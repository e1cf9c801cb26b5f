/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Every place that holds a recording's bytes. Whoever keeps recordings elsewhere too (a second
 * copy, an object store) adds its places here: destruction goes through this list, and a place
 * that is missing from it survives.
 *
 * Ownership  A new array of new texts.
 * Threads    Pure; any thread.
 * Errors     HEARD_ERROR_CORRUPT: the row names no folder of recordings.
 */

#include <glib.h>

/* directory: of the row, below data_dir. Folders, the first is the original. */
GPtrArray *heard_recording_places(const char *data_dir, const char *directory, GError **error);
