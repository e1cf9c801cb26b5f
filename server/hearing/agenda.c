/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/agenda.h"

#include <glib.h>
#include <string.h>

#define BIT        HEARD_ROLE_BIT
#define MINUTES(n) ((int64_t)(n)*60 * 1000)

/* A reception is a conversation: whoever may speak under a condition has the microphone
 * in every phase, and the presiding officer takes it from one who disturbs. */
#define ALL_SPEAK                                                                                  \
    (BIT(HEARD_ROLE_PETITIONER) | BIT(HEARD_ROLE_AGENT) | BIT(HEARD_ROLE_DEPARTMENT) |             \
     BIT(HEARD_ROLE_LEAD_UNIT) | BIT(HEARD_ROLE_PANELIST) | BIT(HEARD_ROLE_CLERK) |                \
     BIT(HEARD_ROLE_CASE_LEAD))
#define PETITIONERS (BIT(HEARD_ROLE_PETITIONER) | BIT(HEARD_ROLE_AGENT))
#define UNITS       (BIT(HEARD_ROLE_DEPARTMENT) | BIT(HEARD_ROLE_LEAD_UNIT))
#define CLERK       BIT(HEARD_ROLE_CLERK)
#define PANEL       BIT(HEARD_ROLE_PANELIST)
#define WITNESSES   BIT(HEARD_ROLE_WITNESS)

#define RECEPTION_SEATS                                                                            \
    (BIT(HEARD_ROLE_PETITIONER) | BIT(HEARD_ROLE_DEPARTMENT) | BIT(HEARD_ROLE_PRESIDING) |         \
     BIT(HEARD_ROLE_CLERK) | BIT(HEARD_ROLE_MEDIATOR) | BIT(HEARD_ROLE_OBSERVER))
#define COMMON_SEATS                                                                               \
    (PETITIONERS | BIT(HEARD_ROLE_DEPARTMENT) | BIT(HEARD_ROLE_CLERK) |                            \
     BIT(HEARD_ROLE_INTERPRETER) | BIT(HEARD_ROLE_WITNESS) | BIT(HEARD_ROLE_OBSERVER))

static const HeardPhase reception[] = {
    {"check_in", true, 0, ALL_SPEAK, 0},
    {"opening", true, MINUTES(5), ALL_SPEAK, 0},
    {"statement", true, MINUTES(15), ALL_SPEAK, PETITIONERS},
    {"unit_answers", true, MINUTES(30), ALL_SPEAK, PETITIONERS | UNITS},
    {"consolidation", true, MINUTES(15), ALL_SPEAK, UNITS},
    {"record_confirm", true, MINUTES(10), ALL_SPEAK, 0},
    {"closed", true, 0, 0, 0},
};

/* A conversation too. What comes of it is not known before: only the way is required. */
static const HeardPhase mediation[] = {
    {"intake_consent", true, 0, ALL_SPEAK, 0},
    {"check_in", true, 0, ALL_SPEAK, 0},
    {"mediator_opening", true, MINUTES(10), ALL_SPEAK, 0},
    {"statements", true, MINUTES(30), ALL_SPEAK, PETITIONERS | UNITS},
    {"undisputed_facts", true, MINUTES(15), ALL_SPEAK, PETITIONERS | UNITS},
    {"caucus", false, 0, ALL_SPEAK, PETITIONERS | UNITS},
    {"joint", false, 0, ALL_SPEAK, PETITIONERS | UNITS},
    {"proposal", false, MINUTES(20), ALL_SPEAK, PETITIONERS | UNITS},
    {"agreement_draft", false, MINUTES(30), ALL_SPEAK, 0},
    {"agreement_sign", false, MINUTES(15), ALL_SPEAK, 0},
    {"end_without", false, MINUTES(10), ALL_SPEAK, 0},
    {"record_confirm", true, MINUTES(10), ALL_SPEAK, 0},
    {"closed", true, 0, 0, 0},
};

/* The word is given; who has it not raises a hand (domain.md 2.2). */
static const HeardPhase panel_hearing[] = {
    {"check_in", true, 0, 0, 0},
    {"discipline", true, MINUTES(5), CLERK, 0},
    {"opening", true, MINUTES(5), CLERK, 0},
    {"rights_and_recusal", true, MINUTES(10), ALL_SPEAK, 0},
    {"petitioner_statement", true, MINUTES(20), PETITIONERS, PETITIONERS},
    {"handling_statement", true, MINUTES(20), UNITS, UNITS},
    {"challenge", true, MINUTES(40), PETITIONERS | UNITS, PETITIONERS | UNITS},
    {"panel_questions", true, MINUTES(30), PETITIONERS | UNITS | PANEL, PETITIONERS | UNITS},
    {"witness", false, MINUTES(20), PETITIONERS | UNITS | PANEL | WITNESSES, WITNESSES},
    {"expert", false, MINUTES(20), PETITIONERS | UNITS | PANEL | WITNESSES, WITNESSES},
    {"final_statement_petitioner", true, MINUTES(10), PETITIONERS, 0},
    {"final_statement_unit", true, MINUTES(10), UNITS, 0},
    {"deliberation", true, MINUTES(30), 0, 0},
    {"announcement", false, MINUTES(10), CLERK, 0},
    {"record_confirm", true, MINUTES(15), ALL_SPEAK, 0},
    {"closed", true, 0, 0, 0},
};

