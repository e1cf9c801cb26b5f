/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/record_private.h"

#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/log.h"
#include "server/base/metrics.h"

#include <string.h>
#include <unistd.h>

static const HeardLogTopic topic = {"record"};

static HeardMetric packets_metric = {.name = "heard_record_packets_total",
                                     .help = "Packets handed to recordings"};
static HeardMetric dropped_metric = {.name = "heard_record_packets_dropped_total",
                                     .help = "Packets that did not fit into a recording's ring"};

/* ---- the sink: media worker ---- */

static HeardRecord *record_of(HeardSink *sink)
{
    return (HeardRecord *)(void *)sink;
}

static void take(HeardRecord *self, IntakeEntry entry, const void *payload)
{
    uint8_t *room = heard_ring_reserve(self->ring, sizeof entry + entry.size);
    int64_t none = 0;

    if (!room) {
        atomic_compare_exchange_strong(&self->first_drop_us, &none, entry.at_us);
        atomic_fetch_add_explicit(&self->dropped, 1, memory_order_release);
        heard_metric_add(&dropped_metric, 1);
        return;
    }
    memcpy(room, &entry, sizeof entry);
    if (payload)
        memcpy(room + sizeof entry, payload, entry.size);
    heard_ring_commit(self->ring);
}

static void on_track(HeardSink *sink, const HeardSinkTrack *track, int64_t now_us)
{
    take(
        record_of(sink),
        (IntakeEntry){
            .kind = HEARD_LOG_TRACK, .track = track->track, .at_us = now_us, .size = sizeof *track},
        track);
}

static void on_rtp(HeardSink *sink, uint32_t track, const uint8_t *packet, size_t size,
                   int64_t arrival_us)
{
    HeardRecord *self = record_of(sink);

    if (atomic_load_explicit(&self->paused, memory_order_relaxed) || size > HEARD_LOG_PAYLOAD_MAX)
        return;
    heard_metric_add(&packets_metric, 1);
    take(self,
         (IntakeEntry){
             .kind = HEARD_LOG_RTP, .track = track, .at_us = arrival_us, .size = (uint32_t)size},
         packet);
}

static void on_sender_report(HeardSink *sink, uint32_t track, const uint8_t *report, size_t size,
                             int64_t arrival_us)
{
    HeardRecord *self = record_of(sink);

    if (atomic_load_explicit(&self->paused, memory_order_relaxed) || size > HEARD_LOG_PAYLOAD_MAX)
        return;
    take(self,
         (IntakeEntry){
             .kind = HEARD_LOG_SR, .track = track, .at_us = arrival_us, .size = (uint32_t)size},
         report);
}

static void on_gap(HeardSink *sink, uint32_t track, uint16_t first_seq, uint16_t count,
                   HeardGapReason reason, int64_t now_us)
{
    take(record_of(sink),
         (IntakeEntry){.kind = HEARD_LOG_GAP,
                       .reason = (uint8_t)reason,
                       .first_seq = first_seq,
                       .track = track,
                       .at_us = now_us,
                       .count = count},
         NULL);
}

static void on_track_end(HeardSink *sink, uint32_t track, HeardGapReason reason, int64_t now_us)
{
    take(record_of(sink),
         (IntakeEntry){
             .kind = HEARD_LOG_END, .reason = (uint8_t)reason, .track = track, .at_us = now_us},
         NULL);
}

static void on_closed(HeardSink *sink)
{
    atomic_store_explicit(&record_of(sink)->detached, true, memory_order_release);
}

static const HeardSinkOps sink_ops = {.track = on_track,
                                      .rtp = on_rtp,
                                      .sender_report = on_sender_report,
                                      .gap = on_gap,
                                      .track_end = on_track_end,
                                      .closed = on_closed};

/* ---- main thread ---- */

static bool is_name(const char *text)
{
    size_t size = text ? strlen(text) : 0;

    if (size == 0 || size > HEARD_RECORD_NAME_MAX)
        return false;
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && *text != '-' && *text != '_')
            return false;
    return true;
}

char *heard_record_path(const char *dir, const char *hearing, const char *recording)
{
    return g_build_filename(dir, hearing, recording, NULL);
}

HeardRecord *heard_record_new(HeardWriter *writer, const HeardRecordSpec *spec, int64_t now_us,
                              size_t ring_bytes)
{
    HeardRecord *self = g_new0(HeardRecord, 1);

    heard_metric_register(&packets_metric);
    heard_metric_register(&dropped_metric);
    self->sink.ops = &sink_ops;
    self->references = 1;
    self->writer = writer;
    self->owner = spec->owner;
    self->start_us = now_us;
    self->ring = heard_ring_new(ring_bytes);
    self->tracks = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    self->noted = g_hash_table_new(NULL, NULL);
    g_queue_init(&self->events);
    return self;
}

