/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/exhibit.h"

#include <glib.h>
#include <string.h>

static HeardExhibitPerson person_of(HeardRole role)
{
    return (HeardExhibitPerson){role, heard_role_side(role), true, true};
}

static HeardExhibit exhibit_of(HeardExhibitSide side, HeardExhibitState state)
{
    return (HeardExhibit){side, state, false};
}

/* Who sees it: the letters of domain.md 3.8. */
static void assert_seen_by(const HeardExhibit *exhibit, const char *letters)
{
    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        HeardExhibitPerson person = person_of((HeardRole)role);
        bool sees = heard_exhibit_sees(exhibit, &person);

        if (sees != (strchr(letters, heard_role_letter((HeardRole)role)) != NULL))
            fail_msg("%s in %s", heard_role_name((HeardRole)role),
                     heard_exhibit_state_name(exhibit->state));
    }
}

static void names_go_both_ways(void **state)
{
    HeardExhibitState of_state;
    HeardExhibitVerb verb;
    HeardExhibitSide side;
    HeardObjection ground;
    char number[HEARD_EXHIBIT_NUMBER_SIZE];

    (void)state;
    for (unsigned i = 0; i < HEARD_EXHIBIT_STATE_COUNT; i++) {
        assert_true(heard_exhibit_state_from_name(heard_exhibit_state_name(i), &of_state));
        assert_int_equal(of_state, i);
    }
    for (unsigned i = 0; i < HEARD_EXHIBIT_VERB_COUNT; i++) {
        assert_true(heard_exhibit_verb_from_name(heard_exhibit_verb_name(i), &verb));
        assert_int_equal(verb, i);
    }
    for (unsigned i = 0; i < HEARD_EXHIBIT_SIDE_COUNT; i++) {
        assert_true(heard_exhibit_side_from_name(heard_exhibit_side_name(i), &side));
        assert_int_equal(side, i);
    }
    for (unsigned i = 0; i < HEARD_OBJECTION_COUNT; i++) {
        assert_true(heard_objection_from_name(heard_objection_name(i), &ground));
        assert_int_equal(ground, i);
    }
    assert_false(heard_exhibit_state_from_name("scanned", &of_state));
    assert_false(heard_exhibit_verb_from_name("", &verb));
    assert_false(heard_exhibit_side_from_name("panel", &side));
    assert_false(heard_objection_from_name("false", &ground));
    heard_exhibit_number(HEARD_EXHIBIT_OF_PETITIONER, 1, number);
    assert_string_equal(number, "甲1");
    heard_exhibit_number(HEARD_EXHIBIT_OF_RESPONDENT, 12, number);
    assert_string_equal(number, "乙12");
    heard_exhibit_number(HEARD_EXHIBIT_OF_ORGANISER, HEARD_EXHIBITS_MAX, number);
    assert_string_equal(number, "本200");
}

static void seen_by_its_side_until_it_is_offered(void **state)
{
    HeardExhibit exhibit = exhibit_of(HEARD_EXHIBIT_OF_PETITIONER, HEARD_EXHIBIT_UPLOADED);

    (void)state;
    assert_seen_by(&exhibit, "PARKM");
    exhibit.state = HEARD_EXHIBIT_WITHDRAWN;
    assert_seen_by(&exhibit, "PARKM");
    exhibit.state = HEARD_EXHIBIT_OFFERED;
    assert_seen_by(&exhibit, "PADLRNKMISCUGYXZ"); /* routes keep the admins out */
    exhibit.state = HEARD_EXHIBIT_PRESENTED;
    assert_seen_by(&exhibit, "PADLRNKMIWOSCUGYXZ");
    exhibit = exhibit_of(HEARD_EXHIBIT_OF_RESPONDENT, HEARD_EXHIBIT_UPLOADED);
    assert_seen_by(&exhibit, "DLRKM");
    exhibit = exhibit_of(HEARD_EXHIBIT_OF_ORGANISER, HEARD_EXHIBIT_UPLOADED);
    assert_seen_by(&exhibit, "RKM");
}

static void closed_evidence_stays_with_its_side_the_desk_and_the_panel(void **state)
{
    static const HeardExhibitState states[] = {HEARD_EXHIBIT_OFFERED, HEARD_EXHIBIT_PRESENTED,
                                               HEARD_EXHIBIT_ADMITTED, HEARD_EXHIBIT_NOT_ADMITTED};

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(states); i++) {
        HeardExhibit exhibit = {HEARD_EXHIBIT_OF_RESPONDENT, states[i], true};
        assert_seen_by(&exhibit, "DLRNKM");
    }
}

