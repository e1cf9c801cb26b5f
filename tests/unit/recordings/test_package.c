/* SPDX-License-Identifier: Apache-2.0 */
#include "log_fixture.h"

#include "recordings/commands.h"
#include "recordings/package.h"
#include "server/base/error.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>

enum { ENTRY_MAX = 4 << 20 };

static void make_log(const Fixture *fixture)
{
    HeardPacketLog *log = fixture_log(fixture, NULL);

    for (uint32_t i = 0; i < 6; i++) {
        int64_t at_us = i < 3 ? i * 1000000 : 58000000 + i * 1000000;
        append_packet(log, 1, at_us, i, 60);
        assert_true(heard_packet_log_flush(log, at_us, 0, NULL));
    }
    assert_true(heard_packet_log_finish(log, 64000000, 0, NULL));
    heard_packet_log_free(log);
}

static char *put_file(const Fixture *fixture, const char *name, const char *text)
{
    char *path = g_build_filename(fixture->root, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);

    assert_int_equal(g_mkdir_with_parents(folder, 0750), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

/* Name below the one folder → bytes; all of it must be stored. */
static GHashTable *read_zip(const char *path, const char *root)
{
    GHashTable *files =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    struct archive *zip = archive_read_new();
    struct archive_entry *entry;
    int status;

    archive_read_support_format_zip_seekable(zip);
    assert_int_equal(archive_read_open_filename(zip, path, 65536), ARCHIVE_OK);
    while ((status = archive_read_next_header(zip, &entry)) == ARCHIVE_OK) {
        const char *name = archive_entry_pathname(entry);
        size_t size = (size_t)archive_entry_size(entry);
        char *bytes = g_malloc(size + 1);

        assert_true(size < ENTRY_MAX);
        assert_non_null(strstr(archive_format_name(zip), "uncompressed"));
        assert_true(g_str_has_prefix(name, root) && name[strlen(root)] == '/');
        assert_int_equal(archive_read_data(zip, bytes, size + 1), size);
        assert_true(g_hash_table_insert(files, g_strdup(name + strlen(root) + 1),
                                        g_bytes_new_take(bytes, size)));
    }
    assert_int_equal(status, ARCHIVE_EOF);
    archive_read_free(zip);
    return files;
}

static char *text_of(GHashTable *files, const char *name)
{
    GBytes *bytes = g_hash_table_lookup(files, name);
    gsize size = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &size) : NULL;

    if (!bytes)
        fail_msg("%s is not in the package", name);
    return g_strndup(text, size);
}

static void assert_same_as_file(GHashTable *files, const char *name, const char *path)
{
    GBytes *bytes = g_hash_table_lookup(files, name);
    g_autofree char *expected = NULL;
    gsize size, expected_size;

    if (!bytes)
        fail_msg("%s is not in the package", name);
    assert_true(g_file_get_contents(path, &expected, &expected_size, NULL));
    g_bytes_get_data(bytes, &size);
    assert_int_equal(size, expected_size);
    assert_memory_equal(g_bytes_get_data(bytes, &size), expected, size);
}

/* Each file but the list stands in the list, with its SHA-256. */
static void assert_manifest(GHashTable *files)
{
    g_autofree char *manifest = text_of(files, "manifest.sha256");
    g_auto(GStrv) lines = g_strsplit(manifest, "\n", -1);
    unsigned count = 0;

    for (; lines[count] && *lines[count]; count++) {
        GBytes *bytes = g_hash_table_lookup(files, lines[count] + 66);
        g_autofree char *hash =
            bytes ? g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes) : NULL;

        assert_non_null(hash);
        assert_memory_equal(lines[count], hash, 64);
        assert_memory_equal(lines[count] + 64, "  ", 2);
    }
    assert_int_equal(count + 1, g_hash_table_size(files));
}

static json_t *verification_of(GHashTable *files)
{
    g_autofree char *text = text_of(files, "verification.json");
    json_t *root = json_loads(text, 0, NULL);

    assert_non_null(root);
    return root;
}

static HeardPackageCount pack_spec(const HeardPackageSpec *spec, const char *out)
{
    HeardPackageCount count;
    int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(heard_package_write(spec, fd, &count, NULL));
    close(fd);
    return count;
}

static HeardPackageCount pack(const Fixture *fixture, const char *page, const char *out)
{
    return pack_spec(&(HeardPackageSpec){.recording = fixture->path, .page = page}, out);
}

