/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/jobs.h"

#include "server/app/child.h"
#include "server/app/derived_files.h"
#include "server/app/followers.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/id.h"
#include "server/base/json.h"
#include "server/base/log.h"
#include "server/store/job_rows.h"
#include "server/store/recording_rows.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define KIND "derive"

static const HeardLogTopic topic = {"jobs"};

struct HeardJobs {
    HeardJobsConfig config;
    HeardTimer poll;
    char owner[32]; /* of leases */
    bool asking;    /* the store thread looks for a job */
    HeardChild *child;
    HeardFollowers *followers;
    bool follows; /* the job is done by one of them */
    char job_id[HEARD_ID_SIZE];
    char recording_id[HEARD_ID_SIZE];
    char *directory;
    int64_t next_progress_us;
    atomic_int *alive; /* shared with turns: 0 when the object is gone */
};

/* One visit to the store thread. */
typedef struct {
    HeardJobs *jobs; /* main only */
    atomic_int *alive;
    char owner[32];
    char job_id[HEARD_ID_SIZE];
    char recording_id[HEARD_ID_SIZE];
    char *directory;
    char *data_dir;
    int64_t permille;
    bool found;
    bool succeeded;
} Turn;

static atomic_int *alive_ref(atomic_int *alive)
{
    return g_atomic_rc_box_acquire(alive);
}

static void turn_free(void *data)
{
    Turn *turn = data;

    g_atomic_rc_box_release(turn->alive);
    g_free(turn->directory);
    g_free(turn->data_dir);
    g_free(turn);
}

static Turn *turn_new(HeardJobs *self)
{
    Turn *turn = g_new0(Turn, 1);

    heard_loop_assert_current(self->config.loop);
    turn->jobs = self;
    turn->alive = alive_ref(self->alive);
    turn->data_dir = g_strdup(self->config.data_dir);
    turn->directory = g_strdup(self->directory);
    g_strlcpy(turn->owner, self->owner, sizeof turn->owner);
    g_strlcpy(turn->job_id, self->job_id, sizeof turn->job_id);
    g_strlcpy(turn->recording_id, self->recording_id, sizeof turn->recording_id);
    return turn;
}

static void log_failure(const char *event, const char *recording_id, const GError *error)
{
    heard_log(&topic, HEARD_LOG_ERROR, "%s recording=%s text=\"%s\"", event, recording_id,
              error ? error->message : "");
}

/* ---- queue ---- */

