/* SPDX-License-Identifier: Apache-2.0 */
#include "server/base/random.h"

#include <glib.h>
#include <sys/random.h>

void heard_random_bytes(void *ret_bytes, size_t size)
{
    uint8_t *at = ret_bytes;

    while (size > 0) {
        ssize_t got = getrandom(at, MIN(size, 256), 0);
        g_assert(got > 0);
        at += got;
        size -= (size_t)got;
    }
}

uint32_t heard_random_u32(void)
{
    uint32_t value;

    heard_random_bytes(&value, sizeof value);
    return value;
}

void heard_random_text(char *ret_text, size_t length)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    size_t count = 0;

    while (count < length) {
        uint8_t byte;
        heard_random_bytes(&byte, 1);
        /* 248 is the largest multiple of 62: taking more would favour some letters. */
        if (byte < 248)
            ret_text[count++] = alphabet[byte % 62];
    }
    ret_text[length] = '\0';
}
