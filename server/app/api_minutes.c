/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/live.h"
#include "server/app/minutes_desk.h"
#include "server/app/minutes_json.h"
#include "server/hearing/minutes.h"
#include "server/store/minutes_rows.h"
#include "server/store/participant_rows.h"

#include <string.h>

enum { HEARD_MINUTES_WORD_CHARS_MAX = 16, HEARD_MINUTES_ID_CHARS_MAX = 40 };

/* A row that is built: text, or a copy of it, must outlive the row. */
typedef HeardMinutesLineRow Line;

static bool check_write(HeardCall *call, const HeardMinutesDesk *desk, HeardMinutesKind kind)
{
    HeardMinutesMoment moment = {.minutes = desk->state, .has_clerk = desk->has_clerk};
    HeardMinutesAnswer answer = HEARD_MINUTES_FINISHED;

    if (!desk->participant)
        return heard_call_refuse(call, HEARD_ERROR_WRONG_ROLE, "you have no seat in this hearing");
    moment.is_apart = desk->is_apart;
    if (heard_state_from_name(desk->hearing->state, &moment.hearing))
        answer = heard_minutes_write(&moment, desk->role, kind);
    if (answer == HEARD_MINUTES_OK)
        return true;
    return heard_call_refuse(call, heard_minutes_answer_error(answer), "the minutes: %s",
                             heard_minutes_answer_name(answer));
}

/* ---- what goes out ---- */

bool heard_api_minutes_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardMinutesDesk) desk = {0};
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(json_t) items = json_array();
    const char *last_id = NULL;
    bool all = g_strcmp0(call->query[HEARD_QUERY_SHOW], "all") == 0;
    HeardPage page;

    if (!heard_minutes_desk_open(store, call, &desk) ||
        !heard_minutes_desk_check_read(store, call, &desk) || !heard_call_page(call, &page))
        return false;
    rows = heard_minutes_rows_list(store, desk.hearing->id,
                                   all && heard_minutes_desk_may_edit(&desk), &page, &call->error);
    for (guint i = 0; rows && i < rows->len; i++) {
        const Line *line = g_ptr_array_index(rows, i);

        json_array_append_new(items, heard_minutes_line_json(line));
        last_id = line->id;
    }
    if (!rows)
        return false;
    heard_call_answer_list(call, g_steal_pointer(&items), &page, last_id);
    json_object_set_new(call->answer, "state", json_string(heard_minutes_state_name(desk.state)));
    json_object_set_new(
        call->answer, "may_edit",
        json_boolean(heard_minutes_desk_may_edit(&desk) && desk.state == HEARD_MINUTES_DRAFTING));
    return true;
}

static bool is_of(const Line *line, const HeardMinutesDesk *desk)
{
    return strcmp(line->hearing_id, desk->hearing->id) == 0;
}

static Line *find_line(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk)
{
    g_autofree Line *line = heard_minutes_rows_get_line(store, call->params[1], &call->error);

    if (!line || is_of(line, desk))
        return g_steal_pointer(&line);
    heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such line");
    return NULL;
}

bool heard_api_minutes_versions_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardMinutesDesk) desk = {0};
    g_autofree Line *line = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(json_t) items = json_array();
    const char *last_id = NULL;
    HeardPage page;

    if (!heard_minutes_desk_open(store, call, &desk) || !heard_call_page(call, &page))
        return false;
    if (!desk.participant || !heard_minutes_may_read(desk.role))
        return heard_call_refuse(call, HEARD_ERROR_WRONG_ROLE, "for who answers for the minutes");
    line = find_line(store, call, &desk);
    rows = line ? heard_minutes_rows_list_versions(store, line->id, &page, &call->error) : NULL;
    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardMinutesVersionRow *row = g_ptr_array_index(rows, i);

        json_array_append_new(items, heard_minutes_version_json(row));
        last_id = row->id;
    }
    if (!rows)
        return false;
    heard_call_answer_list(call, g_steal_pointer(&items), &page, last_id);
    return true;
}

/* ---- what comes in ---- */

static bool read_kind(HeardCall *call, bool is_new, Line *line, HeardMinutesKind *ret_kind)
{
    if (!heard_json_text(call->body, "kind", HEARD_MINUTES_WORD_CHARS_MAX, !is_new, &line->kind,
                         &call->error))
        return false;
    if (heard_minutes_kind_from_name(line->kind, ret_kind))
        return true;
    return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                             "kind: statement, action, note or heading");
}

/* Whoever spoke has a seat in this hearing. */
static bool check_speaker(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                          const char *id)
{
    g_autofree HeardParticipantRow *row = NULL;
    g_autoptr(GError) failure = NULL;

    if (!id)
        return true;
    row = heard_participant_rows_get(store, id, &failure);
    if (row && strcmp(row->hearing_id, desk->hearing->id) == 0)
        return true;
    if (failure && heard_error_code(failure) != HEARD_ERROR_NOT_FOUND) {
        g_propagate_error(&call->error, g_steal_pointer(&failure));
        return false;
    }
    return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "speaker: no participant of the hearing");
}

