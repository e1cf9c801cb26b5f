/* SPDX-License-Identifier: Apache-2.0 */
#include "media/codec/opus.h"

#include <glib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t samples = heard_opus_samples(data, size);

    g_assert(samples == 0 || (samples >= 120 && samples <= HEARD_OPUS_SAMPLES_MAX));
    g_assert(size > 0 || samples == 0);
    if (heard_opus_is_dtx(data, size))
        g_assert(size > 0);
    return 0;
}
