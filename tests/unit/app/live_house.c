/* SPDX-License-Identifier: Apache-2.0 */
#include "live_house.h"

#include "server/base/clock.h"
#include "server/base/error.h"

#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_S = 20 };

static void give_up(int64_t since_us)
{
    if (heard_clock_now_us() - since_us > PATIENCE_S * INT64_C(1000000))
        g_error("waited in vain; told: %s", house_told->str);
}

void house_wait(House *self, const bool *flag)
{
    int64_t since_us = heard_clock_now_us();

    while (!*flag) {
        g_main_context_iteration(self->context, TRUE);
        give_up(since_us);
    }
}

/* ---- the store ---- */

typedef struct {
    House *house;
    const char *sql;
    int64_t number;
    bool done;
} Sql;

static void run_sql(HeardStore *store, void *data)
{
    Sql *self = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardStatement) statement = heard_store_prepare(store, self->sql, &error);

    if (!statement)
        g_error("%s: %s", self->sql, error->message);
    if (heard_statement_step(statement, &error) == HEARD_STEP_ROW)
        self->number = heard_statement_col_int64(statement, 0);
    if (error)
        g_error("%s: %s", self->sql, error->message);
}

static void sql_done(void *data)
{
    ((Sql *)data)->done = true;
}

int64_t house_number(House *self, const char *sql)
{
    Sql job = {self, sql, 0, false};

    assert_true(heard_store_thread_post(self->store, run_sql, &job, self->loop, sql_done, NULL));
    house_wait(self, &job.done);
    return job.number;
}

void house_sql(House *self, const char *sql)
{
    house_number(self, sql);
}

static void run_seed(HeardStore *store, void *data)
{
    Sql *self = data;
    g_autoptr(GError) error = NULL;

    self->house->demo =
        heard_seed_demo(store, self->house->cipher, heard_clock_wall_ms(), false, &error);
    if (!self->house->demo)
        g_error("%s", error->message);
}

/* ---- the house ---- */

static void start_live(House *self)
{
    static const char *const addresses[] = {"192.0.2.1", NULL};
    HeardLiveConfig config = {.loop = self->loop,
                              .store = self->store,
                              .identity = self->identity,
                              .addresses = addresses,
                              .recordings_dir = "recordings",
                              .load_count = 1,
                              .goes_on_unrecorded = self->goes_on_unrecorded};

    self->live = heard_live_new(&config);
    heard_live_add_worker(self->live, (HeardWorker *)(void *)self);
    heard_live_set_writer(self->live, (HeardWriter *)(void *)self);
}

void house_open(House *self)
{
    g_autofree char *key = NULL;
    Sql seed = {self, NULL, 0, false};

    memset(self, 0, sizeof *self);
    house_told = g_string_new(NULL);
    self->folder = g_dir_make_tmp("heard-live-XXXXXX", NULL);
    key = g_build_filename(self->folder, "key", NULL);
    self->url = g_strdup_printf("sqlite:%s/heard.db", self->folder);
    self->cipher = heard_field_cipher_new(key, NULL);
    self->store = heard_store_thread_new("store", self->url, true, NULL);
    self->identity = heard_dtls_identity_new(NULL);
    self->context = g_main_context_new();
    self->loop = heard_loop_new("main", NULL);
    heard_loop_attach(self->loop, self->context);
    assert_true(heard_store_thread_post(self->store, run_seed, &seed, self->loop, sql_done, NULL));
    house_wait(self, &seed.done);
    start_live(self);
}

void house_crash(House *self)
{
    heard_live_free(self->live);
    start_live(self);
}

void house_close(House *self)
{
    const char *names[] = {"key", "heard.db", "heard.db-wal", "heard.db-shm"};

    heard_store_thread_free(self->store);
    heard_live_free(self->live);
    heard_loop_free(self->loop);
    g_main_context_unref(self->context);
    heard_dtls_identity_free(self->identity);
    heard_seed_demo_free(self->demo);
    heard_field_cipher_free(self->cipher);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(self->folder, names[i], NULL);

        unlink(path);
    }
    rmdir(self->folder);
    g_free(self->folder);
    g_free(self->url);
    g_string_free(house_told, TRUE);
}

