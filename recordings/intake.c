/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/record_private.h"

#include "recordings/track_info.h"
#include "server/base/json.h"
#include "server/base/log.h"

#include <string.h>
#include <sys/timex.h>

/* What is left of a chunk for one JSON record; the track's fmtp is the longest part. */
enum { JSON_RECORD_MAX = HEARD_RECORD_EVENT_MAX + 1024 };

static const HeardLogTopic topic = {"record"};

static const char *const gap_names[HEARD_GAP_COUNT] = {[HEARD_GAP_NETWORK] = "network",
                                                       [HEARD_GAP_MUTED] = "muted",
                                                       [HEARD_GAP_LEFT] = "left",
                                                       [HEARD_GAP_OVERRUN] = "overrun",
                                                       [HEARD_GAP_PAUSED] = "paused"};

IntakeMessage *heard_intake_message_new(int64_t at_us, const char *text, const char *note)
{
    IntakeMessage *self = g_new0(IntakeMessage, 1);

    self->at_us = at_us;
    self->text = g_strdup(text);
    self->note = g_strdup(note);
    return self;
}

void heard_intake_message_free(void *message)
{
    IntakeMessage *self = message;

    g_free(self->text);
    g_free(self->note);
    g_free(self);
}

static bool append_text(HeardRecord *self, HeardLogRecordType type, uint32_t track, int64_t at_us,
                        const char *text, uint32_t lost)
{
    HeardLogRecord record = {.type = (uint8_t)type,
                             .track = track,
                             .at_us = at_us - self->start_us,
                             .payload = (const uint8_t *)text,
                             .size = strlen(text)};

    return heard_packet_log_append(self->log, &record, lost);
}

/* Takes the object. False: no room now. */
static bool append_json(HeardRecord *self, HeardLogRecordType type, uint32_t track, int64_t at_us,
                        json_t *object_take, uint32_t lost)
{
    g_autofree char *text = heard_json_dump(object_take);
    bool done = append_text(self, type, track, at_us, text, lost);

    json_decref(object_take);
    return done;
}

static void queue_event(HeardRecord *self, int64_t at_us, const char *text)
{
    if (self->events.length >= INTAKE_EVENTS_MAX) {
        heard_log(&topic, HEARD_LOG_ERROR, "event-lost reason=disk waiting=%u",
                  self->events.length);
        return;
    }
    g_queue_push_tail(&self->events, heard_intake_message_new(at_us, text, NULL));
}

void heard_intake_on_event(HeardRecord *self, void *message)
{
    const IntakeMessage *event = message;
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) object = heard_json_parse_object(event->text, strlen(event->text), &error);
    g_autofree char *text = NULL;

    if (!object || !json_is_string(json_object_get(object, "type"))) {
        heard_log(&topic, HEARD_LOG_ERROR, "event-refused reason=not-an-event");
        return;
    }
    text = heard_json_dump(object);
    queue_event(self, event->at_us, text);
}

static void end_pause(HeardRecord *self, int64_t at_us)
{
    g_autoptr(json_t) event = NULL;
    g_autofree char *text = NULL;

    self->is_paused = false;
    event = json_pack("{s:s, s:s, s:I}", "type", "recording_resumed", "reason", self->pause_reason,
                      "paused_us", (json_int_t)(at_us - self->paused_since_us));
    text = heard_json_dump(event);
    queue_event(self, at_us, text);
    heard_packet_log_note(self->log, "resume", at_us - self->start_us, 0,
                          json_pack("{s:s}", "reason", self->pause_reason));
}

void heard_intake_on_pause(HeardRecord *self, void *message)
{
    const IntakeMessage *pause = message;
    g_autoptr(json_t) event = NULL;
    g_autofree char *text = NULL;

    if (self->closing)
        return;
    if (self->is_paused && g_strcmp0(self->pause_reason, pause->text ? pause->text : "") == 0)
        return;
    if (self->is_paused)
        end_pause(self, pause->at_us);
    self->is_paused = true;
    self->paused_since_us = pause->at_us;
    g_free(self->pause_reason);
    self->pause_reason = g_strndup(pause->text ? pause->text : "", 64);
    event = json_pack("{s:s, s:s}", "type", "recording_paused", "reason", self->pause_reason);
    if (pause->note)
        json_object_set_new(event, "note", json_string(pause->note));
    text = heard_json_dump(event);
    queue_event(self, pause->at_us, text);
    heard_packet_log_note(self->log, "pause", pause->at_us - self->start_us, 0,
                          json_pack("{s:s}", "reason", self->pause_reason));
}

