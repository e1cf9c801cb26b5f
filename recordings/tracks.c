/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/tracks.h"

#include "recordings/audio_mix.h"
#include "recordings/disk.h"
#include "recordings/finished_file.h"
#include "recordings/frames.h"
#include "recordings/reorder.h"
#include "recordings/track_file.h"
#include "server/base/error.h"

#include <string.h>

enum {
    MIX_BITRATE_BPS = 48000,
    MIX_STEP = HEARD_MIX_RATE_HZ / 50, /* 20 ms */
    STEP_US = 200000,
    MIX_BEHIND_US = 4000000, /* later than any packet that was waited for */
    VIDEO_FRAME_US = 40000,  /* how long a picture stays when nothing tells */
};

typedef struct {
    HeardTrackInfo info;
    HeardReorder *reorder;
    HeardFrames *frames;
    const void *stream; /* of the last packet */
    /* sound */
    HeardOpusDecoder *decoder;
    HeardMixVoice *voice;
    /* the open take */
    HeardTrackFile *file;
    HeardTracksFile facts;
    unsigned take_count;
    int64_t last_us, last_duration_us; /* of the last frame */
} Track;

struct HeardTracks {
    const char *folder;
    const HeardSurvey *survey;
    HeardClockCursor *cursor;
    GHashTable *infos;  /* number → HeardTrackInfo */
    GHashTable *tracks; /* number → Track */
    HeardMix *mix;
    HeardTrackFile *mix_file;
    GArray *files;
    int64_t next_step_us;
    uint64_t dropped;
};

static void free_track(void *data)
{
    Track *self = data;

    heard_reorder_free(self->reorder);
    heard_frames_free(self->frames);
    heard_opus_decoder_free(self->decoder);
    heard_track_file_free(self->file);
    g_free(self);
}

HeardTracks *heard_tracks_new(const char *folder, const HeardSurvey *survey, GError **error)
{
    g_autoptr(HeardTracks) self = g_new0(HeardTracks, 1);
    g_autofree char *mix_path = g_build_filename(folder, "mix.webm", NULL);

    self->folder = folder;
    self->survey = survey;
    self->cursor = heard_clock_cursor_new(survey->map);
    self->infos = heard_survey_tracks_new();
    self->tracks = g_hash_table_new_full(NULL, NULL, NULL, free_track);
    self->files = g_array_new(FALSE, TRUE, sizeof(HeardTracksFile));
    self->mix = heard_mix_new();
    self->mix_file = heard_track_file_new_mix(mix_path, MIX_BITRATE_BPS, error);
    return self->mix_file ? g_steal_pointer(&self) : NULL;
}

void heard_tracks_free(HeardTracks *self)
{
    if (!self)
        return;
    heard_clock_cursor_free(self->cursor);
    g_hash_table_unref(self->infos);
    g_hash_table_unref(self->tracks);
    g_array_unref(self->files);
    heard_mix_free(self->mix);
    heard_track_file_free(self->mix_file);
    g_free(self);
}

const GArray *heard_tracks_files(const HeardTracks *self)
{
    return self->files;
}

uint64_t heard_tracks_dropped(const HeardTracks *self)
{
    return self->dropped;
}

static bool end_take(HeardTracks *self, Track *track, GError **error)
{
    bool done;

    if (!track->file)
        return true;
    track->facts.duration_us = track->last_us + track->last_duration_us - track->facts.start_us;
    done = heard_track_file_finish(track->file, error);
    g_clear_pointer(&track->file, heard_track_file_free);
    done = done && heard_finished_file_check(self->folder, &track->facts, error);
    if (done)
        g_array_append_val(self->files, track->facts);
    return done;
}

static const char *media_type_of(HeardCodec codec)
{
    switch (codec) {
    case HEARD_CODEC_OPUS:
        return "audio/webm; codecs=\"opus\"";
    case HEARD_CODEC_VP8:
        return "video/webm; codecs=\"vp8\"";
    case HEARD_CODEC_VP9:
        return "video/webm; codecs=\"vp09.00.10.08\"";
    case HEARD_CODEC_H264:
        return "video/mp4; codecs=\"avc1.42E01F\"";
    case HEARD_CODEC_COUNT:
        break;
    }
    return "application/octet-stream";
}

