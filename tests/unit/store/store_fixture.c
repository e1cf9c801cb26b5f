/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include "server/base/id.h"
#include "server/store/account_rows.h"
#include "server/store/case_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/migrate.h"
#include "server/store/participant_rows.h"
#include "server/store/recording_rows.h"
#include "server/store/seat_rows.h"
#include "server/store/unit_rows.h"

#include <glib/gstdio.h>
#include <unistd.h>

int fixture_open(void **state)
{
    GError *error = NULL;
    HeardStore *store = heard_store_open("sqlite::memory:", &error);

    assert_no_error(error);
    assert_true(heard_migrate(store, NULL, &error));
    *state = store;
    return 0;
}

int fixture_close(void **state)
{
    heard_store_free(*state);
    return 0;
}

char *fixture_folder_make(void)
{
    char *folder = g_dir_make_tmp("heard-store-XXXXXX", NULL);

    assert_non_null(folder);
    return folder;
}

void fixture_folder_remove(char *folder)
{
    GDir *files = g_dir_open(folder, 0, NULL);
    const char *name;

    while (files && (name = g_dir_read_name(files))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    if (files)
        g_dir_close(files);
    g_rmdir(folder);
    g_free(folder);
}

char *fixture_url(const char *folder)
{
    return g_strdup_printf("sqlite:%s/heard.db", folder);
}

const char *fixture_id(void)
{
    static int64_t now_ms = FIXTURE_WALL_MS;
    char id[HEARD_ID_SIZE];

    heard_id_new(id, now_ms++); /* one a millisecond: ids sort as they were made */
    return g_intern_string(id);
}

const char *make_unit(HeardStore *store, const char *code, const char *parent_id)
{
    GError *error = NULL;
    HeardUnitRow row = {.id = fixture_id(),
                        .code = code,
                        .name = "县信访局",
                        .level = 4,
                        .kind = "petition_office",
                        .parent_id = parent_id,
                        .region_code = "460100",
                        .status = "active"};

    assert_ok(heard_unit_rows_insert(store, &row, &error), error);
    return row.id;
}

const char *make_account(HeardStore *store, const char *login, const char *unit_id)
{
    GError *error = NULL;
    HeardAccountRow row = {.id = fixture_id(),
                           .login = login,
                           .password_hash = "-",
                           .roles = "clerk mediator",
                           .unit_id = unit_id,
                           .name = "李书记员",
                           .status = "active",
                           .created_ms = FIXTURE_WALL_MS};

    assert_ok(heard_account_rows_insert(store, &row, &error), error);
    return row.id;
}

const char *make_person(HeardStore *store, const char *name)
{
    const char *id = fixture_id();
    g_autofree char *sql =
        g_strdup_printf("INSERT INTO person (id, name, name_masked, birth_year, created_ms) "
                        "VALUES ('%s', '%s', '*', 0, 1)",
                        id, name);

    assert_true(heard_store_exec(store, sql, NULL));
    return id;
}

const char *make_case(HeardStore *store, const char *case_no, const char *unit_id)
{
    GError *error = NULL;
    HeardCaseRow row = {.id = fixture_id(),
                        .case_no = case_no,
                        .nature = "claim",
                        .title = "外墙漏水",
                        .confidentiality = "normal",
                        .state = "registered",
                        .registered_unit_id = unit_id,
                        .created_ms = FIXTURE_WALL_MS,
                        .updated_ms = FIXTURE_WALL_MS};

    assert_ok(heard_case_rows_insert(store, &row, &error), error);
    return row.id;
}

const char *make_hearing(HeardStore *store, const char *hearing_no, const char *case_id,
                         const char *unit_id, int64_t start_ms)
{
    GError *error = NULL;
    HeardHearingRow row = {.id = fixture_id(),
                           .hearing_no = hearing_no,
                           .kind = "joint_reception",
                           .mode = "online",
                           .state = "scheduled",
                           .phase = "check_in",
                           .title = "联合接访",
                           .case_id = case_id,
                           .organiser_unit_id = unit_id,
                           .planned_start_ms = start_ms,
                           .publicity = "invited",
                           .recording_policy = "on",
                           .created_ms = FIXTURE_WALL_MS};

    assert_ok(heard_hearing_rows_insert(store, &row, &error), error);
    return row.id;
}

const char *make_seat(HeardStore *store, const char *hearing_id, const char *account_id,
                      int64_t position)
{
    GError *error = NULL;
    HeardSeatRow row = {.id = fixture_id(),
                        .hearing_id = hearing_id,
                        .side = "staff",
                        .role = "clerk",
                        .account_id = account_id,
                        .display_name = "李书记员",
                        .unit_name = "县信访局",
                        .position = position};

    assert_ok(heard_seat_rows_insert(store, &row, &error), error);
    return row.id;
}

const char *make_participant(HeardStore *store, const char *seat_id, const char *hearing_id,
                             const char *token_hash)
{
    GError *error = NULL;
    HeardParticipantRow row = {.id = fixture_id(),
                               .seat_id = seat_id,
                               .hearing_id = hearing_id,
                               .invite_state = "invited",
                               .presence_state = "absent",
                               .join_token_hash = token_hash,
                               .token_expires_ms = FIXTURE_WALL_MS + 1000,
                               .token_state = token_hash ? "open" : "none"};

    assert_ok(heard_participant_rows_insert(store, &row, &error), error);
    return row.id;
}

const char *make_recording(HeardStore *store, const char *hearing_id, const char *case_id,
                           const char *state)
{
    GError *error = NULL;
    g_autofree char *number = heard_recording_rows_next_no(store, hearing_id, &error);
    g_autofree char *directory = g_strdup_printf("recordings/%s", number);
    HeardRecordingRow row = {.id = fixture_id(),
                             .recording_no = number,
                             .hearing_id = hearing_id,
                             .case_id = case_id,
                             .room = "main",
                             .node = "n1",
                             .epoch = 1,
                             .state = state,
                             .directory = directory,
                             .derive_state = "none",
                             .created_ms = FIXTURE_WALL_MS};

    assert_ok(heard_recording_rows_insert(store, &row, &error), error);
    return row.id;
}
