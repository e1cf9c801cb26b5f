/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The door of everything that stands below /recordings/{id}: the right to play it, and a
 * reason said in this session (heard_access_view_open). Takes the id from the call's path.
 *
 * Ownership  The row is the caller's: g_free.
 * Threads    A store thread.
 * Errors     NULL with call->error: HEARD_ERROR_NOT_FOUND, HEARD_ERROR_FORBIDDEN.
 */

#include "server/app/call.h"
#include "server/store/recording_rows.h"

/* needs_view: false for what tells nothing of the contents. */
HeardRecordingRow *heard_recording_reach_to_play(HeardStore *store, HeardCall *call,
                                                 bool needs_view);
