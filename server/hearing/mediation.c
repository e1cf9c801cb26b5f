/* SPDX-License-Identifier: Apache-2.0 */

/* The course of a mediation: what an entry changes, and what follows from all of them. */

#include "server/hearing/mediation.h"

#include <string.h>

enum { HEARD_CHINA_OFFSET_S = 8 * 3600, HEARD_DAY_S = 24 * 3600 };

static const char *const states[HEARD_MEDIATION_STATE_COUNT] = {
    [HEARD_MEDIATION_PROPOSED] = "proposed",
    [HEARD_MEDIATION_CONSENT_PENDING] = "consent_pending",
    [HEARD_MEDIATION_REFUSED] = "refused",
    [HEARD_MEDIATION_ACCEPTED] = "accepted",
    [HEARD_MEDIATION_IN_MEDIATION] = "in_mediation",
    [HEARD_MEDIATION_SIGNING] = "signing",
    [HEARD_MEDIATION_EFFECTIVE] = "effective",
    [HEARD_MEDIATION_CONFIRMATION_APPLIED] = "confirmation_applied",
    [HEARD_MEDIATION_ENDED] = "ended",
};

static const char *const lacks[HEARD_MEDIATION_LACK_COUNT] = {
    [HEARD_MEDIATION_LACKS_PARTIES] = "parties",
    [HEARD_MEDIATION_LACKS_FACTS] = "facts",
    [HEARD_MEDIATION_LACKS_DISPUTES] = "disputes",
    [HEARD_MEDIATION_LACKS_RESPONSIBILITIES] = "responsibilities",
    [HEARD_MEDIATION_LACKS_TERMS] = "terms",
    [HEARD_MEDIATION_LACKS_HOW] = "how",
    [HEARD_MEDIATION_LACKS_WHEN] = "by_when",
};

const char *heard_mediation_state_name(HeardMediationState state)
{
    return states[state];
}

const char *heard_mediation_lack_name(HeardMediationLack lack)
{
    return lacks[lack];
}

void heard_mediation_init(HeardMediation *self)
{
    memset(self, 0, sizeof *self);
}

/* ---- who ---- */

bool heard_mediation_is_party(HeardRole role, HeardSide side)
{
    return (unsigned)side < HEARD_MEDIATION_SIDES &&
           (role == HEARD_ROLE_PETITIONER || role == HEARD_ROLE_AGENT ||
            role == HEARD_ROLE_DEPARTMENT || role == HEARD_ROLE_LEAD_UNIT);
}

bool heard_mediation_is_principal(HeardRole role, HeardSide side)
{
    return heard_mediation_is_party(role, side) && role != HEARD_ROLE_AGENT;
}

static unsigned bit_of(HeardSide side)
{
    return side == HEARD_SIDE_PETITIONER ? HEARD_MEDIATION_TO_PETITIONER
                                         : HEARD_MEDIATION_TO_RESPONDENT;
}

unsigned heard_mediation_viewer(HeardRole role, HeardSide side)
{
    if (role == HEARD_ROLE_MEDIATOR)
        return HEARD_MEDIATION_TO_MEDIATOR;
    if (heard_mediation_is_party(role, side))
        return bit_of(side);
    return role == HEARD_ROLE_CLERK || role == HEARD_ROLE_SUPERVISOR || role == HEARD_ROLE_CASE_LEAD
               ? HEARD_MEDIATION_TO_FILE
               : 0;
}

bool heard_mediation_sees_offer(const HeardMediationOffer *offer, unsigned viewer)
{
    if (viewer == HEARD_MEDIATION_TO_FILE)
        return false;
    return offer->carried_ms || viewer == HEARD_MEDIATION_TO_MEDIATOR ||
           viewer == bit_of(offer->side);
}

void heard_mediation_add_party(HeardMediation *self, const HeardMediationPerson *person)
{
    HeardMediationParty *party;

    if (self->party_count >= HEARD_MEDIATION_PARTIES_MAX)
        return;
    party = &self->parties[self->party_count++];
    memset(party, 0, sizeof *party);
    party->of = *person;
}

/* ---- what follows ---- */

/* Everybody, and at least one on each side. */
static bool all_say(const HeardMediation *self, HeardMediationSubject subject)
{
    unsigned sides = 0;

    for (unsigned i = 0; i < self->party_count; i++) {
        if (self->parties[i].words[subject] != HEARD_MEDIATION_YES)
            return false;
        sides |= bit_of(self->parties[i].of.side);
    }
    return sides == (HEARD_MEDIATION_TO_PETITIONER | HEARD_MEDIATION_TO_RESPONDENT);
}

static bool anybody_refuses(const HeardMediation *self)
{
    for (unsigned i = 0; i < self->party_count; i++)
        if (self->parties[i].words[HEARD_MEDIATION_OF_MEDIATION] == HEARD_MEDIATION_NO)
            return true;
    return false;
}

