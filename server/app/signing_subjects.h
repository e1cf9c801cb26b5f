/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What follows for a document when everybody has signed or refused: one row a kind.
 *
 * Threads  A store thread.
 */

#include "server/app/call.h"
#include "server/hearing/signing.h"
#include "server/store/signature_rows.h"

typedef struct {
    /* In the transaction of the last signature or refusal; NULL: nothing follows. False with
     * call->error: that signature did not happen. */
    bool (*settled)(HeardStore *store, HeardCall *call, const HeardSigningRow *signing,
                    bool with_refusal);
} HeardSigningSubject;

const HeardSigningSubject *heard_signing_subject(HeardSignedKind kind);
