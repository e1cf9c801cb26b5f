/* SPDX-License-Identifier: Apache-2.0 */
#include "log_fixture.h"

#include "recordings/destruction.h"
#include "recordings/shred.h"
#include "server/base/error.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static const char plain_picture[] = "a picture that anybody can see";

/* A closed log of two segments with what is made of it beside. */
static void make_log(const Fixture *fixture)
{
    HeardPacketLog *log = fixture_log(fixture, NULL);
    g_autofree char *derived = g_build_filename(fixture->path, "derived", NULL);
    g_autofree char *file = g_build_filename(derived, "t1-1.webm", NULL);

    for (uint32_t i = 0; i < 6; i++) {
        int64_t at_us = i < 3 ? i * 1000000 : 58000000 + i * 1000000;
        append_packet(log, 1, at_us, i, 60);
        assert_true(heard_packet_log_flush(log, at_us, 0, NULL));
    }
    assert_true(heard_packet_log_finish(log, 64000000, 0, NULL));
    heard_packet_log_free(log);
    assert_int_equal(g_mkdir(derived, 0700), 0);
    assert_true(g_file_set_contents(file, plain_picture, -1, NULL));
}

static char *make_certificate(const Fixture *fixture, bool keeps_ciphertext)
{
    g_autoptr(GError) error = NULL;
    json_t *order = json_pack("{s:s, s:I, s:s, s:{s:s}, s:{s:s}}", "id", "order-1", "confirmed_ms",
                              (json_int_t)heard_clock_wall_ms(), "reason", "期满", "requested_by",
                              "name", "档案员", "confirmed_by", "name", "安全管理员");
    char *text =
        heard_destruction_make(fixture->path, order, keeps_ciphertext, fixture->signer, &error);

    json_decref(order);
    if (!text)
        fail_msg("%s", error->message);
    return text;
}

static bool exists(const Fixture *fixture, const char *name)
{
    g_autofree char *file = g_build_filename(fixture->path, name, NULL);

    return access(file, F_OK) == 0;
}

/* No file of the folder holds these bytes any more. */
static bool any_holds(const char *path, const char *bytes)
{
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_autofree char *text = NULL;
        gsize size;
        if (g_file_test(file, G_FILE_TEST_IS_DIR)) {
            if (any_holds(file, bytes))
                return true;
        } else if (g_file_get_contents(file, &text, &size, NULL) &&
                   memmem(text, size, bytes, strlen(bytes))) {
            return true;
        }
    }
    return false;
}

static char *wrapped_key(const Fixture *fixture)
{
    HeardLogInfo info;
    char *wrapped;

    assert_true(heard_log_info_read(&info, fixture->path, NULL));
    wrapped = g_strdup(json_string_value(json_object_get(info.key, "wrapped")));
    heard_log_info_clear(&info);
    assert_non_null(wrapped);
    return wrapped;
}

static void leaves_the_proof_and_nothing_else(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *certificate = NULL;
    g_autofree char *wrapped = NULL;
    g_autofree char *head = NULL;
    g_autofree char *en = NULL;
    g_autofree char *zh = NULL;
    g_autoptr(HeardVerifyReport) before = NULL;
    g_autoptr(HeardVerifyReport) after = NULL;
    g_autoptr(GError) error = NULL;
    HeardRecoverReport recovered;
    (void)state;

    make_log(&fixture);
    before = verify(&fixture);
    wrapped = wrapped_key(&fixture);
    certificate = make_certificate(&fixture, false);
    assert_null(strstr(certificate, wrapped));
    assert_true(heard_shred(fixture.path, certificate, NULL, NULL, &error));
    assert_false(exists(&fixture, "log.json"));
    assert_false(exists(&fixture, "000001.seg"));
    assert_false(exists(&fixture, "derived"));
    assert_false(any_holds(fixture.path, wrapped));
    assert_true(exists(&fixture, "journal.jsonl"));
    after = verify(&fixture);
    assert_int_equal(after->result, HEARD_VERIFY_DESTROYED);
    assert_string_equal(after->chain_head, before->chain_head);
    assert_string_equal(after->log_id, before->log_id);
    assert_string_equal(after->signer_fingerprint, before->signer_fingerprint);
    assert_string_equal(after->destruction_fingerprint, before->signer_fingerprint);
    assert_int_equal(after->signatures, before->signatures);
    assert_true(after->duration_us == before->duration_us);
    en = heard_verify_report_to_text(after, "en");
    zh = heard_verify_report_to_text(after, "zh");
    assert_non_null(strstr(en, "DESTROYED on 20"));
    assert_non_null(strstr(en, "by certificate order-1"));
    assert_non_null(strstr(zh, "申请：档案员，确认：安全管理员"));
    assert_null(heard_log_reader_open(fixture.path, fixture.key, NULL));
    /* Again, and by recovery at a start: nothing changes. */
    assert_true(heard_shred(fixture.path, certificate, NULL, NULL, &error));
    heard_recover_log(fixture.path, fixture.signer, &recovered);
    assert_int_equal(recovered.result, HEARD_RECOVER_FAILED);
    fixture_free(&fixture);
}

