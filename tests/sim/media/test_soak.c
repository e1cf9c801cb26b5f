/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Days of joins and leaves on a fake clock: rooms open and close, guests come with a real
 * handshake, speak, show, watch, move, fall silent, leave, come back. At each full hour the
 * house is empty, and must be as small as it was after the first.
 *
 * HEARD_SOAK_HOURS (1) is how long, HEARD_SOAK_SEED the seed.
 */
#include "tests/sim/media/guest.h"
#include "tests/unit/heard_test.h"
#include "tests/unit/media/packets.h"

#include <malloc.h>
#include <stdlib.h>

enum {
    ROOMS = 4,
    SEATS = 16, /* guests at a time, over all rooms */
    STEP_US = 2 * 1000 * 1000,
    HOUR_STEPS = 1800,
    LAST_STEPS = 30, /* of an hour: nobody comes, all go */
    CHECK_STEPS = 2, /* a check each four seconds */
    GROWTH_MAX = 64 * 1024,
};

#define HOUR_US (INT64_C(3600) * 1000 * 1000)

size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

typedef enum { SEAT_FREE, SEAT_HERE, SEAT_SILENT } SeatState;

typedef struct {
    Guest *guest;
    HeardRoomId room;
    SeatState state;
} Seat;

typedef struct {
    Stage stage;
    HeardDtlsIdentity *identity;
    Seat seats[SEATS];
    HeardRoomId rooms[ROOMS]; /* 0: closed */
    uint32_t seed;
    unsigned next_id;
    unsigned joins, leaves, timeouts, closes, moves, rooms_opened, half_open;
    uint64_t rtp_in;
} House;

static size_t heap_bytes(void)
{
    if (__sanitizer_get_current_allocated_bytes)
        return __sanitizer_get_current_allocated_bytes();
    return mallinfo2().uordblks;
}

static size_t resident_kb(void)
{
    g_autofree char *text = NULL;
    size_t pages = 0;

    if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
        pages = strtoul(strchr(text, ' ') + 1, NULL, 10);
    return pages * 4;
}

static unsigned roll(House *house, unsigned sides)
{
    return next_random(&house->seed) % sides;
}

static void clear_seat(House *house, Seat *seat)
{
    if (seat->guest)
        house->rtp_in += seat->guest->rtp_in;
    guest_free(seat->guest);
    *seat = (Seat){0};
}

static void open_rooms(House *house)
{
    for (unsigned i = 0; i < ROOMS; i++)
        if (house->rooms[i] == 0 && roll(house, 20) == 0) {
            house->rooms[i] = ++house->next_id;
            house->rooms_opened++;
            assert_true(stage_command(&house->stage, HEARD_COMMAND_OPEN_ROOM, house->rooms[i], 0));
        }
}

static void close_room(House *house, unsigned index)
{
    stage_command(&house->stage, HEARD_COMMAND_CLOSE_ROOM, house->rooms[index], 0);
    stage_settle(&house->stage);
    for (unsigned i = 0; i < SEATS; i++)
        if (house->seats[i].guest && house->seats[i].room == house->rooms[index])
            clear_seat(house, &house->seats[i]);
    house->rooms[index] = 0;
}

/* Everybody watches somebody of the same room. */
static void show_somebody(House *house, const Seat *seat)
{
    const Seat *other = &house->seats[roll(house, SEATS)];

    if (other->guest && other != seat && other->room == seat->room)
        stage_show(&house->stage, seat->guest->number, 0, other->guest->number, 360);
}

static void join(House *house, Seat *seat)
{
    HeardRoomId room = house->rooms[roll(house, ROOMS)];

    if (room == 0)
        return;
    seat->guest = guest_new(&house->stage, house->identity, ++house->next_id);
    seat->room = room;
    assert_true(stage_add_peer(&house->stage, room, seat->guest->number, guest_plan(seat->guest)));
    house->joins++;
    switch (roll(house, 10)) {
    case 0: /* never heard of again */
        seat->state = SEAT_SILENT;
        house->half_open++;
        break;
    case 1: /* a check, a handshake that is not finished */
        guest_check(seat->guest, true);
        heard_dtls_start(seat->guest->dtls, house->stage.core.now_us);
        seat->state = SEAT_SILENT;
        house->half_open++;
        break;
    default:
        assert_true(guest_connect(seat->guest));
        seat->state = SEAT_HERE;
        show_somebody(house, seat);
    }
}

static void leave(House *house, Seat *seat)
{
    unsigned number = seat->guest->number;
    HeardPeer *peer = stage_peer(&house->stage, number);

    switch (roll(house, 3)) {
    case 0: /* by HTTP */
        assert_true(stage_command(&house->stage, HEARD_COMMAND_REMOVE_PEER, 0, number));
        break;
    case 1: /* by DTLS */
        heard_peer_leave(peer, HEARD_PEER_GONE_CLOSED);
        heard_core_end_round(&house->stage.core);
        house->closes++;
        break;
    default: /* the line is cut: the server finds out */
        seat->state = SEAT_SILENT;
        return;
    }
    stage_settle(&house->stage);
    house->leaves++;
    clear_seat(house, seat);
}

