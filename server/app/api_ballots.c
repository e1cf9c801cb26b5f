/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/deliberation.h"
#include "server/app/urn.h"
#include "server/base/id.h"

#include <string.h>

static bool leave_trace(HeardStore *store, HeardCall *call, const char *action, const char *id,
                        const char *reason)
{
    return heard_audit_trail_append(store, call, action, "ballot", id, call->params[0], reason);
}

static bool finish(HeardStore *store, HeardCall *call, bool done)
{
    if (done && heard_store_commit(store, &call->error)) {
        call->status = 204;
        return true;
    }
    heard_store_rollback(store);
    return false;
}

/* ---- putting ---- */

static bool is_line(const char *text)
{
    bool is_empty = true;

    for (; *text; text = g_utf8_next_char(text)) {
        if (g_unichar_iscntrl(g_utf8_get_char(text)))
            return false;
        is_empty = is_empty && g_unichar_isspace(g_utf8_get_char(text));
    }
    return !is_empty;
}

static bool check_options(HeardCall *call, json_t *options)
{
    json_t *one, *other;
    size_t i, k;

    json_array_foreach(options, i, one)
    {
        const char *text = json_string_value(one);

        if (!text || !is_line(text) || g_utf8_strlen(text, -1) > HEARD_BALLOT_OPTION_CHARS_MAX)
            return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                     "options: one line of 1 to %d characters each",
                                     HEARD_BALLOT_OPTION_CHARS_MAX);
        json_array_foreach(options, k, other)
        {
            if (k < i && json_equal(one, other))
                return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "options: two are the same");
        }
    }
    return json_array_size(options) >= HEARD_BALLOT_OPTIONS_MIN ||
           heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "options: %d to %d of them",
                             HEARD_BALLOT_OPTIONS_MIN, HEARD_BALLOT_OPTIONS_MAX);
}

/* In the room now, or within the grace of a lost connection; later who goes on deciding. */
static bool is_voter(const HeardDeliberation *self, const HeardParticipantRow *person)
{
    static const char *const here[] = {"in_caucus", "disconnected", NULL};
    const HeardSeatRow *seat = heard_deliberation_seat(self, person);
    HeardBallotPerson as = {.has_seat = true};

    if (!seat || !heard_role_from_name(seat->role, &as.role) ||
        !heard_ballot_is_voter(self->moment.profile, as.role))
        return false;
    as.took_part = heard_deliberation_took_part(person, as.role);
    as.is_removed =
        strcmp(person->presence_state, heard_presence_name(HEARD_PRESENCE_REMOVED)) == 0;
    return heard_ballot_goes_on(&self->moment, &as) ||
           g_strv_contains(here, person->presence_state);
}

static GPtrArray *find_voters(const HeardDeliberation *self)
{
    GPtrArray *voters = g_ptr_array_new(); /* borrowed */

    for (guint i = 0; i < self->people->len; i++)
        if (is_voter(self, g_ptr_array_index(self->people, i)))
            g_ptr_array_add(voters, g_ptr_array_index(self->people, i));
    return voters;
}

static bool insert(HeardStore *store, HeardCall *call, const HeardDeliberation *self,
                   HeardBallotRow *row, const GPtrArray *voters)
{
    if (!leave_trace(store, call, "ballot.put", row->id, NULL) ||
        !heard_ballot_rows_insert(store, row, &call->error))
        return false;
    for (guint i = 0; i < voters->len; i++) {
        const HeardParticipantRow *person = g_ptr_array_index(voters, i);
        HeardBallotVoterRow voter = {.ballot_id = row->id,
                                     .participant_id = person->id,
                                     .name = heard_deliberation_name(self, person->id)};

        if (!heard_ballot_voter_rows_insert(store, &voter, &call->error))
            return false;
    }
    return true;
}

static bool read_question(HeardCall *call, HeardBallotRow *row, json_t **ret_options)
{
    if (!heard_json_text(call->body, "question", HEARD_BALLOT_QUESTION_CHARS_MAX, false,
                         &row->question, &call->error) ||
        !heard_json_bool(call->body, "secret", false, &row->is_secret, &call->error) ||
        !heard_json_array(call->body, "options", HEARD_BALLOT_OPTIONS_MAX, false, ret_options,
                          &call->error))
        return false;
    if (!is_line(row->question))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "question: one line of text");
    return check_options(call, *ret_options);
}

