/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/case_document.h"

#include <glib.h>
#include <string.h>

#define ROLE(name)   HEARD_ROLE_BIT(HEARD_ROLE_##name)
#define SEATED_DESK  (ROLE(PRESIDING) | ROLE(CLERK) | ROLE(MEDIATOR))
#define OFFICE       (SEATED_DESK | ROLE(UNIT_SCHEDULER) | ROLE(CASE_LEAD))
#define OFFICE_READS (OFFICE | ROLE(SUPERVISOR) | ROLE(ARCHIVIST))
#define PARTIES      (ROLE(PETITIONER) | ROLE(AGENT))
#define UNITS        (ROLE(DEPARTMENT) | ROLE(LEAD_UNIT))
#define PANEL        ROLE(PANELIST)
#define NOBODY       0
#define OF(kind)     (1u << HEARD_KIND_##kind)
#define RECEPTIONS   (OF(RECEPTION) | OF(JOINT_RECEPTION))
#define PANELS       (OF(PANEL_HEARING) | OF(APPRAISAL))
#define WITH_PARTIES (RECEPTIONS | OF(MEDIATION) | PANELS)
#define ALL          (WITH_PARTIES | OF(CONSULTATION) | OF(TRAINING))
#define PAPER(kind)  (1u << HEARD_PAPER_##kind)
/* For who sat in it, and for nobody of the office. */
#define CLOSED_DOCUMENTS PAPER(DELIBERATION_RECORD)
/* Parties see no draft of these: first the panel signs. */
#define SIGNED_FIRST PAPER(HEARING_REPORT)
/* Told one by one: a role alone reads none of these. */
#define SERVED PAPER(RECUSAL_DECISION)

typedef struct {
    const char *name;
    unsigned hearings; /* of these kinds */
    bool is_personal;
    HeardRoleMask makers;  /* with a seat, or of the office that holds it */
    HeardRoleMask readers; /* with a seat; the desk besides */
} Row;

static const Row rows[HEARD_PAPER_KIND_COUNT] = {
    [HEARD_PAPER_HEARING_NOTICE] = {"hearing_notice", ALL, true, OFFICE, NOBODY},
    [HEARD_PAPER_RECEPTION_RECORD] = {"reception_record", RECEPTIONS, false, SEATED_DESK,
                                      PARTIES | UNITS},
    [HEARD_PAPER_HEARING_MINUTES] = {"hearing_minutes", PANELS, false, SEATED_DESK,
                                     PARTIES | UNITS | PANEL},
    [HEARD_PAPER_MEDIATION_RECORD] = {"mediation_record", OF(MEDIATION), false, SEATED_DESK,
                                      PARTIES | UNITS},
    [HEARD_PAPER_ATTENDANCE_SHEET] = {"attendance_sheet", ALL, false, OFFICE, NOBODY},
    [HEARD_PAPER_COMMITMENT_LIST] = {"commitment_list", ALL, false, OFFICE, PARTIES | UNITS},
    [HEARD_PAPER_MEDIATION_END] = {"mediation_end", OF(MEDIATION), false, SEATED_DESK,
                                   PARTIES | UNITS},
    [HEARD_PAPER_SERVICE_ADDRESS] = {"service_address", WITH_PARTIES, true, OFFICE, NOBODY},
    [HEARD_PAPER_ONLINE_CONSENT] = {"online_consent", WITH_PARTIES, true, OFFICE, NOBODY},
    [HEARD_PAPER_RECUSAL_DECISION] = {"recusal_decision", OF(PANEL_HEARING), false, SEATED_DESK,
                                      PARTIES | UNITS | PANEL},
    [HEARD_PAPER_DELIBERATION_RECORD] = {"deliberation_record", OF(PANEL_HEARING), false,
                                         ROLE(PRESIDING), PANEL | ROLE(PRESIDING)},
    [HEARD_PAPER_HEARING_REPORT] = {"hearing_report", OF(PANEL_HEARING), false, SEATED_DESK,
                                    PARTIES | UNITS | PANEL},
    [HEARD_PAPER_MEDIATION_AGREEMENT] = {"mediation_agreement", OF(MEDIATION), false, SEATED_DESK,
                                         PARTIES | UNITS},
    [HEARD_PAPER_CONFIRMATION_APPLICATION] = {"confirmation_application", OF(MEDIATION), false,
                                              SEATED_DESK, PARTIES | UNITS},
    [HEARD_PAPER_CONSULTATION_SUMMARY] = {"consultation_summary", OF(CONSULTATION), false, OFFICE,
                                          UNITS},
    [HEARD_PAPER_HANDOVER_LETTER] = {"handover_letter", WITH_PARTIES, false, OFFICE, NOBODY},
    [HEARD_PAPER_CASE_FILE_INDEX] = {"case_file_index", ALL, false, OFFICE | ROLE(ARCHIVIST),
                                     NOBODY},
    [HEARD_PAPER_SERVICE_RECEIPT] = {"service_receipt", ALL, false, OFFICE, NOBODY},
    [HEARD_PAPER_AUTHORITY_LETTER] = {"authority_letter", WITH_PARTIES, true, OFFICE, NOBODY},
    [HEARD_PAPER_ACCEPTANCE_NOTICE] = {"acceptance_notice", WITH_PARTIES & ~OF(MEDIATION), true,
                                       OFFICE, NOBODY},
};