static bool begin_take(HeardTracks *self, Track *track, const HeardFrame *frame, int64_t at_us,
                       GError **error)
{
    HeardTracksFile *facts = &track->facts;
    g_autofree char *path = NULL;

    if (self->files->len >= HEARD_TRACKS_FILES_MAX) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_LARGE, "more than %d takes",
                    HEARD_TRACKS_FILES_MAX);
        return false;
    }
    memset(facts, 0, sizeof *facts);
    facts->info = track->info;
    facts->take = ++track->take_count;
    facts->start_us = at_us / 1000 * 1000; /* the manifest says milliseconds */
    facts->width = frame->width;
    facts->height = frame->height;
    g_strlcpy(facts->media_type, media_type_of(track->info.codec), sizeof facts->media_type);
    g_snprintf(facts->name, sizeof facts->name, "t%u-%u.%s", track->info.track, facts->take,
               track->info.codec == HEARD_CODEC_H264 ? "mp4" : "webm");
    path = g_build_filename(self->folder, facts->name, NULL);
    track->file = heard_track_file_new(path, track->info.codec, frame->width, frame->height, error);
    return track->file != NULL;
}

static void put_voice(HeardTracks *self, Track *track, const HeardFrame *frame, int64_t at_us)
{
    const int16_t *samples;
    size_t count = heard_opus_decoder_put(track->decoder, frame->bytes, frame->size, &samples);

    if (count == 0)
        self->dropped++;
    else
        heard_mix_put(self->mix, track->voice, at_us, samples, MIN(count, HEARD_MIX_PUT_MAX));
}

/* A frame with its place on the recording's clock. */
static bool put_frame(HeardTracks *self, Track *track, const HeardFrame *frame, int64_t at_us,
                      GError **error)
{
    int64_t duration_us = frame->samples > 0 ? (int64_t)frame->samples * 1000 / 48 : VIDEO_FRAME_US;

    at_us = MAX(at_us, 0);
    if (track->decoder)
        put_voice(self, track, frame, at_us);
    if (track->file && (frame->setup_changed || at_us - track->last_us > HEARD_TRACKS_PAUSE_US) &&
        !end_take(self, track, error))
        return false;
    if (!track->file) {
        if (!frame->keyframe) {
            self->dropped++;
            return true;
        }
        if (!begin_take(self, track, frame, at_us, error))
            return false;
        track->last_us = at_us - 1;
    }
    /* the container counts milliseconds and wants them to grow */
    at_us = MAX(at_us, track->last_us + (frame->samples > 0 ? 1 : 1000));
    if (!frame->samples && at_us - track->last_us < 10 * VIDEO_FRAME_US && track->last_us > 0)
        duration_us = MIN(duration_us, MAX(at_us - track->last_us, 1000));
    track->last_us = at_us;
    track->last_duration_us = duration_us;
    return heard_track_file_put(track->file, frame->bytes, frame->size,
                                at_us - track->facts.start_us, frame->samples > 0 ? duration_us : 0,
                                frame->keyframe, error);
}

static bool put_packet(HeardTracks *self, Track *track, const HeardOrderedPacket *packet,
                       unsigned lost, GError **error)
{
    HeardFrame frame;
    int64_t at_us;

    if (packet->stream != track->stream) {
        track->stream = packet->stream;
        heard_frames_lost(track->frames);
        if (!end_take(self, track, error))
            return false;
    } else if (lost > 0) {
        heard_frames_lost(track->frames);
    }
    if (!heard_frames_put(track->frames, packet->bytes, packet->size, packet->rtp, packet->marker,
                          &frame))
        return true;
    at_us = packet->stream ? heard_clock_stream_map(packet->stream, frame.rtp) : packet->arrival_us;
    return put_frame(self, track, &frame, at_us, error);
}

static bool drain(HeardTracks *self, Track *track, int64_t now_us, GError **error)
{
    HeardOrderedPacket *packet;
    unsigned lost;
    bool done = true;

    while (done && (packet = heard_reorder_take(track->reorder, now_us, &lost))) {
        done = put_packet(self, track, packet, lost, error);
        g_free(packet);
    }
    return done;
}

static bool pull_mix(HeardTracks *self, int64_t until_us, GError **error)
{
    int16_t samples[MIX_STEP];
    int64_t until = MIN(until_us, self->survey->duration_us) * (HEARD_MIX_RATE_HZ / 1000) / 1000;

    while (heard_mix_position(self->mix) < until) {
        int64_t at = heard_mix_position(self->mix);
        size_t count = (size_t)MIN((int64_t)MIX_STEP, until - at);
        if (count < MIX_STEP && until_us < self->survey->duration_us)
            break;
        heard_mix_pull(self->mix, samples, count);
        if (!heard_track_file_put(self->mix_file, samples, count * sizeof *samples, at * 1000 / 48,
                                  (int64_t)count * 1000 / 48, true, error))
            return false;
    }
    return true;
}

