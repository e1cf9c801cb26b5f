/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/sessions.h"

#include "server/app/caller.h"
#include "server/store/password.h"
#include "server/store/session_rows.h"

static char *insert(HeardStore *store, HeardSessionRow *row, int64_t wall_ms, GError **error)
{
    char token[HEARD_TOKEN_SIZE];
    char hash[HEARD_TOKEN_HASH_SIZE];

    heard_token_new(token);
    heard_token_hash(token, hash);
    row->token_hash = hash;
    row->created_ms = wall_ms;
    row->last_seen_ms = wall_ms;
    if (!heard_session_rows_insert(store, row, error))
        return NULL;
    return g_strdup(token);
}

char *heard_sessions_for_account(HeardStore *store, const char *account_id, bool factor_2_done,
                                 int64_t wall_ms, GError **error)
{
    HeardSessionRow row = {.kind = "account",
                           .account_id = account_id,
                           .factor_2_done = factor_2_done,
                           .expires_ms = wall_ms + HEARD_SESSION_ACCOUNT_MS};

    return insert(store, &row, wall_ms, error);
}

char *heard_sessions_for_participant(HeardStore *store, const char *participant_id,
                                     const char *hearing_id, int64_t expires_ms, int64_t wall_ms,
                                     GError **error)
{
    HeardSessionRow row = {.kind = "participant",
                           .participant_id = participant_id,
                           .hearing_id = hearing_id,
                           .expires_ms = expires_ms};

    return insert(store, &row, wall_ms, error);
}

char *heard_sessions_for_program(HeardStore *store, const char *account_id, const char *hearing_id,
                                 const char *scope, int64_t expires_ms, int64_t wall_ms,
                                 GError **error)
{
    HeardSessionRow row = {.kind = "bearer",
                           .account_id = account_id,
                           .hearing_id = hearing_id,
                           .scope = scope,
                           .expires_ms = expires_ms};

    return insert(store, &row, wall_ms, error);
}
