/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The test vectors of recordings/FORMAT.md (tests/vectors): what was written once must be read
 * for ever. HEARD_VECTORS_OUT=DIR makes them anew: only for a new version of the format.
 */
#include "log_fixture.h"

static const struct {
    HeardLogRecordType type;
    uint32_t track;
    int64_t at_us;
    const char *text; /* NULL: bytes */
} records[] = {
    {HEARD_LOG_CLOCK, 0, 0, "{\"sync\":\"ntp\",\"wall_ms\":1795824000000}"},
    {HEARD_LOG_TRACK, 1, 1000,
     "{\"audio_level_ext\":1,\"clock_rate\":48000,\"codec\":\"opus\",\"fmtp\":\"useinbandfec=1\","
     "\"layer\":0,\"participant\":\"p1\",\"payload_type\":111,\"peer\":1,\"source\":\"microphone\","
     "\"ssrc\":305419896}"},
    {HEARD_LOG_EVENT, 0, 2000,
     "{\"name\":\"李四\",\"participant\":\"p1\",\"role\":\"petitioner\",\"type\":\"join\"}"},
    {HEARD_LOG_RTP, 1, 20000, NULL},
    {HEARD_LOG_RTP, 1, 40000, NULL},
    {HEARD_LOG_SR, 1, 41000, NULL},
    {HEARD_LOG_GAP, 1, 80000, "{\"count\":2,\"first_seq\":9,\"reason\":\"network\"}"},
    {HEARD_LOG_LAYER, 1, 81000, "{\"from\":0,\"ssrc\":305419896,\"to\":1}"},
    {HEARD_LOG_CLOCK, 0, 61000000, "{\"step_ms\":-40,\"sync\":\"none\",\"wall_ms\":1795824060960}"},
    {HEARD_LOG_RTP, 1, 61020000, NULL},
    {HEARD_LOG_END, 1, 62000000, "{\"reason\":\"left\"}"},
};

/* Something that looks like a packet, from nothing but its place. */
static size_t make_bytes(unsigned index, uint8_t ret_bytes[static 64])
{
    size_t size = records[index].type == HEARD_LOG_SR ? 28 : 40 + index;

    for (size_t i = 0; i < size; i++)
        ret_bytes[i] = (uint8_t)(index * 16 + i);
    ret_bytes[0] = 0x80;
    return size;
}

static HeardLogRecord record_at(unsigned index, uint8_t bytes[static 64])
{
    HeardLogRecord record = {.type = (uint8_t)records[index].type,
                             .track = records[index].track,
                             .at_us = records[index].at_us,
                             .payload = (const uint8_t *)records[index].text};

    if (records[index].text) {
        record.size = strlen(records[index].text);
    } else {
        record.size = make_bytes(index, bytes);
        record.payload = bytes;
    }
    return record;
}

static void make_vectors(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "hearing", "R01", NULL);
    g_autofree char *org = g_build_filename(folder, "organisation.key", NULL);
    g_autofree char *signing = g_build_filename(folder, "signing-key.pem", NULL);
    g_autofree char *certificate = g_build_filename(folder, "signing-certificate.pem", NULL);
    g_autoptr(HeardOrgKey) key = heard_org_key_load_or_create(org, NULL);
    g_autoptr(HeardSigner) signer = heard_signer_load_or_create(
        signing, certificate, HEARD_SIGNING_ED25519, "heard test vectors", NULL);
    HeardPacketLogSpec spec = {.path = path,
                               .hearing = "hearing",
                               .recording = "R01",
                               .room = "main",
                               .node = "n1",
                               .number = "X-R01",
                               .epoch = 1,
                               .start_wall_ms = 1795824000000,
                               .signer = signer};
    HeardPacketLog *log = heard_packet_log_new(&spec, key, NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(records); i++) {
        uint8_t bytes[64];
        HeardLogRecord record = record_at(i, bytes);

        assert_true(heard_packet_log_append(log, &record, record.type == HEARD_LOG_GAP ? 2 : 0));
        if (i == 4 || i == 7 || i == 8)
            assert_true(heard_packet_log_flush(log, record.at_us, 1795824000000, NULL));
    }
    assert_true(heard_packet_log_note(log, "pause", 61500000, 1795824061500,
                                      json_pack("{s:s}", "reason", "recess")));
    assert_true(heard_packet_log_note(log, "resume", 61900000, 1795824061900, json_object()));
    assert_true(heard_packet_log_finish(log, 62000000, 1795824062000, NULL));
    heard_packet_log_free(log);
}

static void old_logs_are_read_for_ever(void **state)
{
    g_autoptr(HeardOrgKey) key = heard_org_key_load(VECTORS "/organisation.key", NULL);
    g_autoptr(HeardLogReader) reader = NULL;
    g_autoptr(HeardVerifyReport) report = NULL;
    HeardLogRecord record;
    unsigned count = 0;
    (void)state;

    if (!key) { /* a checkout gives its files to everybody; the key of a server is not so */
        g_autofree char *text = NULL;
        g_autofree char *copy = g_build_filename(g_get_tmp_dir(), "heard-vectors.key", NULL);

        assert_true(g_file_get_contents(VECTORS "/organisation.key", &text, NULL, NULL));
        assert_true(g_file_set_contents_full(copy, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
        key = heard_org_key_load(copy, NULL);
        g_remove(copy);
    }
    assert_non_null(key);
    reader = heard_log_reader_open(VECTORS "/hearing/R01", key, NULL);
    assert_non_null(reader);
    while (heard_log_reader_next(reader, &record)) {
        uint8_t bytes[64];
        HeardLogRecord expected = record_at(count++, bytes);

        assert_true(count <= G_N_ELEMENTS(records));
        assert_int_equal(record.type, expected.type);
        assert_int_equal(record.track, expected.track);
        assert_int_equal(record.at_us, expected.at_us);
        assert_int_equal(record.size, expected.size);
        assert_memory_equal(record.payload, expected.payload, record.size);
    }
    assert_int_equal(count, G_N_ELEMENTS(records));
    report = heard_verify(VECTORS "/hearing/R01",
                          &(HeardVerifyTrust){VECTORS "/signing-certificate.pem", NULL}, NULL);
    assert_int_equal(report->result, HEARD_VERIFY_INTACT);
    assert_int_equal(report->segments, 2);
    assert_int_equal(report->signatures, 3);
    assert_int_equal(report->lost, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_logs_are_read_for_ever),
    };

    if (g_getenv("HEARD_VECTORS_OUT")) {
        make_vectors(g_getenv("HEARD_VECTORS_OUT"));
        return 0;
    }
    return cmocka_run_group_tests_name("recordings vectors", tests, NULL, NULL);
}
