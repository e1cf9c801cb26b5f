/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The facts of a document: a JSON object, and what it has to look like. A schema is a JSON object
 * of the same shape whose leaves are types (server/papers/templates/README.md); "name?" may be
 * missing, [one] is a list of such, "@name" stands for a part that several kinds share.
 *
 * A scope is what names are looked up in: the facts, and within a list the item before them.
 *
 * Bounds     HEARD_FACTS_LIST_MAX items a list, HEARD_FACTS_TEXT_BYTES_MAX a text,
 *            HEARD_FACTS_DEPTH_MAX deep, HEARD_SCOPE_MAX levels of a scope.
 * Ownership  Everything is borrowed.
 * Threads    Pure.
 * Errors     HEARD_ERROR_BAD_FIELD naming the member.
 */

#include "server/base/json.h"

enum {
    HEARD_FACTS_LIST_MAX = 5000,
    HEARD_FACTS_TEXT_BYTES_MAX = 64 * 1024,
    HEARD_FACTS_WORDS_MAX = 64,
    HEARD_FACTS_DEPTH_MAX = 8,
    HEARD_SCOPE_MAX = 4,
};

typedef struct {
    const json_t *levels[HEARD_SCOPE_MAX]; /* outermost first */
    unsigned count;
} HeardScope;

/* Adds a level; false: too deep. */
bool heard_scope_push(HeardScope *self, const json_t *level);
/* "hearing.start_ms"; NULL: there is no such. */
const json_t *heard_scope_value(const HeardScope *self, const char *path);
/* The type of what a path names, over schemas; "@name" is looked up in parts. */
const json_t *heard_scope_type(const HeardScope *self, const json_t *parts, const char *path);

/* The schema itself: known types, known parts. words: tables of "word:TABLE". */
bool heard_facts_check_schema(const json_t *schema, const json_t *parts, const json_t *words,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether these are such facts. */
bool heard_facts_check(const json_t *facts, const json_t *schema, const json_t *parts,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
