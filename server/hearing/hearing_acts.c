/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/hearing_internal.h"

#include <glib.h>
#include <string.h>

static bool is_waiting_presence(HeardPresence presence)
{
    return presence == HEARD_PRESENCE_IN_LOBBY || presence == HEARD_PRESENCE_IDENTITY_OK ||
           presence == HEARD_PRESENCE_CONSENTED || presence == HEARD_PRESENCE_ON_HOLD;
}

static HeardPresence lobby_presence(const HeardHearing *self, const HeardPerson *p)
{
    if (!heard_rules_identified(p))
        return HEARD_PRESENCE_IN_LOBBY;
    return heard_rules_consented(self, p) ? HEARD_PRESENCE_CONSENTED : HEARD_PRESENCE_IDENTITY_OK;
}

/* Out of the room; the caller sets where to. */
static void lose_place(HeardHearing *self, uint16_t person)
{
    HeardPerson *p = &self->people[person];

    p->admitted = false;
    p->in_media = false;
    heard_floor_lower(&self->floor, person);
}

static void to_lobby(HeardHearing *self, uint16_t person, HeardPresence presence, int64_t now_ms)
{
    HeardPerson *p = &self->people[person];

    lose_place(self, person);
    p->presence = p->online ? presence : HEARD_PRESENCE_ABSENT;
    p->waiting_since_ms = p->online ? now_ms : 0;
}

static void admit(HeardPerson *p)
{
    p->admitted = true;
    p->held = false;
    p->waiting_since_ms = 0;
    p->presence = p->in_media ? HEARD_PRESENCE_PRESENT : HEARD_PRESENCE_ADMITTED;
}

static HeardAnswer give_consent(HeardHearing *self, const HeardCommand *command, uint16_t actor)
{
    HeardPerson *p = &self->people[actor];
    HeardConsent *consent = &p->consents[command->subject];

    consent->decision = command->decision;
    consent->at_ms = command->wall_ms;
    g_strlcpy(consent->text_version, command->text_version, sizeof consent->text_version);
    /* A consent taken back ends the admission that rested on it. */
    if (p->admitted && !heard_rules_consented(self, p))
        to_lobby(self, actor, lobby_presence(self, p), command->wall_ms);
    else if (is_waiting_presence(p->presence) && p->presence != HEARD_PRESENCE_ON_HOLD)
        p->presence = lobby_presence(self, p);
    return HEARD_ANSWER_OK;
}

static HeardAnswer check_identity(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                                  uint16_t target)
{
    HeardPerson *p = &self->people[target];

    if (actor == target || heard_rules_leads(self, p))
        return HEARD_ANSWER_PROTECTED;
    if (p->presence == HEARD_PRESENCE_REMOVED)
        return HEARD_ANSWER_REMOVED;
    p->method = command->passed ? command->method : HEARD_METHOD_NONE;
    g_strlcpy(p->document, command->passed ? command->document : "", sizeof p->document);
    p->identified_at_ms = command->passed ? command->wall_ms : 0;
    if (p->admitted && !command->passed) {
        p->held = true;
        to_lobby(self, target, HEARD_PRESENCE_ON_HOLD, command->wall_ms);
    } else if (is_waiting_presence(p->presence) && p->presence != HEARD_PRESENCE_ON_HOLD) {
        p->presence = lobby_presence(self, p);
    }
    return HEARD_ANSWER_OK;
}

static unsigned count_petitioners(const HeardHearing *self, HeardSide side)
{
    unsigned count = 0;

    for (unsigned i = 0; i < self->person_count; i++)
        count += self->people[i].admitted && self->people[i].role == HEARD_ROLE_PETITIONER &&
                 self->people[i].side == side;
    return count;
}

