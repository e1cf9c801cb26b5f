/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The two clocks of a real process. Pure modules never call these: they get
 * now_us or wall_ms as an argument.
 *
 * Units    now_us: monotonic microseconds. wall_ms: UTC milliseconds since 1970.
 * Threads  Any thread.
 */

#include <stdint.h>

int64_t heard_clock_now_us(void);
int64_t heard_clock_wall_ms(void);
