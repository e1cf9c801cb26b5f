/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/app/attendance.h"
#include "server/app/veil.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/store/attendee_rows.h"

#include <string.h>

/* One attendee's WebSocket. It outlives being replaced until its close went through. */
struct HeardLiveAttendee {
    HeardLive *live;
    HeardLiveHearing *hearing; /* NULL: replaced, or the hearing is gone */
    char id[HEARD_ID_SIZE];
    HeardConnection *connection;
    bool ready; /* hello was answered: events may go out */
    bool here;  /* by this one, or by the one it replaced */
};

static const HeardLogTopic topic = {"live"};

bool heard_live_is_attended(const HeardLiveHearing *hearing)
{
    return !hearing->is_load && hearing->rules.config.profile->attendees_max > 0;
}

static HeardLiveHearing *find_attended(HeardLive *self, const char *id)
{
    HeardLiveHearing *hearing = self ? heard_live_find(self, id) : NULL; /* NULL: it stops */

    return hearing && !hearing->loading && heard_live_is_attended(hearing) ? hearing : NULL;
}

static HeardLiveAttendee *find_attendee(const HeardLiveHearing *hearing, const char *id)
{
    const GPtrArray *all = hearing->live->attendees;

    for (guint i = 0; i < all->len; i++) {
        HeardLiveAttendee *one = g_ptr_array_index(all, i);

        if (one->hearing == hearing && strcmp(one->id, id) == 0)
            return one;
    }
    return NULL;
}

/* ---- what they are told ---- */

/* One row of numbers for all of a hearing: a text is made once, however many read it. */
static char *event_text(HeardLiveHearing *hearing, const char *type, json_t *data_take)
{
    g_autoptr(json_t) event =
        json_pack("{s:I, s:s, s:o}", "seq", (json_int_t)++hearing->attendance_seq, "type", type,
                  "data", data_take);

    return heard_json_dump(event);
}

static void send_to(const HeardLiveAttendee *one, const char *type, json_t *data_take)
{
    g_autofree char *text = event_text(one->hearing, type, data_take);

    heard_connection_send_event(one->connection, text);
}

static unsigned send_to_all(HeardLiveHearing *hearing, const char *type, json_t *data_take)
{
    const GPtrArray *all = hearing->live->attendees;
    g_autofree char *text = event_text(hearing, type, data_take);
    unsigned count = 0;

    for (guint i = 0; i < all->len; i++) {
        const HeardLiveAttendee *one = g_ptr_array_index(all, i);

        if (one->hearing != hearing || !one->ready)
            continue;
        heard_connection_send_event(one->connection, text);
        count++;
    }
    return count;
}

static unsigned count_here(const HeardLiveHearing *hearing)
{
    const GPtrArray *all = hearing->live->attendees;
    unsigned count = 0;

    for (guint i = 0; i < all->len; i++) {
        const HeardLiveAttendee *one = g_ptr_array_index(all, i);

        count += one->hearing == hearing && one->ready;
    }
    return count;
}

bool heard_live_has_attendees(const HeardLiveHearing *hearing)
{
    const GPtrArray *all = hearing->live->attendees;

    for (guint i = 0; i < all->len; i++) {
        if (((const HeardLiveAttendee *)g_ptr_array_index(all, i))->hearing == hearing)
            return true;
    }
    return false;
}

json_t *heard_json_attendance(const HeardLiveHearing *hearing)
{
    json_t *json;

    if (!hearing->attendance)
        return json_null();
    json = json_copy(hearing->attendance);
    json_object_set_new(json, "here", json_integer(count_here(hearing)));
    json_object_set_new(json, "max", json_integer(hearing->rules.config.profile->attendees_max));
    return json;
}

/* Name plates of those who can be seen or heard. */
static json_t *seats_json(const HeardLiveHearing *hearing)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        const HeardPerson *person = &hearing->rules.people[i];
        const HeardLivePerson *live = &hearing->people[i];
        /* Who is screened from anybody has neither picture nor name for an attendee. */
        bool veiled = person->unseen_count > 0;

        if (heard_hearing_room_of(&hearing->rules, (uint16_t)i) == HEARD_ROOM_MAIN)
            json_array_append_new(
                list, json_pack("{s:s, s:s, s:s, s:s?, s:s, s:b}", "id", person->id, "role",
                                heard_role_name(person->role), "name",
                                veiled ? heard_veil_word("zh") : live->name, "unit",
                                veiled ? NULL : live->unit, "title", veiled ? "" : live->title,
                                "has_floor", hearing->rules.order.holder == i));
    }
    return list;
}

