/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The proof of lip-sync: two people clap, each 12 s a flash and a beep at one instant. Their
 * sound cards and computers run off by up to 150 ppm in opposite directions, picture and sound
 * start, encode and travel with different delays, packets are late, out of order and lost. The
 * log is derived, and flash and beep are looked for in takes, mixed audio and composite.
 *
 * HEARD_LIPSYNC_MINUTES (10) is how long they sit there: 120 takes some minutes.
 */
#include "log_media.h"

#include "recordings/composite.h"
#include "recordings/derive.h"
#include "recordings/media_source.h"
#include "recordings/track_file.h"

#include <gst/video/video.h>
#include <math.h>
#include <stdlib.h>

enum {
    PEOPLE = 2,
    CYCLE_MS = 12000,
    VOICE_PACKET_MS = 60,
    VOICE_PACKETS = CYCLE_MS / VOICE_PACKET_MS,
    FRAMES = 24,           /* of a cycle: two a second */
    LOUD = 4000,           /* of a sample */
    BEEP_PACKET_SIZE = 60, /* silence takes less */
    SAME_PERSON_MS = 40,
    BETWEEN_PEOPLE_MS = 100,
};

typedef enum { VOICE, CAMERA, VOICE_REPORT, CAMERA_REPORT } Kind;

typedef struct {
    const char *id, *name;
    double card_ppm, host_ppm;               /* sound card and computer against our clock */
    int64_t start_us, sender_us;             /* first clap; what the computer's clock is off */
    int64_t voice_delay_us, camera_delay_us; /* capture to network */
    int64_t network_us;                      /* of the fastest packet */
} Person;

static const Person people[PEOPLE] = {
    {"p1", "王小明", 150, 80, 1300000, 777777777777, 15000, 120000, 20000},
    {"p2", "李娜", -150, -60, 7900000, -55555555, 45000, 60000, 55000}};

/* What is sent when; the bytes are made when it is written. */
typedef struct {
    int64_t arrival_us;
    Kind kind;
    unsigned person;
    int64_t n;
} Sending;

typedef struct {
    Fixture fixture;
    GArray *voice, *camera; /* SourcePacket of one cycle */
    GArray *sendings;
    GRand *random;
    int64_t duration_us;
    json_t *manifest;
    char *derived;
} World;

/* ---- making it ---- */

/* Our time of the n-th part of that many in a cycle: claps follow the sound card. */
static int64_t true_us(const Person *person, int64_t n, int parts)
{
    return person->start_us +
           (int64_t)llround((double)n * CYCLE_MS * 1000 / parts / (1 + person->card_ppm * 1e-6));
}

static uint32_t track_of(unsigned person, bool voice)
{
    return person * 2 + (voice ? 1 : 2);
}

static uint32_t voice_ts(const Person *person, int64_t at_us)
{
    double seconds = (double)(at_us - person->start_us) * 1e-6;

    return 0xfff00000u + (uint32_t)llround(seconds * 48000 * (1 + person->card_ppm * 1e-6));
}

static int64_t host_us(const Person *person, int64_t at_us)
{
    return at_us + (int64_t)llround((double)at_us * person->host_ppm * 1e-6);
}

static uint32_t camera_ts(const Person *person, int64_t at_us)
{
    return 0xffff0000u + (uint32_t)(host_us(person, at_us) * 9 / 100);
}

static void send(World *self, Kind kind, unsigned person, int64_t n, int64_t at_us)
{
    const Person *its = &people[person];
    int64_t delay_us = kind == CAMERA ? its->camera_delay_us : its->voice_delay_us;
    double late = g_rand_double(self->random);
    /* Most are on time, a few very late: 60 ms at the most. */
    Sending sending = {at_us + delay_us + its->network_us + (int64_t)(late * late * late * 60000),
                       kind, person, n};
    /* Whatever is looked for later arrives; of the others one in a hundred does not. */
    bool is_clap = (kind == VOICE && n % VOICE_PACKETS < 2) || (kind == CAMERA && n % FRAMES < 2);

    if (is_clap || g_rand_double(self->random) >= 0.01)
        g_array_append_val(self->sendings, sending);
}

