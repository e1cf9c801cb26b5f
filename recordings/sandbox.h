/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Shut this process in before it reads what strangers sent: no network, no other program, no
 * other process, and of the disk only what it needs.
 *
 * A hearing's media come from whoever took part, and decoders have had holes. What is
 * refused comes back as EPERM (system calls) or EACCES (files); nothing is killed and nothing
 * waits, so it shows as the error of whoever tried. It holds until the process ends.
 *
 * Ownership  The lists are borrowed for the call.
 * Threads    Call once, while the process has one thread: files are shut off per thread.
 * Errors     HEARD_ERROR_INTERNAL when the kernel refuses; HEARD_ERROR_NOT_FOUND with the
 *            path that is not there. The process is not to go on then.
 */

#include <glib.h>
#include <stdbool.h>

/* Lists end with NULL; NULL is an empty one. What programs and GStreamer's plugins need of the
 * system may be read besides. */
typedef struct {
    const char *const *read;   /* files and folders with all that is in them */
    const char *const *write;  /* folders: anything may be done in them */
    const char *const *rename; /* folders: folders in them may be made, renamed and removed */
} HeardSandboxSpec;

/* False in *ret_files_shut: this kernel has no Landlock, files stay as open as before. Say so. */
bool heard_sandbox_enter(const HeardSandboxSpec *spec, bool *ret_files_shut,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
