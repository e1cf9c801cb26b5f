/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/http.h"

#include "server/app/http_private.h"
#include "server/base/clock.h"
#include "server/base/json.h"
#include "server/base/log.h"
#include "server/base/metrics.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const HeardLogTopic topic = {"http"};

static HeardMetric metric_failures[2] = {
    {.name = "heard_http_failures_total", .labels = "class=\"4xx\"", .help = "Problem answers"},
    {.name = "heard_http_failures_total", .labels = "class=\"5xx\"", .help = "Problem answers"}};

/* Anybody can make as many 4xx as he likes; the log shows at most one a second. */
static HeardLogLimit refusal_limit;

struct HeardHttpStream {
    struct MHD_UpgradeResponseHandle *handle;
};

typedef struct {
    HeardHttpUpgradeFunc func;
    void *data;
    GDestroyNotify destroy;
} Upgrade;

void heard_http_reply_register_metrics(void)
{
    heard_metric_register(&metric_failures[0]);
    heard_metric_register(&metric_failures[1]);
}

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response, name, value) != MHD_YES)
        heard_log(&topic, HEARD_LOG_WARN, "header-refused name=%s", name);
}

static bool has_header(const HeardHttpRequest *self, const char *name)
{
    for (unsigned i = 0; i < self->header_count; i++)
        if (g_ascii_strcasecmp(self->headers[i].name, name) == 0)
            return true;
    return false;
}

/* Unless the handler has a stricter one of its own. */
static void add_default(const HeardHttpRequest *self, struct MHD_Response *response,
                        const char *name, const char *value)
{
    if (!has_header(self, name))
        add(response, name, value);
}

/*
 * No inline script or style, nothing from elsewhere. blob: is for media that the page made
 * itself; WebSockets fall under connect-src 'self'. HSTS is not sent: with the self-signed
 * certificate of the first start it would lock people out of the machine's name.
 */
static void add_standing_headers(const HeardHttpRequest *self, struct MHD_Response *response)
{
    add_default(
        self, response, "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "font-src 'self'; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    add(response, "X-Content-Type-Options", "nosniff");
    add_default(self, response, "X-Frame-Options", "DENY");
    add(response, "Referrer-Policy", "no-referrer");
    add(response, "Cross-Origin-Opener-Policy", "same-origin");
    add(response, "Cross-Origin-Resource-Policy", "same-origin");
    add(response, "Permissions-Policy",
        "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), "
        "autoplay=(self), geolocation=()");
    add(response, "X-Request-Id", self->id);
}

static bool is_header_value(const char *value)
{
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c < 0x20 && *c != '\t')
            return false;
    return true;
}

void heard_http_add_header(HeardHttpRequest *self, const char *name, const char *value)
{
    g_assert(self->header_count < HEARD_HTTP_HEADERS_MAX);
    if (!is_header_value(value))
        return;
    self->headers[self->header_count].name = g_strdup(name);
    self->headers[self->header_count].value = g_strdup(value);
    self->header_count++;
}

static void finish(HeardHttpRequest *self, unsigned status, struct MHD_Response *response)
{
    g_assert(!self->answered);
    self->answered = true;
    if (self->response) { /* answered by a stop of the server meanwhile */
        MHD_destroy_response(response);
        heard_http_request_resume(self);
        return;
    }
    if (status != MHD_HTTP_SWITCHING_PROTOCOLS)
        add_standing_headers(self, response);
    for (unsigned i = 0; i < self->header_count; i++)
        add(response, self->headers[i].name, self->headers[i].value);
    if (status != MHD_HTTP_SWITCHING_PROTOCOLS && !has_header(self, "Cache-Control"))
        add(response, "Cache-Control", "no-store");
    self->response = response;
    self->status = status;
    heard_http_request_resume(self);
}

static struct MHD_Response *response_of_text(const char *text, const char *media_type)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);

    g_assert(response);
    if (media_type)
        add(response, "Content-Type", media_type);
    return response;
}

