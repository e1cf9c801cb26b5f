/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * CRC-32C (Castagnoli, RFC 3720 B.4): finds damage, not intent.
 *
 * Threads  Pure; any thread.
 */

#include <stddef.h>
#include <stdint.h>

/* crc is 0 for the first piece, then the result of the piece before. */
uint32_t heard_crc32c(uint32_t crc, const void *bytes, size_t size);
