/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * STUN of a peer whose pair libnice has found: own consent checks (RFC 7675) and answers
 * to the server's checks (RFC 8489, RFC 8445 7.3). By then libnice is gone from the port, so
 * that the media socket can be connected and the kernel needs no filter on the way to it:
 * on loopback the *server* would pay for that, about 0.2 µs a packet.
 *
 * Units      Sizes in bytes.
 * Ownership  Nothing is kept.
 * Threads    Pure but for the random transaction id.
 * Errors     0: not a request that can be answered.
 */

#include "server/app/bench/ice.h"

enum { HEARD_BENCH_STUN_MAX = 640 }; /* two ufrags of 256 and the fixed attributes */

/* A binding request as RFC 7675 wants it. */
size_t heard_bench_consent_check(uint8_t ret_message[static HEARD_BENCH_STUN_MAX],
                                 const HeardIceCredentials *local,
                                 const HeardIceCredentials *remote, bool controlling);

/* The success response to a binding request. */
size_t heard_bench_consent_answer(uint8_t ret_message[static HEARD_BENCH_STUN_MAX],
                                  const uint8_t *request, size_t size,
                                  const HeardIceCredentials *local, const HeardBenchAddress *from);

/* A success response to some check of ours. */
bool heard_bench_consent_is_answer(const uint8_t *message, size_t size);
