/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/demux.h"

enum {
    STUN_HEADER_SIZE = 20, /* RFC 8489 5 */
    DTLS_HEADER_SIZE = 13, /* RFC 6347 4.1 */
    RTP_HEADER_SIZE = 12,
    RTCP_HEADER_SIZE = 8,
};

HeardDemux heard_demux(const uint8_t *datagram, size_t size)
{
    if (size < RTCP_HEADER_SIZE)
        return HEARD_DEMUX_UNKNOWN;
    if (datagram[0] <= 3)
        return size >= STUN_HEADER_SIZE ? HEARD_DEMUX_STUN : HEARD_DEMUX_UNKNOWN;
    if (datagram[0] >= 20 && datagram[0] <= 63)
        return size >= DTLS_HEADER_SIZE ? HEARD_DEMUX_DTLS : HEARD_DEMUX_UNKNOWN;
    if (datagram[0] < 128 || datagram[0] > 191)
        return HEARD_DEMUX_UNKNOWN;
    /* RFC 5761 4: packet types 192 to 223 belong to RTCP. */
    if (datagram[1] >= 192 && datagram[1] <= 223)
        return HEARD_DEMUX_RTCP;
    return size >= RTP_HEADER_SIZE ? HEARD_DEMUX_RTP : HEARD_DEMUX_UNKNOWN;
}
