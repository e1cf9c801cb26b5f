/* SPDX-License-Identifier: Apache-2.0 */
/* Of the agreement of a mediation, once it is effective; before there is nothing to put on paper.
 */
#include "server/app/mediation.h"
#include "server/app/mediation_signing.h"
#include "server/app/paper_facts_private.h"

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
