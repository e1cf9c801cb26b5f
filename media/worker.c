/* SPDX-License-Identifier: Apache-2.0 */
#include "media/worker.h"

#include "media/arrival.h"
#include "media/command.h"
#include "media/drop.h"
#include "media/front/socket.h"
#include "media/router.h"
#include "media/rtp/stats.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/log.h"

#include <pthread.h>
#include <sys/epoll.h>

static const HeardLogTopic topic = {"worker"};

enum {
    RECEIVES_PER_EVENT = 16, /* then timers and commands get their turn */
    /* Under load, rounds that receive begin no closer together than this: packets come in
     * company and leave in larger batches. */
    ROUND_SPACING_US = 4000,
    /* … but the steps of who comes in wait for each other. */
    JOINING_SPACING_US = 1000,
    JOINING_US = 200000,
    CROWD = 1000, /* datagrams a second from which rounds are kept apart */
};

struct HeardWorker {
    HeardWorkerConfig config;
    HeardCore core;
    HeardSocket *socket;
    HeardWatch watch;
    HeardTimer held;     /* frames that wait for their rest */
    HeardRate datagrams; /* received; its bytes are datagrams */
    HeardLogLimit command_limit;
    pthread_t thread;
    bool started;
    bool stopping;
};

typedef struct {
    HeardWorkerEventFunc func;
    void *data;
    HeardWorkerEvent event;
} Delivery;

static void deliver(void *data)
{
    Delivery *delivery = data;

    delivery->func(&delivery->event, delivery->data);
}

static void on_event(void *data, const HeardWorkerEvent *event)
{
    HeardWorker *self = data;
    Delivery *delivery = g_new0(Delivery, 1);

    *delivery = (Delivery){self->config.on_event, self->config.data, *event};
    if (!heard_loop_post(self->config.events_loop, deliver, delivery, g_free))
        heard_log(&topic, HEARD_LOG_ERROR, "event-lost kind=%d peer=%u", (int)event->kind,
                  event->peer);
}

static void stop(HeardWorker *self)
{
    g_autoptr(GList) rooms = g_hash_table_get_values(self->core.rooms);

    self->stopping = true;
    for (GList *l = rooms; l; l = l->next)
        heard_router_close(l->data);
    heard_core_end_round(&self->core);
    heard_loop_quit(self->core.loop);
}

static void run_command(void *data)
{
    HeardCommand *command = data;
    HeardWorker *self = command->worker;
    uint32_t skipped;

    self->core.now_us = heard_clock_now_us();
    if (self->stopping)
        return;
    if (command->kind == HEARD_COMMAND_STOP) {
        stop(self);
        return;
    }
    if (heard_command_run(command, &self->core))
        return;
    heard_drop(HEARD_DROP_COMMAND);
    if (heard_log_limit(&self->command_limit, self->core.now_us, &skipped))
        heard_log(&topic, HEARD_LOG_INFO, "command-dropped kind=%d room=%u peer=%u skipped=%u",
                  (int)command->kind, command->room, command->peer, skipped);
}

static void on_udp(void *data, uint8_t *datagram, size_t size, const HeardAddress *from)
{
    HeardPath path = {*from, NULL};

    HeardWorker *self = data;

    heard_arrival_datagram(&self->core, datagram, size, &path);
}

static bool on_tcp(void *data, uint8_t *datagram, size_t size, const HeardPath *from)
{
    HeardWorker *self = data;
    bool known;

    self->core.now_us = heard_clock_now_us();
    known = heard_arrival_datagram(&self->core, datagram, size, from);
    /* The framing's buffer is used again: nothing may wait in it. */
    heard_core_end_round(&self->core);
    return known;
}

static void on_tcp_closed(void *data, const HeardPath *path)
{
    HeardWorker *self = data;

    heard_ice_forget_path(self->core.ice, path);
}

static void set_held_timer(HeardWorker *self)
{
    int64_t deadline_us = INT64_MAX;

    for (unsigned i = 0; i < self->core.dirty->len; i++) {
        HeardFeed *feed = g_ptr_array_index(self->core.dirty, i);

        deadline_us = MIN(deadline_us, heard_feed_deadline_us(feed));
    }
    if (deadline_us == INT64_MAX)
        heard_loop_clear_timer(self->core.loop, &self->held);
    else if (self->held.heap_index == 0 || self->held.deadline_us != deadline_us)
        heard_loop_set_timer(self->core.loop, &self->held, deadline_us);
}

