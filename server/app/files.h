/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The data folder: made at the first start, owned by one server at a time.
 *
 * Threads  Start-up and main.
 * Errors   HEARD_ERROR_STORAGE with the path and the system's words; HEARD_ERROR_CONFLICT
 *          when another server has the folder.
 */

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* Makes it (0700) when missing, proves that it can be written, and locks it. Returns the
 * lock's descriptor, or -1. */
int heard_files_claim_folder(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Replaces the file in one step: the old content or the new one, never half. */
bool heard_files_write(const char *path, const char *text, mode_t mode,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Opens a file below folder for reading. relative comes from a row or a URL: absolute paths,
 * ".." and links that lead out are refused. -1 with HEARD_ERROR_NOT_FOUND. */
int heard_files_open_below(const char *folder, const char *relative, GError **error);
