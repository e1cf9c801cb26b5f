/* SPDX-License-Identifier: Apache-2.0 */

/*
 * How fast is a composite made? Four cameras of 640×360 at 15 frames a second and one voice in a
 * sealed log; derive and composite are timed apart. One line of JSON.
 *
 *   bench-composite SECONDS PATTERN [LAYOUT]     PATTERN: of videotestsrc, "ball" is mostly still,
 *                                                "zone-plate kt=2 kx2=10 ky2=10" moves everywhere
 * Threads  One, and GStreamer's.
 */
#include "log_media.h"

#include "recordings/composite.h"
#include "recordings/derive.h"

#include <sys/resource.h>

enum { CAMERAS = 4, VOICE = 9 };

static void put_cameras(HeardPacketLog *log, GArray *packets, unsigned seconds, const char *pattern)
{
    for (uint32_t i = 1; i <= CAMERAS; i++) {
        g_autofree char *id = g_strdup_printf("p%u", i);
        g_autofree char *text =
            g_strdup_printf("videotestsrc num-buffers=%u animation-mode=frames pattern=%s ! "
                            "video/x-raw,width=640,height=360,framerate=15/1 ! "
                            "vp8enc deadline=1 cpu-used=8 target-bitrate=500000 end-usage=cbr "
                            "keyframe-max-dist=150 error-resilient=1 threads=2 ! "
                            "rtpvp8pay pt=96 picture-id-mode=15-bit",
                            seconds * 15, pattern);
        put_track(log, i, id, i, "camera", "vp8", 96, 90000, i);
        put_json(log, HEARD_LOG_EVENT, 0, 0,
                 json_pack("{s:s, s:s, s:s, s:s, s:s}", "type", "join", "participant", id, "name",
                           "王小明", "role", "department", "unit", "县信访局"));
        join(packets, make_packets(text, i, i, 1000, 100));
    }
}

static void put_voice(HeardPacketLog *log, GArray *packets, unsigned seconds)
{
    g_autofree char *text =
        g_strdup_printf("audiotestsrc wave=pink-noise samplesperbuffer=960 num-buffers=%u ! "
                        "audio/x-raw,rate=48000,channels=1 ! opusenc ! rtpopuspay pt=111",
                        seconds * 50);

    put_track(log, VOICE, "p1", 1, "microphone", "opus", 111, 48000, VOICE);
    join(packets, make_packets(text, VOICE, VOICE, 1000, 100));
}

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

int main(int argc, char **argv)
{
    unsigned seconds = argc > 2 ? (unsigned)g_ascii_strtoull(argv[1], NULL, 10) : 0;
    Fixture fixture;
    HeardCompositeSpec spec = {.to_ms = -1};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) packets = g_array_new(FALSE, TRUE, sizeof(SourcePacket));
    g_autofree char *derived = NULL;
    g_autofree char *out = NULL;
    HeardPacketLog *log;
    int64_t begin_us, derived_us, done_us;
    double cpu_s;
    json_t *ready = NULL;

    gst_init(&argc, &argv);
    if (seconds < 1 || seconds > 600 ||
        (argc > 3 && !heard_scenes_mode_parse(argv[3], &spec.mode))) {
        fprintf(stderr, "usage: bench-composite SECONDS PATTERN [grid|speaker|document]\n");
        return 2;
    }
    fixture = fixture_new();
    derived = g_build_filename(fixture.path, "derived", NULL);
    out = g_build_filename(fixture.root, "film.mp4", NULL);
    log = fixture_log(&fixture, NULL);
    put_cameras(log, packets, seconds, argv[2]);
    put_voice(log, packets, seconds);
    put_packets(log, packets);
    finish_log(log, seconds * SECOND_US);
    begin_us = g_get_monotonic_time();
    if (!derive_fixture(&fixture, derived, NULL, &error))
        g_error("%s", error->message);
    derived_us = g_get_monotonic_time();
    cpu_s = cpu_seconds();
    spec.recording = fixture.path;
    spec.key_path = fixture.key_path;
    spec.out = out;
    if (!heard_composite(&spec, NULL, NULL, &ready, &error))
        g_error("%s", error->message);
    done_us = g_get_monotonic_time();
    cpu_s = cpu_seconds() - cpu_s;
    printf("{\"seconds\":%u,\"pattern\":\"%s\",\"layout\":\"%s\",\"derive_x\":%.1f,"
           "\"composite_x\":%.1f,\"composite_cpu_s\":%.2f,\"size\":%" JSON_INTEGER_FORMAT
           ",\"compiler\":\"%s\"}\n",
           seconds, argv[2], heard_scenes_mode_name(spec.mode),
           seconds * 1e6 / (double)(derived_us - begin_us),
           seconds * 1e6 / (double)(done_us - derived_us), cpu_s,
           json_integer_value(json_object_get(ready, "size")), __VERSION__);
    json_decref(ready);
    fixture_free(&fixture);
    return 0;
}
