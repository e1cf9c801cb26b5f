/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Logs with real media in them, derived, for the tests of this folder. */

#include "log_media.h"

#include "recordings/derive.h"

enum { CAMERA = 1, MICROPHONE = 2, SCREEN = 3, OTHER = 4 };

static const char vp8_source[] = "videotestsrc pattern=ball num-buffers=%d ! "
                                 "video/x-raw,width=320,height=240,framerate=25/1 ! "
                                 "vp8enc deadline=1 keyframe-max-dist=50 error-resilient=1 ! "
                                 "rtpvp8pay pt=96 picture-id-mode=15-bit";
static const char h264_source[] =
    "videotestsrc num-buffers=%d ! "
    "video/x-raw,width=320,height=240,framerate=25/1 ! "
    "x264enc tune=zerolatency key-int-max=25 bframes=0 ! "
    "video/x-h264,profile=constrained-baseline ! "
    "rtph264pay pt=102 config-interval=-1 aggregate-mode=zero-latency";
static const char opus_source[] = "audiotestsrc samplesperbuffer=960 num-buffers=%d freq=440 ! "
                                  "audio/x-raw,rate=48000,channels=1 ! opusenc ! "
                                  "rtpopuspay pt=111";

static inline GArray *video(const char *source, unsigned seconds, uint32_t track, uint32_t ssrc)
{
    g_autofree char *text = g_strdup_printf(source, seconds * 25);

    return make_packets(text, track, ssrc, 0xfffff000u, 65000);
}

static inline GArray *sound(unsigned seconds, uint32_t track, uint32_t ssrc)
{
    g_autofree char *text = g_strdup_printf(opus_source, seconds * 50);

    return make_packets(text, track, ssrc, 0xffff0000u, 65500);
}

static inline json_t *derive(const Fixture *fixture)
{
    g_autofree char *out = g_build_filename(fixture->root, "derived", NULL);
    g_autoptr(GError) error = NULL;
    HeardDeriveSpec spec = {.recording = fixture->path, .key_path = fixture->key_path, .out = out};
    json_t *manifest = NULL;

    if (!heard_derive(&spec, &manifest, &error))
        fail_msg("%s", error->message);
    return manifest;
}

static inline json_t *find_file(json_t *manifest, const char *kind, const char *source, int take)
{
    json_t *file;
    size_t i;

    json_array_foreach(json_object_get(manifest, "files"), i, file)
    {
        const char *its_source = json_string_value(json_object_get(file, "source"));
        if (strcmp(json_string_value(json_object_get(file, "kind")), kind) == 0 &&
            (!source || (its_source && strcmp(its_source, source) == 0)) &&
            (!take || json_integer_value(json_object_get(file, "take")) == take))
            return file;
    }
    fail_msg("no %s of %s take %d", kind, source ? source : "-", take);
    return NULL;
}

static inline int64_t number(json_t *file, const char *key)
{
    return json_integer_value(json_object_get(file, key));
}

static inline json_t *read_derived(const Fixture *fixture, const char *name)
{
    g_autofree char *path = g_build_filename(fixture->root, "derived", name, NULL);
    json_t *root = json_load_file(path, 0, NULL);

    assert_non_null(root);
    return root;
}
