/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/minutes_desk.h"

#include "server/app/access.h"
#include "server/app/after.h"
#include "server/app/signings.h"
#include "server/store/minutes_rows.h"

#include <string.h>

void heard_minutes_desk_clear(HeardMinutesDesk *self)
{
    g_free(self->hearing);
    g_free(self->participant);
}

static bool find_clerk(HeardStore *store, HeardMinutesDesk *desk, GError **error)
{
    g_autoptr(GPtrArray) seats = heard_seat_rows_list(store, desk->hearing->id, error);

    for (guint i = 0; seats && i < seats->len; i++) {
        const HeardSeatRow *seat = g_ptr_array_index(seats, i);

        desk->has_clerk =
            desk->has_clerk || strcmp(seat->role, heard_role_name(HEARD_ROLE_CLERK)) == 0;
    }
    return seats != NULL;
}

/* Somebody sits in a closed room: what is said there is not in the minutes. */
static bool find_apart(HeardStore *store, HeardMinutesDesk *desk, GError **error)
{
    const char *caucus = heard_presence_name(HEARD_PRESENCE_IN_CAUCUS);
    g_autoptr(GPtrArray) rows = heard_participant_rows_list(store, desk->hearing->id, error);

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardParticipantRow *row = g_ptr_array_index(rows, i);

        desk->is_apart = desk->is_apart || strcmp(row->presence_state, caucus) == 0;
    }
    return rows != NULL;
}

static bool find_state(HeardStore *store, HeardMinutesDesk *desk, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardMinutesRow *minutes =
        heard_minutes_rows_get(store, desk->hearing->id, &failure);

    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    if (minutes && !heard_minutes_state_from_name(minutes->state, &desk->state))
        desk->state = HEARD_MINUTES_SEALED; /* a later program's word: nothing changes here */
    return true;
}

bool heard_minutes_desk_open(HeardStore *store, HeardCall *call, HeardMinutesDesk *desk)
{
    g_autofree HeardSeatRow *seat = NULL;

    desk->hearing = heard_access_hearing(store, &call->caller, call->params[0], &call->error);
    if (!desk->hearing)
        return false;
    seat = heard_access_own_seat(store, &call->caller, desk->hearing->id, &call->error);
    if (call->error)
        return false;
    if (seat && heard_role_from_name(seat->role, &desk->role)) {
        desk->participant = heard_participant_rows_get_by_seat(store, seat->id, &call->error);
        if (!desk->participant)
            return false;
    }
    return find_clerk(store, desk, &call->error) && find_apart(store, desk, &call->error) &&
           find_state(store, desk, &call->error);
}

bool heard_minutes_desk_may_edit(const HeardMinutesDesk *desk)
{
    return desk->participant && heard_minutes_may_edit(desk->role, desk->has_clerk);
}

/* As far as the minutes are concerned; the recording's row tells nothing else. */
static bool may_play_one(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                         bool *ret_may)
{
    g_autoptr(GPtrArray) rows =
        heard_recording_rows_list_of_hearing(store, desk->hearing->id, NULL, &call->error);

    *ret_may = false;
    for (guint i = 0; rows && i < rows->len && !*ret_may; i++) {
        const HeardRecordingRow *row = g_ptr_array_index(rows, i);

        if (!heard_access_may_play(store, &call->caller, row, ret_may, &call->error) ||
            (*ret_may &&
             !heard_access_view_open(store, &call->caller, row->id, ret_may, &call->error)))
            return false;
    }
    return rows != NULL;
}

bool heard_minutes_desk_is_running(const HeardHearingRow *hearing)
{
    static const char *const states[] = {"ready", "live", "recessed", "closing", NULL};

    return g_strv_contains(states, hearing->state);
}

/* A witness hears nothing before testifying, and reads nothing: inside is who has media. */
static bool is_admitted(const HeardParticipantRow *row, HeardRole role)
{
    static const char *const states[] = {"present", "admitted", "in_caucus", "disconnected", NULL};

    return role == HEARD_ROLE_WITNESS ? strcmp(states[0], row->presence_state) == 0
                                      : g_strv_contains(states, row->presence_state);
}

/* Sent round, and this person is one of those who sign them. */
static bool is_signer_after(const HeardMinutesDesk *desk)
{
    return desk->participant && heard_after_is_over(desk->hearing) &&
           desk->state != HEARD_MINUTES_DRAFTING &&
           heard_role_permit(desk->role, HEARD_MAY_SIGN) != HEARD_PERMIT_NO &&
           heard_signings_was_let_in(desk->participant);
}

/* Who answers for them always; who is admitted while it runs; then who signs them, and who may
 * play it, and said why. */
bool heard_minutes_desk_check_read(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk)
{
    bool may = false;

    if (desk->participant && heard_minutes_may_read(desk->role))
        return true;
    if (desk->participant && heard_minutes_desk_is_running(desk->hearing) &&
        is_admitted(desk->participant, desk->role))
        return true;
    if (is_signer_after(desk))
        return true;
    if (!may_play_one(store, call, desk, &may))
        return false;
    if (may)
        return true;
    if (desk->participant && heard_minutes_desk_is_running(desk->hearing))
        return heard_call_refuse(call, HEARD_ERROR_NOT_ADMITTED, "you are not let in");
    return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN,
                             "for who may play the recording and said why (POST views)");
}
