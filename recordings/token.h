/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One key in a PKCS#11 token (a security module, a card), named by a pkcs11: URI (RFC 7512):
 * it never leaves the token; the token encrypts, decrypts or signs with it.
 *
 * The URI names token and object, and has module-path and pin-source=file:/… (mode 0600):
 * pkcs11:token=heard;object=organisation;type=secret-key
 *     ?module-path=/…/module.so&pin-source=file:/etc/heard/pin
 *
 * Ownership  open/free.
 * Threads    Any: each call has a session of its own. A call waits for the token, some
 *            milliseconds in a machine, more over a network.
 * Errors     HEARD_ERROR_CONFIG (URI, module, PIN, no such key), HEARD_ERROR_CRYPTO (the token
 *            refuses, or what was encrypted was altered), HEARD_ERROR_UNAVAILABLE (it is gone).
 * Source     PKCS#11 2.40 and 3.0 (EdDSA).
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEARD_TOKEN_NONCE_SIZE = 12, HEARD_TOKEN_TAG_SIZE = 16, HEARD_TOKEN_ID_MAX = 64 };

typedef struct HeardToken HeardToken;

bool heard_token_is_uri(const char *text);

HeardToken *heard_token_open(const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_token_free(HeardToken *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardToken, heard_token_free)

/* Label of the token and id of the object: tells keys apart, tells nothing of the key. */
const char *heard_token_name(const HeardToken *self);

/* AES-GCM; ret_bytes: size + HEARD_TOKEN_TAG_SIZE bytes, the tag last. */
bool heard_token_encrypt(const HeardToken *self, const uint8_t nonce[HEARD_TOKEN_NONCE_SIZE],
                         const void *aad, size_t aad_size, const void *bytes, size_t size,
                         uint8_t *ret_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* bytes: what encrypt made; ret_bytes has room for size. */
bool heard_token_decrypt(const HeardToken *self, const uint8_t nonce[HEARD_TOKEN_NONCE_SIZE],
                         const void *aad, size_t aad_size, const void *bytes, size_t size,
                         uint8_t *ret_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ed25519, 64 bytes. */
bool heard_token_sign(const HeardToken *self, const void *bytes, size_t size,
                      uint8_t ret_signature[static 64], GError **error) G_GNUC_WARN_UNUSED_RESULT;
