/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The embedded engine. WAL: readers beside one writer. synchronous=FULL: what was committed
 * survives a power cut.
 */
#include "server/base/error.h"
#include "server/store/engine.h"

#include <errno.h>
#include <linux/magic.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

enum {
    BUSY_TIMEOUT_MS = 5000,
    CACHE_KIB = 16384,
    IDLE_MAX =
        64, /* statements that wait to be used again: reading SQL costs more than running it */
};

typedef struct {
    HeardStore base;
    sqlite3 *db;
    GPtrArray *idle; /* sqlite3_stmt, the one used last at the end */
    char *path;      /* NULL in memory */
    dev_t device;
    ino_t inode;
} SqliteStore;

typedef struct {
    HeardStatement base;
    sqlite3_stmt *statement;
    bool bind_failed; /* out of memory or a wrong index: told at the next step */
    bool done;
} SqliteStatement;

static sqlite3 *db_of(const HeardStore *store)
{
    return ((const SqliteStore *)store)->db;
}

static sqlite3_stmt *statement_of(const HeardStatement *statement)
{
    return ((const SqliteStatement *)statement)->statement;
}

static bool no_space(sqlite3 *db)
{
    int system_errno = sqlite3_system_errno(db);

    return system_errno == ENOSPC || system_errno == EDQUOT;
}

static HeardStoreClass class_of(sqlite3 *db, int code)
{
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return HEARD_STORE_UNIQUE;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return HEARD_STORE_FK;
    default:
        break;
    }
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return HEARD_STORE_BUSY;
    case SQLITE_FULL:
        return HEARD_STORE_FULL;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return no_space(db) ? HEARD_STORE_FULL : HEARD_STORE_LOST;
    case SQLITE_READONLY:
        return HEARD_STORE_LOST;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return HEARD_STORE_CORRUPT;
    default:
        return HEARD_STORE_OTHER;
    }
}

/* SQLite's messages name tables and columns, never values. */
static bool fail(HeardStore *store, int code, GError **error)
{
    HeardStoreClass failure = class_of(db_of(store), code);
    const char *message = sqlite3_errmsg(db_of(store));
    const char *where = strchr(message, ':');

    switch (failure) {
    case HEARD_STORE_UNIQUE:
        return heard_store_fail(store, failure, error, "stands already:%s", where ? where + 1 : "");
    case HEARD_STORE_FK:
        return heard_store_fail(store, failure, error,
                                "names something that does not exist, or is still in use");
    case HEARD_STORE_FULL:
        return heard_store_fail(store, failure, error,
                                "no space left for the database; free some, nothing committed is "
                                "lost");
    case HEARD_STORE_OK:
    case HEARD_STORE_BUSY:
    case HEARD_STORE_LOST:
    case HEARD_STORE_CORRUPT:
    case HEARD_STORE_OTHER:
        break;
    }
    return heard_store_fail(store, failure, error, "database: %s", message);
}

static bool sqlite_exec(HeardStore *store, const char *sql, GError **error)
{
    int code = sqlite3_exec(db_of(store), sql, NULL, NULL, NULL);

    return code == SQLITE_OK || fail(store, code, error);
}

static void sqlite_close(HeardStore *store)
{
    SqliteStore *self = (SqliteStore *)store;

    for (guint i = 0; i < self->idle->len; i++)
        sqlite3_finalize(g_ptr_array_index(self->idle, i));
    g_ptr_array_unref(self->idle);
    if (self->db) {
        int code = sqlite3_close(self->db);
        g_assert(code == SQLITE_OK);
    }
    g_free(self->path);
    g_free(self);
}

/* SQLite's locks and shared memory do not work across machines. */
static bool is_network_file_system(const char *folder)
{
    struct statfs fs;

    if (statfs(folder, &fs) != 0)
        return false;
    return fs.f_type == NFS_SUPER_MAGIC || fs.f_type == SMB_SUPER_MAGIC ||
           (uint32_t)fs.f_type == 0xff534d42u /* CIFS */ ||
           (uint32_t)fs.f_type == SMB2_SUPER_MAGIC || fs.f_type == V9FS_MAGIC;
}

