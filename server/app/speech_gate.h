/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * When somebody speaks, so that silence costs nothing: neither decoding nor recognition.
 *
 * The levels that the packets carry (RFC 6464) open a gate; it stays open for the pauses between
 * words. What came just before is sent too, since the first sound of a word is soft. Where no
 * levels are told every packet counts as speech.
 *
 * Units      Levels in -dBov: 0 loudest, 127 silence; -1: not told. *_us monotonic.
 * Ownership  The caller owns the struct; it holds no other memory.
 * Threads    Pure.
 * Errors     None.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_SPEECH_GATE_LEVEL = 55,       /* louder is speech; a soft voice at a far microphone */
    HEARD_SPEECH_GATE_STAY_US = 900000, /* so long after the last word */
    HEARD_SPEECH_GATE_BEFORE = 12,      /* packets that are kept: 240 ms at 20 ms each */
};

typedef struct {
    bool open;
    int64_t voice_us; /* the last packet with speech */
} HeardSpeechGate;

/* True: this packet is sent, and when the gate was not open those that were kept before it. */
bool heard_speech_gate_packet(HeardSpeechGate *self, int level, int64_t now_us);
/* True: the gate has just closed. For what is muted no packet comes. */
bool heard_speech_gate_tick(HeardSpeechGate *self, int64_t now_us);
