/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/role.h"

#include <string.h>

typedef struct {
    const char *name;
    char letter;
    HeardSide side;
    bool on_duty;
} RoleRow;

static const RoleRow roles[HEARD_ROLE_COUNT] = {
    [HEARD_ROLE_PETITIONER] = {"petitioner", 'P', HEARD_SIDE_PETITIONER, false},
    [HEARD_ROLE_AGENT] = {"agent", 'A', HEARD_SIDE_PETITIONER, false},
    [HEARD_ROLE_DEPARTMENT] = {"department", 'D', HEARD_SIDE_RESPONDENT, true},
    [HEARD_ROLE_LEAD_UNIT] = {"lead_unit", 'L', HEARD_SIDE_RESPONDENT, true},
    [HEARD_ROLE_PRESIDING] = {"presiding", 'R', HEARD_SIDE_STAFF, true},
    [HEARD_ROLE_PANELIST] = {"panelist", 'N', HEARD_SIDE_PANEL, false},
    [HEARD_ROLE_CLERK] = {"clerk", 'K', HEARD_SIDE_STAFF, true},
    [HEARD_ROLE_MEDIATOR] = {"mediator", 'M', HEARD_SIDE_NEUTRAL, true},
    [HEARD_ROLE_INTERPRETER] = {"interpreter", 'I', HEARD_SIDE_NEUTRAL, false},
    [HEARD_ROLE_WITNESS] = {"witness", 'W', HEARD_SIDE_NEUTRAL, false},
    [HEARD_ROLE_OBSERVER] = {"observer", 'O', HEARD_SIDE_OBSERVER, false},
    [HEARD_ROLE_SUPERVISOR] = {"supervisor", 'S', HEARD_SIDE_OBSERVER, true},
    [HEARD_ROLE_CASE_LEAD] = {"case_lead", 'C', HEARD_SIDE_STAFF, true},
    [HEARD_ROLE_UNIT_SCHEDULER] = {"unit_scheduler", 'U', HEARD_SIDE_STAFF, true},
    [HEARD_ROLE_ARCHIVIST] = {"archivist", 'G', HEARD_SIDE_STAFF, true},
    [HEARD_ROLE_SYS_ADMIN] = {"sys_admin", 'Y', HEARD_SIDE_STAFF, true},
    [HEARD_ROLE_SEC_ADMIN] = {"sec_admin", 'X', HEARD_SIDE_STAFF, true},
    [HEARD_ROLE_AUDIT_ADMIN] = {"audit_admin", 'Z', HEARD_SIDE_STAFF, true},
};

typedef struct {
    const char *name;
    const char *cells; /* one a role: '*' yes, 'o' under a condition, '.' no */
} PermissionRow;

/* clang-format off */
/* Read it beside domain.md 3.8: same rows, same columns. */
static const PermissionRow permissions[HEARD_MAY_COUNT] = {
    /*                                                     PADLRNKMIWOSCUGYXZ */
    [HEARD_MAY_REQUEST_HEARING] =     {"request_hearing",  "****...*....**...."},
    [HEARD_MAY_SCHEDULE] =            {"schedule",         "...o*.o*.....*...."},
    [HEARD_MAY_JOIN] =                {"join",             "*********ooo*....."},
    [HEARD_MAY_SPEAK] =               {"speak",            "oooo*oo**o..o....."},
    [HEARD_MAY_SHARE] =               {"share",            "oooo*.**.o........"},
    [HEARD_MAY_ADMIT] =               {"admit",            "....*.o*.........."},
    [HEARD_MAY_ADVANCE] =             {"advance",          "....*.o*.........."},
    [HEARD_MAY_SUMMON] =              {"summon",           "...**.o.....**...."},
    [HEARD_MAY_RECORD] =              {"record",           "....*.*o.........."},
    [HEARD_MAY_CAUCUS] =              {"caucus",           "ooo....*o........."},
    [HEARD_MAY_DELIBERATE] =          {"deliberate",       "....o*o..........."},
    [HEARD_MAY_EDIT_MINUTES] =        {"edit_minutes",     "....o.**.........."},
    [HEARD_MAY_SIGN] =                {"sign",             "********oo........"},
    [HEARD_MAY_NAME_OWNER] =          {"name_owner",       "..o**.o.....*....."},
    [HEARD_MAY_VIEW_TIMELINE] =       {"view_timeline",    "*****.**...***...."},
    [HEARD_MAY_PLAY_RECORDING] =      {"play_recording",   "oooo*o**...**.*..."},
    [HEARD_MAY_EXPORT_RECORDING] =    {"export_recording", "....o......o..*..."},
    [HEARD_MAY_SUPERVISE] =           {"supervise",        "...........**....."},
    [HEARD_MAY_EVALUATE] =            {"evaluate",         "*o................"},
    [HEARD_MAY_RETAIN] =              {"retain",           "..............*.o."},
    [HEARD_MAY_SET_ACCOUNTS] =        {"set_accounts",     "...............*.."},
    [HEARD_MAY_SET_POLICIES] =        {"set_policies",     "................*."},
    [HEARD_MAY_READ_AUDIT] =          {"read_audit",       ".................*"},
};

/* clang-format on */

static const char *const sides[HEARD_SIDE_COUNT] = {
    [HEARD_SIDE_PETITIONER] = "petitioner", [HEARD_SIDE_RESPONDENT] = "respondent",
    [HEARD_SIDE_NEUTRAL] = "neutral",       [HEARD_SIDE_PANEL] = "panel",
    [HEARD_SIDE_STAFF] = "staff",           [HEARD_SIDE_OBSERVER] = "observer",
};

HeardPermit heard_role_permit(HeardRole role, HeardPermission permission)
{
    if ((unsigned)role >= HEARD_ROLE_COUNT || (unsigned)permission >= HEARD_MAY_COUNT)
        return HEARD_PERMIT_NO;
    switch (permissions[permission].cells[role]) {
    case '*':
        return HEARD_PERMIT_YES;
    case 'o':
        return HEARD_PERMIT_SOME;
    default:
        return HEARD_PERMIT_NO;
    }
}

const char *heard_role_name(HeardRole role)
{
    return roles[role].name;
}

char heard_role_letter(HeardRole role)
{
    return roles[role].letter;
}

bool heard_role_from_name(const char *name, HeardRole *ret_role)
{
    for (unsigned i = 0; i < HEARD_ROLE_COUNT; i++) {
        if (strcmp(roles[i].name, name) == 0) {
            *ret_role = (HeardRole)i;
            return true;
        }
    }
    return false;
}

const char *heard_permission_name(HeardPermission permission)
{
    return permissions[permission].name;
}

HeardSide heard_role_side(HeardRole role)
{
    return roles[role].side;
}

const char *heard_side_name(HeardSide side)
{
    return sides[side];
}

bool heard_side_from_name(const char *name, HeardSide *ret_side)
{
    for (unsigned i = 0; i < HEARD_SIDE_COUNT; i++) {
        if (strcmp(sides[i], name) == 0) {
            *ret_side = (HeardSide)i;
            return true;
        }
    }
    return false;
}

bool heard_role_on_duty(HeardRole role)
{
    return roles[role].on_duty;
}
