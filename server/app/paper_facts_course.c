/* SPDX-License-Identifier: Apache-2.0 */

/* The course of a hearing, from its minutes, and what it came to. */

#include "server/app/paper_facts_private.h"
#include "server/base/error.h"
#include "server/hearing/commitment.h"
#include "server/hearing/minutes.h"
#include "server/store/minutes_rows.h"
#include "server/store/outcome_rows.h"

#include <string.h>

/* Of both: rows of the store's own memory. */
static GPtrArray *all_lines(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    HeardPage page = {NULL, HEARD_PAGE_MAX};

    for (;;) {
        g_autoptr(GPtrArray) rows =
            heard_minutes_rows_list(source->store, source->order->hearing->id, false, &page, error);
        bool is_last = rows && rows->len < HEARD_PAGE_MAX;
        if (!rows)
            return NULL;
        while (rows->len > 0)
            g_ptr_array_add(all, g_ptr_array_steal_index(rows, 0));
        if (is_last)
            return g_steal_pointer(&all);
        if (all->len > HEARD_PAPER_LINES_MAX) {
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_LARGE,
                        "the minutes: more than %d lines", HEARD_PAPER_LINES_MAX);
            return NULL;
        }
        page.after = ((const HeardMinutesLineRow *)all->pdata[all->len - 1])->id;
    }
}

static gint by_time(gconstpointer one, gconstpointer other)
{
    const HeardMinutesLineRow *a = *(const HeardMinutesLineRow *const *)one;
    const HeardMinutesLineRow *b = *(const HeardMinutesLineRow *const *)other;

    if (a->at_ms != b->at_ms)
        return a->at_ms < b->at_ms ? -1 : 1;
    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static json_t *line_json(const HeardPaperSource *source, const HeardMinutesLineRow *line)
{
    const HeardPaperSeat *speaker = heard_paper_seat_of(source, line->speaker_id);
    json_t *json = json_pack("{s:I, s:s, s:s}", "at_ms", (json_int_t)line->at_ms, "kind",
                             line->kind, "text", line->text);

    if (speaker) {
        heard_paper_set_text(json, "speaker", speaker->seat->display_name);
        heard_paper_set_text(json, "role", heard_paper_role_of(source, speaker->seat));
    }
    return json;
}

/* Lists that grow: the phases, and the lines of the last one. */
typedef struct {
    json_t *phases, *lines;
    const char *phase;
} Course;

static void begin_phase(Course *course, const char *phase, int64_t from_ms)
{
    course->phase = phase;
    course->lines = json_array();
    json_array_append_new(course->phases, json_pack("{s:s, s:I, s:o}", "phase", phase, "from_ms",
                                                    (json_int_t)from_ms, "lines", course->lines));
}

json_t *heard_paper_phases(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) lines = all_lines(source, error);
    g_autoptr(GPtrArray) events =
        lines ? heard_phase_event_rows_list(source->store, source->order->hearing->id, NULL, error)
              : NULL;
    Course course = {0};
    guint next = 0;

    if (!events)
        return NULL;
    g_ptr_array_sort(lines, by_time);
    course.phases = json_array();
    for (guint i = 0; i < lines->len; i++) {
        const HeardMinutesLineRow *line = g_ptr_array_index(lines, i);
        for (; next < events->len; next++) {
            const HeardPhaseEventRow *event = g_ptr_array_index(events, next);
            if (event->at_ms > line->at_ms)
                break;
            begin_phase(&course, event->to_phase, event->at_ms);
        }
        if (!course.phase || strcmp(course.phase, line->phase) != 0)
            begin_phase(&course, line->phase, line->at_ms);
        json_array_append_new(course.lines, line_json(source, line));
    }
    for (; next < events->len; next++) {
        const HeardPhaseEventRow *event = g_ptr_array_index(events, next);
        begin_phase(&course, event->to_phase, event->at_ms);
    }
    return course.phases;
}

/* What was written down in the phase of that name. */
json_t *heard_paper_undisputed(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) lines = all_lines(source, error);
    json_t *list = lines ? json_array() : NULL;

    if (lines)
        g_ptr_array_sort(lines, by_time);
    for (guint i = 0; lines && i < lines->len; i++) {
        const HeardMinutesLineRow *line = g_ptr_array_index(lines, i);
        if (strcmp(line->phase, "undisputed_facts") == 0 && strcmp(line->kind, "note") == 0)
            json_array_append_new(list, json_pack("{s:s}", "text", line->text));
    }
    return list;
}

json_t *heard_paper_minutes_state(HeardPaperSource *source, GError **error)
{
    g_autofree HeardMinutesRow *row =
        heard_minutes_rows_get(source->store, source->order->hearing->id, error);

    return json_string(row ? row->state : heard_minutes_state_name(HEARD_MINUTES_DRAFTING));
}

json_t *heard_paper_outcomes(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_outcome_rows_list(source->store, source->order->hearing->id, NULL, error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardOutcomeRow *row = g_ptr_array_index(rows, i);
        json_t *json =
            json_pack("{s:s, s:s}", "item", *row->item ? row->item : source->order->hearing->title,
                      "result", row->result);
        heard_paper_set_text(json, "note", row->note);
        json_array_append_new(list, json);
    }
    return list;
}

/* As on the day that the paper is made. */
static const char *state_of(const HeardPaperSource *source, const HeardCommitmentRow *row)
{
    HeardCommitmentState kept;

    return heard_commitment_state_from_name(row->state, &kept)
               ? heard_commitment_state_name(
                     heard_commitment_at(kept, row->due_at_ms, source->order->wall_ms))
               : row->state;
}

json_t *heard_paper_commitments(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) rows = heard_commitment_rows_list_of_hearing(
        source->store, source->order->hearing->id, NULL, error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardCommitmentRow *row = g_ptr_array_index(rows, i);
        g_autofree HeardUnitRow *unit =
            heard_unit_rows_get(source->store, row->owner_unit_id, error);
        if (!unit)
            break; /* with its error */
        json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:s}", "text", row->text, "owner",
                                              unit->name, "due_ms", (json_int_t)row->due_at_ms,
                                              "state", state_of(source, row)));
    }
    return list;
}