static void send_all(World *self, unsigned person)
{
    const Person *its = &people[person];
    int64_t at_us;

    for (int64_t n = 0; (at_us = true_us(its, n, VOICE_PACKETS)) < self->duration_us; n++)
        send(self, VOICE, person, n, at_us);
    for (int64_t n = FRAMES; (at_us = true_us(its, n, FRAMES)) < self->duration_us; n++)
        send(self, CAMERA, person, n, at_us); /* the camera comes a clap later */
    for (at_us = its->start_us + 3000000; at_us < self->duration_us; at_us += 5000000)
        send(self, VOICE_REPORT, person, at_us, at_us);
    for (at_us = its->start_us + 15000000; at_us < self->duration_us; at_us += 5000000)
        send(self, CAMERA_REPORT, person, at_us, at_us);
}

static void put_be16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static size_t make_report(const Sending *sending, uint8_t *bytes)
{
    const Person *person = &people[sending->person];
    bool voice = sending->kind == VOICE_REPORT;
    int64_t at_us = sending->n;
    uint64_t sender = (uint64_t)(host_us(person, at_us) + person->sender_us + 2000000000000000);

    memset(bytes, 0, 28);
    bytes[0] = 0x80;
    bytes[1] = 200;
    bytes[3] = 6;
    put_be32(bytes + 4, track_of(sending->person, voice));
    put_be32(bytes + 8, (uint32_t)(sender / 1000000));
    put_be32(bytes + 12, (uint32_t)((sender % 1000000 << 32) / 1000000));
    put_be32(bytes + 16, voice ? voice_ts(person, at_us) : camera_ts(person, at_us));
    return 28;
}

static size_t make_packet(const World *self, const Sending *sending, uint8_t *bytes)
{
    const Person *person = &people[sending->person];
    bool voice = sending->kind == VOICE;
    const GArray *cycle = voice ? self->voice : self->camera;
    int parts = voice ? VOICE_PACKETS : FRAMES;
    const SourcePacket *packet = &g_array_index(cycle, SourcePacket, (guint)(sending->n % parts));

    memcpy(bytes, packet->bytes, packet->size);
    put_be16(bytes + 2, (uint16_t)(sending->n + 65000));
    put_be32(bytes + 4, voice ? 0xfff00000u + (uint32_t)(sending->n * VOICE_PACKET_MS * 48)
                              : camera_ts(person, true_us(person, sending->n, FRAMES)));
    put_be32(bytes + 8, track_of(sending->person, voice));
    return packet->size;
}

static gint compare_sendings(gconstpointer a, gconstpointer b)
{
    const Sending *left = a, *right = b;

    return left->arrival_us < right->arrival_us ? -1 : left->arrival_us > right->arrival_us;
}

static void write_log(World *self)
{
    HeardPacketLog *log = fixture_log(&self->fixture, NULL);
    int64_t flushed_us = 0;

    for (unsigned p = 0; p < PEOPLE; p++) {
        put_track(log, track_of(p, true), people[p].id, p + 5, "microphone", "opus", 111, 48000,
                  track_of(p, true));
        put_track(log, track_of(p, false), people[p].id, p + 5, "camera", "vp8", 96, 90000,
                  track_of(p, false));
        put_json(log, HEARD_LOG_EVENT, 0, 0,
                 json_pack("{s:s, s:s, s:s, s:s, s:s}", "type", "join", "participant", people[p].id,
                           "name", people[p].name, "role", "petitioner", "unit", ""));
    }
    for (guint i = 0; i < self->sendings->len; i++) {
        const Sending *sending = &g_array_index(self->sendings, Sending, i);
        bool is_report = sending->kind == VOICE_REPORT || sending->kind == CAMERA_REPORT;
        bool voice = sending->kind == VOICE || sending->kind == VOICE_REPORT;
        uint8_t bytes[1500];
        HeardLogRecord record = {.type = is_report ? HEARD_LOG_SR : HEARD_LOG_RTP,
                                 .track = track_of(sending->person, voice),
                                 .at_us = sending->arrival_us,
                                 .payload = bytes,
                                 .size = is_report ? make_report(sending, bytes)
                                                   : make_packet(self, sending, bytes)};
        assert_true(heard_packet_log_append(log, &record, 0));
        if (sending->arrival_us - flushed_us < SECOND_US)
            continue;
        flushed_us = sending->arrival_us;
        assert_true(heard_packet_log_flush(log, flushed_us, 0, NULL));
    }
    finish_log(log, self->duration_us + SECOND_US);
}

#define CAMERA_CAPS "video/x-raw,width=160,height=120,framerate=2/1"
#define VOICE_CAPS  "audio/x-raw,rate=48000,channels=1"