static void holds_everything_as_it_stands(void **state)
{
    static const char *const originals[] = {"log.json", "journal.jsonl", "seal.json", "000001.seg",
                                            "000002.seg"};
    Fixture fixture = fixture_new();
    g_autofree char *page = put_file(&fixture, "verify.html", "<p>page</p>");
    g_autofree char *mix = put_file(&fixture, "h1/R01/derived/mix.webm", "sound");
    g_autofree char *out = g_build_filename(fixture.root, "x.zip", NULL);
    g_autofree char *readme = NULL;
    g_autoptr(HeardVerifyReport) report = NULL;
    HeardPackageCount count;
    GHashTable *files;
    json_t *said;
    (void)state;

    make_log(&fixture);
    count = pack(&fixture, page, out);
    assert_true(count.intact);
    assert_int_equal(count.left_out, 0);
    files = read_zip(out, "HSJ-R01");
    assert_int_equal(count.files, g_hash_table_size(files));
    for (size_t i = 0; i < G_N_ELEMENTS(originals); i++) {
        g_autofree char *name = g_strconcat("original/", originals[i], NULL);
        g_autofree char *path = g_build_filename(fixture.path, originals[i], NULL);
        assert_same_as_file(files, name, path);
    }
    assert_same_as_file(files, "derived/mix.webm", mix);
    assert_same_as_file(files, "verify.html", page);
    assert_manifest(files);
    report = verify(&fixture);
    readme = text_of(files, "readme.txt");
    assert_non_null(strstr(readme, report->signer_fingerprint));
    assert_non_null(strstr(readme, "完好"));
    assert_non_null(strstr(readme, "heard verify original"));
    said = verification_of(files);
    assert_string_equal(json_string_value(json_object_get(said, "result")), "intact");
    assert_string_equal(json_string_value(json_object_get(said, "chain_head")), report->chain_head);
    json_decref(said);
    g_hash_table_unref(files);
    fixture_free(&fixture);
}

static void a_damaged_recording_is_packed_and_said_to_be(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *page = put_file(&fixture, "verify.html", "<p>page</p>");
    g_autofree char *out = g_build_filename(fixture.root, "x.zip", NULL);
    g_autofree char *segment = g_build_filename(fixture.path, "000001.seg", NULL);
    g_autofree char *gone = g_build_filename(fixture.path, "000002.seg", NULL);
    g_autofree char *readme = NULL;
    HeardPackageCount count;
    GHashTable *files;
    json_t *said;
    int fd;
    (void)state;

    make_log(&fixture);
    fd = open(segment, O_WRONLY);
    assert_int_equal(pwrite(fd, "X", 1, 300), 1);
    close(fd);
    assert_int_equal(unlink(gone), 0);
    assert_int_equal(symlink("/etc/passwd", gone), 0); /* not ours: never followed */
    count = pack(&fixture, page, out);
    assert_false(count.intact);
    assert_int_equal(count.left_out, 1);
    files = read_zip(out, "HSJ-R01");
    assert_same_as_file(files, "original/000001.seg", segment);
    assert_null(g_hash_table_lookup(files, "original/000002.seg"));
    assert_manifest(files);
    said = verification_of(files);
    assert_string_equal(json_string_value(json_object_get(said, "result")), "altered");
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(json_object_get(said, "left_out"), 0), "file")),
                        "original/000002.seg");
    json_decref(said);
    readme = text_of(files, "readme.txt");
    assert_non_null(strstr(readme, "不完好"));
    g_hash_table_unref(files);
    fixture_free(&fixture);
}

/* Without log.json there is no number; the segments are packed nevertheless. */
static void a_recording_without_its_head_is_packed(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *page = put_file(&fixture, "verify.html", "<p>page</p>");
    g_autofree char *out = g_build_filename(fixture.root, "x.zip", NULL);
    g_autofree char *head = g_build_filename(fixture.path, "log.json", NULL);
    GHashTable *files;
    (void)state;

    make_log(&fixture);
    assert_int_equal(unlink(head), 0);
    assert_false(pack(&fixture, page, out).intact);
    files = read_zip(out, "R01");
    assert_non_null(g_hash_table_lookup(files, "original/000001.seg"));
    assert_manifest(files);
    g_hash_table_unref(files);
    fixture_free(&fixture);
}

