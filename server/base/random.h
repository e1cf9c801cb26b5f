/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Random bytes from the kernel, and texts made of them.
 *
 * Threads  Any thread.
 * Errors   None: a kernel without random numbers ends the process.
 */

#include <stddef.h>
#include <stdint.h>

void heard_random_bytes(void *ret_bytes, size_t size);
uint32_t heard_random_u32(void);

/* length characters of [A-Za-z0-9], 5.95 bits each, and a final NUL. For ICE
 * (RFC 8839 5.4: ufrag ≥ 4, pwd ≥ 22 characters) and for link tokens. */
void heard_random_text(char *ret_text, size_t length);