HeardMediationState heard_mediation_state(const HeardMediation *self)
{
    if (self->ended_ms)
        return HEARD_MEDIATION_ENDED;
    if (self->effective_ms)
        return self->applied_ms[0] && self->applied_ms[1] ? HEARD_MEDIATION_CONFIRMATION_APPLIED
                                                          : HEARD_MEDIATION_EFFECTIVE;
    if (self->frozen_ms)
        return HEARD_MEDIATION_SIGNING;
    if (anybody_refuses(self))
        return HEARD_MEDIATION_REFUSED;
    if (all_say(self, HEARD_MEDIATION_OF_MEDIATION))
        return all_say(self, HEARD_MEDIATION_OF_MEDIATOR) ? HEARD_MEDIATION_IN_MEDIATION
                                                          : HEARD_MEDIATION_ACCEPTED;
    return self->disclosure ? HEARD_MEDIATION_CONSENT_PENDING : HEARD_MEDIATION_PROPOSED;
}

bool heard_mediation_is_agreed(const HeardMediation *self)
{
    return self->started_ms != 0;
}

bool heard_mediation_is_joint(const HeardMediationFact *fact)
{
    return !fact->removed && fact->words[0] == HEARD_MEDIATION_YES &&
           fact->words[1] == HEARD_MEDIATION_YES;
}

static bool is_empty(const char *text)
{
    return !text || !*text;
}

unsigned heard_mediation_lacks(const HeardMediationDraft *draft)
{
    unsigned mask = 0;

#define LACKS(what) (1u << HEARD_MEDIATION_LACKS_##what)
    mask |= is_empty(draft->parties) ? LACKS(PARTIES) : 0;
    mask |= is_empty(draft->facts) ? LACKS(FACTS) : 0;
    mask |= is_empty(draft->disputes) ? LACKS(DISPUTES) : 0;
    mask |= is_empty(draft->responsibilities) ? LACKS(RESPONSIBILITIES) : 0;
    mask |= draft->term_count == 0 ? LACKS(TERMS) : 0;
    for (unsigned i = 0; i < draft->term_count; i++) {
        mask |= is_empty(draft->terms[i].how) ? LACKS(HOW) : 0;
        mask |= is_empty(draft->terms[i].by_when) ? LACKS(WHEN) : 0;
    }
#undef LACKS
    return mask;
}

bool heard_mediation_has_signed(const HeardMediation *self, const char *person_id)
{
    for (unsigned i = 0; i < self->signature_count; i++)
        if (strcmp(self->signatures[i].by.id, person_id) == 0)
            return true;
    return false;
}

void heard_mediation_last_day(int64_t at_ms, unsigned days, char ret_date[static 11])
{
    g_autoptr(GDateTime) day = g_date_time_new_from_unix_utc(at_ms / 1000 + HEARD_CHINA_OFFSET_S +
                                                             (int64_t)days * HEARD_DAY_S);
    g_autofree char *text = g_date_time_format(day, "%Y-%m-%d");

    g_strlcpy(ret_date, text, 11);
}

bool heard_mediation_may_apply(const HeardMediation *self, int64_t wall_ms)
{
    char last[11], today[11];

    if (!self->effective_ms)
        return false;
    heard_mediation_last_day(self->effective_ms, HEARD_MEDIATION_CONFIRM_DAYS, last);
    heard_mediation_last_day(wall_ms, 0, today);
    return strcmp(today, last) <= 0;
}

const HeardMediationOffer *heard_mediation_offer(const HeardMediation *self, const char *id)
{
    for (unsigned i = 0; i < self->offer_count; i++)
        if (strcmp(self->offers[i].id, id) == 0)
            return &self->offers[i];
    return NULL;
}

const char *heard_mediation_offer_state(const HeardMediationOffer *offer)
{
    if (offer->withdrawn_ms)
        return "withdrawn";
    if (offer->word != HEARD_MEDIATION_OPEN)
        return heard_mediation_word_name(HEARD_MEDIATION_OFFER_ANSWER, offer->word);
    if (*offer->countered_by)
        return "countered";
    if (offer->carried_ms)
        return "carried";
    return offer->released_ms ? "released" : "kept";
}

