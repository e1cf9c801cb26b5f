/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/totp.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { HEARD_TOTP_DIGITS = 6, HEARD_TOTP_STEP_S = 30 };

bool heard_totp_init(void)
{
    return oath_init() == OATH_OK && sodium_init() >= 0;
}

bool heard_totp_matches(const char *secret_base32, const char *code, int64_t wall_ms,
                        int64_t *ret_step)
{
    int64_t step = wall_ms / 1000 / HEARD_TOTP_STEP_S;
    char *secret = NULL;
    size_t secret_size = 0;
    char expected[HEARD_TOTP_DIGITS + 1];
    bool found = false;

    if (strlen(code) != HEARD_TOTP_DIGITS ||
        oath_base32_decode(secret_base32, strlen(secret_base32), &secret, &secret_size) != OATH_OK)
        return false;
    for (int64_t i = step - 1; i <= step + 1 && !found; i++) {
        found = oath_totp_generate(secret, secret_size, i * HEARD_TOTP_STEP_S, HEARD_TOTP_STEP_S, 0,
                                   HEARD_TOTP_DIGITS, expected) == OATH_OK &&
                sodium_memcmp(expected, code, HEARD_TOTP_DIGITS) == 0;
        if (found)
            *ret_step = i;
    }
    sodium_memzero(secret, secret_size);
    free(secret);
    return found;
}
