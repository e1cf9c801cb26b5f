/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Which rows are within a caller's reach (domain.md 3.3, "permission scope"): the hearing of
 * his seat, and what belongs to his unit or a unit below it.
 *
 * A caller who may not see a row learns no more than that it does not exist.
 *
 * Threads  A store thread.
 * Errors   HEARD_ERROR_NOT_FOUND, HEARD_ERROR_UNKNOWN_HEARING.
 */

#include "server/app/caller.h"
#include "server/store/case_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/recording_rows.h"
#include "server/store/seat_rows.h"

/* The caller's own seat: his participant's, or the first that names his account. NULL
 * without error: none. */
HeardSeatRow *heard_access_own_seat(HeardStore *store, const HeardCaller *caller,
                                    const char *hearing_id, GError **error);

HeardHearingRow *heard_access_hearing(HeardStore *store, const HeardCaller *caller,
                                      const char *hearing_id, GError **error);
HeardCaseRow *heard_access_case(HeardStore *store, const HeardCaller *caller, const char *case_id,
                                GError **error);
/* Seeing that it exists; whether it may be played is heard_access_may_play(). */
HeardRecordingRow *heard_access_recording(HeardStore *store, const HeardCaller *caller,
                                          const char *recording_id, GError **error);

/* By the table of domain.md 3.8: roles with a full permit within their unit's reach, others
 * only with a seat of their own in the hearing. */
bool heard_access_may_play(HeardStore *store, const HeardCaller *caller,
                           const HeardRecordingRow *recording, bool *ret_may,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The row of a recording that the caller may play now: FORBIDDEN, or DESTROYED (410) when it is
 * no more. Whatever gives bytes of a recording, or makes something of it, asks here. */
HeardRecordingRow *heard_access_recording_to_play(HeardStore *store, const HeardCaller *caller,
                                                  const char *recording_id, GError **error);
/* Has this account said why it looks, since this session began? */
bool heard_access_view_open(HeardStore *store, const HeardCaller *caller, const char *recording_id,
                            bool *ret_open, GError **error) G_GNUC_WARN_UNUSED_RESULT;