static json_t *house_json(const HeardLiveHearing *hearing)
{
    const HeardHearing *rules = &hearing->rules;
    json_t *course =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:b}", "id", hearing->id, "title",
                  hearing->title ? hearing->title : "", "organiser",
                  hearing->organiser ? hearing->organiser : "", "state",
                  heard_state_name(MAX(rules->state, HEARD_STATE_READY)), "phase",
                  rules->config.profile->phases[rules->phase].code, "phase_since_ms",
                  (json_int_t)rules->phase_since_ms, "recorded", rules->config.recorded);
    json_t *recording = heard_json_recording(hearing);
    json_t *house = json_pack("{s:o, s:o, s:s}", "hearing", course, "seats", seats_json(hearing),
                              "recording", json_string_value(json_object_get(recording, "state")));

    json_decref(recording);
    return house;
}

static void flush(HeardLiveHearing *hearing)
{
    hearing->attendance_told_us = heard_live_now_us(hearing->live);
    if (hearing->attendance_stale) {
        hearing->attendance_stale = false;
        send_to_all(hearing, "house.changed", house_json(hearing));
    }
    if (hearing->attendance_untold) {
        g_autoptr(json_t) data = heard_json_attendance(hearing);

        hearing->attendance_untold = false;
        send_to_all(hearing, "attendance.changed", json_incref(data));
        heard_live_tell_all(hearing, "attendance.changed", data);
    }
}

void heard_live_attendance_tick(HeardLiveHearing *hearing, int64_t now_us)
{
    if ((hearing->attendance_stale || hearing->attendance_untold) &&
        now_us - hearing->attendance_told_us >= HEARD_LIVE_ATTENDANCE_US)
        flush(hearing);
}

void heard_live_attendance_mark(HeardLiveHearing *hearing)
{
    hearing->attendance_stale = heard_live_is_attended(hearing);
}

void heard_live_attendance_changed(HeardLive *self, const char *id, const json_t *digest)
{
    HeardLiveHearing *hearing = find_attended(self, id);

    if (!hearing)
        return;
    json_decref(hearing->attendance);
    hearing->attendance = json_deep_copy(digest);
    hearing->attendance_untold = true;
    heard_live_attendance_tick(hearing, heard_live_now_us(self));
}

void heard_live_attendee_tell(HeardLive *self, const char *id, const char *attendee,
                              const char *type)
{
    HeardLiveHearing *hearing = find_attended(self, id);
    HeardLiveAttendee *one = hearing ? find_attendee(hearing, attendee) : NULL;

    if (one && one->ready)
        send_to(one, type, json_object());
}

void heard_live_attendee_tell_slots(HeardLivePeer *peer)
{
    HeardLiveAttendee *one = find_attendee(peer->hearing, peer->attendee);
    json_t *data;

    if (!one || !one->ready)
        return;
    data = json_object();
    json_object_set_new(data, "slots", heard_slots_of_peer(peer));
    send_to(one, "slots.changed", data);
}

void heard_live_commitments_changed(HeardLive *self, const char *id)
{
    HeardLiveHearing *hearing = self ? heard_live_find(self, id) : NULL;
    g_autoptr(json_t) data = json_object();

    if (hearing && !hearing->loading && !hearing->is_load)
        heard_live_tell_all(hearing, "commitments.changed", data);
}

/* ---- the store: when somebody came and went ---- */

typedef struct {
    char id[HEARD_ID_SIZE];
    int64_t wall_ms;
    bool came;
} Stay;

