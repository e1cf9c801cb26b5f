/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The door to calls of units into live hearings, for their duty screens (duty.h) and the handlers
 * of api_summons.c. People of the hearing call and cancel by commands.
 *
 * Ownership, threads, errors: live.h.
 */

#include "server/app/live.h"
#include "server/hearing/hearing.h"

/* Who answers, of the unit that was called. */
typedef struct {
    char account[HEARD_ID_SIZE];
    char unit[HEARD_ID_SIZE];
    char seat[HEARD_ID_SIZE]; /* participant id, of a seat in the hearing already; "": none */
    char *name, *title, *unit_name;
} HeardLiveAnswerer;

void heard_live_answerer_free(HeardLiveAnswerer *self);
/* Name and title, as minutes and notices say it; the caller frees it. */
char *heard_live_answerer_label(const HeardLiveAnswerer *answerer);

typedef struct {
    const char *hearing, *reason;
    unsigned number;
    bool accepted;
} HeardLiveSummonsAnswer;

/* seat: participant id of who accepted; NULL: declined or refused. */
typedef void (*HeardLiveAnswered)(HeardAnswer answer, const GError *error, const char *seat,
                                  void *data);
/* The first answer counts. who is taken. */
void heard_live_summons_answer_take(HeardLive *self, const HeardLiveSummonsAnswer *what,
                                    HeardLiveAnswerer *who, HeardLiveAnswered done, void *data);

/* It rang, or was seen, for the first time; 0: not now. */
void heard_live_summons_noted(HeardLive *self, const char *hearing, unsigned number,
                              int64_t rung_ms, int64_t seen_ms);

/* A call of this unit began or ended, and is durable. */
typedef void (*HeardLiveSummonsHook)(const char *unit, void *data);
void heard_live_set_summons_hook(HeardLive *self, HeardLiveSummonsHook hook, void *data);
