/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Units that are called into a live hearing: what the desk sees of it, the clock, and the answer
 * of a unit, whose person has no seat before and gets one with it.
 */

#include "server/app/live_private.h"
#include "server/app/live_summons.h"
#include "server/base/clock.h"
#include "server/base/error.h"

#include <string.h>

/* ---- what is told ---- */

static json_t *time_or_null(int64_t wall_ms)
{
    return wall_ms ? json_integer(wall_ms) : json_null();
}

static json_t *call_json(const HeardLiveHearing *self, unsigned index)
{
    const HeardSummons *summons = &self->rules.summonses[index];
    const HeardLiveSummons *live = &self->summonses[index];
    json_t *out = json_object();

    json_object_set_new(out, "number", json_integer(index + 1));
    json_object_set_new(out, "unit", json_string(summons->unit));
    json_object_set_new(out, "unit_name", json_string(live->unit_name ? live->unit_name : ""));
    json_object_set_new(out, "by", json_string(self->rules.people[summons->by].id));
    json_object_set_new(out, "state", json_string(heard_summons_state_name(summons->state)));
    json_object_set_new(out, "called_at_ms", json_integer(summons->called_at_ms));
    json_object_set_new(out, "due_at_ms", json_integer(summons->due_at_ms));
    json_object_set_new(out, "rung_at_ms", time_or_null(live->rung_ms));
    json_object_set_new(out, "seen_at_ms", time_or_null(live->seen_ms));
    json_object_set_new(out, "ended_at_ms", time_or_null(summons->ended_at_ms));
    json_object_set_new(out, "answered_by",
                        live->answered_by ? json_string(live->answered_by) : json_null());
    json_object_set_new(out, "participant",
                        summons->seat[0] ? json_string(summons->seat) : json_null());
    json_object_set_new(out, "reason", json_string(live->reason ? live->reason : ""));
    return out;
}

json_t *heard_json_summons(const HeardLiveHearing *self, uint16_t viewer)
{
    const HeardHearing *rules = &self->rules;
    int64_t reply_ms = rules->config.profile->summons_reply_ms;
    json_t *calls;

    if (reply_ms == 0 || !heard_hearing_sees_summonses(rules, viewer))
        return json_null();
    calls = json_array();
    for (unsigned i = 0; i < rules->summons_count; i++)
        json_array_append_new(calls, call_json(self, i));
    return json_pack("{s:I, s:o}", "reply_ms", (json_int_t)reply_ms, "calls", calls);
}

static void tell_summonses(HeardLiveHearing *hearing)
{
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        if (heard_hearing_sees_summonses(&hearing->rules, (uint16_t)i))
            heard_live_tell(
                hearing, (uint16_t)i, "summons.changed",
                json_pack("{s:o}", "summons", heard_json_summons(hearing, (uint16_t)i)));
    }
}

static const char *notice_of(HeardSummonsState state)
{
    switch (state) {
    case HEARD_SUMMONS_ACCEPTED:
        return "summons_accepted";
    case HEARD_SUMMONS_DECLINED:
        return "summons_declined";
    case HEARD_SUMMONS_UNANSWERED:
        return "summons_unanswered";
    case HEARD_SUMMONS_RINGING:
    case HEARD_SUMMONS_CANCELLED:
    case HEARD_SUMMONS_STATE_COUNT:
        break;
    }
    return NULL;
}

static void notify(HeardLiveHearing *hearing, const char *code, const char *unit_name)
{
    for (unsigned i = 0; code && i < hearing->rules.person_count; i++) {
        if (heard_hearing_sees_summonses(&hearing->rules, (uint16_t)i))
            heard_live_tell_notice(hearing, (uint16_t)i, code, unit_name);
    }
}

/* ---- a seat for who comes ---- */

/* The rows are there by now. In the rules at once, so that the answer is not faster than the seat.
 */
