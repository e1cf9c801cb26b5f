/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Which recordings may give the room of their segments back (recordings/release.h), by all that
 * rows know: sealed, playable, ended long enough ago, copied to the second place; no hold on it or
 * its case, no destruction asked for, no work on it under way, and not brought back lately.
 *
 * Units    before_ms UTC: ended, and brought back, before.
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

/* Their ids (char *), the oldest first. */
GPtrArray *heard_release_rows_list(HeardStore *store, int64_t before_ms, int64_t limit,
                                   GError **error);
/* Does this still hold for one of them? */
bool heard_release_rows_may(HeardStore *store, const char *recording_id, int64_t before_ms,
                            bool *ret_may, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Are its segments at the second place only? */
bool heard_release_rows_is_away(HeardStore *store, const char *recording_id, bool *ret_is_away,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
