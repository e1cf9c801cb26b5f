/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/destruction.h"
#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/destroyer.h"
#include "server/app/keeping_json.h"
#include "server/app/recording_places.h"
#include "server/base/id.h"
#include "server/store/account_rows.h"

#include <string.h>

enum { HEARD_KEEPING_REASON_MIN = 2, HEARD_KEEPING_REASON_MAX = 500, HEARD_KEEPING_SCAN_MAX = 10 };

/* The recording that the path names, and what is known of its keeping. */
typedef struct {
    HeardRecordingRow *row;
    HeardKeepingView view;
} Subject;

static void subject_clear(Subject *self)
{
    g_clear_pointer(&self->row, g_free);
    heard_keeping_clear(&self->view);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_clear)

static bool find(HeardStore *store, HeardCall *call, Subject *ret_subject)
{
    ret_subject->row = heard_access_recording(store, &call->caller, call->params[0], &call->error);
    return ret_subject->row && heard_keeping_load(store, &call->app->keeping, ret_subject->row,
                                                  &ret_subject->view, &call->error);
}

static bool allow(HeardCall *call, const Subject *subject, HeardKeepVerb verb)
{
    HeardKeepAnswer answer = heard_keep_ask(&subject->view.facts, verb,
                                            heard_caller_permit(&call->caller, HEARD_MAY_RETAIN),
                                            call->caller.account_id, call->wall_ms);

    return answer == HEARD_KEEP_OK || heard_call_refuse(call, heard_keep_answer_error(answer), "%s",
                                                        heard_keep_answer_text(answer));
}

static bool take_reason(HeardCall *call, const char **ret_reason)
{
    if (!heard_json_text(call->body, "reason", HEARD_KEEPING_REASON_MAX, false, ret_reason,
                         &call->error))
        return false;
    return g_utf8_strlen(*ret_reason, -1) >= HEARD_KEEPING_REASON_MIN ||
           heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "reason: at least two characters");
}

/* The entry of the trail, then what it permits: in one transaction, or neither. */
static bool note(HeardStore *store, HeardCall *call, const Subject *subject, const char *action,
                 const char *reason)
{
    return heard_audit_trail_append(store, call, action, "recording", subject->row->id,
                                    subject->row->hearing_id, reason);
}

typedef bool (*Act)(HeardStore *store, HeardCall *call, Subject *subject);

/* Facts are read within the transaction that acts on them: two persons at once don't race. */
static bool within(HeardStore *store, HeardCall *call, Act act)
{
    g_auto(Subject) subject = {0};
    bool done;

    if (!heard_store_begin(store, &call->error))
        return false;
    done = find(store, call, &subject) && act(store, call, &subject);
    if (done && heard_store_commit(store, &call->error))
        return true;
    if (!done)
        heard_store_rollback(store);
    json_decref(call->answer);
    call->answer = NULL;
    return false;
}

/* ---- reading ---- */

static bool is_wanted(const char *show, const HeardKeepingView *view, int64_t wall_ms)
{
    const HeardKeeping *facts = &view->facts;
    bool is_open = facts->order < HEARD_ORDER_CONFIRMED;

    if (!show || strcmp(show, "all") == 0)
        return true;
    if (strcmp(show, "due") == 0)
        return is_open && facts->is_sealed && !facts->is_held &&
               facts->until_ms != HEARD_KEEP_FOREVER && wall_ms >= facts->until_ms;
    if (strcmp(show, "held") == 0)
        return facts->is_held && is_open;
    if (strcmp(show, "requested") == 0)
        return facts->order == HEARD_ORDER_REQUESTED || (is_open && facts->end_asked_by);
    if (strcmp(show, "permanent") == 0)
        return facts->is_permanent && is_open;
    return !is_open; /* destroyed */
}

static bool check_show(HeardCall *call)
{
    static const char *const words[] = {"all",       "due",       "held", "requested",
                                        "permanent", "destroyed", NULL};
    const char *show = call->query[HEARD_QUERY_SHOW];

    return !show || g_strv_contains(words, show) ||
           heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                             "show: all, due, held, requested, permanent or destroyed");
}

