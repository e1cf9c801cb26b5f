/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * When a log had ended at the latest: a time-stamp of an authority (RFC 3161) over the exact
 * bytes of seal.json, kept as it came in timestamp.tsr beside it. While it runs others, over the
 * last checkpoint so far, say when that was there: timestamp-0001.tsr and so on.
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

enum { HEARD_TIMESTAMP_MAX = 64 * 1024, HEARD_TIMESTAMP_HOURLY_MAX = 9999 };

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
/* The hash that it stamps; false: it is no such answer. */
bool heard_timestamp_imprint(const void *response, size_t size,
                             uint8_t ret_hash[static HEARD_LOG_HASH_SIZE]);

/* "timestamp-0001.tsr" for 1; the caller frees it. number: 1 … HEARD_TIMESTAMP_HOURLY_MAX. */
char *heard_timestamp_hourly_name(unsigned number);
/* 0: not the name of one. */
unsigned heard_timestamp_hourly_number(const char *name);
