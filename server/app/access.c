/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/access.h"

#include "server/app/after.h"
#include "server/app/keeping.h"
#include "server/base/error.h"
#include "server/store/participant_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

/* The caller's unit or one below it. */
static bool in_unit_reach(HeardStore *store, const HeardCaller *caller, const char *unit_id,
                          bool *ret_within, GError **error)
{
    *ret_within = false;
    if (caller->kind != HEARD_CALLER_ACCOUNT || !caller->unit_path[0] || !unit_id)
        return true;
    return heard_unit_rows_is_within(store, unit_id, caller->unit_path, ret_within, error);
}

HeardSeatRow *heard_access_own_seat(HeardStore *store, const HeardCaller *caller,
                                    const char *hearing_id, GError **error)
{
    g_autofree HeardParticipantRow *participant = NULL;
    g_autoptr(GPtrArray) seats = NULL;

    if (caller->kind == HEARD_CALLER_PARTICIPANT) {
        if (strcmp(caller->hearing_id, hearing_id) != 0)
            return NULL;
        participant = heard_participant_rows_get(store, caller->participant_id, error);
        return participant ? heard_seat_rows_get(store, participant->seat_id, error) : NULL;
    }
    if (caller->kind != HEARD_CALLER_ACCOUNT)
        return NULL;
    seats = heard_seat_rows_list_of_account(store, hearing_id, caller->account_id, error);
    if (!seats || seats->len == 0)
        return NULL;
    return g_ptr_array_steal_index(seats, 0);
}

static bool reaches_hearing(HeardStore *store, const HeardCaller *caller,
                            const HeardHearingRow *hearing, bool *ret_reaches, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardSeatRow *seat = heard_access_own_seat(store, caller, hearing->id, &failure);
    g_autoptr(GPtrArray) seats = NULL;

    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    *ret_reaches = seat != NULL;
    if (*ret_reaches || caller->kind != HEARD_CALLER_ACCOUNT)
        return true;
    if (!in_unit_reach(store, caller, hearing->organiser_unit_id, ret_reaches, error))
        return false;
    if (*ret_reaches || !caller->unit_id[0])
        return true;
    seats = heard_seat_rows_list(store, hearing->id, error);
    for (guint i = 0; seats && i < seats->len && !*ret_reaches; i++) {
        const HeardSeatRow *other = g_ptr_array_index(seats, i);
        *ret_reaches = g_strcmp0(other->unit_id, caller->unit_id) == 0;
    }
    return seats != NULL;
}

HeardHearingRow *heard_access_hearing(HeardStore *store, const HeardCaller *caller,
                                      const char *hearing_id, GError **error)
{
    g_autofree HeardHearingRow *hearing = heard_hearing_rows_get(store, hearing_id, error);
    bool reaches = false, known = false;

    if (!hearing || !reaches_hearing(store, caller, hearing, &reaches, error))
        return NULL;
    if (!reaches) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNKNOWN_HEARING, "no such hearing");
        return NULL;
    }
    if (!heard_after_is_known(store, caller, hearing, &known, error))
        return NULL;
    if (known)
        return g_steal_pointer(&hearing);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_IDENTIFIED,
                "the hearing is over: say who you are first");
    return NULL;
}

static bool has_seat_in_case(HeardStore *store, const HeardCaller *caller, const char *case_id,
                             bool *ret_has, GError **error)
{
    HeardHearingFilter filter = {.case_id = case_id, .account_id = caller->account_id};
    HeardPage page = {.limit = 1};
    g_autoptr(GPtrArray) hearings = heard_hearing_rows_list(store, &filter, true, &page, error);

    *ret_has = hearings && hearings->len > 0;
    return hearings != NULL;
}

static bool reaches_case(HeardStore *store, const HeardCaller *caller, const HeardCaseRow *row,
                         bool *ret_reaches, GError **error)
{
    /* The accused unit's people get no access by their unit (domain.md 3.8). */
    bool accusation = g_strcmp0(row->confidentiality, "accusation") == 0;

    *ret_reaches = false;
    if (caller->kind != HEARD_CALLER_ACCOUNT)
        return true;
    if (!in_unit_reach(store, caller, row->registered_unit_id, ret_reaches, error))
        return false;
    if (!*ret_reaches && !accusation &&
        !in_unit_reach(store, caller, row->lead_unit_id, ret_reaches, error))
        return false;
    return *ret_reaches || has_seat_in_case(store, caller, row->id, ret_reaches, error);
}

