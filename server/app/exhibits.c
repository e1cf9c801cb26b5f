/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/exhibits.h"

#include "server/app/access.h"
#include "server/app/summary.h"
#include "server/store/participant_rows.h"

#include <string.h>

static bool one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

static bool take_seat(HeardStore *store, HeardCall *call, const HeardSeatRow *seat,
                      HeardExhibitCaller *ret_caller)
{
    static const char *const in_room[] = {"admitted", "present", "disconnected", NULL};
    g_autofree HeardParticipantRow *participant =
        heard_participant_rows_get_by_seat(store, seat->id, &call->error);
    HeardExhibitPerson *person = &ret_caller->person;

    if (!participant)
        return false;
    if (!heard_role_from_name(seat->role, &person->role) ||
        !heard_side_from_name(seat->side, &person->side))
        return heard_call_refuse(call, HEARD_ERROR_INTERNAL, "a seat of no known role");
    person->is_known = heard_role_on_duty(person->role) || participant->check_in_at_ms > 0;
    /* A witness is inside only with media; before, it is the room where witnesses wait. */
    person->is_in_room = person->role == HEARD_ROLE_WITNESS
                             ? strcmp(participant->presence_state, "present") == 0
                             : one_of(participant->presence_state, in_room);
    ret_caller->has_seat = true;
    g_strlcpy(ret_caller->participant_id, participant->id, sizeof ret_caller->participant_id);
    g_strlcpy(ret_caller->name, seat->display_name, sizeof ret_caller->name);
    return true;
}

bool heard_exhibits_caller(HeardStore *store, HeardCall *call, const char *hearing_id,
                           HeardExhibitCaller *ret_caller)
{
    g_autofree HeardHearingRow *hearing =
        heard_access_hearing(store, &call->caller, hearing_id, &call->error);
    g_autofree HeardSeatRow *seat = NULL;

    if (!hearing)
        return false;
    memset(ret_caller, 0, sizeof *ret_caller);
    seat = heard_access_own_seat(store, &call->caller, hearing_id, &call->error);
    if (call->error)
        return false;
    if (seat)
        return take_seat(store, call, seat, ret_caller);
    if (heard_caller_permit(&call->caller, HEARD_MAY_PLAY_RECORDING) != HEARD_PERMIT_YES)
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "you have no seat in this hearing");
    ret_caller->person =
        (HeardExhibitPerson){HEARD_ROLE_SUPERVISOR, HEARD_SIDE_OBSERVER, true, false};
    return true;
}

HeardExhibit heard_exhibits_of_row(const HeardExhibitRow *row)
{
    HeardExhibit exhibit = {.is_closed = row->is_closed, .state = HEARD_EXHIBIT_WITHDRAWN};

    /* The table checks both words. */
    if (!heard_exhibit_side_from_name(row->side, &exhibit.side) ||
        !heard_exhibit_state_from_name(row->state, &exhibit.state))
        exhibit.is_closed = true;
    return exhibit;
}

HeardExhibitRow *heard_exhibits_get(HeardStore *store, HeardCall *call,
                                    HeardExhibitCaller *ret_caller)
{
    g_autofree HeardExhibitRow *row = NULL;
    HeardExhibit exhibit;

    if (!heard_exhibits_caller(store, call, call->params[0], ret_caller))
        return NULL;
    row = heard_exhibit_rows_get(store, call->params[1], &call->error);
    if (!row)
        return NULL;
    exhibit = heard_exhibits_of_row(row);
    if (strcmp(row->hearing_id, call->params[0]) == 0 &&
        heard_exhibit_sees(&exhibit, &ret_caller->person))
        return g_steal_pointer(&row);
    heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such exhibit");
    return NULL;
}

static json_t *objections_json(HeardStore *store, HeardCall *call, const HeardExhibitRow *row,
                               bool names)
{
    g_autoptr(GPtrArray) rows = heard_exhibit_objection_rows_list(store, row->id, &call->error);
    json_t *list = rows ? json_array() : NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardExhibitObjectionRow *one = g_ptr_array_index(rows, i);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s?, s:s, s:I}", "ground", one->ground,
                                              "side", one->side, "by", names ? one->name : NULL,
                                              "text", one->text, "at_ms", (json_int_t)one->at_ms));
    }
    return list;
}

static json_t *may_json(const HeardExhibitRow *row, const HeardExhibitCaller *caller)
{
    HeardExhibit exhibit = heard_exhibits_of_row(row);
    json_t *may = json_array();

    for (unsigned verb = 0; caller->has_seat && verb < HEARD_EXHIBIT_VERB_COUNT; verb++)
        if (heard_exhibit_ask(&exhibit, &caller->person, (HeardExhibitVerb)verb) ==
            HEARD_EXHIBIT_OK)
            json_array_append_new(may,
                                  json_string(heard_exhibit_verb_name((HeardExhibitVerb)verb)));
    return may;
}

json_t *heard_exhibits_json(HeardStore *store, HeardCall *call, const HeardExhibitRow *row,
                            const HeardExhibitCaller *caller)
{
    /* Names of the petitioner's side are not for observers. */
    bool names = caller->person.role != HEARD_ROLE_OBSERVER;
    json_t *objections = objections_json(store, call, row, names);
    json_t *json;

    if (!objections)
        return NULL;
    json = json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:I, s:s, s:b, s:s, s:s?, s:I}", "id", row->id,
                     "side", row->side, "number", (json_int_t)row->number, "title", row->title,
                     "file_name", row->file_name, "media_type", row->media_type, "size",
                     (json_int_t)row->size, "sha256", row->sha256, "closed", (int)row->is_closed,
                     "state", row->state, "by", names ? row->uploader : NULL, "created_at_ms",
                     (json_int_t)row->created_ms);
    json_object_set_new(json, "offered_at_ms", heard_summary_time(row->offered_ms));
    json_object_set_new(json, "presented_at_ms", heard_summary_time(row->presented_ms));
    json_object_set_new(json, "ended_at_ms", heard_summary_time(row->ended_ms));
    json_object_set_new(json, "ended_by",
                        row->ended_by && names ? json_string(row->ended_by) : json_null());
    json_object_set_new(json, "ended_note",
                        row->ended_note ? json_string(row->ended_note) : json_null());
    json_object_set_new(json, "objections", objections);
    json_object_set_new(json, "may", may_json(row, caller));
    return json;
}

bool heard_exhibits_allow(HeardCall *call, HeardExhibitAnswer answer)
{
    return answer == HEARD_EXHIBIT_OK || heard_call_refuse(call, heard_exhibit_answer_error(answer),
                                                           "%s", heard_exhibit_answer_text(answer));
}

bool heard_exhibits_is_open(HeardStore *store, HeardCall *call, const char *hearing_id)
{
    static const char *const over[] = {"concluded", "sealed",     "archived", "cancelled",
                                       "declined",  "terminated", NULL};
    g_autofree HeardHearingRow *hearing = heard_hearing_rows_get(store, hearing_id, &call->error);

    if (!hearing)
        return false;
    return !one_of(hearing->state, over) ||
           heard_call_refuse(call, HEARD_ERROR_HEARING_CLOSED, "the hearing is over");
}