static World world_new(void)
{
    const char *minutes = g_getenv("HEARD_LIPSYNC_MINUTES");
    World self = {.fixture = fixture_new(), .random = g_rand_new_with_seed(4711)};
    g_autoptr(GError) error = NULL;

    self.duration_us = (minutes ? atoi(minutes) : 10) * 60 * SECOND_US;
    self.camera = make_packets("videotestsrc pattern=white num-buffers=1 ! " CAMERA_CAPS " ! c. "
                               "videotestsrc pattern=black num-buffers=23 ! " CAMERA_CAPS " ! c. "
                               "concat name=c ! vp8enc deadline=1 keyframe-max-dist=4 "
                               "error-resilient=1 ! rtpvp8pay pt=96",
                               0, 0, 0, 0);
    self.voice = make_packets(
        "audiotestsrc freq=1000 samplesperbuffer=2880 num-buffers=2 ! " VOICE_CAPS " ! c. "
        "audiotestsrc wave=silence samplesperbuffer=2880 num-buffers=198 ! " VOICE_CAPS " ! c. "
        "concat name=c ! opusenc frame-size=60 ! rtpopuspay pt=111",
        0, 0, 0, 0);
    assert_int_equal(self.camera->len, FRAMES);
    assert_true(self.voice->len >= VOICE_PACKETS);
    self.sendings = g_array_new(FALSE, TRUE, sizeof(Sending));
    for (unsigned p = 0; p < PEOPLE; p++)
        send_all(&self, p);
    g_array_sort(self.sendings, compare_sendings);
    write_log(&self);
    self.derived = g_build_filename(self.fixture.path, "derived", NULL);
    if (!derive_fixture(&self.fixture, self.derived, &self.manifest, &error))
        fail_msg("%s", error->message);
    return self;
}

static void world_free(World *self)
{
    fixture_free(&self->fixture);
    g_array_unref(self->voice);
    g_array_unref(self->camera);
    g_array_unref(self->sendings);
    g_rand_free(self->random);
    json_decref(self->manifest);
    g_free(self->derived);
}

/* ---- looking at it ---- */

/* Times in µs on the recording's clock. */
static GArray *times_new(void)
{
    return g_array_new(FALSE, TRUE, sizeof(int64_t));
}

static json_t *find_take(const World *self, unsigned person, const char *source, char **ret_path)
{
    json_t *file, *found = NULL;
    size_t i;

    json_array_foreach(json_object_get(self->manifest, "files"), i, file)
    {
        const char *its = json_string_value(json_object_get(file, "participant"));
        const char *its_source = json_string_value(json_object_get(file, "source"));
        const char *kind = json_string_value(json_object_get(file, "kind"));
        if (strcmp(kind, "take") != 0 || !its || strcmp(its, people[person].id) != 0 ||
            strcmp(its_source, source) != 0)
            continue;
        assert_null(found); /* drift and lateness are no reason for another take */
        found = file;
    }
    assert_non_null(found);
    *ret_path =
        g_build_filename(self->derived, json_string_value(json_object_get(found, "file")), NULL);
    return found;
}

static int luma_at(GstSample *sample, unsigned x, unsigned y)
{
    GstVideoInfo info;
    GstVideoFrame frame;
    int luma;

    assert_true(gst_video_info_from_caps(&info, gst_sample_get_caps(sample)));
    assert_true(gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ));
    luma = ((const uint8_t *)GST_VIDEO_FRAME_COMP_DATA(
        &frame, 0))[y * (unsigned)GST_VIDEO_FRAME_COMP_STRIDE(&frame, 0) + x];
    gst_video_frame_unmap(&frame);
    return luma;
}

/* When it turns white at x, y. */
static GArray *find_flashes(const char *path, HeardMediaSourceKind kind, int64_t start_us,
                            unsigned x, unsigned y)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardMediaSource) source = heard_media_source_new(path, kind, 0, &error);
    GArray *times = times_new();
    GstSample *sample;
    bool was_white = false;

    assert_non_null(source);
    while ((sample = heard_media_source_pull(source, &error))) {
        int64_t at_us = start_us + (int64_t)(GST_BUFFER_PTS(gst_sample_get_buffer(sample)) / 1000);
        bool is_white = luma_at(sample, x, y) > 128;
        if (is_white && !was_white)
            g_array_append_val(times, at_us);
        was_white = is_white;
        gst_sample_unref(sample);
    }
    assert_null(error);
    return times;
}

/* When a sound began at the microphone, after half a second of silence: encoder_us before it is
 * heard. */
