/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Why packets are dropped: one counter per reason, for operators.
 *
 * Threads  Any thread. Errors  None.
 */

typedef enum {
    HEARD_DROP_UNKNOWN_KIND,   /* neither STUN, DTLS, RTP nor RTCP */
    HEARD_DROP_UNKNOWN_SENDER, /* no peer has this address */
    HEARD_DROP_STUN_UNKNOWN,   /* ufrag of nobody */
    HEARD_DROP_STUN_FORGED,
    HEARD_DROP_STUN_LATE, /* answers a check of ours that was answered, or given up */
    HEARD_DROP_STUN_MALFORMED,
    HEARD_DROP_NOT_CONNECTED, /* media before the end of DTLS */
    HEARD_DROP_REPLAYED,
    HEARD_DROP_FORGED,
    HEARD_DROP_MALFORMED,
    HEARD_DROP_TOO_MANY_SSRCS,
    HEARD_DROP_UNKNOWN_SSRC, /* can't be matched to a source of the offer */
    HEARD_DROP_UNKNOWN_PAYLOAD,
    HEARD_DROP_PADDING, /* probes: counted, not an error */
    HEARD_DROP_DUPLICATE,
    HEARD_DROP_LATE,
    HEARD_DROP_BAD_CODEC,
    HEARD_DROP_NOT_ALLOWED, /* muted by the presiding officer */
    HEARD_DROP_PAUSED,      /* recess */
    HEARD_DROP_NOT_LOUDEST, /* recorded, not carried: many microphones are open */
    HEARD_DROP_OVERWRITTEN, /* held too long, gone from the history */
    HEARD_DROP_FORWARD,     /* a lane refused it: codec, order, room */
    HEARD_DROP_THINNED,     /* a temporal layer above what the receiver gets */
    HEARD_DROP_PROTECT,
    HEARD_DROP_NO_PATH, /* the receiver has no address (any more) */
    HEARD_DROP_RESEND,  /* asked for again, not there or too soon */
    HEARD_DROP_BAD_RTCP,
    HEARD_DROP_COMMAND, /* about an unknown room or peer, or beyond a limit */
    HEARD_DROP_COUNT
} HeardDrop;

void heard_drop_register(void);
void heard_drop(HeardDrop reason);