void heard_intake_on_resume(HeardRecord *self, void *message)
{
    const IntakeMessage *resume = message;

    if (self->is_paused)
        end_pause(self, resume->at_us);
}

/* In the journal as well: whose an altered chunk may be is told without a key (FORMAT.md 5). Where
 * the journal takes no line now, it is only not told. */
static void note_track(HeardRecord *self, const IntakeEntry *entry, const HeardSinkTrack *track)
{
    int64_t at_us = entry->at_us - self->start_us;
    json_t *line;

    if (g_hash_table_contains(self->noted, GUINT_TO_POINTER(entry->track)) ||
        g_hash_table_size(self->noted) >= INTAKE_TRACKS_MAX)
        return;
    line = json_pack("{s:I, s:s, s:s}", "track", (json_int_t)entry->track, "source",
                     heard_track_source_name(track->source), "participant",
                     g_utf8_validate(track->label, -1, NULL) ? track->label : "");
    if (heard_packet_log_note(self->log, "track", at_us, 0, line))
        g_hash_table_add(self->noted, GUINT_TO_POINTER(entry->track));
}

static void note_end(HeardRecord *self, const IntakeEntry *entry)
{
    if (g_hash_table_remove(self->noted, GUINT_TO_POINTER(entry->track)))
        heard_packet_log_note(self->log, "track_end", entry->at_us - self->start_us, 0,
                              json_pack("{s:I}", "track", (json_int_t)entry->track));
}

static bool append_track(HeardRecord *self, const IntakeEntry *entry, const HeardSinkTrack *track)
{
    const HeardSinkTrack *known = g_hash_table_lookup(self->tracks, GUINT_TO_POINTER(track->track));
    bool layer_changed = known && known->codec == track->codec && known->layer != track->layer;
    json_t *object;

    if (track->source >= HEARD_SOURCE_COUNT || track->codec >= HEARD_CODEC_COUNT)
        return true;
    object = json_pack(
        "{s:s, s:I, s:s, s:s, s:i, s:I, s:I, s:i, s:s, s:i}", "participant", track->label, "peer",
        (json_int_t)track->peer, "source", heard_track_source_name(track->source), "codec",
        heard_track_codec_name(track->codec), "payload_type", track->payload_type, "clock_rate",
        (json_int_t)track->clock_rate_hz, "ssrc", (json_int_t)track->ssrc, "layer", track->layer,
        "fmtp", track->fmtp, "audio_level_ext", track->audio_level_ext);
    if (!object) /* a label or fmtp that is not UTF-8 */
        object = json_pack(
            "{s:s, s:I, s:s, s:s, s:i, s:I, s:I}", "participant", "", "peer",
            (json_int_t)track->peer, "source", heard_track_source_name(track->source), "codec",
            heard_track_codec_name(track->codec), "payload_type", track->payload_type, "clock_rate",
            (json_int_t)track->clock_rate_hz, "ssrc", (json_int_t)track->ssrc);
    if (!append_json(self, HEARD_LOG_TRACK, entry->track, entry->at_us, object, 0))
        return false;
    note_track(self, entry, track);
    if (layer_changed)
        append_json(self, HEARD_LOG_LAYER, entry->track, entry->at_us,
                    json_pack("{s:i, s:i, s:I}", "from", known->layer, "to", track->layer, "ssrc",
                              (json_int_t)track->ssrc),
                    0);
    if (known || g_hash_table_size(self->tracks) < INTAKE_TRACKS_MAX)
        g_hash_table_replace(self->tracks, GUINT_TO_POINTER(track->track),
                             g_memdup2(track, sizeof *track));
    return true;
}

static bool append_gap(HeardRecord *self, const IntakeEntry *entry)
{
    const char *reason = entry->reason < HEARD_GAP_COUNT ? gap_names[entry->reason] : "unknown";
    bool is_loss = entry->reason == HEARD_GAP_NETWORK || entry->reason == HEARD_GAP_OVERRUN;
    bool done;

    done = append_json(self, HEARD_LOG_GAP, entry->track, entry->at_us,
                       json_pack("{s:s, s:i, s:I}", "reason", reason, "first_seq", entry->first_seq,
                                 "count", (json_int_t)entry->count),
                       is_loss ? entry->count : 0);
    if (done && is_loss)
        self->lost += entry->count;
    return done;
}

