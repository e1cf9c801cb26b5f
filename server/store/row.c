/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/row.h"

#include "server/base/error.h"

#include <string.h>

static void *member(const void *row, const HeardColumn *column)
{
    return (char *)row + column->offset;
}

static void bind_values(HeardStatement *statement, const HeardValue *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (values[i].is_number)
            heard_statement_bind_int64(statement, (unsigned)i + 1, values[i].number);
        else
            heard_statement_bind_text(statement, (unsigned)i + 1, values[i].text);
    }
}

static bool text_is_sane(const char *text, const HeardTable *table, const HeardColumn *column,
                         GError **error)
{
    if (!text)
        return true;
    if (strlen(text) > HEARD_ROW_TEXT_BYTES_MAX || !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "%s.%s: too long or not UTF-8",
                    table->noun, column->name);
        return false;
    }
    return true;
}

static bool bind_member(HeardStatement *statement, unsigned index, const HeardTable *table,
                        const HeardColumn *column, const void *row, GError **error)
{
    const void *at = member(row, column);

    switch (column->kind) {
    case HEARD_COLUMN_TEXT:
        if (!text_is_sane(*(const char *const *)at, table, column, error))
            return false;
        heard_statement_bind_text(statement, index, *(const char *const *)at);
        break;
    case HEARD_COLUMN_INT:
        heard_statement_bind_int64(statement, index, *(const int64_t *)at);
        break;
    case HEARD_COLUMN_TIME:
        if (*(const int64_t *)at == 0)
            heard_statement_bind_null(statement, index);
        else
            heard_statement_bind_int64(statement, index, *(const int64_t *)at);
        break;
    case HEARD_COLUMN_BOOL:
        heard_statement_bind_int64(statement, index, *(const bool *)at ? 1 : 0);
        break;
    }
    return true;
}

static void append_columns(GString *sql, const HeardTable *table)
{
    g_assert(table->column_count <= HEARD_ROW_COLUMNS_MAX);
    for (unsigned i = 0; i < table->column_count; i++)
        g_string_append_printf(sql, "%s%s", i ? ", " : "", table->columns[i].name);
}

static bool run_to_end(HeardStatement *statement, GError **error)
{
    HeardStep step;

    while ((step = heard_statement_step(statement, error)) == HEARD_STEP_ROW)
        continue;
    return step == HEARD_STEP_DONE;
}

bool heard_row_insert(HeardStore *store, const HeardTable *table, const void *row, GError **error)
{
    g_autoptr(GString) sql = g_string_new("INSERT INTO ");
    g_autoptr(HeardStatement) statement = NULL;

    g_string_append_printf(sql, "%s (", table->name);
    append_columns(sql, table);
    g_string_append(sql, ") VALUES (");
    for (unsigned i = 0; i < table->column_count; i++)
        g_string_append_printf(sql, "%s$%u", i ? ", " : "", i + 1);
    g_string_append_c(sql, ')');
    statement = heard_store_prepare(store, sql->str, error);
    if (!statement)
        return false;
    for (unsigned i = 0; i < table->column_count; i++)
        if (!bind_member(statement, i + 1, table, &table->columns[i], row, error))
            return false;
    if (!run_to_end(statement, error)) {
        g_prefix_error(error, "%s: ", table->noun);
        return false;
    }
    return true;
}

/* One block: the struct, then its texts. */
static void *read_row(HeardStatement *statement, const HeardTable *table)
{
    const char *texts[HEARD_ROW_COLUMNS_MAX] = {NULL};
    size_t size = table->row_size;
    char *row, *at;

    for (unsigned i = 0; i < table->column_count; i++) {
        if (table->columns[i].kind != HEARD_COLUMN_TEXT)
            continue;
        texts[i] = heard_statement_col_text(statement, i);
        if (texts[i])
            size += strlen(texts[i]) + 1;
    }
    row = g_malloc0(size);
    at = row + table->row_size;
    for (unsigned i = 0; i < table->column_count; i++) {
        const HeardColumn *column = &table->columns[i];
        switch (column->kind) {
        case HEARD_COLUMN_TEXT:
            if (!texts[i])
                break;
            *(const char **)member(row, column) = at;
            at = g_stpcpy(at, texts[i]) + 1;
            break;
        case HEARD_COLUMN_INT:
        case HEARD_COLUMN_TIME:
            *(int64_t *)member(row, column) = heard_statement_col_int64(statement, i);
            break;
        case HEARD_COLUMN_BOOL:
            *(bool *)member(row, column) = heard_statement_col_int64(statement, i) != 0;
            break;
        }
    }
    return row;
}

static HeardStatement *prepare_select(HeardStore *store, const HeardTable *table, const char *tail,
                                      const HeardValue *values, size_t count, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT ");
    HeardStatement *statement;

    append_columns(sql, table);
    g_string_append_printf(sql, " FROM %s %s", table->name, tail);
    statement = heard_store_prepare(store, sql->str, error);
    if (statement)
        bind_values(statement, values, count);
    return statement;
}

void *heard_row_get(HeardStore *store, const HeardTable *table, const char *tail,
                    const HeardValue *values, size_t count, GError **error)
{
    g_autoptr(HeardStatement) statement = prepare_select(store, table, tail, values, count, error);

    if (!statement)
        return NULL;
    switch (heard_statement_step(statement, error)) {
    case HEARD_STEP_ROW:
        return read_row(statement, table);
    case HEARD_STEP_DONE:
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "no such %s", table->noun);
        return NULL;
    case HEARD_STEP_FAILED:
        break;
    }
    return NULL;
}

