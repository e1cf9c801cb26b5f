/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Decisions that a recording is kept for ever, and how they end. Who may decide, ask and end is
 * server/hearing/keeping.h's question; the engine refuses what must never be
 * (migrations/0011_keep_decision.sqlite.sql).
 *
 * Rows, ownership, threads: row.h.
 * Errors   A change of a row that is no longer in the state it starts from: HEARD_ERROR_CONFLICT.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *recording_id;
    const char *reason, *decided_by;
    int64_t decided_ms;
    const char *end_reason, *end_asked_by; /* NULL: nobody asks for its end */
    int64_t end_asked_ms;
    const char *ended_by; /* another person than who asked */
    int64_t ended_ms;
} HeardKeepDecisionRow;

bool heard_keep_decision_rows_insert(HeardStore *store, const HeardKeepDecisionRow *row,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The one that stands. NULL with HEARD_ERROR_NOT_FOUND. */
HeardKeepDecisionRow *heard_keep_decision_rows_get_open(HeardStore *store, const char *recording_id,
                                                        GError **error);
/* Ask for its end; account_id and reason NULL: nobody asks any more. */
bool heard_keep_decision_rows_ask_end(HeardStore *store, const char *id, const char *account_id,
                                      const char *reason, int64_t wall_ms,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_keep_decision_rows_end(HeardStore *store, const char *id, const char *account_id,
                                  int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
