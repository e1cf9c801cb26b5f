/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/deliberation.h"

#include "server/app/access.h"

#include <string.h>

void heard_deliberation_clear(HeardDeliberation *self)
{
    g_free(self->hearing);
    g_free(self->participant);
    g_free(self->row);
    g_free(self->opinion);
    g_clear_pointer(&self->seats, g_ptr_array_unref);
    g_clear_pointer(&self->people, g_ptr_array_unref);
    g_clear_pointer(&self->ballots, g_ptr_array_unref);
    g_clear_pointer(&self->confirmations, g_ptr_array_unref);
    g_clear_pointer(&self->dissents, g_ptr_array_unref);
}

bool heard_deliberation_allow(HeardCall *call, HeardBallotAnswer answer)
{
    if (answer == HEARD_BALLOT_OK)
        return true;
    heard_call_refuse(call, heard_ballot_answer_error(answer), "the deliberation: %s",
                      heard_ballot_answer_name(answer));
    if (!call->problem)
        call->problem = json_pack("{s:s}", "reason", heard_ballot_answer_name(answer));
    return false;
}

/* ---- who asks ---- */

static bool is_in(const HeardParticipantRow *row, HeardPresence presence)
{
    return strcmp(row->presence_state, heard_presence_name(presence)) == 0;
}

bool heard_deliberation_took_part(const HeardParticipantRow *row, HeardRole role)
{
    return row->joined_at_ms != 0 && (heard_role_on_duty(role) || row->check_in_at_ms != 0);
}

/* While the phase runs whoever deliberates and is here is in its room and in no other one. */
static bool is_room_open(const HeardDeliberation *self)
{
    const HeardBallotMoment *moment = &self->moment;

    return moment->profile->deliberation && moment->hearing == HEARD_STATE_LIVE &&
           moment->phase == moment->profile->deliberation;
}

static bool take_seat(HeardStore *store, HeardCall *call, const HeardSeatRow *seat,
                      HeardDeliberation *self)
{
    self->participant = heard_participant_rows_get_by_seat(store, seat->id, &call->error);
    if (!self->participant)
        return false;
    if (!heard_role_from_name(seat->role, &self->person.role))
        return heard_call_refuse(call, HEARD_ERROR_INTERNAL, "a seat of no known role");
    self->person.has_seat = true;
    self->person.is_inside =
        is_room_open(self) && is_in(self->participant, HEARD_PRESENCE_IN_CAUCUS);
    self->person.is_removed = is_in(self->participant, HEARD_PRESENCE_REMOVED);
    self->person.took_part = heard_deliberation_took_part(self->participant, self->person.role);
    self->is_identified = !self->person.is_removed && (heard_role_on_duty(self->person.role) ||
                                                       self->participant->check_in_at_ms != 0);
    return true;
}

static bool find_person(HeardStore *store, HeardCall *call, HeardDeliberation *self)
{
    g_autofree HeardSeatRow *seat =
        heard_access_own_seat(store, &call->caller, self->hearing->id, &call->error);

    if (call->error)
        return false;
    if (seat)
        return take_seat(store, call, seat, self);
    self->is_identified = true;
    self->person.role = heard_caller_permit(&call->caller, HEARD_MAY_READ_AUDIT) == HEARD_PERMIT_YES
                            ? HEARD_ROLE_AUDIT_ADMIN
                            : HEARD_ROLE_OBSERVER;
    return true;
}

/* ---- what there is ---- */

static bool find_profile(HeardCall *call, HeardDeliberation *self)
{
    const HeardHearingRow *hearing = self->hearing;
    HeardKind kind;
    int phase;

    if (!heard_kind_from_name(hearing->kind, &kind))
        return heard_call_refuse(call, HEARD_ERROR_INTERNAL, "a hearing of no known kind");
    self->moment.profile = hearing->procedure_profile
                               ? heard_agenda_keep(hearing->procedure_profile, &call->error)
                               : heard_agenda_profile(kind);
    if (!self->moment.profile)
        return false;
    phase = heard_profile_find_phase(self->moment.profile, hearing->phase ? hearing->phase : "");
    self->moment.phase = phase < 0 ? 0 : (unsigned)phase;
    if (!heard_state_from_name(hearing->state, &self->moment.hearing))
        self->moment.hearing = HEARD_STATE_SCHEDULED; /* nothing happens in one of another word */
    return true;
}

/* A row that need not be there. */
#define MAY_BE_NONE(call, row) ((row) || !(call)->error)

