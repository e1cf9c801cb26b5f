/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/base/clock.h"
#include "server/base/error.h"
#include "server/base/metrics.h"
#include "server/store/quality_rows.h"

static const HeardLogTopic topic = {"live"};

enum { FIGURES_TELL_US = 10 * 1000000 };

static HeardMetric rows_full = {.name = "heard_live_quality_rows_dropped_total",
                                .labels = "reason=\"full\"",
                                .help = "Changes of a line's quality that were not kept",
                                .kind = HEARD_METRIC_COUNTER};
static HeardMetric rows_failed = {.name = "heard_live_quality_rows_dropped_total",
                                  .labels = "reason=\"store\"",
                                  .help = "Changes of a line's quality that were not kept",
                                  .kind = HEARD_METRIC_COUNTER};

void heard_live_quality_register(void)
{
    heard_metric_register(&rows_full);
    heard_metric_register(&rows_failed);
}

/* ---- telling ---- */

/* 0: not known. */
static int64_t rtt_ms(const HeardQualitySample *sample)
{
    return sample->connected && sample->rtt_us >= 0 ? MAX(sample->rtt_us / 1000, 1) : 0;
}

json_t *heard_json_quality(const HeardQuality *quality)
{
    const HeardQualitySample *last = &quality->last;
    int64_t delay_ms = rtt_ms(last);

    return json_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:o, s:I, s:I, s:I}", "level",
        heard_quality_name(quality->level), "up", heard_quality_name(quality->up.level), "down",
        heard_quality_name(quality->down.level), "up_loss_permille",
        (json_int_t)last->up_loss_permille, "down_loss_permille",
        (json_int_t)last->down_loss_permille, "rtt_ms",
        delay_ms ? json_integer(delay_ms) : json_null(), "up_bps", (json_int_t)last->up_bps,
        "down_bps", (json_int_t)last->down_bps, "since_ms", (json_int_t)quality->since_ms);
}

/* Figures of a person are for the desk and for the person. */
static void tell(HeardLiveHearing *hearing, uint16_t person)
{
    HeardLivePerson *live = &hearing->people[person];

    live->quality_told_us = heard_live_now_us(hearing->live);
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        json_t *data;

        if (!hearing->people[i].log || !heard_hearing_sees(&hearing->rules, (uint16_t)i, person) ||
            !heard_hearing_sees_file(&hearing->rules, (uint16_t)i, person))
            continue;
        data = heard_json_quality(&live->quality);
        json_object_set_new(data, "participant", json_string(hearing->rules.people[person].id));
        heard_live_tell(hearing, (uint16_t)i, "quality.changed", data);
    }
}

/* ---- keeping ---- */

typedef struct {
    HeardLive *live; /* main thread only */
    char hearing[HEARD_ID_SIZE], participant[HEARD_ID_SIZE];
    HeardQuality quality;
    bool kept;
    GError *error;
} Save;

static void save_free(void *data)
{
    Save *self = data;

    g_clear_error(&self->error);
    g_free(self);
}

static void run_save(HeardStore *store, void *data)
{
    Save *self = data;
    const HeardQualitySample *last = &self->quality.last;
    char id[HEARD_ID_SIZE];
    HeardQualityRow row = {.id = id,
                           .hearing_id = self->hearing,
                           .participant_id = self->participant,
                           .at_ms = self->quality.since_ms,
                           .level = heard_quality_name(self->quality.level),
                           .up_level = heard_quality_name(self->quality.up.level),
                           .down_level = heard_quality_name(self->quality.down.level),
                           .up_loss_permille = last->up_loss_permille,
                           .down_loss_permille = last->down_loss_permille,
                           .rtt_ms = rtt_ms(last),
                           .up_bps = last->up_bps,
                           .down_bps = last->down_bps};

    heard_id_new(id, row.at_ms);
    if (!heard_quality_rows_insert(store, &row, &self->kept, &self->error))
        self->kept = false;
}

static void on_saved(void *data)
{
    Save *self = data;
    uint32_t skipped;

    if (self->kept)
        return;
    heard_metric_add(self->error ? &rows_failed : &rows_full, 1);
    if (heard_log_limit(&self->live->limit, heard_live_now_us(self->live), &skipped))
        heard_log(&topic, HEARD_LOG_WARN, "quality-not-kept hearing=%s error=%s skipped=%u",
                  self->hearing,
                  self->error ? heard_error_name(heard_error_code(self->error)) : "full", skipped);
}

