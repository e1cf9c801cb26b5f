/* SPDX-License-Identifier: Apache-2.0 */
#include "media/command.h"

#include "media/router.h"

#include <openssl/crypto.h>

static HeardRouter *find_room(HeardCore *core, HeardRoomId id)
{
    return g_hash_table_lookup(core->rooms, GUINT_TO_POINTER(id));
}

static HeardPeer *find_peer(HeardCore *core, HeardPeerId id)
{
    return g_hash_table_lookup(core->peers, GUINT_TO_POINTER(id));
}

static bool open_room(HeardCore *core, HeardRoomId id)
{
    if (id == 0 || find_room(core, id) || g_hash_table_size(core->rooms) >= HEARD_CORE_ROOMS_MAX)
        return false;
    g_hash_table_insert(core->rooms, GUINT_TO_POINTER(id), heard_router_new(core, id));
    return true;
}

static bool add_peer(HeardCore *core, HeardCommand *command)
{
    HeardRouter *router = find_room(core, command->room);
    HeardWorkerEvent gone = {.kind = HEARD_WORKER_PEER_GONE,
                             .room = command->room,
                             .peer = command->peer,
                             .gone = HEARD_PEER_GONE_REMOVED};

    if (router && command->peer != 0 && !find_peer(core, command->peer) &&
        g_hash_table_size(core->peers) < HEARD_CORE_PEERS_MAX &&
        heard_router_add_peer(router, command->peer, command->label,
                              g_steal_pointer(&command->plan)))
        return true;
    /* The caller waits for this peer: it must hear that it will never come. */
    core->on_event(core->data, &gone);
    return false;
}

static bool set_slot(HeardCore *core, const HeardCommand *command)
{
    HeardPeer *peer = find_peer(core, command->peer);
    HeardPeer *source = command->source_peer ? find_peer(core, command->source_peer) : NULL;

    if (!peer)
        return false;
    heard_router_set_slot(peer->router, peer, command->slot, source, command->source,
                          command->max_height, command->flag);
    return true;
}

static bool allow_source(HeardCore *core, const HeardCommand *command)
{
    HeardPeer *peer = find_peer(core, command->peer);

    if (!peer || command->source >= HEARD_SOURCE_COUNT || !peer->tracks[command->source].plan)
        return false;
    heard_router_allow(peer->router, &peer->tracks[command->source], command->flag);
    return true;
}

static bool tell_stats(HeardCore *core, HeardRoomId room)
{
    HeardRouter *router = find_room(core, room);

    if (!router)
        return false;
    for (unsigned i = 0; i < router->peers->len; i++) {
        HeardPeer *peer = g_ptr_array_index(router->peers, i);
        HeardWorkerEvent event = {.kind = HEARD_WORKER_STATS, .room = room, .peer = peer->id};

        heard_peer_stats(peer, &event.stats);
        core->on_event(core->data, &event);
    }
    return true;
}

static bool run_sink_command(HeardRouter *router, const HeardCommand *command)
{
    if (command->kind == HEARD_COMMAND_ATTACH_SINK) {
        if (router)
            return heard_router_attach(router, command->sink);
        /* The owner waits for the last call. */
        command->sink->ops->closed(command->sink);
        return false;
    }
    /* A closed room has closed its sinks already. */
    if (router)
        heard_router_detach(router, command->sink);
    return true;
}

static bool run_room_command(HeardCore *core, HeardCommand *command)
{
    HeardRouter *router = find_room(core, command->room);

    switch (command->kind) {
    case HEARD_COMMAND_OPEN_ROOM:
        return open_room(core, command->room);
    case HEARD_COMMAND_CLOSE_ROOM:
        if (router)
            heard_router_close(router);
        return router != NULL;
    case HEARD_COMMAND_SET_FLOW:
        if (router)
            heard_router_set_flow(router, command->flag);
        return router != NULL;
    case HEARD_COMMAND_STATS:
        return tell_stats(core, command->room);
    case HEARD_COMMAND_FENCE:
        heard_core_fence(core, command->room, command->fence);
        return true;
    default:
        return run_sink_command(router, command);
    }
}

static bool run_peer_command(HeardCore *core, HeardCommand *command)
{
    HeardPeer *peer = find_peer(core, command->peer);

    switch (command->kind) {
    case HEARD_COMMAND_ADD_PEER:
        return add_peer(core, command);
    case HEARD_COMMAND_REMOVE_PEER:
        if (peer)
            heard_peer_leave(peer, HEARD_PEER_GONE_REMOVED);
        return peer != NULL;
    case HEARD_COMMAND_RESTART_ICE:
        return peer &&
               heard_ice_restart_peer(core->ice, &peer->ice, &command->local, &command->remote);
    case HEARD_COMMAND_ALLOW_SOURCE:
        return allow_source(core, command);
    case HEARD_COMMAND_SET_VOICES:
        if (peer)
            heard_router_set_voices(peer->router, peer, command->slot, command->source_peer);
        return peer != NULL;
    default:
        return set_slot(core, command);
    }
}

HeardCommand *heard_command_new(HeardWorker *worker, HeardCommandKind kind, HeardRoomId room,
                                HeardPeerId peer)
{
    HeardCommand *self = g_new0(HeardCommand, 1);

    self->kind = kind;
    self->worker = worker;
    self->room = room;
    self->peer = peer;
    return self;
}

void heard_command_free(void *command)
{
    HeardCommand *self = command;

    heard_peer_plan_free(self->plan);
    OPENSSL_cleanse(&self->local, sizeof(self->local));
    OPENSSL_cleanse(&self->remote, sizeof(self->remote));
    g_free(self);
}

bool heard_command_run(HeardCommand *self, HeardCore *core)
{
    switch (self->kind) {
    case HEARD_COMMAND_ADD_PEER:
    case HEARD_COMMAND_REMOVE_PEER:
    case HEARD_COMMAND_RESTART_ICE:
    case HEARD_COMMAND_ALLOW_SOURCE:
    case HEARD_COMMAND_SET_SLOT:
    case HEARD_COMMAND_SET_VOICES:
        return run_peer_command(core, self);
    default:
        return run_room_command(core, self);
    }
}
