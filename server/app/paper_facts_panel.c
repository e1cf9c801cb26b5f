/* SPDX-License-Identifier: Apache-2.0 */

/* Of a panel: what was asked and decided about recusal, from the trail; what its deliberation left,
 * from the record that was sealed. The report gets totals of it and the opinion, no names. */

#include "server/app/paper_facts_private.h"
#include "server/base/error.h"
#include "server/hearing/ballot.h"
#include "server/store/audit_rows.h"
#include "server/store/deliberation_rows.h"
#include "server/store/hearing_rows.h"

#include <string.h>

/* ---- recusal ---- */

static json_t *detail_of(const HeardAuditRow *row)
{
    json_t *detail = json_loads(row->detail ? row->detail : "", 0, NULL);

    return detail ? detail : json_object();
}

static const char *text_in(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* Who is no participant any more has no name here. */
static json_t *person_of(const HeardPaperSource *source, const char *participant_id)
{
    const HeardPaperSeat *one = heard_paper_seat_of(source, participant_id);

    return one ? heard_paper_person(source, one->seat) : NULL;
}

/* Of the first decision on that person after the request. */
static void put_decision(const HeardPaperSource *source, const HeardAuditRow *row, json_t *request)
{
    g_autoptr(json_t) detail = detail_of(row);
    const char *decider = text_in(detail, "decided_by");
    json_t *writer = person_of(source, row->actor_id);

    json_object_set_new(request, "decision", json_string(text_in(detail, "decision")));
    json_object_set_new(request, "decided_ms", json_integer(row->at_ms));
    heard_paper_set_text(request, "grounds", text_in(detail, "reason"));
    if (!writer)
        writer = json_pack("{s:s, s:s}", "name", "", "role", row->role);
    if (*decider) {
        json_object_set_new(request, "decided_by", json_pack("{s:s}", "name", decider));
        json_object_set_new(request, "written_by", writer);
    } else {
        json_object_set_new(request, "decided_by",
                            json_pack("{s:s, s:s}", "name", text_in(writer, "name"), "role",
                                      text_in(writer, "role")));
        json_decref(writer);
    }
}

static json_t *request_json(const HeardPaperSource *source, const HeardAuditRow *row,
                            const GPtrArray *decisions)
{
    g_autoptr(json_t) detail = detail_of(row);
    const char *target = text_in(detail, "participant");
    json_t *by = person_of(source, row->actor_id), *against = person_of(source, target);
    g_autoptr(json_t) request = NULL;

    if (!by || !against) {
        json_decref(by);
        json_decref(against);
        return NULL;
    }
    request = json_pack("{s:o, s:o, s:s, s:I}", "by", by, "against", against, "reason",
                        text_in(detail, "reason"), "at_ms", (json_int_t)row->at_ms);
    for (guint i = 0; i < decisions->len; i++) {
        const HeardAuditRow *decision = g_ptr_array_index(decisions, i);
        g_autoptr(json_t) said = detail_of(decision);
        if (decision->seq < row->seq || strcmp(text_in(said, "participant"), target) != 0)
            continue;
        put_decision(source, decision, request);
        return g_steal_pointer(&request);
    }
    return NULL; /* it is open still */
}

json_t *heard_paper_requests(HeardPaperSource *source, GError **error)
{
    const char *id = source->order->hearing->id;
    g_autoptr(GPtrArray) decisions =
        heard_audit_rows_list_done(source->store, id, "recusal.decide", 0, error);
    g_autoptr(GPtrArray) answers =
        decisions ? heard_audit_rows_list_done(source->store, id, "recusal.answer", 0, error)
                  : NULL;
    json_t *list = answers ? json_array() : NULL;

    for (guint i = 0; answers && i < answers->len; i++) {
        const HeardAuditRow *row = g_ptr_array_index(answers, i);
        g_autoptr(json_t) detail = detail_of(row);
        json_t *request = strcmp(text_in(detail, "decision"), "ask") == 0
                              ? request_json(source, row, decisions)
                              : NULL;
        if (request)
            json_array_append_new(list, request);
    }
    return list;
}

/* ---- the sealed record ---- */

/* NULL without an error: nothing was sealed. */
static json_t *sealed(HeardPaperSource *source, HeardDeliberationRow **ret_row, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree HeardDeliberationRow *row =
        heard_deliberation_rows_get(source->store, source->order->hearing->id, &failure);
    json_t *record = row && row->sealed_ms && row->record ? json_loads(row->record, 0, NULL) : NULL;

    if (failure)
        g_propagate_error(error, g_steal_pointer(&failure));
    if (ret_row)
        *ret_row = g_steal_pointer(&row);
    return record;
}

static bool is_closed(const json_t *ballot)
{
    return strcmp(text_in(ballot, "state"), heard_ballot_state_name(HEARD_BALLOT_CLOSED)) == 0;
}

static json_t *totals_json(const json_t *ballot)
{
    const json_t *options = json_object_get(ballot, "options");
    const json_t *votes = json_object_get(ballot, "votes");
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(options); i++)
        json_array_append_new(
            list, json_pack("{s:s, s:I}", "text", json_string_value(json_array_get(options, i)),
                            "votes", json_integer_value(json_array_get(votes, i))));
    return list;
}

