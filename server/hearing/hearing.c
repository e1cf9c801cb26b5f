/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/hearing_internal.h"

#include <glib.h>
#include <string.h>

static const char *const states[HEARD_STATE_COUNT] = {
    [HEARD_STATE_SCHEDULED] = "scheduled", [HEARD_STATE_NOTIFIED] = "notified",
    [HEARD_STATE_READY] = "ready",         [HEARD_STATE_LIVE] = "live",
    [HEARD_STATE_RECESSED] = "recessed",   [HEARD_STATE_CLOSING] = "closing",
    [HEARD_STATE_CONCLUDED] = "concluded", [HEARD_STATE_SEALED] = "sealed",
    [HEARD_STATE_ARCHIVED] = "archived",   [HEARD_STATE_CANCELLED] = "cancelled",
};

static const char *const presences[HEARD_PRESENCE_COUNT] = {
    [HEARD_PRESENCE_ABSENT] = "absent",
    [HEARD_PRESENCE_IN_LOBBY] = "in_lobby",
    [HEARD_PRESENCE_IDENTITY_OK] = "identity_ok",
    [HEARD_PRESENCE_CONSENTED] = "consented",
    [HEARD_PRESENCE_ADMITTED] = "admitted",
    [HEARD_PRESENCE_PRESENT] = "present",
    [HEARD_PRESENCE_ON_HOLD] = "on_hold",
    [HEARD_PRESENCE_IN_CAUCUS] = "in_caucus",
    [HEARD_PRESENCE_DISCONNECTED] = "disconnected",
    [HEARD_PRESENCE_LEFT] = "left",
    [HEARD_PRESENCE_REMOVED] = "removed",
    [HEARD_PRESENCE_COMPLETED] = "completed",
};

typedef struct {
    const char *name;
    HeardError error;
} AnswerRow;

