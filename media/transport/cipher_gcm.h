/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * gcm.h as libsrtp's cipher types, for cipher.c to plug in.
 *
 * Ownership  The tables are static.
 * Threads    Read-only; a cipher's state has one thread.
 * Errors     libsrtp's status codes.
 */

#include "media/transport/gcm.h"

#include <srtp2/cipher.h>

/* heard_gcm_prepare() of the backend comes first. */
const srtp_cipher_type_t *heard_cipher_gcm_type(HeardGcmBackend backend, bool is_256);