unsigned heard_mediation_audience(const HeardMediation *self, const HeardMediationSay *say)
{
    const unsigned both = HEARD_MEDIATION_TO_PETITIONER | HEARD_MEDIATION_TO_RESPONDENT;
    const HeardMediationOffer *offer;

    switch (say->act) {
    case HEARD_MEDIATION_OFFER_MAKE:
        return HEARD_MEDIATION_TO_MEDIATOR | bit_of(say->side);
    case HEARD_MEDIATION_OFFER_RELEASE:
    case HEARD_MEDIATION_OFFER_CARRY:
    case HEARD_MEDIATION_OFFER_ANSWER:
    case HEARD_MEDIATION_OFFER_WITHDRAW:
        offer = heard_mediation_offer(self, say->target);
        if (offer && offer->carried_ms)
            return HEARD_MEDIATION_TO_MEDIATOR | both;
        return HEARD_MEDIATION_TO_MEDIATOR | (offer ? bit_of(offer->side) : 0);
    case HEARD_MEDIATION_OFFER_TALK:
        return HEARD_MEDIATION_TO_MEDIATOR | bit_of(say->by.side);
    case HEARD_MEDIATION_DISCLOSE:
    case HEARD_MEDIATION_ANSWER:
    case HEARD_MEDIATION_FACT_ADD:
    case HEARD_MEDIATION_FACT_CHANGE:
    case HEARD_MEDIATION_FACT_REMOVE:
    case HEARD_MEDIATION_FACT_ANSWER:
    case HEARD_MEDIATION_DRAFT_SET:
    case HEARD_MEDIATION_FREEZE:
    case HEARD_MEDIATION_THAW:
    case HEARD_MEDIATION_SIGN:
    case HEARD_MEDIATION_SEAL:
    case HEARD_MEDIATION_CHECK:
    case HEARD_MEDIATION_APPLY:
    case HEARD_MEDIATION_END:
    case HEARD_MEDIATION_ACT_COUNT:
        break;
    }
    return HEARD_MEDIATION_TO_ALL;
}

/* ---- what an entry changes ---- */

/* A new disclosure asks anew whether this mediator is accepted. */
static void take_disclosure(HeardMediation *self, const HeardMediationSay *say)
{
    self->disclosure_id = say->id;
    self->disclosure = say->text;
    self->disclosed_ms = say->at_ms;
    for (unsigned i = 0; i < self->party_count; i++) {
        self->parties[i].words[HEARD_MEDIATION_OF_MEDIATOR] = HEARD_MEDIATION_OPEN;
        self->parties[i].at_ms[HEARD_MEDIATION_OF_MEDIATOR] = 0;
    }
}

static void take_answer(HeardMediation *self, const HeardMediationSay *say)
{
    for (unsigned i = 0; i < self->party_count; i++) {
        HeardMediationParty *party = &self->parties[i];

        if (strcmp(party->of.id, say->by.id) != 0)
            continue;
        party->words[say->subject] = say->word;
        party->at_ms[say->subject] = say->at_ms;
    }
    if (!self->started_ms && all_say(self, HEARD_MEDIATION_OF_MEDIATION) &&
        all_say(self, HEARD_MEDIATION_OF_MEDIATOR))
        self->started_ms = say->at_ms;
}

static void add_fact(HeardMediation *self, const HeardMediationSay *say)
{
    if (self->fact_count >= HEARD_MEDIATION_FACTS_MAX)
        return;
    self->facts[self->fact_count] = (HeardMediationFact){.id = say->id,
                                                         .text = say->text,
                                                         .number = self->fact_count + 1,
                                                         .version = 1,
                                                         .changed_ms = say->at_ms};
    self->fact_count++;
}

static void take_fact(HeardMediation *self, const HeardMediationSay *say)
{
    HeardMediationFact *fact = NULL;

    for (unsigned i = 0; i < self->fact_count && !fact; i++)
        fact = strcmp(self->facts[i].id, say->target) == 0 ? &self->facts[i] : NULL;
    if (!fact)
        return;
    if (say->act == HEARD_MEDIATION_FACT_ANSWER) {
        fact->words[say->by.side] = say->word;
        return;
    }
    fact->version++;
    fact->changed_ms = say->at_ms;
    fact->words[0] = fact->words[1] = HEARD_MEDIATION_OPEN;
    if (say->act == HEARD_MEDIATION_FACT_CHANGE)
        fact->text = say->text;
    else
        fact->removed = true;
}

static void make_offer(HeardMediation *self, const HeardMediationSay *say)
{
    if (self->offer_count >= HEARD_MEDIATION_OFFERS_MAX)
        return;
    self->offers[self->offer_count++] =
        (HeardMediationOffer){.id = say->id,
                              .side = say->side,
                              .by_mediator = say->by.role == HEARD_ROLE_MEDIATOR,
                              .term = say->term,
                              .counters = say->target,
                              .made_ms = say->at_ms,
                              .note = "",
                              .talk_note = "",
                              .countered_by = ""};
}

