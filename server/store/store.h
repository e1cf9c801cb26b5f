/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One door to the database: open, transaction, statement, column.
 *
 * SQL lives in server/store only and keeps to what SQLite and PostgreSQL both take: $1
 * parameters, INSERT … ON CONFLICT, RETURNING, ids as text, times as BIGINT milliseconds,
 * JSON as text. An engine is a HeardStoreOps (engine.h); callers never see which one it is.
 *
 * URL        "sqlite:PATH" with a file path, or "sqlite::memory:" for tests.
 * Ownership  new/free. Statements belong to the caller and go before their store.
 * Threads    A store belongs to one thread at a time; open several for readers beside
 *            the writer (WAL: readers never wait).
 * Errors     GError by class: BUSY and LOST give HEARD_ERROR_UNAVAILABLE, UNIQUE and FK
 *            HEARD_ERROR_CONFLICT, FULL HEARD_ERROR_STORAGE_FULL, CORRUPT
 *            HEARD_ERROR_CORRUPT, OTHER HEARD_ERROR_STORAGE. The text names the engine's
 *            complaint, never a value. A failed statement leaves its transaction open:
 *            roll it back.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HeardStore HeardStore;
typedef struct HeardStatement HeardStatement;

typedef enum {
    HEARD_STORE_OK,
    HEARD_STORE_BUSY,   /* another writer, or a serialisation conflict: try again */
    HEARD_STORE_UNIQUE, /* a unique key stands already */
    HEARD_STORE_FK,     /* names a row that does not exist, or is still named */
    HEARD_STORE_LOST,   /* the connection or the file is gone */
    HEARD_STORE_FULL,   /* no space left; what was committed stands */
    HEARD_STORE_CORRUPT,
    HEARD_STORE_OTHER,
} HeardStoreClass;

typedef enum {
    HEARD_STEP_ROW,
    HEARD_STEP_DONE,
    HEARD_STEP_FAILED, /* error is set */
} HeardStep;

HeardStore *heard_store_open(const char *url, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Rolls back what is open. */
void heard_store_free(HeardStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardStore, heard_store_free)

/* "sqlite" or "postgres": for dialect files only. */
const char *heard_store_engine_name(const HeardStore *self);
/* Class of the last failure. */
HeardStoreClass heard_store_last_class(const HeardStore *self);

/* Transactions do not nest: begin within one is a bug. begin takes the write lock. */
bool heard_store_begin(HeardStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A commit that fails has rolled back. */
bool heard_store_commit(HeardStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_store_rollback(HeardStore *self);
bool heard_store_in_transaction(const HeardStore *self);

/* Several statements without parameters or rows: migrations. */
bool heard_store_exec(HeardStore *self, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;

HeardStatement *heard_store_prepare(HeardStore *self, const char *sql,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_statement_free(HeardStatement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardStatement, heard_statement_free)

/* index counts from 1 as $1 does. Texts and blobs are copied. A NULL text binds NULL. */
void heard_statement_bind_int64(HeardStatement *self, unsigned index, int64_t value);
void heard_statement_bind_text(HeardStatement *self, unsigned index, const char *text);
void heard_statement_bind_blob(HeardStatement *self, unsigned index, const void *bytes,
                               size_t size);
void heard_statement_bind_null(HeardStatement *self, unsigned index);

HeardStep heard_statement_step(HeardStatement *self, GError **error);
/* Ready to bind and step again; bindings are cleared. */
void heard_statement_reset(HeardStatement *self);

/* column counts from 0. Pointers hold until the next step. NULL gives 0 or a NULL pointer. */
bool heard_statement_col_is_null(HeardStatement *self, unsigned column);
int64_t heard_statement_col_int64(HeardStatement *self, unsigned column);
const char *heard_statement_col_text(HeardStatement *self, unsigned column);
const void *heard_statement_col_blob(HeardStatement *self, unsigned column, size_t *ret_size);

/* Rows changed by the last INSERT, UPDATE or DELETE that was stepped to its end. */
int64_t heard_store_changed_count(const HeardStore *self);

/* Readiness for /readyz: one read and one look at the file. */
bool heard_store_check(HeardStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