void heard_http_reply_empty(HeardHttpRequest *self, unsigned status)
{
    finish(self, status, response_of_text("", NULL));
}

void heard_http_reply_text(HeardHttpRequest *self, unsigned status, const char *media_type,
                           const char *text)
{
    finish(self, status, response_of_text(text, media_type));
}

void heard_http_reply_json_take(HeardHttpRequest *self, unsigned status, json_t *json)
{
    g_autofree char *text = heard_json_dump(json);

    json_decref(json);
    finish(self, status, response_of_text(text, "application/json"));
}

static const char *title_of(unsigned status)
{
    switch (status) {
    case 400:
        return "Bad request";
    case 401:
        return "Not logged in";
    case 403:
        return "Not allowed";
    case 404:
        return "Not found";
    case 405:
        return "Method not allowed";
    case 409:
        return "Not possible now";
    case 410:
        return "No longer valid";
    case 413:
        return "Too large";
    case 415:
        return "Media type not understood";
    case 416:
        return "Range not satisfiable";
    case 422:
        return "Content not understood";
    case 429:
        return "Too many";
    case 503:
        return "Not available now";
    case 507:
        return "No space left";
    default:
        return "Server failure";
    }
}

struct MHD_Response *heard_http_make_problem(HeardHttpRequest *self, HeardError code,
                                             const char *detail, const json_t *members,
                                             unsigned *ret_status)
{
    unsigned status = heard_error_http_status(code);
    g_autofree char *text = NULL;
    g_autoptr(json_t) json =
        json_pack("{s:s, s:s, s:i, s:s, s:s*}", "type", "about:blank", "title", title_of(status),
                  "status", (int)status, "code", heard_error_name(code), "detail", detail);

    if (!json) /* a detail that is not UTF-8 */
        return heard_http_make_problem(self, code, NULL, members, ret_status);
    if (members)
        json_object_update_missing(json, (json_t *)members);
    text = heard_json_dump(json);
    *ret_status = status;
    return response_of_text(text, "application/problem+json");
}

static void reply_problem(HeardHttpRequest *self, HeardError code, const char *detail,
                          const json_t *members)
{
    unsigned status = 500;
    uint32_t skipped = 0;
    struct MHD_Response *response = heard_http_make_problem(self, code, detail, members, &status);

    heard_metric_add(&metric_failures[status >= 500], 1);
    if (status >= 500)
        heard_log(&topic, HEARD_LOG_ERROR, "request-failed request=%s code=%s detail=\"%s\"",
                  self->id, heard_error_name(code), detail ? detail : "");
    else if (heard_log_limit(&refusal_limit, heard_clock_now_us(), &skipped))
        heard_log(&topic, HEARD_LOG_INFO, "request-refused request=%s code=%s status=%u skipped=%u",
                  self->id, heard_error_name(code), status, skipped);
    if (status == MHD_HTTP_UNAUTHORIZED && !has_header(self, "WWW-Authenticate"))
        heard_http_add_header(self, "WWW-Authenticate", "Bearer realm=\"heard\"");
    finish(self, status, response);
}

void heard_http_reply_problem(HeardHttpRequest *self, HeardError code, const char *detail)
{
    reply_problem(self, code, detail, NULL);
}

void heard_http_reply_error(HeardHttpRequest *self, const GError *error)
{
    heard_http_reply_error_with(self, error, NULL);
}

void heard_http_reply_error_with(HeardHttpRequest *self, const GError *error, const json_t *members)
{
    HeardError code = heard_error_code(error);

    /* What went wrong inside is for the log; the client gets the code. */
    if (heard_error_http_status(code) < 500 || code == HEARD_ERROR_UNAVAILABLE ||
        code == HEARD_ERROR_STORAGE_FULL) {
        reply_problem(self, code, error ? error->message : NULL, members);
        return;
    }
    heard_log(&topic, HEARD_LOG_ERROR, "request-cause request=%s text=\"%s\"", self->id,
              error ? error->message : "");
    heard_http_reply_problem(self, code, NULL);
}

