/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Exhibits of a hearing: who may bring, see, show, contest and decide on them (domain.md 3.7,
 * 3.8 "show exhibit / share").
 *
 * An exhibit belongs to a side and is numbered there: 甲1 of the petitioner's, 乙1 of the
 * respondent's (B-1), 本1 of who holds the hearing (C-1). Until it is offered only its own side
 * and the desk (presiding, clerk, mediator) know of it. Showing it offers it. Closed evidence
 * stays with its side, the desk and the panel. A full permit (●) shows anything at any time; a
 * condition (○) one's own side's, while the phase or a grant opens one's screen.
 *
 * Ownership  Plain structs.
 * Threads    Pure.
 * Errors     Answers; an unknown name is false.
 */

#include "server/base/error.h"
#include "server/hearing/role.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_EXHIBITS_MAX = 200, /* in a hearing */
    HEARD_EXHIBITS_OF_PERSON_MAX = 50,
    HEARD_EXHIBIT_OBJECTIONS_MAX = 30, /* to one */
    HEARD_EXHIBIT_PAGES_MAX = 9999,
    HEARD_EXHIBIT_TITLE_CHARS_MAX = 100,
    HEARD_EXHIBIT_NOTE_CHARS_MAX = 500,
    HEARD_EXHIBIT_NUMBER_SIZE = 16,
};
#define HEARD_EXHIBIT_HEARING_BYTES_MAX (INT64_C(2) << 30)
#define HEARD_EXHIBIT_PERSON_BYTES_MAX  (INT64_C(512) << 20)

typedef enum {
    HEARD_EXHIBIT_OF_PETITIONER,
    HEARD_EXHIBIT_OF_RESPONDENT,
    HEARD_EXHIBIT_OF_ORGANISER,
    HEARD_EXHIBIT_SIDE_COUNT
} HeardExhibitSide;

typedef enum {
    HEARD_EXHIBIT_UPLOADED,
    HEARD_EXHIBIT_OFFERED,
    HEARD_EXHIBIT_PRESENTED,
    HEARD_EXHIBIT_ADMITTED,
    HEARD_EXHIBIT_NOT_ADMITTED,
    HEARD_EXHIBIT_WITHDRAWN,
    HEARD_EXHIBIT_STATE_COUNT
} HeardExhibitState;

typedef enum {
    HEARD_OBJECTION_GENUINE,
    HEARD_OBJECTION_LAWFUL,
    HEARD_OBJECTION_RELEVANT,
    HEARD_OBJECTION_COUNT
} HeardObjection;

typedef enum {
    HEARD_EXHIBIT_OFFER,
    HEARD_EXHIBIT_PRESENT,
    HEARD_EXHIBIT_WITHDRAW,
    HEARD_EXHIBIT_OBJECT,
    HEARD_EXHIBIT_ADMIT,
    HEARD_EXHIBIT_REFUSE, /* not admitted */
    HEARD_EXHIBIT_VERB_COUNT
} HeardExhibitVerb;

typedef struct {
    HeardExhibitSide side;
    HeardExhibitState state;
    bool is_closed; /* closed evidence */
} HeardExhibit;

/* Somebody of the hearing, as far as it matters here. */
typedef struct {
    HeardRole role;
    HeardSide side;
    bool is_known;   /* identified at this hearing, or on duty */
    bool is_in_room; /* admitted */
} HeardExhibitPerson;

typedef enum {
    HEARD_EXHIBIT_OK,
    HEARD_EXHIBIT_NO_RIGHT,
    HEARD_EXHIBIT_NOT_OWN,     /* only of one's own side */
    HEARD_EXHIBIT_IS_OWN,      /* nobody objects to one's own */
    HEARD_EXHIBIT_NOT_OFFERED, /* it was neither offered nor shown yet */
    HEARD_EXHIBIT_NOT_SHOWN,   /* it was not presented yet; or nothing is shown now */
    HEARD_EXHIBIT_DECIDED,
    HEARD_EXHIBIT_GONE, /* withdrawn */
    HEARD_EXHIBIT_ALREADY,
    HEARD_EXHIBIT_NOT_LIVE,
    HEARD_EXHIBIT_NOT_NOW, /* the phase does not open it, or it was taken away */
    HEARD_EXHIBIT_BUSY,    /* somebody else shows something */
    HEARD_EXHIBIT_ANSWER_COUNT
} HeardExhibitAnswer;

const char *heard_exhibit_side_name(HeardExhibitSide side);
bool heard_exhibit_side_from_name(const char *name, HeardExhibitSide *ret_side);
const char *heard_exhibit_state_name(HeardExhibitState state);
bool heard_exhibit_state_from_name(const char *name, HeardExhibitState *ret_state);
const char *heard_objection_name(HeardObjection ground);
bool heard_objection_from_name(const char *name, HeardObjection *ret_ground);
const char *heard_exhibit_verb_name(HeardExhibitVerb verb);
bool heard_exhibit_verb_from_name(const char *name, HeardExhibitVerb *ret_verb);

/* Where what this person brings is numbered. */
HeardExhibitSide heard_exhibit_side_of(const HeardExhibitPerson *person);
/* "甲1" as it stands in the record. */
void heard_exhibit_number(HeardExhibitSide side, unsigned number,
                          char ret_text[static HEARD_EXHIBIT_NUMBER_SIZE]);

HeardExhibitAnswer heard_exhibit_may_upload(const HeardExhibitPerson *person,
                                            HeardExhibitSide side);
bool heard_exhibit_sees(const HeardExhibit *self, const HeardExhibitPerson *person);
/* PRESENT: as far as the exhibit and the seat tell; heard_exhibit_may_show() knows the room. */
HeardExhibitAnswer heard_exhibit_ask(const HeardExhibit *self, const HeardExhibitPerson *person,
                                     HeardExhibitVerb verb);
/* The state after a verb that was answered OK. */
HeardExhibitState heard_exhibit_after(HeardExhibitState state, HeardExhibitVerb verb);

/* What the room is like when somebody wants to show, turn a page or end it. */
typedef struct {
    bool is_live;
    bool screen_open; /* the person's screen: by the phase or a grant, and not taken away */
    bool is_shown;    /* something is */
    bool is_own;      /* by this person */
} HeardExhibitStage;

HeardExhibitAnswer heard_exhibit_may_show(const HeardExhibit *self,
                                          const HeardExhibitPerson *person,
                                          const HeardExhibitStage *stage);
/* The page, the pointer, the end. */
HeardExhibitAnswer heard_exhibit_may_turn(const HeardExhibitPerson *person,
                                          const HeardExhibitStage *stage);

HeardError heard_exhibit_answer_error(HeardExhibitAnswer answer);
const char *heard_exhibit_answer_text(HeardExhibitAnswer answer);