static const AnswerRow answers[HEARD_ANSWER_COUNT] = {
    [HEARD_ANSWER_OK] = {"done", HEARD_ERROR_INTERNAL},
    [HEARD_ANSWER_UNCHANGED] = {"unchanged", HEARD_ERROR_INTERNAL},
    [HEARD_ANSWER_WRONG_ROLE] = {"wrong_role", HEARD_ERROR_WRONG_ROLE},
    [HEARD_ANSWER_UNKNOWN_PERSON] = {"unknown_person", HEARD_ERROR_NOT_FOUND},
    [HEARD_ANSWER_HEARING_CLOSED] = {"hearing_closed", HEARD_ERROR_HEARING_CLOSED},
    [HEARD_ANSWER_NOT_LIVE] = {"not_live", HEARD_ERROR_WRONG_PHASE},
    [HEARD_ANSWER_NOT_READY] = {"not_ready", HEARD_ERROR_WRONG_PHASE},
    [HEARD_ANSWER_NOT_RECESSED] = {"not_recessed", HEARD_ERROR_WRONG_PHASE},
    [HEARD_ANSWER_NOT_ONLINE] = {"not_online", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_NOT_ADMITTED] = {"not_admitted", HEARD_ERROR_NOT_ADMITTED},
    [HEARD_ANSWER_NOT_WAITING] = {"not_waiting", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_ALREADY_ADMITTED] = {"already_admitted", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_IDENTITY_MISSING] = {"identity_missing", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_CONSENT_MISSING] = {"consent_missing", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_PRESIDING_MISSING] = {"presiding_missing", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_CLERK_MISSING] = {"clerk_missing", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_PETITIONER_MISSING] = {"petitioner_missing", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_RESPONDENT_MISSING] = {"respondent_missing", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_PANEL_INCOMPLETE] = {"panel_incomplete", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_REASON_MISSING] = {"reason_missing", HEARD_ERROR_BAD_FIELD},
    [HEARD_ANSWER_OUTCOME_MISSING] = {"outcome_missing", HEARD_ERROR_BAD_FIELD},
    [HEARD_ANSWER_UNKNOWN_PHASE] = {"unknown_phase", HEARD_ERROR_BAD_FIELD},
    [HEARD_ANSWER_PHASE_NOT_REACHABLE] = {"phase_not_reachable", HEARD_ERROR_WRONG_PHASE},
    [HEARD_ANSWER_PROTECTED] = {"protected", HEARD_ERROR_FORBIDDEN},
    [HEARD_ANSWER_SOURCE_BLOCKED] = {"source_blocked", HEARD_ERROR_FORBIDDEN},
    [HEARD_ANSWER_REMOVED] = {"removed", HEARD_ERROR_FORBIDDEN},
    [HEARD_ANSWER_SEATS_TAKEN] = {"seats_taken", HEARD_ERROR_HEARING_FULL},
    [HEARD_ANSWER_NOT_RECORDED] = {"not_recorded", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_ROOM_CLOSED] = {"room_closed", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_ROOM_OPEN] = {"room_open", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_ROOM_LOCKED] = {"room_locked", HEARD_ERROR_FORBIDDEN},
    [HEARD_ANSWER_WRONG_ROOM] = {"wrong_room", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_NOT_INVITED] = {"not_invited", HEARD_ERROR_FORBIDDEN},
    [HEARD_ANSWER_NOT_IN_ROOM] = {"not_in_room", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_WARNING_MISSING] = {"warning_missing", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_RECUSAL_CLOSED] = {"recusal_closed", HEARD_ERROR_WRONG_PHASE},
    [HEARD_ANSWER_RECUSAL_UNANSWERED] = {"recusal_unanswered", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_RECUSAL_UNDECIDED] = {"recusal_undecided", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_RECUSAL_DECIDED] = {"recusal_decided", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_RECUSALS_FULL] = {"recusals_full", HEARD_ERROR_TOO_MANY},
    [HEARD_ANSWER_NOT_RECUSABLE] = {"not_recusable", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_NO_REQUEST] = {"no_request", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_DECIDER_MISSING] = {"decider_missing", HEARD_ERROR_BAD_FIELD},
    [HEARD_ANSWER_RECUSED] = {"recused", HEARD_ERROR_FORBIDDEN},
    [HEARD_ANSWER_NOT_WITNESS] = {"not_witness", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_NOT_WITNESS_PHASE] = {"not_witness_phase", HEARD_ERROR_WRONG_PHASE},
    [HEARD_ANSWER_WITNESS_INSIDE] = {"witness_inside", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_WITNESS_WAITS] = {"witness_waits", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_NOT_SCREENABLE] = {"not_screenable", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_SUMMONS_CLOSED] = {"summons_closed", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_SUMMONSES_FULL] = {"summonses_full", HEARD_ERROR_TOO_MANY},
    [HEARD_ANSWER_UNIT_CALLED] = {"unit_called", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_UNIT_HERE] = {"unit_here", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_UNKNOWN_SUMMONS] = {"unknown_summons", HEARD_ERROR_NOT_FOUND},
    [HEARD_ANSWER_SUMMONS_OVER] = {"summons_over", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_RECORDING_NOT_DURABLE] = {"recording_not_durable", HEARD_ERROR_STORAGE},
    [HEARD_ANSWER_RECORDING_DISK_LOW] = {"recording_disk_low", HEARD_ERROR_STORAGE_FULL},
    [HEARD_ANSWER_MEDIATION_NOT_AGREED] = {"mediation_not_agreed", HEARD_ERROR_CONFLICT},
    [HEARD_ANSWER_UNKNOWN_UNIT] = {"unknown_unit", HEARD_ERROR_NOT_FOUND},
    [HEARD_ANSWER_UNIT_OUT_OF_REACH] = {"unit_out_of_reach", HEARD_ERROR_FORBIDDEN},
};

const char *heard_answer_name(HeardAnswer answer)
{
    return answers[answer].name;
}

HeardError heard_answer_error(HeardAnswer answer)
{
    return answers[answer].error;
}

const char *heard_state_name(HeardState state)
{
    return states[state];
}

bool heard_state_from_name(const char *name, HeardState *ret_state)
{
    for (unsigned i = 0; i < HEARD_STATE_COUNT; i++) {
        if (strcmp(states[i], name) == 0) {
            *ret_state = (HeardState)i;
            return true;
        }
    }
    return false;
}

const char *heard_presence_name(HeardPresence presence)
{
    return presences[presence];
}

void heard_hearing_init(HeardHearing *self, const HeardHearingConfig *config)
{
    g_assert(config->item_count <= HEARD_ITEMS_MAX);
    memset(self, 0, sizeof *self);
    /* Field by field: a snapshot is compared byte by byte, so the padding stays zero. */
    self->config.profile = config->profile;
    self->config.recorded = config->recorded;
    self->config.clerk_delegated = config->clerk_delegated;
    self->config.item_count = config->item_count;
    self->state = HEARD_STATE_SCHEDULED;
    heard_order_init(&self->order);
    self->recusal_texts_used = 1;
}

size_t heard_hearing_size(const HeardHearing *self)
{
    return offsetof(HeardHearing, people) + self->person_count * sizeof self->people[0];
}

HeardHearing *heard_hearing_snapshot(const HeardHearing *self)
{
    return g_memdup2(self, heard_hearing_size(self));
}

