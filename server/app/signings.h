/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Put a text to signature, and tell how far it is. Whoever makes a document (minutes, agreement,
 * deliberation record, report) opens its signing here; reading, signing and refusing are the
 * routes of api_signings.c, the same for all; signing_subjects.c says what follows.
 *
 *   GPtrArray *signers = heard_signings_signers(store, hearing_id, mask, &call->error);
 *   HeardSigningRow what = {.hearing_id = …, .subject_kind = "agreement", .subject_id = …,
 *                           .version = n, .title = …, .text = …};
 *   … begin; heard_signings_open(store, call, &what, signers, id); commit …
 *   main half: heard_live_signing_changed(call->app->live, hearing_id, NULL);
 *
 * Ownership  A list of signers is freed with g_ptr_array_unref.
 * Threads    A store thread.
 * Errors     call->error.
 */

#include "server/app/call.h"
#include "server/hearing/signing.h"
#include "server/store/participant_rows.h"
#include "server/store/signature_rows.h"

typedef struct {
    char participant_id[HEARD_ID_SIZE];
    const char *role; /* wire name, a constant */
    char *name;       /* owned */
} HeardSigningParty;

/* At some time of this hearing; removed or gone since counts as well. */
bool heard_signings_was_let_in(const HeardParticipantRow *row);
/* Everybody of these roles who was let in, has the right to sign, and is named by a seat. */
GPtrArray *heard_signings_signers(HeardStore *store, const char *hearing_id, HeardRoleMask roles,
                                  GError **error);
/* The panel and the presiding officer, but for who was sent out for good. */
GPtrArray *heard_signings_panel(HeardStore *store, const char *hearing_id, GError **error);

/* id, sha256, state and opening of the row are given here; an older version of the same subject
 * that is still open is withdrawn. In a transaction. CONFLICT: nobody to sign, or this version
 * was signed already; TOO_LARGE. */
bool heard_signings_open(HeardStore *store, HeardCall *call, const HeardSigningRow *what,
                         const GPtrArray *signers,
                         char ret_id[static HEARD_ID_SIZE]) G_GNUC_WARN_UNUSED_RESULT;

/* Who asks, in the hearing of the call's first parameter. */
typedef struct {
    char hearing_id[HEARD_ID_SIZE];
    char participant_id[HEARD_ID_SIZE]; /* "": no seat */
    HeardRole role;
    bool is_removed;   /* sent out for good */
    bool is_over;      /* the hearing is */
    int64_t closed_ms; /* its end; 0: not yet */
} HeardSigningCaller;

bool heard_signings_caller(HeardStore *store, HeardCall *call, HeardSigningCaller *ret_caller);
/* heard_signing_sees(); signatures: its rows. */
bool heard_signings_sees(const HeardSigningCaller *caller, const HeardSigningRow *signing,
                         const GPtrArray *signatures);

/* The end of the last day on which nobody's silence is noted; 0: there is none. */
int64_t heard_signings_due_ms(const HeardCall *call, const HeardSigningRow *signing,
                              const HeardSigningCaller *caller);
/* openapi.yaml: Signing; with_text: also text and drawings. signatures: its rows. */
json_t *heard_signings_json(HeardCall *call, const HeardSigningRow *signing,
                            const GPtrArray *signatures, const HeardSigningCaller *caller,
                            bool with_text);
