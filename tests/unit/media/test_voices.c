/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/voices.h"

enum { PACKET_US = 20000, PEOPLE = 12, TALK = 22, LOUD = 8, MURMUR = 46, QUIET = 90 };

typedef struct {
    HeardVoices voices;
    HeardVoice people[PEOPLE];
    int levels[PEOPLE]; /* 0: sends nothing */
    unsigned carried[PEOPLE], spoken[PEOPLE];
    unsigned changes;
    int64_t now_us;
} Room;

static void begin(Room *room)
{
    memset(room, 0, sizeof(*room));
    room->now_us = 1000000;
    for (unsigned i = 0; i < PEOPLE; i++)
        room->levels[i] = QUIET;
}

static void run(Room *room, int64_t for_us)
{
    for (int64_t end_us = room->now_us + for_us; room->now_us < end_us; room->now_us += PACKET_US) {
        unsigned places = 0;

        for (unsigned i = 0; i < PEOPLE; i++) {
            HeardVoiceResult result;

            if (room->levels[i] == 0)
                continue;
            result =
                heard_voices_packet(&room->voices, &room->people[i], room->levels[i], room->now_us);
            room->changes += result == HEARD_VOICE_TOOK;
            room->carried[i] += result != HEARD_VOICE_OUT;
            room->spoken[i] += room->levels[i] <= HEARD_VOICES_LEVEL;
        }
        for (unsigned i = 0; i < PEOPLE; i++) {
            uint8_t place = room->people[i].place;

            places += place != 0;
            assert_true(place == 0 || room->voices.places[place - 1] == &room->people[i]);
        }
        assert_true(places <= HEARD_VOICES_MAX);
    }
}

static bool is_heard(const Room *room, unsigned person)
{
    return room->people[person].place != 0;
}

/* Three hold the places and go on speaking. */
static void fill(Room *room)
{
    begin(room);
    room->levels[0] = room->levels[1] = room->levels[2] = TALK;
    run(room, 3000000);
    assert_int_equal(room->changes, 3);
}

static void the_first_word_is_heard_whole(void **state)
{
    Room room;
    (void)state;

    begin(&room);
    run(&room, 1000000);
    assert_int_equal(room.changes, 0); /* silence takes no place */
    room.levels[7] = TALK;
    run(&room, PACKET_US);
    assert_true(is_heard(&room, 7));
    room.levels[7] = QUIET;
    run(&room, 60000000);
    assert_true(is_heard(&room, 7)); /* nobody needed it */
}

static void who_paused_gives_way_within_150_ms(void **state)
{
    Room room;
    (void)state;

    fill(&room);
    room.levels[1] = QUIET;
    run(&room, HEARD_VOICES_PAUSE_US + PACKET_US);
    room.levels[5] = MURMUR; /* however quietly */
    run(&room, 100000);
    assert_true(is_heard(&room, 5) && is_heard(&room, 0) && is_heard(&room, 2));
}

static void a_pause_between_words_costs_no_place(void **state)
{
    Room room;
    (void)state;

    fill(&room);
    room.levels[5] = TALK; /* wants in all the time */
    for (unsigned i = 0; i < 20; i++) {
        room.levels[i % 3] = QUIET;
        run(&room, 300000);
        room.levels[i % 3] = TALK;
        run(&room, 200000);
    }
    assert_false(is_heard(&room, 5));
    assert_int_equal(room.changes, 3);
}

static void a_cough_pushes_nobody(void **state)
{
    Room room;
    (void)state;

    fill(&room);
    for (unsigned i = 0; i < 10; i++) {
        room.levels[3 + i % 5] = LOUD;
        run(&room, 300000);
        room.levels[3 + i % 5] = QUIET;
        run(&room, 700000);
    }
    assert_int_equal(room.changes, 3);
}

static void a_louder_voice_pushes_the_quietest_once(void **state)
{
    Room room;
    (void)state;

    fill(&room);
    room.levels[1] = TALK + 6;
    room.levels[5] = TALK - 2;
    run(&room, 1000000);
    assert_true(is_heard(&room, 5));
    assert_false(is_heard(&room, 1));
    run(&room, 10000000);
    assert_int_equal(room.changes, 4);
}

static void noise_does_not_keep_a_voice_out(void **state)
{
    Room room;
    (void)state;

    begin(&room);
    room.levels[0] = room.levels[1] = room.levels[2] = MURMUR; /* fans, for hours */
    run(&room, 5000000);
    room.levels[5] = TALK;
    run(&room, 120000);
    assert_true(is_heard(&room, 5));
    room.levels[6] = TALK;
    run(&room, 120000);
    assert_true(is_heard(&room, 5) && is_heard(&room, 6));
}

