/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/ballot.h"

#include <glib.h>
#include <string.h>

static const char *const states[HEARD_BALLOT_STATE_COUNT] = {
    [HEARD_BALLOT_OPEN] = "open",
    [HEARD_BALLOT_CLOSED] = "closed",
    [HEARD_BALLOT_WITHDRAWN] = "withdrawn",
    [HEARD_BALLOT_VOID] = "void",
};

static const char *const results[HEARD_BALLOT_RESULT_COUNT] = {
    [HEARD_BALLOT_RESULT_NONE] = "none",
    [HEARD_BALLOT_RESULT_MAJORITY] = "majority",
    [HEARD_BALLOT_RESULT_MOST] = "most",
    [HEARD_BALLOT_RESULT_TIE] = "tie",
};

static const char *const acts[HEARD_BALLOT_ACT_COUNT] = {
    [HEARD_BALLOT_PUT] = "put",         [HEARD_BALLOT_VOTE] = "vote",
    [HEARD_BALLOT_CLOSE] = "close",     [HEARD_BALLOT_WITHDRAW] = "withdraw",
    [HEARD_BALLOT_DISSENT] = "dissent", [HEARD_BALLOT_WRITE] = "write",
    [HEARD_BALLOT_CONFIRM] = "confirm", [HEARD_BALLOT_SEAL] = "seal",
    [HEARD_BALLOT_RELEASE] = "release",
};

typedef struct {
    const char *name;
    HeardError error;
} AnswerRow;

static const AnswerRow answers[HEARD_BALLOT_ANSWER_COUNT] = {
    [HEARD_BALLOT_OK] = {"ok", HEARD_ERROR_INTERNAL},
    [HEARD_BALLOT_WRONG_ROLE] = {"wrong_role", HEARD_ERROR_WRONG_ROLE},
    [HEARD_BALLOT_NONE_HERE] = {"no_deliberation", HEARD_ERROR_WRONG_PHASE},
    [HEARD_BALLOT_NOT_INSIDE] = {"not_in_room", HEARD_ERROR_WRONG_PHASE},
    [HEARD_BALLOT_IS_ASKING] = {"question_open", HEARD_ERROR_CONFLICT},
    [HEARD_BALLOT_NOT_ASKING] = {"no_question_open", HEARD_ERROR_CONFLICT},
    [HEARD_BALLOT_FULL] = {"too_many_questions", HEARD_ERROR_TOO_MANY},
    [HEARD_BALLOT_NO_OPINION] = {"opinion_missing", HEARD_ERROR_CONFLICT},
    [HEARD_BALLOT_NOT_AGREED] = {"confirmation_missing", HEARD_ERROR_CONFLICT},
    [HEARD_BALLOT_SEALED] = {"sealed", HEARD_ERROR_CONFLICT},
    [HEARD_BALLOT_NOT_SEALED] = {"not_sealed", HEARD_ERROR_CONFLICT},
    [HEARD_BALLOT_RELEASED] = {"released", HEARD_ERROR_CONFLICT},
    [HEARD_BALLOT_NOT_ANNOUNCED] = {"not_yet_announced", HEARD_ERROR_WRONG_PHASE},
    [HEARD_BALLOT_PANEL_SMALL] = {"panel_incomplete", HEARD_ERROR_WRONG_PHASE},
    [HEARD_BALLOT_NOT_VOTER] = {"not_a_voter", HEARD_ERROR_WRONG_ROLE},
    [HEARD_BALLOT_VOTED] = {"has_voted", HEARD_ERROR_CONFLICT},
    [HEARD_BALLOT_WRONG_SECRECY] = {"secrecy_not_allowed", HEARD_ERROR_BAD_FIELD},
    [HEARD_BALLOT_STALE] = {"opinion_changed", HEARD_ERROR_CONFLICT},
};

/* ---- who may ---- */

/* domain.md 3.8, "enter deliberation, vote": N ●; ○ of R is the leader's part, of K the clerk's
 * pen: both are in the room, neither votes by that cell alone. */
static bool is_deliberating(HeardRole role)
{
    return heard_role_permit(role, HEARD_MAY_DELIBERATE) != HEARD_PERMIT_NO;
}

static bool is_panel(HeardRole role)
{
    return heard_role_permit(role, HEARD_MAY_DELIBERATE) == HEARD_PERMIT_YES;
}

bool heard_ballot_is_voter(const HeardProfile *profile, HeardRole role)
{
    return is_panel(role) || (role == profile->leader && profile->leader_votes);
}

