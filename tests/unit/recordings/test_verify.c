/* SPDX-License-Identifier: Apache-2.0 */
#include "log_fixture.h"

#include "recordings/commands.h"

#include <fcntl.h>
#include <stdio.h>

static void make_log(const Fixture *fixture)
{
    HeardPacketLog *log = fixture_log(fixture, NULL);

    for (uint32_t i = 0; i < 6; i++) {
        int64_t at_us = i < 3 ? i * 1000000 : 58000000 + i * 1000000;
        append_packet(log, 1, at_us, i, 60);
        assert_true(heard_packet_log_flush(log, at_us, 0, NULL));
    }
    heard_packet_log_note(log, "pause", 500, 0, json_pack("{s:s}", "reason", "recess"));
    heard_packet_log_note(log, "resume", 900, 0, json_object());
    assert_true(heard_packet_log_finish(log, 64000000, 0, NULL));
    heard_packet_log_free(log);
}

static int run_verify(const char *path)
{
    char name[] = "verify", json[] = "--json";
    g_autofree char *copy = g_strdup(path);
    char *argv[] = {name, copy, json, NULL};
    int saved = dup(STDOUT_FILENO);
    int status;

    fflush(stdout);
    assert_non_null(freopen("/dev/null", "w", stdout));
    status = heard_verify_main(3, argv);
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    return status;
}

static const char *const names[] = {"log.json", "journal.jsonl", "seal.json", "000001.seg",
                                    "000002.seg"};

static void every_flipped_byte_is_found(void **state)
{
    Fixture fixture = fixture_new();
    (void)state;

    make_log(&fixture);
    flip_each_byte(&fixture, names, G_N_ELEMENTS(names), NULL, tells_altered);
    assert_int_equal(run_verify(fixture.path), 0);
    fixture_free(&fixture);
}

static void names_segment_chunk_and_second(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *path = g_build_filename(fixture.path, "000001.seg", NULL);
    g_autoptr(HeardVerifyReport) report = NULL;
    g_autofree char *en = NULL;
    g_autofree char *zh = NULL;
    size_t frame = HEARD_LOG_CHUNK_HEAD + HEARD_LOG_RECORD_HEAD + 60 + HEARD_LOG_TAG_SIZE;
    int fd;
    (void)state;

    make_log(&fixture);
    fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "X", 1, (off_t)(HEARD_LOG_SEGMENT_HEAD + 2 * frame + 60)), 1);
    close(fd);
    report = verify(&fixture);
    assert_int_equal(report->result, HEARD_VERIFY_ALTERED);
    en = heard_verify_report_to_text(report, "en");
    zh = heard_verify_report_to_text(report, "zh");
    assert_non_null(strstr(en, "segment 1, chunk 2, at 00:00:02.000"));
    assert_non_null(strstr(zh, "分段 1，数据块 2，时间 00:00:02.000"));
    assert_int_equal(run_verify(fixture.path), 1);
    fixture_free(&fixture);
}

/* Of three tracks, one was over before the altered chunk, and one came after it. */
static void names_the_tracks_of_that_time(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *path = g_build_filename(fixture.path, "000001.seg", NULL);
    g_autoptr(HeardVerifyReport) report = NULL;
    g_autofree char *en = NULL;
    g_autofree char *zh = NULL;
    static const struct {
        const char *source, *participant;
        int64_t from_us, to_us;
    } tracks[] = {{"microphone", "p1", 0, 1500000},
                  {"camera", "p2", 1000000, 2000000},
                  {"screen", "p3", 2000001, 0}};
    size_t frame = HEARD_LOG_CHUNK_HEAD + HEARD_LOG_RECORD_HEAD + 60 + HEARD_LOG_TAG_SIZE;
    HeardPacketLog *log;
    json_t *root, *finding;
    int fd;
    (void)state;

    log = fixture_log(&fixture, NULL);
    for (json_int_t i = 0; i < 3; i++) {
        heard_packet_log_note(log, "track", tracks[i].from_us, 0,
                              json_pack("{s:I, s:s, s:s}", "track", i + 1, "source",
                                        tracks[i].source, "participant", tracks[i].participant));
        if (tracks[i].to_us)
            heard_packet_log_note(log, "track_end", tracks[i].to_us, 0,
                                  json_pack("{s:I}", "track", i + 1));
    }
    for (uint32_t i = 0; i < 4; i++) {
        append_packet(log, 1, i * 1000000, i, 60);
        assert_true(heard_packet_log_flush(log, i * 1000000, 0, NULL));
    }
    assert_true(heard_packet_log_finish(log, 4000000, 0, NULL));
    heard_packet_log_free(log);
    fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "X", 1, (off_t)(HEARD_LOG_SEGMENT_HEAD + 2 * frame + 60)), 1);
    close(fd);
    report = verify(&fixture);
    en = heard_verify_report_to_text(report, "en");
    zh = heard_verify_report_to_text(report, "zh");
    assert_non_null(strstr(en, "may be of: track 2, camera of p2\n"));
    assert_non_null(strstr(zh, "可能涉及：轨道 2，摄像头，参加人 p2\n"));
    assert_null(strstr(en, "p1"));
    assert_null(strstr(en, "p3"));
    root = heard_verify_report_to_json(report);
    finding = json_array_get(json_object_get(root, "findings"), 0);
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(json_object_get(finding, "tracks"), 0), "participant")),
                        "p2");
    assert_int_equal(json_array_size(json_object_get(finding, "tracks")), 1);
    json_decref(root);
    fixture_free(&fixture);
}