static void ciphertext_may_stay_and_is_checked(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *certificate = NULL;
    g_autofree char *segment = g_build_filename(fixture.path, "000001.seg", NULL);
    g_autoptr(HeardVerifyReport) whole = NULL;
    g_autoptr(HeardVerifyReport) altered = NULL;
    int fd;
    (void)state;

    make_log(&fixture);
    certificate = make_certificate(&fixture, true);
    assert_true(heard_shred(fixture.path, certificate, NULL, NULL, NULL));
    assert_true(exists(&fixture, "000002.seg"));
    assert_false(exists(&fixture, "derived"));
    whole = verify(&fixture);
    assert_int_equal(whole->result, HEARD_VERIFY_DESTROYED);
    assert_int_equal(whole->segments, 2);
    fd = open(segment, O_WRONLY);
    assert_int_equal(pwrite(fd, "X", 1, 200), 1);
    close(fd);
    altered = verify(&fixture);
    assert_int_equal(altered->result, HEARD_VERIFY_ALTERED);
    fixture_free(&fixture);
}

static void every_flipped_byte_of_what_stays_is_found(void **state)
{
    static const char *const names[] = {HEARD_DESTRUCTION_FILE, "journal.jsonl", "seal.json"};
    Fixture fixture = fixture_new();
    g_autofree char *certificate = NULL;
    (void)state;

    make_log(&fixture);
    certificate = make_certificate(&fixture, false);
    assert_true(heard_shred(fixture.path, certificate, NULL, NULL, NULL));
    for (size_t file = 0; file < G_N_ELEMENTS(names); file++) {
        g_autofree char *path = g_build_filename(fixture.path, names[file], NULL);
        g_autofree char *bytes = NULL;
        size_t size;
        bytes = heard_disk_read(path, 1 << 20, &size, NULL);
        for (size_t at = 0; at < size; at++) {
            g_autoptr(HeardVerifyReport) report = NULL;
            int fd = open(path, O_WRONLY);
            bytes[at] ^= (char)(1 << (at % 8));
            assert_int_equal(pwrite(fd, bytes + at, 1, (off_t)at), 1);
            report = heard_verify(fixture.path, NULL, NULL);
            if (report && report->result == HEARD_VERIFY_DESTROYED &&
                strcmp(names[file], HEARD_DESTRUCTION_FILE) != 0)
                fail_msg("%s byte %zu was altered unseen", names[file], at);
            if (report && report->result == HEARD_VERIFY_INTACT)
                fail_msg("%s byte %zu made it intact", names[file], at);
            bytes[at] ^= (char)(1 << (at % 8));
            assert_int_equal(pwrite(fd, bytes + at, 1, (off_t)at), 1);
            close(fd);
        }
    }
    fixture_free(&fixture);
}

/* The signed line: no byte of it may change. (PEM has bytes in it that say nothing.) */
static void the_signed_line_is_bound(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *certificate = NULL;
    size_t size;
    (void)state;

    make_log(&fixture);
    certificate = make_certificate(&fixture, false);
    size = (size_t)(strchr(certificate, '\n') - certificate);
    for (size_t at = 0; at <= size; at++) {
        HeardDestruction read;
        certificate[at] ^= (char)(1 << (at % 7));
        if (heard_destruction_parse(&read, certificate, strlen(certificate), NULL))
            fail_msg("byte %zu was altered unseen", at);
        certificate[at] ^= (char)(1 << (at % 7));
    }
    for (size_t at = 0; at < strlen(certificate); at++) {
        HeardDestruction read;
        assert_false(heard_destruction_parse(&read, certificate, at, NULL));
    }
    fixture_free(&fixture);
}

