/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The subcommand `heard transcribe SOCKET LANGUAGE`: between one hearing and a speech service
 * (SPEECH.md), in a process of its own, since the sound comes from whoever takes part and Opus is
 * a decoder like any other.
 *
 * It connects, shuts itself in, and from then on has three descriptors: pieces on standard input
 * (speech_piece.h), the service, and one JSON object a line on standard output: what the service
 * says, checked (speech_result.h), and {"type": "behind", "dropped_ms": n} where it does not keep
 * up.
 *
 * Bounds   HEARD_TRANSCRIBE_QUEUE_MAX bytes wait for the service, then sound is dropped; the input
 *          is always read.
 * Threads  Called once, from a fresh process.
 * Errors   Exit status 0: the input ended; 1: no service, or it went; 2: usage; 3: it said what is
 *          no message.
 */

enum { HEARD_TRANSCRIBE_QUEUE_MAX = 1024 * 1024, HEARD_TRANSCRIBE_READY_S = 30 };

typedef enum {
    HEARD_TRANSCRIBE_ENDED = 0,
    HEARD_TRANSCRIBE_NO_SERVICE = 1,
    HEARD_TRANSCRIBE_USAGE = 2,
    HEARD_TRANSCRIBE_GARBAGE = 3,
} HeardTranscribeStatus;

int heard_transcribe_main(int argc, char **argv);
