/* SPDX-License-Identifier: Apache-2.0 */
#include "log_fixture.h"

#include "recordings/record.h"
#include "server/base/clock.h"
#include "server/base/error.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

/* The test's own thread is "main": it runs the events loop until a status it waits for. */
typedef struct {
    Fixture fixture;
    HeardLoop *loop;
    HeardWriter *writer;
    HeardRecord *record;
    HeardRecordStatus last;
    unsigned count;
    bool sealed;
    bool seen[HEARD_RECORD_SEALED + 1];
    HeardRecordFault seen_fault;
} Scene;

static atomic_bool disk_full, disk_hangs, sync_waits;

static ssize_t seam_write(int fd, const void *bytes, size_t size, off_t offset)
{
    if (atomic_load(&disk_full)) {
        errno = ENOSPC;
        return -1;
    }
    return pwrite(fd, bytes, size, offset);
}

static int seam_sync(int fd)
{
    while (atomic_load(&disk_hangs)) {
        atomic_store(&sync_waits, true);
        g_usleep(1000);
    }
    return fdatasync(fd);
}

static const HeardLogIo seam = {.write_at = seam_write, .sync = seam_sync};

static void on_status(const HeardRecordStatus *status, void *data)
{
    Scene *scene = data;

    scene->last = *status;
    scene->count++;
    scene->seen[status->state] = true;
    if (status->fault != HEARD_RECORD_FAULT_NONE)
        scene->seen_fault = status->fault;
    scene->sealed = status->state == HEARD_RECORD_SEALED;
    assert_ptr_equal(status->owner, scene);
}

static void scene_begin(Scene *scene, size_t ring_bytes)
{
    HeardWriterConfig config = {
        .node = "n1", .on_status = on_status, .data = scene, .ring_bytes = ring_bytes, .io = &seam};
    HeardRecordSpec spec = {
        .hearing = "h1", .recording = "R01", .room = "main", .epoch = 1, .owner = scene};

    memset(scene, 0, sizeof *scene);
    scene->fixture = fixture_new();
    scene->loop = heard_loop_new("test", NULL);
    heard_loop_attach(scene->loop, NULL);
    config.dir = scene->fixture.root;
    config.key_path = scene->fixture.key_path;
    config.events_loop = scene->loop;
    scene->writer = heard_writer_new(&config, NULL);
    assert_non_null(scene->writer);
    scene->record = heard_record_open(scene->writer, &spec, NULL);
    assert_non_null(scene->record);
}

static void scene_end(Scene *scene)
{
    heard_writer_free(scene->writer);
    heard_loop_free(scene->loop);
    fixture_free(&scene->fixture);
}

static void wait_for(Scene *scene, HeardRecordState state)
{
    while (!scene->seen[state])
        g_main_context_iteration(NULL, TRUE);
}

typedef struct {
    HeardSink *sink;
    unsigned count;
    atomic_bool done;
} Worker;

/* A media worker that has more to say than the disk likes. */
static void *run_worker(void *data)
{
    Worker *worker = data;
    HeardSinkTrack track = {.track = 1,
                            .peer = 9,
                            .label = "p1",
                            .source = HEARD_SOURCE_CAMERA,
                            .codec = HEARD_CODEC_VP8,
                            .payload_type = 96,
                            .clock_rate_hz = 90000,
                            .ssrc = 5};
    uint8_t packet[1000] = {0x80, 96};

    worker->sink->ops->track(worker->sink, &track, heard_clock_now_us());
    for (uint32_t i = 0; i < worker->count; i++) {
        memcpy(packet + 12, &i, sizeof i);
        worker->sink->ops->rtp(worker->sink, 1, packet, sizeof packet, heard_clock_now_us());
    }
    worker->sink->ops->gap(worker->sink, 1, 7, 3, HEARD_GAP_NETWORK, heard_clock_now_us());
    worker->sink->ops->track_end(worker->sink, 1, HEARD_GAP_LEFT, heard_clock_now_us());
    worker->sink->ops->closed(worker->sink);
    atomic_store(&worker->done, true);
    return NULL;
}

typedef struct {
    unsigned types[16];
    unsigned lost_by_reason;
    char reason[32];
    bool in_order;
    char layer[64]; /* of the last LAYER record */
} Contents;

