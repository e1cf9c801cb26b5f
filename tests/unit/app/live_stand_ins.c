/* SPDX-License-Identifier: Apache-2.0 */

/* Media workers and recorder that only write down what they were told. */
#include "live_house.h"

#include "recordings/record.h"

GString *house_told;
void *house_record_owner;
static unsigned last_peer;
static House *last_house; /* of the last record */

unsigned house_last_peer(void)
{
    return last_peer;
}

uint16_t heard_worker_udp_port(const HeardWorker *self)
{
    (void)self;
    return 8443;
}

uint16_t heard_worker_tcp_port(const HeardWorker *self)
{
    (void)self;
    return 8444;
}

void heard_worker_open_room(HeardWorker *self, HeardRoomId room)
{
    (void)self;
    g_string_append_printf(house_told, "open room=%u; ", room);
}

void heard_worker_close_room(HeardWorker *self, HeardRoomId room)
{
    (void)self;
    g_string_append_printf(house_told, "close room=%u; ", room);
}

void heard_worker_set_room_flow(HeardWorker *self, HeardRoomId room, bool flowing)
{
    (void)self;
    (void)room;
    g_string_append_printf(house_told, "flow %d; ", flowing);
}

void heard_worker_add_peer(HeardWorker *self, HeardRoomId room, HeardPeerId peer, const char *label,
                           HeardPeerPlan *plan_take)
{
    (void)self;
    (void)room;
    (void)label;
    last_peer = peer;
    g_string_append_printf(house_told, "add %u; ", peer);
    heard_peer_plan_free(plan_take);
}

void heard_worker_remove_peer(HeardWorker *self, HeardPeerId peer)
{
    (void)self;
    g_string_append_printf(house_told, "remove %u; ", peer);
}

void heard_worker_restart_ice(HeardWorker *self, HeardPeerId peer, const HeardIceCredentials *local,
                              const HeardIceCredentials *remote)
{
    (void)self;
    (void)local;
    g_string_append_printf(house_told, "restart %u %s; ", peer, remote->ufrag);
}

void heard_worker_allow_source(HeardWorker *self, HeardPeerId peer, HeardSource source,
                               bool allowed)
{
    (void)self;
    g_string_append_printf(house_told, "%s %u/%d; ", allowed ? "allow" : "deny", peer, source);
}

void heard_worker_set_voices(HeardWorker *self, HeardPeerId peer, unsigned first_slot,
                             HeardPeerId except)
{
    (void)self;
    g_string_append_printf(house_told, "voices %u.%u-%u; ", peer, first_slot, except);
}

void heard_worker_set_slot(HeardWorker *self, HeardPeerId peer, unsigned slot,
                           HeardPeerId source_peer, HeardSource video, unsigned max_height,
                           bool important)
{
    (void)self;
    g_string_append_printf(house_told, "slot %u.%u=%u/%d@%u%s; ", peer, slot, source_peer, video,
                           max_height, important ? "!" : "");
}

void heard_worker_attach_sink(HeardWorker *self, HeardRoomId room, HeardSink *sink)
{
    (void)self;
    (void)room;
    (void)sink;
    g_string_append(house_told, "attach; ");
}

void heard_worker_detach_sink(HeardWorker *self, HeardRoomId room, HeardSink *sink)
{
    (void)self;
    (void)room;
    (void)sink;
    g_string_append(house_told, "detach; ");
}

void heard_worker_request_stats(HeardWorker *self, HeardRoomId room)
{
    (void)self;
    g_string_append_printf(house_told, "stats room=%u; ", room);
}

typedef struct {
    House *house;
    HeardWorkerEvent event;
} Fence;

static void tell_fence(void *data)
{
    Fence *fence = data;

    heard_live_on_worker_event(&fence->event, fence->house->live);
}

bool heard_worker_fence(HeardWorker *self, HeardRoomId room, uint32_t number)
{
    House *house = (House *)(void *)self;
    Fence *fence = g_new0(Fence, 1);

    *fence = (Fence){house, {.kind = HEARD_WORKER_FENCED, .room = room, .fence = number}};
    if (!house->worker_hangs)
        return heard_loop_post(house->loop, tell_fence, fence, g_free);
    house->hung = fence->event;
    g_free(fence);
    return true;
}

/* ---- the recorder ---- */

typedef struct {
    House *house;
    HeardRecordStatus status;
} Report;

static void deliver(void *data)
{
    Report *report = data;

    heard_live_on_record_status(&report->status, report->house->live);
}

/* Never from within a call, as the writer's thread does. */
static void report(House *house, const HeardRecordStatus *status)
{
    Report *message = g_new0(Report, 1);

    message->house = house;
    message->status = *status;
    message->status.record = (HeardRecord *)&house_record_owner;
    message->status.owner = house_record_owner;
    assert_true(heard_loop_post(house->loop, deliver, message, g_free));
}

void house_record_status(House *house, HeardRecordState state, HeardRecordFault fault)
{
    HeardRecordStatus status = {.state = state, .fault = fault};

    if (fault == HEARD_RECORD_FAULT_NONE)
        house->durable_wall_ms += 1000;
    status.durable_wall_ms = house->durable_wall_ms;
    report(house, &status);
}

HeardRecord *heard_record_open(HeardWriter *writer, const HeardRecordSpec *spec, GError **error)
{
    House *house = (House *)(void *)writer;

    (void)error;
    g_string_append_printf(house_told, "record %s; ", spec->recording);
    house_record_owner = spec->owner;
    last_house = house;
    house->durable_wall_ms = 0;
    if (!house->disk_hangs)
        house_record_status(
            house, house->disk_full ? HEARD_RECORD_INTERRUPTED : HEARD_RECORD_RECORDING,
            house->disk_full ? HEARD_RECORD_FAULT_DISK_FULL : HEARD_RECORD_FAULT_NONE);
    return (HeardRecord *)&house_record_owner;
}

HeardSink *heard_record_sink(HeardRecord *self)
{
    return (HeardSink *)(void *)self;
}

void heard_record_event(HeardRecord *self, const char *json, int64_t now_us)
{
    (void)self;
    (void)now_us;
    g_string_append_printf(house_told, "event %s; ", json);
}

void heard_record_pause(HeardRecord *self, const char *reason, const char *note, int64_t now_us)
{
    (void)self;
    (void)now_us;
    g_string_append_printf(house_told, "pause %s (%s); ", reason, note);
}

void heard_record_resume(HeardRecord *self, int64_t now_us)
{
    (void)self;
    (void)now_us;
    g_string_append(house_told, "resume; ");
}

void heard_record_close(HeardRecord *self)
{
    (void)self;
    g_string_append(house_told, "seal; ");
    if (last_house->seals)
        house_record_status(last_house, HEARD_RECORD_SEALED, HEARD_RECORD_FAULT_NONE);
}

double heard_writer_hours_left(const HeardWriter *self, bool with_one_more)
{
    const House *house = (const House *)(const void *)self;

    return (house->hours_left ? house->hours_left : 100) / (with_one_more ? 2 : 1);
}

const char *heard_record_state_name(HeardRecordState state)
{
    static const char *const names[] = {"armed",       "recording",  "paused",
                                        "interrupted", "finalising", "sealed"};

    return names[state];
}

const char *heard_record_fault_name(HeardRecordFault fault)
{
    static const char *const names[] = {NULL, "disk_full", "io_error", "overrun"};

    return names[fault];
}
