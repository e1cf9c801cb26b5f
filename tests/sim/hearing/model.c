/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include "heard_test.h"

#include <string.h>

#define holds(what, command)                                                                       \
    do {                                                                                           \
        if (!(what))                                                                               \
            fail_msg("%s by %s on %s: %s", heard_verb_name((command)->verb),                       \
                     (command)->actor ? (command)->actor : "server",                               \
                     (command)->target ? (command)->target : "nobody", #what);                     \
    } while (0)

void model_begin(Model *self, const HeardHearing *hearing)
{
    Model fresh = {.holder = HEARD_NOBODY, .spotlight = HEARD_NOBODY};

    memcpy(fresh.done, self->done, sizeof fresh.done);
    memcpy(fresh.refused, self->refused, sizeof fresh.refused);
    for (unsigned i = 0; i < hearing->config.profile->opening; i++)
        fresh.visited[i] = true;
    *self = fresh;
}

/* ---- effects, in their order ---- */

/* Invariant 1: never heard in main while a closed room is open, never recorded either; and what
 * is heard is recorded. */
static void check_flow(const Model *self, bool held, const HeardCommand *command)
{
    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++)
        holds(!self->open[i] || (!self->flows && !self->records), command);
    holds(!self->flows || self->records || held, command);
}

static void believe(Model *self, const HeardHearing *h, const HeardEffect *effect)
{
    unsigned p = effect->person;

    switch (effect->kind) {
    case HEARD_EFFECT_ROOM_FLOW_ON:
    case HEARD_EFFECT_ROOM_FLOW_OFF:
        self->flows = effect->kind == HEARD_EFFECT_ROOM_FLOW_ON;
        break;
    case HEARD_EFFECT_ROOM_OPEN:
    case HEARD_EFFECT_ROOM_CLOSE:
        self->open[effect->room] = effect->kind == HEARD_EFFECT_ROOM_OPEN;
        for (unsigned i = 0; i < h->person_count; i++)
            assert_true(self->open[effect->room] || self->room[i] != effect->room);
        break;
    case HEARD_EFFECT_RECORDING_START:
        self->recorded_ever = true;
        self->records = true;
        break;
    case HEARD_EFFECT_RECORDING_RESUME:
    case HEARD_EFFECT_RECORDING_PAUSE:
        self->records = effect->kind == HEARD_EFFECT_RECORDING_RESUME;
        break;
    case HEARD_EFFECT_RECORDING_FINISH:
        self->records = false;
        self->finished = true;
        break;
    case HEARD_EFFECT_ADMIT_MEDIA:
        assert_int_equal(self->room[p], HEARD_ROOM_NONE);
        self->room[p] = heard_hearing_room_of(h, effect->person);
        for (unsigned s = 0; s < HEARD_SEND_COUNT; s++)
            self->heard[p][s] = heard_hearing_may_send(h, effect->person, (HeardSend)s);
        break;
    case HEARD_EFFECT_DROP_MEDIA:
        assert_int_not_equal(self->room[p], HEARD_ROOM_NONE);
        self->room[p] = HEARD_ROOM_NONE;
        break;
    case HEARD_EFFECT_MEDIA_ALLOW:
    case HEARD_EFFECT_MEDIA_DENY:
        self->heard[p][effect->source] = effect->kind == HEARD_EFFECT_MEDIA_ALLOW;
        break;
    default:
        break;
    }
}

/* ---- books of the commands ---- */

static void drop_hand(Model *self, unsigned index)
{
    memmove(&self->hands[index], &self->hands[index + 1],
            (self->hand_count - index - 1) * sizeof self->hands[0]);
    self->hand_count--;
}

static void drop_hand_of(Model *self, uint16_t person)
{
    for (unsigned i = 0; i < self->hand_count; i++) {
        if (self->hands[i] == person) {
            drop_hand(self, i);
            return;
        }
    }
}

static void book_phase(Model *self, const HeardHearing *h, const HeardCommand *command)
{
    const HeardProfile *profile = h->config.profile;
    unsigned to = (unsigned)heard_profile_find_phase(profile, command->phase);

    /* Nothing goes past the recusal round before all have answered, and all is decided. */
    holds(
        !profile->recusal || self->phase > profile->recusal || to <= profile->recusal ||
            (self->visited[profile->recusal] && heard_hearing_recusal_round(h) == HEARD_ANSWER_OK),
        command);
    /* Required phases are not skipped without a reason; closed is reached by closing. */
    for (unsigned i = self->phase + 1; i < to; i++)
        holds(!profile->phases[i].required || self->visited[i] || command->reason[0], command);
    holds(to + 1 < profile->phase_count && to >= profile->opening, command);
    self->phase = to;
    self->visited[to] = true;
    self->holder = HEARD_NOBODY;
}

