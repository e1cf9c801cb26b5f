/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/app/route_table.h"

static void free_params(char *params[static HEARD_ROUTE_PARAMS_MAX])
{
    for (unsigned i = 0; i < HEARD_ROUTE_PARAMS_MAX; i++)
        g_clear_pointer(&params[i], g_free);
}

static const HeardRoute *find(HeardHttpMethod method, const char *path)
{
    char *params[HEARD_ROUTE_PARAMS_MAX] = {NULL};
    const HeardRoute *route = NULL;
    g_autofree char *allow = NULL;
    HeardMatch match = heard_route_match(method, path, &route, params, &allow);

    free_params(params);
    return match == HEARD_MATCH_FOUND ? route : NULL;
}

static HeardCaller account_with(HeardRole role)
{
    HeardCaller caller = {.kind = HEARD_CALLER_ACCOUNT, .roles = HEARD_ROLE_BIT(role)};

    return caller;
}

static void no_route_without_a_rule(void **state)
{
    (void)state;
    assert_true(heard_route_count > 20);
    for (size_t i = 0; i < heard_route_count; i++) {
        const HeardRoute *route = &heard_routes[i];
        assert_int_not_equal(route->rule, HEARD_RULE_MISSING);
        assert_true(route->store_half || route->main_half);
        assert_true(route->permissions >> HEARD_MAY_COUNT == 0);
    }
}

static void no_route_stands_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < heard_route_count; i++)
        for (size_t j = i + 1; j < heard_route_count; j++)
            assert_false(heard_routes[i].method == heard_routes[j].method &&
                         strcmp(heard_routes[i].pattern, heard_routes[j].pattern) == 0);
}

/* What may be done without any session is this list and nothing else. */
static void open_routes_are_few(void **state)
{
    static const char *const open[] = {"/healthz",
                                       "/api/v1/login",
                                       "/api/v1/links/open",
                                       "/api/v1/training-links/open",
                                       "/api/v1/training-links/join",
                                       NULL};
    HeardCaller nobody = {0};

    (void)state;
    for (size_t i = 0; i < heard_route_count; i++) {
        const HeardRoute *route = &heard_routes[i];
        HeardCheck check = heard_route_check(route, &nobody, false);
        assert_int_equal(check == HEARD_CHECK_ALLOWED, g_strv_contains(open, route->pattern));
    }
}

/* domain.md 3.8, hard rules: administrators never see content. */
static void administrators_see_no_content(void **state)
{
    static const HeardRole admins[] = {HEARD_ROLE_SYS_ADMIN, HEARD_ROLE_SEC_ADMIN,
                                       HEARD_ROLE_AUDIT_ADMIN};

    (void)state;
    for (size_t a = 0; a < G_N_ELEMENTS(admins); a++) {
        HeardCaller caller = account_with(admins[a]);
        for (size_t i = 0; i < heard_route_count; i++) {
            const HeardRoute *route = &heard_routes[i];
            /* That one was sealed, and its hash: tests/integration/44_ballot. */
            if (admins[a] == HEARD_ROLE_AUDIT_ADMIN && route->method == HEARD_HTTP_GET &&
                g_str_has_suffix(route->pattern, "/deliberation"))
                continue;
            if (strstr(route->pattern, "/cases") || strstr(route->pattern, "/hearings") ||
                strstr(route->pattern, "/recordings"))
                assert_int_equal(heard_route_check(route, &caller, false),
                                 route->rule == HEARD_RULE_ATTENDEE ? HEARD_CHECK_FORBIDDEN
                                                                    : HEARD_CHECK_WRONG_ROLE);
        }
    }
}

/* For every role and route: allowed exactly when the table gives one of the permissions. */
static void every_role_as_the_table_says(void **state)
{
    (void)state;
    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        HeardCaller caller = account_with((HeardRole)role);
        for (size_t i = 0; i < heard_route_count; i++) {
            const HeardRoute *route = &heard_routes[i];
            bool any = route->permissions == HEARD_MAY_ANY;
            if (route->rule == HEARD_RULE_PUBLIC || route->rule == HEARD_RULE_OPERATOR ||
                route->rule == HEARD_RULE_PARTICIPANT || route->rule == HEARD_RULE_ATTENDEE)
                continue;
            for (unsigned p = 0; p < HEARD_MAY_COUNT; p++)
                any |= ((route->permissions >> p) & 1) != 0 &&
                       heard_role_permit((HeardRole)role, (HeardPermission)p) != HEARD_PERMIT_NO;
            assert_int_equal(heard_route_check(route, &caller, false) == HEARD_CHECK_ALLOWED, any);
        }
    }
}

/* Who attends a training without a seat reaches his own part of it, and the addresses of the relay.
 */
static void an_attendee_reaches_the_attendance(void **state)
{
    HeardCaller attendee = {.kind = HEARD_CALLER_ATTENDEE};
    unsigned count = 0;

    (void)state;
    for (size_t i = 0; i < heard_route_count; i++) {
        const HeardRoute *route = &heard_routes[i];
        bool may = heard_route_check(route, &attendee, false) == HEARD_CHECK_ALLOWED;

        if (may && route->rule != HEARD_RULE_PUBLIC)
            assert_true(strstr(route->pattern, "/attendance/") ||
                        strcmp(route->pattern, "/api/v1/ice-servers") == 0);
        count += may;
    }
    assert_true(count > 8);
}

static void observers_do_not_open_case_files(void **state)
{
    HeardCaller observer = account_with(HEARD_ROLE_OBSERVER);
    HeardCaller clerk = account_with(HEARD_ROLE_CLERK);

    (void)state;
    assert_int_equal(heard_route_check(find(HEARD_HTTP_GET, "/api/v1/cases/x"), &observer, false),
                     HEARD_CHECK_WRONG_ROLE);
    assert_int_equal(heard_route_check(find(HEARD_HTTP_GET, "/api/v1/cases/x"), &clerk, false),
                     HEARD_CHECK_ALLOWED);
}

