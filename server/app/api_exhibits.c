/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/exhibit_files.h"
#include "server/app/exhibits.h"
#include "server/app/live_exhibit.h"

#include <string.h>

bool heard_api_exhibits_store(HeardStore *store, HeardCall *call)
{
    HeardExhibitCaller caller;
    HeardPage whole = {.limit = 0};
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(json_t) items = json_array();

    if (!heard_exhibits_caller(store, call, call->params[0], &caller))
        return false;
    rows = heard_exhibit_rows_list(store, call->params[0], &call->error);
    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardExhibitRow *row = g_ptr_array_index(rows, i);
        HeardExhibit exhibit = heard_exhibits_of_row(row);
        json_t *item;

        if (!heard_exhibit_sees(&exhibit, &caller.person))
            continue;
        item = heard_exhibits_json(store, call, row, &caller);
        if (!item)
            return false;
        json_array_append_new(items, item);
    }
    if (!rows)
        return false;
    heard_call_answer_list(call, g_steal_pointer(&items), &whole, NULL);
    return true;
}

bool heard_api_exhibit_store(HeardStore *store, HeardCall *call)
{
    HeardExhibitCaller caller;
    g_autofree HeardExhibitRow *row = heard_exhibits_get(store, call, &caller);

    call->answer = row ? heard_exhibits_json(store, call, row, &caller) : NULL;
    return call->answer != NULL;
}

bool heard_api_exhibit_content_store(HeardStore *store, HeardCall *call)
{
    HeardExhibitCaller caller;
    g_autofree HeardExhibitRow *row = heard_exhibits_get(store, call, &caller);
    g_autofree char *folder = NULL;

    if (!row)
        return false;
    folder = heard_exhibit_files_folder(row->sha256);
    heard_api_answer_with_file(call, folder, row->sha256, row->media_type, row->sha256);
    return true;
}

/* ---- offer, withdraw, object, admit, refuse ---- */

static bool object_to(HeardStore *store, HeardCall *call, const HeardExhibitRow *row,
                      const HeardExhibitCaller *caller, const char *note)
{
    const char *ground = NULL;
    char id[HEARD_ID_SIZE];
    HeardObjection known;
    HeardExhibitObjectionRow objection = {.id = id,
                                          .exhibit_id = row->id,
                                          .participant_id = caller->participant_id,
                                          .name = caller->name,
                                          .side = heard_side_name(caller->person.side),
                                          .text = note,
                                          .at_ms = call->wall_ms};
    g_autoptr(GPtrArray) before = NULL;

    if (!heard_json_text(call->body, "ground", HEARD_EXHIBIT_NUMBER_SIZE, false, &ground,
                         &call->error))
        return false;
    if (!heard_objection_from_name(ground, &known))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "ground: genuine, lawful, relevant");
    before = heard_exhibit_objection_rows_list(store, row->id, &call->error);
    if (!before)
        return false;
    if (before->len >= HEARD_EXHIBIT_OBJECTIONS_MAX)
        return heard_call_refuse(call, HEARD_ERROR_TOO_MANY, "too many objections to this one");
    heard_id_new(id, call->wall_ms);
    objection.ground = ground;
    return heard_exhibit_objection_rows_insert(store, &objection, &call->error);
}

static bool change_to(HeardStore *store, HeardCall *call, const HeardExhibitRow *row,
                      HeardExhibitVerb verb, const char *by, const char *note)
{
    HeardExhibitState before = heard_exhibits_of_row(row).state;
    HeardExhibitRow after = *row;

    after.state = heard_exhibit_state_name(heard_exhibit_after(before, verb));
    if (verb == HEARD_EXHIBIT_OFFER) {
        after.offered_ms = call->wall_ms;
    } else {
        after.ended_ms = call->wall_ms;
        after.ended_by = by;
        after.ended_note = *note ? note : NULL;
    }
    return heard_exhibit_rows_change(store, row, &after, &call->error);
}

static bool read_act(HeardCall *call, HeardExhibitVerb *ret_verb, const char **ret_note)
{
    const char *act = NULL;

    *ret_note = "";
    if (!heard_json_text(call->body, "act", HEARD_EXHIBIT_NUMBER_SIZE, false, &act, &call->error) ||
        !heard_json_text(call->body, "note", HEARD_EXHIBIT_NOTE_CHARS_MAX, true, ret_note,
                         &call->error))
        return false;
    return (heard_exhibit_verb_from_name(act, ret_verb) && *ret_verb != HEARD_EXHIBIT_PRESENT) ||
           heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                             "act: offer, withdraw, object, admit or refuse");
}

bool heard_api_exhibit_act_store(HeardStore *store, HeardCall *call)
{
    HeardExhibitCaller caller;
    HeardExhibitVerb verb;
    const char *note;
    g_autofree HeardExhibitRow *row = NULL;
    g_autofree HeardExhibitRow *after = NULL;
    g_autofree char *action = NULL;
    HeardExhibit exhibit;

    if (!read_act(call, &verb, &note))
        return false;
    row = heard_exhibits_get(store, call, &caller);
    if (!row || !heard_exhibits_is_open(store, call, row->hearing_id))
        return false;
    exhibit = heard_exhibits_of_row(row);
    if (!caller.has_seat)
        return heard_exhibits_allow(call, HEARD_EXHIBIT_NO_RIGHT);
    if (!heard_exhibits_allow(call, heard_exhibit_ask(&exhibit, &caller.person, verb)))
        return false;
    action = g_strdup_printf("exhibit.%s", heard_exhibit_verb_name(verb));
    if (!heard_store_begin(store, &call->error))
        return false;
    if (!heard_audit_trail_append(store, call, action, "exhibit", row->id, row->hearing_id,
                                  *note ? note : NULL) ||
        !(verb == HEARD_EXHIBIT_OBJECT ? object_to(store, call, row, &caller, note)
                                       : change_to(store, call, row, verb, caller.name, note)) ||
        !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    after = heard_exhibit_rows_get(store, row->id, &call->error);
    call->answer = after ? heard_exhibits_json(store, call, after, &caller) : NULL;
    return call->answer != NULL;
}

void heard_api_exhibit_act_main(HeardCall *call)
{
    const char *state = json_string_value(json_object_get(call->answer, "state"));

    if (g_strcmp0(state, heard_exhibit_state_name(HEARD_EXHIBIT_WITHDRAWN)) == 0)
        heard_live_exhibit_withdrawn(call->app->live, call->params[0], call->params[1]);
    heard_live_exhibits_changed(call->app->live, call->params[0]);
    heard_call_reply(call);
}
