/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/summary.h"

#include "server/app/access.h"
#include "server/app/derived_files.h"
#include "server/app/keeping.h"
#include "server/base/json.h"
#include "server/hearing/agenda.h"
#include "server/store/outcome_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/person_rows.h"
#include "server/store/recording_task_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

json_t *heard_summary_time(int64_t wall_ms)
{
    return wall_ms ? json_integer(wall_ms) : json_null();
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *unit_name(HeardStore *store, const char *unit_id, GError **error)
{
    g_autofree HeardUnitRow *unit = NULL;

    if (!unit_id)
        return json_null();
    unit = heard_unit_rows_get(store, unit_id, error);
    return unit ? json_string(unit->name) : NULL;
}

/* People with a desk or a seat need the name; the petitioner's own device shows it too. */
static bool needs_names(const HeardCaller *caller, const HeardSeatRow *own)
{
    if (own)
        return strcmp(own->role, "observer") != 0;
    return heard_caller_permit(caller, HEARD_MAY_SCHEDULE) != HEARD_PERMIT_NO;
}

/* Party B of a mediation and its agent are people as party A is, not an office. */
static bool is_party(const HeardSeatRow *seat)
{
    return strcmp(seat->side, "petitioner") == 0 || strcmp(seat->role, "petitioner") == 0 ||
           strcmp(seat->role, "agent") == 0;
}

static json_t *seat_json(const HeardSeatRow *seat, const HeardParticipantRow *participant,
                         bool open_names)
{
    bool mask = !open_names && is_party(seat);
    g_autofree char *masked = mask ? heard_person_mask_name(seat->display_name) : NULL;

    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s}", "participant", participant->id, "role",
                     seat->role, "side", seat->side, "name", masked ? masked : seat->display_name,
                     "unit", text_or_null(seat->unit_name), "title", seat->title ? seat->title : "",
                     "presence", participant->presence_state);
}

static const HeardParticipantRow *participant_of(const GPtrArray *participants, const char *seat_id)
{
    for (guint i = 0; i < participants->len; i++) {
        const HeardParticipantRow *row = g_ptr_array_index(participants, i);
        if (strcmp(row->seat_id, seat_id) == 0)
            return row;
    }
    return NULL;
}

static bool waits(const char *presence)
{
    return strcmp(presence, "in_lobby") == 0 || strcmp(presence, "identity_ok") == 0 ||
           strcmp(presence, "consented") == 0;
}

static json_t *seats_json(HeardStore *store, const char *hearing_id, bool open_names,
                          json_int_t *ret_waiting, GError **error)
{
    g_autoptr(GPtrArray) seats = heard_seat_rows_list(store, hearing_id, error);
    g_autoptr(GPtrArray) participants =
        seats ? heard_participant_rows_list(store, hearing_id, error) : NULL;
    json_t *list;

    if (!participants)
        return NULL;
    list = json_array();
    for (guint i = 0; i < seats->len; i++) {
        const HeardSeatRow *seat = g_ptr_array_index(seats, i);
        const HeardParticipantRow *participant = participant_of(participants, seat->id);
        if (!participant)
            continue;
        json_array_append_new(list, seat_json(seat, participant, open_names));
        *ret_waiting += waits(participant->presence_state);
    }
    return list;
}

/* The case in short, for those who may open case files. */
static json_t *case_reference(HeardStore *store, const HeardCaller *caller, const char *case_id,
                              GError **error)
{
    g_autofree HeardCaseRow *row = NULL;

    if (!case_id || caller->kind != HEARD_CALLER_ACCOUNT ||
        (heard_caller_permit(caller, HEARD_MAY_VIEW_TIMELINE) == HEARD_PERMIT_NO &&
         heard_caller_permit(caller, HEARD_MAY_SCHEDULE) == HEARD_PERMIT_NO))
        return json_null();
    row = heard_case_rows_get(store, case_id, error);
    return row ? json_pack("{s:s, s:s, s:s}", "id", row->id, "number", row->case_no, "title",
                           row->title)
               : NULL;
}

/* What everybody was told at the end; for a page that missed hearing.ended. */
static json_t *outcome_note(HeardStore *store, const HeardHearingRow *row, GError **error)
{
    const HeardPage first = {.limit = 1};
    g_autoptr(GPtrArray) rows = NULL;
    const HeardOutcomeRow *outcome;

    if (row->actual_end_ms == 0)
        return json_null();
    rows = heard_outcome_rows_list(store, row->id, &first, error);
    if (!rows || rows->len == 0)
        return rows ? json_null() : NULL;
    outcome = g_ptr_array_index(rows, 0);
    return outcome->note ? json_string(outcome->note) : json_null();
}

