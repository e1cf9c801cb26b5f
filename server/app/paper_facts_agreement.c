/* SPDX-License-Identifier: Apache-2.0 */
/* Of the agreement of a mediation, once it is effective; before there is nothing to put on paper.
 */
#include "server/app/mediation.h"
#include "server/app/mediation_signing.h"
#include "server/app/paper_facts_private.h"
#include "server/base/error.h"
#include "server/store/document_rows.h"

#include <string.h>

typedef json_t *(*Tell)(const HeardMediation *now);

/* NULL without an error: it is not effective. */
static json_t *of_agreement(HeardPaperSource *source, Tell tell, GError **error)
{
    g_auto(HeardMediationFile) file = {0};

    if (!heard_mediation_file_load(source->store, source->order->hearing, &file, error) ||
        file.now.effective_ms == 0)
        return NULL;
    return tell(&file.now);
}

static json_t *text_or_none(const char *text)
{
    return text && *text ? json_string(text) : NULL;
}

static json_t *tell_about_parties(const HeardMediation *now)
{
    return text_or_none(now->draft.parties);
}

static json_t *tell_facts(const HeardMediation *now)
{
    return text_or_none(now->draft.facts);
}

static json_t *tell_disputes(const HeardMediation *now)
{
    return text_or_none(now->draft.disputes);
}

static json_t *tell_responsibilities(const HeardMediation *now)
{
    return text_or_none(now->draft.responsibilities);
}

static json_t *tell_terms(const HeardMediation *now)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < now->draft.term_count; i++) {
        const HeardMediationTerm *term = &now->draft.terms[i];
        json_t *json = json_pack("{s:s, s:s, s:s}", "what", term->what, "how", term->how, "by_when",
                                 term->by_when);
        if (term->amount_fen >= 0) {
            g_autofree char *amount = heard_mediation_amount(term->amount_fen);
            json_object_set_new(json, "amount", json_string(amount));
        }
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *tell_effective(const HeardMediation *now)
{
    return json_integer(now->effective_ms);
}

static json_t *tell_agreed(const HeardMediation *now)
{
    return json_integer(now->frozen_ms ? now->frozen_ms : now->effective_ms);
}

/* The last moment of the last day, as courts here count it. */
static json_t *tell_apply_by(const HeardMediation *now)
{
    char date[11];
    g_autofree char *text = NULL;
    g_autoptr(GDateTime) last = NULL;

    heard_mediation_last_day(now->effective_ms, HEARD_MEDIATION_CONFIRM_DAYS, date);
    text = g_strdup_printf("%sT23:59:59+08:00", date);
    last = g_date_time_new_from_iso8601(text, NULL);
    return last ? json_integer(g_date_time_to_unix(last) * 1000) : NULL;
}

json_t *heard_paper_about_parties(HeardPaperSource *source, GError **error)
{
    return of_agreement(source, tell_about_parties, error);
}

json_t *heard_paper_agreed_facts(HeardPaperSource *source, GError **error)
{
    return of_agreement(source, tell_facts, error);
}

json_t *heard_paper_disputes(HeardPaperSource *source, GError **error)
{
    return of_agreement(source, tell_disputes, error);
}

json_t *heard_paper_responsibilities(HeardPaperSource *source, GError **error)
{
    return of_agreement(source, tell_responsibilities, error);
}

json_t *heard_paper_terms(HeardPaperSource *source, GError **error)
{
    return of_agreement(source, tell_terms, error);
}

json_t *heard_paper_effective(HeardPaperSource *source, GError **error)
{
    return of_agreement(source, tell_effective, error);
}

json_t *heard_paper_agreed_ms(HeardPaperSource *source, GError **error)
{
    return of_agreement(source, tell_agreed, error);
}

json_t *heard_paper_apply_by(HeardPaperSource *source, GError **error)
{
    return of_agreement(source, tell_apply_by, error);
}

/* The document's, as the parties have it; before it was made the mediation's own. */
json_t *heard_paper_agreement_number(HeardPaperSource *source, GError **error)
{
    g_autoptr(GPtrArray) rows =
        heard_document_rows_list(source->store, source->order->hearing->id, error);
    const char *number = source->order->hearing->hearing_no;

    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardDocumentRow *row = g_ptr_array_index(rows, i);
        if (strcmp(row->kind, heard_paper_kind_name(HEARD_PAPER_MEDIATION_AGREEMENT)) == 0 &&
            strcmp(row->language, "zh") == 0)
            number = row->document_no;
    }
    return rows ? json_string(number) : NULL;
}

json_t *heard_paper_end(HeardPaperSource *source, GError **error)
{
    g_auto(HeardMediationFile) file = {0};
    json_t *end;

    if (!heard_mediation_file_load(source->store, source->order->hearing, &file, error))
        return NULL;
    if (!file.now.ended_ms) {
        if (!json_object_get(source->order->details, "reason"))
            g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "reason: is missing");
        return NULL;
    }
    end = json_pack("{s:s, s:I}", "reason", heard_mediation_end_name(file.now.end), "at_ms",
                    (json_int_t)file.now.ended_ms);
    heard_paper_set_text(end, "note", file.now.end_note);
    return end;
}