static void run_stay(HeardStore *store, void *data)
{
    const Stay *self = data;
    g_autoptr(GError) error = NULL;
    bool done = self->came ? heard_attendee_rows_came(store, self->id, self->wall_ms, &error)
                           : heard_attendee_rows_left(store, self->id, self->wall_ms, &error);

    if (!done)
        heard_log(&topic, HEARD_LOG_ERROR, "stay-not-kept attendee=%s error=%s", self->id,
                  heard_error_name(heard_error_code(error)));
}

static void keep_stay(HeardLive *live, const char *id, bool came)
{
    Stay *stay;

    if (live->halted)
        return;
    stay = g_new0(Stay, 1);
    g_strlcpy(stay->id, id, sizeof stay->id);
    stay->wall_ms = heard_clock_wall_ms();
    stay->came = came;
    if (!heard_store_thread_post(live->config.store, run_stay, stay, NULL, NULL, g_free))
        heard_log(&topic, HEARD_LOG_WARN, "stay-not-kept attendee=%s", id);
}

bool heard_live_attendance_load(HeardStore *store, const HeardProfile *profile, const char *id,
                                json_t **ret_digest, GError **error)
{
    json_t *digest;

    if (profile->attendees_max == 0)
        return true;
    digest = heard_attendance_digest(store, id, heard_clock_wall_ms(), error);
    if (!digest)
        return false;
    *ret_digest = digest;
    return true;
}

/* ---- media ---- */

static void drop_peers(HeardLiveHearing *hearing, const char *attendee, const HeardLivePeer *except)
{
    for (guint i = hearing->peers->len; i-- > 0;) {
        HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        if (peer != except && peer->kind == HEARD_LIVE_ATTEND &&
            (!attendee || strcmp(peer->attendee, attendee) == 0))
            heard_live_peer_remove(peer);
    }
}

void heard_live_attendee_enter(HeardLivePeer *peer)
{
    drop_peers(peer->hearing, peer->attendee, peer);
}

/* ---- WebSockets ---- */

static void attendee_free(HeardLiveAttendee *one)
{
    heard_connection_free(one->connection);
    g_free(one);
}

static json_t *slots_json(const HeardLiveAttendee *one)
{
    const GPtrArray *peers = one->hearing->peers;

    for (guint i = 0; i < peers->len; i++) {
        const HeardLivePeer *peer = g_ptr_array_index(peers, i);

        if (peer->kind == HEARD_LIVE_ATTEND && strcmp(peer->attendee, one->id) == 0)
            return heard_slots_of_peer(peer);
    }
    return json_array();
}

static json_t *snapshot(const HeardLiveAttendee *one)
{
    const HeardLiveHearing *hearing = one->hearing;
    json_t *data = house_json(hearing);

    json_object_set_new(data, "epoch", json_string(hearing->epoch));
    json_object_set_new(data, "server_time_ms", json_integer(heard_clock_wall_ms()));
    json_object_set_new(data, "attendance", heard_json_attendance(hearing));
    json_object_set_new(data, "slots", slots_json(one));
    return data;
}

static void greet(HeardLiveAttendee *one, const HeardMessage *message)
{
    heard_connection_reply_take(one->connection, message->id, json_pack("{s:b}", "resumed", false));
    one->ready = one->here = true;
    keep_stay(one->live, one->id, true);
    send_to(one, "snapshot", snapshot(one));
    one->hearing->attendance_untold = true;
}

static void on_message(HeardConnection *connection, const HeardMessage *message, void *data)
{
    HeardLiveAttendee *one = data;

    if (!one->hearing)
        return;
    switch (message->kind) {
    case HEARD_MESSAGE_HELLO:
        greet(one, message);
        return;
    case HEARD_MESSAGE_PING:
        return;
    case HEARD_MESSAGE_VIEW:
    case HEARD_MESSAGE_NETWORK:
    case HEARD_MESSAGE_COMMAND:
        heard_connection_refuse(connection, message->id, HEARD_ERROR_WRONG_ROLE,
                                heard_answer_name(HEARD_ANSWER_WRONG_ROLE), NULL);
        return;
    }
    g_assert_not_reached();
}

static void detach(HeardLiveAttendee *one)
{
    if (one->hearing)
        one->hearing->attendance_untold = true;
    one->hearing = NULL;
}