static bool queue_one(HeardStore *store, const char *recording_id, GError **error)
{
    int64_t wall_ms = heard_clock_wall_ms();
    g_autoptr(GError) failure = NULL;
    char id[HEARD_ID_SIZE];
    HeardJobRow row = {.id = id,
                       .kind = KIND,
                       .subject_id = recording_id,
                       .payload = "{}",
                       .state = "queued",
                       .tries_max = HEARD_JOBS_TRIES,
                       .run_after_ms = wall_ms,
                       .created_ms = wall_ms};

    heard_id_new(id, wall_ms);
    if (!heard_job_rows_insert(store, &row, &failure)) {
        if (heard_error_code(failure) == HEARD_ERROR_CONFLICT)
            return true; /* it waits or runs already */
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    return heard_recording_rows_set_derive(store, recording_id, "queued", 0, NULL, error);
}

static void run_queue_one(HeardStore *store, void *data)
{
    Turn *turn = data;
    g_autoptr(GError) error = NULL;

    if (!queue_one(store, turn->recording_id, &error))
        log_failure("queue-failed", turn->recording_id, error);
}

static void run_queue_missing(HeardStore *store, void *data)
{
    HeardPage page = {.limit = HEARD_PAGE_MAX};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = heard_recording_rows_list_underived(store, &page, &error);

    (void)data;
    for (guint i = 0; rows && i < rows->len; i++) {
        const HeardRecordingRow *row = g_ptr_array_index(rows, i);
        if (!queue_one(store, row->id, &error)) {
            log_failure("queue-failed", row->id, error);
            return;
        }
    }
    if (!rows)
        log_failure("queue-failed", "", error);
}

static void ask_for_job(HeardJobs *self);

static void done_queue(void *data)
{
    Turn *turn = data;

    if (atomic_load(turn->alive))
        ask_for_job(turn->jobs);
}

static void post(HeardJobs *self, HeardStoreRunFunc run, Turn *turn, HeardStoreDoneFunc done)
{
    if (!heard_store_thread_post(self->config.store, run, turn, done ? self->config.loop : NULL,
                                 done, turn_free))
        heard_log(&topic, HEARD_LOG_WARN, "store-busy");
}

void heard_jobs_queue(HeardJobs *self, const char *recording_id)
{
    Turn *turn = turn_new(self);

    g_strlcpy(turn->recording_id, recording_id, sizeof turn->recording_id);
    post(self, run_queue_one, turn, done_queue);
}

/* ---- take and run ---- */

static void run_take(HeardStore *store, void *data)
{
    Turn *turn = data;
    g_autoptr(GError) error = NULL;
    g_autofree HeardRecordingRow *recording = NULL;
    g_autofree HeardJobRow *job = heard_job_rows_take(
        store, KIND, turn->owner, heard_clock_wall_ms(), HEARD_JOBS_LEASE_MS, &error);

    if (job)
        recording = heard_recording_rows_get(store, job->subject_id, &error);
    if (error)
        log_failure("take-failed", job ? job->subject_id : "", error);
    if (!recording)
        return;
    g_strlcpy(turn->job_id, job->id, sizeof turn->job_id);
    g_strlcpy(turn->recording_id, recording->id, sizeof turn->recording_id);
    g_free(turn->directory);
    turn->directory = g_strdup(recording->directory);
    turn->found = heard_recording_rows_set_derive(store, recording->id, "running", 0, NULL, &error);
    if (!turn->found)
        log_failure("take-failed", recording->id, error);
}

static void start_child(HeardJobs *self);

static void done_take(void *data)
{
    Turn *turn = data;
    HeardJobs *self = turn->jobs;

    if (!atomic_load(turn->alive))
        return;
    self->asking = false;
    if (!turn->found)
        return;
    g_strlcpy(self->job_id, turn->job_id, sizeof self->job_id);
    g_strlcpy(self->recording_id, turn->recording_id, sizeof self->recording_id);
    g_free(self->directory);
    self->directory = g_steal_pointer(&turn->directory);
    start_child(self);
}

static void ask_for_job(HeardJobs *self)
{
    if (self->asking || self->child || self->follows)
        return;
    self->asking = true;
    post(self, run_take, turn_new(self), done_take);
}

static void run_progress(HeardStore *store, void *data)
{
    Turn *turn = data;
    g_autoptr(GError) error = NULL;

    if (!heard_job_rows_extend(store, turn->job_id, turn->owner,
                               heard_clock_wall_ms() + HEARD_JOBS_LEASE_MS, &error) ||
        !heard_recording_rows_set_derive(store, turn->recording_id, "running", turn->permille, NULL,
                                         &error))
        log_failure("progress-not-kept", turn->recording_id, error);
}

/* A silent child keeps its lease. */
static void run_extend(HeardStore *store, void *data)
{
    Turn *turn = data;
    g_autoptr(GError) error = NULL;

    if (!heard_job_rows_extend(store, turn->job_id, turn->owner,
                               heard_clock_wall_ms() + HEARD_JOBS_LEASE_MS, &error))
        log_failure("lease-lost", turn->recording_id, error);
}

static void on_line(const char *line, void *data)
{
    HeardJobs *self = data;
    int64_t now_us = heard_loop_now_us(self->config.loop);
    g_autoptr(json_t) json = heard_json_parse_object(line, strlen(line), NULL);
    const json_t *progress = json ? json_object_get(json, "progress") : NULL;
    Turn *turn;

    if (!json_is_integer(progress) || now_us < self->next_progress_us)
        return;
    self->next_progress_us = now_us + HEARD_JOBS_PROGRESS_US;
    turn = turn_new(self);
    turn->permille = CLAMP(json_integer_value(progress), 0, 1000);
    post(self, run_progress, turn, NULL);
}

static bool keep_success(HeardStore *store, Turn *turn, GError **error)
{
    return heard_derived_files_keep(store, turn->data_dir, turn->directory, turn->recording_id,
                                    error) &&
           heard_recording_rows_set_derive(store, turn->recording_id, "ready", 1000, NULL, error) &&
           heard_job_rows_finish(store, turn->job_id, turn->owner, heard_clock_wall_ms(), error);
}

static bool keep_failure(HeardStore *store, Turn *turn, const char *why, GError **error)
{
    g_autofree HeardJobRow *job = NULL;
    bool dead;

    if (!heard_job_rows_fail(store, turn->job_id, turn->owner, heard_clock_wall_ms(), why, error))
        return false;
    job = heard_job_rows_get(store, turn->job_id, error);
    if (!job)
        return false;
    dead = strcmp(job->state, "dead") == 0;
    return heard_recording_rows_set_derive(store, turn->recording_id, dead ? "failed" : "queued", 0,
                                           why, error);
}

static void run_finish(HeardStore *store, void *data)
{
    Turn *turn = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) failure = NULL;

    if (turn->succeeded && keep_success(store, turn, &error)) {
        heard_log(&topic, HEARD_LOG_INFO, "derived recording=%s", turn->recording_id);
        return;
    }
    log_failure("derive-failed", turn->recording_id, error);
    if (!keep_failure(store, turn, error ? error->message : "heard derive failed", &failure))
        log_failure("derive-failure-not-kept", turn->recording_id, failure);
}

