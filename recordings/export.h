/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A recording in a form that needs none of our code: a capture file with everything that the log
 * holds, for an outside expert's own tools.
 *
 * Each track has an address of its own, 10.0.0.0 and its number, named after participant, source
 * and codec; what is about the whole log comes from 10.127.255.254. RTP goes to port 5004, sender
 * reports to 5005, all other records to 5999: their type's name, a blank, and their JSON.
 *
 * Ownership  Borrows its arguments.
 * Threads    Any thread.
 * Errors     HEARD_ERROR_CRYPTO (wrong key), STORAGE, STORAGE_FULL, CORRUPT, NOT_FOUND.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_EXPORT_RTP_PORT = 5004,
    HEARD_EXPORT_RTCP_PORT = 5005,
    HEARD_EXPORT_RECORD_PORT = 5999,
};

typedef struct {
    uint64_t packets, reports, records;
    uint64_t damaged; /* places of the log that could not be read */
} HeardExportCount;

bool heard_export_pcapng(const char *recording, const char *key_path, const char *path,
                         HeardExportCount *ret_count, GError **error) G_GNUC_WARN_UNUSED_RESULT;
