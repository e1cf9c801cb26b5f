/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/metrics.h"
#include "server/base/random.h"

#include <string.h>

static const HeardLogTopic topic = {"live"};

static HeardMetric commands_done = {.name = "heard_live_commands_total",
                                    .labels = "result=\"done\"",
                                    .help = "Commands of live hearings",
                                    .kind = HEARD_METRIC_COUNTER};
static HeardMetric commands_refused = {.name = "heard_live_commands_total",
                                       .labels = "result=\"refused\"",
                                       .help = "Commands of live hearings",
                                       .kind = HEARD_METRIC_COUNTER};
static HeardMetric commands_failed = {.name = "heard_live_commands_total",
                                      .labels = "result=\"failed\"",
                                      .help = "Commands of live hearings",
                                      .kind = HEARD_METRIC_COUNTER};

void heard_live_command_free(HeardLiveCommand *command)
{
    json_decref(command->document);
    heard_live_answerer_free(command->answerer);
    g_free(command);
}

static void peer_free(void *data)
{
    g_free(data);
}

HeardLiveHearing *heard_live_hearing_new(HeardLive *live, const char *id)
{
    HeardLiveHearing *self = g_new0(HeardLiveHearing, 1);

    heard_metric_register(&commands_done);
    heard_metric_register(&commands_refused);
    heard_metric_register(&commands_failed);
    heard_live_quality_register();
    heard_live_settle_register();
    self->live = live;
    g_strlcpy(self->id, id, sizeof self->id);
    heard_random_text(self->epoch, HEARD_EPOCH_SIZE - 1);
    self->waiters = g_ptr_array_new();
    self->peers = g_ptr_array_new_with_free_func(peer_free);
    self->people = g_new0(HeardLivePerson, HEARD_PEOPLE_MAX);
    self->effects = g_new0(HeardEffects, 1);
    self->before = g_new0(HeardHearing, 1);
    g_queue_init(&self->commands);
    g_queue_init(&self->openings);
    self->idle_since_us = heard_live_now_us(live);
    return self;
}

/* The server stops. A duty screen that answers waits for its HTTP answer. */
static void drop_command(HeardLiveHearing *self, HeardLiveCommand *command)
{
    g_autoptr(GError) error = NULL;

    if (command->answerer) {
        error = g_error_new(HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "the server stops");
        command->done(self, HEARD_ANSWER_OK, error, command->data);
    }
    heard_live_command_free(command);
}

void heard_live_hearing_free(HeardLiveHearing *self)
{
    HeardLiveCommand *command;

    if (!self)
        return;
    while ((command = g_queue_pop_head(&self->openings)))
        heard_live_command_free(command);
    while ((command = g_queue_pop_head(&self->commands)))
        drop_command(self, command);
    for (unsigned i = 0; i < HEARD_PEOPLE_MAX; i++)
        heard_live_person_clear(&self->people[i]);
    g_ptr_array_unref(self->waiters);
    g_ptr_array_unref(self->peers);
    g_free(self->people);
    heard_live_shown_free(self->shown);
    heard_live_summonses_clear(self->summonses);
    heard_live_speech_free(self);
    json_decref(self->attendance);
    g_clear_error(&self->settling.error);
    g_free(self->effects);
    g_free(self->before);
    g_free(self->number);
    g_free(self->title);
    g_free(self->case_id);
    g_free(self->case_number);
    g_free(self->case_title);
    g_free(self->organiser);
    g_free(self->language);
    g_free(self->recording_id);
    g_free(self->recording_number);
    g_free(self);
}

/* Answer whoever asked. Before the effects: a reply comes before the events it caused. */
static void answer_with(HeardLiveHearing *self, HeardLiveCommand *command, HeardAnswer answer,
                        const char *detail, const GError *error)
{
    bool good = !error && (answer == HEARD_ANSWER_OK || answer == HEARD_ANSWER_UNCHANGED);
    bool linked = command->link && command->link->hearing == self;

    heard_metric_add(error ? &commands_failed : good ? &commands_done : &commands_refused, 1);
    if (linked && good)
        heard_connection_reply_take(command->link->connection, command->reply_id, NULL);
    else if (linked && error)
        heard_connection_refuse(command->link->connection, command->reply_id,
                                heard_error_code(error), NULL, NULL);
    else if (linked)
        heard_connection_refuse(command->link->connection, command->reply_id,
                                heard_answer_error(answer), heard_answer_name(answer), detail);
}