bool heard_api_ballot_new_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardDeliberation) self = {0};
    char id[HEARD_ID_SIZE];
    HeardBallotRow row = {.id = id,
                          .hearing_id = call->params[0],
                          .question = "",
                          .state = heard_ballot_state_name(HEARD_BALLOT_OPEN),
                          .opened_ms = call->wall_ms};
    HeardBallotCount count = {0};
    g_autoptr(GPtrArray) voters = NULL;
    g_autofree char *options = NULL, *urn = NULL;
    json_t *list = NULL;

    if (!heard_deliberation_ask(store, call, HEARD_BALLOT_PUT, false, &self) ||
        !read_question(call, &row, &list))
        return false;
    voters = find_voters(&self);
    if (!heard_deliberation_allow(
            call, heard_ballot_may_put(self.moment.profile, row.is_secret, voters->len)))
        return false;
    heard_id_new(id, call->wall_ms);
    row.options = options = heard_json_dump(list);
    row.opened_by = self.participant->id;
    if (row.is_secret)
        row.urn = urn = heard_urn_seal(call->app->data_dir, id, &count, &call->error);
    if (call->error)
        return false;
    if (!heard_store_begin(store, &call->error) ||
        !finish(store, call, insert(store, call, &self, &row, voters))) {
        heard_urn_forget(call->app->data_dir, id);
        return false;
    }
    call->status = 201;
    call->answer = json_pack("{s:s, s:I}", "id", id, "number", (json_int_t)row.number);
    return true;
}

/* ---- voting ---- */

typedef struct {
    HeardDeliberation of;
    HeardBallotRow *row;
    GPtrArray *voters; /* HeardBallotVoterRow */
    unsigned marked;
    HeardBallotCount count; /* empty */
} Poll;

static void poll_clear(Poll *self)
{
    heard_deliberation_clear(&self->of);
    g_free(self->row);
    g_clear_pointer(&self->voters, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Poll, poll_clear)

static bool count_options(HeardCall *call, Poll *self)
{
    g_autoptr(json_t) options = json_loads(self->row->options, 0, NULL);

    self->count.option_count = (unsigned)json_array_size(options);
    self->count.voters = self->voters->len;
    return self->count.option_count <= HEARD_BALLOT_OPTIONS_MAX ||
           heard_call_refuse(call, HEARD_ERROR_CORRUPT, "the question has too many options");
}

/* The open question params[1] of the caller's deliberation. */
static bool open_poll(HeardStore *store, HeardCall *call, HeardBallotAct act, Poll *ret)
{
    if (!heard_deliberation_ask(store, call, act, false, &ret->of))
        return false;
    ret->row = heard_ballot_rows_get(store, call->params[1], &call->error);
    if (!ret->row)
        return false;
    if (strcmp(ret->row->hearing_id, call->params[0]) != 0)
        return heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "no such question");
    if (strcmp(ret->row->state, heard_ballot_state_name(HEARD_BALLOT_OPEN)) != 0)
        return heard_deliberation_allow(call, HEARD_BALLOT_NOT_ASKING);
    ret->voters = heard_ballot_voter_rows_list(store, ret->row->id, &call->error);
    for (guint i = 0; ret->voters && i < ret->voters->len; i++) {
        const HeardBallotVoterRow *voter = g_ptr_array_index(ret->voters, i);
        ret->marked += voter->has_voted;
    }
    return ret->voters && count_options(call, ret);
}

static bool check_voter(HeardCall *call, const Poll *poll)
{
    for (guint i = 0; i < poll->voters->len; i++) {
        const HeardBallotVoterRow *voter = g_ptr_array_index(poll->voters, i);

        if (strcmp(voter->participant_id, poll->of.participant->id) == 0)
            return heard_deliberation_allow(call, voter->has_voted ? HEARD_BALLOT_VOTED
                                                                   : HEARD_BALLOT_OK);
    }
    return heard_deliberation_allow(call, HEARD_BALLOT_NOT_VOTER);
}

/* The vote goes into the urn; what goes into the trail and into the voter's row is the mark. */
static bool vote_secretly(HeardStore *store, HeardCall *call, Poll *poll, int choice)
{
    const char *data_dir = call->app->data_dir;
    g_autofree char *urn = NULL;

    if (!heard_urn_open(data_dir, poll->row, poll->marked, &poll->count, &call->error))
        return false;
    if (!heard_ballot_add(&poll->count, choice))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "choice: no such option");
    urn = heard_urn_seal(data_dir, poll->row->id, &poll->count, &call->error);
    return urn && heard_store_begin(store, &call->error) &&
           finish(store, call,
                  leave_trace(store, call, "ballot.vote", poll->row->id, NULL) &&
                      heard_ballot_rows_vote_secretly(store, poll->row, poll->of.participant->id,
                                                      urn, &call->error));
}

static bool vote_by_name(HeardStore *store, HeardCall *call, const Poll *poll, int choice)
{
    HeardBallotVoteRow vote = {.ballot_id = poll->row->id,
                               .participant_id = poll->of.participant->id,
                               .choice = choice,
                               .at_ms = call->wall_ms};

    return heard_store_begin(store, &call->error) &&
           finish(store, call,
                  leave_trace(store, call, "ballot.vote", poll->row->id, NULL) &&
                      heard_ballot_rows_vote(store, &vote, &call->error));
}

