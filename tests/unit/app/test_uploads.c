/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/app/uploads.h"
#include "server/base/error.h"

#include <glib.h>
#include <string.h>

#define NOW_MS INT64_C(1760000000000)

static HeardUploads *uploads;
static char *folder;

static int open_table(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("heard-uploads-XXXXXX", NULL);
    uploads = heard_uploads_new(folder, NULL);
    return uploads ? 0 : -1;
}

static int close_table(void **state)
{
    const char *argv[] = {"rm", "-rf", folder, NULL};

    (void)state;
    heard_uploads_free(uploads);
    g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 NULL, NULL);
    g_free(folder);
    return 0;
}

static const HeardUpload *add(const char *owner, int64_t wall_ms, GError **error)
{
    char title[] = "外墙照片", file_name[] = "IMG_1.jpg";
    HeardUpload wanted = {.title = title, .file_name = file_name, .size = 100};

    g_strlcpy(wanted.owner, owner, sizeof wanted.owner);
    g_strlcpy(wanted.hearing, "h", sizeof wanted.hearing);
    return heard_uploads_add(uploads, &wanted, wall_ms, error);
}

static void a_ticket_is_its_owners_and_has_its_time(void **state)
{
    GError *error = NULL;
    const HeardUpload *upload = add("petitioner", NOW_MS, &error);
    char ticket[HEARD_UPLOAD_TICKET_SIZE];

    (void)state;
    assert_non_null(upload);
    assert_string_equal(upload->title, "外墙照片");
    assert_int_equal(strlen(upload->ticket), HEARD_UPLOAD_TICKET_SIZE - 1);
    g_strlcpy(ticket, upload->ticket, sizeof ticket);
    assert_ptr_equal(heard_uploads_find(uploads, ticket, "petitioner", NOW_MS), upload);
    assert_null(heard_uploads_find(uploads, ticket, "department", NOW_MS));
    assert_null(heard_uploads_find(uploads, "none", "petitioner", NOW_MS));
    assert_null(heard_uploads_find(uploads, ticket, "petitioner", NOW_MS + HEARD_UPLOAD_LIFE_MS));
}

static void nobody_has_too_many(void **state)
{
    GError *error = NULL;
    char owner[8];

    (void)state;
    for (unsigned i = 0; i < HEARD_UPLOADS_OF_ONE_MAX; i++)
        assert_non_null(add("one", NOW_MS, &error));
    assert_null(add("one", NOW_MS, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_TOO_MANY);
    g_clear_error(&error);
    for (unsigned i = HEARD_UPLOADS_OF_ONE_MAX; i < HEARD_UPLOADS_MAX; i++) {
        g_snprintf(owner, sizeof owner, "p%u", i);
        assert_non_null(add(owner, NOW_MS, &error));
    }
    assert_null(add("last", NOW_MS, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_TOO_MANY);
    g_clear_error(&error);
    /* Time makes room again. */
    assert_non_null(add("one", NOW_MS + HEARD_UPLOAD_LIFE_MS, &error));
}

static void a_file_that_failed_may_be_sent_again_one_that_was_kept_not(void **state)
{
    GError *error = NULL;
    HeardUpload *upload;
    char ticket[HEARD_UPLOAD_TICKET_SIZE];

    (void)state;
    g_strlcpy(ticket, add("one", NOW_MS, &error)->ticket, sizeof ticket);
    upload = heard_uploads_find(uploads, ticket, "one", NOW_MS);
    for (unsigned i = 0; i < HEARD_UPLOADS_AT_ONCE_MAX; i++)
        assert_true(heard_uploads_examine(uploads, upload));
    assert_false(heard_uploads_examine(uploads, upload));
    heard_uploads_examined(uploads, ticket, NULL);
    assert_int_equal(upload->state, HEARD_UPLOAD_OPEN);
    assert_true(heard_uploads_examine(uploads, upload));
    heard_uploads_examined(uploads, "gone meanwhile", NULL);
    heard_uploads_examined(uploads, ticket, "exhibit-1");
    assert_int_equal(upload->state, HEARD_UPLOAD_DONE);
    assert_string_equal(upload->exhibit, "exhibit-1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_ticket_is_its_owners_and_has_its_time, open_table,
                                        close_table),
        cmocka_unit_test_setup_teardown(nobody_has_too_many, open_table, close_table),
        cmocka_unit_test_setup_teardown(a_file_that_failed_may_be_sent_again_one_that_was_kept_not,
                                        open_table, close_table),
    };

    return cmocka_run_group_tests_name("app uploads", tests, NULL, NULL);
}
