/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/signing.h"

#include <glib.h>
#include <string.h>

enum { NOW_MS = 1700000000 };

static HeardSigningMoment moment_of(HeardRole role, bool is_own)
{
    return (HeardSigningMoment){.role = role, .is_own = is_own, .is_identified = true};
}

static void who_signs_is_a_signer_with_the_right(void **state)
{
    (void)state;
    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        bool may = heard_role_permit((HeardRole)role, HEARD_MAY_SIGN) != HEARD_PERMIT_NO;
        HeardSigningMoment own = moment_of((HeardRole)role, true);
        HeardSigningMoment other = moment_of((HeardRole)role, false);
        bool notes =
            role == HEARD_ROLE_PRESIDING || role == HEARD_ROLE_CLERK || role == HEARD_ROLE_MEDIATOR;

        assert_int_equal(heard_signing_sign(&own),
                         may ? HEARD_SIGNING_OK : HEARD_SIGNING_WRONG_ROLE);
        assert_int_equal(heard_signing_sign(&other), HEARD_SIGNING_WRONG_ROLE);
        assert_int_equal(heard_signing_refuse(&own), HEARD_SIGNING_OK);
        assert_int_equal(heard_signing_refuse(&other),
                         notes ? HEARD_SIGNING_OK : HEARD_SIGNING_WRONG_ROLE);
    }
}

/* What a deliberation left: its signers, and for refusals the presiding officer alone. */
static void a_deliberation_is_seen_by_who_signs_it(void **state)
{
    const HeardSignedKind kind = HEARD_SIGNED_DELIBERATION_RECORD;
    (void)state;

    for (unsigned i = 0; i < HEARD_ROLE_COUNT; i++) {
        HeardRole role = (HeardRole)i;
        HeardSigningMoment other = moment_of(role, false);
        bool is_desk =
            role == HEARD_ROLE_PRESIDING || role == HEARD_ROLE_CLERK || role == HEARD_ROLE_MEDIATOR;

        other.kind = kind;
        assert_int_equal(heard_signing_refuse(&other), role == HEARD_ROLE_PRESIDING
                                                           ? HEARD_SIGNING_OK
                                                           : HEARD_SIGNING_WRONG_ROLE);
        assert_true(heard_signing_sees(kind, role, true, false));
        assert_false(heard_signing_sees(kind, role, false, false));
        assert_false(heard_signing_sees(kind, role, true, true));
        assert_true(heard_signing_sees(HEARD_SIGNED_HEARING_REPORT, role, true, false));
        assert_int_equal(heard_signing_sees(HEARD_SIGNED_HEARING_REPORT, role, false, false),
                         is_desk);
    }
}

static void who_was_sent_out_signs_nothing_for_the_panel(void **state)
{
    HeardSigningMoment moment = moment_of(HEARD_ROLE_PANELIST, true);
    (void)state;

    moment.is_removed = true;
    for (unsigned kind = 0; kind < HEARD_SIGNED_KIND_COUNT; kind++) {
        bool is_of_panel =
            kind == HEARD_SIGNED_DELIBERATION_RECORD || kind == HEARD_SIGNED_HEARING_REPORT;
        moment.kind = (HeardSignedKind)kind;
        assert_int_equal(heard_signing_sign(&moment),
                         is_of_panel ? HEARD_SIGNING_WRONG_ROLE : HEARD_SIGNING_OK);
    }
}

static void nobody_signs_twice_or_after_the_end(void **state)
{
    HeardSigningMoment moment = moment_of(HEARD_ROLE_PETITIONER, true);
    (void)state;

    moment.signature = HEARD_SIGNATURE_REFUSED; /* he thought better of it */
    assert_int_equal(heard_signing_sign(&moment), HEARD_SIGNING_OK);
    assert_int_equal(heard_signing_refuse(&moment), HEARD_SIGNING_ALREADY);
    moment.signature = HEARD_SIGNATURE_SIGNED;
    assert_int_equal(heard_signing_sign(&moment), HEARD_SIGNING_ALREADY);
    assert_int_equal(heard_signing_refuse(&moment), HEARD_SIGNING_ALREADY);
    moment.signature = HEARD_SIGNATURE_WAITING;
    moment.is_not_due = true; /* for the desk; he may say so himself at any time */
    assert_int_equal(heard_signing_refuse(&moment), HEARD_SIGNING_OK);
    moment.role = HEARD_ROLE_CLERK;
    moment.is_own = false;
    assert_int_equal(heard_signing_refuse(&moment), HEARD_SIGNING_NOT_DUE);
    moment = moment_of(HEARD_ROLE_PETITIONER, true);
    moment.is_identified = false;
    assert_int_equal(heard_signing_sign(&moment), HEARD_SIGNING_NOT_IDENTIFIED);
    assert_int_equal(heard_signing_refuse(&moment), HEARD_SIGNING_OK);
    for (unsigned i = HEARD_SIGNING_SETTLED; i < HEARD_SIGNING_STATE_COUNT; i++) {
        moment.signing = (HeardSigningState)i;
        assert_int_equal(heard_signing_sign(&moment), HEARD_SIGNING_ENDED);
        assert_int_equal(heard_signing_refuse(&moment), HEARD_SIGNING_ENDED);
    }
}

