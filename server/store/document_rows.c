/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/document_rows.h"

#include "server/base/error.h"

static const HeardColumn columns[] = {
    HEARD_COLUMN(HeardDocumentRow, TEXT, id),
    HEARD_COLUMN(HeardDocumentRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardDocumentRow, TEXT, kind),
    HEARD_COLUMN(HeardDocumentRow, TEXT, participant_id),
    HEARD_COLUMN(HeardDocumentRow, TEXT, language),
    HEARD_COLUMN(HeardDocumentRow, INT, number),
    HEARD_COLUMN(HeardDocumentRow, INT, version),
    HEARD_COLUMN(HeardDocumentRow, TEXT, document_no),
    HEARD_COLUMN(HeardDocumentRow, TEXT, template_sha256),
    HEARD_COLUMN(HeardDocumentRow, TEXT, state),
    HEARD_COLUMN(HeardDocumentRow, TEXT, made_by_id),
    HEARD_COLUMN(HeardDocumentRow, TEXT, made_by),
    HEARD_COLUMN(HeardDocumentRow, INT, created_ms),
    HEARD_COLUMN(HeardDocumentRow, TEXT, pdf_sha256),
    HEARD_COLUMN(HeardDocumentRow, INT, pdf_size),
    HEARD_COLUMN(HeardDocumentRow, TEXT, html_sha256),
    HEARD_COLUMN(HeardDocumentRow, INT, html_size),
    HEARD_COLUMN(HeardDocumentRow, TEXT, json_sha256),
    HEARD_COLUMN(HeardDocumentRow, INT, json_size),
    HEARD_COLUMN(HeardDocumentRow, TEXT, signing_id),
    HEARD_COLUMN(HeardDocumentRow, TEXT, text_sha256),
};
static const HeardTable table = HEARD_TABLE("document", "document", HeardDocumentRow, columns);

static const HeardColumn sending_columns[] = {
    HEARD_COLUMN(HeardSendingRow, TEXT, id),
    HEARD_COLUMN(HeardSendingRow, TEXT, document_id),
    HEARD_COLUMN(HeardSendingRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardSendingRow, TEXT, participant_id),
    HEARD_COLUMN(HeardSendingRow, TEXT, name),
    HEARD_COLUMN(HeardSendingRow, TEXT, role),
    HEARD_COLUMN(HeardSendingRow, TEXT, channel),
    HEARD_COLUMN(HeardSendingRow, TEXT, sent_by_id),
    HEARD_COLUMN(HeardSendingRow, INT, sent_ms),
    HEARD_COLUMN(HeardSendingRow, TIME, delivered_ms),
    HEARD_COLUMN(HeardSendingRow, TIME, read_ms),
    HEARD_COLUMN(HeardSendingRow, TIME, confirmed_ms),
};
static const HeardTable sending_table =
    HEARD_TABLE("document_sending", "sending", HeardSendingRow, sending_columns);

static bool has_room(HeardStore *store, const char *sql, const char *hearing_id, int64_t max,
                     GError **error)
{
    int64_t count = 0;

    if (!heard_row_number(store, sql, HEARD_VALUES(HEARD_TEXT(hearing_id)), &count, error))
        return false;
    if (count < max)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_MANY, "the hearing has as many as it may");
    return false;
}

bool heard_document_rows_next(HeardStore *store, const HeardDocumentRow *row, int64_t *ret_number,
                              int64_t *ret_version, GError **error)
{
    if (!has_room(store, "SELECT count(*) FROM document WHERE hearing_id = $1", row->hearing_id,
                  HEARD_DOCUMENTS_A_HEARING_MAX, error) ||
        !heard_row_number(store,
                          "SELECT coalesce((SELECT min(number) FROM document WHERE hearing_id = $1 "
                          "AND kind = $2 AND coalesce(participant_id, '') = $3 AND language = $4), "
                          "(SELECT coalesce(max(number), 0) + 1 FROM document "
                          "WHERE hearing_id = $1))",
                          HEARD_VALUES(HEARD_TEXT(row->hearing_id), HEARD_TEXT(row->kind),
                                       HEARD_TEXT(row->participant_id ? row->participant_id : ""),
                                       HEARD_TEXT(row->language)),
                          ret_number, error))
        return false;
    return heard_row_number(store,
                            "SELECT coalesce(max(version), 0) + 1 FROM document "
                            "WHERE hearing_id = $1 AND number = $2",
                            HEARD_VALUES(HEARD_TEXT(row->hearing_id), HEARD_INT(*ret_number)),
                            ret_version, error);
}

