/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Faster ciphers for libsrtp, plugged in by its own door srtp_replace_cipher_type().
 *
 * Debian's libsrtp computes with NSS, 8 to 30 times slower than needed. AES-GCM comes
 * from libipsec-mb where it was built in and the CPU has AES-NI, else from OpenSSL's EVP;
 * AES-CM and HMAC-SHA1 always come from OpenSSL. Every cipher that a session or its key
 * derivation uses is replaced: one NSS cipher left would start and stop NSS per session.
 *
 * Ownership  The tables are static.
 * Threads    install: once, after srtp_init(), before the first session.
 * Errors     false: libsrtp's self-test refused a cipher; nothing was replaced by it.
 */

#include "media/transport/gcm.h"

#include <stdbool.h>

/* wanted: EVP never looks at ipsec-mb. */
bool heard_cipher_install(HeardGcmBackend wanted, HeardGcmBackend *ret_used);
