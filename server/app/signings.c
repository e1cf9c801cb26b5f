/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/signings.h"

#include "server/app/access.h"
#include "server/app/after.h"
#include "server/app/audit_trail.h"
#include "server/app/signature_provider.h"
#include "server/store/participant_rows.h"

#include <string.h>

static void party_free(void *data)
{
    HeardSigningParty *self = data;

    g_free(self->name);
    g_free(self);
}

bool heard_signings_was_let_in(const HeardParticipantRow *row)
{
    static const char *const states[] = {"admitted",  "present",      "on_hold",
                                         "in_caucus", "disconnected", "left",
                                         "removed",   "completed",    NULL};

    return row->joined_at_ms != 0 && g_strv_contains(states, row->presence_state);
}

static bool is_removed(const HeardParticipantRow *row)
{
    return strcmp(row->presence_state, "removed") == 0;
}

static GPtrArray *find_signers(HeardStore *store, const char *hearing_id, HeardRoleMask roles,
                               bool with_removed, GError **error)
{
    g_autoptr(GPtrArray) signers = g_ptr_array_new_with_free_func(party_free);
    g_autoptr(GPtrArray) seats = heard_seat_rows_list(store, hearing_id, error);

    for (guint i = 0; seats && i < seats->len; i++) {
        const HeardSeatRow *seat = g_ptr_array_index(seats, i);
        g_autofree HeardParticipantRow *row = NULL;
        HeardRole role;
        HeardSigningParty *signer;

        if (!heard_role_from_name(seat->role, &role) || !(roles & HEARD_ROLE_BIT(role)) ||
            heard_role_permit(role, HEARD_MAY_SIGN) == HEARD_PERMIT_NO)
            continue;
        row = heard_participant_rows_get_by_seat(store, seat->id, error);
        if (!row)
            return NULL;
        if (!heard_signings_was_let_in(row) || (is_removed(row) && !with_removed))
            continue;
        signer = g_new0(HeardSigningParty, 1);
        g_strlcpy(signer->participant_id, row->id, sizeof signer->participant_id);
        signer->role = heard_role_name(role);
        signer->name = g_strdup(seat->display_name);
        g_ptr_array_add(signers, signer);
    }
    return seats ? g_steal_pointer(&signers) : NULL;
}

GPtrArray *heard_signings_signers(HeardStore *store, const char *hearing_id, HeardRoleMask roles,
                                  GError **error)
{
    return find_signers(store, hearing_id, roles, true, error);
}

GPtrArray *heard_signings_panel(HeardStore *store, const char *hearing_id, GError **error)
{
    return find_signers(store, hearing_id,
                        HEARD_ROLE_BIT(HEARD_ROLE_PANELIST) | HEARD_ROLE_BIT(HEARD_ROLE_PRESIDING),
                        false, error);
}

static bool withdraw_older(HeardStore *store, HeardCall *call, const HeardSigningRow *what)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardSigningRow *newest =
        heard_signing_rows_newest(store, what->subject_kind, what->subject_id, &failure);

    if (failure) {
        g_propagate_error(&call->error, g_steal_pointer(&failure));
        return false;
    }
    if (!newest || strcmp(newest->state, heard_signing_state_name(HEARD_SIGNING_OPEN)) != 0)
        return true;
    return heard_audit_trail_append(store, call, "signing.withdraw", "signing", newest->id,
                                    what->hearing_id, NULL) &&
           heard_signing_rows_end(store, newest->id,
                                  heard_signing_state_name(HEARD_SIGNING_WITHDRAWN), call->wall_ms,
                                  &call->error);
}

static bool has_room(HeardStore *store, HeardCall *call, const HeardSigningRow *what)
{
    g_autoptr(GPtrArray) rows = heard_signing_rows_list(store, what->hearing_id, &call->error);

    if (!rows)
        return false;
    if (strlen(what->text) >= HEARD_SIGNING_TEXT_BYTES_MAX)
        return heard_call_refuse(call, HEARD_ERROR_TOO_LARGE, "the text to sign is too long");
    return rows->len < HEARD_SIGNING_OF_HEARING_MAX ||
           heard_call_refuse(call, HEARD_ERROR_TOO_MANY, "this hearing has %d signings already",
                             HEARD_SIGNING_OF_HEARING_MAX);
}

