/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The AES-GCM cipher types of cipher.c: one pair by libipsec-mb, one by OpenSSL.
 *
 * Ownership  The tables are static.
 * Threads    prepare: once. Afterwards read-only; a cipher's state has one thread.
 * Errors     NULL or false: not available here.
 */

#include <srtp2/cipher.h>
#include <stdbool.h>

/* false: not built in, or this CPU would run ipsec-mb's slow emulation. */
bool heard_cipher_gcm_prepare_ipsec_mb(void);
bool heard_cipher_gcm_prepare_evp(void);

typedef struct {
    const srtp_cipher_type_t *aes_128;
    const srtp_cipher_type_t *aes_256;
} HeardCipherGcmTypes;

HeardCipherGcmTypes heard_cipher_gcm_ipsec_mb(void);
HeardCipherGcmTypes heard_cipher_gcm_evp(void);
