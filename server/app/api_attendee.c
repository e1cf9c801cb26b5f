/* SPDX-License-Identifier: Apache-2.0 */

/* What an attendee of a training does: comes in by a link, asks, answers the roll, takes a seat. */

#include "server/app/api.h"
#include "server/app/attendance.h"
#include "server/app/joining.h"
#include "server/app/links.h"
#include "server/app/summary.h"
#include "server/base/id.h"
#include "server/store/password.h"
#include "server/store/question_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

enum { HEARD_LINK_TOKEN_CHARS_MAX = 64 };

/* ---- coming in ---- */

static HeardTrainingLinkRow *find_link(HeardStore *store, HeardCall *call, HeardAttendance *ret)
{
    const char *token = NULL;
    char hash[HEARD_TOKEN_HASH_SIZE];
    g_autofree HeardTrainingLinkRow *link = NULL;
    HeardHearingRow *hearing;

    if (!heard_json_text(call->body, "token", HEARD_LINK_TOKEN_CHARS_MAX, false, &token,
                         &call->error))
        return NULL;
    heard_token_hash(token, hash);
    link = heard_training_link_rows_find(store, hash, call->wall_ms, &call->error);
    hearing = link ? heard_hearing_rows_get(store, link->hearing_id, &call->error) : NULL;
    if (!hearing || !heard_attendance_open_take(store, call, hearing, ret))
        return NULL;
    /* What writes in the trail asks for the hearing of the path. */
    call->params[0] = g_strdup(hearing->id);
    if (ret->over) {
        heard_attendance_allow(call, HEARD_ATTENDANCE_OVER);
        return NULL;
    }
    return g_steal_pointer(&link);
}

/* The same device may always come back: it still has this attendee's session. */
static HeardAttendeeRow *find_device(HeardStore *store, HeardCall *call, const char *hearing_id)
{
    char hash[HEARD_TOKEN_HASH_SIZE];
    HeardAttendeeRow *row;

    if (!call->device_token)
        return NULL;
    heard_token_hash(call->device_token, hash);
    row = heard_attendee_rows_find(store, hash, call->wall_ms, NULL);
    if (row && strcmp(row->hearing_id, hearing_id) == 0)
        return row;
    g_free(row);
    return NULL;
}

static json_t *attendee_json(const HeardAttendeeRow *row)
{
    return row ? json_pack("{s:s, s:s, s:s}", "id", row->id, "name", row->name, "unit",
                           row->unit_name)
               : json_null();
}

static json_t *training_json(HeardStore *store, const HeardHearingRow *row, GError **error)
{
    g_autofree HeardUnitRow *unit = heard_unit_rows_get(store, row->organiser_unit_id, error);

    return unit ? json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:b}", "id", row->id,
                            "number", row->hearing_no, "kind", row->kind, "title", row->title,
                            "organiser", unit->name, "planned_start_ms",
                            (json_int_t)row->planned_start_ms, "state", row->state, "phase",
                            row->phase, "recorded", strcmp(row->recording_policy, "off") != 0)
                : NULL;
}

bool heard_api_training_link_open_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    g_autofree HeardTrainingLinkRow *link = find_link(store, call, &self);
    g_autofree HeardAttendeeRow *device = link ? find_device(store, call, self.hearing->id) : NULL;
    json_t *training = link ? training_json(store, self.hearing, &call->error) : NULL;

    if (!training)
        return false;
    call->answer = json_pack("{s:o, s:s, s:o}", "hearing", training, "unit", link->unit_name,
                             "attendee", attendee_json(device));
    return true;
}

static bool read_name(HeardCall *call, const HeardTrainingLinkRow *link, const char **ret_name,
                      const char **ret_unit)
{
    *ret_unit = "";
    if (!heard_json_text(call->body, "name", HEARD_ATTENDEE_NAME_CHARS_MAX, false, ret_name,
                         &call->error) ||
        !heard_json_text(call->body, "unit", HEARD_ATTENDEE_UNIT_CHARS_MAX, *link->unit_name != 0,
                         ret_unit, &call->error))
        return false;
    if (*link->unit_name)
        *ret_unit = link->unit_name;
    if (!heard_attendance_is_line(*ret_name))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "name: one line of text");
    return heard_attendance_is_line(*ret_unit) ||
           heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "unit: one line of text");
}

static bool add_attendee(HeardStore *store, HeardCall *call, const HeardTrainingLinkRow *link,
                         HeardAttendance *self)
{
    char id[HEARD_ID_SIZE], token[HEARD_TOKEN_SIZE], hash[HEARD_TOKEN_HASH_SIZE];
    HeardAttendeeRow row = {.id = id,
                            .hearing_id = self->hearing->id,
                            .link_id = link->id,
                            .token_hash = hash,
                            .expires_ms = link->expires_ms,
                            .created_ms = call->wall_ms};
    int64_t count = 0;

    if (!read_name(call, link, &row.name, &row.unit_name) ||
        !heard_attendee_rows_count(store, self->hearing->id, &count, &call->error) ||
        !heard_attendance_allow(
            call, heard_attendance_may_enter(self->profile, self->over, (unsigned)count)))
        return false;
    heard_id_new(id, call->wall_ms);
    heard_token_new(token);
    heard_token_hash(token, hash);
    /* From here on the caller is somebody: the trail names him. */
    call->caller.kind = HEARD_CALLER_ATTENDEE;
    g_strlcpy(call->caller.attendee_id, id, sizeof call->caller.attendee_id);
    if (!heard_store_begin(store, &call->error) ||
        !heard_attendance_finish(
            store, call,
            heard_attendance_trace(store, call, "attendee.join", "attendee", id, NULL) &&
                heard_attendee_rows_insert(store, &row, &call->error)))
        return false;
    call->cookie = g_strdup(token);
    self->attendee = heard_attendee_rows_get(store, id, &call->error);
    return self->attendee != NULL;
}

