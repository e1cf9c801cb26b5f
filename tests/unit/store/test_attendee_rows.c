/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/attendee_rows.h"
#include "server/store/question_rows.h"
#include "server/store/roll_rows.h"

enum { MANY = 250 };

static const char *make_link(HeardStore *store, const char *hearing, const char *unit)
{
    const char *id = fixture_id();
    GError *error = NULL;
    HeardTrainingLinkRow row = {.id = id,
                                .hearing_id = hearing,
                                .unit_name = unit,
                                .token_hash = id,
                                .made_by = "p",
                                .created_ms = 1,
                                .expires_ms = 1000};

    assert_ok(heard_training_link_rows_put(store, &row, &error), error);
    return id;
}

static const char *make_attendee(HeardStore *store, const char *hearing, const char *link)
{
    const char *id = fixture_id();
    GError *error = NULL;
    HeardAttendeeRow row = {.id = id,
                            .hearing_id = hearing,
                            .link_id = link,
                            .name = "王小明",
                            .unit_name = "县信访局",
                            .token_hash = id,
                            .expires_ms = 1000,
                            .created_ms = 2};

    assert_ok(heard_attendee_rows_insert(store, &row, &error), error);
    return id;
}

static const char *make_training(HeardStore *store)
{
    return make_hearing(store, "HST1", NULL, make_unit(store, "460100-0001", NULL), 100);
}

static void a_unit_has_one_link(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *hearing = make_training(store);
    const char *first = make_link(store, hearing, "");
    const char *unit = make_link(store, hearing, "住建局");
    const char *second = make_link(store, hearing, "");
    g_autofree HeardTrainingLinkRow *found = NULL;
    g_autoptr(GPtrArray) links = NULL;

    assert_null(heard_training_link_rows_find(store, first, 5, &error));
    assert_error(error, HEARD_ERROR_LINK_UNKNOWN);
    found = heard_training_link_rows_find(store, second, 5, &error);
    assert_no_error(error);
    assert_string_equal(found->id, first); /* the row stays: attendees name it */
    assert_null(heard_training_link_rows_find(store, second, 1000, &error));
    assert_error(error, HEARD_ERROR_LINK_EXPIRED);
    assert_ok(heard_training_link_rows_revoke(store, hearing, unit, 6, &error), error);
    assert_null(heard_training_link_rows_find(store, unit, 7, &error));
    assert_error(error, HEARD_ERROR_LINK_REVOKED);
    links = heard_training_link_rows_list(store, hearing, &error);
    assert_int_equal(links->len, 1);
}

static void the_times_of_being_there_add_up(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *hearing = make_training(store);
    const char *id = make_attendee(store, hearing, make_link(store, hearing, ""));
    g_autofree HeardAttendeeRow *row = NULL;

    assert_ok(heard_attendee_rows_came(store, id, 100, &error), error);
    assert_ok(heard_attendee_rows_came(store, id, 130, &error), error); /* as after a crash */
    assert_ok(heard_attendee_rows_left(store, id, 150, &error), error);
    assert_ok(heard_attendee_rows_left(store, id, 170, &error), error); /* is away already */
    assert_ok(heard_attendee_rows_came(store, id, 200, &error), error);
    assert_ok(heard_attendee_rows_left(store, id, 230, &error), error);
    row = heard_attendee_rows_get(store, id, &error);
    assert_int_equal(row->came_ms, 100);
    assert_int_equal(row->left_ms, 230);
    assert_int_equal(row->stayed_ms, 80);
    assert_int_equal(row->here_since_ms, 0);
}