static void answer(HeardLiveHearing *self, HeardLiveCommand *command, HeardAnswer answer,
                   const GError *error)
{
    answer_with(self, command, answer, NULL, error);
}

static void tell_done(HeardLiveHearing *self, HeardLiveCommand *command, HeardAnswer result,
                      const GError *error)
{
    if (command->done)
        command->done(self, result, error, command->data);
}

void heard_live_refuse_take(HeardLiveHearing *self, HeardLiveCommand *command, HeardAnswer why,
                            const char *detail, const GError *error)
{
    answer_with(self, command, why, detail, error);
    tell_done(self, command, why, error);
    heard_live_command_free(command);
}

static void on_saved(void *data)
{
    HeardLiveSave *save = data;
    HeardLiveHearing *self = save->hearing;

    self->in_store = NULL;
    save->saved_us = heard_live_now_us(self->live);
    if (!self->live->halted)
        heard_live_settle_hold(self);
    if (save->refusal != HEARD_ANSWER_OK) {
        heard_hearing_copy(&self->rules, save->before);
        answer(self, save->command, save->refusal, NULL);
        heard_live_settle_take(self, save, save->refusal, NULL);
        return;
    }
    if (save->error) {
        uint32_t skipped;

        /* What could not be written did not happen. */
        heard_hearing_copy(&self->rules, save->before);
        if (heard_log_limit(&self->live->limit, heard_live_now_us(self->live), &skipped))
            heard_log(&topic, HEARD_LOG_ERROR,
                      "command-not-saved hearing=%s verb=%s error=%s detail=%s", self->id,
                      heard_verb_name(save->command->command.verb),
                      heard_error_name(heard_error_code(save->error)), save->error->message);
        if (!self->live->halted)
            heard_live_rooms_sweep(self);
        answer(self, save->command, save->answer, save->error);
        heard_live_settle_take(self, save, save->answer, g_steal_pointer(&save->error));
        return;
    }
    if (save->claimed) {
        uint16_t person = heard_hearing_find(&self->rules, save->command->command.target);

        g_free(self->people[person].claimed);
        self->people[person].claimed = g_steal_pointer(&save->claimed);
    }
    answer(self, save->command, save->answer, NULL);
    if (!self->live->halted)
        heard_effects_run(self, save);
    heard_live_settle_take(self, save, save->answer, NULL);
}

static HeardLiveSave *save_new(HeardLiveHearing *self, HeardLiveCommand *command)
{
    HeardLiveSave *save = g_new0(HeardLiveSave, 1);

    save->hearing = self;
    g_strlcpy(save->hearing_id, self->id, sizeof save->hearing_id);
    save->case_id = g_strdup(self->case_id);
    save->case_title = g_strdup(self->case_title);
    save->recordings_dir = g_strdup(self->live->config.recordings_dir);
    save->command = command;
    save->before = heard_hearing_snapshot(&self->rules);
    if (self->reserved) {
        save->recording_id = g_strdup(self->recording_id);
        save->recording_number = g_strdup(self->recording_number);
        save->recording_epoch = self->recording_epoch;
    }
    return save;
}

static void refuse_unavailable(HeardLiveHearing *self, HeardLiveCommand *command)
{
    g_autoptr(GError) error =
        g_error_new(HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "the server has too much to do");
    uint32_t skipped;

    if (heard_log_limit(&self->live->limit, heard_live_now_us(self->live), &skipped))
        heard_log(&topic, HEARD_LOG_ERROR,
                  "command-refused hearing=%s error=unavailable skipped=%u", self->id, skipped);
    answer(self, command, HEARD_ANSWER_OK, error);
    tell_done(self, command, HEARD_ANSWER_OK, error);
}

