/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/api.h"
#include "server/base/metrics.h"

#define TEXT "text/plain; charset=utf-8"

void heard_api_healthz_main(HeardCall *call)
{
    heard_http_reply_text(call->request, 200, TEXT, "ok\n");
    heard_call_free(call);
}

bool heard_api_readyz_store(HeardStore *store, HeardCall *call)
{
    if (!heard_store_check(store, &call->error))
        return false;
    if (!call->app->ready)
        return heard_call_refuse(call, HEARD_ERROR_UNAVAILABLE, "starting or stopping");
    call->answer = json_pack("{s:b}", "ready", true);
    return true;
}

void heard_api_metrics_main(HeardCall *call)
{
    g_autofree char *page = heard_metrics_render();

    heard_http_reply_text(call->request, 200, "text/plain; version=0.0.4; charset=utf-8", page);
    heard_call_free(call);
}
