/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include <string.h>

enum { PEOPLE_MAX = 256, WATCH_HEIGHT = 1080 };

/* Who comes first while nobody speaks: the order of the name plates on a table. */
static unsigned rank_of(const HeardLiveHearing *hearing, const HeardLivePeer *peer)
{
    static const uint8_t ranks[HEARD_ROLE_COUNT] = {
        [HEARD_ROLE_PRESIDING] = 0, [HEARD_ROLE_PETITIONER] = 1,  [HEARD_ROLE_AGENT] = 2,
        [HEARD_ROLE_LEAD_UNIT] = 3, [HEARD_ROLE_DEPARTMENT] = 4,  [HEARD_ROLE_MEDIATOR] = 5,
        [HEARD_ROLE_PANELIST] = 6,  [HEARD_ROLE_INTERPRETER] = 7, [HEARD_ROLE_WITNESS] = 8,
        [HEARD_ROLE_CASE_LEAD] = 9, [HEARD_ROLE_CLERK] = 10,
    };

    if (peer->person == HEARD_NOBODY)
        return HEARD_ROLE_COUNT;
    return ranks[hearing->rules.people[peer->person].role];
}

static bool may_send(const HeardLiveHearing *hearing, const HeardLivePeer *peer, HeardSend source)
{
    return peer->person == HEARD_NOBODY ||
           heard_hearing_may_send(&hearing->rules, peer->person, source);
}

/* Does the picture exist? Who has signaling says so; of others the packets do. */
static bool sends(const HeardLiveHearing *hearing, const HeardLivePeer *peer, HeardSend source)
{
    if (!peer->has[source] || !may_send(hearing, peer, source))
        return false;
    if (peer->person != HEARD_NOBODY && hearing->people[peer->person].told_sends &&
        peer->kind == HEARD_LIVE_PEER)
        return hearing->rules.people[peer->person].sends[source];
    return peer->started[source];
}

static bool publishes(const HeardLivePeer *peer)
{
    return peer->has[HEARD_SEND_MICROPHONE] || peer->has[HEARD_SEND_CAMERA] ||
           peer->has[HEARD_SEND_SCREEN];
}

/* Those who publish in one room, gathered once for all viewers: a load hearing has thousands
 * of these. */
typedef struct {
    HeardRoomKind room;
    HeardRoutingPerson people[PEOPLE_MAX];
    const HeardLivePeer *peers[PEOPLE_MAX];
    unsigned count;
} Stage;

static void gather(const HeardLiveHearing *hearing, HeardRoomKind room, Stage *stage)
{
    stage->room = room;
    stage->count = 0;
    for (guint i = 0; i < hearing->peers->len && stage->count < PEOPLE_MAX; i++) {
        const HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);
        HeardRoutingPerson person = {.id = peer->id, .rank = rank_of(hearing, peer)};

        if (peer->room != room || !publishes(peer) || peer->waits)
            continue;
        person.camera = sends(hearing, peer, HEARD_SEND_CAMERA);
        person.screen = sends(hearing, peer, HEARD_SEND_SCREEN);
        person.talks =
            peer->has[HEARD_SEND_MICROPHONE] && may_send(hearing, peer, HEARD_SEND_MICROPHONE);
        stage->people[stage->count] = person;
        stage->peers[stage->count++] = peer;
    }
}

/* The peer by which a participant, or a program's label, is seen. */
static HeardPeerId publisher_of(const Stage *stage, uint16_t person, const char *label)
{
    for (unsigned i = 0; i < stage->count; i++) {
        const HeardLivePeer *peer = stage->peers[i];

        if (person != HEARD_NOBODY ? peer->person == person : strcmp(peer->label, label) == 0)
            return peer->id;
    }
    return 0;
}

static void set_wishes(const HeardLiveHearing *hearing, const Stage *stage, HeardLivePeer *peer)
{
    HeardRoutingView *view = &peer->view;
    const HeardLivePerson *live;

    view->wish_count = 0;
    view->only_wishes = peer->of[0] != '\0';
    /* Nobody is shown to himself, on whichever of his devices. */
    view->viewer = peer->person == HEARD_NOBODY ? (publishes(peer) ? peer->id : 0)
                                                : publisher_of(stage, peer->person, NULL);
    if (view->only_wishes) {
        HeardRoutingWish wish = {publisher_of(stage, HEARD_NOBODY, peer->of), HEARD_SHOW_CAMERA,
                                 WATCH_HEIGHT, true};

        view->wishes[view->wish_count++] = wish;
        return;
    }
    if (peer->person == HEARD_NOBODY || peer->kind != HEARD_LIVE_PEER)
        return;
    live = &hearing->people[peer->person];
    for (unsigned i = 0; i < live->wish_count; i++) {
        uint16_t person = heard_hearing_find(&hearing->rules, live->wish_ids[i]);
        HeardRoutingWish wish = {0, live->wishes[i].show, live->wishes[i].height,
                                 live->wishes[i].pinned};

        if (person == HEARD_NOBODY || !heard_hearing_sees(&hearing->rules, peer->person, person))
            continue;
        wish.person = publisher_of(stage, person, NULL);
        if (wish.person != 0)
            view->wishes[view->wish_count++] = wish;
    }
}

