/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/hearing_internal.h"

typedef enum {
    NEEDS_FULL = 1 << 0,   /* "under a condition" is not enough */
    NEEDS_CHAIR = 1 << 1,  /* one of the kind's chairing roles */
    NEEDS_DESK = 1 << 2,   /* one of the kind's identity desk */
    NEEDS_HERE = 1 << 3,   /* admitted and connected */
    NEEDS_VOICE = 1 << 4,  /* not one who is there only to watch */
    NEEDS_PERMIT = 1 << 5, /* .permission counts */
    NEEDS_CAUCUS = 1 << 6, /* one who may be in a caucus at all */
} Needs;

#define IN(state) (1u << HEARD_STATE_##state)
#define ANY_OPEN  (IN(READY) | IN(LIVE) | IN(RECESSED))
#define BEFORE    (IN(SCHEDULED) | IN(NOTIFIED))

typedef struct {
    unsigned needs;
    HeardPermission permission;
    unsigned states;
    HeardAnswer otherwise; /* in another state */
} Rule;

#define DESK_RULE(extra)                                                                           \
    {                                                                                              \
        NEEDS_PERMIT | NEEDS_HERE | (extra), HEARD_MAY_ADMIT, ANY_OPEN, HEARD_ANSWER_NOT_READY     \
    }
#define CHAIR_RULE(extra, states, otherwise)                                                       \
    {                                                                                              \
        NEEDS_PERMIT | NEEDS_HERE | NEEDS_CHAIR | (extra), HEARD_MAY_ADVANCE, states, otherwise    \
    }

#define MEDIATOR_RULE                                                                              \
    {                                                                                              \
        NEEDS_PERMIT | NEEDS_HERE | NEEDS_FULL, HEARD_MAY_CAUCUS, IN(LIVE), HEARD_ANSWER_NOT_LIVE  \
    }
#define CAUCUS_RULE                                                                                \
    {                                                                                              \
        NEEDS_CAUCUS | NEEDS_HERE, 0, IN(LIVE), HEARD_ANSWER_NOT_LIVE                              \
    }

#define ORDER_RULE(extra, states)                                                                  \
    {                                                                                              \
        NEEDS_PERMIT | NEEDS_HERE | (extra), HEARD_MAY_ADMIT, states, HEARD_ANSWER_NOT_LIVE        \
    }

#define SUMMONS_RULE                                                                               \
    {                                                                                              \
        NEEDS_PERMIT | NEEDS_HERE, HEARD_MAY_SUMMON, IN(LIVE) | IN(RECESSED),                      \
            HEARD_ANSWER_NOT_LIVE                                                                  \
    }

