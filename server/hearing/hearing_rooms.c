/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/hearing_internal.h"

#include <string.h>

static bool has_room(const HeardHearing *self, HeardRoomKind room)
{
    return (self->config.profile->rooms & HEARD_ROOM_BIT(room)) != 0;
}

static bool has_caucus(const HeardHearing *self, HeardRoomKind room)
{
    return heard_room_is_caucus(room) && has_room(self, room);
}

static bool is_mediator(const HeardPerson *p)
{
    return heard_role_permit(p->role, HEARD_MAY_CAUCUS) == HEARD_PERMIT_YES;
}

static HeardSide side_of(HeardRoomKind caucus)
{
    return caucus == HEARD_ROOM_CAUCUS_A ? HEARD_SIDE_PETITIONER : HEARD_SIDE_RESPONDENT;
}

static bool belongs(const HeardPerson *p, HeardRoomKind caucus)
{
    return heard_role_permit(p->role, HEARD_MAY_CAUCUS) == HEARD_PERMIT_SOME &&
           p->side == side_of(caucus);
}

/* An interpreter sits on no side and goes where it is needed. */
static bool may_be_invited(const HeardPerson *p, HeardRoomKind caucus)
{
    return belongs(p, caucus) || p->role == HEARD_ROLE_INTERPRETER;
}

static HeardAnswer may_enter(const HeardHearing *self, const HeardPerson *p, HeardRoomKind room)
{
    const HeardRoom *state = &self->rooms[room];
    bool freely = is_mediator(p) || p->invited == room;

    if (!has_caucus(self, room) || (!freely && !belongs(p, room)))
        return HEARD_ANSWER_WRONG_ROOM;
    if (!state->open)
        return HEARD_ANSWER_ROOM_CLOSED;
    return state->locked && !freely ? HEARD_ANSWER_ROOM_LOCKED : HEARD_ANSWER_OK;
}

/* ---- what may be sent ---- */

static bool can_enter_any(const HeardHearing *self, const HeardPerson *p)
{
    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++) {
        if (p->room != (HeardRoomKind)i && may_enter(self, p, (HeardRoomKind)i) == HEARD_ANSWER_OK)
            return true;
    }
    return false;
}

static unsigned count_caucuses(const HeardHearing *self, bool open)
{
    unsigned count = 0;

    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++)
        count += has_caucus(self, (HeardRoomKind)i) && self->rooms[i].open == open;
    return count;
}

HeardAnswer heard_rooms_check(const HeardHearing *self, uint16_t person, HeardVerb verb)
{
    const HeardPerson *p = &self->people[person];

    if (count_caucuses(self, false) + count_caucuses(self, true) == 0)
        return HEARD_ANSWER_WRONG_ROOM;
    switch (verb) {
    case HEARD_VERB_ROOM_OPEN:
        return count_caucuses(self, false) > 0 ? HEARD_ANSWER_OK : HEARD_ANSWER_ROOM_OPEN;
    case HEARD_VERB_ROOM_INVITE:
    case HEARD_VERB_ROOM_LOCK:
    case HEARD_VERB_ROOM_CLOSE:
        return count_caucuses(self, true) > 0 ? HEARD_ANSWER_OK : HEARD_ANSWER_ROOM_CLOSED;
    case HEARD_VERB_ROOM_ANSWER:
        return p->invited != HEARD_ROOM_NONE ? HEARD_ANSWER_OK : HEARD_ANSWER_NOT_INVITED;
    case HEARD_VERB_ROOM_LEAVE:
        return heard_room_is_caucus(p->room) ? HEARD_ANSWER_OK : HEARD_ANSWER_NOT_IN_ROOM;
    default:
        return HEARD_ANSWER_OK; /* enter: which room decides */
    }
}

bool heard_rooms_offers(const HeardHearing *self, uint16_t person, HeardVerb verb)
{
    return verb != HEARD_VERB_ROOM_ENTER || can_enter_any(self, &self->people[person]);
}

/* ---- acts ---- */

