/* SPDX-License-Identifier: Apache-2.0 */

/* The signatures under a text, as the document carries them, and what documents may follow from
 * what was done so far. */

#include "server/app/mediation.h"
#include "server/app/paper_facts_private.h"
#include "server/app/signature_provider.h"
#include "server/store/audit_rows.h"
#include "server/store/deliberation_rows.h"

#include <string.h>

static void put_given(const HeardSignatureRow *row, json_t *json)
{
    const HeardSignatureProvider *provider =
        row->method ? heard_signature_provider_find(row->method) : NULL;
    json_t *drawing =
        provider && provider->show && row->evidence ? provider->show(row->evidence) : NULL;

    heard_paper_set_text(json, "method", row->method);
    heard_paper_set_text(json, "strength", row->strength);
    heard_paper_set_text(json, "seal", row->seal);
    if (drawing)
        json_object_set_new(json, "drawing", drawing);
}

static json_t *signature_json(const HeardPaperSource *source, const HeardSignatureRow *row)
{
    const HeardPaperSeat *signer = heard_paper_seat_of(source, row->participant_id);
    const HeardPaperSeat *noter = heard_paper_seat_of(source, row->noted_by);
    json_t *json = json_pack("{s:s, s:s, s:s, s:I}", "name", row->name, "role",
                             signer ? heard_paper_role_of(source, signer->seat) : row->role,
                             "state", row->state, "at_ms", (json_int_t)row->at_ms);

    if (strcmp(row->state, heard_signature_state_name(HEARD_SIGNATURE_SIGNED)) == 0)
        put_given(row, json);
    heard_paper_set_text(json, "reason", row->reason);
    if (noter)
        heard_paper_set_text(json, "noted_by", noter->seat->display_name);
    return json;
}

json_t *heard_paper_signing_json(HeardPaperSource *source, GError **error)
{
    const HeardSigningRow *signing = source->order->signing;
    g_autoptr(GPtrArray) rows =
        signing ? heard_signature_rows_list(source->store, signing->id, error) : NULL;
    json_t *list, *json;

    if (!rows)
        return NULL;
    list = json_array();
    for (guint i = 0; i < rows->len; i++)
        json_array_append_new(list, signature_json(source, g_ptr_array_index(rows, i)));
    json = json_pack("{s:s, s:I, s:o}", "sha256", signing->sha256, "ended_ms",
                     (json_int_t)signing->ended_ms, "signatures", list);
    heard_paper_set_text(json, "document", source->order->signed_number);
    return json;
}

HeardSigningRow *heard_paper_settled_signing(HeardStore *store, const char *hearing_id,
                                             HeardPaperKind kind, GError **error)
{
    HeardSignedKind signed_kind;
    g_autofree HeardSigningRow *newest = NULL;

    if (!heard_paper_signed_kind(kind, &signed_kind))
        return NULL;
    newest =
        heard_signing_rows_newest(store, heard_signed_kind_name(signed_kind), hearing_id, error);
    return newest && strcmp(newest->state, heard_signing_state_name(HEARD_SIGNING_SETTLED)) == 0
               ? g_steal_pointer(&newest)
               : NULL;
}

/* ---- what may follow ---- */

static bool find_mediation(HeardStore *store, const HeardHearingRow *hearing, int64_t wall_ms,
                           HeardPaperMoment *moment, GError **error)
{
    g_auto(HeardMediationFile) file = {0};

    if (!heard_mediation_file_load(store, hearing, &file, error))
        return false;
    moment->is_effective = file.now.effective_ms != 0;
    moment->is_confirmable = file.now.checked && heard_mediation_may_apply(&file.now, wall_ms);
    for (unsigned i = 0; i < HEARD_MEDIATION_CHECK_COUNT; i++)
        moment->is_confirmable = moment->is_confirmable && !file.now.checks[i];
    return true;
}

static bool find_panel(HeardStore *store, const HeardHearingRow *hearing, HeardPaperMoment *moment,
                       GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardDeliberationRow *row =
        heard_deliberation_rows_get(store, hearing->id, &failure);
    g_autoptr(GPtrArray) decisions = NULL;

    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    decisions = heard_audit_rows_list_done(store, hearing->id, "recusal.decide", 0, error);
    moment->is_sealed = row && row->sealed_ms != 0;
    moment->is_released = row && row->released_ms != 0;
    moment->has_decision = decisions && decisions->len > 0;
    return decisions != NULL;
}

bool heard_paper_moment(HeardStore *store, const HeardHearingRow *hearing, int64_t wall_ms,
                        HeardPaperMoment *ret_moment, GError **error)
{
    *ret_moment = (HeardPaperMoment){0};
    if (strcmp(hearing->kind, heard_kind_name(HEARD_KIND_MEDIATION)) == 0)
        return find_mediation(store, hearing, wall_ms, ret_moment, error);
    if (strcmp(hearing->kind, heard_kind_name(HEARD_KIND_PANEL_HEARING)) == 0)
        return find_panel(store, hearing, ret_moment, error);
    return true;
}