void heard_live_summons_seat(HeardLiveHearing *hearing, const HeardLiveSave *save)
{
    const HeardLiveAnswerer *answerer = save->command->answerer;
    const char *seat = save->command->command.seat;
    HeardLivePerson *live;
    uint16_t person;

    if (!answerer || !save->command->command.accepted ||
        heard_hearing_find(&hearing->rules, seat) != HEARD_NOBODY)
        return;
    person = heard_hearing_add_person(&hearing->rules, seat, HEARD_ROLE_DEPARTMENT,
                                      heard_role_side(HEARD_ROLE_DEPARTMENT));
    g_assert(person != HEARD_NOBODY); /* the rules refused the answer else */
    live = &hearing->people[person];
    live->name = g_strdup(answerer->name);
    live->name_masked = g_strdup(answerer->name);
    live->unit = g_strdup(answerer->unit_name);
    live->title = g_strdup(answerer->title);
    g_strlcpy(live->language, "zh", sizeof live->language);
    heard_live_tell_person(hearing, person);
}

/* ---- a command was done ---- */

static void record(HeardLiveHearing *hearing, unsigned index)
{
    const HeardSummons *summons = &hearing->rules.summonses[index];
    const HeardLiveSummons *live = &hearing->summonses[index];

    heard_live_record_event(hearing, "summons",
                            json_pack("{s:i, s:s, s:s, s:s, s:s?, s:s}", "number", (int)index + 1,
                                      "unit", live->unit_name ? live->unit_name : "", "state",
                                      heard_summons_state_name(summons->state), "by",
                                      hearing->rules.people[summons->by].id, "participant",
                                      summons->seat[0] ? summons->seat : NULL, "reason",
                                      live->reason ? live->reason : ""));
}

void heard_live_summons_done(HeardLiveHearing *hearing, const HeardLiveSave *save, unsigned index)
{
    const HeardSummons *summons = &hearing->rules.summonses[index];
    HeardLiveSummons *live = &hearing->summonses[index];
    HeardLive *self = hearing->live;

    if (summons->state == HEARD_SUMMONS_RINGING) {
        g_strlcpy(live->id, save->summons_id, sizeof live->id);
        g_free(live->unit_name);
        live->unit_name = g_strdup(save->summons_unit);
    } else {
        const char *reason = heard_live_summons_reason(save);

        live->answered_by =
            save->command->answerer ? heard_live_answerer_label(save->command->answerer) : NULL;
        live->reason = g_strdup(reason);
    }
    record(hearing, index);
    if (self->summons_hook)
        self->summons_hook(summons->unit, self->summons_data);
}

void heard_live_notify_summons(HeardLiveHearing *hearing, const HeardLiveSave *save)
{
    for (unsigned i = 0; i < hearing->rules.summons_count; i++) {
        HeardSummonsState state = hearing->rules.summonses[i].state;

        if (i < save->before->summons_count && save->before->summonses[i].state != state)
            notify(hearing, notice_of(state), hearing->summonses[i].unit_name);
    }
    if (save->minutes_line)
        heard_live_minutes_changed(hearing->live, hearing->id, save->minutes_line);
}

const char *heard_live_summons_reason(const HeardLiveSave *save)
{
    const HeardCommand *command = &save->command->command;
    bool is_ours =
        command->verb == HEARD_VERB_SUMMONS_ANSWER || command->verb == HEARD_VERB_SUMMONS_CANCEL;

    return is_ours && command->reason[0] ? command->reason : NULL;
}

char *heard_live_answerer_label(const HeardLiveAnswerer *answerer)
{
    return answerer->title && answerer->title[0]
               ? g_strdup_printf("%s（%s）", answerer->name, answerer->title)
               : g_strdup(answerer->name);
}

void heard_live_answerer_free(HeardLiveAnswerer *self)
{
    if (!self)
        return;
    g_free(self->name);
    g_free(self->title);
    g_free(self->unit_name);
    g_free(self);
}

