/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The templates of this server: those that are built in, and an office's own wording from the
 * folder that the setting `papers` names (server/papers/templates/README.md).
 *
 * Ownership  load/free; what find returns is borrowed.
 * Threads    Read-only after load; any thread.
 * Errors     HEARD_ERROR_CONFIG naming the file, and what is wrong in it.
 */

#include "server/papers/template.h"

typedef struct {
    const char *name, *text;
} HeardPapersText;

/* common first; the last one is {NULL, NULL}. */
extern const HeardPapersText heard_papers_texts[];

typedef struct HeardPapers HeardPapers;

/* folder NULL: none. */
HeardPapers *heard_papers_load(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_papers_free(HeardPapers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardPapers, heard_papers_free)

/* For an office of that region; NULL: there is no such kind. */
const HeardTemplate *heard_papers_find(const HeardPapers *self, const char *kind,
                                       const char *region_code);
/* The words of codes (common.json). */
const char *heard_papers_word(const HeardPapers *self, const char *table,
                              HeardDocumentLanguage language, const char *code);
