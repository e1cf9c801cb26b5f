/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/joining.h"

#include "server/app/access.h"
#include "server/store/participant_rows.h"

#include <string.h>

bool heard_joining_is_load(const char *hearing_id)
{
    return strncmp(hearing_id, "load-", 5) == 0;
}

void heard_joining_set(HeardCall *call, const char *hearing_id, const char *participant_id)
{
    HeardJoining *joining = g_new0(HeardJoining, 1);

    g_strlcpy(joining->hearing_id, hearing_id, sizeof joining->hearing_id);
    g_strlcpy(joining->participant_id, participant_id, sizeof joining->participant_id);
    call->extra = joining;
    call->extra_destroy = g_free;
}

static HeardParticipantRow *find_participant(HeardStore *store, HeardCall *call,
                                             const char *hearing_id)
{
    HeardCaller as_account = call->caller;
    g_autofree HeardSeatRow *seat = NULL;

    if (as_account.kind == HEARD_CALLER_TOKEN)
        as_account.kind = HEARD_CALLER_ACCOUNT; /* it stands for its account */
    seat = heard_access_own_seat(store, &as_account, hearing_id, &call->error);
    return seat ? heard_participant_rows_get_by_seat(store, seat->id, &call->error) : NULL;
}

bool heard_joining_find(HeardStore *store, HeardCall *call)
{
    const char *hearing_id = call->params[0];
    bool program = call->caller.kind == HEARD_CALLER_TOKEN;
    g_autofree HeardParticipantRow *participant = NULL;

    heard_joining_set(call, hearing_id, "");
    if (strlen(hearing_id) >= sizeof((HeardJoining *)call->extra)->hearing_id)
        return heard_call_refuse(call, HEARD_ERROR_UNKNOWN_HEARING, "no such hearing");
    if (program && call->caller.hearing_id[0] && strcmp(call->caller.hearing_id, hearing_id) != 0)
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "the token is for another hearing");
    if (program && heard_joining_is_load(hearing_id))
        return true;
    if (heard_joining_is_load(hearing_id))
        return heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "load hearings are for programs");
    participant = find_participant(store, call, hearing_id);
    if (call->error)
        return false;
    if (participant) {
        g_free(call->extra);
        heard_joining_set(call, hearing_id, participant->id);
        return true;
    }
    g_free(heard_hearing_rows_get(store, hearing_id, &call->error));
    return call->error
               ? false
               : heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "you have no seat in this hearing");
}

const char *heard_joining_participant(const HeardCall *call)
{
    const HeardJoining *joining = call->extra;

    return joining->participant_id[0] ? joining->participant_id : NULL;
}
