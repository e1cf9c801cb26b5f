/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/keeping_json.h"

#include "server/app/summary.h"
#include "server/store/account_rows.h"

static json_t *person(HeardStore *store, const char *account_id, GError **error)
{
    g_autofree HeardAccountRow *account = NULL;

    if (!account_id)
        return json_null();
    account = heard_account_rows_get(store, account_id, error);
    return account ? json_pack("{s:s, s:s}", "id", account->id, "name", account->name) : NULL;
}

static json_t *hold_json(HeardStore *store, const HeardHoldRow *hold, GError **error)
{
    g_autoptr(json_t) set_by = person(store, hold->set_by, error);
    g_autoptr(json_t) lifted_by = set_by ? person(store, hold->lifted_by, error) : NULL;

    return lifted_by
               ? json_pack("{s:s, s:s, s:s, s:O, s:I, s:s?, s:O, s:o}", "id", hold->id, "scope",
                           hold->case_id ? "case" : "recording", "reason", hold->reason, "set_by",
                           set_by, "set_at_ms", (json_int_t)hold->set_ms, "lift_reason",
                           hold->lift_reason, "lifted_by", lifted_by, "lifted_at_ms",
                           heard_summary_time(hold->lifted_ms))
               : NULL;
}

json_t *heard_keeping_holds_to_json(HeardStore *store, const GPtrArray *holds, GError **error)
{
    g_autoptr(json_t) list = json_array();

    for (guint i = 0; i < holds->len; i++) {
        json_t *item = hold_json(store, holds->pdata[i], error);
        if (!item)
            return NULL;
        json_array_append_new(list, item);
    }
    return g_steal_pointer(&list);
}

static json_t *order_json(HeardStore *store, const HeardOrderRow *order, GError **error)
{
    g_autoptr(json_t) one = NULL;
    g_autoptr(json_t) other = NULL;

    if (!order)
        return json_null();
    one = person(store, order->requested_by, error);
    other = one ? person(store, order->confirmed_by, error) : NULL;
    return other ? json_pack("{s:s, s:s, s:s, s:O, s:I, s:O, s:o, s:o}", "id", order->id, "state",
                             order->state, "reason", order->reason, "requested_by", one,
                             "requested_at_ms", (json_int_t)order->requested_ms, "confirmed_by",
                             other, "confirmed_at_ms", heard_summary_time(order->confirmed_ms),
                             "done_at_ms", heard_summary_time(order->done_ms))
                 : NULL;
}

static json_t *permanent_json(HeardStore *store, const HeardKeepDecisionRow *row, GError **error)
{
    g_autoptr(json_t) one = NULL;
    g_autoptr(json_t) other = NULL;

    if (!row)
        return json_null();
    one = person(store, row->decided_by, error);
    other = one ? person(store, row->end_asked_by, error) : NULL;
    return other ? json_pack("{s:s, s:O, s:I, s:s?, s:O, s:o}", "reason", row->reason, "decided_by",
                             one, "decided_at_ms", (json_int_t)row->decided_ms, "end_reason",
                             row->end_reason, "end_asked_by", other, "end_asked_at_ms",
                             heard_summary_time(row->end_asked_ms))
                 : NULL;
}

/* What this caller could do now; a page shows these and nothing else. */
static json_t *may_json(const HeardCaller *caller, const HeardKeeping *facts, int64_t wall_ms)
{
    static const char *const names[HEARD_KEEP_VERB_COUNT] = {
        [HEARD_KEEP_HOLD] = "hold",
        [HEARD_KEEP_LIFT] = "lift",
        [HEARD_KEEP_REQUEST] = "request",
        [HEARD_KEEP_CONFIRM] = "confirm",
        [HEARD_KEEP_WITHDRAW] = "withdraw",
        [HEARD_KEEP_FOR_EVER] = "permanent",
        [HEARD_KEEP_ASK_END] = "end_permanent",
        [HEARD_KEEP_CONFIRM_END] = "confirm_end",
        [HEARD_KEEP_WITHDRAW_END] = "withdraw_end",
    };
    HeardPermit permit = heard_caller_permit(caller, HEARD_MAY_RETAIN);
    json_t *list = json_array();

    for (unsigned i = 0; i < HEARD_KEEP_VERB_COUNT; i++)
        if (heard_keep_ask(facts, (HeardKeepVerb)i, permit, caller->account_id, wall_ms) ==
            HEARD_KEEP_OK)
            json_array_append_new(list, json_string(names[i]));
    return list;
}

static json_t *until_json(int64_t until_ms)
{
    return until_ms == HEARD_KEEP_FOREVER ? json_null() : json_integer(until_ms);
}

json_t *heard_keeping_to_json(HeardStore *store, const HeardCaller *caller, int64_t wall_ms,
                              const HeardRecordingRow *recording, const HeardKeepingView *view,
                              GError **error)
{
    bool may_see = heard_caller_permit(caller, HEARD_MAY_PLAY_RECORDING) != HEARD_PERMIT_NO;
    bool is_past = view->from_ms != 0 && view->facts.until_ms != HEARD_KEEP_FOREVER &&
                   wall_ms >= view->facts.until_ms;
    g_autoptr(json_t) holds = heard_keeping_holds_to_json(store, view->holds, error);
    g_autoptr(json_t) order = holds ? order_json(store, view->order, error) : NULL;
    g_autoptr(json_t) permanent = order ? permanent_json(store, view->permanent, error) : NULL;

    if (!permanent)
        return NULL;
    return json_pack(
        "{s:s, s:s, s:s, s:s?, s:s, s:o, s:o, s:I, s:I, s:s, s:s, s:o, s:o, s:b, s:b, s:O, s:O,"
        " s:O, s:o}",
        "id", recording->id, "number", recording->recording_no, "hearing_number", view->hearing_no,
        "title", may_see ? view->title : NULL, "state", recording->state, "started_at_ms",
        heard_summary_time(recording->started_ms), "stopped_at_ms",
        heard_summary_time(recording->stopped_ms), "duration_ms",
        (json_int_t)recording->duration_ms, "bytes", (json_int_t)recording->durable_bytes, "class",
        heard_keep_class_name(view->of_class), "basis", heard_keep_class_basis(view->of_class),
        "keep_from_ms", heard_summary_time(view->from_ms), "keep_until_ms",
        until_json(view->facts.until_ms), "is_past", is_past, "is_held", view->facts.is_held,
        "holds", holds, "order", order, "permanent", permanent, "may",
        may_json(caller, &view->facts, wall_ms));
}