static bool step(HeardTracks *self, int64_t now_us, GError **error)
{
    GHashTableIter iter;
    void *track;

    g_hash_table_iter_init(&iter, self->tracks);
    while (g_hash_table_iter_next(&iter, NULL, &track))
        if (!drain(self, track, now_us, error))
            return false;
    return pull_mix(self, now_us == INT64_MAX ? INT64_MAX : now_us - MIX_BEHIND_US, error);
}

static Track *make_track(HeardTracks *self, const HeardTrackInfo *info, GError **error)
{
    Track *track = g_new0(Track, 1);

    track->info = *info;
    track->reorder = heard_reorder_new();
    track->frames = heard_frames_new(info->codec);
    g_hash_table_insert(self->tracks, GUINT_TO_POINTER(info->track), track);
    if (info->codec == HEARD_CODEC_OPUS) {
        track->decoder = heard_opus_decoder_new(error);
        if (!track->decoder)
            return NULL;
        track->voice = heard_mix_add_voice(self->mix);
    }
    return track;
}

/* Another layer, SSRC or codec: what was before is over. */
static bool on_track(HeardTracks *self, const HeardTrackInfo *info, GError **error)
{
    Track *track = g_hash_table_lookup(self->tracks, GUINT_TO_POINTER(info->track));
    unsigned takes;

    if (!track)
        return make_track(self, info, error) != NULL;
    if (track->info.ssrc == info->ssrc && track->info.codec == info->codec)
        return true;
    if (!drain(self, track, INT64_MAX, error) || !end_take(self, track, error))
        return false;
    takes = track->take_count;
    self->dropped += heard_frames_dropped(track->frames);
    track = make_track(self, info, error); /* replaces and frees the one before */
    if (track)
        track->take_count = takes;
    return track != NULL;
}

static bool on_packet(HeardTracks *self, const HeardLogRecord *record, GError **error)
{
    const HeardTrackInfo *info;
    HeardOrderedPacket head = {.arrival_us = record->at_us};
    HeardRtpView view;
    Track *track;

    if (!heard_survey_packet(self->infos, record, &info, &view))
        return true;
    track = g_hash_table_lookup(self->tracks, GUINT_TO_POINTER(record->track));
    if (!track)
        return true;
    head.stream =
        heard_clock_cursor_packet(self->cursor, info->peer, record->track, view.ssrc,
                                  info->clock_rate_hz, view.rtp_ts, record->at_us, &head.rtp);
    head.seq = view.seq;
    head.marker = view.marker;
    head.size = view.payload_size;
    while (!heard_reorder_put(track->reorder, &head, record->payload + view.payload_offset))
        if (!drain(self, track, INT64_MAX, error))
            return false;
    return drain(self, track, record->at_us, error);
}

bool heard_tracks_record(HeardTracks *self, const HeardLogRecord *record, GError **error)
{
    const HeardTrackInfo *info;

    if (record->at_us > HEARD_SURVEY_US_MAX)
        return true;
    if (record->type == HEARD_LOG_TRACK) {
        info = heard_survey_tracks_put(self->infos, record);
        if (info && !on_track(self, info, error))
            return false;
    } else if (record->type == HEARD_LOG_RTP && !on_packet(self, record, error)) {
        return false;
    }
    if (record->at_us < self->next_step_us)
        return true;
    self->next_step_us = record->at_us + STEP_US;
    return step(self, record->at_us, error);
}

static bool finish_mix(HeardTracks *self, GError **error)
{
    HeardTracksFile facts = {.name = "mix.webm", .duration_us = self->survey->duration_us};

    g_strlcpy(facts.media_type, media_type_of(HEARD_CODEC_OPUS), sizeof facts.media_type);
    facts.info.codec = HEARD_CODEC_OPUS;
    if (!heard_track_file_finish(self->mix_file, error))
        return false;
    g_clear_pointer(&self->mix_file, heard_track_file_free);
    if (!heard_finished_file_check(self->folder, &facts, error))
        return false;
    g_array_append_val(self->files, facts);
    return true;
}

bool heard_tracks_finish(HeardTracks *self, GError **error)
{
    GHashTableIter iter;
    void *value;

    if (!step(self, INT64_MAX, error))
        return false;
    g_hash_table_iter_init(&iter, self->tracks);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Track *track = value;
        if (!end_take(self, track, error))
            return false;
        self->dropped += heard_frames_dropped(track->frames);
    }
    return finish_mix(self, error);
}
