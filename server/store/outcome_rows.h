/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a hearing came to: an outcome per case item, and what somebody promised by when.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *hearing_id, *case_id;
    const char *item;   /* what was asked for */
    const char *result; /* explained, supported, partly_supported, … */
    const char *note;
    const char *by_id;
    int64_t at_ms;
} HeardOutcomeRow;

bool heard_outcome_rows_insert(HeardStore *store, const HeardOutcomeRow *row,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *heard_outcome_rows_list(HeardStore *store, const char *hearing_id, const HeardPage *page,
                                   GError **error);

typedef struct {
    const char *id, *hearing_id, *case_id;
    const char *text;
    const char *owner_unit_id;
    int64_t due_at_ms;
    const char *state; /* as kept: server/hearing/commitment.h says what is late by now */
    const char *evidence;
    int64_t created_ms;
    const char *kind;     /* commitment, task */
    const char *named_by; /* participant or account */
    int64_t changed_ms;
    int64_t removed_ms; /* was taken away before the end; lists leave it out */
} HeardCommitmentRow;

bool heard_commitment_rows_insert(HeardStore *store, const HeardCommitmentRow *row,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardCommitmentRow *heard_commitment_rows_get(HeardStore *store, const char *id, GError **error);
GPtrArray *heard_commitment_rows_list_of_hearing(HeardStore *store, const char *hearing_id,
                                                 const HeardPage *page, GError **error);
GPtrArray *heard_commitment_rows_list_of_case(HeardStore *store, const char *case_id,
                                              const HeardPage *page, GError **error);
/* Moves it on from the state that it is kept in: HEARD_ERROR_CONFLICT when it is another by now. */
bool heard_commitment_rows_move(HeardStore *store, const HeardCommitmentRow *from,
                                const char *state, const char *evidence, int64_t wall_ms,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_commitment_rows_remove(HeardStore *store, const char *id, int64_t wall_ms,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