static void on_gone(HeardConnection *connection, HeardWsEnd end, void *data)
{
    HeardLiveAttendee *one = data;

    (void)connection;
    (void)end;
    /* Whoever was replaced is here still. */
    if (one->here && one->hearing)
        keep_stay(one->live, one->id, false);
    detach(one);
    g_ptr_array_remove_fast(one->live->attendees, one);
    attendee_free(one);
}

typedef struct {
    HeardLiveDone done;
    void *data;
} Prepare;

static void on_prepared(HeardLiveHearing *hearing, const GError *error, void *data)
{
    g_autofree Prepare *self = data;
    g_autoptr(GError) refusal = NULL;

    if (!error && !heard_live_is_attended(hearing))
        g_set_error(&refusal, HEARD_ERROR, HEARD_ERROR_FORBIDDEN, "nobody attends this hearing");
    else if (!error && heard_hearing_over(&hearing->rules))
        g_set_error(&refusal, HEARD_ERROR, HEARD_ERROR_HEARING_CLOSED, "this hearing is over");
    self->done(error ? error : refusal, self->data);
}

void heard_live_attendee_prepare(HeardLive *self, const char *hearing, HeardLiveDone done,
                                 void *data)
{
    Prepare *prepare = g_new0(Prepare, 1);

    prepare->done = done;
    prepare->data = data;
    heard_live_with_hearing(self, hearing, on_prepared, prepare);
}

void heard_live_attendee_accept(HeardLive *self, const char *hearing_id, const char *attendee,
                                int fd, const uint8_t *early, size_t early_size,
                                HeardLiveClose close, void *stream)
{
    HeardLiveHearing *hearing = find_attended(self, hearing_id);
    HeardConnectionHooks hooks = {on_message, on_gone, close, NULL};
    HeardLiveAttendee *one, *former;

    if (self->stopping || !hearing || heard_hearing_over(&hearing->rules)) {
        close(stream);
        return;
    }
    one = g_new0(HeardLiveAttendee, 1);
    former = find_attendee(hearing, attendee);
    if (former) {
        one->here = former->here;
        heard_connection_close(former->connection, HEARD_CLOSE_REPLACED);
        detach(former);
    }
    one->live = self;
    one->hearing = hearing;
    g_strlcpy(one->id, attendee, sizeof one->id);
    hooks.data = one;
    g_ptr_array_add(self->attendees, one);
    one->connection =
        heard_connection_new(self->config.loop, fd, early, early_size, stream, &hooks);
}

/* ---- ends ---- */

void heard_live_attendee_drop(HeardLive *self, const char *id, const char *attendee)
{
    HeardLiveHearing *hearing = find_attended(self, id);
    HeardLiveAttendee *one = hearing ? find_attendee(hearing, attendee) : NULL;

    if (hearing)
        drop_peers(hearing, attendee, NULL);
    if (one)
        heard_connection_close(one->connection, HEARD_CLOSE_REVOKED);
}

void heard_live_attendees_close(HeardLiveHearing *hearing, HeardCloseCode code)
{
    const GPtrArray *all = hearing->live->attendees;

    for (guint i = 0; i < all->len; i++) {
        const HeardLiveAttendee *one = g_ptr_array_index(all, i);

        if (one->hearing == hearing)
            heard_connection_close(one->connection, code);
    }
}

void heard_live_attendance_end(HeardLiveHearing *hearing)
{
    if (!heard_live_is_attended(hearing))
        return;
    send_to_all(hearing, "hearing.ended",
                json_pack("{s:s}", "state", heard_state_name(hearing->rules.state)));
    drop_peers(hearing, NULL, NULL);
    heard_live_attendees_close(hearing, HEARD_CLOSE_NORMAL);
}

void heard_live_attendees_leave(HeardLiveHearing *hearing)
{
    const GPtrArray *all = hearing->live->attendees;

    for (guint i = 0; i < all->len; i++) {
        HeardLiveAttendee *one = g_ptr_array_index(all, i);

        if (one->hearing == hearing)
            detach(one);
    }
}

void heard_live_attendees_free(HeardLive *self)
{
    while (self->attendees->len > 0)
        attendee_free(g_ptr_array_remove_index_fast(self->attendees, self->attendees->len - 1));
}