bool heard_api_ballot_vote_store(HeardStore *store, HeardCall *call)
{
    g_auto(Poll) poll = {0};
    int64_t choice = 0;

    if (!open_poll(store, call, HEARD_BALLOT_VOTE, &poll) || !check_voter(call, &poll) ||
        !heard_json_number(call->body, "choice", HEARD_BALLOT_ABSTAIN,
                           (int64_t)poll.count.option_count - 1, false, &choice, &call->error))
        return false;
    return poll.row->is_secret ? vote_secretly(store, call, &poll, (int)choice)
                               : vote_by_name(store, call, &poll, (int)choice);
}

/* ---- ending ---- */

/* Somebody who could vote was sent out since, as who is recused: his vote, if he gave one, can't be
 * taken out of a secret count, and should not be asked for. */
static bool has_changed(const Poll *poll)
{
    const char *removed = heard_presence_name(HEARD_PRESENCE_REMOVED);

    for (guint i = 0; i < poll->of.people->len; i++) {
        const HeardParticipantRow *person = g_ptr_array_index(poll->of.people, i);

        for (guint k = 0; k < poll->voters->len; k++) {
            const HeardBallotVoterRow *voter = g_ptr_array_index(poll->voters, k);

            if (strcmp(voter->participant_id, person->id) == 0 &&
                strcmp(person->presence_state, removed) == 0)
                return true;
        }
    }
    return false;
}

static bool count_named(HeardStore *store, HeardCall *call, Poll *poll)
{
    g_autoptr(GPtrArray) votes = heard_ballot_vote_rows_list(store, poll->row->id, &call->error);

    for (guint i = 0; votes && i < votes->len; i++) {
        const HeardBallotVoteRow *vote = g_ptr_array_index(votes, i);

        if (!heard_ballot_add(&poll->count, (int)vote->choice))
            return heard_call_refuse(call, HEARD_ERROR_CORRUPT, "a vote for no option");
    }
    return votes != NULL;
}

static char *votes_text(const HeardBallotCount *count)
{
    g_autoptr(json_t) list = json_array();

    for (unsigned i = 0; i < count->option_count; i++)
        json_array_append_new(list, json_integer(count->votes[i]));
    return heard_json_dump(list);
}

static bool end_poll(HeardStore *store, HeardCall *call, const Poll *poll, HeardBallotRow *end,
                     HeardBallotState state)
{
    end->state = heard_ballot_state_name(state);
    end->ended_by = poll->of.participant->id;
    end->ended_ms = call->wall_ms;
    if (!heard_store_begin(store, &call->error) ||
        !finish(store, call,
                leave_trace(store, call,
                            state == HEARD_BALLOT_WITHDRAWN ? "ballot.withdraw" : "ballot.close",
                            end->id, end->reason) &&
                    heard_ballot_rows_end(store, end, &call->error)))
        return false;
    heard_urn_forget(call->app->data_dir, end->id);
    return true;
}

bool heard_api_ballot_close_store(HeardStore *store, HeardCall *call)
{
    g_auto(Poll) poll = {0};
    g_autofree char *votes = NULL;
    HeardBallotRow end;
    int option;

    if (!open_poll(store, call, HEARD_BALLOT_CLOSE, &poll))
        return false;
    end = *poll.row;
    if (has_changed(&poll))
        return end_poll(store, call, &poll, &end, HEARD_BALLOT_VOID);
    if (poll.row->is_secret
            ? !heard_urn_open(call->app->data_dir, poll.row, poll.marked, &poll.count, &call->error)
            : !count_named(store, call, &poll))
        return false;
    end.votes = votes = votes_text(&poll.count);
    end.abstained = poll.count.abstained;
    end.result = heard_ballot_result_name(heard_ballot_result(&poll.count, &option));
    return end_poll(store, call, &poll, &end, HEARD_BALLOT_CLOSED);
}

bool heard_api_ballot_withdraw_store(HeardStore *store, HeardCall *call)
{
    g_auto(Poll) poll = {0};
    HeardBallotRow end;
    const char *reason = "";

    if (!open_poll(store, call, HEARD_BALLOT_WITHDRAW, &poll) ||
        !heard_json_text(call->body, "reason", HEARD_REASON_CHARS_MAX, false, &reason,
                         &call->error))
        return false;
    if (!is_line(reason))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "reason: is missing");
    end = *poll.row;
    end.reason = reason;
    return end_poll(store, call, &poll, &end, HEARD_BALLOT_WITHDRAWN);
}
