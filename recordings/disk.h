/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Small file work that several files here share: whole files in, whole files out.
 *
 * Ownership  Returned bytes are freed with g_free.
 * Threads    Any thread.
 * Errors     HEARD_ERROR_STORAGE_FULL, HEARD_ERROR_STORAGE, HEARD_ERROR_NOT_FOUND,
 *            HEARD_ERROR_TOO_LARGE.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Sets error from errno: "<action> <path>: <reason>". */
void heard_disk_set_error(GError **error, int saved_errno, const char *action, const char *path);

/* A NUL follows the bytes and is not counted. */
char *heard_disk_read(const char *path, size_t max, size_t *ret_size,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Written beside, synced, renamed over path, folder synced. */
bool heard_disk_replace(const char *path, const void *bytes, size_t size,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_disk_sync_folder(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_disk_sync_file(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of its files; it has no folders. True when it is not there. */
bool heard_disk_empty_folder(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* With the files in it; true when it was not there. It has no folders. */
bool heard_disk_remove_folder(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Exactly size bytes, or false at the end of the file or on an error (errno 0 or set). */
bool heard_disk_read_at(int fd, void *ret_bytes, size_t size, off_t offset);
