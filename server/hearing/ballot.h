/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The deliberation of a panel (评议): who puts a question, votes, writes, seals and releases, and
 * what a count means. One question is open at a time; who votes on it is fixed when it is put.
 *
 * What happens here stays in the room: heard_ballot_view() says how much a person may ever learn.
 * A result is arithmetic; what follows from it people decide.
 *
 * Threads  Pure; any thread.
 * Errors   A refusal is an answer.
 */

#include "server/base/error.h"
#include "server/hearing/hearing.h"

enum {
    HEARD_BALLOTS_MAX = 20, /* of a hearing, with those that were withdrawn */
    HEARD_BALLOT_OPTIONS_MIN = 2,
    HEARD_BALLOT_OPTIONS_MAX = 8,
    HEARD_BALLOT_VOTERS_MAX = 16,
    HEARD_BALLOT_QUESTION_CHARS_MAX = 200,
    HEARD_BALLOT_OPTION_CHARS_MAX = 60,
    HEARD_BALLOT_OPINION_CHARS_MAX = 8000,
    HEARD_BALLOT_OPINIONS_MAX = 200, /* versions of a hearing's */
    HEARD_BALLOT_DISSENT_CHARS_MAX = 4000,
    HEARD_BALLOT_ABSTAIN = -1, /* in place of an option's index */
    HEARD_BALLOT_URN_SIZE = 2 * (HEARD_BALLOT_OPTIONS_MAX + 1) + 1,
};

typedef enum {
    HEARD_BALLOT_OPEN,
    HEARD_BALLOT_CLOSED,
    HEARD_BALLOT_WITHDRAWN,
    HEARD_BALLOT_VOID, /* the panel changed while it was open */
    HEARD_BALLOT_STATE_COUNT
} HeardBallotState;

typedef enum {
    HEARD_BALLOT_PUT,
    HEARD_BALLOT_VOTE,
    HEARD_BALLOT_CLOSE,
    HEARD_BALLOT_WITHDRAW,
    HEARD_BALLOT_DISSENT,
    HEARD_BALLOT_WRITE, /* the opinion */
    HEARD_BALLOT_CONFIRM,
    HEARD_BALLOT_SEAL,
    HEARD_BALLOT_RELEASE,
    HEARD_BALLOT_ACT_COUNT
} HeardBallotAct;

typedef struct {
    HeardRole role;
    bool has_seat;
    bool is_inside;  /* the deliberation is open, and the person is in it */
    bool took_part;  /* came to the hearing */
    bool is_removed; /* sent out for good, as who is recused */
} HeardBallotPerson;

typedef struct {
    const HeardProfile *profile;
    HeardState hearing;
    unsigned phase;
    bool is_asking; /* a question is open */
    bool is_full;   /* HEARD_BALLOTS_MAX */
    bool has_opinion;
    bool is_agreed; /* each panelist who was there confirmed the opinion or dissents */
    bool is_sealed;
    bool is_released;
} HeardBallotMoment;

typedef enum {
    HEARD_BALLOT_OK,
    HEARD_BALLOT_WRONG_ROLE,
    HEARD_BALLOT_NONE_HERE, /* this kind of hearing has no deliberation */
    HEARD_BALLOT_NOT_INSIDE,
    HEARD_BALLOT_IS_ASKING,
    HEARD_BALLOT_NOT_ASKING,
    HEARD_BALLOT_FULL,
    HEARD_BALLOT_NO_OPINION,
    HEARD_BALLOT_NOT_AGREED, /* needs a note that says why */
    HEARD_BALLOT_SEALED,
    HEARD_BALLOT_NOT_SEALED,
    HEARD_BALLOT_RELEASED,
    HEARD_BALLOT_NOT_ANNOUNCED, /* the phase after the deliberation has not come */
    HEARD_BALLOT_PANEL_SMALL,   /* fewer than the profile's panel_min could vote */
    HEARD_BALLOT_NOT_VOTER,
    HEARD_BALLOT_VOTED,
    HEARD_BALLOT_WRONG_SECRECY, /* the profile leaves no such choice */
    HEARD_BALLOT_STALE,         /* another version of the opinion */
    HEARD_BALLOT_ANSWER_COUNT
} HeardBallotAnswer;

/* After the end of the hearing the panel and the presiding officer vote, write and seal at a
 * distance, each at a page of his own. */
bool heard_ballot_goes_on(const HeardBallotMoment *moment, const HeardBallotPerson *person);
/* Never looks at the act's arguments, but for has_note: of a seal. */
HeardBallotAnswer heard_ballot_ask(const HeardBallotMoment *moment, const HeardBallotPerson *person,
                                   HeardBallotAct act, bool has_note);
const char *heard_ballot_answer_name(HeardBallotAnswer answer);
HeardError heard_ballot_answer_error(HeardBallotAnswer answer);

typedef enum {
    HEARD_BALLOT_SEES_RESULT, /* what was released; nothing before */
    HEARD_BALLOT_SEES_SEAL,   /* and that it was sealed, with the hash: who reads the audit log */
    HEARD_BALLOT_SEES_ALL,
} HeardBallotView;

HeardBallotView heard_ballot_view(const HeardBallotMoment *moment, const HeardBallotPerson *person);

/* Does this role have a vote? The presiding officer only where the profile says so. */
bool heard_ballot_is_voter(const HeardProfile *profile, HeardRole role);
/* Is a question of this kind, put to so many people, one that the profile allows? */
HeardBallotAnswer heard_ballot_may_put(const HeardProfile *profile, bool secret, unsigned voters);

/* ---- counting ---- */

typedef struct {
    unsigned option_count;
    unsigned votes[HEARD_BALLOT_OPTIONS_MAX];
    unsigned abstained;
    unsigned voters; /* who could vote, whether or not they did */
} HeardBallotCount;

typedef enum {
    HEARD_BALLOT_RESULT_NONE,     /* nobody voted for anything */
    HEARD_BALLOT_RESULT_MAJORITY, /* more than half of the voters */
    HEARD_BALLOT_RESULT_MOST,     /* more than any other, but no majority */
    HEARD_BALLOT_RESULT_TIE,
    HEARD_BALLOT_RESULT_COUNT
} HeardBallotResult;

unsigned heard_ballot_given(const HeardBallotCount *count);
/* option: an index, or HEARD_BALLOT_ABSTAIN. False: there is none such, or all have voted. */
bool heard_ballot_add(HeardBallotCount *count, int option) G_GNUC_WARN_UNUSED_RESULT;
/* ret_option: of a majority or most; else HEARD_BALLOT_ABSTAIN. */
HeardBallotResult heard_ballot_result(const HeardBallotCount *count, int *ret_option);

/* The votes as a text of one length whatever they are, so that its cipher text tells nothing. */
void heard_ballot_urn_write(const HeardBallotCount *count,
                            char ret_urn[static HEARD_BALLOT_URN_SIZE]);
/* False: none of ours, or not of so many options. Keeps option_count and voters. */
bool heard_ballot_urn_read(const char *urn, HeardBallotCount *count) G_GNUC_WARN_UNUSED_RESULT;

const char *heard_ballot_state_name(HeardBallotState state);
bool heard_ballot_state_from_name(const char *name, HeardBallotState *ret_state);
const char *heard_ballot_result_name(HeardBallotResult result);
const char *heard_ballot_act_name(HeardBallotAct act);
