/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The minutes of a hearing. Who may write them server/app decides; here stands that nothing is
 * lost: a change adds a row with what the line said before, and a line taken out stays.
 *
 * Rows, ownership, threads: row.h. kind, state, phase: wire names of server/hearing.
 */

#include "server/store/row.h"

typedef struct {
    const char *hearing_id;
    const char *state;
    int64_t line_count; /* ever added: the seq of the last one */
    int64_t created_ms;
    int64_t circulated_ms, sealed_ms;
    const char *sha256; /* of the signed text; NULL: not sealed */
} HeardMinutesRow;

/* NULL without an error: no line was ever written. */
HeardMinutesRow *heard_minutes_rows_get(HeardStore *store, const char *hearing_id, GError **error);

typedef struct {
    const char *id, *hearing_id;
    int64_t seq;   /* in the order of being added, from 1 */
    int64_t at_ms; /* UTC: when its words began */
    const char *phase;
    const char *speaker_id; /* a participant; NULL: none */
    const char *kind, *text;
    int64_t version;       /* from 1 */
    const char *author_id; /* the participant who wrote this version */
    int64_t created_ms, changed_ms;
    int64_t removed_ms; /* 0: it stands */
} HeardMinutesLineRow;

/* Gives the line its seq; the first one makes the minutes. Call it in a transaction. */
bool heard_minutes_rows_add(HeardStore *store, HeardMinutesLineRow *row,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardMinutesLineRow *heard_minutes_rows_get_line(HeardStore *store, const char *id, GError **error);
/* In the order of being added. */
GPtrArray *heard_minutes_rows_list(HeardStore *store, const char *hearing_id, bool with_removed,
                                   const HeardPage *page, GError **error);

/* Writes at_ms, phase, speaker, kind, text, author, changed_ms and removed_ms as the version after
 * before->version. HEARD_ERROR_CONFLICT when another one came first. Call it in a transaction. */
bool heard_minutes_rows_change(HeardStore *store, const HeardMinutesLineRow *before,
                               const HeardMinutesLineRow *after,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a line said before. */
typedef struct {
    const char *id, *line_id;
    int64_t version;
    int64_t at_ms;
    const char *phase;
    const char *speaker_id;
    const char *kind, *text;
    const char *author_id;
    int64_t changed_ms, removed_ms;
} HeardMinutesVersionRow;

/* Oldest first. */
GPtrArray *heard_minutes_rows_list_versions(HeardStore *store, const char *line_id,
                                            const HeardPage *page, GError **error);
