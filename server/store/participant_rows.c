/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/participant_rows.h"

#include "server/base/error.h"

#include <string.h>

static const HeardColumn participant_columns[] = {
    HEARD_COLUMN(HeardParticipantRow, TEXT, id),
    HEARD_COLUMN(HeardParticipantRow, TEXT, seat_id),
    HEARD_COLUMN(HeardParticipantRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardParticipantRow, TEXT, invite_state),
    HEARD_COLUMN(HeardParticipantRow, TEXT, presence_state),
    HEARD_COLUMN(HeardParticipantRow, TEXT, join_token_hash),
    HEARD_COLUMN(HeardParticipantRow, TIME, token_expires_ms),
    HEARD_COLUMN(HeardParticipantRow, TEXT, token_state),
    HEARD_COLUMN(HeardParticipantRow, TEXT, check_in_method),
    HEARD_COLUMN(HeardParticipantRow, TEXT, check_in_by),
    HEARD_COLUMN(HeardParticipantRow, TIME, check_in_at_ms),
    HEARD_COLUMN(HeardParticipantRow, TEXT, document_masked),
    HEARD_COLUMN(HeardParticipantRow, TIME, joined_at_ms),
    HEARD_COLUMN(HeardParticipantRow, TIME, left_at_ms),
    HEARD_COLUMN(HeardParticipantRow, TEXT, leave_reason),
};
static const HeardTable participant_table =
    HEARD_TABLE("participant", "participant", HeardParticipantRow, participant_columns);

bool heard_participant_rows_insert(HeardStore *store, const HeardParticipantRow *row,
                                   GError **error)
{
    return heard_row_insert(store, &participant_table, row, error);
}

HeardParticipantRow *heard_participant_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &participant_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)),
                         error);
}

HeardParticipantRow *heard_participant_rows_get_by_seat(HeardStore *store, const char *seat_id,
                                                        GError **error)
{
    return heard_row_get(store, &participant_table, "WHERE seat_id = $1",
                         HEARD_VALUES(HEARD_TEXT(seat_id)), error);
}

GPtrArray *heard_participant_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    return heard_row_list(store, &participant_table, "WHERE hearing_id = $1 ORDER BY id",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}

/* Revoked says more than expired, and expired more than used: the person can act on it. */
static bool token_is_good(const HeardParticipantRow *row, int64_t wall_ms, GError **error)
{
    if (strcmp(row->token_state, "revoked") == 0)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_LINK_REVOKED,
                    "this link was withdrawn; ask the office for a new one");
    else if (row->token_expires_ms <= wall_ms)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_LINK_EXPIRED,
                    "this link has expired; ask the office for a new one");
    else if (strcmp(row->token_state, "open") != 0)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_LINK_USED,
                    "this link was used already; ask the office for a new one");
    else
        return true;
    return false;
}

HeardParticipantRow *heard_participant_rows_find_by_token(HeardStore *store, const char *token_hash,
                                                          int64_t wall_ms, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardParticipantRow *row =
        heard_row_get(store, &participant_table, "WHERE join_token_hash = $1",
                      HEARD_VALUES(HEARD_TEXT(token_hash)), &failure);

    if (!row && heard_error_code(failure) == HEARD_ERROR_NOT_FOUND) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_LINK_UNKNOWN, "this link is not known here");
        return NULL;
    }
    if (!row) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    return token_is_good(row, wall_ms, error) ? g_steal_pointer(&row) : NULL;
}

HeardParticipantRow *heard_participant_rows_use_token(HeardStore *store, const char *token_hash,
                                                      int64_t wall_ms, GError **error)
{
    g_autofree HeardParticipantRow *row =
        heard_participant_rows_find_by_token(store, token_hash, wall_ms, error);
    int64_t changed = 0;

    if (!row)
        return NULL;
    /* Two connections may have seen it open: the condition lets one of them through. */
    if (!heard_row_run(store,
                       "UPDATE participant SET token_state = 'used' "
                       "WHERE join_token_hash = $1 AND token_state = 'open'",
                       HEARD_VALUES(HEARD_TEXT(token_hash)), &changed, error))
        return NULL;
    row->token_state = "used";
    if (changed == 0 && !token_is_good(row, wall_ms, error))
        return NULL;
    return g_steal_pointer(&row);
}