static Contents read_contents(const Scene *scene)
{
    g_autoptr(HeardLogReader) reader =
        heard_log_reader_open(scene->fixture.path, scene->fixture.key, NULL);
    Contents contents = {.in_order = true};
    HeardLogRecord record;
    uint32_t next = 0;

    assert_non_null(reader);
    while (heard_log_reader_next(reader, &record)) {
        contents.types[record.type]++;
        if (record.type == HEARD_LOG_RTP) {
            uint32_t value;
            memcpy(&value, record.payload + 12, sizeof value);
            contents.in_order = contents.in_order && value >= next;
            next = value + 1;
        } else if (record.type == HEARD_LOG_LAYER) {
            g_snprintf(contents.layer, sizeof contents.layer, "%.*s", (int)record.size,
                       (const char *)record.payload);
        } else if (record.type == HEARD_LOG_GAP && record.track == 0) {
            json_t *gap = json_loadb((const char *)record.payload, record.size, 0, NULL);
            contents.lost_by_reason += (unsigned)json_integer_value(json_object_get(gap, "count"));
            g_strlcpy(contents.reason, json_string_value(json_object_get(gap, "reason")),
                      sizeof contents.reason);
            json_decref(gap);
        }
    }
    return contents;
}

/* One camera from its first packet to its end. */
static bool journal_names_once(const HeardVerifyReport *report)
{
    unsigned at = 0;
    const HeardNotedTrack *track = heard_noted_tracks_next(report->tracks, 0, -1, &at);

    return track && track->track == 1 && strcmp(track->source, "camera") == 0 &&
           strcmp(track->participant, "p1") == 0 && track->from_us >= 0 &&
           track->to_us >= track->from_us && track->to_us < INT64_MAX &&
           !heard_noted_tracks_next(report->tracks, 0, -1, &at);
}

static void records_all_that_a_worker_sends(void **state)
{
    Scene scene;
    Worker worker = {.count = 20000};
    g_autoptr(HeardVerifyReport) report = NULL;
    Contents contents;
    pthread_t thread;
    (void)state;

    scene_begin(&scene, 32 << 20); /* more than the worker sends: none may be lost */
    wait_for(&scene, HEARD_RECORD_RECORDING);
    assert_true(scene.last.durable_bytes > 0);
    worker.sink = heard_record_sink(scene.record);
    pthread_create(&thread, NULL, run_worker, &worker);
    heard_record_event(scene.record, "{\"type\":\"phase\",\"phase\":\"opening\"}",
                       heard_clock_now_us());
    heard_record_event(scene.record, "not json", heard_clock_now_us());
    heard_record_close(scene.record);
    wait_for(&scene, HEARD_RECORD_SEALED);
    pthread_join(thread, NULL);
    assert_true(scene.seen[HEARD_RECORD_FINALISING]);
    assert_int_equal(scene.last.lost_packets, 3);
    assert_true(scene.last.hours_left > 0);
    contents = read_contents(&scene);
    assert_int_equal(contents.types[HEARD_LOG_RTP], worker.count);
    assert_true(contents.in_order);
    assert_int_equal(contents.types[HEARD_LOG_TRACK], 1);
    assert_int_equal(contents.types[HEARD_LOG_EVENT], 1);
    assert_int_equal(contents.types[HEARD_LOG_END], 1);
    assert_true(contents.types[HEARD_LOG_CLOCK] >= 1);
    report = verify(&scene.fixture);
    assert_int_equal(report->result, HEARD_VERIFY_INTACT);
    assert_int_equal(report->lost, 3);
    assert_string_equal(report->chain_head, scene.last.chain_head);
    assert_true(journal_names_once(report));
    scene_end(&scene);
}

