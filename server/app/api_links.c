/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/access.h"
#include "server/app/after.h"
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/joining.h"
#include "server/app/links.h"
#include "server/app/sessions.h"
#include "server/app/summary.h"
#include "server/store/document_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/person_rows.h"
#include "server/store/session_rows.h"

#include <string.h>

enum { HEARD_LINK_TOKEN_CHARS_MAX = 64 };

/* ---- open ---- */

/* The same device may always come back: it still has this person's session. */
static bool is_same_device(HeardStore *store, HeardCall *call, const char *participant_id)
{
    HeardCaller device = {0};

    return call->device_token &&
           heard_caller_find(store, call->device_token, call->wall_ms, &device, NULL) &&
           device.kind == HEARD_CALLER_PARTICIPANT &&
           strcmp(device.participant_id, participant_id) == 0;
}

/* Admitted, and not back in the lobby: the identity was checked on one device. */
static bool was_admitted(const HeardParticipantRow *row)
{
    static const char *const states[] = {"admitted",  "present",      "on_hold",
                                         "in_caucus", "disconnected", NULL};

    return g_strv_contains(states, row->presence_state);
}

static HeardParticipantRow *find_by_token(HeardStore *store, HeardCall *call, const char *token,
                                          bool *ret_same_device)
{
    char hash[HEARD_TOKEN_HASH_SIZE];
    g_autofree HeardParticipantRow *row = NULL;

    heard_token_hash(token, hash);
    row = heard_participant_rows_find_by_token(store, hash, call->wall_ms, &call->error);
    if (!row)
        return NULL;
    *ret_same_device = is_same_device(store, call, row->id);
    if (!was_admitted(row) || *ret_same_device)
        return g_steal_pointer(&row);
    heard_call_refuse(call, HEARD_ERROR_LINK_USED,
                      "the link was opened on another device; ask the clerk for a new one");
    return NULL;
}

static json_t *participant_json(const HeardParticipantRow *row, const HeardSeatRow *seat)
{
    g_autofree char *masked = heard_person_mask_name(seat->display_name);

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:s}", "id", row->id, "role", seat->role,
                     "side", seat->side, "name", seat->display_name, "masked_name", masked, "unit",
                     seat->unit_name, "title", seat->title ? seat->title : "");
}

/* The new session is the call's. How it ended is for whom we know. */
static bool answer_opened(HeardStore *store, HeardCall *call, const HeardParticipantRow *row,
                          const HeardSeatRow *seat, const HeardHearingRow *hearing)
{
    bool known = false, is_asked;
    json_t *summary;
    HeardRole role;

    if (!heard_after_is_known(store, &call->caller, hearing, &known, &call->error))
        return false;
    summary = heard_summary_hearing(store, &call->caller, hearing, &call->error);
    if (!summary)
        return false;
    if (!known)
        json_object_set_new(summary, "outcome_note", json_null());
    is_asked = heard_role_from_name(seat->role, &role) && !heard_role_on_duty(role);
    call->answer =
        json_pack("{s:o, s:o, s:b}", "participant", participant_json(row, seat), "hearing", summary,
                  "id_check", is_asked && !(known && heard_after_is_over(hearing)));
    return true;
}

bool heard_api_link_open_store(HeardStore *store, HeardCall *call)
{
    const char *token = NULL;
    bool same_device = false;
    g_autofree HeardParticipantRow *row = NULL;
    g_autofree HeardSeatRow *seat = NULL;
    g_autofree HeardHearingRow *hearing = NULL;
    int64_t expires_ms;

    if (!heard_json_text(call->body, "token", HEARD_LINK_TOKEN_CHARS_MAX, false, &token,
                         &call->error))
        return false;
    row = find_by_token(store, call, token, &same_device);
    seat = row ? heard_seat_rows_get(store, row->seat_id, &call->error) : NULL;
    hearing = seat ? heard_hearing_rows_get(store, row->hearing_id, &call->error) : NULL;
    if (!hearing)
        return false;
    if (heard_after_is_void(hearing))
        return heard_call_refuse(call, HEARD_ERROR_HEARING_CLOSED, "this hearing was called off");
    expires_ms = call->wall_ms + HEARD_SESSION_PARTICIPANT_MS;
    if (!heard_after_is_over(hearing)) /* nobody has to come back while it goes on */
        expires_ms = MAX(row->token_expires_ms, expires_ms);
    call->cookie = same_device
                       ? g_strdup(call->device_token)
                       : heard_sessions_for_participant(store, row->id, row->hearing_id, expires_ms,
                                                        call->wall_ms, &call->error);
    if (!call->cookie ||
        !heard_caller_find(store, call->cookie, call->wall_ms, &call->caller, &call->error))
        return false;
    /* Whatever was sent to him has come (domain.md 2.4, rules 29 to 32). */
    if (!heard_sending_rows_delivered(store, row->id, call->wall_ms, &call->error))
        return false;
    return answer_opened(store, call, row, seat, hearing);
}

