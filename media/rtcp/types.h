/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Packet types and formats of RTCP, shared by parse.c, build.c and twcc.c.
 *
 * Threads  Constants only.
 */

enum {
    HEARD_RTCP_TYPE_SR = 200, /* RFC 3550 12.1 */
    HEARD_RTCP_TYPE_RR = 201,
    HEARD_RTCP_TYPE_SDES = 202,
    HEARD_RTCP_TYPE_BYE = 203,
    HEARD_RTCP_TYPE_RTPFB = 205, /* RFC 4585 6.1 */
    HEARD_RTCP_TYPE_PSFB = 206,
};

enum {
    HEARD_RTCP_FMT_NACK = 1,  /* RFC 4585 6.2.1 */
    HEARD_RTCP_FMT_TWCC = 15, /* draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1 */
    HEARD_RTCP_FMT_PLI = 1,   /* RFC 4585 6.3.1 */
    HEARD_RTCP_FMT_FIR = 4,   /* RFC 5104 4.3.1 */
    HEARD_RTCP_FMT_AFB = 15,  /* RFC 4585 6.4: REMB */
};

enum {
    HEARD_RTCP_HEADER_SIZE = 4,
    HEARD_RTCP_BLOCK_SIZE = 24,
    HEARD_RTCP_SENDER_INFO_SIZE = 20,
    HEARD_RTCP_SDES_CNAME = 1,
};
