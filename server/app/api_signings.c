/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/live.h"
#include "server/app/signature_provider.h"
#include "server/app/signing_subjects.h"
#include "server/app/signings.h"
#include "server/store/participant_rows.h"

#include <string.h>

/* One signing, its signatures, and one of them that a call is about. */
typedef struct {
    HeardSigningCaller caller;
    HeardSigningRow *signing;
    GPtrArray *signatures;
    const HeardSignatureRow *signature; /* borrowed from signatures */
    HeardSigningMoment moment;
} Sheet;

static void sheet_clear(Sheet *self)
{
    g_free(self->signing);
    if (self->signatures)
        g_ptr_array_unref(self->signatures);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sheet, sheet_clear)

static bool answer_to(HeardCall *call, HeardSigningAnswer answer)
{
    return answer == HEARD_SIGNING_OK || heard_call_refuse(call, heard_signing_answer_error(answer),
                                                           "%s", heard_signing_answer_text(answer));
}

/* params[1]; one that the caller may not see does not exist. */
static bool open_sheet(HeardStore *store, HeardCall *call, Sheet *sheet)
{
    if (!heard_signings_caller(store, call, &sheet->caller))
        return false;
    sheet->signing = heard_signing_rows_get(store, call->params[1], &call->error);
    if (!sheet->signing)
        return false;
    sheet->signatures = heard_signature_rows_list(store, sheet->signing->id, &call->error);
    if (!sheet->signatures)
        return false;
    if (strcmp(sheet->signing->hearing_id, sheet->caller.hearing_id) != 0 ||
        !heard_signings_sees(&sheet->caller, sheet->signing, sheet->signatures))
        return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such signing");
    return heard_signed_kind_from_name(sheet->signing->subject_kind, &sheet->moment.kind) &&
           heard_signing_state_from_name(sheet->signing->state, &sheet->moment.signing);
}

static const HeardSignatureRow *signature_of(const Sheet *sheet, const char *participant_id)
{
    for (guint i = 0; i < sheet->signatures->len; i++) {
        const HeardSignatureRow *row = g_ptr_array_index(sheet->signatures, i);

        if (strcmp(row->participant_id, participant_id) == 0)
            return row;
    }
    return NULL;
}

/* The identity was checked at this hearing; who is on duty came by account or staff link. */
static bool find_signer(HeardStore *store, HeardCall *call, Sheet *sheet)
{
    g_autofree HeardParticipantRow *row =
        heard_participant_rows_get(store, sheet->signature->participant_id, &call->error);
    HeardRole role;

    if (!row)
        return false;
    sheet->moment.is_removed = strcmp(row->presence_state, "removed") == 0;
    sheet->moment.is_identified =
        row->check_in_method != NULL ||
        (heard_role_from_name(sheet->signature->role, &role) && heard_role_on_duty(role));
    return true;
}

static bool choose(HeardStore *store, HeardCall *call, Sheet *sheet, const char *participant_id)
{
    sheet->signature = signature_of(sheet, participant_id);
    if (!sheet->signature)
        return answer_to(call, HEARD_SIGNING_WRONG_ROLE);
    sheet->moment.role = sheet->caller.role;
    sheet->moment.is_not_due =
        call->wall_ms < heard_signings_due_ms(call, sheet->signing, &sheet->caller);
    sheet->moment.is_own = strcmp(participant_id, sheet->caller.participant_id) == 0;
    return heard_signature_state_from_name(sheet->signature->state, &sheet->moment.signature) &&
           find_signer(store, call, sheet);
}

bool heard_api_signings_store(HeardStore *store, HeardCall *call)
{
    HeardSigningCaller caller;
    HeardPage whole = {.limit = 0};
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(json_t) items = json_array();

    if (!heard_signings_caller(store, call, &caller))
        return false;
    rows = heard_signing_rows_list(store, caller.hearing_id, &call->error);
    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardSigningRow *row = g_ptr_array_index(rows, i);
        g_autoptr(GPtrArray) signatures = heard_signature_rows_list(store, row->id, &call->error);

        if (!signatures)
            return false;
        if (heard_signings_sees(&caller, row, signatures))
            json_array_append_new(items,
                                  heard_signings_json(call, row, signatures, &caller, false));
    }
    if (!rows)
        return false;
    heard_call_answer_list(call, g_steal_pointer(&items), &whole, NULL);
    return true;
}

bool heard_api_signing_store(HeardStore *store, HeardCall *call)
{
    g_auto(Sheet) sheet = {0};

    if (!open_sheet(store, call, &sheet))
        return false;
    call->answer = heard_signings_json(call, sheet.signing, sheet.signatures, &sheet.caller, true);
    return true;
}

/* ---- the one-time code ---- */

typedef struct {
    char participant_id[HEARD_ID_SIZE], signing_id[HEARD_ID_SIZE];
    HeardSignatureChallenge challenge;
    bool is_over;
} Told;

