/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/mediation.h"

#include "server/hearing/hearing.h"
#include "server/store/mediation_rows.h"
#include "server/hearing/signing.h"
#include "server/store/participant_rows.h"
#include "server/store/seat_rows.h"
#include "server/store/signature_rows.h"

#include <string.h>

G_STATIC_ASSERT(sizeof((HeardMediationPerson){0}.id) >= HEARD_ID_SIZE);

void heard_mediation_file_deinit(HeardMediationFile *self)
{
    g_clear_pointer(&self->entries, g_ptr_array_unref);
    g_clear_pointer(&self->documents, g_ptr_array_unref);
    g_clear_pointer(&self->seats, g_ptr_array_unref);
    g_clear_pointer(&self->participants, g_ptr_array_unref);
    g_clear_pointer(&self->hands, g_ptr_array_unref);
    self->signing_id[0] = '\0';
}

static const HeardSeatRow *find_seat(const HeardMediationFile *self, const char *id)
{
    for (guint i = 0; i < self->seats->len; i++) {
        const HeardSeatRow *seat = g_ptr_array_index(self->seats, i);

        if (strcmp(seat->id, id) == 0)
            return seat;
    }
    return NULL;
}

static const HeardParticipantRow *find_participant(const HeardMediationFile *self, const char *id)
{
    for (guint i = 0; i < self->participants->len; i++) {
        const HeardParticipantRow *row = g_ptr_array_index(self->participants, i);

        if (strcmp(row->id, id) == 0)
            return row;
    }
    return NULL;
}

/* Let in, or known from having been; who was sent out for good learns nothing more. */
static bool is_here(const HeardMediationFile *self, const HeardParticipantRow *row, HeardRole role)
{
    static const char *const inside[] = {"admitted", "present", "in_caucus", "disconnected", NULL};
    bool is_known = heard_role_on_duty(role) || row->check_in_at_ms > 0;
    bool was_here = row->joined_at_ms > 0 &&
                    strcmp(row->presence_state, heard_presence_name(HEARD_PRESENCE_REMOVED)) != 0;

    return is_known && (self->is_over ? was_here : g_strv_contains(inside, row->presence_state));
}

bool heard_mediation_file_person(const HeardMediationFile *self, const char *participant_id,
                                 HeardMediationPerson *ret_person)
{
    const HeardParticipantRow *row = find_participant(self, participant_id);
    const HeardSeatRow *seat = row ? find_seat(self, row->seat_id) : NULL;

    memset(ret_person, 0, sizeof *ret_person);
    if (!seat || !heard_role_from_name(seat->role, &ret_person->role))
        return false;
    if (!seat->side || !heard_side_from_name(seat->side, &ret_person->side))
        ret_person->side = heard_role_side(ret_person->role);
    g_strlcpy(ret_person->id, row->id, sizeof ret_person->id);
    ret_person->is_here = is_here(self, row, ret_person->role);
    return true;
}

const char *heard_mediation_file_name(const HeardMediationFile *self, const char *participant_id)
{
    const HeardParticipantRow *row = find_participant(self, participant_id);
    const HeardSeatRow *seat = row ? find_seat(self, row->seat_id) : NULL;

    return seat && seat->display_name ? seat->display_name : "";
}

/* Those who came: a seat that stays empty holds nobody up. */
static void add_parties(HeardMediationFile *self, HeardSide side)
{
    for (guint i = 0; i < self->participants->len; i++) {
        const HeardParticipantRow *row = g_ptr_array_index(self->participants, i);
        HeardMediationPerson person;

        if (heard_mediation_file_person(self, row->id, &person) && person.side == side &&
            heard_mediation_is_principal(person.role, person.side) && row->joined_at_ms > 0 &&
            (heard_role_on_duty(person.role) || row->check_in_at_ms > 0))
            heard_mediation_add_party(&self->now, &person);
    }
}

static bool take_entry(HeardMediationFile *self, const HeardMediationEntryRow *row, GError **error)
{
    json_t *document = heard_json_parse_object(row->data, strlen(row->data), error);
    HeardMediationSay *say = g_new0(HeardMediationSay, 1);
    bool good = false;

    if (document) {
        g_ptr_array_add(self->documents, document);
        say->id = row->id;
        say->at_ms = row->at_ms;
        g_strlcpy(say->by.id, row->actor_id, sizeof say->by.id);
        good = heard_role_from_name(row->role, &say->by.role) &&
               heard_side_from_name(row->side, &say->by.side);
        if (!good)
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_CORRUPT, "mediation entry %s", row->id);
        good = good && heard_mediation_read(document, say, error);
    }
    if (good)
        heard_mediation_take(&self->now, say);
    g_free(say);
    return good;
}

/* Who signed so far; what was signed by all is in the entries. */
static bool load_hands(HeardStore *store, const HeardHearingRow *hearing, HeardMediationFile *self,
                       GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardSigningRow *newest = heard_signing_rows_newest(
        store, heard_signed_kind_name(HEARD_SIGNED_AGREEMENT), hearing->id, &failure);

    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    if (!newest)
        return true;
    g_strlcpy(self->signing_id, newest->id, sizeof self->signing_id);
    self->hands = heard_signature_rows_list(store, newest->id, error);
    return self->hands != NULL;
}

static bool is_over(const HeardHearingRow *hearing)
{
    HeardState state;

    return !heard_state_from_name(hearing->state, &state) || state >= HEARD_STATE_CLOSING;
}

bool heard_mediation_file_load(HeardStore *store, const HeardHearingRow *hearing,
                               HeardMediationFile *self, GError **error)
{
    heard_mediation_init(&self->now);
    self->is_over = is_over(hearing);
    self->documents = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    self->seats = heard_seat_rows_list(store, hearing->id, error);
    if (!self->seats)
        return false;
    self->participants = heard_participant_rows_list(store, hearing->id, error);
    if (!self->participants)
        return false;
    self->entries = heard_mediation_rows_list(store, hearing->id, error);
    if (!self->entries)
        return false;
    add_parties(self, HEARD_SIDE_PETITIONER);
    add_parties(self, HEARD_SIDE_RESPONDENT);
    for (guint i = 0; i < self->entries->len; i++)
        if (!take_entry(self, g_ptr_array_index(self->entries, i), error))
            return false;
    return heard_mediation_state(&self->now) != HEARD_MEDIATION_SIGNING ||
           load_hands(store, hearing, self, error);
}
