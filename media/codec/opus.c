/* SPDX-License-Identifier: Apache-2.0 */
#include "media/codec/opus.h"

/* Samples of one frame by configuration number (RFC 6716 table 2). */
static uint32_t frame_samples(unsigned config)
{
    static const uint16_t silk[4] = {480, 960, 1920, 2880};
    static const uint16_t hybrid[2] = {480, 960};
    static const uint16_t celt[4] = {120, 240, 480, 960};

    if (config < 12)
        return silk[config & 3];
    if (config < 16)
        return hybrid[config & 1];
    return celt[config & 3];
}

uint32_t heard_opus_samples(const uint8_t *payload, size_t size)
{
    uint32_t count;
    uint32_t samples;

    if (size == 0)
        return 0;
    switch (payload[0] & 3) { /* RFC 6716 3.1, code */
    case 0:
        count = 1;
        break;
    case 1:
    case 2:
        count = 2;
        break;
    default:
        if (size < 2)
            return 0;
        count = payload[1] & 0x3f;
        break;
    }
    samples = count * frame_samples(payload[0] >> 3);
    return samples <= HEARD_OPUS_SAMPLES_MAX ? samples : 0; /* at most 120 ms */
}

bool heard_opus_is_dtx(const uint8_t *payload, size_t size)
{
    /* Frames without bytes: encoders send one such packet every 400 ms of silence. */
    if (size == 1)
        return true;
    return size == 2 && (payload[0] & 3) != 0;
}
