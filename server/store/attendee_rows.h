/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Who attends a training without a seat: the links by which many come in, and each one who did.
 *
 * Tokens are kept as hashes. Of the times of being there the sum is kept, not each stay.
 *
 * Rows, ownership, threads: row.h. Lists of attendees are whole, not pages: rules bound them.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *hearing_id;
    const char *unit_name; /* "": the one for all */
    const char *token_hash;
    const char *made_by;
    int64_t created_ms, expires_ms, revoked_ms;
} HeardTrainingLinkRow;

/* In place of the link that this unit, or everybody, had before. */
bool heard_training_link_rows_put(HeardStore *store, const HeardTrainingLinkRow *row,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* HEARD_ERROR_LINK_UNKNOWN, _REVOKED, _EXPIRED. */
HeardTrainingLinkRow *heard_training_link_rows_find(HeardStore *store, const char *token_hash,
                                                    int64_t wall_ms, GError **error);
/* By unit, the one for all first. */
GPtrArray *heard_training_link_rows_list(HeardStore *store, const char *hearing_id, GError **error);
bool heard_training_link_rows_revoke(HeardStore *store, const char *hearing_id, const char *id,
                                     int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    const char *id, *hearing_id, *link_id;
    const char *name, *unit_name;
    const char *token_hash;
    int64_t expires_ms, created_ms;
    int64_t came_ms, here_since_ms, left_ms; /* 0: not yet; here_since_ms 0: not connected */
    int64_t stayed_ms;                       /* before here_since_ms */
    int64_t removed_ms;
    const char *participant_id; /* has a seat; NULL: none */
} HeardAttendeeRow;

bool heard_attendee_rows_insert(HeardStore *store, const HeardAttendeeRow *row,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardAttendeeRow *heard_attendee_rows_get(HeardStore *store, const char *id, GError **error);
/* Of a session. HEARD_ERROR_UNAUTHENTICATED: there is none, it is over, or was taken back. */
HeardAttendeeRow *heard_attendee_rows_find(HeardStore *store, const char *token_hash,
                                           int64_t wall_ms, GError **error);
/* Who was given this seat; NULL without an error: nobody. */
HeardAttendeeRow *heard_attendee_rows_of_seat(HeardStore *store, const char *participant_id,
                                              GError **error);
/* In the order of coming in, removed ones too. */
GPtrArray *heard_attendee_rows_list(HeardStore *store, const char *hearing_id, GError **error);
bool heard_attendee_rows_count(HeardStore *store, const char *hearing_id, int64_t *ret_count,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Connected; nothing changes for who is here already (a server that crashed never said left). */
bool heard_attendee_rows_came(HeardStore *store, const char *id, int64_t wall_ms,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_attendee_rows_left(HeardStore *store, const char *id, int64_t wall_ms,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* HEARD_ERROR_CONFLICT: has a seat already, or was removed. */
bool heard_attendee_rows_seat(HeardStore *store, const char *id, const char *participant_id,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_attendee_rows_remove(HeardStore *store, const char *id, int64_t wall_ms,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