/* One page of rows; *ret_last: the last that was looked at. */
static bool scan(HeardStore *store, HeardCall *call, const GPtrArray *rows, unsigned limit,
                 json_t *items, char ret_last[static HEARD_ID_SIZE])
{
    for (guint i = 0; i < rows->len && json_array_size(items) < limit; i++) {
        const HeardRecordingRow *row = rows->pdata[i];
        g_auto(HeardKeepingView) view = {0};
        json_t *item;
        if (!heard_keeping_load(store, &call->app->keeping, row, &view, &call->error))
            return false;
        g_strlcpy(ret_last, row->id, HEARD_ID_SIZE);
        if (!is_wanted(call->query[HEARD_QUERY_SHOW], &view, call->wall_ms))
            continue;
        item = heard_keeping_to_json(store, &call->caller, call->wall_ms, row, &view, &call->error);
        if (!item)
            return false;
        json_array_append_new(items, item);
    }
    return true;
}

/* What is due is not in the row but follows from it, so rows are gone through: so many at once
 * that an answer is never long in coming. A short page with a next_cursor is not the last one. */
bool heard_api_keeping_store(HeardStore *store, HeardCall *call)
{
    g_autoptr(json_t) items = json_array();
    char last[HEARD_ID_SIZE] = "";
    HeardPage asked;
    bool more = true;

    if (!check_show(call) || !heard_call_page(call, &asked))
        return false;
    if (!call->caller.unit_path[0])
        more = false;
    g_strlcpy(last, asked.after ? asked.after : "", sizeof last);
    for (unsigned i = 0; more && i < HEARD_KEEPING_SCAN_MAX; i++) {
        HeardPage page = {.after = last[0] ? last : NULL, .limit = HEARD_PAGE_MAX};
        g_autoptr(GPtrArray) rows =
            heard_recording_rows_list_within(store, call->caller.unit_path, &page, &call->error);
        if (!rows || !scan(store, call, rows, asked.limit, items, last))
            return false;
        more = rows->len == HEARD_PAGE_MAX || json_array_size(items) >= asked.limit;
        if (json_array_size(items) >= asked.limit)
            break;
    }
    call->answer =
        json_pack("{s:O, s:s?}", "items", items, "next_cursor", more && last[0] ? last : NULL);
    return true;
}

bool heard_api_keeping_one_store(HeardStore *store, HeardCall *call)
{
    g_auto(Subject) subject = {0};

    if (!find(store, call, &subject))
        return false;
    call->answer = heard_keeping_to_json(store, &call->caller, call->wall_ms, subject.row,
                                         &subject.view, &call->error);
    return call->answer != NULL;
}

bool heard_api_keeping_holds_store(HeardStore *store, HeardCall *call)
{
    g_auto(Subject) subject = {0};
    g_autoptr(GPtrArray) holds = NULL;
    json_t *items;

    if (!find(store, call, &subject))
        return false;
    holds = heard_hold_rows_list(store, subject.row->id, subject.row->case_id, true, &call->error);
    items = holds ? heard_keeping_holds_to_json(store, holds, &call->error) : NULL;
    if (items)
        call->answer = json_pack("{s:o, s:n}", "items", items, "next_cursor");
    return items != NULL;
}

bool heard_api_keeping_certificate_store(HeardStore *store, HeardCall *call)
{
    g_auto(Subject) subject = {0};

    if (!find(store, call, &subject))
        return false;
    if (!subject.view.order || !subject.view.order->certificate)
        return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "it was not destroyed");
    call->answer = json_pack("{s:s, s:s}", "file", HEARD_DESTRUCTION_FILE, "text",
                             subject.view.order->certificate);
    return true;
}

/* ---- holds ---- */

static bool set_hold(HeardStore *store, HeardCall *call, Subject *subject)
{
    const char *reason = NULL, *scope = NULL;
    char id[HEARD_ID_SIZE];
    bool of_case;
    HeardHoldRow row = {.id = id, .set_by = call->caller.account_id, .set_ms = call->wall_ms};

    if (!take_reason(call, &reason) ||
        !heard_json_text(call->body, "scope", 16, true, &scope, &call->error))
        return false;
    of_case = g_strcmp0(scope, "case") == 0;
    if (scope && !of_case && strcmp(scope, "recording") != 0)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "scope: recording or case");
    if (of_case && !subject->row->case_id)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "scope: it belongs to no case");
    if (!allow(call, subject, HEARD_KEEP_HOLD))
        return false;
    heard_id_new(id, call->wall_ms);
    row.reason = reason;
    row.recording_id = of_case ? NULL : subject->row->id;
    row.case_id = of_case ? subject->row->case_id : NULL;
    if (!note(store, call, subject, of_case ? "hold.set_case" : "hold.set", reason) ||
        !heard_hold_rows_insert(store, &row, &call->error))
        return false;
    call->status = 201;
    call->answer = json_pack("{s:s}", "id", id);
    return true;
}

