/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/routing.h"

#include <string.h>

enum {
    SCREEN_HEIGHT = 1080,
    SPEAKER_HEIGHT = 720,
    TILE_HEIGHT = 360,  /* up to four tiles */
    SMALL_HEIGHT = 180, /* beyond */
    FEW_TILES = 4,
    SCREENS_MAX = 2, /* shown unasked */
};

/* What the viewer should be shown, most important first. */
typedef struct {
    HeardRoutingSlot wanted[HEARD_ROUTING_SLOTS_MAX];
    bool pinned[HEARD_ROUTING_SLOTS_MAX];
    unsigned count, max;
} Plan;

static const HeardRoutingPerson *find_person(const HeardRoutingPerson *people, unsigned count,
                                             uint32_t id)
{
    for (unsigned i = 0; id != 0 && i < count; i++) {
        if (people[i].id == id)
            return &people[i];
    }
    return NULL;
}

/* A screen and a face of one person are two pictures; face and sound only are one. */
static bool same_place(const HeardRoutingSlot *a, const HeardRoutingSlot *b)
{
    return a->person == b->person &&
           (a->show == HEARD_SHOW_SCREEN) == (b->show == HEARD_SHOW_SCREEN);
}

static int find_place(const HeardRoutingSlot *slots, unsigned count, const HeardRoutingSlot *what)
{
    for (unsigned i = 0; i < count; i++) {
        if (same_place(&slots[i], what))
            return (int)i;
    }
    return -1;
}

static void want(Plan *plan, uint32_t person, HeardShow show, unsigned height, bool pinned)
{
    HeardRoutingSlot slot = {person, show, show == HEARD_SHOW_NOTHING ? 0 : height, false};
    int at = find_place(plan->wanted, plan->count, &slot);

    if (at >= 0)
        plan->pinned[at] |= pinned;
    if (at >= 0 || plan->count == plan->max)
        return;
    plan->wanted[plan->count] = slot;
    plan->pinned[plan->count++] = pinned;
}

static void want_screens(Plan *plan, const HeardRoutingView *view, const HeardRoutingPerson *people,
                         unsigned person_count)
{
    unsigned max = plan->max / 2 < SCREENS_MAX ? plan->max / 2 : SCREENS_MAX;

    for (unsigned i = 0; i < person_count && plan->count < max; i++) {
        if (people[i].screen && people[i].id != view->viewer)
            want(plan, people[i].id, HEARD_SHOW_SCREEN, SCREEN_HEIGHT, true);
    }
}

/* The viewer may have asked for another size of a screen that is shown anyway. */
static void set_height(Plan *plan, uint32_t person, HeardShow show, unsigned height)
{
    HeardRoutingSlot slot = {person, show, height, false};
    int at = find_place(plan->wanted, plan->count, &slot);

    if (at >= 0 && plan->wanted[at].show != HEARD_SHOW_NOTHING && height > 0)
        plan->wanted[at].height = height;
}

static void want_wishes(Plan *plan, const HeardRoutingView *view, const HeardRoutingPerson *people,
                        unsigned person_count)
{
    /* One place stays for whoever speaks. */
    unsigned pins_left =
        plan->max > 1 && !view->only_wishes ? plan->max - 1 - plan->count : plan->max;

    for (unsigned i = 0; i < view->wish_count; i++) {
        const HeardRoutingWish *wish = &view->wishes[i];
        const HeardRoutingPerson *person = find_person(people, person_count, wish->person);
        HeardShow show = wish->show;
        unsigned height = wish->height;

        if (!person || person->id == view->viewer)
            continue;
        if (show == HEARD_SHOW_SCREEN && !person->screen)
            continue;
        if (show == HEARD_SHOW_CAMERA && (!person->camera || height == 0))
            show = HEARD_SHOW_NOTHING;
        if (height > HEARD_ROUTING_HEIGHT_MAX)
            height = HEARD_ROUTING_HEIGHT_MAX;
        want(plan, person->id, show, height, wish->pinned && pins_left > 0);
        pins_left -= wish->pinned && pins_left > 0;
        set_height(plan, person->id, show, height);
    }
}

static HeardShow face_of(const HeardRoutingPerson *person)
{
    return person->camera ? HEARD_SHOW_CAMERA : HEARD_SHOW_NOTHING;
}

/* Whoever has no slot is not heard, so a speaker takes the least important place. */
static void want_speakers(Plan *plan, const HeardRoutingView *view,
                          const HeardRoutingPerson *people, unsigned person_count,
                          const uint32_t *speakers)
{
    for (unsigned i = 0; i < HEARD_ROUTING_SPEAKERS_MAX && speakers[i] != 0; i++) {
        const HeardRoutingPerson *person = find_person(people, person_count, speakers[i]);
        HeardRoutingSlot face;

        if (!person || person->id == view->viewer || !person->talks)
            continue;
        face.person = person->id;
        face.show = face_of(person);
        if (plan->count == plan->max && find_place(plan->wanted, plan->count, &face) < 0) {
            unsigned last = view->hears_voices ? 0 : plan->count;

            while (last > 0 && plan->pinned[last - 1])
                last--;
            if (last == 0)
                continue;
            /* The first speaker comes first; a later one never pushes him out. */
            plan->wanted[last - 1].person = person->id;
            plan->wanted[last - 1].show = HEARD_SHOW_NOTHING;
            plan->wanted[last - 1].height = 0;
            plan->pinned[last - 1] = true;
            continue;
        }
        want(plan, person->id, face.show, i == 0 ? SPEAKER_HEIGHT : TILE_HEIGHT, true);
    }
}

