/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/hearing_internal.h"

#include <string.h>

/* A witness hears nothing before testifying (domain.md 2.2, 2.4 rule 26), so where a kind has
 * the room `witness` one waits there: a room without any media, hence without any router. */

static bool has_waiting_room(const HeardHearing *self)
{
    return (self->config.profile->rooms & HEARD_ROOM_BIT(HEARD_ROOM_WITNESS)) != 0;
}

/* Where witnesses have the word by the profile. */
static bool is_witness_phase(const HeardHearing *self)
{
    return (self->config.profile->phases[self->phase].speak & HEARD_ROLE_BIT(HEARD_ROLE_WITNESS)) !=
           0;
}

bool heard_hearing_waits_outside(const HeardHearing *self, uint16_t person)
{
    const HeardPerson *p = &self->people[person];

    return p->role == HEARD_ROLE_WITNESS && !p->called && has_waiting_room(self);
}

bool heard_hearing_shows(const HeardHearing *self, uint16_t viewer, uint16_t person)
{
    const HeardPerson *p = &self->people[person];

    for (unsigned i = 0; i < p->unseen_count; i++) {
        if (p->unseen_by[i] == viewer)
            return false;
    }
    return true;
}

static uint16_t find_called(const HeardHearing *self)
{
    for (unsigned i = 0; i < self->person_count; i++) {
        if (self->people[i].called)
            return (uint16_t)i;
    }
    return HEARD_NOBODY;
}

HeardAnswer heard_witness_check(const HeardHearing *self, HeardVerb verb)
{
    if (!has_waiting_room(self))
        return HEARD_ANSWER_NOT_WITNESS;
    if (verb == HEARD_VERB_WITNESS_DISMISS)
        return find_called(self) != HEARD_NOBODY ? HEARD_ANSWER_OK : HEARD_ANSWER_WITNESS_WAITS;
    return is_witness_phase(self) ? HEARD_ANSWER_OK : HEARD_ANSWER_NOT_WITNESS_PHASE;
}

static HeardAnswer call(HeardHearing *self, uint16_t target)
{
    HeardPerson *p = &self->people[target];
    uint16_t inside = find_called(self);

    if (p->role != HEARD_ROLE_WITNESS)
        return HEARD_ANSWER_NOT_WITNESS;
    if (inside == target)
        return HEARD_ANSWER_UNCHANGED;
    /* One at a time: who comes next has not heard who came before. */
    if (inside != HEARD_NOBODY)
        return HEARD_ANSWER_WITNESS_INSIDE;
    if (!heard_rules_is_here(p))
        return p->admitted ? HEARD_ANSWER_NOT_ONLINE : HEARD_ANSWER_NOT_ADMITTED;
    p->called = true;
    p->testified = true;
    return HEARD_ANSWER_OK;
}

static void send_out(HeardHearing *self, uint16_t person)
{
    self->people[person].called = false;
    heard_floor_lower(&self->floor, person);
}

static HeardAnswer dismiss(HeardHearing *self, uint16_t target)
{
    HeardPerson *p = &self->people[target];

    if (p->role != HEARD_ROLE_WITNESS)
        return HEARD_ANSWER_NOT_WITNESS;
    if (!p->called)
        return HEARD_ANSWER_WITNESS_WAITS;
    send_out(self, target);
    return HEARD_ANSWER_OK;
}

/* Officials are named and seen; who decides has to see whom the decision is about. */
static bool may_be_screened(HeardRole role)
{
    return role == HEARD_ROLE_PETITIONER || role == HEARD_ROLE_AGENT ||
           role == HEARD_ROLE_WITNESS || role == HEARD_ROLE_INTERPRETER;
}

static bool may_be_kept_from(const HeardHearing *self, const HeardPerson *p)
{
    return !heard_rules_leads(self, p) && p->role != HEARD_ROLE_PANELIST &&
           heard_role_permit(p->role, HEARD_MAY_ADMIT) == HEARD_PERMIT_NO;
}

static HeardAnswer screen(HeardHearing *self, const HeardCommand *command, uint16_t target)
{
    uint16_t unseen_by[HEARD_SCREENED_MAX] = {0};
    HeardPerson *p = &self->people[target];
    unsigned count = 0;

    if (!may_be_screened(p->role))
        return HEARD_ANSWER_NOT_SCREENABLE;
    for (unsigned i = 0; i < command->from_count; i++) {
        uint16_t other = heard_hearing_find(self, command->from[i]);
        bool twice = false;

        if (other == HEARD_NOBODY)
            return HEARD_ANSWER_UNKNOWN_PERSON;
        if (other == target || !may_be_kept_from(self, &self->people[other]))
            return HEARD_ANSWER_NOT_SCREENABLE;
        for (unsigned k = 0; k < count; k++)
            twice = twice || unseen_by[k] == other;
        if (!twice)
            unseen_by[count++] = other;
    }
    if (p->unseen_count == count && memcmp(p->unseen_by, unseen_by, sizeof unseen_by) == 0)
        return HEARD_ANSWER_UNCHANGED;
    memcpy(p->unseen_by, unseen_by, sizeof unseen_by);
    p->unseen_count = count;
    return HEARD_ANSWER_OK;
}

HeardAnswer heard_witness_do(HeardHearing *self, const HeardCommand *command, uint16_t target)
{
    if (target == HEARD_NOBODY)
        return HEARD_ANSWER_UNKNOWN_PERSON;
    switch (command->verb) {
    case HEARD_VERB_WITNESS_CALL:
        return call(self, target);
    case HEARD_VERB_WITNESS_DISMISS:
        return dismiss(self, target);
    default:
        return screen(self, command, target);
    }
}

void heard_witness_settle(HeardHearing *self)
{
    uint16_t inside = find_called(self);

    if (inside != HEARD_NOBODY && (!is_witness_phase(self) || !self->people[inside].admitted))
        send_out(self, inside);
}
