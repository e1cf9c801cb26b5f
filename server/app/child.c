/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/child.h"

#include "server/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIPE_BYTES = 1024 * 1024 };

struct HeardChild {
    HeardChildHooks hooks;
    GSubprocess *process;
    GDataInputStream *output;
    GCancellable *cancel;
    GSource *deadline;
    bool output_ended;
    bool output_failed;
    bool exited;
    bool killed; /* by heard_child_kill: nobody waits */
};

static void child_free(HeardChild *self)
{
    if (self->deadline) {
        g_source_destroy(self->deadline);
        g_source_unref(self->deadline);
    }
    g_clear_object(&self->process);
    g_clear_object(&self->output);
    g_clear_object(&self->cancel);
    g_free(self);
}

static void end_when_done(HeardChild *self)
{
    int status = -1;

    if (!self->output_ended || !self->exited)
        return;
    if (!self->output_failed && g_subprocess_get_if_exited(self->process))
        status = g_subprocess_get_exit_status(self->process);
    if (!self->killed)
        self->hooks.on_end(status, self->hooks.data);
    child_free(self);
}

static void read_next(HeardChild *self);

static void on_line_read(GObject *object, GAsyncResult *result, void *data)
{
    HeardChild *self = data;
    gsize size = 0;
    g_autoptr(GError) error = NULL;
    g_autofree char *line =
        g_data_input_stream_read_line_finish_utf8(self->output, result, &size, &error);

    (void)object;
    if (line && size <= HEARD_CHILD_LINE_MAX && !self->killed) {
        if (self->hooks.on_line)
            self->hooks.on_line(line, self->hooks.data);
        read_next(self);
        return;
    }
    if (line || error) {
        self->output_failed = true;
        g_subprocess_force_exit(self->process);
    }
    self->output_ended = true;
    end_when_done(self);
}

static void read_next(HeardChild *self)
{
    g_data_input_stream_read_line_async(self->output, G_PRIORITY_DEFAULT, self->cancel,
                                        on_line_read, self);
}

static void on_exited(GObject *object, GAsyncResult *result, void *data)
{
    HeardChild *self = data;

    self->exited = g_subprocess_wait_finish(G_SUBPROCESS(object), result, NULL) || true;
    end_when_done(self);
}

static gboolean on_deadline(void *data)
{
    HeardChild *self = data;

    g_subprocess_force_exit(self->process);
    return G_SOURCE_REMOVE;
}

/* In the child, before exec: only calls that are safe after fork. */
static void lower_priority(void *data)
{
    sigset_t none;

    (void)data;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL); /* the server blocks what it reads by signalfd */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (setpriority(PRIO_PROCESS, 0, HEARD_CHILD_NICE) < 0)
        return; /* it runs anyway */
}

static GSubprocess *launch(GSubprocessLauncher *launcher, const char *const *argv, GError **error)
{
    g_autoptr(GPtrArray) args = g_ptr_array_new();
    g_autoptr(GError) failure = NULL;
    g_autofree char *program = g_file_read_link("/proc/self/exe", &failure);
    GSubprocess *process = NULL;

    g_ptr_array_add(args, program);
    for (; *argv; argv++)
        g_ptr_array_add(args, (char *)(uintptr_t)*argv);
    g_ptr_array_add(args, NULL);
    g_subprocess_launcher_set_child_setup(launcher, lower_priority, NULL, NULL);
    if (program)
        process =
            g_subprocess_launcher_spawnv(launcher, (const char *const *)args->pdata, &failure);
    if (!process)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "child process: %s",
                    failure->message);
    return process;
}

static HeardChild *child_new(GSubprocess *process_take, unsigned seconds_max,
                             const HeardChildHooks *hooks)
{
    HeardChild *self = g_new0(HeardChild, 1);

    self->hooks = *hooks;
    self->process = process_take;
    self->cancel = g_cancellable_new();
    if (seconds_max) {
        self->deadline = g_timeout_source_new_seconds(seconds_max);
        g_source_set_callback(self->deadline, on_deadline, self, NULL);
        g_source_attach(self->deadline, g_main_context_get_thread_default());
    }
    g_subprocess_wait_async(self->process, NULL, on_exited, self);
    return self;
}

static HeardChild *start_reading(GSubprocessLauncher *launcher, const char *const *argv,
                                 unsigned seconds_max, const HeardChildHooks *hooks, GError **error)
{
    GSubprocess *process = launch(launcher, argv, error);
    HeardChild *self;

    if (!process)
        return NULL;
    self = child_new(process, seconds_max, hooks);
    self->output = g_data_input_stream_new(g_subprocess_get_stdout_pipe(self->process));
    read_next(self);
    return self;
}

HeardChild *heard_child_start(const char *const *argv, unsigned seconds_max,
                              const HeardChildHooks *hooks, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);

    return start_reading(launcher, argv, seconds_max, hooks, error);
}

HeardChild *heard_child_start_fed(const char *const *argv, const HeardChildHooks *hooks,
                                  int *ret_fd, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);
    HeardChild *self;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "socketpair: %s",
                    g_strerror(errno));
        return NULL;
    }
    g_subprocess_launcher_take_stdin_fd(launcher, ends[1]);
    self = start_reading(launcher, argv, 0, hooks, error);
    if (self)
        *ret_fd = ends[0];
    else
        close(ends[0]);
    return self;
}

HeardChild *heard_child_open(const char *const *argv, unsigned seconds_max,
                             const HeardChildHooks *hooks, int *ret_fd, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    GSubprocess *process;
    HeardChild *self;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "pipe: %s", g_strerror(errno));
        return NULL;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES); /* as much as the system allows */
    g_subprocess_launcher_take_stdout_fd(launcher, ends[1]);
    process = launch(launcher, argv, error);
    if (!process) {
        close(ends[0]);
        return NULL;
    }
    self = child_new(process, seconds_max, hooks);
    self->output_ended = true; /* for us */
    *ret_fd = ends[0];
    return self;
}

void heard_child_kill(HeardChild *self)
{
    if (!self)
        return;
    self->killed = true;
    g_subprocess_force_exit(self->process);
    g_cancellable_cancel(self->cancel);
}
