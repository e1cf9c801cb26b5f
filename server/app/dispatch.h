/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * From a request to its handler: route, limits, who asks, may he, then the handler.
 *
 * Threads  Main only; see route_table.h for handlers that run on the store's thread.
 */

#include "server/app/http.h"

/* Hooks of HeardHttpConfig; data is the HeardStaticFiles. */
size_t heard_dispatch_admit(HeardHttpRequest *request, void *data);
void heard_dispatch_handle(HeardHttpRequest *request, void *data);
