/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/session_rows.h"

#include "server/base/error.h"

static const HeardColumn session_columns[] = {
    HEARD_COLUMN(HeardSessionRow, TEXT, token_hash),
    HEARD_COLUMN(HeardSessionRow, TEXT, kind),
    HEARD_COLUMN(HeardSessionRow, TEXT, account_id),
    HEARD_COLUMN(HeardSessionRow, TEXT, participant_id),
    HEARD_COLUMN(HeardSessionRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardSessionRow, TEXT, scope),
    HEARD_COLUMN(HeardSessionRow, BOOL, factor_2_done),
    HEARD_COLUMN(HeardSessionRow, INT, created_ms),
    HEARD_COLUMN(HeardSessionRow, INT, expires_ms),
    HEARD_COLUMN(HeardSessionRow, TIME, revoked_ms),
    HEARD_COLUMN(HeardSessionRow, TIME, last_seen_ms),
};
static const HeardTable session_table =
    HEARD_TABLE("session", "session", HeardSessionRow, session_columns);

bool heard_session_rows_insert(HeardStore *store, const HeardSessionRow *row, GError **error)
{
    return heard_row_insert(store, &session_table, row, error);
}

HeardSessionRow *heard_session_rows_find(HeardStore *store, const char *token_hash, int64_t wall_ms,
                                         GError **error)
{
    g_autoptr(GError) failure = NULL;
    HeardSessionRow *session = heard_row_get(
        store, &session_table, "WHERE token_hash = $1 AND revoked_ms IS NULL AND expires_ms > $2",
        HEARD_VALUES(HEARD_TEXT(token_hash), HEARD_INT(wall_ms)), &failure);

    if (!session && heard_error_code(failure) == HEARD_ERROR_NOT_FOUND)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAUTHENTICATED, "log in again");
    else if (!session)
        g_propagate_error(error, g_steal_pointer(&failure));
    return session;
}

bool heard_session_rows_touch(HeardStore *store, const char *token_hash, int64_t wall_ms,
                              int64_t expires_ms, GError **error)
{
    return heard_row_change(
        store, "session",
        "UPDATE session SET last_seen_ms = $1, "
        "expires_ms = CASE WHEN expires_ms < $2 THEN $2 ELSE expires_ms END "
        "WHERE token_hash = $3 AND revoked_ms IS NULL AND expires_ms > $1",
        HEARD_VALUES(HEARD_INT(wall_ms), HEARD_INT(expires_ms), HEARD_TEXT(token_hash)), error);
}

bool heard_session_rows_set_factor_2(HeardStore *store, const char *token_hash, GError **error)
{
    return heard_row_change(store, "session",
                            "UPDATE session SET factor_2_done = 1 "
                            "WHERE token_hash = $1 AND revoked_ms IS NULL",
                            HEARD_VALUES(HEARD_TEXT(token_hash)), error);
}

bool heard_session_rows_revoke(HeardStore *store, const char *token_hash, int64_t wall_ms,
                               GError **error)
{
    return heard_row_run(store,
                         "UPDATE session SET revoked_ms = $1 "
                         "WHERE token_hash = $2 AND revoked_ms IS NULL",
                         HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(token_hash)), NULL, error);
}

bool heard_session_rows_revoke_all(HeardStore *store, const char *account_id,
                                   const char *participant_id, int64_t wall_ms, GError **error)
{
    g_assert(!account_id != !participant_id);
    return heard_row_run(
        store,
        account_id ? "UPDATE session SET revoked_ms = $1 "
                     "WHERE account_id = $2 AND revoked_ms IS NULL"
                   : "UPDATE session SET revoked_ms = $1 "
                     "WHERE participant_id = $2 AND revoked_ms IS NULL",
        HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(account_id ? account_id : participant_id)),
        NULL, error);
}

bool heard_session_rows_sweep(HeardStore *store, int64_t wall_ms, int64_t *ret_count,
                              GError **error)
{
    return heard_row_run(store, "DELETE FROM session WHERE expires_ms < $1",
                         HEARD_VALUES(HEARD_INT(wall_ms)), ret_count, error);
}
