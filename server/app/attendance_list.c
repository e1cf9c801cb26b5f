/* SPDX-License-Identifier: Apache-2.0 */

/* Who attended, for who leads: as JSON with the queue of questions, and as a table (RFC 4180). */

#include "server/app/attendance_list.h"

#include "server/app/api.h"
#include "server/app/summary.h"
#include "server/hearing/hearing.h"
#include "server/store/question_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

void heard_attendance_list_clear(HeardAttendanceList *self)
{
    g_clear_pointer(&self->attendees, g_ptr_array_unref);
    g_clear_pointer(&self->answers, g_ptr_array_unref);
    g_clear_pointer(&self->rolls, g_ptr_array_unref);
    g_clear_pointer(&self->seats, g_ptr_array_unref);
    g_clear_pointer(&self->people, g_ptr_array_unref);
}

bool heard_attendance_list_read(HeardStore *store, const char *hearing_id, HeardAttendanceList *ret,
                                GError **error)
{
    ret->attendees = heard_attendee_rows_list(store, hearing_id, error);
    ret->rolls = ret->attendees ? heard_roll_rows_list(store, hearing_id, error) : NULL;
    ret->answers = ret->rolls ? heard_roll_answer_rows_list(store, hearing_id, error) : NULL;
    ret->seats = ret->answers ? heard_seat_rows_list(store, hearing_id, error) : NULL;
    ret->people = ret->seats ? heard_participant_rows_list(store, hearing_id, error) : NULL;
    return ret->people != NULL;
}

bool heard_attendance_list_answered(const HeardAttendanceList *self, const char *roll_id,
                                    const char *who_id)
{
    for (guint i = 0; i < self->answers->len; i++) {
        const HeardRollAnswerRow *row = g_ptr_array_index(self->answers, i);

        if (strcmp(row->who_id, who_id) == 0 && strcmp(row->roll_id, roll_id) == 0)
            return true;
    }
    return false;
}

static const HeardParticipantRow *person_of(const HeardAttendanceList *self, const char *id)
{
    for (guint i = 0; id && i < self->people->len; i++) {
        const HeardParticipantRow *row = g_ptr_array_index(self->people, i);

        if (strcmp(row->id, id) == 0)
            return row;
    }
    return NULL;
}

/* Who was given a seat left his place here for it: both count as being there. */
void heard_attendance_list_times(const HeardAttendanceList *self, const HeardAttendeeRow *row,
                                 int64_t end_ms, HeardAttendanceTimes *ret)
{
    const HeardParticipantRow *person = person_of(self, row->participant_id);
    bool seated = person && person->joined_at_ms;

    ret->came_ms = row->came_ms;
    ret->is_here = row->here_since_ms != 0 || (seated && person->left_at_ms == 0);
    ret->left_ms = ret->is_here ? 0 : row->left_ms;
    if (seated && !ret->is_here)
        ret->left_ms = MAX(row->left_ms, person->left_at_ms);
    ret->stayed_ms = row->stayed_ms;
    if (row->here_since_ms)
        ret->stayed_ms += MAX(0, end_ms - row->here_since_ms);
    if (seated)
        ret->stayed_ms +=
            MAX(0, (person->left_at_ms ? person->left_at_ms : end_ms) - person->joined_at_ms);
}

/* ---- JSON ---- */

static json_t *answered_json(const HeardAttendanceList *self, const char *who_id)
{
    json_t *list = json_array();

    for (guint i = 0; i < self->rolls->len; i++) {
        const HeardRollRow *roll = g_ptr_array_index(self->rolls, i);

        if (heard_attendance_list_answered(self, roll->id, who_id))
            json_array_append_new(list, json_integer(roll->number));
    }
    return list;
}

static json_t *attendees_json(const HeardAttendanceList *self, int64_t end_ms)
{
    json_t *list = json_array();

    for (guint i = 0; i < self->attendees->len; i++) {
        const HeardAttendeeRow *row = g_ptr_array_index(self->attendees, i);
        HeardAttendanceTimes times;

        heard_attendance_list_times(self, row, end_ms, &times);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:b, s:o, s:o, s:I, s:s?, s:b, s:o}",
                                              "id", row->id, "name", row->name, "unit",
                                              row->unit_name, "here", times.is_here, "came_at_ms",
                                              heard_summary_time(times.came_ms), "left_at_ms",
                                              heard_summary_time(times.left_ms), "stayed_ms",
                                              (json_int_t)times.stayed_ms, "participant",
                                              row->participant_id, "removed", row->removed_ms != 0,
                                              "rolls", answered_json(self, row->id)));
    }
    return list;
}

