/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/http.h"

#include "server/app/http_private.h"
#include "server/app/tls_door.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { HEARD_HTTP_POOL_BYTES = 24 * 1024, HEARD_HTTP_BACKLOG = 511, HEARD_HTTP_RUNS_MAX = 16 };

static const HeardLogTopic topic = {"http"};

static HeardMetric metric_requests = {.name = "heard_http_requests_total",
                                      .help = "Requests with complete headers"};
static HeardMetric metric_bytes_refused = {.name = "heard_http_bodies_refused_total",
                                           .help = "Bodies beyond their bound"};

typedef struct {
    HeardHttp *http;
    struct MHD_Daemon *daemon;
    HeardTlsDoor *tls_door; /* of HTTPS: libmicrohttpd sees plain streams */
    HeardWatch watch;
    uint16_t port;
    bool tls;
} Door;

struct HeardHttp {
    HeardLoop *loop;
    HeardHttpHooks hooks;
    Door doors[2]; /* HTTPS, HTTP */
    HeardTimer timer;
    GQueue requests; /* of HeardHttpRequest */
    bool running;
    bool closing; /* what the handlers use is gone: the last run of the daemons only refuses */
    HeardLogLimit daemon_limit;
};

static HeardHttpMethod read_method(const char *text)
{
    static const struct {
        const char *name;
        HeardHttpMethod method;
    } rows[] = {
        {"GET", HEARD_HTTP_GET},     {"HEAD", HEARD_HTTP_HEAD},     {"POST", HEARD_HTTP_POST},
        {"PATCH", HEARD_HTTP_PATCH}, {"DELETE", HEARD_HTTP_DELETE}, {"OPTIONS", HEARD_HTTP_OPTIONS},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(text, rows[i].name) == 0)
            return rows[i].method;
    return HEARD_HTTP_OTHER;
}

static void read_peer(HeardHttpRequest *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;

    if (!address)
        return;
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;
        inet_ntop(AF_INET, &v4->sin_addr, request->peer, sizeof request->peer);
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)address;
        inet_ntop(AF_INET6, &v6->sin6_addr, request->peer, sizeof request->peer);
    }
}

static HeardHttpRequest *request_new(Door *door, struct MHD_Connection *connection,
                                     const char *path, const char *method)
{
    HeardHttpRequest *self = g_new0(HeardHttpRequest, 1);

    self->http = door->http;
    self->connection = connection;
    self->path = g_strdup(path);
    self->method = read_method(method);
    self->tls = door->tls;
    self->body = g_byte_array_new();
    heard_random_text(self->id, sizeof self->id - 1);
    read_peer(self);
    g_queue_push_tail(&door->http->requests, self);
    self->link = g_queue_peek_tail_link(&door->http->requests);
    heard_metric_add(&metric_requests, 1);
    return self;
}

/* Two sides hold a request: the daemon until completed, the handler until it answered. */
static void request_release(HeardHttpRequest *self)
{
    if (!self->completed || (self->handed_over && !self->answered))
        return;
    if (self->context_destroy)
        self->context_destroy(self->context);
    if (self->upgrade_destroy)
        self->upgrade_destroy(self->upgrade);
    if (self->flow)
        self->flow->request = NULL; /* it goes with the response, now or with the connection */
    if (self->response)
        MHD_destroy_response(self->response);
    for (unsigned i = 0; i < self->header_count; i++) {
        g_free(self->headers[i].name);
        g_free(self->headers[i].value);
    }
    g_byte_array_unref(self->body);
    g_free(self->path);
    g_free(self);
}

void heard_http_request_resume(HeardHttpRequest *self)
{
    if (self->suspended) {
        self->suspended = false;
        MHD_resume_connection(self->connection);
        /* Without a packet of its own the loop would look again only at the next timer. */
        if (!self->http->running)
            heard_loop_set_timer(self->http->loop, &self->http->timer, 0);
    }
    request_release(self);
}

static bool declared_size(HeardHttpRequest *self, uint64_t *ret_size)
{
    const char *text = heard_http_header(self, "Content-Length");
    guint64 size;

    if (!text || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &size, NULL))
        return false;
    *ret_size = size;
    return true;
}