static HeardAnswer open_caucus(HeardHearing *self, const HeardCommand *command, uint16_t actor)
{
    HeardRoom *room = &self->rooms[command->room];

    if (!has_caucus(self, command->room))
        return HEARD_ANSWER_WRONG_ROOM;
    if (room->open)
        return HEARD_ANSWER_ROOM_OPEN;
    room->open = true;
    room->locked = false;
    room->by = actor;
    room->since_ms = command->wall_ms;
    self->people[actor].room = command->room;
    for (unsigned i = 0; i < self->person_count; i++) {
        HeardPerson *p = &self->people[i];

        if (heard_rules_is_here(p) && belongs(p, command->room))
            p->invited = command->room;
    }
    return HEARD_ANSWER_OK;
}

static HeardAnswer invite(HeardHearing *self, const HeardCommand *command, uint16_t target)
{
    HeardPerson *p = &self->people[target];

    if (!has_caucus(self, command->room) || !may_be_invited(p, command->room))
        return HEARD_ANSWER_WRONG_ROOM;
    if (!self->rooms[command->room].open)
        return HEARD_ANSWER_ROOM_CLOSED;
    if (!heard_rules_is_here(p))
        return p->admitted ? HEARD_ANSWER_NOT_ONLINE : HEARD_ANSWER_NOT_ADMITTED;
    if (p->room == command->room || p->invited == command->room)
        return HEARD_ANSWER_UNCHANGED;
    p->invited = command->room;
    return HEARD_ANSWER_OK;
}

static HeardAnswer answer(HeardHearing *self, const HeardCommand *command, uint16_t actor)
{
    HeardPerson *p = &self->people[actor];

    if (p->invited != command->room)
        return HEARD_ANSWER_NOT_INVITED;
    p->invited = HEARD_ROOM_NONE;
    if (command->accepted)
        p->room = command->room;
    return HEARD_ANSWER_OK;
}

static HeardAnswer enter(HeardHearing *self, const HeardCommand *command, uint16_t actor)
{
    HeardPerson *p = &self->people[actor];
    HeardAnswer may = may_enter(self, p, command->room);

    if (may != HEARD_ANSWER_OK)
        return may;
    if (p->room == command->room)
        return HEARD_ANSWER_UNCHANGED;
    p->room = command->room;
    return HEARD_ANSWER_OK;
}

static HeardAnswer lock(HeardHearing *self, const HeardCommand *command)
{
    HeardRoom *room = &self->rooms[command->room];

    if (!has_caucus(self, command->room))
        return HEARD_ANSWER_WRONG_ROOM;
    if (!room->open)
        return HEARD_ANSWER_ROOM_CLOSED;
    if (room->locked == command->locked)
        return HEARD_ANSWER_UNCHANGED;
    room->locked = command->locked;
    return HEARD_ANSWER_OK;
}

static HeardAnswer close_caucus(HeardHearing *self, const HeardCommand *command)
{
    if (!has_caucus(self, command->room))
        return HEARD_ANSWER_WRONG_ROOM;
    if (!self->rooms[command->room].open)
        return HEARD_ANSWER_ROOM_CLOSED;
    self->rooms[command->room].open = false;
    return HEARD_ANSWER_OK;
}

HeardAnswer heard_rooms_do(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                           uint16_t target)
{
    switch (command->verb) {
    case HEARD_VERB_ROOM_OPEN:
        return open_caucus(self, command, actor);
    case HEARD_VERB_ROOM_INVITE:
        return target == HEARD_NOBODY ? HEARD_ANSWER_UNKNOWN_PERSON : invite(self, command, target);
    case HEARD_VERB_ROOM_ANSWER:
        return answer(self, command, actor);
    case HEARD_VERB_ROOM_ENTER:
        return enter(self, command, actor);
    case HEARD_VERB_ROOM_LEAVE:
        self->people[actor].room = HEARD_ROOM_NONE;
        return HEARD_ANSWER_OK;
    case HEARD_VERB_ROOM_LOCK:
        return lock(self, command);
    case HEARD_VERB_ROOM_CLOSE:
        return close_caucus(self, command);
    default:
        g_assert_not_reached();
    }
}

