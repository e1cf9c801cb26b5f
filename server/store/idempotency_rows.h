/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Answers to writes that carried an Idempotency-Key: asked again, the same answer comes and
 * nothing is done twice.
 *
 * Rows, ownership, threads: row.h.
 * Errors   begin: HEARD_ERROR_CONFLICT when the key came before with another request, or
 *          when the first one has not been answered yet.
 */

#include "server/store/row.h"

enum { HEARD_IDEMPOTENCY_KEEP_MS = 24 * 3600 * 1000 };

typedef struct {
    const char *scope; /* whose key: account or participant id */
    const char *key;
    const char *request_hash; /* of method, path and body */
    int64_t status;           /* HTTP; 0: not answered yet */
    const char *answer;       /* JSON */
    int64_t created_ms;
} HeardIdempotencyRow;

/* NULL without error: the key is new and now taken; do the work, then finish. Otherwise the
 * row to answer with. */
HeardIdempotencyRow *heard_idempotency_rows_begin(HeardStore *store, const char *scope,
                                                  const char *key, const char *request_hash,
                                                  int64_t wall_ms, GError **error);
bool heard_idempotency_rows_finish(HeardStore *store, const char *scope, const char *key,
                                   int64_t status, const char *answer,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The work failed before it changed anything: the key is free again. */
bool heard_idempotency_rows_forget(HeardStore *store, const char *scope, const char *key,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_idempotency_rows_sweep(HeardStore *store, int64_t wall_ms, int64_t *ret_count,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
