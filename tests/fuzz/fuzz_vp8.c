/* SPDX-License-Identifier: Apache-2.0 */
#include "media/codec/vp8.h"
#include "media/codec/vp9.h"

#include <glib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is rewritten reads back as written, and nothing else of the descriptor changes. */
static void check_vp8(const uint8_t *data, size_t size)
{
    g_autofree uint8_t *copy = g_memdup2(data, size);
    HeardVp8 vp8, again;

    if (!heard_vp8_parse(data, size, &vp8))
        return;
    g_assert(vp8.descriptor_size < size);
    heard_vp8_rewrite(copy, &vp8, 0x5a5a & 0x7fff, 0xa5);
    g_assert(heard_vp8_parse(copy, size, &again));
    g_assert(again.picture_id_bits == vp8.picture_id_bits);
    g_assert(again.picture_id == (vp8.picture_id_bits == 15  ? 0x5a5a
                                  : vp8.picture_id_bits == 7 ? 0x5a
                                                             : 0));
    g_assert(again.tl0_index == (vp8.tl0_offset ? 0xa5 : 0));
    g_assert(again.temporal_id == vp8.temporal_id && again.keyframe == vp8.keyframe);
    g_assert(again.descriptor_size == vp8.descriptor_size && again.height == vp8.height);
}

static void check_vp9(const uint8_t *data, size_t size)
{
    g_autofree uint8_t *copy = g_memdup2(data, size);
    HeardVp9 vp9, again;

    if (!heard_vp9_parse(data, size, &vp9))
        return;
    g_assert(vp9.descriptor_size < size);
    heard_vp9_rewrite(copy, &vp9, 0x5a5a & 0x7fff, 0xa5);
    g_assert(heard_vp9_parse(copy, size, &again));
    g_assert(again.picture_id_bits == vp9.picture_id_bits);
    g_assert(again.keyframe == vp9.keyframe && again.spatial_id == vp9.spatial_id);
    g_assert(again.descriptor_size == vp9.descriptor_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_vp8(data, size);
    check_vp9(data, size);
    return 0;
}
