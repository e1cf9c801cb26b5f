/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/access.h"
#include "server/app/api.h"
#include "server/store/quality_rows.h"

static json_t *quality_json(const HeardQualityRow *row)
{
    return json_pack("{s:s, s:I, s:s, s:s, s:s, s:I, s:I, s:o, s:I, s:I}", "participant",
                     row->participant_id, "at_ms", (json_int_t)row->at_ms, "level", row->level,
                     "up", row->up_level, "down", row->down_level, "up_loss_permille",
                     (json_int_t)row->up_loss_permille, "down_loss_permille",
                     (json_int_t)row->down_loss_permille, "rtt_ms",
                     row->rtt_ms ? json_integer(row->rtt_ms) : json_null(), "up_bps",
                     (json_int_t)row->up_bps, "down_bps", (json_int_t)row->down_bps);
}

/* Who may play recordings without a condition sees the whole hearing; others would learn the
 * figures of people beside them. */
bool heard_api_quality_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardHearingRow *hearing =
        heard_access_hearing(store, &call->caller, call->params[0], &call->error);
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(json_t) items = json_array();
    const char *last_id = NULL;
    HeardPage page;

    if (!hearing || !heard_call_page(call, &page))
        return false;
    if (heard_caller_permit(&call->caller, HEARD_MAY_PLAY_RECORDING) != HEARD_PERMIT_YES)
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "not for this role");
    rows = heard_quality_rows_list(store, hearing->id, &page, &call->error);
    if (!rows)
        return false;
    for (guint i = 0; i < rows->len; i++) {
        const HeardQualityRow *row = g_ptr_array_index(rows, i);

        json_array_append_new(items, quality_json(row));
        last_id = row->id;
    }
    heard_call_answer_list(call, g_steal_pointer(&items), &page, last_id);
    return true;
}
