/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the files in a recording's folder are, by their names (FORMAT.md 1).
 *
 * Threads  Any thread.
 * Errors   HEARD_ERROR_NOT_FOUND, HEARD_ERROR_STORAGE: the folder can't be read.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    HEARD_FILE_UNKNOWN,
    HEARD_FILE_SEGMENT,
    HEARD_FILE_ORIGINAL, /* the log's other files, its time-stamp, what recovery cut off */
    HEARD_FILE_BESIDE,   /* made of the log, or kept about it: no part of the evidence */
} HeardFileKind;

/* ret_segment, of a segment, may be NULL. */
HeardFileKind heard_file_kind(const char *name, uint32_t *ret_segment);

/* Names of segments and originals in the folder, in their order; freed by the caller. */
GPtrArray *heard_file_list(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