HeardCaseRow *heard_access_case(HeardStore *store, const HeardCaller *caller, const char *case_id,
                                GError **error)
{
    g_autofree HeardCaseRow *row = heard_case_rows_get(store, case_id, error);
    bool reaches = false;

    if (!row || !reaches_case(store, caller, row, &reaches, error))
        return NULL;
    if (reaches)
        return g_steal_pointer(&row);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "no such case");
    return NULL;
}

static bool reaches_recording(HeardStore *store, const HeardCaller *caller,
                              const HeardRecordingRow *row, bool *ret_reaches, GError **error)
{
    g_autofree HeardHearingRow *hearing = heard_hearing_rows_get(store, row->hearing_id, error);
    g_autofree HeardCaseRow *file = NULL;

    if (!hearing || !reaches_hearing(store, caller, hearing, ret_reaches, error))
        return false;
    if (*ret_reaches || !row->case_id)
        return true;
    file = heard_case_rows_get(store, row->case_id, error);
    return file && reaches_case(store, caller, file, ret_reaches, error);
}

HeardRecordingRow *heard_access_recording(HeardStore *store, const HeardCaller *caller,
                                          const char *recording_id, GError **error)
{
    g_autofree HeardRecordingRow *row = heard_recording_rows_get(store, recording_id, error);
    bool reaches = false;

    if (!row || !reaches_recording(store, caller, row, &reaches, error))
        return NULL;
    if (reaches)
        return g_steal_pointer(&row);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_NOT_FOUND, "no such recording");
    return NULL;
}

/* A full permit reaches as far as the unit, any other to the own seat. */
static bool may_by(HeardStore *store, const HeardCaller *caller, HeardPermission permission,
                   const HeardRecordingRow *recording, bool *ret_may, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardSeatRow *seat = NULL;

    *ret_may = false;
    if (caller->kind != HEARD_CALLER_ACCOUNT)
        return true;
    switch (heard_caller_permit(caller, permission)) {
    case HEARD_PERMIT_NO:
        return true;
    case HEARD_PERMIT_YES:
        return reaches_recording(store, caller, recording, ret_may, error);
    case HEARD_PERMIT_SOME:
        break;
    }
    seat = heard_access_own_seat(store, caller, recording->hearing_id, &failure);
    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    *ret_may = seat != NULL;
    return true;
}

bool heard_access_may_play(HeardStore *store, const HeardCaller *caller,
                           const HeardRecordingRow *recording, bool *ret_may, GError **error)
{
    return may_by(store, caller, HEARD_MAY_PLAY_RECORDING, recording, ret_may, error);
}

HeardRecordingRow *heard_access_recording_to_play(HeardStore *store, const HeardCaller *caller,
                                                  const char *recording_id, GError **error)
{
    g_autofree HeardRecordingRow *row = heard_access_recording(store, caller, recording_id, error);
    bool may = false;

    if (!row || !heard_access_may_play(store, caller, row, &may, error))
        return NULL;
    if (!may) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_FORBIDDEN, "you may not play this recording");
        return NULL;
    }
    if (heard_keeping_is_over(row)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_DESTROYED, "it was destroyed by the rules");
        return NULL;
    }
    return g_steal_pointer(&row);
}

bool heard_access_may_export(HeardStore *store, const HeardCaller *caller,
                             const HeardRecordingRow *recording, bool *ret_may, GError **error)
{
    return may_by(store, caller, HEARD_MAY_EXPORT_RECORDING, recording, ret_may, error);
}

bool heard_access_view_open(HeardStore *store, const HeardCaller *caller, const char *recording_id,
                            bool *ret_open, GError **error)
{
    return heard_recording_view_rows_stands(store, recording_id, caller->account_id,
                                            caller->session_created_ms, ret_open, error);
}
