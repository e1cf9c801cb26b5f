/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/rooms_stand.h"

#include "recordings/log_reader.h"
#include "server/app/speech_piece.h"
#include "server/base/clock.h"
#include "server/store/hearing_rows.h"
#include "server/store/participant_rows.h"
#include "server/store/seat_rows.h"
#include "server/store/unit_rows.h"
#include "tests/unit/heard_test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define READY "{\"type\":\"ready\",\"version\":1}\n"

static int64_t now_ms(void)
{
    return heard_clock_now_us() / 1000;
}

typedef struct {
    Stand *stand;
    const char *const *seats;
    bool done;
} Seed;

static void insert_seat(HeardStore *store, Stand *self, const char *seat)
{
    g_auto(GStrv) words = g_strsplit(seat, ":", 2);
    Person *person = &self->people[self->person_count];
    char seat_id[HEARD_ID_SIZE];
    HeardSeatRow row = {.id = seat_id,
                        .hearing_id = self->hearing,
                        .side = words[1],
                        .role = words[0],
                        .display_name = words[0],
                        .position = self->person_count + 1};
    HeardParticipantRow participant = {.id = person->id,
                                       .seat_id = seat_id,
                                       .hearing_id = self->hearing,
                                       .invite_state = "invited",
                                       .presence_state = "absent",
                                       .token_state = "none"};

    heard_id_new(seat_id, heard_clock_wall_ms());
    heard_id_new(person->id, heard_clock_wall_ms());
    person->stand = self;
    person->role = g_intern_string(words[0]);
    person->side = g_intern_string(words[1]);
    person->number = (uint8_t)self->person_count++;
    person->fd = -1;
    person->got = g_byte_array_new();
    g_assert(heard_seat_rows_insert(store, &row, NULL));
    g_assert(heard_participant_rows_insert(store, &participant, NULL));
}

static void run_seed(HeardStore *store, void *data)
{
    Seed *self = data;
    Stand *stand = self->stand;
    const HeardProfile *profile = heard_agenda_profile(stand->kind);
    g_autoptr(GError) error = NULL;
    char unit_id[HEARD_ID_SIZE];
    HeardUnitRow unit = {.id = unit_id,
                         .code = "u",
                         .name = "unit",
                         .level = 3,
                         .kind = "office",
                         .region_code = "460100",
                         .status = "active"};
    HeardHearingRow row = {.id = stand->hearing,
                           .hearing_no = "HS1",
                           .kind = heard_kind_name(profile->kind),
                           .mode = "online",
                           .state = "ready",
                           .phase = profile->phases[0].code,
                           .title = "test",
                           .organiser_unit_id = unit_id,
                           .planned_start_ms = 1,
                           .publicity = "invited",
                           .recording_policy = "on",
                           .language = "zh",
                           .max_observers = 5,
                           .created_ms = 1};

    heard_id_new(stand->hearing, heard_clock_wall_ms());
    heard_id_new(unit_id, heard_clock_wall_ms());
    if (!heard_unit_rows_insert(store, &unit, &error) ||
        !heard_hearing_rows_insert(store, &row, &error))
        g_error("%s", error->message);
    for (unsigned i = 0; self->seats[i]; i++)
        insert_seat(store, stand, self->seats[i]);
}

static void seed_done(void *data)
{
    ((Seed *)data)->done = true;
}

static void start_server(Stand *self)
{
    static const char *const addresses[] = {"127.0.0.1", NULL};
    HeardLiveConfig of_live = {.loop = self->loop,
                               .store = self->store,
                               .identity = self->identity,
                               .addresses = addresses,
                               .recordings_dir = "recordings",
                               .speech_socket = self->speech};
    HeardWorkerConfig of_worker = {.bind_address = "0.0.0.0",
                                   .identity = self->identity,
                                   .events_loop = self->loop,
                                   .on_event = heard_live_on_worker_event};
    HeardWriterConfig of_writer = {.dir = self->recordings,
                                   .key_path = self->key,
                                   .node = "main",
                                   .events_loop = self->loop,
                                   .on_status = heard_live_on_record_status};

    self->live = heard_live_new(&of_live);
    of_worker.data = of_writer.data = self->live;
    self->worker = heard_worker_new(&of_worker, NULL);
    self->writer = heard_writer_new(&of_writer, NULL);
    assert_non_null(self->worker);
    assert_non_null(self->writer);
    heard_live_add_worker(self->live, self->worker);
    heard_live_set_writer(self->live, self->writer);
    heard_live_restore(self->live, NULL, NULL);
}

static void stop_server(Stand *self)
{
    int64_t until_ms = now_ms() + 2000;

    for (unsigned i = 0; i < self->person_count; i++) {
        Person *p = &self->people[i];

        rooms_cut(p);
        rooms_drop_client(p, false);
        g_clear_pointer(&p->ghost, client_free);
        p->join_wanted = false;
    }
    heard_live_stop(self->live);
    while (heard_live_connection_count(self->live) > 0 && now_ms() < until_ms)
        g_main_context_iteration(self->context, FALSE);
    heard_live_halt(self->live);
    heard_worker_free(self->worker);
    heard_live_set_writer(self->live, NULL);
    heard_writer_free(self->writer);
    /* what was under way is answered: the store as well */
    for (until_ms = now_ms() + 300; now_ms() < until_ms;)
        if (!g_main_context_iteration(self->context, FALSE))
            g_usleep(1000);
    heard_live_free(self->live);
}

