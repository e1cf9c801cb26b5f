/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/base/error.h"

#include <string.h>

static const HeardLogTopic topic = {"live"};

/* Would the rules let it happen? Asked of a copy. */
bool heard_live_would_record(HeardLiveHearing *self, const HeardLiveCommand *command)
{
    g_autofree HeardHearing *copy = heard_hearing_snapshot(&self->rules);

    return heard_hearing_apply(copy, &command->command, self->effects) == HEARD_ANSWER_OK &&
           heard_hearing_recording(copy) != HEARD_RECORDING_NONE;
}

static bool is_durable(const HeardLiveHearing *self)
{
    return self->reserved && self->record && !self->record_dropped &&
           self->status.fault == HEARD_RECORD_FAULT_NONE && self->durable_us > 0 &&
           heard_live_now_us(self->live) - self->durable_us < HEARD_LIVE_DURABLE_US;
}

static void arm(HeardLiveHearing *self)
{
    if (self->reserving || self->record)
        return;
    if (!self->reserved)
        heard_live_reserve(self);
    else
        heard_live_record_arm(self);
}

static void refuse_for_room(HeardLiveHearing *self, HeardLiveCommand *command)
{
    double hours = heard_writer_hours_left(self->live->writer, true);
    g_autofree char *text = g_strdup_printf("%.1f h", hours);

    heard_log(&topic, HEARD_LOG_WARN, "opening-refused hearing=%s reason=%s hours_left=%.2f",
              self->id, heard_answer_name(HEARD_ANSWER_RECORDING_DISK_LOW), hours);
    heard_live_refuse_take(self, command, HEARD_ANSWER_RECORDING_DISK_LOW, text, NULL);
}

bool heard_live_opening_take(HeardLiveHearing *self, HeardLiveCommand *command)
{
    int64_t now_us = heard_live_now_us(self->live);

    if (command->command.verb != HEARD_VERB_OPEN || self->is_load || !self->live->writer ||
        !heard_live_would_record(self, command))
        return false;
    if (heard_live_disk_rung(self) >= HEARD_DISK_LOW) {
        refuse_for_room(self, command);
        return true;
    }
    if (is_durable(self))
        return false;
    if (g_queue_get_length(&self->openings) >= HEARD_LIVE_OPENINGS_MAX) {
        g_autoptr(GError) error =
            g_error_new(HEARD_ERROR, HEARD_ERROR_TOO_MANY, "the opening is under way");

        heard_live_refuse_take(self, command, HEARD_ANSWER_OK, NULL, error);
        return true;
    }
    if (g_queue_is_empty(&self->openings))
        self->opening_until_us = now_us + HEARD_LIVE_DURABLE_US;
    g_queue_push_tail(&self->openings, command);
    self->armed_seen_us = now_us;
    arm(self);
    return true;
}

static void refuse_all(HeardLiveHearing *self, const GError *error)
{
    const char *fault = heard_record_fault_name(self->status.fault);
    HeardLiveCommand *command;

    heard_log(&topic, HEARD_LOG_ERROR, "opening-refused hearing=%s reason=%s fault=%s", self->id,
              error ? heard_error_name(heard_error_code(error))
                    : heard_answer_name(HEARD_ANSWER_RECORDING_NOT_DURABLE),
              fault ? fault : "none");
    while ((command = g_queue_pop_head(&self->openings)))
        heard_live_refuse_take(self, command, HEARD_ANSWER_RECORDING_NOT_DURABLE, fault, error);
}

void heard_live_opening_reserved(HeardLiveHearing *self, const GError *error)
{
    self->reserving = false;
    if (error) {
        refuse_all(self, error);
        return;
    }
    self->reserved = true;
    self->record_held = false;
    self->record_dropped = false;
    if (!self->live->stopping)
        arm(self);
}

/* What nobody opened ends, and its row says so; the files stay. */
static void forget(HeardLiveHearing *self)
{
    heard_live_save_recording(self, HEARD_LIVE_UNUSED, &self->status);
    self->record = NULL;
    self->reserved = false;
    self->record_dropped = false;
    memset(&self->status, 0, sizeof self->status);
    self->durable_us = 0;
    g_clear_pointer(&self->recording_id, g_free);
    g_clear_pointer(&self->recording_number, g_free);
    if (!g_queue_is_empty(&self->openings) && !self->live->stopping)
        arm(self);
}

static void drop(HeardLiveHearing *self)
{
    if (self->record_dropped)
        return;
    if (!self->record) {
        forget(self);
        return;
    }
    self->record_dropped = true;
    heard_record_close(self->record);
}

void heard_live_opening_status(HeardLiveHearing *self)
{
    HeardLiveCommand *command;

    if (self->status.state == HEARD_RECORD_SEALED) {
        forget(self);
        return;
    }
    if (!is_durable(self) || g_queue_is_empty(&self->openings))
        return;
    while ((command = g_queue_pop_tail(&self->openings)))
        g_queue_push_head(&self->commands, command);
    heard_live_pump(self);
}

void heard_live_opening_done(HeardLiveHearing *self)
{
    self->reserved = false;
    if (self->record_held)
        heard_record_resume(self->record, heard_live_now_us(self->live));
    self->record_held = false;
    heard_live_record_attach(self);
}

static bool is_anybody_here(const HeardLiveHearing *self)
{
    bool here = self->peers->len > 0 || self->openings.length > 0;

    for (unsigned i = 0; i < self->rules.person_count && !here; i++)
        here = self->people[i].link != NULL;
    return here;
}

/* The opening was refused after all: until the next one the record's time is a pause. */
static void hold(HeardLiveHearing *self)
{
    if (!self->record || self->record_held || self->busy || self->record_dropped ||
        !g_queue_is_empty(&self->commands) || !g_queue_is_empty(&self->openings))
        return;
    self->record_held = true;
    heard_record_pause(self->record, "not_open", NULL, heard_live_now_us(self->live));
}

void heard_live_opening_tick(HeardLiveHearing *self, int64_t now_us)
{
    if (!g_queue_is_empty(&self->openings) && now_us >= self->opening_until_us)
        refuse_all(self, NULL);
    if (!self->reserved)
        return;
    if (!g_queue_is_empty(&self->openings))
        arm(self);
    hold(self);
    if (is_anybody_here(self) || self->busy)
        self->armed_seen_us = now_us;
    else if (now_us - self->armed_seen_us >= HEARD_LIVE_ARMED_US)
        drop(self);
}

void heard_live_opening_stop(HeardLiveHearing *self)
{
    HeardLiveCommand *command;

    while ((command = g_queue_pop_head(&self->openings)))
        heard_live_command_free(command);
    if (self->reserved)
        drop(self);
}

void heard_live_opening_forget_link(HeardLiveHearing *self, const HeardLiveLink *link)
{
    for (GList *item = self->openings.head; item; item = item->next) {
        HeardLiveCommand *command = item->data;

        if (command->link == link)
            command->link = NULL;
    }
}
