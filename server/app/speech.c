/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/speech.h"

#include "media/rtp/packet.h"
#include "server/app/child.h"
#include "server/app/speech_gate.h"
#include "server/app/speech_piece.h"
#include "server/app/transcribe.h"
#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/json.h"
#include "server/base/log.h"
#include "server/base/metrics.h"
#include "server/base/queue.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TICK_US = 100 * 1000,
    BACK_OFF_MIN_US = 1000 * 1000,
    BACK_OFF_MAX_US = 30 * 1000 * 1000,
    NAMES_MAX = 256, /* streams whose text may still come */
};

static const HeardLogTopic topic = {"speech"};

static HeardMetric packets_metric = {.name = "heard_speech_packets_total",
                                     .help = "Packets of microphones handed to transcription"};
static HeardMetric dropped_metric = {.name = "heard_speech_packets_dropped_total",
                                     .help = "Packets that did not fit on their way to it"};
static HeardMetric behind_metric = {.name = "heard_speech_dropped_ms_total",
                                    .help = "Speech that the service was too slow for"};
static HeardMetric results_metric = {.name = "heard_speech_results_total",
                                     .help = "Texts that the service gave"};

typedef enum { ENTRY_TRACK, ENTRY_RTP, ENTRY_END } EntryKind;

/* One entry of the ring; a HeardSinkTrack or a packet follows. */
typedef struct {
    EntryKind kind;
    uint32_t track, size;
    int64_t at_us;
} Entry;

typedef struct {
    HeardSpeechPiece piece;
    uint8_t payload[HEARD_SPEECH_PAYLOAD_MAX];
} Held;

typedef struct {
    uint32_t track; /* 0: free */
    uint32_t stream;
    char speaker[HEARD_SINK_LABEL_SIZE];
    uint8_t level_ext;
    bool told; /* the process knows it */
    HeardSpeechGate gate;
    Held *held; /* HEARD_SPEECH_GATE_BEFORE, a ring */
    unsigned held_count, held_next;
} Voice;

struct HeardSpeech {
    HeardSink sink;
    HeardSpeechConfig config;
    int64_t start_us, start_wall_ms;
    HeardRing *ring;
    _Atomic bool paused;

    /* media worker */
    uint32_t microphones[HEARD_SPEECH_VOICES_MAX]; /* tracks, 0: free */

    /* main */
    bool attached, closed, ended;
    HeardTimer timer;
    Voice voices[HEARD_SPEECH_VOICES_MAX];
    uint32_t last_stream;
    struct {
        uint32_t stream;
        char speaker[HEARD_SINK_LABEL_SIZE];
    } names[NAMES_MAX]; /* by stream */
    HeardChild *child;
    int fd; /* to the child; -1: none */
    bool is_ready;
    GByteArray *out;
    int64_t start_at_us, back_off_us; /* of the next child */
    int64_t answers_since_us;
    unsigned answers;
    HeardLogLimit limit;
};

/* ---- the sink: media worker ---- */

static HeardSpeech *speech_of(HeardSink *sink)
{
    return (HeardSpeech *)(void *)sink;
}

static void take(HeardSpeech *self, Entry entry, const void *payload)
{
    uint8_t *room = heard_ring_reserve(self->ring, sizeof entry + entry.size);

    if (!room) {
        heard_metric_add(&dropped_metric, 1);
        return;
    }
    memcpy(room, &entry, sizeof entry);
    if (payload)
        memcpy(room + sizeof entry, payload, entry.size);
    heard_ring_commit(self->ring);
}

static uint32_t *find_microphone(HeardSpeech *self, uint32_t track)
{
    for (unsigned i = 0; i < HEARD_SPEECH_VOICES_MAX; i++)
        if (self->microphones[i] == track)
            return &self->microphones[i];
    return NULL;
}

