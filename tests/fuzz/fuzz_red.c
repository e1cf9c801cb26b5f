/* SPDX-License-Identifier: Apache-2.0 */
#include "media/codec/red.h"

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What can be read lies within the payload, and written again it is the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree uint8_t *payload = g_memdup2(data, size); /* its own block: ASan sees the end */
    g_autofree uint8_t *again = g_malloc0(size + 1);
    HeardRedPart parts[HEARD_RED_BLOCKS_MAX];
    HeardRed red;

    if (size == 0 || !heard_red_parse(payload, size, &red))
        return 0;
    for (unsigned i = 0; i < red.count; i++) {
        const HeardRedBlock *block = &red.blocks[i];

        g_assert((size_t)block->offset + block->size <= size);
        parts[i] = (HeardRedPart){payload + block->offset, block->size, block->payload_type,
                                  block->ts_back};
    }
    g_assert(heard_red_write(parts, red.count, again, size) == size);
    g_assert(memcmp(again, payload, size) == 0);
    return 0;
}
