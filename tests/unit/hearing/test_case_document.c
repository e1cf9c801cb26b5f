/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/case_document.h"

#include <string.h>

static HeardPaperPerson seated(HeardRole role)
{
    return (HeardPaperPerson){.has_seat = true,
                              .role = role,
                              .took_part = true,
                              .is_of_organiser = true,
                              .roles = ~HEARD_ROLE_BIT(HEARD_ROLE_COUNT)};
}

static HeardPaperPerson account(HeardRole role, bool is_of_organiser)
{
    return (HeardPaperPerson){.roles = HEARD_ROLE_BIT(role), .is_of_organiser = is_of_organiser};
}

static const HeardPaperCopy some_draft = {0}, own = {.is_own = true},
                            some_signed = {.is_signed = true};

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

/* What a deliberation left is for the panel and who presided, if they took part to the end; for
 * no clerk, and for nobody of the office. */
static void a_deliberation_stays_with_the_panel(void **state)
{
    const HeardPaperKind kind = HEARD_PAPER_DELIBERATION_RECORD;
    const HeardRoleMask readers =
        HEARD_ROLE_BIT(HEARD_ROLE_PRESIDING) | HEARD_ROLE_BIT(HEARD_ROLE_PANELIST);
    (void)state;

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        HeardPaperPerson by_seat = seated((HeardRole)role);
        HeardPaperPerson by_office = account((HeardRole)role, true);
        assert_int_equal(heard_paper_may_read(kind, &by_seat, &own),
                         (readers & HEARD_ROLE_BIT(role)) != 0);
        assert_int_equal(heard_paper_may_make(kind, &by_seat), role == HEARD_ROLE_PRESIDING);
        assert_false(heard_paper_may_read(kind, &by_office, &own));
        assert_false(heard_paper_may_make(kind, &by_office));
        by_seat.took_part = false;
        assert_false(heard_paper_may_read(kind, &by_seat, &own));
        assert_false(heard_paper_may_make(kind, &by_seat));
    }
}

static void everybody_reads_his_own(void **state)
{
    (void)state;

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        HeardPaperPerson person = seated((HeardRole)role);
        assert_true(heard_paper_may_read(HEARD_PAPER_HEARING_NOTICE, &person, &own));
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
        assert_int_equal(heard_paper_may_read(HEARD_PAPER_HEARING_MINUTES, &person, &some_draft),
                         is_party);
        assert_false(heard_paper_may_read(HEARD_PAPER_HEARING_NOTICE, &person, &some_draft));
        assert_false(heard_paper_may_read(HEARD_PAPER_SERVICE_RECEIPT, &person, &some_draft));
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

    assert_true(heard_paper_may_read(HEARD_PAPER_HEARING_NOTICE, &clerk, &some_draft));
    assert_true(heard_paper_may_make(HEARD_PAPER_HEARING_NOTICE, &clerk));
    assert_false(heard_paper_may_read(HEARD_PAPER_HEARING_NOTICE, &other, &some_draft));
    assert_false(heard_paper_may_make(HEARD_PAPER_HEARING_NOTICE, &other));
    assert_true(heard_paper_may_read(HEARD_PAPER_HEARING_MINUTES, &supervisor, &some_draft));
    assert_false(heard_paper_may_make(HEARD_PAPER_HEARING_MINUTES, &supervisor));
    assert_true(heard_paper_may_make(HEARD_PAPER_CASE_FILE_INDEX, &archivist));
    assert_false(heard_paper_may_make(HEARD_PAPER_HEARING_NOTICE, &archivist));
    for (unsigned i = 0; i < G_N_ELEMENTS(blind); i++) {
        HeardPaperPerson person = account(blind[i], true);
        for (unsigned kind = 0; kind < HEARD_PAPER_KIND_COUNT; kind++)
            assert_false(heard_paper_may_read((HeardPaperKind)kind, &person, &some_draft));
    }
}

static void a_report_is_the_panels_until_it_is_signed(void **state)
{
    const HeardPaperKind kind = HEARD_PAPER_HEARING_REPORT;
    static const HeardRole parties[] = {HEARD_ROLE_PETITIONER, HEARD_ROLE_AGENT,
                                        HEARD_ROLE_DEPARTMENT, HEARD_ROLE_LEAD_UNIT};
    HeardPaperPerson panelist = seated(HEARD_ROLE_PANELIST), clerk = seated(HEARD_ROLE_CLERK);
    (void)state;

    for (unsigned i = 0; i < 4; i++) {
        HeardPaperPerson party = seated(parties[i]);
        assert_false(heard_paper_may_read(kind, &party, &some_draft));
        assert_false(heard_paper_may_be_sent(kind, &party, &some_draft));
        assert_true(heard_paper_may_read(kind, &party, &some_signed));
        assert_true(heard_paper_may_be_sent(kind, &party, &some_signed));
    }
    assert_true(heard_paper_may_read(kind, &panelist, &some_draft));
    assert_true(heard_paper_may_read(kind, &clerk, &some_draft));
    panelist.took_part = false; /* recused */
    assert_false(heard_paper_may_read(kind, &panelist, &some_draft));
    assert_false(heard_paper_may_read(kind, &panelist, &some_signed));
}