static const Rule rules[HEARD_VERB_CLIENT_COUNT] = {
    [HEARD_VERB_CONSENT_GIVE] = {0, 0, BEFORE | ANY_OPEN, HEARD_ANSWER_NOT_READY},
    [HEARD_VERB_CHECK_IDENTITY] = DESK_RULE(NEEDS_DESK),
    [HEARD_VERB_ADMIT] = DESK_RULE(0),
    [HEARD_VERB_HOLD] = DESK_RULE(0),
    [HEARD_VERB_BLOCK] = DESK_RULE(0),
    [HEARD_VERB_REMOVE] = DESK_RULE(NEEDS_FULL),
    [HEARD_VERB_MEDIA_STATE] = {NEEDS_HERE | NEEDS_VOICE, 0, ANY_OPEN, HEARD_ANSWER_NOT_READY},
    [HEARD_VERB_HAND_RAISE] = {NEEDS_HERE | NEEDS_VOICE, 0, ANY_OPEN, HEARD_ANSWER_NOT_READY},
    [HEARD_VERB_HAND_LOWER] = {NEEDS_HERE | NEEDS_VOICE, 0, ANY_OPEN, HEARD_ANSWER_NOT_READY},
    [HEARD_VERB_OPEN] = CHAIR_RULE(NEEDS_FULL, IN(READY), HEARD_ANSWER_NOT_READY),
    [HEARD_VERB_ADVANCE] = CHAIR_RULE(0, IN(LIVE), HEARD_ANSWER_NOT_LIVE),
    [HEARD_VERB_RECESS] = CHAIR_RULE(0, IN(LIVE), HEARD_ANSWER_NOT_LIVE),
    [HEARD_VERB_RESUME] = CHAIR_RULE(0, IN(RECESSED), HEARD_ANSWER_NOT_RECESSED),
    [HEARD_VERB_CLOSE] = CHAIR_RULE(NEEDS_FULL, IN(LIVE) | IN(RECESSED), HEARD_ANSWER_NOT_LIVE),
    [HEARD_VERB_LEAVE] = {0, 0, ANY_OPEN, HEARD_ANSWER_NOT_READY},
    [HEARD_VERB_RECORDING_PAUSE] = {NEEDS_PERMIT | NEEDS_HERE | NEEDS_FULL, HEARD_MAY_RECORD,
                                    IN(LIVE), HEARD_ANSWER_NOT_LIVE},
    [HEARD_VERB_RECORDING_RESUME] = {NEEDS_PERMIT | NEEDS_HERE | NEEDS_FULL, HEARD_MAY_RECORD,
                                     IN(LIVE), HEARD_ANSWER_NOT_LIVE},
    [HEARD_VERB_ROOM_OPEN] = MEDIATOR_RULE,
    [HEARD_VERB_ROOM_INVITE] = MEDIATOR_RULE,
    [HEARD_VERB_ROOM_ANSWER] = CAUCUS_RULE,
    [HEARD_VERB_ROOM_ENTER] = CAUCUS_RULE,
    [HEARD_VERB_ROOM_LEAVE] = CAUCUS_RULE,
    [HEARD_VERB_ROOM_LOCK] = MEDIATOR_RULE,
    [HEARD_VERB_ROOM_CLOSE] = MEDIATOR_RULE,
    [HEARD_VERB_FLOOR_GIVE] = ORDER_RULE(0, IN(LIVE)),
    [HEARD_VERB_FLOOR_TAKE] = {NEEDS_HERE | NEEDS_VOICE, 0, IN(LIVE) | IN(RECESSED),
                               HEARD_ANSWER_NOT_LIVE},
    [HEARD_VERB_ORDER_WARN] = ORDER_RULE(NEEDS_FULL, IN(LIVE) | IN(RECESSED)),
    [HEARD_VERB_ORDER_LOCK] = ORDER_RULE(0, IN(LIVE) | IN(RECESSED)),
    [HEARD_VERB_SPOTLIGHT_SET] = ORDER_RULE(0, IN(LIVE) | IN(RECESSED)),
    [HEARD_VERB_SPOTLIGHT_CLEAR] = ORDER_RULE(0, IN(LIVE) | IN(RECESSED)),
    [HEARD_VERB_RECUSAL_ANSWER] = {NEEDS_HERE, 0, IN(LIVE), HEARD_ANSWER_NOT_LIVE},
    [HEARD_VERB_RECUSAL_DECIDE] = {NEEDS_HERE, 0, IN(LIVE) | IN(RECESSED), HEARD_ANSWER_NOT_LIVE},
    [HEARD_VERB_WITNESS_CALL] = {NEEDS_PERMIT | NEEDS_HERE, HEARD_MAY_ADMIT, IN(LIVE),
                                 HEARD_ANSWER_NOT_LIVE},
    [HEARD_VERB_WITNESS_DISMISS] = {NEEDS_PERMIT | NEEDS_HERE, HEARD_MAY_ADMIT,
                                    IN(LIVE) | IN(RECESSED), HEARD_ANSWER_NOT_LIVE},
    [HEARD_VERB_SUMMONS_CALL] = SUMMONS_RULE,
    [HEARD_VERB_SUMMONS_CANCEL] = SUMMONS_RULE,
    [HEARD_VERB_SCREEN_SET] = CHAIR_RULE(NEEDS_FULL, ANY_OPEN, HEARD_ANSWER_NOT_READY),
};

bool heard_rules_is_here(const HeardPerson *person)
{
    return person->presence == HEARD_PRESENCE_ADMITTED ||
           person->presence == HEARD_PRESENCE_PRESENT ||
           person->presence == HEARD_PRESENCE_IN_CAUCUS;
}

bool heard_rules_identified(const HeardPerson *person)
{
    return person->method != HEARD_METHOD_NONE;
}

