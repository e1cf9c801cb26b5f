/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/ice.h"

#include "server/base/error.h"

#include <errno.h>
#include <linux/filter.h>
#include <nice/agent.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { STREAM_COMPONENT = 1, AGENTS_PER_CONTROL = 200, CONTROLS_MAX = 64 };

/* One thread with its context. */
typedef struct {
    GMainContext *context;
    GMainLoop *loop;
    pthread_t thread;
} Control;

struct HeardBenchIce {
    NiceAddress address;
    int pacing_ms;
    Control controls[CONTROLS_MAX];
    unsigned control_count;
    atomic_uint next_control; /* agents take turns */
};

struct HeardBenchAgent {
    HeardBenchIce *ice;
    Control *control;
    NiceAgent *nice;
    guint stream;
    int fd;
    HeardIceCredentials credentials;
    char *candidate;
    HeardBenchIceFunc on_event;
    void *data;
    bool connected, done, failed;
    GSource *leaving; /* libnice goes, in the next round */
};

/* A call that the control thread runs while the caller waits. */
typedef struct {
    void (*func)(void *data);
    void *data;
    sem_t done;
} Call;

static gboolean run_call(void *data)
{
    Call *call = data;

    call->func(call->data);
    sem_post(&call->done);
    return G_SOURCE_REMOVE;
}

static void call_control(Control *self, void (*func)(void *), void *data)
{
    Call call = {.func = func, .data = data};
    GSource *source = g_idle_source_new();

    sem_init(&call.done, 0, 0);
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, run_call, &call, NULL);
    g_source_attach(source, self->context);
    g_source_unref(source);
    while (sem_wait(&call.done) != 0)
        g_assert(errno == EINTR);
    sem_destroy(&call.done);
}

static void *control_main(void *data)
{
    Control *self = data;

    g_main_context_push_thread_default(self->context);
    g_main_loop_run(self->loop);
    g_main_context_pop_thread_default(self->context);
    return NULL;
}

static void start_control(Control *self)
{
    self->context = g_main_context_new();
    self->loop = g_main_loop_new(self->context, FALSE);
    if (pthread_create(&self->thread, NULL, control_main, self) != 0)
        g_error("no thread for ICE");
}

HeardBenchIce *heard_bench_ice_new(const char *bind_address, int pacing_ms, int agent_count,
                                   GError **error)
{
    HeardBenchIce *self = g_new0(HeardBenchIce, 1);

    nice_address_init(&self->address);
    if (!nice_address_set_from_string(&self->address, bind_address)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_REQUEST, "--bind %s is no address",
                    bind_address);
        g_free(self);
        return NULL;
    }
    self->pacing_ms = pacing_ms;
    self->control_count = (unsigned)CLAMP(agent_count / AGENTS_PER_CONTROL + 1, 1, CONTROLS_MAX);
    for (unsigned i = 0; i < self->control_count; i++)
        start_control(&self->controls[i]);
    return self;
}

static void quit_loop(void *data)
{
    g_main_loop_quit(data);
}

void heard_bench_ice_free(HeardBenchIce *self)
{
    if (!self)
        return;
    for (unsigned i = 0; i < self->control_count; i++) {
        Control *control = &self->controls[i];

        call_control(control, quit_loop, control->loop);
        pthread_join(control->thread, NULL);
        g_main_loop_unref(control->loop);
        g_main_context_unref(control->context);
    }
    g_free(self);
}

static bool read_pair(HeardBenchAgent *self, HeardBenchAddress *ret_address)
{
    NiceCandidate *local = NULL, *remote = NULL;

    if (!nice_agent_get_selected_pair(self->nice, self->stream, STREAM_COMPONENT, &local, &remote))
        return false;
    nice_address_copy_to_sockaddr(&remote->addr, (struct sockaddr *)&ret_address->address);
    ret_address->size = ret_address->address.ss_family == AF_INET ? sizeof(struct sockaddr_in)
                                                                  : sizeof(struct sockaddr_in6);
    return true;
}