/* ---- what follows from every command ---- */

static bool is_anyone_in(const HeardHearing *self, HeardRoomKind room)
{
    for (unsigned i = 0; i < self->person_count; i++) {
        if (self->people[i].admitted && self->people[i].room == room)
            return true;
    }
    return false;
}

/* Which rooms are open: the deliberation with its phase, a caucus while somebody is in it,
 * none unless the hearing is live. */
static void settle_rooms(HeardHearing *self, uint16_t actor, int64_t now_ms)
{
    const HeardProfile *profile = self->config.profile;
    HeardRoom *deliberation = &self->rooms[HEARD_ROOM_DELIBERATION];
    bool live = self->state == HEARD_STATE_LIVE;

    if (profile->deliberation && live && self->phase == profile->deliberation &&
        !deliberation->open) {
        deliberation->by = actor;
        deliberation->since_ms = now_ms;
    }
    deliberation->open = profile->deliberation && live && self->phase == profile->deliberation;
    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++) {
        HeardRoom *room = &self->rooms[i];

        if (has_caucus(self, (HeardRoomKind)i))
            room->open = room->open && live && is_anyone_in(self, (HeardRoomKind)i);
        if (!room->open)
            memset(room, 0, sizeof *room);
    }
}

static bool is_placed(const HeardPerson *p)
{
    return heard_rules_is_here(p) || (p->presence == HEARD_PRESENCE_DISCONNECTED && p->admitted);
}

static void settle_person(HeardHearing *self, HeardPerson *p)
{
    if (is_placed(p) && self->rooms[HEARD_ROOM_DELIBERATION].open &&
        heard_role_permit(p->role, HEARD_MAY_DELIBERATE) != HEARD_PERMIT_NO)
        p->room = HEARD_ROOM_DELIBERATION;
    if (!is_placed(p) || !self->rooms[p->room].open)
        p->room = HEARD_ROOM_NONE;
    if (!is_placed(p) || !self->rooms[p->invited].open || p->invited == p->room)
        p->invited = HEARD_ROOM_NONE;
}

/* The connection is not carried into another room: who had one makes a new one. */
static void settle_presence(HeardPerson *p, bool moved, int64_t now_us)
{
    if (moved)
        p->in_media = false;
    if (!heard_rules_is_here(p))
        return;
    if (!p->online && !p->in_media) {
        p->presence = HEARD_PRESENCE_DISCONNECTED;
        p->offline_since_us = now_us;
    } else if (p->room != HEARD_ROOM_NONE) {
        p->presence = HEARD_PRESENCE_IN_CAUCUS;
    } else {
        p->presence = p->in_media ? HEARD_PRESENCE_PRESENT : HEARD_PRESENCE_ADMITTED;
    }
}

void heard_rooms_settle(HeardHearing *self, const HeardHearing *before, const HeardCommand *command,
                        uint16_t actor)
{
    HeardRoomKind reason;

    heard_witness_settle(self);
    settle_rooms(self, actor, command->wall_ms);
    for (unsigned i = 0; i < self->person_count; i++)
        settle_person(self, &self->people[i]);
    for (unsigned i = 0; i < self->person_count; i++)
        settle_presence(&self->people[i],
                        heard_hearing_room_of(before, (uint16_t)i) !=
                            heard_hearing_room_of(self, (uint16_t)i),
                        command->now_us);
    if (!heard_hearing_apart(self, &reason))
        self->apart_since_ms = 0;
    else if (self->apart_since_ms == 0)
        self->apart_since_ms = command->wall_ms;
}

bool heard_hearing_apart(const HeardHearing *self, HeardRoomKind *ret_reason)
{
    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++) {
        if (self->rooms[i].open) {
            *ret_reason = (HeardRoomKind)i;
            return true;
        }
    }
    return false;
}
