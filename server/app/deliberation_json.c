/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/deliberation.h"
#include "server/app/summary.h"
#include "server/base/random.h"

#include <string.h>

enum { NONCE_BYTES = 32 };

static bool is_in_state(const HeardBallotRow *row, HeardBallotState state)
{
    return strcmp(row->state, heard_ballot_state_name(state)) == 0;
}

static json_t *parsed(const char *text)
{
    json_t *json = text ? json_loads(text, 0, NULL) : NULL;

    return json ? json : json_null();
}

/* ---- one question ---- */

/* What the count says; the members that leave the room with a release. */
static json_t *result_json(const HeardBallotRow *row, size_t voters)
{
    json_t *json =
        json_pack("{s:I, s:s, s:o, s:b, s:o, s:I, s:I, s:s?}", "number", (json_int_t)row->number,
                  "question", row->question, "options", parsed(row->options), "secret",
                  (int)row->is_secret, "votes", parsed(row->votes), "abstained",
                  (json_int_t)row->abstained, "voters", (json_int_t)voters, "result", row->result);
    const json_t *votes = json_object_get(json, "votes");
    HeardBallotCount count = {.option_count = (unsigned)json_array_size(votes),
                              .voters = (unsigned)voters};
    int option = HEARD_BALLOT_ABSTAIN;

    for (unsigned i = 0; i < MIN(count.option_count, (unsigned)HEARD_BALLOT_OPTIONS_MAX); i++)
        count.votes[i] = (unsigned)json_integer_value(json_array_get(votes, i));
    if (count.option_count <= HEARD_BALLOT_OPTIONS_MAX)
        heard_ballot_result(&count, &option);
    json_object_set_new(json, "option", option < 0 ? json_null() : json_integer(option));
    return json;
}

static json_t *voters_json(const GPtrArray *voters)
{
    json_t *list = json_array();

    for (guint i = 0; i < voters->len; i++) {
        const HeardBallotVoterRow *row = g_ptr_array_index(voters, i);
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "participant", row->participant_id,
                                              "name", row->name, "voted", (int)row->has_voted));
    }
    return list;
}

/* Of a named vote that ended; before, each one knows his own. */
static json_t *choices_json(HeardStore *store, const HeardBallotRow *row, const char *only,
                            GError **error)
{
    g_autoptr(GPtrArray) votes = heard_ballot_vote_rows_list(store, row->id, error);
    json_t *list = votes ? json_array() : NULL;

    for (guint i = 0; votes && i < votes->len; i++) {
        const HeardBallotVoteRow *vote = g_ptr_array_index(votes, i);

        if (!only || strcmp(vote->participant_id, only) == 0)
            json_array_append_new(list, json_pack("{s:s, s:I}", "participant", vote->participant_id,
                                                  "choice", (json_int_t)vote->choice));
    }
    return list;
}

/* only: whose vote is told while it is open; NULL: nobody's. */
static json_t *ballot_json(HeardStore *store, const HeardBallotRow *row, const char *only,
                           GError **error)
{
    bool is_open = is_in_state(row, HEARD_BALLOT_OPEN);
    g_autoptr(GPtrArray) voters = heard_ballot_voter_rows_list(store, row->id, error);
    json_t *choices = voters ? choices_json(store, row, is_open ? only : NULL, error) : NULL;
    json_t *json;

    if (!choices)
        return NULL;
    json = result_json(row, voters->len);
    json_object_set_new(json, "id", json_string(row->id));
    json_object_set_new(json, "state", json_string(row->state));
    json_object_set_new(json, "who", voters_json(voters));
    json_object_set_new(json, "choices", choices);
    json_object_set_new(json, "opened_at_ms", heard_summary_time(row->opened_ms));
    json_object_set_new(json, "ended_at_ms", heard_summary_time(row->ended_ms));
    json_object_set_new(json, "reason", row->reason ? json_string(row->reason) : json_null());
    return json;
}

