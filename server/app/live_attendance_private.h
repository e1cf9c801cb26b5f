/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The end of live_private.h, which includes it: attendees of a training, who have no seat.
 *
 * Threads  Main, but for what says otherwise.
 */

#include "server/app/live_private.h"

/* ---- live_attendance.c ---- */

/* Whom attendees see, or the course of the hearing, is another than before. */
void heard_live_attendance_mark(HeardLiveHearing *hearing);
void heard_live_attendance_tick(HeardLiveHearing *hearing, int64_t now_us);
/* The event, then the end of every connection. */
void heard_live_attendance_end(HeardLiveHearing *hearing);
/* A peer of an attendee is made: an older one of the same goes. */
void heard_live_attendee_enter(HeardLivePeer *peer);
void heard_live_attendee_tell_slots(HeardLivePeer *peer);
void heard_live_attendees_close(HeardLiveHearing *hearing, HeardCloseCode code);
/* The hearing goes: its connections stay until their close went through, without it. */
void heard_live_attendees_leave(HeardLiveHearing *hearing);
void heard_live_attendees_free(HeardLive *self);
/* Somebody is connected. */
bool heard_live_has_attendees(const HeardLiveHearing *hearing);
bool heard_live_is_attended(const HeardLiveHearing *hearing);
json_t *heard_json_attendance(const HeardLiveHearing *hearing);
/* On the store thread. ret_digest stays as it is for a hearing that nobody attends. */
bool heard_live_attendance_load(HeardStore *store, const HeardProfile *profile, const char *id,
                                json_t **ret_digest, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The slots of one peer. */
json_t *heard_slots_of_peer(const HeardLivePeer *peer);
