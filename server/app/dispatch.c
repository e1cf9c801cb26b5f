/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/dispatch.h"

#include "server/app/static_files.h"

#include <string.h>

size_t heard_dispatch_admit(HeardHttpRequest *request, void *data)
{
    (void)request;
    (void)data;
    return 64 * 1024;
}

void heard_dispatch_handle(HeardHttpRequest *request, void *data)
{
    HeardStaticFiles *pages = data;

    if (strcmp(heard_http_path(request), "/healthz") == 0)
        heard_http_reply_text(request, 200, "text/plain; charset=utf-8", "ok\n");
    else if (heard_http_method(request) == HEARD_HTTP_GET ||
             heard_http_method(request) == HEARD_HTTP_HEAD)
        heard_static_files_serve(pages, request);
    else
        heard_http_reply_problem(request, HEARD_ERROR_METHOD, NULL);
}