static GArray *find_beeps(const char *path, HeardMediaSourceKind kind, int64_t start_us,
                          int64_t encoder_us)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardMediaSource) source = heard_media_source_new(path, kind, 0, &error);
    GArray *times = times_new();
    GstSample *sample;
    int64_t loud_us = INT64_MIN / 2;

    assert_non_null(source);
    while ((sample = heard_media_source_pull(source, &error))) {
        GstBuffer *buffer = gst_sample_get_buffer(sample);
        int64_t first_us = start_us + (int64_t)(GST_BUFFER_PTS(buffer) / 1000) - encoder_us;
        GstMapInfo map;
        gst_buffer_map(buffer, &map, GST_MAP_READ);
        for (size_t i = 0; i < map.size / 2; i++) {
            int64_t at_us = first_us + (int64_t)i * 1000 / 48;
            if (abs(((const int16_t *)(void *)map.data)[i]) < LOUD)
                continue;
            if (at_us - loud_us > 500000)
                g_array_append_val(times, at_us);
            loud_us = at_us;
        }
        gst_buffer_unmap(buffer, &map);
        gst_sample_unref(sample);
    }
    assert_null(error);
    return times;
}

/* In a microphone's take: packets keep their own times there, so it is they that are looked at. */
static GArray *find_beep_packets(const char *path, int64_t start_us)
{
    g_autofree char *text = g_strdup_printf(
        "filesrc location=%s ! matroskademux ! appsink name=sink sync=false max-buffers=100", path);
    GstElement *pipeline = gst_parse_launch(text, NULL);
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    GArray *times = times_new();
    GstSample *sample;
    bool was_loud = false;

    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    while ((sample = gst_app_sink_pull_sample(GST_APP_SINK(sink)))) {
        GstBuffer *buffer = gst_sample_get_buffer(sample);
        int64_t at_us = start_us + (int64_t)(GST_BUFFER_PTS(buffer) / 1000);
        bool is_loud = gst_buffer_get_size(buffer) > BEEP_PACKET_SIZE;
        if (is_loud && !was_loud)
            g_array_append_val(times, at_us);
        was_loud = is_loud;
        gst_sample_unref(sample);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(sink);
    gst_object_unref(pipeline);
    return times;
}

/* The nearest to at_us; it must be within a second. */
static int64_t nearest(const GArray *times, int64_t at_us)
{
    int64_t best = INT64_MAX / 2;

    for (guint i = 0; i < times->len; i++) {
        int64_t time_us = g_array_index(times, int64_t, i);
        if (ABS(time_us - at_us) < ABS(best - at_us))
            best = time_us;
    }
    if (ABS(best - at_us) >= SECOND_US)
        fail_msg("nothing near %" G_GINT64_FORMAT " ms", at_us / 1000);
    return best;
}

typedef struct {
    double worst_ms, sum_ms;
    unsigned count;
} Apart;

static void note(Apart *self, int64_t apart_us)
{
    self->worst_ms = fabs((double)apart_us / 1000) > fabs(self->worst_ms) ? (double)apart_us / 1000
                                                                          : self->worst_ms;
    self->sum_ms += (double)apart_us / 1000;
    self->count++;
}

static void judge(const char *what, const char *who, const Apart *apart, unsigned claps_min,
                  int limit_ms)
{
    print_message("# %s %s: %u claps, on average %.1f ms, at worst %.1f ms\n", what, who,
                  apart->count, apart->sum_ms / MAX(apart->count, 1), apart->worst_ms);
    assert_true(apart->count >= claps_min);
    assert_true(fabs(apart->worst_ms) <= limit_ms);
}

/* Where the beep stands in its first packet: the encoder looks ahead, and what it lost at the
 * microphone no server can give back. */
static int64_t beep_in_packet_us(const World *self)
{
    g_autoptr(HeardOpusDecoder) decoder = heard_opus_decoder_new(NULL);
    int64_t samples = 0;

    assert_non_null(decoder);
    for (int pass = 0; pass < 2; pass++) /* as within a stream: from the second cycle on */
        for (guint i = 0; i < VOICE_PACKETS; i++) {
            const SourcePacket *packet = &g_array_index(self->voice, SourcePacket, i);
            const int16_t *decoded;
            size_t count =
                heard_opus_decoder_put(decoder, packet->bytes + 12, packet->size - 12, &decoded);
            if (pass == 0)
                continue;
            for (size_t k = 0; k < count; k++, samples++)
                if (abs(decoded[k]) >= LOUD)
                    return samples * 1000 / 48;
        }
    fail_msg("no beep");
    return 0;
}

/* ---- the proof ---- */

static void check_takes_and_mix(const World *self, const GArray *mixed)
{
    Apart between = {0};
    GArray *beeps[PEOPLE];
    unsigned claps = (unsigned)(self->duration_us / 1000 / CYCLE_MS) - 3;

    for (unsigned p = 0; p < PEOPLE; p++) {
        g_autofree char *camera = NULL;
        g_autofree char *voice = NULL;
        Apart takes = {0}, mix = {0};
        g_autoptr(GArray) flashes = NULL;
        json_t *file = find_take(self, p, "camera", &camera);
        flashes =
            find_flashes(camera, HEARD_MEDIA_SOURCE_VP8,
                         json_integer_value(json_object_get(file, "start_ms")) * 1000, 80, 60);
        file = find_take(self, p, "microphone", &voice);
        beeps[p] =
            find_beep_packets(voice, json_integer_value(json_object_get(file, "start_ms")) * 1000);
        for (guint i = 0; i < flashes->len; i++) {
            int64_t flash_us = g_array_index(flashes, int64_t, i);
            note(&takes, flash_us - nearest(beeps[p], flash_us));
            note(&mix, flash_us - nearest(mixed, flash_us));
        }
        judge("picture against sound, takes,", people[p].id, &takes, claps, SAME_PERSON_MS);
        judge("picture against mixed audio,", people[p].id, &mix, claps, SAME_PERSON_MS);
    }
    for (int64_t n = 1; n < claps; n++) { /* how late is the one against the other? */
        int64_t late_us[PEOPLE];
        for (unsigned p = 0; p < PEOPLE; p++) {
            int64_t at_us = true_us(&people[p], n, 1);
            late_us[p] = nearest(beeps[p], at_us) - at_us;
        }
        note(&between, late_us[1] - late_us[0]);
    }
    judge("one person against the other,", "p2-p1", &between, claps - 1, BETWEEN_PEOPLE_MS);
    for (unsigned p = 0; p < PEOPLE; p++)
        g_array_unref(beeps[p]);
}

/* The last minute, where the clocks are farthest apart. */
static void check_composite(const World *self)
{
    g_autofree char *out = g_build_filename(self->fixture.root, "film.mp4", NULL);
    int64_t from_ms = self->duration_us / 1000 - 60000;
    HeardCompositeSpec spec = {.recording = self->fixture.path,
                               .key_path = self->fixture.key_path,
                               .out = out,
                               .from_ms = from_ms,
                               .to_ms = from_ms + 59000};
    HeardRect tiles[HEARD_LAYOUT_TILES_MAX];
    g_autoptr(GArray) beeps = NULL;
    g_autoptr(GError) error = NULL;

    if (!heard_composite(&spec, NULL, NULL, NULL, &error))
        fail_msg("%s", error->message);
    beeps = find_beeps(out, HEARD_MEDIA_SOURCE_AAC, from_ms * 1000, beep_in_packet_us(self));
    heard_layout_grid(PEOPLE, tiles);
    for (unsigned p = 0; p < PEOPLE; p++) {
        Apart apart = {0};
        g_autoptr(GArray) flashes = find_flashes(out, HEARD_MEDIA_SOURCE_H264, from_ms * 1000,
                                                 tiles[p].x + tiles[p].width / 2, tiles[p].y + 40);
        for (guint i = 0; i < flashes->len; i++) {
            int64_t flash_us = g_array_index(flashes, int64_t, i);
            if (flash_us > from_ms * 1000 + SECOND_US) /* or it began while white */
                note(&apart, flash_us - nearest(beeps, flash_us));
        }
        judge("picture against sound, composite,", people[p].id, &apart, 3, SAME_PERSON_MS);
    }
}

static void lips_stay_with_voices(void **state)
{
    int64_t begin_us = g_get_monotonic_time();
    World world = world_new();
    g_autofree char *mix = g_build_filename(world.derived, "mix.webm", NULL);
    g_autoptr(GArray) mixed = NULL;
    (void)state;

    print_message("# %d minutes, derived after %.1f s\n", (int)(world.duration_us / SECOND_US / 60),
                  (double)(g_get_monotonic_time() - begin_us) / 1e6);
    mixed = find_beeps(mix, HEARD_MEDIA_SOURCE_OPUS, 0, beep_in_packet_us(&world));
    check_takes_and_mix(&world, mixed);
    check_composite(&world);
    world_free(&world);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lips_stay_with_voices)};

    gst_init(&argc, &argv);
    return cmocka_run_group_tests_name("recordings lipsync", tests, NULL, NULL);
}