static HeardAnswer admit_target(HeardHearing *self, uint16_t target)
{
    HeardPerson *p = &self->people[target];

    if (p->presence == HEARD_PRESENCE_REMOVED)
        return HEARD_ANSWER_REMOVED;
    if (p->admitted)
        return HEARD_ANSWER_ALREADY_ADMITTED;
    if (!is_waiting_presence(p->presence))
        return HEARD_ANSWER_NOT_WAITING;
    if (!heard_rules_identified(p))
        return HEARD_ANSWER_IDENTITY_MISSING;
    if (!heard_rules_consented(self, p))
        return HEARD_ANSWER_CONSENT_MISSING;
    if (p->role == HEARD_ROLE_PETITIONER &&
        count_petitioners(self, p->side) >= self->config.profile->petitioners_max)
        return HEARD_ANSWER_SEATS_TAKEN;
    admit(p);
    return HEARD_ANSWER_OK;
}

static HeardAnswer hold(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                        uint16_t target)
{
    HeardPerson *p = &self->people[target];

    if (actor == target || heard_rules_leads(self, p))
        return HEARD_ANSWER_PROTECTED;
    if (p->recused)
        return HEARD_ANSWER_RECUSED;
    if (p->presence == HEARD_PRESENCE_REMOVED) {
        /* The way back for one who was removed: to the lobby, at the next connection. */
        p->presence = HEARD_PRESENCE_ABSENT;
        p->held = true;
        return HEARD_ANSWER_OK;
    }
    if (!p->admitted)
        return HEARD_ANSWER_NOT_ADMITTED;
    p->held = true;
    to_lobby(self, target, HEARD_PRESENCE_ON_HOLD, command->wall_ms);
    return HEARD_ANSWER_OK;
}

static HeardAnswer block(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                         uint16_t target)
{
    HeardPerson *p = &self->people[target];
    HeardSend source = command->source;
    HeardPermission permission = source == HEARD_SEND_SCREEN ? HEARD_MAY_SHARE : HEARD_MAY_SPEAK;

    if (heard_rules_leads(self, p) && actor != target)
        return HEARD_ANSWER_PROTECTED;
    if (p->presence == HEARD_PRESENCE_REMOVED)
        return HEARD_ANSWER_REMOVED;
    if (heard_role_permit(p->role, permission) == HEARD_PERMIT_NO)
        return HEARD_ANSWER_SOURCE_BLOCKED;
    if (p->blocked[source] == command->blocked && p->granted[source] == !command->blocked)
        return HEARD_ANSWER_UNCHANGED;
    p->blocked[source] = command->blocked;
    p->granted[source] = !command->blocked;
    p->blocked_by[source] = command->blocked ? actor : HEARD_NOBODY;
    return HEARD_ANSWER_OK;
}

void heard_acts_leave(HeardHearing *self, uint16_t person, HeardPresence presence, int64_t now_ms)
{
    HeardPerson *p = &self->people[person];

    lose_place(self, person);
    p->online = false;
    p->waiting_since_ms = 0;
    p->left_at_ms = now_ms;
    p->presence = presence;
}

static HeardAnswer remove_target(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                                 uint16_t target)
{
    HeardPerson *p = &self->people[target];

    if (actor == target || heard_rules_leads(self, p))
        return HEARD_ANSWER_PROTECTED;
    if (p->presence == HEARD_PRESENCE_REMOVED)
        return HEARD_ANSWER_REMOVED;
    if (command->reason[0] == '\0')
        return HEARD_ANSWER_REASON_MISSING;
    if (heard_floor_may_remove(self, command, target) != HEARD_ANSWER_OK)
        return HEARD_ANSWER_WARNING_MISSING;
    heard_acts_leave(self, target, HEARD_PRESENCE_REMOVED, command->wall_ms);
    return HEARD_ANSWER_OK;
}

static HeardAnswer set_sends(HeardHearing *self, const HeardCommand *command, uint16_t actor)
{
    HeardPerson *p = &self->people[actor];

    if (memcmp(p->sends, command->sends, sizeof p->sends) == 0)
        return HEARD_ANSWER_UNCHANGED;
    memcpy(p->sends, command->sends, sizeof p->sends);
    return HEARD_ANSWER_OK;
}