void heard_record_release(HeardRecord *self)
{
    if (atomic_fetch_sub(&self->references, 1) > 1)
        return;
    heard_ring_free(self->ring);
    heard_packet_log_free(self->log);
    g_hash_table_unref(self->tracks);
    g_hash_table_unref(self->noted);
    g_queue_clear_full(&self->events, heard_intake_message_free);
    g_free(self->pause_reason);
    g_free(self);
}

HeardRecord *heard_record_open(HeardWriter *writer, const HeardRecordSpec *spec, GError **error)
{
    g_autofree char *path = NULL;
    HeardRecord *self;

    if (!is_name(spec->hearing) || !is_name(spec->recording) || !is_name(spec->room)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                    "hearing, recording and room are names of [A-Za-z0-9_-], at most %d characters",
                    HEARD_RECORD_NAME_MAX);
        return NULL;
    }
    if (heard_writer_open_count(writer) >= HEARD_RECORD_OPEN_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_MANY, "%d recordings are open",
                    HEARD_RECORD_OPEN_MAX);
        return NULL;
    }
    path = heard_record_path(heard_writer_dir(writer), spec->hearing, spec->recording);
    if (access(path, F_OK) == 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFLICT, "recording %s/%s exists",
                    spec->hearing, spec->recording);
        return NULL;
    }
    self = heard_record_new(writer, spec, heard_clock_now_us(), heard_writer_ring_bytes(writer));
    self->log = heard_writer_make_log(writer, spec, error);
    if (!self->log) {
        heard_record_release(self);
        return NULL;
    }
    if (!heard_writer_command(self, heard_writer_on_open, NULL, NULL)) {
        heard_record_release(self);
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "the recorder's mailbox is full");
        return NULL;
    }
    return self;
}

HeardSink *heard_record_sink(HeardRecord *self)
{
    atomic_store(&self->attached, true);
    return &self->sink;
}

void heard_record_event(HeardRecord *self, const char *json, int64_t now_us)
{
    if (strlen(json) > HEARD_RECORD_EVENT_MAX) {
        heard_log(&topic, HEARD_LOG_ERROR, "event-too-large size=%zu", strlen(json));
        return;
    }
    if (!heard_writer_command(self, heard_intake_on_event,
                              heard_intake_message_new(now_us, json, NULL),
                              heard_intake_message_free))
        heard_log(&topic, HEARD_LOG_ERROR, "event-lost reason=mailbox-full");
}

void heard_record_pause(HeardRecord *self, const char *reason, const char *note, int64_t now_us)
{
    atomic_store(&self->paused, true);
    if (!heard_writer_command(self, heard_intake_on_pause,
                              heard_intake_message_new(now_us, reason, note),
                              heard_intake_message_free))
        heard_log(&topic, HEARD_LOG_ERROR, "pause-lost reason=mailbox-full");
}

void heard_record_resume(HeardRecord *self, int64_t now_us)
{
    atomic_store(&self->paused, false);
    if (!heard_writer_command(self, heard_intake_on_resume,
                              heard_intake_message_new(now_us, NULL, NULL),
                              heard_intake_message_free))
        heard_log(&topic, HEARD_LOG_ERROR, "resume-lost reason=mailbox-full");
}

void heard_record_close(HeardRecord *self)
{
    if (!heard_writer_command(self, heard_writer_on_close, NULL, NULL))
        heard_log(&topic, HEARD_LOG_ERROR, "close-lost reason=mailbox-full");
}

const char *heard_record_state_name(HeardRecordState state)
{
    switch (state) {
    case HEARD_RECORD_ARMED:
        return "armed";
    case HEARD_RECORD_RECORDING:
        return "recording";
    case HEARD_RECORD_PAUSED:
        return "paused";
    case HEARD_RECORD_INTERRUPTED:
        return "interrupted";
    case HEARD_RECORD_FINALISING:
        return "finalising";
    case HEARD_RECORD_SEALED:
        return "sealed";
    }
    g_assert_not_reached();
}

const char *heard_record_fault_name(HeardRecordFault fault)
{
    switch (fault) {
    case HEARD_RECORD_FAULT_NONE:
        return NULL;
    case HEARD_RECORD_FAULT_DISK_FULL:
        return "disk_full";
    case HEARD_RECORD_FAULT_IO:
        return "io_error";
    case HEARD_RECORD_FAULT_OVERRUN:
        return "overrun";
    }
    g_assert_not_reached();
}