static void full_disk_interrupts_and_comes_back(void **state)
{
    Scene scene;
    Worker worker = {.count = 3000};
    g_autoptr(HeardVerifyReport) report = NULL;
    Contents contents;
    pthread_t thread;
    (void)state;

    scene_begin(&scene, 64 * 1024);
    wait_for(&scene, HEARD_RECORD_RECORDING);
    atomic_store(&disk_full, true);
    wait_for(&scene, HEARD_RECORD_INTERRUPTED);
    worker.sink = heard_record_sink(scene.record);
    pthread_create(&thread, NULL, run_worker, &worker);
    pthread_join(thread, NULL);
    heard_record_event(scene.record, "{\"type\":\"note\"}", heard_clock_now_us());
    assert_int_equal(scene.last.fault, HEARD_RECORD_FAULT_DISK_FULL);
    atomic_store(&disk_full, false);
    scene.seen[HEARD_RECORD_RECORDING] = false;
    wait_for(&scene, HEARD_RECORD_RECORDING);
    heard_record_close(scene.record);
    wait_for(&scene, HEARD_RECORD_SEALED);
    contents = read_contents(&scene);
    assert_string_equal(contents.reason, "disk_full");
    /* what the ring could not take besides packets: the track, the gap, its end */
    assert_in_range(contents.types[HEARD_LOG_RTP] + contents.lost_by_reason, worker.count,
                    worker.count + 3);
    assert_int_equal(contents.types[HEARD_LOG_EVENT], 1);
    assert_true(contents.in_order);
    report = verify(&scene.fixture);
    assert_int_equal(report->result, HEARD_VERIFY_INTACT);
    assert_true(has_finding(report, HEARD_FINDING_FAULT));
    scene_end(&scene);
}

static void pause_keeps_nothing(void **state)
{
    Scene scene;
    uint8_t packet[100] = {0x80, 96};
    HeardSink *sink;
    g_autoptr(HeardVerifyReport) report = NULL;
    Contents contents;
    (void)state;

    scene_begin(&scene, 0);
    sink = heard_record_sink(scene.record);
    sink->ops->rtp(sink, 1, packet, sizeof packet, heard_clock_now_us());
    wait_for(&scene, HEARD_RECORD_RECORDING);
    heard_record_pause(scene.record, "recess", "lunch", heard_clock_now_us());
    wait_for(&scene, HEARD_RECORD_PAUSED);
    sink->ops->rtp(sink, 1, packet, sizeof packet, heard_clock_now_us());
    heard_record_resume(scene.record, heard_clock_now_us());
    sink->ops->rtp(sink, 1, packet, sizeof packet, heard_clock_now_us());
    sink->ops->closed(sink);
    heard_record_close(scene.record);
    wait_for(&scene, HEARD_RECORD_SEALED);
    contents = read_contents(&scene);
    assert_int_equal(contents.types[HEARD_LOG_RTP], 2);
    assert_int_equal(contents.types[HEARD_LOG_EVENT], 2);
    report = verify(&scene.fixture);
    assert_true(has_finding(report, HEARD_FINDING_PAUSED));
    scene_end(&scene);
}

/* The layer that was recorded went away, another one takes its place. */
static void a_layer_that_changes_is_said(void **state)
{
    Scene scene;
    HeardSinkTrack track = {.track = 1,
                            .label = "p1",
                            .source = HEARD_SOURCE_CAMERA,
                            .codec = HEARD_CODEC_VP8,
                            .payload_type = 96,
                            .clock_rate_hz = 90000,
                            .ssrc = 5,
                            .layer = 1};
    g_autoptr(HeardVerifyReport) report = NULL;
    const HeardNotedTrack *track_at;
    HeardSink *sink;
    Contents contents;
    unsigned at = 0;
    (void)state;

    scene_begin(&scene, 0);
    sink = heard_record_sink(scene.record);
    sink->ops->track(sink, &track, heard_clock_now_us());
    track.ssrc = 6; /* a new source of the same layer is none */
    sink->ops->track(sink, &track, heard_clock_now_us());
    track.ssrc = 7;
    track.layer = 0;
    sink->ops->track(sink, &track, heard_clock_now_us());
    sink->ops->closed(sink);
    heard_record_close(scene.record);
    wait_for(&scene, HEARD_RECORD_SEALED);
    contents = read_contents(&scene);
    assert_int_equal(contents.types[HEARD_LOG_TRACK], 3);
    assert_int_equal(contents.types[HEARD_LOG_LAYER], 1);
    assert_string_equal(contents.layer, "{\"from\":1,\"to\":0,\"ssrc\":7}");
    report = verify(&scene.fixture);
    track_at = heard_noted_tracks_next(report->tracks, 0, -1, &at);
    assert_true(track_at && track_at->to_us == INT64_MAX); /* told once, and no end */
    assert_null(heard_noted_tracks_next(report->tracks, 0, -1, &at));
    scene_end(&scene);
}

