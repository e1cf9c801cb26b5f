/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/attendance.h"

#include "server/app/access.h"
#include "server/app/audit_trail.h"
#include "server/app/live.h"
#include "server/hearing/hearing.h"
#include "server/store/person_rows.h"
#include "server/store/question_rows.h"

#include <string.h>

void heard_attendance_clear(HeardAttendance *self)
{
    g_free(self->hearing);
    g_free(self->participant);
    g_free(self->attendee);
    g_clear_pointer(&self->rolls, g_ptr_array_unref);
}

bool heard_attendance_allow(HeardCall *call, HeardAttendanceAnswer answer)
{
    if (answer == HEARD_ATTENDANCE_OK)
        return true;
    heard_call_refuse(call, heard_attendance_answer_error(answer), "attendance: %s",
                      heard_attendance_answer_name(answer));
    if (!call->problem)
        call->problem = json_pack("{s:s}", "reason", heard_attendance_answer_name(answer));
    return false;
}

bool heard_attendance_is_line(const char *text)
{
    bool is_empty = true;

    for (; *text; text = g_utf8_next_char(text)) {
        if (g_unichar_iscntrl(g_utf8_get_char(text)))
            return false;
        is_empty = is_empty && g_unichar_isspace(g_utf8_get_char(text));
    }
    return !is_empty;
}

HeardRoll heard_attendance_roll(const HeardRollRow *row)
{
    return (HeardRoll){row->opened_ms, row->until_ms, row->ended_ms};
}

bool heard_attendance_trace(HeardStore *store, HeardCall *call, const char *action,
                            const char *object, const char *id, const char *reason)
{
    return heard_audit_trail_append(store, call, action, object, id, call->params[0], reason);
}

bool heard_attendance_finish(HeardStore *store, HeardCall *call, bool done)
{
    if (done && heard_store_commit(store, &call->error)) {
        call->status = 204;
        return true;
    }
    heard_store_rollback(store);
    return false;
}

/* ---- who asks ---- */

bool heard_attendance_open_take(HeardStore *store, HeardCall *call, HeardHearingRow *hearing,
                                HeardAttendance *ret)
{
    HeardState state;
    HeardKind kind;

    ret->hearing = hearing;
    if (!heard_kind_from_name(hearing->kind, &kind))
        return heard_call_refuse(call, HEARD_ERROR_INTERNAL, "a hearing of no known kind");
    ret->profile = hearing->procedure_profile
                       ? heard_agenda_keep(hearing->procedure_profile, &call->error)
                       : heard_agenda_profile(kind);
    ret->over = heard_state_from_name(hearing->state, &state) && state >= HEARD_STATE_CLOSING;
    ret->rolls = ret->profile ? heard_roll_rows_list(store, hearing->id, &call->error) : NULL;
    return ret->rolls != NULL;
}

bool heard_attendance_attend(HeardStore *store, HeardCall *call, HeardAttendance *ret)
{
    HeardHearingRow *hearing;

    if (call->caller.kind != HEARD_CALLER_ATTENDEE ||
        strcmp(call->caller.hearing_id, call->params[0]) != 0)
        return heard_call_refuse(call, HEARD_ERROR_UNKNOWN_HEARING, "no such hearing");
    ret->attendee = heard_attendee_rows_get(store, call->caller.attendee_id, &call->error);
    hearing = ret->attendee ? heard_hearing_rows_get(store, call->params[0], &call->error) : NULL;
    return hearing && heard_attendance_open_take(store, call, hearing, ret);
}

static bool find_seat(HeardStore *store, HeardCall *call, HeardAttendance *self,
                      HeardRole *ret_role)
{
    g_autofree HeardSeatRow *seat =
        heard_access_own_seat(store, &call->caller, self->hearing->id, &call->error);

    if (!seat)
        return !call->error && heard_attendance_allow(call, HEARD_ATTENDANCE_NOT_YOURS);
    self->participant = heard_participant_rows_get_by_seat(store, seat->id, &call->error);
    if (!self->participant || !heard_role_from_name(seat->role, ret_role))
        return false;
    self->attendee = heard_attendee_rows_of_seat(store, self->participant->id, &call->error);
    return !call->error;
}

