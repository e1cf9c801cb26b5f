/* SPDX-License-Identifier: Apache-2.0 */

/* What one viewer sees of a mediation. */

#include "server/app/mediation.h"
#include "server/app/summary.h"
#include "server/store/signature_rows.h"

#include <string.h>

typedef struct {
    const HeardMediationFile *file;
    const HeardMediation *now;
    const HeardMediationPerson *you; /* NULL: no seat */
    unsigned viewer;
    int64_t wall_ms;
} View;

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* ---- what you may do ---- */

static bool may(const View *view, HeardMediationSay *say)
{
    if (!view->you)
        return false;
    say->by = *view->you;
    say->at_ms = view->wall_ms;
    if (!say->target)
        say->target = "";
    return heard_mediation_ask(view->now, say) == HEARD_MEDIATION_OK;
}

static void add_may(json_t *list, const View *view, const HeardMediationSay *what)
{
    g_autofree HeardMediationSay *say = g_memdup2(what, sizeof *what);

    if (may(view, say))
        json_array_append_new(list, json_string(heard_mediation_act_name(what->act)));
}

static void add_plain(json_t *list, const View *view, HeardMediationAct act)
{
    HeardMediationSay say = {.act = act, .version = view->now->draft.version};

    if (view->you)
        say.side = (unsigned)view->you->side < HEARD_MEDIATION_SIDES ? view->you->side
                                                                     : HEARD_SIDE_PETITIONER;
    add_may(list, view, &say);
}

static json_t *may_json(const View *view)
{
    static const HeardMediationAct plain[] = {HEARD_MEDIATION_DISCLOSE,   HEARD_MEDIATION_FACT_ADD,
                                              HEARD_MEDIATION_OFFER_MAKE, HEARD_MEDIATION_DRAFT_SET,
                                              HEARD_MEDIATION_FREEZE,     HEARD_MEDIATION_THAW,
                                              HEARD_MEDIATION_SEAL,       HEARD_MEDIATION_CHECK,
                                              HEARD_MEDIATION_APPLY,      HEARD_MEDIATION_END};
    json_t *list = json_array();
    HeardMediationSay answer = {.act = HEARD_MEDIATION_ANSWER,
                                .subject = HEARD_MEDIATION_OF_MEDIATION,
                                .word = HEARD_MEDIATION_YES};

    for (unsigned i = 0; i < G_N_ELEMENTS(plain); i++)
        add_plain(list, view, plain[i]);
    add_may(list, view, &answer);
    answer.word = HEARD_MEDIATION_NO;
    if (json_array_size(list) == 0 ||
        strcmp(json_string_value(json_array_get(list, json_array_size(list) - 1)),
               heard_mediation_act_name(HEARD_MEDIATION_ANSWER)) != 0)
        add_may(list, view, &answer);
    return list;
}

/* ---- consents ---- */

static json_t *parties_json(const View *view)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < view->now->party_count; i++) {
        const HeardMediationParty *party = &view->now->parties[i];
        const HeardMediationAct act = HEARD_MEDIATION_ANSWER;

        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s, s:s}", "participant", party->of.id, "name",
                      heard_mediation_file_name(view->file, party->of.id), "side",
                      heard_side_name(party->of.side), "mediation",
                      heard_mediation_word_name(act, party->words[HEARD_MEDIATION_OF_MEDIATION]),
                      "mediator",
                      heard_mediation_word_name(act, party->words[HEARD_MEDIATION_OF_MEDIATOR])));
    }
    return list;
}

static json_t *disclosure_json(const HeardMediation *now)
{
    if (!now->disclosure)
        return json_null();
    return json_pack("{s:s, s:s, s:I}", "id", now->disclosure_id, "text", now->disclosure, "at_ms",
                     (json_int_t)now->disclosed_ms);
}

static json_t *period_json(const HeardMediation *now)
{
    char last[11];

    if (!now->started_ms)
        return json_null();
    heard_mediation_last_day(now->started_ms, HEARD_MEDIATION_PERIOD_DAYS, last);
    return json_pack("{s:I, s:s}", "started_at_ms", (json_int_t)now->started_ms, "last_day", last);
}

/* ---- facts ---- */

static json_t *fact_json(const View *view, const HeardMediationFact *fact)
{
    const HeardMediationAct act = HEARD_MEDIATION_FACT_ANSWER;
    json_t *acts = json_array();
    HeardMediationSay say = {.target = fact->id, .version = fact->version};

    say.act = HEARD_MEDIATION_FACT_CHANGE;
    add_may(acts, view, &say);
    say.act = HEARD_MEDIATION_FACT_REMOVE;
    add_may(acts, view, &say);
    say.act = act;
    say.word = view->you && (unsigned)view->you->side < HEARD_MEDIATION_SIDES &&
                       fact->words[view->you->side] == HEARD_MEDIATION_YES
                   ? HEARD_MEDIATION_NO
                   : HEARD_MEDIATION_YES;
    add_may(acts, view, &say);
    return json_pack(
        "{s:s, s:i, s:s, s:I, s:s, s:s, s:b, s:o}", "id", fact->id, "number", (int)fact->number,
        "text", fact->text, "version", (json_int_t)fact->version, "petitioner",
        heard_mediation_word_name(act, fact->words[HEARD_SIDE_PETITIONER]), "respondent",
        heard_mediation_word_name(act, fact->words[HEARD_SIDE_RESPONDENT]), "joint",
        (int)heard_mediation_is_joint(fact), "may", acts);
}