/* False: no room in the log now; the entry stays in the ring. */
static bool append_entry(HeardRecord *self, const uint8_t *bytes, size_t size)
{
    IntakeEntry entry;
    const uint8_t *payload = bytes + sizeof entry;
    HeardSinkTrack track;

    g_assert(size >= sizeof entry);
    memcpy(&entry, bytes, sizeof entry);
    switch (entry.kind) {
    case HEARD_LOG_TRACK:
        memcpy(&track, payload, sizeof track);
        return append_track(self, &entry, &track);
    case HEARD_LOG_GAP:
        return append_gap(self, &entry);
    case HEARD_LOG_END:
        if (!append_json(
                self, HEARD_LOG_END, entry.track, entry.at_us,
                json_pack("{s:s}", "reason",
                          entry.reason < HEARD_GAP_COUNT ? gap_names[entry.reason] : "unknown"),
                0))
            return false;
        note_end(self, &entry);
        return true;
    default: {
        HeardLogRecord record = {.type = entry.kind,
                                 .track = entry.track,
                                 .at_us = entry.at_us - self->start_us,
                                 .payload = payload,
                                 .size = entry.size};
        return heard_packet_log_append(self->log, &record, 0);
    }
    }
}

/* The ring was full: whatever the worker wanted to put in then is lost. */
static bool append_overrun(HeardRecord *self, uint64_t dropped, int64_t now_us)
{
    uint64_t count = dropped - self->dropped_seen;
    int64_t since_us = atomic_load(&self->first_drop_us);
    const char *reason = heard_record_fault_name(self->fault_since_gap);
    uint32_t lost = (uint32_t)MIN(count, (uint64_t)UINT32_MAX);

    if (!append_json(self, HEARD_LOG_GAP, 0, now_us,
                     json_pack("{s:s, s:I, s:I, s:I}", "reason", reason ? reason : "overrun",
                               "count", (json_int_t)count, "from_us",
                               (json_int_t)(since_us > 0 ? since_us - self->start_us : 0), "to_us",
                               (json_int_t)(now_us - self->start_us)),
                     lost))
        return false;
    atomic_store(&self->first_drop_us, 0);
    self->dropped_seen = dropped;
    self->lost += count;
    self->overrun_until_us = now_us + INT64_C(10000000);
    self->fault_since_gap = self->fault;
    heard_log(&topic, HEARD_LOG_ERROR, "packets-lost count=%" G_GUINT64_FORMAT " reason=%s", count,
              reason ? reason : "overrun");
    return true;
}

bool heard_intake_drain(HeardRecord *self, int64_t now_us)
{
    uint64_t dropped = atomic_load_explicit(&self->dropped, memory_order_acquire);
    const uint8_t *bytes;
    size_t size;

    while (self->events.head) {
        IntakeMessage *event = self->events.head->data;
        if (!append_text(self, HEARD_LOG_EVENT, 0, event->at_us, event->text, 0))
            return false;
        heard_intake_message_free(g_queue_pop_head(&self->events));
    }
    while ((bytes = heard_ring_peek(self->ring, &size))) {
        if (!append_entry(self, bytes, size))
            return false;
        heard_ring_release(self->ring);
    }
    return dropped == self->dropped_seen || append_overrun(self, dropped, now_us);
}

void heard_intake_clock(HeardRecord *self, int64_t now_us, int64_t wall_ms)
{
    struct timex status = {0};
    int clock_state = adjtimex(&status);
    int64_t offset_ms = wall_ms - now_us / 1000;
    int64_t step_ms = self->clock_offset_ms ? offset_ms - self->clock_offset_ms : 0;
    json_t *object = json_pack("{s:I, s:s}", "wall_ms", (json_int_t)wall_ms, "sync",
                               clock_state < 0 || (status.status & STA_UNSYNC) ? "none" : "ntp");

    if (step_ms > 100 || step_ms < -100)
        json_object_set_new(object, "step_ms", json_integer(step_ms));
    self->clock_offset_ms = offset_ms;
    append_json(self, HEARD_LOG_CLOCK, 0, now_us, object, 0);
}
