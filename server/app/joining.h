/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Which participant of a hearing a caller is, for media and signaling.
 *
 * A link session is one participant; an account is the participant whose seat names it; a
 * program is the participant of its account's seat, or nobody in a load hearing.
 *
 * Threads  A store thread.
 */

#include "server/app/call.h"

typedef struct {
    char hearing_id[HEARD_ID_SIZE + 32]; /* an id, or load-N */
    char participant_id[HEARD_ID_SIZE];  /* "": a program in a load hearing */
} HeardJoining;

/* Puts this participant into call->extra, for the main half of what changes its link. */
void heard_joining_set(HeardCall *call, const char *hearing_id, const char *participant_id);
/* Is this a hearing of --load? */
bool heard_joining_is_load(const char *hearing_id);

/* Puts a HeardJoining for params[0] into call->extra; false with HEARD_ERROR_FORBIDDEN. */
bool heard_joining_find(HeardStore *store, HeardCall *call);
/* The id for live.h: NULL for a program. */
const char *heard_joining_participant(const HeardCall *call);
