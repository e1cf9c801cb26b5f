/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/idempotency_rows.h"

#include "server/base/error.h"

#include <string.h>

static const HeardColumn idempotency_columns[] = {
    HEARD_COLUMN(HeardIdempotencyRow, TEXT, scope),
    HEARD_COLUMN(HeardIdempotencyRow, TEXT, key),
    HEARD_COLUMN(HeardIdempotencyRow, TEXT, request_hash),
    HEARD_COLUMN(HeardIdempotencyRow, INT, status),
    HEARD_COLUMN(HeardIdempotencyRow, TEXT, answer),
    HEARD_COLUMN(HeardIdempotencyRow, INT, created_ms),
};
static const HeardTable idempotency_table =
    HEARD_TABLE("idempotency", "idempotency key", HeardIdempotencyRow, idempotency_columns);

static bool take_key(HeardStore *store, const char *scope, const char *key,
                     const char *request_hash, int64_t wall_ms, bool *ret_taken, GError **error)
{
    int64_t changed = 0;

    /* A key past its time is free for another request. */
    if (!heard_row_run(store,
                       "INSERT INTO idempotency (scope, key, request_hash, status, created_ms) "
                       "VALUES ($1, $2, $3, 0, $4) ON CONFLICT (scope, key) DO UPDATE SET "
                       "request_hash = excluded.request_hash, status = 0, answer = NULL, "
                       "created_ms = excluded.created_ms WHERE idempotency.created_ms < $5",
                       HEARD_VALUES(HEARD_TEXT(scope), HEARD_TEXT(key), HEARD_TEXT(request_hash),
                                    HEARD_INT(wall_ms),
                                    HEARD_INT(wall_ms - HEARD_IDEMPOTENCY_KEEP_MS)),
                       &changed, error))
        return false;
    *ret_taken = changed > 0;
    return true;
}

HeardIdempotencyRow *heard_idempotency_rows_begin(HeardStore *store, const char *scope,
                                                  const char *key, const char *request_hash,
                                                  int64_t wall_ms, GError **error)
{
    g_autofree HeardIdempotencyRow *row = NULL;
    bool taken = false;

    if (!*key || strlen(key) > 128) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                    "Idempotency-Key: 1 to 128 characters");
        return NULL;
    }
    if (!take_key(store, scope, key, request_hash, wall_ms, &taken, error) || taken)
        return NULL;
    row = heard_row_get(store, &idempotency_table, "WHERE scope = $1 AND key = $2",
                        HEARD_VALUES(HEARD_TEXT(scope), HEARD_TEXT(key)), error);
    if (!row)
        return NULL;
    if (strcmp(row->request_hash, request_hash) != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT,
                    "Idempotency-Key: came before with another request");
        return NULL;
    }
    if (row->status == 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT,
                    "Idempotency-Key: the first request is not answered yet");
        return NULL;
    }
    return g_steal_pointer(&row);
}

bool heard_idempotency_rows_finish(HeardStore *store, const char *scope, const char *key,
                                   int64_t status, const char *answer, GError **error)
{
    return heard_row_change(
        store, "idempotency key",
        "UPDATE idempotency SET status = $1, answer = $2 WHERE scope = $3 AND key = $4",
        HEARD_VALUES(HEARD_INT(status), HEARD_TEXT(answer), HEARD_TEXT(scope), HEARD_TEXT(key)),
        error);
}

bool heard_idempotency_rows_forget(HeardStore *store, const char *scope, const char *key,
                                   GError **error)
{
    return heard_row_run(store,
                         "DELETE FROM idempotency WHERE scope = $1 AND key = $2 AND status = 0",
                         HEARD_VALUES(HEARD_TEXT(scope), HEARD_TEXT(key)), NULL, error);
}

bool heard_idempotency_rows_sweep(HeardStore *store, int64_t wall_ms, int64_t *ret_count,
                                  GError **error)
{
    return heard_row_run(store, "DELETE FROM idempotency WHERE created_ms < $1",
                         HEARD_VALUES(HEARD_INT(wall_ms - HEARD_IDEMPOTENCY_KEEP_MS)), ret_count,
                         error);
}
