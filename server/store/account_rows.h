/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Staff accounts: who may log in, with which roles, for which unit.
 *
 * The password stands as an argon2id hash (password.h), the TOTP secret as ciphertext
 * (field_cipher.h). Failed logins lock the account for a while: after
 * HEARD_ACCOUNT_FAILURES_MAX in a row, HEARD_ACCOUNT_LOCK_MS.
 *
 * Rows, ownership, threads: row.h.
 * Errors   HEARD_ERROR_CONFLICT for a login that stands already.
 */

#include "server/store/row.h"

enum { HEARD_ACCOUNT_FAILURES_MAX = 5, HEARD_ACCOUNT_LOCK_MS = 15 * 60 * 1000 };

typedef struct {
    const char *id;
    const char *login; /* lower case, unique */
    const char *password_hash;
    const char *roles; /* words parted by one space: "clerk mediator" */
    const char *unit_id;
    const char *name, *title;
    const char *totp_cipher; /* NULL: no second factor yet */
    const char *status;      /* active, disabled */
    int64_t failed_logins;
    int64_t locked_until_ms;
    int64_t last_login_ms;
    int64_t created_ms;
} HeardAccountRow;

bool heard_account_rows_insert(HeardStore *store, const HeardAccountRow *row,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
HeardAccountRow *heard_account_rows_get(HeardStore *store, const char *id, GError **error);
HeardAccountRow *heard_account_rows_get_by_login(HeardStore *store, const char *login,
                                                 GError **error);
/* unit_id NULL: all. */
GPtrArray *heard_account_rows_list(HeardStore *store, const char *unit_id, const HeardPage *page,
                                   GError **error);
bool heard_account_rows_count(HeardStore *store, int64_t *ret_count,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_account_has_role(const HeardAccountRow *row, const char *role);

/*
 * One attempt with a password. HEARD_ERROR_BAD_CREDENTIALS for an unknown login, a wrong
 * password and a disabled account alike, after the same work; HEARD_ERROR_LOCKED_OUT while
 * locked. A success forgets earlier failures. Takes as long as one argon2id hash.
 */
HeardAccountRow *heard_account_rows_check_password(HeardStore *store, const char *login,
                                                   const char *password, int64_t wall_ms,
                                                   GError **error);

/* totp_step: the 30 s step of a code that was right; false when that step was used before,
 * so that a code seen over a shoulder is worth nothing. */
bool heard_account_rows_use_totp_step(HeardStore *store, const char *id, int64_t totp_step,
                                      bool *ret_fresh, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_account_rows_set_password(HeardStore *store, const char *id, const char *password_hash,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_account_rows_set_totp(HeardStore *store, const char *id, const char *totp_cipher,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_account_rows_set_roles(HeardStore *store, const char *id, const char *roles,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_account_rows_set_status(HeardStore *store, const char *id, const char *status,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
