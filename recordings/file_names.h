/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the files in a recording's folder are, by their names (FORMAT.md 1).
 *
 * Threads  Pure; any thread.
 */

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