/* Members that are left out stay as they are. */
static bool read_line(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk, bool is_new,
                      Line *line, HeardMinutesKind *ret_kind)
{
    const char *fault;
    HeardMinutesLine what;

    if (json_is_null(json_object_get(call->body, "speaker")))
        line->speaker_id = NULL;
    if (!read_kind(call, is_new, line, ret_kind) ||
        !heard_json_text(call->body, "text", HEARD_MINUTES_TEXT_CHARS_MAX, !is_new, &line->text,
                         &call->error) ||
        !heard_json_number(call->body, "at_ms", 1, INT64_MAX, !is_new, &line->at_ms,
                           &call->error) ||
        !heard_json_text(call->body, "speaker", HEARD_MINUTES_ID_CHARS_MAX, true, &line->speaker_id,
                         &call->error))
        return false;
    what = (HeardMinutesLine){*ret_kind, line->text, line->speaker_id != NULL, line->at_ms};
    fault = heard_minutes_fault(&what, desk->hearing->actual_start_ms, call->wall_ms);
    if (fault)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "%s", fault);
    return check_speaker(store, call, desk, line->speaker_id);
}

/* The phase in which its words were said, not that in which they were written. The text is
 * borrowed from desk or events. */
static const char *phase_at(const HeardMinutesDesk *desk, const GPtrArray *events, int64_t at_ms)
{
    for (guint i = 0; i < events->len; i++) {
        const HeardPhaseEventRow *event = g_ptr_array_index(events, i);

        if (event->at_ms > at_ms)
            return event->from_phase ? event->from_phase : event->to_phase;
    }
    return desk->hearing->phase;
}

/* Where nobody waits for the next word any more, and where words go, the trail says who did it. */
static bool leave_trace(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                        const char *action, const char *id)
{
    return heard_audit_trail_append(store, call, action, "minutes_line", id, desk->hearing->id,
                                    NULL);
}

/* The main half tells the hearing of it. */
static void answer_with(HeardCall *call, unsigned status, const Line *line)
{
    call->status = status;
    call->answer = heard_minutes_line_json(line);
    call->extra = json_incref(call->answer);
    call->extra_destroy = (GDestroyNotify)json_decref;
}

static bool has_room(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk)
{
    g_autofree HeardMinutesRow *minutes =
        heard_minutes_rows_get(store, desk->hearing->id, &call->error);

    if (call->error)
        return false;
    if (!minutes || minutes->line_count < HEARD_MINUTES_LINES_MAX)
        return true;
    return heard_call_refuse(call, HEARD_ERROR_TOO_MANY, "the minutes have %d lines already",
                             HEARD_MINUTES_LINES_MAX);
}

/* A line that was a draft has the draft's id: whoever takes it second finds it there. */
static bool choose_id(HeardStore *store, HeardCall *call, char ret_id[static HEARD_ID_SIZE])
{
    const char *draft = NULL;
    g_autofree Line *taken = NULL;

    if (!heard_json_text(call->body, "draft", HEARD_MINUTES_ID_CHARS_MAX, true, &draft,
                         &call->error))
        return false;
    if (!draft) {
        heard_id_new(ret_id, call->wall_ms);
        return true;
    }
    if (!heard_id_is_valid(draft))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "draft: the id of a draft");
    g_strlcpy(ret_id, draft, HEARD_ID_SIZE);
    taken = heard_minutes_rows_get_line(store, draft, NULL);
    if (!taken)
        return true;
    heard_call_refuse(call, HEARD_ERROR_CONFLICT, "the draft was taken already");
    if (strcmp(taken->hearing_id, call->params[0]) == 0)
        call->problem = json_pack("{s:o}", "line", heard_minutes_line_json(taken));
    return false;
}

bool heard_api_minutes_add_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardMinutesDesk) desk = {0};
    g_autoptr(GPtrArray) events = NULL;
    char id[HEARD_ID_SIZE];
    HeardMinutesKind kind = HEARD_MINUTES_STATEMENT;
    Line line = {.id = id, .kind = "", .text = "", .created_ms = call->wall_ms};

    if (!heard_minutes_desk_open(store, call, &desk) ||
        !read_line(store, call, &desk, true, &line, &kind) || !check_write(call, &desk, kind) ||
        !has_room(store, call, &desk) || !choose_id(store, call, id))
        return false;
    events = heard_phase_event_rows_list(store, desk.hearing->id, NULL, &call->error);
    if (!events || !heard_store_begin(store, &call->error))
        return false;
    line.hearing_id = desk.hearing->id;
    line.author_id = desk.participant->id;
    line.phase = phase_at(&desk, events, line.at_ms);
    if ((!heard_minutes_desk_is_running(desk.hearing) &&
         !leave_trace(store, call, &desk, "minutes.add", id)) ||
        !heard_minutes_rows_add(store, &line, &call->error) ||
        !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    answer_with(call, 201, &line);
    return true;
}

