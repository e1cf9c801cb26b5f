/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "server/hearing/agenda.h"
#include "server/hearing/ballot.h"

#include <glib.h>
#include <string.h>

static HeardProfile profile_with(HeardBallotSecrecy secrecy, bool leader_votes)
{
    HeardProfile profile = *heard_agenda_profile(HEARD_KIND_PANEL_HEARING);

    profile.ballot = secrecy;
    profile.leader_votes = leader_votes;
    return profile;
}

static HeardBallotMoment moment_of(const HeardProfile *profile)
{
    return (HeardBallotMoment){
        .profile = profile, .hearing = HEARD_STATE_LIVE, .phase = profile->deliberation};
}

static HeardBallotPerson inside(HeardRole role)
{
    return (HeardBallotPerson){role, .has_seat = true, .is_inside = true, .took_part = true};
}

static HeardBallotAnswer ask(const HeardBallotMoment *moment, HeardRole role, HeardBallotAct act)
{
    HeardBallotPerson person = inside(role);

    return heard_ballot_ask(moment, &person, act, false);
}

/* Who may do what where the state refuses nothing: rows as domain.md 3.8 has them. */
static bool is_allowed(HeardRole role, HeardBallotAct act, bool leader_votes)
{
    bool pen = role == HEARD_ROLE_PRESIDING || role == HEARD_ROLE_CLERK;
    bool panel = role == HEARD_ROLE_PANELIST;

    switch (act) {
    case HEARD_BALLOT_PUT:
    case HEARD_BALLOT_CLOSE:
    case HEARD_BALLOT_WITHDRAW:
    case HEARD_BALLOT_WRITE:
        return pen;
    case HEARD_BALLOT_VOTE:
        return panel || (leader_votes && role == HEARD_ROLE_PRESIDING);
    case HEARD_BALLOT_DISSENT:
    case HEARD_BALLOT_CONFIRM:
        return panel;
    case HEARD_BALLOT_SEAL:
    case HEARD_BALLOT_RELEASE:
        return role == HEARD_ROLE_PRESIDING;
    case HEARD_BALLOT_ACT_COUNT:
        break;
    }
    return false;
}

static void every_role_and_act_as_the_table_says(void **state)
{
    (void)state;
    for (unsigned votes = 0; votes < 2; votes++) {
        HeardProfile profile = profile_with(HEARD_BALLOT_NAMED, votes);

        for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++) {
            for (unsigned act = 0; act < HEARD_BALLOT_ACT_COUNT; act++) {
                HeardBallotMoment moment = moment_of(&profile);
                HeardBallotPerson person = inside((HeardRole)role);
                bool allowed = is_allowed((HeardRole)role, (HeardBallotAct)act, votes);

                moment.has_opinion = true;
                moment.is_agreed = true;
                moment.is_asking = act == HEARD_BALLOT_VOTE || act == HEARD_BALLOT_CLOSE ||
                                   act == HEARD_BALLOT_WITHDRAW;
                if (act == HEARD_BALLOT_RELEASE) {
                    moment.is_sealed = true;
                    moment.phase++;
                }
                assert_int_equal(heard_ballot_ask(&moment, &person, (HeardBallotAct)act, false),
                                 allowed ? HEARD_BALLOT_OK : HEARD_BALLOT_WRONG_ROLE);
                person.is_removed = true;
                assert_int_equal(heard_ballot_ask(&moment, &person, (HeardBallotAct)act, false),
                                 HEARD_BALLOT_WRONG_ROLE);
            }
        }
    }
}

static void nothing_but_the_release_happens_outside_the_room(void **state)
{
    HeardProfile profile = profile_with(HEARD_BALLOT_NAMED, false);
    HeardBallotMoment moment = moment_of(&profile);
    HeardBallotPerson presiding = inside(HEARD_ROLE_PRESIDING);
    (void)state;

    presiding.is_inside = false;
    moment.is_sealed = true;
    moment.phase++;
    for (unsigned act = 0; act < HEARD_BALLOT_RELEASE; act++)
        assert_true(heard_ballot_ask(&moment, &presiding, (HeardBallotAct)act, true) ==
                        HEARD_BALLOT_NOT_INSIDE ||
                    !is_allowed(HEARD_ROLE_PRESIDING, (HeardBallotAct)act, false));
    assert_int_equal(heard_ballot_ask(&moment, &presiding, HEARD_BALLOT_RELEASE, false),
                     HEARD_BALLOT_OK);
}

