/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/store.h"

#include "server/base/error.h"
#include "server/store/engine.h"

#include <stdarg.h>
#include <string.h>

static const HeardStoreOps *const engines[] = {&heard_store_sqlite_ops};

static HeardError error_of_class(HeardStoreClass failure)
{
    switch (failure) {
    case HEARD_STORE_OK:
        return HEARD_ERROR_INTERNAL;
    case HEARD_STORE_BUSY:
    case HEARD_STORE_LOST:
        return HEARD_ERROR_UNAVAILABLE;
    case HEARD_STORE_UNIQUE:
    case HEARD_STORE_FK:
        return HEARD_ERROR_CONFLICT;
    case HEARD_STORE_FULL:
        return HEARD_ERROR_STORAGE_FULL;
    case HEARD_STORE_CORRUPT:
        return HEARD_ERROR_CORRUPT;
    case HEARD_STORE_OTHER:
        return HEARD_ERROR_STORAGE;
    }
    return HEARD_ERROR_INTERNAL;
}

bool heard_store_fail(HeardStore *self, HeardStoreClass failure, GError **error, const char *format,
                      ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    self->last_class = failure;
    g_set_error_literal(error, HEARD_ERROR, (int)error_of_class(failure), text);
    return false;
}

HeardStore *heard_store_open(const char *url, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(engines); i++) {
        const HeardStoreOps *ops = engines[i];
        HeardStore *self;

        if (!g_str_has_prefix(url, ops->scheme))
            continue;
        self = ops->open(url + strlen(ops->scheme), error);
        if (self)
            self->ops = ops;
        return self;
    }
    /* A PostgreSQL URL may hold a password: the text does not repeat it. */
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                "database: no engine for this URL; this build knows sqlite:PATH");
    return NULL;
}

void heard_store_free(HeardStore *self)
{
    if (!self)
        return;
    g_assert(self->statement_count == 0);
    heard_store_rollback(self);
    self->ops->close(self);
}

const char *heard_store_engine_name(const HeardStore *self)
{
    return self->ops->name;
}

HeardStoreClass heard_store_last_class(const HeardStore *self)
{
    return self->last_class;
}

bool heard_store_begin(HeardStore *self, GError **error)
{
    g_assert(!self->in_transaction);
    if (!self->ops->begin(self, error))
        return false;
    self->in_transaction = true;
    return true;
}

bool heard_store_commit(HeardStore *self, GError **error)
{
    g_assert(self->in_transaction);
    if (!self->ops->commit(self, error)) {
        heard_store_rollback(self);
        return false;
    }
    self->in_transaction = false;
    return true;
}

void heard_store_rollback(HeardStore *self)
{
    HeardStoreClass kept = self->last_class;
    g_autoptr(GError) ignored = NULL;

    if (!self->in_transaction)
        return;
    /* A rollback that cannot be sent has happened: the engine drops what is open. */
    if (!self->ops->rollback(self, &ignored))
        kept = self->last_class;
    self->last_class = kept;
    self->in_transaction = false;
}

bool heard_store_in_transaction(const HeardStore *self)
{
    return self->in_transaction;
}

bool heard_store_exec(HeardStore *self, const char *sql, GError **error)
{
    return self->ops->exec(self, sql, error);
}

int64_t heard_store_changed_count(const HeardStore *self)
{
    return self->ops->changed_count(self);
}

bool heard_store_check(HeardStore *self, GError **error)
{
    return self->ops->check(self, error);
}

HeardStatement *heard_store_prepare(HeardStore *self, const char *sql, GError **error)
{
    HeardStatement *statement = self->ops->prepare(self, sql, error);

    if (statement) {
        statement->store = self;
        self->statement_count++;
    }
    return statement;
}

void heard_statement_free(HeardStatement *self)
{
    if (!self)
        return;
    self->store->statement_count--;
    self->store->ops->finish(self);
}

void heard_statement_bind_int64(HeardStatement *self, unsigned index, int64_t value)
{
    self->store->ops->bind_int64(self, index, value);
}

void heard_statement_bind_text(HeardStatement *self, unsigned index, const char *text)
{
    if (text)
        self->store->ops->bind_text(self, index, text);
    else
        self->store->ops->bind_null(self, index);
}

void heard_statement_bind_blob(HeardStatement *self, unsigned index, const void *bytes, size_t size)
{
    if (bytes)
        self->store->ops->bind_blob(self, index, bytes, size);
    else
        self->store->ops->bind_null(self, index);
}

void heard_statement_bind_null(HeardStatement *self, unsigned index)
{
    self->store->ops->bind_null(self, index);
}

HeardStep heard_statement_step(HeardStatement *self, GError **error)
{
    return self->store->ops->step(self, error);
}

void heard_statement_reset(HeardStatement *self)
{
    self->store->ops->reset(self);
}

bool heard_statement_col_is_null(HeardStatement *self, unsigned column)
{
    return self->store->ops->col_is_null(self, column);
}

int64_t heard_statement_col_int64(HeardStatement *self, unsigned column)
{
    return self->store->ops->col_int64(self, column);
}

const char *heard_statement_col_text(HeardStatement *self, unsigned column)
{
    return self->store->ops->col_text(self, column);
}

const void *heard_statement_col_blob(HeardStatement *self, unsigned column, size_t *ret_size)
{
    return self->store->ops->col_blob(self, column, ret_size);
}