/* ---- changes ---- */

/* Two clerks at once: who comes second learns what the first one wrote, and loses nothing. */
static bool refuse_stale(HeardStore *store, HeardCall *call)
{
    g_autofree Line *newest = heard_minutes_rows_get_line(store, call->params[1], NULL);

    heard_call_refuse(call, HEARD_ERROR_CONFLICT, "the line was changed meanwhile");
    if (newest)
        call->problem = json_pack("{s:o}", "line", heard_minutes_line_json(newest));
    return false;
}

static bool is_same(const Line *a, const Line *b)
{
    return a->at_ms == b->at_ms && !a->removed_ms == !b->removed_ms &&
           strcmp(a->kind, b->kind) == 0 && strcmp(a->text, b->text) == 0 &&
           g_strcmp0(a->speaker_id, b->speaker_id) == 0;
}

static const char *action_of(const HeardMinutesDesk *desk, const Line *before, const Line *after)
{
    if (!before->removed_ms && after->removed_ms)
        return "minutes.take_out";
    if (before->removed_ms && !after->removed_ms)
        return "minutes.bring_back";
    return heard_minutes_desk_is_running(desk->hearing) ? NULL : "minutes.change";
}

static bool write_change(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                         const Line *before, const Line *after)
{
    const char *action = action_of(desk, before, after);

    if (!heard_store_begin(store, &call->error))
        return false;
    if ((!action || leave_trace(store, call, desk, action, before->id)) &&
        heard_minutes_rows_change(store, before, after, &call->error) &&
        heard_store_commit(store, &call->error))
        return true;
    heard_store_rollback(store);
    if (heard_error_code(call->error) == HEARD_ERROR_CONFLICT)
        refuse_stale(store, call);
    return false;
}

static bool read_change(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                        const Line *before, Line *after)
{
    HeardMinutesKind kind = HEARD_MINUTES_STATEMENT, was = HEARD_MINUTES_STATEMENT;
    bool removed = before->removed_ms != 0;
    int64_t version = 0;

    if (!heard_json_number(call->body, "version", 1, INT64_MAX, false, &version, &call->error) ||
        !heard_json_bool(call->body, "removed", true, &removed, &call->error) ||
        !read_line(store, call, desk, false, after, &kind))
        return false;
    if (!heard_minutes_kind_from_name(before->kind, &was) || !check_write(call, desk, was) ||
        !check_write(call, desk, kind))
        return false;
    if (version != before->version)
        return refuse_stale(store, call);
    if (version >= HEARD_MINUTES_VERSIONS_MAX)
        return heard_call_refuse(call, HEARD_ERROR_TOO_MANY, "it was changed %d times already",
                                 HEARD_MINUTES_VERSIONS_MAX);
    after->removed_ms = !removed ? 0 : before->removed_ms ? before->removed_ms : call->wall_ms;
    return true;
}

bool heard_api_minutes_change_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardMinutesDesk) desk = {0};
    g_autoptr(GPtrArray) events = NULL;
    g_autofree Line *before = NULL;
    Line after;

    if (!heard_minutes_desk_open(store, call, &desk))
        return false;
    if (!heard_minutes_desk_may_edit(&desk))
        return check_write(call, &desk, HEARD_MINUTES_NOTE);
    before = find_line(store, call, &desk);
    events =
        before ? heard_phase_event_rows_list(store, desk.hearing->id, NULL, &call->error) : NULL;
    if (!events)
        return false;
    after = *before;
    if (!read_change(store, call, &desk, before, &after))
        return false;
    if (is_same(before, &after)) {
        call->answer = heard_minutes_line_json(before);
        return true;
    }
    after.author_id = desk.participant->id;
    after.changed_ms = call->wall_ms;
    if (after.at_ms != before->at_ms)
        after.phase = phase_at(&desk, events, after.at_ms);
    if (!write_change(store, call, &desk, before, &after))
        return false;
    after.version = before->version + 1;
    answer_with(call, 200, &after);
    return true;
}

void heard_api_minutes_changed_main(HeardCall *call)
{
    const char *draft = json_string_value(json_object_get(call->body, "draft"));

    if (draft)
        heard_live_draft_remove(call->app->live, call->params[0], draft, "taken");
    if (call->extra) /* the words are others than before */
        heard_live_minutes_changed(call->app->live, call->params[0], call->extra);
    heard_call_reply(call);
}
