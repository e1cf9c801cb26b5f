/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * AES-GCM (NIST SP 800-38D) as SRTP needs it: 96-bit nonces, 128-bit tags, in place. By
 * libipsec-mb where it was built in and the CPU has AES-NI, else by OpenSSL's EVP.
 *
 * The struct is one piece of memory, aligned to cache lines: who sends to hundreds of
 * receivers in turn fetches the next one's key before its turn comes (heard_gcm_prefetch).
 *
 * Units      Sizes in bytes.
 * Ownership  init/deinit; embed it aligned to 64. The library's tables are static.
 * Threads    prepare: any thread, before the first init. A HeardGcm has one thread.
 * Errors     prepare, init: false where the backend is not available. seal and open: false
 *            when refused; the bytes may have changed then.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_GCM_IV_SIZE = 12,
    HEARD_GCM_TAG_SIZE = 16,
    HEARD_GCM_ROUND_KEYS_SIZE = 240, /* of ipsec-mb, for 256 bits */
    HEARD_GCM_HASH_KEYS_SIZE = 768,  /* behind them, the powers that short texts need at the end */
    HEARD_GCM_SCHEDULE_SIZE = HEARD_GCM_ROUND_KEYS_SIZE + HEARD_GCM_HASH_KEYS_SIZE,
    HEARD_GCM_SHORT_TEXT = 128,
    HEARD_GCM_LINE_SIZE = 64,
};

typedef enum { HEARD_GCM_IPSEC_MB, HEARD_GCM_EVP } HeardGcmBackend;

typedef struct {
    union {
        _Alignas(HEARD_GCM_LINE_SIZE) uint8_t schedule[HEARD_GCM_SCHEDULE_SIZE];
        void *context; /* EVP_CIPHER_CTX */
    };
    HeardGcmBackend backend;
    bool is_256;
} HeardGcm;

/* false: not built in, or this CPU would run ipsec-mb's slow emulation. */
bool heard_gcm_prepare(HeardGcmBackend backend);

/* key: 16 or 32 bytes. */
bool heard_gcm_init(HeardGcm *self, HeardGcmBackend backend, const uint8_t *key, bool is_256);
void heard_gcm_deinit(HeardGcm *self);

bool heard_gcm_seal(HeardGcm *self, const uint8_t iv[static HEARD_GCM_IV_SIZE], const uint8_t *aad,
                    size_t aad_size, uint8_t *text, size_t size,
                    uint8_t ret_tag[static HEARD_GCM_TAG_SIZE]);

/* tag_size: 16 or 8, the rest of the tag is not compared. */
bool heard_gcm_open(HeardGcm *self, const uint8_t iv[static HEARD_GCM_IV_SIZE], const uint8_t *aad,
                    size_t aad_size, uint8_t *text, size_t size, const uint8_t *tag,
                    size_t tag_size);

/* Bring what a text of this size needs of the key towards the cache; only a hint. */
static inline void heard_gcm_prefetch(const HeardGcm *self, size_t size)
{
    const uint8_t *bytes = (const uint8_t *)self;
    size_t end = size <= HEARD_GCM_SHORT_TEXT ? HEARD_GCM_ROUND_KEYS_SIZE : sizeof(*self);

    for (size_t at = 0; at < end; at += HEARD_GCM_LINE_SIZE)
        __builtin_prefetch(bytes + at);
    if (size <= HEARD_GCM_SHORT_TEXT)
        for (size_t at = sizeof(*self) - 3 * (size_t)HEARD_GCM_LINE_SIZE; at < sizeof(*self);
             at += HEARD_GCM_LINE_SIZE)
            __builtin_prefetch(bytes + at);
}