static bool add_signature(HeardStore *store, HeardCall *call, const char *signing_id,
                          const HeardSigningParty *signer)
{
    char id[HEARD_ID_SIZE];
    HeardSignatureRow row = {.id = id,
                             .signing_id = signing_id,
                             .participant_id = signer->participant_id,
                             .role = signer->role,
                             .name = signer->name,
                             .state = heard_signature_state_name(HEARD_SIGNATURE_WAITING)};

    heard_id_new(id, call->wall_ms);
    return heard_signature_rows_insert(store, &row, &call->error);
}

bool heard_signings_open(HeardStore *store, HeardCall *call, const HeardSigningRow *what,
                         const GPtrArray *signers, char ret_id[static HEARD_ID_SIZE])
{
    char id[HEARD_ID_SIZE], sha256[HEARD_SHA256_SIZE];
    HeardSigningRow row = *what;

    if (signers->len == 0)
        return heard_call_refuse(call, HEARD_ERROR_CONFLICT, "nobody is there who could sign");
    if (!has_room(store, call, what) || !withdraw_older(store, call, what))
        return false;
    heard_id_new(id, call->wall_ms);
    heard_signing_sha256(what->text, sha256);
    row.id = id;
    row.sha256 = sha256;
    row.state = heard_signing_state_name(HEARD_SIGNING_OPEN);
    row.opened_by = heard_caller_id(&call->caller);
    row.opened_ms = call->wall_ms;
    row.ended_ms = 0;
    if (!heard_audit_trail_append(store, call, "signing.open", "signing", id, what->hearing_id,
                                  sha256) ||
        !heard_signing_rows_insert(store, &row, &call->error))
        return false;
    for (guint i = 0; i < signers->len; i++)
        if (!add_signature(store, call, id, g_ptr_array_index(signers, i)))
            return false;
    memcpy(ret_id, id, HEARD_ID_SIZE);
    return true;
}

bool heard_signings_caller(HeardStore *store, HeardCall *call, HeardSigningCaller *ret_caller)
{
    g_autofree HeardHearingRow *hearing =
        heard_access_hearing(store, &call->caller, call->params[0], &call->error);
    g_autofree HeardSeatRow *seat = NULL;
    g_autofree HeardParticipantRow *participant = NULL;

    memset(ret_caller, 0, sizeof *ret_caller);
    if (!hearing)
        return false;
    g_strlcpy(ret_caller->hearing_id, hearing->id, sizeof ret_caller->hearing_id);
    ret_caller->is_over = heard_after_is_over(hearing);
    ret_caller->closed_ms = hearing->actual_end_ms;
    seat = heard_access_own_seat(store, &call->caller, hearing->id, &call->error);
    if (call->error)
        return false;
    if (!seat || !heard_role_from_name(seat->role, &ret_caller->role))
        return true;
    participant = heard_participant_rows_get_by_seat(store, seat->id, &call->error);
    if (!participant)
        return false;
    g_strlcpy(ret_caller->participant_id, participant->id, sizeof ret_caller->participant_id);
    ret_caller->is_removed = is_removed(participant);
    return true;
}

static bool is_own(const HeardSigningCaller *caller, const HeardSignatureRow *row)
{
    return strcmp(caller->participant_id, row->participant_id) == 0;
}

bool heard_signings_sees(const HeardSigningCaller *caller, const HeardSigningRow *signing,
                         const GPtrArray *signatures)
{
    bool is_signer = false;
    HeardSignedKind kind;

    for (guint i = 0; i < signatures->len; i++)
        is_signer = is_signer || is_own(caller, g_ptr_array_index(signatures, i));
    return caller->participant_id[0] && heard_signed_kind_from_name(signing->subject_kind, &kind) &&
           heard_signing_sees(kind, caller->role, is_signer, caller->is_removed);
}

