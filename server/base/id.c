/* SPDX-License-Identifier: Apache-2.0 */
#include "server/base/id.h"

#include "server/base/random.h"

#include <stdio.h>
#include <string.h>

void heard_id_new(char ret_id[static HEARD_ID_SIZE], int64_t wall_ms)
{
    uint8_t b[16];
    size_t out = 0;

    heard_random_bytes(b, sizeof b);
    for (int i = 0; i < 6; i++)
        b[i] = (uint8_t)(wall_ms >> (40 - 8 * i));
    b[6] = (uint8_t)(0x70 | (b[6] & 0x0f));
    b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            ret_id[out++] = '-';
        out += (size_t)snprintf(ret_id + out, 3, "%02x", b[i]);
    }
}

bool heard_id_is_valid(const char *text)
{
    if (!text || strlen(text) != HEARD_ID_SIZE - 1)
        return false;
    for (int i = 0; i < HEARD_ID_SIZE - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-'
                 : !(g_ascii_isdigit(text[i]) || (text[i] >= 'a' && text[i] <= 'f')))
            return false;
    }
    return true;
}

static unsigned mod97(const char *text)
{
    unsigned rest = 0;

    for (; *text; text++) {
        if (g_ascii_isdigit(*text))
            rest = (rest * 10 + (unsigned)(*text - '0')) % 97;
        else
            rest = (rest * 100 + (unsigned)(*text - 'A') + 10) % 97;
    }
    return rest;
}

static bool only_capitals_and_digits(const char *text)
{
    for (; *text; text++)
        if (!g_ascii_isdigit(*text) && !g_ascii_isupper(*text))
            return false;
    return true;
}

bool heard_number_format(char ret_number[static HEARD_NUMBER_SIZE], const char *prefix,
                         const char *region, const char *date, uint32_t sequence)
{
    char body[HEARD_NUMBER_SIZE];
    int size;

    if (strlen(region) != 6 || strlen(date) != 8 || sequence > 999999)
        return false;
    size = snprintf(body, sizeof body - 2, "%s%s%s%06u00", prefix, region, date, sequence);
    if (size <= 0 || (size_t)size >= sizeof body - 2 || !only_capitals_and_digits(body))
        return false;
    snprintf(ret_number, HEARD_NUMBER_SIZE, "%.*s%02u", size - 2, body, 98 - mod97(body));
    return true;
}

bool heard_number_is_valid(const char *number)
{
    size_t size = number ? strlen(number) : 0;

    return size > 22 && size < HEARD_NUMBER_SIZE && only_capitals_and_digits(number) &&
           mod97(number) == 1;
}
