/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/ballot_rows.h"
#include "server/store/deliberation_rows.h"

typedef struct {
    const char *hearing, *presiding, *panelists[3];
} Scene;

static Scene make_scene(HeardStore *store)
{
    const char *unit = make_unit(store, "460100-0001", NULL);
    const char *petition = make_case(store, "XF1", unit);
    Scene scene = {.hearing = make_hearing(store, "HSH1", petition, unit, 100)};

    scene.presiding =
        make_participant(store, make_seat(store, scene.hearing, NULL, 1), scene.hearing, NULL);
    for (unsigned i = 0; i < 3; i++)
        scene.panelists[i] = make_participant(store, make_seat(store, scene.hearing, NULL, i + 2),
                                              scene.hearing, NULL);
    return scene;
}

static HeardBallotRow *put(HeardStore *store, const Scene *scene, const char *urn)
{
    GError *error = NULL;
    HeardBallotRow row = {.id = fixture_id(),
                          .hearing_id = scene->hearing,
                          .question = "是否支持？",
                          .options = "[\"支持\",\"不支持\"]",
                          .is_secret = urn != NULL,
                          .state = "open",
                          .urn = urn,
                          .opened_by = scene->presiding,
                          .opened_ms = 10};

    assert_ok(heard_store_begin(store, &error), error);
    assert_ok(heard_ballot_rows_insert(store, &row, &error), error);
    for (unsigned i = 0; i < 3; i++) {
        HeardBallotVoterRow voter = {row.id, scene->panelists[i], "听证员", false};
        assert_ok(heard_ballot_voter_rows_insert(store, &voter, &error), error);
    }
    assert_ok(heard_store_commit(store, &error), error);
    return heard_ballot_rows_get(store, row.id, &error);
}

static int64_t count(HeardStore *store, const char *sql, const char *id)
{
    GError *error = NULL;
    int64_t number = -1;

    assert_ok(heard_row_number(store, sql, HEARD_VALUES(HEARD_TEXT(id)), &number, &error), error);
    return number;
}

static bool votes_named(HeardStore *store, const HeardBallotRow *row, const char *who, int choice,
                        GError **error)
{
    HeardBallotVoteRow vote = {row->id, who, choice, 20};
    bool done = heard_store_begin(store, error) && heard_ballot_rows_vote(store, &vote, error) &&
                heard_store_commit(store, error);

    if (!done)
        heard_store_rollback(store);
    return done;
}

static bool votes_secretly(HeardStore *store, const HeardBallotRow *row, const char *who,
                           const char *urn, GError **error)
{
    bool done = heard_store_begin(store, error) &&
                heard_ballot_rows_vote_secretly(store, row, who, urn, error) &&
                heard_store_commit(store, error);

    if (!done)
        heard_store_rollback(store);
    return done;
}

