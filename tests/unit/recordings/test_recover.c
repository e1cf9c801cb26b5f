/* SPDX-License-Identifier: Apache-2.0 */
#include "log_fixture.h"

#include <fcntl.h>

/* A log that was never closed: two segments, the second open. */
static unsigned make_open_log(const Fixture *fixture)
{
    HeardPacketLog *log = fixture_log(fixture, NULL);
    static const int64_t times_us[] = {0, 1000000, 61000000, 62000000, 63000000, 64000000};

    for (uint32_t i = 0; i < G_N_ELEMENTS(times_us); i++) {
        append_packet(log, 1, times_us[i], i, 60);
        assert_true(heard_packet_log_flush(log, times_us[i], 0, NULL));
    }
    assert_true(heard_packet_log_sync(log, NULL));
    heard_packet_log_free(log); /* as kill -9 leaves it */
    return G_N_ELEMENTS(times_us);
}

static char *read_file(const char *folder, const char *name, size_t *ret_size)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *bytes = heard_disk_read(path, 1 << 20, ret_size, NULL);

    assert_non_null(bytes);
    return bytes;
}

static void write_file(const char *folder, const char *name, const char *bytes, size_t size)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0640);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    close(fd);
}

static void restore(const Fixture *fixture, const char *name, const char *journal,
                    size_t journal_size, const char *bytes, size_t size)
{
    g_autoptr(GDir) entries = g_dir_open(fixture->path, 0, NULL);
    const char *entry;

    while ((entry = g_dir_read_name(entries)))
        if (strstr(entry, ".torn") || strcmp(entry, "seal.json") == 0) {
            g_autofree char *path = g_build_filename(fixture->path, entry, NULL);
            g_remove(path);
        }
    write_file(fixture->path, "journal.jsonl", journal, journal_size);
    write_file(fixture->path, name, bytes, size);
}

static void check_recovered(const Fixture *fixture, HeardRecoverReport *ret_report)
{
    g_autoptr(HeardVerifyReport) verified = NULL;
    HeardRecoverReport again;

    heard_recover_log(fixture->path, fixture->signer, ret_report);
    if (ret_report->result != HEARD_RECOVER_REPAIRED)
        print_message("%s\n", ret_report->message);
    assert_int_equal(ret_report->result, HEARD_RECOVER_REPAIRED);
    verified = verify(fixture);
    assert_int_equal(verified->result, HEARD_VERIFY_INTACT);
    assert_true(has_finding(verified, HEARD_FINDING_RECOVERED));
    assert_string_equal(verified->chain_head, ret_report->chain_head);
    heard_recover_log(fixture->path, fixture->signer, &again);
    assert_int_equal(again.result, HEARD_RECOVER_CLEAN);
    assert_string_equal(again.chain_head, ret_report->chain_head);
    assert_int_equal(again.recorded_ms, ret_report->recorded_ms);
}

static void segment_cut_at_every_byte_is_recovered(void **state)
{
    Fixture fixture = fixture_new();
    unsigned count = make_open_log(&fixture), least = count;
    size_t size, journal_size;
    g_autofree char *bytes = NULL;
    g_autofree char *journal = NULL;
    (void)state;

    bytes = read_file(fixture.path, "000002.seg", &size);
    journal = read_file(fixture.path, "journal.jsonl", &journal_size);
    for (size_t cut = size + 1; cut-- > 0;) {
        HeardRecoverReport report;
        unsigned left;
        restore(&fixture, "000002.seg", journal, journal_size, bytes, cut);
        check_recovered(&fixture, &report);
        left = count_packets(&fixture, 0);
        assert_true(left <= least && left >= count - 3);
        least = left;
    }
    assert_int_equal(least, 3); /* what the first segment holds */
    fixture_free(&fixture);
}

