/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/case_document.h"

#include <string.h>

static HeardPaperPerson seated(HeardRole role)
{
    return (HeardPaperPerson){.has_seat = true,
                              .role = role,
                              .is_of_organiser = true,
                              .roles = ~HEARD_ROLE_BIT(HEARD_ROLE_COUNT)};
}

static HeardPaperPerson account(HeardRole role, bool is_of_organiser)
{
    return (HeardPaperPerson){.roles = HEARD_ROLE_BIT(role), .is_of_organiser = is_of_organiser};
}

static void names_and_numbers(void **state)
{
    char number[HEARD_PAPER_NUMBER_SIZE];
    HeardPaperKind found;
    (void)state;

    for (unsigned kind = 0; kind < HEARD_PAPER_KIND_COUNT; kind++) {
        assert_true(
            heard_paper_kind_from_name(heard_paper_kind_name((HeardPaperKind)kind), &found));
        assert_int_equal(found, kind);
    }
    assert_false(heard_paper_kind_from_name("rumour", &found));
    heard_paper_number(number, "HSH46010020260301000007", 3, 12);
    assert_string_equal(number, "HSH46010020260301000007-D03-12");
}

/* What a deliberation left is for who sat in it, and for nobody of the office. */
static void a_deliberation_stays_with_the_panel(void **state)
{
    const HeardPaperKind kind = HEARD_PAPER_DELIBERATION_RECORD;
    const HeardRoleMask readers = HEARD_ROLE_BIT(HEARD_ROLE_PRESIDING) |
                                  HEARD_ROLE_BIT(HEARD_ROLE_PANELIST) |
                                  HEARD_ROLE_BIT(HEARD_ROLE_CLERK);
    (void)state;

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        HeardPaperPerson by_seat = seated((HeardRole)role);
        HeardPaperPerson by_office = account((HeardRole)role, true);
        assert_int_equal(heard_paper_may_read(kind, &by_seat, true),
                         (readers & HEARD_ROLE_BIT(role)) != 0);
        assert_false(heard_paper_may_read(kind, &by_office, true));
        assert_false(heard_paper_may_make(kind, &by_office));
    }
}

static void everybody_reads_his_own(void **state)
{
    (void)state;

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        HeardPaperPerson person = seated((HeardRole)role);
        assert_true(heard_paper_may_read(HEARD_PAPER_HEARING_NOTICE, &person, true));
    }
}

static void parties_read_records_and_make_nothing(void **state)
{
    static const HeardRole roles[] = {HEARD_ROLE_PETITIONER, HEARD_ROLE_AGENT,
                                      HEARD_ROLE_DEPARTMENT, HEARD_ROLE_OBSERVER,
                                      HEARD_ROLE_WITNESS};
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(roles); i++) {
        HeardPaperPerson person = seated(roles[i]);
        bool is_party = i < 3;
        for (unsigned kind = 0; kind < HEARD_PAPER_KIND_COUNT; kind++)
            assert_false(heard_paper_may_make((HeardPaperKind)kind, &person));
        assert_int_equal(heard_paper_may_read(HEARD_PAPER_HEARING_MINUTES, &person, false),
                         is_party);
        assert_false(heard_paper_may_read(HEARD_PAPER_HEARING_NOTICE, &person, false));
        assert_false(heard_paper_may_read(HEARD_PAPER_SERVICE_RECEIPT, &person, false));
    }
}

/* domain.md 3.8: administrators never see content; other offices neither. */
static void the_office_reads_and_administrators_do_not(void **state)
{
    HeardPaperPerson clerk = account(HEARD_ROLE_CLERK, true);
    HeardPaperPerson other = account(HEARD_ROLE_CLERK, false);
    HeardPaperPerson supervisor = account(HEARD_ROLE_SUPERVISOR, true);
    HeardPaperPerson archivist = account(HEARD_ROLE_ARCHIVIST, true);
    static const HeardRole blind[] = {HEARD_ROLE_SYS_ADMIN, HEARD_ROLE_SEC_ADMIN,
                                      HEARD_ROLE_AUDIT_ADMIN};
    (void)state;

    assert_true(heard_paper_may_read(HEARD_PAPER_HEARING_NOTICE, &clerk, false));
    assert_true(heard_paper_may_make(HEARD_PAPER_HEARING_NOTICE, &clerk));
    assert_false(heard_paper_may_read(HEARD_PAPER_HEARING_NOTICE, &other, false));
    assert_false(heard_paper_may_make(HEARD_PAPER_HEARING_NOTICE, &other));
    assert_true(heard_paper_may_read(HEARD_PAPER_HEARING_MINUTES, &supervisor, false));
    assert_false(heard_paper_may_make(HEARD_PAPER_HEARING_MINUTES, &supervisor));
    assert_true(heard_paper_may_make(HEARD_PAPER_CASE_FILE_INDEX, &archivist));
    assert_false(heard_paper_may_make(HEARD_PAPER_HEARING_NOTICE, &archivist));
    for (unsigned i = 0; i < G_N_ELEMENTS(blind); i++) {
        HeardPaperPerson person = account(blind[i], true);
        for (unsigned kind = 0; kind < HEARD_PAPER_KIND_COUNT; kind++)
            assert_false(heard_paper_may_read((HeardPaperKind)kind, &person, false));
    }
}

static void kinds_belong_to_kinds_of_hearing(void **state)
{
    (void)state;
    assert_true(heard_paper_is_of(HEARD_PAPER_HEARING_MINUTES, HEARD_KIND_PANEL_HEARING));
    assert_false(heard_paper_is_of(HEARD_PAPER_HEARING_MINUTES, HEARD_KIND_RECEPTION));
    assert_true(heard_paper_is_of(HEARD_PAPER_MEDIATION_END, HEARD_KIND_MEDIATION));
    assert_true(heard_paper_is_personal(HEARD_PAPER_HEARING_NOTICE));
    assert_false(heard_paper_is_personal(HEARD_PAPER_HEARING_MINUTES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_numbers),
        cmocka_unit_test(a_deliberation_stays_with_the_panel),
        cmocka_unit_test(everybody_reads_his_own),
        cmocka_unit_test(parties_read_records_and_make_nothing),
        cmocka_unit_test(the_office_reads_and_administrators_do_not),
        cmocka_unit_test(kinds_belong_to_kinds_of_hearing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
