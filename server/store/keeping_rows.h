/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Legal holds on recordings and cases, and orders to destroy a recording. Whether one may be set,
 * lifted, requested or confirmed is server/hearing/keeping.h's question; the engine itself
 * refuses what must never be (migrations/0005_keeping.sqlite.sql).
 *
 * Rows, ownership, threads: row.h.
 * Errors   A change of a row that is no longer in the state it starts from: HEARD_ERROR_CONFLICT.
 */

#include "server/store/row.h"

enum { HEARD_HOLDS_MAX = 50 }; /* that a list shows */

typedef struct {
    const char *id;
    const char *recording_id, *case_id; /* one of them */
    const char *reason, *set_by;
    int64_t set_ms;
    const char *lift_reason, *lifted_by;
    int64_t lifted_ms;
} HeardHoldRow;

bool heard_hold_rows_insert(HeardStore *store, const HeardHoldRow *row,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardHoldRow *heard_hold_rows_get(HeardStore *store, const char *id, GError **error);
/* Those that stand on it, its own and its case's, oldest first; lifted ones with is_all. */
GPtrArray *heard_hold_rows_list(HeardStore *store, const char *recording_id, const char *case_id,
                                bool is_all, GError **error);
bool heard_hold_rows_lift(HeardStore *store, const char *id, const char *account_id,
                          const char *reason, int64_t wall_ms,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    const char *id, *recording_id;
    const char *state; /* requested → withdrawn; requested → confirmed → done */
    const char *reason, *requested_by;
    int64_t requested_ms;
    const char *withdraw_reason, *withdrawn_by;
    int64_t withdrawn_ms;
    const char *confirmed_by;
    int64_t confirmed_ms;
    const char *certificate;
    int64_t done_ms;
} HeardOrderRow;

bool heard_order_rows_insert(HeardStore *store, const HeardOrderRow *row,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The one that was not withdrawn. NULL with HEARD_ERROR_NOT_FOUND. */
HeardOrderRow *heard_order_rows_get_open(HeardStore *store, const char *recording_id,
                                         GError **error);
GPtrArray *heard_order_rows_list(HeardStore *store, const char *state, const HeardPage *page,
                                 GError **error);
bool heard_order_rows_withdraw(HeardStore *store, const char *id, const char *account_id,
                               const char *reason, int64_t wall_ms,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_order_rows_confirm(HeardStore *store, const char *id, const char *account_id,
                              const char *certificate, int64_t wall_ms,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_order_rows_finish(HeardStore *store, const char *id, int64_t wall_ms,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Does a job on this recording wait or run? */
bool heard_keeping_rows_busy(HeardStore *store, const char *recording_id, bool *ret_is_busy,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
