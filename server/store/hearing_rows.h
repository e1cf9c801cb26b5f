/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Hearings: what is planned, where it stands, when it really began and ended.
 *
 * Rows, ownership, threads: row.h. kind, state, phase: wire names of server/hearing.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *hearing_no;
    const char *kind, *sub_kind; /* reception, joint_reception, … */
    const char *mode;            /* online, hybrid, on_site */
    const char *state, *phase;
    const char *title;
    const char *case_id;
    const char *organiser_unit_id;
    int64_t planned_start_ms, planned_end_ms; /* start is never 0 */
    int64_t actual_start_ms, actual_end_ms;
    const char *publicity; /* open, invited, closed */
    const char *recording_policy;
    const char *procedure_profile;
    const char *language;
    int64_t max_observers;
    const char *prior_hearing_id;
    const char *close_reason;
    int64_t created_ms;
} HeardHearingRow;

typedef struct {
    const char *case_id;
    const char *state;
    const char *subtree_path; /* organised by a unit of this subtree */
    const char *account_id;   /* has a seat */
    const char *unit_id;      /* has a seat for this unit */
    int64_t from_ms, to_ms;   /* planned start in [from, to); 0: open */
} HeardHearingFilter;

bool heard_hearing_rows_insert(HeardStore *store, const HeardHearingRow *row,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* HEARD_ERROR_UNKNOWN_HEARING when there is none. */
HeardHearingRow *heard_hearing_rows_get(HeardStore *store, const char *id, GError **error);
HeardHearingRow *heard_hearing_rows_get_by_no(HeardStore *store, const char *hearing_no,
                                              GError **error);
/* By planned start. */
GPtrArray *heard_hearing_rows_list(HeardStore *store, const HeardHearingFilter *filter,
                                   bool newest_first, const HeardPage *page, GError **error);
/* ready, live, recessed, suspended, closing: what a restart has to bring back. */
GPtrArray *heard_hearing_rows_list_open(HeardStore *store, const HeardPage *page, GError **error);
bool heard_hearing_rows_set_state(HeardStore *store, const char *id, const char *state,
                                  const char *phase, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The first start stays; a later call changes nothing. */
bool heard_hearing_rows_set_started(HeardStore *store, const char *id, int64_t wall_ms,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_hearing_rows_set_ended(HeardStore *store, const char *id, int64_t wall_ms,
                                  const char *close_reason,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_hearing_rows_set_plan(HeardStore *store, const char *id, int64_t start_ms,
                                 int64_t end_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Phase changes, oldest first. */
typedef struct {
    const char *id, *hearing_id;
    const char *from_phase, *to_phase;
    int64_t at_ms;
    const char *by_id; /* account or participant */
    const char *note;
} HeardPhaseEventRow;

bool heard_phase_event_rows_insert(HeardStore *store, const HeardPhaseEventRow *row,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *heard_phase_event_rows_list(HeardStore *store, const char *hearing_id,
                                       const HeardPage *page, GError **error);
