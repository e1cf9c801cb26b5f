/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * ICE restart by PATCH: an SDP fragment (RFC 8840, application/trickle-ice-sdpfrag) with
 * new credentials comes in, one with ours goes out (RFC 9725 4.3.3). DTLS, SSRCs and
 * m-lines stay.
 *
 * Candidates in the fragment are skipped: an ICE-lite server learns the client's address
 * from its checks.
 *
 * Ownership  The caller frees the text.
 * Threads    Pure but for the random credentials.
 * Errors     HEARD_ERROR_NOT_SDP, HEARD_ERROR_SDP_INCOMPLETE, HEARD_ERROR_TOO_LARGE.
 */

#include "media/sdp/answer.h"

enum { HEARD_SDP_FRAGMENT_BYTES_MAX = 64 * 1024 };

typedef struct {
    HeardIceCredentials ice;
    char mid[HEARD_SDP_TOKEN_SIZE]; /* of the first section; "0" when it names none */
} HeardSdpFragment;

bool heard_sdp_fragment_parse(const char *text, size_t size, HeardSdpFragment *ret_fragment,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

char *heard_sdp_fragment_answer(const HeardSdpFragment *request, const HeardIceCredentials *local,
                                const HeardCandidate *candidates, unsigned candidate_count);
