/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The speech of one hearing on its way to text: a sink of its main room, as the recorder is, and
 * the process that decodes and talks with the service (transcribe.h, SPEECH.md).
 *
 * Microphones only, and of these what gets through the gate (speech_gate.h). The media worker
 * copies packets into a ring; the main thread takes them out ten times a second, in the order of
 * coming, and hands them to the process without ever waiting: what does not fit into ring or pipe
 * is dropped and counted. A process that ends is started again after 1, 2, 4 … 30 seconds.
 *
 * A pause throws away what lies in the ring and closes every stream; until its end the worker
 * copies nothing. Heard once and not sent yet is lost with it.
 *
 * Units      *_ms UTC. Sizes in bytes.
 * Ownership  new; heard_speech_end() ends it: no more callbacks; it frees itself once the room
 *            has let go of the sink. Never attached: at once.
 * Threads    Main, but for the sink's calls.
 * Errors     None to the caller: a service that is not there is a log line and a state.
 */

#include "media/sink.h"
#include "server/app/speech_result.h"
#include "server/base/loop.h"

typedef struct HeardSpeech HeardSpeech;

enum {
    HEARD_SPEECH_RING_BYTES = 256 * 1024,
    HEARD_SPEECH_PIPE_BYTES = 256 * 1024, /* that wait for the process */
    HEARD_SPEECH_ANSWERS_MAX = 200,       /* of a service in a second; more are garbage */
};

typedef struct {
    HeardLoop *loop;
    const char *socket, *language; /* copied */
    const char *hearing;           /* for the log; copied */
    /* speaker: the label of its peer. Times of result are on the speech's clock: begin_ms, end_ms
     * here are UTC. */
    void (*on_result)(const HeardSpeechResult *result, const char *speaker, int64_t begin_ms,
                      int64_t end_ms, void *data);
    void *data;
} HeardSpeechConfig;

HeardSpeech *heard_speech_new(const HeardSpeechConfig *config);
void heard_speech_end(HeardSpeech *self);

/* To be attached once, at once. */
HeardSink *heard_speech_sink(HeardSpeech *self);
void heard_speech_pause(HeardSpeech *self, bool paused);
