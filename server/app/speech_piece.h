/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the server writes to `heard transcribe` (transcribe.h): a fixed head and, of a packet, its
 * Opus payload. Both ends are one program on one machine: no byte order, no versions.
 */

#include <stdint.h>

enum {
    HEARD_SPEECH_PAYLOAD_MAX = 1500,
    HEARD_SPEECH_VOICES_MAX = 64, /* at a time, of one hearing */
};

typedef enum {
    HEARD_SPEECH_PACKET, /* the first of a stream opens it */
    HEARD_SPEECH_PAUSE,  /* nobody speaks: what was heard may be made final */
    HEARD_SPEECH_CLOSE,
} HeardSpeechPieceKind;

typedef struct {
    uint32_t size; /* of what follows */
    uint32_t stream;
    int64_t at_ms; /* since the beginning of the hearing's speech */
    uint32_t rtp_ts;
    uint16_t seq;
    uint16_t kind;
} HeardSpeechPiece;
