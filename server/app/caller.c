/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/caller.h"

#include "server/base/error.h"
#include "server/store/account_rows.h"
#include "server/store/attendee_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/seat_rows.h"
#include "server/store/session_rows.h"
#include "server/store/unit_rows.h"

#include <string.h>

static bool unauthenticated(GError **error)
{
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAUTHENTICATED, "log in first");
    return false;
}

static void copy(char *to, const char *from, size_t size)
{
    g_strlcpy(to, from ? from : "", size);
}

static bool set_unit(HeardCaller *self, HeardStore *store, const char *unit_id, GError **error)
{
    g_autofree HeardUnitRow *unit = NULL;

    if (!unit_id)
        return true;
    unit = heard_unit_rows_get(store, unit_id, error);
    if (!unit)
        return false;
    copy(self->unit_id, unit->id, sizeof self->unit_id);
    copy(self->unit_path, unit->path, sizeof self->unit_path);
    copy(self->unit_name, unit->name, sizeof self->unit_name);
    return true;
}

static bool set_account(HeardCaller *self, HeardStore *store, const char *account_id,
                        GError **error)
{
    g_autofree HeardAccountRow *account = heard_account_rows_get(store, account_id, error);

    if (!account)
        return false;
    if (g_strcmp0(account->status, "active") != 0)
        return unauthenticated(error);
    copy(self->account_id, account->id, sizeof self->account_id);
    copy(self->name, account->name, sizeof self->name);
    copy(self->title, account->title, sizeof self->title);
    self->roles = heard_caller_roles_from_words(account->roles);
    return set_unit(self, store, account->unit_id, error);
}

static bool set_participant(HeardCaller *self, HeardStore *store, const char *participant_id,
                            GError **error)
{
    g_autofree HeardParticipantRow *participant =
        heard_participant_rows_get(store, participant_id, error);
    g_autofree HeardSeatRow *seat = NULL;
    HeardRole role;

    if (!participant)
        return false;
    seat = heard_seat_rows_get(store, participant->seat_id, error);
    if (!seat)
        return false;
    copy(self->participant_id, participant->id, sizeof self->participant_id);
    copy(self->hearing_id, participant->hearing_id, sizeof self->hearing_id);
    copy(self->name, seat->display_name, sizeof self->name);
    copy(self->title, seat->title, sizeof self->title);
    copy(self->unit_name, seat->unit_name, sizeof self->unit_name);
    if (heard_role_from_name(seat->role, &role))
        self->roles = HEARD_ROLE_BIT(role);
    return true;
}

static void touch(HeardStore *store, const HeardSessionRow *session, int64_t wall_ms)
{
    int64_t life_ms = strcmp(session->kind, "account") == 0 ? HEARD_SESSION_ACCOUNT_MS
                                                            : HEARD_SESSION_PARTICIPANT_MS;
    g_autoptr(GError) failure = NULL;

    if (strcmp(session->kind, "bearer") == 0 ||
        wall_ms - session->last_seen_ms < HEARD_SESSION_TOUCH_MS)
        return;
    /* Best effort: the session is good either way, only its end does not move. */
    if (!heard_session_rows_touch(store, session->token_hash, wall_ms, wall_ms + life_ms, &failure))
        return;
}

/* Attendees have no row among the sessions: their own says how long it lasts. */
static bool find_attendee(HeardStore *store, int64_t wall_ms, HeardCaller *self, GError **error)
{
    g_autofree HeardAttendeeRow *row =
        heard_attendee_rows_find(store, self->session_hash, wall_ms, error);

    if (!row)
        return false;
    self->kind = HEARD_CALLER_ATTENDEE;
    self->session_created_ms = row->created_ms;
    copy(self->attendee_id, row->id, sizeof self->attendee_id);
    copy(self->hearing_id, row->hearing_id, sizeof self->hearing_id);
    copy(self->name, row->name, sizeof self->name);
    copy(self->unit_name, row->unit_name, sizeof self->unit_name);
    return true;
}

bool heard_caller_find(HeardStore *store, const char *token, int64_t wall_ms,
                       HeardCaller *ret_caller, GError **error)
{
    g_autofree HeardSessionRow *session = NULL;
    g_autoptr(GError) failure = NULL;
    HeardCaller found = {0};
    bool known;

    if (!token || strlen(token) != HEARD_TOKEN_SIZE - 1)
        return unauthenticated(error);
    heard_token_hash(token, found.session_hash);
    session = heard_session_rows_find(store, found.session_hash, wall_ms, &failure);
    if (!session && heard_error_code(failure) == HEARD_ERROR_UNAUTHENTICATED) {
        known = find_attendee(store, wall_ms, &found, error);
        if (known)
            *ret_caller = found;
        return known;
    }
    if (!session) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    found.session_created_ms = session->created_ms;
    found.factor_2_done = session->factor_2_done;
    copy(found.hearing_id, session->hearing_id, sizeof found.hearing_id);
    copy(found.scope, session->scope, sizeof found.scope);
    if (strcmp(session->kind, "participant") == 0) {
        found.kind = HEARD_CALLER_PARTICIPANT;
        known = set_participant(&found, store, session->participant_id, error);
    } else {
        found.kind =
            strcmp(session->kind, "account") == 0 ? HEARD_CALLER_ACCOUNT : HEARD_CALLER_TOKEN;
        known = set_account(&found, store, session->account_id, error);
    }
    if (!known)
        return false;
    touch(store, session, wall_ms);
    *ret_caller = found;
    return true;
}

bool heard_caller_has_role(const HeardCaller *self, HeardRole role)
{
    return (self->roles & HEARD_ROLE_BIT(role)) != 0;
}

bool heard_caller_has_scope(const HeardCaller *self, const char *word)
{
    g_auto(GStrv) words = g_strsplit(self->scope, " ", -1);

    return self->kind == HEARD_CALLER_TOKEN && g_strv_contains((const char *const *)words, word);
}

HeardPermit heard_caller_permit(const HeardCaller *self, HeardPermission permission)
{
    HeardPermit best = HEARD_PERMIT_NO;

    for (unsigned role = 0; role < HEARD_ROLE_COUNT; role++)
        if (self->roles & HEARD_ROLE_BIT(role))
            best = MAX(best, heard_role_permit((HeardRole)role, permission));
    return best;
}

HeardRoleMask heard_caller_roles_from_words(const char *words)
{
    g_auto(GStrv) parts = g_strsplit(words ? words : "", " ", -1);
    HeardRoleMask mask = 0;
    HeardRole role;

    for (unsigned i = 0; parts[i]; i++)
        if (heard_role_from_name(parts[i], &role))
            mask |= HEARD_ROLE_BIT(role);
    return mask;
}

const char *heard_caller_id(const HeardCaller *self)
{
    return self->kind == HEARD_CALLER_PARTICIPANT ? self->participant_id
           : self->kind == HEARD_CALLER_ATTENDEE  ? self->attendee_id
                                                  : self->account_id;
}
