/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The documents of a hearing (domain.md 3.10): which kinds there are, for which hearings, who
 * makes them, who may read them, whose they are, and what their numbers look like (3.2).
 *
 * The desk (presiding officer, clerk, mediator, and the office's own scheduler, case lead,
 * supervisor and archivist) reads all but what a deliberation left: that is for the panel and the
 * presiding officer who sat in it (ballot.h). Who came by a seat reads what is about himself, what
 * was sent to him, and the records that his role signs; a report only when the panel signed it.
 *
 * Ownership  Plain structs.
 * Threads    Pure.
 * Errors     Answers; an unknown name is false.
 */

#include "server/hearing/agenda.h"
#include "server/hearing/role.h"
#include "server/hearing/signing.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    HEARD_PAPER_HEARING_NOTICE,
    HEARD_PAPER_RECEPTION_RECORD,
    HEARD_PAPER_HEARING_MINUTES,
    HEARD_PAPER_MEDIATION_RECORD,
    HEARD_PAPER_ATTENDANCE_SHEET,
    HEARD_PAPER_COMMITMENT_LIST,
    HEARD_PAPER_MEDIATION_END,
    HEARD_PAPER_SERVICE_ADDRESS,
    HEARD_PAPER_ONLINE_CONSENT,
    HEARD_PAPER_RECUSAL_DECISION,
    HEARD_PAPER_DELIBERATION_RECORD,
    HEARD_PAPER_HEARING_REPORT,
    HEARD_PAPER_MEDIATION_AGREEMENT,
    HEARD_PAPER_CONFIRMATION_APPLICATION,
    HEARD_PAPER_CONSULTATION_SUMMARY,
    HEARD_PAPER_HANDOVER_LETTER,
    HEARD_PAPER_CASE_FILE_INDEX,
    HEARD_PAPER_SERVICE_RECEIPT,
    HEARD_PAPER_AUTHORITY_LETTER,
    HEARD_PAPER_ACCEPTANCE_NOTICE,
    HEARD_PAPER_KIND_COUNT
} HeardPaperKind;

enum { HEARD_PAPER_NUMBER_SIZE = 64 };

/* Who asks. */
typedef struct {
    bool has_seat;
    HeardRole role;       /* of the seat */
    HeardRoleMask roles;  /* of the account, without a seat */
    bool is_of_organiser; /* the account's unit holds the hearing, or stands above who does */
    bool took_part;       /* with a seat: came, and was not sent out for good */
} HeardPaperPerson;

/* What a reader's right depends on beside the kind. */
typedef struct {
    bool is_own;    /* it is about the reader, or was sent to him */
    bool is_signed; /* it carries the signatures */
} HeardPaperCopy;

/* What was done in the hearing that documents follow from. */
typedef struct {
    bool has_decision;   /* on a recusal */
    bool is_sealed;      /* the deliberation */
    bool is_released;    /* its result and opinion */
    bool is_effective;   /* the agreement */
    bool is_confirmable; /* by a court: checked, nothing against it, in time */
} HeardPaperMoment;

typedef enum {
    HEARD_PAPER_OK,
    HEARD_PAPER_NO_DECISION,
    HEARD_PAPER_NOT_SEALED,
    HEARD_PAPER_NOT_RELEASED,
    HEARD_PAPER_NOT_EFFECTIVE,
    HEARD_PAPER_NOT_CONFIRMABLE,
    HEARD_PAPER_AGREED, /* the mediation did not end without an agreement */
    HEARD_PAPER_ANSWER_COUNT
} HeardPaperAnswer;

const char *heard_paper_kind_name(HeardPaperKind kind);
bool heard_paper_kind_from_name(const char *name, HeardPaperKind *ret_kind);

/* Whether a hearing of that kind has such documents. */
bool heard_paper_is_of(HeardPaperKind kind, HeardKind hearing);
/* One for each participant, about him. */
bool heard_paper_is_personal(HeardPaperKind kind);
/* Which signing's signatures it carries; false: it has lines to sign on. */
bool heard_paper_signed_kind(HeardPaperKind kind, HeardSignedKind *ret_kind);
/* One of its versions is put to signature as it is: by the panel and the presiding officer. */
bool heard_paper_is_signed_itself(HeardPaperKind kind);

/* Is there already what it would say? */
HeardPaperAnswer heard_paper_ask(HeardPaperKind kind, const HeardPaperMoment *moment);
const char *heard_paper_answer_name(HeardPaperAnswer answer);

bool heard_paper_may_make(HeardPaperKind kind, const HeardPaperPerson *person);
bool heard_paper_may_read(HeardPaperKind kind, const HeardPaperPerson *person,
                          const HeardPaperCopy *copy);
/* Roles that one which is about nobody may be sent to. */
HeardRoleMask heard_paper_recipients(HeardPaperKind kind, bool is_signed);
/* May the desk send it to this person? */
bool heard_paper_may_be_sent(HeardPaperKind kind, const HeardPaperPerson *person,
                             const HeardPaperCopy *copy);

/* "HSH…-D02-1" */
void heard_paper_number(char ret_number[static HEARD_PAPER_NUMBER_SIZE], const char *hearing_no,
                        int64_t number, int64_t version);
