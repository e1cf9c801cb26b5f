/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Texts of a template with names in braces: "{hearing.start_ms|date}" becomes "2026年11月28日".
 *
 * What may stand behind the bar follows from the type: time: date, minute, clock (to the second;
 * without: date and minute); number: length (of milliseconds), size (of bytes); a list: count, or
 * join of texts. What is missing becomes a dash, with opt of a text nothing at all.
 *
 * Ownership  Arguments are borrowed; what is returned is the caller's.
 * Threads    Pure but for the zone files.
 * Errors     heard_wording_check: HEARD_ERROR_BAD_FIELD with the text.
 */

#include "server/papers/document_words.h"
#include "server/papers/facts.h"

/* A text of a template: a string for both languages, or {"zh": …, "en": …}. NULL: neither. */
const char *heard_wording_in(const json_t *text, HeardDocumentLanguage language);

/* Both languages are there, each name stands in the scope of schemas. */
bool heard_wording_check(const json_t *text, const HeardScope *schema, const json_t *parts,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    HeardDocumentLanguage language;
    const json_t *parts, *words;
    HeardScope schema, facts; /* of the same depth */
} HeardWordingContext;

char *heard_wording_fill(const HeardWordingContext *self, const json_t *text);
/* "name", "name=value": whether it holds. A list holds when it has an item. */
bool heard_wording_holds(const HeardWordingContext *self, const char *condition);
/* A table's word for a code, the code itself where nobody knows it. */
const char *heard_wording_word(const json_t *words, const char *table,
                               HeardDocumentLanguage language, const char *code);
