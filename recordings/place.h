/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A second place for the files of recordings: a folder (a mounted NAS, another disk) or a
 * bucket of an S3 store. It puts whole files and reads them back; it removes one only when told
 * so by name, and knows nothing of logs.
 *
 * Units      Names are below the place: "hearing/recording/000001.seg", of [A-Za-z0-9._/-].
 * Ownership  open/free.
 * Threads    Lives on one thread; every call waits for the disk or the network.
 * Errors     HEARD_ERROR_CONFIG (the place's address or credentials), HEARD_ERROR_UNAVAILABLE
 *            (away, slow, 5xx: try again), HEARD_ERROR_FORBIDDEN (the store refuses),
 *            HEARD_ERROR_STORAGE, HEARD_ERROR_STORAGE_FULL.
 * Source     recording.md 1.8, 2.4; AWS Signature Version 4 by libcurl.
 */

#include "recordings/log_format.h"

#include <glib.h>
#include <stdbool.h>

enum { HEARD_PLACE_NAME_MAX = 256, HEARD_PLACE_URL_MAX = 1024 };

typedef struct HeardPlace HeardPlace;

/* to: an absolute folder, or http(s)://host[:port]/bucket[/prefix]. credentials_path: a file
 * of mode 0600 with "ACCESS-KEY SECRET-KEY"; needed for a URL. region NULL: "us-east-1". */
HeardPlace *heard_place_open(const char *to, const char *credentials_path, const char *region,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_place_free(HeardPlace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardPlace, heard_place_free)

typedef struct {
    bool found;
    uint64_t size;
    uint8_t hash[HEARD_LOG_HASH_SIZE]; /* SHA-256 of what came back */
} HeardPlaceFile;

/* Reads the whole file back from there. */
bool heard_place_look(HeardPlace *self, const char *name, HeardPlaceFile *ret,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Its bytes into the file at path, whatever stood there; synced, its folder not. Of a file that is
 * not found, and after a failure, nothing is left at path. */
bool heard_place_fetch(HeardPlace *self, const char *name, const char *path, HeardPlaceFile *ret,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whole or not at all; durable when it returns, as far as the place keeps its word. */
bool heard_place_put(HeardPlace *self, const char *name, const void *bytes, size_t size,
                     const uint8_t hash[static HEARD_LOG_HASH_SIZE],
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* That there was none is no error. A store that keeps versions or locks objects keeps them. */
bool heard_place_remove(HeardPlace *self, const char *name,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* place_s3.c; for place.c only. */
typedef struct HeardS3 HeardS3;

HeardS3 *heard_s3_open(const char *url, const char *credentials_path, const char *region,
                       GError **error);
void heard_s3_free(HeardS3 *self);
/* fd: where the bytes go; −1: nowhere. */
bool heard_s3_look(HeardS3 *self, const char *name, int fd, HeardPlaceFile *ret, GError **error);
bool heard_s3_put(HeardS3 *self, const char *name, const void *bytes, size_t size,
                  const uint8_t hash[static HEARD_LOG_HASH_SIZE], GError **error);
bool heard_s3_remove(HeardS3 *self, const char *name, GError **error);
