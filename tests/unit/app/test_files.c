/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/app/certificate.h"
#include "server/app/files.h"
#include "server/app/local_time.h"
#include "server/app/static_files.h"
#include "server/app/totp.h"
#include "server/base/error.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *folder;
} Fixture;

static int set_up(void **state)
{
    Fixture *self = g_new0(Fixture, 1);

    self->folder = g_dir_make_tmp("heard-files-XXXXXX", NULL);
    *state = self;
    return self->folder ? 0 : -1;
}

static int tear_down(void **state)
{
    Fixture *self = *state;
    g_autoptr(GDir) dir = g_dir_open(self->folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(self->folder, name, NULL);
        g_remove(path);
    }
    g_rmdir(self->folder);
    g_free(self->folder);
    g_free(self);
    return 0;
}

static void one_server_has_a_folder(void **state)
{
    Fixture *self = *state;
    g_autoptr(GError) error = NULL;
    int lock = heard_files_claim_folder(self->folder, &error);

    assert_true(lock >= 0);
    assert_int_equal(heard_files_claim_folder(self->folder, &error), -1);
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFLICT);
    close(lock);
    lock = heard_files_claim_folder(self->folder, NULL);
    assert_true(lock >= 0);
    close(lock);
}

static void a_folder_must_be_writable(void **state)
{
    g_autoptr(GError) error = NULL;

    (void)state;
    assert_int_equal(heard_files_claim_folder("/proc/heard", &error), -1);
    assert_int_equal(heard_error_code(error), HEARD_ERROR_STORAGE);
    assert_non_null(strstr(error->message, "/proc/heard"));
}

static void writes_whole_files_with_their_mode(void **state)
{
    Fixture *self = *state;
    g_autofree char *path = g_build_filename(self->folder, "a.json", NULL);
    g_autofree char *text = NULL;
    struct stat about;

    assert_true(heard_files_write(path, "one", 0600, NULL));
    assert_true(heard_files_write(path, "two", 0600, NULL));
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, "two");
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

static void opens_nothing_outside(void **state)
{
    static const char *const outside[] = {"../etc/passwd", "/etc/passwd", "..",  ".", "",
                                          "missing",       "a/../../x",   "link"};
    Fixture *self = *state;
    g_autofree char *inside = g_build_filename(self->folder, "inside", NULL);
    g_autofree char *link = g_build_filename(self->folder, "link", NULL);
    int fd;

    assert_true(heard_files_write(inside, "x", 0600, NULL));
    assert_int_equal(symlink("/etc/passwd", link), 0);
    fd = heard_files_open_below(self->folder, "inside", NULL);
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < G_N_ELEMENTS(outside); i++) {
        g_autoptr(GError) error = NULL;
        assert_int_equal(heard_files_open_below(self->folder, outside[i], &error), -1);
        assert_int_equal(heard_error_code(error), HEARD_ERROR_NOT_FOUND);
    }
}

static void keeps_its_certificate(void **state)
{
    static const char *const one[] = {"192.0.2.7", NULL};
    static const char *const two[] = {"192.0.2.7", "192.0.2.8", NULL};
    Fixture *self = *state;
    g_auto(HeardCertificate) first = {0};
    g_auto(HeardCertificate) second = {0};
    g_auto(HeardCertificate) third = {0};

    assert_true(heard_certificate_self_signed(&first, self->folder, one, NULL));
    assert_true(heard_certificate_self_signed(&second, self->folder, one, NULL));
    assert_string_equal(first.certificate, second.certificate);
    assert_true(heard_certificate_self_signed(&third, self->folder, two, NULL)); /* a new address */
    assert_string_not_equal(first.certificate, third.certificate);
}

