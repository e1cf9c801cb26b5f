/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The organisation key, which wraps the data key of each log (FORMAT.md 4): 32 bytes in a
 * file, or an AES-256 key in a token that it never leaves (token.h).
 *
 * Ownership  load/free; wiped when freed.
 * Threads    Read-only: any thread.
 * Errors     HEARD_ERROR_NOT_FOUND, HEARD_ERROR_CONFIG (the file is not 0600 or no key; the
 *            token's, see there), HEARD_ERROR_STORAGE, HEARD_ERROR_CRYPTO (altered),
 *            HEARD_ERROR_UNAVAILABLE (the token is away).
 */

#include "recordings/log_format.h"

#include <glib.h>

enum { HEARD_KEY_SIZE = 32, HEARD_KEY_ID_SIZE = 17, HEARD_WRAPPED_KEY_SIZE = 12 + 32 + 16 };

typedef struct HeardOrgKey HeardOrgKey;

/* where: a file of 64 hex digits, readable by its owner only, or a pkcs11: URI. */
HeardOrgKey *heard_org_key_load(const char *where, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Load, or make the file when there is none. A token's key is made by whoever runs the token. */
HeardOrgKey *heard_org_key_load_or_create(const char *where,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_org_key_free(HeardOrgKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardOrgKey, heard_org_key_free)
const char *heard_org_key_id(const HeardOrgKey *self);    /* 16 hex digits, tells keys apart */
const char *heard_org_key_place(const HeardOrgKey *self); /* "file", "pkcs11" */

/* Nonce, ciphertext, tag of AES-256-GCM. */
bool heard_org_key_wrap(const HeardOrgKey *self, const uint8_t *aad, size_t aad_size,
                        const uint8_t key[static HEARD_KEY_SIZE],
                        uint8_t ret_wrapped[static HEARD_WRAPPED_KEY_SIZE],
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool heard_org_key_unwrap(const HeardOrgKey *self, const uint8_t *aad, size_t aad_size,
                          const uint8_t wrapped[static HEARD_WRAPPED_KEY_SIZE],
                          uint8_t ret_key[static HEARD_KEY_SIZE],
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
