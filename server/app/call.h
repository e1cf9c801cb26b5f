/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One request on its way through a route: what came in, who asks, what goes out.
 *
 * A call goes main → store thread (who asks? may he? the store half of the handler) → main
 * (the main half, or the answer). Only one thread has it at a time.
 *
 * Ownership  dispatch.c makes and frees it. A main half ends it by heard_call_reply*().
 * Threads    request: main only. The rest: whoever has the call.
 * Errors     A half sets call->error (a GError of HEARD_ERROR) to refuse.
 */

#include "server/app/app.h"
#include "server/app/caller.h"
#include "server/app/http.h"
#include "server/app/route_table.h"
#include "server/app/veil.h"
#include "server/base/json.h"
#include "server/store/row.h"

typedef enum {
    HEARD_QUERY_CURSOR,
    HEARD_QUERY_LIMIT,
    HEARD_QUERY_DAY,
    HEARD_QUERY_LABEL,
    HEARD_QUERY_OF,
    HEARD_QUERY_SHOW,
    HEARD_QUERY_SEARCH,
    HEARD_QUERY_FROM,
    HEARD_QUERY_TO,
    HEARD_QUERY_LANGUAGE,
    HEARD_QUERY_ROOM,
    HEARD_QUERY_COUNT
} HeardQuery;

struct HeardCall {
    HeardApp *app;
    HeardHttpRequest *request;
    const HeardRoute *route;
    char *params[HEARD_ROUTE_PARAMS_MAX]; /* what stood for {…}, in order */
    char *query[HEARD_QUERY_COUNT];
    json_t *body;       /* of a JSON route */
    char *token;        /* cookie or bearer; NULL: none */
    char *device_token; /* the cookie beside a bearer, or of a public route */
    char *idempotency_key;
    char *request_hash;
    bool is_repeated; /* the answer of before is given again: there is no main half */
    HeardCaller caller;
    HeardVeil *veil; /* over the answer; NULL: nothing is kept from the caller */
    int64_t wall_ms;
    bool loopback; /* came by plain HTTP, which listens on loopback only */

    unsigned status; /* of the answer */
    json_t *answer;  /* NULL: no content */
    json_t *problem; /* with error: members beside its code; may be NULL */
    char *cookie;    /* a session token to set; "" takes the cookie away */
    GError *error;
    void *extra; /* from the store half to the main half */
    GDestroyNotify extra_destroy;
};

void heard_call_free(HeardCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardCall, heard_call_free)

/* For either half: sets call->error. Always false. */
bool heard_call_refuse(HeardCall *self, HeardError code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* limit and cursor of a list; false with an error for a wrong one. */
bool heard_call_page(HeardCall *self, HeardPage *ret_page) G_GNUC_WARN_UNUSED_RESULT;

/* Puts items (taken) into {"items", "next_cursor"}; a full page has a next one. */
void heard_call_answer_list(HeardCall *self, json_t *items, const HeardPage *page,
                            const char *last_id);

/* Main half: answers with error or answer, and frees the call. */
void heard_call_reply(HeardCall *self);
