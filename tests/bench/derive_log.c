/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A long recording in a few seconds: `derive_log FOLDER MINUTES PEOPLE [wait]` makes FOLDER/R01
 * and FOLDER/organisation.key. With `wait` it says "waiting" before the last WAIT_BEFORE_S
 * seconds and goes on when a line comes: who follows the log has caught up by then. Each person has
 * a camera (VP8, 640×360, 15 pictures a second, about 0.6 Mbit/s) and a microphone (Opus, 40
 * kbit/s, never silent). Real encoders make a clip of CLIP_S seconds; it follows itself, with
 * numbers and times that go on. Sizes are those of real hearings, and what a decoder has to do is,
 * too.
 */

#include "recordings/packet_log.h"
#include "server/base/clock.h"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLIP_S = 20,
    MTU = 1100,
    MINUTES_MAX = 24 * 60,
    PEOPLE_MAX = 50,
    PHASE_US = 3700,
    WAIT_BEFORE_S = 90
};

typedef struct {
    uint32_t track, number, rtp_ts;
    int64_t at_us; /* in the clip */
    size_t size;
    uint8_t bytes[1500];
} Packet;

typedef struct {
    GArray *packets;  /* Packet, in order of time */
    unsigned *counts; /* packets of each track in a clip */
} Clip;

static void die(const char *what, const GError *error)
{
    fprintf(stderr, "derive_log: %s: %s\n", what, error ? error->message : "");
    exit(1);
}

static void put_be32(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 24);
    at[1] = (uint8_t)(value >> 16);
    at[2] = (uint8_t)(value >> 8);
    at[3] = (uint8_t)value;
}

