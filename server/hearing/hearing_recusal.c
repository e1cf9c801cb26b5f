/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/hearing_internal.h"

#include <string.h>

/* domain.md 2.2, point 2. Who may be asked for, and who decides: of a panelist and of the clerk
 * the presiding officer; of the presiding officer the head of the unit, and the clerk writes that
 * down. */

bool heard_hearing_is_party(const HeardHearing *self, uint16_t person)
{
    HeardRole role = self->people[person].role;

    return role == HEARD_ROLE_PETITIONER || role == HEARD_ROLE_AGENT ||
           role == HEARD_ROLE_DEPARTMENT || role == HEARD_ROLE_LEAD_UNIT;
}

bool heard_hearing_is_recusable(const HeardHearing *self, uint16_t person)
{
    const HeardPerson *p = &self->people[person];

    return p->admitted && (heard_rules_leads(self, p) || p->role == HEARD_ROLE_PANELIST ||
                           p->role == HEARD_ROLE_CLERK);
}

bool heard_hearing_panel_complete(const HeardHearing *self, unsigned *ret_here)
{
    unsigned least = self->config.profile->panel_min;

    *ret_here = 0;
    for (unsigned i = 0; i < self->person_count; i++)
        *ret_here +=
            self->people[i].role == HEARD_ROLE_PANELIST && heard_rules_is_here(&self->people[i]);
    return least == 0 || (*ret_here >= least && *ret_here % 2 == 1);
}

static bool decides(const HeardHearing *self, const HeardPerson *p, const HeardPerson *target)
{
    return heard_rules_leads(self, target) ? p->role == HEARD_ROLE_CLERK
                                           : heard_rules_leads(self, p);
}

bool heard_recusal_stops(const HeardHearing *self)
{
    for (unsigned i = 0; i < self->recusal_count; i++) {
        const HeardRecusal *request = &self->recusals[i];

        if (request->ruling == HEARD_RULING_PENDING &&
            heard_rules_leads(self, &self->people[request->target]))
            return true;
    }
    return false;
}

bool heard_recusal_leaderless(const HeardHearing *self)
{
    bool gone = false;

    for (unsigned i = 0; i < self->person_count; i++) {
        const HeardPerson *p = &self->people[i];

        if (heard_rules_leads(self, p) && p->admitted)
            return false;
        gone = gone || (heard_rules_leads(self, p) && p->recused);
    }
    return gone;
}

bool heard_recusal_may_close(const HeardHearing *self, const HeardCommand *command, uint16_t actor)
{
    if (heard_rules_leads(self, &self->people[actor]))
        return true;
    for (unsigned i = 0; i < command->outcome_count; i++) {
        if (command->outcomes[i] != HEARD_OUTCOME_ADJOURNED)
            return false;
    }
    return true;
}

/* Where it could still be asked for: from the round on until the panel withdraws. */
static bool is_askable(const HeardHearing *self)
{
    const HeardProfile *profile = self->config.profile;

    return profile->recusal != 0 && self->phase >= profile->recusal &&
           (profile->deliberation == 0 || self->phase < profile->deliberation);
}

HeardAnswer heard_recusal_check(const HeardHearing *self, uint16_t person, HeardVerb verb)
{
    const HeardPerson *p = &self->people[person];

    if (verb == HEARD_VERB_RECUSAL_ANSWER) {
        if (!heard_hearing_is_party(self, person))
            return HEARD_ANSWER_WRONG_ROLE;
        return is_askable(self) ? HEARD_ANSWER_OK : HEARD_ANSWER_RECUSAL_CLOSED;
    }
    if (!heard_rules_leads(self, p) && p->role != HEARD_ROLE_CLERK)
        return HEARD_ANSWER_WRONG_ROLE;
    for (unsigned i = 0; i < self->recusal_count; i++) {
        if (self->recusals[i].ruling == HEARD_RULING_PENDING &&
            decides(self, p, &self->people[self->recusals[i].target]))
            return HEARD_ANSWER_OK;
    }
    return HEARD_ANSWER_NO_REQUEST;
}

HeardAnswer heard_hearing_recusal_round(const HeardHearing *self)
{
    for (unsigned i = 0; i < self->person_count; i++) {
        const HeardPerson *p = &self->people[i];

        if (p->admitted && heard_hearing_is_party(self, (uint16_t)i) &&
            p->recusal == HEARD_RECUSAL_SILENT)
            return HEARD_ANSWER_RECUSAL_UNANSWERED;
    }
    return self->recusal_count == self->recusal_decided ? HEARD_ANSWER_OK
                                                        : HEARD_ANSWER_RECUSAL_UNDECIDED;
}

/* Nobody goes past the round without it, and nowhere while a request is open but back. */
HeardAnswer heard_recusal_check_advance(const HeardHearing *self, unsigned to)
{
    const HeardProfile *profile = self->config.profile;
    unsigned panel;

    if (to > self->phase && self->recusal_count != self->recusal_decided)
        return HEARD_ANSWER_RECUSAL_UNDECIDED;
    if (profile->recusal && self->phase <= profile->recusal && to > profile->recusal) {
        HeardAnswer answer = heard_hearing_recusal_round(self);

        /* Before it began nobody could say anything, not even that there is nothing to say. */
        if (self->phase_entered_ms[profile->recusal] == 0)
            return HEARD_ANSWER_RECUSAL_UNANSWERED;
        if (answer != HEARD_ANSWER_OK)
            return answer;
    }
    return profile->deliberation && to == profile->deliberation &&
                   !heard_hearing_panel_complete(self, &panel)
               ? HEARD_ANSWER_PANEL_INCOMPLETE
               : HEARD_ANSWER_OK;
}