static void missing_and_foreign_segments_are_found(void **state)
{
    Fixture one = fixture_new(), two = fixture_new();
    g_autofree char *from = g_build_filename(two.path, "000002.seg", NULL);
    g_autofree char *to = g_build_filename(one.path, "000002.seg", NULL);
    g_autoptr(HeardVerifyReport) spliced = NULL;
    g_autoptr(HeardVerifyReport) missing = NULL;
    (void)state;

    make_log(&one);
    make_log(&two);
    assert_int_equal(rename(from, to), 0);
    spliced = verify(&one);
    assert_true(has_finding(spliced, HEARD_FINDING_SEGMENT_CHAIN));
    missing = verify(&two);
    assert_true(has_finding(missing, HEARD_FINDING_SEGMENT_MISSING));
    assert_int_equal(spliced->result, HEARD_VERIFY_ALTERED);
    assert_int_equal(missing->result, HEARD_VERIFY_ALTERED);
    fixture_free(&one);
    fixture_free(&two);
}

static void a_cut_at_any_byte_is_found(void **state)
{
    Fixture fixture = fixture_new();
    (void)state;

    make_log(&fixture);
    cut_at_each_byte(&fixture, names, G_N_ELEMENTS(names));
    assert_int_equal(run_verify(fixture.path), 0);
    fixture_free(&fixture);
}

static void swapped_segments_are_found(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *one = g_build_filename(fixture.path, "000001.seg", NULL);
    g_autofree char *two = g_build_filename(fixture.path, "000002.seg", NULL);
    g_autofree char *aside = g_build_filename(fixture.root, "aside", NULL);
    g_autoptr(HeardVerifyReport) report = NULL;
    (void)state;

    make_log(&fixture);
    assert_int_equal(rename(one, aside), 0);
    assert_int_equal(rename(two, one), 0);
    assert_int_equal(rename(aside, two), 0);
    report = verify(&fixture);
    assert_int_equal(report->result, HEARD_VERIFY_ALTERED);
    assert_true(has_finding(report, HEARD_FINDING_SEGMENT_CHAIN));
    fixture_free(&fixture);
}

/* Each file of another hearing in turn, then all segments at once; both were signed by one office.
 */
static void files_of_another_hearing_are_found(void **state)
{
    Fixture one = fixture_new(), two = fixture_new();
    (void)state;

    heard_signer_free(two.signer);
    two.signer = fixture_signer(&one, "signing", HEARD_SIGNING_ED25519);
    make_log(&one);
    make_log(&two);
    for (size_t file = 0; file <= G_N_ELEMENTS(names); file++) {
        bool all = file == G_N_ELEMENTS(names);
        g_autoptr(HeardVerifyReport) report = NULL;

        for (size_t i = all ? 3 : file; i < (all ? file : file + 1); i++) {
            g_autofree char *from = g_build_filename(two.path, names[i], NULL);
            g_autofree char *to = g_build_filename(one.path, names[i], NULL);
            g_autofree char *aside = g_strconcat(one.root, "/", names[i], NULL);
            assert_int_equal(rename(to, aside), 0);
            assert_int_equal(link(from, to), 0);
        }
        report = heard_verify(one.path, NULL, NULL);
        if (report->result != HEARD_VERIFY_ALTERED)
            fail_msg("%s of another hearing was not seen", all ? "segments" : names[file]);
        for (size_t i = all ? 3 : file; i < (all ? file : file + 1); i++) {
            g_autofree char *to = g_build_filename(one.path, names[i], NULL);
            g_autofree char *aside = g_strconcat(one.root, "/", names[i], NULL);
            assert_int_equal(rename(aside, to), 0);
        }
    }
    assert_int_equal(run_verify(one.path), 0);
    fixture_free(&one);
    fixture_free(&two);
}

static void pauses_and_holes_are_notes(void **state)
{
    Fixture fixture = fixture_new();
    g_autoptr(HeardVerifyReport) report = NULL;
    (void)state;

    make_log(&fixture);
    report = verify(&fixture);
    assert_int_equal(report->result, HEARD_VERIFY_INTACT);
    assert_true(has_finding(report, HEARD_FINDING_PAUSED));
    assert_true(has_finding(report, HEARD_FINDING_HOLE));
    fixture_free(&fixture);
}

static void no_recording_is_not_a_verdict(void **state)
{
    Fixture fixture = fixture_new();
    (void)state;

    assert_int_equal(run_verify(fixture.root), 2);
    assert_int_equal(run_verify(fixture.path), 2);
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flipped_byte_is_found),
        cmocka_unit_test(names_segment_chunk_and_second),
        cmocka_unit_test(names_the_tracks_of_that_time),
        cmocka_unit_test(missing_and_foreign_segments_are_found),
        cmocka_unit_test(a_cut_at_any_byte_is_found),
        cmocka_unit_test(swapped_segments_are_found),
        cmocka_unit_test(files_of_another_hearing_are_found),
        cmocka_unit_test(pauses_and_holes_are_notes),
        cmocka_unit_test(no_recording_is_not_a_verdict),
    };

    return cmocka_run_group_tests_name("recordings verify", tests, NULL, NULL);
}
