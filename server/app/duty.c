/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/duty.h"

#include "server/app/live_summons.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/log.h"
#include "server/store/case_rows.h"
#include "server/store/hearing_rows.h"
#include "server/store/password.h"
#include "server/store/summons_rows.h"
#include "server/store/unit_rows.h"
#include "signaling/connection.h"
#include "signaling/event_log.h"

#include <string.h>

static const HeardLogTopic topic = {"duty"};

struct HeardDuty {
    HeardDutyConfig config;
    GPtrArray *screens; /* of Screen, owned */
    HeardLogLimit limit;
};

typedef struct {
    HeardDuty *duty;
    char unit[HEARD_ID_SIZE];
    char session_hash[HEARD_TOKEN_HASH_SIZE];
    HeardConnection *connection;
    HeardEventLog *log; /* numbers the events; nobody resumes */
} Screen;

static void screen_free(void *data)
{
    Screen *self = data;

    heard_connection_free(self->connection);
    heard_event_log_free(self->log);
    g_free(self);
}

HeardDuty *heard_duty_new(const HeardDutyConfig *config)
{
    HeardDuty *self = g_new0(HeardDuty, 1);

    self->config = *config;
    self->screens = g_ptr_array_new_with_free_func(screen_free);
    return self;
}

void heard_duty_free(HeardDuty *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->screens);
    g_free(self);
}

unsigned heard_duty_connection_count(const HeardDuty *self)
{
    return self->screens->len;
}

static unsigned count_of(const HeardDuty *self, const char *unit)
{
    unsigned count = 0;

    for (guint i = 0; i < self->screens->len; i++) {
        const Screen *screen = g_ptr_array_index(self->screens, i);

        count += strcmp(screen->unit, unit) == 0;
    }
    return count;
}

bool heard_duty_has_room(const HeardDuty *self, const char *unit)
{
    return self->screens->len < HEARD_DUTY_SCREENS_MAX &&
           count_of(self, unit) < HEARD_DUTY_SCREENS_OF_UNIT_MAX;
}

static bool is_listening(const Screen *screen, const char *unit)
{
    return strcmp(screen->unit, unit) == 0 && heard_connection_greeted(screen->connection);
}

bool heard_duty_is_open(const HeardDuty *self, const char *unit)
{
    for (guint i = 0; i < self->screens->len; i++) {
        if (is_listening(g_ptr_array_index(self->screens, i), unit))
            return true;
    }
    return false;
}

/* ---- what a unit's screens show ---- */

typedef struct {
    HeardDuty *duty;
    char unit[HEARD_ID_SIZE];
    bool rings; /* a screen is there to ring */
    int64_t wall_ms;
    json_t *items;
    GPtrArray *rung; /* of HeardSummonsRow that rang now for the first time */
    GError *error;
} Refresh;

static void refresh_free(void *data)
{
    Refresh *self = data;

    json_decref(self->items);
    if (self->rung)
        g_ptr_array_unref(self->rung);
    g_clear_error(&self->error);
    g_free(self);
}

/* An accusation, or what is restricted, shows nothing of itself elsewhere (domain.md 3.8). */
static bool title_is_open(HeardStore *store, const HeardHearingRow *hearing, bool *ret_open,
                          GError **error)
{
    g_autofree HeardCaseRow *file =
        hearing->case_id ? heard_case_rows_get(store, hearing->case_id, error) : NULL;

    *ret_open = !file || g_strcmp0(file->confidentiality, "normal") == 0;
    return file || !hearing->case_id;
}

/* Time, place, who and why in one word: no details of the case. */
static json_t *item_json(HeardStore *store, const HeardSummonsRow *row, GError **error)
{
    g_autofree HeardHearingRow *hearing = heard_hearing_rows_get(store, row->hearing_id, error);
    g_autofree HeardUnitRow *office =
        hearing ? heard_unit_rows_get(store, hearing->organiser_unit_id, error) : NULL;
    bool open = false;

    if (!office || !title_is_open(store, hearing, &open, error))
        return NULL;
    return json_pack(
        "{s:s, s:s, s:s, s:s?, s:s, s:s, s:s, s:I, s:I, s:s, s:I, s:I, s:s?, s:s?}", "id", row->id,
        "hearing", row->hearing_id, "kind", hearing->kind, "title", open ? hearing->title : NULL,
        "unit_name", row->unit_name, "organiser", office->name, "called_by", row->called_by,
        "called_at_ms", (json_int_t)row->called_ms, "due_at_ms", (json_int_t)row->due_ms, "state",
        row->state, "seen_at_ms", (json_int_t)row->seen_ms, "ended_at_ms",
        (json_int_t)row->ended_ms, "answered_by", row->answered_by, "account", row->answered_by_id);
}

static bool note_ring(HeardStore *store, Refresh *self, HeardSummonsRow *row)
{
    if (!self->rings || row->rung_ms != 0 || strcmp(row->state, "ringing") != 0)
        return true;
    row->rung_ms = self->wall_ms;
    return heard_summons_rows_rung(store, row->id, self->wall_ms, &self->error);
}