static bool has_role(const HeardBallotMoment *moment, const HeardBallotPerson *person,
                     HeardBallotAct act)
{
    bool leads = person->role == moment->profile->leader;

    if (!person->has_seat || !is_deliberating(person->role))
        return false;
    switch (act) {
    case HEARD_BALLOT_PUT:
    case HEARD_BALLOT_CLOSE:
    case HEARD_BALLOT_WITHDRAW:
    case HEARD_BALLOT_WRITE:
        return leads || person->role == HEARD_ROLE_CLERK;
    case HEARD_BALLOT_VOTE:
        return heard_ballot_is_voter(moment->profile, person->role);
    case HEARD_BALLOT_DISSENT:
    case HEARD_BALLOT_CONFIRM:
        return is_panel(person->role);
    case HEARD_BALLOT_SEAL:
    case HEARD_BALLOT_RELEASE:
        return leads;
    case HEARD_BALLOT_ACT_COUNT:
        break;
    }
    return false;
}

static bool is_announced(const HeardBallotMoment *moment)
{
    switch (moment->hearing) {
    case HEARD_STATE_LIVE:
    case HEARD_STATE_RECESSED:
        return moment->phase > moment->profile->deliberation;
    case HEARD_STATE_CLOSING:
    case HEARD_STATE_CONCLUDED:
    case HEARD_STATE_SEALED:
    case HEARD_STATE_ARCHIVED:
        return true;
    case HEARD_STATE_SCHEDULED:
    case HEARD_STATE_NOTIFIED:
    case HEARD_STATE_READY:
    case HEARD_STATE_CANCELLED:
    case HEARD_STATE_COUNT:
        break;
    }
    return false;
}

static HeardBallotAnswer ask_release(const HeardBallotMoment *moment)
{
    if (moment->is_released)
        return HEARD_BALLOT_RELEASED;
    if (!moment->is_sealed)
        return HEARD_BALLOT_NOT_SEALED;
    return is_announced(moment) ? HEARD_BALLOT_OK : HEARD_BALLOT_NOT_ANNOUNCED;
}

/* The hearing is over and its room is gone: who decides goes on, without the clerk's pen. */
bool heard_ballot_goes_on(const HeardBallotMoment *moment, const HeardBallotPerson *person)
{
    return moment->profile->deliberation && moment->hearing == HEARD_STATE_CONCLUDED &&
           person->has_seat && is_deliberating(person->role) && person->role != HEARD_ROLE_CLERK &&
           person->took_part && !person->is_removed;
}

HeardBallotAnswer heard_ballot_ask(const HeardBallotMoment *moment, const HeardBallotPerson *person,
                                   HeardBallotAct act, bool has_note)
{
    if (!moment->profile->deliberation)
        return HEARD_BALLOT_NONE_HERE;
    if (person->is_removed || !has_role(moment, person, act))
        return HEARD_BALLOT_WRONG_ROLE;
    if (act == HEARD_BALLOT_RELEASE)
        return ask_release(moment);
    if (!person->is_inside && !heard_ballot_goes_on(moment, person))
        return HEARD_BALLOT_NOT_INSIDE;
    if (moment->is_sealed)
        return HEARD_BALLOT_SEALED;
    switch (act) {
    case HEARD_BALLOT_PUT:
        return moment->is_asking ? HEARD_BALLOT_IS_ASKING
               : moment->is_full ? HEARD_BALLOT_FULL
                                 : HEARD_BALLOT_OK;
    case HEARD_BALLOT_VOTE:
    case HEARD_BALLOT_CLOSE:
    case HEARD_BALLOT_WITHDRAW:
        return moment->is_asking ? HEARD_BALLOT_OK : HEARD_BALLOT_NOT_ASKING;
    case HEARD_BALLOT_CONFIRM:
        return moment->has_opinion ? HEARD_BALLOT_OK : HEARD_BALLOT_NO_OPINION;
    case HEARD_BALLOT_SEAL:
        return moment->is_asking                 ? HEARD_BALLOT_IS_ASKING
               : !moment->has_opinion            ? HEARD_BALLOT_NO_OPINION
               : !moment->is_agreed && !has_note ? HEARD_BALLOT_NOT_AGREED
                                                 : HEARD_BALLOT_OK;
    case HEARD_BALLOT_DISSENT:
    case HEARD_BALLOT_WRITE:
    case HEARD_BALLOT_RELEASE:
    case HEARD_BALLOT_ACT_COUNT:
        break;
    }
    return HEARD_BALLOT_OK;
}

/* While the room is open only who is in it; later who decided. The clerk held the pen in the room
 * (domain.md 3.4: access = panel, presiding, auditor), and no administrator sees content (3.8). */
HeardBallotView heard_ballot_view(const HeardBallotMoment *moment, const HeardBallotPerson *person)
{
    bool is_running = moment->profile->deliberation && moment->hearing == HEARD_STATE_LIVE &&
                      moment->phase == moment->profile->deliberation;

    if (!person->has_seat)
        return heard_role_permit(person->role, HEARD_MAY_READ_AUDIT) == HEARD_PERMIT_YES
                   ? HEARD_BALLOT_SEES_SEAL
                   : HEARD_BALLOT_SEES_RESULT;
    if (person->is_removed || !is_deliberating(person->role))
        return HEARD_BALLOT_SEES_RESULT;
    if (person->is_inside)
        return HEARD_BALLOT_SEES_ALL;
    if (is_running || !person->took_part || person->role == HEARD_ROLE_CLERK)
        return HEARD_BALLOT_SEES_RESULT;
    return HEARD_BALLOT_SEES_ALL;
}

