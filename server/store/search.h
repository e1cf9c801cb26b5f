/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Chinese full-text search by bigrams of our own: 劳动合同 is indexed as 劳动 动合 合同
 * and asked for as a phrase. The engines' trigram search answers two-character words, the
 * normal Chinese query, with nothing.
 *
 * Normalised first: NFKC (full width to half width), lower case. A run of letters and
 * digits, joined by - or _, is one token, so case numbers stay whole; a lone Chinese
 * character is a token of one. Other characters part the runs.
 *
 * Errors   Text that is not UTF-8 gives no tokens. More than HEARD_SEARCH_TOKENS_MAX (of a
 *          question HEARD_SEARCH_QUERY_TOKENS_MAX) are cut off; a token longer than
 * HEARD_SEARCH_TOKEN_BYTES_MAX is dropped. Threads  Pure.
 */

#include <glib.h>

enum {
    HEARD_SEARCH_TOKENS_MAX = 65536,
    HEARD_SEARCH_QUERY_TOKENS_MAX = 64,
    HEARD_SEARCH_TOKEN_BYTES_MAX = 128,
};

/* Tokens of a document, parted by one space; the caller frees it. */
char *heard_search_index_text(const char *text);

/*
 * The same for a question, as an FTS5 expression: each run a quoted phrase, runs joined
 * by AND, a single Chinese character as the prefix of a bigram. NULL when nothing in it
 * can be searched. The caller frees it. No character of the question is left unquoted.
 */
char *heard_search_query_fts5(const char *question);
