/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Destroy the recording in a folder by its certificate (destruction.h), in steps that a crash may
 * come between: the certificate is durable before the first byte goes, the wrapped key goes first,
 * then what was derived (it is readable), then the ciphertext. Doing it again goes on from where
 * it stood and, when all is done, changes nothing.
 *
 * What proves that there was something stays: certificate, journal, seal, time-stamp.
 *
 * Overwriting helps where a file system writes in place; on others (snapshots, flash, backups of
 * log.json) only the organisation key's own end does. README.md says so to whoever keeps them.
 *
 * Ownership  Arguments are borrowed.
 * Threads    Any thread while nobody else has the folder open; blocks.
 * Errors     HEARD_ERROR_CONFLICT: another certificate stands there, or it is another log's.
 *            HEARD_ERROR_STORAGE: try again. Nothing is gone before the certificate stands.
 */

#include <glib.h>
#include <stdbool.h>

/* Before each change on the disk; tests end the process here. */
typedef void (*HeardShredFunc)(const char *step, const char *path, void *data);

/* certificate: the whole text of the file. on_step may be NULL. */
bool heard_shred(const char *path, const char *certificate, HeardShredFunc on_step, void *data,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
