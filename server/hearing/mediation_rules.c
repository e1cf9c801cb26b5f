/* SPDX-License-Identifier: Apache-2.0 */

/* Who may say what in a mediation, and when. */

#include "server/hearing/mediation.h"

#include <string.h>

typedef enum { BY_MEDIATOR, BY_PARTY, BY_PRINCIPAL, BY_SIGNER, BY_WRITER } By;

#define IN(state) (1u << HEARD_MEDIATION_##state)
#define BEFORE    (IN(SIGNING) - 1u) /* every state up to it */

typedef struct {
    By by;
    unsigned states;
} Rule;

static const Rule rules[HEARD_MEDIATION_ACT_COUNT] = {
    [HEARD_MEDIATION_DISCLOSE] = {BY_MEDIATOR, BEFORE},
    [HEARD_MEDIATION_ANSWER] = {BY_PRINCIPAL, BEFORE},
    [HEARD_MEDIATION_FACT_ADD] = {BY_MEDIATOR, IN(IN_MEDIATION)},
    [HEARD_MEDIATION_FACT_CHANGE] = {BY_MEDIATOR, IN(IN_MEDIATION)},
    [HEARD_MEDIATION_FACT_REMOVE] = {BY_MEDIATOR, IN(IN_MEDIATION)},
    [HEARD_MEDIATION_FACT_ANSWER] = {BY_PARTY, IN(IN_MEDIATION)},
    [HEARD_MEDIATION_OFFER_MAKE] = {BY_WRITER, IN(IN_MEDIATION)},
    [HEARD_MEDIATION_OFFER_RELEASE] = {BY_PARTY, IN(IN_MEDIATION)},
    [HEARD_MEDIATION_OFFER_CARRY] = {BY_MEDIATOR, IN(IN_MEDIATION)},
    [HEARD_MEDIATION_OFFER_ANSWER] = {BY_PARTY, IN(IN_MEDIATION)},
    [HEARD_MEDIATION_OFFER_TALK] = {BY_PARTY, IN(IN_MEDIATION)},
    [HEARD_MEDIATION_OFFER_WITHDRAW] = {BY_PARTY, IN(IN_MEDIATION)},
    [HEARD_MEDIATION_DRAFT_SET] = {BY_MEDIATOR, IN(IN_MEDIATION)},
    [HEARD_MEDIATION_FREEZE] = {BY_MEDIATOR, IN(IN_MEDIATION)},
    [HEARD_MEDIATION_THAW] = {BY_MEDIATOR, IN(SIGNING)},
    [HEARD_MEDIATION_SIGN] = {BY_SIGNER, IN(SIGNING)},
    [HEARD_MEDIATION_SEAL] = {BY_MEDIATOR, IN(SIGNING) | IN(EFFECTIVE) | IN(CONFIRMATION_APPLIED)},
    [HEARD_MEDIATION_CHECK] = {BY_MEDIATOR, IN(EFFECTIVE)},
    [HEARD_MEDIATION_APPLY] = {BY_PRINCIPAL, IN(EFFECTIVE)},
    [HEARD_MEDIATION_END] = {BY_MEDIATOR, BEFORE | IN(SIGNING)},
};

typedef struct {
    const char *name;
    HeardError error;
} AnswerRow;

static const AnswerRow answers[HEARD_MEDIATION_ANSWER_COUNT] = {
    [HEARD_MEDIATION_OK] = {"ok", HEARD_ERROR_INTERNAL},
    [HEARD_MEDIATION_NO_RIGHT] = {"no_right", HEARD_ERROR_WRONG_ROLE},
    [HEARD_MEDIATION_NOT_HERE] = {"not_here", HEARD_ERROR_NOT_ADMITTED},
    [HEARD_MEDIATION_NOT_YET] = {"not_yet", HEARD_ERROR_WRONG_PHASE},
    [HEARD_MEDIATION_OVER] = {"over", HEARD_ERROR_WRONG_PHASE},
    [HEARD_MEDIATION_UNKNOWN] = {"unknown", HEARD_ERROR_NOT_FOUND},
    [HEARD_MEDIATION_STALE] = {"stale", HEARD_ERROR_CONFLICT},
    [HEARD_MEDIATION_ALREADY] = {"already", HEARD_ERROR_CONFLICT},
    [HEARD_MEDIATION_JOINT] = {"joint", HEARD_ERROR_CONFLICT},
    [HEARD_MEDIATION_NOT_RELEASED] = {"not_released", HEARD_ERROR_FORBIDDEN},
    [HEARD_MEDIATION_INCOMPLETE] = {"incomplete", HEARD_ERROR_CONFLICT},
    [HEARD_MEDIATION_NOT_ALLOWED] = {"not_allowed", HEARD_ERROR_CONFLICT},
    [HEARD_MEDIATION_TOO_LATE] = {"too_late", HEARD_ERROR_CONFLICT},
    [HEARD_MEDIATION_FULL] = {"full", HEARD_ERROR_TOO_MANY},
};

