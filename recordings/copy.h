/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Bring a recording to a second place: every file that is closed, while the recording still
 * runs as well. A file counts only after it was read back from there and had the size and the
 * hash of the original. The ledger copy.json in the recording's folder remembers which.
 *
 * It removes nothing but what was destroyed here by a certificate, and never replaces a segment
 * there by another one: two that differ are a finding (HEARD_ERROR_CONFLICT), since either may be
 * the damaged.
 *
 * Ownership  The caller owns everything.
 * Threads    Lives on one thread; waits for disks and network.
 * Errors     GError of the first file that failed; what was copied before is remembered.
 */

#include "recordings/place.h"

#define HEARD_COPY_LEDGER "copy.json"

typedef struct {
    bool complete; /* the recording is closed, and everything of it is there */
    unsigned files, copied_now;
    uint64_t bytes;
} HeardCopyResult;

/* "hearing/recording": where its files are in a place. The caller frees it. */
char *heard_copy_prefix(const char *recording);

/* hearing/recording in the place come from the last two parts of the path. check: read every
 * file back again, also those of the ledger. progress may be NULL: permille. */
bool heard_copy(const char *recording, const char *to, HeardPlace *place, bool check,
                void (*progress)(int permille), HeardCopyResult *ret,
                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The recording is destroyed: its certificate goes there, then the wrapped key, then what that
 * opens. Before anything goes here: the ledger is needed. Doing it again changes nothing. */
bool heard_copy_destroy(const char *recording, HeardPlace *place, const char *certificate,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