HeardBallotAnswer heard_ballot_may_put(const HeardProfile *profile, bool secret, unsigned voters)
{
    if (profile->ballot != HEARD_BALLOT_EITHER &&
        secret != (profile->ballot == HEARD_BALLOT_SECRET))
        return HEARD_BALLOT_WRONG_SECRECY;
    if (voters < profile->panel_min || voters == 0)
        return HEARD_BALLOT_PANEL_SMALL;
    return voters > HEARD_BALLOT_VOTERS_MAX ? HEARD_BALLOT_FULL : HEARD_BALLOT_OK;
}

const char *heard_ballot_answer_name(HeardBallotAnswer answer)
{
    return answers[answer].name;
}

HeardError heard_ballot_answer_error(HeardBallotAnswer answer)
{
    return answers[answer].error;
}

/* ---- counting ---- */

unsigned heard_ballot_given(const HeardBallotCount *count)
{
    unsigned given = count->abstained;

    for (unsigned i = 0; i < count->option_count; i++)
        given += count->votes[i];
    return given;
}

bool heard_ballot_add(HeardBallotCount *count, int option)
{
    if (option < HEARD_BALLOT_ABSTAIN || option >= (int)count->option_count ||
        heard_ballot_given(count) >= count->voters)
        return false;
    if (option == HEARD_BALLOT_ABSTAIN)
        count->abstained++;
    else
        count->votes[option]++;
    return true;
}

HeardBallotResult heard_ballot_result(const HeardBallotCount *count, int *ret_option)
{
    unsigned best = 0, leader = 0, leaders = 0;

    *ret_option = HEARD_BALLOT_ABSTAIN;
    for (unsigned i = 0; i < count->option_count; i++) {
        if (count->votes[i] > best) {
            best = count->votes[i];
            leader = i;
            leaders = 1;
        } else if (best > 0 && count->votes[i] == best) {
            leaders++;
        }
    }
    if (best == 0)
        return HEARD_BALLOT_RESULT_NONE;
    if (leaders > 1)
        return HEARD_BALLOT_RESULT_TIE;
    *ret_option = (int)leader;
    return 2 * best > count->voters ? HEARD_BALLOT_RESULT_MAJORITY : HEARD_BALLOT_RESULT_MOST;
}

/* Two digits each: HEARD_BALLOT_VOTERS_MAX is far below a hundred. */
static void write_two(char *at, unsigned number)
{
    at[0] = (char)('0' + number / 10 % 10);
    at[1] = (char)('0' + number % 10);
}

void heard_ballot_urn_write(const HeardBallotCount *count,
                            char ret_urn[static HEARD_BALLOT_URN_SIZE])
{
    write_two(ret_urn, count->abstained);
    for (unsigned i = 0; i < HEARD_BALLOT_OPTIONS_MAX; i++)
        write_two(ret_urn + 2 + 2 * (size_t)i, i < count->option_count ? count->votes[i] : 0);
    ret_urn[HEARD_BALLOT_URN_SIZE - 1] = '\0';
}

static unsigned read_two(const char *at)
{
    return (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
}

bool heard_ballot_urn_read(const char *urn, HeardBallotCount *count)
{
    HeardBallotCount read = {.option_count = count->option_count, .voters = count->voters};

    if (strspn(urn, "0123456789") != HEARD_BALLOT_URN_SIZE - 1 ||
        urn[HEARD_BALLOT_URN_SIZE - 1] != '\0')
        return false;
    read.abstained = read_two(urn);
    for (unsigned i = 0; i < HEARD_BALLOT_OPTIONS_MAX; i++) {
        unsigned votes = read_two(urn + 2 + 2 * (size_t)i);

        if (i < read.option_count)
            read.votes[i] = votes;
        else if (votes > 0)
            return false;
    }
    if (heard_ballot_given(&read) > read.voters)
        return false;
    *count = read;
    return true;
}

/* ---- names ---- */

const char *heard_ballot_state_name(HeardBallotState state)
{
    return states[state];
}

bool heard_ballot_state_from_name(const char *name, HeardBallotState *ret_state)
{
    for (unsigned i = 0; i < HEARD_BALLOT_STATE_COUNT; i++) {
        if (strcmp(states[i], name) == 0) {
            *ret_state = (HeardBallotState)i;
            return true;
        }
    }
    return false;
}

const char *heard_ballot_result_name(HeardBallotResult result)
{
    return results[result];
}

const char *heard_ballot_act_name(HeardBallotAct act)
{
    return acts[act];
}