static void one_question_after_another_until_the_seal(void **state)
{
    HeardProfile profile = profile_with(HEARD_BALLOT_NAMED, false);
    HeardBallotMoment moment = moment_of(&profile);
    HeardBallotPerson presiding = inside(HEARD_ROLE_PRESIDING);
    (void)state;

    assert_int_equal(ask(&moment, HEARD_ROLE_PANELIST, HEARD_BALLOT_VOTE), HEARD_BALLOT_NOT_ASKING);
    assert_int_equal(ask(&moment, HEARD_ROLE_PRESIDING, HEARD_BALLOT_SEAL),
                     HEARD_BALLOT_NO_OPINION);
    assert_int_equal(ask(&moment, HEARD_ROLE_PANELIST, HEARD_BALLOT_CONFIRM),
                     HEARD_BALLOT_NO_OPINION);
    moment.has_opinion = true;
    moment.is_asking = true;
    assert_int_equal(ask(&moment, HEARD_ROLE_CLERK, HEARD_BALLOT_PUT), HEARD_BALLOT_IS_ASKING);
    assert_int_equal(ask(&moment, HEARD_ROLE_PRESIDING, HEARD_BALLOT_SEAL), HEARD_BALLOT_IS_ASKING);
    moment.is_asking = false;
    moment.is_full = true;
    assert_int_equal(ask(&moment, HEARD_ROLE_CLERK, HEARD_BALLOT_PUT), HEARD_BALLOT_FULL);
    assert_int_equal(ask(&moment, HEARD_ROLE_PRESIDING, HEARD_BALLOT_SEAL),
                     HEARD_BALLOT_NOT_AGREED);
    assert_int_equal(heard_ballot_ask(&moment, &presiding, HEARD_BALLOT_SEAL, true),
                     HEARD_BALLOT_OK);
    moment.is_sealed = true;
    for (unsigned act = 0; act < HEARD_BALLOT_RELEASE; act++) {
        HeardRole role =
            act == HEARD_BALLOT_VOTE || act == HEARD_BALLOT_DISSENT || act == HEARD_BALLOT_CONFIRM
                ? HEARD_ROLE_PANELIST
                : HEARD_ROLE_PRESIDING;

        assert_int_equal(ask(&moment, role, (HeardBallotAct)act), HEARD_BALLOT_SEALED);
    }
}

static void released_once_it_is_sealed_and_announced(void **state)
{
    HeardProfile profile = profile_with(HEARD_BALLOT_NAMED, false);
    HeardBallotMoment moment = moment_of(&profile);
    (void)state;

    moment.phase++;
    assert_int_equal(ask(&moment, HEARD_ROLE_PRESIDING, HEARD_BALLOT_RELEASE),
                     HEARD_BALLOT_NOT_SEALED);
    moment.is_sealed = true;
    for (unsigned phase = 0; phase <= profile.deliberation; phase++) {
        moment.phase = phase;
        assert_int_equal(ask(&moment, HEARD_ROLE_PRESIDING, HEARD_BALLOT_RELEASE),
                         HEARD_BALLOT_NOT_ANNOUNCED);
    }
    moment.hearing = HEARD_STATE_CONCLUDED; /* announced in writing, later */
    assert_int_equal(ask(&moment, HEARD_ROLE_PRESIDING, HEARD_BALLOT_RELEASE), HEARD_BALLOT_OK);
    moment.hearing = HEARD_STATE_CANCELLED;
    assert_int_equal(ask(&moment, HEARD_ROLE_PRESIDING, HEARD_BALLOT_RELEASE),
                     HEARD_BALLOT_NOT_ANNOUNCED);
    moment.is_released = true;
    assert_int_equal(ask(&moment, HEARD_ROLE_PRESIDING, HEARD_BALLOT_RELEASE),
                     HEARD_BALLOT_RELEASED);
}