bool heard_attendance_ask(HeardStore *store, HeardCall *call, HeardAttendanceRight right,
                          HeardAttendance *ret)
{
    HeardHearingRow *hearing;
    HeardRole role;

    if (call->caller.kind == HEARD_CALLER_ATTENDEE && right == HEARD_ATTENDANCE_ANSWER_ROLL)
        return heard_attendance_attend(store, call, ret) &&
               heard_attendance_allow(call,
                                      ret->over ? HEARD_ATTENDANCE_OVER : HEARD_ATTENDANCE_OK);
    hearing = heard_access_hearing(store, &call->caller, call->params[0], &call->error);
    return hearing && heard_attendance_open_take(store, call, hearing, ret) &&
           find_seat(store, call, ret, &role) &&
           heard_attendance_allow(call, heard_attendance_may(ret->profile, ret->over, role, right));
}

/* ---- what everybody is told ---- */

static json_t *roll_json(HeardStore *store, const char *hearing_id, int64_t wall_ms, GError **error)
{
    g_autoptr(GPtrArray) rolls = heard_roll_rows_list(store, hearing_id, error);

    for (guint i = 0; rolls && i < rolls->len; i++) {
        const HeardRollRow *row = g_ptr_array_index(rolls, i);
        HeardRoll roll = heard_attendance_roll(row);
        int64_t answered = 0;

        if (!heard_roll_is_open(&roll, wall_ms))
            continue;
        if (!heard_roll_rows_count(store, row->id, &answered, error))
            return NULL;
        return json_pack("{s:s, s:I, s:I, s:I, s:I}", "id", row->id, "number",
                         (json_int_t)row->number, "opened_at_ms", (json_int_t)row->opened_ms,
                         "until_ms", (json_int_t)row->until_ms, "answered", (json_int_t)answered);
    }
    return rolls ? json_null() : NULL;
}

/* A name is masked: whoever presents reads it out when it matters. */
static json_t *question_json(HeardStore *store, const char *hearing_id, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardQuestionRow *row = heard_question_rows_chosen(store, hearing_id, &failure);
    g_autofree HeardAttendeeRow *attendee =
        row ? heard_attendee_rows_get(store, row->attendee_id, &failure) : NULL;
    g_autofree char *masked = attendee ? heard_person_mask_name(attendee->name) : NULL;

    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    if (!row || !attendee)
        return json_null();
    return json_pack("{s:s, s:I, s:s, s:s, s:s}", "id", row->id, "number", (json_int_t)row->number,
                     "text", row->text, "unit", attendee->unit_name, "name", masked);
}

json_t *heard_attendance_digest(HeardStore *store, const char *hearing_id, int64_t wall_ms,
                                GError **error)
{
    int64_t attendees = 0, waiting = 0;
    json_t *roll, *question;

    if (!heard_attendee_rows_count(store, hearing_id, &attendees, error) ||
        !heard_question_rows_count(store, hearing_id, NULL, "asked", &waiting, error))
        return NULL;
    roll = roll_json(store, hearing_id, wall_ms, error);
    question = roll ? question_json(store, hearing_id, error) : NULL;
    if (!question) {
        json_decref(roll);
        return NULL;
    }
    return json_pack("{s:I, s:I, s:o, s:o}", "attendees", (json_int_t)attendees, "waiting",
                     (json_int_t)waiting, "roll", roll, "question", question);
}

typedef struct {
    json_t *digest;
    HeardAttendanceNews what;
    char attendee[HEARD_ID_SIZE];
} News;

static void news_free(void *data)
{
    News *self = data;

    json_decref(self->digest);
    g_free(self);
}

bool heard_attendance_news(HeardStore *store, HeardCall *call, HeardAttendanceNews what,
                           const char *attendee)
{
    News *news = g_new0(News, 1);

    news->what = what;
    g_strlcpy(news->attendee, attendee ? attendee : "", sizeof news->attendee);
    call->extra = news;
    call->extra_destroy = news_free;
    news->digest = heard_attendance_digest(store, call->params[0], call->wall_ms, &call->error);
    return news->digest != NULL;
}

void heard_attendance_changed_main(HeardCall *call)
{
    const News *news = call->extra;
    HeardLive *live = call->app->live;

    if (!call->error && news && live) {
        heard_live_attendance_changed(live, call->params[0], news->digest);
        switch (news->what) {
        case HEARD_ATTENDANCE_TELL:
            break;
        case HEARD_ATTENDANCE_TELL_SEATED:
            heard_live_seats_changed(live, call->params[0]);
            heard_live_attendee_tell(live, call->params[0], news->attendee, "seat.offered");
            break;
        case HEARD_ATTENDANCE_TELL_REMOVED:
            heard_live_attendee_drop(live, call->params[0], news->attendee);
            break;
        case HEARD_ATTENDANCE_TELL_OWN:
            heard_live_attendee_tell(live, call->params[0], news->attendee, "question.changed");
            break;
        }
    }
    heard_call_reply(call);
}