/* NULL with an error. */
static json_t *ballots_json(HeardStore *store, const HeardDeliberation *self, const char *only,
                            GError **error)
{
    g_autoptr(json_t) list = json_array();

    for (guint i = 0; i < self->ballots->len; i++) {
        json_t *one = ballot_json(store, g_ptr_array_index(self->ballots, i), only, error);

        if (!one)
            return NULL;
        json_array_append_new(list, one);
    }
    return g_steal_pointer(&list);
}

/* ---- what was written ---- */

static json_t *opinion_json(const HeardOpinionRow *row)
{
    return row ? json_pack("{s:I, s:s, s:s, s:I}", "version", (json_int_t)row->version, "text",
                           row->text, "author", row->author_id, "at_ms", (json_int_t)row->at_ms)
               : json_null();
}

static json_t *panel_json(const HeardDeliberation *self)
{
    json_t *list = json_array();

    for (guint i = 0; i < self->people->len; i++) {
        const HeardParticipantRow *person = g_ptr_array_index(self->people, i);

        if (heard_deliberation_is_panel(self, person))
            json_array_append_new(
                list, json_pack("{s:s, s:s, s:b}", "participant", person->id, "name",
                                heard_deliberation_name(self, person->id), "confirmed",
                                (int)heard_deliberation_has_confirmed(self, person->id)));
    }
    return list;
}

static json_t *dissents_json(const HeardDeliberation *self)
{
    json_t *list = json_array();

    for (guint i = 0; i < self->dissents->len; i++) {
        const HeardDissentRow *row = g_ptr_array_index(self->dissents, i);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I}", "participant",
                                              row->participant_id, "name", row->name, "text",
                                              row->text, "at_ms", (json_int_t)row->at_ms));
    }
    return list;
}

/* ---- what a caller sees ---- */

static bool may_vote(HeardStore *store, const HeardDeliberation *self, GError **error)
{
    for (guint i = 0; i < self->ballots->len; i++) {
        const HeardBallotRow *row = g_ptr_array_index(self->ballots, i);
        g_autoptr(GPtrArray) voters = NULL;

        if (!is_in_state(row, HEARD_BALLOT_OPEN))
            continue;
        voters = heard_ballot_voter_rows_list(store, row->id, error);
        for (guint k = 0; voters && k < voters->len; k++) {
            const HeardBallotVoterRow *voter = g_ptr_array_index(voters, k);

            if (strcmp(voter->participant_id, self->participant->id) == 0)
                return !voter->has_voted;
        }
    }
    return false;
}

static json_t *may_json(HeardStore *store, const HeardDeliberation *self, GError **error)
{
    json_t *list = json_array();

    for (unsigned act = 0; act < HEARD_BALLOT_ACT_COUNT; act++) {
        bool may = heard_ballot_ask(&self->moment, &self->person, (HeardBallotAct)act, true) ==
                   HEARD_BALLOT_OK;

        if (may && (act != HEARD_BALLOT_VOTE || may_vote(store, self, error)))
            json_array_append_new(list, json_string(heard_ballot_act_name((HeardBallotAct)act)));
    }
    return list;
}

/* NULL with an error. */
static json_t *released_json(HeardStore *store, const HeardDeliberation *self, GError **error)
{
    g_autoptr(json_t) questions = json_array();

    if (!self->moment.is_released || !self->is_identified)
        return json_null();
    for (guint i = 0; i < self->ballots->len; i++) {
        const HeardBallotRow *row = g_ptr_array_index(self->ballots, i);
        g_autoptr(GPtrArray) voters = NULL;

        if (!is_in_state(row, HEARD_BALLOT_CLOSED))
            continue;
        voters = heard_ballot_voter_rows_list(store, row->id, error);
        if (!voters)
            return NULL;
        json_array_append_new(questions, result_json(row, voters->len));
    }
    return json_pack("{s:I, s:s, s:s, s:O}", "at_ms", (json_int_t)self->row->released_ms, "sha256",
                     self->row->sha256, "opinion", self->opinion ? self->opinion->text : "",
                     "questions", questions);
}