const char *house_seat(const House *self, const char *role)
{
    for (unsigned i = 0; i < self->demo->seat_count; i++) {
        if (strcmp(self->demo->seats[i].role, role) == 0)
            return self->demo->seats[i].participant_id;
    }
    g_error("no %s", role);
}

/* ---- media ---- */

typedef struct {
    char *peer;
    HeardError error;
    bool done;
} Joined;

static void on_joined(const char *answer, const char *peer, const GError *error, void *data)
{
    Joined *self = data;

    self->peer = g_strdup(peer);
    self->error = error ? heard_error_code(error) : HEARD_ERROR_COUNT;
    g_assert((answer == NULL) == (error != NULL));
    self->done = true;
}

/* A browser's offer with fewer slots and three more audios to receive, as the page makes it. */
static char *make_offer(const char *full, unsigned pictures)
{
    g_auto(GStrv) sections = g_strsplit(full, "\r\nm=", -1);
    unsigned count = g_strv_length(sections), sending = 4;
    GString *text = g_string_new(NULL);
    const char *sound = sections[sending], *group = strstr(full, "a=group:BUNDLE");

    g_assert(group && strstr(sound, "a=recvonly") && g_str_has_prefix(sound, "audio"));
    for (unsigned i = 0; i < MIN(count, sending + 2 * pictures); i++)
        g_string_append_printf(text, "%s%s\r\n", i > 0 ? "m=" : "", g_strchomp(sections[i]));
    for (unsigned i = 0; i < 3; i++) {
        g_auto(GStrv) lines = g_strsplit(sound, "\r\n", -1);

        g_string_append_printf(text, "m=%s\r\n", lines[0]);
        for (unsigned k = 1; lines[k]; k++) {
            if (g_str_has_prefix(lines[k], "a=mid:"))
                g_string_append_printf(text, "a=mid:v%u\r\n", i);
            else
                g_string_append_printf(text, "%s\r\n", lines[k]);
        }
    }
    g_string_insert(text, group - full + (gssize)strlen("a=group:BUNDLE"), " v0 v1 v2");
    return g_string_free(text, FALSE);
}

char *house_join(House *self, HeardLiveJoinKind kind, const char *hearing, const char *participant,
                 const char *of, HeardError *ret_error)
{
    static const char *const offers[] = {
        [HEARD_LIVE_PEER] = "chromium-full6.sdp", [HEARD_LIVE_WHIP] = "chromium-whip.sdp",
        [HEARD_LIVE_WHEP] = "chromium-whep.sdp",  [HEARD_LIVE_ATTEND] = "chromium-whep.sdp",
        [HEARD_LIVE_TEST] = "chromium-full6.sdp",
    };
    g_autofree char *path = g_build_filename(OFFERS, offers[kind], NULL);
    g_autofree char *offer = NULL;
    Joined joined = {0};
    HeardLiveJoin join = {.kind = kind,
                          .hearing = hearing,
                          .participant = participant,
                          .room = self->room,
                          .label = participant ? NULL : "camera-1",
                          .of = of};

    assert_true(g_file_get_contents(path, &offer, &join.offer_size, NULL));
    if (kind == HEARD_LIVE_PEER) {
        g_autofree char *plain = g_steal_pointer(&offer);

        offer = make_offer(plain, self->pictures ? self->pictures : 6);
        join.offer_size = strlen(offer);
    }
    join.offer = offer;
    heard_live_join(self->live, &join, on_joined, &joined);
    assert_false(joined.done); /* never within the call */
    house_wait(self, &joined.done);
    if (ret_error)
        *ret_error = joined.error;
    else
        assert_int_equal(joined.error, HEARD_ERROR_COUNT);
    return joined.peer;
}

