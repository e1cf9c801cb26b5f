/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The course of a mediation: disclosure and consents, undisputed facts, offers, the agreement, its
 * end (People's Mediation Law; Online Mediation Rules). What was said stands in a list of entries
 * that only grows; the state is what follows from them, and nothing else is kept.
 *
 * The other party never learns of an offer that was not released by its side and then carried by
 * the mediator: neither its words nor that there is one. heard_mediation_audience() and
 * heard_mediation_sees_offer() are the only places that decide it.
 *
 * Units      *_ms UTC. amount_fen: hundredths of a yuan.
 * Ownership  Texts are borrowed from the entries' JSON, which outlives the state.
 * Threads    Pure; any thread.
 * Errors     A refusal is an answer. Wrong fields: HEARD_ERROR_BAD_FIELD naming one.
 */

#include "server/base/error.h"
#include "server/base/json.h"
#include "server/hearing/role.h"

enum {
    HEARD_MEDIATION_ENTRIES_MAX = 2000, /* of a hearing */
    HEARD_MEDIATION_SIDES = 2,          /* HEARD_SIDE_PETITIONER, HEARD_SIDE_RESPONDENT */
    HEARD_MEDIATION_PARTIES_MAX = 16,
    HEARD_MEDIATION_FACTS_MAX = 50, /* with those that were taken out */
    HEARD_MEDIATION_OFFERS_MAX = 100,
    HEARD_MEDIATION_TERMS_MAX = 20,
    HEARD_MEDIATION_SIGNATURES_MAX = HEARD_MEDIATION_PARTIES_MAX + 4, /* with the mediators */
    HEARD_MEDIATION_TEXT_CHARS_MAX = 2000,
    HEARD_MEDIATION_WORD_CHARS_MAX = 200,
    HEARD_MEDIATION_CODE_CHARS_MAX = 40,
    HEARD_MEDIATION_PERIOD_DAYS = 30,  /* Online Mediation Rules Art. 24 */
    HEARD_MEDIATION_CONFIRM_DAYS = 30, /* Mediation Law Art. 33 */
};
#define HEARD_MEDIATION_AMOUNT_FEN_MAX INT64_C(10000000000000)

typedef enum {
    HEARD_MEDIATION_DISCLOSE,
    HEARD_MEDIATION_ANSWER, /* to mediate at all; with this mediator */
    HEARD_MEDIATION_FACT_ADD,
    HEARD_MEDIATION_FACT_CHANGE,
    HEARD_MEDIATION_FACT_REMOVE,
    HEARD_MEDIATION_FACT_ANSWER,
    HEARD_MEDIATION_OFFER_MAKE,
    HEARD_MEDIATION_OFFER_RELEASE, /* the mediator may carry it from now on */
    HEARD_MEDIATION_OFFER_CARRY,   /* now the other side sees it */
    HEARD_MEDIATION_OFFER_ANSWER,
    HEARD_MEDIATION_OFFER_TALK, /* wants to talk about it first */
    HEARD_MEDIATION_OFFER_WITHDRAW,
    HEARD_MEDIATION_DRAFT_SET,
    HEARD_MEDIATION_FREEZE,
    HEARD_MEDIATION_THAW,
    HEARD_MEDIATION_SIGN,
    HEARD_MEDIATION_SEAL,  /* the committee's seal was put on, noted */
    HEARD_MEDIATION_CHECK, /* may the court confirm it? */
    HEARD_MEDIATION_APPLY, /* one side joins the application */
    HEARD_MEDIATION_END,
    HEARD_MEDIATION_ACT_COUNT
} HeardMediationAct;

/* domain.md 3.7. */
typedef enum {
    HEARD_MEDIATION_PROPOSED,
    HEARD_MEDIATION_CONSENT_PENDING, /* the disclosure was told */
    HEARD_MEDIATION_REFUSED,         /* a party will not: nothing goes on (Law Art. 17, 23) */
    HEARD_MEDIATION_ACCEPTED,        /* all will mediate, not yet all with this mediator */
    HEARD_MEDIATION_IN_MEDIATION,
    HEARD_MEDIATION_SIGNING,
    HEARD_MEDIATION_EFFECTIVE,
    HEARD_MEDIATION_CONFIRMATION_APPLIED,
    HEARD_MEDIATION_ENDED,
    HEARD_MEDIATION_STATE_COUNT
} HeardMediationState;

typedef enum {
    HEARD_MEDIATION_OF_MEDIATOR,
    HEARD_MEDIATION_OF_MEDIATION,
    HEARD_MEDIATION_SUBJECT_COUNT
} HeardMediationSubject;

/* Of a consent given or refused, of a fact confirmed or disputed, of an offer accepted or
 * declined: each act takes its two words. */
typedef enum { HEARD_MEDIATION_OPEN, HEARD_MEDIATION_YES, HEARD_MEDIATION_NO } HeardMediationWord;

/* Online Mediation Rules Art. 25. The first is entered by the last signature alone. */
typedef enum {
    HEARD_MEDIATION_END_AGREED,
    HEARD_MEDIATION_END_SETTLED,     /* among themselves; the application was taken back */
    HEARD_MEDIATION_END_UNREACHABLE, /* a party, within the period */
    HEARD_MEDIATION_END_UNWILLING,   /* a party says so */
    HEARD_MEDIATION_END_APART,       /* too far from each other */
    HEARD_MEDIATION_END_PERIOD_OVER, /* and no consent to extend it */
    HEARD_MEDIATION_END_NOT_SIGNED,  /* a party refuses to sign the agreement */
    HEARD_MEDIATION_END_OTHER,       /* something else makes it impossible */
    HEARD_MEDIATION_END_COUNT
} HeardMediationEnd;

typedef enum {
    HEARD_MEDIATION_FORM_WRITTEN,
    HEARD_MEDIATION_FORM_ORAL, /* oral_recorded: the mediator writes down what was agreed */
    HEARD_MEDIATION_FORM_COUNT
} HeardMediationForm;

/* What no court confirms; each one false, or there is no application. */
typedef enum {
    HEARD_MEDIATION_CHECK_STATUS,  /* personal status: marriage, parentage, adoption */
    HEARD_MEDIATION_CHECK_UNCLEAR, /* cannot be performed as it is written */
    HEARD_MEDIATION_CHECK_LAW,     /* against mandatory law */
    HEARD_MEDIATION_CHECK_OTHERS,  /* harms the state, the public or third parties */
    HEARD_MEDIATION_CHECK_COUNT
} HeardMediationCheck;

/* What an agreement has to contain (Law Art. 29). */
typedef enum {
    HEARD_MEDIATION_LACKS_PARTIES,
    HEARD_MEDIATION_LACKS_FACTS,
    HEARD_MEDIATION_LACKS_DISPUTES,
    HEARD_MEDIATION_LACKS_RESPONSIBILITIES,
    HEARD_MEDIATION_LACKS_TERMS,
    HEARD_MEDIATION_LACKS_HOW,  /* of at least one term */
    HEARD_MEDIATION_LACKS_WHEN, /* of at least one term */
    HEARD_MEDIATION_LACK_COUNT
} HeardMediationLack;

typedef struct {
    char id[40];
    HeardRole role;
    HeardSide side;
    bool is_here; /* admitted to the hearing, or signs after it */
} HeardMediationPerson;

typedef struct {
    const char *what, *how, *by_when;
    int64_t amount_fen; /* -1: not about money */
} HeardMediationTerm;

typedef struct {
    int64_t version; /* 0: there is none */
    HeardMediationForm form;
    const char *parties, *facts, *disputes, *responsibilities;
    HeardMediationTerm terms[HEARD_MEDIATION_TERMS_MAX];
    unsigned term_count;
    int64_t changed_ms;
} HeardMediationDraft;

/* One act with its arguments; which are set the act says (mediation_say.c). */
typedef struct {
    HeardMediationAct act;
    HeardMediationPerson by;
    const char *id; /* of the entry; it names the fact or offer that it makes */
    int64_t at_ms;
    const char *target; /* fact, offer or disclosure; "": none */
    int64_t version;
    const char *text;
    HeardSide side; /* of an offer */
    HeardMediationSubject subject;
    HeardMediationWord word;
    HeardMediationTerm term;
    HeardMediationDraft draft;
    HeardMediationEnd end;
    bool checks[HEARD_MEDIATION_CHECK_COUNT];
    const char *signers[HEARD_MEDIATION_PARTIES_MAX]; /* of what is frozen: by the server */
    unsigned signer_count;
} HeardMediationSay;

typedef struct {
    const char *id, *text;
    unsigned number;
    int64_t version, changed_ms;
    bool removed;
    HeardMediationWord words[HEARD_MEDIATION_SIDES]; /* on this version */
} HeardMediationFact;

typedef struct {
    const char *id;
    HeardSide side;
    bool by_mediator; /* wrote it for the side */
    HeardMediationTerm term;
    const char *counters;                     /* an offer of the other side; "": none */
    unsigned round;                           /* in the order of being carried; 0: not carried */
    int64_t made_ms, released_ms, carried_ms; /* 0: not yet */
    int64_t answered_ms, talk_ms, withdrawn_ms;
    HeardMediationWord word;
    const char *note, *talk_note; /* for the mediator and the answering side alone */
    const char *countered_by;     /* a carried offer; "": none */
} HeardMediationOffer;

typedef struct {
    HeardMediationPerson of;
    HeardMediationWord words[HEARD_MEDIATION_SUBJECT_COUNT];
    int64_t at_ms[HEARD_MEDIATION_SUBJECT_COUNT];
} HeardMediationParty;

typedef struct {
    HeardMediationPerson by;
    const char *text; /* the id of the signature, where there is one */
    int64_t at_ms;
} HeardMediationSignature;

typedef struct {
    unsigned entry_count;
    const char *disclosure_id, *disclosure; /* NULL: not told yet */
    int64_t disclosed_ms;
    HeardMediationParty parties[HEARD_MEDIATION_PARTIES_MAX]; /* those who must consent and sign */
    unsigned party_count;
    int64_t started_ms; /* when all had accepted; 0: not yet */
    HeardMediationFact facts[HEARD_MEDIATION_FACTS_MAX];
    unsigned fact_count;
    HeardMediationOffer offers[HEARD_MEDIATION_OFFERS_MAX];
    unsigned offer_count, round_count;
    HeardMediationDraft draft;
    int64_t frozen_ms;                                /* 0: it may change */
    const char *signers[HEARD_MEDIATION_PARTIES_MAX]; /* the parties when it was frozen */
    unsigned signer_count;
    HeardMediationSignature signatures[HEARD_MEDIATION_SIGNATURES_MAX];
    unsigned signature_count;
    bool mediator_signed;
    const char *seal; /* NULL: not noted */
    int64_t sealed_ms;
    int64_t effective_ms; /* the last signature */
    bool checked, checks[HEARD_MEDIATION_CHECK_COUNT];
    const char *court;
    int64_t applied_ms[HEARD_MEDIATION_SIDES];
    HeardMediationEnd end;
    const char *end_note;
    int64_t ended_ms; /* 0: it goes on */
} HeardMediation;

typedef enum {
    HEARD_MEDIATION_OK,
    HEARD_MEDIATION_NO_RIGHT,
    HEARD_MEDIATION_NOT_HERE,
    HEARD_MEDIATION_NOT_YET, /* consents are missing; nothing is frozen; not effective */
    HEARD_MEDIATION_OVER,    /* ended, or frozen, or in effect */
    HEARD_MEDIATION_UNKNOWN, /* fact or offer; also one that this person may not know of */
    HEARD_MEDIATION_STALE,   /* another version by now */
    HEARD_MEDIATION_ALREADY,
    HEARD_MEDIATION_JOINT,        /* both confirmed it: it stays as it is */
    HEARD_MEDIATION_NOT_RELEASED, /* by its side */
    HEARD_MEDIATION_INCOMPLETE,   /* the draft lacks what the law asks for */
    HEARD_MEDIATION_NOT_ALLOWED,  /* a court does not confirm such a one */
    HEARD_MEDIATION_TOO_LATE,     /* the thirty days are over */
    HEARD_MEDIATION_FULL,
    HEARD_MEDIATION_ANSWER_COUNT
} HeardMediationAnswer;

/* Who learns of something: a mask. */
enum {
    HEARD_MEDIATION_TO_MEDIATOR = 1 << 0,
    HEARD_MEDIATION_TO_PETITIONER = 1 << 1,
    HEARD_MEDIATION_TO_RESPONDENT = 1 << 2,
    HEARD_MEDIATION_TO_FILE = 1 << 3, /* clerk, and who reads the file later: never an offer */
    HEARD_MEDIATION_TO_ALL = (1 << 4) - 1,
};

/* ---- what is said ---- */

/* act, and its fields; by, id and at_ms stay as the caller set them. */
bool heard_mediation_read(const json_t *body, HeardMediationSay *ret_say,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The members that the act has, for the entry; the caller owns it. */
json_t *heard_mediation_entry(const json_t *body, HeardMediationAct act);

const char *heard_mediation_act_name(HeardMediationAct act);
const char *heard_mediation_end_name(HeardMediationEnd end);
const char *heard_mediation_form_name(HeardMediationForm form);
const char *heard_mediation_check_name(HeardMediationCheck check);
/* "given" or "refused", "confirmed" or "disputed", "accepted" or "declined"; "none". */
const char *heard_mediation_word_name(HeardMediationAct act, HeardMediationWord word);

/* ---- the course ---- */

void heard_mediation_init(HeardMediation *self);
/* A party in person (no agent): its consent and signature are needed. Before the entries. */
void heard_mediation_add_party(HeardMediation *self, const HeardMediationPerson *person);
HeardMediationAnswer heard_mediation_ask(const HeardMediation *self, const HeardMediationSay *say);
/* What was answered OK, or comes from the store. */
void heard_mediation_take(HeardMediation *self, const HeardMediationSay *say);

HeardMediationState heard_mediation_state(const HeardMediation *self);
/* All consented and accepted the mediator, whatever came after: mediator_opening may be left. */
bool heard_mediation_is_agreed(const HeardMediation *self);
bool heard_mediation_is_joint(const HeardMediationFact *fact);
unsigned
heard_mediation_lacks(const HeardMediationDraft *draft); /* mask of 1 << HeardMediationLack */
bool heard_mediation_has_signed(const HeardMediation *self, const char *person_id);
bool heard_mediation_may_apply(const HeardMediation *self, int64_t wall_ms);
/* "2026-12-28": the last of so many days after at_ms; the first one is not counted. In China. */
void heard_mediation_last_day(int64_t at_ms, unsigned days, char ret_date[static 11]);

const HeardMediationOffer *heard_mediation_offer(const HeardMediation *self, const char *id);
/* Is this one of whom a consent and a signature are needed: a party, not its agent? */
bool heard_mediation_is_principal(HeardRole role, HeardSide side);
bool heard_mediation_is_party(HeardRole role, HeardSide side);
/* One bit of HEARD_MEDIATION_TO_*, or 0: nothing of it is for this person. */
unsigned heard_mediation_viewer(HeardRole role, HeardSide side);
bool heard_mediation_sees_offer(const HeardMediationOffer *offer, unsigned viewer);
/* Who sees another picture after this was taken. */
unsigned heard_mediation_audience(const HeardMediation *self, const HeardMediationSay *say);

const char *heard_mediation_state_name(HeardMediationState state);
const char *heard_mediation_lack_name(HeardMediationLack lack);
const char *heard_mediation_offer_state(const HeardMediationOffer *offer);
const char *heard_mediation_answer_name(HeardMediationAnswer answer);
HeardError heard_mediation_answer_error(HeardMediationAnswer answer);
