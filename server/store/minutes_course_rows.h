/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Minutes on their way from the draft to the seal: their state, who has read them, which
 * corrections were wanted, and what was added behind the seal. Words that were proposed or added
 * stay; a state changes only from the one that was looked at.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/minutes_rows.h"

/* circulated notes the time. HEARD_ERROR_CONFLICT: it is in another state. */
bool heard_minutes_rows_move(HeardStore *store, const char *hearing_id, const char *from,
                             const char *to, int64_t wall_ms,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* From signed or signed_with_refusal. */
bool heard_minutes_rows_seal(HeardStore *store, const char *hearing_id, const char *sha256,
                             int64_t wall_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_minutes_rows_count(HeardStore *store, const char *hearing_id, int64_t *ret_lines,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    const char *id, *hearing_id, *participant_id;
    int64_t at_ms;
} HeardMinutesReadingRow;

/* The first time stays. */
bool heard_minutes_reading_rows_add(HeardStore *store, const HeardMinutesReadingRow *row,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *heard_minutes_reading_rows_list(HeardStore *store, const char *hearing_id,
                                           GError **error);

typedef struct {
    const char *id, *hearing_id, *line_id;
    int64_t line_version; /* that it is about */
    const char *text, *reason;
    const char *proposer_id;
    const char *state; /* proposed, accepted, declined */
    int64_t created_ms, decided_ms;
    const char *decided_by, *decided_reason;
} HeardMinutesCorrectionRow;

bool heard_minutes_correction_rows_insert(HeardStore *store, const HeardMinutesCorrectionRow *row,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardMinutesCorrectionRow *heard_minutes_correction_rows_get(HeardStore *store, const char *id,
                                                             GError **error);
/* Oldest first; HEARD_MINUTES_CORRECTIONS_MAX at most. */
GPtrArray *heard_minutes_correction_rows_list(HeardStore *store, const char *hearing_id,
                                              GError **error);
/* HEARD_ERROR_CONFLICT: it was decided on already. */
bool heard_minutes_correction_rows_decide(HeardStore *store, const char *id, const char *state,
                                          const char *by, const char *reason, int64_t wall_ms,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    const char *id, *hearing_id;
    const char *text;
    const char *author_id, *author; /* as called then */
    int64_t at_ms;
} HeardMinutesAddendumRow;

bool heard_minutes_addendum_rows_insert(HeardStore *store, const HeardMinutesAddendumRow *row,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *heard_minutes_addendum_rows_list(HeardStore *store, const char *hearing_id,
                                            GError **error);
