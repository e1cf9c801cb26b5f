/* SPDX-License-Identifier: Apache-2.0 */
#include "log_fixture.h"

#include "recordings/crc32c.h"

/* As RFC 3720 B.4 defines it, a bit at a time. */
static uint32_t slow_crc(const uint8_t *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
    }
    return ~crc;
}

static void crc_has_the_known_value(void **state)
{
    uint8_t bytes[1300];
    (void)state;

    assert_int_equal(heard_crc32c(0, "123456789", 9), 0xe3069283);
    memset(bytes, 0, 32);
    assert_int_equal(heard_crc32c(0, bytes, 32), 0x8a9136aa); /* RFC 3720 B.4 */
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    for (size_t cut = 0; cut < sizeof bytes; cut++) {
        assert_int_equal(heard_crc32c(0, bytes, cut), slow_crc(bytes, cut));
        assert_int_equal(heard_crc32c(heard_crc32c(0, bytes, cut), bytes + cut, sizeof bytes - cut),
                         slow_crc(bytes, sizeof bytes));
    }
}

static void record_survives_and_every_flip_is_seen(void **state)
{
    uint8_t bytes[HEARD_LOG_RECORD_HEAD + 5];
    HeardLogRecord record = {.type = HEARD_LOG_RTP,
                             .track = 7,
                             .at_us = -3,
                             .payload = (const uint8_t *)"hello",
                             .size = 5};
    HeardLogRecord read;
    (void)state;

    assert_int_equal(heard_log_encode_record(bytes, &record), sizeof bytes);
    assert_int_equal(heard_log_decode_record(bytes, sizeof bytes, &read), sizeof bytes);
    assert_int_equal(read.track, 7);
    assert_int_equal(read.at_us, -3);
    assert_memory_equal(read.payload, "hello", 5);
    assert_int_equal(heard_log_decode_record(bytes, sizeof bytes - 1, &read), 0);
    for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(heard_log_decode_record(bytes, sizeof bytes, &read), 0);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void root_is_that_of_rfc6962(void **state)
{
    /* RFC 6962's own test vectors: leaves "", 00, 10, 2021, 3031, 40414243 … */
    static const char *const inputs[] = {"",         "\x00",     "\x10",
                                         "\x20\x21", "\x30\x31", "\x40\x41\x42\x43"};
    static const size_t sizes[] = {0, 1, 1, 2, 2, 4};
    static const char *const roots[] = {
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"};
    uint8_t leaves[6 * HEARD_LOG_HASH_SIZE];
    (void)state;

    for (size_t i = 0; i < 6; i++) {
        uint8_t root[HEARD_LOG_HASH_SIZE];
        char hex[HEARD_CHAIN_HEX_SIZE];
        heard_chain_leaf(leaves + i * HEARD_LOG_HASH_SIZE, inputs[i], sizes[i]);
        heard_chain_root(root, leaves, i + 1);
        heard_chain_to_hex(hex, root);
        assert_string_equal(hex, roots[i]);
    }
}

static void sealing_binds_place_and_head(void **state)
{
    uint8_t id[HEARD_LOG_ID_SIZE] = {1};
    uint8_t head[HEARD_LOG_SEGMENT_HEAD] = {9};
    g_autoptr(HeardDataKey) key = heard_data_key_new(id);
    g_autoptr(HeardSealer) sealer = heard_sealer_new();
    uint8_t plain[100], opened[100];
    uint8_t frame[HEARD_LOG_CHUNK_HEAD + 100 + HEARD_LOG_TAG_SIZE];
    HeardChunkHead chunk = {.index = 3, .plain_size = 100, .record_count = 1};
    (void)state;

    memset(plain, 5, sizeof plain);
    heard_sealer_set_segment(sealer, key, 1, head);
    heard_sealer_seal(sealer, &chunk, plain, frame);
    assert_memory_not_equal(frame + HEARD_LOG_CHUNK_HEAD, plain, sizeof plain);
    assert_true(heard_sealer_open(sealer, &chunk, frame, opened));
    assert_memory_equal(opened, plain, sizeof plain);
    chunk.index = 4;
    assert_false(heard_sealer_open(sealer, &chunk, frame, opened));
    chunk.index = 3;
    heard_sealer_set_segment(sealer, key, 2, head);
    assert_false(heard_sealer_open(sealer, &chunk, frame, opened));
    head[40] ^= 1;
    heard_sealer_set_segment(sealer, key, 1, head);
    assert_false(heard_sealer_open(sealer, &chunk, frame, opened));
}

static void data_key_opens_only_under_its_organisation_key(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *other_path = g_build_filename(fixture.root, "other.key", NULL);
    g_autoptr(HeardOrgKey) other = heard_org_key_load_or_create(other_path, NULL);
    g_autoptr(HeardOrgKey) again = heard_org_key_load(fixture.key_path, NULL);
    uint8_t id[HEARD_LOG_ID_SIZE] = {1}, wrong_id[HEARD_LOG_ID_SIZE] = {2};
    g_autoptr(HeardDataKey) key = heard_data_key_new(id);
    json_t *wrapped = heard_data_key_wrap(key, fixture.key, NULL);
    g_autoptr(HeardDataKey) opened = heard_data_key_unwrap(wrapped, again, id, NULL);
    g_autoptr(GError) error = NULL;
    (void)state;

    assert_non_null(opened);
    assert_string_equal(heard_org_key_id(again), heard_org_key_id(fixture.key));
    assert_null(heard_data_key_unwrap(wrapped, other, id, NULL));
    assert_null(heard_data_key_unwrap(wrapped, fixture.key, wrong_id, NULL));
    json_object_set_new(wrapped, "wrapped", json_string("00"));
    assert_null(heard_data_key_unwrap(wrapped, fixture.key, id, NULL));
    json_decref(wrapped);
    assert_int_equal(g_chmod(fixture.key_path, 0644), 0);
    assert_null(heard_org_key_load(fixture.key_path, &error));
    assert_non_null(strstr(error->message, "chmod 600"));
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc_has_the_known_value),
        cmocka_unit_test(record_survives_and_every_flip_is_seen),
        cmocka_unit_test(root_is_that_of_rfc6962),
        cmocka_unit_test(sealing_binds_place_and_head),
        cmocka_unit_test(data_key_opens_only_under_its_organisation_key),
    };

    return cmocka_run_group_tests_name("recordings format", tests, NULL, NULL);
}