static unsigned count_panel(const HeardHearing *h)
{
    unsigned count = 0;

    for (unsigned i = 0; i < h->person_count; i++) {
        HeardPresence presence = h->people[i].presence;

        count += h->people[i].role == HEARD_ROLE_PANELIST &&
                 (presence == HEARD_PRESENCE_ADMITTED || presence == HEARD_PRESENCE_PRESENT);
    }
    return count;
}

static void book_opening(Model *self, const HeardHearing *before, const HeardCommand *command)
{
    const HeardProfile *profile = before->config.profile;
    unsigned panel = count_panel(before);

    /* Invariant 6. */
    holds(!profile->panel_min || (panel >= 3 && panel % 2 == 1), command);
    self->phase = profile->opening;
    self->visited[self->phase] = true;
}

static void book_order(Model *self, const HeardHearing *before, const HeardCommand *command,
                       uint16_t actor, uint16_t target)
{
    switch (command->verb) {
    case HEARD_VERB_HAND_RAISE:
        self->hands[self->hand_count++] = actor;
        return;
    case HEARD_VERB_HAND_LOWER:
        drop_hand_of(self, target == HEARD_NOBODY ? actor : target);
        return;
    case HEARD_VERB_FLOOR_GIVE:
        self->holder = target;
        self->muted[target] = false;
        drop_hand_of(self, target);
        return;
    case HEARD_VERB_FLOOR_TAKE:
        self->holder = HEARD_NOBODY;
        return;
    case HEARD_VERB_ORDER_LOCK:
        self->locked = command->locked;
        return;
    case HEARD_VERB_ORDER_WARN:
        self->warnings[target]++;
        return;
    case HEARD_VERB_SPOTLIGHT_SET:
        self->spotlight = target;
        return;
    case HEARD_VERB_SPOTLIGHT_CLEAR:
        self->spotlight = HEARD_NOBODY;
        return;
    case HEARD_VERB_REMOVE:
        /* domain.md 2.4: after warnings; not so who was never let in. */
        holds(self->warnings[target] > 0 || command->safety || !before->people[target].admitted,
              command);
        return;
    default:
        return;
    }
}

static void book(Model *self, const HeardHearing *before, const HeardCommand *command,
                 uint16_t actor, uint16_t target)
{
    if (command->verb == HEARD_VERB_OPEN)
        book_opening(self, before, command);
    else if (command->verb == HEARD_VERB_ADVANCE)
        book_phase(self, before, command);
    else if (command->verb == HEARD_VERB_BLOCK && command->source == HEARD_SEND_MICROPHONE)
        self->muted[target] = !(self->granted[target] = !command->blocked);
    else if (command->verb == HEARD_VERB_SPOKE) {
        int phase = heard_profile_find_phase(before->config.profile, command->phase);

        for (unsigned i = 0; i < HEARD_TALK_COUNT; i++)
            self->spoken_ms[phase][i] += command->spoken_ms[i];
    } else if (command->verb == HEARD_VERB_SUMMONS_CALL)
        self->summons_count++;
    else if (command->verb == HEARD_VERB_SUMMONS_CANCEL ||
             command->verb == HEARD_VERB_SUMMONS_ANSWER ||
             command->verb == HEARD_VERB_SUMMONS_EXPIRE)
        self->summons_ends[command->summons - 1]++;
    else if (command->verb == HEARD_VERB_CLOSE) {
        for (unsigned i = 0; i < before->summons_count; i++)
            self->summons_ends[i] += before->summonses[i].state == HEARD_SUMMONS_RINGING;
    }
    book_order(self, before, command, actor, target);
}

