/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/signature_rows.h"

static const HeardColumn signing_columns[] = {
    HEARD_COLUMN(HeardSigningRow, TEXT, id),
    HEARD_COLUMN(HeardSigningRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardSigningRow, TEXT, subject_kind),
    HEARD_COLUMN(HeardSigningRow, TEXT, subject_id),
    HEARD_COLUMN(HeardSigningRow, INT, version),
    HEARD_COLUMN(HeardSigningRow, TEXT, title),
    HEARD_COLUMN(HeardSigningRow, TEXT, text),
    HEARD_COLUMN(HeardSigningRow, TEXT, sha256),
    HEARD_COLUMN(HeardSigningRow, TEXT, state),
    HEARD_COLUMN(HeardSigningRow, TEXT, opened_by),
    HEARD_COLUMN(HeardSigningRow, INT, opened_ms),
    HEARD_COLUMN(HeardSigningRow, TIME, ended_ms),
};
static const HeardTable signing_table =
    HEARD_TABLE("signing", "signing", HeardSigningRow, signing_columns);

static const HeardColumn signature_columns[] = {
    HEARD_COLUMN(HeardSignatureRow, TEXT, id),
    HEARD_COLUMN(HeardSignatureRow, TEXT, signing_id),
    HEARD_COLUMN(HeardSignatureRow, TEXT, participant_id),
    HEARD_COLUMN(HeardSignatureRow, TEXT, role),
    HEARD_COLUMN(HeardSignatureRow, TEXT, name),
    HEARD_COLUMN(HeardSignatureRow, TEXT, state),
    HEARD_COLUMN(HeardSignatureRow, TEXT, method),
    HEARD_COLUMN(HeardSignatureRow, TEXT, strength),
    HEARD_COLUMN(HeardSignatureRow, TEXT, evidence),
    HEARD_COLUMN(HeardSignatureRow, TEXT, seal),
    HEARD_COLUMN(HeardSignatureRow, TEXT, reason),
    HEARD_COLUMN(HeardSignatureRow, TEXT, noted_by),
    HEARD_COLUMN(HeardSignatureRow, TEXT, device),
    HEARD_COLUMN(HeardSignatureRow, TIME, at_ms),
    HEARD_COLUMN(HeardSignatureRow, TEXT, code_hash),
    HEARD_COLUMN(HeardSignatureRow, TIME, code_ms),
    HEARD_COLUMN(HeardSignatureRow, INT, code_tries),
    HEARD_COLUMN(HeardSignatureRow, INT, code_count),
};
static const HeardTable signature_table =
    HEARD_TABLE("signature", "signature", HeardSignatureRow, signature_columns);

bool heard_signing_rows_insert(HeardStore *store, const HeardSigningRow *row, GError **error)
{
    return heard_row_insert(store, &signing_table, row, error);
}

HeardSigningRow *heard_signing_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &signing_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)),
                         error);
}

HeardSigningRow *heard_signing_rows_newest(HeardStore *store, const char *subject_kind,
                                           const char *subject_id, GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_row_list(store, &signing_table,
                       "WHERE subject_kind = $1 AND subject_id = $2 ORDER BY version DESC LIMIT 1",
                       HEARD_VALUES(HEARD_TEXT(subject_kind), HEARD_TEXT(subject_id)), error);

    return rows && rows->len > 0 ? g_ptr_array_steal_index(rows, 0) : NULL;
}

GPtrArray *heard_signing_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    return heard_row_list(store, &signing_table, "WHERE hearing_id = $1 ORDER BY id",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}

bool heard_signing_rows_end(HeardStore *store, const char *id, const char *state, int64_t wall_ms,
                            GError **error)
{
    return heard_row_move(
        store, "UPDATE signing SET state = $1, ended_ms = $2 WHERE id = $3 AND state = 'open'",
        HEARD_VALUES(HEARD_TEXT(state), HEARD_INT(wall_ms), HEARD_TEXT(id)), error);
}

bool heard_signature_rows_insert(HeardStore *store, const HeardSignatureRow *row, GError **error)
{
    return heard_row_insert(store, &signature_table, row, error);
}

GPtrArray *heard_signature_rows_list(HeardStore *store, const char *signing_id, GError **error)
{
    return heard_row_list(store, &signature_table, "WHERE signing_id = $1 ORDER BY id",
                          HEARD_VALUES(HEARD_TEXT(signing_id)), error);
}

bool heard_signature_rows_set_code(HeardStore *store, const char *id, const char *code_hash,
                                   int64_t wall_ms, GError **error)
{
    return heard_row_change(store, "signature",
                            "UPDATE signature SET code_hash = $1, code_ms = $2, code_tries = 0, "
                            "code_count = code_count + 1 WHERE id = $3",
                            HEARD_VALUES(HEARD_TEXT(code_hash), HEARD_INT(wall_ms), HEARD_TEXT(id)),
                            error);
}

bool heard_signature_rows_count_try(HeardStore *store, const char *id, GError **error)
{
    return heard_row_change(store, "signature",
                            "UPDATE signature SET code_tries = code_tries + 1 WHERE id = $1",
                            HEARD_VALUES(HEARD_TEXT(id)), error);
}

bool heard_signature_rows_change(HeardStore *store, const HeardSignatureRow *before,
                                 const HeardSignatureRow *after, GError **error)
{
    return heard_row_move(
        store,
        "UPDATE signature SET state = $1, method = $2, strength = $3, evidence = $4, seal = $5, "
        "reason = $6, noted_by = $7, device = $8, at_ms = $9, code_hash = NULL, code_ms = NULL "
        "WHERE id = $10 AND state = $11",
        HEARD_VALUES(HEARD_TEXT(after->state), HEARD_TEXT(after->method),
                     HEARD_TEXT(after->strength), HEARD_TEXT(after->evidence),
                     HEARD_TEXT(after->seal), HEARD_TEXT(after->reason),
                     HEARD_TEXT(after->noted_by), HEARD_TEXT(after->device),
                     HEARD_INT(after->at_ms), HEARD_TEXT(before->id), HEARD_TEXT(before->state)),
        error);
}
