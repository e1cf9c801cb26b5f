/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/commitment.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static HeardCommitmentAnswer name(HeardKind kind, const char *phase, HeardRole role, bool own)
{
    const HeardProfile *profile = heard_agenda_profile(kind);

    return heard_commitment_may(profile, HEARD_STATE_LIVE,
                                (unsigned)heard_profile_find_phase(profile, phase), role, own,
                                HEARD_COMMITMENT_NAME);
}

/* domain.md 3.8, "name item owner / due date". */
static void who_names_them(void **state)
{
    (void)state;
    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        bool may = role == HEARD_ROLE_PRESIDING || role == HEARD_ROLE_LEAD_UNIT ||
                   role == HEARD_ROLE_CASE_LEAD || role == HEARD_ROLE_CLERK;
        bool only_own = role == HEARD_ROLE_DEPARTMENT;

        assert_int_equal(name(HEARD_KIND_RECEPTION, "summary", role, false),
                         may ? HEARD_COMMITMENT_OK : HEARD_COMMITMENT_NOT_YOURS);
        assert_int_equal(name(HEARD_KIND_RECEPTION, "summary", role, true),
                         may || only_own ? HEARD_COMMITMENT_OK : HEARD_COMMITMENT_NOT_YOURS);
    }
}

static void when_they_are_named(void **state)
{
    const HeardProfile *profile = heard_agenda_profile(HEARD_KIND_RECEPTION);
    unsigned summary = (unsigned)heard_profile_find_phase(profile, "summary");

    (void)state;
    assert_int_equal(name(HEARD_KIND_RECEPTION, "statement", HEARD_ROLE_PRESIDING, false),
                     HEARD_COMMITMENT_NOT_NOW);
    assert_int_equal(name(HEARD_KIND_JOINT_RECEPTION, "consolidation", HEARD_ROLE_PRESIDING, false),
                     HEARD_COMMITMENT_OK);
    assert_int_equal(name(HEARD_KIND_CONSULTATION, "discussion", HEARD_ROLE_PRESIDING, false),
                     HEARD_COMMITMENT_NOT_NOW);
    assert_int_equal(name(HEARD_KIND_CONSULTATION, "task_list", HEARD_ROLE_PRESIDING, false),
                     HEARD_COMMITMENT_OK);
    /* What was promised stays as it was said; how it goes on is told afterwards. */
    assert_int_equal(heard_commitment_may(profile, HEARD_STATE_CONCLUDED, summary,
                                          HEARD_ROLE_PRESIDING, false, HEARD_COMMITMENT_NAME),
                     HEARD_COMMITMENT_OVER);
    assert_int_equal(heard_commitment_may(profile, HEARD_STATE_CONCLUDED, summary,
                                          HEARD_ROLE_PRESIDING, false, HEARD_COMMITMENT_REMOVE),
                     HEARD_COMMITMENT_OVER);
    assert_int_equal(heard_commitment_may(profile, HEARD_STATE_CONCLUDED, summary,
                                          HEARD_ROLE_DEPARTMENT, true, HEARD_COMMITMENT_MOVE),
                     HEARD_COMMITMENT_OK);
    assert_int_equal(heard_commitment_may(profile, HEARD_STATE_CONCLUDED, summary,
                                          HEARD_ROLE_DEPARTMENT, false, HEARD_COMMITMENT_MOVE),
                     HEARD_COMMITMENT_NOT_YOURS);
}

static void a_date_lies_ahead(void **state)
{
    (void)state;
    assert_int_equal(heard_commitment_check_due(1000, 1000), HEARD_COMMITMENT_IN_THE_PAST);
    assert_int_equal(heard_commitment_check_due(1001, 1000), HEARD_COMMITMENT_OK);
    assert_int_equal(heard_commitment_check_due((int64_t)DAY_MS * HEARD_COMMITMENT_DAYS_MAX + 2, 1),
                     HEARD_COMMITMENT_TOO_FAR);
}

static void late_follows_from_the_date(void **state)
{
    (void)state;
    assert_int_equal(heard_commitment_at(HEARD_COMMITMENT_OPEN, 10, 10), HEARD_COMMITMENT_OPEN);
    assert_int_equal(heard_commitment_at(HEARD_COMMITMENT_OPEN, 10, 11), HEARD_COMMITMENT_OVERDUE);
    assert_int_equal(heard_commitment_at(HEARD_COMMITMENT_IN_PROGRESS, 10, 11),
                     HEARD_COMMITMENT_OVERDUE);
    assert_int_equal(heard_commitment_at(HEARD_COMMITMENT_DONE, 10, 11), HEARD_COMMITMENT_DONE);
    assert_int_equal(heard_commitment_at(HEARD_COMMITMENT_TRANSFERRED, 10, 11),
                     HEARD_COMMITMENT_TRANSFERRED);
}

/* domain.md 3.7: open -> in_progress -> done | overdue -> done_late; -> transferred. */
static void moves(void **state)
{
    enum { NO = HEARD_COMMITMENT_STATE_COUNT };
    static const int wanted[HEARD_COMMITMENT_STATE_COUNT][3] = {
        [HEARD_COMMITMENT_OPEN] = {HEARD_COMMITMENT_IN_PROGRESS, HEARD_COMMITMENT_DONE,
                                   HEARD_COMMITMENT_TRANSFERRED},
        [HEARD_COMMITMENT_IN_PROGRESS] = {NO, HEARD_COMMITMENT_DONE, HEARD_COMMITMENT_TRANSFERRED},
        [HEARD_COMMITMENT_OVERDUE] = {NO, HEARD_COMMITMENT_DONE_LATE, HEARD_COMMITMENT_TRANSFERRED},
        [HEARD_COMMITMENT_DONE] = {NO, NO, NO},
        [HEARD_COMMITMENT_DONE_LATE] = {NO, NO, NO},
        [HEARD_COMMITMENT_TRANSFERRED] = {NO, NO, NO},
    };
    static const HeardCommitmentState asked[] = {
        HEARD_COMMITMENT_IN_PROGRESS, HEARD_COMMITMENT_DONE, HEARD_COMMITMENT_TRANSFERRED};
    HeardCommitmentState to;

    (void)state;
    for (unsigned now = 0; now < HEARD_COMMITMENT_STATE_COUNT; now++) {
        for (unsigned i = 0; i < 3; i++) {
            bool may = wanted[now][i] != NO;

            assert_int_equal(heard_commitment_move(now, asked[i], &to),
                             may ? HEARD_COMMITMENT_OK : HEARD_COMMITMENT_NO_SUCH_MOVE);
            if (may)
                assert_int_equal(to, wanted[now][i]);
        }
        /* Nobody says that one is late, or done late. */
        assert_int_equal(heard_commitment_move(now, HEARD_COMMITMENT_OVERDUE, &to),
                         HEARD_COMMITMENT_NO_SUCH_MOVE);
        assert_int_equal(heard_commitment_move(now, HEARD_COMMITMENT_DONE_LATE, &to),
                         HEARD_COMMITMENT_NO_SUCH_MOVE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_names_them),
        cmocka_unit_test(when_they_are_named),
        cmocka_unit_test(a_date_lies_ahead),
        cmocka_unit_test(late_follows_from_the_date),
        cmocka_unit_test(moves),
    };

    return cmocka_run_group_tests_name("commitment", tests, NULL, NULL);
}
