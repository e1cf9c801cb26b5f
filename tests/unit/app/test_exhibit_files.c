/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/app/examine.h"
#include "server/app/exhibit_files.h"
#include "server/base/error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORDS "what a petitioner brings"

static int make_folder(void **state)
{
    *state = g_dir_make_tmp("heard-exhibits-XXXXXX", NULL);
    return *state ? 0 : -1;
}

static int remove_folder(void **state)
{
    const char *argv[] = {"rm", "-rf", *state, NULL};
    gboolean ran = g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
                                NULL, NULL, NULL, NULL, NULL);

    g_free(*state);
    return ran ? 0 : -1;
}

static unsigned count_in(const char *folder, const char *below)
{
    g_autofree char *path = g_build_filename(folder, below, NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    unsigned count = 0;

    while (dir && g_dir_read_name(dir))
        count++;
    return count;
}

static HeardIncoming *arrives(const char *folder, GError **error)
{
    HeardIncoming *self = heard_incoming_new(folder, error);

    assert_non_null(self);
    for (const char *c = WORDS; *c; c++) /* byte by byte */
        heard_incoming_write(self, c, 1);
    assert_true(heard_incoming_end(self, error));
    return self;
}

static void a_file_gets_its_name_from_its_content(void **state)
{
    GError *error = NULL;
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, WORDS, -1);
    g_autofree char *below = heard_exhibit_files_folder(sum);
    g_autofree char *path = g_build_filename(*state, below, sum, NULL);
    g_autofree char *content = NULL;
    struct stat about;

    assert_true(heard_exhibit_files_prepare(*state, &error));
    for (unsigned i = 0; i < 2; i++) { /* the same content again is no failure */
        g_autoptr(HeardIncoming) self = arrives(*state, &error);
        assert_string_equal(heard_incoming_sha256(self), sum);
        assert_int_equal(heard_incoming_size(self), strlen(WORDS));
        assert_true(heard_incoming_keep(self, &error));
    }
    assert_int_equal(count_in(*state, "exhibits/incoming"), 0);
    assert_int_equal(count_in(*state, below), 1);
    assert_true(g_file_get_contents(path, &content, NULL, NULL));
    assert_string_equal(content, WORDS);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

static void what_was_not_kept_is_gone(void **state)
{
    GError *error = NULL;
    g_autofree char *left = g_build_filename(*state, "exhibits/incoming/Xa81b2", NULL);

    assert_true(heard_exhibit_files_prepare(*state, &error));
    heard_incoming_free(arrives(*state, &error));
    heard_incoming_free(heard_incoming_new(*state, &error)); /* cut off before its end */
    assert_int_equal(count_in(*state, "exhibits/incoming"), 0);
    assert_true(g_file_set_contents(left, "of a crash", -1, NULL));
    assert_true(heard_exhibit_files_prepare(*state, &error));
    assert_int_equal(count_in(*state, "exhibits/incoming"), 0);
}

static void a_folder_that_is_missing_is_a_failure(void **state)
{
    GError *error = NULL;

    assert_null(heard_incoming_new(*state, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_STORAGE);
    g_clear_error(&error);
}

static void a_full_disk_is_told_at_the_end(void **state)
{
    GError *error = NULL;
    g_autoptr(HeardIncoming) self = NULL;
    int full;

    assert_true(heard_exhibit_files_prepare(*state, &error));
    self = heard_incoming_new(*state, &error);
    assert_non_null(self);
    /* Its descriptor leads to a device that is always full. */
    full = g_open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0);
    for (int fd = 3; fd < full; fd++) {
        char target[PATH_MAX] = "";
        g_autofree char *of_fd = g_strdup_printf("/proc/self/fd/%d", fd);
        if (readlink(of_fd, target, sizeof target - 1) > 0 &&
            strcmp(target, heard_incoming_path(self)) == 0)
            assert_int_equal(dup2(full, fd), fd);
    }
    close(full);
    heard_incoming_write(self, WORDS, strlen(WORDS));
    heard_incoming_write(self, WORDS, strlen(WORDS));
    assert_false(heard_incoming_end(self, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_STORAGE_FULL);
    g_clear_error(&error);
}

static void types_by_what_libmagic_says(void **state)
{
    static const struct {
        const char *mime, *wanted;
        HeardError refused;
    } rows[] = {
        {"image/jpeg", "image/jpeg", HEARD_ERROR_INTERNAL},
        {"audio/x-wav", "audio/wav", HEARD_ERROR_INTERNAL},
        {"video/x-m4v", "video/mp4", HEARD_ERROR_INTERNAL},
        {"image/heic", NULL, HEARD_ERROR_FILE_HEIC},
        {"image/heif", NULL, HEARD_ERROR_FILE_HEIC},
        {"image/svg+xml", NULL, HEARD_ERROR_FILE_TYPE},
        {"text/html", NULL, HEARD_ERROR_FILE_TYPE},
        {"application/x-dosexec", NULL, HEARD_ERROR_FILE_TYPE},
        {"audio/ogg", NULL, HEARD_ERROR_FILE_TYPE}, /* Vorbis, or nothing */
        {"video/quicktime", NULL, HEARD_ERROR_FILE_TYPE},
        {"", NULL, HEARD_ERROR_FILE_TYPE},
    };
    uint8_t head[64] = {0};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        HeardError refused = HEARD_ERROR_INTERNAL;
        const char *got = heard_examine_type(rows[i].mime, head, sizeof head, &refused);

        if (rows[i].wanted)
            assert_string_equal(got, rows[i].wanted);
        else
            assert_null(got);
        assert_int_equal(refused, rows[i].refused);
    }
    memcpy(head + 28, "OpusHead", 8);
    for (size_t size = 0; size < sizeof head; size++) {
        HeardError refused = HEARD_ERROR_INTERNAL;
        bool taken = heard_examine_type("audio/ogg", head, size, &refused) != NULL;
        assert_int_equal(taken, size >= 36);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_gets_its_name_from_its_content, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(what_was_not_kept_is_gone, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_folder_that_is_missing_is_a_failure, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_full_disk_is_told_at_the_end, make_folder, remove_folder),
        cmocka_unit_test(types_by_what_libmagic_says),
    };

    return cmocka_run_group_tests_name("app exhibit files", tests, NULL, NULL);
}