G_STATIC_ASSERT(G_N_ELEMENTS(reception) <= HEARD_PHASES_MAX);
G_STATIC_ASSERT(G_N_ELEMENTS(mediation) <= HEARD_PHASES_MAX);
G_STATIC_ASSERT(G_N_ELEMENTS(panel_hearing) <= HEARD_PHASES_MAX);

static const HeardKindRow kinds[HEARD_KIND_COUNT] = {
    [HEARD_KIND_RECEPTION] =
        {
            .name = "reception",
            .letter = 'R',
            .phases = reception,
            .phase_count = G_N_ELEMENTS(reception),
            .opening = 1,
            .leader = HEARD_ROLE_PRESIDING,
            .seats = RECEPTION_SEATS,
            .chair = BIT(HEARD_ROLE_PRESIDING) | BIT(HEARD_ROLE_CLERK),
            .desk = BIT(HEARD_ROLE_PRESIDING) | BIT(HEARD_ROLE_CLERK),
            .required_side = PETITIONERS,
            .presiding_may_be_clerk = true,
            .recorded = true,
            .petitioners_max = 1,
        },
    [HEARD_KIND_JOINT_RECEPTION] =
        {
            .name = "joint_reception",
            .letter = 'J',
            .phases = reception,
            .phase_count = G_N_ELEMENTS(reception),
            .opening = 1,
            .leader = HEARD_ROLE_PRESIDING,
            .seats = RECEPTION_SEATS,
            .chair = BIT(HEARD_ROLE_PRESIDING) | BIT(HEARD_ROLE_CLERK),
            .desk = BIT(HEARD_ROLE_PRESIDING) | BIT(HEARD_ROLE_CLERK),
            .required_side = PETITIONERS,
            .presiding_may_be_clerk = false,
            .recorded = true,
            .petitioners_max = 5, /* Regulations Art. 20 */
        },
    [HEARD_KIND_MEDIATION] =
        {
            .name = "mediation",
            .letter = 'M',
            .phases = mediation,
            .phase_count = G_N_ELEMENTS(mediation),
            .opening = 2,
            .rooms = HEARD_ROOM_BIT(HEARD_ROOM_CAUCUS_A) | HEARD_ROOM_BIT(HEARD_ROOM_CAUCUS_B),
            .leader = HEARD_ROLE_MEDIATOR,
            .seats = COMMON_SEATS | BIT(HEARD_ROLE_MEDIATOR),
            .required_seats = BIT(HEARD_ROLE_MEDIATOR),
            .chair = BIT(HEARD_ROLE_MEDIATOR) | BIT(HEARD_ROLE_CLERK),
            .desk = BIT(HEARD_ROLE_MEDIATOR) | BIT(HEARD_ROLE_CLERK),
            .both_sides = true,
            .presiding_may_be_clerk = true,
            .recorded = false, /* where all agree: People's Mediation Law, Art. 23 */
            .may_choose_recorded = true,
            .petitioners_max = 5,
        },
    [HEARD_KIND_PANEL_HEARING] =
        {
            .name = "panel_hearing",
            .letter = 'H',
            .phases = panel_hearing,
            .phase_count = G_N_ELEMENTS(panel_hearing),
            .opening = 1,
            .deliberation = 12,
            .rooms = HEARD_ROOM_BIT(HEARD_ROOM_DELIBERATION),
            .leader = HEARD_ROLE_PRESIDING,
            .seats = COMMON_SEATS | PANEL | BIT(HEARD_ROLE_PRESIDING),
            .required_seats =
                BIT(HEARD_ROLE_PRESIDING) | CLERK | PANEL | BIT(HEARD_ROLE_PETITIONER),
            .chair = BIT(HEARD_ROLE_PRESIDING) | BIT(HEARD_ROLE_CLERK),
            .desk = BIT(HEARD_ROLE_PRESIDING) | BIT(HEARD_ROLE_CLERK),
            .required_side = PETITIONERS,
            .recorded = true,
            .petitioners_max = 5,
            .panel_min = 3, /* domain.md 3.12, 6 */
        },
};

const HeardKindRow *heard_kind_row(HeardKind kind)
{
    return &kinds[kind];
}

bool heard_kind_from_name(const char *name, HeardKind *ret_kind)
{
    for (unsigned i = 0; i < HEARD_KIND_COUNT; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *ret_kind = (HeardKind)i;
            return true;
        }
    }
    return false;
}

int heard_kind_find_phase(HeardKind kind, const char *code)
{
    for (unsigned i = 0; i < kinds[kind].phase_count; i++) {
        if (strcmp(kinds[kind].phases[i].code, code) == 0)
            return (int)i;
    }
    return -1;
}
