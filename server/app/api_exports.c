/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/excerpt.h"
#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/package_stream.h"
#include "server/store/account_rows.h"
#include "server/store/export_rows.h"

#include <string.h>

enum { HEARD_EXPORT_REASON_CHARS_MAX = 200, HEARD_EXPORT_REASON_CHARS_MIN = 2 };

/* The recording, for callers with the right to a copy of it. */
static HeardRecordingRow *reach_to_export(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *row =
        heard_access_recording(store, &call->caller, call->params[0], &call->error);
    bool may = false;

    if (!row || !heard_access_may_export(store, &call->caller, row, &may, &call->error))
        return NULL;
    if (may)
        return g_steal_pointer(&row);
    heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "you may not export this recording");
    return NULL;
}

static char *name_of(HeardStore *store, const char *account_id)
{
    g_autofree HeardAccountRow *account =
        account_id ? heard_account_rows_get(store, account_id, NULL) : NULL;

    return account ? g_strdup(account->name) : NULL;
}

static json_t *export_json(HeardStore *store, const HeardCall *call, const HeardExportRow *row)
{
    bool own = strcmp(row->requested_by, call->caller.account_id) == 0;
    bool open = strcmp(row->state, "requested") == 0;
    bool valid = strcmp(row->state, "approved") == 0 &&
                 row->decided_ms + HEARD_EXPORT_VALID_MS > call->wall_ms;
    g_autofree char *requested_by = name_of(store, row->requested_by);
    g_autofree char *decided_by = name_of(store, row->decided_by);
    json_t *json =
        json_pack("{s:s, s:s, s:I, s:s?, s:s, s:s?, s:s?, s:I, s:b, s:b, s:b}", "id", row->id,
                  "state", row->state, "requested_at_ms", (json_int_t)row->requested_ms,
                  "requested_by", requested_by, "reason", row->reason, "decided_by", decided_by,
                  "note", row->note, "downloads", (json_int_t)row->downloads, "own", own,
                  "may_decide", open && !own, "may_download", own && valid);

    if (row->to_ms) {
        json_object_set_new(json, "from_ms", json_integer(row->from_ms));
        json_object_set_new(json, "to_ms", json_integer(row->to_ms));
    }
    if (row->decided_ms)
        json_object_set_new(json, "decided_at_ms", json_integer(row->decided_ms));
    if (valid)
        json_object_set_new(json, "valid_until_ms",
                            json_integer(row->decided_ms + HEARD_EXPORT_VALID_MS));
    return json;
}

bool heard_api_exports_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *recording = reach_to_export(store, call);
    g_autoptr(GPtrArray) rows = NULL;
    const char *last = NULL;
    HeardPage page;
    json_t *items;

    if (!recording || !heard_call_page(call, &page))
        return false;
    rows = heard_export_rows_list(store, recording->id, &page, &call->error);
    if (!rows)
        return false;
    items = json_array();
    for (guint i = 0; i < rows->len; i++) {
        const HeardExportRow *row = rows->pdata[i];
        json_array_append_new(items, export_json(store, call, row));
        last = row->id;
    }
    heard_call_answer_list(call, items, &page, last);
    return true;
}

/* Neither or both, and within the recording where its end is known. */
static bool take_range(HeardCall *call, const HeardRecordingRow *recording, HeardExportRow *row)
{
    bool has_from = json_object_get(call->body, "from_ms") != NULL;
    bool has_to = json_object_get(call->body, "to_ms") != NULL;
    int64_t end = recording->duration_ms > 0 ? recording->duration_ms : HEARD_EXCERPT_MS_MAX;

    if (!has_from && !has_to)
        return true;
    return heard_json_number(call->body, "from_ms", 0, end - 1, false, &row->from_ms,
                             &call->error) &&
           heard_json_number(call->body, "to_ms", row->from_ms + 1, end, false, &row->to_ms,
                             &call->error);
}

/* What the audit trail keeps: of a part also which one. */
static char *reason_of(const HeardExportRow *row)
{
    if (!row->to_ms)
        return g_strdup(row->reason);
    return g_strdup_printf("%s (%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT " ms)", row->reason,
                           row->from_ms, row->to_ms);
}

