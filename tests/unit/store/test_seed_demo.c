/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/base/id.h"
#include "server/store/account_rows.h"
#include "server/store/case_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/password.h"
#include "server/store/seat_rows.h"
#include "server/store/seed_demo.h"
#include "server/store/unit_rows.h"

#include <glib/gstdio.h>

/* 2026-11-23 23:30 in Shanghai: still the 23rd there, and everywhere west of it. */
static const int64_t evening_ms = INT64_C(1795447800000);

static HeardFieldCipher *make_cipher(char **ret_folder)
{
    GError *error = NULL;
    g_autofree char *path = NULL;
    HeardFieldCipher *cipher;

    *ret_folder = fixture_folder_make();
    path = g_build_filename(*ret_folder, "field.key", NULL);
    cipher = heard_field_cipher_new(path, &error);
    assert_no_error(error);
    return cipher;
}

static void makes_a_hearing_that_may_start_now(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    char *folder;
    g_autoptr(HeardFieldCipher) cipher = make_cipher(&folder);
    g_autoptr(HeardSeedDemo) demo = heard_seed_demo(store, cipher, evening_ms, false, &error);
    g_autofree HeardHearingRow *hearing = NULL;
    g_autofree HeardCaseRow *petition = NULL;
    unsigned count_of[256] = {0};

    assert_no_error(error);
    hearing = heard_hearing_rows_get(store, demo->hearing_id, &error);
    assert_string_equal(hearing->state, "ready");
    assert_string_equal(hearing->kind, "joint_reception");
    assert_true(hearing->planned_start_ms <= evening_ms);
    assert_true(heard_number_is_valid(demo->hearing_no));
    assert_true(g_str_has_prefix(demo->hearing_no, "HSJ46010520261123000001"));
    assert_true(heard_number_is_valid(demo->case_no));
    petition = heard_case_rows_get(store, demo->case_id, &error);
    assert_non_null(petition->petitioner_id);

    for (unsigned i = 0; i < demo->seat_count; i++) {
        char hash[HEARD_TOKEN_HASH_SIZE];
        g_autofree HeardParticipantRow *participant = NULL;
        heard_token_hash(demo->seats[i].join_token, hash);
        participant = heard_participant_rows_find_by_token(store, hash, evening_ms, &error);
        assert_no_error(error);
        assert_string_equal(participant->id, demo->seats[i].participant_id);
        count_of[(unsigned char)demo->seats[i].role[0]]++;
    }
    assert_int_equal(demo->seat_count, 7);
    assert_int_equal(count_of['d'], 2);
    assert_int_equal(count_of['p'], 2); /* petitioner and presiding */
    assert_int_equal(count_of['c'] + count_of['m'] + count_of['o'], 3);
    fixture_folder_remove(folder);
}

static void makes_a_mediation_and_a_panel_hearing_too(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    char *folder;
    g_autoptr(HeardFieldCipher) cipher = make_cipher(&folder);
    g_autoptr(HeardSeedDemo) demo = heard_seed_demo(store, cipher, evening_ms, false, &error);
    g_autoptr(HeardSeedDemo) again = NULL;
    unsigned respondents = 0, panel = 0;

    assert_no_error(error);
    again = heard_seed_demo(store, cipher, evening_ms + 1000, false, &error);
    assert_no_error(error);
    assert_string_equal(again->hearing_id, demo->hearing_id);
    assert_string_equal(demo->more[0].kind, "mediation");
    assert_true(g_str_has_prefix(demo->more[0].hearing_no, "HSM"));
    assert_true(g_str_has_prefix(demo->more[1].hearing_no, "HSH"));
    for (unsigned i = 0; i < HEARD_SEED_MORE; i++) {
        g_autoptr(GPtrArray) seats = heard_seat_rows_list(store, demo->more[i].hearing_id, &error);

        assert_string_equal(again->more[i].hearing_id, demo->more[i].hearing_id);
        assert_int_equal(again->more[i].seat_count, demo->more[i].seat_count);
        assert_int_equal(seats->len, demo->more[i].seat_count);
        for (guint k = 0; k < seats->len; k++) {
            const HeardSeatRow *seat = seats->pdata[k];

            assert_string_equal(seat->role, demo->more[i].seats[k].role);
            assert_non_null(demo->more[i].seats[k].join_token);
            assert_null(again->more[i].seats[k].join_token);
            respondents += i == 0 && strcmp(seat->side, "respondent") == 0;
            panel += i == 1 && strcmp(seat->role, "panelist") == 0;
        }
    }
    assert_int_equal(respondents, 2);
    assert_int_equal(panel, 3);
    fixture_folder_remove(folder);
}

