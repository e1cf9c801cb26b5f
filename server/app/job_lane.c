/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/job_lane.h"

#include "server/app/child.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/json.h"
#include "server/base/log.h"
#include "server/store/job_rows.h"
#include "server/store/recording_rows.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define HEARD_JOB_DAY_MS (INT64_C(24) * 3600 * 1000)

static const HeardLogTopic topic = {"jobs"};

struct HeardJobLane {
    const HeardJobsConfig *config;
    const HeardJobKind *kind;
    char owner[48]; /* of leases */
    bool asking;    /* the store thread looks for a job */
    HeardChild *child;
    HeardFollowers *followers;
    bool follows; /* the job is done by one of them */
    HeardJobWork work;
    json_t *said; /* by the child, last */
    int64_t next_progress_us;
    atomic_int *alive; /* shared with turns: 0 when the object is gone */
};

/* One visit to the store thread. */
typedef struct {
    HeardJobLane *lane; /* main only */
    const HeardJobKind *kind;
    atomic_int *alive;
    char owner[48];
    HeardJobWork work;
    char *data_dir;
    json_t *said;
    HeardJobTimes times;
    int64_t permille;
    bool found, succeeded;
} Turn;

static void work_clear(HeardJobWork *work)
{
    g_free(work->directory);
    g_free(work->payload);
    memset(work, 0, sizeof *work);
}

static void turn_free(void *data)
{
    Turn *turn = data;

    g_atomic_rc_box_release(turn->alive);
    work_clear(&turn->work);
    json_decref(turn->said);
    g_free(turn->data_dir);
    g_free(turn);
}

static Turn *turn_new(HeardJobLane *self)
{
    Turn *turn = g_new0(Turn, 1);

    heard_loop_assert_current(self->config->loop);
    turn->lane = self;
    turn->kind = self->kind;
    turn->alive = g_atomic_rc_box_acquire(self->alive);
    turn->times.local_ms = self->config->local_days * HEARD_JOB_DAY_MS;
    turn->data_dir = g_strdup(self->config->data_dir);
    turn->work = self->work;
    turn->work.directory = g_strdup(self->work.directory);
    turn->work.payload = g_strdup(self->work.payload);
    g_strlcpy(turn->owner, self->owner, sizeof turn->owner);
    return turn;
}

static void log_failure(const Turn *turn, const char *event, const GError *error)
{
    heard_log(&topic, HEARD_LOG_ERROR, "%s kind=%s recording=%s text=\"%s\"", event,
              turn->kind->name, turn->work.recording_id, error ? error->message : "");
}

static void post(HeardJobLane *self, HeardStoreRunFunc run, Turn *turn, HeardStoreDoneFunc done)
{
    if (!heard_store_thread_post(self->config->store, run, turn, done ? self->config->loop : NULL,
                                 done, turn_free)) {
        heard_log(&topic, HEARD_LOG_WARN, "store-busy kind=%s", self->kind->name);
        self->asking = false;
    }
}

/* ---- queue ---- */

static void run_queue_missing(HeardStore *store, void *data)
{
    Turn *turn = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) ids = turn->kind->missing(store, &turn->times, &error);

    for (guint i = 0; ids && i < ids->len; i++)
        if (!heard_job_kinds_queue(store, turn->kind, g_ptr_array_index(ids, i), "{}", &error))
            break;
    if (error)
        log_failure(turn, "queue-failed", error);
}

static void done_queue(void *data)
{
    Turn *turn = data;

    if (atomic_load(turn->alive))
        heard_job_lane_look(turn->lane);
}

void heard_job_lane_queue_missing(HeardJobLane *self)
{
    if (self->kind->missing)
        post(self, run_queue_missing, turn_new(self), done_queue);
    else
        heard_job_lane_look(self);
}

/* ---- take and run ---- */