bool heard_api_export_new_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *recording = reach_to_export(store, call);
    const char *reason = NULL;
    g_autofree char *kept = NULL;
    char id[HEARD_ID_SIZE];
    HeardExportRow row = {.id = id, .state = "requested"};

    if (!recording || !heard_json_text(call->body, "reason", HEARD_EXPORT_REASON_CHARS_MAX, false,
                                       &reason, &call->error))
        return false;
    if (g_utf8_strlen(reason, -1) < HEARD_EXPORT_REASON_CHARS_MIN)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "reason: at least two characters");
    if (!take_range(call, recording, &row))
        return false;
    heard_id_new(id, call->wall_ms);
    row.recording_id = recording->id;
    row.requested_by = call->caller.account_id;
    row.requested_ms = call->wall_ms;
    row.reason = reason;
    kept = reason_of(&row);
    if (!heard_export_rows_insert(store, &row, &call->error) ||
        !heard_audit_trail_append(store, call, "recording.export.request", "recording",
                                  recording->id, recording->hearing_id, kept))
        return false;
    call->status = 201;
    call->answer = export_json(store, call, &row);
    return true;
}

bool heard_api_export_decide_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *recording = reach_to_export(store, call);
    g_autofree HeardExportRow *row = NULL;
    g_autofree HeardExportRow *decided = NULL;
    const json_t *approve = json_object_get(call->body, "approve");
    const char *note = NULL;

    if (!recording || !heard_json_text(call->body, "note", HEARD_EXPORT_REASON_CHARS_MAX, true,
                                       &note, &call->error))
        return false;
    if (!json_is_boolean(approve))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "approve: true or false");
    row = heard_export_rows_get(store, call->params[1], &call->error);
    if (!row)
        return false;
    if (strcmp(row->recording_id, recording->id) != 0)
        return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such request");
    if (strcmp(row->requested_by, call->caller.account_id) == 0)
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN,
                                 "nobody decides on a request of their own");
    if (!heard_export_rows_decide(store, row->id, json_is_true(approve), call->caller.account_id,
                                  note, call->wall_ms, &call->error) ||
        !heard_audit_trail_append(store, call,
                                  json_is_true(approve) ? "recording.export.approve"
                                                        : "recording.export.refuse",
                                  "recording", recording->id, recording->hearing_id, note))
        return false;
    decided = heard_export_rows_get(store, row->id, &call->error);
    call->answer = decided ? export_json(store, call, decided) : NULL;
    return decided != NULL;
}

/* ---- the package ---- */

typedef struct {
    char *directory, *name;
    int64_t from_ms, to_ms;
} PackageAnswer;

static void package_answer_free(void *data)
{
    PackageAnswer *self = data;

    g_free(self->directory);
    g_free(self->name);
    g_free(self);
}

/* Only what will not change any more; a damaged one is packed as well. */
static bool is_closed(const HeardRecordingRow *row)
{
    static const char *const running[] = {"armed", "recording", "paused", "interrupted",
                                          "finalising"};

    for (size_t i = 0; i < G_N_ELEMENTS(running); i++)
        if (strcmp(row->state, running[i]) == 0)
            return false;
    return true;
}

bool heard_api_package_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *recording = reach_to_export(store, call);
    g_autofree HeardExportRow *row = NULL;
    g_autofree char *kept = NULL;
    PackageAnswer *answer;

    if (!recording)
        return false;
    if (!is_closed(recording))
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT, "the recording is not over");
    if (strstr(recording->directory, ".."))
        return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such recording");
    row = heard_export_rows_open(store, recording->id, call->caller.account_id, call->wall_ms,
                                 &call->error);
    if (call->error)
        return false;
    if (!row)
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN,
                                 "ask for the export first; another person has to approve it");
    if (heard_api_refuse_away(store, call, recording->id))
        return false;
    kept = reason_of(row);
    if (!heard_audit_trail_append(store, call, "recording.export", "recording", recording->id,
                                  recording->hearing_id, kept) ||
        !heard_export_rows_count_download(store, row->id, call->wall_ms, &call->error))
        return false;
    answer = g_new0(PackageAnswer, 1);
    answer->directory = g_strdup(recording->directory);
    answer->name = g_strconcat(recording->recording_no, row->to_ms ? "-excerpt" : "", NULL);
    answer->from_ms = row->from_ms;
    answer->to_ms = row->to_ms;
    call->extra = answer;
    call->extra_destroy = package_answer_free;
    return true;
}

void heard_api_package_main(HeardCall *call)
{
    const PackageAnswer *answer = call->extra;

    HeardPackageWanted wanted = {answer->directory, answer->name, answer->from_ms, answer->to_ms};

    if (heard_package_stream_start(call->app, call->request, &wanted, &call->error))
        heard_call_free(call);
    else
        heard_call_reply(call);
}
