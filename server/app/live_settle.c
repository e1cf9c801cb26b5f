/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/base/metrics.h"

#include <string.h>

static const HeardLogTopic topic = {"live"};

static HeardMetric late = {.name = "heard_live_settled_late_total",
                           .help = "Commands told of before the media worker answered",
                           .kind = HEARD_METRIC_COUNTER};

void heard_live_settle_register(void)
{
    heard_metric_register(&late);
}

void heard_live_settle_hold(HeardLiveHearing *self)
{
    for (unsigned i = 0; i < self->rules.person_count; i++) {
        HeardLiveLink *link = self->people[i].link;

        if (!link)
            continue;
        link->held_by = self;
        heard_connection_hold(link->connection);
    }
}

/* Also those that were replaced meanwhile. */
void heard_live_settle_release(HeardLiveHearing *self)
{
    GPtrArray *links = self->live->links;

    for (guint i = 0; i < links->len; i++) {
        HeardLiveLink *link = g_ptr_array_index(links, i);

        if (link->held_by != self)
            continue;
        link->held_by = NULL;
        heard_connection_release(link->connection);
    }
}

/* People wait for it: where the time went. */
static void log_slow(const HeardLiveHearing *self, const HeardLiveSettling *settling)
{
    int64_t now_us = heard_live_now_us(self->live);
    uint32_t skipped;

    if (settling->asked_us == 0 || now_us - settling->asked_us < HEARD_LIVE_SLOW_US ||
        !heard_log_limit(&self->live->limit, now_us, &skipped))
        return;
    heard_log(&topic, HEARD_LOG_WARN,
              "command-slow hearing=%s verb=%s queued_ms=%lld store_ms=%lld worker_ms=%lld left=%u",
              self->id, heard_verb_name(settling->verb),
              (long long)((settling->saving_us - settling->asked_us) / 1000),
              (long long)((settling->saved_us - settling->saving_us) / 1000),
              (long long)((now_us - settling->saved_us) / 1000),
              g_queue_get_length((GQueue *)&self->commands));
}

static void finish(HeardLiveHearing *self)
{
    HeardLiveSettling settling = self->settling;

    log_slow(self, &settling);
    memset(&self->settling, 0, sizeof self->settling);
    self->busy = false;
    heard_live_settle_release(self);
    if (!self->live->halted)
        heard_slots_update(self, NULL);
    if (settling.done)
        settling.done(self, settling.answer, settling.error, settling.data);
    g_clear_error(&settling.error);
    heard_live_pump(self);
}

void heard_live_settle_take(HeardLiveHearing *self, const HeardLiveSave *save, HeardAnswer answer,
                            GError *error_take)
{
    HeardLive *live = self->live;
    HeardRoomId room = self->rooms[HEARD_ROOM_MAIN].id;

    self->settling =
        (HeardLiveSettling){.done = save->command->done,
                            .data = save->command->data,
                            .verb = save->command->command.verb,
                            .asked_us = save->command->command.now_us,
                            .saving_us = save->saving_us,
                            .saved_us = save->saved_us,
                            .answer = answer,
                            .error = error_take,
                            .until_us = heard_live_now_us(live) + HEARD_LIVE_SETTLE_US};
    /* A refusal moved nobody. */
    if (live->halted || !self->worker || (!error_take && answer != HEARD_ANSWER_OK)) {
        finish(self);
        return;
    }
    self->settling.fence = ++live->last_fence;
    if (heard_worker_fence(self->worker, room, self->settling.fence))
        return;
    heard_metric_add(&late, 1);
    finish(self);
}

void heard_live_settle_fenced(HeardLive *self, const HeardWorkerEvent *event)
{
    HeardLiveHearing *hearing = g_hash_table_lookup(self->rooms, GUINT_TO_POINTER(event->room));

    if (hearing && hearing->settling.fence == event->fence)
        finish(hearing);
}

void heard_live_settle_tick(HeardLiveHearing *self, int64_t now_us)
{
    if (self->settling.fence == 0 || now_us < self->settling.until_us)
        return;
    heard_log(&topic, HEARD_LOG_ERROR, "worker-silent hearing=%s", self->id);
    heard_metric_add(&late, 1);
    finish(self);
}

void heard_live_settle_halt(HeardLiveHearing *self)
{
    if (self->settling.fence != 0)
        finish(self);
}