bool heard_document_rows_insert(HeardStore *store, const HeardDocumentRow *row, GError **error)
{
    return heard_row_insert(store, &table, row, error);
}

bool heard_document_rows_made(HeardStore *store, const HeardDocumentRow *row, GError **error)
{
    return heard_row_move(store,
                          "UPDATE document SET state = 'made', pdf_sha256 = $1, pdf_size = $2, "
                          "html_sha256 = $3, html_size = $4, json_sha256 = $5, json_size = $6, "
                          "text_sha256 = $7 WHERE id = $8 AND state = 'making'",
                          HEARD_VALUES(HEARD_TEXT(row->pdf_sha256), HEARD_INT(row->pdf_size),
                                       HEARD_TEXT(row->html_sha256), HEARD_INT(row->html_size),
                                       HEARD_TEXT(row->json_sha256), HEARD_INT(row->json_size),
                                       HEARD_TEXT(row->text_sha256), HEARD_TEXT(row->id)),
                          error);
}

HeardDocumentRow *heard_document_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &table, "WHERE id = $1 AND state = 'made'",
                         HEARD_VALUES(HEARD_TEXT(id)), error);
}

GPtrArray *heard_document_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    return heard_row_list(store, &table, "WHERE hearing_id = $1 AND state = 'made' ORDER BY id",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}

bool heard_sending_rows_insert(HeardStore *store, const HeardSendingRow *row, GError **error)
{
    return has_room(store, "SELECT count(*) FROM document_sending WHERE hearing_id = $1",
                    row->hearing_id, HEARD_SENDINGS_A_HEARING_MAX, error) &&
           heard_row_insert(store, &sending_table, row, error);
}

GPtrArray *heard_sending_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    return heard_row_list(store, &sending_table, "WHERE hearing_id = $1 ORDER BY id",
                          HEARD_VALUES(HEARD_TEXT(hearing_id)), error);
}

bool heard_sending_rows_delivered(HeardStore *store, const char *participant_id, int64_t wall_ms,
                                  GError **error)
{
    return heard_row_run(store,
                         "UPDATE document_sending SET delivered_ms = $1 "
                         "WHERE participant_id = $2 AND delivered_ms IS NULL",
                         HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(participant_id)), NULL, error);
}

bool heard_sending_rows_read(HeardStore *store, const char *document_id, const char *participant_id,
                             int64_t wall_ms, GError **error)
{
    return heard_row_run(
        store,
        "UPDATE document_sending SET read_ms = coalesce(read_ms, $1), "
        "delivered_ms = coalesce(delivered_ms, $1) "
        "WHERE document_id = $2 AND participant_id = $3 AND read_ms IS NULL",
        HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(document_id), HEARD_TEXT(participant_id)), NULL,
        error);
}

bool heard_sending_rows_confirmed(HeardStore *store, const char *document_id,
                                  const char *participant_id, int64_t wall_ms, GError **error)
{
    return heard_row_change(
        store, "sending",
        "UPDATE document_sending SET "
        "confirmed_ms = coalesce(confirmed_ms, $1), "
        "read_ms = coalesce(read_ms, $1), "
        "delivered_ms = coalesce(delivered_ms, $1) "
        "WHERE document_id = $2 AND participant_id = $3",
        HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(document_id), HEARD_TEXT(participant_id)),
        error);
}
