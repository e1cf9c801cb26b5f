/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The front door of a worker with three peers: any datagram from any of eight addresses,
 * checks right and wrong, ICE restarts, peers that come and go, and time. Nothing is ever
 * sent to an address without a valid check, nor more than came for what is no check.
 *
 * Records: one byte of what, one of who and where, then what it needs.
 */
#include "media/rtp/bytes.h"
#include "tests/sim/media/guest.h"

enum { PEERS = 3, ADDRESSES = 8, ROOM = 1, RECORDS_MAX = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    Stage stage;
    Guest *guests[PEERS];
    bool proven[ADDRESSES]; /* a valid check came from there */
    unsigned renewed;
} World;

static HeardDtlsIdentity *client_identity;

static void on_unproven(void *data, uint8_t *bytes, size_t size)
{
    (void)bytes;
    (void)size;
    g_assert(*(bool *)data);
}

static void take_raw(World *world, unsigned where, const uint8_t *bytes, size_t size)
{
    HeardAddress from = stage_address(100 + where, 6000);

    stage_datagram(&world->stage, &from, bytes, size);
}

static void take_check(World *world, unsigned who, unsigned where, uint8_t how)
{
    uint8_t bytes[600];
    size_t size;

    size = guest_make_check(world->guests[who], how & 1 ? "a password that is wrong" : NULL,
                            how & 2, bytes);
    if (how & 4)
        bytes[24 + (how >> 3)] ^= 1; /* within the username and what follows */
    else
        world->proven[where] |= !(how & 1) && stage_peer(&world->stage, who + 1);
    take_raw(world, where, bytes, size);
}

static void change(World *world, unsigned who, uint8_t how)
{
    HeardCommand *command;

    switch (how & 3) {
    case 0:
        stage_command(&world->stage, HEARD_COMMAND_REMOVE_PEER, 0, who + 1);
        break;
    case 1:
        stage_add_peer(&world->stage, ROOM, who + 1, guest_plan(world->guests[who]));
        break;
    case 2:
        stage_show(&world->stage, who + 1, 0, 1 + (who + 1) % PEERS, 360);
        break;
    default:
        command = heard_command_new(NULL, HEARD_COMMAND_RESTART_ICE, 0, who + 1);
        if (stage_peer(&world->stage, who + 1))
            g_snprintf(world->guests[who]->theirs.ufrag, sizeof(command->local.ufrag), "new%u",
                       ++world->renewed);
        command->local = world->guests[who]->theirs;
        heard_command_run(command, &world->stage.core);
        heard_command_free(command);
    }
}

/* What stands at data; the bytes that it took. */
static size_t run_record(World *world, const uint8_t *data, size_t size)
{
    unsigned who = data[1] % PEERS, where = (data[1] >> 2) % ADDRESSES;
    size_t length;

    switch (data[0] % 4) {
    case 0:
        length = MIN((size_t)data[2], size - 3);
        take_raw(world, where, data + 3, length);
        return 3 + length;
    case 1:
        take_check(world, who, where, data[2]);
        return 3;
    case 2:
        change(world, who, data[2]);
        return 3;
    default:
        stage_run_until(&world->stage, world->stage.core.now_us + data[2] * 20000);
        return 3;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    World world = {.renewed = 0};

    if (!client_identity)
        client_identity = heard_dtls_identity_new(NULL);
    stage_open(&world.stage, 1000000);
    stage_command(&world.stage, HEARD_COMMAND_OPEN_ROOM, ROOM, 0);
    for (unsigned i = 0; i < ADDRESSES; i++) {
        HeardAddress address = stage_address(100 + i, 6000);

        stage_receive_at(&world.stage, &address, on_unproven, &world.proven[i]);
    }
    for (unsigned i = 0; i < PEERS; i++) {
        world.guests[i] = guest_new(&world.stage, client_identity, i + 1);
        stage_add_peer(&world.stage, ROOM, i + 1, guest_plan(world.guests[i]));
    }
    for (unsigned i = 0; i < RECORDS_MAX && size > 3; i++) {
        size_t used = run_record(&world, data, size);

        stage_settle(&world.stage);
        data += used;
        size -= used;
    }
    for (unsigned i = 0; i < PEERS; i++)
        guest_free(world.guests[i]);
    stage_close(&world.stage);
    return 0;
}
