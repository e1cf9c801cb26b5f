/* SPDX-License-Identifier: Apache-2.0 */

/*
 * How many bytes leave for the bytes that come: none for strangers, whatever they send; for
 * a member's checks never more than the checks; and nobody's media goes where nobody was
 * seen to receive it, though a member forges where his checks come from.
 */
#include "media/peer.h"
#include "media/rtp/bytes.h"
#include "tests/sim/media/guest.h"
#include "tests/unit/heard_test.h"
#include "tests/unit/media/packets.h"

#include <unistd.h>

enum { ROOM = 1, ALICE = 1, MALLORY = 2, VICTIM_HOST = 99, SEED = 20261127 };

typedef struct {
    Stage stage;
    HeardDtlsIdentity *identity;
    Guest *alice, *mallory;
    HeardAddress victim;
    uint64_t victim_bytes;
} World;

static void at_victim(void *data, uint8_t *bytes, size_t size)
{
    (void)bytes;
    *(uint64_t *)data += size;
}

static int set_up(void **state)
{
    World *world = g_new0(World, 1);

    stage_open(&world->stage, 1000000);
    stage_command(&world->stage, HEARD_COMMAND_OPEN_ROOM, ROOM, 0);
    world->identity = heard_dtls_identity_new(NULL);
    world->alice = guest_new(&world->stage, world->identity, ALICE);
    world->mallory = guest_new(&world->stage, world->identity, MALLORY);
    assert_true(stage_add_peer(&world->stage, ROOM, ALICE, guest_plan(world->alice)));
    assert_true(stage_add_peer(&world->stage, ROOM, MALLORY, guest_plan(world->mallory)));
    world->victim = stage_address(VICTIM_HOST, 5000);
    stage_receive_at(&world->stage, &world->victim, at_victim, &world->victim_bytes);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    World *world = *state;

    guest_free(world->alice);
    guest_free(world->mallory);
    stage_close(&world->stage);
    heard_dtls_identity_free(world->identity);
    g_free(world);
    return 0;
}

/* Sends a datagram from the victim's address; the bytes that the server sent for it. */
static uint64_t cost(World *world, const uint8_t *bytes, size_t size)
{
    uint64_t before = world->stage.bytes_out;

    stage_datagram(&world->stage, &world->victim, bytes, size);
    stage_settle(&world->stage);
    return world->stage.bytes_out - before;
}

static size_t client_hello(World *world, uint8_t ret_bytes[static HEARD_DTLS_DATAGRAM_MAX])
{
    HeardDtls *dtls = heard_dtls_new(world->identity, HEARD_DTLS_CLIENT,
                                     heard_dtls_identity_digest(world->stage.identity));
    const uint8_t *datagram;
    size_t size;

    heard_dtls_start(dtls, world->stage.core.now_us);
    datagram = heard_dtls_poll_datagram(dtls, &size);
    memcpy(ret_bytes, datagram, size);
    heard_dtls_free(dtls);
    return size;
}

static void strangers_get_nothing(void **state)
{
    /* Without integrity: a bare request, one with a known name, an indication, responses. */
    static const char *const stun[] = {
        "\x00\x01\x00\x00\x21\x12\xa4\x42"
        "aaaaaaaaaaaa",
        "\x00\x01\x00\x10\x21\x12\xa4\x42"
        "aaaaaaaaaaaa"
        "\x00\x06\x00\x0c"
        "house1:guest",
        "\x00\x11\x00\x00\x21\x12\xa4\x42"
        "aaaaaaaaaaaa",
        "\x01\x01\x00\x00\x21\x12\xa4\x42"
        "aaaaaaaaaaaa",
        "\x01\x11\x00\x00\x21\x12\xa4\x42"
        "aaaaaaaaaaaa",
        "\x00\x03\x00\x00\x21\x12\xa4\x42"
        "aaaaaaaaaaaa", /* Allocate: no relay here */
    };
    static const size_t sizes[] = {20, 36, 20, 20, 20, 20};
    uint8_t bytes[HEARD_DTLS_DATAGRAM_MAX + 300] = {0};
    World *world = *state;
    Guest stranger = *world->alice;
    size_t size;

    for (size_t i = 0; i < G_N_ELEMENTS(stun); i++)
        assert_int_equal(cost(world, (const uint8_t *)stun[i], sizes[i]), 0);
    size = guest_make_check(world->alice, "the wrong password, but long", true, bytes);
    assert_int_equal(cost(world, bytes, size), 0);
    g_strlcpy(stranger.theirs.ufrag, "nobody", sizeof(stranger.theirs.ufrag));
    size = guest_make_check(&stranger, NULL, true, bytes);
    assert_int_equal(cost(world, bytes, size), 0);
    size = client_hello(world, bytes);
    assert_int_equal(cost(world, bytes, size), 0);
    for (size_t cut = 1; cut < size; cut += 37)
        assert_int_equal(cost(world, bytes, cut), 0);
    size = make_opus(bytes, 1001, 1, 1, 1, 10);
    assert_int_equal(cost(world, bytes, size), 0);
    bytes[1] = 200;
    assert_int_equal(cost(world, bytes, size), 0);
    assert_int_equal(world->victim_bytes, 0);
}

