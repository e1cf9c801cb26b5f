/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/child.h"
#include "server/app/files.h"
#include "server/app/http_text.h"
#include "server/app/summary.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEARD_VIEW_REASON_CHARS_MAX = 200,
    HEARD_VIEW_REASON_CHARS_MIN = 2,
    HEARD_CHECK_SECONDS_MAX = 120,
    HEARD_DERIVED_NAME_MAX = 200,
};

/* What the main half needs to send a file. */
typedef struct {
    char *relative; /* below the data folder */
    char *media_type;
    char *sha256;
} FileAnswer;

static void file_answer_free(void *data)
{
    FileAnswer *self = data;

    g_free(self->relative);
    g_free(self->media_type);
    g_free(self->sha256);
    g_free(self);
}

static HeardRecordingRow *reach(HeardStore *store, HeardCall *call)
{
    return heard_access_recording(store, &call->caller, call->params[0], &call->error);
}

/* Playing needs the right; and, but for saying it, a reason given in this session. */
HeardRecordingRow *heard_api_reach_to_play(HeardStore *store, HeardCall *call, bool needs_view)
{
    g_autofree HeardRecordingRow *row =
        heard_access_recording_to_play(store, &call->caller, call->params[0], &call->error);
    bool open = false;

    if (!row)
        return NULL;
    if (!needs_view)
        return g_steal_pointer(&row);
    if (!heard_access_view_open(store, &call->caller, row->id, &open, &call->error))
        return NULL;
    if (open)
        return g_steal_pointer(&row);
    heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "say first why you play it (POST views)");
    return NULL;
}

bool heard_api_recording_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *row = reach(store, call);

    call->answer = row ? heard_summary_recording(store, &call->caller, row, &call->error) : NULL;
    return call->answer != NULL;
}

bool heard_api_recording_view_store(HeardStore *store, HeardCall *call)
{
    const char *reason = NULL;
    g_autofree HeardRecordingRow *row = NULL;
    char id[HEARD_ID_SIZE];
    HeardRecordingViewRow view = {.id = id};

    if (!heard_json_text(call->body, "reason", HEARD_VIEW_REASON_CHARS_MAX, false, &reason,
                         &call->error))
        return false;
    if (g_utf8_strlen(reason, -1) < HEARD_VIEW_REASON_CHARS_MIN)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "reason: at least two characters");
    row = heard_api_reach_to_play(store, call, false);
    if (!row)
        return false;
    heard_id_new(id, call->wall_ms);
    view.recording_id = row->id;
    view.account_id = call->caller.account_id;
    view.at_ms = call->wall_ms;
    view.reason = reason;
    if (!heard_audit_trail_append(store, call, "recording.view", "recording", row->id,
                                  row->hearing_id, reason) ||
        !heard_recording_view_rows_insert(store, &view, &call->error))
        return false;
    call->status = 201;
    call->answer = json_pack("{s:s, s:I}", "id", id, "at_ms", (json_int_t)call->wall_ms);
    return true;
}

void heard_api_answer_with_file(HeardCall *call, const char *directory, const char *name,
                                const char *media_type, const char *sha256)
{
    FileAnswer *answer = g_new0(FileAnswer, 1);

    answer->relative = g_build_filename(directory, name, NULL);
    answer->media_type = g_strdup(media_type);
    answer->sha256 = g_strdup(sha256);
    call->extra = answer;
    call->extra_destroy = file_answer_free;
}

static bool answer_with_file(HeardCall *call, const HeardRecordingRow *recording,
                             const HeardRecordingFileRow *file)
{
    g_autofree char *name = NULL;

    if (!heard_http_is_plain_name(file->name, HEARD_DERIVED_NAME_MAX) ||
        strstr(recording->directory, ".."))
        return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such file");
    name = g_build_filename("derived", file->name, NULL);
    heard_api_answer_with_file(call, recording->directory, name, file->media_type, file->sha256);
    return true;
}

bool heard_api_recording_timeline_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *row = heard_api_reach_to_play(store, call, true);
    g_autofree HeardRecordingFileRow *file = NULL;

    if (!row)
        return false;
    file = heard_recording_file_rows_get_by_name(store, row->id, "timeline.json", &call->error);
    return file && answer_with_file(call, row, file);
}

bool heard_api_recording_file_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *row = heard_api_reach_to_play(store, call, true);
    g_autofree HeardRecordingFileRow *file = NULL;

    if (!row)
        return false;
    file = heard_recording_file_rows_get(store, call->params[1], &call->error);
    if (!file)
        return false;
    if (strcmp(file->recording_id, row->id) != 0)
        return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such file");
    return answer_with_file(call, row, file);
}