/* What an opening waits for: nothing is said to be durable before it is. */
static void an_armed_record_waits_for_the_disk(void **state)
{
    Scene scene;
    g_autoptr(HeardVerifyReport) report = NULL;
    (void)state;

    atomic_store(&disk_full, true);
    scene_begin(&scene, 0);
    wait_for(&scene, HEARD_RECORD_INTERRUPTED);
    assert_false(scene.seen[HEARD_RECORD_RECORDING]);
    assert_int_equal(scene.last.durable_wall_ms, 0);
    assert_int_equal(scene.last.fault, HEARD_RECORD_FAULT_DISK_FULL);
    heard_record_pause(scene.record, "not_open", NULL, heard_clock_now_us());
    atomic_store(&disk_full, false);
    wait_for(&scene, HEARD_RECORD_PAUSED);
    assert_true(scene.last.durable_wall_ms > 0);
    assert_int_equal(scene.last.fault, HEARD_RECORD_FAULT_NONE);
    heard_record_resume(scene.record, heard_clock_now_us());
    wait_for(&scene, HEARD_RECORD_RECORDING);
    heard_record_close(scene.record);
    wait_for(&scene, HEARD_RECORD_SEALED);
    report = verify(&scene.fixture);
    assert_int_equal(report->result, HEARD_VERIFY_INTACT);
    assert_true(has_finding(report, HEARD_FINDING_PAUSED));
    scene_end(&scene);
}

/* So whoever waits for durable bytes must look at the clock (live_risk.c). */
static void a_sync_that_hangs_says_nothing(void **state)
{
    Scene scene;
    unsigned count;
    int64_t durable_ms;
    (void)state;

    scene_begin(&scene, 0);
    wait_for(&scene, HEARD_RECORD_RECORDING);
    atomic_store(&sync_waits, false);
    atomic_store(&disk_hangs, true);
    while (!atomic_load(&sync_waits))
        g_main_context_iteration(NULL, FALSE);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    count = scene.count;
    durable_ms = scene.last.durable_wall_ms;
    heard_record_pause(scene.record, "recess", NULL, heard_clock_now_us());
    for (unsigned i = 0; i < 100; i++)
        g_main_context_iteration(NULL, FALSE);
    assert_int_equal(scene.count, count);
    assert_true(heard_writer_hours_left(scene.writer, true) > 0); /* asks nobody */
    atomic_store(&disk_hangs, false);
    wait_for(&scene, HEARD_RECORD_PAUSED);
    assert_true(scene.last.durable_wall_ms >= durable_ms);
    scene_end(&scene);
}

static void names_and_folders_are_checked(void **state)
{
    Scene scene;
    HeardRecordSpec spec = {.hearing = "../x", .recording = "R01", .room = "main"};
    g_autoptr(GError) error = NULL;
    (void)state;

    scene_begin(&scene, 0);
    assert_null(heard_record_open(scene.writer, &spec, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_BAD_FIELD);
    g_clear_error(&error);
    wait_for(&scene, HEARD_RECORD_RECORDING);
    spec.hearing = "h1";
    assert_null(heard_record_open(scene.writer, &spec, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_CONFLICT);
    scene_end(&scene); /* with the record open: it is ended on the way */
}

static void freeing_the_writer_seals(void **state)
{
    Scene scene;
    HeardRecordSpec spec = {.hearing = "h1", .recording = "R02", .room = "main", .owner = &scene};
    g_autofree char *path = NULL;
    g_autoptr(HeardVerifyReport) report = NULL;
    (void)state;

    scene_begin(&scene, 0);
    path = heard_record_path(scene.fixture.root, "h1", "R02");
    assert_non_null(heard_record_open(scene.writer, &spec, NULL));
    heard_writer_free(g_steal_pointer(&scene.writer));
    report = heard_verify(path, NULL, NULL);
    assert_non_null(report);
    assert_int_equal(report->result, HEARD_VERIFY_INTACT);
    while (g_main_context_iteration(NULL, FALSE)) /* late statuses find nobody */
        ;
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_all_that_a_worker_sends),
        cmocka_unit_test(full_disk_interrupts_and_comes_back),
        cmocka_unit_test(pause_keeps_nothing),
        cmocka_unit_test(a_layer_that_changes_is_said),
        cmocka_unit_test(an_armed_record_waits_for_the_disk),
        cmocka_unit_test(a_sync_that_hangs_says_nothing),
        cmocka_unit_test(names_and_folders_are_checked),
        cmocka_unit_test(freeing_the_writer_seals),
    };

    return cmocka_run_group_tests_name("recordings record", tests, NULL, NULL);
}
