/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Rows as the JSON of openapi.yaml: HearingSummary, CaseSummary, Recording.
 *
 * Names of petitioners are masked where the caller has no need: he has neither a seat in
 * the hearing nor a desk role.
 *
 * Ownership  The caller owns the result. NULL: error.
 * Threads    A store thread.
 */

#include "server/app/caller.h"
#include "server/store/case_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/recording_rows.h"

#include <glib.h>
#include "server/base/json.h"

json_t *heard_summary_hearing(HeardStore *store, const HeardCaller *caller,
                              const HeardHearingRow *row, GError **error);
json_t *heard_summary_case(HeardStore *store, const HeardCaseRow *row, GError **error);
json_t *heard_summary_recording(HeardStore *store, const HeardCaller *caller,
                                const HeardRecordingRow *row, GError **error);

/* A time that is 0 in a row is null outside. */
json_t *heard_summary_time(int64_t wall_ms);
