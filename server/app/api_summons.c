/* SPDX-License-Identifier: Apache-2.0 */

/* A unit that is called into a hearing: whom one may call, and how the unit's people on duty see
 * and answer it. They have no seat in the hearing, so they do it here and not by a command. */

#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/duty.h"
#include "server/app/live_private.h"
#include "server/store/participant_rows.h"
#include "server/store/summons_rows.h"

#include <string.h>

enum { HEARD_SUMMONS_UNITS_MAX = 20, HEARD_SUMMONS_SEARCH_CHARS_MAX = 40 };

/* ---- whom ---- */

static bool may_summon(HeardStore *store, HeardCall *call)
{
    g_autofree HeardSeatRow *seat =
        heard_access_own_seat(store, &call->caller, call->params[0], &call->error);
    HeardRole role;

    if (call->error)
        return false;
    return (seat && heard_role_from_name(seat->role, &role) &&
            heard_role_permit(role, HEARD_MAY_SUMMON) != HEARD_PERMIT_NO) ||
           heard_call_refuse(call, HEARD_ERROR_WRONG_ROLE, "your role may not call a unit");
}

bool heard_api_summons_units_store(HeardStore *store, HeardCall *call)
{
    const char *words = call->query[HEARD_QUERY_SEARCH] ? call->query[HEARD_QUERY_SEARCH] : "";
    g_autofree HeardHearingRow *hearing =
        heard_access_hearing(store, &call->caller, call->params[0], &call->error);
    g_auto(HeardLiveSummonsOffice) office = {0};
    g_autofree char *county = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    json_t *items;

    if (g_utf8_strlen(words, -1) > HEARD_SUMMONS_SEARCH_CHARS_MAX)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "search: at most %d characters",
                                 HEARD_SUMMONS_SEARCH_CHARS_MAX);
    if (!hearing || !may_summon(store, call) ||
        !heard_live_summons_office(store, hearing->id, &office, &call->error))
        return false;
    county = heard_summons_county(&office.place)
                 ? g_strndup(heard_summons_county(&office.place), HEARD_COUNTY_REGION_CHARS)
                 : NULL;
    rows = heard_unit_rows_find(store,
                                &(HeardUnitFind){.path = heard_summons_territory(&office.place),
                                                 .county = county,
                                                 .level = HEARD_COUNTY_LEVEL,
                                                 .words = words,
                                                 .limit = HEARD_SUMMONS_UNITS_MAX},
                                &call->error);
    if (!rows)
        return false;
    items = json_array();
    for (guint i = 0; i < rows->len; i++) {
        const HeardUnitRow *row = g_ptr_array_index(rows, i);

        json_array_append_new(items, json_pack("{s:s, s:s, s:s}", "id", row->id, "name", row->name,
                                               "short_name",
                                               row->short_name ? row->short_name : row->name));
    }
    call->answer = json_pack("{s:o}", "items", items);
    return true;
}

/* Whether anybody would hear it ring now. */
void heard_api_summons_units_main(HeardCall *call)
{
    json_t *item;
    size_t i;

    json_array_foreach(json_object_get(call->answer, "items"), i, item)
    {
        const char *unit = json_string_value(json_object_get(item, "id"));

        json_object_set_new(item, "on_duty",
                            json_boolean(heard_duty_is_open(call->app->duty, unit)));
    }
    heard_call_reply(call);
}

/* ---- the unit's people on duty ---- */

/* domain.md 3.11: the duty seat of a unit is whoever of it takes part in hearings for it. */
static bool is_on_duty(HeardCall *call)
{
    if (!call->caller.unit_id[0])
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "your account belongs to no unit");
    return heard_caller_has_role(&call->caller, HEARD_ROLE_DEPARTMENT) ||
           heard_caller_has_role(&call->caller, HEARD_ROLE_LEAD_UNIT) ||
           heard_call_refuse(call, HEARD_ERROR_WRONG_ROLE, "your role has no duty for its unit");
}

bool heard_api_duty_store(HeardStore *store, HeardCall *call)
{
    (void)store;
    return is_on_duty(call);
}

/* One of the caller's own unit; else it is not there. */
static HeardSummonsRow *reach_summons(HeardStore *store, HeardCall *call)
{
    g_autofree HeardSummonsRow *row = NULL;

    if (!is_on_duty(call))
        return NULL;
    row = heard_summons_rows_get(store, call->params[0], &call->error);
    if (!row || strcmp(row->unit_id, call->caller.unit_id) == 0)
        return g_steal_pointer(&row);
    heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such summons");
    return NULL;
}

