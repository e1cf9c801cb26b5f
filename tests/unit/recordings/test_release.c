/* SPDX-License-Identifier: Apache-2.0 */
/* A closed recording gives the room of its segments back, and gets them again. */
#include "log_fixture.h"

#include "recordings/away.h"
#include "recordings/copy.h"
#include "recordings/release.h"
#include "server/base/error.h"

#include <signal.h>
#include <sys/wait.h>

enum { SEGMENTS = 3, PACKETS = 5, STEPS_MAX = 64 };

typedef struct {
    Fixture log;
    char *nas;
    HeardPlace *place;
    char *kept[SEGMENTS]; /* the bytes of its segments */
    size_t sizes[SEGMENTS];
} House;

static void write_manifest(const House *self, const char *chain_head)
{
    g_autofree char *derived = g_build_filename(self->log.path, "derived", NULL);
    g_autofree char *file = g_build_filename(derived, "manifest.json", NULL);
    g_autofree char *text = g_strdup_printf("{\"chain_head\":\"%s\",\"version\":1}", chain_head);

    g_mkdir(derived, 0700);
    assert_true(g_file_set_contents(file, text, -1, NULL));
}

static House house_new(void)
{
    House self = {.log = fixture_new()};
    HeardPacketLog *log = fixture_log(&self.log, NULL);
    HeardVerifyReport *report;

    for (uint32_t i = 0; i < PACKETS; i++) { /* two in each segment */
        int64_t at_us = (i + 1) / 2 * INT64_C(60500000) + i * 1000;
        append_packet(log, 1, at_us, i, 900);
        assert_true(heard_packet_log_flush(log, at_us, 0, NULL));
    }
    assert_true(heard_packet_log_finish(log, SEGMENTS * INT64_C(60500000), 0, NULL));
    heard_packet_log_free(log);
    report = verify(&self.log);
    assert_int_equal(report->segments, SEGMENTS);
    write_manifest(&self, report->chain_head);
    heard_verify_report_free(report);
    for (uint32_t i = 0; i < SEGMENTS; i++) {
        g_autofree char *file = heard_log_segment_path(self.log.path, i + 1);
        assert_true(g_file_get_contents(file, &self.kept[i], &self.sizes[i], NULL));
    }
    self.nas = g_build_filename(self.log.root, "nas", NULL);
    assert_int_equal(g_mkdir(self.nas, 0700), 0);
    self.place = heard_place_open(self.nas, NULL, NULL, NULL);
    assert_non_null(self.place);
    return self;
}

static void copy(const House *self)
{
    HeardCopyResult result;

    assert_true(heard_copy(self->log.path, self->nas, self->place, false, NULL, &result, NULL));
    assert_true(result.complete);
}

static void house_free(House *self)
{
    for (unsigned i = 0; i < SEGMENTS; i++)
        g_free(self->kept[i]);
    heard_place_free(self->place);
    g_free(self->nas);
    fixture_free(&self->log);
}

static char *there(const House *self, const char *name)
{
    return g_build_filename(self->nas, "h1", "R01", name, NULL);
}

static void flip(const char *file, size_t at)
{
    g_autofree char *bytes = NULL;
    size_t size;

    assert_true(g_file_get_contents(file, &bytes, &size, NULL));
    bytes[at] ^= 1;
    assert_true(g_file_set_contents(file, bytes, (gssize)size, NULL));
}

static HeardVerifyResult result_of(const House *self)
{
    g_autoptr(HeardVerifyReport) report = verify(&self->log);

    return report->result;
}

static unsigned segments_here(const House *self)
{
    unsigned count = 0;

    for (uint32_t i = 1; i <= SEGMENTS; i++) {
        g_autofree char *file = heard_log_segment_path(self->log.path, i);
        count += access(file, F_OK) == 0;
    }
    return count;
}

static void assert_whole(const House *self)
{
    g_autofree char *away = g_build_filename(self->log.path, HEARD_AWAY_FILE, NULL);

    for (uint32_t i = 0; i < SEGMENTS; i++) {
        g_autofree char *file = heard_log_segment_path(self->log.path, i + 1);
        g_autofree char *bytes = NULL;
        size_t size;
        assert_true(g_file_get_contents(file, &bytes, &size, NULL));
        assert_int_equal(size, self->sizes[i]);
        assert_memory_equal(bytes, self->kept[i], size);
    }
    assert_int_equal(access(away, F_OK), -1);
    assert_int_equal(result_of(self), HEARD_VERIFY_INTACT);
}

