/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/hearing_internal.h"

G_STATIC_ASSERT((int)HEARD_ORDER_NOBODY == (int)HEARD_NOBODY);
G_STATIC_ASSERT((int)HEARD_ORDER_REASON_SIZE == (int)HEARD_REASON_SIZE);
G_STATIC_ASSERT((int)HEARD_ORDER_PHASES_MAX == (int)HEARD_PHASES_MAX);

/* ---- who may speak in spite of, or because of it ---- */

bool heard_floor_has(const HeardHearing *self, uint16_t person)
{
    return self->order.holder == person;
}

/* A lock leaves the one who presides, the one whose turn it is, and who makes both understood. */
bool heard_floor_silences(const HeardHearing *self, uint16_t person)
{
    const HeardPerson *p = &self->people[person];

    return self->order.locked && !heard_floor_has(self, person) && !heard_rules_leads(self, p) &&
           p->role != HEARD_ROLE_INTERPRETER;
}

HeardTalk heard_hearing_talk_of(const HeardHearing *self, uint16_t person)
{
    switch (self->people[person].side) {
    case HEARD_SIDE_PETITIONER:
        return HEARD_TALK_PETITIONER;
    case HEARD_SIDE_RESPONDENT:
        return HEARD_TALK_RESPONDENT;
    case HEARD_SIDE_NEUTRAL:
    case HEARD_SIDE_PANEL:
    case HEARD_SIDE_STAFF:
    case HEARD_SIDE_OBSERVER:
    case HEARD_SIDE_COUNT:
        break;
    }
    return HEARD_TALK_NEUTRAL;
}

/* ---- what may be sent ---- */

static bool is_floor_verb(HeardVerb verb)
{
    return verb >= HEARD_VERB_FLOOR_GIVE && verb <= HEARD_VERB_SPOTLIGHT_CLEAR;
}

HeardAnswer heard_floor_check(const HeardHearing *self, uint16_t person, HeardVerb verb)
{
    /* Who has the floor may give it back. */
    if (verb != HEARD_VERB_FLOOR_TAKE || heard_floor_has(self, person))
        return HEARD_ANSWER_OK;
    return heard_rules_check(self, person, HEARD_VERB_ORDER_LOCK);
}

bool heard_floor_offers(const HeardHearing *self, HeardVerb verb)
{
    if (!is_floor_verb(verb))
        return true;
    return (verb != HEARD_VERB_FLOOR_TAKE || self->order.holder != HEARD_NOBODY) &&
           (verb != HEARD_VERB_SPOTLIGHT_CLEAR || self->order.spotlight != HEARD_NOBODY);
}

/* domain.md 2.4, order: who goes is gone after warnings. From the lobby nobody disturbs the
 * hearing; who was sent there for disturbing it does not lose the right to be warned. */
HeardAnswer heard_floor_may_remove(const HeardHearing *self, const HeardCommand *command,
                                   uint16_t target)
{
    const HeardPerson *p = &self->people[target];
    bool was_in = p->admitted || (p->held && heard_rules_identified(p));

    (void)self;
    return was_in && p->warnings == 0 && !command->safety ? HEARD_ANSWER_WARNING_MISSING
                                                          : HEARD_ANSWER_OK;
}

/* ---- acts ---- */

static HeardAnswer is_in_main(const HeardHearing *self, uint16_t person)
{
    const HeardPerson *p = &self->people[person];

    if (p->presence == HEARD_PRESENCE_REMOVED)
        return HEARD_ANSWER_REMOVED;
    if (!heard_rules_is_here(p))
        return p->admitted ? HEARD_ANSWER_NOT_ONLINE : HEARD_ANSWER_NOT_ADMITTED;
    if (heard_hearing_waits_outside(self, person))
        return HEARD_ANSWER_WITNESS_WAITS;
    return p->room == HEARD_ROOM_NONE ? HEARD_ANSWER_OK : HEARD_ANSWER_WRONG_ROOM;
}

static HeardAnswer give(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                        uint16_t target)
{
    HeardPerson *p = &self->people[target];
    HeardAnswer here = is_in_main(self, target);
    int64_t limit_ms = (int64_t)command->minutes * 60 * 1000;

    if (here != HEARD_ANSWER_OK)
        return here;
    if (heard_role_permit(p->role, HEARD_MAY_SPEAK) == HEARD_PERMIT_NO)
        return HEARD_ANSWER_SOURCE_BLOCKED;
    if (heard_floor_has(self, target) && self->order.limit_ms == limit_ms)
        return HEARD_ANSWER_UNCHANGED;
    heard_order_give(&self->order, target, actor, command->wall_ms, limit_ms);
    /* A turn is of no use to who is still muted. */
    p->blocked[HEARD_SEND_MICROPHONE] = false;
    p->blocked_by[HEARD_SEND_MICROPHONE] = HEARD_NOBODY;
    heard_floor_lower(&self->floor, target);
    return HEARD_ANSWER_OK;
}

