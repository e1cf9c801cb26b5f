/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Do a write once: the store half of a call whose request carried an Idempotency-Key.
 *
 * The same key with the same request gets the first answer again; with another request it
 * is a conflict. Only answers of success are kept, sealed, as they may hold a link.
 *
 * Threads  The store thread of the call.
 */

#include "server/app/call.h"

void heard_idempotency_run(HeardStore *store, HeardCall *call);