/* After the end who decides goes on without the room; the clerk's pen stayed in it. */
static void the_panel_goes_on_after_the_end(void **state)
{
    HeardProfile profile = profile_with(HEARD_BALLOT_NAMED, true);
    HeardBallotMoment moment = moment_of(&profile);
    (void)state;

    moment.is_asking = moment.has_opinion = true;
    for (unsigned hearing = 0; hearing < HEARD_STATE_COUNT; hearing++)
        for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++)
            for (unsigned bits = 0; bits < 4; bits++) {
                HeardBallotPerson person = inside((HeardRole)role);
                bool decides = role == HEARD_ROLE_PANELIST || role == HEARD_ROLE_PRESIDING;
                bool wanted;

                moment.hearing = (HeardState)hearing;
                person.is_inside = false;
                person.took_part = bits & 1;
                person.is_removed = bits & 2;
                wanted = decides && hearing == HEARD_STATE_CONCLUDED && bits == 1;
                assert_int_equal(heard_ballot_goes_on(&moment, &person), wanted);
                assert_int_equal(heard_ballot_ask(&moment, &person, HEARD_BALLOT_VOTE, false) ==
                                     HEARD_BALLOT_OK,
                                 wanted);
            }
}

static void where_nobody_deliberates_there_is_no_ballot(void **state)
{
    const HeardProfile *profile = heard_agenda_profile(HEARD_KIND_JOINT_RECEPTION);
    HeardBallotMoment moment = {.profile = profile, .hearing = HEARD_STATE_LIVE};
    (void)state;

    for (unsigned act = 0; act < HEARD_BALLOT_ACT_COUNT; act++)
        assert_int_equal(ask(&moment, HEARD_ROLE_PRESIDING, (HeardBallotAct)act),
                         HEARD_BALLOT_NONE_HERE);
}

/* Every role, with and without a seat, inside and outside, before and after. */
static void nobody_else_ever_sees_it(void **state)
{
    HeardProfile profile = profile_with(HEARD_BALLOT_NAMED, false);
    (void)state;

    for (unsigned bits = 0; bits < HEARD_ROLE_COUNT << 5; bits++) {
        HeardRole role = (HeardRole)(bits >> 5);
        HeardBallotMoment moment = moment_of(&profile);
        bool deliberates =
            role == HEARD_ROLE_PRESIDING || role == HEARD_ROLE_PANELIST || role == HEARD_ROLE_CLERK;
        bool later = bits & 1;
        HeardBallotPerson person = {.role = role,
                                    .has_seat = bits & 2,
                                    .is_inside = (bits & 4) && !later,
                                    .took_part = bits & 8,
                                    .is_removed = bits & 16};
        bool all = deliberates && person.has_seat && !person.is_removed &&
                   (person.is_inside || (later && person.took_part && role != HEARD_ROLE_CLERK));
        bool seal = role == HEARD_ROLE_AUDIT_ADMIN && !person.has_seat;

        moment.phase += later;
        moment.is_sealed = true;
        assert_int_equal(heard_ballot_view(&moment, &person), all    ? HEARD_BALLOT_SEES_ALL
                                                              : seal ? HEARD_BALLOT_SEES_SEAL
                                                                     : HEARD_BALLOT_SEES_RESULT);
    }
}

static void the_profile_says_how_and_how_many(void **state)
{
    HeardProfile named = profile_with(HEARD_BALLOT_NAMED, false);
    HeardProfile secret = profile_with(HEARD_BALLOT_SECRET, false);
    HeardProfile either = profile_with(HEARD_BALLOT_EITHER, false);
    (void)state;

    assert_int_equal(heard_ballot_may_put(&named, true, 3), HEARD_BALLOT_WRONG_SECRECY);
    assert_int_equal(heard_ballot_may_put(&named, false, 3), HEARD_BALLOT_OK);
    assert_int_equal(heard_ballot_may_put(&secret, false, 3), HEARD_BALLOT_WRONG_SECRECY);
    assert_int_equal(heard_ballot_may_put(&secret, true, 3), HEARD_BALLOT_OK);
    assert_int_equal(heard_ballot_may_put(&either, true, 3), HEARD_BALLOT_OK);
    assert_int_equal(heard_ballot_may_put(&either, false, 3), HEARD_BALLOT_OK);
    /* One of three was recused: two are no panel. */
    assert_int_equal(heard_ballot_may_put(&either, false, 2), HEARD_BALLOT_PANEL_SMALL);
    assert_int_equal(heard_ballot_may_put(&either, false, HEARD_BALLOT_VOTERS_MAX + 1),
                     HEARD_BALLOT_FULL);
}