bool heard_api_signing_code_store(HeardStore *store, HeardCall *call)
{
    g_auto(Sheet) sheet = {0};
    HeardSignatureRequest request;
    g_autofree Told *told = g_new0(Told, 1);

    if (!open_sheet(store, call, &sheet) ||
        !choose(store, call, &sheet, sheet.caller.participant_id) ||
        !answer_to(call, heard_signing_sign(&sheet.moment)))
        return false;
    if (sheet.signature->code_count >= HEARD_SIGNING_CODES_MAX)
        return answer_to(call, HEARD_SIGNING_CODES_SPENT);
    request = (HeardSignatureRequest){call->app, sheet.signing, sheet.signature, call->wall_ms};
    call->app->signatures->challenge(&request, &told->challenge);
    if (!heard_signature_rows_set_code(store, sheet.signature->id, told->challenge.kept,
                                       call->wall_ms, &call->error))
        return false;
    g_strlcpy(told->participant_id, sheet.caller.participant_id, sizeof told->participant_id);
    g_strlcpy(told->signing_id, sheet.signing->id, sizeof told->signing_id);
    told->is_over = sheet.caller.is_over;
    call->answer =
        json_pack("{s:I, s:i}", "until_ms", (json_int_t)(call->wall_ms + HEARD_SIGNING_CODE_MS),
                  "tries_left", HEARD_SIGNING_CODE_TRIES_MAX);
    call->extra = g_steal_pointer(&told);
    call->extra_destroy = g_free;
    return true;
}

/* The code goes to the person's own page in the hearing, and into no answer that is kept: after
 * the end (ADR 13) it is put in here, when the answer for a repetition is written already. */
void heard_api_signing_code_main(HeardCall *call)
{
    const Told *told = call->extra;

    if (told->is_over)
        json_object_set_new(call->answer, "code", json_string(told->challenge.told));
    else if (!heard_live_signing_code(call->app->live, call->params[0], told->participant_id,
                                      told->signing_id, told->challenge.told,
                                      call->wall_ms + HEARD_SIGNING_CODE_MS))
        answer_to(call, HEARD_SIGNING_NOT_HERE);
    heard_call_reply(call);
}

/* ---- sign, refuse ---- */

/* Each one has signed or refused: the signing ends, and the document goes on. */
static bool settle(HeardStore *store, HeardCall *call, Sheet *sheet)
{
    g_autoptr(GPtrArray) now = heard_signature_rows_list(store, sheet->signing->id, &call->error);
    bool refused = false;
    HeardSignedKind kind;

    if (!now)
        return false;
    for (guint i = 0; i < now->len; i++) {
        const HeardSignatureRow *row = g_ptr_array_index(now, i);

        if (strcmp(row->state, heard_signature_state_name(HEARD_SIGNATURE_WAITING)) == 0)
            return true;
        refused =
            refused || strcmp(row->state, heard_signature_state_name(HEARD_SIGNATURE_REFUSED)) == 0;
    }
    if (!heard_signing_rows_end(store, sheet->signing->id,
                                heard_signing_state_name(HEARD_SIGNING_SETTLED), call->wall_ms,
                                &call->error) ||
        !heard_signed_kind_from_name(sheet->signing->subject_kind, &kind))
        return false;
    return !heard_signing_subject(kind)->settled ||
           heard_signing_subject(kind)->settled(store, call, sheet->signing, refused);
}

/* Why a panelist won't sign is of the deliberation: parties play the recording's log, and the trail
 * is read by others. It stands with the signature alone. */
static const char *open_reason(const Sheet *sheet, const HeardSignatureRow *row)
{
    return sheet->moment.kind == HEARD_SIGNED_DELIBERATION_RECORD ? NULL : row->reason;
}

/* For the main half: the record's event. */
static void tell_later(HeardCall *call, const Sheet *sheet, const HeardSignatureRow *row)
{
    call->extra = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?}", "signing", sheet->signing->id,
        "kind", sheet->signing->subject_kind, "sha256", sheet->signing->sha256, "participant",
        row->participant_id, "role", row->role, "state", row->state, "strength", row->strength,
        "seal", row->seal, "reason", open_reason(sheet, row), "noted_by", row->noted_by);
    call->extra_destroy = (GDestroyNotify)json_decref;
}

static bool write_signature(HeardStore *store, HeardCall *call, Sheet *sheet, const char *action,
                            const HeardSignatureRow *after)
{
    g_autofree HeardSigningRow *signing = NULL;
    g_autoptr(GPtrArray) signatures = NULL;

    if (!heard_store_begin(store, &call->error))
        return false;
    if (!heard_audit_trail_append(store, call, action, "signature", after->id,
                                  sheet->signing->hearing_id, open_reason(sheet, after)) ||
        !heard_signature_rows_change(store, sheet->signature, after, &call->error) ||
        !settle(store, call, sheet) || !heard_store_commit(store, &call->error)) {
        heard_store_rollback(store);
        return false;
    }
    tell_later(call, sheet, after);
    signing = heard_signing_rows_get(store, sheet->signing->id, &call->error);
    signatures =
        signing ? heard_signature_rows_list(store, sheet->signing->id, &call->error) : NULL;
    if (!signatures)
        return false;
    call->answer = heard_signings_json(call, signing, signatures, &sheet->caller, true);
    return true;
}

