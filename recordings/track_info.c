/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/track_info.h"

#include <glib.h>
#include <jansson.h>
#include <string.h>

static const char *const source_names[HEARD_SOURCE_COUNT] = {[HEARD_SOURCE_MICROPHONE] =
                                                                 "microphone",
                                                             [HEARD_SOURCE_CAMERA] = "camera",
                                                             [HEARD_SOURCE_SCREEN] = "screen"};
static const char *const codec_names[HEARD_CODEC_COUNT] = {[HEARD_CODEC_OPUS] = "opus",
                                                           [HEARD_CODEC_VP8] = "vp8",
                                                           [HEARD_CODEC_H264] = "h264",
                                                           [HEARD_CODEC_VP9] = "vp9"};

const char *heard_track_source_name(HeardSource source)
{
    return source < HEARD_SOURCE_COUNT ? source_names[source] : NULL;
}

const char *heard_track_codec_name(HeardCodec codec)
{
    return codec < HEARD_CODEC_COUNT ? codec_names[codec] : NULL;
}

static unsigned find_name(const char *const *names, unsigned count, const char *name)
{
    unsigned i = 0;

    while (i < count && (!name || strcmp(names[i], name) != 0))
        i++;
    return i;
}

bool heard_track_info_parse(HeardTrackInfo *ret_info, uint32_t track, const uint8_t *json,
                            size_t size)
{
    json_t *root = json_loadb((const char *)json, size, JSON_REJECT_DUPLICATES, NULL);
    const char *participant = json_string_value(json_object_get(root, "participant"));
    unsigned source = find_name(source_names, HEARD_SOURCE_COUNT,
                                json_string_value(json_object_get(root, "source")));
    unsigned codec = find_name(codec_names, HEARD_CODEC_COUNT,
                               json_string_value(json_object_get(root, "codec")));
    json_int_t rate = json_integer_value(json_object_get(root, "clock_rate"));
    bool usable = participant && source < HEARD_SOURCE_COUNT && codec < HEARD_CODEC_COUNT &&
                  rate >= 1000 && rate <= 1000000;

    if (usable) {
        *ret_info = (HeardTrackInfo){
            .track = track,
            .peer = (uint32_t)json_integer_value(json_object_get(root, "peer")),
            .ssrc = (uint32_t)json_integer_value(json_object_get(root, "ssrc")),
            .clock_rate_hz = (uint32_t)rate,
            .source = (HeardSource)source,
            .codec = (HeardCodec)codec,
            .payload_type = (uint8_t)json_integer_value(json_object_get(root, "payload_type")),
            .audio_level_ext =
                (uint8_t)json_integer_value(json_object_get(root, "audio_level_ext"))};
        g_strlcpy(ret_info->participant, participant, sizeof ret_info->participant);
    }
    json_decref(root);
    return usable;
}
