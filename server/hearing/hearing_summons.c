/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/hearing_internal.h"

#include <string.h>

/* A unit is called into the running hearing, and has as long to answer as the profile says
 * (domain.md 3.9, summons_reply). Who answers has no seat yet: server/app knows the accounts of
 * the unit and reports the answer with the seat that it makes. */

static const char *const states[HEARD_SUMMONS_STATE_COUNT] = {
    [HEARD_SUMMONS_RINGING] = "ringing",       [HEARD_SUMMONS_ACCEPTED] = "accepted",
    [HEARD_SUMMONS_DECLINED] = "declined",     [HEARD_SUMMONS_CANCELLED] = "cancelled",
    [HEARD_SUMMONS_UNANSWERED] = "unanswered",
};

const char *heard_summons_state_name(HeardSummonsState state)
{
    return states[state];
}

static unsigned count_ringing(const HeardHearing *self)
{
    unsigned count = 0;

    for (unsigned i = 0; i < self->summons_count; i++)
        count += self->summonses[i].state == HEARD_SUMMONS_RINGING;
    return count;
}

HeardAnswer heard_summons_check(const HeardHearing *self, HeardVerb verb)
{
    if (self->config.profile->summons_reply_ms == 0)
        return HEARD_ANSWER_SUMMONS_CLOSED;
    return verb == HEARD_VERB_SUMMONS_CANCEL && count_ringing(self) == 0 ? HEARD_ANSWER_SUMMONS_OVER
                                                                         : HEARD_ANSWER_OK;
}

bool heard_hearing_sees_summonses(const HeardHearing *self, uint16_t viewer)
{
    HeardRole role = self->people[viewer].role;

    return heard_role_permit(role, HEARD_MAY_SUMMON) != HEARD_PERMIT_NO ||
           heard_role_permit(role, HEARD_MAY_ADMIT) != HEARD_PERMIT_NO;
}

/* Who accepted has as long to come as to answer; who went may be called again. */
static bool is_here_or_coming(const HeardHearing *self, const HeardSummons *summons, int64_t now_ms)
{
    uint16_t person = heard_hearing_find(self, summons->seat);

    if (person == HEARD_NOBODY || self->people[person].joined_at_ms == 0)
        return now_ms < summons->ended_at_ms + self->config.profile->summons_reply_ms;
    switch (self->people[person].presence) {
    case HEARD_PRESENCE_ABSENT:
    case HEARD_PRESENCE_LEFT:
    case HEARD_PRESENCE_REMOVED:
    case HEARD_PRESENCE_COMPLETED:
    case HEARD_PRESENCE_COUNT:
        return false;
    case HEARD_PRESENCE_IN_LOBBY:
    case HEARD_PRESENCE_IDENTITY_OK:
    case HEARD_PRESENCE_CONSENTED:
    case HEARD_PRESENCE_ADMITTED:
    case HEARD_PRESENCE_PRESENT:
    case HEARD_PRESENCE_ON_HOLD:
    case HEARD_PRESENCE_IN_CAUCUS:
    case HEARD_PRESENCE_DISCONNECTED:
        return true;
    }
    return false;
}

static HeardAnswer call(HeardHearing *self, const HeardCommand *command, uint16_t actor)
{
    HeardSummons *summons;

    for (unsigned i = 0; i < self->summons_count; i++) {
        const HeardSummons *other = &self->summonses[i];

        if (strcmp(other->unit, command->unit) != 0)
            continue;
        if (other->state == HEARD_SUMMONS_RINGING)
            return HEARD_ANSWER_UNIT_CALLED;
        if (other->state == HEARD_SUMMONS_ACCEPTED &&
            is_here_or_coming(self, other, command->wall_ms))
            return HEARD_ANSWER_UNIT_HERE;
    }
    if (self->summons_count == HEARD_SUMMONSES_MAX || count_ringing(self) == HEARD_SUMMONS_OPEN_MAX)
        return HEARD_ANSWER_SUMMONSES_FULL;
    summons = &self->summonses[self->summons_count++];
    g_strlcpy(summons->unit, command->unit, sizeof summons->unit);
    summons->by = actor;
    summons->state = HEARD_SUMMONS_RINGING;
    summons->called_at_ms = command->wall_ms;
    summons->due_at_ms = command->wall_ms + self->config.profile->summons_reply_ms;
    return HEARD_ANSWER_OK;
}

