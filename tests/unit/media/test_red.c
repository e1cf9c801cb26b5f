/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"
#include "packets.h"

#include "media/codec/red.h"

enum { OPUS = 111 };

/* As Chromium 156 sends it: one block, 20 ms back. */
static void a_browsers_packet_is_read(void **state)
{
    static const uint8_t payload[] = {0x80 | OPUS, 0x0f, 0x00, 0x03, OPUS, 'o', 'l', 'd', 'n', 'w'};
    HeardRed red;
    (void)state;

    assert_true(heard_red_parse(payload, sizeof(payload), &red));
    assert_int_equal(red.count, 2);
    assert_int_equal(red.blocks[0].payload_type, OPUS);
    assert_int_equal(red.blocks[0].ts_back, 960);
    assert_int_equal(red.blocks[0].offset, 5);
    assert_int_equal(red.blocks[0].size, 3);
    assert_int_equal(red.blocks[1].payload_type, OPUS);
    assert_int_equal(red.blocks[1].ts_back, 0);
    assert_int_equal(red.blocks[1].offset, 8);
    assert_int_equal(red.blocks[1].size, 2);
}

static void the_primary_may_stand_alone_or_be_empty(void **state)
{
    static const uint8_t alone[] = {OPUS, 1, 2, 3}, empty[] = {OPUS};
    HeardRed red;
    (void)state;

    assert_true(heard_red_parse(alone, sizeof(alone), &red));
    assert_int_equal(red.count, 1);
    assert_int_equal(red.blocks[0].size, 3);
    assert_true(heard_red_parse(empty, sizeof(empty), &red));
    assert_int_equal(red.blocks[0].size, 0);
}

static void what_is_cut_off_is_refused(void **state)
{
    static const uint8_t payload[] = {0x80 | OPUS, 0x0f, 0x00, 0x03, OPUS, 'o', 'l', 'd'};
    uint8_t endless[4 * HEARD_RED_BLOCKS_MAX + 4];
    HeardRed red = {.count = 77};
    (void)state;

    for (size_t size = 0; size < sizeof(payload); size++)
        assert_false(heard_red_parse(payload, size, &red));
    assert_true(heard_red_parse(payload, sizeof(payload), &red)); /* an empty primary */
    memset(endless, 0x80, sizeof(endless));
    assert_false(heard_red_parse(endless, sizeof(endless), &red));
    assert_int_equal(red.count, 2);
}

static void limits_of_the_format_are_kept(void **state)
{
    static const uint8_t bytes[HEARD_RED_BLOCK_SIZE_MAX + 1];
    HeardRedPart parts[2] = {{bytes, HEARD_RED_BLOCK_SIZE_MAX, OPUS, HEARD_RED_TS_BACK_MAX},
                             {bytes, sizeof(bytes), OPUS, 0}};
    uint8_t out[4096];
    HeardRed red;
    size_t size;
    (void)state;

    size = heard_red_write(parts, 2, out, sizeof(out));
    assert_int_equal(size, 5 + 2 * HEARD_RED_BLOCK_SIZE_MAX + 1);
    assert_true(heard_red_parse(out, size, &red));
    assert_int_equal(red.blocks[0].ts_back, HEARD_RED_TS_BACK_MAX);
    assert_int_equal(heard_red_write(parts, 2, out, size - 1), 0);
    parts[0].ts_back++;
    assert_int_equal(heard_red_write(parts, 2, out, sizeof(out)), 0);
    parts[0] = (HeardRedPart){bytes, HEARD_RED_BLOCK_SIZE_MAX + 1, OPUS, 960};
    assert_int_equal(heard_red_write(parts, 2, out, sizeof(out)), 0);
    assert_int_equal(heard_red_write(parts, 0, out, sizeof(out)), 0);
}

/* Whatever is written reads back as it was. */
static void what_is_written_reads_back(void **state)
{
    uint8_t source[4096], out[HEARD_RED_BLOCKS_MAX * 500 + 64];
    uint32_t seed = 20261127;
    (void)state;

    print_message("# seed %u\n", seed);
    for (size_t i = 0; i < sizeof(source); i++)
        source[i] = (uint8_t)next_random(&seed);
    for (unsigned round = 0; round < 20000; round++) {
        HeardRedPart parts[HEARD_RED_BLOCKS_MAX];
        unsigned count = 1 + next_random(&seed) % HEARD_RED_BLOCKS_MAX;
        HeardRed red;
        size_t size;

        for (unsigned i = 0; i < count; i++)
            parts[i] = (HeardRedPart){source + next_random(&seed) % 3000, next_random(&seed) % 400,
                                      (uint8_t)(next_random(&seed) & 0x7f),
                                      next_random(&seed) & HEARD_RED_TS_BACK_MAX};
        size = heard_red_write(parts, count, out, sizeof(out));
        assert_int_equal(size, heard_red_size(parts, count));
        assert_true(heard_red_parse(out, size, &red));
        assert_int_equal(red.count, count);
        for (unsigned i = 0; i < count; i++) {
            assert_int_equal(red.blocks[i].payload_type, parts[i].payload_type);
            assert_int_equal(red.blocks[i].ts_back, i + 1 < count ? parts[i].ts_back : 0);
            assert_int_equal(red.blocks[i].size, parts[i].size);
            assert_memory_equal(out + red.blocks[i].offset, parts[i].data, parts[i].size);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_browsers_packet_is_read),
        cmocka_unit_test(the_primary_may_stand_alone_or_be_empty),
        cmocka_unit_test(what_is_cut_off_is_refused),
        cmocka_unit_test(limits_of_the_format_are_kept),
        cmocka_unit_test(what_is_written_reads_back),
    };

    return cmocka_run_group_tests_name("media red", tests, NULL, NULL);
}