static void on_track(HeardSink *sink, const HeardSinkTrack *track, int64_t now_us)
{
    HeardSpeech *self = speech_of(sink);
    uint32_t *place = find_microphone(self, track->track);

    if (track->source != HEARD_SOURCE_MICROPHONE || track->codec != HEARD_CODEC_OPUS)
        return;
    if (!place)
        place = find_microphone(self, 0);
    if (!place)
        return; /* more open microphones than a hearing can have */
    *place = track->track;
    take(self, (Entry){ENTRY_TRACK, track->track, sizeof *track, now_us}, track);
}

static void on_rtp(HeardSink *sink, uint32_t track, const uint8_t *packet, size_t size,
                   int64_t arrival_us)
{
    HeardSpeech *self = speech_of(sink);

    if (atomic_load_explicit(&self->paused, memory_order_relaxed) ||
        size > HEARD_SPEECH_PAYLOAD_MAX || !find_microphone(self, track))
        return;
    take(self, (Entry){ENTRY_RTP, track, (uint32_t)size, arrival_us}, packet);
}

static void on_track_end(HeardSink *sink, uint32_t track, HeardGapReason reason, int64_t now_us)
{
    HeardSpeech *self = speech_of(sink);
    uint32_t *place = find_microphone(self, track);

    (void)reason;
    if (!place)
        return;
    *place = 0;
    take(self, (Entry){ENTRY_END, track, 0, now_us}, NULL);
}

static void on_sender_report(HeardSink *sink, uint32_t track, const uint8_t *report, size_t size,
                             int64_t arrival_us)
{
    (void)sink;
    (void)track;
    (void)report;
    (void)size;
    (void)arrival_us;
}

static void on_gap(HeardSink *sink, uint32_t track, uint16_t first_seq, uint16_t count,
                   HeardGapReason reason, int64_t now_us)
{
    (void)sink;
    (void)track;
    (void)first_seq;
    (void)count;
    (void)reason;
    (void)now_us;
}

static void speech_free(HeardSpeech *self)
{
    for (unsigned i = 0; i < HEARD_SPEECH_VOICES_MAX; i++)
        g_free(self->voices[i].held);
    heard_ring_free(self->ring);
    g_byte_array_unref(self->out);
    g_free((char *)(uintptr_t)self->config.socket);
    g_free((char *)(uintptr_t)self->config.language);
    g_free((char *)(uintptr_t)self->config.hearing);
    g_free(self);
}

static void on_closed_main(void *data)
{
    HeardSpeech *self = data;

    self->closed = true;
    if (self->ended)
        speech_free(self);
}

static void on_closed(HeardSink *sink)
{
    HeardSpeech *self = speech_of(sink);

    heard_loop_post(self->config.loop, on_closed_main, self, NULL);
}

static const HeardSinkOps sink_ops = {.track = on_track,
                                      .rtp = on_rtp,
                                      .sender_report = on_sender_report,
                                      .gap = on_gap,
                                      .track_end = on_track_end,
                                      .closed = on_closed};

/* ---- to the process: main ---- */

static void drop_child(HeardSpeech *self)
{
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
    self->is_ready = false;
    g_byte_array_set_size(self->out, 0);
    for (unsigned i = 0; i < HEARD_SPEECH_VOICES_MAX; i++)
        self->voices[i].told = false;
}

static void flush(HeardSpeech *self)
{
    ssize_t sent;

    if (self->fd < 0 || self->out->len == 0)
        return;
    sent = send(self->fd, self->out->data, self->out->len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0)
        g_byte_array_remove_range(self->out, 0, (guint)sent);
}

static bool push(HeardSpeech *self, const HeardSpeechPiece *piece, const uint8_t *payload)
{
    if (!self->is_ready)
        return false;
    if (self->out->len + sizeof *piece + piece->size > HEARD_SPEECH_PIPE_BYTES) {
        heard_metric_add(&dropped_metric, 1);
        return false;
    }
    g_byte_array_append(self->out, (const uint8_t *)piece, sizeof *piece);
    if (piece->size)
        g_byte_array_append(self->out, payload, piece->size);
    return true;
}

