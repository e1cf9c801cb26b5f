/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * How long a recording is kept, and who may have it destroyed (domain.md 2.6, 3.7, 3.8).
 *
 * A class follows from the kind of hearing; its term runs from the closing of the case, or from
 * the sealing where nothing was closed. Destroyed is only what is sealed, past its term and not
 * held, when one person asked with a reason and another one confirms. The archivist does all of
 * it; a condition (○, the security admin) allows only what a second person does: confirm, or
 * send back.
 *
 * What is appraised as permanent one archivist decides with a reason, as with a hold: it keeps too
 * much at worst. That its term runs again opens a way to destruction, so two persons do it.
 *
 * Units      *_ms UTC. A term is calendar months and days; both 0: for ever.
 * Ownership  Plain structs; texts are borrowed.
 * Threads    Pure.
 * Errors     Answers; a term that can't be read is false.
 */

#include "server/base/error.h"
#include "server/hearing/role.h"

#include <stdbool.h>
#include <stdint.h>

#define HEARD_KEEP_FOREVER INT64_MAX

typedef enum {
    HEARD_KEEP_UNFILED,   /* no case behind it */
    HEARD_KEEP_TRAINING,  /* for replay */
    HEARD_KEEP_RECEPTION, /* receptions of a case */
    HEARD_KEEP_HEARING,   /* hearings, mediations and what they agreed on */
    HEARD_KEEP_PERMANENT, /* by a person's decision only */
    HEARD_KEEP_CLASS_COUNT
} HeardKeepClass;

typedef struct {
    unsigned months, days;
} HeardKeepTerm;

typedef struct {
    HeardKeepTerm terms[HEARD_KEEP_CLASS_COUNT];
} HeardKeepPolicy;

HeardKeepPolicy heard_keep_policy_default(void);
/* term: "30y", "6m", "90d", "permanent"; at least a day. The last class takes no other. */
bool heard_keep_policy_set(HeardKeepPolicy *self, HeardKeepClass of, const char *term);

const char *heard_keep_class_name(HeardKeepClass of);
bool heard_keep_class_from_name(const char *name, HeardKeepClass *ret_class);
/* The rule that the class rests on, in Chinese, for documents. */
const char *heard_keep_class_basis(HeardKeepClass of);
/* kind: of the hearing, by its wire name. */
HeardKeepClass heard_keep_class_of(const char *kind, bool has_case);

/* The same day of a later month, or that month's last: 31 August and six months is 28 February. */
int64_t heard_keep_until_ms(HeardKeepTerm term, int64_t from_ms);

typedef enum {
    HEARD_ORDER_NONE,      /* or taken back */
    HEARD_ORDER_REQUESTED, /* by one person */
    HEARD_ORDER_CONFIRMED, /* by another; the work may be under way */
    HEARD_ORDER_DONE,
} HeardOrderState;

/* What is known of one recording when somebody asks. */
typedef struct {
    bool is_sealed;
    bool is_busy; /* work on its files waits or runs */
    bool is_held;
    int64_t until_ms;
    HeardOrderState order;
    const char *requested_by; /* account, of a REQUESTED order */
    bool is_permanent;        /* somebody decided so; until_ms says it, too */
    const char *end_asked_by; /* account that asks for the end of that; NULL: nobody */
} HeardKeeping;

typedef enum {
    HEARD_KEEP_HOLD, /* no destruction until lifted */
    HEARD_KEEP_LIFT,
    HEARD_KEEP_REQUEST,
    HEARD_KEEP_CONFIRM,
    HEARD_KEEP_WITHDRAW, /* one's own request, or another's: sent back */
    HEARD_KEEP_FOR_EVER, /* keep it as permanent */
    HEARD_KEEP_ASK_END,  /* that it is kept no longer than its class says */
    HEARD_KEEP_CONFIRM_END,
    HEARD_KEEP_WITHDRAW_END,
    HEARD_KEEP_VERB_COUNT
} HeardKeepVerb;

typedef enum {
    HEARD_KEEP_OK,
    HEARD_KEEP_NO_RIGHT,
    HEARD_KEEP_NOT_SEALED,
    HEARD_KEEP_BUSY,
    HEARD_KEEP_NOT_DUE,
    HEARD_KEEP_HELD,
    HEARD_KEEP_NOT_HELD,
    HEARD_KEEP_ASKED_ALREADY,
    HEARD_KEEP_NOT_ASKED,
    HEARD_KEEP_SAME_PERSON,
    HEARD_KEEP_ORDERED, /* confirmed: nothing stops it any more */
    HEARD_KEEP_PERMANENT_ALREADY,
    HEARD_KEEP_NOT_PERMANENT,
    HEARD_KEEP_END_ASKED_ALREADY,
    HEARD_KEEP_END_NOT_ASKED,
    HEARD_KEEP_ANSWER_COUNT
} HeardKeepAnswer;

HeardKeepAnswer heard_keep_ask(const HeardKeeping *self, HeardKeepVerb verb, HeardPermit permit,
                               const char *account, int64_t wall_ms);

/* For a refusal: its code, and a sentence. */
HeardError heard_keep_answer_error(HeardKeepAnswer answer);
const char *heard_keep_answer_text(HeardKeepAnswer answer);