static void who_recovered_it_has_a_certificate_in_it(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *page = put_file(&fixture, "verify.html", "<p>page</p>");
    g_autofree char *out = g_build_filename(fixture.root, "x.zip", NULL);
    HeardSigner *other = fixture_signer(&fixture, "other", HEARD_SIGNING_SM2);
    HeardPacketLog *log = fixture_log(&fixture, NULL);
    HeardRecoverReport recovered;
    g_autofree char *kept = NULL;
    g_autofree char *readme = NULL;
    GHashTable *files;
    (void)state;

    append_packet(log, 1, 0, 0, 60);
    assert_true(heard_packet_log_flush(log, 0, 0, NULL));
    heard_packet_log_free(log); /* as a crash would */
    heard_recover_log(fixture.path, other, &recovered);
    assert_int_equal(recovered.result, HEARD_RECOVER_REPAIRED);
    assert_true(pack(&fixture, page, out).intact);
    files = read_zip(out, "HSJ-R01");
    kept = text_of(files, "certificates/recovered-by.pem");
    assert_string_equal(kept, heard_signer_certificate(other));
    readme = text_of(files, "readme.txt");
    assert_non_null(strstr(readme, "-in certificates/recovered-by.pem -noout -pubkey"));
    assert_non_null(strstr(readme, "-digest sm3"));
    g_hash_table_unref(files);
    heard_signer_free(other);
    fixture_free(&fixture);
}

/* Four segments; what is written last into the first three of them: at 70, 140 and 210 s. */
static void make_long_log(const Fixture *fixture)
{
    HeardPacketLog *log = fixture_log(fixture, NULL);

    for (uint32_t i = 0; i < 12; i++) {
        int64_t at_us = (i / 3) * INT64_C(70000000) + (i % 3) * INT64_C(2000000);
        append_packet(log, 1, at_us, i, 60);
        assert_true(heard_packet_log_flush(log, at_us, 0, NULL));
    }
    assert_true(heard_packet_log_finish(log, INT64_C(220000000), 0, NULL));
    heard_packet_log_free(log);
}

static void an_excerpt_holds_its_segments_and_says_so(void **state)
{
    static const char *const there[] = {"original/log.json",   "original/journal.jsonl",
                                        "original/seal.json",  "original/000002.seg",
                                        "original/000003.seg", "original/excerpt.json"};
    Fixture fixture = fixture_new();
    g_autofree char *page = put_file(&fixture, "verify.html", "<p>page</p>");
    g_autofree char *clip = put_file(&fixture, "film.mp4", "film");
    g_autofree char *mix = put_file(&fixture, "h1/R01/derived/mix.webm", "sound");
    g_autofree char *out = g_build_filename(fixture.root, "x.zip", NULL);
    g_autofree char *again = g_build_filename(fixture.root, "again", NULL);
    g_autofree char *readme = NULL;
    g_autoptr(HeardVerifyReport) report = NULL;
    json_t *facts = json_pack("{s:s}", "file", "clip.mp4");
    HeardPackageSpec spec = {
        .recording = fixture.path, .page = page, .clip = clip, .clip_facts = facts};
    GHashTable *files;
    json_t *said;
    (void)state;

    make_long_log(&fixture);
    assert_true(heard_excerpt_choose(&spec.excerpt, fixture.path, 72000, 150000, NULL));
    assert_true(pack_spec(&spec, out).intact);
    files = read_zip(out, "HSJ-R01-excerpt");
    assert_manifest(files);
    assert_same_as_file(files, "clip.mp4", clip);
    assert_null(g_hash_table_lookup(files, "derived/mix.webm"));
    assert_null(g_hash_table_lookup(files, "original/000001.seg"));
    assert_null(g_hash_table_lookup(files, "original/000004.seg"));
    assert_int_equal(g_mkdir(again, 0750), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(there); i++) {
        GBytes *bytes = g_hash_table_lookup(files, there[i]);
        g_autofree char *path = g_build_filename(again, there[i] + strlen("original/"), NULL);
        assert_non_null(bytes);
        assert_true(g_file_set_contents(path, g_bytes_get_data(bytes, NULL),
                                        (gssize)g_bytes_get_size(bytes), NULL));
    }
    report = heard_verify(again, NULL, NULL);
    assert_int_equal(report->result, HEARD_VERIFY_INTACT);
    assert_int_equal(report->finding_count, 2); /* nothing came between 74 and 140, 144 and 210 s */
    readme = text_of(files, "readme.txt");
    assert_non_null(strstr(readme, "片段（不是整份录音录像）：00:01:12.000 – 00:02:30.000"));
    assert_non_null(strstr(readme, "Segments: 2 to 3 of 4"));
    assert_non_null(strstr(readme, "clip.mp4"));
    said = verification_of(files);
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(said, "excerpt"), "last_segment")), 3);
    assert_non_null(json_object_get(said, "clip"));
    json_decref(said);
    json_decref(facts);
    g_hash_table_unref(files);
    fixture_free(&fixture);
}