typedef struct {
    HeardSummonsRow *row;
    HeardLiveAnswerer *answerer;
    bool accepted;
    const char *reason; /* of the call's body */
} Answer;

static void answer_free(void *data)
{
    Answer *self = data;

    g_free(self->row);
    heard_live_answerer_free(self->answerer);
    g_free(self);
}

static Answer *extra_new(HeardCall *call, HeardSummonsRow *row_take)
{
    Answer *self = g_new0(Answer, 1);

    self->row = row_take;
    call->extra = self;
    call->extra_destroy = answer_free;
    return self;
}

bool heard_api_summons_seen_store(HeardStore *store, HeardCall *call)
{
    HeardSummonsRow *row = reach_summons(store, call);

    if (!row)
        return false;
    extra_new(call, row);
    call->status = 204;
    return heard_summons_rows_seen(store, row->id, call->caller.account_id, call->wall_ms,
                                   &call->error);
}

void heard_api_summons_seen_main(HeardCall *call)
{
    const Answer *self = call->extra;

    heard_live_summons_noted(call->app->live, self->row->hearing_id, (unsigned)self->row->number, 0,
                             call->wall_ms);
    heard_call_reply(call);
}

/* A seat that the account has in the hearing already will do. */
static bool find_seat(HeardStore *store, HeardCall *call, Answer *self)
{
    g_autofree HeardSeatRow *seat =
        heard_access_own_seat(store, &call->caller, self->row->hearing_id, &call->error);
    g_autofree HeardParticipantRow *row = NULL;

    if (!seat)
        return call->error == NULL;
    row = heard_participant_rows_get_by_seat(store, seat->id, &call->error);
    if (!row)
        return false;
    g_strlcpy(self->answerer->seat, row->id, sizeof self->answerer->seat);
    return true;
}

static bool read_answer(HeardCall *call, Answer *self)
{
    const char *decision = NULL;

    self->reason = "";
    if (!heard_json_text(call->body, "decision", 16, false, &decision, &call->error) ||
        !heard_json_text(call->body, "reason", HEARD_REASON_CHARS_MAX, true, &self->reason,
                         &call->error))
        return false;
    self->accepted = strcmp(decision, "accepted") == 0;
    return self->accepted || strcmp(decision, "declined") == 0 ||
           heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "decision: accepted or declined");
}

bool heard_api_summons_answer_store(HeardStore *store, HeardCall *call)
{
    HeardSummonsRow *row = reach_summons(store, call);
    const HeardCaller *caller = &call->caller;
    Answer *self;

    if (!row)
        return false;
    self = extra_new(call, row);
    self->answerer = g_new0(HeardLiveAnswerer, 1);
    g_strlcpy(self->answerer->account, caller->account_id, sizeof self->answerer->account);
    g_strlcpy(self->answerer->unit, caller->unit_id, sizeof self->answerer->unit);
    self->answerer->name = g_strdup(caller->name);
    self->answerer->title = g_strdup(caller->title);
    self->answerer->unit_name = g_strdup(caller->unit_name);
    return read_answer(call, self) && find_seat(store, call, self);
}

static void on_answered(HeardAnswer answer, const GError *error, const char *seat, void *data)
{
    HeardCall *call = data;
    const Answer *self = call->extra;

    if (error) {
        call->error = g_error_copy(error);
    } else if (answer != HEARD_ANSWER_OK) {
        heard_call_refuse(call, heard_answer_error(answer), "%s", heard_answer_name(answer));
        call->problem = json_pack("{s:s}", "reason", heard_answer_name(answer));
    } else {
        call->answer =
            json_pack("{s:s, s:s?}", "hearing", self->row->hearing_id, "participant", seat);
    }
    heard_call_reply(call);
}

void heard_api_summons_answer_main(HeardCall *call)
{
    Answer *self = call->extra;

    if (!call->app->live) {
        heard_call_refuse(call, HEARD_ERROR_UNAVAILABLE, "the server stops");
        heard_call_reply(call);
        return;
    }
    heard_live_summons_answer_take(call->app->live,
                                   &(HeardLiveSummonsAnswer){.hearing = self->row->hearing_id,
                                                             .number = (unsigned)self->row->number,
                                                             .accepted = self->accepted,
                                                             .reason = self->reason},
                                   g_steal_pointer(&self->answerer), on_answered, call);
}
