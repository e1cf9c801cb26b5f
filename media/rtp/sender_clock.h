/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One publisher's NTP clock, told in the server's time: NTP_out = NTP_src + a constant,
 * the same for the audio and video of one participant, so that receivers can keep lips
 * and sound together across switches of the source.
 *
 * NTP times that we send count from the server's start of monotonic time: RFC 3550 4
 * allows elapsed time, receivers only compare, and a step of the wall clock does no harm.
 *
 * Units      *_us monotonic microseconds, or microseconds since 1900 for NTP.
 * Ownership  Belongs to the publishing peer. Zero is the initial state.
 * Threads    Lives on one media worker.
 * Errors     None: a clock that jumped is anchored again.
 */

#include <stdbool.h>
#include <stdint.h>

enum { HEARD_SENDER_CLOCK_STEP_US = 2000000 }; /* beyond this the publisher's clock jumped */

typedef struct {
    int64_t offset_us; /* server time = source's NTP + this */
    bool anchored;
} HeardSenderClock;

/* Report a sender report's NTP time at its arrival. */
void heard_sender_clock_report(HeardSenderClock *self, int64_t ntp_us, int64_t now_us);

/* 32.32 fixed point, RFC 3550 4. */
int64_t heard_ntp_to_us(uint64_t ntp);
uint64_t heard_ntp_from_us(int64_t us);