const char *heard_mediation_answer_name(HeardMediationAnswer answer)
{
    return answers[answer].name;
}

HeardError heard_mediation_answer_error(HeardMediationAnswer answer)
{
    return answers[answer].error;
}

static bool is_by(const HeardMediationPerson *person, By by)
{
    bool mediates = person->role == HEARD_ROLE_MEDIATOR;

    switch (by) {
    case BY_MEDIATOR:
        return mediates;
    case BY_PARTY:
        return heard_mediation_is_party(person->role, person->side);
    case BY_PRINCIPAL:
        return heard_mediation_is_principal(person->role, person->side);
    case BY_SIGNER:
        return mediates || heard_mediation_is_principal(person->role, person->side);
    case BY_WRITER:
        return mediates || heard_mediation_is_party(person->role, person->side);
    }
    return false;
}

/* ---- each act ---- */

static HeardMediationAnswer ask_answer(const HeardMediation *self, const HeardMediationSay *say)
{
    const HeardMediationParty *party = NULL;

    for (unsigned i = 0; i < self->party_count && !party; i++)
        party = strcmp(self->parties[i].of.id, say->by.id) == 0 ? &self->parties[i] : NULL;
    if (!party)
        return HEARD_MEDIATION_NO_RIGHT;
    if (say->subject == HEARD_MEDIATION_OF_MEDIATOR) {
        if (!self->disclosure)
            return HEARD_MEDIATION_NOT_YET;
        if (strcmp(self->disclosure_id, say->target) != 0)
            return HEARD_MEDIATION_STALE;
    }
    return party->words[say->subject] == say->word ? HEARD_MEDIATION_ALREADY : HEARD_MEDIATION_OK;
}

static HeardMediationAnswer ask_fact(const HeardMediation *self, const HeardMediationSay *say)
{
    const HeardMediationFact *fact = NULL;

    for (unsigned i = 0; i < self->fact_count && !fact; i++)
        fact = strcmp(self->facts[i].id, say->target) == 0 ? &self->facts[i] : NULL;
    if (!fact || fact->removed)
        return HEARD_MEDIATION_UNKNOWN;
    if (fact->version != say->version)
        return HEARD_MEDIATION_STALE;
    if (heard_mediation_is_joint(fact))
        return HEARD_MEDIATION_JOINT;
    if (say->act == HEARD_MEDIATION_FACT_ANSWER && fact->words[say->by.side] == say->word)
        return HEARD_MEDIATION_ALREADY;
    return HEARD_MEDIATION_OK;
}

static bool is_settled(const HeardMediationOffer *offer)
{
    return offer->withdrawn_ms || offer->word != HEARD_MEDIATION_OPEN || *offer->countered_by;
}

/* Counters meet an offer that the side sees and has not answered. */
static HeardMediationAnswer ask_make(const HeardMediation *self, const HeardMediationSay *say)
{
    const HeardMediationOffer *met;

    if ((unsigned)say->side >= HEARD_MEDIATION_SIDES ||
        (say->by.role != HEARD_ROLE_MEDIATOR && say->by.side != say->side))
        return HEARD_MEDIATION_NO_RIGHT;
    if (self->offer_count >= HEARD_MEDIATION_OFFERS_MAX)
        return HEARD_MEDIATION_FULL;
    if (!*say->target)
        return HEARD_MEDIATION_OK;
    met = heard_mediation_offer(self, say->target);
    if (!met || met->side == say->side || !met->carried_ms)
        return HEARD_MEDIATION_UNKNOWN;
    return is_settled(met) ? HEARD_MEDIATION_ALREADY : HEARD_MEDIATION_OK;
}

static HeardMediationAnswer ask_offer(const HeardMediation *self, const HeardMediationSay *say)
{
    const HeardMediationOffer *offer = heard_mediation_offer(self, say->target);
    unsigned viewer = heard_mediation_viewer(say->by.role, say->by.side);
    bool is_own;

    if (!offer || !heard_mediation_sees_offer(offer, viewer))
        return HEARD_MEDIATION_UNKNOWN;
    is_own = say->by.side == offer->side;
    if (say->act == HEARD_MEDIATION_OFFER_CARRY) {
        if (!offer->released_ms)
            return HEARD_MEDIATION_NOT_RELEASED;
        return offer->carried_ms || is_settled(offer) ? HEARD_MEDIATION_ALREADY
                                                      : HEARD_MEDIATION_OK;
    }
    if (is_own !=
        (say->act == HEARD_MEDIATION_OFFER_RELEASE || say->act == HEARD_MEDIATION_OFFER_WITHDRAW))
        return HEARD_MEDIATION_NO_RIGHT;
    if (is_settled(offer) || (say->act == HEARD_MEDIATION_OFFER_RELEASE && offer->released_ms))
        return HEARD_MEDIATION_ALREADY;
    return HEARD_MEDIATION_OK;
}

