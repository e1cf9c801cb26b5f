/* SPDX-License-Identifier: Apache-2.0 */
#include "log_fixture.h"

#include "recordings/commands.h"
#include "recordings/export.h"
#include "recordings/pcapng.h"
#include "server/base/error.h"

enum { PACKETS = 40, HEADERS = 28 };

static uint32_t get32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static unsigned get16_big(const uint8_t *at)
{
    return (unsigned)(at[0] << 8 | at[1]);
}

static void append(HeardPacketLog *log, HeardLogRecordType type, uint32_t track, int64_t at_us,
                   const void *payload, size_t size)
{
    HeardLogRecord record = {
        .type = (uint8_t)type, .track = track, .at_us = at_us, .payload = payload, .size = size};

    assert_true(heard_packet_log_append(log, &record, 0));
}

static void make_log(const Fixture *fixture)
{
    static const char track[] =
        "{\"participant\":\"p1\",\"peer\":1,\"source\":\"microphone\",\"codec\":\"opus\","
        "\"payload_type\":111,\"clock_rate\":48000,\"ssrc\":7,\"layer\":0,\"fmtp\":\"\","
        "\"audio_level_ext\":0}";
    static const char event[] = "{\"type\":\"phase\"}";
    static const uint8_t report[28] = {0x80, 200};
    HeardPacketLog *log = fixture_log(fixture, NULL);

    append(log, HEARD_LOG_TRACK, 3, 0, track, strlen(track));
    append(log, HEARD_LOG_EVENT, 0, 10, event, strlen(event));
    append(log, HEARD_LOG_SR, 3, 20, report, sizeof report);
    for (uint32_t i = 0; i < PACKETS; i++)
        append_packet(log, 3, 1000 + i * 20000, i, 101 + i % 4);
    assert_true(heard_packet_log_finish(log, 1000000, 0, NULL));
    heard_packet_log_free(log);
}

/* The ones' complement sum of a right IPv4 header is 0xffff. */
static void assert_ip(const uint8_t *ip, size_t size)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < 20; i += 2)
        sum += get16_big(ip + i);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    assert_int_equal(sum, 0xffff);
    assert_int_equal(ip[0], 0x45);
    assert_int_equal(get16_big(ip + 2), size);
    assert_int_equal(get16_big(ip + 24), size - 20);
}

typedef struct {
    unsigned rtp, rtcp, records;
    bool named;
    int64_t first_us;
} Read;

static void read_packet(Read *read, const uint8_t *body)
{
    size_t size = get32(body + 12);
    const uint8_t *ip = body + 20, *payload = ip + HEADERS;
    int64_t at_us = (int64_t)((uint64_t)get32(body + 4) << 32 | get32(body + 8));
    unsigned port = get16_big(ip + 22);
    uint32_t value;

    assert_int_equal(get32(body + 16), size);
    assert_ip(ip, size);
    if (read->first_us == 0)
        read->first_us = at_us;
    if (port == HEARD_EXPORT_RTP_PORT) {
        assert_int_equal(size - HEADERS, 101 + read->rtp % 4);
        memcpy(&value, payload, sizeof value);
        assert_int_equal(value, read->rtp);
        assert_int_equal(payload[50], read->rtp & 0xff);
        assert_int_equal(at_us - read->first_us, 1000 + read->rtp * 20000);
        assert_int_equal(ip[15], 3);
        read->rtp++;
    } else if (port == HEARD_EXPORT_RTCP_PORT) {
        assert_int_equal(payload[1], 200);
        read->rtcp++;
    } else {
        assert_int_equal(port, HEARD_EXPORT_RECORD_PORT);
        if (size == HEADERS + 22)
            assert_memory_equal(payload, "event {\"type\":\"phase\"}", 22);
        read->records++;
    }
}

static Read read_file(const char *path)
{
    g_autofree char *bytes = NULL;
    Read read = {0};
    size_t size, at = 0;

    bytes = heard_disk_read(path, 1 << 24, &size, NULL);
    assert_non_null(bytes);
    while (at < size) {
        const uint8_t *block = (const uint8_t *)bytes + at;
        uint32_t length = get32(block + 4);

        assert_true(length % 4 == 0 && length >= 12 && at + length <= size);
        assert_int_equal(get32(block + length - 4), length);
        if (get32(block) == 6)
            read_packet(&read, block + 8);
        if (get32(block) == 4 && !memcmp(block + 16, "p1.microphone.opus", 19))
            read.named = block[15] == 3;
        at += length;
    }
    assert_int_equal(at, size);
    return read;
}

static void holds_what_the_log_holds(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *out = g_build_filename(fixture.root, "out.pcapng", NULL);
    HeardExportCount count;
    struct stat info;
    Read read;
    (void)state;

    make_log(&fixture);
    assert_true(heard_export_pcapng(fixture.path, fixture.key_path, out, &count, NULL));
    assert_int_equal(stat(out, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    read = read_file(out);
    assert_int_equal(read.rtp, PACKETS);
    assert_int_equal(read.rtcp, 1);
    assert_true(read.records >= 2);
    assert_true(read.named);
    assert_int_equal(count.packets, PACKETS);
    assert_int_equal(count.reports, 1);
    assert_int_equal(count.records, read.records);
    assert_int_equal(count.damaged, 0);
    fixture_free(&fixture);
}

static void leaves_nothing_behind_when_it_fails(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *out = g_build_filename(fixture.root, "none", "out.pcapng", NULL);
    g_autofree char *part = g_build_filename(fixture.root, "out.pcapng.part", NULL);
    g_autofree char *wrong_key = g_build_filename(fixture.root, "other.key", NULL);
    g_autofree char *there = g_build_filename(fixture.root, "out.pcapng", NULL);
    g_autoptr(HeardOrgKey) other = heard_org_key_load_or_create(wrong_key, NULL);
    g_autoptr(GError) no_folder = NULL;
    g_autoptr(GError) no_key = NULL;
    g_autoptr(GError) full = NULL;
    HeardPcapng *writer;
    HeardExportCount count;
    (void)state;

    make_log(&fixture);
    assert_false(heard_export_pcapng(fixture.path, fixture.key_path, out, &count, &no_folder));
    assert_int_equal(heard_error_code(no_folder), HEARD_ERROR_NOT_FOUND);
    assert_false(heard_export_pcapng(fixture.path, wrong_key, there, &count, &no_key));
    assert_int_equal(heard_error_code(no_key), HEARD_ERROR_CRYPTO);
    writer = heard_pcapng_new(there, "given up", NULL);
    heard_pcapng_free(writer);
    assert_int_not_equal(access(there, F_OK), 0);
    assert_int_not_equal(access(part, F_OK), 0);
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_what_the_log_holds),
        cmocka_unit_test(leaves_nothing_behind_when_it_fails),
    };

    return cmocka_run_group_tests_name("recordings export", tests, NULL, NULL);
}
