/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/live.h"
#include "server/app/minutes_course.h"
#include "server/app/minutes_json.h"
#include "server/app/minutes_text.h"
#include "server/store/seat_rows.h"

#include <string.h>

enum {
    HEARD_ACT_CHARS_MAX = 16,
    HEARD_ALL_ROLES = (1 << HEARD_ROLE_COUNT) - 1,
};

static bool open_course(HeardStore *store, HeardCall *call, HeardMinutesDesk *desk,
                        HeardMinutesCourse *course, HeardMinutesAct act)
{
    return heard_minutes_desk_open(store, call, desk) &&
           heard_minutes_course_read(store, call, desk, course) &&
           heard_minutes_course_allow(call, desk, course, act);
}

bool heard_api_minutes_course_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardMinutesDesk) desk = {0};

    if (!heard_minutes_desk_open(store, call, &desk) ||
        !heard_minutes_desk_check_read(store, call, &desk))
        return false;
    call->answer = heard_minutes_course_json(store, call, &desk);
    return call->answer != NULL;
}

/* The answer is how it stands now; line: one that changed, or NULL, for the main half. */
static bool answer_anew(HeardStore *store, HeardCall *call, const char *what,
                        const HeardMinutesLineRow *line)
{
    g_auto(HeardMinutesDesk) desk = {0};
    json_t *told;

    if (!heard_minutes_desk_open(store, call, &desk))
        return false;
    call->answer = heard_minutes_course_json(store, call, &desk);
    if (!call->answer)
        return false;
    told = json_pack("{s:s, s:s, s:s?}", "act", what, "state", heard_minutes_state_name(desk.state),
                     "by", desk.participant ? desk.participant->id : NULL);
    if (line)
        json_object_set_new(told, "line", heard_minutes_line_json(line));
    call->extra = told;
    call->extra_destroy = (GDestroyNotify)json_decref;
    return true;
}

void heard_api_minutes_course_main(HeardCall *call)
{
    heard_live_minutes_moved(call->app->live, call->params[0], call->extra);
    heard_call_reply(call);
}

static bool append_trail(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                         const char *action, const char *kind, const char *id, const char *reason)
{
    return heard_audit_trail_append(store, call, action, kind, id, desk->hearing->id, reason);
}

static bool move_to(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                    HeardMinutesState to)
{
    return heard_minutes_rows_move(store, desk->hearing->id, heard_minutes_state_name(desk->state),
                                   heard_minutes_state_name(to), call->wall_ms, &call->error);
}

/* ---- circulate, read, start the signing ---- */

static bool mark_read(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk)
{
    char id[HEARD_ID_SIZE];
    const HeardMinutesReadingRow row = {.id = id,
                                        .hearing_id = desk->hearing->id,
                                        .participant_id = desk->participant->id,
                                        .at_ms = call->wall_ms};

    heard_id_new(id, call->wall_ms);
    return heard_minutes_reading_rows_add(store, &row, &call->error);
}

/* From here on the text stands: it is hashed, and each one who was let in is asked. */
static bool start_signing(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk)
{
    char id[HEARD_ID_SIZE];
    g_autoptr(GPtrArray) signers =
        heard_signings_signers(store, desk->hearing->id, HEARD_ALL_ROLES, &call->error);
    g_autofree char *text = signers ? heard_minutes_text(store, desk->hearing, &call->error) : NULL;
    const HeardSigningRow what = {.hearing_id = desk->hearing->id,
                                  .subject_kind = heard_signed_kind_name(HEARD_SIGNED_MINUTES),
                                  .subject_id = desk->hearing->id,
                                  .version = 1,
                                  .title = heard_minutes_title(desk->hearing),
                                  .text = text};

    return text && heard_signings_open(store, call, &what, signers, id) &&
           move_to(store, call, desk, HEARD_MINUTES_SIGNING);
}

static bool do_act(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                   HeardMinutesAct act)
{
    g_autofree char *action = g_strdup_printf("minutes.%s", heard_minutes_act_name(act));

    if (!append_trail(store, call, desk, action, "hearing", desk->hearing->id, NULL))
        return false;
    if (act == HEARD_MINUTES_READ)
        return mark_read(store, call, desk);
    if (act == HEARD_MINUTES_START_SIGNING)
        return start_signing(store, call, desk);
    return move_to(store, call, desk, HEARD_MINUTES_CIRCULATED);
}

