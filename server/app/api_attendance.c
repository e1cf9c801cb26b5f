/* SPDX-License-Identifier: Apache-2.0 */

/* What who leads a training does: links, the roll, questions shown, seats, sending out. */

#include "server/app/api.h"
#include "server/app/attendance.h"
#include "server/app/links.h"
#include "server/base/id.h"
#include "server/hearing/command.h"
#include "server/store/password.h"
#include "server/store/question_rows.h"

#include <string.h>

/* ---- links ---- */

static char *link_url(const HeardCall *call, const char *token)
{
    return g_strdup_printf("%s/t/%s", call->app->public_url, token);
}

static json_t *put_link(HeardStore *store, HeardCall *call, const HeardAttendance *self,
                        const char *unit)
{
    char id[HEARD_ID_SIZE], token[HEARD_TOKEN_SIZE], hash[HEARD_TOKEN_HASH_SIZE];
    HeardTrainingLinkRow row = {.id = id,
                                .hearing_id = self->hearing->id,
                                .unit_name = unit,
                                .token_hash = hash,
                                .made_by = self->participant->id,
                                .created_ms = call->wall_ms};
    g_autofree char *url = NULL;

    row.expires_ms = heard_links_expiry(self->hearing->planned_start_ms, call->wall_ms);
    heard_id_new(id, call->wall_ms);
    heard_token_new(token);
    heard_token_hash(token, hash);
    if (!heard_training_link_rows_put(store, &row, &call->error))
        return NULL;
    url = link_url(call, token);
    return json_pack("{s:s, s:s, s:I}", "unit", unit, "url", url, "expires_at_ms",
                     (json_int_t)row.expires_ms);
}

static bool check_units(HeardStore *store, HeardCall *call, const json_t *units)
{
    g_autoptr(GPtrArray) links =
        heard_training_link_rows_list(store, call->params[0], &call->error);
    const json_t *one;
    size_t i;

    if (!links)
        return false;
    if (json_array_size(units) + links->len > HEARD_ATTENDEE_LINKS_MAX)
        return heard_attendance_allow(call, HEARD_ATTENDANCE_LINKS_FULL);
    json_array_foreach(units, i, one)
    {
        const char *text = json_string_value(one);

        if (!text || !heard_attendance_is_line(text) ||
            g_utf8_strlen(text, -1) > HEARD_ATTENDEE_UNIT_CHARS_MAX)
            return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                     "units: one line of 1 to %d characters each",
                                     HEARD_ATTENDEE_UNIT_CHARS_MAX);
    }
    return true;
}

/* One for all, or one of each unit that is named. */
bool heard_api_training_links_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    g_autoptr(json_t) made = json_array();
    json_t *units = NULL, *link = NULL;
    bool done;

    if (!heard_attendance_ask(store, call, HEARD_ATTENDANCE_LEAD, &self) ||
        !heard_json_array(call->body, "units", HEARD_ATTENDEE_LINKS_MAX, true, &units,
                          &call->error) ||
        !check_units(store, call, units) || !heard_store_begin(store, &call->error))
        return false;
    done = heard_attendance_trace(store, call, "training.link", "hearing", call->params[0], NULL);
    for (size_t i = 0; done && i < MAX(1, json_array_size(units)); i++) {
        const char *unit = json_string_value(json_array_get(units, i));

        link = put_link(store, call, &self, unit ? unit : "");
        done = link != NULL;
        if (done)
            json_array_append_new(made, link);
    }
    if (!heard_attendance_finish(store, call, done))
        return false;
    call->status = 201;
    call->answer = json_pack("{s:O}", "links", made);
    return true;
}

bool heard_api_training_link_revoke_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};

    return heard_attendance_ask(store, call, HEARD_ATTENDANCE_LEAD, &self) &&
           heard_store_begin(store, &call->error) &&
           heard_attendance_finish(
               store, call,
               heard_attendance_trace(store, call, "training.unlink", "link", call->params[1],
                                      NULL) &&
                   heard_training_link_rows_revoke(store, call->params[0], call->params[1],
                                                   call->wall_ms, &call->error));
}

/* ---- the roll ---- */

bool heard_api_roll_new_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    g_autofree HeardRoll *rolls = NULL;
    char id[HEARD_ID_SIZE];
    int64_t minutes = 0;
    HeardRollRow row = {.id = id, .hearing_id = call->params[0], .opened_ms = call->wall_ms};

    if (!heard_attendance_ask(store, call, HEARD_ATTENDANCE_LEAD, &self) ||
        !heard_json_number(call->body, "minutes", 1, HEARD_ROLL_MINUTES_MAX, false, &minutes,
                           &call->error))
        return false;
    rolls = g_new0(HeardRoll, self.rolls->len);
    for (guint i = 0; i < self.rolls->len; i++)
        rolls[i] = heard_attendance_roll(g_ptr_array_index(self.rolls, i));
    if (!heard_attendance_allow(call, heard_roll_may_open(rolls, self.rolls->len, call->wall_ms)))
        return false;
    heard_id_new(id, call->wall_ms);
    row.number = self.rolls->len + 1;
    row.opened_by = self.participant->id;
    row.until_ms = call->wall_ms + minutes * 60 * 1000;
    if (!heard_store_begin(store, &call->error) ||
        !heard_attendance_finish(
            store, call,
            heard_attendance_trace(store, call, "roll.open", "roll", id, NULL) &&
                heard_roll_rows_insert(store, &row, &call->error)))
        return false;
    call->status = 201;
    call->answer = json_pack("{s:s, s:I, s:I}", "id", id, "number", (json_int_t)row.number,
                             "until_ms", (json_int_t)row.until_ms);
    return heard_attendance_news(store, call, HEARD_ATTENDANCE_TELL, NULL);
}