static HeardAnswer lower_hand(HeardHearing *self, uint16_t actor, uint16_t target)
{
    if (target == HEARD_NOBODY)
        target = actor;
    if (target != actor && heard_rules_check(self, actor, HEARD_VERB_ADMIT) != HEARD_ANSWER_OK)
        return HEARD_ANSWER_WRONG_ROLE;
    return heard_floor_lower(&self->floor, target) ? HEARD_ANSWER_OK : HEARD_ANSWER_UNCHANGED;
}

static bool is_anyone_here(const HeardHearing *self, HeardRoleMask roles)
{
    for (unsigned i = 0; i < self->person_count; i++) {
        if ((roles & HEARD_ROLE_BIT(self->people[i].role)) && heard_rules_is_here(&self->people[i]))
            return true;
    }
    return false;
}

static void enter_phase(HeardHearing *self, unsigned phase, int64_t now_ms)
{
    self->phase = phase;
    self->phase_since_ms = now_ms;
    self->phase_entered_ms[phase] = now_ms;
}

static bool is_side_here(const HeardHearing *self, HeardSide side)
{
    for (unsigned i = 0; i < self->person_count; i++) {
        if (self->people[i].side == side && heard_rules_is_here(&self->people[i]))
            return true;
    }
    return false;
}

/* Guards of domain.md 3.7. */
static HeardAnswer open_hearing(HeardHearing *self, const HeardCommand *command)
{
    const HeardProfile *profile = self->config.profile;
    unsigned panel;

    if (!is_anyone_here(self, HEARD_ROLE_BIT(profile->leader)))
        return HEARD_ANSWER_PRESIDING_MISSING;
    if (!profile->leader_may_be_clerk && !is_anyone_here(self, HEARD_ROLE_BIT(HEARD_ROLE_CLERK)))
        return HEARD_ANSWER_CLERK_MISSING;
    if (profile->required_side && !is_anyone_here(self, profile->required_side))
        return profile->required_side & HEARD_ROLE_BIT(HEARD_ROLE_PETITIONER)
                   ? HEARD_ANSWER_PETITIONER_MISSING
                   : HEARD_ANSWER_RESPONDENT_MISSING;
    if (profile->both_sides && !is_side_here(self, HEARD_SIDE_PETITIONER))
        return HEARD_ANSWER_PETITIONER_MISSING;
    if (profile->both_sides && !is_side_here(self, HEARD_SIDE_RESPONDENT))
        return HEARD_ANSWER_RESPONDENT_MISSING;
    if (!heard_hearing_panel_complete(self, &panel))
        return HEARD_ANSWER_PANEL_INCOMPLETE;
    self->state = HEARD_STATE_LIVE;
    self->started_at_ms = command->wall_ms;
    /* What came before happened in the lobby. */
    for (unsigned i = 1; i < profile->opening; i++)
        self->phase_entered_ms[i] = command->wall_ms;
    enter_phase(self, profile->opening, command->wall_ms);
    return HEARD_ANSWER_OK;
}

static bool skips_required(const HeardHearing *self, unsigned to)
{
    const HeardProfile *profile = self->config.profile;

    for (unsigned i = self->phase + 1; i < to; i++) {
        if (profile->phases[i].required && self->phase_entered_ms[i] == 0)
            return true; /* who went back has held what lies between */
    }
    return false;
}

static HeardAnswer advance(HeardHearing *self, const HeardCommand *command)
{
    int to = heard_profile_find_phase(self->config.profile, command->phase);
    const HeardProfile *profile = self->config.profile;
    int last = (int)profile->phase_count - 1;
    HeardAnswer answer;

    if (to < 0)
        return HEARD_ANSWER_UNKNOWN_PHASE;
    if (to < (int)profile->opening || to == last || to == (int)self->phase)
        return HEARD_ANSWER_PHASE_NOT_REACHABLE;
    if (skips_required(self, (unsigned)to) && command->reason[0] == '\0')
        return HEARD_ANSWER_REASON_MISSING;
    answer = heard_recusal_check_advance(self, (unsigned)to);
    if (answer != HEARD_ANSWER_OK)
        return answer;
    enter_phase(self, (unsigned)to, command->wall_ms);
    return HEARD_ANSWER_OK;
}

