/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Files of exhibits below the data folder: exhibits/ab/abcd…, named by their SHA-256; what comes
 * in lies in exhibits/incoming until it is examined, then it is renamed. A file that has its name
 * is never written or removed again.
 *
 * Ownership  new/free; free removes what was not kept.
 * Threads    One at a time: main while it comes in, a store thread while it is kept.
 * Errors     HEARD_ERROR_STORAGE, HEARD_ERROR_STORAGE_FULL.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HeardIncoming HeardIncoming;

/* The folders, and nothing left of what a crash cut off. */
bool heard_exhibit_files_prepare(const char *data_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

HeardIncoming *heard_incoming_new(const char *data_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_incoming_free(HeardIncoming *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardIncoming, heard_incoming_free)

/* A HeardHttpBodyFunc; what cannot be written is remembered for heard_incoming_end(). */
void heard_incoming_write(void *self, const char *bytes, size_t size);
/* The last byte was written. */
bool heard_incoming_end(HeardIncoming *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *heard_incoming_path(const HeardIncoming *self);
const char *heard_incoming_sha256(const HeardIncoming *self); /* after the end */
uint64_t heard_incoming_size(const HeardIncoming *self);
/* Under its own name from now on, and that is on the disk. The same content may be there. */
bool heard_incoming_keep(HeardIncoming *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "exhibits/ab" and the name in it; freed by the caller. */
char *heard_exhibit_files_folder(const char *sha256);
