/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Passwords as argon2id hashes (libsodium), and random tokens with the hash that is stored.
 *
 * A password hash takes 64 MiB and tens of milliseconds: never on the main thread.
 *
 * Ownership  Returned texts are the caller's (g_free).
 * Threads    Any thread.
 * Errors     hash: HEARD_ERROR_BAD_FIELD for a length outside HEARD_PASSWORD_CHARS_MIN …
 *            BYTES_MAX, HEARD_ERROR_UNAVAILABLE without memory.
 */

#include <glib.h>
#include <stdbool.h>

enum {
    HEARD_PASSWORD_CHARS_MIN = 10,
    HEARD_PASSWORD_BYTES_MAX = 512,
    HEARD_TOKEN_SIZE = 44,      /* 43 characters of [A-Za-z0-9], 256 bits, and NUL */
    HEARD_TOKEN_HASH_SIZE = 65, /* 32 bytes in hex and NUL */
};

char *heard_password_hash(const char *password, GError **error);
/* hash NULL does the same work and says false, so that time tells nothing. */
bool heard_password_matches(const char *password, const char *hash);
/* A password that can be read out: 4 groups of 4, 80 bits and more. */
char *heard_password_random(void);

void heard_token_new(char ret_token[static HEARD_TOKEN_SIZE]);
/* BLAKE2b-256 in hex. A token has 256 random bits, so no salt and no slow hash is needed. */
void heard_token_hash(const char *token, char ret_hash[static HEARD_TOKEN_HASH_SIZE]);