static bool has_slot(const HeardRoutingView *view, HeardPeerId id)
{
    for (unsigned i = 0; i < view->slot_count; i++) {
        if (view->slots[i].person == id)
            return true;
    }
    return false;
}

/* The worker decides who has a voice and shows it by itself; the same rule tells whose
 * name belongs to the slot. */
static bool update_voices(const HeardLiveHearing *hearing, HeardLivePeer *peer)
{
    HeardPeerId voices[HEARD_WORKER_SPEAKERS_MAX] = {0};

    if (!peer->view.hears_voices)
        return false;
    if (!peer->voices_asked || peer->voices_except != peer->view.viewer) {
        heard_worker_set_voices(hearing->worker, peer->id, peer->view.slot_count,
                                peer->view.viewer);
        peer->voices_asked = true;
        peer->voices_except = peer->view.viewer;
    }
    for (unsigned i = 0; i < HEARD_WORKER_SPEAKERS_MAX; i++) {
        HeardPeerId id = hearing->rooms[peer->room].voices[i];

        if (id != peer->id && id != peer->view.viewer && !has_slot(&peer->view, id))
            voices[i] = id;
    }
    if (memcmp(voices, peer->voices, sizeof voices) == 0)
        return false;
    memcpy(peer->voices, voices, sizeof voices);
    return true;
}

static void tell_slots(HeardLiveHearing *hearing, HeardLivePeer *peer)
{
    json_t *data;

    if (peer->kind == HEARD_LIVE_ATTEND) {
        heard_live_attendee_tell_slots(peer);
        return;
    }
    if (peer->person == HEARD_NOBODY || peer->kind != HEARD_LIVE_PEER || peer->waits)
        return;
    peer->slots_untold = false;
    data = json_object();
    json_object_set_new(data, "slots", heard_slots_json(hearing, peer->person));
    heard_live_tell(hearing, peer->person, "slots.changed", data);
}

static void set_slot(const HeardLiveHearing *hearing, const HeardLivePeer *peer, unsigned at)
{
    const HeardRoutingSlot *slot = &peer->view.slots[at];

    heard_worker_set_slot(hearing->worker, peer->id, at, slot->person,
                          slot->show == HEARD_SHOW_SCREEN ? HEARD_SOURCE_SCREEN
                                                          : HEARD_SOURCE_CAMERA,
                          slot->show == HEARD_SHOW_NOTHING ? 0 : slot->height, slot->important);
}

/* An attendee never sees who is screened from anybody. */
static bool may_see(const HeardLiveHearing *hearing, const HeardLivePeer *viewer, uint16_t person)
{
    if (person == HEARD_NOBODY)
        return true;
    return viewer->person == HEARD_NOBODY
               ? hearing->rules.people[person].unseen_count == 0
               : heard_hearing_shows(&hearing->rules, viewer->person, person);
}

/* Whoever is screened from the viewer has no picture for him, on whichever of his devices; what
 * is no picture is routed as ever. NULL: nobody is. */
static HeardRoutingPerson *screened(const HeardLiveHearing *hearing, const Stage *stage,
                                    const HeardLivePeer *peer)
{
    HeardRoutingPerson *people = NULL;

    for (unsigned i = 0; (peer->person != HEARD_NOBODY || *peer->attendee) && i < stage->count;
         i++) {
        if (may_see(hearing, peer, stage->peers[i]->person))
            continue;
        if (!people)
            people = g_memdup2(stage->people, stage->count * sizeof stage->people[0]);
        people[i].camera = people[i].screen = false;
    }
    return people;
}

static void update_peer(HeardLiveHearing *hearing, const Stage *stage, HeardLivePeer *peer)
{
    g_autofree HeardRoutingPerson *people = screened(hearing, stage, peer);
    uint32_t changed;

    if (peer->view.slot_count == 0 && !peer->view.hears_voices)
        return;
    set_wishes(hearing, stage, peer);
    changed = heard_routing_update(&peer->view, people ? people : stage->people, stage->count,
                                   hearing->rooms[stage->room].speakers);
    /* The page changes the name before the picture changes, not behind it. */
    if (update_voices(hearing, peer) || changed || peer->slots_untold)
        tell_slots(hearing, peer);
    for (unsigned i = 0; i < peer->view.slot_count; i++) {
        if (changed & (1u << i))
            set_slot(hearing, peer, i);
    }
}

