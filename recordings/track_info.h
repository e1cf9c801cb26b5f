/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a TRACK record of the log says (FORMAT.md 3), read carefully: a log may come from
 * another version or be damaged.
 *
 * Ownership  A plain struct.  Threads  Pure.  Errors  false: not usable.
 */

#include "media/sink.h"

#include <stdbool.h>

typedef struct {
    uint32_t track, peer, ssrc, clock_rate_hz;
    HeardSource source;
    HeardCodec codec;
    uint8_t payload_type, audio_level_ext;
    char participant[HEARD_SINK_LABEL_SIZE];
} HeardTrackInfo;

bool heard_track_info_parse(HeardTrackInfo *ret_info, uint32_t track, const uint8_t *json,
                            size_t size);
const char *heard_track_source_name(HeardSource source);
const char *heard_track_codec_name(HeardCodec codec);