bool heard_participant_rows_set_token(HeardStore *store, const char *id, const char *token_hash,
                                      int64_t expires_ms, GError **error)
{
    return heard_row_change(
        store, "participant",
        "UPDATE participant SET join_token_hash = $1, token_expires_ms = $2, "
        "token_state = 'open' WHERE id = $3",
        HEARD_VALUES(HEARD_TEXT(token_hash), HEARD_INT(expires_ms), HEARD_TEXT(id)), error);
}

bool heard_participant_rows_extend_tokens(HeardStore *store, const char *hearing_id,
                                          int64_t wall_ms, int64_t expires_ms, GError **error)
{
    int64_t changed = 0;

    return heard_row_run(
        store,
        "UPDATE participant SET token_expires_ms = $1 WHERE hearing_id = $2 "
        "AND token_state = 'open' AND token_expires_ms > $3 "
        "AND token_expires_ms < $1",
        HEARD_VALUES(HEARD_INT(expires_ms), HEARD_TEXT(hearing_id), HEARD_INT(wall_ms)), &changed,
        error);
}

bool heard_participant_rows_revoke_token(HeardStore *store, const char *id, GError **error)
{
    return heard_row_change(store, "participant",
                            "UPDATE participant SET token_state = 'revoked' WHERE id = $1",
                            HEARD_VALUES(HEARD_TEXT(id)), error);
}

bool heard_participant_rows_set_invite(HeardStore *store, const char *id, const char *invite_state,
                                       GError **error)
{
    return heard_row_change(store, "participant",
                            "UPDATE participant SET invite_state = $1 WHERE id = $2",
                            HEARD_VALUES(HEARD_TEXT(invite_state), HEARD_TEXT(id)), error);
}

bool heard_participant_rows_set_presence(HeardStore *store, const char *id,
                                         const char *presence_state, GError **error)
{
    return heard_row_change(store, "participant",
                            "UPDATE participant SET presence_state = $1 WHERE id = $2",
                            HEARD_VALUES(HEARD_TEXT(presence_state), HEARD_TEXT(id)), error);
}

bool heard_participant_rows_set_check_in(HeardStore *store, const char *id, const char *method,
                                         const char *by_id, const char *document_masked,
                                         int64_t wall_ms, GError **error)
{
    return heard_row_change(store, "participant",
                            "UPDATE participant SET check_in_method = $1, check_in_by = $2, "
                            "document_masked = $3, check_in_at_ms = $4 WHERE id = $5",
                            HEARD_VALUES(HEARD_TEXT(method), HEARD_TEXT(by_id),
                                         HEARD_TEXT(document_masked), HEARD_INT(wall_ms),
                                         HEARD_TEXT(id)),
                            error);
}

bool heard_participant_rows_set_claimed(HeardStore *store, const char *id,
                                        const char *document_masked, GError **error)
{
    int64_t changed = 0;

    return heard_row_run(store,
                         "UPDATE participant SET document_masked = $1 "
                         "WHERE id = $2 AND check_in_at_ms IS NULL",
                         HEARD_VALUES(HEARD_TEXT(document_masked), HEARD_TEXT(id)), &changed,
                         error);
}

bool heard_participant_rows_set_joined(HeardStore *store, const char *id, int64_t wall_ms,
                                       GError **error)
{
    return heard_row_change(store, "participant",
                            "UPDATE participant SET joined_at_ms = coalesce(joined_at_ms, $1), "
                            "left_at_ms = NULL, leave_reason = NULL WHERE id = $2",
                            HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(id)), error);
}

bool heard_participant_rows_set_left(HeardStore *store, const char *id, int64_t wall_ms,
                                     const char *reason, GError **error)
{
    return heard_row_change(
        store, "participant",
        "UPDATE participant SET left_at_ms = $1, leave_reason = $2 WHERE id = $3",
        HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(reason), HEARD_TEXT(id)), error);
}
