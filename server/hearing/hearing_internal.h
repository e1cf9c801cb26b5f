/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Between the files of the hearing: hearing.c drives and compares, hearing_rules.c
 * answers who may do what, hearing_acts.c changes the state, hearing_rooms.c
 * that of the closed rooms, hearing_floor.c who has the floor and order in the room,
 * hearing_recusal.c, hearing_witness.c and hearing_summons.c what their names say.
 *
 * Threads  Pure.
 */

#include "server/hearing/hearing.h"

/* May this person send the verb now? Never looks at its target or arguments. */
HeardAnswer heard_rules_check(const HeardHearing *self, uint16_t person, HeardVerb verb);

/* Admitted and reachable. */
bool heard_rules_is_here(const HeardPerson *person);
bool heard_rules_identified(const HeardPerson *person);
/* As far as this hearing needs it: nobody is asked about a recording that there is not. */
bool heard_rules_consented(const HeardHearing *self, const HeardPerson *person);
/* Presides, and so is out of others' reach. */
bool heard_rules_leads(const HeardHearing *self, const HeardPerson *person);
/* The seat needs nobody's decision to enter. */
bool heard_rules_enters_freely(const HeardPerson *person);
/* Media allowance in the room the person is in, whichever flows. */
bool heard_rules_source_allowed(const HeardHearing *self, uint16_t person, HeardSend source);

/* Change the state. actor is HEARD_NOBODY for the server; target likewise for none. */
HeardAnswer heard_acts_do(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                          uint16_t target);

void heard_acts_leave(HeardHearing *self, uint16_t person, HeardPresence presence, int64_t now_ms);
void heard_acts_recess(HeardHearing *self, const char *reason, int64_t now_ms);

/* The recusal.* verbs, and what a round or a request that is open forbids. */
HeardAnswer heard_recusal_check(const HeardHearing *self, uint16_t person, HeardVerb verb);
HeardAnswer heard_recusal_do(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                             uint16_t target);
HeardAnswer heard_recusal_check_advance(const HeardHearing *self, unsigned to);
/* Somebody asked for the recusal of who presides: nothing goes on until it is decided. */
bool heard_recusal_stops(const HeardHearing *self);
/* Nobody presides any more, by such a decision: then the clerk may adjourn, and only that. */
bool heard_recusal_leaderless(const HeardHearing *self);
bool heard_recusal_may_close(const HeardHearing *self, const HeardCommand *command, uint16_t actor);

/* witness.* and screen.set. */
HeardAnswer heard_witness_check(const HeardHearing *self, HeardVerb verb);
HeardAnswer heard_witness_do(HeardHearing *self, const HeardCommand *command, uint16_t target);
/* After every command: a witness goes out with the phase. */
void heard_witness_settle(HeardHearing *self);

/* The summons.* verbs of people, and what the server reports of them. */
HeardAnswer heard_summons_check(const HeardHearing *self, HeardVerb verb);
HeardAnswer heard_summons_do(HeardHearing *self, const HeardCommand *command, uint16_t actor);
HeardAnswer heard_summons_report(HeardHearing *self, const HeardCommand *command);
/* After every command: nothing rings for a hearing that is over. */
void heard_summons_settle(HeardHearing *self, int64_t now_ms);

/* The room.* verbs: may the person send it, is it of use just now, do it. */
HeardAnswer heard_rooms_check(const HeardHearing *self, uint16_t person, HeardVerb verb);
bool heard_rooms_offers(const HeardHearing *self, uint16_t person, HeardVerb verb);
HeardAnswer heard_rooms_do(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                           uint16_t target);
/* After every command: which rooms are open, and who is where, follows from the rest. */
void heard_rooms_settle(HeardHearing *self, const HeardHearing *before, const HeardCommand *command,
                        uint16_t actor);

/* The floor.*, order.* and spotlight.* verbs, in the same way. */
HeardAnswer heard_floor_check(const HeardHearing *self, uint16_t person, HeardVerb verb);
bool heard_floor_offers(const HeardHearing *self, HeardVerb verb);
HeardAnswer heard_floor_do(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                           uint16_t target);
HeardAnswer heard_floor_count(HeardHearing *self, const HeardCommand *command);
/* After heard_rooms_settle: the floor and the spotlight end with the phase or the place. */
void heard_floor_settle(HeardHearing *self, const HeardHearing *before);
HeardAnswer heard_floor_may_remove(const HeardHearing *self, const HeardCommand *command,
                                   uint16_t target);
bool heard_floor_has(const HeardHearing *self, uint16_t person);
/* The microphones are locked, this one too. */
bool heard_floor_silences(const HeardHearing *self, uint16_t person);
