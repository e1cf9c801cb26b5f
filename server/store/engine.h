/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What an engine (sqlite.c, later postgres.c) brings. Used by store.c and engines only.
 *
 * An engine embeds HeardStore and HeardStatement first in its own structs. store.c checks
 * the calling order; an engine translates and reports failures by heard_store_fail().
 *
 * Threads  As store.h.
 */

#include "server/store/store.h"

typedef struct {
    const char *name;   /* "sqlite" */
    const char *scheme; /* what a URL begins with: "sqlite:" */
    HeardStore *(*open)(const char *rest, GError **error);
    void (*close)(HeardStore *self);
    bool (*begin)(HeardStore *self, GError **error);
    bool (*commit)(HeardStore *self, GError **error);
    bool (*rollback)(HeardStore *self, GError **error);
    bool (*exec)(HeardStore *self, const char *sql, GError **error);
    int64_t (*changed_count)(const HeardStore *self);
    bool (*check)(HeardStore *self, GError **error);

    HeardStatement *(*prepare)(HeardStore *self, const char *sql, GError **error);
    void (*finish)(HeardStatement *self);
    void (*bind_int64)(HeardStatement *self, unsigned index, int64_t value);
    void (*bind_text)(HeardStatement *self, unsigned index, const char *text);
    void (*bind_blob)(HeardStatement *self, unsigned index, const void *bytes, size_t size);
    void (*bind_null)(HeardStatement *self, unsigned index);
    HeardStep (*step)(HeardStatement *self, GError **error);
    void (*reset)(HeardStatement *self);
    bool (*col_is_null)(HeardStatement *self, unsigned column);
    int64_t (*col_int64)(HeardStatement *self, unsigned column);
    const char *(*col_text)(HeardStatement *self, unsigned column);
    const void *(*col_blob)(HeardStatement *self, unsigned column, size_t *ret_size);
} HeardStoreOps;

struct HeardStore {
    const HeardStoreOps *ops;
    HeardStoreClass last_class;
    bool in_transaction;
    unsigned statement_count; /* prepared and not yet freed */
};

struct HeardStatement {
    HeardStore *store;
};

/* Remembers the class and sets the error of that class. Always false. */
bool heard_store_fail(HeardStore *self, HeardStoreClass failure, GError **error, const char *format,
                      ...) G_GNUC_PRINTF(4, 5);

extern const HeardStoreOps heard_store_sqlite_ops;