static void close_agent(void *data)
{
    HeardBenchAgent *self = data;

    if (self->leaving) {
        g_source_destroy(self->leaving);
        g_clear_pointer(&self->leaving, g_source_unref);
    }
    if (!self->nice)
        return;
    g_signal_handlers_disconnect_by_data(self->nice, self);
    nice_agent_remove_stream(self->nice, self->stream);
    g_clear_object(&self->nice);
}

static gboolean leave_port(void *data)
{
    close_agent(data);
    return G_SOURCE_REMOVE;
}

/* Not from within libnice's own signal. */
static void leave_soon(HeardBenchAgent *self)
{
    self->leaving = g_idle_source_new();
    g_source_set_callback(self->leaving, leave_port, self, NULL);
    g_source_attach(self->leaving, self->control->context);
}

static void on_state(NiceAgent *nice, guint stream, guint component, guint state, void *data)
{
    HeardBenchAgent *self = data;
    HeardBenchAddress remote;

    (void)nice;
    (void)stream;
    (void)component;
    if (self->done || self->failed)
        return;
    if (state == NICE_COMPONENT_STATE_FAILED) {
        self->failed = true;
        self->on_event(HEARD_BENCH_ICE_FAILED, NULL, self->data);
        return;
    }
    if ((state != NICE_COMPONENT_STATE_CONNECTED && state != NICE_COMPONENT_STATE_READY) ||
        !read_pair(self, &remote))
        return;
    if (!self->connected)
        self->on_event(HEARD_BENCH_ICE_CONNECTED, &remote, self->data);
    self->connected = true;
    if (state != NICE_COMPONENT_STATE_READY)
        return;
    self->done = true;
    self->on_event(HEARD_BENCH_ICE_DONE, &remote, self->data);
    leave_soon(self);
}

/* Nothing but STUN comes here, and libnice keeps that for itself. */
static void on_data(NiceAgent *nice, guint stream, guint component, guint size, char *bytes,
                    void *data)
{
    (void)nice;
    (void)stream;
    (void)component;
    (void)size;
    (void)bytes;
    (void)data;
}

/* The group's first socket is libnice's, the second ours. First byte below 4: STUN. */
static int open_media_socket(int stun_fd)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 4, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, 1),
    };
    struct sock_fprog filter = {.len = G_N_ELEMENTS(code), .filter = code};
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    int on = 1, fd;

    if (getsockname(stun_fd, (struct sockaddr *)&address, &size) < 0 ||
        setsockopt(stun_fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0)
        return -1;
    fd = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&address, size) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &filter, sizeof filter) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void read_own_candidate(HeardBenchAgent *self)
{
    GSList *list = nice_agent_get_local_candidates(self->nice, self->stream, STREAM_COMPONENT);
    char address[NICE_ADDRESS_STRING_LEN];

    for (GSList *at = list; at && !self->candidate; at = at->next) {
        const NiceCandidate *own = at->data;

        if (own->transport != NICE_CANDIDATE_TRANSPORT_UDP)
            continue;
        nice_address_to_string(&own->addr, address);
        self->candidate = g_strdup_printf("a=candidate:1 1 udp %u %s %u typ host", own->priority,
                                          address, nice_address_get_port(&own->addr));
    }
    g_slist_free_full(list, (GDestroyNotify)nice_candidate_free);
}

static void read_own_sockets(HeardBenchAgent *self)
{
    GPtrArray *sockets = nice_agent_get_sockets(self->nice, self->stream, STREAM_COMPONENT);

    if (sockets && sockets->len == 1)
        self->fd = open_media_socket(g_socket_get_fd(sockets->pdata[0]));
    if (sockets)
        g_ptr_array_unref(sockets);
}

