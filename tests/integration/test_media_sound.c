/* SPDX-License-Identifier: Apache-2.0 */

/* Sound in a room of many, and on a line that loses packets: a worker over loopback. */
#include "media/rtp/bytes.h"
#include "media/rtp/packet.h"
#include "tests/integration/media_stand.h"

enum {
    PEOPLE_MAX = 30,
    PATIENCE_US = 20 * 1000 * 1000,
    TALK = 20,
    QUIET = 80,
};

typedef struct {
    Stand stand;
    HeardPeerId voices[HEARD_WORKER_SPEAKERS_MAX];
    unsigned connected;
    Client *people[PEOPLE_MAX]; /* peer id: index + 1 */
    unsigned count;
} World;

static void on_event(const HeardWorkerEvent *event, void *data)
{
    World *world = data;

    world->connected += event->kind == HEARD_WORKER_PEER_CONNECTED;
    if (event->kind == HEARD_WORKER_VOICES)
        memcpy(world->voices, event->speakers, sizeof(world->voices));
}

static int set_up(void **state)
{
    World *world = g_new0(World, 1);

    stand_open(&world->stand, on_event, world);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    World *world = *state;

    stand_stop(&world->stand);
    for (unsigned i = 0; i < world->count; i++)
        client_free(world->people[i]);
    stand_close(&world->stand);
    g_free(world);
    return 0;
}

static void pump(World *world)
{
    for (unsigned i = 0; i < world->count; i++)
        client_pump(world->people[i]);
    stand_turn(&world->stand);
}

static void pump_for(World *world, int64_t us)
{
    int64_t end_us = heard_clock_now_us() + us;

    while (heard_clock_now_us() < end_us)
        pump(world);
}

/* With so many slots for pictures, and three for voices. */
static Client *join(World *world, unsigned slots, bool hears_voices)
{
    unsigned id = ++world->count;
    Client *client = stand_client(&world->stand, false, id);

    world->people[id - 1] = client;
    client->slots = slots;
    client->hears_voices = hears_voices;
    client->level = QUIET;
    heard_worker_add_peer(world->stand.worker, ROOM, id, "label", client_plan(client));
    if (hears_voices)
        heard_worker_set_voices(world->stand.worker, id, slots, 0);
    wait_for(world, world->connected == world->count && client->srtp);
    return client;
}

/* Everybody with a microphone says what there is to say for so many packets. */
static void talk(World *world, unsigned people, unsigned packets)
{
    for (unsigned k = 0; k < packets; k++) {
        for (unsigned i = 0; i < people; i++)
            client_send_audio(world->people[i]);
        pump_for(world, 20000);
    }
}

static unsigned heard_in(const World *world, const Client *client, unsigned slot)
{
    (void)world;
    return client_count_rtp(client, client_sound(client, slot));
}

/* What was left out is no loss: numbers go on, and the clock never goes back. */
static void assert_whole(const Client *client, uint32_t ssrc)
{
    uint16_t seq = 0;
    uint32_t rtp_ts = 0;
    unsigned seen = 0;

    for (unsigned i = 0; i < client->rtp_count; i++) {
        const uint8_t *bytes = client->rtp[i].bytes;

        if (heard_get32(bytes + 8) != ssrc)
            continue;
        if (seen++ > 0) {
            assert_int_equal(heard_get16(bytes + 2), (uint16_t)(seq + 1));
            assert_true((int32_t)(heard_get32(bytes + 4) - rtp_ts) > 0);
        }
        seq = heard_get16(bytes + 2);
        rtp_ts = heard_get32(bytes + 4);
    }
}

