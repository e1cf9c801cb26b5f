/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A slow second opinion of a hearing: it sees what was commanded, what was answered and which
 * effects came, keeps its own books of them, and says at once when the rules disagree with
 * it or with the invariants of domain.md 3.12.
 *
 * Units      As the hearing's.
 * Ownership  A plain struct.
 * Threads    One test.
 * Errors     A broken invariant fails the test with the command that broke it.
 */

#include "server/hearing/hearing.h"

typedef struct {
    /* believed of effects alone */
    bool flows, records, recorded_ever, finished;
    bool open[HEARD_ROOM_COUNT];
    HeardRoomKind room[HEARD_PEOPLE_MAX]; /* with media; NONE: without */
    bool heard[HEARD_PEOPLE_MAX][HEARD_SEND_COUNT];
    /* books of the commands that were done */
    bool muted[HEARD_PEOPLE_MAX], granted[HEARD_PEOPLE_MAX]; /* microphones */
    unsigned summons_count, summons_ends[HEARD_SUMMONSES_MAX];
    unsigned warnings[HEARD_PEOPLE_MAX];
    uint16_t holder, spotlight;
    bool locked;
    uint16_t hands[HEARD_PEOPLE_MAX];
    unsigned hand_count;
    bool visited[HEARD_PHASES_MAX];
    unsigned phase;
    int64_t spoken_ms[HEARD_PHASES_MAX][HEARD_TALK_COUNT];
    uint64_t done[HEARD_VERB_COUNT], refused[HEARD_VERB_COUNT]; /* over all hearings */
} Model;

/* Everything but the counts anew. */
void model_begin(Model *self, const HeardHearing *hearing);

/* One command between two states. */
void model_step(Model *self, const HeardHearing *before, const HeardHearing *after,
                const HeardCommand *command, HeardAnswer answer, const HeardEffects *effects);
