/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The last 16 bytes of each payload: when it was sent. Publisher and viewer are one
 * process, so one monotonic clock serves both ends.
 */

#include "media/rtp/bytes.h"

#include <stdbool.h>
#include <stddef.h>

enum { HEARD_BENCH_STAMP_SIZE = 16, HEARD_BENCH_STAMP_MAGIC = 0x48424E43 };

static inline void heard_bench_stamp_put(uint8_t *end, uint32_t publisher, int64_t sent_ns)
{
    heard_put32(end - 16, HEARD_BENCH_STAMP_MAGIC);
    heard_put32(end - 12, publisher);
    heard_put64(end - 8, (uint64_t)sent_ns);
}

/* size: of the payload without RTP padding, which servers may add. */
static inline bool heard_bench_stamp_get(const uint8_t *payload, size_t size, int64_t *ret_sent_ns)
{
    if (size < HEARD_BENCH_STAMP_SIZE ||
        heard_get32(payload + size - 16) != HEARD_BENCH_STAMP_MAGIC)
        return false;
    *ret_sent_ns = (int64_t)heard_get64(payload + size - 8);
    return true;
}
