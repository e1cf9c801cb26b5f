/* SPDX-License-Identifier: Apache-2.0 */
/* What is done to a recording on request, by the job queue: one film of it, which this sends as
 * well; its segments brought back from the second place. */
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/job_kinds.h"
#include "server/app/summary.h"
#include "server/base/json.h"
#include "server/store/recording_task_rows.h"
#include "server/store/release_rows.h"

#include <string.h>

#define KIND "composite"

bool heard_api_composite_new_store(HeardStore *store, HeardCall *call)
{
    static const char *const layouts[] = {"grid", "speaker", "document", NULL};
    g_autofree HeardRecordingRow *row = NULL;
    g_autofree char *payload = NULL;
    const char *layout = NULL;

    if (!heard_json_text(call->body, "layout", 16, false, &layout, &call->error))
        return false;
    if (!g_strv_contains(layouts, layout))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "layout: grid, speaker or document");
    row = heard_api_reach_to_play(store, call, true);
    if (!row)
        return false;
    if (strcmp(row->state, "sealed") != 0 || strcmp(row->derive_state, "ready") != 0)
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT,
                                 "the recording is not closed and processed yet");
    payload = g_strdup_printf("{\"layout\":\"%s\"}", layout);
    if (!heard_audit_trail_append(store, call, "recording.composite", "recording", row->id,
                                  row->hearing_id, layout) ||
        !heard_job_kinds_queue(store, heard_job_kinds_get(KIND), row->id, payload, &call->error))
        return false;
    call->status = 202;
    call->answer = heard_summary_recording(store, &call->caller, row, &call->error);
    return call->answer != NULL;
}

void heard_api_recording_task_main(HeardCall *call)
{
    heard_jobs_look(call->app->jobs);
    heard_call_reply(call);
}

bool heard_api_composite_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *row = heard_api_reach_to_play(store, call, true);
    g_autofree HeardRecordingTaskRow *task = NULL;
    g_autoptr(json_t) detail = NULL;

    if (!row)
        return false;
    task = heard_recording_task_rows_get(store, row->id, KIND, &call->error);
    if (!task)
        return false;
    if (strcmp(task->state, "ready") != 0 || !task->detail)
        return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "the film is not ready");
    detail = heard_json_parse_object(task->detail, strlen(task->detail), &call->error);
    if (!detail)
        return false;
    heard_api_answer_with_file(call, row->directory, "composite.mp4", "video/mp4",
                               json_string_value(json_object_get(detail, "sha256")));
    return true;
}

bool heard_api_restore_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *row = heard_api_reach_to_play(store, call, false);
    bool is_away = false;

    if (!row || !heard_release_rows_is_away(store, row->id, &is_away, &call->error))
        return false;
    if (!is_away)
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT, "all of the recording is here");
    if (!heard_audit_trail_append(store, call, "recording.restore", "recording", row->id,
                                  row->hearing_id, NULL) ||
        !heard_job_kinds_queue(store, heard_job_kinds_get("restore"), row->id, "{}", &call->error))
        return false;
    call->status = 202;
    call->answer = heard_summary_recording(store, &call->caller, row, &call->error);
    return call->answer != NULL;
}

bool heard_api_refuse_away(HeardStore *store, HeardCall *call, const char *recording_id)
{
    bool is_away = false;

    if (!heard_release_rows_is_away(store, recording_id, &is_away, &call->error))
        return true;
    if (is_away)
        heard_call_refuse(call, HEARD_ERROR_ELSEWHERE,
                          "its segments are at the second place: bring them back first (POST "
                          "restore)");
    return is_away;
}