static void staff_can_log_in_with_what_it_returns(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    char *folder;
    g_autoptr(HeardFieldCipher) cipher = make_cipher(&folder);
    g_autoptr(HeardSeedDemo) demo = heard_seed_demo(store, cipher, evening_ms, false, &error);
    g_autofree HeardAccountRow *account = heard_account_rows_check_password(
        store, demo->accounts[0].login, demo->accounts[0].password, evening_ms, &error);

    assert_no_error(error);
    assert_string_equal(account->id, demo->accounts[0].account_id);
    assert_true(heard_account_has_role(account, "clerk"));
    assert_int_equal(demo->account_count, 8);
    fixture_folder_remove(folder);
}

static void a_second_run_changes_nothing(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    char *folder;
    g_autoptr(HeardFieldCipher) cipher = make_cipher(&folder);
    g_autoptr(HeardSeedDemo) first = heard_seed_demo(store, cipher, evening_ms, false, &error);
    g_autoptr(HeardSeedDemo) second = heard_seed_demo(store, cipher, evening_ms + 5, false, &error);
    g_autoptr(HeardSeedDemo) renewed = heard_seed_demo(store, cipher, evening_ms, true, &error);
    char hash[HEARD_TOKEN_HASH_SIZE];
    int64_t units = 0;

    assert_no_error(error);
    assert_string_equal(second->hearing_id, first->hearing_id);
    assert_string_equal(second->case_id, first->case_id);
    assert_int_equal(second->seat_count, first->seat_count);
    assert_null(second->seats[0].join_token);
    assert_null(second->accounts[0].password);
    assert_true(heard_unit_rows_count(store, &units, &error));
    assert_int_equal(units, 8);

    assert_string_equal(renewed->seats[2].participant_id, first->seats[2].participant_id);
    assert_string_not_equal(renewed->seats[2].join_token, first->seats[2].join_token);
    heard_token_hash(first->seats[2].join_token, hash);
    assert_null(heard_participant_rows_find_by_token(store, hash, evening_ms, &error));
    assert_error(error, HEARD_ERROR_LINK_UNKNOWN);
    fixture_folder_remove(folder);
}

static void a_hearing_that_is_over_gets_a_fresh_one(void **state)
{
    HeardStore *store = *state;
    GError *error = NULL;
    char *folder;
    g_autoptr(HeardFieldCipher) cipher = make_cipher(&folder);
    g_autoptr(HeardSeedDemo) first = heard_seed_demo(store, cipher, evening_ms, false, &error);
    g_autoptr(HeardSeedDemo) second = NULL;

    assert_true(
        heard_hearing_rows_set_state(store, first->hearing_id, "concluded", "closed", &error));
    second = heard_seed_demo(store, cipher, evening_ms + 1, false, &error);
    assert_string_not_equal(second->hearing_id, first->hearing_id);
    assert_string_equal(second->case_id, first->case_id);
    assert_non_null(second->seats[0].join_token);
    assert_true(g_str_has_prefix(second->hearing_no, "HSJ46010520261123000002"));
    fixture_folder_remove(folder);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(makes_a_hearing_that_may_start_now),
        with_store(makes_a_mediation_and_a_panel_hearing_too),
        with_store(staff_can_log_in_with_what_it_returns),
        with_store(a_second_run_changes_nothing),
        with_store(a_hearing_that_is_over_gets_a_fresh_one),
    };

    return cmocka_run_group_tests_name("store seed demo", tests, NULL, NULL);
}
