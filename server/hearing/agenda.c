/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/agenda.h"

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

#define RECEPTION_PHASES                                                                           \
    {                                                                                              \
        {"check_in", true, 0, ALL_SPEAK, 0}, {"opening", true, MINUTES(5), ALL_SPEAK, 0},          \
            {"statement", true, MINUTES(15), ALL_SPEAK, PETITIONERS},                              \
            {"unit_answers", true, MINUTES(30), ALL_SPEAK, PETITIONERS | UNITS},                   \
            {"consolidation", true, MINUTES(15), ALL_SPEAK, UNITS},                                \
            {"record_confirm", true, MINUTES(10), ALL_SPEAK, 0}, {"closed", true, 0, 0, 0},        \
    }

static const HeardKindRow kinds[HEARD_KIND_COUNT] = {
    [HEARD_KIND_RECEPTION] =
        {
            .name = "reception",
            .letter = 'R',
            .phases = RECEPTION_PHASES,
            .phase_count = 7,
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
            .phases = RECEPTION_PHASES,
            .phase_count = 7,
            .chair = BIT(HEARD_ROLE_PRESIDING) | BIT(HEARD_ROLE_CLERK),
            .desk = BIT(HEARD_ROLE_PRESIDING) | BIT(HEARD_ROLE_CLERK),
            .required_side = PETITIONERS,
            .presiding_may_be_clerk = false,
            .recorded = true,
            .petitioners_max = 5, /* Regulations Art. 20 */
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