void heard_acts_recess(HeardHearing *self, const char *reason, int64_t now_ms)
{
    self->state = HEARD_STATE_RECESSED;
    self->recess_since_ms = now_ms;
    g_strlcpy(self->recess_reason, reason, sizeof self->recess_reason);
}

static HeardAnswer recess(HeardHearing *self, const HeardCommand *command)
{
    if (command->reason[0] == '\0')
        return HEARD_ANSWER_REASON_MISSING;
    heard_acts_recess(self, command->reason, command->wall_ms);
    if (command->minutes > 0)
        self->recess_until_ms = command->wall_ms + (int64_t)command->minutes * 60 * 1000;
    return HEARD_ANSWER_OK;
}

static HeardAnswer resume(HeardHearing *self)
{
    if (!is_anyone_here(self, HEARD_ROLE_BIT(self->config.profile->leader)))
        return HEARD_ANSWER_PRESIDING_MISSING;
    if (heard_recusal_stops(self))
        return HEARD_ANSWER_RECUSAL_UNDECIDED;
    self->state = HEARD_STATE_LIVE;
    self->recess_since_ms = 0;
    self->recess_until_ms = 0;
    self->recess_reason[0] = '\0';
    return HEARD_ANSWER_OK;
}

static bool explains_early_end(const HeardCommand *command)
{
    for (unsigned i = 0; i < command->outcome_count; i++) {
        HeardOutcome outcome = command->outcomes[i];

        if (outcome != HEARD_OUTCOME_ADJOURNED && outcome != HEARD_OUTCOME_NO_SHOW &&
            outcome != HEARD_OUTCOME_WITHDRAWN)
            return command->note[0] != '\0' || command->reason[0] != '\0';
    }
    return command->outcome_count > 0 || command->note[0] != '\0' || command->reason[0] != '\0';
}

/* There are no minutes to sign yet, so closing is passed through
 * and the hearing is concluded at once. */
static HeardAnswer close_hearing(HeardHearing *self, const HeardCommand *command, uint16_t actor)
{
    unsigned last = self->config.profile->phase_count - 1;

    if (!heard_recusal_may_close(self, command, actor))
        return HEARD_ANSWER_WRONG_ROLE;
    if (command->outcome_count != self->config.item_count)
        return HEARD_ANSWER_OUTCOME_MISSING;
    if (skips_required(self, last) && !explains_early_end(command))
        return HEARD_ANSWER_REASON_MISSING;
    for (unsigned i = 0; i < command->outcome_count; i++)
        self->outcomes[i] = command->outcomes[i];
    g_strlcpy(self->note, command->note, sizeof self->note);
    self->state = HEARD_STATE_CONCLUDED;
    self->ended_at_ms = command->wall_ms;
    enter_phase(self, last, command->wall_ms);
    self->floor.count = 0;
    for (unsigned i = 0; i < self->person_count; i++) {
        HeardPerson *p = &self->people[i];

        if (p->presence == HEARD_PRESENCE_ABSENT || p->presence == HEARD_PRESENCE_LEFT ||
            p->presence == HEARD_PRESENCE_REMOVED)
            continue;
        /* Who never got in has not completed anything. */
        p->presence = p->admitted ? HEARD_PRESENCE_COMPLETED : HEARD_PRESENCE_LEFT;
        p->online = false;
        p->in_media = false;
        p->waiting_since_ms = 0;
        p->left_at_ms = command->wall_ms;
    }
    return HEARD_ANSWER_OK;
}

static HeardAnswer hold_recording(HeardHearing *self, const HeardCommand *command, bool held)
{
    if (held && command->reason[0] == '\0')
        return HEARD_ANSWER_REASON_MISSING;
    self->recording_held = held;
    g_strlcpy(self->pause_reason, held ? command->reason : "", sizeof self->pause_reason);
    return HEARD_ANSWER_OK;
}