static int64_t clock_ms(const HeardSpeech *self, int64_t at_us)
{
    return MAX(at_us - self->start_us, 0) / 1000;
}

static void push_mark(HeardSpeech *self, Voice *voice, HeardSpeechPieceKind kind, int64_t now_us)
{
    const HeardSpeechPiece piece = {
        .stream = voice->stream, .at_ms = clock_ms(self, now_us), .kind = (uint16_t)kind};

    if (voice->told)
        push(self, &piece, NULL);
    if (kind == HEARD_SPEECH_CLOSE)
        voice->told = false;
}

static void push_packet(HeardSpeech *self, Voice *voice, const Held *held)
{
    if (!push(self, &held->piece, held->payload))
        return;
    voice->told = true;
    heard_metric_add(&packets_metric, 1);
}

static void push_held(HeardSpeech *self, Voice *voice)
{
    unsigned first = voice->held_next + HEARD_SPEECH_GATE_BEFORE - voice->held_count;

    for (unsigned i = 0; i < voice->held_count; i++)
        push_packet(self, voice, &voice->held[(first + i) % HEARD_SPEECH_GATE_BEFORE]);
    voice->held_count = 0;
}

/* ---- out of the ring: main ---- */

static Voice *find_voice(HeardSpeech *self, uint32_t track)
{
    for (unsigned i = 0; i < HEARD_SPEECH_VOICES_MAX; i++)
        if (self->voices[i].track == track)
            return &self->voices[i];
    return NULL;
}

static void free_voice(HeardSpeech *self, Voice *voice, int64_t now_us)
{
    push_mark(self, voice, HEARD_SPEECH_CLOSE, now_us);
    g_free(voice->held);
    *voice = (Voice){0};
}

/* A number is one stream for the service, from open to close. */
static void number_voice(HeardSpeech *self, Voice *voice)
{
    unsigned place;

    voice->stream = ++self->last_stream;
    place = voice->stream % NAMES_MAX;
    self->names[place].stream = voice->stream;
    g_strlcpy(self->names[place].speaker, voice->speaker, HEARD_SINK_LABEL_SIZE);
}

static void take_track(HeardSpeech *self, const HeardSinkTrack *track)
{
    Voice *voice = find_voice(self, track->track);

    if (!voice)
        voice = find_voice(self, 0);
    if (!voice)
        return;
    if (voice->track == 0) {
        *voice = (Voice){.track = track->track};
        voice->held = g_new(Held, HEARD_SPEECH_GATE_BEFORE);
        g_strlcpy(voice->speaker, track->label, sizeof voice->speaker);
        number_voice(self, voice);
    }
    voice->level_ext = track->audio_level_ext;
}

static int level_of(const Voice *voice, const uint8_t *packet, const HeardRtpView *view)
{
    uint8_t size = 0;
    const uint8_t *value = heard_rtp_extension(packet, view, voice->level_ext, &size);

    return value && size >= 1 ? *value & 0x7f : -1; /* the first bit is the sender's own opinion */
}

static void take_packet(HeardSpeech *self, const Entry *entry, const uint8_t *packet)
{
    Voice *voice = find_voice(self, entry->track);
    HeardRtpView view;
    Held *held;

    if (!voice || heard_rtp_parse(packet, entry->size, &view) != HEARD_RTP_OK ||
        view.payload_size == 0)
        return;
    held = &voice->held[voice->held_next];
    held->piece = (HeardSpeechPiece){.size = view.payload_size,
                                     .stream = voice->stream,
                                     .at_ms = clock_ms(self, entry->at_us),
                                     .rtp_ts = view.rtp_ts,
                                     .seq = view.seq,
                                     .kind = HEARD_SPEECH_PACKET};
    memcpy(held->payload, packet + view.payload_offset, view.payload_size);
    voice->held_next = (voice->held_next + 1) % HEARD_SPEECH_GATE_BEFORE;
    voice->held_count = MIN(voice->held_count + 1, HEARD_SPEECH_GATE_BEFORE);
    if (heard_speech_gate_packet(&voice->gate, level_of(voice, packet, &view), entry->at_us))
        push_held(self, voice);
}