const char *heard_paper_kind_name(HeardPaperKind kind)
{
    return rows[kind].name;
}

bool heard_paper_kind_from_name(const char *name, HeardPaperKind *ret_kind)
{
    for (unsigned kind = 0; kind < HEARD_PAPER_KIND_COUNT; kind++) {
        if (strcmp(rows[kind].name, name) != 0)
            continue;
        *ret_kind = (HeardPaperKind)kind;
        return true;
    }
    return false;
}

bool heard_paper_is_of(HeardPaperKind kind, HeardKind hearing)
{
    return (rows[kind].hearings & (1u << hearing)) != 0;
}

bool heard_paper_is_personal(HeardPaperKind kind)
{
    return rows[kind].is_personal;
}

bool heard_paper_signed_kind(HeardPaperKind kind, HeardSignedKind *ret_kind)
{
    switch ((int)kind) {
    case HEARD_PAPER_RECEPTION_RECORD:
    case HEARD_PAPER_HEARING_MINUTES:
    case HEARD_PAPER_MEDIATION_RECORD:
        *ret_kind = HEARD_SIGNED_MINUTES;
        return true;
    case HEARD_PAPER_MEDIATION_AGREEMENT:
        *ret_kind = HEARD_SIGNED_AGREEMENT;
        return true;
    case HEARD_PAPER_DELIBERATION_RECORD:
        *ret_kind = HEARD_SIGNED_DELIBERATION_RECORD;
        return true;
    case HEARD_PAPER_HEARING_REPORT:
        *ret_kind = HEARD_SIGNED_HEARING_REPORT;
        return true;
    default:
        return false;
    }
}

bool heard_paper_is_signed_itself(HeardPaperKind kind)
{
    return ((PAPER(DELIBERATION_RECORD) | PAPER(HEARING_REPORT)) & (1u << kind)) != 0;
}

HeardPaperAnswer heard_paper_ask(HeardPaperKind kind, const HeardPaperMoment *moment)
{
    switch ((int)kind) {
    case HEARD_PAPER_RECUSAL_DECISION:
        return moment->has_decision ? HEARD_PAPER_OK : HEARD_PAPER_NO_DECISION;
    case HEARD_PAPER_DELIBERATION_RECORD:
        return moment->is_sealed ? HEARD_PAPER_OK : HEARD_PAPER_NOT_SEALED;
    case HEARD_PAPER_HEARING_REPORT:
        return moment->is_released ? HEARD_PAPER_OK : HEARD_PAPER_NOT_RELEASED;
    case HEARD_PAPER_MEDIATION_AGREEMENT:
        return moment->is_effective ? HEARD_PAPER_OK : HEARD_PAPER_NOT_EFFECTIVE;
    case HEARD_PAPER_MEDIATION_END:
        return moment->is_effective ? HEARD_PAPER_AGREED : HEARD_PAPER_OK;
    case HEARD_PAPER_CONFIRMATION_APPLICATION:
        if (!moment->is_effective)
            return HEARD_PAPER_NOT_EFFECTIVE;
        return moment->is_confirmable ? HEARD_PAPER_OK : HEARD_PAPER_NOT_CONFIRMABLE;
    default:
        return HEARD_PAPER_OK;
    }
}

