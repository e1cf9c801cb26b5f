/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/local_time.h"
#include "server/app/summary.h"
#include "server/store/audit_rows.h"
#include "server/store/minutes_rows.h"
#include "server/store/number_rows.h"
#include "server/store/outcome_rows.h"
#include "server/store/person_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

enum {
    HEARD_CASE_TITLE_CHARS_MAX = 200,
    HEARD_CASE_CLAIM_CHARS_MAX = 4000,
    HEARD_CASE_NAME_CHARS_MAX = 60,
    HEARD_CASE_PHONE_CHARS_MAX = 20,
    HEARD_CASE_ID_CHARS_MAX = 18,
};

/* ---- list ---- */

static gint newest_first(gconstpointer a, gconstpointer b)
{
    const HeardCaseRow *left = *(HeardCaseRow *const *)a;
    const HeardCaseRow *right = *(HeardCaseRow *const *)b;

    return strcmp(right->id, left->id);
}

/* By unit and by seat are two questions; ids are ordered by time, so they merge. */
static GPtrArray *merge(GPtrArray *by_unit, GPtrArray *by_seat, unsigned limit)
{
    GPtrArray *all = g_ptr_array_new();

    g_ptr_array_extend(all, by_unit, NULL, NULL);
    g_ptr_array_extend(all, by_seat, NULL, NULL);
    g_ptr_array_sort(all, newest_first);
    for (guint i = 1; i < all->len;) {
        const HeardCaseRow *before = g_ptr_array_index(all, i - 1);
        const HeardCaseRow *row = g_ptr_array_index(all, i);
        if (strcmp(before->id, row->id) == 0)
            g_ptr_array_remove_index(all, i);
        else
            i++;
    }
    if (all->len > limit)
        g_ptr_array_set_size(all, (gint)limit);
    return all;
}

static bool hidden_accusation(HeardStore *store, HeardCall *call, const HeardCaseRow *row)
{
    g_autofree HeardCaseRow *seen = NULL;

    if (g_strcmp0(row->confidentiality, "accusation") != 0)
        return false;
    seen = heard_access_case(store, &call->caller, row->id, NULL);
    return seen == NULL;
}

bool heard_api_cases_store(HeardStore *store, HeardCall *call)
{
    HeardCaseFilter of_unit = {.subtree_path = call->caller.unit_path};
    HeardCaseFilter of_seat = {.account_id = call->caller.account_id};
    g_autoptr(GPtrArray) by_unit = NULL;
    g_autoptr(GPtrArray) by_seat = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(json_t) items = json_array();
    const char *last_id = NULL;
    HeardPage page;

    if (!heard_call_page(call, &page))
        return false;
    by_unit = call->caller.unit_path[0] ? heard_case_rows_list(store, &of_unit, &page, &call->error)
                                        : g_ptr_array_new();
    by_seat = by_unit ? heard_case_rows_list(store, &of_seat, &page, &call->error) : NULL;
    if (!by_seat)
        return false;
    rows = merge(by_unit, by_seat, page.limit);
    for (guint i = 0; i < rows->len; i++) {
        const HeardCaseRow *row = g_ptr_array_index(rows, i);
        json_t *item;
        last_id = row->id;
        if (hidden_accusation(store, call, row))
            continue;
        item = heard_summary_case(store, row, &call->error);
        if (!item)
            return false;
        json_array_append_new(items, item);
    }
    call->answer = json_pack("{s:O, s:s?}", "items", items, "next_cursor",
                             rows->len >= page.limit ? last_id : NULL);
    return true;
}

/* ---- register ---- */

typedef struct {
    const char *title, *claim, *name, *phone, *id_number, *lead_unit;
} NewCase;