static void drain(HeardSpeech *self, bool discards)
{
    const uint8_t *at;
    size_t size;
    Entry entry;
    HeardSinkTrack track;
    Voice *voice;

    while ((at = heard_ring_peek(self->ring, &size))) {
        memcpy(&entry, at, sizeof entry);
        switch (entry.kind) {
        case ENTRY_TRACK:
            memcpy(&track, at + sizeof entry, sizeof track);
            take_track(self, &track);
            break;
        case ENTRY_RTP:
            if (!discards)
                take_packet(self, &entry, at + sizeof entry);
            break;
        case ENTRY_END:
            voice = find_voice(self, entry.track);
            if (voice)
                free_voice(self, voice, entry.at_us);
            break;
        }
        heard_ring_release(self->ring);
    }
}

/* ---- from the process: main ---- */

static void fail_child(HeardSpeech *self, const char *why)
{
    uint32_t skipped = 0;

    if (heard_log_limit(&self->limit, heard_clock_now_us(), &skipped))
        heard_log(&topic, HEARD_LOG_WARN, "service-lost hearing=%s reason=%s again_s=%d skipped=%u",
                  self->config.hearing, why, (int)(self->back_off_us / 1000000), skipped);
    drop_child(self);
    self->child = NULL;
    self->start_at_us = heard_clock_now_us() + self->back_off_us;
    self->back_off_us = MIN(self->back_off_us * 2, BACK_OFF_MAX_US);
}

static void on_child_end(int status, void *data)
{
    fail_child(data, status == HEARD_TRANSCRIBE_NO_SERVICE ? "no_service"
                     : status == HEARD_TRANSCRIBE_GARBAGE  ? "garbage"
                                                           : "ended");
}

static void refuse_child(HeardSpeech *self)
{
    heard_child_kill(self->child);
    fail_child(self, "garbage");
}

static bool is_too_much(HeardSpeech *self)
{
    int64_t now_us = heard_clock_now_us();

    if (now_us - self->answers_since_us > 1000000) {
        self->answers_since_us = now_us;
        self->answers = 0;
    }
    return ++self->answers > HEARD_SPEECH_ANSWERS_MAX;
}

static void take_behind(HeardSpeech *self, const json_t *line)
{
    int64_t dropped_ms = json_integer_value(json_object_get(line, "dropped_ms"));
    uint32_t skipped = 0;

    heard_metric_add(&behind_metric, CLAMP(dropped_ms, 0, INT32_MAX));
    if (heard_log_limit(&self->limit, heard_clock_now_us(), &skipped))
        heard_log(&topic, HEARD_LOG_WARN, "service-slow hearing=%s dropped_ms=%d skipped=%u",
                  self->config.hearing, (int)CLAMP(dropped_ms, 0, INT32_MAX), skipped);
}

static void take_result(HeardSpeech *self, const HeardSpeechResult *result)
{
    unsigned place = (unsigned)(result->stream % NAMES_MAX);

    if (result->said == HEARD_SPEECH_READY) {
        heard_log(&topic, HEARD_LOG_INFO, "service-ready hearing=%s", self->config.hearing);
        self->is_ready = true;
        return;
    }
    if (self->names[place].stream != (uint32_t)result->stream)
        return;                          /* of long ago */
    self->back_off_us = BACK_OFF_MIN_US; /* it does its work */
    heard_metric_add(&results_metric, 1);
    self->config.on_result(result, self->names[place].speaker,
                           self->start_wall_ms + result->begin_ms,
                           self->start_wall_ms + result->end_ms, self->config.data);
}