static void finish(HeardJobs *self, bool succeeded)
{
    Turn *turn = turn_new(self);

    turn->succeeded = succeeded;
    post(self, run_finish, turn, done_queue);
}

static void on_end(int status, void *data)
{
    HeardJobs *self = data;

    self->child = NULL;
    finish(self, status == 0);
}

/* Who followed the recording failed at its end: once more, from the start. */
static void on_followed(int status, void *data)
{
    HeardJobs *self = data;

    self->follows = false;
    if (status == 0)
        finish(self, true);
    else
        start_child(self);
}

static void start_child(HeardJobs *self)
{
    HeardChildHooks follower_hooks = {on_line, on_followed, self};
    g_autofree char *folder = g_build_filename(self->config.data_dir, self->directory, NULL);
    g_autofree char *out = g_build_filename(folder, "derived", NULL);
    const char *argv[] = {"derive", "--recording", folder, "--key", self->config.key_path,
                          "--out",  out,           NULL};
    HeardChildHooks hooks = {on_line, on_end, self};
    g_autoptr(GError) error = NULL;

    switch (heard_followers_claim(self->followers, self->recording_id, &follower_hooks)) {
    case HEARD_FOLLOWER_RUNNING:
        self->follows = true;
        return;
    case HEARD_FOLLOWER_DONE:
        finish(self, true);
        return;
    case HEARD_FOLLOWER_NONE:
        break;
    }
    heard_log(&topic, HEARD_LOG_INFO, "derive recording=%s", self->recording_id);
    self->child = heard_child_start(argv, HEARD_JOBS_SECONDS_MAX, &hooks, &error);
    if (self->child)
        return;
    log_failure("derive-not-started", self->recording_id, error);
    finish(self, false);
}

/* ---- life ---- */

static void on_poll(HeardTimer *timer, int64_t now_us)
{
    HeardJobs *self = heard_container_of(timer, HeardJobs, poll);

    heard_loop_set_timer(self->config.loop, timer, now_us + HEARD_JOBS_POLL_US);
    if (self->child || self->follows)
        post(self, run_extend, turn_new(self), NULL);
    ask_for_job(self);
}

HeardJobs *heard_jobs_new(const HeardJobsConfig *config)
{
    HeardJobs *self = g_new0(HeardJobs, 1);
    HeardFollowersConfig followers = {config->loop, config->store, config->data_dir,
                                      config->key_path};

    self->config = *config;
    self->followers = heard_followers_new(&followers);
    self->poll.func = on_poll;
    self->alive = g_atomic_rc_box_new(atomic_int);
    atomic_store(self->alive, 1);
    g_snprintf(self->owner, sizeof self->owner, "%d-%" G_GINT64_FORMAT, (int)getpid(),
               (gint64)(heard_clock_wall_ms() % 1000000000));
    return self;
}

void heard_jobs_free(HeardJobs *self)
{
    if (!self)
        return;
    heard_child_kill(self->child);
    heard_followers_free(self->followers);
    heard_loop_clear_timer(self->config.loop, &self->poll);
    atomic_store(self->alive, 0);
    g_atomic_rc_box_release(self->alive);
    g_free(self->directory);
    g_free(self);
}

void heard_jobs_start(HeardJobs *self)
{
    post(self, run_queue_missing, turn_new(self), done_queue);
    heard_followers_start(self->followers);
    heard_loop_set_timer(self->config.loop, &self->poll,
                         heard_loop_now_us(self->config.loop) + HEARD_JOBS_POLL_US);
}
