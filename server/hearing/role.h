/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Roles and what each of them may do: the table of domain.md 3.8 as data.
 *
 * A role is held in one hearing by one seat. Whether a permission applies now (phase,
 * delegation, presence) is the hearing's business; this table only says yes, no or
 * "under a condition".
 *
 * Threads  Pure; any thread.
 * Errors   An unknown wire name is an answer (false), never a failure.
 */

#include <stdbool.h>
#include <stdint.h>

/* In the order of the columns of domain.md 3.8. */
typedef enum {
    HEARD_ROLE_PETITIONER,
    HEARD_ROLE_AGENT,
    HEARD_ROLE_DEPARTMENT,
    HEARD_ROLE_LEAD_UNIT,
    HEARD_ROLE_PRESIDING,
    HEARD_ROLE_PANELIST,
    HEARD_ROLE_CLERK,
    HEARD_ROLE_MEDIATOR,
    HEARD_ROLE_INTERPRETER,
    HEARD_ROLE_WITNESS,
    HEARD_ROLE_OBSERVER,
    HEARD_ROLE_SUPERVISOR,
    HEARD_ROLE_CASE_LEAD,
    HEARD_ROLE_UNIT_SCHEDULER,
    HEARD_ROLE_ARCHIVIST,
    HEARD_ROLE_SYS_ADMIN,
    HEARD_ROLE_SEC_ADMIN,
    HEARD_ROLE_AUDIT_ADMIN,
    HEARD_ROLE_COUNT
} HeardRole;

/* In the order of the rows of domain.md 3.8. */
typedef enum {
    HEARD_MAY_REQUEST_HEARING,
    HEARD_MAY_SCHEDULE,
    HEARD_MAY_JOIN,
    HEARD_MAY_SPEAK,
    HEARD_MAY_SHARE,
    HEARD_MAY_ADMIT, /* and mute, and remove */
    HEARD_MAY_ADVANCE,
    HEARD_MAY_SUMMON,
    HEARD_MAY_RECORD,
    HEARD_MAY_CAUCUS,
    HEARD_MAY_DELIBERATE,
    HEARD_MAY_EDIT_MINUTES,
    HEARD_MAY_SIGN,
    HEARD_MAY_NAME_OWNER,
    HEARD_MAY_VIEW_TIMELINE,
    HEARD_MAY_PLAY_RECORDING,
    HEARD_MAY_EXPORT_RECORDING,
    HEARD_MAY_SUPERVISE,
    HEARD_MAY_EVALUATE,
    HEARD_MAY_RETAIN, /* retention, hold, destruction: two persons */
    HEARD_MAY_SET_ACCOUNTS,
    HEARD_MAY_SET_POLICIES,
    HEARD_MAY_READ_AUDIT,
    HEARD_MAY_COUNT
} HeardPermission;

typedef enum {
    HEARD_PERMIT_NO,
    HEARD_PERMIT_SOME, /* only own, only when granted, or only in own phase */
    HEARD_PERMIT_YES,
} HeardPermit;

typedef enum {
    HEARD_SIDE_PETITIONER,
    HEARD_SIDE_RESPONDENT,
    HEARD_SIDE_NEUTRAL,
    HEARD_SIDE_PANEL,
    HEARD_SIDE_STAFF,
    HEARD_SIDE_OBSERVER,
    HEARD_SIDE_COUNT
} HeardSide;

typedef uint32_t HeardRoleMask;
#define HEARD_ROLE_BIT(role) ((HeardRoleMask)1u << (role))

HeardPermit heard_role_permit(HeardRole role, HeardPermission permission);

/* Wire name ("lead_unit") and the letter of the table's column ('L'). */
const char *heard_role_name(HeardRole role);
char heard_role_letter(HeardRole role);
bool heard_role_from_name(const char *name, HeardRole *ret_role);
const char *heard_permission_name(HeardPermission permission);

/* The side a role sits on when its seat says nothing else. */
HeardSide heard_role_side(HeardRole role);
const char *heard_side_name(HeardSide side);
bool heard_side_from_name(const char *name, HeardSide *ret_side);

/*
 * People who come on duty, by an account or a personal staff link: the link or login is
 * their identity, and recording is told to them as a condition of the work. Everybody
 * else is identified at each hearing and asked for consent (domain.md 2.4, rules 4, 7).
 */
bool heard_role_on_duty(HeardRole role);
