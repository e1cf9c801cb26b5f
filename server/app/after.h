/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What holds when a hearing is over: who may still come to it, and until when what is asked of
 * them can be done.
 *
 * A personal link opens it for 30 days more. A link is no proof of a person (domain.md 3.11):
 * whoever comes by one after the end is asked for the last four of the document that was looked
 * at in the hearing, or stands in the case. Sessions of people who were checked in it, and of
 * people on duty, hold as they did. Five wrong answers end the link; the desk gives a new one.
 *
 * Units    *_ms UTC.
 * Threads  A store thread; is_over and due_ms are pure.
 * Errors   call->error or error: NOT_IDENTIFIED, CODE_WRONG with tries_left, LINK_REVOKED.
 */

#include "server/app/call.h"
#include "server/store/hearing_rows.h"
#include "server/store/participant_rows.h"

enum {
    HEARD_AFTER_TRIES_MAX = 5,
    HEARD_AFTER_LINK_DAYS = 30, /* the window for a judicial confirmation: domain.md 3.9 */
};

#define HEARD_AFTER_LINK_MS ((int64_t)HEARD_AFTER_LINK_DAYS * 24 * 3600 * 1000)

bool heard_after_is_over(const HeardHearingRow *hearing);

/* May this session see what the hearing left? True also while it goes on. */
bool heard_after_is_known(HeardStore *store, const HeardCaller *caller,
                          const HeardHearingRow *hearing, bool *ret_known,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The caller, of a link, says who he is. last_four is of the right form. */
bool heard_after_identify(HeardStore *store, HeardCall *call, const HeardHearingRow *hearing,
                          const char *last_four) G_GNUC_WARN_UNUSED_RESULT;

/* The end of the last day to sign minutes that were put to signature at opened_ms. 0: the hearing
 * goes on, nobody is late. */
int64_t heard_after_due_ms(const HeardApp *app, int64_t closed_ms, int64_t opened_ms);