static void only_the_log_that_it_names(void **state)
{
    Fixture one = fixture_new(), two = fixture_new();
    g_autofree char *of_one = NULL;
    g_autofree char *again = NULL;
    g_autofree char *forged = NULL;
    g_autoptr(HeardVerifyReport) untouched = NULL;
    GError *error = NULL;
    (void)state;

    make_log(&one);
    make_log(&two);
    of_one = make_certificate(&one, false);
    assert_false(heard_shred(two.path, of_one, NULL, NULL, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFLICT);
    g_clear_error(&error);
    assert_false(heard_shred(two.root, of_one, NULL, NULL, &error)); /* no log here */
    g_clear_error(&error);
    forged = g_strdup(of_one);
    *strstr(forged, "order-1") = 'O';
    assert_false(heard_shred(one.path, forged, NULL, NULL, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CRYPTO);
    g_clear_error(&error);
    assert_false(exists(&one, HEARD_DESTRUCTION_FILE));
    assert_false(exists(&two, HEARD_DESTRUCTION_FILE));
    untouched = verify(&two);
    assert_int_equal(untouched->result, HEARD_VERIFY_INTACT);
    g_usleep(2000);
    again = make_certificate(&one, true); /* another order for the same log */
    assert_true(heard_shred(one.path, of_one, NULL, NULL, NULL));
    assert_false(heard_shred(one.path, again, NULL, NULL, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFLICT);
    g_clear_error(&error);
    fixture_free(&one);
    fixture_free(&two);
}

static void what_is_not_closed_has_no_certificate(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *seal = g_build_filename(fixture.path, "seal.json", NULL);
    g_autoptr(GError) error = NULL;
    json_t *order = json_object();
    (void)state;

    make_log(&fixture);
    assert_int_equal(unlink(seal), 0);
    assert_null(heard_destruction_make(fixture.path, order, false, fixture.signer, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_NOT_FOUND);
    json_decref(order);
    fixture_free(&fixture);
}

static void links_are_not_followed(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *certificate = NULL;
    g_autofree char *outside = g_build_filename(fixture.root, "outside.txt", NULL);
    g_autofree char *link = g_build_filename(fixture.path, "derived", "link", NULL);
    g_autofree char *folder = g_build_filename(fixture.path, "derived", "folder", NULL);
    g_autofree char *text = NULL;
    (void)state;

    make_log(&fixture);
    assert_true(g_file_set_contents(outside, plain_picture, -1, NULL));
    assert_int_equal(symlink(outside, link), 0);
    assert_int_equal(symlink(fixture.root, folder), 0);
    certificate = make_certificate(&fixture, false);
    assert_true(heard_shred(fixture.path, certificate, NULL, NULL, NULL));
    assert_true(g_file_get_contents(outside, &text, NULL, NULL));
    assert_string_equal(text, plain_picture);
    assert_true(exists(&fixture, "../../org.key"));
    fixture_free(&fixture);
}

static void die_at_zero(const char *step, const char *path, void *data)
{
    unsigned *left = data;

    (void)step;
    (void)path;
    if ((*left)-- == 0)
        kill(getpid(), SIGKILL);
}

/* True: it came to its end before the countdown did. */
static bool shred_until(const Fixture *fixture, const char *certificate, unsigned left)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0)
        _exit(heard_shred(fixture->path, certificate, die_at_zero, &left, NULL) ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGKILL);
        return false;
    }
    assert_int_equal(WEXITSTATUS(status), 0);
    return true;
}

/* Killed before each of its changes: either nothing is gone, or a good certificate stands there. */
static void killed_between_any_two_steps_it_goes_on(void **state)
{
    bool ended = false;
    unsigned steps = 0;
    (void)state;

    for (; !ended; steps++) {
        Fixture fixture = fixture_new();
        g_autofree char *certificate = NULL;
        g_autofree char *wrapped = NULL;
        g_autoptr(HeardVerifyReport) between = NULL;
        g_autoptr(HeardVerifyReport) after = NULL;
        g_auto(HeardDestruction) found = {0};
        make_log(&fixture);
        wrapped = wrapped_key(&fixture);
        certificate = make_certificate(&fixture, false);
        ended = shred_until(&fixture, certificate, steps);
        if (heard_destruction_read(&found, fixture.path, NULL)) {
            between = heard_verify(fixture.path, NULL, NULL);
            assert_non_null(between);
        } else {
            between = verify(&fixture);
            assert_int_equal(between->result, HEARD_VERIFY_INTACT);
            assert_int_equal(count_packets(&fixture, 0), 6);
        }
        assert_true(shred_until(&fixture, certificate, UINT_MAX));
        after = verify(&fixture);
        assert_int_equal(after->result, HEARD_VERIFY_DESTROYED);
        assert_false(any_holds(fixture.path, wrapped));
        assert_false(any_holds(fixture.path, plain_picture));
        fixture_free(&fixture);
    }
    assert_true(steps > 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_the_proof_and_nothing_else),
        cmocka_unit_test(ciphertext_may_stay_and_is_checked),
        cmocka_unit_test(every_flipped_byte_of_what_stays_is_found),
        cmocka_unit_test(the_signed_line_is_bound),
        cmocka_unit_test(only_the_log_that_it_names),
        cmocka_unit_test(what_is_not_closed_has_no_certificate),
        cmocka_unit_test(links_are_not_followed),
        cmocka_unit_test(killed_between_any_two_steps_it_goes_on),
    };

    return cmocka_run_group_tests_name("recordings destruction", tests, NULL, NULL);
}
