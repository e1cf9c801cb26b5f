/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/tracks.h"

#include "recordings/disk.h"
#include "recordings/finished_file.h"
#include "recordings/frames.h"
#include "recordings/mixed_audio.h"
#include "recordings/reorder.h"
#include "recordings/thumbnails.h"
#include "recordings/track_file.h"
#include "server/base/error.h"
#include "server/base/json.h"

#include <string.h>

enum {
    STEP_US = 200000,
    MIX_BEHIND_US = 4000000, /* later than any packet that was waited for */
    VIDEO_FRAME_US = 40000,  /* how long a picture stays when nothing tells */
};

typedef struct {
    HeardTrackInfo info;
    HeardReorder *reorder;
    HeardFrames *frames;
    const void *stream; /* of the last packet */
    HeardVoice *voice;  /* of sound */
    /* the open take */
    HeardTrackFile *file;
    HeardThumbnails *thumbnails; /* of pictures */
    HeardTracksFile facts;
    unsigned take_count;
    bool is_left_out;                  /* the present take is one too many */
    int64_t last_us, last_duration_us; /* of the last frame */
} Track;

struct HeardTracks {
    const char *folder;
    const HeardSurvey *survey;
    HeardClockCursor *cursor;
    GHashTable *infos;  /* number → HeardTrackInfo */
    GHashTable *tracks; /* number → Track */
    HeardMixedAudio *mixed;
    GArray *files;
    int64_t next_step_us;
    uint64_t dropped, thumbnails_missing;
    GHashTable *people; /* participant → Person */
};

/* How much of the bound somebody used. */
typedef struct {
    unsigned takes;
    struct {
        HeardTrackInfo info;
        uint64_t takes;
        int64_t from_us;
    } left_out[HEARD_SOURCE_COUNT];
} Person;

static void free_track(void *data)
{
    Track *self = data;

    heard_reorder_free(self->reorder);
    heard_frames_free(self->frames);
    heard_voice_free(self->voice);
    heard_track_file_free(self->file);
    heard_thumbnails_free(self->thumbnails);
    g_free(self);
}

HeardTracks *heard_tracks_new(const char *folder, const HeardSurvey *survey, GError **error)
{
    g_autoptr(HeardTracks) self = g_new0(HeardTracks, 1);

    self->folder = folder;
    self->survey = survey;
    self->cursor = heard_clock_cursor_new(survey->map, false);
    self->infos = heard_survey_tracks_new();
    self->tracks = g_hash_table_new_full(NULL, NULL, NULL, free_track);
    self->files = g_array_new(FALSE, TRUE, sizeof(HeardTracksFile));
    self->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->mixed = heard_mixed_audio_new(folder, error);
    return self->mixed ? g_steal_pointer(&self) : NULL;
}

void heard_tracks_free(HeardTracks *self)
{
    if (!self)
        return;
    heard_clock_cursor_free(self->cursor);
    g_hash_table_unref(self->infos);
    g_hash_table_unref(self->tracks);
    g_array_unref(self->files);
    g_hash_table_unref(self->people);
    heard_mixed_audio_free(self->mixed);
    g_free(self);
}

const GArray *heard_tracks_files(const HeardTracks *self)
{
    return self->files;
}

uint64_t heard_tracks_dropped(const HeardTracks *self)
{
    return self->dropped + heard_mixed_audio_dropped(self->mixed);
}

typedef void (*LeftOutFunc)(const HeardTrackInfo *info, int64_t from_us, uint64_t takes,
                            void *data);

static void each_left_out(const HeardTracks *self, LeftOutFunc func, void *data)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, self->people);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Person *person = value;
        for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++)
            if (person->left_out[i].takes > 0)
                func(&person->left_out[i].info, person->left_out[i].from_us,
                     person->left_out[i].takes, data);
    }
}

static void add_left_out(const HeardTrackInfo *info, int64_t from_us, uint64_t takes, void *data)
{
    json_array_append_new(data,
                          json_pack("{s:s, s:s, s:I, s:I}", "participant", info->participant,
                                    "source", heard_track_source_name(info->source), "from_ms",
                                    (json_int_t)(from_us / 1000), "takes", (json_int_t)takes));
}

json_t *heard_tracks_left_out(const HeardTracks *self)
{
    json_t *list = json_array();

    each_left_out(self, add_left_out, list);
    return list;
}