void heard_hearing_copy(HeardHearing *to, const HeardHearing *from)
{
    memcpy(to, from, heard_hearing_size(from));
}

HeardEffects *heard_effects_copy(const HeardEffects *effects)
{
    return g_memdup2(effects,
                     offsetof(HeardEffects, items) + effects->count * sizeof effects->items[0]);
}

uint16_t heard_hearing_find(const HeardHearing *self, const char *id)
{
    for (unsigned i = 0; i < self->person_count; i++) {
        if (strcmp(self->people[i].id, id) == 0)
            return (uint16_t)i;
    }
    return HEARD_NOBODY;
}

uint16_t heard_hearing_add_person(HeardHearing *self, const char *id, HeardRole role,
                                  HeardSide side)
{
    HeardPerson *p;

    if (self->person_count == HEARD_PEOPLE_MAX || strlen(id) >= HEARD_ID_SIZE ||
        heard_hearing_find(self, id) != HEARD_NOBODY)
        return HEARD_NOBODY;
    p = &self->people[self->person_count];
    memset(p, 0, sizeof *p);
    g_strlcpy(p->id, id, sizeof p->id);
    p->role = role;
    p->side = side;
    for (unsigned i = 0; i < HEARD_SEND_COUNT; i++)
        p->blocked_by[i] = HEARD_NOBODY;
    return (uint16_t)self->person_count++;
}

/* ---- effects: the difference between two states ---- */

static void emit(HeardEffects *effects, HeardEffectKind kind, unsigned person, HeardSend source)
{
    HeardEffect *effect = &effects->items[effects->count++];

    g_assert(effects->count <= HEARD_EFFECTS_MAX);
    effect->kind = kind;
    effect->person = (uint16_t)person;
    effect->source = source;
    effect->subject = HEARD_CONSENT_ONLINE_MODE;
    effect->room = HEARD_ROOM_NONE;
}

static bool rooms_differ(const HeardHearing *a, const HeardHearing *b)
{
    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++) {
        if (a->rooms[i].open != b->rooms[i].open || a->rooms[i].locked != b->rooms[i].locked ||
            a->rooms[i].since_ms != b->rooms[i].since_ms)
            return true;
    }
    return false;
}

static bool panel_differs(const HeardHearing *a, const HeardHearing *b)
{
    unsigned was, is;

    return heard_hearing_panel_complete(a, &was) != heard_hearing_panel_complete(b, &is) ||
           was != is;
}

static bool order_differs(const HeardOrder *a, const HeardOrder *b)
{
    return memcmp(a, b, sizeof *a) != 0; /* NOLINT(bugprone-suspicious-memory-*) */
}

static bool summons_differs(const HeardHearing *a, const HeardHearing *b, unsigned index)
{
    return index >= a->summons_count || a->summonses[index].state != b->summonses[index].state;
}

static bool summonses_differ(const HeardHearing *a, const HeardHearing *b)
{
    for (unsigned i = 0; i < b->summons_count; i++) {
        if (summons_differs(a, b, i))
            return true;
    }
    return false;
}

static bool hearing_differs(const HeardHearing *a, const HeardHearing *b)
{
    return a->state != b->state || a->phase != b->phase || a->phase_since_ms != b->phase_since_ms ||
           a->recording_held != b->recording_held || a->recess_since_ms != b->recess_since_ms ||
           a->apart_since_ms != b->apart_since_ms || rooms_differ(a, b) ||
           a->recusal_count != b->recusal_count || a->recusal_decided != b->recusal_decided ||
           panel_differs(a, b) || summonses_differ(a, b) || order_differs(&a->order, &b->order);
}

static bool person_differs(const HeardHearing *a, const HeardHearing *b, unsigned person)
{
    /* Padding is compared too: telling once too often does no harm. */
    if (memcmp(&a->people[person], &b->people[person], /* NOLINT(bugprone-suspicious-memory-*) */
               sizeof a->people[person]) != 0)
        return true;
    if (heard_floor_place(&a->floor, (uint16_t)person) !=
        heard_floor_place(&b->floor, (uint16_t)person))
        return true;
    /* A phase that opens or closes a source changes what is shown of the person. */
    for (unsigned s = 0; s < HEARD_SEND_COUNT; s++) {
        if (heard_rules_source_allowed(a, (uint16_t)person, (HeardSend)s) !=
            heard_rules_source_allowed(b, (uint16_t)person, (HeardSend)s))
            return true;
    }
    return false;
}

