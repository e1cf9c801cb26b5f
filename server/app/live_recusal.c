/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include <string.h>

static const char *const answers[] = {
    [HEARD_RECUSAL_SILENT] = NULL, [HEARD_RECUSAL_NONE] = "none", [HEARD_RECUSAL_ASKED] = "ask"};
static const char *const rulings[] = {[HEARD_RULING_PENDING] = NULL,
                                      [HEARD_RULING_GRANTED] = "granted",
                                      [HEARD_RULING_REFUSED] = "refused"};

static bool sits_at_the_desk(const HeardHearing *rules, uint16_t viewer)
{
    return heard_role_permit(rules->people[viewer].role, HEARD_MAY_ADMIT) != HEARD_PERMIT_NO;
}

/* ---- what a viewer is told ---- */

static json_t *request_json(const HeardHearing *rules, const HeardRecusal *request)
{
    bool decided = request->ruling != HEARD_RULING_PENDING;
    const char *decider = heard_hearing_recusal_text(rules, request->decider);

    return json_pack(
        "{s:s, s:s, s:s, s:I, s:s?, s:s?, s:s?, s:o}", "by", rules->people[request->by].id,
        "participant", rules->people[request->target].id, "reason",
        heard_hearing_recusal_text(rules, request->reason), "asked_at_ms",
        (json_int_t)request->asked_at_ms, "decision", rulings[request->ruling], "decision_reason",
        decided ? heard_hearing_recusal_text(rules, request->decision_reason) : NULL, "decided_by",
        *decider  ? decider
        : decided ? rules->people[request->decided_by].id
                  : NULL,
        "decided_at_ms", decided ? json_integer(request->decided_at_ms) : json_null());
}

/* Reasons are for the desk and for who gave them. */
json_t *heard_json_recusal(const HeardLiveHearing *self, uint16_t viewer)
{
    const HeardHearing *rules = &self->rules;
    unsigned phase = rules->config.profile->recusal;
    json_t *requests;

    if (phase == 0)
        return json_null();
    requests = json_array();
    for (unsigned i = 0; i < rules->recusal_count; i++) {
        const HeardRecusal *request = &rules->recusals[i];

        if (request->by == viewer || sits_at_the_desk(rules, viewer))
            json_array_append_new(requests, request_json(rules, request));
    }
    return json_pack("{s:b, s:b, s:o}", "asking", rules->phase == phase, "done",
                     rules->phase_entered_ms[phase] != 0 &&
                         heard_hearing_recusal_round(rules) == HEARD_ANSWER_OK,
                     "requests", requests);
}

json_t *heard_json_panel(const HeardHearing *rules)
{
    unsigned here;
    bool complete = heard_hearing_panel_complete(rules, &here);

    if (rules->config.profile->panel_min == 0)
        return json_null();
    return json_pack("{s:i, s:i, s:b}", "here", (int)here, "least",
                     (int)rules->config.profile->panel_min, "complete", complete);
}

static json_t *unseen_json(const HeardHearing *rules, const HeardPerson *p)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < p->unseen_count; i++)
        json_array_append_new(list, json_string(rules->people[p->unseen_by[i]].id));
    return list;
}

void heard_json_set_protection(const HeardLiveHearing *self, uint16_t viewer, uint16_t person,
                               json_t *out)
{
    const HeardHearing *rules = &self->rules;
    const HeardPerson *p = &rules->people[person];
    bool file = heard_hearing_sees_file(rules, viewer, person);

    json_object_set_new(out, "recused", json_boolean(p->recused));
    json_object_set_new(out, "screened", json_boolean(!heard_hearing_shows(rules, viewer, person)));
    if (!file)
        return;
    json_object_set_new(out, "unseen_by", unseen_json(rules, p));
    json_object_set_new(out, "recusal",
                        answers[p->recusal] ? json_string(answers[p->recusal]) : json_null());
    if (p->role == HEARD_ROLE_WITNESS)
        json_object_set_new(out, "testified", json_boolean(p->testified));
}

/* ---- what happened ---- */

static void record_recusal(HeardLiveHearing *hearing, const HeardCommand *command)
{
    bool decides = command->verb == HEARD_VERB_RECUSAL_DECIDE;
    const char *decision = decides         ? (command->granted ? "granted" : "refused")
                           : command->asks ? "ask"
                                           : "none";

    heard_live_record_event(hearing, "recusal",
                            json_pack("{s:s, s:s, s:s?, s:s, s:s?}", "by", command->actor,
                                      "decision", decision, "participant",
                                      decides || command->asks ? command->target : NULL, "reason",
                                      command->reason, "decided_by",
                                      decides && command->decider[0] ? command->decider : NULL));
}

void heard_live_record_decision(HeardLiveHearing *hearing, const HeardLiveSave *save)
{
    const HeardCommand *command = &save->command->command;
    HeardHearing *rules = &hearing->rules;

    if (command->verb == HEARD_VERB_RECUSAL_ANSWER || command->verb == HEARD_VERB_RECUSAL_DECIDE)
        record_recusal(hearing, command);
    if (command->verb == HEARD_VERB_RECUSAL_ANSWER && rules->state == HEARD_STATE_RECESSED)
        heard_live_record_event(
            hearing, "recess",
            json_pack("{s:s, s:s}", "by", command->actor, "reason", rules->recess_reason));
    if (command->verb == HEARD_VERB_WITNESS_CALL || command->verb == HEARD_VERB_WITNESS_DISMISS)
        heard_live_record_event(
            hearing,
            command->verb == HEARD_VERB_WITNESS_CALL ? "witness_called" : "witness_dismissed",
            json_pack("{s:s, s:s}", "by", command->actor, "participant", command->target));
    if (command->verb == HEARD_VERB_SCREEN_SET)
        heard_live_record_event(
            hearing, "screened",
            json_pack(
                "{s:s, s:s, s:o}", "by", command->actor, "participant", command->target, "from",
                unseen_json(rules, &rules->people[heard_hearing_find(rules, command->target)])));
}

static void notify_askers(HeardLiveHearing *hearing, const HeardCommand *command)
{
    const HeardHearing *rules = &hearing->rules;

    for (unsigned i = 0; i < rules->recusal_count; i++) {
        const HeardRecusal *request = &rules->recusals[i];

        if (request->decided_at_ms == command->wall_ms &&
            strcmp(rules->people[request->target].id, command->target) == 0)
            heard_live_tell_notice(hearing, request->by,
                                   command->granted ? "recusal_granted" : "recusal_refused",
                                   command->target);
    }
}

void heard_live_notify_recusal(HeardLiveHearing *hearing, const HeardLiveSave *save)
{
    const HeardCommand *command = &save->command->command;
    const HeardHearing *rules = &hearing->rules;
    unsigned was, is;

    if (command->verb == HEARD_VERB_RECUSAL_DECIDE)
        notify_askers(hearing, command);
    for (unsigned i = 0; i < rules->person_count; i++) {
        if (!sits_at_the_desk(rules, (uint16_t)i))
            continue;
        if (rules->recusal_count > save->before->recusal_count)
            heard_live_tell_notice(hearing, (uint16_t)i, "recusal_asked", command->target);
        if (rules->started_at_ms && heard_hearing_panel_complete(save->before, &was) &&
            !heard_hearing_panel_complete(rules, &is))
            heard_live_tell_notice(hearing, (uint16_t)i, "panel_incomplete", NULL);
    }
}
