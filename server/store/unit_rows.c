/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/unit_rows.h"

#include "server/base/error.h"
#include "server/store/subtree.h"

#include <string.h>

static const HeardColumn unit_columns[] = {
    HEARD_COLUMN(HeardUnitRow, TEXT, id),          HEARD_COLUMN(HeardUnitRow, TEXT, code),
    HEARD_COLUMN(HeardUnitRow, TEXT, name),        HEARD_COLUMN(HeardUnitRow, TEXT, short_name),
    HEARD_COLUMN(HeardUnitRow, INT, level),        HEARD_COLUMN(HeardUnitRow, TEXT, kind),
    HEARD_COLUMN(HeardUnitRow, TEXT, parent_id),   HEARD_COLUMN(HeardUnitRow, TEXT, line_parent_id),
    HEARD_COLUMN(HeardUnitRow, TEXT, region_code), HEARD_COLUMN(HeardUnitRow, TEXT, path),
    HEARD_COLUMN(HeardUnitRow, TEXT, status),      HEARD_COLUMN(HeardUnitRow, TIME, valid_from_ms),
    HEARD_COLUMN(HeardUnitRow, TIME, valid_to_ms), HEARD_COLUMN(HeardUnitRow, TEXT, successor_id),
    HEARD_COLUMN(HeardUnitRow, TEXT, tz),          HEARD_COLUMN(HeardUnitRow, TEXT, language),
    HEARD_COLUMN(HeardUnitRow, TEXT, settings),
};
static const HeardTable unit_table = HEARD_TABLE("unit", "unit", HeardUnitRow, unit_columns);

static bool code_is_sane(const char *code)
{
    if (!code || !*code || strlen(code) > 32)
        return false;
    for (const char *c = code; *c; c++)
        if (!g_ascii_isalnum(*c) && *c != '-')
            return false;
    return true;
}

bool heard_unit_rows_insert(HeardStore *store, const HeardUnitRow *row, GError **error)
{
    g_autofree HeardUnitRow *parent = NULL;
    g_autofree char *path = NULL;
    HeardUnitRow complete = *row;

    if (!code_is_sane(row->code)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                    "unit.code: letters, digits and '-', at most 32");
        return false;
    }
    if (row->parent_id) {
        parent = heard_unit_rows_get(store, row->parent_id, NULL);
        if (!parent) {
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, "unit.parent_id: no such unit");
            return false;
        }
    }
    path = g_strdup_printf("%s%s/", parent ? parent->path : "/", row->code);
    complete.path = path;
    return heard_row_insert(store, &unit_table, &complete, error);
}

HeardUnitRow *heard_unit_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &unit_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)), error);
}

HeardUnitRow *heard_unit_rows_get_by_code(HeardStore *store, const char *code, GError **error)
{
    return heard_row_get(store, &unit_table, "WHERE code = $1", HEARD_VALUES(HEARD_TEXT(code)),
                         error);
}

GPtrArray *heard_unit_rows_list_children(HeardStore *store, const char *parent_id,
                                         const HeardPage *page, GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    if (parent_id)
        heard_filter_add(&filter, "parent_id = ?", HEARD_TEXT(parent_id));
    else
        heard_filter_add_plain(&filter, "parent_id IS NULL");
    heard_filter_page(&filter, &unit_table, "code", false, page);
    return heard_filter_list(&filter, store, &unit_table, error);
}

GPtrArray *heard_unit_rows_list_subtree(HeardStore *store, const char *path, const HeardPage *page,
                                        GError **error)
{
    g_autofree char *end = heard_subtree_end(path);
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add(&filter, "path >= ?", HEARD_TEXT(path));
    heard_filter_add(&filter, "path < ?", HEARD_TEXT(end));
    heard_filter_page(&filter, &unit_table, "path", false, page);
    return heard_filter_list(&filter, store, &unit_table, error);
}

/* LIKE, not an index: 90,000 names are looked through in some 20 ms. */
GPtrArray *heard_unit_rows_find(HeardStore *store, const HeardUnitFind *find, GError **error)
{
    g_autofree char *end = heard_subtree_end(find->path);
    g_autofree char *like = heard_row_like(find->words);
    HeardPage page = {.limit = find->limit};
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    heard_filter_add_plain(&filter, "status = 'active'");
    heard_filter_add_all(
        &filter, "path >= ? AND path < ? OR level = ? AND substr(region_code, 1, 6) = ?",
        HEARD_VALUES(HEARD_TEXT(find->path), HEARD_TEXT(end), HEARD_INT(find->level),
                     HEARD_TEXT(find->county ? find->county : "")));
    heard_filter_add_2(&filter, "name LIKE ? ESCAPE '\\' OR short_name LIKE ? ESCAPE '\\'",
                       HEARD_TEXT(like), HEARD_TEXT(like));
    heard_filter_page(&filter, &unit_table, "path", false, &page);
    return heard_filter_list(&filter, store, &unit_table, error);
}

bool heard_unit_rows_is_within(HeardStore *store, const char *unit_id, const char *path,
                               bool *ret_within, GError **error)
{
    g_autofree char *end = heard_subtree_end(path);
    int64_t count = 0;

    if (!heard_row_number(
            store, "SELECT count(*) FROM unit WHERE id = $1 AND path >= $2 AND path < $3",
            HEARD_VALUES(HEARD_TEXT(unit_id), HEARD_TEXT(path), HEARD_TEXT(end)), &count, error))
        return false;
    *ret_within = count > 0;
    return true;
}

bool heard_unit_rows_count(HeardStore *store, int64_t *ret_count, GError **error)
{
    return heard_row_number(store, "SELECT count(*) FROM unit", NULL, 0, ret_count, error);
}
