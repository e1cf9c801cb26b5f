/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Give the room of a closed recording's segments back while the second place keeps them, and bring
 * them back from there.
 *
 * Nothing goes before everything is proven: the log here is intact and derived, and every file of
 * it was read back from the second place now and has size and hash of the one here. Then away.json
 * is made durable, then the segments go one by one. Journal, seal, log.json, certificates,
 * time-stamps and what was derived stay. Bringing back goes the other way: each segment whole and
 * compared before it has its name, the log checked, then away.json goes. A crash between any two
 * steps leaves a log that is intact here, or one whose missing segments away.json names; doing
 * either again goes on.
 *
 * Who may order it, and what forbids it (a hold, a destruction, work under way), is the caller's.
 *
 * Ownership  The caller owns everything.
 * Threads    Lives on one thread while nobody else changes the folder; waits for disk and network.
 * Errors     HEARD_ERROR_CONFLICT (not closed, not derived, at another place, two that differ),
 *            HEARD_ERROR_CORRUPT (not intact), HEARD_ERROR_STORAGE_FULL, those of place.h.
 */

#include "recordings/place.h"

typedef struct {
    unsigned files; /* segments that went, or came, now or before */
    uint64_t bytes; /* of them */
} HeardReleaseResult;

typedef struct {
    void (*progress)(int permille);
    /* Before each change on the disk; tests end the process here. */
    void (*step)(const char *what, const char *path, void *data);
    void *data;
} HeardReleaseHooks;

/* to: what place was opened with. hooks: members may be NULL. */
bool heard_release(const char *recording, const char *to, HeardPlace *place,
                   const HeardReleaseHooks *hooks, HeardReleaseResult *ret,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Where nothing is away nothing is done. */
bool heard_release_undo(const char *recording, const char *to, HeardPlace *place,
                        const HeardReleaseHooks *hooks, HeardReleaseResult *ret,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
