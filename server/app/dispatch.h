/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * From a request to its handler: route, content type, who asks, may he, the handler's
 * halves, the answer. What no route takes goes to the pages.
 *
 * A write with a cookie must come from our own pages: its Origin is compared with Host.
 * A write with an Idempotency-Key is done once; its answer is kept sealed for a day, as it
 * may hold a link.
 *
 * Threads  Main. The middle part of a call runs on a store thread.
 */

#include "server/app/http.h"

/* Hooks of HeardHttpConfig; data is the HeardApp. */
size_t heard_dispatch_admit(HeardHttpRequest *request, void *data);
void heard_dispatch_handle(HeardHttpRequest *request, void *data);