bool heard_api_training_link_join_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    g_autofree HeardTrainingLinkRow *link = find_link(store, call, &self);

    if (!link)
        return false;
    self.attendee = find_device(store, call, self.hearing->id);
    if (self.attendee)
        call->cookie = g_strdup(call->device_token);
    else if (!add_attendee(store, call, link, &self))
        return false;
    call->status = 201;
    call->answer = json_pack("{s:s, s:o}", "hearing", self.hearing->id, "attendee",
                             attendee_json(self.attendee));
    return heard_attendance_news(store, call, HEARD_ATTENDANCE_TELL, NULL);
}

/* ---- my part ---- */

static json_t *question_json(const HeardQuestionRow *row)
{
    return json_pack("{s:s, s:I, s:s, s:s, s:I}", "id", row->id, "number", (json_int_t)row->number,
                     "text", row->text, "state", row->state, "asked_at_ms",
                     (json_int_t)row->asked_ms);
}

static json_t *own_questions(HeardStore *store, HeardCall *call)
{
    g_autoptr(GPtrArray) rows =
        heard_question_rows_list(store, call->params[0], call->caller.attendee_id, &call->error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++)
        json_array_append_new(list, question_json(g_ptr_array_index(rows, i)));
    return list;
}

static json_t *own_rolls(HeardStore *store, HeardCall *call)
{
    g_autoptr(GPtrArray) rows = heard_roll_answer_rows_list(store, call->params[0], &call->error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardRollAnswerRow *row = g_ptr_array_index(rows, i);

        if (strcmp(row->who_id, call->caller.attendee_id) == 0)
            json_array_append_new(list, json_string(row->roll_id));
    }
    return list;
}

bool heard_api_attendee_me_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    g_autoptr(json_t) training = NULL;
    g_autoptr(json_t) questions = NULL;
    g_autoptr(json_t) rolls = NULL;

    if (!heard_attendance_attend(store, call, &self))
        return false;
    training = training_json(store, self.hearing, &call->error);
    questions = training ? own_questions(store, call) : NULL;
    rolls = questions ? own_rolls(store, call) : NULL;
    if (!rolls)
        return false;
    call->answer = json_pack("{s:o, s:O, s:O, s:O, s:b}", "attendee", attendee_json(self.attendee),
                             "hearing", training, "questions", questions, "answered_rolls", rolls,
                             "seat_offered", self.attendee->participant_id != NULL);
    return true;
}

bool heard_api_question_ask_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    char id[HEARD_ID_SIZE];
    HeardQuestionRow row = {.id = id,
                            .hearing_id = call->params[0],
                            .attendee_id = call->caller.attendee_id,
                            .state = heard_question_state_name(HEARD_QUESTION_ASKED),
                            .asked_ms = call->wall_ms};
    int64_t asked = 0, chosen = 0, count = 0;

    if (!heard_attendance_attend(store, call, &self) ||
        !heard_attendance_allow(call, self.over ? HEARD_ATTENDANCE_OVER : HEARD_ATTENDANCE_OK) ||
        !heard_json_text(call->body, "text", HEARD_QUESTION_CHARS_MAX, false, &row.text,
                         &call->error) ||
        !heard_question_rows_count(store, row.hearing_id, row.attendee_id, "asked", &asked,
                                   &call->error) ||
        !heard_question_rows_count(store, row.hearing_id, row.attendee_id, "chosen", &chosen,
                                   &call->error) ||
        !heard_question_rows_count(store, row.hearing_id, NULL, NULL, &count, &call->error))
        return false;
    if (strspn(row.text, " \t\n") == strlen(row.text))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "text: is empty");
    if (!heard_attendance_allow(
            call, heard_question_may_ask((unsigned)(asked + chosen), (unsigned)count)))
        return false;
    heard_id_new(id, call->wall_ms);
    if (!heard_store_begin(store, &call->error) ||
        !heard_attendance_finish(
            store, call,
            heard_attendance_trace(store, call, "question.ask", "question", id, NULL) &&
                heard_question_rows_insert(store, &row, &call->error)))
        return false;
    call->status = 201;
    call->answer = question_json(&row);
    return heard_attendance_news(store, call, HEARD_ATTENDANCE_TELL, NULL);
}

/* The way to the seat that was offered; asking again takes the last one back. */
bool heard_api_attendee_seat_link_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    g_autofree char *url = NULL;

    if (!heard_attendance_attend(store, call, &self) ||
        !heard_attendance_allow(call, self.over ? HEARD_ATTENDANCE_OVER : HEARD_ATTENDANCE_OK))
        return false;
    if (!self.attendee->participant_id)
        return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no seat was offered to you");
    if (!heard_attendance_trace(store, call, "link.renew", "participant",
                                self.attendee->participant_id, NULL))
        return false;
    url = heard_links_renew(store, call->app->public_url, self.attendee->participant_id,
                            heard_links_expiry(self.hearing->planned_start_ms, call->wall_ms),
                            &call->error);
    if (!url)
        return false;
    call->status = 201;
    call->answer = json_pack("{s:s}", "url", url);
    return true;
}

/* ---- media and events ---- */

bool heard_api_attendee_join_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};

    if (!heard_attendance_attend(store, call, &self))
        return false;
    heard_joining_set(call, call->params[0], self.attendee->id);
    return true;
}