static void a_link_alone_shows_nothing_of_the_other_side(void **state)
{
    HeardExhibitPerson petitioner = person_of(HEARD_ROLE_PETITIONER);
    HeardExhibitPerson witness = person_of(HEARD_ROLE_WITNESS);
    HeardExhibit own = exhibit_of(HEARD_EXHIBIT_OF_PETITIONER, HEARD_EXHIBIT_UPLOADED);
    HeardExhibit other = exhibit_of(HEARD_EXHIBIT_OF_RESPONDENT, HEARD_EXHIBIT_PRESENTED);

    (void)state;
    petitioner.is_known = petitioner.is_in_room = false;
    assert_true(heard_exhibit_sees(&own, &petitioner));
    assert_false(heard_exhibit_sees(&other, &petitioner));
    petitioner.is_known = true;
    assert_true(heard_exhibit_sees(&other, &petitioner));
    witness.is_in_room = false;
    assert_false(heard_exhibit_sees(&other, &witness));
}

static void each_brings_for_its_own_side_and_the_desk_for_any(void **state)
{
    (void)state;
    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
        HeardExhibitPerson person = person_of((HeardRole)role);
        bool desk = strchr("RKM", heard_role_letter((HeardRole)role)) != NULL;
        bool some = strchr("PADLW", heard_role_letter((HeardRole)role)) != NULL;

        for (unsigned side = 0; side < HEARD_EXHIBIT_SIDE_COUNT; side++) {
            HeardExhibitAnswer wanted = desk    ? HEARD_EXHIBIT_OK
                                        : !some ? HEARD_EXHIBIT_NO_RIGHT
                                        : heard_exhibit_side_of(&person) == side
                                            ? HEARD_EXHIBIT_OK
                                            : HEARD_EXHIBIT_NOT_OWN;
            assert_int_equal(heard_exhibit_may_upload(&person, (HeardExhibitSide)side), wanted);
        }
    }
}

static void from_the_upload_to_the_decision(void **state)
{
    HeardExhibitPerson p = person_of(HEARD_ROLE_PETITIONER);
    HeardExhibitPerson d = person_of(HEARD_ROLE_DEPARTMENT);
    HeardExhibitPerson k = person_of(HEARD_ROLE_CLERK), r = person_of(HEARD_ROLE_PRESIDING);
    HeardExhibit it = exhibit_of(HEARD_EXHIBIT_OF_PETITIONER, HEARD_EXHIBIT_UPLOADED);

    (void)state;
    assert_int_equal(heard_exhibit_ask(&it, &d, HEARD_EXHIBIT_OFFER), HEARD_EXHIBIT_NOT_OWN);
    assert_int_equal(heard_exhibit_ask(&it, &d, HEARD_EXHIBIT_OBJECT), HEARD_EXHIBIT_NOT_OFFERED);
    assert_int_equal(heard_exhibit_ask(&it, &p, HEARD_EXHIBIT_OFFER), HEARD_EXHIBIT_OK);
    it.state = heard_exhibit_after(it.state, HEARD_EXHIBIT_OFFER);
    assert_int_equal(heard_exhibit_ask(&it, &k, HEARD_EXHIBIT_OFFER), HEARD_EXHIBIT_ALREADY);
    assert_int_equal(heard_exhibit_ask(&it, &r, HEARD_EXHIBIT_ADMIT), HEARD_EXHIBIT_NOT_SHOWN);
    assert_int_equal(heard_exhibit_ask(&it, &d, HEARD_EXHIBIT_OBJECT), HEARD_EXHIBIT_OK);
    assert_int_equal(heard_exhibit_ask(&it, &p, HEARD_EXHIBIT_OBJECT), HEARD_EXHIBIT_IS_OWN);
    assert_int_equal(heard_exhibit_ask(&it, &k, HEARD_EXHIBIT_OBJECT), HEARD_EXHIBIT_NO_RIGHT);
    it.state = heard_exhibit_after(it.state, HEARD_EXHIBIT_PRESENT);
    assert_int_equal(it.state, HEARD_EXHIBIT_PRESENTED);
    assert_int_equal(heard_exhibit_ask(&it, &k, HEARD_EXHIBIT_ADMIT), HEARD_EXHIBIT_NO_RIGHT);
    assert_int_equal(heard_exhibit_ask(&it, &r, HEARD_EXHIBIT_ADMIT), HEARD_EXHIBIT_OK);
    it.state = heard_exhibit_after(it.state, HEARD_EXHIBIT_ADMIT);
    assert_int_equal(heard_exhibit_ask(&it, &p, HEARD_EXHIBIT_WITHDRAW), HEARD_EXHIBIT_DECIDED);
    assert_int_equal(heard_exhibit_ask(&it, &d, HEARD_EXHIBIT_OBJECT), HEARD_EXHIBIT_DECIDED);
    assert_int_equal(heard_exhibit_ask(&it, &r, HEARD_EXHIBIT_ADMIT), HEARD_EXHIBIT_ALREADY);
    assert_int_equal(heard_exhibit_ask(&it, &r, HEARD_EXHIBIT_REFUSE), HEARD_EXHIBIT_OK);
    assert_int_equal(heard_exhibit_after(it.state, HEARD_EXHIBIT_PRESENT), HEARD_EXHIBIT_ADMITTED);
    it.state = HEARD_EXHIBIT_WITHDRAWN;
    for (unsigned verb = 0; verb < HEARD_EXHIBIT_VERB_COUNT; verb++)
        assert_int_equal(heard_exhibit_ask(&it, &r, (HeardExhibitVerb)verb), HEARD_EXHIBIT_GONE);
}

