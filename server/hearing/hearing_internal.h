/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Between the files of the hearing: hearing.c drives and compares, hearing_rules.c
 * answers who may do what, hearing_acts.c changes the state.
 *
 * Threads  Pure.
 */

#include "server/hearing/hearing.h"

/* May this person send the verb now? Never looks at its target or arguments. */
HeardAnswer heard_rules_check(const HeardHearing *self, uint16_t person, HeardVerb verb);

/* Admitted and reachable. */
bool heard_rules_is_here(const HeardPerson *person);
bool heard_rules_identified(const HeardPerson *person);
bool heard_rules_consented(const HeardPerson *person);
/* The seat needs nobody's decision to enter. */
bool heard_rules_enters_freely(const HeardPerson *person);
/* Media allowance apart from the room the person is in. */
bool heard_rules_source_allowed(const HeardHearing *self, uint16_t person, HeardSend source);

/* Change the state. actor is HEARD_NOBODY for the server; target likewise for none. */
HeardAnswer heard_acts_do(HeardHearing *self, const HeardCommand *command, uint16_t actor,
                          uint16_t target);