/* What the count says of a question that was voted on. */
static void put_result(const json_t *ballot, json_t *out)
{
    const json_t *option = json_object_get(ballot, "option");

    heard_paper_set_text(out, "result", text_in(ballot, "result"));
    if (json_is_integer(option))
        heard_paper_set_text(out, "chosen",
                             json_string_value(json_array_get(json_object_get(ballot, "options"),
                                                              (size_t)json_integer_value(option))));
}

static json_t *counted_json(const json_t *ballot, const char *question)
{
    return json_pack("{s:s, s:b, s:I, s:I}", question, text_in(ballot, "question"), "is_secret",
                     json_is_true(json_object_get(ballot, "secret")), "abstained",
                     json_integer_value(json_object_get(ballot, "abstained")), "voters",
                     json_integer_value(json_object_get(ballot, "voters")));
}

/* ---- the report: totals ---- */

json_t *heard_paper_votes(HeardPaperSource *source, GError **error)
{
    g_autofree HeardDeliberationRow *row = NULL;
    g_autoptr(json_t) record = sealed(source, &row, error);
    const json_t *ballots = json_object_get(record, "ballots");
    json_t *list;

    if (!record || !row->released_ms)
        return NULL;
    list = json_array();
    for (size_t i = 0; i < json_array_size(ballots); i++) {
        const json_t *ballot = json_array_get(ballots, i);
        json_t *one;
        if (!is_closed(ballot))
            continue;
        one = counted_json(ballot, "question");
        json_object_set_new(one, "totals", totals_json(ballot));
        put_result(ballot, one);
        json_array_append_new(list, one);
    }
    return list;
}

json_t *heard_paper_opinion(HeardPaperSource *source, GError **error)
{
    g_autofree HeardDeliberationRow *row = NULL;
    g_autoptr(json_t) record = sealed(source, &row, error);

    if (!record ||
        (source->order->kind != HEARD_PAPER_DELIBERATION_RECORD && row->released_ms == 0))
        return NULL;
    return json_string(text_in(json_object_get(record, "opinion"), "text"));
}

/* ---- the record: all of it ---- */

static const json_t *item_of(const json_t *list, const char *participant_id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(text_in(json_array_get(list, i), "participant"), participant_id) == 0)
            return json_array_get(list, i);
    return NULL;
}