bool heard_api_minutes_act_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardMinutesDesk) desk = {0};
    const char *name = NULL;
    HeardMinutesAct act = HEARD_MINUTES_ACT_COUNT;
    HeardMinutesCourse course;

    if (!heard_json_text(call->body, "act", HEARD_ACT_CHARS_MAX, false, &name, &call->error))
        return false;
    if (!heard_minutes_act_from_name(name, &act) ||
        (act != HEARD_MINUTES_CIRCULATE && act != HEARD_MINUTES_READ &&
         act != HEARD_MINUTES_START_SIGNING))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                 "act: circulate, read or start_signing");
    if (!open_course(store, call, &desk, &course, act) || !heard_store_begin(store, &call->error))
        return false;
    if (!do_act(store, call, &desk, act) || !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    return answer_anew(store, call, name, NULL);
}

/* ---- corrections ---- */

static HeardMinutesLineRow *find_line(HeardStore *store, HeardCall *call,
                                      const HeardMinutesDesk *desk, const char *id)
{
    g_autofree HeardMinutesLineRow *line = heard_minutes_rows_get_line(store, id, &call->error);

    if (!line)
        return NULL;
    if (strcmp(line->hearing_id, desk->hearing->id) == 0 && !line->removed_ms)
        return g_steal_pointer(&line);
    heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such line");
    return NULL;
}

static bool has_room(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk)
{
    g_autoptr(GPtrArray) rows =
        heard_minutes_correction_rows_list(store, desk->hearing->id, &call->error);
    unsigned own = 0;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardMinutesCorrectionRow *row = g_ptr_array_index(rows, i);

        own += strcmp(row->proposer_id, desk->participant->id) == 0;
    }
    if (!rows)
        return false;
    if (rows->len < HEARD_MINUTES_CORRECTIONS_MAX && own < HEARD_MINUTES_CORRECTIONS_OF_PERSON_MAX)
        return true;
    return heard_call_refuse(call, HEARD_ERROR_TOO_MANY, "too many corrections");
}

static bool read_proposal(HeardCall *call, const HeardMinutesDesk *desk,
                          HeardMinutesCorrectionRow *row)
{
    HeardMinutesLine words = {HEARD_MINUTES_NOTE, "", false, call->wall_ms};
    const char *fault;

    if (!heard_json_text(call->body, "line", HEARD_ID_SIZE - 1, false, &row->line_id,
                         &call->error) ||
        !heard_json_number(call->body, "version", 1, INT64_MAX, false, &row->line_version,
                           &call->error) ||
        !heard_json_text(call->body, "text", HEARD_MINUTES_TEXT_CHARS_MAX, false, &row->text,
                         &call->error) ||
        !heard_json_text(call->body, "reason", HEARD_MINUTES_REASON_CHARS_MAX, false, &row->reason,
                         &call->error))
        return false;
    words.text = row->text;
    fault = heard_minutes_fault(&words, desk->hearing->actual_start_ms, call->wall_ms);
    if (fault)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "%s", fault);
    return *row->reason || heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "reason: is missing");
}

bool heard_api_minutes_propose_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardMinutesDesk) desk = {0};
    HeardMinutesCourse course;
    g_autofree HeardMinutesLineRow *line = NULL;
    char id[HEARD_ID_SIZE];
    HeardMinutesCorrectionRow row = {.id = id, .state = "proposed", .created_ms = call->wall_ms};

    if (!open_course(store, call, &desk, &course, HEARD_MINUTES_PROPOSE) ||
        !read_proposal(call, &desk, &row) || !has_room(store, call, &desk))
        return false;
    line = find_line(store, call, &desk, row.line_id);
    if (!line)
        return false;
    if (line->version != row.line_version)
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT, "the line was changed meanwhile");
    heard_id_new(id, call->wall_ms);
    row.hearing_id = desk.hearing->id;
    row.proposer_id = desk.participant->id;
    if (!heard_store_begin(store, &call->error))
        return false;
    if (!append_trail(store, call, &desk, "minutes.propose", "minutes_correction", id,
                      row.reason) ||
        !heard_minutes_correction_rows_insert(store, &row, &call->error) ||
        !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    call->status = 201;
    return answer_anew(store, call, "propose", NULL);
}

/* The line gets a new version with the words that were wanted; its author is who decides. */
static bool accept_into(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                        const HeardMinutesCorrectionRow *row, const HeardMinutesLineRow *before,
                        HeardMinutesLineRow *after)
{
    *after = *before;
    after->text = row->text;
    after->author_id = desk->participant->id;
    after->changed_ms = call->wall_ms;
    if (!heard_minutes_rows_change(store, before, after, &call->error))
        return false;
    after->version = before->version + 1;
    return desk->state == HEARD_MINUTES_CORRECTED ||
           move_to(store, call, desk, HEARD_MINUTES_CORRECTED);
}