/* {code: {zh, en}}: phases that an office named itself. NULL: none, or of a kind that was. */
static json_t *phase_titles(const HeardHearingRow *row)
{
    g_autoptr(GError) error = NULL;
    const HeardProfile *profile =
        row->procedure_profile ? heard_agenda_keep(row->procedure_profile, &error) : NULL;
    json_t *titles = NULL;

    for (unsigned i = 0; profile && i < profile->phase_count; i++) {
        const HeardPhase *phase = &profile->phases[i];
        if (!phase->title_zh)
            continue;
        if (!titles)
            titles = json_object();
        json_object_set_new(titles, phase->code,
                            json_pack("{s:s, s:s}", "zh", phase->title_zh, "en", phase->title_en));
    }
    return titles;
}

json_t *heard_summary_hearing(HeardStore *store, const HeardCaller *caller,
                              const HeardHearingRow *row, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardSeatRow *own = heard_access_own_seat(store, caller, row->id, &failure);
    g_autofree HeardParticipantRow *self = NULL;
    g_autoptr(json_t) organiser = NULL;
    g_autoptr(json_t) file = NULL;
    g_autoptr(json_t) seats = NULL;
    g_autoptr(json_t) note = NULL;
    json_int_t waiting = 0;

    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    self = own ? heard_participant_rows_get_by_seat(store, own->id, error) : NULL;
    if (own && !self)
        return NULL;
    organiser = unit_name(store, row->organiser_unit_id, error);
    file = organiser ? case_reference(store, caller, row->case_id, error) : NULL;
    seats = file ? seats_json(store, row->id, needs_names(caller, own), &waiting, error) : NULL;
    note = seats ? outcome_note(store, row, error) : NULL;
    if (!note)
        return NULL;
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:o*, s:I, s:o, s:o, s:O, s:O, s:s?, s:s?, s:O, s:I, s:O}",
        "id", row->id, "number", row->hearing_no, "kind", row->kind, "title", row->title, "state",
        row->state, "phase", row->phase, "phase_titles", phase_titles(row), "planned_start_ms",
        (json_int_t)row->planned_start_ms, "started_at_ms",
        heard_summary_time(row->actual_start_ms), "ended_at_ms",
        heard_summary_time(row->actual_end_ms), "organiser", organiser, "case", file, "my_role",
        own ? own->role : NULL, "my_participant", self ? self->id : NULL, "seats", seats, "waiting",
        waiting, "outcome_note", note);
}

json_t *heard_summary_case(HeardStore *store, const HeardCaseRow *row, GError **error)
{
    g_autofree HeardPersonRow *person = NULL;
    g_autoptr(json_t) lead = unit_name(store, row->lead_unit_id, error);

    if (!lead)
        return NULL;
    if (row->petitioner_id) {
        person = heard_person_rows_get(store, row->petitioner_id, error);
        if (!person)
            return NULL;
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:O, s:I}", "id", row->id, "number", row->case_no,
                     "title", row->title, "state", row->state, "petitioner",
                     person ? person->name_masked : "", "lead_unit", lead, "registered_at_ms",
                     (json_int_t)row->created_ms);
}

static const char *id_by_name(const GPtrArray *files, const char *name)
{
    for (guint i = 0; i < files->len; i++) {
        const HeardRecordingFileRow *row = g_ptr_array_index(files, i);
        if (strcmp(row->name, name) == 0)
            return row->id;
    }
    return NULL;
}

/* recordings/README.md: the index of "t1-1.webm" is "t1-1.webm.index.json", the one of
 * "thumbs-t1-1.jpg" is "thumbs-t1-1.json". */
static const char *index_of(const GPtrArray *files, const HeardRecordingFileRow *file)
{
    g_autofree char *of_take = g_strdup_printf("%s.index.json", file->name);
    g_autofree char *of_sprite = NULL;

    if (strcmp(file->kind, "thumbnails") != 0)
        return id_by_name(files, of_take);
    if (!g_str_has_suffix(file->name, ".jpg"))
        return NULL;
    of_sprite =
        g_strdup_printf("%.*s.json", (int)(strlen(file->name) - strlen(".jpg")), file->name);
    return id_by_name(files, of_sprite);
}

static json_t *file_json(HeardStore *store, const GPtrArray *files,
                         const HeardRecordingFileRow *row, GError **error)
{
    g_autofree HeardParticipantRow *participant = NULL;
    g_autofree HeardSeatRow *seat = NULL;
    bool index = strcmp(row->kind, "take_index") == 0;

    if (row->participant_id)
        participant = heard_participant_rows_get(store, row->participant_id, NULL);
    if (participant)
        seat = heard_seat_rows_get(store, participant->seat_id, error);
    if (participant && !seat)
        return NULL;
    return json_pack("{s:s, s:s, s:s?, s:s?, s:o, s:s?, s:s?, s:s?, s:s, s:I, s:s, s:I, s:I, s:s?}",
                     "id", row->id, "kind", index ? "index" : row->kind, "participant",
                     row->participant_id, "name", seat ? seat->display_name : NULL, "unit",
                     text_or_null(seat ? seat->unit_name : NULL), "role", seat ? seat->role : NULL,
                     "side", seat ? seat->side : NULL, "source", row->source, "media_type",
                     row->media_type, "size", (json_int_t)row->size_bytes, "sha256", row->sha256,
                     "start_ms", (json_int_t)row->start_ms, "duration_ms",
                     (json_int_t)row->duration_ms, "index_file", index_of(files, row));
}

