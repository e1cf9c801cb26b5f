/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/destroyer.h"

#include "recordings/copy.h"
#include "recordings/shred.h"
#include "server/app/recording_places.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/id.h"
#include "server/base/json.h"
#include "server/base/log.h"
#include "server/store/audit_rows.h"
#include "server/store/job_rows.h"
#include "server/store/keeping_rows.h"
#include "server/store/recording_rows.h"

#include <stdatomic.h>

static const HeardLogTopic topic = {"destroyer"};

struct HeardDestroyer {
    HeardDestroyerConfig config;
    HeardStoreThread *thread;
    HeardTimer poll;
    bool is_busy, is_wanted;
    atomic_int *alive; /* shared with turns: 0 when the object is gone */
};

/* One recording: from its own thread to the store thread and back. */
typedef struct {
    HeardDestroyer *destroyer; /* main only */
    atomic_int *alive;
    const HeardDestroyerConfig *config; /* its copy_… only; free waits for the thread */
    char *data_dir;
    char order_id[HEARD_ID_SIZE], recording_id[HEARD_ID_SIZE];
    char *certificate_hash;
    bool is_gone;  /* its files */
    bool is_noted; /* its rows */
} Turn;

static void turn_free(void *data)
{
    Turn *turn = data;

    g_atomic_rc_box_release(turn->alive);
    g_free(turn->data_dir);
    g_free(turn->certificate_hash);
    g_free(turn);
}

static Turn *turn_new(HeardDestroyer *self)
{
    Turn *turn = g_new0(Turn, 1);

    turn->destroyer = self;
    turn->alive = g_atomic_rc_box_acquire(self->alive);
    turn->config = &self->config;
    turn->data_dir = g_strdup(self->config.data_dir);
    return turn;
}

/* The second copy first: the ledger of what is there lies beside the original. */
static bool shred_copy(const HeardDestroyerConfig *config, const char *original,
                       const char *certificate, GError **error)
{
    g_autoptr(HeardPlace) place = NULL;

    if (!config->copy_to)
        return true;
    place = heard_place_open(config->copy_to, config->copy_credentials, config->copy_region, error);
    return place && heard_copy_destroy(original, place, certificate, error);
}

static bool shred_everywhere(const Turn *turn, const HeardRecordingRow *recording,
                             const char *certificate, GError **error)
{
    g_autoptr(GPtrArray) places =
        heard_recording_places(turn->data_dir, recording->directory, error);

    if (!places || !shred_copy(turn->config, places->pdata[0], certificate, error))
        return false;
    for (guint i = 0; i < places->len; i++)
        if (!heard_shred(places->pdata[i], certificate, NULL, NULL, error))
            return false;
    return true;
}

/* A copy that is under way would bring back what goes. */
static bool is_being_copied(HeardStore *store, const char *recording_id, GError **error)
{
    static const char *const kinds[] = {"copy", "release", "restore"};
    int64_t running = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds) && running == 0; i++)
        if (!heard_job_rows_count_running(store, kinds[i], recording_id, &running, error))
            return false;
    return running > 0;
}

static bool carry_out(HeardStore *store, Turn *turn, const HeardOrderRow *order)
{
    g_autoptr(GError) error = NULL;
    g_autofree HeardRecordingRow *recording =
        heard_recording_rows_get(store, order->recording_id, &error);

    if (recording && is_being_copied(store, recording->id, &error))
        return false; /* the poll comes back to it */
    if (!recording || error || !shred_everywhere(turn, recording, order->certificate, &error)) {
        heard_log(&topic, HEARD_LOG_ERROR, "not-destroyed recording=%s error=%s text=\"%s\"",
                  order->recording_id, heard_error_name(heard_error_code(error)), error->message);
        return false;
    }
    g_strlcpy(turn->order_id, order->id, sizeof turn->order_id);
    g_strlcpy(turn->recording_id, order->recording_id, sizeof turn->recording_id);
    turn->certificate_hash =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, order->certificate, -1);
    return true;
}

/* One that can't be destroyed does not stand in the way of the next. */
static void run_turn(HeardStore *store, void *data)
{
    Turn *turn = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) orders = heard_order_rows_list(store, "confirmed", NULL, &error);

    if (!orders)
        heard_log(&topic, HEARD_LOG_ERROR, "orders-not-read text=\"%s\"", error->message);
    for (guint i = 0; orders && i < orders->len && !turn->is_gone; i++)
        turn->is_gone = carry_out(store, turn, orders->pdata[i]);
}

