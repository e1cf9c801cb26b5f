/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One direction's key of AEAD_AES_128_GCM and AEAD_AES_256_GCM for RTP (RFC 7714): derivation
 * from the master key, nonce, and what of a packet is authenticated only. Which index a packet
 * has, and whether it may pass, is the business of srtp_sender.h and srtp_receiver.h.
 *
 * Units      Sizes in bytes; index: RFC 3711 3.3.1, rollover counter << 16 | sequence number.
 * Ownership  init/deinit; embed it aligned to 64.
 * Threads    Lives on one media worker.
 * Errors     init: false when OpenSSL refuses. seal, open: false when the cipher refuses.
 */

#include "media/transport/gcm.h"

enum { HEARD_SRTP_GCM_SALT_SIZE = 12 };

typedef struct {
    HeardGcm gcm;
    uint8_t salt[HEARD_SRTP_GCM_SALT_SIZE];
} HeardSrtpGcm;

/* master: key, then salt. */
bool heard_srtp_gcm_init(HeardSrtpGcm *self, HeardGcmBackend backend, const uint8_t *master,
                         bool is_256);
void heard_srtp_gcm_deinit(HeardSrtpGcm *self);

/* RTP header with CSRCs and extension: what is authenticated but not encrypted; 0: no RTP. */
size_t heard_srtp_header_size(const uint8_t *packet, size_t size);

/* size: of the packet without its tag, which stands behind it. header: of header_size. */
bool heard_srtp_gcm_seal(HeardSrtpGcm *self, uint8_t *packet, size_t header, size_t size,
                         int64_t index);
bool heard_srtp_gcm_open(HeardSrtpGcm *self, uint8_t *packet, size_t header, size_t size,
                         int64_t index);