static void emit_sources(const HeardHearing *before, const HeardHearing *after, bool allow,
                         HeardEffects *effects)
{
    for (unsigned i = 0; i < after->person_count; i++) {
        HeardRoomKind room = heard_hearing_room_of(after, (uint16_t)i);

        /* Who moves joins anew, and is judged then. */
        if (!heard_room_has_media(room) || heard_hearing_room_of(before, (uint16_t)i) != room)
            continue;
        for (unsigned s = 0; s < HEARD_SEND_COUNT; s++) {
            bool was = heard_rules_source_allowed(before, (uint16_t)i, (HeardSend)s);
            bool is = heard_rules_source_allowed(after, (uint16_t)i, (HeardSend)s);

            if (was != is && is == allow)
                emit(effects, allow ? HEARD_EFFECT_MEDIA_ALLOW : HEARD_EFFECT_MEDIA_DENY, i,
                     (HeardSend)s);
        }
    }
}

static void emit_moves(const HeardHearing *before, const HeardHearing *after, bool enters,
                       HeardEffects *effects)
{
    for (unsigned i = 0; i < after->person_count; i++) {
        HeardRoomKind was = heard_hearing_room_of(before, (uint16_t)i);
        HeardRoomKind is = heard_hearing_room_of(after, (uint16_t)i);

        if (was != is && heard_room_has_media(enters ? is : was))
            emit(effects, enters ? HEARD_EFFECT_ADMIT_MEDIA : HEARD_EFFECT_DROP_MEDIA, i, 0);
    }
}

/* A room that is closed and opened again is another one. */
static void emit_rooms(const HeardHearing *before, const HeardHearing *after, bool restarted,
                       bool opens, HeardEffects *effects)
{
    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++) {
        bool was = before->rooms[i].open && !restarted, is = after->rooms[i].open;

        if (was == is || is != opens)
            continue;
        emit(effects, opens ? HEARD_EFFECT_ROOM_OPEN : HEARD_EFFECT_ROOM_CLOSE, HEARD_NOBODY, 0);
        effects->items[effects->count - 1].room = (HeardRoomKind)i;
    }
}

static void emit_recording(const HeardHearing *before, const HeardHearing *after, bool restarted,
                           HeardEffects *effects)
{
    HeardRecordingWish was = restarted ? HEARD_RECORDING_NONE : heard_hearing_recording(before);
    HeardRecordingWish is = heard_hearing_recording(after);

    /* What closed rooms leave out has its own stretch in the log. */
    if (was == is && is == HEARD_RECORDING_PAUSED &&
        (before->apart_since_ms != 0 || after->apart_since_ms != 0) &&
        strcmp(heard_hearing_pause_cause(before), heard_hearing_pause_cause(after)) != 0)
        emit(effects, HEARD_EFFECT_RECORDING_PAUSE, HEARD_NOBODY, 0);
    if (was == is)
        return;
    if (is == HEARD_RECORDING_FINISHED) {
        emit(effects, HEARD_EFFECT_RECORDING_FINISH, HEARD_NOBODY, 0);
        return;
    }
    if (was == HEARD_RECORDING_NONE)
        emit(effects, HEARD_EFFECT_RECORDING_START, HEARD_NOBODY, 0);
    if (is == HEARD_RECORDING_PAUSED)
        emit(effects, HEARD_EFFECT_RECORDING_PAUSE, HEARD_NOBODY, 0);
    else if (was == HEARD_RECORDING_PAUSED)
        emit(effects, HEARD_EFFECT_RECORDING_RESUME, HEARD_NOBODY, 0);
}

static void emit_persists(const HeardHearing *before, const HeardHearing *after,
                          const HeardCommand *command, unsigned actor, HeardEffects *effects)
{
    bool ends = !heard_hearing_over(before) && heard_hearing_over(after);

    if (hearing_differs(before, after))
        emit(effects, HEARD_EFFECT_PERSIST_HEARING, HEARD_NOBODY, 0);
    for (unsigned i = 0; i < after->person_count; i++) {
        if (memcmp(&before->people[i], &after->people[i], /* NOLINT(bugprone-suspicious-memory-*) */
                   sizeof before->people[i]) != 0)
            emit(effects, HEARD_EFFECT_PERSIST_PERSON, i, 0);
    }
    if (command->verb == HEARD_VERB_CONSENT_GIVE) {
        emit(effects, HEARD_EFFECT_PERSIST_CONSENT, actor, 0);
        effects->items[effects->count - 1].subject = command->subject;
    }
    if (ends && after->config.item_count > 0)
        emit(effects, HEARD_EFFECT_PERSIST_OUTCOME, HEARD_NOBODY, 0);
    for (unsigned i = 0; i < after->summons_count; i++) {
        if (summons_differs(before, after, i))
            emit(effects, HEARD_EFFECT_PERSIST_SUMMONS, i, 0);
    }
}