static void refuses_a_wrong_certificate(void **state)
{
    static const char *const none[] = {NULL};
    Fixture *self = *state;
    g_autofree char *certificate = g_build_filename(self->folder, "certificate.pem", NULL);
    g_autofree char *key = g_build_filename(self->folder, "certificate-key.pem", NULL);
    g_auto(HeardCertificate) good = {0};
    g_auto(HeardCertificate) loaded = {0};
    g_autoptr(GError) missing = NULL;
    g_autoptr(GError) mixed = NULL;

    assert_true(heard_certificate_self_signed(&good, self->folder, none, NULL));
    assert_true(heard_certificate_load(&loaded, certificate, key, NULL));
    assert_false(heard_certificate_load(&loaded, "/nowhere.pem", key, &missing));
    assert_int_equal(heard_error_code(missing), HEARD_ERROR_CONFIG);
    assert_non_null(strstr(missing->message, "/nowhere.pem"));
    assert_false(heard_certificate_load(&loaded, key, certificate, &mixed));
    assert_int_equal(heard_error_code(mixed), HEARD_ERROR_CONFIG);
}

static void knows_pages_and_assets(void **state)
{
    (void)state;
    assert_true(heard_static_files_is_page("/"));
    assert_true(heard_static_files_is_page("/j/token"));
    assert_true(heard_static_files_is_page("/hearings/1"));
    assert_false(heard_static_files_is_page("/jx"));
    assert_false(heard_static_files_is_page("/app.js"));
    assert_true(heard_static_files_is_hashed("app-3F2A9C01.js"));
    assert_true(heard_static_files_is_hashed("app-3F2A9C01.js.map"));
    assert_false(heard_static_files_is_hashed("app-version.js"));
    assert_false(heard_static_files_is_hashed("app.js"));
    assert_string_equal(heard_static_files_media_type("a.svg"), "image/svg+xml");
    assert_string_equal(heard_static_files_media_type("a"), "application/octet-stream");
}

/* RFC 6238 appendix B: the secret "12345678901234567890", SHA-1, last six digits. */
static void takes_codes_of_the_rfc(void **state)
{
    static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    int64_t step = 0;

    (void)state;
    assert_true(heard_totp_init());
    assert_true(heard_totp_matches(secret, "287082", 59 * 1000, &step));
    assert_int_equal(step, 1);
    assert_true(heard_totp_matches(secret, "081804", INT64_C(1111111109) * 1000, &step));
    assert_true(heard_totp_matches(secret, "287082", 89 * 1000, &step)); /* one step late */
    assert_int_equal(step, 1);
    assert_false(heard_totp_matches(secret, "287082", 120 * 1000, &step));
    assert_false(heard_totp_matches(secret, "28708", 59 * 1000, &step));
    assert_false(heard_totp_matches("not base32!", "287082", 59 * 1000, &step));
}

static void counts_days_as_people_do(void **state)
{
    int64_t from_ms = 0, to_ms = 0;
    char date[9];

    (void)state;
    heard_local_date("Asia/Shanghai", INT64_C(1760000000000), date); /* 2025-10-09 16:53 there */
    assert_string_equal(date, "20251009");
    heard_local_date("Asia/Shanghai", INT64_C(1760029200000), date); /* 17:00 UTC: the next day */
    assert_string_equal(date, "20251010");
    assert_true(heard_local_day("2026-11-23", 0, &from_ms, &to_ms));
    assert_int_equal(to_ms - from_ms, 24 * 3600 * 1000);
    assert_false(heard_local_day("2026-11-31", 0, &from_ms, &to_ms));
    assert_false(heard_local_day("2026-11-2x", 0, &from_ms, &to_ms));
    assert_false(heard_local_day("", 0, &from_ms, &to_ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_server_has_a_folder, set_up, tear_down),
        cmocka_unit_test(a_folder_must_be_writable),
        cmocka_unit_test_setup_teardown(writes_whole_files_with_their_mode, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opens_nothing_outside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_its_certificate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_wrong_certificate, set_up, tear_down),
        cmocka_unit_test(knows_pages_and_assets),
        cmocka_unit_test(takes_codes_of_the_rfc),
        cmocka_unit_test(counts_days_as_people_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