/* ---- who somebody says he is ---- */

bool heard_api_link_identify_store(HeardStore *store, HeardCall *call)
{
    const char *last_four = NULL;
    g_autofree char *masked = NULL;
    g_autofree HeardHearingRow *hearing = NULL;

    if (!heard_json_text(call->body, "last_four", 4, false, &last_four, &call->error))
        return false;
    if (strlen(last_four) != 4 || strspn(last_four, "0123456789Xx") != 4)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                 "last_four: four digits, X for the check digit");
    call->status = 204;
    hearing = heard_hearing_rows_get(store, call->caller.hearing_id, &call->error);
    if (!hearing)
        return false;
    heard_joining_set(call, call->caller.hearing_id, call->caller.participant_id);
    if (heard_after_is_over(hearing))
        return heard_after_identify(store, call, hearing, last_four);
    masked = g_strdup_printf("****%s", last_four);
    return heard_participant_rows_set_claimed(store, call->caller.participant_id, masked,
                                              &call->error);
}

/* ---- new links, by the desk ---- */

static HeardParticipantRow *reach_participant(HeardStore *store, HeardCall *call)
{
    g_autofree HeardHearingRow *hearing =
        heard_access_hearing(store, &call->caller, call->params[0], &call->error);
    g_autofree HeardParticipantRow *row = NULL;

    if (!hearing)
        return NULL;
    if (heard_after_is_void(hearing)) {
        heard_call_refuse(call, HEARD_ERROR_HEARING_CLOSED, "this hearing was called off");
        return NULL;
    }
    row = heard_participant_rows_get(store, call->params[1], &call->error);
    if (!row)
        return NULL;
    if (strcmp(row->hearing_id, hearing->id) == 0)
        return g_steal_pointer(&row);
    heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such participant");
    return NULL;
}

bool heard_api_link_renew_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardParticipantRow *row = reach_participant(store, call);
    g_autofree HeardHearingRow *hearing = NULL;
    g_autofree char *url = NULL;
    int64_t expires_ms;

    hearing = row ? heard_hearing_rows_get(store, row->hearing_id, &call->error) : NULL;
    if (!hearing)
        return false;
    expires_ms = heard_after_is_over(hearing)
                     ? call->wall_ms + HEARD_AFTER_LINK_MS
                     : heard_links_expiry(hearing->planned_start_ms, call->wall_ms);
    if (!heard_audit_trail_append(store, call, "link.renew", "participant", row->id,
                                  row->hearing_id, NULL) ||
        !heard_session_rows_revoke_all(store, NULL, row->id, call->wall_ms, &call->error))
        return false;
    url = heard_links_renew(store, call->app->public_url, row->id, expires_ms, &call->error);
    if (!url)
        return false;
    heard_joining_set(call, row->hearing_id, row->id);
    call->status = 201;
    call->answer = json_pack("{s:s, s:I}", "url", url, "expires_at_ms", (json_int_t)expires_ms);
    return true;
}

bool heard_api_link_revoke_store(HeardStore *store, HeardCall *call)
{
    g_autofree HeardParticipantRow *row = reach_participant(store, call);

    call->status = 204;
    if (!row ||
        !heard_audit_trail_append(store, call, "link.revoke", "participant", row->id,
                                  row->hearing_id, NULL) ||
        !heard_participant_rows_revoke_token(store, row->id, &call->error) ||
        !heard_session_rows_revoke_all(store, NULL, row->id, call->wall_ms, &call->error))
        return false;
    heard_joining_set(call, row->hearing_id, row->id);
    return true;
}