static void keep(HeardLiveHearing *hearing, uint16_t person)
{
    const char *participant = hearing->rules.people[person].id;
    const HeardQuality *quality = &hearing->people[person].quality;
    Save *save = g_new0(Save, 1);

    save->live = hearing->live;
    g_strlcpy(save->hearing, hearing->id, sizeof save->hearing);
    g_strlcpy(save->participant, participant, sizeof save->participant);
    save->quality = *quality;
    if (!heard_store_thread_post(hearing->live->config.store, run_save, save,
                                 hearing->live->config.loop, on_saved, save_free))
        heard_metric_add(&rows_failed, 1);
    if (heard_room_is_closed(heard_hearing_room_of(&hearing->rules, person)))
        return; /* nothing of a closed room is the recording's */
    heard_live_record_event(hearing, "quality",
                            json_pack("{s:s, s:s, s:s, s:s}", "participant", participant, "level",
                                      heard_quality_name(quality->level), "up",
                                      heard_quality_name(quality->up.level), "down",
                                      heard_quality_name(quality->down.level)));
}

/* ---- judging ---- */

/* In the room, and with media now or before: who is still at the device check has no line. */
static bool has_line(const HeardLiveHearing *hearing, uint16_t person)
{
    return heard_room_has_media(heard_hearing_room_of(&hearing->rules, person)) &&
           (hearing->rules.people[person].in_media ||
            hearing->people[person].quality.level != HEARD_QUALITY_NONE);
}

/* The device whose line counts: the one that sends; a watching one where there is no other. */
static const HeardLivePeer *main_peer(const HeardLiveHearing *hearing, uint16_t person)
{
    const HeardLivePeer *found = NULL;

    for (guint i = 0; i < hearing->peers->len; i++) {
        const HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        if (peer->person == person && !peer->waits && (!found || found->kind == HEARD_LIVE_WHEP))
            found = peer;
    }
    return found;
}

static void settle(HeardLiveHearing *hearing, uint16_t person, bool changed)
{
    if (changed)
        keep(hearing, person);
    if (changed || heard_live_now_us(hearing->live) - hearing->people[person].quality_told_us >=
                       FIGURES_TELL_US)
        tell(hearing, person);
}

static void lose(HeardLiveHearing *hearing, uint16_t person)
{
    static const HeardQualitySample gone = {.rtt_us = -1};

    if (heard_quality_sample(&hearing->people[person].quality, &gone, heard_clock_wall_ms()))
        settle(hearing, person, true);
}

void heard_live_quality_restore(HeardLiveHearing *hearing)
{
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        if (hearing->rules.people[i].in_media)
            lose(hearing, (uint16_t)i);
    }
}

void heard_live_quality_check(HeardLiveHearing *hearing, uint16_t person)
{
    if (!has_line(hearing, person)) {
        if (heard_quality_end(&hearing->people[person].quality, heard_clock_wall_ms()))
            settle(hearing, person, true);
    } else if (!main_peer(hearing, person)) {
        /* One that is still on its way in says nothing yet; if it fails, it goes. */
        lose(hearing, person);
    }
}

void heard_live_quality_tick(HeardLiveHearing *hearing)
{
    if (hearing->is_load)
        return; /* thousands of viewers and nobody at a desk */
    /* One that is over may be freed after this tick: its lines end now. */
    if (++hearing->quality_ticks < HEARD_QUALITY_SAMPLE_US / HEARD_LIVE_TICK_US &&
        !heard_hearing_over(&hearing->rules))
        return;
    hearing->quality_ticks = 0;
    for (unsigned i = 0; i < hearing->rules.person_count; i++)
        heard_live_quality_check(hearing, (uint16_t)i);
    for (unsigned i = 0; hearing->peers->len > 0 && i < HEARD_ROOM_COUNT; i++) {
        if (hearing->rooms[i].id != 0)
            heard_worker_request_stats(hearing->worker, hearing->rooms[i].id);
    }
}

void heard_live_quality_leave(HeardLiveHearing *hearing, uint16_t person)
{
    if (heard_quality_end(&hearing->people[person].quality, heard_clock_wall_ms()))
        settle(hearing, person, true);
}

void heard_live_quality_stats(HeardLivePeer *peer, const HeardPeerStats *stats)
{
    HeardLiveHearing *hearing = peer->hearing;
    uint16_t person = peer->person;
    HeardQualitySample sample = {.connected = true,
                                 .video_held = stats->video_held,
                                 .silent_us = stats->silent_us,
                                 .rtt_us = stats->rtt_us,
                                 .up_bps = stats->up_bps,
                                 .up_video_bps = stats->up_video_bps,
                                 .down_bps = stats->down_bps,
                                 .available_bps = stats->available_bps,
                                 .up_loss_permille = stats->up_loss_permille,
                                 .down_loss_permille = stats->down_loss_permille};

    if (person == HEARD_NOBODY || !peer->connected || !has_line(hearing, person) ||
        main_peer(hearing, person) != peer)
        return;
    sample.sends_sound =
        peer->has[HEARD_SEND_MICROPHONE] &&
        g_str_equal(heard_source_word(hearing, person, HEARD_SEND_MICROPHONE), "on");
    sample.sends_picture = peer->has[HEARD_SEND_CAMERA] &&
                           g_str_equal(heard_source_word(hearing, person, HEARD_SEND_CAMERA), "on");
    settle(hearing, person,
           heard_quality_sample(&hearing->people[person].quality, &sample, heard_clock_wall_ms()));
}
