/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/speech_gate.h"

bool heard_speech_gate_packet(HeardSpeechGate *self, int level, int64_t now_us)
{
    if (level < HEARD_SPEECH_GATE_LEVEL) {
        self->voice_us = now_us;
        self->open = true;
    }
    return self->open;
}

bool heard_speech_gate_tick(HeardSpeechGate *self, int64_t now_us)
{
    if (!self->open || now_us - self->voice_us < HEARD_SPEECH_GATE_STAY_US)
        return false;
    self->open = false;
    return true;
}
