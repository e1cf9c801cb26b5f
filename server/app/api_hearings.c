/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/local_time.h"
#include "server/app/summary.h"

#include <string.h>

static gint by_start(gconstpointer a, gconstpointer b)
{
    const HeardHearingRow *left = *(HeardHearingRow *const *)a;
    const HeardHearingRow *right = *(HeardHearingRow *const *)b;

    if (left->planned_start_ms != right->planned_start_ms)
        return left->planned_start_ms < right->planned_start_ms ? -1 : 1;
    return strcmp(left->id, right->id);
}

static bool collect(HeardStore *store, HeardCall *call, const HeardHearingFilter *filter,
                    GPtrArray *rows)
{
    HeardPage page = {.limit = HEARD_PAGE_MAX};
    g_autoptr(GPtrArray) found = heard_hearing_rows_list(store, filter, false, &page, &call->error);

    while (found && found->len > 0)
        g_ptr_array_add(rows, g_ptr_array_steal_index(found, 0));
    return found != NULL;
}

/* By seat, by the unit's seat and by organiser: three questions about one day. */
static GPtrArray *hearings_of_day(HeardStore *store, HeardCall *call, int64_t from_ms,
                                  int64_t to_ms)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
    HeardHearingFilter seat = {
        .account_id = call->caller.account_id, .from_ms = from_ms, .to_ms = to_ms};
    HeardHearingFilter unit = {.unit_id = call->caller.unit_id, .from_ms = from_ms, .to_ms = to_ms};
    HeardHearingFilter organiser = {
        .subtree_path = call->caller.unit_path, .from_ms = from_ms, .to_ms = to_ms};

    if (!collect(store, call, &seat, rows))
        return NULL;
    if (call->caller.unit_id[0] &&
        (!collect(store, call, &unit, rows) || !collect(store, call, &organiser, rows)))
        return NULL;
    g_ptr_array_sort(rows, by_start);
    for (guint i = 1; i < rows->len;) {
        const HeardHearingRow *before = g_ptr_array_index(rows, i - 1);
        const HeardHearingRow *row = g_ptr_array_index(rows, i);
        if (strcmp(before->id, row->id) == 0)
            g_ptr_array_remove_index(rows, i);
        else
            i++;
    }
    return g_steal_pointer(&rows);
}

static GPtrArray *own_hearing(HeardStore *store, HeardCall *call)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(g_free);
    HeardHearingRow *row =
        heard_access_hearing(store, &call->caller, call->caller.hearing_id, &call->error);

    if (row)
        g_ptr_array_add(rows, row);
    return rows;
}

static guint first_after(const GPtrArray *rows, const char *cursor)
{
    for (guint i = 0; cursor && i < rows->len; i++)
        if (strcmp(((HeardHearingRow *)g_ptr_array_index(rows, i))->id, cursor) == 0)
            return i + 1;
    return 0;
}

bool heard_api_hearings_store(HeardStore *store, HeardCall *call)
{
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(json_t) items = json_array();
    const char *last_id = NULL;
    int64_t from_ms = 0;
    int64_t to_ms = 0;
    HeardPage page;
    guint i;

    if (!heard_call_page(call, &page))
        return false;
    if (!heard_local_day(call->query[HEARD_QUERY_DAY], call->wall_ms, &from_ms, &to_ms))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "day: a date such as 2026-11-23");
    rows = call->caller.kind == HEARD_CALLER_PARTICIPANT
               ? own_hearing(store, call)
               : hearings_of_day(store, call, from_ms, to_ms);
    if (!rows || call->error)
        return false;
    for (i = first_after(rows, page.after); i < rows->len && json_array_size(items) < page.limit;
         i++) {
        const HeardHearingRow *row = g_ptr_array_index(rows, i);
        json_t *item = heard_summary_hearing(store, &call->caller, row, &call->error);
        if (!item)
            return false;
        json_array_append_new(items, item);
        last_id = row->id;
    }
    call->answer =
        json_pack("{s:O, s:s?}", "items", items, "next_cursor", i < rows->len ? last_id : NULL);
    return true;
}

bool heard_api_hearing_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardHearingRow *row =
        heard_access_hearing(store, &call->caller, call->params[0], &call->error);

    call->answer = row ? heard_summary_hearing(store, &call->caller, row, &call->error) : NULL;
    return call->answer != NULL;
}
