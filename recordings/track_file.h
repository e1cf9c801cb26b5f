/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One playable file: frames in, WebM or fragmented MP4 out, nothing transcoded (VP8, VP9,
 * Opus: webmmux; H.264: mp4mux). Also the encoder of the mixed audio: samples in, Opus
 * in WebM out.
 *
 * Units      *_us on the file's own clock, from 0.
 * Ownership  new/finish/free; free of an unfinished file leaves a useless one behind.
 * Threads    Calls from one thread; GStreamer works in threads of its own. put() waits
 *            while more than HEARD_TRACK_FILE_QUEUE bytes are under way, a minute at most.
 * Errors     HEARD_ERROR_STORAGE and HEARD_ERROR_INTERNAL with GStreamer's text.
 */

#include "media/sink.h"

#include <glib.h>
#include <stdbool.h>

enum { HEARD_TRACK_FILE_QUEUE = 4 << 20, HEARD_TRACK_FILE_FINISH_MS = 60000 };

typedef struct HeardTrackFile HeardTrackFile;

/* width and height may be 0 for H.264 and Opus. */
HeardTrackFile *heard_track_file_new(const char *path, HeardCodec codec, unsigned width,
                                     unsigned height, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* 48 kHz mono samples, 16 bit. */
HeardTrackFile *heard_track_file_new_mix(const char *path, unsigned bitrate_bps,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_track_file_put(HeardTrackFile *self, const void *bytes, size_t size, int64_t at_us,
                          int64_t duration_us, bool keyframe,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_track_file_finish(HeardTrackFile *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_track_file_free(HeardTrackFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardTrackFile, heard_track_file_free)

/* Opus packets to samples, in the caller's thread. */
typedef struct HeardOpusDecoder HeardOpusDecoder;

HeardOpusDecoder *heard_opus_decoder_new(GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_opus_decoder_free(HeardOpusDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardOpusDecoder, heard_opus_decoder_free)
/* Samples at 48 kHz, mono, valid until the next call; 0 when the packet can't be decoded. */
size_t heard_opus_decoder_put(HeardOpusDecoder *self, const uint8_t *bytes, size_t size,
                              const int16_t **ret_samples);
