/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What an Opus packet says about itself (RFC 6716 3.1): length and silence.
 *
 * Units  Durations in samples of 48 kHz.  Threads  Pure.  Errors  0 and false for garbage.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEARD_OPUS_CLOCK_HZ = 48000, HEARD_OPUS_SAMPLES_MAX = 5760 };

/* 120 to 5760 samples; 0: not a valid packet. */
uint32_t heard_opus_samples(const uint8_t *payload, size_t size);

/* A frame of discontinuous transmission: nothing but the TOC (RFC 6716 3.2.1, 2.1.9). */
bool heard_opus_is_dtx(const uint8_t *payload, size_t size);
