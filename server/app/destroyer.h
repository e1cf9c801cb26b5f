/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Carries out orders of destruction that two persons have given: on a thread of its own, since
 * overwriting takes time, one recording at a time, in every place where it lies. The order in the
 * store is the journal: it stays "confirmed", with its certificate, until the last byte is gone and
 * the trail says so; a start goes on with what is left, and what failed is tried again.
 *
 * Ownership  new/free; free waits for the recording that it is at.
 * Threads    Main. Files are touched on its own thread, rows on the store thread.
 * Errors     Logged here; the order stays.
 */

#include "server/base/loop.h"
#include "server/store/store_thread.h"

#include <glib.h>

enum { HEARD_DESTROYER_POLL_US = 60 * 1000000 };

typedef struct HeardDestroyer HeardDestroyer;

typedef struct {
    HeardLoop *loop;
    HeardStoreThread *store; /* borrowed, as data_dir is */
    const char *data_dir;
    const char *copy_to, *copy_credentials, *copy_region; /* of the second copy, as in jobs.h */
    const char *database; /* URL, of new() only: its thread reads on a connection of its own */
} HeardDestroyerConfig;

HeardDestroyer *heard_destroyer_new(const HeardDestroyerConfig *config,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_destroyer_free(HeardDestroyer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardDestroyer, heard_destroyer_free)

/* There may be something to do: after a start, and after each confirmation. */
void heard_destroyer_wake(HeardDestroyer *self);