/* ---- counting ---- */

static HeardBallotResult result_of(unsigned voters, unsigned a, unsigned b, unsigned c, int *ret)
{
    HeardBallotCount count = {.option_count = 3, .votes = {a, b, c}, .voters = voters};

    return heard_ballot_result(&count, ret);
}

static void majority_most_tie_none(void **state)
{
    int option;
    (void)state;

    assert_int_equal(result_of(3, 0, 2, 1, &option), HEARD_BALLOT_RESULT_MAJORITY);
    assert_int_equal(option, 1);
    assert_int_equal(result_of(5, 2, 1, 1, &option), HEARD_BALLOT_RESULT_MOST);
    assert_int_equal(option, 0);
    assert_int_equal(result_of(3, 1, 1, 1, &option), HEARD_BALLOT_RESULT_TIE);
    assert_int_equal(option, HEARD_BALLOT_ABSTAIN);
    assert_int_equal(result_of(5, 1, 2, 2, &option), HEARD_BALLOT_RESULT_TIE);
    assert_int_equal(result_of(3, 0, 0, 0, &option), HEARD_BALLOT_RESULT_NONE);
    assert_int_equal(option, HEARD_BALLOT_ABSTAIN);
    /* Half is no majority; who abstains or is silent is a voter all the same. */
    assert_int_equal(result_of(4, 2, 0, 0, &option), HEARD_BALLOT_RESULT_MOST);
    assert_int_equal(result_of(3, 1, 0, 0, &option), HEARD_BALLOT_RESULT_MOST);
}

static void abstaining_is_voting(void **state)
{
    HeardBallotCount count = {.option_count = 2, .voters = 3};
    int option;
    (void)state;

    assert_true(heard_ballot_add(&count, HEARD_BALLOT_ABSTAIN));
    assert_true(heard_ballot_add(&count, HEARD_BALLOT_ABSTAIN));
    assert_int_equal(heard_ballot_given(&count), 2);
    assert_int_equal(heard_ballot_result(&count, &option), HEARD_BALLOT_RESULT_NONE);
    assert_false(heard_ballot_add(&count, 2));
    assert_false(heard_ballot_add(&count, -2));
    assert_true(heard_ballot_add(&count, 1));
    assert_false(heard_ballot_add(&count, 1)); /* three have voted */
    assert_int_equal(heard_ballot_result(&count, &option), HEARD_BALLOT_RESULT_MOST);
    assert_int_equal(option, 1);
}