static bool read_new_case(HeardCall *call, NewCase *ret)
{
    const json_t *body = call->body;
    GError **error = &call->error;

    return heard_json_text(body, "title", HEARD_CASE_TITLE_CHARS_MAX, false, &ret->title, error) &&
           heard_json_text(body, "claim", HEARD_CASE_CLAIM_CHARS_MAX, false, &ret->claim, error) &&
           heard_json_text(body, "petitioner_name", HEARD_CASE_NAME_CHARS_MAX, false, &ret->name,
                           error) &&
           heard_json_text(body, "petitioner_phone", HEARD_CASE_PHONE_CHARS_MAX, true, &ret->phone,
                           error) &&
           heard_json_text(body, "petitioner_id_number", HEARD_CASE_ID_CHARS_MAX, true,
                           &ret->id_number, error) &&
           heard_json_text(body, "lead_unit", HEARD_ID_SIZE - 1, true, &ret->lead_unit, error);
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static bool insert_case(HeardStore *store, HeardCall *call, const NewCase *new_case,
                        const HeardUnitRow *unit, const char *number, const char *case_id)
{
    char person_id[HEARD_ID_SIZE];
    const char *phone = or_null(new_case->phone);
    const char *id_number = or_null(new_case->id_number);
    HeardPersonRow person = {.id = person_id,
                             .name = new_case->name,
                             .id_type = id_number ? "resident_id" : NULL,
                             .created_ms = call->wall_ms};
    HeardCaseRow row = {.id = case_id,
                        .case_no = number,
                        .nature = "claim",
                        .title = new_case->title,
                        .claim = new_case->claim,
                        .channel = "office",
                        .confidentiality = "normal",
                        .state = "registered",
                        .registered_unit_id = unit->id,
                        .first_handler_id = call->caller.account_id,
                        .lead_unit_id = or_null(new_case->lead_unit),
                        .petitioner_id = person_id,
                        .created_ms = call->wall_ms,
                        .updated_ms = call->wall_ms};

    heard_id_new(person_id, call->wall_ms);
    return heard_person_rows_insert(store, call->app->cipher, &person, id_number, phone,
                                    &call->error) &&
           heard_case_rows_insert(store, &row, &call->error) &&
           heard_audit_trail_append(store, call, "case.register", "case", case_id, NULL, NULL);
}

bool heard_api_case_new_store(HeardStore *store, HeardCall *call)
{
    NewCase new_case = {0};
    g_autofree HeardUnitRow *unit = NULL;
    g_autofree HeardCaseRow *made = NULL;
    char number[HEARD_NUMBER_SIZE];
    char case_id[HEARD_ID_SIZE];
    char date[9];

    if (!read_new_case(call, &new_case))
        return false;
    if (!call->caller.unit_id[0])
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "your account belongs to no unit");
    unit = heard_unit_rows_get(store, call->caller.unit_id, &call->error);
    if (!unit)
        return false;
    heard_id_new(case_id, call->wall_ms);
    heard_local_date(unit->tz, call->wall_ms, date);
    if (!heard_number_rows_take(store, "XF", unit->region_code, date, number, &call->error) ||
        !heard_store_begin(store, &call->error))
        return false;
    if (!insert_case(store, call, &new_case, unit, number, case_id) ||
        !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    made = heard_case_rows_get(store, case_id, &call->error);
    call->answer = made ? heard_summary_case(store, made, &call->error) : NULL;
    call->status = 201;
    return call->answer != NULL;
}

/* ---- the file ---- */

static json_t *hearings_of(HeardStore *store, HeardCall *call, const char *case_id)
{
    HeardHearingFilter filter = {.case_id = case_id};
    HeardPage page = {.limit = HEARD_PAGE_MAX};
    g_autoptr(GPtrArray) rows = heard_hearing_rows_list(store, &filter, true, &page, &call->error);
    g_autoptr(json_t) list = json_array();

    for (guint i = 0; rows && i < rows->len; i++) {
        json_t *item =
            heard_summary_hearing(store, &call->caller, g_ptr_array_index(rows, i), &call->error);
        if (!item)
            return NULL;
        json_array_append_new(list, item);
    }
    return rows ? g_steal_pointer(&list) : NULL;
}

static json_t *recordings_of(HeardStore *store, HeardCall *call, const char *case_id)
{
    HeardPage page = {.limit = HEARD_PAGE_MAX};
    g_autoptr(GPtrArray) rows =
        heard_recording_rows_list_of_case(store, case_id, &page, &call->error);
    g_autoptr(json_t) list = json_array();

    for (guint i = 0; rows && i < rows->len; i++) {
        json_t *item =
            heard_summary_recording(store, &call->caller, g_ptr_array_index(rows, i), &call->error);
        if (!item)
            return NULL;
        json_array_append_new(list, item);
    }
    return rows ? g_steal_pointer(&list) : NULL;
}

static bool add_outcomes(HeardStore *store, HeardCall *call, const char *hearing_id, json_t *list)
{
    HeardPage page = {.limit = HEARD_PAGE_MAX};
    g_autoptr(GPtrArray) rows = heard_outcome_rows_list(store, hearing_id, &page, &call->error);

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardOutcomeRow *row = g_ptr_array_index(rows, i);
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:I}", "hearing_id", row->hearing_id,
                                        "outcome", row->result, "note", row->note ? row->note : "",
                                        "at_ms", (json_int_t)row->at_ms));
    }
    return rows != NULL;
}