static void refuse_body(HeardHttpRequest *self)
{
    g_autofree char *detail = NULL;

    if (self->response)
        return;
    heard_metric_add(&metric_bytes_refused, 1);
    detail = g_strdup_printf("the body may have %zu bytes here", self->body_max);
    g_byte_array_set_size(self->body, 0);
    heard_http_reply_problem(self, HEARD_ERROR_TOO_LARGE, detail);
}

static enum MHD_Result queue_response(HeardHttpRequest *self)
{
    enum MHD_Result result = MHD_queue_response(self->connection, self->status, self->response);

    self->queued = true;
    return result;
}

static enum MHD_Result begin_request(HeardHttpRequest *self)
{
    uint64_t size = 0;

    self->body_max = self->http->hooks.admit(self, self->http->hooks.data);
    if (!declared_size(self, &size) || size <= self->body_max)
        return MHD_YES;
    self->handed_over = true; /* the refusal is the answer; no handler sees it */
    refuse_body(self);
    /* A body that is nowhere near the bound is not worth reading. */
    return size > HEARD_HTTP_DISCARD_MAX ? queue_response(self) : MHD_YES;
}

static enum MHD_Result take_body(HeardHttpRequest *self, const char *bytes, size_t *size)
{
    self->received += *size;
    if (self->received > self->body_max) {
        if (!self->response) {
            self->handed_over = true;
            refuse_body(self);
        }
        if (self->received > HEARD_HTTP_DISCARD_MAX)
            return MHD_NO;
    } else if (!self->response && self->body_func) {
        self->body_func(self->body_data, bytes, *size);
    } else if (!self->response) {
        g_byte_array_append(self->body, (const guint8 *)bytes, (guint)*size);
    }
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **state)
{
    Door *door = data;
    HeardHttpRequest *self = *state;

    (void)version;
    if (!self) {
        *state = self = request_new(door, connection, url, method);
        return begin_request(self);
    }
    if (*upload_size)
        return take_body(self, upload, upload_size);
    if (!self->response && !self->handed_over) {
        self->handed_over = true;
        g_byte_array_append(self->body, (const guint8 *)"", 1);
        if (door->http->closing)
            heard_http_reply_problem(self, HEARD_ERROR_UNAVAILABLE, "the server is stopping");
        else
            door->http->hooks.handle(self, door->http->hooks.data);
    }
    if (self->response)
        return queue_response(self);
    self->suspended = true;
    MHD_suspend_connection(connection);
    return MHD_YES;
}

static void on_completed(void *data, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    HeardHttpRequest *self = *state;

    (void)data;
    (void)connection;
    (void)code;
    if (!self)
        return;
    *state = NULL;
    self->completed = true;
    self->connection = NULL;
    g_queue_delete_link(&self->http->requests, self->link);
    request_release(self);
}

static void G_GNUC_PRINTF(2, 0) on_daemon_log(void *data, const char *format, va_list args)
{
    HeardHttp *self = data;
    uint32_t skipped;

    (void)format;
    (void)args; /* libmicrohttpd's texts can hold parts of a request */
    if (heard_log_limit(&self->daemon_limit, heard_clock_now_us(), &skipped))
        heard_log(&topic, HEARD_LOG_DEBUG, "connection-trouble skipped=%u", skipped);
}

static int bind_socket(const struct sockaddr *address, socklen_t size)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    int off = 0;
    int saved_errno;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, address, size) == 0 && listen(fd, HEARD_HTTP_BACKLOG) == 0)
        return fd;
    saved_errno = errno;
    close(fd);
    errno = saved_errno;
    return -1;
}

/* All interfaces of both families, or IPv4 only where the machine has no IPv6. */
static int listen_on(uint16_t port, bool loopback, GError **error)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    int fd = -1;

    v4.sin_addr.s_addr = htonl(loopback ? INADDR_LOOPBACK : INADDR_ANY);
    if (!loopback) {
        fd = bind_socket((struct sockaddr *)&v6, sizeof v6);
        if (fd < 0 && errno == EADDRINUSE)
            goto out;
    }
    if (fd < 0)
        fd = bind_socket((struct sockaddr *)&v4, sizeof v4);
out:
    if (fd < 0)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "%s port TCP %u: %s",
                    loopback ? "HTTP" : "HTTPS", port,
                    errno == EADDRINUSE ? "another program has it" : g_strerror(errno));
    return fd;
}