static void all_of_a_full_house_are_listed(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *hearing = make_training(store);
    const char *link = make_link(store, hearing, "");
    const char *roll = fixture_id();
    HeardRollRow row = {.id = roll,
                        .hearing_id = hearing,
                        .number = 1,
                        .opened_by = "p",
                        .opened_ms = 5,
                        .until_ms = 9};
    g_autoptr(GPtrArray) all = NULL;
    g_autoptr(GPtrArray) answers = NULL;
    int64_t count = 0;

    assert_ok(heard_roll_rows_insert(store, &row, &error), error);
    for (unsigned i = 0; i < MANY; i++) {
        HeardRollAnswerRow answer = {roll, make_attendee(store, hearing, link), 6};

        assert_ok(heard_roll_rows_answer(store, &answer, &error), error);
        answer.at_ms = 7; /* the first time stays */
        assert_ok(heard_roll_rows_answer(store, &answer, &error), error);
    }
    all = heard_attendee_rows_list(store, hearing, &error);
    assert_int_equal(all->len, MANY);
    answers = heard_roll_answer_rows_list(store, hearing, &error);
    assert_int_equal(answers->len, MANY);
    assert_int_equal(((HeardRollAnswerRow *)answers->pdata[MANY - 1])->at_ms, 6);
    assert_ok(heard_attendee_rows_remove(store, ((HeardAttendeeRow *)all->pdata[3])->id, 8, &error),
              error);
    assert_ok(heard_attendee_rows_count(store, hearing, &count, &error), error);
    assert_int_equal(count, MANY - 1);
    assert_ok(heard_roll_rows_end(store, roll, 8, &error), error);
    assert_false(heard_roll_rows_end(store, roll, 8, &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    row.id = fixture_id();
    assert_false(heard_roll_rows_insert(store, &row, &error)); /* the number was given */
    assert_error(error, HEARD_ERROR_CONFLICT);
}

static void a_removed_one_has_no_session(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *hearing = make_training(store);
    const char *id = make_attendee(store, hearing, make_link(store, hearing, ""));
    g_autofree HeardAttendeeRow *found = heard_attendee_rows_find(store, id, 5, &error);

    assert_no_error(error);
    assert_string_equal(found->id, id);
    assert_null(heard_attendee_rows_find(store, id, 1000, &error));
    assert_error(error, HEARD_ERROR_UNAUTHENTICATED);
    assert_ok(heard_attendee_rows_remove(store, id, 6, &error), error);
    assert_null(heard_attendee_rows_find(store, id, 7, &error));
    assert_error(error, HEARD_ERROR_UNAUTHENTICATED);
}

static void questions_have_numbers_and_states(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *hearing = make_training(store);
    const char *link = make_link(store, hearing, "");
    const char *one = make_attendee(store, hearing, link);
    const char *other = make_attendee(store, hearing, link);
    HeardQuestionRow row = {.hearing_id = hearing, .text = "问", .state = "asked", .asked_ms = 5};
    g_autofree HeardQuestionRow *chosen = NULL;
    g_autoptr(GPtrArray) own = NULL;
    int64_t count = 0;

    for (unsigned i = 0; i < 4; i++) {
        row.id = fixture_id();
        row.attendee_id = i % 2 ? other : one;
        assert_ok(heard_question_rows_insert(store, &row, &error), error);
        assert_int_equal(row.number, i + 1);
    }
    row.state = "chosen";
    assert_null(heard_question_rows_chosen(store, hearing, &error));
    assert_no_error(error);
    assert_ok(heard_question_rows_move(store, &row, "asked", &error), error);
    assert_false(heard_question_rows_move(store, &row, "asked", &error));
    assert_error(error, HEARD_ERROR_CONFLICT);
    chosen = heard_question_rows_chosen(store, hearing, &error);
    assert_string_equal(chosen->id, row.id);
    own = heard_question_rows_list(store, hearing, one, &error);
    assert_int_equal(own->len, 2);
    assert_ok(heard_question_rows_count(store, hearing, other, "asked", &count, &error), error);
    assert_int_equal(count, 1);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(a_unit_has_one_link),
        with_store(the_times_of_being_there_add_up),
        with_store(all_of_a_full_house_are_listed),
        with_store(a_removed_one_has_no_session),
        with_store(questions_have_numbers_and_states),
    };

    return cmocka_run_group_tests_name("store attendee rows", tests, NULL, NULL);
}
