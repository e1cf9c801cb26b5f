/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/minutes_course_rows.h"

static const HeardColumn reading_columns[] = {
    HEARD_COLUMN(HeardMinutesReadingRow, TEXT, id),
    HEARD_COLUMN(HeardMinutesReadingRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardMinutesReadingRow, TEXT, participant_id),
    HEARD_COLUMN(HeardMinutesReadingRow, INT, at_ms),
};
static const HeardTable reading_table =
    HEARD_TABLE("minutes_reading", "reading", HeardMinutesReadingRow, reading_columns);

static const HeardColumn correction_columns[] = {
    HEARD_COLUMN(HeardMinutesCorrectionRow, TEXT, id),
    HEARD_COLUMN(HeardMinutesCorrectionRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardMinutesCorrectionRow, TEXT, line_id),
    HEARD_COLUMN(HeardMinutesCorrectionRow, INT, line_version),
    HEARD_COLUMN(HeardMinutesCorrectionRow, TEXT, text),
    HEARD_COLUMN(HeardMinutesCorrectionRow, TEXT, reason),
    HEARD_COLUMN(HeardMinutesCorrectionRow, TEXT, proposer_id),
    HEARD_COLUMN(HeardMinutesCorrectionRow, TEXT, state),
    HEARD_COLUMN(HeardMinutesCorrectionRow, INT, created_ms),
    HEARD_COLUMN(HeardMinutesCorrectionRow, TIME, decided_ms),
    HEARD_COLUMN(HeardMinutesCorrectionRow, TEXT, decided_by),
    HEARD_COLUMN(HeardMinutesCorrectionRow, TEXT, decided_reason),
};
static const HeardTable correction_table =
    HEARD_TABLE("minutes_correction", "correction", HeardMinutesCorrectionRow, correction_columns);

static const HeardColumn addendum_columns[] = {
    HEARD_COLUMN(HeardMinutesAddendumRow, TEXT, id),
    HEARD_COLUMN(HeardMinutesAddendumRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardMinutesAddendumRow, TEXT, text),
    HEARD_COLUMN(HeardMinutesAddendumRow, TEXT, author_id),
    HEARD_COLUMN(HeardMinutesAddendumRow, TEXT, author),
    HEARD_COLUMN(HeardMinutesAddendumRow, INT, at_ms),
};
static const HeardTable addendum_table =
    HEARD_TABLE("minutes_addendum", "addendum", HeardMinutesAddendumRow, addendum_columns);

bool heard_minutes_rows_move(HeardStore *store, const char *hearing_id, const char *from,
                             const char *to, int64_t wall_ms, GError **error)
{
    return heard_row_move(
        store,
        "UPDATE minutes SET state = $1, circulated_ms = CASE WHEN circulated_ms IS NULL OR $1 = "
        "'circulated' "
        "THEN $2 ELSE circulated_ms END WHERE hearing_id = $3 AND state = $4",
        HEARD_VALUES(HEARD_TEXT(to), HEARD_INT(wall_ms), HEARD_TEXT(hearing_id), HEARD_TEXT(from)),
        error);
}

bool heard_minutes_rows_seal(HeardStore *store, const char *hearing_id, const char *sha256,
                             int64_t wall_ms, GError **error)
{
    return heard_row_move(
        store,
        "UPDATE minutes SET state = 'sealed', sha256 = $1, sealed_ms = $2 "
        "WHERE hearing_id = $3 AND state IN ('signed', 'signed_with_refusal')",
        HEARD_VALUES(HEARD_TEXT(sha256), HEARD_INT(wall_ms), HEARD_TEXT(hearing_id)), error);
}

bool heard_minutes_rows_count(HeardStore *store, const char *hearing_id, int64_t *ret_lines,
                              GError **error)
{
    return heard_row_number(
        store, "SELECT count(*) FROM minutes_line WHERE hearing_id = $1 AND removed_ms IS NULL",
        HEARD_VALUES(HEARD_TEXT(hearing_id)), ret_lines, error);
}

bool heard_minutes_reading_rows_add(HeardStore *store, const HeardMinutesReadingRow *row,
                                    GError **error)
{
    return heard_row_run(store,
                         "INSERT INTO minutes_reading (id, hearing_id, participant_id, at_ms) "
                         "VALUES ($1, $2, $3, $4) "
                         "ON CONFLICT (hearing_id, participant_id) DO UPDATE SET at_ms = $4 "
                         "WHERE minutes_reading.at_ms < "
                         "(SELECT circulated_ms FROM minutes WHERE hearing_id = $2)",
                         HEARD_VALUES(HEARD_TEXT(row->id), HEARD_TEXT(row->hearing_id),
                                      HEARD_TEXT(row->participant_id), HEARD_INT(row->at_ms)),
                         NULL, error);
}

GPtrArray *heard_minutes_reading_rows_list(HeardStore *store, const char *hearing_id,
                                           GError **error)
{
    return heard_row_list(store, &reading_table, "WHERE hearing_id = $1 ORDER BY id",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}

bool heard_minutes_correction_rows_insert(HeardStore *store, const HeardMinutesCorrectionRow *row,
                                          GError **error)
{
    return heard_row_insert(store, &correction_table, row, error);
}

HeardMinutesCorrectionRow *heard_minutes_correction_rows_get(HeardStore *store, const char *id,
                                                             GError **error)
{
    return heard_row_get(store, &correction_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)),
                         error);
}

GPtrArray *heard_minutes_correction_rows_list(HeardStore *store, const char *hearing_id,
                                              GError **error)
{
    return heard_row_list(store, &correction_table, "WHERE hearing_id = $1 ORDER BY id",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}

bool heard_minutes_correction_rows_decide(HeardStore *store, const char *id, const char *state,
                                          const char *by, const char *reason, int64_t wall_ms,
                                          GError **error)
{
    return heard_row_move(store,
                          "UPDATE minutes_correction SET state = $1, decided_by = $2, "
                          "decided_reason = $3, decided_ms = $4 WHERE id = $5 AND "
                          "state = 'proposed'",
                          HEARD_VALUES(HEARD_TEXT(state), HEARD_TEXT(by), HEARD_TEXT(reason),
                                       HEARD_INT(wall_ms), HEARD_TEXT(id)),
                          error);
}

bool heard_minutes_addendum_rows_insert(HeardStore *store, const HeardMinutesAddendumRow *row,
                                        GError **error)
{
    return heard_row_insert(store, &addendum_table, row, error);
}

GPtrArray *heard_minutes_addendum_rows_list(HeardStore *store, const char *hearing_id,
                                            GError **error)
{
    return heard_row_list(store, &addendum_table, "WHERE hearing_id = $1 ORDER BY id",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}