void heard_http_reply_file_take(HeardHttpRequest *self, unsigned status, const char *media_type,
                                int fd, uint64_t offset, uint64_t size)
{
    struct MHD_Response *response = MHD_create_response_from_fd_at_offset64(size, fd, offset);

    if (!response) {
        close(fd);
        heard_http_reply_problem(self, HEARD_ERROR_INTERNAL, "file cannot be sent");
        return;
    }
    add(response, "Content-Type", media_type);
    finish(self, status, response);
}

HeardHttpFlow *heard_http_flow_new(const HeardHttpFlowHooks *hooks)
{
    HeardHttpFlow *self = g_new0(HeardHttpFlow, 1);

    self->hooks = *hooks;
    return self;
}

static ssize_t read_flow(void *data, uint64_t position, char *bytes, size_t max)
{
    HeardHttpFlow *self = data;
    ssize_t got = self->stopped ? HEARD_HTTP_FLOW_FAILED
                                : self->hooks.read(self->hooks.data, (uint8_t *)bytes, max);

    (void)position;
    if (got > 0)
        return got;
    if (got == HEARD_HTTP_FLOW_END)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (got == HEARD_HTTP_FLOW_FAILED || !self->request)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    self->request->suspended = true;
    MHD_suspend_connection(self->request->connection);
    return 0;
}

static void close_flow(void *data)
{
    HeardHttpFlow *self = data;

    if (self->request)
        self->request->flow = NULL;
    self->hooks.close(self->hooks.data);
    g_free(self);
}

void heard_http_reply_flow_take(HeardHttpRequest *self, unsigned status, const char *media_type,
                                HeardHttpFlow *flow)
{
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, HEARD_HTTP_FLOW_BLOCK, read_flow, flow, close_flow);

    g_assert(response);
    add(response, "Content-Type", media_type);
    if (!self->response) { /* else the server stops: the flow ends at once */
        flow->request = self;
        self->flow = flow;
    }
    finish(self, status, response);
}

void heard_http_flow_wake(HeardHttpFlow *self)
{
    if (self->request && self->request->suspended)
        heard_http_request_resume(self->request);
}

static void upgrade_free(void *data)
{
    Upgrade *upgrade = data;

    if (upgrade->destroy)
        upgrade->destroy(upgrade->data);
    g_free(upgrade);
}

static void on_upgrade(void *data, struct MHD_Connection *connection, void *state,
                       const char *early, size_t early_size, MHD_socket fd,
                       struct MHD_UpgradeResponseHandle *handle)
{
    Upgrade *upgrade = data;
    HeardHttpStream *stream = g_new0(HeardHttpStream, 1);
    int flags = fcntl(fd, F_GETFL);

    (void)connection;
    (void)state;
    stream->handle = handle;
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    upgrade->func(stream, fd, (const uint8_t *)early, early_size, upgrade->data);
}

void heard_http_reply_upgrade(HeardHttpRequest *self, const char *protocol,
                              HeardHttpUpgradeFunc func, void *data, GDestroyNotify destroy)
{
    Upgrade *upgrade = g_new0(Upgrade, 1);
    struct MHD_Response *response = MHD_create_response_for_upgrade(on_upgrade, upgrade);

    g_assert(response && !self->upgrade);
    upgrade->func = func;
    upgrade->data = data;
    upgrade->destroy = destroy;
    /* The request outlives the switch of protocols and goes with the connection. */
    self->upgrade = upgrade;
    self->upgrade_destroy = upgrade_free;
    add(response, "Upgrade", protocol);
    finish(self, MHD_HTTP_SWITCHING_PROTOCOLS, response);
}

void heard_http_stream_close(HeardHttpStream *stream)
{
    if (!stream)
        return;
    MHD_upgrade_action(stream->handle, MHD_UPGRADE_ACTION_CLOSE);
    g_free(stream);
}