static void the_segments_that_hold_a_stretch_are_chosen(void **state)
{
    static const struct {
        int64_t from_ms, to_ms;
        uint32_t first, last;
        int64_t end_ms;
    } cases[] = {
        {0, 1, 1, 1, 1},
        {0, 70000, 1, 1, 70000},
        {70000, 70001, 1, 2, 70001},
        {70001, 140000, 2, 2, 140000},
        {70001, 140001, 2, 3, 140001},
        {210001, 215000, 4, 4, 215000}, /* behind the last record, before the end */
        {71000, -1, 2, 4, 220000},
        {71000, 99999999, 2, 4, 220000},
    };
    static const int64_t wrong[][2] = {{-1, 5}, {5, 5}, {6, 5}, {220000, -1}, {999999, 9999999}};
    Fixture fixture = fixture_new();
    g_autofree char *claim = g_build_filename(fixture.path, HEARD_EXCERPT_FILE, NULL);
    g_autofree char *text = heard_excerpt_text(&(HeardExcerpt){71000, 139000, 2, 2});
    g_autoptr(GError) outside = NULL;
    HeardExcerpt found;
    (void)state;

    make_long_log(&fixture);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(HeardVerifyReport) report = NULL;
        assert_true(
            heard_excerpt_choose(&found, fixture.path, cases[i].from_ms, cases[i].to_ms, NULL));
        if (found.first_segment != cases[i].first || found.last_segment != cases[i].last)
            fail_msg("case %zu: %u to %u", i, found.first_segment, found.last_segment);
        assert_int_equal(found.to_ms, cases[i].end_ms);
        report = heard_package_verify(fixture.path, &found, NULL);
        assert_int_equal(report->result, HEARD_VERIFY_INTACT);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(heard_excerpt_choose(&found, fixture.path, wrong[i][0], wrong[i][1], &error));
        assert_int_equal(heard_error_code(error), HEARD_ERROR_RANGE);
    }
    assert_true(g_file_set_contents(claim, text, -1, NULL)); /* of an excerpt only what it holds */
    assert_true(heard_excerpt_choose(&found, fixture.path, 72000, 73000, NULL));
    assert_false(heard_excerpt_choose(&found, fixture.path, 72000, 150000, &outside));
    assert_int_equal(heard_error_code(outside), HEARD_ERROR_RANGE);
    fixture_free(&fixture);
}

static int run_package(const char *recording, const char *page, const char *out)
{
    char *copies[] = {g_strdup(recording), g_strdup(page), g_strdup(out)};
    char name[] = "package", a[] = "--recording", b[] = "--page", c[] = "--out";
    char *argv[] = {name, a, copies[0], b, copies[1], c, copies[2], NULL};
    int saved = dup(STDOUT_FILENO);
    int status;

    fflush(stdout);
    assert_non_null(freopen("/dev/null", "w", stdout)); /* TAP only */
    status = heard_package_main(7, argv);
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    for (size_t i = 0; i < G_N_ELEMENTS(copies); i++)
        g_free(copies[i]);
    return status;
}

static void failure_leaves_nothing_behind(void **state)
{
    Fixture fixture = fixture_new();
    g_autofree char *page = put_file(&fixture, "verify.html", "<p>page</p>");
    g_autofree char *out = put_file(&fixture, "out/x.zip", "before");
    g_autofree char *part = g_strconcat(out, ".part", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    HeardPackageCount count;
    (void)state;

    assert_false(heard_package_write(&(HeardPackageSpec){.recording = fixture.root, .page = page},
                                     -1, &count, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_NOT_FOUND);
    assert_int_equal(run_package(fixture.root, page, out), 1);
    make_log(&fixture);
    assert_int_equal(run_package(fixture.path, "/nowhere/verify.html", out), 1);
    g_clear_error(&error);
    assert_false(heard_package_write(&(HeardPackageSpec){.recording = fixture.path, .page = page},
                                     open("/dev/full", O_WRONLY), &count, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_STORAGE_FULL);
    assert_true(g_file_get_contents(out, &text, NULL, NULL));
    assert_string_equal(text, "before");
    assert_false(g_file_test(part, G_FILE_TEST_EXISTS));
    assert_int_equal(run_package(fixture.path, page, out), 0);
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_everything_as_it_stands),
        cmocka_unit_test(a_damaged_recording_is_packed_and_said_to_be),
        cmocka_unit_test(a_recording_without_its_head_is_packed),
        cmocka_unit_test(who_recovered_it_has_a_certificate_in_it),
        cmocka_unit_test(an_excerpt_holds_its_segments_and_says_so),
        cmocka_unit_test(the_segments_that_hold_a_stretch_are_chosen),
        cmocka_unit_test(failure_leaves_nothing_behind),
    };

    return cmocka_run_group_tests_name("recordings package", tests, NULL, NULL);
}