/* Ten publish, a phone with two pictures listens. */
static void who_has_no_slot_is_heard_at_once(void **state)
{
    World *world = *state;
    Client *phone;
    unsigned before;

    for (unsigned i = 0; i < 10; i++)
        join(world, 1, false);
    phone = join(world, 2, true);
    heard_worker_set_slot(world->stand.worker, 11, 0, 1, HEARD_SOURCE_CAMERA, 180, false);
    heard_worker_set_slot(world->stand.worker, 11, 1, 2, HEARD_SOURCE_CAMERA, 180, false);
    talk(world, 10, 30); /* long enough to see that it is crowded */
    before = phone->rtp_count;
    talk(world, 10, 5);
    assert_int_equal(phone->rtp_count, before); /* all are quiet */

    world->people[6]->level = TALK;
    talk(world, 10, 1); /* the very first packet */
    wait_for(world, heard_in(world, phone, 2) == 1);
    wait_for(world, world->voices[0] == 7);

    /* Who has a slot is heard there, beside the face, and not twice. */
    world->people[0]->level = TALK;
    before = heard_in(world, phone, 0);
    talk(world, 10, 10);
    wait_for(world, heard_in(world, phone, 0) == before + 10);
    wait_for(world, heard_in(world, phone, 2) == 11);
    assert_int_equal(heard_in(world, phone, 3), 0);
    wait_for(world, world->voices[1] == 1);

    /* It loses its slot while it speaks: the voice goes on, in the place of its own. */
    heard_worker_set_slot(world->stand.worker, 11, 0, 4, HEARD_SOURCE_CAMERA, 180, false);
    pump_for(world, 20000);
    before = heard_in(world, phone, 0);
    talk(world, 10, 5);
    wait_for(world, heard_in(world, phone, 3) == 5);
    assert_int_equal(heard_in(world, phone, 0), before);
    for (unsigned slot = 0; slot < 5; slot++)
        assert_whole(phone, client_sound(phone, slot));
}

/* One of three gives way; after a while out a voice comes back without a gap. */
static void a_fourth_voice_takes_the_place_of_who_paused(void **state)
{
    World *world = *state;
    Client *phone;
    unsigned before;

    for (unsigned i = 0; i < 8; i++)
        join(world, 1, false);
    phone = join(world, 1, true);
    heard_worker_set_slot(world->stand.worker, 9, 0, 1, HEARD_SOURCE_CAMERA, 180, false);
    for (unsigned i = 0; i < 3; i++)
        world->people[i]->level = TALK;
    talk(world, 8, 30);
    world->people[0]->level = QUIET;
    talk(world, 8, 25);
    world->people[3]->level = TALK;
    talk(world, 8, 10);
    wait_for(world, world->voices[0] == 4);
    before = heard_in(world, phone, 0);
    talk(world, 8, 10); /* the first one is out, slot or not */
    assert_int_equal(heard_in(world, phone, 0), before);
    world->people[1]->level = QUIET;
    talk(world, 8, 25);
    world->people[0]->level = TALK;
    talk(world, 8, 10);
    wait_for(world, heard_in(world, phone, 0) > before);
    for (unsigned slot = 0; slot < 4; slot++)
        assert_whole(phone, client_sound(phone, slot));
}

/* Nobody hears himself, nor his own second device. */
static void nobody_hears_himself(void **state)
{
    World *world = *state;
    Client *own;

    join(world, 1, false);
    own = join(world, 1, true);
    heard_worker_set_voices(world->stand.worker, 2, 1, 1); /* the first one is the same person */
    world->people[0]->level = world->people[1]->level = TALK;
    talk(world, 2, 20);
    for (unsigned slot = 0; slot < 4; slot++)
        assert_int_equal(heard_in(world, own, slot), 0);
}