/* Whose place is gone has no hand up, no floor, no spotlight. */
static void book_places(Model *self, const HeardHearing *h)
{
    for (unsigned i = self->hand_count; i-- > 0;) {
        if (!h->people[self->hands[i]].admitted || heard_hearing_over(h) ||
            heard_hearing_waits_outside(h, self->hands[i]))
            drop_hand(self, i);
    }
    if (self->holder != HEARD_NOBODY &&
        (heard_hearing_room_of(h, self->holder) != HEARD_ROOM_MAIN || self->muted[self->holder]))
        self->holder = HEARD_NOBODY;
    if (self->spotlight != HEARD_NOBODY &&
        heard_hearing_room_of(h, self->spotlight) != HEARD_ROOM_MAIN)
        self->spotlight = HEARD_NOBODY;
    if (heard_hearing_over(h))
        self->locked = false;
}

/* ---- what must be true ---- */

/* Who is heard, by the books and domain.md 3.8 alone. */
static bool should_be_heard(const Model *self, const HeardHearing *h, unsigned person)
{
    const HeardPerson *p = &h->people[person];
    HeardPermit permit = heard_role_permit(p->role, HEARD_MAY_SPEAK);
    bool first = p->role == h->config.profile->leader || p->role == HEARD_ROLE_INTERPRETER ||
                 self->holder == person;

    if (self->room[person] == HEARD_ROOM_NONE || permit == HEARD_PERMIT_NO || self->muted[person])
        return false;
    if (self->room[person] != HEARD_ROOM_MAIN)
        return true;
    if (self->locked && !first)
        return false;
    return permit == HEARD_PERMIT_YES || self->granted[person] || self->holder == person ||
           (h->config.profile->phases[self->phase].speak & HEARD_ROLE_BIT(p->role));
}

static void check_person(const Model *self, const HeardHearing *h, unsigned i,
                         const HeardCommand *command)
{
    const HeardPerson *p = &h->people[i];
    HeardRoomKind room = heard_hearing_room_of(h, (uint16_t)i);
    bool in_media = heard_room_has_media(room);

    holds(self->room[i] == (in_media ? room : HEARD_ROOM_NONE), command);
    holds(!p->in_media || in_media, command);
    holds(!p->recused || p->presence == HEARD_PRESENCE_REMOVED, command);
    /* Who is heard later as a witness hears nothing before. */
    holds(!in_media || p->role != HEARD_ROLE_WITNESS || p->called ||
              !(h->config.profile->rooms & HEARD_ROOM_BIT(HEARD_ROOM_WITNESS)),
          command);
    /* Invariant 5. */
    for (unsigned c = 0; in_media && c < HEARD_CONSENT_COUNT; c++)
        holds(p->method != HEARD_METHOD_NONE &&
                  (heard_role_on_duty(p->role) || p->consents[c].decision == HEARD_DECISION_GIVEN),
              command);
    for (unsigned s = 0; in_media && s < HEARD_SEND_COUNT; s++) {
        holds(self->heard[i][s] == heard_hearing_may_send(h, (uint16_t)i, (HeardSend)s), command);
        holds(!self->heard[i][s] || p->role != HEARD_ROLE_OBSERVER, command);
    }
    holds(heard_hearing_may_send(h, (uint16_t)i, HEARD_SEND_MICROPHONE) ==
              should_be_heard(self, h, i),
          command);
    holds(p->warnings == self->warnings[i], command);
    if (!heard_room_is_closed(room))
        return;
    /* Invariant 1, in words of roles. */
    holds(self->open[room], command);
    if (room == HEARD_ROOM_DELIBERATION)
        holds(p->role == HEARD_ROLE_PRESIDING || p->role == HEARD_ROLE_CLERK ||
                  p->role == HEARD_ROLE_PANELIST,
              command);
    else
        holds(p->role == HEARD_ROLE_MEDIATOR || p->role == HEARD_ROLE_INTERPRETER ||
                  p->side ==
                      (room == HEARD_ROOM_CAUCUS_A ? HEARD_SIDE_PETITIONER : HEARD_SIDE_RESPONDENT),
              command);
}

/* Invariant 7, of each side. */
static void check_representatives(const HeardHearing *h, const HeardCommand *command)
{
    unsigned count[HEARD_SIDE_COUNT] = {0};

    for (unsigned i = 0; i < h->person_count; i++) {
        if (h->people[i].role == HEARD_ROLE_PETITIONER &&
            heard_hearing_may_send(h, (uint16_t)i, HEARD_SEND_MICROPHONE))
            count[h->people[i].side]++;
    }
    for (unsigned side = 0; side < HEARD_SIDE_COUNT; side++)
        holds(count[side] <= 5, command);
}

