/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/speaker.h"

enum { PACKET_US = 20000, TALK = 20, MURMUR = 45, QUIET = 90 };

typedef struct {
    HeardSpeakers speakers;
    int64_t now_us;
    int levels[8]; /* by id; 0: sends nothing */
    unsigned changes;
} Room;

static void run(Room *room, int64_t for_us)
{
    for (int64_t end_us = room->now_us + for_us; room->now_us < end_us; room->now_us += PACKET_US) {
        for (uint32_t id = 1; id < 8; id++)
            if (room->levels[id] != 0)
                heard_speakers_packet(&room->speakers, id, room->levels[id], room->now_us);
        room->changes += heard_speakers_tick(&room->speakers, room->now_us);
    }
}

static void begin(Room *room)
{
    memset(room, 0, sizeof(*room));
    room->now_us = 1000000;
    heard_speakers_init(&room->speakers);
    for (int id = 1; id < 8; id++)
        room->levels[id] = QUIET;
}

static void the_first_voice_is_on_stage_at_once(void **state)
{
    Room room;
    (void)state;

    begin(&room);
    run(&room, 1000000);
    assert_int_equal(room.speakers.top[0], 0);
    room.levels[3] = TALK;
    run(&room, HEARD_SPEAKER_TICK_US + PACKET_US);
    assert_int_equal(room.speakers.top[0], 3);
    assert_true(heard_speakers_is_top(&room.speakers, 3));
    assert_false(heard_speakers_is_top(&room.speakers, 0));
}

static void a_cough_does_not_take_the_stage(void **state)
{
    Room room;
    (void)state;

    begin(&room);
    room.levels[3] = MURMUR;
    run(&room, 2000000);
    room.levels[5] = 5;
    run(&room, 300000);
    room.levels[5] = QUIET;
    run(&room, 1000000);
    assert_int_equal(room.speakers.top[0], 3);
    assert_true(heard_speakers_is_top(&room.speakers, 5)); /* but was heard */
}

static void the_next_speaker_follows(void **state)
{
    Room room;
    (void)state;

    begin(&room);
    room.levels[3] = TALK;
    run(&room, 3000000);
    room.levels[3] = QUIET;
    room.levels[5] = TALK;
    run(&room, HEARD_SPEAKER_STAY_US + 2 * HEARD_SPEAKER_TICK_US);
    assert_int_equal(room.speakers.top[0], 5);
    assert_int_equal(room.speakers.top[1], 3);
    room.levels[5] = QUIET;
    run(&room, 10000000);
    assert_int_equal(room.speakers.top[0], 5); /* silence changes nothing */
    room.levels[5] = 0;
    heard_speakers_remove(&room.speakers, 5);
    run(&room, PACKET_US);
    assert_int_equal(room.speakers.top[0], 3);
}

static void equals_do_not_flicker(void **state)
{
    uint32_t seed = 99;
    Room room;
    (void)state;

    print_message("# seed %u\n", seed);
    begin(&room);
    room.levels[1] = room.levels[2] = room.levels[3] = TALK;
    run(&room, 2000000);
    room.changes = 0;
    for (int i = 0; i < 500; i++) {
        for (int id = 1; id < 8; id++)
            room.levels[id] = (id < 4 ? TALK : QUIET) + (int)(next_random(&seed) % 7) - 3;
        run(&room, PACKET_US);
    }
    assert_int_equal(room.changes, 0);
}

static void the_three_loudest_are_heard(void **state)
{
    Room room;
    (void)state;

    begin(&room);
    room.levels[1] = room.levels[2] = room.levels[3] = MURMUR;
    run(&room, 2000000);
    room.levels[6] = TALK;
    run(&room, 2 * HEARD_SPEAKER_TICK_US);
    assert_true(heard_speakers_is_top(&room.speakers, 6));
}

static void a_crowd_is_bounded(void **state)
{
    Room room;
    (void)state;

    begin(&room);
    room.levels[3] = TALK;
    run(&room, 1000000);
    for (uint32_t id = 1000; id < 1000 + 3 * HEARD_SPEAKER_MAX; id++)
        heard_speakers_packet(&room.speakers, id, QUIET, room.now_us);
    assert_true(heard_speakers_is_top(&room.speakers, 3));
    run(&room, 1000000);
    assert_int_equal(room.speakers.top[0], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_voice_is_on_stage_at_once),
        cmocka_unit_test(a_cough_does_not_take_the_stage),
        cmocka_unit_test(the_next_speaker_follows),
        cmocka_unit_test(equals_do_not_flicker),
        cmocka_unit_test(the_three_loudest_are_heard),
        cmocka_unit_test(a_crowd_is_bounded),
    };

    return cmocka_run_group_tests_name("media speaker", tests, NULL, NULL);
}