const char *heard_paper_answer_name(HeardPaperAnswer answer)
{
    static const char *const names[HEARD_PAPER_ANSWER_COUNT] = {
        [HEARD_PAPER_OK] = "ok",
        [HEARD_PAPER_NO_DECISION] = "no_decision",
        [HEARD_PAPER_NOT_SEALED] = "not_sealed",
        [HEARD_PAPER_NOT_RELEASED] = "not_released",
        [HEARD_PAPER_NOT_EFFECTIVE] = "not_effective",
        [HEARD_PAPER_NOT_CONFIRMABLE] = "not_confirmable",
        [HEARD_PAPER_AGREED] = "agreed",
    };

    return names[answer];
}

/* The seat says who somebody is in this hearing, whatever else the account may be. */
static bool is_one_of(const HeardPaperPerson *person, HeardRoleMask seated, HeardRoleMask office)
{
    if (person->has_seat)
        return (seated & HEARD_ROLE_BIT(person->role)) != 0;
    return person->is_of_organiser && (office & person->roles) != 0;
}

static bool is_among(HeardPaperKind kind, unsigned kinds)
{
    return (kinds & (1u << kind)) != 0;
}

/* The panel's papers are not for who was sent out of it for good, or never came. */
static bool is_outside(HeardPaperKind kind, const HeardPaperPerson *person)
{
    bool is_theirs = is_among(kind, CLOSED_DOCUMENTS) ||
                     (is_among(kind, PAPER(HEARING_REPORT)) && person->role == HEARD_ROLE_PANELIST);

    return person->has_seat && is_theirs && !person->took_part;
}

bool heard_paper_may_make(HeardPaperKind kind, const HeardPaperPerson *person)
{
    bool is_closed = is_among(kind, CLOSED_DOCUMENTS);

    return !is_outside(kind, person) &&
           is_one_of(person, rows[kind].makers, is_closed ? NOBODY : rows[kind].makers);
}

HeardRoleMask heard_paper_recipients(HeardPaperKind kind, bool is_signed)
{
    HeardRoleMask readers = rows[kind].readers;

    return is_among(kind, SIGNED_FIRST) && !is_signed ? readers & ~(HeardRoleMask)(PARTIES | UNITS)
                                                      : readers;
}

bool heard_paper_may_be_sent(HeardPaperKind kind, const HeardPaperPerson *person,
                             const HeardPaperCopy *copy)
{
    HeardRoleMask readers = heard_paper_recipients(kind, copy->is_signed);

    if (is_among(kind, CLOSED_DOCUMENTS))
        return !is_outside(kind, person) && is_one_of(person, readers, NOBODY);
    return !is_outside(kind, person) &&
           (copy->is_own || is_one_of(person, readers | OFFICE_READS, OFFICE_READS));
}

bool heard_paper_may_read(HeardPaperKind kind, const HeardPaperPerson *person,
                          const HeardPaperCopy *copy)
{
    if (is_among(kind, SERVED) && !copy->is_own)
        return is_one_of(person, OFFICE_READS, OFFICE_READS);
    return heard_paper_may_be_sent(kind, person, copy);
}

void heard_paper_number(char ret_number[static HEARD_PAPER_NUMBER_SIZE], const char *hearing_no,
                        int64_t number, int64_t version)
{
    g_snprintf(ret_number, HEARD_PAPER_NUMBER_SIZE, "%s-D%02d-%d", hearing_no, (int)number,
               (int)version);
}
