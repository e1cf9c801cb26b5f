/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The documents of a hearing (domain.md 3.10): which kinds there are, for which hearings, who
 * makes them, who may read them, whose they are, and what their numbers look like (3.2).
 *
 * The desk (presiding officer, clerk, mediator, and the office's own scheduler, case lead,
 * supervisor and archivist) reads all but what a deliberation left: that is for the panel, the
 * presiding officer and the clerk who sit in the hearing. Who came by a seat reads what is about
 * himself, and the records that his role signs.
 *
 * Ownership  Plain structs.
 * Threads    Pure.
 * Errors     Answers; an unknown name is false.
 */

#include "server/hearing/agenda.h"
#include "server/hearing/role.h"

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
} HeardPaperPerson;

const char *heard_paper_kind_name(HeardPaperKind kind);
bool heard_paper_kind_from_name(const char *name, HeardPaperKind *ret_kind);

/* Whether a hearing of that kind has such documents. */
bool heard_paper_is_of(HeardPaperKind kind, HeardKind hearing);
/* One for each participant, about him. */
bool heard_paper_is_personal(HeardPaperKind kind);
/* What it says is in the store today: the desk can have it made. */
bool heard_paper_is_ready(HeardPaperKind kind);

bool heard_paper_may_make(HeardPaperKind kind, const HeardPaperPerson *person);
/* is_own: it is about the person. */
bool heard_paper_may_read(HeardPaperKind kind, const HeardPaperPerson *person, bool is_own);

/* "HSH…-D02-1" */
void heard_paper_number(char ret_number[static HEARD_PAPER_NUMBER_SIZE], const char *hearing_no,
                        int64_t number, int64_t version);
