/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Who is shown in which slot of one viewer, and how large.
 *
 * A screen share has a slot of its own, what the viewer asked for comes next, then those
 * who spoke last, then the others in their order. The present speakers always have a
 * slot, if need be sound only, because who has no slot is not heard; where voices have
 * slots of their own (media/router_voices.c) a speaker is shown only where there is room. People
 * keep their slot as long as they are shown at all; nobody sees himself.
 *
 * Units      Heights in pixels.
 * Ownership  Plain structs of the caller.
 * Threads    Pure.
 * Errors     None.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_ROUTING_SLOTS_MAX = 32,
    HEARD_ROUTING_WISHES_MAX = 32,
    HEARD_ROUTING_SPEAKERS_MAX = 3,
    HEARD_ROUTING_HEIGHT_MAX = 2160,
};

typedef enum { HEARD_SHOW_NOTHING, HEARD_SHOW_CAMERA, HEARD_SHOW_SCREEN } HeardShow;

/* One person with media in the viewer's room; 0 is no id. */
typedef struct {
    uint32_t id;
    unsigned rank; /* smaller comes first when nobody speaks */
    bool camera;   /* sends, and may */
    bool screen;
    bool talks; /* may be heard at all: has a microphone that is not blocked */
} HeardRoutingPerson;

typedef struct {
    uint32_t person;
    HeardShow show;
    unsigned height;
    bool pinned; /* keeps its slot whoever speaks */
} HeardRoutingWish;

typedef struct {
    uint32_t person; /* 0: empty */
    HeardShow show;  /* NOTHING: sound only */
    unsigned height; /* 0 with sound only */
    bool important;  /* speaks, or was pinned: on a thin line the others lose theirs first */
} HeardRoutingSlot;

typedef struct {
    uint32_t viewer; /* never shown; 0: a viewer who sends nothing */
    unsigned slot_count;
    bool only_wishes;  /* WHEP "of": show the wish and nobody else */
    bool hears_voices; /* who speaks is heard without a slot: nobody's picture gives way */
    HeardRoutingWish wishes[HEARD_ROUTING_WISHES_MAX];
    unsigned wish_count;
    HeardRoutingSlot slots[HEARD_ROUTING_SLOTS_MAX]; /* as shown now; updated */
    bool begun; /* false: slots are those of the viewer's last connection, if it had one */
} HeardRoutingView;

/*
 * speakers: most recent first, 0 ends early. Updates view->slots and returns the mask of
 * the slots that changed; of a view that had not begun, all that are not empty as well.
 */
uint32_t heard_routing_update(HeardRoutingView *view, const HeardRoutingPerson *people,
                              unsigned person_count,
                              const uint32_t speakers[static HEARD_ROUTING_SPEAKERS_MAX]);
