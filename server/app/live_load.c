/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/base/error.h"
#include "server/store/audit_rows.h"
#include "server/store/case_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/person_rows.h"
#include "server/store/seat_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

void heard_live_person_clear(HeardLivePerson *person)
{
    g_clear_pointer(&person->name, g_free);
    g_clear_pointer(&person->name_masked, g_free);
    g_clear_pointer(&person->unit, g_free);
    g_clear_pointer(&person->title, g_free);
    g_clear_pointer(&person->claimed, g_free);
    g_clear_pointer(&person->log, heard_event_log_free);
}

static void person_free(void *data)
{
    heard_live_person_clear(data);
    g_free(data);
}

void heard_live_loaded_free(void *data)
{
    HeardLiveLoaded *self = data;

    g_free(self->rules);
    if (self->people)
        g_ptr_array_unref(self->people);
    g_free(self->number);
    g_free(self->title);
    g_free(self->case_id);
    g_free(self->case_number);
    g_free(self->case_title);
    g_free(self->organiser);
    heard_live_summonses_clear(self->summonses);
    g_free(self->language);
    g_clear_error(&self->error);
    g_free(self);
}

static const HeardSeatRow *find_seat(const GPtrArray *seats, const char *id)
{
    for (guint i = 0; i < seats->len; i++) {
        const HeardSeatRow *seat = g_ptr_array_index(seats, i);

        if (strcmp(seat->id, id) == 0)
            return seat;
    }
    return NULL;
}

static void add_person(HeardLiveLoaded *self, const HeardParticipantRow *row,
                       const HeardSeatRow *seat)
{
    HeardLivePerson *person;
    HeardRole role;
    HeardSide side;

    if (!heard_role_from_name(seat->role, &role))
        return;
    if (!seat->side || !heard_side_from_name(seat->side, &side))
        side = heard_role_side(role);
    if (heard_hearing_add_person(self->rules, row->id, role, side) == HEARD_NOBODY)
        return;
    person = g_new0(HeardLivePerson, 1);
    person->name = g_strdup(seat->display_name ? seat->display_name : "");
    person->name_masked = heard_person_mask_name(person->name);
    person->unit = g_strdup(seat->unit_name);
    person->title = g_strdup(seat->title ? seat->title : "");
    person->claimed = g_strdup(row->document_masked);
    g_ptr_array_add(self->people, person);
}

/* Participants in the order of their ids (which is that of their making), so that an index
 * stays what it was when seats are added. */
static bool load_people(HeardStore *store, HeardLiveLoaded *self)
{
    g_autoptr(GPtrArray) seats = heard_seat_rows_list(store, self->id, &self->error);
    g_autoptr(GPtrArray) rows =
        seats ? heard_participant_rows_list(store, self->id, &self->error) : NULL;

    if (!rows)
        return false;
    self->people = g_ptr_array_new_with_free_func(person_free);
    for (guint i = 0; i < rows->len; i++) {
        const HeardParticipantRow *row = g_ptr_array_index(rows, i);
        const HeardSeatRow *seat = find_seat(seats, row->seat_id);

        if (seat)
            add_person(self, row, seat);
    }
    return true;
}

static bool replay(HeardStore *store, HeardLiveLoaded *self)
{
    int64_t after = 0;

    for (;;) {
        g_autoptr(GPtrArray) rows = heard_audit_rows_list(store, self->id, after, 0, &self->error);

        if (!rows)
            return false;
        for (guint i = 0; i < rows->len; i++) {
            const HeardAuditRow *row = g_ptr_array_index(rows, i);
            HeardAuditEntry entry = {.seq = (uint64_t)row->seq,
                                     .at_ms = row->at_ms,
                                     .hearing = self->id,
                                     .actor = row->actor_id ? row->actor_id : "server",
                                     .role = row->role ? row->role : "",
                                     .action = row->action,
                                     .object = row->object ? row->object : "",
                                     .detail = row->detail ? row->detail : "{}",
                                     .result = row->result ? row->result : ""};

            if (!heard_audit_replay(self->rules, &entry, &self->error))
                return false;
            after = row->seq;
        }
        if (rows->len < HEARD_PAGE_MAX)
            return true;
    }
}

static bool load_surroundings(HeardStore *store, HeardLiveLoaded *self, const HeardHearingRow *row)
{
    g_autofree HeardUnitRow *unit = NULL;
    g_autofree HeardCaseRow *file = NULL;

    self->number = g_strdup(row->hearing_no);
    self->title = g_strdup(row->title ? row->title : "");
    self->language = g_strdup(row->language);
    self->planned_start_ms = row->planned_start_ms;
    if (row->organiser_unit_id) {
        unit = heard_unit_rows_get(store, row->organiser_unit_id, &self->error);
        if (!unit)
            return false;
    }
    self->organiser = g_strdup(unit ? unit->name : "");
    if (row->case_id) {
        file = heard_case_rows_get(store, row->case_id, &self->error);
        if (!file)
            return false;
        self->case_id = g_strdup(file->id);
        self->case_number = g_strdup(file->case_no);
        self->case_title = g_strdup(file->title);
    }
    return true;
}

/* A hearing keeps the profile with which it was scheduled: its trail fits no other. */
static const HeardProfile *profile_of(const HeardHearingRow *row, GError **error)
{
    HeardKind kind;

    if (row->procedure_profile)
        return heard_agenda_keep(row->procedure_profile, error);
    if (heard_kind_from_name(row->kind, &kind))
        return heard_agenda_profile(kind);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE,
                "this server does not hold hearings of this kind");
    return NULL;
}

void heard_live_load_run(HeardStore *store, void *data)
{
    HeardLiveLoaded *self = data;
    g_autofree HeardHearingRow *row = heard_hearing_rows_get(store, self->id, &self->error);
    HeardHearingConfig config = {.clerk_delegated = true};
    HeardState state = HEARD_STATE_SCHEDULED;

    if (!row)
        return;
    config.profile = profile_of(row, &self->error);
    if (!config.profile)
        return;
    if (row->state && heard_state_from_name(row->state, &state) && state >= HEARD_STATE_CLOSING &&
        !self->people_only) {
        g_set_error(&self->error, HEARD_ERROR, HEARD_ERROR_HEARING_CLOSED, "this hearing is over");
        return;
    }
    config.item_count = config.profile->decides ? 1 : 0;
    config.recorded = g_strcmp0(row->recording_policy, "off") != 0;
    self->rules = g_new(HeardHearing, 1);
    heard_hearing_init(self->rules, &config);
    if (!load_people(store, self) || self->people_only)
        return;
    if (!load_surroundings(store, self, row) || !replay(store, self) ||
        !heard_live_mediation_load(store, row, &self->mediation_agreed, &self->error) ||
        !heard_live_summons_load(store, self))
        return;
    for (unsigned i = 0; i < self->rules->person_count; i++)
        self->was_live |= self->rules->people[i].online || self->rules->people[i].in_media;
    self->was_live |=
        self->rules->state == HEARD_STATE_LIVE || self->rules->state == HEARD_STATE_RECESSED;
}
