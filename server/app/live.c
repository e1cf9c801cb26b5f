/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/store/hearing_rows.h"

#include <string.h>

static const HeardLogTopic topic = {"live"};

static void on_tick(HeardTimer *timer, int64_t now_us);

static void hearing_free(void *data)
{
    heard_live_links_leave(data);
    heard_live_hearing_free(data);
}

HeardLive *heard_live_new(const HeardLiveConfig *config)
{
    HeardLive *self = g_new0(HeardLive, 1);

    self->config = *config;
    self->hearings = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, hearing_free);
    self->rooms = g_hash_table_new(NULL, NULL);
    self->peers = g_hash_table_new(NULL, NULL);
    self->links = g_ptr_array_new();
    self->tests = g_ptr_array_new_with_free_func(g_free);
    self->next_room = 1;
    self->next_peer = 1;
    heard_live_risk_register();
    self->timer.func = on_tick;
    heard_loop_set_timer(config->loop, &self->timer, heard_clock_now_us() + HEARD_LIVE_TICK_US);
    return self;
}

void heard_live_free(HeardLive *self)
{
    if (!self)
        return;
    self->stopping = true;
    heard_loop_clear_timer(self->config.loop, &self->timer);
    heard_live_links_free(self);
    g_hash_table_unref(self->hearings);
    g_hash_table_unref(self->rooms);
    g_hash_table_unref(self->peers);
    g_ptr_array_unref(self->links);
    g_ptr_array_unref(self->tests);
    g_free(self);
}

void heard_live_add_worker(HeardLive *self, HeardWorker *worker)
{
    g_assert(self->worker_count < HEARD_LIVE_WORKERS_MAX);
    self->workers[self->worker_count++] = worker;
}

void heard_live_set_writer(HeardLive *self, HeardWriter *writer)
{
    self->writer = writer;
}

int64_t heard_live_now_us(const HeardLive *self)
{
    return heard_loop_now_us(self->config.loop);
}

HeardLiveHearing *heard_live_find(HeardLive *self, const char *id)
{
    return g_hash_table_lookup(self->hearings, id);
}

unsigned heard_live_hearing_count(const HeardLive *self)
{
    return g_hash_table_size(self->hearings);
}

/* ---- coming to life ---- */

typedef struct {
    HeardLive *live;
    char id[HEARD_ID_SIZE];
    HeardLiveReady ready;
    void *data;
} Waiter;

static void tell_waiters(HeardLiveHearing *hearing, const GError *error)
{
    g_autoptr(GPtrArray) waiters = g_steal_pointer(&hearing->waiters);

    hearing->waiters = g_ptr_array_new();
    for (guint i = 0; i < waiters->len; i++) {
        Waiter *waiter = g_ptr_array_index(waiters, i);

        waiter->ready(error ? NULL : hearing, error, waiter->data);
        g_free(waiter);
    }
}

static void take_people(HeardLiveHearing *hearing, HeardLiveLoaded *loaded)
{
    for (guint i = 0; i < loaded->people->len; i++) {
        HeardLivePerson *from = g_ptr_array_index(loaded->people, i);
        const HeardPerson *row = &loaded->rules->people[i];
        uint16_t person = heard_hearing_find(&hearing->rules, row->id);
        HeardLivePerson *to;

        if (person == HEARD_NOBODY)
            person = heard_hearing_add_person(&hearing->rules, row->id, row->role, row->side);
        if (person == HEARD_NOBODY)
            continue;
        to = &hearing->people[person];
        g_free(to->name);
        g_free(to->name_masked);
        g_free(to->unit);
        g_free(to->title);
        g_free(to->claimed);
        to->name = g_steal_pointer(&from->name);
        to->name_masked = g_steal_pointer(&from->name_masked);
        to->unit = g_steal_pointer(&from->unit);
        to->title = g_steal_pointer(&from->title);
        to->claimed = g_steal_pointer(&from->claimed);
        if (to->language[0] == '\0')
            g_strlcpy(to->language, "zh", sizeof to->language);
    }
}