static uint16_t bound_port(int fd)
{
    struct sockaddr_in6 address = {0};
    socklen_t size = sizeof address;

    if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return 0;
    return ntohs(address.sin6_port); /* the same place in both families */
}

static unsigned connection_limit(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return 250;
    /* A TLS connection takes three descriptors; the rest of the server needs some too. */
    return (unsigned)MIN((rlim_t)HEARD_HTTP_CONNECTIONS_MAX, files.rlim_cur / 4);
}

static void on_door_ready(HeardWatch *watch, uint32_t events)
{
    (void)watch;
    (void)events; /* heard_http_run() follows at the end of this round */
}

static void on_stream(int fd_take, const struct sockaddr *address, socklen_t size, void *data)
{
    Door *door = data;

    /* Closes it where it refuses: one host may hold its share of connections only. */
    (void)MHD_add_connection(door->daemon, fd_take, address, size);
}

static struct MHD_Daemon *start_daemon(Door *door, int fd)
{
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_UPGRADE | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG | (door->tls ? MHD_USE_NO_LISTEN_SOCKET : 0);
    struct MHD_OptionItem listens[] = {{MHD_OPTION_LISTEN_SOCKET, fd, NULL},
                                       {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

    /* clang-format off */
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, door,
        MHD_OPTION_EXTERNAL_LOGGER, on_daemon_log, door->http,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, door,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEARD_HTTP_POOL_BYTES,
        MHD_OPTION_CONNECTION_LIMIT, connection_limit(),
        /* 0: none, for a proxy on this machine stands for everybody. */
        MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        door->tls ? connection_limit() / HEARD_HTTP_HOST_SHARE : 0,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HEARD_HTTP_IDLE_S,
        MHD_OPTION_ARRAY, door->tls ? none : listens,
        MHD_OPTION_END);
    /* clang-format on */
}

static bool open_door(Door *door, const HeardHttpConfig *config, GError **error)
{
    int fd = listen_on(door->tls ? config->https_port : config->http_port, !door->tls, error);
    HeardTlsDoorConfig tls = {.loop = door->http->loop,
                              .listen_fd = fd,
                              .certificate = config->certificate,
                              .key = config->key,
                              .limit = connection_limit(),
                              .on_stream = on_stream,
                              .data = door};

    if (fd < 0)
        return false;
    door->port = bound_port(fd);
    door->daemon = start_daemon(door, fd);
    if (!door->daemon) {
        close(fd);
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "%s cannot start",
                    door->tls ? "HTTPS" : "HTTP");
        return false;
    }
    if (door->tls && !(door->tls_door = heard_tls_door_new(&tls, error)))
        return false;
    door->watch.fd = MHD_get_daemon_info(door->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    door->watch.func = on_door_ready;
    return heard_loop_watch(door->http->loop, &door->watch, EPOLLIN, error);
}

static void on_timer(HeardTimer *timer, int64_t now_us)
{
    (void)timer;
    (void)now_us; /* the round that this timer made ends with heard_http_run() */
}

HeardHttp *heard_http_new(const HeardHttpConfig *config, GError **error)
{
    g_autoptr(HeardHttp) self = g_new0(HeardHttp, 1);

    heard_metric_register(&metric_requests);
    heard_metric_register(&metric_bytes_refused);
    heard_http_reply_register_metrics();
    self->loop = config->loop;
    self->hooks = config->hooks;
    self->timer.func = on_timer;
    g_queue_init(&self->requests);
    for (unsigned i = 0; i < G_N_ELEMENTS(self->doors); i++) {
        self->doors[i].http = self;
        self->doors[i].tls = i == 0;
        if (i == 1 && !config->http_enabled)
            break;
        if (!open_door(&self->doors[i], config, error))
            return NULL;
    }
    heard_loop_set_timer(self->loop, &self->timer, heard_clock_now_us() + HEARD_HTTP_RUN_US);
    return g_steal_pointer(&self);
}

void heard_http_run(HeardHttp *self)
{
    int64_t wait_us = HEARD_HTTP_RUN_US;

    heard_loop_assert_current(self->loop);
    if (self->running)
        return;
    self->running = true;
    for (unsigned i = 0; i < G_N_ELEMENTS(self->doors); i++) {
        struct MHD_Daemon *daemon = self->doors[i].daemon;
        MHD_UNSIGNED_LONG_LONG left_ms = 0;
        if (!daemon)
            continue;
        for (unsigned runs = 0; runs < HEARD_HTTP_RUNS_MAX; runs++) {
            MHD_run(daemon);
            /* What is left of this round makes no event: timeout 0 tells of it. */
            if (MHD_get_timeout(daemon, &left_ms) != MHD_YES) {
                left_ms = HEARD_HTTP_RUN_US / 1000;
                break;
            }
            if (left_ms > 0)
                break;
        }
        wait_us = MIN(wait_us, (int64_t)MIN(left_ms, HEARD_HTTP_RUN_US / 1000) * 1000);
    }
    self->running = false;
    heard_loop_set_timer(self->loop, &self->timer, heard_clock_now_us() + wait_us);
}

void heard_http_quiesce(HeardHttp *self)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(self->doors); i++) {
        Door *door = &self->doors[i];
        MHD_socket fd = MHD_INVALID_SOCKET;

        if (door->tls_door)
            heard_tls_door_quiesce(door->tls_door);
        else if (door->daemon)
            fd = MHD_quiesce_daemon(door->daemon);
        if (fd != MHD_INVALID_SOCKET)
            close(fd);
    }
}

