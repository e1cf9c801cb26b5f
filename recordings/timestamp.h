/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * When a log had ended at the latest: a time-stamp of an authority (RFC 3161) over the exact
 * bytes of seal.json, kept as it came in timestamp.tsr beside it.
 *
 * Units      wall_ms UTC; hashes are SHA-256.
 * Ownership  Returned bytes are the caller's.
 * Threads    Any thread.
 * Errors     HEARD_ERROR_CRYPTO with what is wrong; HEARD_ERROR_CONFIG for a file of certificates.
 */

#include "recordings/log_format.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEARD_TIMESTAMP_FILE "timestamp.tsr"

enum { HEARD_TIMESTAMP_MAX = 64 * 1024 };

typedef struct {
    int64_t wall_ms;
    char authority[128]; /* common name of who stamped */
} HeardTimestamp;

/* A TimeStampReq in DER, with a nonce, asking for the certificate. */
GBytes *heard_timestamp_request(const uint8_t hash[static HEARD_LOG_HASH_SIZE],
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Is this TimeStampResp the granted answer to that request? */
bool heard_timestamp_answers(GBytes *request, const void *response, size_t size,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Does it stamp this hash? ca_path: PEM file of trusted authorities; NULL: whoever stamped. */
bool heard_timestamp_check(const void *response, size_t size,
                           const uint8_t hash[static HEARD_LOG_HASH_SIZE], const char *ca_path,
                           HeardTimestamp *ret_timestamp, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The file beside the log at path, over the bytes of its seal.json. HEARD_ERROR_NOT_FOUND: there
 * is none. */
bool heard_timestamp_check_file(const char *path, const void *seal, size_t seal_size,
                                const char *ca_path, HeardTimestamp *ret_timestamp,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
