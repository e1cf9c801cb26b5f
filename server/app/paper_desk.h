/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the handlers of a hearing's documents share: who the caller is as far as documents matter,
 * which of them he may see, and how one reads as JSON (openapi.yaml: HearingDocument).
 *
 * Threads  A store thread.
 * Errors   call->error: UNKNOWN_HEARING, NOT_FOUND, WRONG_ROLE.
 */

#include "server/app/call.h"
#include "server/hearing/case_document.h"
#include "server/store/document_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/signature_rows.h"

typedef struct {
    HeardHearingRow *hearing;
    HeardPaperPerson person;
    char participant_id[HEARD_ID_SIZE]; /* "": no seat */
    char name[HEARD_CALLER_TEXT_SIZE];
    GPtrArray *signings; /* HeardSigningRow, of the hearing */
} HeardPaperDesk;

/* params[0] of the call. */
bool heard_paper_desk_open(HeardStore *store, HeardCall *call,
                           HeardPaperDesk *ret_desk) G_GNUC_WARN_UNUSED_RESULT;
void heard_paper_desk_clear(HeardPaperDesk *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardPaperDesk, heard_paper_desk_clear)

/* A later program's kinds are nobody's. sendings: of the hearing. Somebody whom a document was
 * sent to may read it. */
bool heard_paper_desk_sees(const HeardPaperDesk *self, const HeardDocumentRow *row,
                           const GPtrArray *sendings);
/* params[1] of the call; what one may not see does not exist. */
HeardDocumentRow *heard_paper_desk_get(HeardStore *store, HeardCall *call,
                                       const HeardPaperDesk *self);
json_t *heard_paper_desk_json(const HeardPaperDesk *self, const HeardDocumentRow *row,
                              const GPtrArray *sendings);
/* "documents/HEARING/NUMBER"; freed by the caller. */
char *heard_paper_folder(const HeardDocumentRow *row);
/* The signing that this version was put to; NULL: none. Borrowed from the desk. */
const HeardSigningRow *heard_paper_desk_signing(const HeardPaperDesk *self,
                                                const HeardDocumentRow *row);