static json_t *seal_json(const HeardDeliberation *self)
{
    return self->moment.is_sealed
               ? json_pack("{s:I, s:s}", "at_ms", (json_int_t)self->row->sealed_ms, "sha256",
                           self->row->sha256)
               : json_null();
}

static bool add_all(HeardStore *store, HeardCall *call, const HeardDeliberation *self, json_t *json)
{
    static const char *const secrecies[] = {"named", "secret", "either"};
    const HeardProfile *profile = self->moment.profile;
    json_t *ballots = ballots_json(store, self, self->participant->id, &call->error);

    if (!ballots)
        return false;
    json_object_set_new(json, "secrecy", json_string(secrecies[profile->ballot]));
    json_object_set_new(json, "ballots", ballots);
    json_object_set_new(json, "opinion", opinion_json(self->opinion));
    json_object_set_new(json, "panel", panel_json(self));
    json_object_set_new(json, "dissents", dissents_json(self));
    json_object_set_new(json, "agreed", json_boolean(self->moment.is_agreed));
    json_object_set_new(json, "seal_note",
                        self->row && self->row->seal_note ? json_string(self->row->seal_note)
                                                          : json_null());
    return true;
}

json_t *heard_deliberation_json(HeardStore *store, HeardCall *call, const HeardDeliberation *self)
{
    static const char *const views[] = {
        [HEARD_BALLOT_SEES_RESULT] = "result",
        [HEARD_BALLOT_SEES_SEAL] = "seal",
        [HEARD_BALLOT_SEES_ALL] = "all",
    };
    HeardBallotView view = heard_ballot_view(&self->moment, &self->person);
    json_t *released = released_json(store, self, &call->error);
    g_autoptr(json_t) json = NULL;

    if (!released)
        return NULL;
    json = json_pack("{s:s, s:o}", "view", views[view], "released", released);
    json_object_set_new(json, "may", may_json(store, self, &call->error));
    if (view != HEARD_BALLOT_SEES_RESULT)
        json_object_set_new(json, "sealed", seal_json(self));
    if (view == HEARD_BALLOT_SEES_ALL && !add_all(store, call, self, json))
        return NULL;
    return call->error ? NULL : g_steal_pointer(&json);
}

/* ---- what is sealed ---- */

/* Votes of a few people are soon tried out: without the nonce its hash would tell them. */
char *heard_deliberation_record(HeardStore *store, HeardCall *call, const HeardDeliberation *self,
                                const char *note)
{
    json_t *ballots = ballots_json(store, self, NULL, &call->error);
    g_autoptr(json_t) record = NULL;
    unsigned char bytes[NONCE_BYTES];
    char nonce[2 * NONCE_BYTES + 1];

    if (!ballots)
        return NULL;
    heard_random_bytes(bytes, sizeof bytes);
    for (unsigned i = 0; i < NONCE_BYTES; i++)
        g_snprintf(nonce + 2 * (size_t)i, 3, "%02x", bytes[i]);
    record = json_pack("{s:i, s:s, s:s, s:s, s:s, s:I, s:s?}", "version", 1, "kind",
                       "deliberation_record", "hearing", self->hearing->id, "number",
                       self->hearing->hearing_no, "nonce", nonce, "sealed_at_ms",
                       (json_int_t)call->wall_ms, "note", note);
    json_object_set_new(record, "sealed_by", json_string(self->participant->id));
    json_object_set_new(record, "ballots", ballots);
    json_object_set_new(record, "opinion", opinion_json(self->opinion));
    json_object_set_new(record, "panel", panel_json(self));
    json_object_set_new(record, "dissents", dissents_json(self));
    return json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII);
}
