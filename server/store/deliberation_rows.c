/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/deliberation_rows.h"

#include "server/base/error.h"

static const HeardColumn columns[] = {
    HEARD_COLUMN(HeardDeliberationRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardDeliberationRow, INT, ballot_count),
    HEARD_COLUMN(HeardDeliberationRow, INT, opinion_version),
    HEARD_COLUMN(HeardDeliberationRow, INT, created_ms),
    HEARD_COLUMN(HeardDeliberationRow, TIME, sealed_ms),
    HEARD_COLUMN(HeardDeliberationRow, TEXT, sealed_by),
    HEARD_COLUMN(HeardDeliberationRow, TEXT, seal_note),
    HEARD_COLUMN(HeardDeliberationRow, TEXT, record),
    HEARD_COLUMN(HeardDeliberationRow, TEXT, sha256),
    HEARD_COLUMN(HeardDeliberationRow, TIME, released_ms),
    HEARD_COLUMN(HeardDeliberationRow, TEXT, released_by),
};
static const HeardTable table =
    HEARD_TABLE("deliberation", "deliberation", HeardDeliberationRow, columns);

static const HeardColumn opinion_columns[] = {
    HEARD_COLUMN(HeardOpinionRow, TEXT, hearing_id), HEARD_COLUMN(HeardOpinionRow, INT, version),
    HEARD_COLUMN(HeardOpinionRow, TEXT, text),       HEARD_COLUMN(HeardOpinionRow, TEXT, author_id),
    HEARD_COLUMN(HeardOpinionRow, INT, at_ms),
};
static const HeardTable opinion_table =
    HEARD_TABLE("deliberation_opinion", "opinion", HeardOpinionRow, opinion_columns);

static const HeardColumn confirmation_columns[] = {
    HEARD_COLUMN(HeardConfirmationRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardConfirmationRow, INT, version),
    HEARD_COLUMN(HeardConfirmationRow, TEXT, participant_id),
    HEARD_COLUMN(HeardConfirmationRow, INT, at_ms),
};
static const HeardTable confirmation_table = HEARD_TABLE(
    "deliberation_confirmation", "confirmation", HeardConfirmationRow, confirmation_columns);

static const HeardColumn dissent_columns[] = {
    HEARD_COLUMN(HeardDissentRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardDissentRow, TEXT, participant_id),
    HEARD_COLUMN(HeardDissentRow, TEXT, name),
    HEARD_COLUMN(HeardDissentRow, TEXT, text),
    HEARD_COLUMN(HeardDissentRow, INT, at_ms),
};
static const HeardTable dissent_table =
    HEARD_TABLE("deliberation_dissent", "dissent", HeardDissentRow, dissent_columns);

static void *first_of(GPtrArray *rows)
{
    return rows && rows->len > 0 ? g_ptr_array_steal_index(rows, 0) : NULL;
}

HeardDeliberationRow *heard_deliberation_rows_get(HeardStore *store, const char *hearing_id,
                                                  GError **error)
{
    g_autoptr(GPtrArray) rows = heard_row_list(store, &table, "WHERE hearing_id = $1",
                                               HEARD_VALUES(HEARD_TEXT(hearing_id)), error);

    return first_of(rows);
}

bool heard_deliberation_rows_make(HeardStore *store, const char *hearing_id, int64_t wall_ms,
                                  GError **error)
{
    return heard_row_run(store,
                         "INSERT INTO deliberation (hearing_id, ballot_count, opinion_version, "
                         "created_ms) VALUES ($1, 0, 0, $2) ON CONFLICT (hearing_id) DO NOTHING",
                         HEARD_VALUES(HEARD_TEXT(hearing_id), HEARD_INT(wall_ms)), NULL, error);
}

bool heard_deliberation_rows_seal(HeardStore *store, const HeardDeliberationRow *row,
                                  GError **error)
{
    return heard_row_move(store,
                          "UPDATE deliberation SET sealed_ms = $1, sealed_by = $2, seal_note = $3, "
                          "record = $4, sha256 = $5 WHERE hearing_id = $6 AND sealed_ms IS NULL",
                          HEARD_VALUES(HEARD_INT(row->sealed_ms), HEARD_TEXT(row->sealed_by),
                                       HEARD_TEXT(row->seal_note), HEARD_TEXT(row->record),
                                       HEARD_TEXT(row->sha256), HEARD_TEXT(row->hearing_id)),
                          error);
}

bool heard_deliberation_rows_release(HeardStore *store, const char *hearing_id, const char *by_id,
                                     int64_t wall_ms, GError **error)
{
    return heard_row_move(
        store,
        "UPDATE deliberation SET released_ms = $1, released_by = $2 "
        "WHERE hearing_id = $3 AND sealed_ms IS NOT NULL AND released_ms IS NULL",
        HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(by_id), HEARD_TEXT(hearing_id)), error);
}

bool heard_opinion_rows_add(HeardStore *store, HeardOpinionRow *row, GError **error)
{
    if (!heard_deliberation_rows_make(store, row->hearing_id, row->at_ms, error) ||
        !heard_row_move(store,
                        "UPDATE deliberation SET opinion_version = opinion_version + 1 "
                        "WHERE hearing_id = $1 AND opinion_version = $2",
                        HEARD_VALUES(HEARD_TEXT(row->hearing_id), HEARD_INT(row->version)), error))
        return false;
    row->version++;
    return heard_row_insert(store, &opinion_table, row, error);
}

HeardOpinionRow *heard_opinion_rows_get(HeardStore *store, const char *hearing_id, GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_row_list(store, &opinion_table, "WHERE hearing_id = $1 ORDER BY version DESC LIMIT 1",
                       HEARD_VALUES(HEARD_TEXT(hearing_id)), error);

    return first_of(rows);
}

bool heard_confirmation_rows_add(HeardStore *store, const HeardConfirmationRow *row, GError **error)
{
    return heard_row_run(
        store,
        "INSERT INTO deliberation_confirmation (hearing_id, version, participant_id, at_ms) "
        "VALUES ($1, $2, $3, $4) ON CONFLICT (hearing_id, version, participant_id) DO NOTHING",
        HEARD_VALUES(HEARD_TEXT(row->hearing_id), HEARD_INT(row->version),
                     HEARD_TEXT(row->participant_id), HEARD_INT(row->at_ms)),
        NULL, error);
}

GPtrArray *heard_confirmation_rows_list(HeardStore *store, const char *hearing_id, int64_t version,
                                        GError **error)
{
    return heard_row_list(store, &confirmation_table,
                          "WHERE hearing_id = $1 AND version = $2 ORDER BY participant_id",
                          HEARD_VALUES(HEARD_TEXT(hearing_id), HEARD_INT(version)), error);
}

bool heard_dissent_rows_put(HeardStore *store, const HeardDissentRow *row, GError **error)
{
    return heard_deliberation_rows_make(store, row->hearing_id, row->at_ms, error) &&
           heard_row_run(
               store,
               "INSERT INTO deliberation_dissent (hearing_id, participant_id, name, text, at_ms) "
               "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hearing_id, participant_id) "
               "DO UPDATE SET text = $4, at_ms = $5",
               HEARD_VALUES(HEARD_TEXT(row->hearing_id), HEARD_TEXT(row->participant_id),
                            HEARD_TEXT(row->name), HEARD_TEXT(row->text), HEARD_INT(row->at_ms)),
               NULL, error);
}

GPtrArray *heard_dissent_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    return heard_row_list(store, &dissent_table,
                          "WHERE hearing_id = $1 AND text <> '' ORDER BY participant_id",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}