static HeardAnswer connect_target(HeardHearing *self, const HeardCommand *command, uint16_t target)
{
    HeardPerson *p = &self->people[target];

    if (p->presence == HEARD_PRESENCE_REMOVED)
        return HEARD_ANSWER_REMOVED;
    if (heard_role_permit(p->role, HEARD_MAY_JOIN) == HEARD_PERMIT_NO)
        return HEARD_ANSWER_WRONG_ROLE;
    if (p->online)
        return HEARD_ANSWER_UNCHANGED;
    if (self->state == HEARD_STATE_SCHEDULED || self->state == HEARD_STATE_NOTIFIED)
        self->state = HEARD_STATE_READY;
    p->online = true;
    if (p->joined_at_ms == 0)
        p->joined_at_ms = command->wall_ms;
    if (heard_role_on_duty(p->role) && !heard_rules_identified(p) && !p->held) {
        p->method = HEARD_METHOD_ACCOUNT;
        p->identified_at_ms = command->wall_ms;
    }
    if (p->admitted || heard_rules_enters_freely(p)) {
        admit(p);
        return HEARD_ANSWER_OK;
    }
    if (!heard_person_waiting(p))
        p->waiting_since_ms = command->wall_ms;
    p->presence = p->held ? HEARD_PRESENCE_ON_HOLD : lobby_presence(self, p);
    return HEARD_ANSWER_OK;
}

/* A fact about one connection of the person has changed: where does that leave him? */
static void settle_presence(HeardPerson *p, int64_t now_us)
{
    if (!p->online && !p->in_media) {
        p->presence = HEARD_PRESENCE_DISCONNECTED;
        p->offline_since_us = now_us;
    } else if (p->admitted) {
        p->presence = p->in_media ? HEARD_PRESENCE_PRESENT : HEARD_PRESENCE_ADMITTED;
    }
}

static HeardAnswer disconnect_target(HeardHearing *self, const HeardCommand *command,
                                     uint16_t target)
{
    HeardPerson *p = &self->people[target];

    if (!p->online)
        return HEARD_ANSWER_UNCHANGED;
    p->online = false;
    settle_presence(p, command->now_us);
    return HEARD_ANSWER_OK;
}

static HeardAnswer expire_target(HeardHearing *self, uint16_t target)
{
    HeardPerson *p = &self->people[target];

    if (p->presence != HEARD_PRESENCE_DISCONNECTED)
        return HEARD_ANSWER_UNCHANGED;
    lose_place(self, target);
    p->presence = HEARD_PRESENCE_ABSENT;
    p->waiting_since_ms = 0;
    return HEARD_ANSWER_OK;
}

static HeardAnswer media_target(HeardHearing *self, const HeardCommand *command, uint16_t target,
                                bool up)
{
    HeardPerson *p = &self->people[target];

    if (p->in_media == up)
        return HEARD_ANSWER_UNCHANGED;
    if (!heard_room_has_media(heard_hearing_room_of(self, target)))
        return HEARD_ANSWER_NOT_ADMITTED;
    p->in_media = up;
    settle_presence(p, command->now_us);
    return HEARD_ANSWER_OK;
}

static HeardAnswer restore(HeardHearing *self, const HeardCommand *command)
{
    for (unsigned i = 0; i < self->person_count; i++) {
        HeardPerson *p = &self->people[i];
        bool connected = p->online || p->in_media;

        p->online = false;
        p->in_media = false;
        if (connected || p->presence == HEARD_PRESENCE_DISCONNECTED)
            settle_presence(p, command->now_us);
    }
    return HEARD_ANSWER_OK;
}