bool heard_rules_leads(const HeardHearing *self, const HeardPerson *person)
{
    return person->role == self->config.profile->leader;
}

bool heard_rules_consented(const HeardHearing *self, const HeardPerson *person)
{
    if (heard_role_on_duty(person->role))
        return true;
    for (unsigned i = 0; i < HEARD_CONSENT_COUNT; i++) {
        if (person->consents[i].decision != HEARD_DECISION_GIVEN &&
            (i != HEARD_CONSENT_RECORDING || self->config.recorded))
            return false;
    }
    return true;
}

bool heard_rules_enters_freely(const HeardPerson *person)
{
    return heard_role_on_duty(person->role) && !person->held &&
           heard_role_permit(person->role, HEARD_MAY_JOIN) == HEARD_PERMIT_YES;
}

/* The table's "under a condition" for desk and chair is the clerk's delegation; who leads
 * the hearing may all of it. */
static bool is_permitted(const HeardHearing *self, HeardRole role, const Rule *rule)
{
    const HeardProfile *profile = self->config.profile;

    if ((rule->needs & NEEDS_CHAIR) && !(profile->chair & HEARD_ROLE_BIT(role)))
        return false;
    if ((rule->needs & NEEDS_DESK) && !(profile->desk & HEARD_ROLE_BIT(role)))
        return false;
    if ((rule->needs & NEEDS_VOICE) && heard_role_permit(role, HEARD_MAY_SPEAK) == HEARD_PERMIT_NO)
        return false;
    if ((rule->needs & NEEDS_CAUCUS) &&
        heard_role_permit(role, HEARD_MAY_CAUCUS) == HEARD_PERMIT_NO)
        return false;
    if (!(rule->needs & NEEDS_PERMIT))
        return true;
    switch (heard_role_permit(role, rule->permission)) {
    case HEARD_PERMIT_YES:
        return true;
    case HEARD_PERMIT_SOME:
        return role == profile->leader ||
               (!(rule->needs & NEEDS_FULL) && role == HEARD_ROLE_CLERK &&
                self->config.clerk_delegated);
    case HEARD_PERMIT_NO:
        return false;
    }
    return false;
}

static bool is_room_verb(HeardVerb verb)
{
    return verb >= HEARD_VERB_ROOM_OPEN && verb <= HEARD_VERB_ROOM_CLOSE;
}

/* Where nobody presides any more the clerk may end it. */
static bool may_adjourn(const HeardHearing *self, const HeardPerson *p)
{
    return p->role == HEARD_ROLE_CLERK && heard_recusal_leaderless(self);
}

static HeardAnswer check_further(const HeardHearing *self, uint16_t person, HeardVerb verb)
{
    if (is_room_verb(verb))
        return heard_rooms_check(self, person, verb);
    if (verb == HEARD_VERB_RECUSAL_ANSWER || verb == HEARD_VERB_RECUSAL_DECIDE)
        return heard_recusal_check(self, person, verb);
    /* Who waits outside has no place in the queue of those who are inside. */
    if (verb == HEARD_VERB_HAND_RAISE && heard_hearing_waits_outside(self, person))
        return HEARD_ANSWER_WITNESS_WAITS;
    if (verb == HEARD_VERB_WITNESS_CALL || verb == HEARD_VERB_WITNESS_DISMISS)
        return heard_witness_check(self, verb);
    if (verb == HEARD_VERB_SUMMONS_CALL || verb == HEARD_VERB_SUMMONS_CANCEL)
        return heard_summons_check(self, verb);
    return heard_floor_check(self, person, verb);
}