bool heard_api_keeping_hold_store(HeardStore *store, HeardCall *call)
{
    return within(store, call, set_hold);
}

static bool lift_hold(HeardStore *store, HeardCall *call, Subject *subject)
{
    const char *reason = NULL;
    g_autofree HeardHoldRow *hold = NULL;

    if (!take_reason(call, &reason) || !allow(call, subject, HEARD_KEEP_LIFT))
        return false;
    hold = heard_hold_rows_get(store, call->params[1], &call->error);
    if (!hold)
        return false;
    if (g_strcmp0(hold->recording_id, subject->row->id) != 0 &&
        (!hold->case_id || g_strcmp0(hold->case_id, subject->row->case_id) != 0))
        return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such hold");
    call->status = 204;
    return note(store, call, subject, hold->case_id ? "hold.lift_case" : "hold.lift", reason) &&
           heard_hold_rows_lift(store, hold->id, call->caller.account_id, reason, call->wall_ms,
                                &call->error);
}

bool heard_api_keeping_lift_store(HeardStore *store, HeardCall *call)
{
    return within(store, call, lift_hold);
}

/* ---- what is kept for ever ---- */

static bool keep_for_ever(HeardStore *store, HeardCall *call, Subject *subject)
{
    const char *reason = NULL;
    char id[HEARD_ID_SIZE];
    HeardKeepDecisionRow row = {.id = id,
                                .recording_id = subject->row->id,
                                .decided_by = call->caller.account_id,
                                .decided_ms = call->wall_ms};

    if (!take_reason(call, &reason) || !allow(call, subject, HEARD_KEEP_FOR_EVER))
        return false;
    heard_id_new(id, call->wall_ms);
    row.reason = reason;
    call->status = 204;
    return note(store, call, subject, "keep.permanent", reason) &&
           heard_keep_decision_rows_insert(store, &row, &call->error);
}

bool heard_api_keeping_permanent_store(HeardStore *store, HeardCall *call)
{
    return within(store, call, keep_for_ever);
}

static bool ask_end(HeardStore *store, HeardCall *call, Subject *subject)
{
    const char *reason = NULL;

    if (!take_reason(call, &reason) || !allow(call, subject, HEARD_KEEP_ASK_END))
        return false;
    call->status = 204;
    return note(store, call, subject, "keep.permanent.end_request", reason) &&
           heard_keep_decision_rows_ask_end(store, subject->view.permanent->id,
                                            call->caller.account_id, reason, call->wall_ms,
                                            &call->error);
}

bool heard_api_keeping_end_store(HeardStore *store, HeardCall *call)
{
    return within(store, call, ask_end);
}

static bool withdraw_end(HeardStore *store, HeardCall *call, Subject *subject)
{
    const char *reason = NULL;

    if (!take_reason(call, &reason) || !allow(call, subject, HEARD_KEEP_WITHDRAW_END))
        return false;
    call->status = 204;
    return note(store, call, subject, "keep.permanent.end_withdraw", reason) &&
           heard_keep_decision_rows_ask_end(store, subject->view.permanent->id, NULL, NULL, 0,
                                            &call->error);
}

bool heard_api_keeping_end_withdraw_store(HeardStore *store, HeardCall *call)
{
    return within(store, call, withdraw_end);
}

static bool confirm_end(HeardStore *store, HeardCall *call, Subject *subject)
{
    const HeardKeepDecisionRow *decision = subject->view.permanent;

    if (!allow(call, subject, HEARD_KEEP_CONFIRM_END))
        return false;
    call->status = 204;
    return note(store, call, subject, "keep.permanent.end", decision->end_reason) &&
           heard_keep_decision_rows_end(store, decision->id, call->caller.account_id, call->wall_ms,
                                        &call->error);
}