/* Who speaks, and whom the viewer pinned, wherever they are in the plan. */
static void mark_important(Plan *plan, const HeardRoutingView *view, uint32_t speaker)
{
    for (unsigned i = 0; i < plan->count; i++) {
        HeardRoutingSlot *slot = &plan->wanted[i];

        slot->important = slot->person == speaker;
        for (unsigned k = 0; k < view->wish_count; k++)
            slot->important |= view->wishes[k].pinned && view->wishes[k].person == slot->person;
    }
}

/* Those shown now stay before those who are not; within, by rank. */
static void want_others(Plan *plan, const HeardRoutingView *view, const HeardRoutingPerson *people,
                        unsigned person_count)
{
    for (unsigned round = 0; round < 2; round++) {
        uint64_t after = 0;

        while (plan->count < plan->max) {
            const HeardRoutingPerson *best = NULL;
            uint64_t best_key = UINT64_MAX;

            for (unsigned i = 0; i < person_count; i++) {
                HeardRoutingSlot face = {people[i].id, face_of(&people[i]), 0, false};
                uint64_t key = ((uint64_t)people[i].rank + 1) << 32 | i;
                bool shown = find_place(view->slots, view->slot_count, &face) >= 0;

                if (people[i].id == view->viewer || (!people[i].camera && !people[i].talks))
                    continue;
                if (shown == (round == 0) && key > after && key < best_key) {
                    best = &people[i];
                    best_key = key;
                }
            }
            if (!best)
                break;
            after = best_key;
            want(plan, best->id, face_of(best), TILE_HEIGHT, false);
        }
    }
}

/* Tiles that nobody chose get smaller when there are many. */
static void shrink_tiles(Plan *plan, unsigned first)
{
    unsigned tiles = 0;

    for (unsigned i = 0; i < plan->count; i++)
        tiles += plan->wanted[i].show == HEARD_SHOW_CAMERA;
    for (unsigned i = first; tiles > FEW_TILES && i < plan->count; i++) {
        if (plan->wanted[i].show == HEARD_SHOW_CAMERA && plan->wanted[i].height == TILE_HEIGHT)
            plan->wanted[i].height = SMALL_HEIGHT;
    }
}

static uint32_t place(HeardRoutingView *view, const Plan *plan)
{
    HeardRoutingSlot next[HEARD_ROUTING_SLOTS_MAX] = {0};
    bool placed[HEARD_ROUTING_SLOTS_MAX] = {false};
    uint32_t changed = 0;

    for (unsigned i = 0; i < plan->count; i++) {
        int at = find_place(view->slots, plan->max, &plan->wanted[i]);

        if (at >= 0) {
            next[at] = plan->wanted[i];
            placed[i] = true;
        }
    }
    for (unsigned i = 0, free_at = 0; i < plan->count; i++) {
        if (placed[i])
            continue;
        while (next[free_at].person != 0)
            free_at++;
        next[free_at] = plan->wanted[i];
    }
    for (unsigned i = 0; i < plan->max; i++) {
        if (next[i].person != view->slots[i].person || next[i].show != view->slots[i].show ||
            next[i].height != view->slots[i].height ||
            next[i].important != view->slots[i].important || (!view->begun && next[i].person != 0))
            changed |= 1u << i;
        view->slots[i] = next[i];
    }
    view->begun = true;
    return changed;
}

uint32_t heard_routing_update(HeardRoutingView *view, const HeardRoutingPerson *people,
                              unsigned person_count,
                              const uint32_t speakers[static HEARD_ROUTING_SPEAKERS_MAX])
{
    Plan plan = {.count = 0};
    unsigned chosen;

    plan.max =
        view->slot_count < HEARD_ROUTING_SLOTS_MAX ? view->slot_count : HEARD_ROUTING_SLOTS_MAX;
    if (view->only_wishes) {
        want_wishes(&plan, view, people, person_count);
        mark_important(&plan, view, speakers[0]);
        return place(view, &plan);
    }
    /* With a single slot the person who speaks matters more than a screen. */
    if (plan.max > 1)
        want_screens(&plan, view, people, person_count);
    want_wishes(&plan, view, people, person_count);
    chosen = plan.count;
    want_speakers(&plan, view, people, person_count, speakers);
    want_others(&plan, view, people, person_count);
    shrink_tiles(&plan, chosen);
    mark_important(&plan, view, speakers[0]);
    return place(view, &plan);
}