static void a_code_lasts_five_minutes_and_five_tries(void **state)
{
    HeardSigningCode code = {0};
    (void)state;

    assert_int_equal(heard_signing_code_check(&code, NOW_MS), HEARD_SIGNING_NO_CODE);
    code.made_ms = NOW_MS;
    assert_int_equal(heard_signing_code_check(&code, NOW_MS), HEARD_SIGNING_OK);
    assert_int_equal(heard_signing_code_check(&code, NOW_MS + HEARD_SIGNING_CODE_MS - 1),
                     HEARD_SIGNING_OK);
    assert_int_equal(heard_signing_code_check(&code, NOW_MS + HEARD_SIGNING_CODE_MS),
                     HEARD_SIGNING_CODE_EXPIRED);
    assert_int_equal(heard_signing_code_check(&code, NOW_MS - 1), HEARD_SIGNING_CODE_EXPIRED);
    code.tries = HEARD_SIGNING_CODE_TRIES_MAX - 1;
    assert_int_equal(heard_signing_code_check(&code, NOW_MS), HEARD_SIGNING_OK);
    code.tries = HEARD_SIGNING_CODE_TRIES_MAX;
    assert_int_equal(heard_signing_code_check(&code, NOW_MS), HEARD_SIGNING_CODE_EXPIRED);
}

static void a_code_keeps_its_zeros(void **state)
{
    char text[HEARD_SIGNING_CODE_DIGITS + 1];
    (void)state;

    heard_signing_code_text(7, text);
    assert_string_equal(text, "000007");
    heard_signing_code_text(999999, text);
    assert_string_equal(text, "999999");
}

/* Any member that is another gives another seal. */
static void the_seal_binds_everything(void **state)
{
    const HeardSigningBond bond = {"s", "t", "p", "petitioner", "drawn_code", "{}", NOW_MS};
    HeardSigningBond others[] = {bond, bond, bond, bond, bond, bond, bond};
    char seal[HEARD_SHA256_SIZE], other[HEARD_SHA256_SIZE];
    (void)state;

    others[0].signing_id = others[1].text_sha256 = others[2].participant_id = "x";
    others[3].role = others[4].method = others[5].evidence = "x";
    others[6].at_ms++;
    heard_signing_seal(&bond, seal);
    assert_int_equal(strlen(seal), 64);
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
        heard_signing_seal(&others[i], other);
        assert_string_not_equal(seal, other);
    }
    heard_signing_seal(&bond, other);
    assert_string_equal(seal, other);
    heard_signing_sha256("", other);
    assert_string_equal(other, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void names_go_both_ways(void **state)
{
    HeardSignedKind kind;
    HeardSigningState signing;
    HeardSignatureState signature;
    (void)state;

    for (unsigned i = 0; i < HEARD_SIGNED_KIND_COUNT; i++) {
        assert_true(heard_signed_kind_from_name(heard_signed_kind_name((HeardSignedKind)i), &kind));
        assert_int_equal(kind, i);
    }
    for (unsigned i = 0; i < HEARD_SIGNING_STATE_COUNT; i++) {
        assert_true(heard_signing_state_from_name(heard_signing_state_name((HeardSigningState)i),
                                                  &signing));
        assert_int_equal(signing, i);
    }
    for (unsigned i = 0; i < HEARD_SIGNATURE_STATE_COUNT; i++) {
        assert_true(heard_signature_state_from_name(
            heard_signature_state_name((HeardSignatureState)i), &signature));
        assert_int_equal(signature, i);
    }
    assert_false(heard_signed_kind_from_name("contract", &kind));
    assert_false(heard_signing_state_from_name("", &signing));
    assert_false(heard_signature_state_from_name("", &signature));
    assert_string_equal(heard_signature_strength_name(HEARD_SIGNATURE_SIMPLE), "simple");
    for (unsigned i = HEARD_SIGNING_OK + 1; i < HEARD_SIGNING_ANSWER_COUNT; i++) {
        assert_int_not_equal(heard_signing_answer_error((HeardSigningAnswer)i),
                             HEARD_ERROR_INTERNAL);
        assert_true(*heard_signing_answer_text((HeardSigningAnswer)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_signs_is_a_signer_with_the_right),
        cmocka_unit_test(a_deliberation_is_seen_by_who_signs_it),
        cmocka_unit_test(who_was_sent_out_signs_nothing_for_the_panel),
        cmocka_unit_test(nobody_signs_twice_or_after_the_end),
        cmocka_unit_test(a_code_lasts_five_minutes_and_five_tries),
        cmocka_unit_test(a_code_keeps_its_zeros),
        cmocka_unit_test(the_seal_binds_everything),
        cmocka_unit_test(names_go_both_ways),
    };

    return cmocka_run_group_tests_name("hearing signing", tests, NULL, NULL);
}
