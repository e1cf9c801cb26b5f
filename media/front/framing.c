/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/framing.h"

#include <string.h>

static size_t frame_size(const HeardFraming *self)
{
    return (size_t)self->bytes[0] << 8 | self->bytes[1];
}

/* Takes bytes until wanted are there; the number still missing. */
static size_t fill(HeardFraming *self, size_t wanted, const uint8_t **bytes, size_t *size)
{
    size_t count = wanted - self->filled;

    if (count > *size)
        count = *size;
    memcpy(self->bytes + self->filled, *bytes, count);
    self->filled += count;
    *bytes += count;
    *size -= count;
    return wanted - self->filled;
}

HeardFramingResult heard_framing_push(HeardFraming *self, const uint8_t **bytes, size_t *size,
                                      uint8_t **ret_frame, size_t *ret_frame_size)
{
    if (self->filled >= HEARD_FRAMING_HEADER_SIZE &&
        self->filled == HEARD_FRAMING_HEADER_SIZE + frame_size(self))
        self->filled = 0; /* the frame that the last call gave out */
    while (*size > 0) {
        size_t frame;

        if (self->filled < HEARD_FRAMING_HEADER_SIZE &&
            fill(self, HEARD_FRAMING_HEADER_SIZE, bytes, size) > 0)
            return HEARD_FRAMING_MORE;
        frame = frame_size(self);
        if (frame > HEARD_FRAMING_FRAME_MAX)
            return HEARD_FRAMING_TOO_LARGE;
        if (fill(self, HEARD_FRAMING_HEADER_SIZE + frame, bytes, size) > 0)
            return HEARD_FRAMING_MORE;
        if (frame > 0) {
            *ret_frame = self->bytes + HEARD_FRAMING_HEADER_SIZE;
            *ret_frame_size = frame;
            return HEARD_FRAMING_FRAME;
        }
        self->filled = 0; /* an empty frame is legal and says nothing */
    }
    return HEARD_FRAMING_MORE;
}
