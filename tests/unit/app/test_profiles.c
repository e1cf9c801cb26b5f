/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/app/profiles.h"
#include "server/base/error.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("heard-profiles-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int remove_folder(void **state)
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name;
    (void)state;

    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_clear_pointer(&folder, g_free);
    return 0;
}

/* The built-in one of the kind, with another limit for its second phase. */
static void put(const char *name, HeardKind kind, const char *limit)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GString) text = g_string_new(heard_agenda_text(kind));

    g_string_replace(text, "\"limit_minutes\": 5", limit, 1);
    assert_true(g_file_set_contents(path, text->str, -1, NULL));
}

static int64_t limit_for(const HeardProfiles *profiles, const char *region)
{
    const char *text = NULL;
    const HeardProfile *profile =
        heard_profiles_find(profiles, HEARD_KIND_JOINT_RECEPTION, region, &text);

    assert_ptr_equal(heard_agenda_keep(text, NULL)->phase_count, profile->phase_count);
    return profile->phases[profile->opening].limit_ms / 60000;
}

static void the_longest_region_that_fits_counts(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardProfiles) profiles = NULL;
    (void)state;

    put("joint_reception.json", HEARD_KIND_JOINT_RECEPTION, "\"limit_minutes\": 6");
    put("joint_reception@46.json", HEARD_KIND_JOINT_RECEPTION, "\"limit_minutes\": 7");
    put("joint_reception@4601.json", HEARD_KIND_JOINT_RECEPTION, "\"limit_minutes\": 8");
    put("notes.txt", HEARD_KIND_RECEPTION, "nobody reads it");
    profiles = heard_profiles_load(folder, &error);
    assert_non_null(profiles);
    assert_int_equal(limit_for(profiles, "110000"), 6);
    assert_int_equal(limit_for(profiles, "460200"), 7);
    assert_int_equal(limit_for(profiles, "460100"), 8);
    assert_int_equal(limit_for(profiles, ""), 6);
}

static void without_a_folder_there_are_those_that_are_built_in(void **state)
{
    g_autoptr(HeardProfiles) profiles = heard_profiles_load(NULL, NULL);
    (void)state;

    assert_int_equal(limit_for(profiles, "460100"), 5);
}

static void refused(const char *says)
{
    g_autoptr(GError) error = NULL;

    assert_null(heard_profiles_load(folder, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFIG);
    if (!strstr(error->message, says))
        fail_msg("%s", error->message);
}

static void what_is_wrong_is_told_with_its_file(void **state)
{
    (void)state;

    put("banquet.json", HEARD_KIND_RECEPTION, "\"limit_minutes\": 5");
    refused("banquet.json: is not named after a kind of hearing");
}

static void a_region_is_digits(void **state)
{
    (void)state;

    put("reception@hainan.json", HEARD_KIND_RECEPTION, "\"limit_minutes\": 5");
    refused("reception@hainan.json: behind @");
}

static void a_file_of_another_kind_is_refused(void **state)
{
    (void)state;

    put("mediation.json", HEARD_KIND_RECEPTION, "\"limit_minutes\": 5");
    refused("mediation.json: kind:");
}

static void a_limit_that_is_none_is_refused(void **state)
{
    (void)state;

    put("reception.json", HEARD_KIND_RECEPTION, "\"limit_minutes\": -1");
    refused("reception.json: phases[1].limit_minutes: is out of range");
}

static void a_folder_that_is_not_there_is_refused(void **state)
{
    g_autoptr(GError) error = NULL;
    (void)state;

    assert_null(heard_profiles_load("/nowhere/at/all", &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFIG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_longest_region_that_fits_counts),
        TEST(without_a_folder_there_are_those_that_are_built_in),
        TEST(what_is_wrong_is_told_with_its_file),
        TEST(a_region_is_digits),
        TEST(a_file_of_another_kind_is_refused),
        TEST(a_limit_that_is_none_is_refused),
        TEST(a_folder_that_is_not_there_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
