/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/survey.h"

#include <jansson.h>

enum { SENDER_REPORT_SIZE = 28, SENDER_REPORT_TYPE = 200, NO_LEVEL = 128 };

GHashTable *heard_survey_tracks_new(void)
{
    return g_hash_table_new_full(NULL, NULL, NULL, g_free);
}

const HeardTrackInfo *heard_survey_tracks_put(GHashTable *tracks, const HeardLogRecord *record)
{
    HeardTrackInfo info;
    HeardTrackInfo *kept;

    if (!heard_track_info_parse(&info, record->track, record->payload, record->size))
        return NULL;
    kept = g_hash_table_lookup(tracks, GUINT_TO_POINTER(record->track));
    if (!kept && g_hash_table_size(tracks) >= HEARD_SURVEY_TRACKS_MAX)
        return NULL;
    if (!kept) {
        kept = g_new0(HeardTrackInfo, 1);
        g_hash_table_insert(tracks, GUINT_TO_POINTER(record->track), kept);
    }
    *kept = info;
    return kept;
}

bool heard_survey_packet(const GHashTable *tracks, const HeardLogRecord *record,
                         const HeardTrackInfo **ret_info, HeardRtpView *ret_view)
{
    const HeardTrackInfo *info =
        g_hash_table_lookup((GHashTable *)tracks, GUINT_TO_POINTER(record->track));

    if (!info || heard_rtp_parse(record->payload, record->size, ret_view) != HEARD_RTP_OK)
        return false;
    /* A late packet of the layer before, or comfort noise: not what the track is now. */
    if ((info->ssrc != 0 && ret_view->ssrc != info->ssrc) ||
        (info->payload_type != 0 && ret_view->payload_type != info->payload_type) ||
        ret_view->payload_size == 0)
        return false;
    *ret_info = info;
    return true;
}

HeardSurvey *heard_survey_new(void)
{
    HeardSurvey *self = g_new0(HeardSurvey, 1);

    self->map = heard_clock_map_new();
    self->cursor = heard_clock_cursor_new(self->map, true);
    self->timeline = heard_timeline_new();
    self->tracks = heard_survey_tracks_new();
    return self;
}

void heard_survey_free(HeardSurvey *self)
{
    if (!self)
        return;
    heard_clock_cursor_free(self->cursor);
    heard_clock_map_free(self->map);
    heard_timeline_free(self->timeline);
    g_hash_table_unref(self->tracks);
    g_free(self);
}

static uint32_t be32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void on_packet(HeardSurvey *self, const HeardLogRecord *record)
{
    const HeardTrackInfo *info;
    HeardRtpView view;
    int64_t rtp;
    unsigned level = NO_LEVEL;

    if (!heard_survey_packet(self->tracks, record, &info, &view)) {
        self->unreadable++;
        return;
    }
    self->packets++;
    heard_clock_cursor_packet(self->cursor, info->peer, record->track, view.ssrc,
                              info->clock_rate_hz, view.rtp_ts, record->at_us, &rtp);
    if (info->source == HEARD_SOURCE_MICROPHONE && info->audio_level_ext > 0) {
        uint8_t size;
        const uint8_t *value =
            heard_rtp_extension(record->payload, &view, info->audio_level_ext, &size);
        if (value && size > 0)
            level = value[0] & 0x7f; /* RFC 6464 3: the first bit is a voice detector's */
    }
    heard_timeline_packet(self->timeline, info, record->at_us, level);
}

static void on_report(HeardSurvey *self, const HeardLogRecord *record)
{
    const uint8_t *at = record->payload;

    if (record->size < SENDER_REPORT_SIZE || at[1] != SENDER_REPORT_TYPE)
        return;
    heard_clock_cursor_report(self->cursor, record->track, be32(at + 4), be32(at + 16),
                              (uint64_t)be32(at + 8) << 32 | be32(at + 12));
}

void heard_survey_record(HeardSurvey *self, const HeardLogRecord *record)
{
    const HeardTrackInfo *info;
    json_t *object;

    if (record->at_us > HEARD_SURVEY_US_MAX) {
        self->unreadable++; /* one wild time must not make a file of years */
        return;
    }
    self->duration_us = MAX(self->duration_us, record->at_us);
    switch ((HeardLogRecordType)record->type) {
    case HEARD_LOG_RTP:
        on_packet(self, record);
        return;
    case HEARD_LOG_SR:
        on_report(self, record);
        return;
    case HEARD_LOG_TRACK:
        info = heard_survey_tracks_put(self->tracks, record);
        if (info)
            heard_timeline_track(self->timeline, info, record->at_us);
        return;
    case HEARD_LOG_GAP:
    case HEARD_LOG_EVENT:
        object = json_loadb((const char *)record->payload, record->size, 0, NULL);
        info = g_hash_table_lookup(self->tracks, GUINT_TO_POINTER(record->track));
        if (json_is_object(object) && record->type == HEARD_LOG_GAP)
            heard_timeline_gap(self->timeline, record->track ? info : NULL, record->at_us, object);
        else if (json_is_object(object))
            heard_timeline_event(self->timeline, record->at_us, object);
        json_decref(object);
        return;
    case HEARD_LOG_CLOCK:
    case HEARD_LOG_LAYER:
    case HEARD_LOG_END:
        return;
    }
}

void heard_survey_solve(HeardSurvey *self)
{
    heard_clock_map_solve(self->map);
}
