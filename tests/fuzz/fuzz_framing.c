/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/framing.h"

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All frames of the stream one behind the other, read in pieces of step bytes. */
static GByteArray *read_frames(const uint8_t *data, size_t size, size_t step)
{
    g_autofree HeardFraming *framing = g_new0(HeardFraming, 1);
    GByteArray *out = g_byte_array_new();

    while (size > 0) {
        size_t piece = MIN(step, size), rest = piece, frame_size;
        const uint8_t *bytes = data;
        HeardFramingResult result;
        uint8_t *frame;

        while ((result = heard_framing_push(framing, &bytes, &rest, &frame, &frame_size)) ==
               HEARD_FRAMING_FRAME) {
            g_assert(frame_size > 0 && frame_size <= HEARD_FRAMING_FRAME_MAX);
            g_byte_array_append(out, frame, (guint)frame_size);
        }
        if (result == HEARD_FRAMING_TOO_LARGE)
            break;
        g_assert(rest == 0);
        data += piece;
        size -= piece;
    }
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GByteArray) whole = read_frames(data, size, size ? size : 1);
    g_autoptr(GByteArray) bytewise = read_frames(data, size, 1);

    g_assert(whole->len == bytewise->len);
    g_assert(whole->len == 0 || !memcmp(whole->data, bytewise->data, whole->len));
    return 0;
}
