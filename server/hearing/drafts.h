/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a machine believes that somebody said, until a clerk takes it as a line of the minutes or
 * drops it. A draft is no part of the minutes, of the sealed log or of the database: it is lost
 * with the hearing's end, and the oldest goes when there are too many.
 *
 * Units      *_ms UTC.
 * Ownership  new/free; texts are copied.
 * Threads    Pure.
 * Errors     A draft that is not there is an answer.
 */

#include "server/base/id.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { HEARD_DRAFTS_MAX = 200, HEARD_DRAFT_ALTERNATIVES_MAX = 4 };

typedef struct {
    char id[HEARD_ID_SIZE];      /* becomes the id of the line: so it is taken once */
    char speaker[HEARD_ID_SIZE]; /* participant */
    int64_t begin_ms, end_ms;
    int confidence_permille; /* -1: not told */
    char *text;
    char *alternatives[HEARD_DRAFT_ALTERNATIVES_MAX + 1]; /* ends with NULL */
} HeardDraft;

typedef struct HeardDrafts HeardDrafts;

HeardDrafts *heard_drafts_new(void);
void heard_drafts_free(HeardDrafts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardDrafts, heard_drafts_free)

/* Copies draft in its place by begin_ms. ret_lost: the id of the oldest, which had to go; "": none.
 * Borrowed until the next call. */
const HeardDraft *heard_drafts_add(HeardDrafts *self, const HeardDraft *draft,
                                   char ret_lost[static HEARD_ID_SIZE]);
/* False: it is not there (any more). */
bool heard_drafts_remove(HeardDrafts *self, const char *id);
void heard_drafts_clear(HeardDrafts *self);
unsigned heard_drafts_count(const HeardDrafts *self);
/* In the order of being said. */
const HeardDraft *heard_drafts_at(const HeardDrafts *self, unsigned index);
