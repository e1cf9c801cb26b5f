/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * How documents of a recording write times, lengths, sizes and codes, in Chinese and in English.
 * Sentences stand beside each other in statement.c, by HEARD_SAY.
 *
 * Units      *_ms: wall_ms UTC, shown by the clock of the place; others on the recording's clock.
 * Ownership  char * is the caller's; const char * is not.
 * Threads    Pure but for the zone files.
 * Errors     A code that nobody knows stands as it is.
 */

#include <stdint.h>

typedef enum {
    HEARD_DOCUMENT_ZH, /* the authoritative one */
    HEARD_DOCUMENT_EN,
} HeardDocumentLanguage;

/* Both texts are literals, so that the compiler checks formats of either. */
#define HEARD_SAY(language, zh, en) ((language) == HEARD_DOCUMENT_EN ? (en) : (zh))

const char *heard_document_role(HeardDocumentLanguage language, const char *code);
/* Why something is missing. */
const char *heard_document_reason(HeardDocumentLanguage language, const char *code);
/* microphone, camera, screen */
const char *heard_document_source(HeardDocumentLanguage language, const char *code);

/* "2026年11月28日 14:30:07", "28 November 2026, 14:30:07" */
char *heard_document_wall(HeardDocumentLanguage language, int64_t wall_ms);
/* The hour only, on the day of the beginning. */
char *heard_document_wall_since(HeardDocumentLanguage language, int64_t started_ms,
                                int64_t wall_ms);
/* "UTC+08:00" */
char *heard_document_zone(int64_t wall_ms);
/* "00:31:07" on the recording's clock. */
char *heard_document_clock(int64_t ms);
/* "1小时2分3秒", "1 h 2 min 3 s" */
char *heard_document_length(HeardDocumentLanguage language, int64_t ms);
char *heard_document_size(int64_t bytes);
/* Groups of eight, four a line, which people can compare. */
char *heard_document_grouped(const char *hex);