bool heard_api_keeping_end_confirm_store(HeardStore *store, HeardCall *call)
{
    return within(store, call, confirm_end);
}

/* ---- destruction ---- */

static bool request(HeardStore *store, HeardCall *call, Subject *subject)
{
    const char *reason = NULL;
    char id[HEARD_ID_SIZE];
    HeardOrderRow row = {.id = id,
                         .recording_id = subject->row->id,
                         .state = "requested",
                         .requested_by = call->caller.account_id,
                         .requested_ms = call->wall_ms};

    if (!take_reason(call, &reason) || !allow(call, subject, HEARD_KEEP_REQUEST))
        return false;
    heard_id_new(id, call->wall_ms);
    row.reason = reason;
    if (!note(store, call, subject, "destruction.request", reason) ||
        !heard_order_rows_insert(store, &row, &call->error))
        return false;
    call->status = 201;
    call->answer = json_pack("{s:s}", "id", id);
    return true;
}

bool heard_api_keeping_request_store(HeardStore *store, HeardCall *call)
{
    return within(store, call, request);
}

static bool withdraw(HeardStore *store, HeardCall *call, Subject *subject)
{
    const char *reason = NULL;

    if (!take_reason(call, &reason) || !allow(call, subject, HEARD_KEEP_WITHDRAW))
        return false;
    call->status = 204;
    return note(store, call, subject, "destruction.withdraw", reason) &&
           heard_order_rows_withdraw(store, subject->view.order->id, call->caller.account_id,
                                     reason, call->wall_ms, &call->error);
}

bool heard_api_keeping_withdraw_store(HeardStore *store, HeardCall *call)
{
    return within(store, call, withdraw);
}

/* Who and why, as the certificate keeps it. */
static json_t *describe_order(HeardStore *store, HeardCall *call, const Subject *subject)
{
    const HeardKeepingView *view = &subject->view;
    const HeardOrderRow *order = view->order;
    g_autofree HeardAccountRow *one =
        heard_account_rows_get(store, order->requested_by, &call->error);

    if (!one)
        return NULL;
    return json_pack("{s:s, s:s, s:s, s:{s:s, s:s}, s:I, s:{s:s, s:s}, s:I, s:s, s:s, s:I, s:I}",
                     "id", order->id, "number", subject->row->recording_no, "reason", order->reason,
                     "requested_by", "id", one->id, "name", one->name, "requested_ms",
                     (json_int_t)order->requested_ms, "confirmed_by", "id", call->caller.account_id,
                     "name", call->caller.name, "confirmed_ms", (json_int_t)call->wall_ms, "class",
                     heard_keep_class_name(view->of_class), "basis",
                     heard_keep_class_basis(view->of_class), "keep_from_ms",
                     (json_int_t)view->from_ms, "keep_until_ms", (json_int_t)view->facts.until_ms);
}

static char *make_certificate(HeardStore *store, HeardCall *call, const Subject *subject)
{
    g_autoptr(GPtrArray) places =
        heard_recording_places(call->app->data_dir, subject->row->directory, &call->error);
    g_autoptr(json_t) order = places ? describe_order(store, call, subject) : NULL;

    return order ? heard_destruction_make(places->pdata[0], order, call->app->keeps_ciphertext,
                                          call->app->signer, &call->error)
                 : NULL;
}

static bool confirm(HeardStore *store, HeardCall *call, Subject *subject)
{
    g_autofree char *certificate = NULL;

    if (!allow(call, subject, HEARD_KEEP_CONFIRM))
        return false;
    certificate = make_certificate(store, call, subject);
    call->status = 202;
    call->answer = json_pack("{s:s}", "id", subject->view.order->id);
    return certificate &&
           note(store, call, subject, "destruction.confirm", subject->view.order->reason) &&
           heard_order_rows_confirm(store, subject->view.order->id, call->caller.account_id,
                                    certificate, call->wall_ms, &call->error) &&
           heard_recording_rows_set_state(store, subject->row->id, "destroying", &call->error);
}

bool heard_api_keeping_confirm_store(HeardStore *store, HeardCall *call)
{
    return within(store, call, confirm);
}

void heard_api_keeping_confirm_main(HeardCall *call)
{
    heard_destroyer_wake(call->app->destroyer);
    heard_call_reply(call);
}