/* If-Range with another tag: the file changed under a player; it gets the whole of it. */
static const char *range_header(HeardHttpRequest *request, const char *etag)
{
    const char *if_range = heard_http_header(request, "If-Range");

    return if_range && strcmp(if_range, etag) != 0 ? NULL : heard_http_header(request, "Range");
}

static void send_file(HeardHttpRequest *request, const FileAnswer *answer, int fd, uint64_t size)
{
    g_autofree char *etag = g_strdup_printf("\"%s\"", answer->sha256 ? answer->sha256 : "");
    char content_range[80];
    uint64_t first = 0;
    uint64_t part = size;

    heard_http_add_header(request, "ETag", etag);
    heard_http_add_header(request, "Accept-Ranges", "bytes");
    switch (heard_http_range(range_header(request, etag), size, &first, &part)) {
    case HEARD_RANGE_NONE:
        heard_http_reply_file_take(request, 200, answer->media_type, fd, 0, size);
        return;
    case HEARD_RANGE_PART:
        snprintf(content_range, sizeof content_range, "bytes %lu-%lu/%lu", (unsigned long)first,
                 (unsigned long)(first + part - 1), (unsigned long)size);
        heard_http_add_header(request, "Content-Range", content_range);
        heard_http_reply_file_take(request, 206, answer->media_type, fd, first, part);
        return;
    case HEARD_RANGE_OUTSIDE:
        close(fd);
        snprintf(content_range, sizeof content_range, "bytes */%lu", (unsigned long)size);
        heard_http_add_header(request, "Content-Range", content_range);
        heard_http_reply_problem(request, HEARD_ERROR_RANGE, "the file ends before");
        return;
    }
}

void heard_api_recording_file_main(HeardCall *call)
{
    g_autoptr(HeardCall) owned G_GNUC_UNUSED = call;
    const FileAnswer *answer = call->extra;
    g_autoptr(GError) error = NULL;
    int fd = heard_files_open_below(call->app->data_dir, answer->relative, &error);
    struct stat about;

    if (fd < 0) {
        heard_http_reply_error(call->request, error);
        return;
    }
    if (fstat(fd, &about) < 0) {
        close(fd);
        heard_http_reply_problem(call->request, HEARD_ERROR_STORAGE, NULL);
        return;
    }
    send_file(call->request, answer, fd, (uint64_t)about.st_size);
}

/* ---- integrity ---- */

bool heard_api_recording_integrity_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardRecordingRow *row = reach(store, call);
    bool may = false;

    /* What was destroyed is still checked: what is left proves that. */
    if (!row || !heard_access_may_play(store, &call->caller, row, &may, &call->error))
        return false;
    if (!may)
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "you may not play this recording");
    call->extra = g_build_filename(call->app->data_dir, row->directory, NULL);
    call->extra_destroy = g_free;
    return true;
}

/* A check that runs: the call that waits, and what the child said so far. */
typedef struct {
    HeardCall *call;
    GString *report;
} Check;

static void on_check_line(const char *line, void *data)
{
    Check *check = data;

    if (check->report->len + strlen(line) < HEARD_JSON_BYTES_MAX)
        g_string_append_printf(check->report, "%s\n", line);
}

static void on_check_end(int status, void *data)
{
    Check *check = data;
    HeardCall *call = check->call;
    g_autoptr(GString) report = check->report;

    g_free(check);
    if (status == 0 || status == 1 || status == 3 || status == 4)
        call->answer = heard_json_parse_object(report->str, report->len, NULL);
    if (!call->answer)
        heard_call_refuse(call, HEARD_ERROR_UNAVAILABLE, "the recording cannot be checked now");
    heard_call_reply(call);
}

void heard_api_recording_integrity_main(HeardCall *call)
{
    const char *ca = heard_config_text(call->app->config, "signing_ca");
    const char *tsa = heard_config_text(call->app->config, "tsa_ca");
    const char *argv[8] = {"verify", call->extra, "--json"};
    unsigned count = 3;
    Check *check = g_new0(Check, 1);
    HeardChildHooks hooks = {on_check_line, on_check_end, check};

    if (ca) {
        argv[count++] = "--ca";
        argv[count++] = ca;
    }
    if (tsa) {
        argv[count++] = "--tsa";
        argv[count++] = tsa;
    }
    check->call = call;
    check->report = g_string_new(NULL);
    if (heard_child_start(argv, HEARD_CHECK_SECONDS_MAX, &hooks, &call->error))
        return;
    g_string_free(check->report, TRUE);
    g_free(check);
    heard_call_reply(call);
}
