/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * How somebody signs: the interface for licensed CAs, and its built-in implementation.
 *
 * `drawn_code` (drawn_code.c) is a name drawn with the finger and a one-time code that was told to
 * the person's own page in the hearing, after the identity check there. It is of strength
 * "simple": domain.md 2.5. A CA's provider is one more file with a HeardSignatureProvider in the
 * table of signature_provider.c, chosen by the setting `signature_provider`; its method name goes
 * to the pages, which need an element of their own for what its `check` reads from the body.
 *
 * Both functions answer from what they are given, at once: a provider verifies what the signer's
 * device, key or app brought (such as a detached CMS over the text's SHA-256), it does not call
 * its CA from here, as the audit trail waits on the same thread.
 *
 * Ownership  Providers are constants. ret_evidence: the caller frees it.
 * Threads    The store thread.
 * Errors     GError for what a body lacks (BAD_FIELD); else an answer of signing.h.
 */

#include "server/app/app.h"
#include "server/base/json.h"
#include "server/hearing/signing.h"
#include "server/store/signature_rows.h"

enum { HEARD_SIGNATURE_TOLD_SIZE = 64, HEARD_SIGNATURE_KEPT_SIZE = 129 };

typedef struct {
    const HeardApp *app;
    const HeardSigningRow *signing;
    const HeardSignatureRow *signature;
    int64_t wall_ms;
} HeardSignatureRequest;

typedef struct {
    char told[HEARD_SIGNATURE_TOLD_SIZE]; /* to the person's own page, nowhere else */
    char kept[HEARD_SIGNATURE_KEPT_SIZE]; /* code_hash of the row; nothing follows from it */
} HeardSignatureChallenge;

typedef struct HeardSignatureProvider {
    const char *method; /* wire name, and value of the setting */
    HeardSignatureStrength strength;
    /* What must come back with the signature. */
    void (*challenge)(const HeardSignatureRequest *request, HeardSignatureChallenge *ret);
    /* Does body prove that this person signs this text? ret_evidence, with HEARD_SIGNING_OK: text
     * that proves it later. HEARD_SIGNING_CODE_WRONG is counted as a try. */
    bool (*check)(const HeardSignatureRequest *request, const json_t *body,
                  HeardSigningAnswer *ret_answer, char **ret_evidence, GError **error);
    /* What pages show of the evidence; NULL: nothing. */
    json_t *(*show)(const char *evidence);
} HeardSignatureProvider;

extern const HeardSignatureProvider heard_drawn_code;

/* NULL: none of this name. */
const HeardSignatureProvider *heard_signature_provider_find(const char *method);
