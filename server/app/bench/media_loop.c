/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/media_loop.h"

#include "server/app/bench/publisher.h"
#include "server/base/error.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
    JOINING_TICK_US = 1000,
    REPORT_TICK_US = 100000,
    READY_MAX = 256,
    RECEIVE_BUFFER_SIZE = 4 << 20,
    DATAGRAM_MAX = 2048,
};

struct HeardBenchLoop {
    HeardBenchKind kind;
    const HeardBenchOptions *options;
    HeardBenchPeer *peers;
    int peer_count;
    HeardLoop *loop;
    pthread_t thread;
    int ready_fd; /* an epoll of the viewers' sockets, looked at once a tick */
    HeardTimer tick, report_tick;
    bool joining;
    HeardBenchViewing viewing;
    double cpu_at_start_s, cpu_s;
};

/* A call that the loop's thread runs while the caller waits. */
typedef struct {
    HeardBenchLoop *loop;
    void (*func)(HeardBenchLoop *self);
    sem_t done;
} Call;

static void run_call(void *data)
{
    Call *call = data;

    call->func(call->loop);
    sem_post(&call->done);
}

static void call_loop(HeardBenchLoop *self, void (*func)(HeardBenchLoop *))
{
    Call call = {.loop = self, .func = func};

    sem_init(&call.done, 0, 0);
    while (!heard_loop_post(self->loop, run_call, &call, NULL))
        g_usleep(1000); /* a full mailbox drains in a round */
    while (sem_wait(&call.done) != 0)
        g_assert(errno == EINTR);
    sem_destroy(&call.done);
}

static double thread_cpu_s(void)
{
    struct timespec used;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static void on_tick(HeardTimer *timer, int64_t now_us)
{
    HeardBenchLoop *self = heard_container_of(timer, HeardBenchLoop, tick);
    struct epoll_event ready[READY_MAX];
    int count, rounds = 0;

    do { /* level-triggered: more than one array full comes round again */
        count = epoll_wait(self->ready_fd, ready, READY_MAX, 0);
        for (int i = 0; i < count; i++)
            heard_bench_viewer_drain(ready[i].data.ptr, &self->viewing);
    } while (count == READY_MAX && ++rounds < HEARD_BENCH_VIEWERS_MAX / READY_MAX);
    heard_loop_set_timer(self->loop, timer,
                         now_us + (self->joining ? JOINING_TICK_US : self->options->tick_us));
}

static void on_report_tick(HeardTimer *timer, int64_t now_us)
{
    HeardBenchLoop *self = heard_container_of(timer, HeardBenchLoop, report_tick);

    heard_bench_viewing_sync_clocks(&self->viewing);
    for (int i = 0; i < self->peer_count; i++) {
        heard_bench_peer_keep_consent(&self->peers[i], now_us);
        heard_bench_viewer_report(&self->peers[i], now_us);
    }
    heard_loop_set_timer(self->loop, timer, now_us + REPORT_TICK_US);
}

static void on_publisher_timer(HeardTimer *timer, int64_t now_us)
{
    HeardBenchPeer *peer = heard_container_of(timer, HeardBenchPeer, timer);
    HeardBenchLoop *self = peer->owner;

    heard_bench_peer_keep_consent(peer, now_us);
    heard_loop_set_timer(self->loop, timer,
                         heard_bench_publisher_run(peer, self->peer_count, now_us));
}

static void on_publisher_ready(HeardWatch *watch, uint32_t events)
{
    HeardBenchPeer *peer = heard_container_of(watch, HeardBenchPeer, watch);
    uint8_t datagram[DATAGRAM_MAX];
    ssize_t size;

    (void)events;
    while ((size = recv(peer->fd, datagram, sizeof datagram, MSG_DONTWAIT)) > 0) {
        if (datagram[0] < 4)
            heard_bench_peer_stun(peer, datagram, (size_t)size);
        else if (datagram[0] >= 20 && datagram[0] <= 63)
            heard_bench_peer_dtls(peer, datagram, (size_t)size);
        else
            heard_bench_publisher_receive(peer, datagram, (size_t)size);
    }
}

static void watch_publisher(HeardBenchPeer *peer)
{
    HeardBenchLoop *self = peer->owner;
    g_autoptr(GError) error = NULL;

    peer->watch = (HeardWatch){.fd = peer->fd, .func = on_publisher_ready};
    peer->timer.func = on_publisher_timer;
    if (!heard_loop_watch(self->loop, &peer->watch, EPOLLIN, &error))
        heard_bench_peer_fail(peer, "%s", error->message);
    heard_loop_set_timer(self->loop, &peer->timer, heard_bench_now_ns() / 1000);
}

static void watch_viewer(HeardBenchPeer *peer)
{
    HeardBenchLoop *self = peer->owner;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};

    if (epoll_ctl(self->ready_fd, EPOLL_CTL_ADD, peer->fd, &event) < 0)
        heard_bench_peer_fail(peer, "epoll: %s", g_strerror(errno));
}

