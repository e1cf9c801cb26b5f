/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the handlers of ballots and of the deliberation share: everything of one deliberation, and
 * who asks for it.
 *
 * A caller with a seat is that seat; one without is nobody here, but for who reads the audit log.
 *
 * Ownership  init by heard_deliberation_open(), clear when done (HeardDeliberation on the stack).
 * Threads    A store thread.
 * Errors     call->error.
 */

#include "server/app/call.h"
#include "server/hearing/ballot.h"
#include "server/store/ballot_rows.h"
#include "server/store/deliberation_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/seat_rows.h"

typedef struct {
    HeardHearingRow *hearing;
    HeardParticipantRow *participant; /* the caller's; NULL: no seat */
    HeardBallotPerson person;
    bool is_identified; /* may hear what is said in the main room */
    HeardBallotMoment moment;
    HeardDeliberationRow *row; /* NULL: nothing was done yet */
    HeardOpinionRow *opinion;  /* NULL: none */
    GPtrArray *seats, *people; /* HeardSeatRow, HeardParticipantRow */
    GPtrArray *ballots;        /* HeardBallotRow */
    GPtrArray *confirmations;  /* HeardConfirmationRow, of this opinion */
    GPtrArray *dissents;       /* HeardDissentRow */
} HeardDeliberation;

/* Of the hearing params[0]. */
bool heard_deliberation_open(HeardStore *store, HeardCall *call,
                             HeardDeliberation *ret) G_GNUC_WARN_UNUSED_RESULT;
void heard_deliberation_clear(HeardDeliberation *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardDeliberation, heard_deliberation_clear)

/* Refuses the call, unless it is HEARD_BALLOT_OK. */
bool heard_deliberation_allow(HeardCall *call, HeardBallotAnswer answer);
/* May the caller do this now? Opens the deliberation on the way. */
bool heard_deliberation_ask(HeardStore *store, HeardCall *call, HeardBallotAct act, bool has_note,
                            HeardDeliberation *ret) G_GNUC_WARN_UNUSED_RESULT;

/* Whose seat it is; NULL: of another hearing. */
const HeardSeatRow *heard_deliberation_seat(const HeardDeliberation *self,
                                            const HeardParticipantRow *person);
const char *heard_deliberation_name(const HeardDeliberation *self, const char *participant_id);
/* Came to the hearing, and is who he says. */
bool heard_deliberation_took_part(const HeardParticipantRow *row, HeardRole role);
/* Sits on the panel, came, and was not sent out for good. */
bool heard_deliberation_is_panel(const HeardDeliberation *self, const HeardParticipantRow *person);
bool heard_deliberation_has_confirmed(const HeardDeliberation *self, const char *participant_id);

/* As openapi.yaml has it, for this caller. NULL with call->error. */
json_t *heard_deliberation_json(HeardStore *store, HeardCall *call, const HeardDeliberation *self);
/* What is sealed, byte by byte; the caller frees it. */
char *heard_deliberation_record(HeardStore *store, HeardCall *call, const HeardDeliberation *self,
                                const char *note);
