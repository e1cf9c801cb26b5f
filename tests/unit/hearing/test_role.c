/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/role.h"

/* Written out from domain.md 3.8 a second time, cell by cell; the module keeps it packed. */
#define Y HEARD_PERMIT_YES
#define S HEARD_PERMIT_SOME
#define N HEARD_PERMIT_NO

typedef struct {
    const char *title;
    HeardPermit cells[HEARD_ROLE_COUNT];
} Row;

/* clang-format off */
static const Row domain[HEARD_MAY_COUNT] = {
    /*  P  A  D  L  R  N  K  M  I  W  O  S  C  U  G  Y  X  Z */
    {"request a hearing", {Y, Y, Y, Y, N, N, N, Y, N, N, N, N, Y, Y, N, N, N, N}},
    {"approve / schedule", {N, N, N, S, Y, N, S, Y, N, N, N, N, N, Y, N, N, N, N}},
    {"join live", {Y, Y, Y, Y, Y, Y, Y, Y, Y, S, S, S, Y, N, N, N, N, N}},
    {"speak by default", {S, S, S, S, Y, S, S, Y, Y, S, N, N, S, N, N, N, N, N}},
    {"show exhibit / share", {S, S, S, S, Y, N, Y, Y, N, S, N, N, N, N, N, N, N, N}},
    {"admit, mute, remove", {N, N, N, N, Y, N, S, Y, N, N, N, N, N, N, N, N, N, N}},
    {"advance phase", {N, N, N, N, Y, N, S, Y, N, N, N, N, N, N, N, N, N, N}},
    {"summon a unit into the hearing", {N, N, N, Y, Y, N, S, N, N, N, N, N, Y, Y, N, N, N, N}},
    {"start/pause recording", {N, N, N, N, Y, N, Y, S, N, N, N, N, N, N, N, N, N, N}},
    {"open / enter caucus", {S, S, S, N, N, N, N, Y, S, N, N, N, N, N, N, N, N, N}},
    {"enter deliberation, vote", {N, N, N, N, S, Y, S, N, N, N, N, N, N, N, N, N, N, N}},
    {"edit minutes", {N, N, N, N, S, N, Y, Y, N, N, N, N, N, N, N, N, N, N}},
    {"propose correction, sign", {Y, Y, Y, Y, Y, Y, Y, Y, S, S, N, N, N, N, N, N, N, N}},
    {"name item owner / due date", {N, N, S, Y, Y, N, S, N, N, N, N, N, Y, N, N, N, N, N}},
    {"view own timeline", {Y, Y, Y, Y, Y, N, Y, Y, N, N, N, Y, Y, Y, N, N, N, N}},
    {"play recording (reason + log)", {S, S, S, S, Y, S, Y, Y, N, N, N, Y, Y, N, Y, N, N, N}},
    {"export / copy recording", {N, N, N, N, S, N, N, N, N, N, N, S, N, N, Y, N, N, N}},
    {"supervision note", {N, N, N, N, N, N, N, N, N, N, N, Y, Y, N, N, N, N, N}},
    {"evaluate", {Y, S, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N}},
    {"retention, hold, destroy", {N, N, N, N, N, N, N, N, N, N, N, N, N, N, Y, N, S, N}},
    {"accounts, rooms, settings", {N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, Y, N, N}},
    {"roles, keys, policies", {N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, Y, N}},
    {"read audit log", {N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, Y}},
};
/* clang-format on */

static void every_cell_is_as_in_the_domain(void **state)
{
    (void)state;
    for (unsigned row = 0; row < HEARD_MAY_COUNT; row++) {
        for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
            if (heard_role_permit((HeardRole)role, (HeardPermission)row) != domain[row].cells[role])
                fail_msg("%s, %s", domain[row].title, heard_role_name((HeardRole)role));
        }
    }
}

static void columns_are_in_order(void **state)
{
    static const char letters[] = "PADLRNKMIWOSCUGYXZ";
    (void)state;

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++)
        assert_int_equal(heard_role_letter((HeardRole)role), letters[role]);
}

static void names_come_back(void **state)
{
    HeardRole found;
    HeardSide side;
    (void)state;

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        assert_true(heard_role_from_name(heard_role_name((HeardRole)role), &found));
        assert_int_equal(found, role);
        assert_true(heard_side_from_name(heard_side_name(heard_role_side((HeardRole)role)), &side));
        assert_int_equal(side, heard_role_side((HeardRole)role));
    }
    assert_false(heard_role_from_name("judge", &found));
    assert_false(heard_role_from_name("", &found));
    assert_false(heard_side_from_name("plaintiff", &side));
    assert_string_equal(heard_permission_name(HEARD_MAY_ADMIT), "admit");
}

static void outsiders_are_never_on_duty(void **state)
{
    static const HeardRole outsiders[] = {HEARD_ROLE_PETITIONER,  HEARD_ROLE_AGENT,
                                          HEARD_ROLE_PANELIST,    HEARD_ROLE_WITNESS,
                                          HEARD_ROLE_INTERPRETER, HEARD_ROLE_OBSERVER};
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(outsiders); i++)
        assert_false(heard_role_on_duty(outsiders[i]));
    assert_true(heard_role_on_duty(HEARD_ROLE_PRESIDING));
    assert_true(heard_role_on_duty(HEARD_ROLE_DEPARTMENT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_as_in_the_domain),
        cmocka_unit_test(columns_are_in_order),
        cmocka_unit_test(names_come_back),
        cmocka_unit_test(outsiders_are_never_on_duty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
