/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Bring a database to this program's schema, forward only.
 *
 * migrations/NNNN_name.sql holds what both engines take; NNNN_name.sqlite.sql (later
 * .postgres.sql) what only that engine takes, run after it. meson embeds them. A table
 * keeps version, name and SHA-256 of each step that was run; a step is one transaction.
 *
 * Errors   HEARD_ERROR_CONFIG: the database is newer than this program, or a step that
 *          was run is no longer the one this program knows. Nothing is changed then.
 * Threads  The store's thread, before anybody else uses the database.
 */

#include "server/store/store.h"

typedef struct {
    unsigned version; /* 1, 2, 3 … without a hole */
    const char *name;
    const char *common; /* SQL of both engines */
    const char *sqlite; /* dialect parts; "" when there is none */
    const char *postgres;
} HeardMigration;

/* The embedded steps (made at build). */
extern const HeardMigration heard_migrations[];
extern const unsigned heard_migration_count;

/* ret_applied (may be NULL): how many steps were run now. */
bool heard_migrate(HeardStore *store, unsigned *ret_applied,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same with steps of the caller: for tests. */
bool heard_migrate_with(HeardStore *store, const HeardMigration *steps, unsigned count,
                        unsigned *ret_applied, GError **error) G_GNUC_WARN_UNUSED_RESULT;
