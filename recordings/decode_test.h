/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Does what stands in a finished file decode? The caller gives the pieces that a player would
 * fetch (initialisation segment, clusters or fragments); they are decoded as one stream.
 *
 * Units      *_us on the file's own clock.
 * Ownership  Pieces are borrowed for the call.
 * Threads    Waits up to HEARD_DECODE_TEST_MS; GStreamer decodes in threads of its own.
 * Errors     HEARD_ERROR_CORRUPT with the decoder's text; HEARD_ERROR_INTERNAL without a decoder.
 */

#include "media/sink.h"

#include <glib.h>
#include <stdbool.h>

enum { HEARD_DECODE_TEST_MS = 60000 };

typedef struct {
    const uint8_t *bytes;
    size_t size;
} HeardDecodePiece;

typedef struct {
    uint64_t frames;
    int64_t first_us, last_us; /* of decoded frames */
} HeardDecoded;

bool heard_decode_test(HeardCodec codec, const HeardDecodePiece *pieces, size_t count,
                       HeardDecoded *ret_decoded, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A part of a launch line: what makes pictures or samples of this codec's frames. */
const char *heard_decoder_of(HeardCodec codec);
