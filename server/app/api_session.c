/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/access.h"
#include "server/app/api.h"
#include "server/app/joining.h"
#include "server/app/sessions.h"
#include "server/app/totp.h"
#include "server/base/log.h"
#include "server/store/account_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/session_rows.h"

#include <string.h>

static const HeardLogTopic topic = {"auth"};

enum {
    HEARD_LOGIN_CHARS_MAX = 64,
    HEARD_LOGIN_PASSWORD_CHARS_MAX = 256,
    HEARD_LOGIN_TOTP_CHARS_MAX = 8,
};

static json_t *role_names(HeardRoleMask roles)
{
    json_t *names = json_array();

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++)
        if (roles & HEARD_ROLE_BIT(role))
            json_array_append_new(names, json_string(heard_role_name((HeardRole)role)));
    return names;
}

static json_t *me_of(const HeardCaller *caller)
{
    bool participant = caller->kind == HEARD_CALLER_PARTICIPANT;

    return json_pack("{s:s, s:s, s:s, s:s?, s:s, s:o, s:s?}", "kind",
                     participant ? "participant" : "account", "id", heard_caller_id(caller), "name",
                     caller->name, "unit", caller->unit_name[0] ? caller->unit_name : NULL, "title",
                     caller->title, "roles", role_names(caller->roles), "hearing_id",
                     participant ? caller->hearing_id : NULL);
}

static bool bad_credentials(HeardCall *call)
{
    return heard_call_refuse(call, HEARD_ERROR_BAD_CREDENTIALS, "login, password or code is wrong");
}

/* Wrong codes count like wrong passwords: the same bound, on the logins thread only. */
typedef struct {
    unsigned failures;
    int64_t locked_until_ms;
} CodeFailures;

static CodeFailures *failures_of(const char *account_id)
{
    static GHashTable *table;
    CodeFailures *failures;

    if (!table)
        table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    failures = g_hash_table_lookup(table, account_id);
    if (!failures) {
        failures = g_new0(CodeFailures, 1);
        g_hash_table_insert(table, g_strdup(account_id), failures);
    }
    return failures;
}

static bool check_code(HeardStore *store, HeardCall *call, const HeardAccountRow *account,
                       const char *code)
{
    g_autofree char *context = g_strdup_printf("account.totp:%s", account->id);
    CodeFailures *failures = failures_of(account->id);
    g_autofree char *secret = NULL;
    int64_t step = 0;
    bool fresh = false;

    if (call->wall_ms < failures->locked_until_ms)
        return heard_call_refuse(call, HEARD_ERROR_LOCKED_OUT,
                                 "too many wrong codes; try again in a quarter of an hour");
    secret =
        heard_field_cipher_open(call->app->cipher, context, account->totp_cipher, &call->error);
    if (!secret)
        return false;
    if (code && heard_totp_matches(secret, code, call->wall_ms, &step)) {
        if (!heard_account_rows_use_totp_step(store, account->id, step, &fresh, &call->error))
            return false;
        if (fresh) {
            failures->failures = 0;
            return true;
        }
    }
    if (code && ++failures->failures >= HEARD_ACCOUNT_FAILURES_MAX) {
        failures->failures = 0;
        failures->locked_until_ms = call->wall_ms + HEARD_ACCOUNT_LOCK_MS;
    }
    return bad_credentials(call);
}

bool heard_api_login_store(HeardStore *store, HeardCall *call)
{
    const char *login = NULL;
    const char *password = NULL;
    const char *code = NULL;
    g_autofree char *lower = NULL;
    g_autofree HeardAccountRow *account = NULL;

    if (!heard_json_text(call->body, "login", HEARD_LOGIN_CHARS_MAX, false, &login, &call->error) ||
        !heard_json_text(call->body, "password", HEARD_LOGIN_PASSWORD_CHARS_MAX, false, &password,
                         &call->error) ||
        !heard_json_text(call->body, "totp", HEARD_LOGIN_TOTP_CHARS_MAX, true, &code, &call->error))
        return false;
    lower = g_utf8_strdown(login, -1);
    account =
        heard_account_rows_check_password(store, lower, password, call->wall_ms, &call->error);
    if (!account)
        return false;
    if (account->totp_cipher && !check_code(store, call, account, code && *code ? code : NULL))
        return false;
    call->cookie = heard_sessions_for_account(store, account->id, account->totp_cipher != NULL,
                                              call->wall_ms, &call->error);
    if (!call->cookie ||
        !heard_caller_find(store, call->cookie, call->wall_ms, &call->caller, &call->error))
        return false;
    heard_log(&topic, HEARD_LOG_INFO, "login account=%s", account->id);
    call->answer = me_of(&call->caller);
    return true;
}

enum { HEARD_LOGOUT_HEARINGS_MAX = 20, HEARD_LOGOUT_SPAN_MS = 24 * 3600 * 1000 };

/* Where the account may be connected now: its seats in hearings of these days. */
static bool collect_seats(HeardStore *store, HeardCall *call, GArray *joinings)
{
    HeardHearingFilter filter = {.account_id = call->caller.account_id,
                                 .from_ms = call->wall_ms - HEARD_LOGOUT_SPAN_MS,
                                 .to_ms = call->wall_ms + HEARD_LOGOUT_SPAN_MS};
    HeardPage page = {.limit = HEARD_LOGOUT_HEARINGS_MAX};
    g_autoptr(GPtrArray) rows = heard_hearing_rows_list(store, &filter, true, &page, &call->error);

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardHearingRow *hearing = g_ptr_array_index(rows, i);
        g_autofree HeardSeatRow *seat =
            heard_access_own_seat(store, &call->caller, hearing->id, &call->error);
        g_autofree HeardParticipantRow *participant =
            seat ? heard_participant_rows_get_by_seat(store, seat->id, &call->error) : NULL;
        HeardJoining joining = {0};
        if (!participant)
            return false;
        g_strlcpy(joining.hearing_id, hearing->id, sizeof joining.hearing_id);
        g_strlcpy(joining.participant_id, participant->id, sizeof joining.participant_id);
        g_array_append_val(joinings, joining);
    }
    return rows != NULL;
}

static void free_joinings(void *data)
{
    g_array_unref(data);
}

bool heard_api_logout_store(HeardStore *store, HeardCall *call)
{
    GArray *joinings = g_array_new(FALSE, FALSE, sizeof(HeardJoining));
    HeardJoining own = {0};

    call->extra = joinings;
    call->extra_destroy = free_joinings;
    if (!heard_session_rows_revoke(store, call->caller.session_hash, call->wall_ms, &call->error))
        return false;
    call->cookie = g_strdup("");
    call->status = 204;
    if (call->caller.kind == HEARD_CALLER_ACCOUNT)
        return collect_seats(store, call, joinings);
    g_strlcpy(own.hearing_id, call->caller.hearing_id, sizeof own.hearing_id);
    g_strlcpy(own.participant_id, call->caller.participant_id, sizeof own.participant_id);
    g_array_append_val(joinings, own);
    return true;
}

bool heard_api_me_store(HeardStore *store, HeardCall *call)
{
    (void)store;
    call->answer = me_of(&call->caller);
    return true;
}

bool heard_api_ice_servers_store(HeardStore *store, HeardCall *call)
{
    (void)store;
    call->answer =
        heard_turn_ice_servers(call->app->turn, heard_caller_id(&call->caller), call->wall_ms);
    return true;
}