void house_worker_event(House *self, HeardWorkerEventKind kind, unsigned peer)
{
    HeardWorkerEvent event = {.kind = kind, .room = 1, .peer = peer};

    if (kind == HEARD_WORKER_SPEAKERS || kind == HEARD_WORKER_VOICES) {
        event.peer = 0;
        event.speakers[0] = peer;
    }
    if (kind == HEARD_WORKER_PEER_GONE)
        event.gone = HEARD_PEER_GONE_TIMEOUT;
    heard_live_on_worker_event(&event, self->live);
}

void house_stats(House *self, unsigned peer, const HeardPeerStats *stats)
{
    HeardWorkerEvent event = {.kind = HEARD_WORKER_STATS, .room = 1, .peer = peer, .stats = *stats};

    heard_live_on_worker_event(&event, self->live);
}

/* ---- clients ---- */

typedef struct {
    int error;
    bool done;
} Prepared;

static void on_prepared(const GError *error, void *data)
{
    Prepared *self = data;

    self->error = error ? (int)heard_error_code(error) : -1;
    self->done = true;
}

static void close_stream(void *stream)
{
    close(GPOINTER_TO_INT(stream));
}

void client_open(Client *self, House *house, const char *participant)
{
    Prepared prepared = {0};
    int fds[2];

    memset(self, 0, sizeof *self);
    self->house = house;
    self->fd = -1;
    self->got = g_byte_array_new();
    g_queue_init(&self->events);
    heard_live_prepare(house->live, house->demo->hearing_id, participant, on_prepared, &prepared);
    house_wait(house, &prepared.done);
    self->refused = prepared.error;
    if (prepared.error >= 0)
        return;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    self->fd = fds[0];
    heard_live_accept(house->live, house->demo->hearing_id, participant, fds[1], NULL, 0,
                      close_stream, GINT_TO_POINTER(fds[1]));
}

void client_cut(Client *self)
{
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
}

void client_close(Client *self)
{
    json_t *event;

    client_cut(self);
    while ((event = g_queue_pop_head(&self->events)))
        json_decref(event);
    g_byte_array_unref(self->got);
}

static void send_frame(Client *self, const char *text)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    size_t size = strlen(text);
    uint8_t head[8] = {0x81, (uint8_t)(0x80 | (size < 126 ? size : 126))};
    guint at = 2;

    if (size >= 126) {
        head[at++] = (uint8_t)(size >> 8);
        head[at++] = (uint8_t)size;
    }
    g_byte_array_append(out, head, at + 4); /* the mask stays zero */
    g_byte_array_append(out, (const uint8_t *)text, (guint)size);
    assert_int_equal(send(self->fd, out->data, out->len, MSG_NOSIGNAL), out->len);
}

static bool take_frame(Client *self)
{
    const uint8_t *b = self->got->data;
    size_t size, head = 2;

    if (self->got->len < 2)
        return false;
    size = b[1] & 0x7f;
    if (size == 126) {
        size = (size_t)b[2] << 8 | b[3];
        head = 4;
    } else if (size == 127) {
        size = (size_t)b[7] << 16 | (size_t)b[8] << 8 | b[9];
        head = 10;
    }
    if (self->got->len < head + size)
        return false;
    if ((b[0] & 0x0f) == 1)
        g_queue_push_tail(&self->events, json_loadb((const char *)b + head, size, 0, NULL));
    else if ((b[0] & 0x0f) == 8)
        self->close_code = (unsigned)(b[head] << 8 | b[head + 1]);
    g_byte_array_remove_range(self->got, 0, (guint)(head + size));
    return true;
}

static void read_more(Client *self)
{
    uint8_t bytes[65536];
    ssize_t got;

    g_main_context_iteration(self->house->context, FALSE);
    while ((got = recv(self->fd, bytes, sizeof bytes, 0)) > 0)
        g_byte_array_append(self->got, bytes, (guint)got);
    self->gone |= got == 0;
    while (take_frame(self)) {
    }
    if (g_queue_is_empty(&self->events) && !self->gone && self->close_code == 0)
        g_main_context_iteration(self->house->context, TRUE);
}