static void on_child_line(const char *text, void *data)
{
    HeardSpeech *self = data;
    g_autoptr(json_t) line = heard_json_parse_object(text, strlen(text), NULL);
    HeardSpeechResult result;

    if (g_strcmp0(json_string_value(json_object_get(line, "type")), "behind") == 0)
        take_behind(self, line);
    else if (line && !is_too_much(self) &&
             heard_speech_result_read(line, clock_ms(self, heard_clock_now_us()), &result, NULL))
        take_result(self, &result);
    else
        refuse_child(self);
}

static void start_child(HeardSpeech *self)
{
    const char *argv[] = {"transcribe", self->config.socket, self->config.language, NULL};
    const HeardChildHooks hooks = {on_child_line, on_child_end, self};
    g_autoptr(GError) error = NULL;

    self->child = heard_child_start_fed(argv, &hooks, &self->fd, &error);
    if (!self->child)
        fail_child(self, "no_process");
}

/* ---- the clock ---- */

static void close_gates(HeardSpeech *self, int64_t now_us)
{
    for (unsigned i = 0; i < HEARD_SPEECH_VOICES_MAX; i++) {
        Voice *voice = &self->voices[i];

        if (voice->track && heard_speech_gate_tick(&voice->gate, now_us))
            push_mark(self, voice, HEARD_SPEECH_PAUSE, now_us);
    }
}

static void on_tick(HeardTimer *timer, int64_t now_us)
{
    HeardSpeech *self = heard_container_of(timer, HeardSpeech, timer);

    drain(self, atomic_load(&self->paused));
    close_gates(self, now_us);
    if (!self->child && now_us >= self->start_at_us)
        start_child(self);
    flush(self);
    heard_loop_set_timer(self->config.loop, timer, now_us + TICK_US);
}

/* ---- the owner ---- */

HeardSpeech *heard_speech_new(const HeardSpeechConfig *config)
{
    HeardSpeech *self = g_new0(HeardSpeech, 1);

    heard_metric_register(&packets_metric);
    heard_metric_register(&dropped_metric);
    heard_metric_register(&behind_metric);
    heard_metric_register(&results_metric);
    self->sink.ops = &sink_ops;
    self->config = *config;
    self->config.socket = g_strdup(config->socket);
    self->config.language = g_strdup(config->language);
    self->config.hearing = g_strdup(config->hearing);
    self->start_us = heard_clock_now_us();
    self->start_wall_ms = heard_clock_wall_ms();
    self->ring = heard_ring_new(HEARD_SPEECH_RING_BYTES);
    self->out = g_byte_array_new();
    self->fd = -1;
    self->back_off_us = BACK_OFF_MIN_US;
    self->timer.func = on_tick;
    heard_loop_set_timer(config->loop, &self->timer, self->start_us);
    return self;
}

void heard_speech_end(HeardSpeech *self)
{
    if (!self)
        return;
    atomic_store(&self->paused, true);
    self->ended = true;
    heard_loop_clear_timer(self->config.loop, &self->timer);
    heard_child_kill(self->child);
    self->child = NULL;
    drop_child(self);
    if (self->closed || !self->attached)
        speech_free(self);
}

HeardSink *heard_speech_sink(HeardSpeech *self)
{
    self->attached = true;
    return &self->sink;
}

void heard_speech_pause(HeardSpeech *self, bool paused)
{
    int64_t now_us = heard_clock_now_us();

    if (atomic_load(&self->paused) == paused)
        return;
    atomic_store(&self->paused, true);
    drain(self, true);
    for (unsigned i = 0; i < HEARD_SPEECH_VOICES_MAX; i++) {
        Voice *voice = &self->voices[i];

        if (voice->track) {
            push_mark(self, voice, HEARD_SPEECH_CLOSE, now_us);
            number_voice(self, voice);
        }
        voice->gate = (HeardSpeechGate){0};
        voice->held_count = 0;
    }
    flush(self);
    atomic_store(&self->paused, paused);
}
