/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/base/error.h"

static void names_are_unique_and_fit_the_wire(void **state)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    (void)state;

    for (unsigned code = 0; code < HEARD_ERROR_COUNT; code++) {
        const char *name = heard_error_name((HeardError)code);
        assert_non_null(name);
        assert_true(strlen(name) > 0);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
        if (!g_hash_table_add(seen, (char *)name))
            fail_msg("two codes are called %s", name);
    }
}

static void every_status_is_an_error_of_http(void **state)
{
    (void)state;
    for (unsigned code = 0; code < HEARD_ERROR_COUNT; code++)
        assert_in_range(heard_error_http_status((HeardError)code), 400, 599);
    assert_int_equal(heard_error_http_status(HEARD_ERROR_UNAUTHENTICATED), 401);
    assert_int_equal(heard_error_http_status(HEARD_ERROR_LINK_EXPIRED), 410);
    assert_int_equal(heard_error_http_status(HEARD_ERROR_STORAGE_FULL), 507);
}

/* Clients rely on these. */
static void names_that_may_never_change(void **state)
{
    (void)state;
    assert_string_equal(heard_error_name(HEARD_ERROR_LINK_USED), "link_used");
    assert_string_equal(heard_error_name(HEARD_ERROR_HEARING_CLOSED), "hearing_closed");
    assert_string_equal(heard_error_name(HEARD_ERROR_METHOD), "method_not_allowed");
}

static void a_code_from_nowhere_is_internal(void **state)
{
    (void)state;
    assert_string_equal(heard_error_name((HeardError)-1), "internal");
    assert_string_equal(heard_error_name(HEARD_ERROR_COUNT), "internal");
    assert_int_equal(heard_error_http_status((HeardError)9999), 500);
}

static void only_our_own_domain_has_our_codes(void **state)
{
    g_autoptr(GError) ours = g_error_new(HEARD_ERROR, HEARD_ERROR_NOT_SDP, "x");
    g_autoptr(GError) beyond = g_error_new(HEARD_ERROR, HEARD_ERROR_COUNT, "x");
    g_autoptr(GError) other = g_error_new(g_quark_from_static_string("other"), 4, "x");
    (void)state;

    assert_int_equal(heard_error_code(ours), HEARD_ERROR_NOT_SDP);
    assert_int_equal(heard_error_code(beyond), HEARD_ERROR_INTERNAL);
    assert_int_equal(heard_error_code(other), HEARD_ERROR_INTERNAL);
    assert_int_equal(heard_error_code(NULL), HEARD_ERROR_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_unique_and_fit_the_wire),
        cmocka_unit_test(every_status_is_an_error_of_http),
        cmocka_unit_test(names_that_may_never_change),
        cmocka_unit_test(a_code_from_nowhere_is_internal),
        cmocka_unit_test(only_our_own_domain_has_our_codes),
    };

    return cmocka_run_group_tests_name("base error", tests, NULL, NULL);
}
