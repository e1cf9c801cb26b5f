/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/package_stream.h"

#include "server/app/child.h"
#include "server/base/log.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

static const HeardLogTopic topic = {"package"};

typedef struct {
    HeardApp *app;
    HeardHttpRequest *request; /* until it was answered */
    HeardHttpFlow *flow;       /* from then on */
    HeardChild *child;         /* until it ended */
    HeardWatch watch;
    char *disposition;
    bool at_end; /* of the pipe */
    bool failed;
} PackageStream;

static void package_free(void *data)
{
    PackageStream *self = data;

    heard_loop_unwatch(self->app->loop, &self->watch);
    close(self->watch.fd);
    heard_child_kill(self->child);
    self->app->packages_running--;
    g_free(self->disposition);
    g_free(self);
}

/* Is the package whole? Only a child that ended well has written all of it. */
static ssize_t end_of_pipe(PackageStream *self)
{
    self->at_end = true;
    if (self->child)
        return HEARD_HTTP_FLOW_REST; /* on_end() wakes */
    return self->failed ? HEARD_HTTP_FLOW_FAILED : HEARD_HTTP_FLOW_END;
}

static bool watch_pipe(PackageStream *self)
{
    return self->watch.added || heard_loop_watch(self->app->loop, &self->watch, EPOLLIN, NULL);
}

static ssize_t read_package(void *data, uint8_t *ret_bytes, size_t max)
{
    PackageStream *self = data;
    ssize_t got;

    if (self->at_end)
        return end_of_pipe(self);
    do {
        got = read(self->watch.fd, ret_bytes, max);
    } while (got < 0 && errno == EINTR);
    if (got > 0)
        return got;
    if (got == 0)
        return end_of_pipe(self);
    return errno == EAGAIN && watch_pipe(self) ? HEARD_HTTP_FLOW_REST : HEARD_HTTP_FLOW_FAILED;
}

static void refuse(PackageStream *self)
{
    heard_http_reply_problem(self->request, HEARD_ERROR_UNAVAILABLE,
                             "the recording cannot be packed now");
    package_free(self);
}

/* The first byte is there: the answer begins. */
static void answer(PackageStream *self)
{
    HeardHttpFlowHooks hooks = {read_package, package_free, self};
    HeardHttpRequest *request = self->request;

    self->request = NULL;
    self->flow = heard_http_flow_new(&hooks);
    heard_http_add_header(request, "Content-Disposition", self->disposition);
    heard_http_reply_flow_take(request, 200, "application/zip", self->flow);
}

static void on_pipe(HeardWatch *watch, uint32_t events)
{
    PackageStream *self = heard_container_of(watch, PackageStream, watch);

    heard_loop_unwatch(self->app->loop, watch);
    if (self->flow)
        heard_http_flow_wake(self->flow);
    else if (events & EPOLLIN)
        answer(self);
    else if (!self->child)
        refuse(self);
    else
        self->at_end = true; /* nothing came; on_end() says why */
}

static void on_end(int status, void *data)
{
    PackageStream *self = data;

    self->child = NULL;
    self->failed = status != 0;
    if (self->failed)
        heard_log(&topic, HEARD_LOG_WARN, "package-failed status=%d", status);
    if (self->flow)
        heard_http_flow_wake(self->flow);
    else if (self->at_end)
        refuse(self);
}

static HeardChild *pack(HeardApp *app, const HeardPackageWanted *wanted,
                        const HeardChildHooks *hooks, int *ret_fd, GError **error)
{
    const char *pages = heard_static_files_folder(app->pages);
    g_autofree char *folder = g_build_filename(app->data_dir, wanted->directory, NULL);
    g_autofree char *page = pages ? g_build_filename(pages, "verify.html", NULL) : NULL;
    g_autofree char *from = g_strdup_printf("%" G_GINT64_FORMAT, wanted->from_ms);
    g_autofree char *to = g_strdup_printf("%" G_GINT64_FORMAT, wanted->to_ms);
    const char *argv[12] = {"package", "--recording", folder, "--out", "-"};
    size_t count = 5;

    if (wanted->to_ms != 0) {
        argv[count++] = "--from";
        argv[count++] = from;
        argv[count++] = "--to";
        argv[count++] = to;
    }
    if (page) {
        argv[count++] = "--page";
        argv[count++] = page;
    }
    return heard_child_open(argv, HEARD_PACKAGE_SECONDS_MAX, hooks, ret_fd, error);
}

bool heard_package_stream_start(HeardApp *app, HeardHttpRequest *request,
                                const HeardPackageWanted *wanted, GError **error)
{
    g_autofree char *file = g_strdup(wanted->name);
    PackageStream *self;
    HeardChildHooks hooks = {NULL, on_end, NULL};
    int fd = -1;

    if (app->packages_running >= HEARD_PACKAGES_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_MANY,
                    "%d recordings are being packed: try again later", HEARD_PACKAGES_MAX);
        return false;
    }
    g_strcanon(file, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_", '_');
    self = g_new0(PackageStream, 1);
    hooks.data = self;
    self->child = pack(app, wanted, &hooks, &fd, error);
    if (!self->child) {
        g_free(self);
        return false;
    }
    self->app = app;
    self->request = request;
    self->disposition = g_strdup_printf("attachment; filename=\"%s.zip\"", file);
    self->watch = (HeardWatch){.fd = fd, .func = on_pipe};
    app->packages_running++;
    if (watch_pipe(self))
        return true;
    package_free(self);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "no descriptor left");
    return false;
}