static void journal_cut_at_every_byte_is_recovered(void **state)
{
    Fixture fixture = fixture_new();
    unsigned count = make_open_log(&fixture);
    size_t size, journal_size;
    g_autofree char *bytes = NULL;
    g_autofree char *journal = NULL;
    (void)state;

    bytes = read_file(fixture.path, "000002.seg", &size);
    journal = read_file(fixture.path, "journal.jsonl", &journal_size);
    for (size_t cut = 0; cut < journal_size; cut++) {
        HeardRecoverReport report;
        restore(&fixture, "000002.seg", journal, cut, bytes, size);
        check_recovered(&fixture, &report);
        assert_int_equal(count_packets(&fixture, 0), count);
    }
    fixture_free(&fixture);
}

/* Every byte of the trailer that recovery writes may be the last before the next crash. */
static void crash_during_recovery_is_recovered(void **state)
{
    Fixture fixture = fixture_new();
    unsigned count = make_open_log(&fixture);
    size_t size, journal_size, done_size;
    g_autofree char *bytes = NULL;
    g_autofree char *journal = NULL;
    g_autofree char *done = NULL;
    HeardRecoverReport report;
    (void)state;

    bytes = read_file(fixture.path, "000002.seg", &size);
    journal = read_file(fixture.path, "journal.jsonl", &journal_size);
    check_recovered(&fixture, &report);
    done = read_file(fixture.path, "000002.seg", &done_size);
    assert_true(done_size > size);
    for (size_t cut = size; cut <= done_size; cut++) {
        restore(&fixture, "000002.seg", journal, journal_size, done, cut);
        check_recovered(&fixture, &report);
        assert_int_equal(count_packets(&fixture, 0), count);
    }
    fixture_free(&fixture);
}

static void altered_middle_is_left_alone(void **state)
{
    Fixture fixture = fixture_new();
    size_t size, after_size;
    g_autofree char *bytes = NULL;
    g_autofree char *after = NULL;
    HeardRecoverReport report;
    (void)state;

    make_open_log(&fixture);
    bytes = read_file(fixture.path, "000002.seg", &size);
    bytes[HEARD_LOG_SEGMENT_HEAD + HEARD_LOG_CHUNK_HEAD + 5] ^= 1;
    write_file(fixture.path, "000002.seg", bytes, size);
    heard_recover_log(fixture.path, fixture.signer, &report);
    assert_int_equal(report.result, HEARD_RECOVER_FAILED);
    assert_non_null(strstr(report.message, "altered"));
    after = read_file(fixture.path, "000002.seg", &after_size);
    assert_int_equal(after_size, size);
    assert_memory_equal(after, bytes, size);
    fixture_free(&fixture);
}

static void count_report(const HeardRecoverReport *report, void *data)
{
    unsigned *counts = data;

    counts[report->result]++;
}

static void finds_every_open_log(void **state)
{
    Fixture fixture = fixture_new();
    unsigned counts[3] = {0};
    g_autofree char *missing = g_build_filename(fixture.root, "nothing", NULL);
    g_autofree char *empty = g_build_filename(fixture.root, "h2", "R01", NULL);
    (void)state;

    make_open_log(&fixture);
    assert_int_equal(g_mkdir_with_parents(empty, 0750), 0);
    assert_true(heard_recover_all(fixture.root, fixture.signer, count_report, counts, NULL));
    assert_int_equal(counts[HEARD_RECOVER_REPAIRED], 1);
    assert_true(heard_recover_all(fixture.root, fixture.signer, count_report, counts, NULL));
    assert_int_equal(counts[HEARD_RECOVER_CLEAN], 1);
    assert_int_equal(counts[HEARD_RECOVER_FAILED], 0);
    assert_true(heard_recover_all(missing, fixture.signer, count_report, counts, NULL));
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segment_cut_at_every_byte_is_recovered),
        cmocka_unit_test(journal_cut_at_every_byte_is_recovered),
        cmocka_unit_test(crash_during_recovery_is_recovered),
        cmocka_unit_test(altered_middle_is_left_alone),
        cmocka_unit_test(finds_every_open_log),
    };

    return cmocka_run_group_tests_name("recordings recover", tests, NULL, NULL);
}