/* Who could vote, and how he did; nothing beside a name: he did not. */
static json_t *named_json(const json_t *ballot)
{
    const json_t *who = json_object_get(ballot, "who");
    const json_t *options = json_object_get(ballot, "options");
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(who); i++) {
        const json_t *voter = json_array_get(who, i);
        const json_t *vote =
            item_of(json_object_get(ballot, "choices"), text_in(voter, "participant"));
        json_int_t choice = json_integer_value(json_object_get(vote, "choice"));
        json_t *one = json_pack("{s:s, s:b}", "name", text_in(voter, "name"), "abstained",
                                vote && choice == HEARD_BALLOT_ABSTAIN);
        if (vote && choice >= 0)
            heard_paper_set_text(one, "choice",
                                 json_string_value(json_array_get(options, (size_t)choice)));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *question_json(const json_t *ballot)
{
    bool closed = is_closed(ballot), is_secret = json_is_true(json_object_get(ballot, "secret"));
    json_t *json = counted_json(ballot, "text");

    json_object_set(json, "number", json_object_get(ballot, "number"));
    json_object_set(json, "state", json_object_get(ballot, "state"));
    heard_paper_set_text(json, "reason", text_in(ballot, "reason"));
    json_object_set_new(json, "options", closed ? totals_json(ballot) : json_array());
    json_object_set_new(json, "votes", closed && !is_secret ? named_json(ballot) : json_array());
    if (closed)
        put_result(ballot, json);
    return json;
}

json_t *heard_paper_questions(HeardPaperSource *source, GError **error)
{
    g_autoptr(json_t) record = sealed(source, NULL, error);
    const json_t *ballots = json_object_get(record, "ballots");
    json_t *list = record ? json_array() : NULL;

    for (size_t i = 0; record && i < json_array_size(ballots); i++)
        json_array_append_new(list, question_json(json_array_get(ballots, i)));
    return list;
}

json_t *heard_paper_dissents(HeardPaperSource *source, GError **error)
{
    g_autoptr(json_t) record = sealed(source, NULL, error);
    const json_t *dissents = json_object_get(record, "dissents");
    json_t *list = record ? json_array() : NULL;

    for (size_t i = 0; record && i < json_array_size(dissents); i++) {
        const json_t *one = json_array_get(dissents, i);
        json_array_append_new(list, json_pack("{s:s, s:s}", "name", text_in(one, "name"), "text",
                                              text_in(one, "text")));
    }
    return list;
}

static void put_confirmed(const json_t *record, const json_t *member, const char *id, json_t *json)
{
    bool dissents = item_of(json_object_get(record, "dissents"), id) != NULL;
    bool confirmed = json_is_true(json_object_get(member, "confirmed"));

    json_object_set_new(json, "confirmed",
                        json_string(dissents    ? "dissents"
                                    : confirmed ? "confirmed"
                                                : "silent"));
}

/* The panel as it was sealed, the presiding officer who did it, and the clerks who were there. */
json_t *heard_paper_members(HeardPaperSource *source, GError **error)
{
    g_autoptr(json_t) record = sealed(source, NULL, error);
    const json_t *panel = json_object_get(record, "panel");
    json_t *list = record ? json_array() : NULL;

    for (guint i = 0; record && i < source->seats->len; i++) {
        const HeardPaperSeat *one = g_ptr_array_index(source->seats, i);
        const char *id = one->participant->id;
        const json_t *member = item_of(panel, id);
        bool is_clerk = strcmp(one->seat->role, heard_role_name(HEARD_ROLE_CLERK)) == 0;
        json_t *person;
        if (!member && strcmp(text_in(record, "sealed_by"), id) != 0 &&
            !(is_clerk && heard_paper_took_part(one)))
            continue;
        person = heard_paper_person(source, one->seat);
        if (member)
            put_confirmed(record, member, id, person);
        json_array_append_new(list, person);
    }
    return list;
}

/* The nonce goes with it: hashes of the document's files stand in lists that others read, and
 * without it the few possible votes could be tried against them (ballot.h). */
json_t *heard_paper_seal(HeardPaperSource *source, GError **error)
{
    g_autofree HeardDeliberationRow *row = NULL;
    g_autoptr(json_t) record = sealed(source, &row, error);
    json_t *seal;

    if (!record)
        return NULL;
    seal = json_pack("{s:I, s:s, s:s}", "at_ms", (json_int_t)row->sealed_ms, "sha256", row->sha256,
                     "nonce", text_in(record, "nonce"));
    heard_paper_set_text(seal, "note", row->seal_note);
    return seal;
}

/* ---- when ---- */

static json_t *time_of(HeardPaperSource *source, bool is_end, GError **error)
{
    g_autoptr(GPtrArray) events =
        heard_phase_event_rows_list(source->store, source->order->hearing->id, NULL, error);
    const char *phase = "deliberation";
    int64_t began_ms = 0, ended_ms = 0;

    for (guint i = 0; events && i < events->len; i++) {
        const HeardPhaseEventRow *event = g_ptr_array_index(events, i);
        if (strcmp(event->to_phase, phase) == 0)
            began_ms = began_ms ? began_ms : event->at_ms;
        else if (g_strcmp0(event->from_phase, phase) == 0)
            ended_ms = event->at_ms;
    }
    if (!began_ms || (is_end && !ended_ms))
        return NULL;
    return json_integer(is_end ? ended_ms : began_ms);
}

json_t *heard_paper_began(HeardPaperSource *source, GError **error)
{
    return time_of(source, false, error);
}

json_t *heard_paper_ended(HeardPaperSource *source, GError **error)
{
    return time_of(source, true, error);
}
