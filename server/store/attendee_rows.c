/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/attendee_rows.h"

#include "server/base/error.h"

static const HeardColumn link_columns[] = {
    HEARD_COLUMN(HeardTrainingLinkRow, TEXT, id),
    HEARD_COLUMN(HeardTrainingLinkRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardTrainingLinkRow, TEXT, unit_name),
    HEARD_COLUMN(HeardTrainingLinkRow, TEXT, token_hash),
    HEARD_COLUMN(HeardTrainingLinkRow, TEXT, made_by),
    HEARD_COLUMN(HeardTrainingLinkRow, INT, created_ms),
    HEARD_COLUMN(HeardTrainingLinkRow, INT, expires_ms),
    HEARD_COLUMN(HeardTrainingLinkRow, TIME, revoked_ms),
};
static const HeardTable link_table =
    HEARD_TABLE("training_link", "link", HeardTrainingLinkRow, link_columns);

static const HeardColumn columns[] = {
    HEARD_COLUMN(HeardAttendeeRow, TEXT, id),
    HEARD_COLUMN(HeardAttendeeRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardAttendeeRow, TEXT, link_id),
    HEARD_COLUMN(HeardAttendeeRow, TEXT, name),
    HEARD_COLUMN(HeardAttendeeRow, TEXT, unit_name),
    HEARD_COLUMN(HeardAttendeeRow, TEXT, token_hash),
    HEARD_COLUMN(HeardAttendeeRow, INT, expires_ms),
    HEARD_COLUMN(HeardAttendeeRow, INT, created_ms),
    HEARD_COLUMN(HeardAttendeeRow, TIME, came_ms),
    HEARD_COLUMN(HeardAttendeeRow, TIME, here_since_ms),
    HEARD_COLUMN(HeardAttendeeRow, TIME, left_ms),
    HEARD_COLUMN(HeardAttendeeRow, INT, stayed_ms),
    HEARD_COLUMN(HeardAttendeeRow, TIME, removed_ms),
    HEARD_COLUMN(HeardAttendeeRow, TEXT, participant_id),
};
static const HeardTable table = HEARD_TABLE("attendee", "attendee", HeardAttendeeRow, columns);

/* ---- links ---- */

bool heard_training_link_rows_put(HeardStore *store, const HeardTrainingLinkRow *row,
                                  GError **error)
{
    int64_t changed = 0;

    /* Attendees name the row: it stays, and its token is another one. */
    if (!heard_row_run(store,
                       "UPDATE training_link SET token_hash = $1, expires_ms = $2, made_by = $3, "
                       "revoked_ms = NULL WHERE hearing_id = $4 AND unit_name = $5",
                       HEARD_VALUES(HEARD_TEXT(row->token_hash), HEARD_INT(row->expires_ms),
                                    HEARD_TEXT(row->made_by), HEARD_TEXT(row->hearing_id),
                                    HEARD_TEXT(row->unit_name)),
                       &changed, error))
        return false;
    return changed > 0 || heard_row_insert(store, &link_table, row, error);
}

HeardTrainingLinkRow *heard_training_link_rows_find(HeardStore *store, const char *token_hash,
                                                    int64_t wall_ms, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardTrainingLinkRow *row =
        heard_row_get(store, &link_table, "WHERE token_hash = $1",
                      HEARD_VALUES(HEARD_TEXT(token_hash)), &failure);

    if (!row && heard_error_code(failure) != HEARD_ERROR_NOT_FOUND)
        g_propagate_error(error, g_steal_pointer(&failure));
    else if (!row)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_LINK_UNKNOWN, "no such link");
    else if (row->revoked_ms)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_LINK_REVOKED, "this link was taken back");
    else if (row->expires_ms <= wall_ms)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_LINK_EXPIRED, "this link is over");
    else
        return g_steal_pointer(&row);
    return NULL;
}

GPtrArray *heard_training_link_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    return heard_row_list(store, &link_table,
                          "WHERE hearing_id = $1 AND revoked_ms IS NULL ORDER BY unit_name",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}

bool heard_training_link_rows_revoke(HeardStore *store, const char *hearing_id, const char *id,
                                     int64_t wall_ms, GError **error)
{
    return heard_row_change(
        store, "link",
        "UPDATE training_link SET revoked_ms = $1 WHERE hearing_id = $2 AND id = $3 "
        "AND revoked_ms IS NULL",
        HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(hearing_id), HEARD_TEXT(id)), error);
}

