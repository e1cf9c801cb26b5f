/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Documents of a hearing, and each sending of one. A row is there before the files are ("making"),
 * so that its number stands on them; one that a crash cut off keeps its number for ever.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

enum { HEARD_DOCUMENTS_A_HEARING_MAX = 200, HEARD_SENDINGS_A_HEARING_MAX = 200 };

typedef struct {
    const char *id, *hearing_id;
    const char *kind;           /* server/hearing/case_document.h */
    const char *participant_id; /* whose it is; NULL: the hearing's */
    const char *language;       /* zh, en */
    int64_t number, version;
    const char *document_no; /* hearing number + "-D02-1" */
    const char *template_sha256;
    const char *state;      /* making, made */
    const char *made_by_id; /* account or participant */
    const char *made_by;    /* as called then */
    int64_t created_ms;
    const char *pdf_sha256;
    int64_t pdf_size;
    const char *html_sha256;
    int64_t html_size;
    const char *json_sha256;
    int64_t json_size;
    const char *signing_id;  /* whose signatures it carries; NULL: none */
    const char *text_sha256; /* of what somebody reads who signs it; NULL: made before there was */
} HeardDocumentRow;

/* The number of kind, participant and language, or the next one; the version after the last.
 * HEARD_ERROR_TOO_MANY. In a transaction with insert. */
bool heard_document_rows_next(HeardStore *store, const HeardDocumentRow *row, int64_t *ret_number,
                              int64_t *ret_version, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_document_rows_insert(HeardStore *store, const HeardDocumentRow *row,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Its files are there: hashes and sizes of the row. HEARD_ERROR_CONFLICT when it was made. */
bool heard_document_rows_made(HeardStore *store, const HeardDocumentRow *row,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Only such as were made. */
HeardDocumentRow *heard_document_rows_get(HeardStore *store, const char *id, GError **error);
/* Those that were made, oldest first; all of a hearing. */
GPtrArray *heard_document_rows_list(HeardStore *store, const char *hearing_id, GError **error);

typedef struct {
    const char *id, *document_id, *hearing_id;
    const char *participant_id, *name, *role;
    const char *channel; /* web */
    const char *sent_by_id;
    int64_t sent_ms;
    int64_t delivered_ms; /* the personal link was opened */
    int64_t read_ms;      /* the document was */
    int64_t confirmed_ms; /* "I have it" */
} HeardSendingRow;

/* HEARD_ERROR_CONFLICT: it was sent there already; HEARD_ERROR_TOO_MANY. */
bool heard_sending_rows_insert(HeardStore *store, const HeardSendingRow *row,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of a hearing, oldest first. */
GPtrArray *heard_sending_rows_list(HeardStore *store, const char *hearing_id, GError **error);
/* All that was sent to him has come; the first time stays. */
bool heard_sending_rows_delivered(HeardStore *store, const char *participant_id, int64_t wall_ms,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* He opened it, which delivers it too. */
bool heard_sending_rows_read(HeardStore *store, const char *document_id, const char *participant_id,
                             int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* HEARD_ERROR_NOT_FOUND when it was never sent to him. */
bool heard_sending_rows_confirmed(HeardStore *store, const char *document_id,
                                  const char *participant_id, int64_t wall_ms,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