static void noise_gets_nothing(void **state)
{
    World *world = *state;
    uint32_t seed = SEED;
    uint8_t bytes[1400];

    for (unsigned i = 0; i < 20000; i++) {
        size_t size = next_random(&seed) % sizeof(bytes);

        for (size_t k = 0; k < size; k += 4)
            heard_put32(bytes + MIN(k, sizeof(bytes) - 4), next_random(&seed));
        bytes[0] = (uint8_t)(i % 256);
        assert_int_equal(cost(world, bytes, size), 0);
    }
    assert_int_equal(world->stage.datagrams_out, 0);
}

/* Names of any length that the RFC allows, on a path that moves and on one that does not. */
static void a_check_costs_no_more_than_itself(void **state)
{
    static const unsigned lengths[] = {4, 5, 7, 32, 100};
    World *world = *state;
    uint8_t bytes[600];

    assert_true(guest_connect(world->mallory));
    for (unsigned i = 0; i < 64; i++) {
        HeardPeer *peer = stage_peer(&world->stage, MALLORY);
        unsigned length = lengths[i % G_N_ELEMENTS(lengths)];
        size_t size;

        memset(world->mallory->ours.ufrag, 'm', length);
        world->mallory->ours.ufrag[length] = '\0';
        peer->ice.remote = world->mallory->ours;
        world->victim = stage_address(VICTIM_HOST, (uint16_t)(5000 + i / 16));
        size = guest_make_check(world->mallory, NULL, i & 1, bytes);
        assert_in_range(cost(world, bytes, size), 1, size);
    }
}

static uint64_t flood_victim(World *world, unsigned checks)
{
    uint8_t bytes[600];
    uint64_t sent = 0;

    for (unsigned i = 0; i < checks; i++) {
        size_t size = guest_make_check(world->mallory, NULL, true, bytes);

        stage_datagram(&world->stage, &world->victim, bytes, size);
        guest_send_frame(world->alice, 10, 1000, true);
        stage_run_until(&world->stage, world->stage.core.now_us + 500000);
        guest_check(world->alice, true);
        sent += size;
    }
    return sent;
}

/* Voice hammer: a member names a stranger as his new place. He has the password, so his
 * checks are right; but he does not hear what the stranger hears. */
static void no_member_turns_media_on_a_stranger(void **state)
{
    World *world = *state;
    uint64_t sent;
    unsigned before;

    assert_true(guest_connect(world->alice));
    assert_true(guest_connect(world->mallory));
    assert_true(stage_show(&world->stage, MALLORY, 0, ALICE, 720));
    before = world->mallory->rtp_in;
    sent = flood_victim(world, 40);
    assert_true(world->victim_bytes > 0 && world->victim_bytes <= sent);
    assert_in_range(world->mallory->rtp_in - before, 380, 420); /* to where he was */
    /* The same after a restart, whose first check would move the path without the flag. */
    HeardCommand *restart = heard_command_new(NULL, HEARD_COMMAND_RESTART_ICE, 0, MALLORY);

    g_strlcpy(world->mallory->theirs.ufrag, "renewed", sizeof(world->mallory->theirs.ufrag));
    restart->local = world->mallory->theirs;
    restart->remote = world->mallory->ours;
    assert_true(heard_command_run(restart, &world->stage.core));
    heard_command_free(restart);
    world->victim_bytes = 0;
    sent = flood_victim(world, 20);
    assert_true(world->victim_bytes <= sent);
}

