/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/jobs.h"

#include "server/app/job_lane.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/log.h"
#include "server/store/job_rows.h"

#include <string.h>

static const HeardLogTopic topic = {"jobs"};

struct HeardJobs {
    HeardJobsConfig config;
    HeardTimer poll;
    int64_t next_missing_us;
    HeardFollowers *followers;
    HeardJobLane *lanes[HEARD_JOB_KINDS]; /* NULL: not wanted here */
};

static void run_forget(HeardStore *store, void *data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    if (!heard_job_rows_forget(store, heard_clock_wall_ms() - HEARD_JOB_KEEP_MS, &error))
        heard_log(&topic, HEARD_LOG_WARN, "old-jobs-stay error=%s",
                  heard_error_name(heard_error_code(error)));
}

static void queue_missing(HeardJobs *self, int64_t now_us)
{
    self->next_missing_us = now_us + self->config.every_us;
    for (unsigned i = 0; i < HEARD_JOB_KINDS; i++)
        if (self->lanes[i])
            heard_job_lane_queue_missing(self->lanes[i]);
    heard_store_thread_post(self->config.store, run_forget, NULL, NULL, NULL, NULL);
}

static void on_poll(HeardTimer *timer, int64_t now_us)
{
    HeardJobs *self = heard_container_of(timer, HeardJobs, poll);

    heard_loop_set_timer(self->config.loop, timer,
                         now_us + MIN(HEARD_JOBS_POLL_US, self->config.every_us));
    if (now_us >= self->next_missing_us) {
        queue_missing(self, now_us);
        return;
    }
    for (unsigned i = 0; i < HEARD_JOB_KINDS; i++) {
        if (!self->lanes[i])
            continue;
        heard_job_lane_extend(self->lanes[i]);
        heard_job_lane_look(self->lanes[i]);
    }
}

void heard_jobs_look(HeardJobs *self)
{
    queue_missing(self, heard_loop_now_us(self->config.loop));
}

HeardJobs *heard_jobs_new(const HeardJobsConfig *config)
{
    HeardJobs *self = g_new0(HeardJobs, 1);
    HeardFollowersConfig followers = {config->loop, config->store, config->data_dir,
                                      config->key_path};

    self->config = *config;
    self->poll.func = on_poll;
    self->followers = heard_followers_new(&followers);
    for (unsigned i = 0; i < HEARD_JOB_KINDS; i++)
        if (heard_job_kinds[i].wanted(&self->config))
            self->lanes[i] = heard_job_lane_new(
                &self->config, &heard_job_kinds[i],
                strcmp(heard_job_kinds[i].name, "derive") == 0 ? self->followers : NULL);
    return self;
}

void heard_jobs_free(HeardJobs *self)
{
    if (!self)
        return;
    heard_loop_clear_timer(self->config.loop, &self->poll);
    for (unsigned i = 0; i < HEARD_JOB_KINDS; i++)
        heard_job_lane_free(self->lanes[i]);
    heard_followers_free(self->followers);
    g_free(self);
}

void heard_jobs_start(HeardJobs *self)
{
    int64_t now_us = heard_loop_now_us(self->config.loop);

    queue_missing(self, now_us);
    heard_followers_start(self->followers);
    heard_loop_set_timer(self->config.loop, &self->poll,
                         now_us + MIN(HEARD_JOBS_POLL_US, self->config.every_us));
}