static json_t *rolls_json(const HeardAttendanceList *self)
{
    json_t *list = json_array();

    for (guint i = 0; i < self->rolls->len; i++) {
        const HeardRollRow *row = g_ptr_array_index(self->rolls, i);
        unsigned answered = 0;

        for (guint k = 0; k < self->answers->len; k++) {
            const HeardRollAnswerRow *answer = g_ptr_array_index(self->answers, k);
            answered += strcmp(answer->roll_id, row->id) == 0;
        }
        json_array_append_new(
            list, json_pack("{s:s, s:I, s:I, s:I, s:o, s:i}", "id", row->id, "number",
                            (json_int_t)row->number, "opened_at_ms", (json_int_t)row->opened_ms,
                            "until_ms", (json_int_t)row->until_ms, "ended_at_ms",
                            heard_summary_time(row->ended_ms), "answered", (int)answered));
    }
    return list;
}

static json_t *questions_json(HeardStore *store, const char *hearing_id,
                              const HeardAttendanceList *self, GError **error)
{
    g_autoptr(GPtrArray) rows = heard_question_rows_list(store, hearing_id, NULL, error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardQuestionRow *row = g_ptr_array_index(rows, i);
        const HeardAttendeeRow *by = NULL;

        for (guint k = 0; !by && k < self->attendees->len; k++) {
            const HeardAttendeeRow *one = g_ptr_array_index(self->attendees, k);
            by = strcmp(one->id, row->attendee_id) == 0 ? one : NULL;
        }
        json_array_append_new(
            list, json_pack("{s:s, s:I, s:s, s:s, s:I, s:s, s:s, s:s}", "id", row->id, "number",
                            (json_int_t)row->number, "text", row->text, "state", row->state,
                            "asked_at_ms", (json_int_t)row->asked_ms, "attendee", row->attendee_id,
                            "name", by ? by->name : "", "unit", by ? by->unit_name : ""));
    }
    return list;
}

static json_t *links_json(HeardStore *store, const char *hearing_id, GError **error)
{
    g_autoptr(GPtrArray) rows = heard_training_link_rows_list(store, hearing_id, error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardTrainingLinkRow *row = g_ptr_array_index(rows, i);

        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:I}", "id", row->id, "unit", row->unit_name,
                                        "expires_at_ms", (json_int_t)row->expires_ms));
    }
    return list;
}

static int64_t end_of(const HeardHearingRow *hearing, int64_t wall_ms)
{
    return hearing->actual_end_ms ? hearing->actual_end_ms : wall_ms;
}

bool heard_api_attendance_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    g_auto(HeardAttendanceList) list = {0};
    g_autoptr(json_t) questions = NULL;
    g_autoptr(json_t) links = NULL;

    if (!heard_attendance_ask(store, call, HEARD_ATTENDANCE_LOOK, &self) ||
        !heard_attendance_list_read(store, call->params[0], &list, &call->error))
        return false;
    questions = questions_json(store, call->params[0], &list, &call->error);
    links = questions ? links_json(store, call->params[0], &call->error) : NULL;
    if (!links)
        return false;
    call->answer =
        json_pack("{s:i, s:o, s:o, s:O, s:O}", "max", (int)self.profile->attendees_max, "attendees",
                  attendees_json(&list, end_of(self.hearing, call->wall_ms)), "rolls",
                  rolls_json(&list), "questions", questions, "links", links);
    return true;
}

/* ---- the table ---- */

/* A program that reads tables takes what begins so for a formula. */
static void add_cell(GString *table, const char *text, bool is_last)
{
    g_string_append_c(table, '"');
    if (*text && strchr("=+-@\t\r", *text))
        g_string_append_c(table, '\'');
    for (; *text; text++) {
        if (*text == '"')
            g_string_append_c(table, '"');
        g_string_append_c(table, *text);
    }
    g_string_append(table, is_last ? "\"\r\n" : "\",");
}

static void add_time(GString *table, int64_t wall_ms, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(wall_ms / 1000);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, zone) : NULL;
    g_autofree char *text =
        wall_ms && local ? g_date_time_format(local, "%Y-%m-%d %H:%M:%S") : g_strdup("");

    add_cell(table, text, false);
}

static void add_head(GString *table, const HeardAttendanceList *list)
{
    static const char *const heads[] = {"姓名", "单位", "身份", "到场", "离场", "在场分钟"};

    g_string_append(table, "\xef\xbb\xbf"); /* or programs guess another encoding */
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        add_cell(table, heads[i], false);
    for (guint i = 0; i < list->rolls->len; i++) {
        g_autofree char *text = g_strdup_printf("第%u次点名", i + 1);

        add_cell(table, text, false);
    }
    add_cell(table, "备注", true);
}

static void add_answers(GString *table, const HeardAttendanceList *list, const char *who_id)
{
    for (guint i = 0; i < list->rolls->len; i++) {
        const HeardRollRow *roll = g_ptr_array_index(list->rolls, i);

        add_cell(table, heard_attendance_list_answered(list, roll->id, who_id) ? "到" : "", false);
    }
}