/* One call of a unit at a time, eight in all, none without a hearing; and each ends once. */
static void check_summonses(const Model *self, const HeardHearing *h, const HeardCommand *command)
{
    unsigned ringing = 0;

    holds(h->summons_count == self->summons_count, command);
    for (unsigned i = 0; i < h->summons_count; i++) {
        const HeardSummons *one = &h->summonses[i];

        holds((one->state == HEARD_SUMMONS_RINGING) == (self->summons_ends[i] == 0), command);
        holds((one->ended_at_ms == 0) == (one->state == HEARD_SUMMONS_RINGING), command);
        holds(self->summons_ends[i] <= 1, command);
        if (one->state != HEARD_SUMMONS_RINGING)
            continue;
        ringing++;
        for (unsigned k = 0; k < i; k++)
            holds(h->summonses[k].state != HEARD_SUMMONS_RINGING ||
                      strcmp(h->summonses[k].unit, one->unit) != 0,
                  command);
    }
    holds(ringing <= 8 && (ringing == 0 || !heard_hearing_over(h)), command);
}

static void check_whole(const Model *self, const HeardHearing *h, const HeardCommand *command)
{
    holds(self->flows == heard_hearing_flows(h), command);
    holds(self->records == (heard_hearing_recording(h) == HEARD_RECORDING_RUNNING), command);
    holds(self->finished == (heard_hearing_recording(h) == HEARD_RECORDING_FINISHED), command);
    holds(self->holder == h->order.holder && self->spotlight == h->order.spotlight, command);
    holds(self->locked == h->order.locked, command);
    holds(heard_hearing_over(h) || h->started_at_ms == 0 || self->phase == h->phase, command);
    holds(self->hand_count == h->floor.count, command);
    holds(memcmp(self->hands, h->floor.people, self->hand_count * sizeof self->hands[0]) == 0,
          command);
    holds(memcmp(self->spoken_ms, h->order.spoken_ms, sizeof self->spoken_ms) == 0, command);
    holds((h->state == HEARD_STATE_RECESSED) || h->recess_until_ms == 0 || heard_hearing_over(h),
          command);
    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++)
        holds(self->open[i] == h->rooms[i].open, command);
    for (unsigned i = 0; i < h->person_count; i++)
        holds(!heard_hearing_over(h) || heard_hearing_may(h, (uint16_t)i) == 0, command);
    check_summonses(self, h, command);
}

/* A refusal changes nothing and, but for one of the role, leaves no trace. */
static void check_refusal(const HeardHearing *before, const HeardHearing *after,
                          const HeardCommand *command, HeardAnswer answer,
                          const HeardEffects *effects)
{
    bool told = answer == HEARD_ANSWER_WRONG_ROLE && command->actor;

    holds(memcmp(before, after, sizeof *before) == 0, command);
    holds(effects->count == (told ? 1u : 0u), command);
    holds(!told || effects->items[0].kind == HEARD_EFFECT_AUDIT, command);
}

void model_step(Model *self, const HeardHearing *before, const HeardHearing *after,
                const HeardCommand *command, HeardAnswer answer, const HeardEffects *effects)
{
    uint16_t actor = command->actor ? heard_hearing_find(before, command->actor) : HEARD_NOBODY;
    uint16_t target = command->target ? heard_hearing_find(before, command->target) : HEARD_NOBODY;

    if (answer != HEARD_ANSWER_OK) {
        self->refused[command->verb]++;
        check_refusal(before, after, command, answer, effects);
        return;
    }
    self->done[command->verb]++;
    /* What a page does not offer is never done. */
    holds(actor == HEARD_NOBODY || ((heard_hearing_may(before, actor) >> command->verb) & 1) != 0,
          command);
    holds(effects->count > 0 && effects->items[0].kind == HEARD_EFFECT_AUDIT, command);
    if (command->verb == HEARD_VERB_RESTORE) {
        /* The machines are new: nothing flows, and nobody's rooms are there. */
        self->flows = self->records = false;
        memset(self->open, 0, sizeof self->open);
    }
    book(self, before, command, actor, target);
    book_places(self, after);
    for (unsigned i = 0; i < effects->count; i++) {
        holds(i == 0 || effects->items[i - 1].kind <= effects->items[i].kind, command);
        believe(self, after, &effects->items[i]);
        check_flow(self, before->recording_held || after->recording_held, command);
    }
    for (unsigned i = 0; i < after->person_count; i++)
        check_person(self, after, i, command);
    check_representatives(after, command);
    check_whole(self, after, command);
}
