/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Encrypted columns: identity numbers, phones, TOTP secrets.
 *
 * XChaCha20-Poly1305 with a random nonce; the context (table, column and row id) is bound
 * into it, so that a ciphertext copied to another row does not open. A keyed BLAKE2b hash
 * serves exact search. Both keys come from one 32-byte key file, mode 0600, in the data
 * folder; it is made when absent. Without it the columns are lost: it belongs in the backup.
 *
 * Ownership  new/free; keys are wiped and locked in memory. Returned texts: g_free.
 * Threads    Read-only after new: any thread.
 * Errors     HEARD_ERROR_CONFIG: key file of a wrong size or readable by others;
 *            HEARD_ERROR_STORAGE: cannot be made; HEARD_ERROR_CRYPTO: does not open.
 */

#include <glib.h>
#include <stdbool.h>

enum { HEARD_FIELD_HASH_SIZE = 65 };

typedef struct HeardFieldCipher HeardFieldCipher;

HeardFieldCipher *heard_field_cipher_new(const char *key_path, GError **error);
void heard_field_cipher_free(HeardFieldCipher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardFieldCipher, heard_field_cipher_free)

/* context: "person.id:" + row id. The result is base64 text. */
char *heard_field_cipher_seal(const HeardFieldCipher *self, const char *context, const char *text);
char *heard_field_cipher_open(const HeardFieldCipher *self, const char *context, const char *sealed,
                              GError **error);
/* kind keeps equal texts of different columns apart. */
void heard_field_cipher_hash(const HeardFieldCipher *self, const char *kind, const char *text,
                             char ret_hash[static HEARD_FIELD_HASH_SIZE]);