static HeardAnswer warn(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                        uint16_t target)
{
    HeardPerson *p = &self->people[target];

    if (actor == target || heard_rules_leads(self, p))
        return HEARD_ANSWER_PROTECTED;
    if (p->presence == HEARD_PRESENCE_REMOVED)
        return HEARD_ANSWER_REMOVED;
    if (!p->admitted)
        return HEARD_ANSWER_NOT_ADMITTED;
    if (command->reason[0] == '\0')
        return HEARD_ANSWER_REASON_MISSING;
    p->warnings++;
    heard_order_warn(&self->order, target, command->reason, command->wall_ms);
    return HEARD_ANSWER_OK;
}

static HeardAnswer shine(HeardHearing *self, uint16_t target)
{
    HeardAnswer here = is_in_main(self, target);

    if (here != HEARD_ANSWER_OK)
        return here;
    if (heard_role_permit(self->people[target].role, HEARD_MAY_SPEAK) == HEARD_PERMIT_NO)
        return HEARD_ANSWER_SOURCE_BLOCKED; /* who is never seen */
    if (self->order.spotlight == target)
        return HEARD_ANSWER_UNCHANGED;
    self->order.spotlight = target;
    return HEARD_ANSWER_OK;
}

HeardAnswer heard_floor_do(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                           uint16_t target)
{
    HeardOrder *order = &self->order;

    switch (command->verb) {
    case HEARD_VERB_FLOOR_GIVE:
        return give(self, command, actor, target);
    case HEARD_VERB_FLOOR_TAKE:
        if (order->holder == HEARD_NOBODY)
            return HEARD_ANSWER_UNCHANGED;
        heard_order_take(order);
        return HEARD_ANSWER_OK;
    case HEARD_VERB_ORDER_WARN:
        return warn(self, command, actor, target);
    case HEARD_VERB_ORDER_LOCK:
        if (order->locked == command->locked)
            return HEARD_ANSWER_UNCHANGED;
        heard_order_lock(order, command->locked, command->wall_ms);
        return HEARD_ANSWER_OK;
    case HEARD_VERB_SPOTLIGHT_SET:
        return shine(self, target);
    case HEARD_VERB_SPOTLIGHT_CLEAR:
        if (order->spotlight == HEARD_NOBODY)
            return HEARD_ANSWER_UNCHANGED;
        order->spotlight = HEARD_NOBODY;
        return HEARD_ANSWER_OK;
    default:
        g_assert_not_reached();
    }
}

/* What was measured while the phase ran; it may be over by now. */
HeardAnswer heard_floor_count(HeardHearing *self, const HeardCommand *command)
{
    int phase = heard_profile_find_phase(self->config.profile, command->phase);
    bool any = false;

    if (phase < 0 || !self->config.profile->phases[phase].equal_time)
        return HEARD_ANSWER_UNKNOWN_PHASE;
    for (unsigned i = 0; i < HEARD_TALK_COUNT; i++) {
        self->order.spoken_ms[phase][i] += command->spoken_ms[i];
        any |= command->spoken_ms[i] != 0;
    }
    return any ? HEARD_ANSWER_OK : HEARD_ANSWER_UNCHANGED;
}

/* ---- what follows from every command ---- */

/* Also while the line is lost: the seat is kept, so the turn is. */
static bool is_placed_in_main(const HeardHearing *self, uint16_t person)
{
    const HeardPerson *p = &self->people[person];

    return p->admitted && p->room == HEARD_ROOM_NONE &&
           !heard_hearing_waits_outside(self, person) &&
           (heard_rules_is_here(p) || p->presence == HEARD_PRESENCE_DISCONNECTED);
}

void heard_floor_settle(HeardHearing *self, const HeardHearing *before)
{
    HeardOrder *order = &self->order;
    bool over = heard_hearing_over(self);

    if (order->holder != HEARD_NOBODY) {
        const HeardPerson *p = &self->people[order->holder];

        /* A phase gives the word anew; who is muted has none. */
        if (over || self->phase != before->phase || !is_placed_in_main(self, order->holder) ||
            p->blocked[HEARD_SEND_MICROPHONE])
            heard_order_take(order);
    }
    if (order->spotlight != HEARD_NOBODY && (over || !is_placed_in_main(self, order->spotlight)))
        order->spotlight = HEARD_NOBODY;
    if (over && order->locked)
        heard_order_lock(order, false, 0);
}
