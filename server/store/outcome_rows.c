/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/outcome_rows.h"

static const HeardColumn outcome_columns[] = {
    HEARD_COLUMN(HeardOutcomeRow, TEXT, id),      HEARD_COLUMN(HeardOutcomeRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardOutcomeRow, TEXT, case_id), HEARD_COLUMN(HeardOutcomeRow, TEXT, item),
    HEARD_COLUMN(HeardOutcomeRow, TEXT, result),  HEARD_COLUMN(HeardOutcomeRow, TEXT, note),
    HEARD_COLUMN(HeardOutcomeRow, TEXT, by_id),   HEARD_COLUMN(HeardOutcomeRow, INT, at_ms),
};
static const HeardTable outcome_table =
    HEARD_TABLE("outcome", "outcome", HeardOutcomeRow, outcome_columns);

static const HeardColumn commitment_columns[] = {
    HEARD_COLUMN(HeardCommitmentRow, TEXT, id),
    HEARD_COLUMN(HeardCommitmentRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardCommitmentRow, TEXT, case_id),
    HEARD_COLUMN(HeardCommitmentRow, TEXT, text),
    HEARD_COLUMN(HeardCommitmentRow, TEXT, owner_unit_id),
    HEARD_COLUMN(HeardCommitmentRow, INT, due_at_ms),
    HEARD_COLUMN(HeardCommitmentRow, TEXT, state),
    HEARD_COLUMN(HeardCommitmentRow, TEXT, evidence),
    HEARD_COLUMN(HeardCommitmentRow, INT, created_ms),
    HEARD_COLUMN(HeardCommitmentRow, TEXT, kind),
    HEARD_COLUMN(HeardCommitmentRow, TEXT, named_by),
    HEARD_COLUMN(HeardCommitmentRow, TIME, changed_ms),
    HEARD_COLUMN(HeardCommitmentRow, TIME, removed_ms),
};
static const HeardTable commitment_table =
    HEARD_TABLE("commitment", "commitment", HeardCommitmentRow, commitment_columns);

bool heard_outcome_rows_insert(HeardStore *store, const HeardOutcomeRow *row, GError **error)
{
    return heard_row_insert(store, &outcome_table, row, error);
}

GPtrArray *heard_outcome_rows_list(HeardStore *store, const char *hearing_id, const HeardPage *page,
                                   GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "hearing_id = ?", HEARD_TEXT(hearing_id));
    heard_filter_page(&filter, &outcome_table, "id", false, page);
    return heard_filter_list(&filter, store, &outcome_table, error);
}

bool heard_commitment_rows_insert(HeardStore *store, const HeardCommitmentRow *row, GError **error)
{
    return heard_row_insert(store, &commitment_table, row, error);
}

HeardCommitmentRow *heard_commitment_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &commitment_table, "WHERE id = $1 AND removed_ms IS NULL",
                         HEARD_VALUES(HEARD_TEXT(id)), error);
}

static GPtrArray *list_commitments(HeardStore *store, const char *condition, const char *value,
                                   const HeardPage *page, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, condition, HEARD_TEXT(value));
    heard_filter_page(&filter, &commitment_table, "id", false, page);
    return heard_filter_list(&filter, store, &commitment_table, error);
}

GPtrArray *heard_commitment_rows_list_of_hearing(HeardStore *store, const char *hearing_id,
                                                 const HeardPage *page, GError **error)
{
    return list_commitments(store, "hearing_id = ? AND removed_ms IS NULL", hearing_id, page,
                            error);
}

GPtrArray *heard_commitment_rows_list_of_case(HeardStore *store, const char *case_id,
                                              const HeardPage *page, GError **error)
{
    return list_commitments(store, "case_id = ? AND removed_ms IS NULL", case_id, page, error);
}

bool heard_commitment_rows_move(HeardStore *store, const HeardCommitmentRow *from,
                                const char *state, const char *evidence, int64_t wall_ms,
                                GError **error)
{
    return heard_row_move(store,
                          "UPDATE commitment SET state = $1, evidence = $2, changed_ms = $3 "
                          "WHERE id = $4 AND state = $5 AND removed_ms IS NULL",
                          HEARD_VALUES(HEARD_TEXT(state), HEARD_TEXT(evidence), HEARD_INT(wall_ms),
                                       HEARD_TEXT(from->id), HEARD_TEXT(from->state)),
                          error);
}

bool heard_commitment_rows_remove(HeardStore *store, const char *id, int64_t wall_ms,
                                  GError **error)
{
    return heard_row_move(
        store, "UPDATE commitment SET removed_ms = $1 WHERE id = $2 AND removed_ms IS NULL",
        HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(id)), error);
}