/* Of what is being destroyed nothing is made any more. */
static bool is_wanted_still(HeardStore *store, const Turn *turn, const HeardRecordingRow *recording,
                            GError **error)
{
    bool still = true;

    if (g_str_has_prefix(recording->state, "destroy"))
        return false;
    if (turn->kind->still && !turn->kind->still(store, &turn->times, recording->id, &still, error))
        return false;
    if (!still &&
        !turn->kind->mark(store, turn->kind->name, recording->id, "waiting", 0, NULL, error))
        return false;
    return still;
}

static void run_take(HeardStore *store, void *data)
{
    Turn *turn = data;
    g_autoptr(GError) error = NULL;
    g_autofree HeardRecordingRow *recording = NULL;
    g_autofree HeardJobRow *job = heard_job_rows_take(
        store, turn->kind->name, turn->owner, heard_clock_wall_ms(), HEARD_JOBS_LEASE_MS, &error);

    work_clear(&turn->work);
    if (job) {
        g_strlcpy(turn->work.recording_id, job->subject_id, sizeof turn->work.recording_id);
        recording = heard_recording_rows_get(store, job->subject_id, &error);
    }
    if (error)
        log_failure(turn, "take-failed", error);
    if (!recording)
        return;
    g_strlcpy(turn->work.job_id, job->id, sizeof turn->work.job_id);
    if (!is_wanted_still(store, turn, recording, &error)) {
        if (error ||
            !heard_job_rows_finish(store, job->id, turn->owner, heard_clock_wall_ms(), &error))
            log_failure(turn, "take-failed", error);
        return;
    }
    turn->work.directory = g_strdup(recording->directory);
    turn->work.payload = g_strdup(job->payload ? job->payload : "{}");
    turn->found =
        turn->kind->mark(store, turn->kind->name, recording->id, "running", 0, NULL, &error);
    if (!turn->found)
        log_failure(turn, "take-failed", error);
}

static void start_child(HeardJobLane *self);

static void done_take(void *data)
{
    Turn *turn = data;
    HeardJobLane *self = turn->lane;

    if (!atomic_load(turn->alive))
        return;
    self->asking = false;
    if (!turn->found)
        return;
    work_clear(&self->work);
    self->work = turn->work;
    memset(&turn->work, 0, sizeof turn->work);
    start_child(self);
}

void heard_job_lane_look(HeardJobLane *self)
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

    if (!heard_job_rows_extend(store, turn->work.job_id, turn->owner,
                               heard_clock_wall_ms() + HEARD_JOBS_LEASE_MS, &error) ||
        (turn->permille >= 0 && !turn->kind->mark(store, turn->kind->name, turn->work.recording_id,
                                                  "running", turn->permille, NULL, &error)))
        log_failure(turn, "progress-not-kept", error);
}

void heard_job_lane_extend(HeardJobLane *self)
{
    Turn *turn;

    if (!self->child && !self->follows)
        return;
    turn = turn_new(self);
    turn->permille = -1;
    post(self, run_progress, turn, NULL);
}

static void on_line(const char *line, void *data)
{
    HeardJobLane *self = data;
    int64_t now_us = heard_loop_now_us(self->config->loop);
    g_autoptr(json_t) json = heard_json_parse_object(line, strlen(line), NULL);
    const json_t *progress = json ? json_object_get(json, "progress") : NULL;
    json_t *ready = json ? json_object_get(json, "ready") : NULL;
    Turn *turn;

    if (json && !progress && strlen(line) <= HEARD_JOB_SAID_MAX) {
        json_decref(self->said);
        self->said = json_incref(ready ? ready : json);
    }
    if (!json_is_integer(progress) || now_us < self->next_progress_us)
        return;
    self->next_progress_us = now_us + HEARD_JOBS_PROGRESS_US;
    turn = turn_new(self);
    turn->permille = CLAMP(json_integer_value(progress), 0, 1000);
    post(self, run_progress, turn, NULL);
}

static bool keep_success(HeardStore *store, Turn *turn, GError **error)
{
    return turn->kind->keep(store, turn->kind->name, &turn->work, turn->data_dir, turn->said,
                            error) &&
           heard_job_rows_finish(store, turn->work.job_id, turn->owner, heard_clock_wall_ms(),
                                 error);
}