GPtrArray *heard_row_list(HeardStore *store, const HeardTable *table, const char *tail,
                          const HeardValue *values, size_t count, GError **error)
{
    g_autoptr(HeardStatement) statement = prepare_select(store, table, tail, values, count, error);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
    HeardStep step = HEARD_STEP_FAILED;

    if (!statement)
        return NULL;
    while (rows->len < HEARD_PAGE_MAX &&
           (step = heard_statement_step(statement, error)) == HEARD_STEP_ROW)
        g_ptr_array_add(rows, read_row(statement, table));
    return step == HEARD_STEP_FAILED ? NULL : g_steal_pointer(&rows);
}

bool heard_row_run(HeardStore *store, const char *sql, const HeardValue *values, size_t count,
                   int64_t *ret_changed, GError **error)
{
    g_autoptr(HeardStatement) statement = heard_store_prepare(store, sql, error);

    if (!statement)
        return false;
    bind_values(statement, values, count);
    if (!run_to_end(statement, error))
        return false;
    if (ret_changed)
        *ret_changed = heard_store_changed_count(store);
    return true;
}

bool heard_row_change(HeardStore *store, const char *noun, const char *sql,
                      const HeardValue *values, size_t count, GError **error)
{
    int64_t changed = 0;

    if (!heard_row_run(store, sql, values, count, &changed, error)) {
        g_prefix_error(error, "%s: ", noun);
        return false;
    }
    if (changed == 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "no such %s", noun);
        return false;
    }
    return true;
}

bool heard_row_move(HeardStore *store, const char *sql, const HeardValue *values, size_t count,
                    GError **error)
{
    int64_t changed = 0;

    if (!heard_row_run(store, sql, values, count, &changed, error))
        return false;
    if (changed == 0)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, "somebody else was first");
    return changed > 0;
}

bool heard_row_number(HeardStore *store, const char *sql, const HeardValue *values, size_t count,
                      int64_t *ret_number, GError **error)
{
    g_autoptr(HeardStatement) statement = heard_store_prepare(store, sql, error);
    HeardStep step;
    int64_t number;

    if (!statement)
        return false;
    bind_values(statement, values, count);
    step = heard_statement_step(statement, error);
    if (step == HEARD_STEP_DONE)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "no such row");
    if (step != HEARD_STEP_ROW)
        return false;
    number = heard_statement_col_int64(statement, 0);
    /* INSERT … RETURNING has done its work only when stepped to the end. */
    if (!run_to_end(statement, error))
        return false;
    *ret_number = number;
    return true;
}

void heard_filter_init(HeardFilter *self)
{
    self->text = g_string_new(NULL);
    self->values = g_array_new(FALSE, FALSE, sizeof(HeardValue));
}

void heard_filter_deinit(HeardFilter *self)
{
    if (self->text)
        g_string_free(self->text, TRUE);
    if (self->values)
        g_array_unref(self->values);
    self->text = NULL;
    self->values = NULL;
}

/* Appends condition; the ? in it become the numbers of the values that are added next. */
static void append_condition(HeardFilter *self, const char *condition)
{
    unsigned number = self->values->len;

    g_string_append(self->text, self->text->len == 0 ? "WHERE (" : " AND (");
    for (const char *c = condition; *c; c++) {
        if (*c == '?')
            g_string_append_printf(self->text, "$%u", ++number);
        else
            g_string_append_c(self->text, *c);
    }
    g_string_append_c(self->text, ')');
}

void heard_filter_add_plain(HeardFilter *self, const char *condition)
{
    append_condition(self, condition);
}

void heard_filter_add(HeardFilter *self, const char *condition, HeardValue value)
{
    append_condition(self, condition);
    g_array_append_val(self->values, value);
}

void heard_filter_add_2(HeardFilter *self, const char *condition, HeardValue first,
                        HeardValue second)
{
    append_condition(self, condition);
    g_array_append_val(self->values, first);
    g_array_append_val(self->values, second);
}

void heard_filter_add_all(HeardFilter *self, const char *condition, const HeardValue *values,
                          size_t count)
{
    append_condition(self, condition);
    g_array_append_vals(self->values, values, (guint)count);
}

GPtrArray *heard_filter_list(const HeardFilter *self, HeardStore *store, const HeardTable *table,
                             GError **error)
{
    return heard_row_list(store, table, self->text->str,
                          (const HeardValue *)(const void *)self->values->data, self->values->len,
                          error);
}

void heard_filter_page(HeardFilter *self, const HeardTable *table, const char *key,
                       bool newest_first, const HeardPage *page)
{
    unsigned limit = page && page->limit ? MIN(page->limit, HEARD_PAGE_MAX) : HEARD_PAGE_MAX;
    const char *direction = newest_first ? "DESC" : "ASC";

    if (page && page->after) {
        g_autofree char *condition =
            g_strdup_printf("(%s, id) %c (SELECT %s, id FROM %s WHERE id = ?)", key,
                            newest_first ? '<' : '>', key, table->name);
        heard_filter_add(self, condition, HEARD_TEXT(page->after));
    }
    g_string_append_printf(self->text, " ORDER BY %s %s, id %s LIMIT %u", key, direction, direction,
                           limit);
}

char *heard_row_like(const char *term)
{
    GString *like = g_string_new("%");

    for (const char *c = term; *c; c++) {
        if (strchr("%_\\", *c))
            g_string_append_c(like, '\\');
        g_string_append_c(like, *c);
    }
    g_string_append_c(like, '%');
    return g_string_free(like, FALSE);
}