static HeardMediationAnswer ask_draft(const HeardMediation *self, const HeardMediationSay *say)
{
    if (say->version != self->draft.version)
        return HEARD_MEDIATION_STALE;
    if (say->act == HEARD_MEDIATION_FREEZE && heard_mediation_lacks(&self->draft))
        return HEARD_MEDIATION_INCOMPLETE;
    return HEARD_MEDIATION_OK;
}

static HeardMediationAnswer ask_sign(const HeardMediation *self, const HeardMediationSay *say)
{
    bool is_asked = say->by.role == HEARD_ROLE_MEDIATOR;

    for (unsigned i = 0; i < self->signer_count; i++)
        is_asked = is_asked || strcmp(self->signers[i], say->by.id) == 0;
    if (!is_asked)
        return HEARD_MEDIATION_NO_RIGHT;
    if (say->version != self->draft.version)
        return HEARD_MEDIATION_STALE;
    if (heard_mediation_has_signed(self, say->by.id))
        return HEARD_MEDIATION_ALREADY;
    return self->signature_count < HEARD_MEDIATION_SIGNATURES_MAX ? HEARD_MEDIATION_OK
                                                                  : HEARD_MEDIATION_FULL;
}

static HeardMediationAnswer ask_apply(const HeardMediation *self, const HeardMediationSay *say)
{
    if (!heard_mediation_may_apply(self, say->at_ms))
        return HEARD_MEDIATION_TOO_LATE;
    if (say->act == HEARD_MEDIATION_CHECK)
        return HEARD_MEDIATION_OK;
    if (!self->checked)
        return HEARD_MEDIATION_NOT_YET;
    for (unsigned i = 0; i < HEARD_MEDIATION_CHECK_COUNT; i++)
        if (self->checks[i])
            return HEARD_MEDIATION_NOT_ALLOWED;
    return self->applied_ms[say->by.side] ? HEARD_MEDIATION_ALREADY : HEARD_MEDIATION_OK;
}

static HeardMediationAnswer ask_act(const HeardMediation *self, const HeardMediationSay *say)
{
    switch (say->act) {
    case HEARD_MEDIATION_ANSWER:
        return ask_answer(self, say);
    case HEARD_MEDIATION_FACT_ADD:
        return self->fact_count < HEARD_MEDIATION_FACTS_MAX ? HEARD_MEDIATION_OK
                                                            : HEARD_MEDIATION_FULL;
    case HEARD_MEDIATION_FACT_CHANGE:
    case HEARD_MEDIATION_FACT_REMOVE:
    case HEARD_MEDIATION_FACT_ANSWER:
        return ask_fact(self, say);
    case HEARD_MEDIATION_OFFER_MAKE:
        return ask_make(self, say);
    case HEARD_MEDIATION_OFFER_RELEASE:
    case HEARD_MEDIATION_OFFER_CARRY:
    case HEARD_MEDIATION_OFFER_ANSWER:
    case HEARD_MEDIATION_OFFER_TALK:
    case HEARD_MEDIATION_OFFER_WITHDRAW:
        return ask_offer(self, say);
    case HEARD_MEDIATION_DRAFT_SET:
    case HEARD_MEDIATION_FREEZE:
        return ask_draft(self, say);
    case HEARD_MEDIATION_THAW:
        return self->signature_count ? HEARD_MEDIATION_OVER : HEARD_MEDIATION_OK;
    case HEARD_MEDIATION_SIGN:
        return ask_sign(self, say);
    case HEARD_MEDIATION_CHECK:
    case HEARD_MEDIATION_APPLY:
        return ask_apply(self, say);
    case HEARD_MEDIATION_DISCLOSE:
    case HEARD_MEDIATION_SEAL:
    case HEARD_MEDIATION_END:
    case HEARD_MEDIATION_ACT_COUNT:
        break;
    }
    return HEARD_MEDIATION_OK;
}

HeardMediationAnswer heard_mediation_ask(const HeardMediation *self, const HeardMediationSay *say)
{
    const Rule *rule = &rules[say->act];
    unsigned now = 1u << heard_mediation_state(self);

    if (!is_by(&say->by, rule->by))
        return HEARD_MEDIATION_NO_RIGHT;
    if (!say->by.is_here)
        return HEARD_MEDIATION_NOT_HERE;
    if (!(rule->states & now))
        return now < rule->states ? HEARD_MEDIATION_NOT_YET : HEARD_MEDIATION_OVER;
    if (self->entry_count >= HEARD_MEDIATION_ENTRIES_MAX)
        return HEARD_MEDIATION_FULL;
    return ask_act(self, say);
}