static void on_held(HeardTimer *timer, int64_t now_us)
{
    HeardWorker *self = heard_container_of(timer, HeardWorker, held);

    self->core.now_us = now_us; /* the end of this round hands them out */
}

/* A rest ends with a wake-up of its own: it must spare more than one. */
static void rest(HeardWorker *self)
{
    int64_t now_us = heard_loop_now_us(self->core.loop), spacing_us = ROUND_SPACING_US;

    if (heard_rate_bps(&self->datagrams, now_us) / 8 < CROWD)
        return;
    if (now_us - self->core.joining_us < JOINING_US)
        spacing_us = JOINING_SPACING_US;
    heard_loop_rest_until(self->core.loop, now_us + spacing_us);
}

static void on_readable(HeardWatch *watch, uint32_t events)
{
    HeardWorker *self = heard_container_of(watch, HeardWorker, watch);

    (void)events;
    rest(self);
    /* Reading comes between rounds of sending: a long round must not overflow the socket. */
    for (unsigned i = 0; i < RECEIVES_PER_EVENT; i++) {
        unsigned count;

        self->core.now_us = heard_clock_now_us();
        count = heard_socket_receive(self->socket, on_udp, self);
        if (count == 0)
            return;
        heard_rate_add(&self->datagrams, count, self->core.now_us);
        heard_core_end_round(&self->core);
        if (count < HEARD_SOCKET_MESSAGES)
            return;
    }
}

static void on_round(void *data)
{
    HeardWorker *self = data;

    if (self->stopping)
        return;
    heard_core_end_round(&self->core);
    set_held_timer(self);
}

static void *run_thread(void *data)
{
    HeardWorker *self = data;

    heard_loop_run(self->core.loop);
    return NULL;
}

static bool open_sockets(HeardWorker *self, GError **error)
{
    const HeardWorkerConfig *config = &self->config;
    HeardIceTcpConfig tcp = {on_tcp, on_tcp_closed, self};

    self->socket = heard_socket_new(config->bind_address, config->udp_port, error);
    if (!self->socket)
        return false;
    self->core.batch = heard_batch_new(heard_socket_send, self->socket);
    self->core.tcp =
        heard_ice_tcp_new(self->core.loop, config->bind_address, config->tcp_port, &tcp, error);
    if (!self->core.tcp)
        return false;
    self->watch = (HeardWatch){.fd = heard_socket_fd(self->socket), .func = on_readable};
    return heard_loop_watch(self->core.loop, &self->watch, EPOLLIN, error);
}

HeardWorker *heard_worker_new(const HeardWorkerConfig *config, GError **error)
{
    g_autoptr(HeardWorker) self = g_new0(HeardWorker, 1);
    HeardCore *core = &self->core;
    g_autofree char *name = g_strdup_printf("media-%u", config->index);

    heard_drop_register();
    heard_srtp_library_init();
    self->config = *config;
    self->config.bind_address = NULL;
    self->held.func = on_held;
    core->identity = config->identity;
    core->on_event = on_event;
    core->data = self;
    heard_core_init(core, heard_clock_now_us());
    core->loop = heard_loop_new(name, error);
    if (!core->loop)
        return NULL;
    self->config.bind_address = config->bind_address;
    if (!open_sockets(self, error))
        return NULL;
    self->config.bind_address = NULL; /* borrowed for this call only */
    heard_loop_set_round_func(core->loop, on_round, self);
    if (pthread_create(&self->thread, NULL, run_thread, self) != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "no thread for worker %u",
                    config->index);
        return NULL;
    }
    self->started = true;
    return g_steal_pointer(&self);
}

static bool post(HeardCommand *command)
{
    if (heard_loop_post(command->worker->core.loop, run_command, command, heard_command_free))
        return true;
    heard_log(&topic, HEARD_LOG_ERROR, "mailbox-full");
    heard_drop(HEARD_DROP_COMMAND);
    return false;
}

