/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The receiving side of SRTP with AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714), RTP only;
 * srtp_sender.h is the other. Replay protection as in RFC 3711 3.3.2: each SSRC has a window
 * of HEARD_SRTP_RECEIVER_WINDOW numbers, and only what was authenticated changes it.
 *
 * Units      Sizes in bytes.
 * Ownership  new/free. SSRCs are kept as they come, at most HEARD_SRTP_RECEIVER_SSRCS_MAX.
 * Threads    Lives on one media worker.
 * Errors     new: NULL when OpenSSL refuses. unprotect: a reason; the bytes of a refused
 *            packet may have changed.
 */

#include "media/transport/srtp_gcm.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /* An authenticated peer could name a new SSRC in each packet. Chromium with simulcast
     * and a screen uses ten. */
    HEARD_SRTP_RECEIVER_SSRCS_MAX = 64,
    HEARD_SRTP_RECEIVER_WINDOW = 1024, /* packets; Chromium's value, enough for RTX bursts */
};

typedef enum {
    HEARD_SRTP_RECEIVER_OK,
    HEARD_SRTP_RECEIVER_REPLAYED, /* seen before, or too old for the window */
    HEARD_SRTP_RECEIVER_FORGED,
    HEARD_SRTP_RECEIVER_MALFORMED, /* no RTP, or too short */
    HEARD_SRTP_RECEIVER_FULL,      /* one more SSRC than there is room for */
} HeardSrtpReceiverResult;

typedef struct HeardSrtpReceiver HeardSrtpReceiver;

/* master: key, then salt. */
HeardSrtpReceiver *heard_srtp_receiver_new(HeardGcmBackend backend, const uint8_t *master,
                                           bool is_256) G_GNUC_WARN_UNUSED_RESULT;
void heard_srtp_receiver_free(HeardSrtpReceiver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardSrtpReceiver, heard_srtp_receiver_free)

/* In place; size: of the packet, in with the tag and out without. */
HeardSrtpReceiverResult heard_srtp_receiver_unprotect(HeardSrtpReceiver *self, uint8_t *packet,
                                                      size_t *size);

/* SSRCs that were authenticated so far. */
unsigned heard_srtp_receiver_ssrc_count(const HeardSrtpReceiver *self);
