/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The sending side of SRTP with AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714), RTP only.
 *
 * libsrtp does SRTCP and AES-CM, srtp_receiver.h the other way; libsrtp is the oracle of the tests.
 * Here one packet to each of hundreds of receivers is what the server exists for: the state
 * of a receiver is one piece of memory that can be prefetched, where libsrtp follows nine
 * pointers into cold memory. server/adr/0004 has the figures.
 *
 * The nonce is made of SSRC and 48-bit index; an index is never used twice: each SSRC
 * remembers the last HEARD_SRTP_SENDER_WINDOW of them, what is older is refused.
 *
 * Units      Sizes in bytes.
 * Ownership  init/deinit (a zeroed struct may be deinited); embed it aligned to 64. SSRCs beyond
 * the first four are on the heap. Threads    Lives on one media worker. Errors     init: false when
 * OpenSSL refuses. protect: a reason.
 */

#include "media/transport/srtp_gcm.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_SRTP_SENDER_SSRCS_MAX = 128, /* 32 slots with sound, picture and RTX have 96 */
    HEARD_SRTP_SENDER_INLINE = 4,
    HEARD_SRTP_SENDER_WINDOW = 256,
};

typedef enum {
    HEARD_SRTP_SENDER_OK,
    HEARD_SRTP_SENDER_USED,      /* this number was sent before, or is too old to know */
    HEARD_SRTP_SENDER_MALFORMED, /* no RTP */
    HEARD_SRTP_SENDER_FULL,      /* one more SSRC than there is room for */
    HEARD_SRTP_SENDER_REFUSED,   /* by the cipher */
} HeardSrtpSenderResult;

/* What was sent on one SSRC. */
typedef struct {
    int64_t index; /* highest, RFC 3711 3.3.1: rollover counter << 16 | sequence number */
    uint64_t sent[HEARD_SRTP_SENDER_WINDOW / 64];
} HeardSrtpSent;

typedef struct {
    HeardSrtpGcm gcm;
    uint16_t count, capacity;
    uint32_t *ssrcs; /* these two point at the arrays below, or to the heap */
    HeardSrtpSent *sents;
    uint32_t few_ssrcs[HEARD_SRTP_SENDER_INLINE];
    HeardSrtpSent few_sents[HEARD_SRTP_SENDER_INLINE];
} HeardSrtpSender;

/* master: key, then salt. The struct must not move afterwards. */
bool heard_srtp_sender_init(HeardSrtpSender *self, HeardGcmBackend backend, const uint8_t *master,
                            bool is_256);
void heard_srtp_sender_deinit(HeardSrtpSender *self);

/* init succeeded; false in a zeroed struct. Where the SSRCs are: no line of memory more. */
static inline bool heard_srtp_sender_is_ready(const HeardSrtpSender *self)
{
    return self->capacity > 0;
}

/* In place; the buffer has HEARD_GCM_TAG_SIZE bytes more than size. */
HeardSrtpSenderResult heard_srtp_sender_protect(HeardSrtpSender *self, uint8_t *packet,
                                                size_t *size);

/* Bring what a packet of this size needs towards the cache; only a hint. */
static inline void heard_srtp_sender_prefetch(const HeardSrtpSender *self, size_t size)
{
    heard_gcm_prefetch(&self->gcm.gcm, size);
    __builtin_prefetch(self->gcm.salt);
    __builtin_prefetch(&self->count);
    __builtin_prefetch(&self->few_sents[1]);
}
