/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Who begins to watch gets what came since the last key frame, from the history: the picture
 * is there at once, and fifty who come together cost the publisher no fifty key frames. Where
 * that is too old, too much for the line, or not whole, a new key frame must be asked for.
 *
 * Packets go out with the timestamps they had, so a player that begins with the key frame of
 * 0.4 s ago ends up at the present.
 *
 * Ownership  None.
 * Threads    Lives on one media worker.
 * Errors     false: nothing was sent.
 */

#include "media/slot.h"

enum {
    HEARD_CATCH_UP_AGE_US = 500 * 1000, /* older key frames are not worth it */
    HEARD_CATCH_UP_PACKETS_MAX = 512,
    HEARD_CATCH_UP_BYTES_MAX = 96 * 1024, /* to a peer whose line is not known, … */
    HEARD_CATCH_UP_LINE_PART = 16,        /* … else half a second of its rate, for all lanes */
};

/* To a lane that has begun to wait for this feed. true: it shows it now. */
bool heard_catch_up(HeardLane *lane, HeardCore *core, HeardFeed *feed);