void rooms_stand_open(Stand *self, HeardKind kind, const char *const *seats)
{
    Seed seed = {self, seats, false};

    memset(self, 0, sizeof *self);
    self->kind = kind;
    self->next_number = 1;
    self->last_mark = 1;
    self->folder = g_dir_make_tmp("heard-rooms-XXXXXX", NULL);
    self->url = g_strdup_printf("sqlite:%s/heard.db", self->folder);
    self->recordings = g_build_filename(self->folder, "recordings", NULL);
    self->key = g_build_filename(self->folder, "recordings.key", NULL);
    self->speech = g_build_filename(self->folder, "speech", NULL);
    g_mkdir(self->speech, 0700);
    g_mkdir(self->recordings, 0700);
    self->store = heard_store_thread_new("store", self->url, true, NULL);
    self->context = g_main_context_new();
    self->loop = heard_loop_new("main", NULL);
    heard_loop_attach(self->loop, self->context);
    g_main_context_push_thread_default(self->context); /* as the server does, for its children */
    self->identity = heard_dtls_identity_new(NULL);
    assert_true(heard_store_thread_post(self->store, run_seed, &seed, self->loop, seed_done, NULL));
    while (!seed.done)
        g_main_context_iteration(self->context, TRUE);
    start_server(self);
}

void rooms_stand_restart(Stand *self)
{
    self->count.restarts++;
    stop_server(self);
    start_server(self);
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *inner = g_build_filename(path, name, NULL);

        remove_tree(inner);
    }
    g_remove(path);
}

void rooms_stand_close(Stand *self)
{
    stop_server(self);
    rooms_read_logs(self);
    rooms_read_speech(self);
    heard_store_thread_free(self->store);
    heard_loop_free(self->loop);
    g_main_context_pop_thread_default(self->context);
    g_main_context_unref(self->context);
    heard_dtls_identity_free(self->identity);
    for (unsigned i = 0; i < self->person_count; i++)
        g_byte_array_unref(self->people[i].got);
    remove_tree(self->folder);
    g_free(self->folder);
    g_free(self->url);
    g_free(self->recordings);
    g_free(self->key);
    g_free(self->speech);
}

Person *rooms_person(Stand *self, const char *role, unsigned nth)
{
    for (unsigned i = 0; i < self->person_count; i++) {
        if (g_str_equal(self->people[i].role, role) && nth-- == 0)
            return &self->people[i];
    }
    g_error("no %s", role);
}

HeardLiveHearing *rooms_hearing(Stand *self)
{
    HeardLiveHearing *hearing = heard_live_find(self->live, self->hearing);

    return hearing && !hearing->loading ? hearing : NULL;
}

HeardRoomKind rooms_where(Stand *self, const Person *person)
{
    HeardLiveHearing *hearing = rooms_hearing(self);

    return hearing ? heard_hearing_room_of(&hearing->rules,
                                           heard_hearing_find(&hearing->rules, person->id))
                   : HEARD_ROOM_NONE;
}

/* ---- what a speech service would hear ---- */

int rooms_keep_speech(const char *folder)
{
    g_autofree char *name = g_strdup_printf("%d", (int)getpid());
    g_autofree char *path = g_build_filename(folder, name, NULL);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    char block[4096];
    ssize_t count;

    if (file < 0 || write(STDOUT_FILENO, READY, strlen(READY)) < 0)
        return 1;
    while ((count = read(STDIN_FILENO, block, sizeof block)) > 0)
        if (write(file, block, (size_t)count) != count)
            return 1;
    close(file);
    return 0;
}

static void read_pieces(Stand *self, const char *bytes, size_t size)
{
    HeardSpeechPiece piece;
    Mark mark;

    for (size_t at = 0; size - at >= sizeof piece; at += sizeof piece + piece.size) {
        memcpy(&piece, bytes + at, sizeof piece);
        if (piece.size > size - at - sizeof piece)
            return; /* it was killed in the middle */
        if (!rooms_find_mark((const uint8_t *)bytes + at + sizeof piece, piece.size, &mark))
            continue;
        self->count.transcribed++;
        if (mark.picture || mark.room != HEARD_ROOM_MAIN)
            rooms_report_leak(self, "speech to text has what %s sent in %s",
                              self->people[mark.sender].role,
                              heard_room_name((HeardRoomKind)mark.room));
        if (g_str_equal(self->people[mark.sender].role, "observer"))
            rooms_report_leak(self, "speech to text has what an observer sent");
    }
}

void rooms_read_speech(Stand *self)
{
    g_autoptr(GDir) dir = g_dir_open(self->speech, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(self->speech, name, NULL);
        g_autofree char *bytes = NULL;
        size_t size = 0;

        if (g_file_get_contents(path, &bytes, &size, NULL))
            read_pieces(self, bytes, size);
    }
}

/* ---- the recordings ---- */

static void read_log(Stand *self, const char *path, const HeardOrgKey *key)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardLogReader) reader = heard_log_reader_open(path, key, &error);
    HeardLogRecord record;
    Mark mark;

    if (!reader)
        g_error("%s: %s", path, error->message);
    while (heard_log_reader_next(reader, &record)) {
        if (record.type != HEARD_LOG_RTP || !rooms_find_mark(record.payload, record.size, &mark))
            continue;
        self->count.recorded++;
        self->count.recorded_screened += mark.picture && self->people[mark.sender].was_screened;
        if (g_str_equal(self->people[mark.sender].role, "observer"))
            rooms_report_leak(self, "the recording has what an observer sent");
        if (mark.room != HEARD_ROOM_MAIN)
            rooms_report_leak(self, "the recording has what %s sent in %s",
                              self->people[mark.sender].role,
                              heard_room_name((HeardRoomKind)mark.room));
    }
}

void rooms_read_logs(Stand *self)
{
    g_autoptr(HeardOrgKey) key = heard_org_key_load(self->key, NULL);
    g_autofree char *folder = g_build_filename(self->recordings, self->hearing, NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        read_log(self, path, key);
    }
}