static json_t *facts_json(const View *view)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < view->now->fact_count; i++)
        if (!view->now->facts[i].removed)
            json_array_append_new(list, fact_json(view, &view->now->facts[i]));
    return list;
}

/* ---- offers ---- */

static void put_term(json_t *to, const HeardMediationTerm *term)
{
    json_object_set_new(to, "what", json_string(term->what));
    json_object_set_new(to, "amount_fen",
                        term->amount_fen < 0 ? json_null() : json_integer(term->amount_fen));
    json_object_set_new(to, "how", json_string(or_empty(term->how)));
    json_object_set_new(to, "by_when", json_string(or_empty(term->by_when)));
}

static json_t *offer_may(const View *view, const HeardMediationOffer *offer)
{
    static const HeardMediationAct acts[] = {
        HEARD_MEDIATION_OFFER_RELEASE, HEARD_MEDIATION_OFFER_CARRY, HEARD_MEDIATION_OFFER_ANSWER,
        HEARD_MEDIATION_OFFER_TALK, HEARD_MEDIATION_OFFER_WITHDRAW};
    json_t *list = json_array();
    HeardMediationSay say = {.target = offer->id};

    for (unsigned i = 0; i < G_N_ELEMENTS(acts); i++) {
        say.act = acts[i];
        add_may(list, view, &say);
    }
    say.act = HEARD_MEDIATION_OFFER_MAKE; /* against it */
    say.side = offer->side == HEARD_SIDE_PETITIONER ? HEARD_SIDE_RESPONDENT : HEARD_SIDE_PETITIONER;
    add_may(list, view, &say);
    return list;
}

/* Notes are for the mediator and who wrote them; the other side learns the decision alone. What
 * an offer was before it was carried, and who wrote it, is its own side's. */
static json_t *offer_json(const View *view, const HeardMediationOffer *offer)
{
    bool mediates = view->viewer == HEARD_MEDIATION_TO_MEDIATOR;
    unsigned own = offer->side == HEARD_SIDE_PETITIONER ? HEARD_MEDIATION_TO_PETITIONER
                                                        : HEARD_MEDIATION_TO_RESPONDENT;
    bool is_own = mediates || view->viewer == own, is_met = mediates || view->viewer != own;
    const HeardMediationOffer *met = heard_mediation_offer(view->now, offer->counters);
    json_t *json = json_object();

    json_object_set_new(json, "id", json_string(offer->id));
    json_object_set_new(json, "side", json_string(heard_side_name(offer->side)));
    json_object_set_new(json, "round", offer->round ? json_integer(offer->round) : json_null());
    json_object_set_new(json, "state", json_string(heard_mediation_offer_state(offer)));
    put_term(json, &offer->term);
    json_object_set_new(json, "by_mediator", json_boolean(is_own && offer->by_mediator));
    json_object_set_new(json, "counters",
                        met && heard_mediation_sees_offer(met, view->viewer) ? json_string(met->id)
                                                                             : json_null());
    json_object_set_new(json, "made_at_ms", heard_summary_time(is_own ? offer->made_ms : 0));
    json_object_set_new(json, "released_at_ms",
                        heard_summary_time(is_own ? offer->released_ms : 0));
    json_object_set_new(json, "carried_at_ms", heard_summary_time(offer->carried_ms));
    json_object_set_new(json, "answered_at_ms", heard_summary_time(offer->answered_ms));
    json_object_set_new(json, "withdrawn_at_ms", heard_summary_time(offer->withdrawn_ms));
    json_object_set_new(json, "talk_at_ms", heard_summary_time(is_met ? offer->talk_ms : 0));
    json_object_set_new(json, "talk_note", json_string(is_met ? offer->talk_note : ""));
    json_object_set_new(json, "note", json_string(is_met ? offer->note : ""));
    json_object_set_new(json, "may", offer_may(view, offer));
    return json;
}

static json_t *offers_json(const View *view)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < view->now->offer_count; i++)
        if (heard_mediation_sees_offer(&view->now->offers[i], view->viewer))
            json_array_append_new(list, offer_json(view, &view->now->offers[i]));
    return list;
}

/* ---- the agreement ---- */

static json_t *lacks_json(const HeardMediationDraft *draft)
{
    unsigned mask = heard_mediation_lacks(draft);
    json_t *list = json_array();

    for (unsigned i = 0; i < HEARD_MEDIATION_LACK_COUNT; i++)
        if (mask & (1u << i))
            json_array_append_new(list,
                                  json_string(heard_mediation_lack_name((HeardMediationLack)i)));
    return list;
}

