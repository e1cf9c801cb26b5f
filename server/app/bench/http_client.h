/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The few HTTP calls of WHIP and WHEP, one at a time, by libcurl.
 *
 * Ownership  new/free; a reply is cleared by the caller.
 * Threads    One client per thread; heard_bench_http_init() once, before threads start.
 * Errors     GError HEARD_ERROR_NETWORK when there is no reply; any status is a reply.
 */

#include <glib.h>
#include <stdbool.h>

enum { HEARD_BENCH_REPLY_MAX = 256 * 1024 };

typedef struct HeardBenchHttp HeardBenchHttp;

typedef struct {
    long status;
    GString *body;
    char *location; /* absolute; NULL: none */
} HeardBenchReply;

void heard_bench_http_init(void);
HeardBenchHttp *heard_bench_http_new(bool insecure, int timeout_s);
void heard_bench_http_free(HeardBenchHttp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardBenchHttp, heard_bench_http_free)

/* bearer, content_type and body may be NULL. */
bool heard_bench_http_call(HeardBenchHttp *self, const char *method, const char *url,
                           const char *bearer, const char *content_type, const char *body,
                           HeardBenchReply *ret_reply, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_bench_reply_clear(HeardBenchReply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardBenchReply, heard_bench_reply_clear)