typedef struct {
    HeardTimeline *timeline;
    int64_t to_us;
} Telling;

static void tell_left_out(const HeardTrackInfo *info, int64_t from_us, uint64_t takes, void *data)
{
    const Telling *telling = data;
    g_autoptr(json_t) gap =
        json_pack("{s:s, s:I, s:I}", "reason", "too_many_takes", "from_us", (json_int_t)from_us,
                  "to_us", (json_int_t)MAX(telling->to_us, from_us));

    (void)takes;
    heard_timeline_gap(telling->timeline, info, from_us, gap);
}

void heard_tracks_tell_left_out(const HeardTracks *self, HeardTimeline *timeline, int64_t to_us)
{
    Telling telling = {timeline, to_us};

    each_left_out(self, tell_left_out, &telling);
}

uint64_t heard_tracks_thumbnails_missing(const HeardTracks *self)
{
    return self->thumbnails_missing;
}

/* {"version":1,"participant":…,"source":…,"width":160,"height":90,"columns":10,"times_ms":[…]} */
static bool write_sheet(HeardTracks *self, const Track *track, const HeardThumbnailSheet *sheet,
                        GError **error)
{
    HeardTracksFile facts = {.kind = "thumbnails",
                             .media_type = "image/jpeg",
                             .info = track->info,
                             .take = track->facts.take,
                             .start_us = track->facts.start_us,
                             .duration_us = track->facts.duration_us};
    g_autofree char *path = NULL;
    json_t *times = json_array();
    json_t *index;
    char *text;
    bool done;

    for (guint i = 0; i < sheet->times_ms->len; i++)
        json_array_append_new(times, json_integer(g_array_index(sheet->times_ms, int64_t, i)));
    index = json_pack(
        "{s:i, s:s, s:s, s:i, s:i, s:i, s:o}", "version", 1, "participant", track->info.participant,
        "source", heard_track_source_name(track->info.source), "width", HEARD_THUMBNAILS_WIDTH,
        "height", HEARD_THUMBNAILS_HEIGHT, "columns", HEARD_THUMBNAILS_COLUMNS, "times_ms", times);
    text = json_dumps(index, JSON_COMPACT);
    json_decref(index);
    g_strlcpy(facts.name, sheet->name, sizeof facts.name);
    g_snprintf(facts.index_name, sizeof facts.index_name, "%.*s.json",
               (int)(strlen(sheet->name) - strlen(".jpg")), sheet->name);
    facts.index_bytes = (int64_t)strlen(text);
    path = g_build_filename(self->folder, facts.index_name, NULL);
    done = heard_disk_replace(path, text, strlen(text), error);
    free(text);
    g_array_append_val(self->files, facts);
    return done;
}

static bool end_thumbnails(HeardTracks *self, Track *track, GError **error)
{
    g_autoptr(HeardThumbnails) thumbnails = g_steal_pointer(&track->thumbnails);
    const GArray *sheets;
    bool done;

    if (!thumbnails)
        return true;
    done = heard_thumbnails_finish(thumbnails, error);
    sheets = heard_thumbnails_sheets(thumbnails);
    for (guint i = 0; done && i < sheets->len; i++)
        done = write_sheet(self, track, &g_array_index(sheets, HeardThumbnailSheet, i), error);
    self->thumbnails_missing += heard_thumbnails_missing(thumbnails);
    return done;
}

