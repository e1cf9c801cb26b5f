/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One kind of document as data (server/papers/templates/README.md): which facts it has, and the
 * wording around them. An office's own wording has no facts of its own: it takes those of the kind.
 *
 * Bounds     HEARD_TEMPLATE_DEPTH_MAX lists within lists, HEARD_SHEET_BLOCKS_MAX blocks.
 * Ownership  parse/free. common is borrowed and outlives the template.
 * Threads    Read-only after parse; any thread.
 * Errors     parse: HEARD_ERROR_CONFIG naming the block. check: HEARD_ERROR_BAD_FIELD.
 */

#include "server/base/json.h"
#include "server/papers/sheet.h"

enum { HEARD_TEMPLATE_DEPTH_MAX = 3, HEARD_SIGNATURES_A_BLOCK_MAX = 8 };

typedef struct HeardTemplate HeardTemplate;

/* common: {"parts", "words", "blocks"} of common.json. facts_of NULL: the text has "facts". */
HeardTemplate *heard_template_parse(const char *text, size_t size, const json_t *common,
                                    const HeardTemplate *facts_of,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_template_free(HeardTemplate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardTemplate, heard_template_free)

const char *heard_template_kind(const HeardTemplate *self);
/* SHA-256 of its text, hex. */
const char *heard_template_sha256(const HeardTemplate *self);
const char *heard_template_title(const HeardTemplate *self, HeardDocumentLanguage language);
/* The schema of its facts; "details" in it is what the desk writes by hand. */
const json_t *heard_template_schema(const HeardTemplate *self);

bool heard_template_check(const HeardTemplate *self, const json_t *facts,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Facts that were checked. */
HeardSheet *heard_template_fill(const HeardTemplate *self, const json_t *facts,
                                HeardDocumentLanguage language, const char *number,
                                int64_t made_ms);