/* Votes one by one through the urn, against a list of them that is counted at the end. */
static void the_urn_keeps_the_count(void **state)
{
    GRand *rand = g_rand_new_with_seed(20261128);
    (void)state;

    for (unsigned round = 0; round < 2000; round++) {
        HeardBallotCount count = {.option_count = (unsigned)g_rand_int_range(rand, 2, 9),
                                  .voters = (unsigned)g_rand_int_range(rand, 1, 17)};
        unsigned given = (unsigned)g_rand_int_range(rand, 0, (int)count.voters + 1);
        int list[HEARD_BALLOT_VOTERS_MAX], option;
        unsigned best = 0, with_best = 0;
        char urn[HEARD_BALLOT_URN_SIZE];
        HeardBallotResult result;

        heard_ballot_urn_write(&count, urn);
        for (unsigned i = 0; i < given; i++) {
            list[i] = g_rand_int_range(rand, -1, (int)count.option_count);
            assert_true(heard_ballot_urn_read(urn, &count));
            assert_true(heard_ballot_add(&count, list[i]));
            heard_ballot_urn_write(&count, urn);
            assert_int_equal(strlen(urn), HEARD_BALLOT_URN_SIZE - 1);
        }
        assert_true(heard_ballot_urn_read(urn, &count));
        result = heard_ballot_result(&count, &option);
        for (int one = 0; one < (int)count.option_count; one++) {
            unsigned votes = 0;

            for (unsigned i = 0; i < given; i++)
                votes += list[i] == one;
            assert_int_equal(count.votes[one], votes);
            with_best = votes > best ? 1 : with_best + (votes == best);
            best = MAX(best, votes);
        }
        assert_int_equal(heard_ballot_given(&count), given);
        assert_int_equal(result == HEARD_BALLOT_RESULT_NONE, best == 0);
        assert_int_equal(result == HEARD_BALLOT_RESULT_TIE, best > 0 && with_best > 1);
        assert_int_equal(result == HEARD_BALLOT_RESULT_MAJORITY, best * 2 > count.voters);
        if (result == HEARD_BALLOT_RESULT_MAJORITY || result == HEARD_BALLOT_RESULT_MOST)
            assert_int_equal(count.votes[option], best);
    }
    g_rand_free(rand);
}

static void a_wrong_urn_is_found(void **state)
{
    HeardBallotCount count = {.option_count = 2, .voters = 3};
    (void)state;

    assert_true(heard_ballot_urn_read("010101000000000000", &count));
    assert_false(heard_ballot_urn_read("010102000000000000", &count)); /* four of three */
    assert_false(heard_ballot_urn_read("000000010000000000", &count)); /* a third option */
    assert_false(heard_ballot_urn_read("01010100000000000", &count));
    assert_false(heard_ballot_urn_read("0101010000000000000", &count));
    assert_false(heard_ballot_urn_read("0101x1000000000000", &count));
    assert_false(heard_ballot_urn_read("", &count));
    assert_int_equal(heard_ballot_given(&count), 3); /* as it was */
}

static void names_are_read_back(void **state)
{
    HeardBallotState found = HEARD_BALLOT_OPEN;
    (void)state;

    for (unsigned i = 0; i < HEARD_BALLOT_STATE_COUNT; i++) {
        assert_true(
            heard_ballot_state_from_name(heard_ballot_state_name((HeardBallotState)i), &found));
        assert_int_equal(found, i);
    }
    assert_false(heard_ballot_state_from_name("ajar", &found));
    for (unsigned i = 0; i < HEARD_BALLOT_RESULT_COUNT; i++)
        assert_non_null(heard_ballot_result_name((HeardBallotResult)i));
    for (unsigned i = 0; i < HEARD_BALLOT_ACT_COUNT; i++)
        assert_non_null(heard_ballot_act_name((HeardBallotAct)i));
    for (unsigned i = 0; i < HEARD_BALLOT_ANSWER_COUNT; i++)
        assert_non_null(heard_ballot_answer_name((HeardBallotAnswer)i));
    assert_int_equal(heard_ballot_answer_error(HEARD_BALLOT_VOTED), HEARD_ERROR_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_and_act_as_the_table_says),
        cmocka_unit_test(nothing_but_the_release_happens_outside_the_room),
        cmocka_unit_test(one_question_after_another_until_the_seal),
        cmocka_unit_test(released_once_it_is_sealed_and_announced),
        cmocka_unit_test(the_panel_goes_on_after_the_end),
        cmocka_unit_test(where_nobody_deliberates_there_is_no_ballot),
        cmocka_unit_test(nobody_else_ever_sees_it),
        cmocka_unit_test(the_profile_says_how_and_how_many),
        cmocka_unit_test(majority_most_tie_none),
        cmocka_unit_test(abstaining_is_voting),
        cmocka_unit_test(the_urn_keeps_the_count),
        cmocka_unit_test(a_wrong_urn_is_found),
        cmocka_unit_test(names_are_read_back),
    };

    return cmocka_run_group_tests_name("hearing ballot", tests, NULL, NULL);
}
