/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What lies in the recordings' folder without a row that knows it, and rows whose folder is
 * not there. It only looks: nothing here removes, moves or alters anything.
 *
 * A folder without a row is one entry with all that lies in it. In the folder of a row each
 * file counts that FORMAT.md does not name; what lies in folders beside the log (derived/ and
 * the like) is not looked at.
 *
 * Units      bytes; modified_ms UTC.
 * Ownership  Borrows its arguments; the entry is valid during the callback.
 * Threads    Any that has the store.
 * Errors     GError of the store, or a folder that cannot be read.
 */

#include "server/store/store.h"

#include <stdbool.h>

typedef enum {
    HEARD_UNKNOWN_FILE,    /* on the disk, in no row */
    HEARD_UNKNOWN_MISSING, /* in a row that should have one, and no log there */
} HeardUnknownKind;

typedef struct {
    HeardUnknownKind kind;
    const char *path;                 /* below the data folder */
    const char *recording_id, *state; /* of a row; NULL: none */
    int64_t bytes, modified_ms;
} HeardUnknown;

typedef void (*HeardUnknownFunc)(const HeardUnknown *entry, void *data);

/* recordings_dir is data_dir and the name below which rows have their folders. */
bool heard_unknown_files(HeardStore *store, const char *data_dir, const char *recordings_dir,
                         HeardUnknownFunc func, void *data,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_unknown_missing(HeardStore *store, const char *data_dir, HeardUnknownFunc func,
                           void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* heard recordings --data DIR
 * One JSON object a line for each entry. 0: nothing is odd. 1: something is listed, or it could
 * not be read. 2: usage. */
int heard_recordings_main(int argc, char **argv);