static bool folder_is_usable(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);

    if (access(folder, R_OK | W_OK | X_OK) != 0) {
        int saved_errno = errno;
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_STORAGE,
                    "data folder %s: %s; it must be writable", folder, g_strerror(saved_errno));
        return false;
    }
    if (is_network_file_system(folder)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    "data folder %s is on a network file system; use a local disk or PostgreSQL",
                    folder);
        return false;
    }
    return true;
}

static bool set_up(SqliteStore *self, GError **error)
{
    g_autofree char *pragmas = g_strdup_printf("PRAGMA journal_mode=WAL;"
                                               "PRAGMA synchronous=FULL;"
                                               "PRAGMA foreign_keys=ON;"
                                               "PRAGMA trusted_schema=OFF;"
                                               "PRAGMA cache_size=-%d;"
                                               /* Takes the write lock: a read-only file is
                                                  found now, not in the middle of a hearing. */
                                               "BEGIN IMMEDIATE; COMMIT;",
                                               CACHE_KIB);
    struct stat file;

    if (!sqlite_exec(&self->base, pragmas, error))
        return false;
    if (self->path && stat(self->path, &file) == 0) {
        self->device = file.st_dev;
        self->inode = file.st_ino;
    }
    return true;
}

static HeardStore *sqlite_open(const char *path, GError **error)
{
    SqliteStore *self;
    bool in_memory = strcmp(path, ":memory:") == 0;
    int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code;

    if (!in_memory && !folder_is_usable(path, error))
        return NULL;
    self = g_new0(SqliteStore, 1);
    self->idle = g_ptr_array_new();
    self->path = in_memory ? NULL : g_strdup(path);
    code = sqlite3_open_v2(path, &self->db, flags, NULL);
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(self->db, BUSY_TIMEOUT_MS);
        /* Identity numbers stand in here, encrypted; others on the machine need not look. */
        if (self->path && chmod(self->path, 0600) != 0)
            code = SQLITE_PERM;
    }
    if (code != SQLITE_OK ? !fail(&self->base, code, error) : !set_up(self, error)) {
        g_prefix_error(error, "%s: ", path);
        sqlite_close(&self->base);
        return NULL;
    }
    return &self->base;
}

static bool sqlite_begin(HeardStore *store, GError **error)
{
    return sqlite_exec(store, "BEGIN IMMEDIATE", error);
}

static bool sqlite_commit(HeardStore *store, GError **error)
{
    return sqlite_exec(store, "COMMIT", error);
}

/* A full disk may have rolled back already. */
static bool sqlite_rollback(HeardStore *store, GError **error)
{
    return sqlite3_get_autocommit(db_of(store)) || sqlite_exec(store, "ROLLBACK", error);
}

static int64_t sqlite_changed_count(const HeardStore *store)
{
    return sqlite3_changes64(db_of(store));
}

static bool sqlite_check(HeardStore *store, GError **error)
{
    SqliteStore *self = (SqliteStore *)store;
    struct stat file;

    if (self->path &&
        (stat(self->path, &file) != 0 || file.st_ino != self->inode || file.st_dev != self->device))
        return heard_store_fail(store, HEARD_STORE_LOST, error,
                                "database file is gone or replaced");
    return sqlite_exec(store, "SELECT count(*) FROM sqlite_master", error);
}

static sqlite3_stmt *take_idle(SqliteStore *self, const char *sql)
{
    for (guint i = self->idle->len; i-- > 0;)
        if (strcmp(sqlite3_sql(g_ptr_array_index(self->idle, i)), sql) == 0)
            return g_ptr_array_remove_index(self->idle, i);
    return NULL;
}

/* Without the values: they may be secrets. */
static void keep_idle(SqliteStore *self, sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (self->idle->len == IDLE_MAX)
        sqlite3_finalize(g_ptr_array_remove_index(self->idle, 0));
    g_ptr_array_add(self->idle, statement);
}

static HeardStatement *sqlite_prepare(HeardStore *store, const char *sql, GError **error)
{
    SqliteStatement *self = g_new0(SqliteStatement, 1);
    int code = SQLITE_OK;

    self->statement = take_idle((SqliteStore *)store, sql);
    if (!self->statement)
        code = sqlite3_prepare_v3(db_of(store), sql, -1, SQLITE_PREPARE_PERSISTENT,
                                  &self->statement, NULL);
    if (code != SQLITE_OK) {
        fail(store, code, error);
        g_free(self);
        return NULL;
    }
    return &self->base;
}

