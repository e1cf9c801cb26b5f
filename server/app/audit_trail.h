/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Entries of the audit trail for what the API does outside a live hearing: cases, plans,
 * links, views of recordings.
 *
 * Threads  The store thread (app->store), so that nobody else moves the head meanwhile.
 * Errors   As heard_audit_rows_record(); what the entry permits must not happen then.
 */

#include "server/app/call.h"

/* object_kind and object_id make "case:…". hearing_id and reason may be NULL. Sets
 * call->error on failure. */
bool heard_audit_trail_append(HeardStore *store, HeardCall *call, const char *action,
                              const char *object_kind, const char *object_id,
                              const char *hearing_id, const char *reason);
