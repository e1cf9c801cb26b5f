/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * SRTP and SRTCP of one peer, in place: the only door to libsrtp, with the ciphers of
 * cipher.c plugged in. RTP that goes out with AES-GCM takes srtp_sender.h.
 *
 * One HeardSrtp has two contexts: what we send is protected with the local keys, what
 * comes is unprotected with the remote ones. Any SSRC is taken in both directions.
 *
 * Ownership  new/free. Packets are borrowed and changed in place.
 * Threads    heard_srtp_library_init() once, before the first new, from any thread (later
 *            calls do nothing). A HeardSrtp lives on one thread.
 * Errors     new: GError HEARD_ERROR_CRYPTO. On the packet path a result with a reason;
 *            a refused packet must not be used, its bytes may have changed.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    HEARD_SRTP_AEAD_AES_128_GCM, /* RFC 7714 */
    HEARD_SRTP_AEAD_AES_256_GCM,
    HEARD_SRTP_AES128_CM_SHA1_80, /* RFC 3711 */
    HEARD_SRTP_PROFILE_COUNT
} HeardSrtpProfile;

enum {
    HEARD_SRTP_MASTER_MAX = 46, /* key and salt of the largest profile, rounded up */
    /* Spare bytes that protect needs behind a packet: tag, and the SRTCP index. */
    HEARD_SRTP_TRAILER_MAX = 32,
};

typedef struct {
    HeardSrtpProfile profile;
    uint8_t local[HEARD_SRTP_MASTER_MAX]; /* master key, then master salt */
    uint8_t remote[HEARD_SRTP_MASTER_MAX];
} HeardSrtpKeys;

typedef enum {
    HEARD_SRTP_OK,
    HEARD_SRTP_REPLAYED,  /* seen before, or too old for the window */
    HEARD_SRTP_FORGED,    /* authentication failed */
    HEARD_SRTP_MALFORMED, /* no RTP or RTCP, or too short */
    HEARD_SRTP_TOO_MANY,  /* one more SSRC than a peer may use */
    HEARD_SRTP_RESULT_COUNT
} HeardSrtpResult;

typedef struct HeardSrtp HeardSrtp;

void heard_srtp_library_init(void);

HeardSrtp *heard_srtp_new(const HeardSrtpKeys *keys, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_srtp_free(HeardSrtp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardSrtp, heard_srtp_free)

/* size: of the packet, in and out. The buffer has HEARD_SRTP_TRAILER_MAX bytes more. */
HeardSrtpResult heard_srtp_protect_rtp(HeardSrtp *self, uint8_t *packet, size_t *size);
HeardSrtpResult heard_srtp_protect_rtcp(HeardSrtp *self, uint8_t *packet, size_t *size);
HeardSrtpResult heard_srtp_unprotect_rtp(HeardSrtp *self, uint8_t *packet, size_t *size);
HeardSrtpResult heard_srtp_unprotect_rtcp(HeardSrtp *self, uint8_t *packet, size_t *size);

/* Has a packet come with the right keys? */
bool heard_srtp_has_received(const HeardSrtp *self);

/* A packet of about this size is for this one soon: only a hint. */
void heard_srtp_prefetch(const HeardSrtp *self, size_t size);

/* Bytes that protect adds to an RTP packet. */
size_t heard_srtp_rtp_overhead(const HeardSrtp *self);

/* Master key and salt sizes of a profile, bytes. */
size_t heard_srtp_profile_key_size(HeardSrtpProfile profile);
size_t heard_srtp_profile_salt_size(HeardSrtpProfile profile);