/* Reasons for a recusal are for who gave them and the desk; others are told by a sending. */
static void a_decision_on_recusal_is_read_by_whom_it_was_sent_to(void **state)
{
    const HeardPaperKind kind = HEARD_PAPER_RECUSAL_DECISION;
    HeardPaperPerson petitioner = seated(HEARD_ROLE_PETITIONER);
    HeardPaperPerson panelist = seated(HEARD_ROLE_PANELIST), clerk = seated(HEARD_ROLE_CLERK);
    HeardPaperPerson observer = seated(HEARD_ROLE_OBSERVER);
    (void)state;

    assert_false(heard_paper_may_read(kind, &petitioner, &some_draft));
    assert_true(heard_paper_may_be_sent(kind, &petitioner, &some_draft));
    assert_true(heard_paper_may_read(kind, &petitioner, &own));
    assert_true(heard_paper_may_be_sent(kind, &panelist, &some_draft));
    assert_true(heard_paper_may_read(kind, &clerk, &some_draft));
    assert_false(heard_paper_may_be_sent(kind, &observer, &some_draft));
}

static void what_has_to_be_done_before(void **state)
{
    HeardPaperMoment moment = {0};
    (void)state;

    assert_int_equal(heard_paper_ask(HEARD_PAPER_HEARING_NOTICE, &moment), HEARD_PAPER_OK);
    assert_int_equal(heard_paper_ask(HEARD_PAPER_MEDIATION_END, &moment), HEARD_PAPER_OK);
    assert_int_equal(heard_paper_ask(HEARD_PAPER_RECUSAL_DECISION, &moment),
                     HEARD_PAPER_NO_DECISION);
    assert_int_equal(heard_paper_ask(HEARD_PAPER_DELIBERATION_RECORD, &moment),
                     HEARD_PAPER_NOT_SEALED);
    moment.is_sealed = moment.has_decision = true;
    assert_int_equal(heard_paper_ask(HEARD_PAPER_RECUSAL_DECISION, &moment), HEARD_PAPER_OK);
    assert_int_equal(heard_paper_ask(HEARD_PAPER_DELIBERATION_RECORD, &moment), HEARD_PAPER_OK);
    assert_int_equal(heard_paper_ask(HEARD_PAPER_HEARING_REPORT, &moment),
                     HEARD_PAPER_NOT_RELEASED);
    moment.is_released = true;
    assert_int_equal(heard_paper_ask(HEARD_PAPER_HEARING_REPORT, &moment), HEARD_PAPER_OK);
    assert_int_equal(heard_paper_ask(HEARD_PAPER_MEDIATION_AGREEMENT, &moment),
                     HEARD_PAPER_NOT_EFFECTIVE);
    assert_int_equal(heard_paper_ask(HEARD_PAPER_CONFIRMATION_APPLICATION, &moment),
                     HEARD_PAPER_NOT_EFFECTIVE);
    moment.is_effective = true;
    assert_int_equal(heard_paper_ask(HEARD_PAPER_MEDIATION_AGREEMENT, &moment), HEARD_PAPER_OK);
    assert_int_equal(heard_paper_ask(HEARD_PAPER_MEDIATION_END, &moment), HEARD_PAPER_AGREED);
    assert_int_equal(heard_paper_ask(HEARD_PAPER_CONFIRMATION_APPLICATION, &moment),
                     HEARD_PAPER_NOT_CONFIRMABLE);
    moment.is_confirmable = true;
    assert_int_equal(heard_paper_ask(HEARD_PAPER_CONFIRMATION_APPLICATION, &moment),
                     HEARD_PAPER_OK);
}

static void what_is_signed_itself_has_a_signing_of_its_name(void **state)
{
    HeardSignedKind kind;
    (void)state;

    for (unsigned i = 0; i < HEARD_PAPER_KIND_COUNT; i++) {
        if (!heard_paper_is_signed_itself((HeardPaperKind)i))
            continue;
        assert_true(heard_paper_signed_kind((HeardPaperKind)i, &kind));
        assert_string_equal(heard_signed_kind_name(kind), heard_paper_kind_name((HeardPaperKind)i));
    }
    assert_true(heard_paper_signed_kind(HEARD_PAPER_HEARING_MINUTES, &kind));
    assert_int_equal(kind, HEARD_SIGNED_MINUTES);
    assert_false(heard_paper_signed_kind(HEARD_PAPER_HEARING_NOTICE, &kind));
}

static void kinds_belong_to_kinds_of_hearing(void **state)
{
    (void)state;
    assert_true(heard_paper_is_of(HEARD_PAPER_HEARING_MINUTES, HEARD_KIND_PANEL_HEARING));
    assert_false(heard_paper_is_of(HEARD_PAPER_HEARING_MINUTES, HEARD_KIND_RECEPTION));
    assert_true(heard_paper_is_of(HEARD_PAPER_MEDIATION_END, HEARD_KIND_MEDIATION));
    for (unsigned kind = 0; kind < HEARD_KIND_COUNT; kind++) {
        assert_true(heard_paper_is_of(HEARD_PAPER_HEARING_NOTICE, (HeardKind)kind));
        assert_true(heard_paper_is_of(HEARD_PAPER_ATTENDANCE_SHEET, (HeardKind)kind));
        assert_true(heard_paper_is_of(HEARD_PAPER_COMMITMENT_LIST, (HeardKind)kind));
        assert_int_equal(heard_paper_is_of(HEARD_PAPER_CONSULTATION_SUMMARY, (HeardKind)kind),
                         kind == HEARD_KIND_CONSULTATION);
    }
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
        cmocka_unit_test(a_report_is_the_panels_until_it_is_signed),
        cmocka_unit_test(a_decision_on_recusal_is_read_by_whom_it_was_sent_to),
        cmocka_unit_test(what_has_to_be_done_before),
        cmocka_unit_test(what_is_signed_itself_has_a_signing_of_its_name),
        cmocka_unit_test(kinds_belong_to_kinds_of_hearing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
