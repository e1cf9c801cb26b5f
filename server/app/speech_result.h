/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a speech service says, checked: a partial or final text of one stream.
 *
 * Read twice by the same rules: by the process that talks with the service, and by the server,
 * which trusts neither.
 *
 * Units      *_ms on the clock of the hearing's speech: 0 is its beginning.
 * Ownership  Texts are borrowed from the document.
 * Threads    Pure.
 * Errors     HEARD_ERROR_BAD_FIELD, naming the member.
 */

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_SPEECH_VERSION = 1,
    HEARD_SPEECH_RATE_HZ = 16000,
    HEARD_SPEECH_TEXT_CHARS_MAX = 2000, /* a line of the minutes */
    HEARD_SPEECH_ALTERNATIVES_MAX = 4,
    HEARD_SPEECH_AHEAD_MS = 2000, /* of the sound that was sent: a window's end may lie so far on */
};

typedef enum {
    HEARD_SPEECH_READY, /* the service's first word: it takes sound */
    HEARD_SPEECH_PARTIAL,
    HEARD_SPEECH_FINAL,
} HeardSpeechSaid;

typedef struct {
    HeardSpeechSaid said;
    int64_t stream;
    int64_t begin_ms, end_ms;
    const char *text;            /* one line, trimmed by the caller */
    int64_t confidence_permille; /* -1: not told */
    const char *alternatives[HEARD_SPEECH_ALTERNATIVES_MAX];
    unsigned alternative_count;
} HeardSpeechResult;

/* now_ms: nothing can have been said later. */
bool heard_speech_result_read(const json_t *message, int64_t now_ms, HeardSpeechResult *ret_result,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