static void be_here(House *house, Seat *seat, unsigned step)
{
    Guest *guest = seat->guest;

    if (step % CHECK_STEPS == 0)
        guest_check(guest, true);
    guest_send_audio(guest);
    guest_send_frame(guest, 1 + roll(house, 5), 50 + roll(house, 1000), roll(house, 8) == 0);
    if (roll(house, 6) == 0)
        guest->video_seq += 3; /* lost on the way up */
    if (roll(house, 5) == 0)
        guest_send_feedback(guest);
    if (roll(house, 30) == 0)
        show_somebody(house, seat);
    if (roll(house, 200) == 0) {
        HeardAddress address = stage_address(roll(house, 1000), (uint16_t)(7000 + roll(house, 50)));

        guest_move(guest, &address);
        guest_check(guest, true);
        house->moves++;
    }
    stage_settle(&house->stage);
    if (roll(house, 150) == 0)
        leave(house, seat);
}

static void run_step(House *house, unsigned step)
{
    bool last = step >= HOUR_STEPS - LAST_STEPS;

    if (!last)
        open_rooms(house);
    for (unsigned i = 0; i < SEATS; i++) {
        Seat *seat = &house->seats[i];

        if (seat->state == SEAT_SILENT && !stage_peer(&house->stage, seat->guest->number)) {
            house->timeouts++;
            clear_seat(house, seat);
        } else if (seat->state == SEAT_FREE && !last && roll(house, 10) == 0) {
            join(house, seat);
        } else if (seat->state == SEAT_HERE) {
            be_here(house, seat, step);
        }
    }
    if (!last && roll(house, 300) == 0) {
        unsigned index = roll(house, ROOMS);

        if (house->rooms[index] != 0)
            close_room(house, index);
    }
    stage_run_until(&house->stage, house->stage.core.now_us + STEP_US);
}

static void assert_empty(House *house)
{
    HeardCore *core = &house->stage.core;

    for (unsigned i = 0; i < ROOMS; i++)
        if (house->rooms[i] != 0)
            close_room(house, i);
    assert_int_equal(g_hash_table_size(core->rooms), 0);
    assert_int_equal(g_hash_table_size(core->peers), 0);
    assert_int_equal(core->dirty->len + core->touched->len + core->leaving->len, 0);
    assert_int_equal(core->closing->len, 0);
    assert_true(heard_loop_deadline_us(core->loop) == INT64_MAX); /* no timer is left */
    assert_int_equal(g_hash_table_size(house->stage.receivers), 0);
    assert_true(g_queue_is_empty(house->stage.out));
    assert_int_equal(house->stage.gone, house->joins);
}

static long option(const char *name, long initial)
{
    const char *text = g_getenv(name);

    return text ? strtol(text, NULL, 10) : initial;
}

static void days_of_joins_and_leaves_leave_nothing(void **state)
{
    House house = {.seed = (uint32_t)option("HEARD_SOAK_SEED", 20261127)};
    long hours = option("HEARD_SOAK_HOURS", 1);
    size_t heap, first = 0, largest = 0;
    (void)state;

    print_message("# seed %u, %ld hours\n", house.seed, hours);
    stage_open(&house.stage, HOUR_US);
    house.identity = heard_dtls_identity_new(NULL);
    for (long hour = 1; hour <= hours; hour++) {
        for (unsigned step = 0; step < HOUR_STEPS; step++)
            run_step(&house, step);
        assert_empty(&house);
        heap = heap_bytes();
        first = hour == 1 ? heap : first;
        largest = MAX(largest, heap);
        print_message("# hour %ld: heap %zu B, resident %zu KiB, %u joins, %u rooms\n", hour, heap,
                      resident_kb(), house.joins, house.rooms_opened);
        assert_true(heap <= first + GROWTH_MAX);
    }
    print_message("# %u joins (%u half open), %u left, %u closed by DTLS, %u timed out, %u moved; "
                  "%u connected; rtp to guests %" G_GUINT64_FORMAT "; grown by %zd B\n",
                  house.joins, house.half_open, house.leaves, house.closes, house.timeouts,
                  house.moves, house.stage.connected, house.rtp_in, (ssize_t)(largest - first));
    assert_true(house.timeouts > 0 && house.leaves > 0 && house.moves > 0);
    assert_true(house.rtp_in > house.joins);
    stage_close(&house.stage);
    heard_dtls_identity_free(house.identity);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_of_joins_and_leaves_leave_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