static void emit_tells(const HeardHearing *before, const HeardHearing *after, HeardEffects *effects)
{
    if (hearing_differs(before, after))
        emit(effects, HEARD_EFFECT_TELL_HEARING, HEARD_NOBODY, 0);
    for (unsigned i = 0; i < after->person_count; i++) {
        if (person_differs(before, after, i))
            emit(effects, HEARD_EFFECT_TELL_PERSON, i, 0);
    }
    for (unsigned i = 0; i < after->person_count; i++) {
        if (heard_hearing_may(before, (uint16_t)i) != heard_hearing_may(after, (uint16_t)i) ||
            heard_hearing_room_of(before, (uint16_t)i) != heard_hearing_room_of(after, (uint16_t)i))
            emit(effects, HEARD_EFFECT_TELL_MAY, i, 0);
    }
}

/* In the order of HeardEffectKind: take away first, record before anything is heard, let
 * in and tell last. */
static void compare(const HeardHearing *before, const HeardHearing *after,
                    const HeardCommand *command, unsigned actor, HeardEffects *effects)
{
    bool restarted = command->verb == HEARD_VERB_RESTORE;
    bool flowed = heard_hearing_flows(before) && !restarted, flows = heard_hearing_flows(after);

    emit(effects, HEARD_EFFECT_AUDIT, HEARD_NOBODY, 0);
    emit_persists(before, after, command, actor, effects);
    if (flowed && !flows)
        emit(effects, HEARD_EFFECT_ROOM_FLOW_OFF, HEARD_NOBODY, 0);
    emit_sources(before, after, false, effects);
    emit_moves(before, after, false, effects);
    emit_rooms(before, after, restarted, false, effects);
    emit_recording(before, after, restarted, effects);
    if (!flowed && flows)
        emit(effects, HEARD_EFFECT_ROOM_FLOW_ON, HEARD_NOBODY, 0);
    emit_rooms(before, after, restarted, true, effects);
    emit_sources(before, after, true, effects);
    emit_moves(before, after, true, effects);
    emit_tells(before, after, effects);
    if (!heard_hearing_over(before) && heard_hearing_over(after)) {
        emit(effects, HEARD_EFFECT_ENDED, HEARD_NOBODY, 0);
    } else if (command->verb == HEARD_VERB_LEAVE || command->verb == HEARD_VERB_REMOVE) {
        unsigned gone =
            command->verb == HEARD_VERB_LEAVE ? actor : heard_hearing_find(after, command->target);

        emit(effects, HEARD_EFFECT_DISCONNECT, gone, 0);
    } else if (command->verb == HEARD_VERB_RECUSAL_DECIDE && command->granted) {
        emit(effects, HEARD_EFFECT_DISCONNECT, heard_hearing_find(after, command->target), 0);
    }
}

HeardAnswer heard_hearing_apply(HeardHearing *self, const HeardCommand *command,
                                HeardEffects *ret_effects)
{
    HeardHearing before;
    HeardAnswer answer;
    uint16_t actor = HEARD_NOBODY, target = HEARD_NOBODY;

    ret_effects->count = 0;
    if (command->actor && (actor = heard_hearing_find(self, command->actor)) == HEARD_NOBODY)
        return HEARD_ANSWER_UNKNOWN_PERSON;
    if (command->target && (target = heard_hearing_find(self, command->target)) == HEARD_NOBODY)
        return HEARD_ANSWER_UNKNOWN_PERSON;
    /* Who reports facts is the server, who decides is a person; never the other way. */
    if ((command->verb < HEARD_VERB_CLIENT_COUNT) != (actor != HEARD_NOBODY))
        return HEARD_ANSWER_WRONG_ROLE;
    heard_hearing_copy(&before, self);
    answer =
        actor == HEARD_NOBODY ? HEARD_ANSWER_OK : heard_rules_check(self, actor, command->verb);
    if (answer == HEARD_ANSWER_OK)
        answer = heard_acts_do(self, command, actor, target);
    if (answer == HEARD_ANSWER_OK)
        heard_rooms_settle(self, &before, command, actor);
    if (answer == HEARD_ANSWER_OK)
        heard_floor_settle(self, &before);
    if (answer == HEARD_ANSWER_OK)
        heard_summons_settle(self, command->wall_ms);
    if (answer == HEARD_ANSWER_OK)
        compare(&before, self, command, actor, ret_effects);
    else if (answer == HEARD_ANSWER_WRONG_ROLE && actor != HEARD_NOBODY)
        emit(ret_effects, HEARD_EFFECT_AUDIT, HEARD_NOBODY, 0);
    return answer;
}
