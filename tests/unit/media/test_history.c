/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/rtp/history.h"

#include <glib.h>

static void finds_what_was_put(void **state)
{
    HeardHistory history;
    size_t size;
    (void)state;

    heard_history_init(&history, 4096, 4096, 16);
    assert_null(heard_history_find(&history, 0, &size));
    heard_history_put(&history, 65535, (const uint8_t *)"abc", 3, 0);
    assert_memory_equal(heard_history_find(&history, 65535, &size), "abc", 3);
    assert_int_equal(size, 3);
    assert_null(heard_history_find(&history, 65519, &size)); /* the same place, another number */
    heard_history_clear(&history);
    assert_null(heard_history_find(&history, 65535, &size));
    heard_history_deinit(&history);
    heard_history_deinit(&history);
}

static void keeps_no_packet_that_is_too_large(void **state)
{
    static uint8_t large[HEARD_HISTORY_PACKET_MAX + 1];
    HeardHistory history;
    size_t size;
    (void)state;

    heard_history_init(&history, 4096, 4096, 16);
    heard_history_put(&history, 1, large, sizeof(large), 0);
    assert_null(heard_history_find(&history, 1, &size));
    heard_history_put(&history, 1, large, sizeof(large) - 1, 0);
    assert_non_null(heard_history_find(&history, 1, &size));
    heard_history_deinit(&history);
}

/* Model: the last 65536 packets whole. What is found is right; the newest bytes are found. */
static void never_gives_a_wrong_packet(void **state)
{
    enum { BYTES = 16384, PACKETS = 64 };
    typedef struct {
        size_t size;
        uint8_t fill;
    } Model;
    g_autofree Model *model = g_new0(Model, 65536);
    uint8_t packet[HEARD_HISTORY_PACKET_MAX];
    uint32_t seed = 1618;
    uint16_t seq = 65000;
    HeardHistory history;
    unsigned found = 0, changes = 0;
    uint32_t bytes_size = 0;
    int64_t now_us = 0;
    (void)state;

    print_message("# seed %u\n", seed);
    heard_history_init(&history, 4096, BYTES, PACKETS);
    for (int i = 0; i < 100000; i++) {
        size_t size = next_random(&seed) % 1400 + 1;
        uint16_t put, asked;
        const uint8_t *hit;
        seq = (uint16_t)(seq + 1 + next_random(&seed) % 3);
        put = next_random(&seed) % 8 == 0 ? (uint16_t)(seq - next_random(&seed) % 20) : seq;
        /* Slow and fast by turns: the ring grows to its most, and shrinks again. */
        now_us += i / 2000 % 2 == 0 ? 150 * 1000 : 10 * 1000;
        changes += history.bytes_size != bytes_size;
        bytes_size = history.bytes_size;
        model[put] = (Model){size, (uint8_t)next_random(&seed)};
        memset(packet, model[put].fill, size);
        heard_history_put(&history, put, packet, size, now_us);
        assert_non_null(heard_history_find(&history, put, &size));
        asked = (uint16_t)(seq - next_random(&seed) % 100);
        hit = heard_history_find(&history, asked, &size);
        if (!hit)
            continue;
        found++;
        assert_int_equal(size, model[asked].size);
        for (size_t at = 0; at < size; at += 97)
            assert_int_equal(hit[at], model[asked].fill);
        assert_int_equal(hit[size - 1], model[asked].fill);
    }
    assert_in_range(found, 10000, 60000);
    print_message("# %u changes of size\n", changes);
    assert_in_range(changes, 100, 1000);
    assert_int_equal(history.bytes_max, BYTES - 32);
    heard_history_deinit(&history);
}

/* 1.5 Mbit/s needs 84 KiB for 0.45 s, a thumbnail of 100 kbit/s no more than it began with. */
static void grows_as_far_as_the_rate_asks(void **state)
{
    static const struct {
        int64_t step_us;
        size_t least, most;
    } cases[] = {{5555, 83 * 1024, 100 * 1024}, {83333, 31 * 1024, 32 * 1024}};
    static uint8_t packet[1050];
    HeardHistory history;
    size_t size;
    (void)state;

    for (unsigned k = 0; k < G_N_ELEMENTS(cases); k++) {
        heard_history_init(&history, 32 * 1024, 1024 * 1024, 512);
        for (int i = 0; i < 2000; i++) {
            heard_history_put(&history, (uint16_t)i, packet, sizeof(packet), i * cases[k].step_us);
            assert_non_null(heard_history_find(&history, (uint16_t)MAX(i - 20, 0), &size));
        }
        print_message("# %u bytes\n", history.bytes_size);
        assert_in_range(history.bytes_size, cases[k].least, cases[k].most);
        heard_history_deinit(&history);
    }
}

/* A shared screen of 6 Mbit/s, then a picture of 200 kbit/s. */
static void shrinks_when_less_comes(void **state)
{
    static uint8_t packet[1050];
    HeardHistory history;
    int64_t now_us = 0;
    uint16_t seq = 0;
    size_t size;
    (void)state;

    heard_history_init(&history, 32 * 1024, 1024 * 1024, 512);
    for (int i = 0; i < 4000; i++)
        heard_history_put(&history, seq++, packet, sizeof(packet), now_us += 1400);
    assert_in_range(history.bytes_size, 330 * 1024, 400 * 1024);
    for (int i = 0; i < 8000; i++) {
        heard_history_put(&history, seq++, packet, sizeof(packet), now_us += 42000);
        /* 0.45 s of these are 11. */
        assert_non_null(heard_history_find(&history, (uint16_t)(seq - 10), &size));
    }
    assert_int_equal(history.bytes_size, history.bytes_min);
    heard_history_deinit(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put),
        cmocka_unit_test(keeps_no_packet_that_is_too_large),
        cmocka_unit_test(never_gives_a_wrong_packet),
        cmocka_unit_test(grows_as_far_as_the_rate_asks),
        cmocka_unit_test(shrinks_when_less_comes),
    };

    return cmocka_run_group_tests_name("media history", tests, NULL, NULL);
}