/* All of them: a page is soon full when people come and go. */
static GPtrArray *list_files(HeardStore *store, const char *recording_id, GError **error)
{
    HeardPage page = {.limit = HEARD_PAGE_MAX};
    GPtrArray *all = heard_recording_file_rows_list(store, recording_id, &page, error);
    unsigned got = all ? all->len : 0;

    while (all && got == HEARD_PAGE_MAX && all->len < HEARD_DERIVED_ROWS_MAX) {
        GPtrArray *more;
        page.after = ((const HeardRecordingFileRow *)g_ptr_array_index(all, all->len - 1))->id;
        more = heard_recording_file_rows_list(store, recording_id, &page, error);
        got = more ? more->len : 0;
        if (more)
            g_ptr_array_extend_and_steal(all, more);
        else
            g_clear_pointer(&all, g_ptr_array_unref);
    }
    return all;
}

static json_t *files_json(HeardStore *store, const char *recording_id, GError **error)
{
    static const char *const kinds[] = {"take",     "participant", "mixed_audio", "take_index",
                                        "timeline", "waveform",    "thumbnails",  NULL};
    g_autoptr(GPtrArray) files = list_files(store, recording_id, error);
    g_autoptr(json_t) list = json_array();

    for (guint i = 0; files && i < files->len; i++) {
        const HeardRecordingFileRow *row = g_ptr_array_index(files, i);
        json_t *item;
        if (!g_strv_contains(kinds, row->kind))
            continue;
        item = file_json(store, files, row, error);
        if (!item)
            return NULL;
        json_array_append_new(list, item);
    }
    return files ? g_steal_pointer(&list) : NULL;
}

/* {"timestamp": {"state": …, "permille": …, "at_ms": …, "error": …, "detail": {…}}, …} */
static json_t *tasks_json(HeardStore *store, const char *recording_id, GError **error)
{
    g_autoptr(GPtrArray) rows = heard_recording_task_rows_list(store, recording_id, error);
    json_t *tasks = rows ? json_object() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardRecordingTaskRow *row = g_ptr_array_index(rows, i);
        json_t *detail =
            row->detail ? heard_json_parse_object(row->detail, strlen(row->detail), NULL) : NULL;
        json_object_set_new(tasks, row->kind,
                            json_pack("{s:s, s:I, s:I, s:s?, s:o}", "state", row->state,
                                      "progress_permille", (json_int_t)row->permille, "at_ms",
                                      (json_int_t)row->changed_ms, "error", row->error, "detail",
                                      detail ? detail : json_null()));
    }
    return tasks;
}

json_t *heard_summary_recording(HeardStore *store, const HeardCaller *caller,
                                const HeardRecordingRow *row, GError **error)
{
    bool may_play = false;
    bool may_export = false;
    g_autoptr(json_t) files = NULL;
    g_autoptr(json_t) tasks = NULL;
    g_autofree HeardHearingRow *hearing = heard_hearing_rows_get(store, row->hearing_id, error);

    if (!hearing || !heard_access_may_play(store, caller, row, &may_play, error) ||
        !heard_access_may_export(store, caller, row, &may_export, error))
        return NULL;
    may_play = may_play && !heard_keeping_is_over(row);
    files = may_play ? files_json(store, row->id, error) : json_array();
    tasks = files ? tasks_json(store, row->id, error) : NULL;
    if (!tasks)
        return NULL;
    return json_pack("{s:s, s:s, s:s, s:o*, s:s?, s:s, s:I, s:o, s:I, s:s?, s:{s:s, s:I, s:s?}, "
                     "s:b, s:b, s:O, s:O}",
                     "id", row->id, "number", row->recording_no, "hearing_id", row->hearing_id,
                     "phase_titles", phase_titles(hearing), "case_id", row->case_id, "state",
                     row->state, "started_at_ms", (json_int_t)row->started_ms, "stopped_at_ms",
                     heard_summary_time(row->stopped_ms), "duration_ms",
                     (json_int_t)row->duration_ms, "chain_head", row->chain_head, "derived",
                     "state", row->derive_state, "progress_permille",
                     (json_int_t)row->derive_permille, "error", row->derive_error, "may_play",
                     may_play, "may_export", may_export, "files", files, "tasks", tasks);
}