/* What a viewer gets of ten open microphones, all in slots: three voices, not ten. */
static void ten_microphones_cost_three(void **state)
{
    enum { PUBLISHERS = 10, VIEWERS = 20, PACKETS = 50 };
    World *world = *state;
    unsigned sum = 0;

    for (unsigned i = 0; i < PUBLISHERS; i++)
        join(world, 1, false);
    for (unsigned i = 0; i < VIEWERS; i++) {
        join(world, PUBLISHERS, true);
        for (unsigned k = 0; k < PUBLISHERS; k++)
            heard_worker_set_slot(world->stand.worker, world->count, k, k + 1, HEARD_SOURCE_CAMERA,
                                  180, false);
    }
    for (unsigned i = 0; i < 5; i++)
        world->people[i]->level = (uint8_t)(TALK + i); /* five speak at a time */
    talk(world, PUBLISHERS, 20);
    pump_for(world, 200000); /* a busy machine is late */
    for (unsigned i = 0; i < VIEWERS; i++)
        world->people[PUBLISHERS + i]->rtp_count = 0;
    talk(world, PUBLISHERS, PACKETS);
    pump_for(world, 200000);
    for (unsigned i = 0; i < VIEWERS; i++)
        sum += world->people[PUBLISHERS + i]->rtp_count;
    print_message("# %u microphones, %u viewers, %u packets each: %u packets out, without the "
                  "choice %u\n",
                  PUBLISHERS, VIEWERS, PACKETS, sum, PUBLISHERS * VIEWERS * PACKETS);
    assert_int_equal(sum, HEARD_WORKER_SPEAKERS_MAX * VIEWERS * PACKETS);
}

static unsigned count_payload_type(const Client *client, uint32_t ssrc, uint8_t payload_type)
{
    unsigned count = 0;

    for (unsigned i = 0; i < client->rtp_count; i++)
        count += heard_get32(client->rtp[i].bytes + 8) == ssrc &&
                 (client->rtp[i].bytes[1] & 0x7f) == payload_type;
    return count;
}

static void what_a_publisher_repeats_fills_gaps(void **state)
{
    World *world = *state;
    Client *alice = join(world, 1, false), *bob = join(world, 1, false);

    heard_worker_set_slot(world->stand.worker, 2, 0, 1, HEARD_SOURCE_CAMERA, 180, false);
    client_send_red(alice);
    wait_for(world, heard_in(world, bob, 0) == 1);
    for (unsigned i = 0; i < 10; i++) {
        alice->audio_seq++; /* every second one is lost */
        client_send_red(alice);
        pump_for(world, 5000);
    }
    wait_for(world, heard_in(world, bob, 0) == 21);
    assert_whole(bob, client_sound(bob, 0));
    assert_int_equal(count_payload_type(bob, client_sound(bob, 0), AUDIO_PT), 21);
}

static void who_reports_loss_gets_repetition(void **state)
{
    World *world = *state;
    Client *alice = join(world, 1, false), *bob = join(world, 1, false);
    uint32_t ssrc = client_sound(bob, 0);

    heard_worker_set_slot(world->stand.worker, 2, 0, 1, HEARD_SOURCE_CAMERA, 180, false);
    talk(world, 1, 5);
    wait_for(world, heard_in(world, bob, 0) == 5);
    client_report(bob, ssrc, 1000, 0);
    client_report(bob, ssrc, 1200, 0);
    pump_for(world, 20000);
    talk(world, 1, 1);
    wait_for(world, heard_in(world, bob, 0) == 6);
    assert_int_equal(count_payload_type(bob, ssrc, RED_PT), 0);
    client_report(bob, ssrc, 1400, 6); /* 3 % */
    pump_for(world, 20000);
    talk(world, 1, 5);
    wait_for(world, count_payload_type(bob, ssrc, RED_PT) == 5);
    /* A mute between: what was said before it does not come again. */
    heard_worker_allow_source(world->stand.worker, 1, HEARD_SOURCE_MICROPHONE, false);
    pump_for(world, 20000);
    talk(world, 1, 3);
    heard_worker_allow_source(world->stand.worker, 1, HEARD_SOURCE_MICROPHONE, true);
    pump_for(world, 20000);
    client_send_red(alice); /* it repeats one from the mute */
    wait_for(world, heard_in(world, bob, 0) == 12);
    assert_int_equal(count_payload_type(bob, ssrc, AUDIO_PT), 7);
    assert_whole(bob, ssrc);
}

#define sound_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        sound_test(who_has_no_slot_is_heard_at_once),
        sound_test(a_fourth_voice_takes_the_place_of_who_paused),
        sound_test(nobody_hears_himself),
        sound_test(ten_microphones_cost_three),
        sound_test(what_a_publisher_repeats_fills_gaps),
        sound_test(who_reports_loss_gets_repetition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