/* ---- the clock ---- */

static HeardLiveCommand *report_new(HeardVerb verb, json_t *document_take)
{
    HeardLiveCommand *command = g_new0(HeardLiveCommand, 1);
    bool read;

    command->document = document_take;
    read = heard_command_parse(verb, command->document, &command->command, NULL);
    g_assert(read); /* written here */
    return command;
}

void heard_live_summons_tick(HeardLiveHearing *hearing)
{
    unsigned number = heard_hearing_next_summons(&hearing->rules, heard_clock_wall_ms());

    if (number > 0)
        heard_live_submit_take(hearing, report_new(HEARD_VERB_SUMMONS_EXPIRE,
                                                   json_pack("{s:i}", "number", (int)number)));
}

/* ---- doors ---- */

void heard_live_set_summons_hook(HeardLive *self, HeardLiveSummonsHook hook, void *data)
{
    self->summons_hook = hook;
    self->summons_data = data;
}

void heard_live_summons_noted(HeardLive *self, const char *id, unsigned number, int64_t rung_ms,
                              int64_t seen_ms)
{
    HeardLiveHearing *hearing = self ? heard_live_find(self, id) : NULL; /* NULL: it stops */
    HeardLiveSummons *live;

    if (!hearing || hearing->loading || number == 0 || number > hearing->rules.summons_count)
        return;
    live = &hearing->summonses[number - 1];
    if ((rung_ms == 0 || live->rung_ms != 0) && (seen_ms == 0 || live->seen_ms != 0))
        return;
    live->rung_ms = live->rung_ms ? live->rung_ms : rung_ms;
    live->seen_ms = live->seen_ms ? live->seen_ms : seen_ms;
    tell_summonses(hearing);
}

typedef struct {
    HeardLiveAnswerer *answerer;
    char seat[HEARD_ID_SIZE];
    unsigned number;
    bool accepted;
    char *reason;
    HeardLiveAnswered done;
    void *data;
} Answer;

static void answer_free(Answer *self)
{
    heard_live_answerer_free(self->answerer);
    g_free(self->reason);
    g_free(self);
}

static void on_answered(HeardLiveHearing *hearing, HeardAnswer answer, const GError *error,
                        void *data)
{
    Answer *self = data;

    (void)hearing;
    self->done(answer, error, self->accepted ? self->seat : NULL, self->data);
    answer_free(self);
}

static void on_hearing(HeardLiveHearing *hearing, const GError *error, void *data)
{
    Answer *self = data;
    HeardLiveCommand *command;

    if (error) {
        self->done(HEARD_ANSWER_OK, error, NULL, self->data);
        answer_free(self);
        return;
    }
    command = report_new(HEARD_VERB_SUMMONS_ANSWER,
                         json_pack("{s:i, s:s, s:s, s:s, s:s}", "number", (int)self->number,
                                   "decision", self->accepted ? "accepted" : "declined", "seat",
                                   self->accepted ? self->seat : "", "account",
                                   self->answerer->account, "reason", self->reason));
    command->answerer = g_steal_pointer(&self->answerer);
    command->done = on_answered;
    command->data = self;
    heard_live_submit_take(hearing, command);
}

void heard_live_summons_answer_take(HeardLive *self, const HeardLiveSummonsAnswer *what,
                                    HeardLiveAnswerer *answerer, HeardLiveAnswered done, void *data)
{
    Answer *answer = g_new0(Answer, 1);

    answer->answerer = answerer;
    answer->number = what->number;
    answer->accepted = what->accepted;
    answer->reason = g_strdup(what->reason);
    answer->done = done;
    answer->data = data;
    if (answerer->seat[0])
        g_strlcpy(answer->seat, answerer->seat, sizeof answer->seat);
    else
        heard_id_new(answer->seat, heard_clock_wall_ms());
    heard_live_with_hearing(self, what->hearing, on_hearing, answer);
}
