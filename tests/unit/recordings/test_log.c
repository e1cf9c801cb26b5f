/* SPDX-License-Identifier: Apache-2.0 */
#include "log_fixture.h"

#include <errno.h>

#include "server/base/error.h"

/* A disk with so many bytes left; SIZE_MAX: enough. */
static size_t disk_left = SIZE_MAX;

static ssize_t limited_write(int fd, const void *bytes, size_t size, off_t offset)
{
    size_t part = MIN(size, disk_left);

    if (part == 0) {
        errno = ENOSPC;
        return -1;
    }
    if (disk_left != SIZE_MAX)
        disk_left -= part;
    return pwrite(fd, bytes, part, offset);
}

static int limited_sync(int fd)
{
    return fdatasync(fd);
}

static const HeardLogIo limited_io = {.write_at = limited_write, .sync = limited_sync};

static void writes_what_it_reads(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    g_autoptr(HeardVerifyReport) report = NULL;
    uint32_t value = 0;
    (void)state;

    for (int64_t at_us = 0; at_us < 130 * 1000000ll; at_us += 20000) {
        append_packet(log, 1, at_us, value++, 1000);
        if (at_us % 500000 == 0)
            assert_true(heard_packet_log_flush(log, at_us, 0, NULL));
    }
    assert_true(heard_packet_log_finish(log, 130 * 1000000ll, 0, NULL));
    heard_packet_log_free(log);
    assert_int_equal(count_packets(&fixture, 0), value);
    report = verify(&fixture);
    assert_int_equal(report->result, HEARD_VERIFY_INTACT);
    assert_int_equal(report->finding_count, 0);
    assert_int_equal(report->segments, 3);
    assert_int_equal(report->records, value);
    assert_int_equal(report->duration_us, 130 * 1000000ll);
    fixture_free(&fixture);
}

static void reads_a_range(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    HeardLogReader *reader;
    HeardLogRecord record;
    unsigned count = 0;
    (void)state;

    for (uint32_t i = 0; i < 1000; i++) {
        append_packet(log, 1, i * 100000, i, 100);
        if (i % 10 == 0)
            assert_true(heard_packet_log_flush(log, i * 100000, 0, NULL));
    }
    assert_true(heard_packet_log_finish(log, 100000000, 0, NULL));
    heard_packet_log_free(log);
    reader = heard_log_reader_open(fixture.path, fixture.key, NULL);
    heard_log_reader_range(reader, 61 * 1000000ll, 63 * 1000000ll);
    while (heard_log_reader_next(reader, &record)) {
        assert_in_range(record.at_us, 61 * 1000000ll, 63 * 1000000ll);
        count++;
    }
    assert_int_equal(count, 21);
    heard_log_reader_free(reader);
    fixture_free(&fixture);
}

/* Whatever number of bytes fits, the log goes on where it stopped and nothing is damaged. */
static void full_disk_damages_nothing(void **state)
{
    (void)state;
    for (size_t fits = 0; fits < 3000; fits += 37) {
        Fixture fixture = fixture_new();
        HeardPacketLog *log = fixture_log(&fixture, &limited_io);
        g_autoptr(HeardVerifyReport) report = NULL;
        g_autoptr(GError) error = NULL;
        disk_left = fits;
        for (uint32_t i = 0; i < 10; i++) {
            append_packet(log, 1, i * 1000000, i, 200);
            (void)heard_packet_log_flush(log, i * 1000000, 0, NULL);
        }
        assert_false(heard_packet_log_finish(log, 0, 0, &error));
        assert_int_equal(heard_error_code(error), HEARD_ERROR_STORAGE_FULL);
        disk_left = SIZE_MAX;
        assert_true(heard_packet_log_finish(log, 10000000, 0, NULL));
        heard_packet_log_free(log);
        report = verify(&fixture);
        assert_int_equal(report->result, HEARD_VERIFY_INTACT);
        assert_int_equal(count_packets(&fixture, 0), 10);
        fixture_free(&fixture);
    }
}

static void full_disk_holds_a_bounded_part_back(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, &limited_io);
    uint8_t payload[1000] = {0};
    HeardLogRecord record = {.type = HEARD_LOG_RTP, .payload = payload, .size = sizeof payload};
    unsigned taken = 0;
    (void)state;

    disk_left = 0;
    while (heard_packet_log_append(log, &record, 0))
        taken++;
    assert_in_range(taken, 60, 130); /* one open chunk and at most one sealed */
    disk_left = SIZE_MAX;
    assert_true(heard_packet_log_append(log, &record, 0));
    assert_true(heard_packet_log_finish(log, 0, 0, NULL));
    heard_packet_log_free(log);
    fixture_free(&fixture);
}

static void durable_is_what_was_synced(void **state)
{
    Fixture fixture = fixture_new();
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    (void)state;

    append_packet(log, 1, 700, 0, 100);
    assert_int_equal(heard_packet_log_durable_us(log), -1);
    assert_true(heard_packet_log_flush(log, 1000, 0, NULL));
    assert_int_equal(heard_packet_log_durable_us(log), -1);
    assert_true(heard_packet_log_dirty(log));
    assert_true(heard_packet_log_sync(log, NULL));
    assert_int_equal(heard_packet_log_durable_us(log), 700);
    assert_true(heard_packet_log_durable_bytes(log) > 100);
    assert_false(heard_packet_log_dirty(log));
    heard_packet_log_free(log);
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(reads_a_range),
        cmocka_unit_test(full_disk_damages_nothing),
        cmocka_unit_test(full_disk_holds_a_bounded_part_back),
        cmocka_unit_test(durable_is_what_was_synced),
    };

    return cmocka_run_group_tests_name("recordings log", tests, NULL, NULL);
}
