/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * How good the line of each participant was, and since when: one row for each change.
 *
 * At most HEARD_QUALITY_ROWS_MAX rows of one hearing are kept: a line that changes as often as
 * the rules of server/hearing/quality.h let it does so ten times a minute, so that one bad
 * line fills them in seven hours.
 *
 * Rows, ownership, threads: row.h.
 */

#include "server/store/row.h"

enum { HEARD_QUALITY_ROWS_MAX = 4096 };

typedef struct {
    const char *id, *hearing_id, *participant_id;
    int64_t at_ms;
    const char *level;                 /* heard_quality_name() */
    const char *up_level, *down_level; /* from the person, to the person */
    int64_t up_loss_permille, down_loss_permille;
    int64_t rtt_ms; /* 0: not known */
    int64_t up_bps, down_bps;
} HeardQualityRow;

/* ret_kept false: the hearing has its most rows already. */
bool heard_quality_rows_insert(HeardStore *store, const HeardQualityRow *row, bool *ret_kept,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Oldest first. */
GPtrArray *heard_quality_rows_list(HeardStore *store, const char *hearing_id, const HeardPage *page,
                                   GError **error);
