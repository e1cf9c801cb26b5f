/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/store/participant_rows.h"

static const char *make_one(HeardStore *store, const char *token_hash, const char **ret_hearing)
{
    const char *hearing =
        make_hearing(store, "HS1", NULL, make_unit(store, "460100-0001", NULL), 100);
    const char *seat = make_seat(store, hearing, NULL, 1);

    if (ret_hearing)
        *ret_hearing = hearing;
    return make_participant(store, seat, hearing, token_hash);
}

static HeardError find(HeardStore *store, const char *hash, int64_t wall_ms)
{
    GError *error = NULL;
    g_autofree HeardParticipantRow *row =
        heard_participant_rows_find_by_token(store, hash, wall_ms, &error);
    HeardError code = error ? heard_error_code(error) : HEARD_ERROR_COUNT;

    g_clear_error(&error);
    return code; /* COUNT: good */
}

static void a_link_is_good_once(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *id = make_one(store, "hash", NULL);
    g_autofree HeardParticipantRow *used = NULL;

    assert_int_equal(find(store, "hash", FIXTURE_WALL_MS), HEARD_ERROR_COUNT);
    used = heard_participant_rows_use_token(store, "hash", FIXTURE_WALL_MS, &error);
    assert_string_equal(used->id, id);
    assert_string_equal(used->token_state, "used");
    assert_null(heard_participant_rows_use_token(store, "hash", FIXTURE_WALL_MS, &error));
    assert_error(error, HEARD_ERROR_LINK_USED);
    assert_int_equal(find(store, "hash", FIXTURE_WALL_MS), HEARD_ERROR_LINK_USED);
}

static void a_link_expires_is_revoked_and_replaced(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *id = make_one(store, "hash", NULL);

    assert_int_equal(find(store, "guess", FIXTURE_WALL_MS), HEARD_ERROR_LINK_UNKNOWN);
    assert_int_equal(find(store, "hash", FIXTURE_WALL_MS + 999), HEARD_ERROR_COUNT);
    assert_int_equal(find(store, "hash", FIXTURE_WALL_MS + 1000), HEARD_ERROR_LINK_EXPIRED);
    assert_true(heard_participant_rows_revoke_token(store, id, &error));
    assert_int_equal(find(store, "hash", FIXTURE_WALL_MS), HEARD_ERROR_LINK_REVOKED);
    assert_null(heard_participant_rows_use_token(store, "hash", FIXTURE_WALL_MS, &error));
    assert_error(error, HEARD_ERROR_LINK_REVOKED);
    assert_true(heard_participant_rows_set_token(store, id, "new", FIXTURE_WALL_MS + 50, &error));
    assert_int_equal(find(store, "hash", FIXTURE_WALL_MS), HEARD_ERROR_LINK_UNKNOWN);
    assert_int_equal(find(store, "new", FIXTURE_WALL_MS), HEARD_ERROR_COUNT);
}

static void only_links_that_hold_are_extended(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *hearing = NULL;
    const char *id = make_one(store, "hash", &hearing);
    const int64_t until_ms = FIXTURE_WALL_MS + 5000;

    assert_ok(heard_participant_rows_extend_tokens(store, hearing, FIXTURE_WALL_MS + 1000, until_ms,
                                                   &error),
              error);
    assert_int_equal(find(store, "hash", FIXTURE_WALL_MS + 1000), HEARD_ERROR_LINK_EXPIRED);
    assert_ok(
        heard_participant_rows_extend_tokens(store, hearing, FIXTURE_WALL_MS, until_ms, &error),
        error);
    assert_int_equal(find(store, "hash", until_ms - 1), HEARD_ERROR_COUNT);
    assert_int_equal(find(store, "hash", until_ms), HEARD_ERROR_LINK_EXPIRED);
    assert_ok(heard_participant_rows_extend_tokens(store, hearing, FIXTURE_WALL_MS, 1, &error),
              error);
    assert_int_equal(find(store, "hash", until_ms - 1), HEARD_ERROR_COUNT);
    assert_true(heard_participant_rows_revoke_token(store, id, &error));
    assert_ok(heard_participant_rows_extend_tokens(store, hearing, FIXTURE_WALL_MS,
                                                   FIXTURE_WALL_MS + 9000, &error),
              error);
    assert_int_equal(find(store, "hash", FIXTURE_WALL_MS), HEARD_ERROR_LINK_REVOKED);
}