HeardAnswer heard_rules_check(const HeardHearing *self, uint16_t person, HeardVerb verb)
{
    const HeardPerson *p = &self->people[person];
    const Rule *rule = &rules[verb];

    if (heard_hearing_over(self))
        return HEARD_ANSWER_HEARING_CLOSED;
    if (p->presence == HEARD_PRESENCE_REMOVED)
        return HEARD_ANSWER_REMOVED;
    if (!is_permitted(self, p->role, rule) && !(verb == HEARD_VERB_CLOSE && may_adjourn(self, p)))
        return HEARD_ANSWER_WRONG_ROLE;
    if (!(rule->states & (1u << self->state)))
        return rule->otherwise;
    if ((rule->needs & NEEDS_HERE) && !heard_rules_is_here(p))
        return p->admitted ? HEARD_ANSWER_NOT_ONLINE : HEARD_ANSWER_NOT_ADMITTED;
    if (verb == HEARD_VERB_LEAVE &&
        (p->presence == HEARD_PRESENCE_ABSENT || p->presence == HEARD_PRESENCE_LEFT))
        return HEARD_ANSWER_NOT_ONLINE;
    if (verb == HEARD_VERB_CONSENT_GIVE && heard_role_on_duty(p->role))
        return HEARD_ANSWER_WRONG_ROLE;
    if (verb == HEARD_VERB_RECORDING_PAUSE || verb == HEARD_VERB_RECORDING_RESUME) {
        HeardRecordingWish now = heard_hearing_recording(self);

        if (now !=
            (verb == HEARD_VERB_RECORDING_PAUSE ? HEARD_RECORDING_RUNNING : HEARD_RECORDING_PAUSED))
            return HEARD_ANSWER_NOT_RECORDED;
    }
    return check_further(self, person, verb);
}

uint64_t heard_hearing_may(const HeardHearing *self, uint16_t person)
{
    uint64_t mask = 0;

    for (unsigned verb = 0; verb < HEARD_VERB_CLIENT_COUNT; verb++) {
        if (heard_rules_check(self, person, (HeardVerb)verb) == HEARD_ANSWER_OK &&
            heard_rooms_offers(self, person, (HeardVerb)verb) &&
            heard_floor_offers(self, (HeardVerb)verb))
            mask |= UINT64_C(1) << verb;
    }
    return mask;
}

bool heard_rules_source_allowed(const HeardHearing *self, uint16_t person, HeardSend source)
{
    const HeardPerson *p = &self->people[person];
    const HeardPhase *phase = &self->config.profile->phases[self->phase];
    HeardPermit permit =
        heard_role_permit(p->role, source == HEARD_SEND_SCREEN ? HEARD_MAY_SHARE : HEARD_MAY_SPEAK);
    HeardRoleMask by_phase = source == HEARD_SEND_SCREEN ? phase->share : phase->speak;

    if (permit == HEARD_PERMIT_NO || p->blocked[source])
        return false;
    /* Whoever may ever speak is seen; a face takes nobody's turn. */
    if (source == HEARD_SEND_CAMERA || p->room != HEARD_ROOM_NONE)
        return true;
    if (source == HEARD_SEND_MICROPHONE && heard_floor_silences(self, person))
        return false;
    if (permit == HEARD_PERMIT_YES ||
        (source == HEARD_SEND_MICROPHONE && heard_floor_has(self, person)))
        return true;
    return p->granted[source] || (by_phase & HEARD_ROLE_BIT(p->role)) != 0;
}

bool heard_hearing_may_send(const HeardHearing *self, uint16_t person, HeardSend source)
{
    return heard_room_has_media(heard_hearing_room_of(self, person)) &&
           heard_rules_source_allowed(self, person, source);
}

HeardRoomKind heard_hearing_room_of(const HeardHearing *self, uint16_t person)
{
    const HeardPerson *p = &self->people[person];
    HeardRoomKind inside = p->room != HEARD_ROOM_NONE                  ? p->room
                           : heard_hearing_waits_outside(self, person) ? HEARD_ROOM_WITNESS
                                                                       : HEARD_ROOM_MAIN;

    if (heard_hearing_over(self))
        return HEARD_ROOM_NONE;
    switch (p->presence) {
    case HEARD_PRESENCE_ADMITTED:
    case HEARD_PRESENCE_PRESENT:
    case HEARD_PRESENCE_IN_CAUCUS:
        return inside;
    case HEARD_PRESENCE_DISCONNECTED:
        return p->admitted ? inside : HEARD_ROOM_LOBBY;
    case HEARD_PRESENCE_IN_LOBBY:
    case HEARD_PRESENCE_IDENTITY_OK:
    case HEARD_PRESENCE_CONSENTED:
    case HEARD_PRESENCE_ON_HOLD:
        return HEARD_ROOM_LOBBY;
    case HEARD_PRESENCE_ABSENT:
    case HEARD_PRESENCE_LEFT:
    case HEARD_PRESENCE_REMOVED:
    case HEARD_PRESENCE_COMPLETED:
    case HEARD_PRESENCE_COUNT:
        return HEARD_ROOM_NONE;
    }
    return HEARD_ROOM_NONE;
}

