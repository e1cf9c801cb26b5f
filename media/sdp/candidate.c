/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sdp/candidate.h"

enum {
    UDP_PREFERENCE = 126, /* RFC 8445 5.1.2.2: host */
    TCP_PREFERENCE = 90,  /* below every kind of UDP but relays */
    TCP_PASSIVE = 4,      /* RFC 6544 4.2: of a host candidate */
    COMPONENT = 1,
};

/* RFC 8445 5.1.2.1 */
static unsigned priority(unsigned type_preference, unsigned local_preference)
{
    return type_preference << 24 | local_preference << 8 | (256 - COMPONENT);
}

void heard_candidates_write(GString *text, const HeardCandidate *candidates, unsigned count)
{
    unsigned foundation = 1;

    count = MIN(count, HEARD_CANDIDATES_MAX);
    for (unsigned i = 0; i < count; i++)
        if (candidates[i].udp_port)
            g_string_append_printf(text, "a=candidate:%u %u udp %u %s %u typ host\r\n",
                                   foundation++, COMPONENT, priority(UDP_PREFERENCE, 65535 - i),
                                   candidates[i].address, candidates[i].udp_port);
    for (unsigned i = 0; i < count; i++)
        if (candidates[i].tcp_port)
            g_string_append_printf(
                text, "a=candidate:%u %u tcp %u %s %u typ host tcptype passive\r\n", foundation++,
                COMPONENT, priority(TCP_PREFERENCE, (TCP_PASSIVE << 13) | (8191 - i)),
                candidates[i].address, candidates[i].tcp_port);
    g_string_append(text, "a=end-of-candidates\r\n");
}
