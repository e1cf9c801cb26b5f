/* SPDX-License-Identifier: Apache-2.0 */
#include "server/store/password.h"

#include "server/base/error.h"
#include "server/base/random.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

/* libsodium's "interactive" cost: 64 MiB, two passes (RFC 9106 asks for no less memory). */
enum { COST_OPS = 2, COST_BYTES = 64 * 1024 * 1024 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char decoy_hash[crypto_pwhash_STRBYTES];

static void prepare(void)
{
    char secret[HEARD_TOKEN_SIZE];

    g_assert(sodium_init() >= 0);
    heard_token_new(secret);
    if (crypto_pwhash_str_alg(decoy_hash, secret, strlen(secret), COST_OPS, COST_BYTES,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        decoy_hash[0] = '\0';
}

char *heard_password_hash(const char *password, GError **error)
{
    char hash[crypto_pwhash_STRBYTES];
    size_t size = strlen(password);

    pthread_once(&once, prepare);
    if (!g_utf8_validate(password, -1, NULL) || size > HEARD_PASSWORD_BYTES_MAX ||
        g_utf8_strlen(password, -1) < HEARD_PASSWORD_CHARS_MIN) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD,
                    "password: at least %d characters and at most %d bytes",
                    HEARD_PASSWORD_CHARS_MIN, HEARD_PASSWORD_BYTES_MAX);
        return NULL;
    }
    if (crypto_pwhash_str_alg(hash, password, size, COST_OPS, COST_BYTES,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_UNAVAILABLE, "no memory to hash a password");
        return NULL;
    }
    return g_strdup(hash);
}

bool heard_password_matches(const char *password, const char *hash)
{
    size_t size = strlen(password);
    bool matches;

    pthread_once(&once, prepare);
    if (size > HEARD_PASSWORD_BYTES_MAX) /* long input must not buy CPU time */
        return false;
    matches = crypto_pwhash_str_verify(hash ? hash : decoy_hash, password, size) == 0;
    return hash && matches;
}

char *heard_password_random(void)
{
    /* Without 0 O 1 l I: it is read from a screen and typed. */
    static const char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    GString *text = g_string_new(NULL);

    pthread_once(&once, prepare);
    for (unsigned i = 0; i < 16; i++) {
        if (i > 0 && i % 4 == 0)
            g_string_append_c(text, '-');
        g_string_append_c(text, alphabet[randombytes_uniform(sizeof alphabet - 1)]);
    }
    return g_string_free(text, FALSE);
}

void heard_token_new(char ret_token[static HEARD_TOKEN_SIZE])
{
    heard_random_text(ret_token, HEARD_TOKEN_SIZE - 1);
}

void heard_token_hash(const char *token, char ret_hash[static HEARD_TOKEN_HASH_SIZE])
{
    unsigned char hash[32];

    crypto_generichash(hash, sizeof hash, (const unsigned char *)token, strlen(token), NULL, 0);
    sodium_bin2hex(ret_hash, HEARD_TOKEN_HASH_SIZE, hash, sizeof hash);
}