static void equals_do_not_flicker(void **state)
{
    uint32_t seed = 5;
    Room room;
    (void)state;

    print_message("# seed %u\n", seed);
    fill(&room);
    for (unsigned i = 0; i < 3000; i++) {
        for (unsigned person = 0; person < 6; person++)
            room.levels[person] = TALK + (int)(next_random(&seed) % 9) - 4;
        run(&room, PACKET_US);
    }
    assert_int_equal(room.changes, 3);
}

static void who_is_muted_frees_the_place(void **state)
{
    Room room;
    (void)state;

    fill(&room);
    heard_voices_remove(&room.voices, &room.people[1]);
    room.levels[1] = 0;
    room.levels[5] = TALK;
    run(&room, PACKET_US);
    assert_true(is_heard(&room, 5));
    assert_false(is_heard(&room, 1));
}

/*
 * A long meeting of twelve: turns with pauses between words, answers that overlap, coughs
 * and keyboards. At most three speak at a time; then everybody who speaks for more than
 * 300 ms is heard from 100 ms on at the latest, and nobody loses a place while speaking.
 */
static void twelve_in_a_meeting_are_all_heard(void **state)
{
    static Room room;
    int64_t until_us[PEOPLE] = {0}, began_us[PEOPLE] = {0};
    uint32_t seed = 20261127;
    unsigned turns = 0;
    (void)state;

    print_message("# seed %u\n", seed);
    begin(&room);
    for (unsigned step = 0; step < 200000; step++) {
        unsigned active = 0;

        for (unsigned i = 0; i < PEOPLE; i++)
            /* Who has just ended still counts: the pause must show first. */
            active += room.now_us < until_us[i] + HEARD_VOICES_PAUSE_US + PACKET_US;
        if (active < HEARD_VOICES_MAX && next_random(&seed) % 40 == 0) {
            unsigned who = next_random(&seed) % PEOPLE;

            if (room.now_us >= until_us[who]) {
                began_us[who] = room.now_us;
                until_us[who] = room.now_us + 320000 + next_random(&seed) % 8000000;
                turns++;
            }
        }
        for (unsigned i = 0; i < PEOPLE; i++) {
            bool speaks = room.now_us < until_us[i];
            bool gap = next_random(&seed) % 4 == 0; /* a soft packet within a word */

            room.levels[i] = speaks && !gap ? 15 + (int)(next_random(&seed) % 30) : 60 + (int)i;
            if (!speaks && (step + 17 * i) % 400 == 0)
                room.levels[i] = LOUD; /* a click */
        }
        run(&room, PACKET_US);
        for (unsigned i = 0; i < PEOPLE; i++)
            if (room.now_us < until_us[i] && room.now_us - began_us[i] > 200000)
                assert_true(is_heard(&room, i));
    }
    print_message("# turns %u, changes %u\n", turns, room.changes);
    assert_true(turns > 500);
    assert_true(room.changes <= 2 * turns + 3);
}

static void speech_is_counted_with_its_small_pauses(void **state)
{
    HeardVoices voices = {0};
    HeardVoice voice = {0};
    int64_t now_us = 1000000;
    (void)state;

    for (unsigned i = 0; i <= 50; i++, now_us += 20000)
        heard_voices_packet(&voices, &voice, 30, now_us);
    assert_int_equal(voice.spoken_us, 1000000);
    now_us += HEARD_VOICES_PAUSE_US / 2; /* between words */
    heard_voices_packet(&voices, &voice, 30, now_us);
    assert_int_equal(voice.spoken_us, 1000000 + 20000 + HEARD_VOICES_PAUSE_US / 2);
    heard_voices_packet(&voices, &voice, 90, now_us + 20000); /* quiet is no speech */
    now_us += HEARD_VOICES_PAUSE_US;
    heard_voices_packet(&voices, &voice, 30, now_us); /* a new sentence */
    assert_int_equal(voice.spoken_us, 1000000 + 20000 + HEARD_VOICES_PAUSE_US / 2);
    heard_voices_remove(&voices, &voice); /* muted */
    assert_int_equal(voice.spoken_us, 1000000 + 20000 + HEARD_VOICES_PAUSE_US / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_word_is_heard_whole),
        cmocka_unit_test(who_paused_gives_way_within_150_ms),
        cmocka_unit_test(a_pause_between_words_costs_no_place),
        cmocka_unit_test(a_cough_pushes_nobody),
        cmocka_unit_test(a_louder_voice_pushes_the_quietest_once),
        cmocka_unit_test(noise_does_not_keep_a_voice_out),
        cmocka_unit_test(equals_do_not_flicker),
        cmocka_unit_test(who_is_muted_frees_the_place),
        cmocka_unit_test(twelve_in_a_meeting_are_all_heard),
        cmocka_unit_test(speech_is_counted_with_its_small_pauses),
    };

    return cmocka_run_group_tests_name("media voices", tests, NULL, NULL);
}