static HeardAnswer find_ringing(HeardHearing *self, unsigned number, HeardSummons **ret_summons)
{
    if (number == 0 || number > self->summons_count)
        return HEARD_ANSWER_UNKNOWN_SUMMONS;
    *ret_summons = &self->summonses[number - 1];
    return (*ret_summons)->state == HEARD_SUMMONS_RINGING ? HEARD_ANSWER_OK
                                                          : HEARD_ANSWER_SUMMONS_OVER;
}

/* Why stands in the trail and in the row: no rule asks for it. */
static void end(HeardSummons *summons, HeardSummonsState state, int64_t now_ms)
{
    summons->state = state;
    summons->ended_at_ms = now_ms;
}

HeardAnswer heard_summons_do(HeardHearing *self, const HeardCommand *command, uint16_t actor)
{
    HeardSummons *summons = NULL;
    HeardAnswer answer;

    if (command->verb == HEARD_VERB_SUMMONS_CALL)
        return call(self, command, actor);
    answer = find_ringing(self, command->summons, &summons);
    if (answer == HEARD_ANSWER_OK)
        end(summons, HEARD_SUMMONS_CANCELLED, command->wall_ms);
    return answer;
}

static HeardAnswer take_answer(HeardHearing *self, HeardSummons *summons,
                               const HeardCommand *command)
{
    if (command->wall_ms >= summons->due_at_ms)
        return HEARD_ANSWER_SUMMONS_OVER;
    if (!command->accepted && command->reason[0] == '\0')
        return HEARD_ANSWER_REASON_MISSING;
    if (command->accepted && command->seat[0] == '\0')
        return HEARD_ANSWER_UNKNOWN_PERSON;
    if (command->accepted && self->person_count == HEARD_PEOPLE_MAX &&
        heard_hearing_find(self, command->seat) == HEARD_NOBODY)
        return HEARD_ANSWER_SEATS_TAKEN;
    end(summons, command->accepted ? HEARD_SUMMONS_ACCEPTED : HEARD_SUMMONS_DECLINED,
        command->wall_ms);
    if (command->accepted)
        g_strlcpy(summons->seat, command->seat, sizeof summons->seat);
    return HEARD_ANSWER_OK;
}

HeardAnswer heard_summons_report(HeardHearing *self, const HeardCommand *command)
{
    HeardSummons *summons = NULL;
    HeardAnswer answer = find_ringing(self, command->summons, &summons);

    if (answer != HEARD_ANSWER_OK)
        return answer;
    if (command->verb == HEARD_VERB_SUMMONS_ANSWER)
        return take_answer(self, summons, command);
    if (command->wall_ms < summons->due_at_ms)
        return HEARD_ANSWER_UNCHANGED;
    end(summons, HEARD_SUMMONS_UNANSWERED, command->wall_ms);
    return HEARD_ANSWER_OK;
}

void heard_summons_settle(HeardHearing *self, int64_t now_ms)
{
    if (!heard_hearing_over(self))
        return;
    for (unsigned i = 0; i < self->summons_count; i++) {
        if (self->summonses[i].state == HEARD_SUMMONS_RINGING)
            end(&self->summonses[i], HEARD_SUMMONS_CANCELLED, now_ms);
    }
}

unsigned heard_hearing_next_summons(const HeardHearing *self, int64_t now_ms)
{
    for (unsigned i = 0; i < self->summons_count; i++) {
        if (self->summonses[i].state == HEARD_SUMMONS_RINGING &&
            self->summonses[i].due_at_ms <= now_ms)
            return i + 1;
    }
    return 0;
}
