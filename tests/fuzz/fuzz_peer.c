/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Two connected peers who watch each other: RTP and RTCP of any content and any SSRC, rightly
 * protected, with time going by, mutes and changes of slots. What comes out of it to the
 * other is always a packet that he can open and read.
 *
 * Records: one byte of what (low two bits) and who, two of size, the packet; or one argument.
 */
#include "media/rtp/bytes.h"
#include "tests/sim/media/guest.h"

enum { ROOM = 1, RECORDS_MAX = 400, PACKET_MAX = 1400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    Stage stage;
    Guest *guests[2];
} World;

static HeardDtlsIdentity *client_identity;

static void send_packet(Guest *guest, bool rtcp, const uint8_t *bytes, size_t size)
{
    g_autofree uint8_t *packet = g_malloc0(size + HEARD_SRTP_TRAILER_MAX + 16);

    memcpy(packet, bytes, size);
    if (rtcp)
        guest_send_rtcp(guest, packet, size);
    else
        guest_send_rtp(guest, packet, size);
}

static void change(World *world, Guest *guest, uint8_t how)
{
    HeardCommand *command;

    switch (how & 3) {
    case 0:
        guest_send_frame(guest, 1 + (how >> 2) % 20, 100 + how, how & 0x80);
        break;
    case 1:
        guest_send_audio(guest);
        break;
    case 2:
        stage_show(&world->stage, guest->number, 0, how & 4 ? 3 - guest->number : 0, how & 0xf8);
        break;
    default:
        command = heard_command_new(NULL, HEARD_COMMAND_ALLOW_SOURCE, 0, guest->number);
        command->source = (HeardSource)((how >> 2) % HEARD_SOURCE_COUNT);
        command->flag = how & 0x80;
        heard_command_run(command, &world->stage.core);
        heard_command_free(command);
    }
}

static size_t run_record(World *world, const uint8_t *data, size_t size)
{
    Guest *guest = world->guests[(data[0] >> 2) & 1];
    size_t length;

    switch (data[0] & 3) {
    case 0:
    case 1:
        length = MIN(MIN((size_t)heard_get16(data + 1), size - 3), (size_t)PACKET_MAX);
        send_packet(guest, data[0] & 1, data + 3, length);
        return 3 + length;
    case 2:
        change(world, guest, data[1]);
        return 2;
    default:
        stage_run_until(&world->stage, world->stage.core.now_us + data[1] * 4000);
        return 2;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    World world;

    if (!client_identity)
        client_identity = heard_dtls_identity_new(NULL);
    stage_open(&world.stage, 1000000);
    stage_command(&world.stage, HEARD_COMMAND_OPEN_ROOM, ROOM, 0);
    for (unsigned i = 0; i < 2; i++) {
        world.guests[i] = guest_new(&world.stage, client_identity, i + 1);
        g_assert(stage_add_peer(&world.stage, ROOM, i + 1, guest_plan(world.guests[i])));
        guest_check(world.guests[i], true);
        guest_agree_keys(world.guests[i]);
    }
    stage_show(&world.stage, 1, 0, 2, 720);
    stage_show(&world.stage, 2, 0, 1, 720);
    for (unsigned i = 0; i < RECORDS_MAX && size > 3; i++) {
        size_t used = run_record(&world, data, size);

        stage_settle(&world.stage);
        data += used;
        size -= used;
    }
    stage_run_until(&world.stage, world.stage.core.now_us + 100000);
    for (unsigned i = 0; i < 2; i++) {
        g_assert(world.guests[i]->refused_in == 0);
        guest_free(world.guests[i]);
    }
    stage_close(&world.stage);
    return 0;
}