static bool end_take(HeardTracks *self, Track *track, GError **error)
{
    bool done;

    if (!track->file)
        return true;
    track->facts.duration_us = track->last_us + track->last_duration_us - track->facts.start_us;
    track->facts.last_frame_us = track->last_duration_us;
    done = heard_track_file_finish(track->file, error);
    g_clear_pointer(&track->file, heard_track_file_free);
    done = done && heard_finished_file_check(self->folder, &track->facts, error);
    if (done)
        g_array_append_val(self->files, track->facts);
    return done && end_thumbnails(self, track, error);
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

/* One more file of this person's? What is too much is noted once for each source. */
static bool may_take(HeardTracks *self, Track *track, int64_t at_us)
{
    const HeardTrackInfo *info = &track->info;
    Person *person = g_hash_table_lookup(self->people, info->participant);

    if (!person) {
        person = g_new0(Person, 1);
        g_hash_table_insert(self->people, g_strdup(info->participant), person);
    }
    if (person->takes < HEARD_TRACKS_TAKES_MAX && self->files->len < HEARD_TRACKS_FILES_MAX) {
        person->takes++;
        track->is_left_out = false;
        return true;
    }
    if (!track->is_left_out && person->left_out[info->source].takes++ == 0) {
        person->left_out[info->source].info = *info;
        person->left_out[info->source].from_us = at_us;
    }
    track->is_left_out = true;
    return false;
}

static bool begin_take(HeardTracks *self, Track *track, const HeardFrame *frame, int64_t at_us,
                       GError **error)
{
    HeardTracksFile *facts = &track->facts;
    g_autofree char *path = NULL;

    memset(facts, 0, sizeof *facts);
    facts->kind = "take";
    facts->info = track->info;
    facts->take = ++track->take_count;
    facts->start_us = at_us / 1000 * 1000; /* the manifest says milliseconds */
    facts->width = frame->width;
    facts->height = frame->height;
    g_strlcpy(facts->media_type, media_type_of(track->info.codec), sizeof facts->media_type);
    g_snprintf(facts->name, sizeof facts->name, "t%u-%u.%s", track->info.track, facts->take,
               track->info.codec == HEARD_CODEC_H264 ? "mp4" : "webm");
    path = g_build_filename(self->folder, facts->name, NULL);
    if (track->info.codec != HEARD_CODEC_OPUS)
        track->thumbnails =
            heard_thumbnails_new(self->folder, track->info.codec, track->info.track, facts->take);
    track->file = heard_track_file_new(path, track->info.codec, frame->width, frame->height, error);
    return track->file != NULL;
}

/* A frame with its place on the recording's clock. */
static bool put_frame(HeardTracks *self, Track *track, const HeardFrame *frame, int64_t at_us,
                      GError **error)
{
    int64_t duration_us = frame->samples > 0 ? (int64_t)frame->samples * 1000 / 48 : VIDEO_FRAME_US;

    at_us = MAX(at_us, 0);
    if (track->voice)
        heard_voice_put(track->voice, frame->bytes, frame->size, at_us);
    if (track->file && (frame->setup_changed || at_us - track->last_us > HEARD_TRACKS_PAUSE_US) &&
        !end_take(self, track, error))
        return false;
    if (!track->file) {
        if (!frame->keyframe || !may_take(self, track, at_us)) {
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
    if (track->info.codec != HEARD_CODEC_H264) /* its parser may join what came in two */
        track->facts.frames++;
    if (track->thumbnails && frame->keyframe &&
        !heard_thumbnails_keyframe(track->thumbnails, frame->bytes, frame->size, at_us, error))
        return false;
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

static bool step(HeardTracks *self, int64_t now_us, GError **error)
{
    GHashTableIter iter;
    void *track;

    g_hash_table_iter_init(&iter, self->tracks);
    while (g_hash_table_iter_next(&iter, NULL, &track))
        if (!drain(self, track, now_us, error))
            return false;
    return now_us == INT64_MAX ||
           heard_mixed_audio_advance(self->mixed, now_us - MIX_BEHIND_US, error);
}

static Track *make_track(HeardTracks *self, const HeardTrackInfo *info, GError **error)
{
    Track *track = g_new0(Track, 1);

    track->info = *info;
    track->reorder = heard_reorder_new();
    track->frames = heard_frames_new(info->codec);
    g_hash_table_insert(self->tracks, GUINT_TO_POINTER(info->track), track);
    if (info->codec == HEARD_CODEC_OPUS) {
        track->voice = heard_mixed_audio_add_voice(self->mixed, error);
        if (!track->voice)
            return NULL;
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
    if (track->voice)
        heard_mixed_audio_flush(self->mixed);
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
    HeardTracksFile facts = {
        .name = "mix.webm", .kind = "mixed_audio", .duration_us = self->survey->duration_us};
    HeardTracksFile peaks = {.name = "waveform.json",
                             .kind = "waveform",
                             .media_type = "application/json",
                             .duration_us = self->survey->duration_us};

    g_strlcpy(facts.media_type, media_type_of(HEARD_CODEC_OPUS), sizeof facts.media_type);
    facts.info.codec = HEARD_CODEC_OPUS;
    if (!heard_mixed_audio_finish(self->mixed, self->survey->duration_us, error) ||
        !heard_finished_file_check(self->folder, &facts, error))
        return false;
    g_array_append_val(self->files, facts);
    g_array_append_val(self->files, peaks);
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