static HeardAnswer act_as_server(HeardHearing *self, const HeardCommand *command, uint16_t target)
{
    if (heard_hearing_over(self))
        return HEARD_ANSWER_HEARING_CLOSED;
    if (command->verb == HEARD_VERB_RESTORE)
        return restore(self, command);
    if (command->verb == HEARD_VERB_SUSPEND)
        return self->state == HEARD_STATE_LIVE ? recess(self, command) : HEARD_ANSWER_NOT_LIVE;
    if (command->verb == HEARD_VERB_SPOKE)
        return heard_floor_count(self, command);
    if (command->verb == HEARD_VERB_SUMMONS_ANSWER || command->verb == HEARD_VERB_SUMMONS_EXPIRE)
        return heard_summons_report(self, command);
    if (target == HEARD_NOBODY)
        return HEARD_ANSWER_UNKNOWN_PERSON;
    switch (command->verb) {
    case HEARD_VERB_CONNECT:
        return connect_target(self, command, target);
    case HEARD_VERB_DISCONNECT:
        return disconnect_target(self, command, target);
    case HEARD_VERB_EXPIRE:
        return expire_target(self, target);
    case HEARD_VERB_MEDIA_UP:
    case HEARD_VERB_MEDIA_DOWN:
        return media_target(self, command, target, command->verb == HEARD_VERB_MEDIA_UP);
    default:
        g_assert_not_reached();
    }
}

HeardAnswer heard_acts_do(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                          uint16_t target)
{
    switch (command->verb) {
    case HEARD_VERB_CONSENT_GIVE:
        return give_consent(self, command, actor);
    case HEARD_VERB_CHECK_IDENTITY:
        return check_identity(self, command, actor, target);
    case HEARD_VERB_ADMIT:
        return admit_target(self, target);
    case HEARD_VERB_HOLD:
        return hold(self, command, actor, target);
    case HEARD_VERB_BLOCK:
        return block(self, command, actor, target);
    case HEARD_VERB_REMOVE:
        return remove_target(self, command, actor, target);
    case HEARD_VERB_MEDIA_STATE:
        return set_sends(self, command, actor);
    case HEARD_VERB_HAND_RAISE:
        return heard_floor_raise(&self->floor, actor) ? HEARD_ANSWER_OK : HEARD_ANSWER_UNCHANGED;
    case HEARD_VERB_HAND_LOWER:
        return lower_hand(self, actor, target);
    case HEARD_VERB_OPEN:
        return open_hearing(self, command);
    case HEARD_VERB_ADVANCE:
        return advance(self, command);
    case HEARD_VERB_RECESS:
        return recess(self, command);
    case HEARD_VERB_RESUME:
        return resume(self);
    case HEARD_VERB_CLOSE:
        return close_hearing(self, command, actor);
    case HEARD_VERB_LEAVE:
        heard_acts_leave(self, actor, HEARD_PRESENCE_LEFT, command->wall_ms);
        return HEARD_ANSWER_OK;
    case HEARD_VERB_RECORDING_PAUSE:
    case HEARD_VERB_RECORDING_RESUME:
        return hold_recording(self, command, command->verb == HEARD_VERB_RECORDING_PAUSE);
    case HEARD_VERB_ROOM_OPEN:
    case HEARD_VERB_ROOM_INVITE:
    case HEARD_VERB_ROOM_ANSWER:
    case HEARD_VERB_ROOM_ENTER:
    case HEARD_VERB_ROOM_LEAVE:
    case HEARD_VERB_ROOM_LOCK:
    case HEARD_VERB_ROOM_CLOSE:
        return heard_rooms_do(self, command, actor, target);
    case HEARD_VERB_FLOOR_GIVE:
    case HEARD_VERB_FLOOR_TAKE:
    case HEARD_VERB_ORDER_WARN:
    case HEARD_VERB_ORDER_LOCK:
    case HEARD_VERB_SPOTLIGHT_SET:
    case HEARD_VERB_SPOTLIGHT_CLEAR:
        return heard_floor_do(self, command, actor, target);
    case HEARD_VERB_RECUSAL_ANSWER:
    case HEARD_VERB_RECUSAL_DECIDE:
        return heard_recusal_do(self, command, actor, target);
    case HEARD_VERB_WITNESS_CALL:
    case HEARD_VERB_WITNESS_DISMISS:
    case HEARD_VERB_SCREEN_SET:
        return heard_witness_do(self, command, target);
    case HEARD_VERB_SUMMONS_CALL:
    case HEARD_VERB_SUMMONS_CANCEL:
        return heard_summons_do(self, command, actor);
    default:
        return act_as_server(self, command, target);
    }
}
