/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Unprotect for each profile: any bytes, and rightly protected packets that are then changed.
 * What is opened was protected; whatever else, it is refused.
 */
#include "media/transport/srtp.h"

#include "media/rtp/bytes.h"

#include <stdbool.h>

enum { RECORDS_MAX = 100 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    HeardSrtp *sender, *receiver;
} Pair;

static void open_pair(Pair *pair, HeardSrtpProfile profile)
{
    HeardSrtpKeys keys = {.profile = profile};

    memset(keys.local, 1, sizeof(keys.local));
    memset(keys.remote, 2, sizeof(keys.remote));
    pair->receiver = heard_srtp_new(&keys, NULL);
    memset(keys.local, 2, sizeof(keys.local));
    memset(keys.remote, 1, sizeof(keys.remote));
    pair->sender = heard_srtp_new(&keys, NULL);
}

static void run_record(Pair *pair, uint8_t how, uint8_t where, const uint8_t *bytes, size_t length)
{
    g_autofree uint8_t *packet = g_malloc0(length + HEARD_SRTP_TRAILER_MAX);
    bool rtcp = how & 1, protect = how & 2, spoil = how & 4;
    size_t size = length;
    HeardSrtpResult result = HEARD_SRTP_MALFORMED;

    memcpy(packet, bytes, length);
    if (protect)
        result = rtcp ? heard_srtp_protect_rtcp(pair->sender, packet, &size)
                      : heard_srtp_protect_rtp(pair->sender, packet, &size);
    if (protect && result != HEARD_SRTP_OK)
        return;
    g_assert(size <= length + HEARD_SRTP_TRAILER_MAX);
    if (spoil && size > 0)
        packet[where % size] ^= 0x10;
    /* In a block of its size. */
    {
        g_autofree uint8_t *exact = g_memdup2(packet, size);

        result = rtcp ? heard_srtp_unprotect_rtcp(pair->receiver, exact, &size)
                      : heard_srtp_unprotect_rtp(pair->receiver, exact, &size);
        g_assert(result != HEARD_SRTP_OK || (protect && !spoil));
        g_assert(result != HEARD_SRTP_OK || size == length);
    }
}

/* Records: how, where, two bytes of size, the packet. The first byte is the profile. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Pair pair;

    if (size == 0)
        return 0;
    open_pair(&pair, (HeardSrtpProfile)(data[0] % HEARD_SRTP_PROFILE_COUNT));
    data++;
    size--;
    for (unsigned i = 0; i < RECORDS_MAX && size > 4; i++) {
        size_t length = MIN((size_t)heard_get16(data + 2) & 0x7ff, size - 4);

        run_record(&pair, data[0], data[1], data + 4, length);
        data += 4 + length;
        size -= 4 + length;
    }
    heard_srtp_free(pair.sender);
    heard_srtp_free(pair.receiver);
    return 0;
}
