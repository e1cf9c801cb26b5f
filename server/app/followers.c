/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/followers.h"

#include "server/base/clock.h"
#include "server/base/id.h"
#include "server/base/log.h"
#include "server/store/recording_rows.h"

#include <stdatomic.h>
#include <string.h>

static const HeardLogTopic topic = {"followers"};

typedef struct {
    HeardFollowers *owner;
    char recording_id[HEARD_ID_SIZE];
    HeardChild *child; /* NULL: it has ended */
    bool succeeded;
    bool claimed;
    HeardChildHooks hooks; /* of who claimed it */
} Follower;

struct HeardFollowers {
    HeardFollowersConfig config;
    HeardTimer poll;
    GHashTable *followers; /* recording id → Follower; who failed stays, so as not to try again */
    bool asking;
    atomic_int *alive; /* shared with looks: 0 when the object is gone */
};

/* What the store thread finds. */
typedef struct {
    HeardFollowers *owner; /* main only */
    atomic_int *alive;
    GPtrArray *rows; /* HeardRecordingRow; NULL: it failed */
} Look;

static void look_free(void *data)
{
    Look *self = data;

    g_atomic_rc_box_release(self->alive);
    g_clear_pointer(&self->rows, g_ptr_array_unref);
    g_free(self);
}

static void run_look(HeardStore *store, void *data)
{
    Look *self = data;
    HeardPage page = {.limit = HEARD_PAGE_MAX};
    g_autoptr(GError) error = NULL;

    self->rows = heard_recording_rows_list_unsealed(store, &page, &error);
    if (!self->rows)
        heard_log(&topic, HEARD_LOG_ERROR, "look-failed text=\"%s\"", error->message);
}

static void on_line(const char *line, void *data)
{
    Follower *self = data;

    if (self->claimed && self->hooks.on_line)
        self->hooks.on_line(line, self->hooks.data);
}

static void on_end(int status, void *data)
{
    Follower *self = data;
    HeardChildHooks hooks = self->hooks;
    bool claimed = self->claimed;

    self->child = NULL;
    self->succeeded = status == 0;
    heard_log(&topic, self->succeeded ? HEARD_LOG_INFO : HEARD_LOG_WARN,
              "ended recording=%s status=%d", self->recording_id, status);
    if (!claimed)
        return;
    g_hash_table_remove(self->owner->followers, self->recording_id); /* frees self */
    hooks.on_end(status, hooks.data);
}

static unsigned count_running(const HeardFollowers *self)
{
    GHashTableIter iter;
    unsigned count = 0;
    void *value;

    g_hash_table_iter_init(&iter, self->followers);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        count += ((const Follower *)value)->child != NULL;
    return count;
}

static void follow(HeardFollowers *self, const HeardRecordingRow *row)
{
    g_autofree char *folder = g_build_filename(self->config.data_dir, row->directory, NULL);
    g_autofree char *out = g_build_filename(folder, "derived", NULL);
    const char *argv[] = {"derive", "--recording", folder,     "--key", self->config.key_path,
                          "--out",  out,           "--follow", NULL};
    g_autoptr(GError) error = NULL;
    Follower *follower = g_new0(Follower, 1);
    HeardChildHooks hooks = {on_line, on_end, follower};

    follower->owner = self;
    g_strlcpy(follower->recording_id, row->id, sizeof follower->recording_id);
    g_hash_table_insert(self->followers, follower->recording_id, follower);
    follower->child = heard_child_start(argv, HEARD_FOLLOWERS_SECONDS_MAX, &hooks, &error);
    if (follower->child)
        heard_log(&topic, HEARD_LOG_INFO, "follows recording=%s", row->id);
    else
        heard_log(&topic, HEARD_LOG_WARN, "not-started recording=%s text=\"%s\"", row->id,
                  error->message);
}

/* Failed ones whose recording is over, and nobody asked: they are of no use. */
static gboolean is_over(void *key, void *value, void *data)
{
    const Follower *follower = value;
    const GPtrArray *rows = data;
    (void)key;

    if (follower->child || follower->succeeded)
        return FALSE;
    for (guint i = 0; i < rows->len; i++)
        if (strcmp(((const HeardRecordingRow *)g_ptr_array_index(rows, i))->id,
                   follower->recording_id) == 0)
            return FALSE;
    return TRUE;
}

static void done_look(void *data)
{
    Look *look = data;
    HeardFollowers *self = look->owner;
    int64_t wall_ms = heard_clock_wall_ms();
    unsigned most = HEARD_FOLLOWERS_PER_CPU * MAX(g_get_num_processors(), 1);

    if (!atomic_load(look->alive))
        return;
    self->asking = false;
    if (!look->rows)
        return;
    g_hash_table_foreach_remove(self->followers, is_over, look->rows);
    for (guint i = 0; i < look->rows->len && count_running(self) < most; i++) {
        const HeardRecordingRow *row = g_ptr_array_index(look->rows, i);
        if (strcmp(row->state, "recording") == 0 &&
            wall_ms - row->started_ms >= HEARD_FOLLOWERS_AFTER_MS &&
            !g_hash_table_contains(self->followers, row->id))
            follow(self, row);
    }
}

static void on_poll(HeardTimer *timer, int64_t now_us)
{
    HeardFollowers *self = heard_container_of(timer, HeardFollowers, poll);
    Look *look;

    heard_loop_set_timer(self->config.loop, timer, now_us + HEARD_FOLLOWERS_POLL_US);
    if (self->asking)
        return;
    look = g_new0(Look, 1);
    look->owner = self;
    look->alive = g_atomic_rc_box_acquire(self->alive);
    self->asking = heard_store_thread_post(self->config.store, run_look, look, self->config.loop,
                                           done_look, look_free);
}

HeardFollowers *heard_followers_new(const HeardFollowersConfig *config)
{
    HeardFollowers *self = g_new0(HeardFollowers, 1);

    self->config = *config;
    self->poll.func = on_poll;
    self->followers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    self->alive = g_atomic_rc_box_new(atomic_int);
    atomic_store(self->alive, 1);
    return self;
}

void heard_followers_free(HeardFollowers *self)
{
    GHashTableIter iter;
    void *value;

    if (!self)
        return;
    g_hash_table_iter_init(&iter, self->followers);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        heard_child_kill(((Follower *)value)->child);
    heard_loop_clear_timer(self->config.loop, &self->poll);
    g_hash_table_unref(self->followers);
    atomic_store(self->alive, 0);
    g_atomic_rc_box_release(self->alive);
    g_free(self);
}

void heard_followers_start(HeardFollowers *self)
{
    heard_loop_set_timer(self->config.loop, &self->poll,
                         heard_loop_now_us(self->config.loop) + HEARD_FOLLOWERS_POLL_US);
}

HeardFollowerState heard_followers_claim(HeardFollowers *self, const char *recording_id,
                                         const HeardChildHooks *hooks)
{
    Follower *follower = g_hash_table_lookup(self->followers, recording_id);
    bool succeeded;

    if (!follower || follower->claimed)
        return HEARD_FOLLOWER_NONE;
    if (follower->child) {
        follower->claimed = true;
        follower->hooks = *hooks;
        return HEARD_FOLLOWER_RUNNING;
    }
    succeeded = follower->succeeded;
    g_hash_table_remove(self->followers, recording_id);
    return succeeded ? HEARD_FOLLOWER_DONE : HEARD_FOLLOWER_NONE;
}