/* The roll params[1] while it is open. */
static bool check_open(HeardCall *call, const HeardAttendance *self)
{
    for (guint i = 0; i < self->rolls->len; i++) {
        const HeardRollRow *row = g_ptr_array_index(self->rolls, i);
        HeardRoll roll = heard_attendance_roll(row);

        if (strcmp(row->id, call->params[1]) == 0)
            return heard_attendance_allow(call, heard_roll_is_open(&roll, call->wall_ms)
                                                    ? HEARD_ATTENDANCE_OK
                                                    : HEARD_ATTENDANCE_ROLL_CLOSED);
    }
    return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such roll");
}

bool heard_api_roll_end_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};

    return heard_attendance_ask(store, call, HEARD_ATTENDANCE_LEAD, &self) &&
           check_open(call, &self) && heard_store_begin(store, &call->error) &&
           heard_attendance_finish(
               store, call,
               heard_attendance_trace(store, call, "roll.end", "roll", call->params[1], NULL) &&
                   heard_roll_rows_end(store, call->params[1], call->wall_ms, &call->error)) &&
           heard_attendance_news(store, call, HEARD_ATTENDANCE_TELL, NULL);
}

/* By an attendee, or by somebody with a seat; who was given one answers as the same person. */
bool heard_api_roll_answer_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    HeardRollAnswerRow row = {.roll_id = call->params[1], .at_ms = call->wall_ms};

    if (!heard_attendance_ask(store, call, HEARD_ATTENDANCE_ANSWER_ROLL, &self) ||
        !check_open(call, &self))
        return false;
    row.who_id = self.attendee ? self.attendee->id : self.participant->id;
    return heard_store_begin(store, &call->error) &&
           heard_attendance_finish(
               store, call,
               heard_attendance_trace(store, call, "roll.answer", "roll", row.roll_id, NULL) &&
                   heard_roll_rows_answer(store, &row, &call->error)) &&
           heard_attendance_news(store, call, HEARD_ATTENDANCE_TELL, NULL);
}

/* ---- questions ---- */

static bool move(HeardStore *store, HeardCall *call, HeardQuestionRow *row, HeardQuestionAct act,
                 const char *by)
{
    HeardQuestionState from, to;
    const char *was = row->state;

    if (!heard_question_state_from_name(row->state, &from))
        return heard_call_refuse(call, HEARD_ERROR_CORRUPT, "a question in no known state");
    if (!heard_attendance_allow(call, heard_question_move(from, act, &to)))
        return false;
    row->state = heard_question_state_name(to);
    row->moved_ms = call->wall_ms;
    row->moved_by = by;
    return heard_question_rows_move(store, row, was, &call->error);
}

/* One is shown at a time: what was shown before was answered then. */
static bool make_room(HeardStore *store, HeardCall *call, HeardQuestionAct act, const char *by)
{
    g_autofree HeardQuestionRow *shown = NULL;

    if (act != HEARD_QUESTION_CHOOSE)
        return true;
    shown = heard_question_rows_chosen(store, call->params[0], &call->error);
    if (!shown)
        return !call->error;
    return strcmp(shown->id, call->params[1]) == 0 ||
           move(store, call, shown, HEARD_QUESTION_ANSWER, by);
}

static HeardQuestionRow *find_question(HeardStore *store, HeardCall *call)
{
    g_autofree HeardQuestionRow *row =
        heard_question_rows_get(store, call->params[1], &call->error);

    if (!row || strcmp(row->hearing_id, call->params[0]) == 0)
        return g_steal_pointer(&row);
    heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such question");
    return NULL;
}

static bool read_act(HeardCall *call, HeardQuestionAct *ret_act)
{
    const char *name = NULL;

    return heard_json_text(call->body, "act", 16, false, &name, &call->error) &&
           (heard_question_act_from_name(name, ret_act) ||
            heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                              "act: choose, put_back, answer, drop or take_back"));
}

