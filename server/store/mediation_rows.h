/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What was said in a mediation: entries that are only added. Who may say what, and what follows
 * from it, server/hearing/mediation decides.
 *
 * Rows, ownership, threads: row.h. role, side, act: wire names of server/hearing.
 */

#include "server/store/row.h"

typedef struct {
    const char *id, *hearing_id;
    int64_t seq;          /* within the hearing, from 1 */
    const char *actor_id; /* a participant */
    const char *role, *side;
    const char *act;
    const char *data; /* JSON: act and its members */
    int64_t at_ms;
} HeardMediationEntryRow;

/* As seq of the newest, which is how the caller knows that it judged by all of them:
 * HEARD_ERROR_CONFLICT when another one came first. */
bool heard_mediation_rows_add(HeardStore *store, const HeardMediationEntryRow *row,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All of them, oldest first: not cut at HEARD_PAGE_MAX. */
GPtrArray *heard_mediation_rows_list(HeardStore *store, const char *hearing_id, GError **error);
