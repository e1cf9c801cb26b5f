/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Datagrams over a byte stream: RFC 4571, two bytes of length before each. The same
 * frames come out however the stream is cut.
 *
 * Ownership  The caller owns the struct; it holds no other memory. A frame is valid until
 *            the next push, may be changed in place, and has HEARD_FRAMING_SLACK readable
 *            bytes behind it.
 * Threads    Pure.
 * Errors     HEARD_FRAMING_TOO_LARGE: close the connection, the stream is out of step.
 */

#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_FRAMING_HEADER_SIZE = 2,
    HEARD_FRAMING_FRAME_MAX = 2048, /* larger than any datagram that we take */
    HEARD_FRAMING_SLACK = 32,       /* see HEARD_SOCKET_SLACK */
};

typedef enum {
    HEARD_FRAMING_MORE,  /* all bytes are taken, no frame is complete */
    HEARD_FRAMING_FRAME, /* one frame; push the rest of the bytes again */
    HEARD_FRAMING_TOO_LARGE,
} HeardFramingResult;

/* Zero is the initial state. */
typedef struct {
    size_t filled; /* with the header */
    uint8_t bytes[HEARD_FRAMING_HEADER_SIZE + HEARD_FRAMING_FRAME_MAX + HEARD_FRAMING_SLACK];
} HeardFraming;

/* Takes bytes up to the end of the next frame; *bytes and *size move on. */
HeardFramingResult heard_framing_push(HeardFraming *self, const uint8_t **bytes, size_t *size,
                                      uint8_t **ret_frame, size_t *ret_frame_size);
