/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/case_document.h"

#include <glib.h>
#include <string.h>

#define ROLE(name)       HEARD_ROLE_BIT(HEARD_ROLE_##name)
#define SEATED_DESK      (ROLE(PRESIDING) | ROLE(CLERK) | ROLE(MEDIATOR))
#define OFFICE           (SEATED_DESK | ROLE(UNIT_SCHEDULER) | ROLE(CASE_LEAD))
#define OFFICE_READS     (OFFICE | ROLE(SUPERVISOR) | ROLE(ARCHIVIST))
#define PARTIES          (ROLE(PETITIONER) | ROLE(AGENT))
#define UNITS            (ROLE(DEPARTMENT) | ROLE(LEAD_UNIT))
#define PANEL            ROLE(PANELIST)
#define NOBODY           0
#define OF(kind)         (1u << HEARD_KIND_##kind)
#define RECEPTIONS       (OF(RECEPTION) | OF(JOINT_RECEPTION))
#define ALL              (RECEPTIONS | OF(MEDIATION) | OF(PANEL_HEARING))
#define CLOSED_DOCUMENTS (1u << HEARD_PAPER_DELIBERATION_RECORD)

typedef struct {
    const char *name;
    unsigned hearings; /* of these kinds */
    bool is_personal, is_ready;
    HeardRoleMask makers;  /* with a seat, or of the office that holds it */
    HeardRoleMask readers; /* with a seat; the desk besides */
} Row;

static const Row rows[HEARD_PAPER_KIND_COUNT] = {
    [HEARD_PAPER_HEARING_NOTICE] = {"hearing_notice", ALL, true, true, OFFICE, NOBODY},
    [HEARD_PAPER_RECEPTION_RECORD] = {"reception_record", RECEPTIONS, false, true, SEATED_DESK,
                                      PARTIES | UNITS},
    [HEARD_PAPER_HEARING_MINUTES] = {"hearing_minutes", OF(PANEL_HEARING), false, true, SEATED_DESK,
                                     PARTIES | UNITS | PANEL},
    [HEARD_PAPER_MEDIATION_RECORD] = {"mediation_record", OF(MEDIATION), false, true, SEATED_DESK,
                                      PARTIES | UNITS},
    [HEARD_PAPER_ATTENDANCE_SHEET] = {"attendance_sheet", ALL | OF(TRAINING), false, true, OFFICE,
                                      NOBODY},
    [HEARD_PAPER_COMMITMENT_LIST] = {"commitment_list", ALL, false, true, OFFICE, PARTIES | UNITS},
    [HEARD_PAPER_MEDIATION_END] = {"mediation_end", OF(MEDIATION), false, true, SEATED_DESK,
                                   PARTIES | UNITS},
    [HEARD_PAPER_SERVICE_ADDRESS] = {"service_address", ALL, true, true, OFFICE, NOBODY},
    [HEARD_PAPER_ONLINE_CONSENT] = {"online_consent", ALL, true, true, OFFICE, NOBODY},
    [HEARD_PAPER_RECUSAL_DECISION] = {"recusal_decision", OF(PANEL_HEARING), false, false,
                                      SEATED_DESK, PARTIES | UNITS | PANEL},
    [HEARD_PAPER_DELIBERATION_RECORD] = {"deliberation_record", OF(PANEL_HEARING), false, false,
                                         ROLE(PRESIDING) | ROLE(CLERK),
                                         PANEL | ROLE(PRESIDING) | ROLE(CLERK)},
    [HEARD_PAPER_HEARING_REPORT] = {"hearing_report", OF(PANEL_HEARING), false, false, SEATED_DESK,
                                    PARTIES | UNITS | PANEL},
    [HEARD_PAPER_MEDIATION_AGREEMENT] = {"mediation_agreement", OF(MEDIATION), false, true,
                                         SEATED_DESK, PARTIES | UNITS},
    [HEARD_PAPER_CONFIRMATION_APPLICATION] = {"confirmation_application", OF(MEDIATION), false,
                                              false, SEATED_DESK, PARTIES | UNITS},
    [HEARD_PAPER_CONSULTATION_SUMMARY] = {"consultation_summary", NOBODY, false, false, OFFICE,
                                          UNITS},
    [HEARD_PAPER_HANDOVER_LETTER] = {"handover_letter", ALL, false, true, OFFICE, NOBODY},
    [HEARD_PAPER_CASE_FILE_INDEX] = {"case_file_index", ALL, false, true, OFFICE | ROLE(ARCHIVIST),
                                     NOBODY},
    [HEARD_PAPER_SERVICE_RECEIPT] = {"service_receipt", ALL, false, true, OFFICE, NOBODY},
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

bool heard_paper_is_ready(HeardPaperKind kind)
{
    return rows[kind].is_ready;
}

/* The seat says who somebody is in this hearing, whatever else the account may be. */
static bool is_one_of(const HeardPaperPerson *person, HeardRoleMask seated, HeardRoleMask office)
{
    if (person->has_seat)
        return (seated & HEARD_ROLE_BIT(person->role)) != 0;
    return person->is_of_organiser && (office & person->roles) != 0;
}

bool heard_paper_may_make(HeardPaperKind kind, const HeardPaperPerson *person)
{
    bool is_closed = (CLOSED_DOCUMENTS & (1u << kind)) != 0;

    return is_one_of(person, rows[kind].makers, is_closed ? NOBODY : rows[kind].makers);
}

bool heard_paper_may_read(HeardPaperKind kind, const HeardPaperPerson *person, bool is_own)
{
    if ((CLOSED_DOCUMENTS & (1u << kind)) != 0)
        return is_one_of(person, rows[kind].readers, NOBODY);
    return is_own || is_one_of(person, rows[kind].readers | OFFICE_READS, OFFICE_READS);
}

void heard_paper_number(char ret_number[static HEARD_PAPER_NUMBER_SIZE], const char *hearing_no,
                        int64_t number, int64_t version)
{
    g_snprintf(ret_number, HEARD_PAPER_NUMBER_SIZE, "%s-D%02d-%d", hearing_no, (int)number,
               (int)version);
}