static void a_named_vote_is_given_once(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    g_autofree HeardBallotRow *one = put(store, &scene, NULL), *two = put(store, &scene, NULL);
    g_autoptr(GPtrArray) votes = NULL;

    assert_int_equal(one->number, 1);
    assert_int_equal(two->number, 2);
    assert_ok(votes_named(store, one, scene.panelists[0], 1, &error), error);
    assert_false(votes_named(store, one, scene.panelists[0], 0, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_false(votes_named(store, one, scene.presiding, 0, &error)); /* no voter */
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_ok(votes_named(store, one, scene.panelists[1], -1, &error), error);
    votes = heard_ballot_vote_rows_list(store, one->id, &error);
    assert_int_equal(votes->len, 2);
}

/* Rows of a secret vote: whose mark it is stands in one, the count in another one, and nothing of
 * the vote, no time and no order, beside the name. */
static void a_secret_vote_has_no_name(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    g_autofree HeardBallotRow *row = put(store, &scene, "urn-0"), *after = NULL;
    g_autofree char *forged = g_strdup_printf("INSERT INTO ballot_vote (ballot_id, participant_id, "
                                              "choice, at_ms) VALUES ('%s', '%s', 0, 1)",
                                              row->id, scene.panelists[0]);

    assert_ok(votes_secretly(store, row, scene.panelists[2], "urn-1", &error), error);
    /* From the same urn a second time: another server's vote would be lost. */
    assert_false(votes_secretly(store, row, scene.panelists[0], "urn-2", &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    after = heard_ballot_rows_get(store, row->id, &error);
    assert_string_equal(after->urn, "urn-1");
    assert_false(votes_secretly(store, after, scene.panelists[2], "urn-2", &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_int_equal(
        count(store, "SELECT count(*) FROM ballot_voter WHERE ballot_id = $1 AND has_voted = 1",
              row->id),
        1);
    assert_int_equal(count(store, "SELECT count(*) FROM ballot_vote WHERE ballot_id = $1", row->id),
                     0);
    assert_false(heard_store_exec(store, forged, &error));
    g_clear_error(&error);
    assert_int_equal(count(store,
                           "SELECT count(*) FROM pragma_table_info('ballot_voter') "
                           "WHERE name <> $1 AND name NOT IN ('participant_id','name','has_voted')",
                           "ballot_id"),
                     0);
}

static void what_ended_stays(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    g_autofree HeardBallotRow *row = put(store, &scene, "urn-0"), *after = NULL;
    g_autofree char *forge =
        g_strdup_printf("UPDATE ballot SET votes = '[3,0]' WHERE id = '%s'", row->id);
    HeardBallotRow end = *row;

    end.state = "closed";
    end.votes = "[1,2]";
    end.result = "majority";
    end.ended_by = scene.presiding;
    end.ended_ms = 30;
    assert_ok(heard_ballot_rows_end(store, &end, &error), error);
    after = heard_ballot_rows_get(store, row->id, &error);
    assert_string_equal(after->votes, "[1,2]");
    assert_null(after->urn);
    assert_false(heard_ballot_rows_end(store, &end, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_false(votes_secretly(store, row, scene.panelists[0], "urn-1", &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_false(heard_store_exec(store, forge, &error));
    g_clear_error(&error);
}

static bool writes(HeardStore *store, const Scene *scene, int64_t version, const char *text,
                   GError **error)
{
    HeardOpinionRow row = {scene->hearing, version, text, scene->presiding, 20};
    bool done = heard_store_begin(store, error) && heard_opinion_rows_add(store, &row, error) &&
                heard_store_commit(store, error);

    if (!done)
        heard_store_rollback(store);
    return done;
}

static void an_opinion_is_written_in_versions(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    g_autofree HeardOpinionRow *none = heard_opinion_rows_get(store, scene.hearing, &error);
    g_autofree HeardOpinionRow *newest = NULL;
    HeardConfirmationRow confirmed = {scene.hearing, 1, scene.panelists[0], 25};
    g_autoptr(GPtrArray) of_first = NULL, of_second = NULL;

    assert_null(none);
    assert_no_error(error);
    assert_ok(writes(store, &scene, 0, "建议支持。", &error), error);
    assert_ok(heard_confirmation_rows_add(store, &confirmed, &error), error);
    assert_ok(heard_confirmation_rows_add(store, &confirmed, &error), error);
    assert_false(writes(store, &scene, 0, "另一位的稿子", &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_ok(writes(store, &scene, 1, "建议部分支持。", &error), error);
    newest = heard_opinion_rows_get(store, scene.hearing, &error);
    assert_int_equal(newest->version, 2);
    assert_string_equal(newest->text, "建议部分支持。");
    of_first = heard_confirmation_rows_list(store, scene.hearing, 1, &error);
    of_second = heard_confirmation_rows_list(store, scene.hearing, 2, &error);
    assert_int_equal(of_first->len, 1);
    assert_int_equal(of_second->len, 0);
}

static void the_seal_and_the_release_come_once(void **state)
{
    HeardStore *store = *state;
    Scene scene = make_scene(store);
    GError *error = NULL;
    HeardDeliberationRow row = {.hearing_id = scene.hearing,
                                .sealed_ms = 40,
                                .sealed_by = scene.presiding,
                                .record = "{}",
                                .sha256 = "ab"};
    HeardDissentRow dissent = {scene.hearing, scene.panelists[1], "听证员", "不同意见", 30};
    g_autoptr(GPtrArray) list = NULL;
    g_autofree HeardDeliberationRow *got = NULL;

    assert_ok(writes(store, &scene, 0, "建议支持。", &error), error);
    assert_ok(heard_dissent_rows_put(store, &dissent, &error), error);
    dissent.text = "";
    assert_ok(heard_dissent_rows_put(store, &dissent, &error), error);
    list = heard_dissent_rows_list(store, scene.hearing, &error);
    assert_int_equal(list->len, 0);
    assert_false(
        heard_deliberation_rows_release(store, scene.hearing, scene.presiding, 50, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_ok(heard_deliberation_rows_seal(store, &row, &error), error);
    assert_false(heard_deliberation_rows_seal(store, &row, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    assert_false(writes(store, &scene, 1, "改了", &error));
    g_clear_error(&error);
    dissent.text = "迟来的意见";
    assert_false(heard_dissent_rows_put(store, &dissent, &error));
    g_clear_error(&error);
    assert_ok(heard_deliberation_rows_release(store, scene.hearing, scene.presiding, 50, &error),
              error);
    assert_false(
        heard_deliberation_rows_release(store, scene.hearing, scene.presiding, 60, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    got = heard_deliberation_rows_get(store, scene.hearing, &error);
    assert_int_equal(got->released_ms, 50);
    assert_string_equal(got->sha256, "ab");
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(a_named_vote_is_given_once),
        with_store(a_secret_vote_has_no_name),
        with_store(what_ended_stays),
        with_store(an_opinion_is_written_in_versions),
        with_store(the_seal_and_the_release_come_once),
    };

    return cmocka_run_group_tests_name("store ballot rows", tests, NULL, NULL);
}