void heard_bench_loop_adopt(HeardBenchLoop *self, HeardBenchPeer *peer)
{
    int size = RECEIVE_BUFFER_SIZE, on = 1;

    peer->loop = self->loop;
    peer->owner = self;
    peer->on_address = self->kind == HEARD_BENCH_VIEWERS ? watch_viewer : watch_publisher;
    peer->fd = heard_bench_agent_fd(peer->agent);
    if (setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
        (void)setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (self->kind == HEARD_BENCH_VIEWERS)
        (void)setsockopt(peer->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

static void *loop_main(void *data)
{
    HeardBenchLoop *self = data;

    heard_loop_run(self->loop);
    return NULL;
}

static void start_ticks(HeardBenchLoop *self)
{
    self->tick.func = on_tick;
    self->report_tick.func = on_report_tick;
    if (self->kind == HEARD_BENCH_VIEWERS) {
        on_report_tick(&self->report_tick, heard_bench_now_ns() / 1000);
        on_tick(&self->tick, heard_bench_now_ns() / 1000);
    }
}

HeardBenchLoop *heard_bench_loop_new(HeardBenchKind kind, const HeardBenchOptions *options,
                                     HeardBenchPeer *peers, int peer_count, GError **error)
{
    HeardBenchLoop *self = g_new0(HeardBenchLoop, 1);

    self->kind = kind;
    self->options = options;
    self->peers = peers;
    self->peer_count = peer_count;
    self->ready_fd = epoll_create1(EPOLL_CLOEXEC);
    self->loop = heard_loop_new(kind == HEARD_BENCH_VIEWERS ? "viewers" : "publishers", error);
    if (!self->loop || self->ready_fd < 0) {
        if (self->loop)
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_NETWORK, "epoll: %s", g_strerror(errno));
        heard_loop_free(self->loop);
        if (self->ready_fd >= 0)
            close(self->ready_fd);
        g_free(self);
        return NULL;
    }
    heard_bench_latency_init(&self->viewing.latency);
    if (pthread_create(&self->thread, NULL, loop_main, self) != 0)
        g_error("no thread for media");
    call_loop(self, start_ticks);
    return self;
}

void heard_bench_loop_free(HeardBenchLoop *self)
{
    if (!self)
        return;
    heard_loop_quit(self->loop);
    pthread_join(self->thread, NULL);
    heard_loop_free(self->loop);
    close(self->ready_fd);
    heard_bench_latency_deinit(&self->viewing.latency);
    g_free(self);
}

static void start_joining(HeardBenchLoop *self)
{
    self->joining = true;
}

static void stop_joining(HeardBenchLoop *self)
{
    self->joining = false;
}

void heard_bench_loop_set_joining(HeardBenchLoop *self, bool joining)
{
    call_loop(self, joining ? start_joining : stop_joining);
}

static void start_window(HeardBenchLoop *self)
{
    for (int i = 0; i < self->peer_count; i++) {
        HeardBenchPeer *peer = &self->peers[i];

        peer->audio.packets_at_start = peer->audio.packets;
        peer->video.packets_at_start = peer->video.packets;
        for (unsigned k = 0; k < peer->received_count; k++) {
            HeardBenchReceived *track = &peer->received[k];

            track->seq_at_start = track->last_seq;
            track->packets_at_start = track->packets;
            track->bytes_at_start = track->bytes;
        }
    }
    self->viewing.measuring = true;
    self->cpu_at_start_s = thread_cpu_s();
}

static void end_window(HeardBenchLoop *self)
{
    for (int i = 0; i < self->peer_count; i++) {
        HeardBenchPeer *peer = &self->peers[i];

        peer->audio.packets_at_end = peer->audio.packets;
        peer->video.packets_at_end = peer->video.packets;
        for (unsigned k = 0; k < peer->received_count; k++) {
            HeardBenchReceived *track = &peer->received[k];

            if (track->seq_at_start == 0) /* began within the window */
                track->seq_at_start = track->first_seq - 1;
            track->seq_at_end = track->last_seq;
            track->packets_at_end = track->packets;
            track->bytes_at_end = track->bytes;
        }
    }
    self->viewing.measuring = false;
    self->cpu_s = thread_cpu_s() - self->cpu_at_start_s;
}

void heard_bench_loop_start_window(HeardBenchLoop *self)
{
    call_loop(self, start_window);
}

void heard_bench_loop_end_window(HeardBenchLoop *self)
{
    call_loop(self, end_window);
}

const HeardBenchLatency *heard_bench_loop_latency(const HeardBenchLoop *self)
{
    return &self->viewing.latency;
}

double heard_bench_loop_cpu_s(const HeardBenchLoop *self)
{
    return self->cpu_s;
}