static json_t *next_message(Client *self)
{
    int64_t since_us = heard_clock_now_us();

    while (g_queue_is_empty(&self->events)) {
        read_more(self);
        give_up(since_us);
        if (self->gone || self->close_code)
            return g_queue_pop_head(&self->events);
    }
    return g_queue_pop_head(&self->events);
}

/* Events that come before are kept for client_event(). */
static json_t *wait_reply(Client *self, int64_t id)
{
    GQueue kept = G_QUEUE_INIT;
    json_t *message = NULL, *before;

    while ((message = next_message(self))) {
        if (json_integer_value(json_object_get(message, "re")) == id)
            break;
        g_queue_push_tail(&kept, message);
    }
    while ((before = g_queue_pop_tail(&kept)))
        g_queue_push_head(&self->events, before);
    assert_non_null(message);
    return message;
}

int64_t client_say(Client *self, const char *type, const char *data)
{
    g_autofree char *text =
        g_strdup_printf("{\"id\":%" G_GINT64_FORMAT ",\"type\":\"%s\",\"data\":%s}",
                        ++self->next_id, type, data ? data : "{}");

    send_frame(self, text);
    return self->next_id;
}

json_t *client_reply(Client *self, int64_t id)
{
    return wait_reply(self, id);
}

json_t *client_ask(Client *self, const char *type, const char *data)
{
    return wait_reply(self, client_say(self, type, data));
}

void client_do(Client *self, const char *type, const char *data)
{
    g_autoptr(json_t) reply = client_ask(self, type, data);
    g_autofree char *text = heard_json_dump(reply);

    if (!json_is_true(json_object_get(reply, "ok")))
        fail_msg("%s: %s", type, text);
}

const char *client_refused(Client *self, const char *type, const char *data)
{
    g_autoptr(json_t) reply = client_ask(self, type, data);
    json_t *error = json_object_get(reply, "error");
    const char *reason = json_string_value(json_object_get(error, "reason"));

    assert_true(json_is_false(json_object_get(reply, "ok")));
    return g_intern_string(reason ? reason : json_string_value(json_object_get(error, "code")));
}

json_t *client_event(Client *self, const char *type)
{
    json_t *message;

    while ((message = next_message(self))) {
        const char *got = json_string_value(json_object_get(message, "type"));

        if (got) {
            json_int_t seq = json_integer_value(json_object_get(message, "seq"));

            assert_true(seq > self->last_seq);
            self->last_seq = seq;
        }
        if (g_strcmp0(got, type) == 0)
            return message;
        json_decref(message);
    }
    fail_msg("no %s came", type);
    return NULL;
}

bool client_never(Client *self, const char *type, const char *until)
{
    for (;;) {
        g_autoptr(json_t) message = next_message(self);
        const char *got = json_string_value(json_object_get(message, "type"));

        assert_non_null(message);
        if (g_strcmp0(got, type) == 0)
            return false;
        if (g_strcmp0(got, until) == 0)
            return true;
    }
}

json_t *client_enter(Client *self, House *house, const char *participant)
{
    client_open(self, house, participant);
    assert_int_equal(self->refused, -1);
    client_do(self, "hello", "{\"language\":\"zh\",\"slots\":6}");
    return client_event(self, "snapshot");
}

unsigned client_close_code(Client *self)
{
    int64_t since_us = heard_clock_now_us();

    while (self->close_code == 0 && !self->gone) {
        json_t *event;

        read_more(self);
        while ((event = g_queue_pop_head(&self->events)))
            json_decref(event);
        give_up(since_us);
    }
    return self->close_code;
}

const char *house_member(const json_t *object, const char *first, const char *second)
{
    return json_string_value(json_object_get(json_object_get(object, first), second));
}

char *house_at(const House *house, const char *role)
{
    return g_strdup_printf("{\"participant\":\"%s\"}", house_seat(house, role));
}
