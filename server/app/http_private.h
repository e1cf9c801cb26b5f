/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What http.c (connections, bodies) and http_reply.c (answers) share; nobody else includes it.
 */

#include "server/app/http.h"
#include "server/base/random.h"

#include <microhttpd.h>

typedef struct {
    char *name, *value;
} HeardHttpHeader;

struct HeardHttpFlow {
    HeardHttpRequest *request; /* NULL: not yet, or no longer */
    HeardHttpFlowHooks hooks;
    bool stopped; /* the server stops: no more reads */
};

struct HeardHttpRequest {
    HeardHttp *http;
    GList *link;
    struct MHD_Connection *connection; /* NULL once completed */
    HeardHttpMethod method;
    char *path;
    char id[HEARD_HTTP_REQUEST_ID_SIZE];
    char peer[HEARD_HTTP_ADDRESS_SIZE];
    bool tls;
    GByteArray *body;
    HeardHttpBodyFunc body_func; /* NULL: into body */
    void *body_data;
    size_t body_max;
    uint64_t received;
    struct MHD_Response *response;
    HeardHttpFlow *flow; /* of response; borrowed */
    unsigned status;
    HeardHttpHeader headers[HEARD_HTTP_HEADERS_MAX];
    unsigned header_count;
    void *context;
    GDestroyNotify context_destroy;
    void *upgrade;
    GDestroyNotify upgrade_destroy;
    bool handed_over; /* a handler has it, or an early refusal stands for one */
    bool answered;
    bool queued;
    bool suspended;
    bool completed;
};

/* After response and answered are set: wakes the connection, frees what is over. */
void heard_http_request_resume(HeardHttpRequest *self);
void heard_http_reply_register_metrics(void);
struct MHD_Response *heard_http_make_problem(HeardHttpRequest *self, HeardError code,
                                             const char *detail, const json_t *members,
                                             unsigned *ret_status);