/* Handlers that answer later find their request completed and only let go of it. */
static void answer_open_requests(HeardHttp *self)
{
    for (GList *i = self->requests.head, *next; i; i = next) {
        HeardHttpRequest *request = i->data;
        next = i->next;
        if (request->flow && request->suspended) {
            request->flow->stopped = true;
            request->suspended = false;
            MHD_resume_connection(request->connection);
        }
        if (request->response || !request->suspended)
            continue;
        request->response = heard_http_make_problem(
            request, HEARD_ERROR_UNAVAILABLE, "the server is stopping", NULL, &request->status);
        request->suspended = false;
        MHD_resume_connection(request->connection);
    }
}

void heard_http_free(HeardHttp *self)
{
    if (!self)
        return;
    self->closing = true;
    answer_open_requests(self);
    if (self->timer.heap_index || self->doors[0].watch.added)
        heard_http_run(self);
    for (unsigned i = 0; i < G_N_ELEMENTS(self->doors); i++) {
        heard_loop_unwatch(self->loop, &self->doors[i].watch);
        if (self->doors[i].daemon)
            MHD_stop_daemon(self->doors[i].daemon);
        heard_tls_door_free(self->doors[i].tls_door); /* sends what the daemon said last */
    }
    heard_loop_clear_timer(self->loop, &self->timer);
    g_free(self);
}

uint16_t heard_http_https_port(const HeardHttp *self)
{
    return self->doors[0].port;
}

uint16_t heard_http_http_port(const HeardHttp *self)
{
    return self->doors[1].port;
}

HeardHttpMethod heard_http_method(const HeardHttpRequest *request)
{
    return request->method;
}

const char *heard_http_path(const HeardHttpRequest *request)
{
    return request->path;
}

const char *heard_http_query(HeardHttpRequest *request, const char *name)
{
    if (!request->connection)
        return NULL;
    return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *heard_http_header(HeardHttpRequest *request, const char *name)
{
    if (!request->connection)
        return NULL;
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *heard_http_body(const HeardHttpRequest *request, size_t *ret_size)
{
    *ret_size = request->body->len ? request->body->len - 1 : 0;
    return request->body->len ? (const char *)request->body->data : "";
}

bool heard_http_is_tls(const HeardHttpRequest *request)
{
    return request->tls;
}

const char *heard_http_peer(const HeardHttpRequest *request)
{
    return request->peer;
}

const char *heard_http_request_id(const HeardHttpRequest *request)
{
    return request->id;
}

void heard_http_divert_body(HeardHttpRequest *request, HeardHttpBodyFunc func, void *data)
{
    request->body_func = func;
    request->body_data = data;
}

void heard_http_set_context(HeardHttpRequest *request, void *context, GDestroyNotify destroy)
{
    g_assert(!request->context);
    request->context = context;
    request->context_destroy = destroy;
}

void *heard_http_context(const HeardHttpRequest *request)
{
    return request->context;
}