static void add_attendee(GString *table, const HeardAttendanceList *list,
                         const HeardAttendeeRow *row, int64_t end_ms, GTimeZone *zone)
{
    HeardAttendanceTimes times;
    char minutes[24];

    heard_attendance_list_times(list, row, end_ms, &times);
    g_snprintf(minutes, sizeof minutes, "%" G_GINT64_FORMAT, times.stayed_ms / 60000);
    add_cell(table, row->name, false);
    add_cell(table, row->unit_name, false);
    add_cell(table, "参训", false);
    add_time(table, times.came_ms, zone);
    add_time(table, times.left_ms, zone);
    add_cell(table, minutes, false);
    add_answers(table, list, row->id);
    add_cell(table, row->removed_ms ? "已移出" : times.is_here ? "在场" : "", true);
}

bool heard_attendance_list_has_seat(const HeardAttendanceList *self, const char *participant_id)
{
    for (guint i = 0; i < self->attendees->len; i++) {
        const HeardAttendeeRow *row = g_ptr_array_index(self->attendees, i);

        if (g_strcmp0(row->participant_id, participant_id) == 0)
            return true;
    }
    return false;
}

static const char *role_of(const HeardSeatRow *seat)
{
    static const char *const words[HEARD_ROLE_COUNT] = {
        [HEARD_ROLE_PRESIDING] = "主持人",   [HEARD_ROLE_CLERK] = "书记员",
        [HEARD_ROLE_LEAD_UNIT] = "主讲",     [HEARD_ROLE_DEPARTMENT] = "参训单位",
        [HEARD_ROLE_CASE_LEAD] = "包案领导", [HEARD_ROLE_OBSERVER] = "旁听",
    };
    HeardRole role;

    return heard_role_from_name(seat->role, &role) && words[role] ? words[role] : "";
}

static void add_seat(GString *table, const HeardAttendanceList *list, const HeardSeatRow *seat,
                     const HeardParticipantRow *person, int64_t end_ms, GTimeZone *zone)
{
    int64_t left_ms = person->left_at_ms ? person->left_at_ms : end_ms;
    char minutes[24];

    g_snprintf(minutes, sizeof minutes, "%" G_GINT64_FORMAT,
               person->joined_at_ms ? MAX(0, left_ms - person->joined_at_ms) / 60000 : 0);
    add_cell(table, seat->display_name, false);
    add_cell(table, seat->unit_name ? seat->unit_name : "", false);
    add_cell(table, role_of(seat), false);
    add_time(table, person->joined_at_ms, zone);
    add_time(table, person->left_at_ms, zone);
    add_cell(table, minutes, false);
    add_answers(table, list, person->id);
    add_cell(table, person->joined_at_ms ? "" : "未到", true);
}

static void add_seats(GString *table, const HeardAttendanceList *list, int64_t end_ms,
                      GTimeZone *zone)
{
    for (guint i = 0; i < list->seats->len; i++) {
        const HeardSeatRow *seat = g_ptr_array_index(list->seats, i);

        for (guint k = 0; k < list->people->len; k++) {
            const HeardParticipantRow *person = g_ptr_array_index(list->people, k);

            if (strcmp(person->seat_id, seat->id) == 0 &&
                !heard_attendance_list_has_seat(list, person->id))
                add_seat(table, list, seat, person, end_ms, zone);
        }
    }
}

bool heard_api_attendance_csv_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardAttendance) self = {0};
    g_auto(HeardAttendanceList) list = {0};
    g_autofree HeardUnitRow *office = NULL;
    g_autoptr(GTimeZone) zone = NULL;
    GString *table;

    if (!heard_attendance_ask(store, call, HEARD_ATTENDANCE_LOOK, &self) ||
        !heard_attendance_list_read(store, call->params[0], &list, &call->error))
        return false;
    office = heard_unit_rows_get(store, self.hearing->organiser_unit_id, &call->error);
    if (!office)
        return false;
    zone = g_time_zone_new_identifier(office->tz);
    if (!zone)
        zone = g_time_zone_new_utc();
    table = g_string_new(NULL);
    add_head(table, &list);
    add_seats(table, &list, end_of(self.hearing, call->wall_ms), zone);
    for (guint i = 0; i < list.attendees->len; i++)
        add_attendee(table, &list, g_ptr_array_index(list.attendees, i),
                     end_of(self.hearing, call->wall_ms), zone);
    call->extra = g_string_free(table, FALSE);
    call->extra_destroy = g_free;
    return true;
}

void heard_api_attendance_csv_main(HeardCall *call)
{
    g_autoptr(HeardCall) owned G_GNUC_UNUSED = call;

    heard_http_add_header(call->request, "Content-Disposition",
                          "attachment; filename=\"attendance.csv\"");
    heard_http_reply_text(call->request, 200, "text/csv; charset=utf-8", call->extra);
}