static void sqlite_finish(HeardStatement *statement)
{
    sqlite3_stmt *own = statement_of(statement);

    if (own)
        keep_idle((SqliteStore *)statement->store, own);
    g_free(statement);
}

static void note_bind(HeardStatement *statement, int code)
{
    if (code != SQLITE_OK)
        ((SqliteStatement *)statement)->bind_failed = true;
}

static void sqlite_bind_int64(HeardStatement *statement, unsigned index, int64_t value)
{
    note_bind(statement, sqlite3_bind_int64(statement_of(statement), (int)index, value));
}

static void sqlite_bind_text(HeardStatement *statement, unsigned index, const char *text)
{
    note_bind(statement,
              sqlite3_bind_text(statement_of(statement), (int)index, text, -1, SQLITE_TRANSIENT));
}

static void sqlite_bind_blob(HeardStatement *statement, unsigned index, const void *bytes,
                             size_t size)
{
    note_bind(statement, sqlite3_bind_blob64(statement_of(statement), (int)index, bytes, size,
                                             SQLITE_TRANSIENT));
}

static void sqlite_bind_null(HeardStatement *statement, unsigned index)
{
    note_bind(statement, sqlite3_bind_null(statement_of(statement), (int)index));
}

static HeardStep sqlite_step(HeardStatement *statement, GError **error)
{
    SqliteStatement *self = (SqliteStatement *)statement;
    HeardStore *store = statement->store;
    int code;

    if (self->done)
        return HEARD_STEP_DONE;
    if (self->bind_failed) {
        heard_store_fail(store, HEARD_STORE_OTHER, error, "database: a value cannot be bound");
        return HEARD_STEP_FAILED;
    }
    /* SQLite drops a transaction on a full disk; what follows must not run outside of it. */
    if (store->in_transaction && sqlite3_get_autocommit(db_of(store))) {
        heard_store_fail(store, HEARD_STORE_LOST, error, "database: the transaction was lost");
        return HEARD_STEP_FAILED;
    }
    code = sqlite3_step(statement_of(statement));
    if (code == SQLITE_ROW)
        return HEARD_STEP_ROW;
    self->done = code == SQLITE_DONE;
    if (self->done)
        return HEARD_STEP_DONE;
    fail(store, code, error);
    return HEARD_STEP_FAILED;
}

static void sqlite_reset(HeardStatement *statement)
{
    SqliteStatement *self = (SqliteStatement *)statement;

    sqlite3_reset(self->statement);
    sqlite3_clear_bindings(self->statement);
    self->bind_failed = false;
    self->done = false;
}

static bool sqlite_col_is_null(HeardStatement *statement, unsigned column)
{
    return sqlite3_column_type(statement_of(statement), (int)column) == SQLITE_NULL;
}

static int64_t sqlite_col_int64(HeardStatement *statement, unsigned column)
{
    return sqlite3_column_int64(statement_of(statement), (int)column);
}

static const char *sqlite_col_text(HeardStatement *statement, unsigned column)
{
    return (const char *)sqlite3_column_text(statement_of(statement), (int)column);
}

static const void *sqlite_col_blob(HeardStatement *statement, unsigned column, size_t *ret_size)
{
    const void *bytes = sqlite3_column_blob(statement_of(statement), (int)column);

    *ret_size = (size_t)sqlite3_column_bytes(statement_of(statement), (int)column);
    return bytes;
}

const HeardStoreOps heard_store_sqlite_ops = {
    .name = "sqlite",
    .scheme = "sqlite:",
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .exec = sqlite_exec,
    .changed_count = sqlite_changed_count,
    .check = sqlite_check,
    .prepare = sqlite_prepare,
    .finish = sqlite_finish,
    .bind_int64 = sqlite_bind_int64,
    .bind_text = sqlite_bind_text,
    .bind_blob = sqlite_bind_blob,
    .bind_null = sqlite_bind_null,
    .step = sqlite_step,
    .reset = sqlite_reset,
    .col_is_null = sqlite_col_is_null,
    .col_int64 = sqlite_col_int64,
    .col_text = sqlite_col_text,
    .col_blob = sqlite_col_blob,
};
