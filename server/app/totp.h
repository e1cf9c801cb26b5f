/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Time-based one-time codes (RFC 6238, 6 digits, 30 s), by liboath. A code of the step
 * before or after is taken too, for clocks that are off.
 *
 * Threads  Pure after heard_totp_init(); any thread.
 */

#include <stdbool.h>
#include <stdint.h>

/* Once per process. */
bool heard_totp_init(void);

/* secret_base32: as the authenticator shows it. ret_step: the 30 s step that matched. */
bool heard_totp_matches(const char *secret_base32, const char *code, int64_t wall_ms,
                        int64_t *ret_step);
