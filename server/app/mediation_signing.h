/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Signing the agreement of a mediation: its text, who is asked, and what follows when all signed
 * (signings.h; subject_kind "agreement", subject_id the hearing).
 *
 * Threads  A store thread, in a transaction.
 * Errors   call->error.
 */

#include "server/app/call.h"
#include "server/app/mediation.h"
#include "server/store/signature_rows.h"

/* 人民币12,000.50元; the caller frees it. */
char *heard_mediation_amount(int64_t fen);

/* Asks the parties that the freezing named, and the mediators. file: before it was frozen. */
bool heard_mediation_signing_open(HeardStore *store, HeardCall *call,
                                  const HeardHearingRow *hearing, const HeardMediationFile *file);
/* Back to drafting, or ended: nobody is asked any more. Nothing to do is fine. */
bool heard_mediation_signing_withdraw(HeardStore *store, HeardCall *call,
                                      const HeardHearingRow *hearing);
/* signing_subjects.c: with all signatures the agreement takes effect; with a refusal the mediator
 * goes on, by another draft or by the end. */
bool heard_mediation_settled(HeardStore *store, HeardCall *call, const HeardSigningRow *signing,
                             bool with_refusal);
