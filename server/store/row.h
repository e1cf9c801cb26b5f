/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Rows as plain structs. A table of columns says where each one stands in the struct, and
 * insert, get and list follow from it; a row module adds names and rules.
 *
 * Texts      const char *: NULL stands as NULL. On the way in they are borrowed. A row
 *            that was read is one block of memory with its texts inside: g_free() frees
 *            it, g_autofree suits it, and it may go to another thread.
 * Times      *_ms are UTC milliseconds; 0 means "not yet" and stands as NULL.
 * Lists      GPtrArray of such blocks (freed with the array), at most HEARD_PAGE_MAX. The
 *            cursor of the next page is the id of the last row; a list shorter than the
 *            limit was the last one.
 * Threads    Those of the store.
 */

#include "server/store/store.h"

enum { HEARD_PAGE_MAX = 200, HEARD_ROW_COLUMNS_MAX = 40, HEARD_ROW_TEXT_BYTES_MAX = 1024 * 1024 };

typedef struct {
    const char *after; /* id of the last row seen; NULL: from the start */
    unsigned limit;    /* 0: HEARD_PAGE_MAX */
} HeardPage;

typedef enum {
    HEARD_COLUMN_TEXT,
    HEARD_COLUMN_INT,
    HEARD_COLUMN_TIME,
    HEARD_COLUMN_BOOL
} HeardColumnKind;

typedef struct {
    const char *name;
    HeardColumnKind kind;
    size_t offset; /* of a const char *, an int64_t or a bool */
} HeardColumn;

/* A column named like its member: HEARD_COLUMN(HeardUnitRow, TEXT, code). */
#define HEARD_COLUMN(type, kind, member)                                                           \
    {                                                                                              \
#member, HEARD_COLUMN_##kind, offsetof(type, member)                                       \
    }
/* The table of a row type: its columns array is called columns. */
#define HEARD_TABLE(table_name, table_noun, type, columns)                                         \
    {                                                                                              \
        table_name, table_noun, columns, G_N_ELEMENTS(columns), sizeof(type)                       \
    }

typedef struct {
    const char *name;
    const char *noun; /* for messages: "case" */
    const HeardColumn *columns;
    unsigned column_count;
    size_t row_size;
} HeardTable;

typedef struct {
    bool is_number;
    const char *text;
    int64_t number;
} HeardValue;

#define HEARD_TEXT(value) ((HeardValue){.text = (value)})
#define HEARD_INT(value)  ((HeardValue){.is_number = true, .number = (value)})
/* 0 binds NULL, as in rows. */
#define HEARD_TIME(value) ((HeardValue){.is_number = (value) != 0, .number = (value)})
#define HEARD_VALUES(...)                                                                          \
    (const HeardValue[]){__VA_ARGS__}, G_N_ELEMENTS(((const HeardValue[]){__VA_ARGS__}))

bool heard_row_insert(HeardStore *store, const HeardTable *table, const void *row,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* tail: what follows FROM table: "WHERE id = $1". NULL with HEARD_ERROR_NOT_FOUND when there
 * is none. */
void *heard_row_get(HeardStore *store, const HeardTable *table, const char *tail,
                    const HeardValue *values, size_t count,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

GPtrArray *heard_row_list(HeardStore *store, const HeardTable *table, const char *tail,
                          const HeardValue *values, size_t count,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An UPDATE, DELETE or INSERT of the module's own; its RETURNING rows are not read. */
bool heard_row_run(HeardStore *store, const char *sql, const HeardValue *values, size_t count,
                   int64_t *ret_changed, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, where changing no row means that noun does not exist: HEARD_ERROR_NOT_FOUND. */
bool heard_row_change(HeardStore *store, const char *noun, const char *sql,
                      const HeardValue *values, size_t count,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of one row in a state that nobody else moved on meanwhile: HEARD_ERROR_CONFLICT. */
bool heard_row_move(HeardStore *store, const char *sql, const HeardValue *values, size_t count,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One number; HEARD_ERROR_NOT_FOUND without a row. */
bool heard_row_number(HeardStore *store, const char *sql, const HeardValue *values, size_t count,
                      int64_t *ret_number, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "%term%", with what LIKE … ESCAPE '\\' would read as a wildcard masked. The caller frees it. */
char *heard_row_like(const char *term);

/* Builds "WHERE …" from parts that apply, numbering $n as it goes. */
typedef struct {
    GString *text;
    GArray *values; /* of HeardValue */
} HeardFilter;

void heard_filter_init(HeardFilter *self);
void heard_filter_deinit(HeardFilter *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardFilter, heard_filter_deinit)
/* condition holds ? wherever the value goes. */
void heard_filter_add(HeardFilter *self, const char *condition, HeardValue value);
void heard_filter_add_2(HeardFilter *self, const char *condition, HeardValue first,
                        HeardValue second);
/* Any number of them. */
void heard_filter_add_all(HeardFilter *self, const char *condition, const HeardValue *values,
                          size_t count);
void heard_filter_add_plain(HeardFilter *self, const char *condition);
/* Cursor, order by key (and id), limit. key is a column that never changes and is never
 * NULL: "id" or "planned_start_ms". */
void heard_filter_page(HeardFilter *self, const HeardTable *table, const char *key,
                       bool newest_first, const HeardPage *page);
/* The rows, after everything was added. */
GPtrArray *heard_filter_list(const HeardFilter *self, HeardStore *store, const HeardTable *table,
                             GError **error);
