/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/mediation_signing.h"

#include "server/app/audit_trail.h"
#include "server/app/signings.h"
#include "server/store/mediation_rows.h"

#include <string.h>

/* ---- the text ---- */

char *heard_mediation_amount(int64_t fen)
{
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, fen / 100);
    size_t length = strlen(digits);
    GString *text = g_string_new("人民币");

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            g_string_append_c(text, ',');
        g_string_append_c(text, digits[i]);
    }
    if (fen % 100)
        g_string_append_printf(text, ".%02d", (int)(fen % 100));
    g_string_append(text, "元");
    return g_string_free(text, FALSE);
}

static void put_part(GString *text, const char *heading, const char *words)
{
    g_string_append_printf(text, "%s\n%s\n\n", heading, words ? words : "");
}

/* In Chinese: the agreement is a paper of the committee. */
static char *text_of(const HeardHearingRow *hearing, const HeardMediationDraft *draft)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "人民调解协议书\n编号：%s\n\n", hearing->hearing_no);
    put_part(text, "当事人基本情况", draft->parties);
    put_part(text, "主要事实", draft->facts);
    put_part(text, "争议事项", draft->disputes);
    put_part(text, "各方责任", draft->responsibilities);
    g_string_append(text, "协议内容\n");
    for (unsigned i = 0; i < draft->term_count; i++) {
        const HeardMediationTerm *term = &draft->terms[i];

        g_string_append_printf(text, "%u. %s", i + 1, term->what);
        if (term->amount_fen >= 0) {
            g_autofree char *amount = heard_mediation_amount(term->amount_fen);
            g_string_append_printf(text, "；金额%s", amount);
        }
        g_string_append_printf(text, "；履行方式：%s；履行期限：%s\n", term->how, term->by_when);
    }
    g_string_append(text, draft->form == HEARD_MEDIATION_FORM_ORAL
                              ? "\n本协议系口头协议，由调解员记录。"
                              : "\n");
    g_string_append(text, "各方当事人和调解员签名后，自最后一人签名之日起生效。双方可以自生效之日起"
                          "三十日内共同向人民法院申请司法确认。\n");
    return g_string_free(text, FALSE);
}

/* ---- who ---- */

static void party_free(void *data)
{
    HeardSigningParty *self = data;

    g_free(self->name);
    g_free(self);
}

static void ask(GPtrArray *signers, const HeardMediationFile *file,
                const HeardMediationPerson *person)
{
    HeardSigningParty *signer = g_new0(HeardSigningParty, 1);

    g_strlcpy(signer->participant_id, person->id, sizeof signer->participant_id);
    signer->role = heard_role_name(person->role);
    signer->name = g_strdup(heard_mediation_file_name(file, person->id));
    g_ptr_array_add(signers, signer);
}

static GPtrArray *signers_of(const HeardMediationFile *file)
{
    GPtrArray *signers = g_ptr_array_new_with_free_func(party_free);

    for (unsigned i = 0; i < file->now.party_count; i++)
        ask(signers, file, &file->now.parties[i].of);
    for (guint i = 0; i < file->participants->len; i++) {
        const HeardParticipantRow *row = g_ptr_array_index(file->participants, i);
        HeardMediationPerson person;

        if (heard_mediation_file_person(file, row->id, &person) &&
            person.role == HEARD_ROLE_MEDIATOR && person.is_here)
            ask(signers, file, &person);
    }
    return signers;
}

/* ---- what is done ---- */

bool heard_mediation_signing_open(HeardStore *store, HeardCall *call,
                                  const HeardHearingRow *hearing, const HeardMediationFile *file)
{
    g_autoptr(GPtrArray) signers = signers_of(file);
    g_autofree char *text = text_of(hearing, &file->now.draft);
    char id[HEARD_ID_SIZE];
    const HeardSigningRow what = {.hearing_id = hearing->id,
                                  .subject_kind = heard_signed_kind_name(HEARD_SIGNED_AGREEMENT),
                                  .subject_id = hearing->id,
                                  .version = (int64_t)file->entries->len + 1,
                                  .title = "人民调解协议书",
                                  .text = text};

    return heard_signings_open(store, call, &what, signers, id);
}

bool heard_mediation_signing_withdraw(HeardStore *store, HeardCall *call,
                                      const HeardHearingRow *hearing)
{
    g_autofree HeardSigningRow *newest = heard_signing_rows_newest(
        store, heard_signed_kind_name(HEARD_SIGNED_AGREEMENT), hearing->id, &call->error);

    if (call->error)
        return false;
    if (!newest || strcmp(newest->state, heard_signing_state_name(HEARD_SIGNING_OPEN)) != 0)
        return true;
    return heard_audit_trail_append(store, call, "signing.withdraw", "signing", newest->id,
                                    hearing->id, NULL) &&
           heard_signing_rows_end(store, newest->id,
                                  heard_signing_state_name(HEARD_SIGNING_WITHDRAWN), call->wall_ms,
                                  &call->error);
}

static int by_time(const void *a, const void *b)
{
    const HeardSignatureRow *const *one = a, *const *other = b;

    return ((*one)->at_ms > (*other)->at_ms) - ((*one)->at_ms < (*other)->at_ms);
}

static bool add_signature(HeardStore *store, HeardCall *call, const HeardMediationFile *file,
                          const char *hearing_id, int64_t seq, const HeardSignatureRow *signature)
{
    char id[HEARD_ID_SIZE];
    HeardMediationPerson person;
    g_autoptr(json_t) entry =
        json_pack("{s:s, s:I, s:s}", "act", heard_mediation_act_name(HEARD_MEDIATION_SIGN),
                  "version", (json_int_t)file->now.draft.version, "text", signature->id);
    g_autofree char *data = heard_json_dump(entry);
    HeardMediationEntryRow row = {.id = id,
                                  .hearing_id = hearing_id,
                                  .seq = seq,
                                  .actor_id = signature->participant_id,
                                  .act = heard_mediation_act_name(HEARD_MEDIATION_SIGN),
                                  .data = data,
                                  .at_ms = signature->at_ms};

    if (!heard_mediation_file_person(file, signature->participant_id, &person))
        return heard_call_refuse(call, HEARD_ERROR_CORRUPT, "a signature of nobody");
    heard_id_new(id, call->wall_ms);
    row.role = heard_role_name(person.role);
    row.side = heard_side_name(person.side);
    return heard_mediation_rows_add(store, &row, &call->error);
}

bool heard_mediation_settled(HeardStore *store, HeardCall *call, const HeardSigningRow *signing,
                             bool with_refusal)
{
    g_autofree HeardHearingRow *hearing = NULL;
    g_autoptr(GPtrArray) signatures = NULL;
    HeardMediationFile *file;
    bool good;

    if (with_refusal)
        return true;
    hearing = heard_hearing_rows_get(store, signing->hearing_id, &call->error);
    signatures = hearing ? heard_signature_rows_list(store, signing->id, &call->error) : NULL;
    if (!signatures)
        return false;
    g_ptr_array_sort(signatures, by_time);
    file = g_new0(HeardMediationFile, 1);
    good = heard_mediation_file_load(store, hearing, file, &call->error);
    for (guint i = 0; good && i < signatures->len; i++)
        good = add_signature(store, call, file, hearing->id, (int64_t)(file->entries->len + i) + 1,
                             g_ptr_array_index(signatures, i));
    heard_mediation_file_deinit(file);
    g_free(file);
    return good;
}
