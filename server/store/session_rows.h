/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Who is logged in: login sessions of staff, participant sessions that a join link opened,
 * and bearer tokens for programs. Only the hash of a token is kept (password.h).
 *
 * Rows, ownership, threads: row.h.
 * Errors   find: HEARD_ERROR_UNAUTHENTICATED for unknown, expired and revoked alike.
 */

#include "server/store/row.h"

typedef struct {
    const char *token_hash;
    const char *kind;           /* account, participant, bearer */
    const char *account_id;     /* account and bearer */
    const char *participant_id; /* participant */
    const char *hearing_id;     /* of a participant; of a bearer token bound to one hearing */
    const char *scope;          /* bearer: words such as "publish watch"; NULL otherwise */
    bool factor_2_done;
    int64_t created_ms, expires_ms, revoked_ms, last_seen_ms;
} HeardSessionRow;

bool heard_session_rows_insert(HeardStore *store, const HeardSessionRow *row,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardSessionRow *heard_session_rows_find(HeardStore *store, const char *token_hash, int64_t wall_ms,
                                         GError **error);
/* Sliding expiry; never shortens. */
bool heard_session_rows_touch(HeardStore *store, const char *token_hash, int64_t wall_ms,
                              int64_t expires_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_session_rows_set_factor_2(HeardStore *store, const char *token_hash,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_session_rows_revoke(HeardStore *store, const char *token_hash, int64_t wall_ms,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All of an account or of a participant (the other one NULL). */
bool heard_session_rows_revoke_all(HeardStore *store, const char *account_id,
                                   const char *participant_id, int64_t wall_ms,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes what expired before wall_ms. */
bool heard_session_rows_sweep(HeardStore *store, int64_t wall_ms, int64_t *ret_count,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