static bool note(HeardStore *store, Turn *turn, GError **error)
{
    int64_t wall_ms = heard_clock_wall_ms();
    g_autofree HeardRecordingRow *recording =
        heard_recording_rows_get(store, turn->recording_id, error);
    g_autofree char *object = g_strdup_printf("recording:%s", turn->recording_id);
    g_autoptr(json_t) detail = json_pack("{s:s, s:s}", "order", turn->order_id,
                                         "certificate_sha256", turn->certificate_hash);
    g_autofree char *text = heard_json_dump(detail);
    HeardAuditRow row = {.at_ms = wall_ms,
                         .actor_id = "server",
                         .role = "",
                         .action = "recording.destroyed",
                         .object = object,
                         .result = "done",
                         .detail = text};

    if (!recording)
        return false;
    row.hearing_id = recording->hearing_id;
    return heard_audit_rows_record(store, &row, NULL, error) &&
           heard_order_rows_finish(store, turn->order_id, wall_ms, error) &&
           heard_recording_rows_set_state(store, turn->recording_id, "destroyed", error);
}

static void run_note(HeardStore *store, void *data)
{
    Turn *turn = data;
    g_autoptr(GError) error = NULL;

    if (heard_store_begin(store, &error)) {
        if (note(store, turn, &error))
            turn->is_noted = heard_store_commit(store, &error);
        else
            heard_store_rollback(store);
    }
    if (turn->is_noted)
        heard_log(&topic, HEARD_LOG_INFO, "destroyed recording=%s order=%s", turn->recording_id,
                  turn->order_id);
    else
        heard_log(&topic, HEARD_LOG_ERROR, "destruction-not-noted recording=%s text=\"%s\"",
                  turn->recording_id, error->message);
}

static void end_turn(HeardDestroyer *self, bool more)
{
    self->is_busy = false;
    if (more || self->is_wanted)
        heard_destroyer_wake(self);
}

static void done_note(void *data)
{
    Turn *turn = data;

    if (atomic_load(turn->alive))
        end_turn(turn->destroyer, turn->is_noted);
}

static void done_turn(void *data)
{
    Turn *turn = data;
    HeardDestroyer *self = turn->destroyer;
    Turn *next;

    if (!atomic_load(turn->alive))
        return;
    if (!turn->is_gone) {
        end_turn(self, false);
        return;
    }
    next = turn_new(self);
    g_strlcpy(next->order_id, turn->order_id, sizeof next->order_id);
    g_strlcpy(next->recording_id, turn->recording_id, sizeof next->recording_id);
    next->certificate_hash = g_steal_pointer(&turn->certificate_hash);
    if (!heard_store_thread_post(self->config.store, run_note, next, self->config.loop, done_note,
                                 turn_free))
        end_turn(self, false); /* the poll comes back to it */
}

void heard_destroyer_wake(HeardDestroyer *self)
{
    self->is_wanted = self->is_busy;
    if (self->is_busy)
        return;
    self->is_busy = heard_store_thread_post(self->thread, run_turn, turn_new(self),
                                            self->config.loop, done_turn, turn_free);
}

static void on_poll(HeardTimer *timer, int64_t now_us)
{
    HeardDestroyer *self = heard_container_of(timer, HeardDestroyer, poll);

    heard_loop_set_timer(self->config.loop, timer, now_us + HEARD_DESTROYER_POLL_US);
    heard_destroyer_wake(self);
}

HeardDestroyer *heard_destroyer_new(const HeardDestroyerConfig *config, GError **error)
{
    HeardStoreThread *thread = heard_store_thread_new("destroyer", config->database, false, error);
    HeardDestroyer *self;

    if (!thread)
        return NULL;
    self = g_new0(HeardDestroyer, 1);
    self->config = *config;
    self->thread = thread;
    self->alive = g_atomic_rc_box_new(atomic_int);
    atomic_store(self->alive, 1);
    self->poll.func = on_poll;
    heard_loop_set_timer(config->loop, &self->poll,
                         heard_loop_now_us(config->loop) + HEARD_DESTROYER_POLL_US);
    return self;
}

void heard_destroyer_free(HeardDestroyer *self)
{
    if (!self)
        return;
    heard_loop_clear_timer(self->config.loop, &self->poll);
    atomic_store(self->alive, 0);
    heard_store_thread_free(self->thread);
    g_atomic_rc_box_release(self->alive);
    g_free(self);
}
