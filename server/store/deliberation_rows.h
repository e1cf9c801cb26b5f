/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a panel's deliberation leaves beside its votes (ballot_rows.h): the opinion in its versions,
 * who confirmed which of them, dissent, the sealed record and its release.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

typedef struct {
    const char *hearing_id;
    int64_t ballot_count;
    int64_t opinion_version; /* 0: none was written */
    int64_t created_ms;
    int64_t sealed_ms; /* 0: not sealed */
    const char *sealed_by, *seal_note;
    const char *record; /* JSON; what sha256 is of, byte by byte */
    const char *sha256;
    int64_t released_ms;
    const char *released_by;
} HeardDeliberationRow;

/* NULL without an error: there is none. */
HeardDeliberationRow *heard_deliberation_rows_get(HeardStore *store, const char *hearing_id,
                                                  GError **error);
bool heard_deliberation_rows_make(HeardStore *store, const char *hearing_id, int64_t wall_ms,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Both: HEARD_ERROR_CONFLICT when that was done already. */
bool heard_deliberation_rows_seal(HeardStore *store, const HeardDeliberationRow *row,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_deliberation_rows_release(HeardStore *store, const char *hearing_id, const char *by_id,
                                     int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    const char *hearing_id;
    int64_t version;
    const char *text;
    const char *author_id;
    int64_t at_ms;
} HeardOpinionRow;

/* The version after row->version, which it sets; HEARD_ERROR_CONFLICT when another one came first.
 * Call it in a transaction. */
bool heard_opinion_rows_add(HeardStore *store, HeardOpinionRow *row,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The newest. NULL without an error: none. */
HeardOpinionRow *heard_opinion_rows_get(HeardStore *store, const char *hearing_id, GError **error);

typedef struct {
    const char *hearing_id;
    int64_t version; /* of the opinion */
    const char *participant_id;
    int64_t at_ms;
} HeardConfirmationRow;

/* Twice is once. */
bool heard_confirmation_rows_add(HeardStore *store, const HeardConfirmationRow *row,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *heard_confirmation_rows_list(HeardStore *store, const char *hearing_id, int64_t version,
                                        GError **error);

typedef struct {
    const char *hearing_id, *participant_id;
    const char *name, *text; /* "": taken back */
    int64_t at_ms;
} HeardDissentRow;

/* In the place of that person's earlier one. */
bool heard_dissent_rows_put(HeardStore *store, const HeardDissentRow *row,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those with a text. */
GPtrArray *heard_dissent_rows_list(HeardStore *store, const char *hearing_id, GError **error);