/* ---- attendees ---- */

bool heard_attendee_rows_insert(HeardStore *store, const HeardAttendeeRow *row, GError **error)
{
    return heard_row_insert(store, &table, row, error);
}

HeardAttendeeRow *heard_attendee_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)), error);
}

/* NULL without an error: there is none. */
static HeardAttendeeRow *find(HeardStore *store, const char *tail, const HeardValue *values,
                              size_t count, GError **error)
{
    g_autoptr(GError) failure = NULL;
    HeardAttendeeRow *row = heard_row_get(store, &table, tail, values, count, &failure);

    if (!row && heard_error_code(failure) != HEARD_ERROR_NOT_FOUND)
        g_propagate_error(error, g_steal_pointer(&failure));
    return row;
}

HeardAttendeeRow *heard_attendee_rows_find(HeardStore *store, const char *token_hash,
                                           int64_t wall_ms, GError **error)
{
    g_autoptr(GError) failure = NULL;
    HeardAttendeeRow *row =
        find(store, "WHERE token_hash = $1 AND removed_ms IS NULL AND expires_ms > $2",
             HEARD_VALUES(HEARD_TEXT(token_hash), HEARD_INT(wall_ms)), &failure);

    if (failure)
        g_propagate_error(error, g_steal_pointer(&failure));
    else if (!row)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAUTHENTICATED, "log in again");
    return row;
}

HeardAttendeeRow *heard_attendee_rows_of_seat(HeardStore *store, const char *participant_id,
                                              GError **error)
{
    return find(store, "WHERE participant_id = $1", HEARD_VALUES(HEARD_TEXT(participant_id)),
                error);
}

GPtrArray *heard_attendee_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    const char *after = "";

    for (;;) {
        g_autoptr(GPtrArray) rows =
            heard_row_list(store, &table, "WHERE hearing_id = $1 AND id > $2 ORDER BY id",
                           HEARD_VALUES(HEARD_TEXT(hearing_id), HEARD_TEXT(after)), error);
        bool is_last = rows && rows->len < HEARD_PAGE_MAX;

        if (!rows)
            return NULL;
        while (rows->len > 0)
            g_ptr_array_add(all, g_ptr_array_steal_index(rows, 0));
        if (is_last)
            return g_steal_pointer(&all);
        after = ((const HeardAttendeeRow *)g_ptr_array_index(all, all->len - 1))->id;
    }
}

bool heard_attendee_rows_count(HeardStore *store, const char *hearing_id, int64_t *ret_count,
                               GError **error)
{
    return heard_row_number(
        store, "SELECT COUNT(*) FROM attendee WHERE hearing_id = $1 AND removed_ms IS NULL",
        HEARD_VALUES(HEARD_TEXT(hearing_id)), ret_count, error);
}

bool heard_attendee_rows_came(HeardStore *store, const char *id, int64_t wall_ms, GError **error)
{
    return heard_row_change(store, "attendee",
                            "UPDATE attendee SET came_ms = COALESCE(came_ms, $1), "
                            "here_since_ms = COALESCE(here_since_ms, $1) WHERE id = $2",
                            HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(id)), error);
}

bool heard_attendee_rows_left(HeardStore *store, const char *id, int64_t wall_ms, GError **error)
{
    return heard_row_run(store,
                         "UPDATE attendee SET left_ms = $1, "
                         "stayed_ms = stayed_ms + $1 - here_since_ms, here_since_ms = NULL "
                         "WHERE id = $2 AND here_since_ms IS NOT NULL",
                         HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(id)), NULL, error);
}

bool heard_attendee_rows_seat(HeardStore *store, const char *id, const char *participant_id,
                              GError **error)
{
    return heard_row_move(store,
                          "UPDATE attendee SET participant_id = $1 WHERE id = $2 "
                          "AND participant_id IS NULL AND removed_ms IS NULL",
                          HEARD_VALUES(HEARD_TEXT(participant_id), HEARD_TEXT(id)), error);
}

bool heard_attendee_rows_remove(HeardStore *store, const char *id, int64_t wall_ms, GError **error)
{
    return heard_row_move(
        store, "UPDATE attendee SET removed_ms = $1 WHERE id = $2 AND removed_ms IS NULL",
        HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(id)), error);
}
