/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Minutes after the draft: what the handlers share, and what follows when everybody has signed.
 *
 * Threads  A store thread.
 * Errors   call->error.
 */

#include "server/app/minutes_desk.h"
#include "server/app/signings.h"
#include "server/store/minutes_course_rows.h"

/* The desk with what the rules of the course look at. */
bool heard_minutes_course_read(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk,
                               HeardMinutesCourse *ret_course);
/* Sets call->error, unless it is allowed. */
bool heard_minutes_course_allow(HeardCall *call, const HeardMinutesDesk *desk,
                                const HeardMinutesCourse *course, HeardMinutesAct act);
/* openapi.yaml: MinutesConfirmation. NULL: call->error. */
json_t *heard_minutes_course_json(HeardStore *store, HeardCall *call, const HeardMinutesDesk *desk);
/* Of signing_subjects.c: signed, or with refusals; then sealed by the hash of the text. */
bool heard_minutes_settled(HeardStore *store, HeardCall *call, const HeardSigningRow *signing,
                           bool with_refusal);