/* One command at a time: the next is judged when the last one is durable. */
void heard_live_pump(HeardLiveHearing *self)
{
    HeardLiveCommand *command;

    while (!self->busy && !self->live->halted && (command = g_queue_pop_head(&self->commands))) {
        HeardLiveCommand asked = *command;
        HeardLiveSave *save;

        if (heard_store_thread_waiting(self->live->config.store) >= HEARD_STORE_THREAD_JOBS_MAX) {
            refuse_unavailable(self, &asked);
            heard_live_command_free(command);
            continue;
        }
        if (heard_live_risk_take(self, command) || heard_live_opening_take(self, command) ||
            heard_live_mediation_take(self, command))
            continue;
        save = save_new(self, command);
        save->answer = heard_hearing_apply(&self->rules, &command->command, self->effects);
        if (self->effects->count == 0) {
            answer(self, command, save->answer, NULL);
            tell_done(self, command, save->answer, NULL);
            heard_live_save_free(save);
            continue;
        }
        heard_hearing_copy(self->before, save->before);
        save->after = heard_hearing_snapshot(&self->rules);
        save->effects = heard_effects_copy(self->effects);
        self->busy = true;
        self->in_store = command;
        save->saving_us = heard_live_now_us(self->live);
        if (!heard_store_thread_post(self->live->config.store, heard_live_save_run, save,
                                     self->live->config.loop, on_saved, heard_live_save_free)) {
            /* Refused, and the save is destroyed: what is not written did not happen. */
            self->busy = false;
            self->in_store = NULL;
            heard_hearing_copy(&self->rules, self->before);
            refuse_unavailable(self, &asked);
        }
    }
}

void heard_live_submit_take(HeardLiveHearing *self, HeardLiveCommand *command)
{
    command->command.wall_ms = heard_clock_wall_ms();
    command->command.now_us = heard_live_now_us(self->live);
    if (g_queue_get_length(&self->commands) >= HEARD_LIVE_COMMANDS_MAX) {
        refuse_unavailable(self, command);
        heard_live_command_free(command);
        return;
    }
    g_queue_push_tail(&self->commands, command);
    heard_live_pump(self);
}

void heard_live_report(HeardLiveHearing *self, HeardVerb verb, uint16_t target, const char *reason,
                       HeardLiveCommandDone done, void *data)
{
    HeardLiveCommand *command = g_new0(HeardLiveCommand, 1);

    command->done = done;
    command->data = data;
    command->command.verb = verb;
    command->command.reason = reason ? reason : ""; /* always a constant */
    command->command.text_version = "";
    command->command.document = "";
    command->command.phase = "";
    command->command.note = "";
    if (target != HEARD_NOBODY) {
        g_strlcpy(command->target, self->rules.people[target].id, sizeof command->target);
        command->command.target = command->target;
    }
    heard_live_submit_take(self, command);
}

void heard_live_forget_link(HeardLiveHearing *self, const HeardLiveLink *link)
{
    for (GList *item = self->commands.head; item; item = item->next) {
        HeardLiveCommand *command = item->data;

        if (command->link == link)
            command->link = NULL;
    }
    heard_live_opening_forget_link(self, link);
    if (self->in_store && self->in_store->link == link)
        self->in_store->link = NULL;
}

void heard_live_reconcile(HeardLiveHearing *self, uint16_t person)
{
    HeardLivePerson *live = &self->people[person];
    const HeardPerson *p = &self->rules.people[person];
    bool online =
        (live->link && heard_connection_greeted(live->link->connection)) || live->media_only;
    bool in_media = heard_live_person_in_media(self, person);

    if (self->is_load || self->loading || heard_hearing_over(&self->rules))
        return;
    /* While commands wait the state is about to change: the tick comes back to it. */
    if (online != p->online && p->presence != HEARD_PRESENCE_REMOVED)
        heard_live_report(self, online ? HEARD_VERB_CONNECT : HEARD_VERB_DISCONNECT, person,
                          online ? NULL : "connection_lost", NULL, NULL);
    if (in_media != p->in_media &&
        heard_room_has_media(heard_hearing_room_of(&self->rules, person)))
        heard_live_report(self, in_media ? HEARD_VERB_MEDIA_UP : HEARD_VERB_MEDIA_DOWN, person,
                          in_media ? NULL : "media_lost", NULL, NULL);
}