static void shown_by_who_may_while_the_hearing_runs(void **state)
{
    HeardExhibit of_p = exhibit_of(HEARD_EXHIBIT_OF_PETITIONER, HEARD_EXHIBIT_UPLOADED);
    HeardExhibitStage stage = {.is_live = true};
    HeardExhibitPerson p = person_of(HEARD_ROLE_PETITIONER);
    HeardExhibitPerson d = person_of(HEARD_ROLE_DEPARTMENT), k = person_of(HEARD_ROLE_CLERK);

    (void)state;
    assert_int_equal(heard_exhibit_may_show(&of_p, &p, &stage), HEARD_EXHIBIT_NOT_NOW);
    assert_int_equal(heard_exhibit_may_show(&of_p, &k, &stage), HEARD_EXHIBIT_OK);
    stage.screen_open = true;
    assert_int_equal(heard_exhibit_may_show(&of_p, &p, &stage), HEARD_EXHIBIT_OK);
    assert_int_equal(heard_exhibit_may_show(&of_p, &d, &stage), HEARD_EXHIBIT_NOT_OWN);
    assert_int_equal(heard_exhibit_may_turn(&p, &stage), HEARD_EXHIBIT_NOT_SHOWN);
    stage.is_shown = true;
    assert_int_equal(heard_exhibit_may_show(&of_p, &p, &stage), HEARD_EXHIBIT_BUSY);
    assert_int_equal(heard_exhibit_may_turn(&p, &stage), HEARD_EXHIBIT_BUSY);
    assert_int_equal(heard_exhibit_may_turn(&k, &stage), HEARD_EXHIBIT_OK);
    stage.is_own = true;
    assert_int_equal(heard_exhibit_may_turn(&p, &stage), HEARD_EXHIBIT_OK);
    stage.screen_open = false; /* taken away meanwhile */
    assert_int_equal(heard_exhibit_may_turn(&p, &stage), HEARD_EXHIBIT_NOT_NOW);
    stage = (HeardExhibitStage){.screen_open = true};
    assert_int_equal(heard_exhibit_may_show(&of_p, &k, &stage), HEARD_EXHIBIT_NOT_LIVE);
    for (unsigned i = HEARD_EXHIBIT_OK + 1; i < HEARD_EXHIBIT_ANSWER_COUNT; i++) {
        assert_int_not_equal(heard_exhibit_answer_error(i), HEARD_ERROR_INTERNAL);
        assert_true(strlen(heard_exhibit_answer_text(i)) > 0);
    }
}

/* Whatever is asked in whatever order: decided things are never withdrawn, withdrawn ones never
 * come back, and nobody acts on what he does not see. */
static void no_way_around_the_rules(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(48);
    unsigned decided = 0;

    (void)state;
    for (unsigned round = 0; round < 4000; round++) {
        HeardExhibit it = {(HeardExhibitSide)g_rand_int_range(random, 0, 3), HEARD_EXHIBIT_UPLOADED,
                           g_rand_boolean(random)};

        for (unsigned step = 0; step < 12; step++) {
            HeardExhibitPerson who =
                person_of((HeardRole)g_rand_int_range(random, 0, HEARD_ROLE_COUNT));
            HeardExhibitVerb verb =
                (HeardExhibitVerb)g_rand_int_range(random, 0, HEARD_EXHIBIT_VERB_COUNT);
            HeardExhibitState before = it.state;

            if (!heard_exhibit_sees(&it, &who) ||
                heard_exhibit_ask(&it, &who, verb) != HEARD_EXHIBIT_OK)
                continue;
            assert_int_not_equal(before, HEARD_EXHIBIT_WITHDRAWN);
            it.state = heard_exhibit_after(before, verb);
            if (it.state == HEARD_EXHIBIT_ADMITTED || it.state == HEARD_EXHIBIT_NOT_ADMITTED) {
                assert_int_not_equal(before, HEARD_EXHIBIT_UPLOADED);
                decided++;
            }
            if (before == HEARD_EXHIBIT_ADMITTED || before == HEARD_EXHIBIT_NOT_ADMITTED)
                assert_true(it.state == HEARD_EXHIBIT_ADMITTED ||
                            it.state == HEARD_EXHIBIT_NOT_ADMITTED);
        }
    }
    assert_true(decided > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(seen_by_its_side_until_it_is_offered),
        cmocka_unit_test(closed_evidence_stays_with_its_side_the_desk_and_the_panel),
        cmocka_unit_test(a_link_alone_shows_nothing_of_the_other_side),
        cmocka_unit_test(each_brings_for_its_own_side_and_the_desk_for_any),
        cmocka_unit_test(from_the_upload_to_the_decision),
        cmocka_unit_test(shown_by_who_may_while_the_hearing_runs),
        cmocka_unit_test(no_way_around_the_rules),
    };

    return cmocka_run_group_tests_name("hearing exhibit", tests, NULL, NULL);
}