static void on_loaded(void *data)
{
    HeardLiveLoaded *loaded = data;
    HeardLiveHearing *hearing = loaded->hearing;
    g_autoptr(GError) error = g_steal_pointer(&loaded->error);

    hearing->loading = false;
    if (!error) {
        heard_hearing_copy(&hearing->rules, loaded->rules);
        hearing->number = g_steal_pointer(&loaded->number);
        hearing->title = g_steal_pointer(&loaded->title);
        hearing->case_id = g_steal_pointer(&loaded->case_id);
        hearing->case_number = g_steal_pointer(&loaded->case_number);
        hearing->case_title = g_steal_pointer(&loaded->case_title);
        hearing->organiser = g_steal_pointer(&loaded->organiser);
        hearing->language = g_steal_pointer(&loaded->language);
        hearing->planned_start_ms = loaded->planned_start_ms;
        hearing->mediation_agreed = loaded->mediation_agreed;
        memcpy(hearing->summonses, loaded->summonses, sizeof hearing->summonses);
        memset(loaded->summonses, 0, sizeof loaded->summonses); /* taken over */
        take_people(hearing, loaded);
    }
    if (error || !heard_live_rooms_open(hearing, &error)) {
        heard_log(&topic, HEARD_LOG_WARN, "hearing-not-loaded hearing=%s error=%s", hearing->id,
                  heard_error_name(heard_error_code(error)));
        tell_waiters(hearing, error);
        g_hash_table_remove(hearing->live->hearings, hearing->id);
        return;
    }
    hearing->idle_since_us = heard_live_now_us(hearing->live);
    /* After a crash the trail ends in the middle: nobody is connected any more. */
    if (loaded->was_live) {
        heard_live_quality_restore(hearing);
        heard_live_report(hearing, HEARD_VERB_RESTORE, HEARD_NOBODY, NULL, NULL, NULL);
    }
    tell_waiters(hearing, NULL);
}

static bool is_load_name(const HeardLive *self, const char *id)
{
    guint64 number;

    return g_str_has_prefix(id, "load-") &&
           g_ascii_string_to_unsigned(id + 5, 10, 0, G_MAXUINT32, &number, NULL) &&
           number < self->config.load_count;
}

static void open_load_hearing(HeardLive *self, HeardLiveHearing *hearing)
{
    const HeardHearingConfig config = {.profile = heard_agenda_profile(HEARD_KIND_RECEPTION),
                                       .item_count = 1};
    g_autofree char *folder = NULL;

    hearing->is_load = true;
    heard_hearing_init(&hearing->rules, &config);
    if (!heard_live_rooms_open(hearing, NULL) || !self->config.load_recorded)
        return;
    folder = g_strdup_printf("R%" G_GINT64_FORMAT, heard_clock_wall_ms());
    heard_live_record_start(hearing, folder, 1);
}

static void load(HeardLiveHearing *hearing)
{
    HeardLiveLoaded *loaded = g_new0(HeardLiveLoaded, 1);
    g_autoptr(GError) error = NULL;

    loaded->hearing = hearing;
    g_strlcpy(loaded->id, hearing->id, sizeof loaded->id);
    hearing->loading = true;
    if (heard_store_thread_post(hearing->live->config.store, heard_live_load_run, loaded,
                                hearing->live->config.loop, on_loaded, heard_live_loaded_free))
        return;
    error = g_error_new(HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "the server has too much to do");
    tell_waiters(hearing, error);
    g_hash_table_remove(hearing->live->hearings, hearing->id);
}

static void run_waiter(void *data)
{
    Waiter *waiter = data;
    HeardLive *self = waiter->live;
    HeardLiveHearing *hearing = heard_live_find(self, waiter->id);
    g_autoptr(GError) error = NULL;

    if (self->stopping || (!hearing && heard_live_hearing_count(self) >= HEARD_LIVE_HEARINGS_MAX)) {
        error = g_error_new(HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "try again in a moment");
        waiter->ready(NULL, error, waiter->data);
        g_free(waiter);
        return;
    }
    if (!hearing) {
        hearing = heard_live_hearing_new(self, waiter->id);
        g_hash_table_insert(self->hearings, hearing->id, hearing);
        g_ptr_array_add(hearing->waiters, waiter);
        if (!is_load_name(self, waiter->id)) {
            load(hearing);
            return;
        }
        open_load_hearing(self, hearing);
        tell_waiters(hearing, NULL);
        return;
    }
    if (hearing->loading) {
        g_ptr_array_add(hearing->waiters, waiter);
        return;
    }
    waiter->ready(hearing, NULL, waiter->data);
    g_free(waiter);
}