static void a_link_is_no_account(void **state)
{
    HeardCaller person = {.kind = HEARD_CALLER_PARTICIPANT,
                          .roles = HEARD_ROLE_BIT(HEARD_ROLE_CLERK)};

    (void)state;
    assert_int_equal(heard_route_check(find(HEARD_HTTP_GET, "/api/v1/cases"), &person, false),
                     HEARD_CHECK_FORBIDDEN);
    assert_int_equal(heard_route_check(find(HEARD_HTTP_GET, "/api/v1/hearings"), &person, false),
                     HEARD_CHECK_ALLOWED);
}

static void a_token_does_what_its_scope_says(void **state)
{
    HeardCaller token = {
        .kind = HEARD_CALLER_TOKEN, .roles = HEARD_ROLE_BIT(HEARD_ROLE_CLERK), .scope = "watch"};
    const HeardRoute *whip = find(HEARD_HTTP_POST, "/api/v1/hearings/load-0/whip");
    const HeardRoute *whep = find(HEARD_HTTP_POST, "/api/v1/hearings/load-0/whep");
    const HeardRoute *metrics = find(HEARD_HTTP_GET, "/metrics");

    (void)state;
    assert_int_equal(heard_route_check(whip, &token, false), HEARD_CHECK_FORBIDDEN);
    assert_int_equal(heard_route_check(whep, &token, false), HEARD_CHECK_ALLOWED);
    assert_int_equal(heard_route_check(find(HEARD_HTTP_GET, "/api/v1/cases"), &token, false),
                     HEARD_CHECK_FORBIDDEN);
    assert_int_equal(heard_route_check(metrics, &token, false), HEARD_CHECK_FORBIDDEN);
    g_strlcpy(token.scope, "publish operate", sizeof token.scope);
    assert_int_equal(heard_route_check(whip, &token, false), HEARD_CHECK_ALLOWED);
    assert_int_equal(heard_route_check(metrics, &token, false), HEARD_CHECK_ALLOWED);
}

static void figures_are_for_operators(void **state)
{
    HeardCaller nobody = {0};
    const HeardRoute *metrics = find(HEARD_HTTP_GET, "/metrics");

    (void)state;
    assert_int_equal(heard_route_check(metrics, &nobody, true), HEARD_CHECK_ALLOWED);
    assert_int_equal(heard_route_check(metrics, &nobody, false), HEARD_CHECK_UNAUTHENTICATED);
}

static void takes_parts_of_the_path(void **state)
{
    char *params[HEARD_ROUTE_PARAMS_MAX] = {NULL};
    const HeardRoute *route = NULL;
    g_autofree char *allow = NULL;

    (void)state;
    assert_int_equal(heard_route_match(HEARD_HTTP_DELETE,
                                       "/api/v1/hearings/a-1/participants/b/link", &route, params,
                                       &allow),
                     HEARD_MATCH_FOUND);
    assert_string_equal(params[0], "a-1");
    assert_string_equal(params[1], "b");
    assert_null(params[2]);
    free_params(params);
}

static void refuses_odd_paths(void **state)
{
    static const char *const odd[] = {"/api/v1/cases/",
                                      "/api/v1/cases/..",
                                      "/api/v1/cases/a/b",
                                      "/api/v1/cases/a b",
                                      "/api/v1/cases//",
                                      "/api/v1",
                                      "",
                                      "/api/v1/casesx",
                                      "/api/v1/cases/\xff"};
    char longest[400] = "/api/v1/cases/";

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++)
        assert_null(find(HEARD_HTTP_GET, odd[i]));
    memset(longest + strlen(longest), 'a', 300);
    assert_null(find(HEARD_HTTP_GET, longest));
}

static void says_which_methods_there_are(void **state)
{
    char *params[HEARD_ROUTE_PARAMS_MAX] = {NULL};
    const HeardRoute *route = NULL;
    g_autofree char *allow = NULL;

    (void)state;
    assert_int_equal(heard_route_match(HEARD_HTTP_DELETE, "/api/v1/cases", &route, params, &allow),
                     HEARD_MATCH_OTHER_METHOD);
    assert_string_equal(allow, "GET, POST");
    assert_null(params[0]);
}

static void bounds_bodies_by_route(void **state)
{
    (void)state;
    assert_int_equal(heard_route_body_max(HEARD_HTTP_POST, "/api/v1/hearings/x/peers"),
                     HEARD_ROUTE_SDP_BYTES_MAX);
    assert_int_equal(heard_route_body_max(HEARD_HTTP_POST, "/api/v1/login"),
                     HEARD_ROUTE_JSON_BYTES_MAX);
    assert_int_equal(heard_route_body_max(HEARD_HTTP_POST, "/nothing"), HEARD_ROUTE_JSON_BYTES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_route_without_a_rule),
        cmocka_unit_test(no_route_stands_twice),
        cmocka_unit_test(open_routes_are_few),
        cmocka_unit_test(administrators_see_no_content),
        cmocka_unit_test(every_role_as_the_table_says),
        cmocka_unit_test(an_attendee_reaches_the_attendance),
        cmocka_unit_test(observers_do_not_open_case_files),
        cmocka_unit_test(a_link_is_no_account),
        cmocka_unit_test(a_token_does_what_its_scope_says),
        cmocka_unit_test(figures_are_for_operators),
        cmocka_unit_test(takes_parts_of_the_path),
        cmocka_unit_test(refuses_odd_paths),
        cmocka_unit_test(says_which_methods_there_are),
        cmocka_unit_test(bounds_bodies_by_route),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
