/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * All who attended a training: without a seat, with one, and which rolls each of them answered.
 *
 * Bounds     Those of server/hearing/attendance.h and HEARD_SEATS_MAX.
 * Ownership  The list is cleared by its owner; everything asked of it is borrowed.
 * Threads    A store thread.
 */

#include "server/app/attendance.h"

typedef struct {
    GPtrArray *attendees; /* HeardAttendeeRow, removed ones too */
    GPtrArray *rolls;     /* HeardRollRow, by number */
    GPtrArray *answers;   /* HeardRollAnswerRow */
    GPtrArray *seats;     /* HeardSeatRow, by position */
    GPtrArray *people;    /* HeardParticipantRow */
} HeardAttendanceList;

void heard_attendance_list_clear(HeardAttendanceList *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardAttendanceList, heard_attendance_list_clear)

bool heard_attendance_list_read(HeardStore *store, const char *hearing_id, HeardAttendanceList *ret,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_attendance_list_answered(const HeardAttendanceList *self, const char *roll_id,
                                    const char *who_id);
/* This seat was given to an attendee, who stands in the list already. */
bool heard_attendance_list_has_seat(const HeardAttendanceList *self, const char *participant_id);

typedef struct {
    bool is_here;
    int64_t came_ms, left_ms; /* 0: not */
    int64_t stayed_ms;
} HeardAttendanceTimes;

/* end_ms: now, or the end of the training. */
void heard_attendance_list_times(const HeardAttendanceList *self, const HeardAttendeeRow *row,
                                 int64_t end_ms, HeardAttendanceTimes *ret);