/* Nothing is heard that is not part of the hearing: before the opening, in a recess and
 * while others are apart the people in the room wait together without sound and picture. */
bool heard_hearing_flows(const HeardHearing *self)
{
    HeardRoomKind reason;

    return self->state == HEARD_STATE_LIVE && !heard_hearing_apart(self, &reason);
}

HeardRecordingWish heard_hearing_recording(const HeardHearing *self)
{
    if (!self->config.recorded || self->started_at_ms == 0)
        return HEARD_RECORDING_NONE;
    if (heard_hearing_over(self))
        return HEARD_RECORDING_FINISHED;
    if (heard_hearing_flows(self) && !self->recording_held)
        return HEARD_RECORDING_RUNNING;
    return HEARD_RECORDING_PAUSED;
}

const char *heard_hearing_pause_reason(const HeardHearing *self)
{
    HeardRoomKind reason;

    if (self->state == HEARD_STATE_RECESSED)
        return self->recess_reason;
    return heard_hearing_apart(self, &reason) ? "" : self->pause_reason;
}

const char *heard_hearing_pause_cause(const HeardHearing *self)
{
    HeardRoomKind reason;

    if (self->state == HEARD_STATE_RECESSED)
        return heard_recusal_stops(self) ? "recusal" : "recess";
    if (!heard_hearing_apart(self, &reason))
        return "officer";
    return reason == HEARD_ROOM_DELIBERATION ? "deliberation" : "caucus";
}

bool heard_hearing_over(const HeardHearing *self)
{
    return self->state >= HEARD_STATE_CLOSING;
}

/* A supervisor's presence is shown (domain.md 3.8). */
static bool is_public_seat(const HeardHearing *self, HeardRole role)
{
    return role == self->config.profile->leader || role == HEARD_ROLE_PRESIDING ||
           role == HEARD_ROLE_CLERK || role == HEARD_ROLE_DEPARTMENT ||
           role == HEARD_ROLE_LEAD_UNIT || role == HEARD_ROLE_SUPERVISOR;
}

bool heard_hearing_sees(const HeardHearing *self, uint16_t viewer, uint16_t person)
{
    const HeardPerson *v = &self->people[viewer], *p = &self->people[person];

    if (viewer == person || is_public_seat(self, p->role))
        return true;
    if (heard_role_permit(v->role, HEARD_MAY_ADMIT) != HEARD_PERMIT_NO)
        return true;
    return v->admitted && p->admitted && !heard_hearing_waits_outside(self, viewer);
}

bool heard_hearing_sees_file(const HeardHearing *self, uint16_t viewer, uint16_t person)
{
    return viewer == person ||
           heard_role_permit(self->people[viewer].role, HEARD_MAY_ADMIT) != HEARD_PERMIT_NO;
}

bool heard_person_waiting(const HeardPerson *person)
{
    return person->waiting_since_ms != 0;
}

unsigned heard_hearing_ahead(const HeardHearing *self, uint16_t person)
{
    const HeardPerson *p = &self->people[person];
    unsigned count = 0;

    for (unsigned i = 0; i < self->person_count; i++) {
        const HeardPerson *other = &self->people[i];

        if (i != person && heard_person_waiting(other) &&
            (other->waiting_since_ms < p->waiting_since_ms ||
             (other->waiting_since_ms == p->waiting_since_ms && i < person)))
            count++;
    }
    return heard_person_waiting(p) ? count : 0;
}

uint16_t heard_hearing_next_expiry(const HeardHearing *self, int64_t *ret_deadline_us)
{
    uint16_t next = HEARD_NOBODY;

    *ret_deadline_us = INT64_MAX;
    for (unsigned i = 0; i < self->person_count; i++) {
        const HeardPerson *p = &self->people[i];

        if (p->presence != HEARD_PRESENCE_DISCONNECTED)
            continue;
        if (p->offline_since_us + HEARD_GRACE_US < *ret_deadline_us) {
            *ret_deadline_us = p->offline_since_us + HEARD_GRACE_US;
            next = (uint16_t)i;
        }
    }
    return next;
}
