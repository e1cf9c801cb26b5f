/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Documents of a recording for the case file (domain.md 3.10), in Chinese or English (names
 * and notes as they were written; the Chinese one is authoritative): the statement
 * (录音录像情况说明: start, end, interruptions with reasons, losses, faults, who was there, to be
 * signed by clerk and presiding officer) and the certificate (录音录像存证证书: what proves it).
 * Both say only what the check of the sealed log found, and what its time line holds.
 *
 * Ownership  Arguments are borrowed.
 * Threads    A process of its own (`heard statement`).
 * Errors     As paper.h.
 */

#include "server/papers/document_words.h"
#include "recordings/verify.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

typedef enum { HEARD_DOCUMENT_STATEMENT, HEARD_DOCUMENT_CERTIFICATE } HeardDocumentKind;

typedef struct {
    HeardDocumentLanguage language;
    const HeardVerifyReport *report;
    const json_t *timeline;   /* README.md has the schema; NULL: nobody could open the log */
    const json_t *attendance; /* [{name, role, unit, joined_ms, left_ms}]; NULL: not known here */
    const char *number;       /* of the recording, as people know it */
    const char *title;        /* of the hearing; NULL: not known here */
    const char *office;       /* who held it; NULL: not known here */
    char seal_sha256[65], seal_sm3[65]; /* of seal.json, hex; "": it can't be read */
    int64_t made_ms;
} HeardDocumentFacts;

bool heard_document_write(const char *path, HeardDocumentKind kind, const HeardDocumentFacts *facts,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
