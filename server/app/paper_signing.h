/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A version of a document is put to signature: the report of a panel, the record of its
 * deliberation. What is signed is the plain text that was made with its files, and it names them by
 * their hashes. The version that carries the signatures is another one (paper_new.c).
 *
 * Threads  A store thread.
 * Errors   call->error: WRONG_ROLE, CONFLICT, CORRUPT.
 */

#include "server/app/paper_desk.h"

/* Is it one that is signed itself, by its Chinese text, of a kind that the caller makes, and the
 * last of its number? */
bool heard_paper_signing_start(HeardStore *store, HeardCall *call, const HeardPaperDesk *desk,
                               const HeardDocumentRow *row,
                               HeardPaperKind *ret_kind) G_GNUC_WARN_UNUSED_RESULT;
/* The whole file as it was made, or an error; the caller frees it. */
char *heard_paper_read_file(HeardCall *call, const HeardDocumentRow *row, const char *name,
                            const char *sha256);