static void remembers_check_in_presence_and_leaving(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *hearing;
    const char *id = make_one(store, NULL, &hearing);
    g_autofree HeardParticipantRow *row = NULL;
    g_autoptr(GPtrArray) rows = NULL;

    assert_true(heard_participant_rows_set_invite(store, id, "confirmed", &error));
    assert_true(heard_participant_rows_set_presence(store, id, "identity_ok", &error));
    assert_true(heard_participant_rows_set_check_in(store, id, "document", "clerk", "110*02X", 150,
                                                    &error));
    assert_true(heard_participant_rows_set_joined(store, id, 200, &error));
    assert_true(heard_participant_rows_set_left(store, id, 300, "network", &error));
    assert_true(heard_participant_rows_set_joined(store, id, 400, &error));
    row = heard_participant_rows_get(store, id, &error);
    assert_string_equal(row->invite_state, "confirmed");
    assert_string_equal(row->presence_state, "identity_ok");
    assert_string_equal(row->check_in_method, "document");
    assert_string_equal(row->check_in_by, "clerk");
    assert_string_equal(row->document_masked, "110*02X");
    assert_int_equal(row->check_in_at_ms, 150);
    assert_int_equal(row->joined_at_ms, 200); /* the first time */
    assert_int_equal(row->left_at_ms, 0);
    assert_null(row->leave_reason);
    rows = heard_participant_rows_list(store, hearing, &error);
    assert_int_equal(rows->len, 1);
}

static void a_claimed_document_ends_with_the_check(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *id = make_one(store, NULL, NULL);
    g_autofree HeardParticipantRow *claimed = NULL;
    g_autofree HeardParticipantRow *checked = NULL;

    assert_true(heard_participant_rows_set_claimed(store, id, "460*01", &error));
    claimed = heard_participant_rows_get(store, id, &error);
    assert_string_equal(claimed->document_masked, "460*01");
    assert_true(
        heard_participant_rows_set_check_in(store, id, "document", "clerk", "460*02", 150, &error));
    assert_true(heard_participant_rows_set_claimed(store, id, "999*99", &error));
    checked = heard_participant_rows_get(store, id, &error);
    assert_string_equal(checked->document_masked, "460*02");
}

static void say(HeardStore *store, const char *participant, const char *decision, int64_t at_ms)
{
    GError *error = NULL;
    HeardConsentRow row = {.id = fixture_id(),
                           .participant_id = participant,
                           .subject = "recording",
                           .text_version = "2026-11",
                           .decision = decision,
                           .at_ms = at_ms,
                           .channel = "web"};

    assert_ok(heard_consent_rows_insert(store, &row, &error), error);
}

static bool stands(HeardStore *store, const char *participant, const char *subject)
{
    bool given = false;

    assert_true(heard_consent_rows_stands(store, participant, subject, &given, NULL));
    return given;
}

static void the_last_word_counts(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    const char *hearing;
    const char *id = make_one(store, NULL, &hearing);
    HeardConsentRow odd = {.id = "c",
                           .participant_id = id,
                           .subject = "recording",
                           .text_version = "1",
                           .decision = "perhaps",
                           .at_ms = 1,
                           .channel = "web"};
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GPtrArray) all = NULL;

    assert_false(stands(store, id, "recording"));
    say(store, id, "given", 100);
    assert_true(stands(store, id, "recording"));
    assert_false(stands(store, id, "online_mode"));
    say(store, id, "refused", 200);
    assert_false(stands(store, id, "recording"));
    say(store, id, "given", 300);
    assert_true(stands(store, id, "recording"));
    assert_true(heard_consent_rows_withdraw(store, id, "recording", 400, &error));
    assert_false(stands(store, id, "recording"));
    rows = heard_consent_rows_list(store, id, &error);
    assert_int_equal(rows->len, 3); /* nothing said is forgotten */
    assert_int_equal(((HeardConsentRow *)rows->pdata[2])->withdrawn_at_ms, 400);
    all = heard_consent_rows_list_of_hearing(store, hearing, NULL, &error);
    assert_int_equal(all->len, 3);
    assert_false(heard_consent_rows_insert(store, &odd, &error));
    assert_error(error, HEARD_ERROR_STORAGE);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(a_link_is_good_once),
        with_store(a_link_expires_is_revoked_and_replaced),
        with_store(only_links_that_hold_are_extended),
        with_store(remembers_check_in_presence_and_leaving),
        with_store(a_claimed_document_ends_with_the_check),
        with_store(the_last_word_counts),
    };

    return cmocka_run_group_tests_name("store participant rows", tests, NULL, NULL);
}
