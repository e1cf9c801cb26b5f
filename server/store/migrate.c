/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/migrate.h"

#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/store/row.h"

#include <string.h>

static const char make_ledger[] = "CREATE TABLE IF NOT EXISTS schema_migration ("
                                  "version BIGINT PRIMARY KEY, name TEXT NOT NULL, "
                                  "sha256 TEXT NOT NULL, applied_ms BIGINT NOT NULL)";

static const char *dialect_part(HeardStore *store, const HeardMigration *step)
{
    return strcmp(heard_store_engine_name(store), "postgres") == 0 ? step->postgres : step->sqlite;
}

static char *hash_step(HeardStore *store, const HeardMigration *step)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    /* The NUL between the parts keeps a line that moved from one to the other visible. */
    g_checksum_update(sum, (const guchar *)step->common, (gssize)strlen(step->common) + 1);
    g_checksum_update(sum, (const guchar *)dialect_part(store, step), -1);
    return g_strdup(g_checksum_get_string(sum));
}

static bool refuse(GError **error, const char *format, int64_t version, const char *name)
{
    g_autofree char *text = g_strdup_printf(format, (long long)version, name);

    g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_CONFIG, text);
    return false;
}

/* Every step in the ledger must be one that this program knows, unaltered and in order. */
static bool check_ledger(HeardStore *store, const HeardMigration *steps, unsigned count,
                         unsigned *ret_done, GError **error)
{
    g_autoptr(HeardStatement) read = heard_store_prepare(
        store, "SELECT version, name, sha256 FROM schema_migration ORDER BY version", error);
    unsigned done = 0;
    HeardStep step;

    if (!read)
        return false;
    while ((step = heard_statement_step(read, error)) == HEARD_STEP_ROW) {
        int64_t version = heard_statement_col_int64(read, 0);
        const char *name = heard_statement_col_text(read, 1);
        g_autofree char *sum = NULL;

        if (version > (int64_t)count)
            return refuse(error,
                          "the database is newer than this program: it has step %lld (%s); "
                          "install the program that made it",
                          version, name);
        if (version != (int64_t)done + 1)
            return refuse(error, "the database lacks a step before %lld (%s)", version, name);
        sum = hash_step(store, &steps[done]);
        if (g_strcmp0(sum, heard_statement_col_text(read, 2)) != 0)
            return refuse(error, "step %lld (%s) was altered since it was run on this database",
                          version, name);
        done++;
    }
    *ret_done = done;
    return step == HEARD_STEP_DONE;
}

static bool write_ledger(HeardStore *store, const HeardMigration *step, GError **error)
{
    g_autofree char *sum = hash_step(store, step);

    return heard_row_run(store,
                         "INSERT INTO schema_migration (version, name, sha256, applied_ms) "
                         "VALUES ($1, $2, $3, $4)",
                         HEARD_VALUES(HEARD_INT(step->version), HEARD_TEXT(step->name),
                                      HEARD_TEXT(sum), HEARD_INT(heard_clock_wall_ms())),
                         NULL, error);
}

/* Another process may migrate at the same time: begin waits for it, then the ledger is read
 * again. */
static bool run_step(HeardStore *store, const HeardMigration *steps, unsigned count, unsigned index,
                     unsigned *ret_applied, GError **error)
{
    const HeardMigration *step = &steps[index];
    unsigned done = 0;

    if (!heard_store_begin(store, error))
        return false;
    if (!check_ledger(store, steps, count, &done, error))
        goto failed;
    if (done == index) {
        if (!heard_store_exec(store, step->common, error) ||
            !heard_store_exec(store, dialect_part(store, step), error) ||
            !write_ledger(store, step, error))
            goto failed;
        *ret_applied += 1;
    }
    return heard_store_commit(store, error);

failed:
    heard_store_rollback(store);
    return false;
}

bool heard_migrate_with(HeardStore *store, const HeardMigration *steps, unsigned count,
                        unsigned *ret_applied, GError **error)
{
    unsigned applied = 0;
    unsigned done = 0;

    if (!heard_store_exec(store, make_ledger, error) ||
        !check_ledger(store, steps, count, &done, error))
        return false;
    for (unsigned i = done; i < count; i++) {
        g_assert(steps[i].version == i + 1);
        if (!run_step(store, steps, count, i, &applied, error)) {
            g_prefix_error(error, "migration %u (%s): ", steps[i].version, steps[i].name);
            return false;
        }
    }
    if (ret_applied)
        *ret_applied = applied;
    return true;
}

bool heard_migrate(HeardStore *store, unsigned *ret_applied, GError **error)
{
    return heard_migrate_with(store, heard_migrations, heard_migration_count, ret_applied, error);
}