static void take_offer(HeardMediation *self, const HeardMediationSay *say)
{
    HeardMediationOffer *offer =
        (HeardMediationOffer *)(uintptr_t)heard_mediation_offer(self, say->target);
    HeardMediationOffer *met;

    if (!offer)
        return;
    if (say->act == HEARD_MEDIATION_OFFER_RELEASE) {
        offer->released_ms = say->at_ms;
    } else if (say->act == HEARD_MEDIATION_OFFER_CARRY) {
        offer->carried_ms = say->at_ms;
        offer->round = ++self->round_count;
        met = (HeardMediationOffer *)(uintptr_t)heard_mediation_offer(self, offer->counters);
        if (met)
            met->countered_by = offer->id;
    } else if (say->act == HEARD_MEDIATION_OFFER_ANSWER) {
        offer->answered_ms = say->at_ms;
        offer->word = say->word;
        offer->note = say->text;
    } else if (say->act == HEARD_MEDIATION_OFFER_TALK) {
        offer->talk_ms = say->at_ms;
        offer->talk_note = say->text;
    } else {
        offer->withdrawn_ms = say->at_ms;
    }
}

static void take_draft(HeardMediation *self, const HeardMediationSay *say)
{
    int64_t version = self->draft.version + 1;

    self->draft = say->draft;
    self->draft.version = version;
    self->draft.changed_ms = say->at_ms;
}

static void freeze(HeardMediation *self, const HeardMediationSay *say)
{
    self->frozen_ms = say->at_ms;
    self->signer_count = say->signer_count;
    memcpy(self->signers, say->signers, sizeof self->signers);
}

/* Effective with the last one: all parties, and a mediator. */
static void take_signature(HeardMediation *self, const HeardMediationSay *say)
{
    bool all;

    if (self->signature_count >= HEARD_MEDIATION_SIGNATURES_MAX)
        return;
    self->signatures[self->signature_count++] =
        (HeardMediationSignature){say->by, say->text, say->at_ms};
    self->mediator_signed = self->mediator_signed || say->by.role == HEARD_ROLE_MEDIATOR;
    all = self->mediator_signed && self->signer_count > 0;
    for (unsigned i = 0; i < self->signer_count; i++)
        all = all && heard_mediation_has_signed(self, self->signers[i]);
    if (all && !self->effective_ms) {
        self->effective_ms = say->at_ms;
        self->end = HEARD_MEDIATION_END_AGREED;
    }
}

static void take_end(HeardMediation *self, const HeardMediationSay *say)
{
    self->end = say->end;
    self->end_note = say->text;
    self->ended_ms = say->at_ms;
}

static void take_rest(HeardMediation *self, const HeardMediationSay *say)
{
    if (say->act == HEARD_MEDIATION_SEAL) {
        self->seal = say->text;
        self->sealed_ms = say->at_ms;
    } else if (say->act == HEARD_MEDIATION_CHECK) {
        self->checked = true;
        self->court = say->text;
        memcpy(self->checks, say->checks, sizeof self->checks);
    } else if (say->act == HEARD_MEDIATION_APPLY) {
        self->applied_ms[say->by.side] = say->at_ms;
    }
}

void heard_mediation_take(HeardMediation *self, const HeardMediationSay *say)
{
    self->entry_count++;
    switch (say->act) {
    case HEARD_MEDIATION_DISCLOSE:
        take_disclosure(self, say);
        return;
    case HEARD_MEDIATION_ANSWER:
        take_answer(self, say);
        return;
    case HEARD_MEDIATION_FACT_ADD:
        add_fact(self, say);
        return;
    case HEARD_MEDIATION_FACT_CHANGE:
    case HEARD_MEDIATION_FACT_REMOVE:
    case HEARD_MEDIATION_FACT_ANSWER:
        take_fact(self, say);
        return;
    case HEARD_MEDIATION_OFFER_MAKE:
        make_offer(self, say);
        return;
    case HEARD_MEDIATION_OFFER_RELEASE:
    case HEARD_MEDIATION_OFFER_CARRY:
    case HEARD_MEDIATION_OFFER_ANSWER:
    case HEARD_MEDIATION_OFFER_TALK:
    case HEARD_MEDIATION_OFFER_WITHDRAW:
        take_offer(self, say);
        return;
    case HEARD_MEDIATION_DRAFT_SET:
        take_draft(self, say);
        return;
    case HEARD_MEDIATION_FREEZE:
        freeze(self, say);
        return;
    case HEARD_MEDIATION_THAW:
        self->frozen_ms = 0;
        return;
    case HEARD_MEDIATION_SIGN:
        take_signature(self, say);
        return;
    case HEARD_MEDIATION_SEAL:
    case HEARD_MEDIATION_CHECK:
    case HEARD_MEDIATION_APPLY:
        take_rest(self, say);
        return;
    case HEARD_MEDIATION_END:
        take_end(self, say);
        return;
    case HEARD_MEDIATION_ACT_COUNT:
        return;
    }
}
