/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A migrated database for a test, and rows with little typing. Every make_… asserts.
 *
 * Ownership  Returned ids are interned texts: nobody frees them.
 */
#include "heard_test.h"

#include "server/base/error.h"
#include "server/store/store.h"

enum { FIXTURE_WALL_MS = 1000000 };

/* cmocka setup and teardown: *state is a HeardStore in memory. */
int fixture_open(void **state);
int fixture_close(void **state);

/* A temp folder of this test; remove it with fixture_folder_remove. */
char *fixture_folder_make(void);
void fixture_folder_remove(char *folder);
char *fixture_url(const char *folder);

const char *fixture_id(void);
const char *make_unit(HeardStore *store, const char *code, const char *parent_id);
const char *make_account(HeardStore *store, const char *login, const char *unit_id);
const char *make_person(HeardStore *store, const char *name);
const char *make_case(HeardStore *store, const char *case_no, const char *unit_id);
const char *make_hearing(HeardStore *store, const char *hearing_no, const char *case_id,
                         const char *unit_id, int64_t start_ms);
const char *make_seat(HeardStore *store, const char *hearing_id, const char *account_id,
                      int64_t position);
const char *make_participant(HeardStore *store, const char *seat_id, const char *hearing_id,
                             const char *token_hash);
const char *make_recording(HeardStore *store, const char *hearing_id, const char *case_id,
                           const char *state);

/* The error is of this code; clears it. */
#define assert_error(error, wanted)                                                                \
    do {                                                                                           \
        assert_non_null(error);                                                                    \
        assert_string_equal(heard_error_name(heard_error_code(error)), heard_error_name(wanted));  \
        g_clear_error(&(error));                                                                   \
    } while (0)
#define assert_no_error(error)                                                                     \
    do {                                                                                           \
        if (error)                                                                                 \
            fail_msg("%s", (error)->message);                                                      \
    } while (0)
#define assert_ok(call, error)                                                                     \
    do {                                                                                           \
        if (!(call))                                                                               \
            fail_msg("%s", (error) ? (error)->message : "failed without an error");                \
    } while (0)
