/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Whose minutes a call is about, who asks, and what he may: shared by the handlers of minutes.
 *
 * Ownership  G_DEFINE_AUTO: g_auto(HeardMinutesDesk) desk = {0};
 * Threads    A store thread.
 * Errors     call->error: UNKNOWN_HEARING, NOT_ADMITTED, FORBIDDEN.
 */

#include "server/app/call.h"
#include "server/hearing/minutes.h"
#include "server/store/hearing_rows.h"
#include "server/store/participant_rows.h"

typedef struct {
    HeardHearingRow *hearing;
    HeardParticipantRow *participant; /* the caller's; NULL: no seat */
    HeardRole role;
    bool has_clerk;
    bool is_apart;
    HeardMinutesState state;
} HeardMinutesDesk;

void heard_minutes_desk_clear(HeardMinutesDesk *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardMinutesDesk, heard_minutes_desk_clear)

/* Of the hearing that is the call's first parameter. */
bool heard_minutes_desk_open(HeardStore *store, HeardCall *call, HeardMinutesDesk *desk);
bool heard_minutes_desk_may_edit(const HeardMinutesDesk *desk);
/* Who answers for them always; who is admitted while it runs; then who may play it and said why. */
bool heard_minutes_desk_check_read(HeardStore *store, HeardCall *call,
                                   const HeardMinutesDesk *desk);
/* From the lobby's opening until the end. */
bool heard_minutes_desk_is_running(const HeardHearingRow *hearing);