static uint32_t get_be32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void encode(Clip *clip, const char *source, uint32_t track)
{
    g_autofree char *text = g_strdup_printf("%s mtu=%d ssrc=%u timestamp-offset=0 seqnum-offset=0 "
                                            "! appsink name=sink sync=false",
                                            source, MTU, track * 1000);
    g_autoptr(GError) error = NULL;
    GstElement *pipeline = gst_parse_launch(text, &error);
    GstElement *sink;
    GstSample *sample;

    if (!pipeline)
        die(text, error);
    sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    while ((sample = gst_app_sink_pull_sample(GST_APP_SINK(sink)))) {
        GstBuffer *buffer = gst_sample_get_buffer(sample);
        Packet packet = {.track = track, .number = clip->counts[track]++};
        packet.at_us = (int64_t)(GST_BUFFER_PTS(buffer) / 1000) + track * PHASE_US;
        packet.size = gst_buffer_extract(buffer, 0, packet.bytes, sizeof packet.bytes);
        packet.rtp_ts = get_be32(packet.bytes + 4);
        g_array_append_val(clip->packets, packet);
        gst_sample_unref(sample);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(sink);
    gst_object_unref(pipeline);
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    const Packet *left = a, *right = b;

    if (left->at_us != right->at_us)
        return left->at_us < right->at_us ? -1 : 1;
    return left->track != right->track ? (left->track < right->track ? -1 : 1)
                                       : (left->number < right->number ? -1 : 1);
}

static Clip make_clip(unsigned people)
{
    Clip clip = {.packets = g_array_new(FALSE, TRUE, sizeof(Packet)),
                 .counts = g_new0(unsigned, 2 * people + 1)};

    for (uint32_t track = 1; track <= 2 * people; track++) {
        g_autofree char *source =
            track % 2
                ? g_strdup_printf(
                      "videotestsrc pattern=zone-plate kx2=20 ky2=20 kt=%u num-buffers=%d ! "
                      "video/x-raw,format=I420,width=640,height=360,framerate=15/1 ! vp8enc "
                      "deadline=1 cpu-used=8 end-usage=cbr target-bitrate=600000 "
                      "keyframe-max-dist=150 ! rtpvp8pay pt=96 picture-id-mode=15-bit",
                      track, CLIP_S * 15)
                : g_strdup_printf("audiotestsrc wave=pink-noise volume=0.3 samplesperbuffer=960 "
                                  "num-buffers=%d ! audio/x-raw,rate=48000,channels=1 ! opusenc "
                                  "bitrate=40000 ! rtpopuspay pt=111",
                                  CLIP_S * 50);
        encode(&clip, source, track);
    }
    g_array_sort(clip.packets, by_time);
    return clip;
}

static void put_json(HeardPacketLog *log, uint8_t type, uint32_t track, int64_t at_us, json_t *take)
{
    char *text = json_dumps(take, JSON_COMPACT);
    HeardLogRecord record = {.type = type,
                             .track = track,
                             .at_us = at_us,
                             .payload = (const uint8_t *)text,
                             .size = strlen(text)};

    if (!heard_packet_log_append(log, &record, 0))
        die("write", NULL);
    free(text);
    json_decref(take);
}

/* RFC 3550 6.4.1: whose clock shows what, each second. */
static void put_report(HeardPacketLog *log, uint32_t track, int64_t at_us)
{
    uint8_t bytes[28] = {0x80, 200, 0, 6};
    HeardLogRecord record = {.type = HEARD_LOG_SR,
                             .track = track,
                             .at_us = at_us,
                             .payload = bytes,
                             .size = sizeof bytes};
    int64_t captured_us = at_us - track * PHASE_US;
    uint64_t rate = track % 2 ? 90 : 48; /* a millisecond */

    put_be32(bytes + 4, track * 1000);
    put_be32(bytes + 8, 3900000000u + (uint32_t)(captured_us / 1000000));
    put_be32(bytes + 12, (uint32_t)(((uint64_t)(captured_us % 1000000) << 32) / 1000000));
    put_be32(bytes + 16, (uint32_t)((uint64_t)captured_us * rate / 1000));
    if (!heard_packet_log_append(log, &record, 0))
        die("write", NULL);
}

static void put_packet(HeardPacketLog *log, const Clip *clip, const Packet *packet, unsigned round)
{
    Packet copy = *packet;
    uint16_t seq = (uint16_t)(packet->number + round * clip->counts[packet->track]);
    uint32_t rate = packet->track % 2 ? 90000 : 48000;
    HeardLogRecord record = {.type = HEARD_LOG_RTP,
                             .track = packet->track,
                             .at_us = packet->at_us + round * CLIP_S * INT64_C(1000000),
                             .payload = copy.bytes,
                             .size = packet->size};

    copy.bytes[2] = (uint8_t)(seq >> 8);
    copy.bytes[3] = (uint8_t)seq;
    put_be32(copy.bytes + 4, packet->rtp_ts + round * CLIP_S * rate);
    if (!heard_packet_log_append(log, &record, 0))
        die("write", NULL);
}

static void put_tracks(HeardPacketLog *log, unsigned people)
{
    for (uint32_t track = 1; track <= 2 * people; track++) {
        bool is_video = track % 2;
        g_autofree char *person = g_strdup_printf("p%u", (track + 1) / 2);
        put_json(
            log, HEARD_LOG_TRACK, track, 0,
            json_pack("{s:s, s:i, s:s, s:s, s:i, s:i, s:i, s:i}", "participant", person, "peer",
                      (int)(track + 1) / 2, "source", is_video ? "camera" : "microphone", "codec",
                      is_video ? "vp8" : "opus", "payload_type", is_video ? 96 : 111, "clock_rate",
                      is_video ? 90000 : 48000, "ssrc", (int)track * 1000, "audio_level_ext", 0));
    }
}

static void wait_for_line(void)
{
    printf("waiting\n");
    fflush(stdout);
    while (getchar() != '\n' && !feof(stdin))
        ;
}

static void write_log(HeardPacketLog *log, const Clip *clip, unsigned people, unsigned minutes,
                      bool waits)
{
    int64_t next_us = 500000, wait_us = (minutes * INT64_C(60) - WAIT_BEFORE_S) * 1000000;

    put_tracks(log, people);
    for (unsigned round = 0; round < minutes * 60 / CLIP_S; round++)
        for (guint i = 0; i < clip->packets->len; i++) {
            const Packet *packet = &g_array_index(clip->packets, Packet, i);
            int64_t now_us = packet->at_us + round * CLIP_S * INT64_C(1000000);
            put_packet(log, clip, packet, round);
            if (waits && now_us >= wait_us) {
                wait_for_line();
                waits = false;
            }
            if (now_us < next_us)
                continue;
            for (uint32_t track = 1; track <= 2 * people; track++)
                put_report(log, track, now_us);
            next_us += 1000000;
            if (!heard_packet_log_flush(log, now_us, 0, NULL))
                die("flush", NULL);
        }
    if (!heard_packet_log_finish(log, minutes * INT64_C(60000000), 0, NULL))
        die("finish", NULL);
}

int main(int argc, char **argv)
{
    bool waits = argc == 5 && strcmp(argv[4], "wait") == 0;
    unsigned minutes = argc == 4 || waits ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    unsigned people = argc == 4 || waits ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    g_autofree char *path = NULL;
    g_autofree char *key_path = NULL;
    g_autoptr(HeardOrgKey) key = NULL;
    g_autoptr(GError) error = NULL;
    HeardPacketLogSpec spec = {.hearing = "h1",
                               .recording = "R01",
                               .room = "main",
                               .node = "n1",
                               .number = "bench-R01",
                               .epoch = 1,
                               .start_wall_ms = heard_clock_wall_ms()};
    HeardPacketLog *log;
    Clip clip;

    if (minutes < 1 || minutes > MINUTES_MAX || people < 1 || people > PEOPLE_MAX) {
        fprintf(stderr, "usage: derive_log FOLDER MINUTES PEOPLE [wait]\n");
        return 2;
    }
    gst_init(NULL, NULL);
    path = g_build_filename(argv[1], "R01", NULL);
    key_path = g_build_filename(argv[1], "organisation.key", NULL);
    key = heard_org_key_load_or_create(key_path, &error);
    if (!key)
        die(key_path, error);
    clip = make_clip(people);
    spec.path = path;
    log = heard_packet_log_new(&spec, key, &error);
    if (!log)
        die(path, error);
    write_log(log, &clip, people, minutes, waits);
    heard_packet_log_free(log);
    g_array_unref(clip.packets);
    g_free(clip.counts);
    return 0;
}