void heard_worker_free(HeardWorker *self)
{
    if (!self)
        return;
    if (self->started) {
        while (!post(heard_command_new(self, HEARD_COMMAND_STOP, 0, 0)))
            g_usleep(1000); /* a full mailbox empties soon; without the word it would never end */
        pthread_join(self->thread, NULL);
    }
    heard_core_deinit(&self->core);
    heard_socket_free(self->socket);
    g_free(self);
}

uint16_t heard_worker_udp_port(const HeardWorker *self)
{
    return heard_socket_port(self->socket);
}

uint16_t heard_worker_tcp_port(const HeardWorker *self)
{
    return heard_ice_tcp_port(self->core.tcp);
}

void heard_worker_open_room(HeardWorker *self, HeardRoomId room)
{
    post(heard_command_new(self, HEARD_COMMAND_OPEN_ROOM, room, 0));
}

void heard_worker_close_room(HeardWorker *self, HeardRoomId room)
{
    post(heard_command_new(self, HEARD_COMMAND_CLOSE_ROOM, room, 0));
}

void heard_worker_set_room_flow(HeardWorker *self, HeardRoomId room, bool flowing)
{
    HeardCommand *command = heard_command_new(self, HEARD_COMMAND_SET_FLOW, room, 0);

    command->flag = flowing;
    post(command);
}

void heard_worker_add_peer(HeardWorker *self, HeardRoomId room, HeardPeerId peer, const char *label,
                           HeardPeerPlan *plan_take)
{
    HeardCommand *command = heard_command_new(self, HEARD_COMMAND_ADD_PEER, room, peer);

    g_strlcpy(command->label, label, sizeof(command->label));
    command->plan = plan_take;
    post(command);
}

void heard_worker_remove_peer(HeardWorker *self, HeardPeerId peer)
{
    post(heard_command_new(self, HEARD_COMMAND_REMOVE_PEER, 0, peer));
}

void heard_worker_restart_ice(HeardWorker *self, HeardPeerId peer, const HeardIceCredentials *local,
                              const HeardIceCredentials *remote)
{
    HeardCommand *command = heard_command_new(self, HEARD_COMMAND_RESTART_ICE, 0, peer);

    command->local = *local;
    command->remote = *remote;
    post(command);
}

void heard_worker_allow_source(HeardWorker *self, HeardPeerId peer, HeardSource source,
                               bool allowed)
{
    HeardCommand *command = heard_command_new(self, HEARD_COMMAND_ALLOW_SOURCE, 0, peer);

    command->source = source;
    command->flag = allowed;
    post(command);
}

void heard_worker_set_slot(HeardWorker *self, HeardPeerId peer, unsigned slot,
                           HeardPeerId source_peer, HeardSource video, unsigned max_height,
                           bool important)
{
    HeardCommand *command = heard_command_new(self, HEARD_COMMAND_SET_SLOT, 0, peer);

    command->slot = slot;
    command->source_peer = source_peer;
    command->source = video;
    command->max_height = max_height;
    command->flag = important;
    post(command);
}

void heard_worker_set_voices(HeardWorker *self, HeardPeerId peer, unsigned first_slot,
                             HeardPeerId except)
{
    HeardCommand *command = heard_command_new(self, HEARD_COMMAND_SET_VOICES, 0, peer);

    command->slot = first_slot;
    command->source_peer = except;
    post(command);
}

static void post_sink(HeardWorker *self, HeardCommandKind kind, HeardRoomId room, HeardSink *sink)
{
    HeardCommand *command = heard_command_new(self, kind, room, 0);

    command->sink = sink;
    post(command);
}

void heard_worker_attach_sink(HeardWorker *self, HeardRoomId room, HeardSink *sink)
{
    post_sink(self, HEARD_COMMAND_ATTACH_SINK, room, sink);
}

void heard_worker_detach_sink(HeardWorker *self, HeardRoomId room, HeardSink *sink)
{
    post_sink(self, HEARD_COMMAND_DETACH_SINK, room, sink);
}

void heard_worker_request_stats(HeardWorker *self, HeardRoomId room)
{
    post(heard_command_new(self, HEARD_COMMAND_STATS, room, 0));
}

bool heard_worker_fence(HeardWorker *self, HeardRoomId room, uint32_t number)
{
    HeardCommand *command = heard_command_new(self, HEARD_COMMAND_FENCE, room, 0);

    command->fence = number;
    return post(command);
}