void heard_slots_update_voices(HeardLiveHearing *hearing)
{
    for (guint i = 0; i < hearing->peers->len; i++) {
        HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        if (update_voices(hearing, peer))
            tell_slots(hearing, peer);
    }
}

static void update_room(HeardLiveHearing *hearing, HeardRoomKind room, Stage *stage)
{
    gather(hearing, room, stage);
    for (guint i = 0; i < hearing->peers->len; i++) {
        HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        if (peer->room == room)
            update_peer(hearing, stage, peer);
    }
}

void heard_slots_update(HeardLiveHearing *hearing, HeardLivePeer *only)
{
    Stage stage;

    G_STATIC_ASSERT((int)HEARD_WORKER_SPEAKERS_MAX == (int)HEARD_ROUTING_SPEAKERS_MAX);
    if (only) {
        gather(hearing, only->room, &stage);
        update_peer(hearing, &stage, only);
        return;
    }
    for (unsigned i = 0; i < HEARD_ROOM_COUNT; i++) {
        if (hearing->rooms[i].id != 0)
            update_room(hearing, (HeardRoomKind)i, &stage);
    }
}

void heard_slots_hide(HeardLiveHearing *hearing)
{
    for (guint i = 0; i < hearing->peers->len; i++) {
        HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        for (unsigned k = 0; peer->person != HEARD_NOBODY && k < peer->view.slot_count; k++) {
            HeardRoutingSlot *slot = &peer->view.slots[k];
            const HeardLivePeer *shown =
                slot->person ? heard_live_peer_of(hearing, slot->person) : NULL;

            if (!shown || slot->show == HEARD_SHOW_NOTHING || shown->person == HEARD_NOBODY ||
                heard_hearing_shows(&hearing->rules, peer->person, shown->person))
                continue;
            slot->show = HEARD_SHOW_NOTHING;
            peer->slots_untold = true;
            set_slot(hearing, peer, k);
        }
    }
}

/* The same slots, sizes and names: viewers are told nothing, the picture that was shown stays
 * until the first of the new one. */
void heard_slots_take_over(HeardLiveHearing *hearing, HeardPeerId of, HeardPeerId by)
{
    HeardLiveRoom *room = &hearing->rooms[heard_live_peer_of(hearing, by)->room];

    for (guint i = 0; i < hearing->peers->len; i++) {
        HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        for (unsigned k = 0; k < peer->view.slot_count; k++) {
            if (peer->view.slots[k].person != of)
                continue;
            peer->view.slots[k].person = by;
            set_slot(hearing, peer, k);
        }
        for (unsigned k = 0; k < HEARD_WORKER_SPEAKERS_MAX; k++) {
            if (peer->voices[k] == of)
                peer->voices[k] = by;
        }
    }
    for (unsigned i = 0; i < HEARD_WORKER_SPEAKERS_MAX; i++) {
        if (room->speakers[i] == of)
            room->speakers[i] = by;
        if (room->voices[i] == of)
            room->voices[i] = by;
    }
}

static void add_slot(json_t *list, HeardLiveHearing *home, unsigned slot, HeardPeerId id,
                     const char *video)
{
    const HeardLivePeer *shown = id ? heard_live_peer_of(home, id) : NULL;

    if (shown)
        json_array_append_new(list, json_pack("{s:i, s:s, s:s}", "slot", (int)slot, "participant",
                                              shown->label, "video", video));
}

static void add_slots(json_t *list, const HeardLivePeer *peer)
{
    static const char *const words[] = {[HEARD_SHOW_NOTHING] = "none",
                                        [HEARD_SHOW_CAMERA] = "camera",
                                        [HEARD_SHOW_SCREEN] = "screen"};
    const HeardRoutingView *view = &peer->view;

    for (unsigned k = 0; k < view->slot_count; k++)
        add_slot(list, peer->hearing, k, view->slots[k].person, words[view->slots[k].show]);
    for (unsigned k = 0; k < HEARD_WORKER_SPEAKERS_MAX; k++)
        add_slot(list, peer->hearing, view->slot_count + k, peer->voices[k], "none");
}

json_t *heard_slots_of_peer(const HeardLivePeer *peer)
{
    json_t *list = json_array();

    add_slots(list, peer);
    return list;
}

json_t *heard_slots_json(const HeardLiveHearing *hearing, uint16_t person)
{
    json_t *list = json_array();

    for (guint i = 0; i < hearing->peers->len; i++) {
        const HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        if (peer->person == person && peer->kind == HEARD_LIVE_PEER && !peer->waits)
            add_slots(list, peer);
    }
    return list;
}
