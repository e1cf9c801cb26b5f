/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * From manifest.json of `heard derive` to the rows of a recording's files.
 *
 * Threads  A store thread. Reads the manifest and the (small) index files.
 * Errors   HEARD_ERROR_CORRUPT for a manifest that is not one.
 */

#include "server/store/store.h"

#include <glib.h>
#include <stdbool.h>

/* Most files have an index beside them, which is a row of its own. */
enum { HEARD_DERIVED_FILES_MAX = 8000, HEARD_DERIVED_ROWS_MAX = 2 * HEARD_DERIVED_FILES_MAX };

/* directory: of the recording, below data_dir. One transaction: all rows or none. */
bool heard_derived_files_keep(HeardStore *store, const char *data_dir, const char *directory,
                              const char *recording_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