static bool keep_failure(HeardStore *store, Turn *turn, const char *why, GError **error)
{
    g_autofree HeardJobRow *job = NULL;
    bool dead;

    if (!heard_job_rows_fail(store, turn->work.job_id, turn->owner, heard_clock_wall_ms(), why,
                             error))
        return false;
    job = heard_job_rows_get(store, turn->work.job_id, error);
    if (!job)
        return false;
    dead = strcmp(job->state, "dead") == 0;
    return turn->kind->mark(store, turn->kind->name, turn->work.recording_id,
                            dead ? "failed" : "queued", 0, why, error);
}

static void run_finish(HeardStore *store, void *data)
{
    Turn *turn = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) failure = NULL;
    const char *why;

    if (turn->succeeded && keep_success(store, turn, &error)) {
        heard_log(&topic, HEARD_LOG_INFO, "done kind=%s recording=%s", turn->kind->name,
                  turn->work.recording_id);
        return;
    }
    log_failure(turn, "failed", error);
    why = json_string_value(json_object_get(turn->said, "failed"));
    if (!keep_failure(store, turn,
                      error ? error->message
                      : why ? why
                            : "the child failed",
                      &failure))
        log_failure(turn, "failure-not-kept", failure);
}

static void finish(HeardJobLane *self, bool succeeded)
{
    Turn *turn = turn_new(self);

    turn->succeeded = succeeded;
    turn->said = g_steal_pointer(&self->said);
    post(self, run_finish, turn, done_queue);
}

static void on_end(int status, void *data)
{
    HeardJobLane *self = data;

    self->child = NULL;
    finish(self, status == 0);
}

static void start_own_child(HeardJobLane *self)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    HeardChildHooks hooks = {on_line, on_end, self};
    g_autoptr(GError) error = NULL;

    self->kind->arguments(self->config, &self->work, argv);
    g_ptr_array_add(argv, NULL);
    heard_log(&topic, HEARD_LOG_INFO, "start kind=%s recording=%s", self->kind->name,
              self->work.recording_id);
    self->child = heard_child_start((const char *const *)argv->pdata, self->kind->seconds_max,
                                    &hooks, &error);
    if (self->child)
        return;
    heard_log(&topic, HEARD_LOG_ERROR, "not-started kind=%s recording=%s text=\"%s\"",
              self->kind->name, self->work.recording_id, error->message);
    finish(self, false);
}

/* Who followed the recording failed at its end: once more, from the start. */
static void on_followed(int status, void *data)
{
    HeardJobLane *self = data;

    self->follows = false;
    if (status == 0)
        finish(self, true);
    else
        start_own_child(self);
}

static void start_child(HeardJobLane *self)
{
    HeardChildHooks hooks = {on_line, on_followed, self};

    switch (self->followers
                ? heard_followers_claim(self->followers, self->work.recording_id, &hooks)
                : HEARD_FOLLOWER_NONE) {
    case HEARD_FOLLOWER_RUNNING:
        self->follows = true;
        return;
    case HEARD_FOLLOWER_DONE:
        finish(self, true);
        return;
    case HEARD_FOLLOWER_NONE:
        start_own_child(self);
        return;
    }
}

/* ---- life ---- */

HeardJobLane *heard_job_lane_new(const HeardJobsConfig *config, const HeardJobKind *kind,
                                 HeardFollowers *followers)
{
    HeardJobLane *self = g_new0(HeardJobLane, 1);

    self->config = config;
    self->kind = kind;
    self->followers = followers;
    self->alive = g_atomic_rc_box_new(atomic_int);
    atomic_store(self->alive, 1);
    g_snprintf(self->owner, sizeof self->owner, "%d-%" G_GINT64_FORMAT "-%s", (int)getpid(),
               (gint64)(heard_clock_wall_ms() % 1000000000), kind->name);
    return self;
}

void heard_job_lane_free(HeardJobLane *self)
{
    if (!self)
        return;
    heard_child_kill(self->child);
    atomic_store(self->alive, 0);
    g_atomic_rc_box_release(self->alive);
    work_clear(&self->work);
    json_decref(self->said);
    g_free(self);
}