/* A wrong code counts, although nothing else is written. */
static bool refuse_code(HeardStore *store, HeardCall *call, const Sheet *sheet)
{
    int64_t left = HEARD_SIGNING_CODE_TRIES_MAX - sheet->signature->code_tries - 1;

    if (!heard_signature_rows_count_try(store, sheet->signature->id, &call->error))
        return false;
    call->problem = json_pack("{s:I}", "tries_left", (json_int_t)MAX(left, 0));
    return answer_to(call, HEARD_SIGNING_CODE_WRONG);
}

static bool check_text(HeardCall *call, const Sheet *sheet)
{
    const char *sha256 = NULL;

    if (!heard_json_text(call->body, "sha256", HEARD_SHA256_SIZE - 1, false, &sha256, &call->error))
        return false;
    return answer_to(call, strcmp(sha256, sheet->signing->sha256) == 0 ? HEARD_SIGNING_OK
                                                                       : HEARD_SIGNING_ALTERED);
}

bool heard_api_signing_sign_store(HeardStore *store, HeardCall *call)
{
    const HeardSignatureProvider *provider = call->app->signatures;
    g_auto(Sheet) sheet = {0};
    g_autofree char *evidence = NULL;
    const char *device = NULL;
    char seal[HEARD_SHA256_SIZE];
    HeardSigningAnswer answer = HEARD_SIGNING_CODE_WRONG;
    HeardSignatureRequest request;
    HeardSignatureRow after;

    if (!open_sheet(store, call, &sheet) ||
        !choose(store, call, &sheet, sheet.caller.participant_id) ||
        !answer_to(call, heard_signing_sign(&sheet.moment)) || !check_text(call, &sheet) ||
        !heard_json_text(call->body, "device", HEARD_SIGNING_DEVICE_CHARS_MAX, true, &device,
                         &call->error))
        return false;
    request = (HeardSignatureRequest){call->app, sheet.signing, sheet.signature, call->wall_ms};
    if (!provider->check(&request, call->body, &answer, &evidence, &call->error))
        return false;
    if (answer == HEARD_SIGNING_CODE_WRONG)
        return refuse_code(store, call, &sheet);
    if (!answer_to(call, answer))
        return false;
    after = *sheet.signature;
    after.state = heard_signature_state_name(HEARD_SIGNATURE_SIGNED);
    after.method = provider->method;
    after.strength = heard_signature_strength_name(provider->strength);
    after.evidence = evidence;
    after.reason = after.noted_by = NULL;
    after.device = device;
    after.at_ms = call->wall_ms;
    heard_signing_seal(&(HeardSigningBond){sheet.signing->id, sheet.signing->sha256,
                                           after.participant_id, after.role, after.method, evidence,
                                           after.at_ms},
                       seal);
    after.seal = seal;
    return write_signature(store, call, &sheet, "signature.sign", &after);
}

bool heard_api_signing_refuse_store(HeardStore *store, HeardCall *call)
{
    g_auto(Sheet) sheet = {0};
    const char *participant = NULL, *reason = NULL;
    HeardSignatureRow after;

    if (!open_sheet(store, call, &sheet))
        return false;
    participant = sheet.caller.participant_id;
    if (!heard_json_text(call->body, "participant", HEARD_ID_SIZE - 1, true, &participant,
                         &call->error) ||
        !heard_json_text(call->body, "reason", HEARD_SIGNING_REASON_CHARS_MAX, false, &reason,
                         &call->error) ||
        !choose(store, call, &sheet, participant) ||
        !answer_to(call, heard_signing_refuse(&sheet.moment)))
        return false;
    if (!*reason)
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "reason: is missing");
    after = *sheet.signature;
    after.state = heard_signature_state_name(HEARD_SIGNATURE_REFUSED);
    after.reason = reason;
    after.noted_by = sheet.moment.is_own ? NULL : sheet.caller.participant_id;
    after.at_ms = call->wall_ms;
    return write_signature(store, call, &sheet,
                           sheet.moment.is_own ? "signature.refuse" : "signature.note_refusal",
                           &after);
}

static bool is_settled(const HeardCall *call)
{
    const char *state = json_string_value(json_object_get(call->answer, "state"));

    return g_strcmp0(state, heard_signing_state_name(HEARD_SIGNING_SETTLED)) == 0;
}

void heard_api_signing_changed_main(HeardCall *call)
{
    if (is_settled(call)) /* the hash goes into the recording's journal */
        json_object_set_new(call->extra, "settled", json_true());
    heard_live_signing_changed(call->app->live, call->params[0], call->extra);
    heard_call_reply(call);
}
