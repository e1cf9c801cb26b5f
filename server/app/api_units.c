/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/api.h"
#include "server/store/account_rows.h"
#include "server/store/unit_rows.h"

static json_t *unit_json(const HeardUnitRow *row)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s?}", "id", row->id, "code", row->code,
                     "name", row->name, "short_name", row->short_name ? row->short_name : row->name,
                     "kind", row->kind, "level", (json_int_t)row->level, "parent_id",
                     row->parent_id);
}

bool heard_api_units_store(HeardStore *store, HeardCall *call)
{
    g_autoptr(GPtrArray) rows = NULL;
    HeardPage page;
    json_t *items;

    if (!heard_call_page(call, &page))
        return false;
    rows = heard_unit_rows_list_subtree(store, "/", &page, &call->error);
    if (!rows)
        return false;
    items = json_array();
    for (guint i = 0; i < rows->len; i++)
        json_array_append_new(items, unit_json(g_ptr_array_index(rows, i)));
    heard_call_answer_list(call, items, &page,
                           rows->len ? ((HeardUnitRow *)g_ptr_array_index(rows, rows->len - 1))->id
                                     : NULL);
    return true;
}

static json_t *account_json(HeardStore *store, const HeardAccountRow *row, GError **error)
{
    g_autofree HeardUnitRow *unit = NULL;
    g_auto(GStrv) words = g_strsplit(row->roles, " ", -1);
    g_autoptr(json_t) roles = json_array();

    if (row->unit_id) {
        unit = heard_unit_rows_get(store, row->unit_id, error);
        if (!unit)
            return NULL;
    }
    for (unsigned i = 0; words[i]; i++)
        json_array_append_new(roles, json_string(words[i]));
    return json_pack("{s:s, s:s, s:s?, s:s?, s:s, s:O}", "id", row->id, "name", row->name, "unit",
                     unit ? unit->name : NULL, "unit_id", row->unit_id, "title",
                     row->title ? row->title : "", "roles", roles);
}

bool heard_api_accounts_store(HeardStore *store, HeardCall *call)
{
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(json_t) items = json_array();
    const char *last_id = NULL;
    HeardPage page;

    if (!heard_call_page(call, &page))
        return false;
    rows = heard_account_rows_list(store, NULL, &page, &call->error);
    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardAccountRow *row = g_ptr_array_index(rows, i);
        json_t *item = account_json(store, row, &call->error);
        if (!item)
            return false;
        json_array_append_new(items, item);
        last_id = row->id;
    }
    if (!rows)
        return false;
    heard_call_answer_list(call, g_steal_pointer(&items), &page, last_id);
    return true;
}
