/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Numbers in network byte order, at any alignment. The caller checked the bounds.
 *
 * Threads  Pure. Errors  None.
 */

#include <stdint.h>
#include <string.h>

static inline uint16_t heard_get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t heard_get24(const uint8_t *at)
{
    return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

static inline uint32_t heard_get32(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof(value));
    return __builtin_bswap32(value);
}

static inline uint64_t heard_get64(const uint8_t *at)
{
    return (uint64_t)heard_get32(at) << 32 | heard_get32(at + 4);
}

static inline void heard_put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void heard_put24(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 16);
    at[1] = (uint8_t)(value >> 8);
    at[2] = (uint8_t)value;
}

static inline void heard_put32(uint8_t *at, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(at, &value, sizeof(value));
}

static inline void heard_put64(uint8_t *at, uint64_t value)
{
    heard_put32(at, (uint32_t)(value >> 32));
    heard_put32(at + 4, (uint32_t)value);
}
