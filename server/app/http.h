/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The only door to libmicrohttpd: HTTPS on all interfaces and plain HTTP on loopback.
 *
 * A request comes to hooks.handle() when its body is complete. The handler answers exactly
 * once by one of heard_http_reply_*(), at once or later from the same thread; until then
 * the connection rests. Bodies beyond what hooks.admit() allows never reach the handler.
 * Each answer carries the security headers and a request id.
 *
 * Traps      libmicrohttpd has no threads of its own here: its epoll descriptors nest in the
 *            main loop, and MHD_run() also runs after each round and at least every
 *            200 ms, else upgraded connections can crash. TLS is done before it (tls_door.h).
 * Ownership  new/free. A request belongs to HeardHttp; it is valid until it was answered.
 *            Texts of a request live as long as it does.
 * Threads    Main only.
 * Errors     new: HEARD_ERROR_UNAVAILABLE for a port that is taken (the text names it).
 */

#include "server/base/error.h"
#include "server/base/loop.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    HEARD_HTTP_HEADERS_MAX = 12,          /* extra headers of one answer */
    HEARD_HTTP_DISCARD_MAX = 1024 * 1024, /* an oversized body is read so far for a clean 413 */
    HEARD_HTTP_CONNECTIONS_MAX = 6000,    /* per daemon; less when descriptors are few */
    HEARD_HTTP_HOST_SHARE = 4, /* one host gets a quarter of them: an office, but no more */
    HEARD_HTTP_IDLE_S = 60,
    HEARD_HTTP_RUN_US = 200 * 1000,
    HEARD_HTTP_ADDRESS_SIZE = 46,
    HEARD_HTTP_REQUEST_ID_SIZE = 17,
    HEARD_HTTP_FLOW_BLOCK = 64 * 1024,
};

typedef struct HeardHttp HeardHttp;
typedef struct HeardHttpRequest HeardHttpRequest;
typedef struct HeardHttpStream HeardHttpStream;

typedef enum {
    HEARD_HTTP_GET,
    HEARD_HTTP_HEAD,
    HEARD_HTTP_POST,
    HEARD_HTTP_PATCH,
    HEARD_HTTP_DELETE,
    HEARD_HTTP_OPTIONS,
    HEARD_HTTP_OTHER,
} HeardHttpMethod;

typedef struct {
    /* Headers are there. How many bytes the body may have. */
    size_t (*admit)(HeardHttpRequest *request, void *data);
    void (*handle)(HeardHttpRequest *request, void *data);
    void *data;
} HeardHttpHooks;

typedef struct {
    HeardLoop *loop;
    uint16_t https_port; /* 0: any free one */
    uint16_t http_port;  /* on 127.0.0.1; 0: any free one */
    bool http_enabled;
    const char *certificate; /* PEM texts, borrowed for the call only */
    const char *key;
    HeardHttpHooks hooks;
} HeardHttpConfig;

HeardHttp *heard_http_new(const HeardHttpConfig *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Open requests get 503; upgraded streams must have been closed before. */
void heard_http_free(HeardHttp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardHttp, heard_http_free)

/* No new connections from now on. */
void heard_http_quiesce(HeardHttp *self);
/* Call after each round of the loop. */
void heard_http_run(HeardHttp *self);
uint16_t heard_http_https_port(const HeardHttp *self);
uint16_t heard_http_http_port(const HeardHttp *self);

/* Of the request. */
HeardHttpMethod heard_http_method(const HeardHttpRequest *request);
const char *heard_http_path(const HeardHttpRequest *request); /* percent-decoded */
const char *heard_http_query(HeardHttpRequest *request, const char *name);
const char *heard_http_header(HeardHttpRequest *request, const char *name);
const char *heard_http_body(const HeardHttpRequest *request, size_t *ret_size); /* ends with NUL */
bool heard_http_is_tls(const HeardHttpRequest *request);
/* Numeric address of the other side, for limits; never log it. "" when unknown. */
const char *heard_http_peer(const HeardHttpRequest *request);
const char *heard_http_request_id(const HeardHttpRequest *request);
/* Within admit(): the body goes there, piece by piece, and not into memory. data lives as long as
 * the request's context. */
typedef void (*HeardHttpBodyFunc)(void *data, const char *bytes, size_t size);
void heard_http_divert_body(HeardHttpRequest *request, HeardHttpBodyFunc func, void *data);
/* What the application keeps with the request; destroyed with it. */
void heard_http_set_context(HeardHttpRequest *request, void *context, GDestroyNotify destroy);
void *heard_http_context(const HeardHttpRequest *request);

/* Before the reply: one more header. Values with control characters are left out. */
void heard_http_add_header(HeardHttpRequest *request, const char *name, const char *value);

/* The replies. After them the request is gone for the caller. */
void heard_http_reply_empty(HeardHttpRequest *request, unsigned status);
void heard_http_reply_text(HeardHttpRequest *request, unsigned status, const char *media_type,
                           const char *text);
/* Takes the reference. */
void heard_http_reply_json_take(HeardHttpRequest *request, unsigned status, json_t *json);
/* RFC 9457 problem+json; logged once. detail: for people, without personal data; may be NULL. */
void heard_http_reply_problem(HeardHttpRequest *request, HeardError code, const char *detail);
/* The same from a GError. */
void heard_http_reply_error(HeardHttpRequest *request, const GError *error);
/* With members (an object, borrowed) beside the code; NULL: none. */
void heard_http_reply_error_with(HeardHttpRequest *request, const GError *error,
                                 const json_t *members);
/* size bytes of fd from offset; takes the descriptor. */
void heard_http_reply_file_take(HeardHttpRequest *request, unsigned status, const char *media_type,
                                int fd, uint64_t offset, uint64_t size);

/*
 * A body whose length nobody knows before its end, made while it is sent. read gives at most max
 * bytes; HEARD_HTTP_FLOW_REST lets the connection rest until heard_http_flow_wake(). A failure cuts
 * the connection, so that the client can tell a part from the whole. close runs once, when the last
 * byte is out or the client is gone; the flow is gone with it.
 */
typedef struct HeardHttpFlow HeardHttpFlow;
enum { HEARD_HTTP_FLOW_REST = 0, HEARD_HTTP_FLOW_END = -1, HEARD_HTTP_FLOW_FAILED = -2 };
typedef struct {
    ssize_t (*read)(void *data, uint8_t *ret_bytes, size_t max);
    void (*close)(void *data);
    void *data;
} HeardHttpFlowHooks;
HeardHttpFlow *heard_http_flow_new(const HeardHttpFlowHooks *hooks);
/* Takes the flow; close may have run when this returns. */
void heard_http_reply_flow_take(HeardHttpRequest *request, unsigned status, const char *media_type,
                                HeardHttpFlow *flow);
void heard_http_flow_wake(HeardHttpFlow *flow);

/*
 * 101 Switching Protocols with the headers added before. func gets a non-blocking
 * descriptor and what the client sent already; it belongs to the stream, whose user ends
 * with heard_http_stream_close(). func does not run when the client is gone by then: destroy
 * runs in either case, after func.
 */
typedef void (*HeardHttpUpgradeFunc)(HeardHttpStream *stream, int fd, const uint8_t *early,
                                     size_t early_size, void *data);
void heard_http_reply_upgrade(HeardHttpRequest *request, const char *protocol,
                              HeardHttpUpgradeFunc func, void *data, GDestroyNotify destroy);
/* Closes the descriptor, so unwatch it first. */
void heard_http_stream_close(HeardHttpStream *stream);
