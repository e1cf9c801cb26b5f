/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Our host candidates as SDP lines (RFC 8839 5.1, RFC 6544 4.5), with a=end-of-candidates:
 * an ICE-lite server has no others.
 *
 * Threads  Pure.
 */

#include "media/sdp/answer.h"

/* The first is preferred most. At most HEARD_CANDIDATES_MAX are written. */
void heard_candidates_write(GString *text, const HeardCandidate *candidates, unsigned count);