static HeardError refusal(const House *self, bool undo)
{
    g_autoptr(GError) error = NULL;
    HeardReleaseResult result;

    assert_false(
        undo ? heard_release_undo(self->log.path, self->nas, self->place, NULL, &result, &error)
             : heard_release(self->log.path, self->nas, self->place, NULL, &result, &error));
    return heard_error_code(error);
}

static bool release(const House *self, const HeardReleaseHooks *hooks)
{
    HeardReleaseResult result;

    return heard_release(self->log.path, self->nas, self->place, hooks, &result, NULL);
}

static bool undo(const House *self, const HeardReleaseHooks *hooks)
{
    HeardReleaseResult result;

    return heard_release_undo(self->log.path, self->nas, self->place, hooks, &result, NULL);
}

static void there_and_back(void **state)
{
    House house = house_new();
    g_autoptr(HeardVerifyReport) report = NULL;
    g_autoptr(GError) error = NULL;
    HeardReleaseResult result;
    HeardCopyResult copied;

    (void)state;
    copy(&house);
    assert_true(heard_release(house.log.path, house.nas, house.place, NULL, &result, NULL));
    assert_int_equal(result.files, SEGMENTS);
    assert_int_equal(result.bytes, house.sizes[0] + house.sizes[1] + house.sizes[2]);
    assert_int_equal(segments_here(&house), 0);
    report = verify(&house.log);
    assert_int_equal(report->result, HEARD_VERIFY_ELSEWHERE);
    assert_int_equal(report->away_segments, SEGMENTS);
    assert_string_equal(report->away_place, house.nas);
    assert_true(report->signatures > 0);
    assert_int_equal(report->finding_count, 0);
    /* Who needs the log is told. */
    assert_null(heard_log_reader_open(house.log.path, house.log.key, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_ELSEWHERE);
    /* Again changes nothing; the second copy is still whole, also when read again. */
    assert_true(release(&house, NULL));
    assert_true(heard_copy(house.log.path, house.nas, house.place, true, NULL, &copied, NULL));
    assert_true(copied.complete);
    assert_int_equal(copied.copied_now, 0);
    assert_true(undo(&house, NULL));
    assert_whole(&house);
    assert_int_equal(count_packets(&house.log, 0), PACKETS);
    assert_true(undo(&house, NULL));
    house_free(&house);
}

/* Each thing that is not proven keeps all of it here. */
static void nothing_goes_unproven(void **state)
{
    static const char *const files[] = {"000001.seg", "000003.seg", "journal.jsonl", "log.json",
                                        "seal.json"};
    House house = house_new();
    g_autofree char *first = heard_log_segment_path(house.log.path, 1);
    g_autofree char *seal = g_build_filename(house.log.path, "seal.json", NULL);
    g_autofree char *aside = g_build_filename(house.log.root, "seal", NULL);

    (void)state;
    assert_int_equal(refusal(&house, false), HEARD_ERROR_CONFLICT); /* never copied */
    copy(&house);
    for (unsigned i = 0; i < G_N_ELEMENTS(files); i++) { /* whatever the ledger says */
        g_autofree char *file = there(&house, files[i]);
        flip(file, 40);
        assert_int_equal(refusal(&house, false), HEARD_ERROR_CONFLICT);
        flip(file, 40);
        assert_int_equal(g_rename(file, aside), 0);
        assert_int_equal(refusal(&house, false), HEARD_ERROR_CONFLICT);
        assert_int_equal(g_rename(aside, file), 0);
    }
    write_manifest(&house, "00"); /* derived from another state of it */
    assert_int_equal(refusal(&house, false), HEARD_ERROR_CONFLICT);
    {
        g_autoptr(HeardVerifyReport) report = verify(&house.log);
        write_manifest(&house, report->chain_head);
    }
    flip(first, 300); /* the same damage on both sides is damage */
    assert_int_equal(refusal(&house, false), HEARD_ERROR_CORRUPT);
    flip(first, 300);
    assert_int_equal(g_rename(seal, aside), 0);
    assert_int_equal(refusal(&house, false), HEARD_ERROR_CONFLICT);
    assert_int_equal(g_rename(aside, seal), 0);
    assert_int_equal(segments_here(&house), SEGMENTS);
    assert_whole(&house);
    assert_true(release(&house, NULL));
    house_free(&house);
}

/* What comes back is what went, or it does not get its name. */
static void only_what_went_comes_back(void **state)
{
    House house = house_new();
    g_autofree char *second = there(&house, "000002.seg");
    g_autofree char *here = heard_log_segment_path(house.log.path, 2);
    g_autofree char *part = g_strconcat(here, ".part", NULL);
    g_autofree char *away = g_build_filename(house.log.path, HEARD_AWAY_FILE, NULL);
    HeardCopyResult copied;

    (void)state;
    copy(&house);
    assert_true(release(&house, NULL));
    flip(second, 500);
    assert_int_equal(refusal(&house, true), HEARD_ERROR_CORRUPT);
    assert_int_equal(access(here, F_OK), -1);
    assert_int_equal(access(part, F_OK), -1);
    assert_int_equal(result_of(&house), HEARD_VERIFY_ELSEWHERE);
    assert_false(heard_copy(house.log.path, house.nas, house.place, true, NULL, &copied, NULL));
    flip(second, 500);
    assert_true(undo(&house, NULL));
    assert_whole(&house);
    /* A segment that away.json does not name, or a file that is none, excuses nothing. */
    assert_true(release(&house, NULL));
    assert_true(g_file_set_contents(away, "{\"files\":{},\"to\":\"x\",\"version\":1}", -1, NULL));
    assert_int_equal(result_of(&house), HEARD_VERIFY_ALTERED);
    house_free(&house);
}

static void die_at_zero(const char *what, const char *path, void *data)
{
    int *left = data;

    (void)what;
    (void)path;
    if ((*left)-- == 0)
        raise(SIGKILL);
}

/* True: it ran to its end. */
static bool die_after(const House *house, bool is_undo, int steps)
{
    int left = steps, status = 0;
    HeardReleaseHooks hooks = {NULL, die_at_zero, &left};
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0)
        _exit((is_undo ? undo(house, &hooks) : release(house, &hooks)) ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return WIFEXITED(status);
}

static void assert_nothing_lost(const House *house)
{
    HeardVerifyResult result = result_of(house);

    if (segments_here(house) == SEGMENTS)
        assert_int_equal(result, HEARD_VERIFY_INTACT);
    else
        assert_int_equal(result, HEARD_VERIFY_ELSEWHERE);
}

static void a_crash_between_any_two_steps(void **state)
{
    House house = house_new();
    int steps = 0;

    (void)state;
    copy(&house);
    for (bool done = false; !done; steps++) {
        assert_in_range(steps, 0, STEPS_MAX);
        done = die_after(&house, false, steps);
        assert_nothing_lost(&house);
        assert_true(release(&house, NULL)); /* goes on */
        assert_int_equal(segments_here(&house), 0);
        assert_true(undo(&house, NULL));
        assert_whole(&house);
    }
    assert_true(steps >= SEGMENTS + 2);
    steps = 0;
    for (bool done = false; !done; steps++) {
        assert_in_range(steps, 0, STEPS_MAX);
        assert_true(release(&house, NULL));
        done = die_after(&house, true, steps);
        assert_nothing_lost(&house);
        assert_true(undo(&house, NULL)); /* goes on */
        assert_whole(&house);
        /* And the other way from there. */
        assert_true(release(&house, NULL));
        die_after(&house, true, steps);
        assert_true(release(&house, NULL));
        assert_int_equal(segments_here(&house), 0);
        assert_true(undo(&house, NULL));
        assert_whole(&house);
    }
    assert_true(steps >= SEGMENTS + 2);
    house_free(&house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(nothing_goes_unproven),
        cmocka_unit_test(only_what_went_comes_back),
        cmocka_unit_test(a_crash_between_any_two_steps),
    };

    return cmocka_run_group_tests_name("recordings release", tests, NULL, NULL);
}