static json_t *draft_json(const HeardMediation *now)
{
    const HeardMediationDraft *draft = &now->draft;
    json_t *terms;

    if (draft->version == 0)
        return json_null();
    terms = json_array();
    for (unsigned i = 0; i < draft->term_count; i++) {
        json_t *term = json_object();

        put_term(term, &draft->terms[i]);
        json_array_append_new(terms, term);
    }
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:I}", "version",
                     (json_int_t)draft->version, "form", heard_mediation_form_name(draft->form),
                     "parties", or_empty(draft->parties), "facts", or_empty(draft->facts),
                     "disputes", or_empty(draft->disputes), "responsibilities",
                     or_empty(draft->responsibilities), "terms", terms, "missing",
                     lacks_json(draft), "frozen_at_ms", heard_summary_time(now->frozen_ms),
                     "changed_at_ms", (json_int_t)draft->changed_ms);
}

static json_t *signature_json(const View *view, const char *participant, int64_t at_ms,
                              const char *state)
{
    HeardMediationPerson person;
    bool is_known = heard_mediation_file_person(view->file, participant, &person);

    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "participant", participant, "name",
                     heard_mediation_file_name(view->file, participant), "side",
                     is_known ? heard_side_name(person.side) : "", "state", state, "at_ms",
                     heard_summary_time(at_ms));
}

/* While it is signed from the signing, then from what was put on record with the last one. */
static json_t *signatures_json(const View *view)
{
    const HeardMediation *now = view->now;
    json_t *list = json_array();

    for (guint i = 0; view->file->hands && i < view->file->hands->len; i++) {
        const HeardSignatureRow *row = g_ptr_array_index(view->file->hands, i);

        json_array_append_new(list,
                              signature_json(view, row->participant_id, row->at_ms, row->state));
    }
    for (unsigned i = 0; i < now->signature_count; i++)
        json_array_append_new(list, signature_json(view, now->signatures[i].by.id,
                                                   now->signatures[i].at_ms, "signed"));
    return list;
}

static json_t *confirmation_json(const View *view)
{
    const HeardMediation *now = view->now;
    json_t *checks = json_object();
    char last[11];

    if (!now->effective_ms) {
        json_decref(checks);
        return json_null();
    }
    heard_mediation_last_day(now->effective_ms, HEARD_MEDIATION_CONFIRM_DAYS, last);
    for (unsigned i = 0; i < HEARD_MEDIATION_CHECK_COUNT; i++)
        json_object_set_new(checks, heard_mediation_check_name((HeardMediationCheck)i),
                            json_boolean(now->checks[i]));
    return json_pack("{s:s, s:b, s:b, s:o, s:s, s:o, s:o}", "last_day", last, "is_open",
                     (int)heard_mediation_may_apply(now, view->wall_ms), "checked",
                     (int)now->checked, "checks", checks, "court", or_empty(now->court),
                     "petitioner_at_ms", heard_summary_time(now->applied_ms[HEARD_SIDE_PETITIONER]),
                     "respondent_at_ms",
                     heard_summary_time(now->applied_ms[HEARD_SIDE_RESPONDENT]));
}

static json_t *end_json(const HeardMediation *now)
{
    if (!now->ended_ms)
        return json_null();
    return json_pack("{s:s, s:s, s:I}", "reason", heard_mediation_end_name(now->end), "note",
                     or_empty(now->end_note), "at_ms", (json_int_t)now->ended_ms);
}

static json_t *seal_json(const HeardMediation *now)
{
    return now->seal
               ? json_pack("{s:s, s:I}", "text", now->seal, "at_ms", (json_int_t)now->sealed_ms)
               : json_null();
}

json_t *heard_mediation_json(const HeardMediationFile *self, const HeardMediationPerson *you,
                             unsigned viewer, int64_t wall_ms)
{
    const View view = {self, &self->now, you, viewer, wall_ms};
    const HeardMediation *now = &self->now;
    const char *state = heard_mediation_state_name(heard_mediation_state(now));
    json_t *json = json_object();

    json_object_set_new(json, "state", json_string(state));
    json_object_set_new(json, "disclosure", disclosure_json(now));
    json_object_set_new(json, "parties", parties_json(&view));
    json_object_set_new(json, "period", period_json(now));
    json_object_set_new(json, "facts", facts_json(&view));
    json_object_set_new(json, "offers", offers_json(&view));
    json_object_set_new(json, "draft", draft_json(now));
    json_object_set_new(json, "signatures", signatures_json(&view));
    json_object_set_new(json, "signing",
                        self->signing_id[0] ? json_string(self->signing_id) : json_null());
    json_object_set_new(json, "seal", seal_json(now));
    json_object_set_new(json, "effective_at_ms", heard_summary_time(now->effective_ms));
    json_object_set_new(json, "confirmation", confirmation_json(&view));
    json_object_set_new(json, "end", end_json(now));
    json_object_set_new(json, "may", may_json(&view));
    return json;
}
