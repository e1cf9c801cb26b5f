/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Make sessions: after a login, for a link, for a program.
 *
 * Ownership  The returned token is the only copy of it; the caller frees it.
 * Threads    A store thread.
 */

#include "server/store/store.h"

#include <glib.h>
#include <stdint.h>

char *heard_sessions_for_account(HeardStore *store, const char *account_id, bool factor_2_done,
                                 int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *heard_sessions_for_participant(HeardStore *store, const char *participant_id,
                                     const char *hearing_id, int64_t expires_ms, int64_t wall_ms,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* scope: words of "publish", "watch", "operate". hearing_id NULL: any hearing. */
char *heard_sessions_for_program(HeardStore *store, const char *account_id, const char *hearing_id,
                                 const char *scope, int64_t expires_ms, int64_t wall_ms,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
