/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Participants: the person on a seat, their link, check-in, presence and consents.
 *
 * The link's token is kept as a hash, works once for admission (open → used), may be
 * revoked, expires, and admits nobody by itself.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *seat_id, *hearing_id;
    const char *invite_state;   /* invited, notified, confirmed, declined */
    const char *presence_state; /* domain.md 3.7 */
    const char *join_token_hash;
    int64_t token_expires_ms;
    const char *token_state; /* none, open, used, revoked */
    const char *check_in_method, *check_in_by;
    int64_t check_in_at_ms;
    const char *document_masked;
    int64_t joined_at_ms, left_at_ms;
    const char *leave_reason;
} HeardParticipantRow;

bool heard_participant_rows_insert(HeardStore *store, const HeardParticipantRow *row,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardParticipantRow *heard_participant_rows_get(HeardStore *store, const char *id, GError **error);
HeardParticipantRow *heard_participant_rows_get_by_seat(HeardStore *store, const char *seat_id,
                                                        GError **error);
GPtrArray *heard_participant_rows_list(HeardStore *store, const char *hearing_id, GError **error);

/* Looks, changes nothing. HEARD_ERROR_LINK_UNKNOWN, _REVOKED, _EXPIRED, _USED. */
HeardParticipantRow *heard_participant_rows_find_by_token(HeardStore *store, const char *token_hash,
                                                          int64_t wall_ms, GError **error);
/* The same, and the token is used from now on: of two callers one gets LINK_USED. */
HeardParticipantRow *heard_participant_rows_use_token(HeardStore *store, const char *token_hash,
                                                      int64_t wall_ms, GError **error);
/* A new link; the old one stops working. */
bool heard_participant_rows_set_token(HeardStore *store, const char *id, const char *token_hash,
                                      int64_t expires_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Links that still hold hold so long; what expired or was withdrawn stays so. */
bool heard_participant_rows_extend_tokens(HeardStore *store, const char *hearing_id,
                                          int64_t wall_ms, int64_t expires_ms,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_participant_rows_revoke_token(HeardStore *store, const char *id,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool heard_participant_rows_set_invite(HeardStore *store, const char *id, const char *invite_state,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_participant_rows_set_presence(HeardStore *store, const char *id,
                                         const char *presence_state,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_participant_rows_set_check_in(HeardStore *store, const char *id, const char *method,
                                         const char *by_id, const char *document_masked,
                                         int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What the person gave for the desk to compare; ignored once the identity was checked. */
bool heard_participant_rows_set_claimed(HeardStore *store, const char *id,
                                        const char *document_masked,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The first time stays in joined_at; left_at and reason are cleared. */
bool heard_participant_rows_set_joined(HeardStore *store, const char *id, int64_t wall_ms,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_participant_rows_set_left(HeardStore *store, const char *id, int64_t wall_ms,
                                     const char *reason, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    const char *id, *participant_id;
    const char *subject; /* online_mode, recording, data_notice, … */
    const char *text_version;
    const char *decision; /* given, refused */
    int64_t at_ms;
    const char *channel; /* web, spoken, paper */
    const char *evidence_ref;
    int64_t withdrawn_at_ms;
} HeardConsentRow;

bool heard_consent_rows_insert(HeardStore *store, const HeardConsentRow *row,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Everything ever said, oldest first. */
GPtrArray *heard_consent_rows_list(HeardStore *store, const char *participant_id, GError **error);
GPtrArray *heard_consent_rows_list_of_hearing(HeardStore *store, const char *hearing_id,
                                              const HeardPage *page, GError **error);
/* True when the latest word on subject is "given" and was not withdrawn. */
bool heard_consent_rows_stands(HeardStore *store, const char *participant_id, const char *subject,
                               bool *ret_stands, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_consent_rows_withdraw(HeardStore *store, const char *participant_id, const char *subject,
                                 int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