/* domain.md 3.9, minutes_sign. An agreement has no such day: the mediator may take it back. */
int64_t heard_signings_due_ms(const HeardCall *call, const HeardSigningRow *signing,
                              const HeardSigningCaller *caller)
{
    if (strcmp(signing->subject_kind, heard_signed_kind_name(HEARD_SIGNED_MINUTES)) != 0)
        return 0;
    return heard_after_due_ms(call->app, caller->closed_ms, signing->opened_ms);
}

/* What the caller can do with this signature; the identity is looked at when it is done. */
static json_t *may_json(const HeardSigningRow *signing, const HeardSignatureRow *row,
                        const HeardSigningCaller *caller, bool is_not_due)
{
    bool own = is_own(caller, row);
    HeardSigningMoment moment = {.role = caller->role,
                                 .is_own = own,
                                 .is_identified = true,
                                 .is_removed = own && caller->is_removed,
                                 .is_not_due = is_not_due};
    json_t *may = json_array();

    if (!heard_signed_kind_from_name(signing->subject_kind, &moment.kind) ||
        !heard_signing_state_from_name(signing->state, &moment.signing) ||
        !heard_signature_state_from_name(row->state, &moment.signature))
        return may;
    if (heard_signing_sign(&moment) == HEARD_SIGNING_OK)
        json_array_append_new(may, json_string("sign"));
    if (heard_signing_refuse(&moment) == HEARD_SIGNING_OK)
        json_array_append_new(may, json_string(moment.is_own ? "refuse" : "note"));
    return may;
}

static json_t *time_or_null(int64_t wall_ms)
{
    return wall_ms ? json_integer(wall_ms) : json_null();
}

static json_t *signature_json(const HeardSigningRow *signing, const HeardSignatureRow *row,
                              const HeardSigningCaller *caller, bool is_not_due, bool with_drawing)
{
    const HeardSignatureProvider *provider =
        row->method ? heard_signature_provider_find(row->method) : NULL;
    json_t *drawing = with_drawing && provider && provider->show && row->evidence
                          ? provider->show(row->evidence)
                          : NULL;

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s?, s:s?, s:s?, s:s?, s:s?, s:o, s:o, s:o}",
                     "id", row->id, "participant", row->participant_id, "role", row->role, "name",
                     row->name, "state", row->state, "mine", is_own(caller, row), "method",
                     row->method, "strength", row->strength, "seal", row->seal, "reason",
                     row->reason, "noted_by", row->noted_by, "at_ms", time_or_null(row->at_ms),
                     "drawing", drawing ? drawing : json_null(), "may",
                     may_json(signing, row, caller, is_not_due));
}

json_t *heard_signings_json(HeardCall *call, const HeardSigningRow *signing,
                            const GPtrArray *signatures, const HeardSigningCaller *caller,
                            bool with_text)
{
    const HeardSignatureProvider *provider = call->app->signatures;
    int64_t due_ms = heard_signings_due_ms(call, signing, caller);
    json_t *list = json_array();
    json_t *object;

    for (guint i = 0; i < signatures->len; i++)
        json_array_append_new(list, signature_json(signing, g_ptr_array_index(signatures, i),
                                                   caller, call->wall_ms < due_ms, with_text));
    object =
        json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o}", "id",
                  signing->id, "kind", signing->subject_kind, "subject", signing->subject_id,
                  "version", (json_int_t)signing->version, "title", signing->title, "sha256",
                  signing->sha256, "state", signing->state, "method", provider->method, "strength",
                  heard_signature_strength_name(provider->strength), "opened_at_ms",
                  (json_int_t)signing->opened_ms, "ended_at_ms", time_or_null(signing->ended_ms),
                  "due_at_ms", time_or_null(due_ms), "signatures", list);
    if (with_text)
        json_object_set_new(object, "text", json_string(signing->text));
    return object;
}
