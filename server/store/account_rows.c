/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/account_rows.h"

#include "server/base/error.h"
#include "server/store/password.h"

#include <string.h>

static const HeardColumn account_columns[] = {
    HEARD_COLUMN(HeardAccountRow, TEXT, id),
    HEARD_COLUMN(HeardAccountRow, TEXT, login),
    HEARD_COLUMN(HeardAccountRow, TEXT, password_hash),
    HEARD_COLUMN(HeardAccountRow, TEXT, roles),
    HEARD_COLUMN(HeardAccountRow, TEXT, unit_id),
    HEARD_COLUMN(HeardAccountRow, TEXT, name),
    HEARD_COLUMN(HeardAccountRow, TEXT, title),
    HEARD_COLUMN(HeardAccountRow, TEXT, totp_cipher),
    HEARD_COLUMN(HeardAccountRow, TEXT, status),
    HEARD_COLUMN(HeardAccountRow, INT, failed_logins),
    HEARD_COLUMN(HeardAccountRow, TIME, locked_until_ms),
    HEARD_COLUMN(HeardAccountRow, TIME, last_login_ms),
    HEARD_COLUMN(HeardAccountRow, INT, created_ms),
};
static const HeardTable account_table =
    HEARD_TABLE("account", "account", HeardAccountRow, account_columns);

static bool login_is_sane(const char *login)
{
    size_t size = login ? strlen(login) : 0;

    if (size == 0 || size > 64)
        return false;
    for (const char *c = login; *c; c++)
        if (!g_ascii_islower(*c) && !g_ascii_isdigit(*c) && !strchr("._-@", *c))
            return false;
    return true;
}

bool heard_account_rows_insert(HeardStore *store, const HeardAccountRow *row, GError **error)
{
    if (!login_is_sane(row->login)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                    "account.login: a-z, 0-9 and . _ - @, at most 64");
        return false;
    }
    return heard_row_insert(store, &account_table, row, error);
}

HeardAccountRow *heard_account_rows_get(HeardStore *store, const char *id, GError **error)
{
    return heard_row_get(store, &account_table, "WHERE id = $1", HEARD_VALUES(HEARD_TEXT(id)),
                         error);
}

HeardAccountRow *heard_account_rows_get_by_login(HeardStore *store, const char *login,
                                                 GError **error)
{
    return heard_row_get(store, &account_table, "WHERE login = $1", HEARD_VALUES(HEARD_TEXT(login)),
                         error);
}

GPtrArray *heard_account_rows_list(HeardStore *store, const char *unit_id, const HeardPage *page,
                                   GError **error)
{
    g_auto(HeardFilter) filter;

    heard_filter_init(&filter);
    if (unit_id)
        heard_filter_add(&filter, "unit_id = ?", HEARD_TEXT(unit_id));
    heard_filter_page(&filter, &account_table, "id", false, page);
    return heard_filter_list(&filter, store, &account_table, error);
}

bool heard_account_rows_count(HeardStore *store, int64_t *ret_count, GError **error)
{
    return heard_row_number(store, "SELECT count(*) FROM account", NULL, 0, ret_count, error);
}

bool heard_account_has_role(const HeardAccountRow *row, const char *role)
{
    size_t size = strlen(role);

    for (const char *at = row->roles; at && *at; at = strchr(at, ' ')) {
        if (*at == ' ')
            at++;
        if (strncmp(at, role, size) == 0 && (at[size] == ' ' || at[size] == '\0'))
            return size > 0;
    }
    return false;
}

static bool note_failure(HeardStore *store, const HeardAccountRow *account, int64_t wall_ms,
                         GError **error)
{
    int64_t lock_until_ms = wall_ms + HEARD_ACCOUNT_LOCK_MS;

    /* Counting starts anew with each lock, so that one more mistake after it locks not again. */
    return heard_row_change(
        store, "account",
        "UPDATE account SET "
        "locked_until_ms = CASE WHEN failed_logins + 1 >= $1 THEN $2 ELSE locked_until_ms END, "
        "failed_logins = CASE WHEN failed_logins + 1 >= $1 THEN 0 ELSE failed_logins + 1 END "
        "WHERE id = $3",
        HEARD_VALUES(HEARD_INT(HEARD_ACCOUNT_FAILURES_MAX), HEARD_INT(lock_until_ms),
                     HEARD_TEXT(account->id)),
        error);
}

static bool note_success(HeardStore *store, const HeardAccountRow *account, int64_t wall_ms,
                         GError **error)
{
    return heard_row_change(store, "account",
                            "UPDATE account SET failed_logins = 0, locked_until_ms = NULL, "
                            "last_login_ms = $1 WHERE id = $2",
                            HEARD_VALUES(HEARD_INT(wall_ms), HEARD_TEXT(account->id)), error);
}

HeardAccountRow *heard_account_rows_check_password(HeardStore *store, const char *login,
                                                   const char *password, int64_t wall_ms,
                                                   GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardAccountRow *account = heard_account_rows_get_by_login(store, login, &failure);
    bool matches;

    if (!account && heard_error_code(failure) != HEARD_ERROR_NOT_FOUND) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    if (account && account->locked_until_ms > wall_ms) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_LOCKED_OUT,
                    "too many wrong passwords; try again in %d minutes",
                    (int)((account->locked_until_ms - wall_ms) / 60000 + 1));
        return NULL;
    }
    matches = heard_password_matches(password, account ? account->password_hash : NULL);
    if (account && !matches && !note_failure(store, account, wall_ms, error))
        return NULL;
    if (!account || !matches || strcmp(account->status, "active") != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_CREDENTIALS, "wrong login or password");
        return NULL;
    }
    if (!note_success(store, account, wall_ms, error))
        return NULL;
    return g_steal_pointer(&account);
}

bool heard_account_rows_use_totp_step(HeardStore *store, const char *id, int64_t totp_step,
                                      bool *ret_fresh, GError **error)
{
    int64_t changed = 0;

    if (!heard_row_run(store,
                       "UPDATE account SET totp_last_step = $1 "
                       "WHERE id = $2 AND totp_last_step < $1",
                       HEARD_VALUES(HEARD_INT(totp_step), HEARD_TEXT(id)), &changed, error))
        return false;
    *ret_fresh = changed > 0;
    return true;
}

bool heard_account_rows_set_password(HeardStore *store, const char *id, const char *password_hash,
                                     GError **error)
{
    return heard_row_change(store, "account",
                            "UPDATE account SET password_hash = $1, failed_logins = 0, "
                            "locked_until_ms = NULL WHERE id = $2",
                            HEARD_VALUES(HEARD_TEXT(password_hash), HEARD_TEXT(id)), error);
}

bool heard_account_rows_set_totp(HeardStore *store, const char *id, const char *totp_cipher,
                                 GError **error)
{
    return heard_row_change(store, "account", "UPDATE account SET totp_cipher = $1 WHERE id = $2",
                            HEARD_VALUES(HEARD_TEXT(totp_cipher), HEARD_TEXT(id)), error);
}

bool heard_account_rows_set_roles(HeardStore *store, const char *id, const char *roles,
                                  GError **error)
{
    return heard_row_change(store, "account", "UPDATE account SET roles = $1 WHERE id = $2",
                            HEARD_VALUES(HEARD_TEXT(roles), HEARD_TEXT(id)), error);
}

bool heard_account_rows_set_status(HeardStore *store, const char *id, const char *status,
                                   GError **error)
{
    return heard_row_change(store, "account", "UPDATE account SET status = $1 WHERE id = $2",
                            HEARD_VALUES(HEARD_TEXT(status), HEARD_TEXT(id)), error);
}
