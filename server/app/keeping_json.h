/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The keeping of a recording as the JSON of openapi.yaml. A security admin learns numbers, dates
 * and reasons, no title: administrators see no content (domain.md 3.8).
 *
 * Ownership  The caller owns the result. NULL: error.
 * Threads    A store thread.
 */

#include "server/app/caller.h"
#include "server/app/keeping.h"
#include "server/base/json.h"

json_t *heard_keeping_to_json(HeardStore *store, const HeardCaller *caller, int64_t wall_ms,
                              const HeardRecordingRow *recording, const HeardKeepingView *view,
                              GError **error);
/* Holds of one recording, lifted ones among them. */
json_t *heard_keeping_holds_to_json(HeardStore *store, const GPtrArray *holds, GError **error);
