/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Texts that are signed, and the signatures under them. Who may what server/hearing/signing
 * decides; here a text once frozen and a signature once given stay, and a state changes only
 * from the one that was looked at.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *hearing_id;
    const char *subject_kind; /* minutes, agreement, deliberation_record, hearing_report */
    const char *subject_id;
    int64_t version; /* of the subject's text, from 1 */
    const char *title, *text, *sha256;
    const char *state;     /* open, settled, withdrawn */
    const char *opened_by; /* account or participant */
    int64_t opened_ms, ended_ms;
} HeardSigningRow;

/* HEARD_ERROR_CONFLICT: this version is or was signed already. */
bool heard_signing_rows_insert(HeardStore *store, const HeardSigningRow *row,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardSigningRow *heard_signing_rows_get(HeardStore *store, const char *id, GError **error);
/* The newest version; NULL without an error: none yet. */
HeardSigningRow *heard_signing_rows_newest(HeardStore *store, const char *subject_kind,
                                           const char *subject_id, GError **error);
/* The oldest first. */
GPtrArray *heard_signing_rows_list(HeardStore *store, const char *hearing_id, GError **error);
/* settled or withdrawn; HEARD_ERROR_CONFLICT when it is not open. */
bool heard_signing_rows_end(HeardStore *store, const char *id, const char *state, int64_t wall_ms,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    const char *id, *signing_id, *participant_id;
    const char *role, *name;       /* as at that time */
    const char *state;             /* waiting, signed, refused */
    const char *method, *strength; /* of a signed one, as the next two */
    const char *evidence;          /* of the method: the drawing */
    const char *seal;              /* SHA-256: signing.h */
    const char *reason;            /* of a refusal, as the next */
    const char *noted_by;          /* a participant; NULL: refused by himself */
    const char *device;
    int64_t at_ms;
    const char *code_hash; /* NULL: none */
    int64_t code_ms, code_tries, code_count;
} HeardSignatureRow;

bool heard_signature_rows_insert(HeardStore *store, const HeardSignatureRow *row,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* In the order of being made. */
GPtrArray *heard_signature_rows_list(HeardStore *store, const char *signing_id, GError **error);
/* Keeps code_hash and code_ms, and counts it; tries begin anew. */
bool heard_signature_rows_set_code(HeardStore *store, const char *id, const char *code_hash,
                                   int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_signature_rows_count_try(HeardStore *store, const char *id,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* State and what belongs to it, and no code any more; HEARD_ERROR_CONFLICT when it is in another
 * state than before. */
bool heard_signature_rows_change(HeardStore *store, const HeardSignatureRow *before,
                                 const HeardSignatureRow *after,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