static void open_agent(void *data)
{
    HeardBenchAgent *self = data;
    g_autofree char *ufrag = NULL, *pwd = NULL;

    self->nice = nice_agent_new_full(self->control->context, NICE_COMPATIBILITY_RFC5245,
                                     NICE_AGENT_OPTION_NONE);
    g_object_set(self->nice, "upnp", FALSE, "ice-tcp", FALSE, "stun-pacing-timer",
                 self->ice->pacing_ms, NULL);
    nice_agent_add_local_address(self->nice, &self->ice->address);
    self->stream = nice_agent_add_stream(self->nice, 1);
    nice_agent_attach_recv(self->nice, self->stream, STREAM_COMPONENT, self->control->context,
                           on_data, NULL);
    g_signal_connect(self->nice, "component-state-changed", G_CALLBACK(on_state), self);
    if (!nice_agent_gather_candidates(self->nice, self->stream) ||
        !nice_agent_get_local_credentials(self->nice, self->stream, &ufrag, &pwd))
        return;
    g_strlcpy(self->credentials.ufrag, ufrag, sizeof self->credentials.ufrag);
    g_strlcpy(self->credentials.pwd, pwd, sizeof self->credentials.pwd);
    read_own_candidate(self);
    read_own_sockets(self);
}

HeardBenchAgent *heard_bench_agent_new(HeardBenchIce *ice, HeardBenchIceFunc on_event, void *data,
                                       GError **error)
{
    g_autoptr(HeardBenchAgent) self = g_new0(HeardBenchAgent, 1);

    self->ice = ice;
    self->control = &ice->controls[atomic_fetch_add(&ice->next_control, 1) % ice->control_count];
    self->fd = -1;
    self->on_event = on_event;
    self->data = data;
    call_control(self->control, open_agent, self);
    if (self->fd < 0 || !self->candidate) {
        g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_NETWORK,
                            "no socket for media on the --bind address");
        return NULL;
    }
    return g_steal_pointer(&self);
}

void heard_bench_agent_free(HeardBenchAgent *self)
{
    if (!self)
        return;
    call_control(self->control, close_agent, self);
    if (self->fd >= 0)
        close(self->fd);
    g_free(self->candidate);
    g_free(self);
}

const HeardIceCredentials *heard_bench_agent_credentials(const HeardBenchAgent *self)
{
    return &self->credentials;
}

const char *heard_bench_agent_candidate(const HeardBenchAgent *self)
{
    return self->candidate;
}

int heard_bench_agent_fd(const HeardBenchAgent *self)
{
    return self->fd;
}

typedef struct {
    HeardBenchAgent *agent;
    const HeardBenchRemote *remote;
    bool controlling, started;
} Start;

static void start_agent(void *data)
{
    Start *start = data;
    HeardBenchAgent *self = start->agent;
    GSList *list = NULL;

    g_object_set(self->nice, "controlling-mode", start->controlling, NULL);
    for (unsigned i = 0; i < start->remote->candidate_count; i++) {
        NiceCandidate *candidate = nice_agent_parse_remote_candidate_sdp(
            self->nice, self->stream, start->remote->candidates[i]);

        if (candidate)
            list = g_slist_append(list, candidate);
    }
    start->started =
        list &&
        nice_agent_set_remote_credentials(self->nice, self->stream, start->remote->ice.ufrag,
                                          start->remote->ice.pwd) &&
        nice_agent_set_remote_candidates(self->nice, self->stream, STREAM_COMPONENT, list) > 0;
    g_slist_free_full(list, (GDestroyNotify)nice_candidate_free);
}

bool heard_bench_agent_start(HeardBenchAgent *self, const HeardBenchRemote *remote,
                             bool controlling, GError **error)
{
    Start start = {.agent = self, .remote = remote, .controlling = controlling};

    call_control(self->control, start_agent, &start);
    if (!start.started)
        g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_NETWORK,
                            "none of the server's candidates can be used");
    return start.started;
}
