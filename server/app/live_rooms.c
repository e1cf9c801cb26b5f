/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/app/placement.h"
#include "server/base/error.h"

#include <string.h>

static const HeardLogTopic topic = {"live"};

/* ---- the worker ---- */

static unsigned expected_people(const HeardLiveHearing *hearing)
{
    return MAX(hearing->rules.person_count, hearing->peers->len);
}

/* A hearing stays on the worker on which it began. */
static HeardWorker *pick_worker(const HeardLive *self, const HeardLiveHearing *newcomer)
{
    unsigned people[HEARD_LIVE_WORKERS_MAX] = {0};
    GHashTableIter iter;
    void *value;

    if (self->worker_count == 0)
        return NULL;
    g_hash_table_iter_init(&iter, self->hearings);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const HeardLiveHearing *hearing = value;

        for (unsigned i = 0; hearing->worker && i < self->worker_count; i++)
            if (self->workers[i] == hearing->worker)
                people[i] += expected_people(hearing);
    }
    return self
        ->workers[heard_placement_pick(people, self->worker_count, expected_people(newcomer))];
}

/* ---- rooms ---- */

static bool flows(const HeardLiveHearing *hearing, HeardRoomKind kind)
{
    if (kind == HEARD_ROOM_MAIN)
        return hearing->is_load || heard_hearing_flows(&hearing->rules);
    return hearing->rules.rooms[kind].open;
}

static void open_room(HeardLiveHearing *hearing, HeardRoomKind kind)
{
    HeardLiveRoom *room = &hearing->rooms[kind];

    room->id = hearing->live->next_room++;
    g_hash_table_insert(hearing->live->rooms, GUINT_TO_POINTER(room->id), hearing);
    heard_worker_open_room(hearing->worker, room->id);
    heard_worker_set_room_flow(hearing->worker, room->id, flows(hearing, kind));
}

static void close_room(HeardLiveHearing *hearing, HeardRoomKind kind)
{
    HeardLiveRoom *room = &hearing->rooms[kind];

    if (room->id == 0)
        return;
    for (guint i = hearing->peers->len; i-- > 0;) {
        HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        if (peer->room == kind)
            heard_live_peer_forget(peer);
    }
    heard_worker_close_room(hearing->worker, room->id);
    g_hash_table_remove(hearing->live->rooms, GUINT_TO_POINTER(room->id));
    memset(room, 0, sizeof *room);
}

bool heard_live_rooms_open(HeardLiveHearing *hearing, GError **error)
{
    if (hearing->rooms[HEARD_ROOM_MAIN].id != 0)
        return true;
    hearing->worker = pick_worker(hearing->live, hearing);
    if (!hearing->worker) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "no media worker runs");
        return false;
    }
    open_room(hearing, HEARD_ROOM_MAIN);
    return true;
}

void heard_live_rooms_close(HeardLiveHearing *hearing)
{
    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++)
        close_room(hearing, (HeardRoomKind)i);
    hearing->worker = NULL;
}

void heard_live_room_open(HeardLiveHearing *hearing, HeardRoomKind kind)
{
    g_assert(heard_room_is_closed(kind));
    if (hearing->rooms[kind].id == 0)
        open_room(hearing, kind);
}

void heard_live_room_close(HeardLiveHearing *hearing, HeardRoomKind kind)
{
    g_assert(heard_room_is_closed(kind));
    close_room(hearing, kind);
}

HeardLiveRoom *heard_live_room_find(HeardLive *self, HeardRoomId id, HeardLiveHearing **ret_hearing,
                                    HeardRoomKind *ret_kind)
{
    HeardLiveHearing *hearing = g_hash_table_lookup(self->rooms, GUINT_TO_POINTER(id));

    for (unsigned i = 0; hearing && i < HEARD_ROOM_COUNT; i++) {
        if (hearing->rooms[i].id == id) {
            *ret_hearing = hearing;
            *ret_kind = (HeardRoomKind)i;
            return &hearing->rooms[i];
        }
    }
    return NULL;
}

/* ---- who is where ---- */

void heard_live_rooms_sweep(HeardLiveHearing *hearing)
{
    for (guint i = hearing->peers->len; i-- > 0;) {
        HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        if (peer->person == HEARD_NOBODY ||
            heard_hearing_room_of(&hearing->rules, peer->person) == peer->room)
            continue;
        /* Effects take people out; what is left is a join beside a command that failed. */
        heard_log(&topic, HEARD_LOG_WARN, "peer-in-wrong-room hearing=%s peer=%u room=%s",
                  hearing->id, peer->id, heard_room_name(peer->room));
        heard_live_drop_person(hearing, peer->person, "server");
        i = MIN(i, hearing->peers->len);
    }
}

bool heard_live_room_is_sure(const HeardLiveHearing *hearing, uint16_t person)
{
    return person == HEARD_NOBODY || !hearing->busy ||
           heard_hearing_room_of(hearing->before, person) ==
               heard_hearing_room_of(&hearing->rules, person);
}