static void run_refresh(HeardStore *store, void *data)
{
    Refresh *self = data;
    g_autoptr(GPtrArray) rows = heard_summons_rows_list_of_unit(
        store, self->unit, self->wall_ms - HEARD_DUTY_SHOWN_MS, &self->error);

    self->items = json_array();
    self->rung = g_ptr_array_new_with_free_func(g_free);
    while (rows && rows->len > 0) {
        g_autofree HeardSummonsRow *row = g_ptr_array_steal_index(rows, 0);
        bool rang = row->rung_ms != 0;
        json_t *item = item_json(store, row, &self->error);

        if (!item || !note_ring(store, self, row)) {
            json_decref(item);
            return;
        }
        json_array_append_new(self->items, item);
        if (!rang && row->rung_ms != 0)
            g_ptr_array_add(self->rung, g_steal_pointer(&row));
    }
}

static void close_unit(HeardDuty *self, const char *unit, HeardCloseCode code)
{
    for (guint i = 0; i < self->screens->len; i++) {
        Screen *screen = g_ptr_array_index(self->screens, i);

        if (strcmp(screen->unit, unit) == 0)
            heard_connection_close(screen->connection, code);
    }
}

static void give_up(HeardDuty *self, const char *unit, const char *error)
{
    uint32_t skipped;

    if (heard_log_limit(&self->limit, heard_loop_now_us(self->config.loop), &skipped))
        heard_log(&topic, HEARD_LOG_ERROR, "list-not-read unit=%s error=%s skipped=%u", unit, error,
                  skipped);
    close_unit(self, unit, HEARD_CLOSE_RESTART);
}

static void on_refreshed(void *data)
{
    Refresh *self = data;
    HeardDuty *duty = self->duty;

    if (self->error) {
        give_up(duty, self->unit, heard_error_name(heard_error_code(self->error)));
        return;
    }
    for (guint i = 0; i < duty->screens->len; i++) {
        Screen *screen = g_ptr_array_index(duty->screens, i);

        if (is_listening(screen, self->unit))
            heard_connection_send_event(
                screen->connection,
                heard_event_log_add_take(screen->log, "snapshot",
                                         json_pack("{s:s, s:I, s:O}", "epoch", "duty",
                                                   "server_time_ms", heard_clock_wall_ms(),
                                                   "summonses", self->items)));
    }
    for (guint i = 0; i < self->rung->len; i++) {
        const HeardSummonsRow *row = g_ptr_array_index(self->rung, i);

        heard_live_summons_noted(duty->config.live, row->hearing_id, (unsigned)row->number,
                                 row->rung_ms, 0);
    }
}

void heard_duty_changed(const char *unit, void *data)
{
    HeardDuty *self = data;
    Refresh *refresh;

    if (!heard_duty_is_open(self, unit))
        return; /* the next screen that comes asks by itself */
    refresh = g_new0(Refresh, 1);
    refresh->duty = self;
    g_strlcpy(refresh->unit, unit, sizeof refresh->unit);
    refresh->rings = true;
    refresh->wall_ms = heard_clock_wall_ms();
    if (!heard_store_thread_post(self->config.store, run_refresh, refresh, self->config.loop,
                                 on_refreshed, refresh_free))
        give_up(self, unit, "unavailable");
}

/* ---- screens ---- */

static void on_message(HeardConnection *connection, const HeardMessage *message, void *data)
{
    Screen *screen = data;

    if (message->kind != HEARD_MESSAGE_HELLO) {
        heard_connection_refuse(connection, message->id, HEARD_ERROR_UNKNOWN_COMMAND, NULL,
                                "answer over HTTP");
        return;
    }
    heard_connection_reply_take(connection, message->id, json_pack("{s:b}", "resumed", 0));
    heard_duty_changed(screen->unit, screen->duty);
}

static void on_gone(HeardConnection *connection, HeardWsEnd end, void *data)
{
    Screen *screen = data;

    (void)connection;
    (void)end;
    g_ptr_array_remove_fast(screen->duty->screens, screen);
}

void heard_duty_accept(HeardDuty *self, const HeardDutyWho *who, int fd, const uint8_t *early,
                       size_t early_size, HeardLiveClose close, void *stream)
{
    HeardConnectionHooks hooks = {on_message, on_gone, close, NULL};
    Screen *screen;

    if (!heard_duty_has_room(self, who->unit)) {
        close(stream);
        return;
    }
    screen = g_new0(Screen, 1);
    screen->duty = self;
    g_strlcpy(screen->unit, who->unit, sizeof screen->unit);
    g_strlcpy(screen->session_hash, who->session_hash, sizeof screen->session_hash);
    screen->log = heard_event_log_new();
    hooks.data = screen;
    g_ptr_array_add(self->screens, screen);
    screen->connection =
        heard_connection_new(self->config.loop, fd, early, early_size, stream, &hooks);
}

void heard_duty_revoke(HeardDuty *self, const char *session_hash)
{
    for (guint i = 0; i < self->screens->len; i++) {
        Screen *screen = g_ptr_array_index(self->screens, i);

        if (strcmp(screen->session_hash, session_hash) == 0)
            heard_connection_close(screen->connection, HEARD_CLOSE_REVOKED);
    }
}

void heard_duty_stop(HeardDuty *self)
{
    for (guint i = 0; i < self->screens->len; i++) {
        Screen *screen = g_ptr_array_index(self->screens, i);

        heard_connection_close(screen->connection, HEARD_CLOSE_RESTART);
    }
}
