/* SPDX-License-Identifier: Apache-2.0 */
#include "media/codec/h264.h"

#include <glib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    HeardH264Fmtp fmtp;
    HeardH264 h264;

    if (heard_h264_parse(data, size, &h264))
        g_assert(!h264.has_sps || h264.keyframe);
    if (heard_h264_parse_fmtp(text, &fmtp))
        g_assert(fmtp.packetization_mode <= 2);
    return 0;
}