typedef struct {
    bool accepts;
    const char *reason;
} Decision;

static bool read_decision(HeardCall *call, Decision *ret)
{
    const char *word = NULL;

    ret->reason = "";
    if (!heard_json_text(call->body, "decision", HEARD_ACT_CHARS_MAX, false, &word, &call->error) ||
        !heard_json_text(call->body, "reason", HEARD_MINUTES_REASON_CHARS_MAX, true, &ret->reason,
                         &call->error))
        return false;
    ret->accepts = strcmp(word, "accept") == 0;
    if (!ret->accepts && strcmp(word, "decline") != 0)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "decision: accept or decline");
    return ret->accepts || *ret->reason ||
           heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "reason: is missing");
}

static HeardMinutesCorrectionRow *find_correction(HeardStore *store, HeardCall *call,
                                                  const HeardMinutesDesk *desk)
{
    g_autofree HeardMinutesCorrectionRow *row =
        heard_minutes_correction_rows_get(store, call->params[1], &call->error);

    if (!row)
        return NULL;
    if (strcmp(row->hearing_id, desk->hearing->id) == 0)
        return g_steal_pointer(&row);
    heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such correction");
    return NULL;
}

bool heard_api_minutes_decide_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardMinutesDesk) desk = {0};
    HeardMinutesCourse course;
    Decision decision;
    g_autofree HeardMinutesCorrectionRow *row = NULL;
    g_autofree HeardMinutesLineRow *before = NULL;
    HeardMinutesLineRow after;

    if (!open_course(store, call, &desk, &course, HEARD_MINUTES_DECIDE) ||
        !read_decision(call, &decision))
        return false;
    row = find_correction(store, call, &desk);
    before = row ? find_line(store, call, &desk, row->line_id) : NULL;
    if (!before)
        return false;
    if (decision.accepts && before->version != row->line_version)
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT,
                                 "the line was changed since: decline, and have it proposed anew");
    if (!heard_store_begin(store, &call->error))
        return false;
    if (!append_trail(store, call, &desk, decision.accepts ? "minutes.accept" : "minutes.decline",
                      "minutes_correction", row->id, *decision.reason ? decision.reason : NULL) ||
        !heard_minutes_correction_rows_decide(
            store, row->id, decision.accepts ? "accepted" : "declined", desk.participant->id,
            *decision.reason ? decision.reason : NULL, call->wall_ms, &call->error) ||
        (decision.accepts && !accept_into(store, call, &desk, row, before, &after)) ||
        !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    return answer_anew(store, call, decision.accepts ? "accept" : "decline",
                       decision.accepts ? &after : NULL);
}

/* ---- addenda ---- */

static bool count_addenda(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk)
{
    g_autoptr(GPtrArray) rows =
        heard_minutes_addendum_rows_list(store, desk->hearing->id, &call->error);

    return rows &&
           (rows->len < HEARD_MINUTES_ADDENDA_MAX ||
            heard_call_refuse(call, HEARD_ERROR_TOO_MANY, "the minutes have %d addenda already",
                              HEARD_MINUTES_ADDENDA_MAX));
}

bool heard_api_minutes_addendum_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardMinutesDesk) desk = {0};
    HeardMinutesCourse course;
    g_autofree HeardSeatRow *seat = NULL;
    char id[HEARD_ID_SIZE];
    HeardMinutesAddendumRow row = {.id = id, .text = "", .at_ms = call->wall_ms};
    HeardMinutesLine words = {HEARD_MINUTES_NOTE, "", false, call->wall_ms};
    const char *fault;

    if (!open_course(store, call, &desk, &course, HEARD_MINUTES_ADD) ||
        !count_addenda(store, call, &desk) ||
        !heard_json_text(call->body, "text", HEARD_MINUTES_TEXT_CHARS_MAX, false, &row.text,
                         &call->error))
        return false;
    words.text = row.text;
    fault = heard_minutes_fault(&words, desk.hearing->actual_start_ms, call->wall_ms);
    if (fault)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "%s", fault);
    seat = heard_seat_rows_get(store, desk.participant->seat_id, &call->error);
    if (!seat || !heard_store_begin(store, &call->error))
        return false;
    heard_id_new(id, call->wall_ms);
    row.hearing_id = desk.hearing->id;
    row.author_id = desk.participant->id;
    row.author = seat->display_name;
    if (!append_trail(store, call, &desk, "minutes.add_addendum", "minutes_addendum", id, NULL) ||
        !heard_minutes_addendum_rows_insert(store, &row, &call->error) ||
        !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    call->status = 201;
    return answer_anew(store, call, "add", NULL);
}