/* Who asked takes his own back; everything else is for who leads or presents. */
static bool may_act(HeardStore *store, HeardCall *call, HeardQuestionAct act,
                    const HeardQuestionRow *row, HeardAttendance *ret)
{
    bool is_own = call->caller.kind == HEARD_CALLER_ATTENDEE;

    if (is_own != (act == HEARD_QUESTION_TAKE_BACK))
        return heard_attendance_allow(call, HEARD_ATTENDANCE_NOT_YOURS);
    if (!is_own)
        return heard_attendance_ask(store, call, HEARD_ATTENDANCE_SHOW, ret);
    return heard_attendance_attend(store, call, ret) &&
           heard_attendance_allow(call, ret->over ? HEARD_ATTENDANCE_OVER : HEARD_ATTENDANCE_OK) &&
           (strcmp(row->attendee_id, ret->attendee->id) == 0 ||
            heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such question"));
}

bool heard_api_question_act_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    g_autofree HeardQuestionRow *row = find_question(store, call);
    g_autofree char *action = NULL;
    HeardQuestionAct act;
    const char *by;

    if (!row || !read_act(call, &act) || !may_act(store, call, act, row, &self))
        return false;
    by = self.participant ? self.participant->id : call->caller.attendee_id;
    action = g_strdup_printf("question.%s", heard_question_act_name(act));
    return heard_store_begin(store, &call->error) &&
           heard_attendance_finish(
               store, call,
               heard_attendance_trace(store, call, action, "question", row->id, NULL) &&
                   make_room(store, call, act, by) && move(store, call, row, act, by)) &&
           heard_attendance_news(store, call, HEARD_ATTENDANCE_TELL_OWN, row->attendee_id);
}

/* ---- seats, sending out ---- */

static HeardAttendeeRow *find_attendee(HeardStore *store, HeardCall *call)
{
    g_autofree HeardAttendeeRow *row =
        heard_attendee_rows_get(store, call->params[1], &call->error);

    if (!row)
        return NULL;
    if (strcmp(row->hearing_id, call->params[0]) == 0 && !row->removed_ms)
        return g_steal_pointer(&row);
    heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such attendee");
    return NULL;
}

static bool insert_seat(HeardStore *store, HeardCall *call, const HeardAttendeeRow *attendee)
{
    char seat_id[HEARD_ID_SIZE], participant_id[HEARD_ID_SIZE];
    g_autoptr(GPtrArray) seats = heard_seat_rows_list(store, call->params[0], &call->error);
    HeardSeatRow seat = {.id = seat_id,
                         .hearing_id = call->params[0],
                         .side = heard_side_name(heard_role_side(HEARD_ROLE_DEPARTMENT)),
                         .role = heard_role_name(HEARD_ROLE_DEPARTMENT),
                         .display_name = attendee->name,
                         .unit_name = attendee->unit_name,
                         .position = seats ? seats->len + 1 : 0};
    HeardParticipantRow participant = {.id = participant_id,
                                       .seat_id = seat_id,
                                       .hearing_id = call->params[0],
                                       .invite_state = "invited",
                                       .presence_state = "absent",
                                       .token_state = "none"};

    heard_id_new(seat_id, call->wall_ms);
    heard_id_new(participant_id, call->wall_ms);
    return seats && heard_seat_rows_insert(store, &seat, &call->error) &&
           heard_participant_rows_insert(store, &participant, &call->error) &&
           heard_attendee_rows_seat(store, attendee->id, participant_id, &call->error);
}

/* Where he can be heard, as soon as the floor is given to him. */
bool heard_api_attendee_seat_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    g_autofree HeardAttendeeRow *row = NULL;

    if (!heard_attendance_ask(store, call, HEARD_ATTENDANCE_LEAD, &self) ||
        !(row = find_attendee(store, call)))
        return false;
    if (!heard_attendance_allow(call, row->participant_id       ? HEARD_ATTENDANCE_SEATED
                                      : row->here_since_ms == 0 ? HEARD_ATTENDANCE_AWAY
                                                                : HEARD_ATTENDANCE_OK))
        return false;
    if (!(self.profile->seats & HEARD_ROLE_BIT(HEARD_ROLE_DEPARTMENT)))
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT, "units have no seats here");
    return heard_store_begin(store, &call->error) &&
           heard_attendance_finish(
               store, call,
               heard_attendance_trace(store, call, "attendee.seat", "attendee", row->id, NULL) &&
                   insert_seat(store, call, row)) &&
           heard_attendance_news(store, call, HEARD_ATTENDANCE_TELL_SEATED, row->id);
}

bool heard_api_attendee_remove_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    g_autofree HeardAttendeeRow *row = NULL;
    const char *reason = "";

    if (!heard_attendance_ask(store, call, HEARD_ATTENDANCE_LEAD, &self) ||
        !(row = find_attendee(store, call)) ||
        !heard_json_text(call->body, "reason", HEARD_REASON_CHARS_MAX, false, &reason,
                         &call->error))
        return false;
    if (!heard_attendance_is_line(reason))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "reason: is missing");
    return heard_store_begin(store, &call->error) &&
           heard_attendance_finish(
               store, call,
               heard_attendance_trace(store, call, "attendee.remove", "attendee", row->id,
                                      reason) &&
                   heard_attendee_rows_remove(store, row->id, call->wall_ms, &call->error)) &&
           heard_attendance_news(store, call, HEARD_ATTENDANCE_TELL_REMOVED, row->id);
}