static json_t *event(int64_t at_ms, const char *code, const char *detail, const char *unit)
{
    return json_pack("{s:I, s:s, s:s, s:s?}", "at_ms", (json_int_t)at_ms, "code", code, "detail",
                     detail ? detail : "", "unit", unit);
}

static int64_t at_of(const json_t *item)
{
    return json_integer_value(json_object_get(item, "at_ms"));
}

static void insert_by_time(json_t *list, json_t *item)
{
    size_t place = json_array_size(list);

    while (place > 0 && at_of(json_array_get(list, place - 1)) > at_of(item))
        place--;
    json_array_insert_new(list, place, item);
}

/* The spine is what the rows tell: registered, hearings held, recordings kept. */
static json_t *spine(const HeardCaseRow *row, const char *unit, const json_t *hearings,
                     const json_t *recordings)
{
    json_t *list = json_array();
    const json_t *item;
    size_t i;

    insert_by_time(list, event(row->created_ms, "case.registered", row->case_no, unit));
    json_array_foreach(hearings, i, item)
    {
        const char *number = json_string_value(json_object_get(item, "number"));
        const char *organiser = json_string_value(json_object_get(item, "organiser"));
        int64_t started = json_integer_value(json_object_get(item, "started_at_ms"));
        int64_t ended = json_integer_value(json_object_get(item, "ended_at_ms"));
        insert_by_time(list, event(json_integer_value(json_object_get(item, "planned_start_ms")),
                                   "hearing.planned", number, organiser));
        if (started)
            insert_by_time(list, event(started, "hearing.opened", number, organiser));
        if (ended)
            insert_by_time(list, event(ended, "hearing.ended", number, organiser));
    }
    json_array_foreach(recordings, i, item)
    {
        int64_t stopped = json_integer_value(json_object_get(item, "stopped_at_ms"));
        const char *number = json_string_value(json_object_get(item, "number"));
        if (stopped)
            insert_by_time(list, event(stopped, "recording.kept", number, NULL));
    }
    return list;
}

/* The hash of the minutes is in the case file, where a later copy of them is compared with it. */
static bool add_minutes(HeardStore *store, HeardCall *call, json_t *events, const json_t *hearings)
{
    const json_t *item;
    size_t i;

    json_array_foreach(hearings, i, item)
    {
        const char *id = json_string_value(json_object_get(item, "id"));
        const char *number = json_string_value(json_object_get(item, "number"));
        const char *organiser = json_string_value(json_object_get(item, "organiser"));
        g_autofree HeardMinutesRow *minutes = heard_minutes_rows_get(store, id, &call->error);
        g_autofree char *detail = NULL;

        if (call->error)
            return false;
        if (!minutes || !minutes->sealed_ms)
            continue;
        detail = g_strdup_printf("%s SHA-256 %s", number, minutes->sha256);
        insert_by_time(events, event(minutes->sealed_ms, "minutes.sealed", detail, organiser));
    }
    return true;
}

bool heard_api_case_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardCaseRow *row =
        heard_access_case(store, &call->caller, call->params[0], &call->error);
    g_autofree HeardUnitRow *unit = NULL;
    g_autoptr(json_t) file = row ? heard_summary_case(store, row, &call->error) : NULL;
    g_autoptr(json_t) hearings = file ? hearings_of(store, call, row->id) : NULL;
    g_autoptr(json_t) recordings = hearings ? recordings_of(store, call, row->id) : NULL;
    g_autoptr(json_t) outcomes = json_array();
    g_autoptr(json_t) events = NULL;
    const json_t *hearing;
    size_t i;

    if (!recordings)
        return false;
    unit = heard_unit_rows_get(store, row->registered_unit_id, &call->error);
    if (!unit)
        return false;
    json_array_foreach(hearings, i, hearing)
    {
        const char *id = json_string_value(json_object_get(hearing, "id"));
        if (!add_outcomes(store, call, id, outcomes))
            return false;
    }
    json_object_set_new(file, "claim", json_string(row->claim ? row->claim : ""));
    json_object_set_new(file, "registered_unit", json_string(unit->name));
    events = spine(row, unit->name, hearings, recordings);
    if (!add_minutes(store, call, events, hearings))
        return false;
    json_object_set(file, "events", events);
    json_object_set(file, "hearings", hearings);
    json_object_set(file, "outcomes", outcomes);
    json_object_set(file, "recordings", recordings);
    call->answer = g_steal_pointer(&file);
    return true;
}
