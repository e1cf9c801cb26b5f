/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/mediation_rows.h"

static const HeardColumn columns[] = {
    HEARD_COLUMN(HeardMediationEntryRow, TEXT, id),
    HEARD_COLUMN(HeardMediationEntryRow, TEXT, hearing_id),
    HEARD_COLUMN(HeardMediationEntryRow, INT, seq),
    HEARD_COLUMN(HeardMediationEntryRow, TEXT, actor_id),
    HEARD_COLUMN(HeardMediationEntryRow, TEXT, role),
    HEARD_COLUMN(HeardMediationEntryRow, TEXT, side),
    HEARD_COLUMN(HeardMediationEntryRow, TEXT, act),
    HEARD_COLUMN(HeardMediationEntryRow, TEXT, data),
    HEARD_COLUMN(HeardMediationEntryRow, INT, at_ms),
};
static const HeardTable table =
    HEARD_TABLE("mediation_entry", "entry of the mediation", HeardMediationEntryRow, columns);

bool heard_mediation_rows_add(HeardStore *store, const HeardMediationEntryRow *row, GError **error)
{
    return heard_row_insert(store, &table, row, error);
}

GPtrArray *heard_mediation_rows_list(HeardStore *store, const char *hearing_id, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    int64_t seq = 0;

    for (;;) {
        g_autoptr(GPtrArray) rows =
            heard_row_list(store, &table, "WHERE hearing_id = $1 AND seq > $2 ORDER BY seq",
                           HEARD_VALUES(HEARD_TEXT(hearing_id), HEARD_INT(seq)), error);

        if (!rows)
            return NULL;
        if (rows->len == 0)
            return g_steal_pointer(&all);
        seq = ((const HeardMediationEntryRow *)g_ptr_array_index(rows, rows->len - 1))->seq;
        while (rows->len > 0)
            g_ptr_array_add(all, g_ptr_array_steal_index(rows, 0));
    }
}