static bool find_rows(HeardStore *store, HeardCall *call, HeardDeliberation *self)
{
    const char *id = self->hearing->id;
    GError **error = &call->error;

    self->row = heard_deliberation_rows_get(store, id, error);
    if (!MAY_BE_NONE(call, self->row))
        return false;
    self->opinion = heard_opinion_rows_get(store, id, error);
    if (!MAY_BE_NONE(call, self->opinion))
        return false;
    self->seats = heard_seat_rows_list(store, id, error);
    self->people = self->seats ? heard_participant_rows_list(store, id, error) : NULL;
    self->ballots = self->people ? heard_ballot_rows_list(store, id, error) : NULL;
    self->dissents = self->ballots ? heard_dissent_rows_list(store, id, error) : NULL;
    self->confirmations = self->dissents
                              ? heard_confirmation_rows_list(
                                    store, id, self->opinion ? self->opinion->version : 0, error)
                              : NULL;
    return self->confirmations != NULL;
}

static bool dissents(const HeardDeliberation *self, const char *participant_id)
{
    for (guint i = 0; i < self->dissents->len; i++) {
        const HeardDissentRow *row = g_ptr_array_index(self->dissents, i);

        if (strcmp(row->participant_id, participant_id) == 0)
            return true;
    }
    return false;
}

static void find_moment(HeardDeliberation *self)
{
    HeardBallotMoment *moment = &self->moment;

    moment->is_full = self->ballots->len >= HEARD_BALLOTS_MAX;
    for (guint i = 0; i < self->ballots->len; i++) {
        const HeardBallotRow *row = g_ptr_array_index(self->ballots, i);

        moment->is_asking = moment->is_asking ||
                            strcmp(row->state, heard_ballot_state_name(HEARD_BALLOT_OPEN)) == 0;
    }
    moment->has_opinion = self->opinion != NULL;
    moment->is_agreed = true;
    for (guint i = 0; i < self->people->len; i++) {
        const HeardParticipantRow *person = g_ptr_array_index(self->people, i);

        if (heard_deliberation_is_panel(self, person) &&
            !heard_deliberation_has_confirmed(self, person->id) && !dissents(self, person->id))
            moment->is_agreed = false;
    }
    moment->is_sealed = self->row && self->row->sealed_ms != 0;
    moment->is_released = self->row && self->row->released_ms != 0;
}

bool heard_deliberation_open(HeardStore *store, HeardCall *call, HeardDeliberation *ret)
{
    ret->hearing = heard_access_hearing(store, &call->caller, call->params[0], &call->error);
    if (!ret->hearing || !find_profile(call, ret) || !find_person(store, call, ret) ||
        !find_rows(store, call, ret))
        return false;
    find_moment(ret);
    return true;
}

bool heard_deliberation_ask(HeardStore *store, HeardCall *call, HeardBallotAct act, bool has_note,
                            HeardDeliberation *ret)
{
    return heard_deliberation_open(store, call, ret) &&
           heard_deliberation_allow(call,
                                    heard_ballot_ask(&ret->moment, &ret->person, act, has_note));
}

/* ---- people ---- */

const HeardSeatRow *heard_deliberation_seat(const HeardDeliberation *self,
                                            const HeardParticipantRow *person)
{
    for (guint i = 0; i < self->seats->len; i++) {
        const HeardSeatRow *seat = g_ptr_array_index(self->seats, i);

        if (strcmp(seat->id, person->seat_id) == 0)
            return seat;
    }
    return NULL;
}

const char *heard_deliberation_name(const HeardDeliberation *self, const char *participant_id)
{
    for (guint i = 0; i < self->people->len; i++) {
        const HeardParticipantRow *person = g_ptr_array_index(self->people, i);
        const HeardSeatRow *seat = heard_deliberation_seat(self, person);

        if (seat && strcmp(person->id, participant_id) == 0)
            return seat->display_name;
    }
    return "";
}

bool heard_deliberation_is_panel(const HeardDeliberation *self, const HeardParticipantRow *person)
{
    const HeardSeatRow *seat = heard_deliberation_seat(self, person);
    HeardRole role;

    return seat && heard_role_from_name(seat->role, &role) &&
           heard_role_permit(role, HEARD_MAY_DELIBERATE) == HEARD_PERMIT_YES &&
           heard_deliberation_took_part(person, role) && !is_in(person, HEARD_PRESENCE_REMOVED);
}

bool heard_deliberation_has_confirmed(const HeardDeliberation *self, const char *participant_id)
{
    for (guint i = 0; i < self->confirmations->len; i++) {
        const HeardConfirmationRow *row = g_ptr_array_index(self->confirmations, i);

        if (strcmp(row->participant_id, participant_id) == 0)
            return true;
    }
    return false;
}