void heard_live_with_hearing(HeardLive *self, const char *id, HeardLiveReady ready, void *data)
{
    Waiter *waiter = g_new0(Waiter, 1);

    waiter->live = self;
    g_strlcpy(waiter->id, id, sizeof waiter->id);
    waiter->ready = ready;
    waiter->data = data;
    if (!heard_loop_post(self->config.loop, run_waiter, waiter, NULL))
        run_waiter(waiter); /* the mailbox is full: better at once than never */
}

/* ---- seats that come later ---- */

static void on_people_loaded(void *data)
{
    HeardLiveLoaded *loaded = data;
    HeardLiveHearing *hearing = heard_live_find(loaded->live, loaded->id);

    if (loaded->error || !hearing || hearing->loading)
        return;
    if (hearing->busy) { /* a command that fails would take the new seats back with it */
        heard_live_seats_changed(loaded->live, loaded->id);
        return;
    }
    take_people(hearing, loaded);
    for (unsigned i = 0; i < hearing->rules.person_count; i++)
        heard_live_tell_person(hearing, (uint16_t)i);
}

void heard_live_seats_changed(HeardLive *self, const char *id)
{
    HeardLiveHearing *hearing = heard_live_find(self, id);
    HeardLiveLoaded *loaded;

    if (!hearing || hearing->loading || hearing->is_load)
        return;
    loaded = g_new0(HeardLiveLoaded, 1);
    loaded->live = self;
    loaded->people_only = true;
    g_strlcpy(loaded->id, id, sizeof loaded->id);
    heard_store_thread_post(self->config.store, heard_live_load_run, loaded, self->config.loop,
                            on_people_loaded, heard_live_loaded_free);
}

/* ---- after a restart ---- */

typedef struct {
    HeardLive *live;
    GPtrArray *rows;
    unsigned waiting;
    GSourceFunc done;
    void *data;
} Restore;

static void run_list_open(HeardStore *store, void *data)
{
    Restore *self = data;
    HeardPage page = {0};
    g_autoptr(GError) error = NULL;

    self->rows = heard_hearing_rows_list_open(store, &page, &error);
    if (!self->rows)
        heard_log(&topic, HEARD_LOG_ERROR, "restore-failed error=%s",
                  heard_error_name(heard_error_code(error)));
}

static void restore_step(Restore *self)
{
    if (--self->waiting > 0)
        return;
    if (self->done)
        self->done(self->data);
    if (self->rows)
        g_ptr_array_unref(self->rows);
    g_free(self);
}

static void on_restored(HeardLiveHearing *hearing, const GError *error, void *data)
{
    (void)hearing;
    (void)error; /* logged where it was loaded */
    restore_step(data);
}

static void on_listed(void *data)
{
    Restore *self = data;

    self->waiting = 1;
    for (guint i = 0; self->rows && i < self->rows->len; i++) {
        const HeardHearingRow *row = g_ptr_array_index(self->rows, i);

        /* A lobby that nobody is in comes to life with the first who connects. */
        if (strcmp(row->state, "live") != 0 && strcmp(row->state, "recessed") != 0)
            continue;
        self->waiting++;
        heard_live_with_hearing(self->live, row->id, on_restored, self);
    }
    restore_step(self);
}

void heard_live_restore(HeardLive *self, GSourceFunc done, void *data)
{
    Restore *restore = g_new0(Restore, 1);

    restore->live = self;
    restore->done = done;
    restore->data = data;
    restore->waiting = 1;
    if (!heard_store_thread_post(self->config.store, run_list_open, restore, self->config.loop,
                                 on_listed, NULL))
        restore_step(restore);
}

/* ---- the clock, the end ---- */

static void check_phase_limit(HeardLiveHearing *hearing)
{
    const HeardHearing *rules = &hearing->rules;
    const HeardPhase *phase = &rules->config.profile->phases[rules->phase];

    if (rules->state != HEARD_STATE_LIVE || phase->limit_ms == 0 ||
        hearing->phase_limit_told_ms == rules->phase_since_ms ||
        heard_clock_wall_ms() - rules->phase_since_ms < phase->limit_ms)
        return;
    hearing->phase_limit_told_ms = rules->phase_since_ms;
    for (unsigned i = 0; i < rules->person_count; i++) {
        if (heard_role_permit(rules->people[i].role, HEARD_MAY_ADVANCE) != HEARD_PERMIT_NO)
            heard_live_tell_notice(hearing, (uint16_t)i, "phase_limit", phase->code);
    }
}

