/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What dtls.c takes from an identity: one OpenSSL context per role. Private to the folder.
 *
 * Ownership  The identity keeps the contexts.
 * Threads    Read-only after new.
 * Errors     None.
 */

#include "media/transport/dtls.h"

#include <openssl/ssl.h>

/* A context's verify callback reads the wanted fingerprint from SSL_get_app_data(). */
SSL_CTX *heard_dtls_identity_context(const HeardDtlsIdentity *self);
