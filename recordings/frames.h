/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Whole frames out of RTP payloads in order: VP8 (RFC 7741), VP9 (RFC 9628), H.264
 * (RFC 6184, comes out as a byte stream with start codes) and Opus (RFC 7587).
 *
 * After a loss, video begins again with a key frame: a picture that refers to one that
 * isn't there is not shown. What is left out is a gap in time, never a shift.
 *
 * Ownership  new/free. A frame's bytes are valid until the next call.
 * Threads    Lives on one thread.
 * Errors     A malformed payload counts as lost.
 */

#include "media/sink.h"

#include <glib.h>
#include <stdbool.h>

enum { HEARD_FRAME_BYTES_MAX = 8 << 20 };

typedef struct {
    const uint8_t *bytes;
    size_t size;
    int64_t rtp;            /* unwrapped */
    bool keyframe;          /* always so for Opus */
    bool setup_changed;     /* H.264: another sequence parameter set than before */
    uint16_t width, height; /* of a VP8 or VP9 key frame, else 0 */
    uint32_t samples;       /* of Opus */
} HeardFrame;

typedef struct HeardFrames HeardFrames;

HeardFrames *heard_frames_new(HeardCodec codec);
void heard_frames_free(HeardFrames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardFrames, heard_frames_free)

/* Packets are missing before the next one. */
void heard_frames_lost(HeardFrames *self);
/* One payload without header and padding. True: a frame is complete. */
bool heard_frames_put(HeardFrames *self, const uint8_t *payload, size_t size, int64_t rtp,
                      bool marker, HeardFrame *ret_frame);
uint64_t heard_frames_dropped(const HeardFrames *self); /* incomplete or not decodable */