/* Before the handshake ends nothing proves a path; a member who moves it meanwhile proves
 * nothing by ending the handshake, for he may have read our flights elsewhere. */
static void a_handshake_that_moved_proves_nothing(void **state)
{
    World *world = *state;
    Guest *mallory = world->mallory;
    uint64_t sent;
    uint8_t bytes[600];
    size_t size;

    assert_true(guest_connect(world->alice));
    guest_check(mallory, true);
    stage_settle(&world->stage);
    size = guest_make_check(mallory, NULL, true, bytes);
    heard_dtls_start(mallory->dtls, world->stage.core.now_us);
    for (unsigned i = 0;
         i < 20 && stage_peer(&world->stage, MALLORY)->state != HEARD_PEER_CONNECTED; i++) {
        const uint8_t *datagram;
        size_t datagram_size;

        /* Her flights are read at his own address, then the path is moved. */
        if (i == 1)
            stage_datagram(&world->stage, &world->victim, bytes, size);
        while ((datagram = heard_dtls_poll_datagram(mallory->dtls, &datagram_size)))
            stage_datagram(&world->stage, &mallory->address, datagram, datagram_size);
        stage_settle(&world->stage);
    }
    assert_int_equal(stage_peer(&world->stage, MALLORY)->state, HEARD_PEER_CONNECTED);
    assert_true(stage_show(&world->stage, MALLORY, 0, ALICE, 720));
    world->victim_bytes = 0;
    sent = flood_victim(world, 20);
    assert_true(world->victim_bytes <= sent);
}

static void who_really_moved_gets_media_there(void **state)
{
    HeardAddress elsewhere = stage_address(55, 6001);
    World *world = *state;
    unsigned before;

    assert_true(guest_connect(world->alice));
    assert_true(guest_connect(world->mallory));
    assert_true(stage_show(&world->stage, MALLORY, 0, ALICE, 720));
    guest_send_frame(world->alice, 4, 900, true);
    stage_settle(&world->stage);
    before = world->mallory->rtp_in;
    assert_int_equal(before, 4);
    guest_move(world->mallory, &elsewhere);
    world->mallory->answered = false;
    guest_check(world->mallory, true);
    stage_settle(&world->stage);
    assert_int_equal(world->mallory->asked, 1);
    assert_false(world->mallory->answered); /* ours came in place of the answer … */
    guest_send_frame(world->alice, 4, 900, false);
    stage_settle(&world->stage);
    assert_int_equal(world->mallory->rtp_in, before + 4);
    guest_check(world->mallory, true);
    stage_settle(&world->stage);
    assert_true(world->mallory->answered); /* … which comes when asked again */
    assert_int_equal(world->mallory->asked, 1);
}

/* All that goes to an address where nobody ever answers the handshake. */
static void flights_are_bounded(void **state)
{
    uint8_t hello[HEARD_DTLS_DATAGRAM_MAX], check[600];
    World *world = *state;
    size_t hello_size = client_hello(world, hello);

    stage_datagram(&world->stage, &world->victim, check,
                   guest_make_check(world->mallory, NULL, true, check));
    stage_settle(&world->stage);
    world->victim_bytes = 0;
    for (unsigned i = 0; i < 400; i++)
        cost(world, hello, hello_size);
    /* OpenSSL's timer runs on the real clock: its first repetitions are due within half a second.
     */
    for (unsigned i = 0; i < 12; i++) {
        g_usleep(50000);
        stage_run_until(&world->stage, world->stage.core.now_us + 100000);
    }
    assert_in_range(world->victim_bytes, 500, HEARD_DTLS_HANDSHAKE_BYTES_MAX);
    print_message("# %" G_GUINT64_FORMAT " bytes\n", world->victim_bytes);
    stage_run_until(&world->stage, world->stage.core.now_us + HEARD_PEER_CONNECT_US);
    assert_null(stage_peer(&world->stage, MALLORY));
    assert_in_range(world->victim_bytes, 500, HEARD_DTLS_HANDSHAKE_BYTES_MAX);
}

#define world_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(strangers_get_nothing),
        world_test(noise_gets_nothing),
        world_test(a_check_costs_no_more_than_itself),
        world_test(no_member_turns_media_on_a_stranger),
        world_test(a_handshake_that_moved_proves_nothing),
        world_test(who_really_moved_gets_media_there),
        world_test(flights_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
