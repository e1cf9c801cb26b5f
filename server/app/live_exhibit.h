/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The exhibit that everybody in a live hearing sees now: who may show it, turn its pages and end
 * it; told to the room and written into the recording's sealed log as an event `exhibit`.
 *
 * Nothing is kept over a restart: what was shown is shown anew. Closed evidence is shown to who
 * may see it; the others learn that it is.
 *
 * Ownership  The texts of a show are copied.
 * Threads    Main only.
 * Errors     Answers of exhibit.h; NOT_LIVE where the hearing is not alive here.
 */

#include "server/app/live.h"
#include "server/base/id.h"
#include "server/hearing/exhibit.h"

typedef struct {
    char id[HEARD_ID_SIZE];
    HeardExhibit of;
    unsigned number;
    const char *title, *media_type, *sha256;
    unsigned page;            /* from 1 */
    int pointer_x, pointer_y; /* permille of the page from its upper left; -1: none */
} HeardLiveExhibit;

/* May the participant show it, or turn its page when it is shown? Changes nothing. */
HeardExhibitAnswer heard_live_exhibit_may(HeardLive *self, const char *hearing,
                                          const char *participant, const HeardLiveExhibit *what);
bool heard_live_exhibit_is_shown(HeardLive *self, const char *hearing, const char *exhibit);
HeardExhibitAnswer heard_live_exhibit_show(HeardLive *self, const char *hearing,
                                           const char *participant, const HeardLiveExhibit *what);
HeardExhibitAnswer heard_live_exhibit_hide(HeardLive *self, const char *hearing,
                                           const char *participant, const char *exhibit);
/* Its side took it back: nobody sees it any more. */
void heard_live_exhibit_withdrawn(HeardLive *self, const char *hearing, const char *exhibit);
/* The list is another: who may see it asks for it. */
void heard_live_exhibits_changed(HeardLive *self, const char *hearing);
