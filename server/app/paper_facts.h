/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the store knows for a document: each member that a kind's schema names, gathered by its
 * name (server/papers/templates). Members that nobody gathers yet are left out; the check of the
 * facts then says which one is missing.
 *
 * What is not for everybody who reads a record stays out of it: closed evidence, exhibits that
 * were not offered yet, lines of the minutes that were taken out.
 *
 * Bounds     HEARD_PAPER_LINES_MAX lines of minutes.
 * Ownership  The caller owns the result. NULL: error.
 * Threads    A store thread.
 * Errors     Those of the store; HEARD_ERROR_TOO_LARGE.
 */

#include "server/hearing/case_document.h"
#include "server/papers/template.h"
#include "server/store/hearing_rows.h"
#include "server/store/signature_rows.h"
#include "server/store/unit_rows.h"

enum { HEARD_PAPER_LINES_MAX = 5000 };

typedef struct {
    HeardPaperKind kind;
    const HeardTemplate *template;
    const HeardHearingRow *hearing;
    const HeardUnitRow *office;     /* who holds it */
    const char *participant_id;     /* whom a personal one is about; NULL */
    const char *site;               /* public address */
    json_t *details;                /* what the desk wrote; NULL: nothing */
    const HeardSigningRow *signing; /* whose signatures it carries; NULL: none */
    const char *signed_number;      /* of the version that was signed; NULL: a text of its own */
    int64_t wall_ms;
} HeardPaperOrder;

json_t *heard_paper_facts(HeardStore *store, const HeardPaperOrder *order, GError **error);
/* The signatures of order->signing, for a version whose other facts are there already. */
json_t *heard_paper_signing_facts(HeardStore *store, const HeardPaperOrder *order, GError **error);

/* The last signing of what this kind shows, if all have signed or refused; NULL without an error:
 * there is none. */
HeardSigningRow *heard_paper_settled_signing(HeardStore *store, const char *hearing_id,
                                             HeardPaperKind kind, GError **error);
bool heard_paper_moment(HeardStore *store, const HeardHearingRow *hearing, int64_t wall_ms,
                        HeardPaperMoment *ret_moment, GError **error) G_GNUC_WARN_UNUSED_RESULT;
