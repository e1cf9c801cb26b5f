/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/keeping.h"
#include "server/app/local_time.h"
#include "server/app/summary.h"

#include <string.h>

enum { HEARD_RECORDING_SEARCH_CHARS_MAX = 100, HEARD_RECORDING_SCAN_MAX = 10 };

/* Words parted by spaces, half width: 案号 and a piece of the title, for example. */
static bool take_terms(HeardCall *call, char **words, HeardRecordingFilter *want)
{
    const char *search = call->query[HEARD_QUERY_SEARCH];
    g_autofree char *plain = NULL;
    g_auto(GStrv) parts = NULL;
    unsigned count = 0;

    if (!search)
        return true;
    if (!g_utf8_validate(search, -1, NULL) ||
        g_utf8_strlen(search, -1) > HEARD_RECORDING_SEARCH_CHARS_MAX)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "search: up to %d characters",
                                 HEARD_RECORDING_SEARCH_CHARS_MAX);
    plain = g_utf8_normalize(search, -1, G_NORMALIZE_ALL_COMPOSE);
    parts = g_strsplit_set(plain, " \t", -1);
    for (unsigned i = 0; parts[i]; i++) {
        if (!parts[i][0])
            continue;
        if (count == HEARD_RECORDING_TERMS_MAX)
            return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "search: up to %d words",
                                     HEARD_RECORDING_TERMS_MAX);
        words[count] = g_strdup(parts[i]);
        want->terms[count] = words[count];
        count++;
    }
    return true;
}

/* Days of the server's zone, both included. */
static bool take_days(HeardCall *call, HeardRecordingFilter *want)
{
    const char *from = call->query[HEARD_QUERY_FROM];
    const char *to = call->query[HEARD_QUERY_TO];
    int64_t unused = 0;

    if (from && !heard_local_day(from, call->wall_ms, &want->from_ms, &unused))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "from: a date such as 2026-11-23");
    if (to && !heard_local_day(to, call->wall_ms, &unused, &want->to_ms))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "to: a date such as 2026-11-23");
    return true;
}

static json_t *item_json(HeardStore *store, const HeardRecordingRow *row, GError **error)
{
    g_autofree HeardHearingRow *hearing = heard_hearing_rows_get(store, row->hearing_id, error);
    g_autofree HeardCaseRow *file =
        hearing && row->case_id ? heard_case_rows_get(store, row->case_id, error) : NULL;

    if (!hearing || (row->case_id && !file))
        return NULL;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s, s:o, s:I, s:s, s:b}", "id",
                     row->id, "number", row->recording_no, "hearing_id", hearing->id,
                     "hearing_number", hearing->hearing_no, "title", hearing->title, "kind",
                     hearing->kind, "case_id", row->case_id, "case_number",
                     file ? file->case_no : NULL, "state", row->state, "started_at_ms",
                     heard_summary_time(row->started_ms), "duration_ms",
                     (json_int_t)row->duration_ms, "derived", row->derive_state, "may_play",
                     !heard_keeping_is_over(row));
}

/* The rows that the question found are asked one by one, by the same rule as each of them. */
static bool scan(HeardStore *store, HeardCall *call, const GPtrArray *rows, unsigned limit,
                 json_t *items, char ret_last[static HEARD_ID_SIZE])
{
    for (guint i = 0; i < rows->len && json_array_size(items) < limit; i++) {
        const HeardRecordingRow *row = rows->pdata[i];
        json_t *item;
        bool may = false;
        if (!heard_access_may_play(store, &call->caller, row, &may, &call->error))
            return false;
        g_strlcpy(ret_last, row->id, HEARD_ID_SIZE);
        if (!may)
            continue;
        item = item_json(store, row, &call->error);
        if (!item)
            return false;
        json_array_append_new(items, item);
    }
    return true;
}

static bool list(HeardStore *store, HeardCall *call, const HeardRecordingFilter *want,
                 const HeardPage *asked)
{
    g_autoptr(json_t) items = json_array();
    char last[HEARD_ID_SIZE] = "";
    bool more = true;

    g_strlcpy(last, asked->after ? asked->after : "", sizeof last);
    for (unsigned i = 0; more && i < HEARD_RECORDING_SCAN_MAX; i++) {
        HeardPage page = {.after = last[0] ? last : NULL, .limit = asked->limit};
        g_autoptr(GPtrArray) rows = heard_recording_rows_find(store, want, &page, &call->error);
        if (!rows || !scan(store, call, rows, asked->limit, items, last))
            return false;
        /* A full answer may have left rows of the last question unseen. */
        more = rows->len == asked->limit || json_array_size(items) >= asked->limit;
        if (json_array_size(items) >= asked->limit)
            break;
    }
    call->answer =
        json_pack("{s:O, s:s?}", "items", items, "next_cursor", more && last[0] ? last : NULL);
    return true;
}

bool heard_api_recordings_store(HeardStore *store, HeardCall *call)
{
    const HeardCaller *caller = &call->caller;
    char *words[HEARD_RECORDING_TERMS_MAX] = {NULL};
    HeardRecordingFilter want = {.account_id = caller->account_id,
                                 .is_wide = heard_caller_permit(caller, HEARD_MAY_PLAY_RECORDING) ==
                                            HEARD_PERMIT_YES,
                                 .unit_id = caller->unit_id[0] ? caller->unit_id : NULL,
                                 .unit_path = caller->unit_path[0] ? caller->unit_path : NULL};
    HeardPage page;
    bool done = heard_call_page(call, &page) && take_terms(call, words, &want) &&
                take_days(call, &want) && list(store, call, &want, &page);

    for (unsigned i = 0; i < HEARD_RECORDING_TERMS_MAX; i++)
        g_free(words[i]);
    return done;
}
