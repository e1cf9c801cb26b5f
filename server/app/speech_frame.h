/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Frames of the speech socket (SPEECH.md): four bytes size of a JSON header, four bytes size of
 * what follows it, both big-endian, then the two.
 *
 * Pure: bytes in, however they are cut, frames out. What is larger than the bounds is refused
 * before a byte of it is kept, and nothing is read from that stream any more.
 *
 * Units      Sizes in bytes.
 * Ownership  init/deinit. A frame's header belongs to the caller; its body is not kept.
 * Threads    None inside.
 * Errors     HEARD_ERROR_BAD_FIELD, HEARD_ERROR_TOO_LARGE; the reader is broken from then on.
 */

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_SPEECH_PREFIX = 8,
    HEARD_SPEECH_HEADER_MAX = 16 * 1024,
    HEARD_SPEECH_BODY_MAX = 16 * 1024,
};

typedef struct {
    GByteArray *pending; /* one frame at most */
    size_t body_max;     /* 0: a frame with a body is refused */
    bool broken;
} HeardSpeechReader;

void heard_speech_reader_init(HeardSpeechReader *self, size_t body_max);
void heard_speech_reader_deinit(HeardSpeechReader *self);

/* Takes from *bytes up to the end of one frame. True with *ret_header NULL: more bytes are needed.
 * False: the stream is garbage. */
bool heard_speech_reader_push(HeardSpeechReader *self, const uint8_t **bytes, size_t *size,
                              json_t **ret_header, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Appends a frame. body NULL: none. The header is borrowed. */
void heard_speech_frame_append(GByteArray *out, const json_t *header, const void *body,
                               size_t body_size);
