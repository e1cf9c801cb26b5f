/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/after.h"

#include "server/app/audit_trail.h"
#include "server/app/local_time.h"
#include "server/store/audit_rows.h"
#include "server/store/person_rows.h"
#include "server/store/seat_rows.h"
#include "server/store/session_rows.h"

#include <string.h>

static const char wrong[] = "link.identify_wrong";

bool heard_after_is_over(const HeardHearingRow *hearing)
{
    static const char *const states[] = {"concluded", "sealed", "archived", "cancelled", NULL};

    return g_strv_contains(states, hearing->state);
}

static bool is_on_duty(const HeardCaller *caller)
{
    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++)
        if (heard_caller_has_role(caller, (HeardRole)role) && heard_role_on_duty((HeardRole)role))
            return true;
    return false;
}

bool heard_after_is_known(HeardStore *store, const HeardCaller *caller,
                          const HeardHearingRow *hearing, bool *ret_known, GError **error)
{
    g_autofree HeardParticipantRow *row = NULL;

    *ret_known = true;
    if (caller->kind != HEARD_CALLER_PARTICIPANT || !heard_after_is_over(hearing) ||
        caller->factor_2_done || is_on_duty(caller))
        return true;
    row = heard_participant_rows_get(store, caller->participant_id, error);
    if (!row)
        return false;
    /* Checked in the hearing, and this session is of before its end: the same one. */
    *ret_known = row->check_in_at_ms != 0 && caller->session_created_ms < hearing->actual_end_ms;
    return true;
}

/* ---- the last four ---- */

/* What was looked at in the hearing; else what the case has of that person. "": nothing. */
static bool read_last_four(HeardStore *store, const HeardParticipantRow *row, char ret_four[5],
                           GError **error)
{
    g_autofree HeardSeatRow *seat = NULL;
    g_autofree HeardPersonRow *person = NULL;
    const char *masked = row->check_in_at_ms ? row->document_masked : NULL;

    if (!masked) {
        seat = heard_seat_rows_get(store, row->seat_id, error);
        if (!seat)
            return false;
        person = seat->person_id ? heard_person_rows_get(store, seat->person_id, error) : NULL;
        if (seat->person_id && !person)
            return false;
        masked = person ? person->id_masked : NULL;
    }
    g_strlcpy(ret_four, masked && strlen(masked) >= 4 ? masked + strlen(masked) - 4 : "", 5);
    return true;
}

static bool leave_trace(HeardStore *store, HeardCall *call, const char *action)
{
    return heard_audit_trail_append(store, call, action, "participant", call->caller.participant_id,
                                    call->caller.hearing_id, NULL);
}

/* Counted in the audit trail: a restart forgives nothing. */
static bool refuse_four(HeardStore *store, HeardCall *call)
{
    g_autofree char *object = g_strdup_printf("participant:%s", call->caller.participant_id);
    int64_t count = 0, left;

    if (!leave_trace(store, call, wrong) ||
        !heard_audit_rows_count(store, call->caller.hearing_id, object, wrong, "link.", &count,
                                &call->error))
        return false;
    left = HEARD_AFTER_TRIES_MAX - count;
    if (left > 0) {
        call->problem = json_pack("{s:I}", "tries_left", (json_int_t)left);
        return heard_call_refuse(call, HEARD_ERROR_CODE_WRONG, "not the last four of the document");
    }
    if (!leave_trace(store, call, "link.revoke") ||
        !heard_participant_rows_revoke_token(store, call->caller.participant_id, &call->error) ||
        !heard_session_rows_revoke_all(store, NULL, call->caller.participant_id, call->wall_ms,
                                       &call->error))
        return false;
    return heard_call_refuse(call, HEARD_ERROR_LINK_REVOKED,
                             "tried too often; ask the office for a new link");
}

bool heard_after_identify(HeardStore *store, HeardCall *call, const HeardHearingRow *hearing,
                          const char *last_four)
{
    g_autofree HeardParticipantRow *row =
        heard_participant_rows_get(store, call->caller.participant_id, &call->error);
    bool known = false;
    char four[5];

    if (!row || !heard_after_is_known(store, &call->caller, hearing, &known, &call->error) ||
        (!known && !read_last_four(store, row, four, &call->error)))
        return false;
    if (known)
        return true;
    if (!four[0])
        return heard_call_refuse(call, HEARD_ERROR_NOT_IDENTIFIED,
                                 "no document of yours was looked at; ask the office");
    if (g_ascii_strcasecmp(four, last_four) != 0)
        return refuse_four(store, call);
    return leave_trace(store, call, "link.identify") &&
           heard_session_rows_set_factor_2(store, call->caller.session_hash, &call->error);
}

/* ---- until when ---- */

int64_t heard_after_due_ms(const HeardApp *app, int64_t closed_ms, int64_t opened_ms)
{
    char date[9], day[HEARD_DAY_SIZE], last[HEARD_DAY_SIZE];
    int64_t from_ms = 0, to_ms = 0;

    if (closed_ms == 0)
        return 0;
    /* Who was asked after the close has as many days. */
    heard_local_date(NULL, MAX(closed_ms, opened_ms), date);
    g_snprintf(day, sizeof day, "%.4s-%.2s-%.2s", date, date + 4, date + 6);
    if (!heard_calendar_after(&app->calendar, day, HEARD_MINUTES_SIGN_DAYS, last) ||
        !heard_local_day(last, 0, &from_ms, &to_ms))
        g_assert_not_reached();
    return to_ms;
}
