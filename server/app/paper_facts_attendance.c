/* SPDX-License-Identifier: Apache-2.0 */

/* Who attended a training without a seat, and the rolls. */

#include "server/app/attendance_list.h"
#include "server/app/paper_facts_private.h"

#include <string.h>

static int64_t end_of(const HeardPaperSource *source)
{
    int64_t end_ms = source->order->hearing->actual_end_ms;

    return end_ms ? end_ms : source->order->wall_ms;
}

/* "1、3": the rolls that he answered. */
static char *rolls_text(const HeardAttendanceList *list, const char *who_id)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < list->rolls->len; i++) {
        const HeardRollRow *roll = g_ptr_array_index(list->rolls, i);

        if (heard_attendance_list_answered(list, roll->id, who_id))
            g_string_append_printf(text, "%s%" G_GINT64_FORMAT, text->len ? "、" : "",
                                   roll->number);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static json_t *attendee_json(const HeardPaperSource *source, const HeardAttendanceList *list,
                             const HeardAttendeeRow *row)
{
    g_autofree char *rolls = rolls_text(list, row->id);
    char minutes[24];
    HeardAttendanceTimes times;
    json_t *json = json_pack("{s:s, s:s}", "name", row->name, "unit", row->unit_name);

    heard_attendance_list_times(list, row, end_of(source), &times);
    g_snprintf(minutes, sizeof minutes, "%" G_GINT64_FORMAT, times.stayed_ms / 60000);
    json_object_set_new(json, "minutes", json_string(minutes));
    json_object_set_new(json, "rolls", json_string(*rolls ? rolls : "—"));
    heard_paper_set_time(json, "joined_ms", times.came_ms);
    heard_paper_set_time(json, "left_ms", times.left_ms);
    return json;
}

json_t *heard_paper_attendees(HeardPaperSource *source, GError **error)
{
    g_auto(HeardAttendanceList) list = {0};
    json_t *json;

    if (!heard_attendance_list_read(source->store, source->order->hearing->id, &list, error) ||
        list.attendees->len == 0)
        return NULL;
    json = json_array();
    for (guint i = 0; i < list.attendees->len; i++)
        json_array_append_new(json,
                              attendee_json(source, &list, g_ptr_array_index(list.attendees, i)));
    return json;
}

json_t *heard_paper_rolls(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_roll_rows_list(source->store, source->order->hearing->id, error);
    json_t *json;

    if (!rows || rows->len == 0)
        return NULL;
    json = json_array();
    for (guint i = 0; i < rows->len; i++) {
        const HeardRollRow *row = g_ptr_array_index(rows, i);
        g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, row->number);
        g_autofree char *answered = NULL;
        int64_t count = 0;

        if (!heard_roll_rows_count(source->store, row->id, &count, error))
            break; /* with its error */
        answered = g_strdup_printf("%" G_GINT64_FORMAT, count);
        json_array_append_new(json, json_pack("{s:s, s:I, s:s}", "number", number, "at_ms",
                                              (json_int_t)row->opened_ms, "answered", answered));
    }
    return json;
}