static bool is_idle(HeardLiveHearing *hearing)
{
    if (hearing->loading || hearing->busy || hearing->record || hearing->reserved ||
        hearing->reserving || hearing->peers->len > 0 || !g_queue_is_empty(&hearing->openings) ||
        !g_queue_is_empty(&hearing->commands) || hearing->waiters->len > 0)
        return false;
    if (hearing->rules.state == HEARD_STATE_LIVE || hearing->rules.state == HEARD_STATE_RECESSED)
        return false;
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        if (hearing->people[i].link ||
            hearing->rules.people[i].presence == HEARD_PRESENCE_DISCONNECTED)
            return false;
    }
    return true;
}

/* Nobody keeps a seat by a link that was taken back: no grace, and the desk looks again. */
static void expire_revoked(HeardLiveHearing *hearing)
{
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        HeardPresence presence = hearing->rules.people[i].presence;

        if (!hearing->people[i].revoked)
            continue;
        if (presence == HEARD_PRESENCE_DISCONNECTED && !hearing->people[i].link)
            heard_live_report(hearing, HEARD_VERB_EXPIRE, (uint16_t)i, NULL, NULL, NULL);
        else if (presence != HEARD_PRESENCE_ADMITTED && presence != HEARD_PRESENCE_PRESENT &&
                 presence != HEARD_PRESENCE_IN_CAUCUS && presence != HEARD_PRESENCE_ON_HOLD &&
                 presence != HEARD_PRESENCE_DISCONNECTED)
            hearing->people[i].revoked = false;
    }
}

/* True when the hearing may go. */
static bool tick(HeardLiveHearing *hearing, int64_t now_us)
{
    int64_t deadline_us;
    uint16_t person;

    if (hearing->loading)
        return false;
    if (!hearing->is_load && !hearing->busy && !heard_hearing_over(&hearing->rules)) {
        person = heard_hearing_next_expiry(&hearing->rules, &deadline_us);
        if (person != HEARD_NOBODY && deadline_us <= now_us)
            heard_live_report(hearing, HEARD_VERB_EXPIRE, person, NULL, NULL, NULL);
        for (unsigned i = 0; i < hearing->rules.person_count; i++)
            heard_live_reconcile(hearing, (uint16_t)i);
        expire_revoked(hearing);
        heard_live_summons_tick(hearing);
        check_phase_limit(hearing);
    }
    heard_live_quality_tick(hearing);
    heard_live_exhibit_tick(hearing);
    heard_live_floor_tick(hearing, now_us);
    heard_live_record_retry(hearing);
    heard_live_opening_tick(hearing, now_us);
    heard_live_risk_tick(hearing, now_us);
    heard_live_settle_tick(hearing, now_us);
    if (!is_idle(hearing)) {
        hearing->idle_since_us = now_us;
        return false;
    }
    return heard_hearing_over(&hearing->rules) ||
           now_us - hearing->idle_since_us >= HEARD_LIVE_IDLE_US;
}

static void on_tick(HeardTimer *timer, int64_t now_us)
{
    HeardLive *self = heard_container_of(timer, HeardLive, timer);
    GHashTableIter iter;
    void *value;

    heard_live_tests_tick(self, now_us);
    heard_live_disk_tick(self);
    g_hash_table_iter_init(&iter, self->hearings);
    while (!self->stopping && g_hash_table_iter_next(&iter, NULL, &value)) {
        if (tick(value, now_us)) {
            heard_live_rooms_close(value);
            g_hash_table_iter_remove(&iter);
        }
    }
    heard_loop_set_timer(self->config.loop, timer, now_us + HEARD_LIVE_TICK_US);
}

void heard_live_halt(HeardLive *self)
{
    GHashTableIter iter;
    void *value;

    self->halted = true;
    g_hash_table_iter_init(&iter, self->hearings);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        heard_live_settle_halt(value);
}

void heard_live_stop(HeardLive *self)
{
    GHashTableIter iter;
    void *value;

    self->stopping = true;
    heard_live_tests_drop(self, NULL);
    g_hash_table_iter_init(&iter, self->hearings);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        HeardLiveHearing *hearing = value;

        if (hearing->loading)
            continue;
        heard_live_links_close(hearing, HEARD_CLOSE_RESTART);
        heard_live_opening_stop(hearing);
        heard_live_record_finish(hearing);
    }
}
