/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Petition matters: the case file that hearings and recordings belong to.
 *
 * Rows, ownership, threads: row.h. The caller takes the number (number_rows.h) first.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *case_no;
    const char *external_id, *source_system;
    const char *nature; /* accusation, claim, suggestion, information */
    const char *subject_code;
    const char *title, *claim, *facts;
    const char *channel;
    const char *confidentiality; /* normal, restricted, accusation */
    const char *state;           /* domain.md 3.7 */
    const char *procedure_profile;
    const char *registered_unit_id, *first_handler_id, *lead_unit_id;
    const char *petitioner_id; /* a person */
    int64_t created_ms, updated_ms;
} HeardCaseRow;

/* Members that are NULL do not narrow the list. */
typedef struct {
    const char *state;
    const char *subtree_path; /* registered with, or led by, a unit of this subtree */
    const char *account_id;   /* has a seat in one of its hearings */
    const char *petitioner_id;
} HeardCaseFilter;

bool heard_case_rows_insert(HeardStore *store, const HeardCaseRow *row,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardCaseRow *heard_case_rows_get(HeardStore *store, const char *id, GError **error);
HeardCaseRow *heard_case_rows_get_by_no(HeardStore *store, const char *case_no, GError **error);
HeardCaseRow *heard_case_rows_get_by_external(HeardStore *store, const char *source_system,
                                              const char *external_id, GError **error);
/* Newest first. */
GPtrArray *heard_case_rows_list(HeardStore *store, const HeardCaseFilter *filter,
                                const HeardPage *page, GError **error);
/* from: the state the caller saw; HEARD_ERROR_CONFLICT when it is another one by now. */
bool heard_case_rows_set_state(HeardStore *store, const char *id, const char *from, const char *to,
                               int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* title, claim, facts, nature, subject_code, confidentiality, lead_unit_id of the row. */
bool heard_case_rows_update(HeardStore *store, const HeardCaseRow *row, int64_t wall_ms,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