/* ---- acts ---- */

static HeardRecusal *find_request(HeardHearing *self, uint16_t by, uint16_t target)
{
    for (unsigned i = 0; i < self->recusal_count; i++) {
        if (self->recusals[i].by == by && self->recusals[i].target == target)
            return &self->recusals[i];
    }
    return NULL;
}

const char *heard_hearing_recusal_text(const HeardHearing *self, uint16_t text)
{
    return self->recusal_texts + text;
}

static uint16_t keep_text(HeardHearing *self, const char *text)
{
    unsigned at = self->recusal_texts_used;
    size_t size = strlen(text) + 1;

    if (size == 1)
        return 0;
    g_assert(at + size <= HEARD_RECUSAL_TEXTS_SIZE);
    memcpy(self->recusal_texts + at, text, size);
    self->recusal_texts_used += (unsigned)size;
    return (uint16_t)at;
}

static bool is_asked_for(const HeardHearing *self, uint16_t target)
{
    for (unsigned i = 0; i < self->recusal_count; i++) {
        if (self->recusals[i].target == target && self->recusals[i].ruling == HEARD_RULING_PENDING)
            return true;
    }
    return false;
}

/* Each person who is asked for has room for the decision already. */
static bool has_room(const HeardHearing *self, uint16_t target, const char *reason)
{
    size_t open = !is_asked_for(self, target);

    for (unsigned i = 0; i < self->person_count; i++)
        open += is_asked_for(self, (uint16_t)i);
    return self->recusal_texts_used + strlen(reason) + 1 +
               open * (HEARD_REASON_SIZE + HEARD_DECIDER_SIZE) <=
           HEARD_RECUSAL_TEXTS_SIZE;
}

static HeardAnswer ask(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                       uint16_t target)
{
    HeardRecusal *request;

    if (target == HEARD_NOBODY)
        return HEARD_ANSWER_UNKNOWN_PERSON;
    if (!heard_hearing_is_recusable(self, target))
        return HEARD_ANSWER_NOT_RECUSABLE;
    if (command->reason[0] == '\0')
        return HEARD_ANSWER_REASON_MISSING;
    request = find_request(self, actor, target);
    if (request)
        return request->ruling == HEARD_RULING_PENDING ? HEARD_ANSWER_UNCHANGED
                                                       : HEARD_ANSWER_RECUSAL_DECIDED;
    if (self->recusal_count == HEARD_RECUSALS_MAX || !has_room(self, target, command->reason))
        return HEARD_ANSWER_RECUSALS_FULL;
    request = &self->recusals[self->recusal_count++];
    request->by = actor;
    request->target = target;
    request->decided_by = HEARD_NOBODY;
    request->asked_at_ms = command->wall_ms;
    request->reason = keep_text(self, command->reason);
    self->people[actor].recusal = HEARD_RECUSAL_ASKED;
    if (heard_rules_leads(self, &self->people[target]))
        heard_acts_recess(self, "recusal", command->wall_ms);
    return HEARD_ANSWER_OK;
}

static HeardAnswer ask_for_nobody(HeardHearing *self, uint16_t actor)
{
    HeardPerson *p = &self->people[actor];

    /* What was asked for is decided, not forgotten. */
    if (p->recusal != HEARD_RECUSAL_SILENT)
        return HEARD_ANSWER_UNCHANGED;
    p->recusal = HEARD_RECUSAL_NONE;
    return HEARD_ANSWER_OK;
}

/* One decision answers all who asked for the same person. */
static HeardAnswer decide(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                          uint16_t target)
{
    HeardPerson *p = &self->people[target];
    uint16_t reason = 0, decider = 0;
    unsigned decided = 0;

    if (!decides(self, &self->people[actor], p))
        return HEARD_ANSWER_WRONG_ROLE;
    if (command->reason[0] == '\0')
        return HEARD_ANSWER_REASON_MISSING;
    if (heard_rules_leads(self, p) && command->decider[0] == '\0')
        return HEARD_ANSWER_DECIDER_MISSING;
    for (unsigned i = 0; i < self->recusal_count; i++) {
        HeardRecusal *request = &self->recusals[i];

        if (request->target != target || request->ruling != HEARD_RULING_PENDING)
            continue;
        request->ruling = command->granted ? HEARD_RULING_GRANTED : HEARD_RULING_REFUSED;
        request->decided_by = actor;
        request->decided_at_ms = command->wall_ms;
        if (decided++ == 0) {
            reason = keep_text(self, command->reason);
            decider = keep_text(self, command->decider);
        }
        request->decision_reason = reason;
        request->decider = decider;
    }
    if (decided == 0)
        return HEARD_ANSWER_NO_REQUEST;
    self->recusal_decided += decided;
    if (command->granted) {
        heard_acts_leave(self, target, HEARD_PRESENCE_REMOVED, command->wall_ms);
        p->recused = true;
    }
    return HEARD_ANSWER_OK;
}

HeardAnswer heard_recusal_do(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                             uint16_t target)
{
    if (command->verb == HEARD_VERB_RECUSAL_ANSWER)
        return command->asks ? ask(self, command, actor, target) : ask_for_nobody(self, actor);
    return target == HEARD_NOBODY ? HEARD_ANSWER_UNKNOWN_PERSON
                                  : decide(self, command, actor, target);
}
