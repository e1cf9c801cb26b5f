/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What handlers of a training's attendance share: who asks, may he, what everybody is told after.
 *
 * Ownership  HeardAttendance is cleared by its owner.
 * Threads    A store thread, but for heard_attendance_changed_main().
 * Errors     false: the call has its error, and the reason beside it.
 */

#include "server/app/call.h"
#include "server/hearing/attendance.h"
#include "server/store/attendee_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/roll_rows.h"
#include "server/store/seat_rows.h"

typedef struct {
    HeardHearingRow *hearing;
    const HeardProfile *profile;
    bool over;
    HeardParticipantRow *participant; /* whose seat asks; NULL: an attendee does */
    HeardAttendeeRow *attendee;       /* who asks, or who was given the seat; NULL: neither */
    GPtrArray *rolls;                 /* HeardRollRow */
} HeardAttendance;

void heard_attendance_clear(HeardAttendance *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardAttendance, heard_attendance_clear)

/* The hearing params[0], by somebody with a seat in it who has the right, or by an attendee of it
 * where the right is ANSWER_ROLL. */
bool heard_attendance_ask(HeardStore *store, HeardCall *call, HeardAttendanceRight right,
                          HeardAttendance *ret);
/* The hearing params[0] by an attendee of it. */
bool heard_attendance_attend(HeardStore *store, HeardCall *call, HeardAttendance *ret);
/* A hearing by its row, for who comes by a link. The row is taken over. */
bool heard_attendance_open_take(HeardStore *store, HeardCall *call, HeardHearingRow *hearing,
                                HeardAttendance *ret);
bool heard_attendance_allow(HeardCall *call, HeardAttendanceAnswer answer);
HeardRoll heard_attendance_roll(const HeardRollRow *row);
/* One line, not empty. */
bool heard_attendance_is_line(const char *text);
/* Appends to the audit trail of params[0]. */
bool heard_attendance_trace(HeardStore *store, HeardCall *call, const char *action,
                            const char *object, const char *id, const char *reason);
/* Commits what done says was done; else goes back. status becomes 204. */
bool heard_attendance_finish(HeardStore *store, HeardCall *call, bool done);

/* What everybody in the house may know: {attendees, waiting, roll, question}. NULL: error. */
json_t *heard_attendance_digest(HeardStore *store, const char *hearing_id, int64_t wall_ms,
                                GError **error);

typedef enum {
    HEARD_ATTENDANCE_TELL, /* all of them */
    HEARD_ATTENDANCE_TELL_SEATED,
    HEARD_ATTENDANCE_TELL_REMOVED,
    HEARD_ATTENDANCE_TELL_OWN, /* who asked, of his question */
} HeardAttendanceNews;

/* Last in a store half that changed something; attendee: whom it is about, or NULL. */
bool heard_attendance_news(HeardStore *store, HeardCall *call, HeardAttendanceNews what,
                           const char *attendee);
/* The main half after it. */
void heard_attendance_changed_main(HeardCall *call);
