/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * ICE credentials: read from attributes, made new (RFC 8839 5.4).
 *
 * Threads  Pure but for the random numbers.
 * Errors   Characters or lengths outside the RFC leave the field empty.
 */

#include "media/sdp/parse.h"
#include "media/sdp/span.h"

/* attribute: behind "a=". True when it was a=ice-ufrag or a=ice-pwd; the first of each
 * counts. */
bool heard_ice_credentials_read(HeardIceCredentials *self, HeardSpan attribute);

/* Random: 8 and 24 characters. */
void heard_ice_credentials_new(HeardIceCredentials *ret_ice);
