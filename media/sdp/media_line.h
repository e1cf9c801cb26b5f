/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One m-section of an offer: its m= line, then its attributes one by one.
 *
 * Of each list the first entries up to its maximum are kept. What is malformed inside an
 * attribute makes that attribute absent: a browser's next invention must not cost the call.
 *
 * Ownership  The caller owns the struct; nothing is borrowed from the lines.
 * Threads    Pure.
 * Errors     false only for an m= line that cannot be read.
 */

#include "media/sdp/parse.h"
#include "media/sdp/span.h"

/* line: behind "m=". */
bool heard_media_line_init(HeardSdpMedia *self, HeardSpan line);
/* attribute: behind "a=". */
void heard_media_line_attribute(HeardSdpMedia *self, HeardSpan attribute);
/* After the last attribute: the rids in the order of a=simulcast, the direction's sense. */
void heard_media_line_finish(HeardSdpMedia *self);
