/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include <string.h>

HeardLivePeer *heard_live_peer_of(HeardLiveHearing *hearing, HeardPeerId id)
{
    HeardLivePeer *peer = g_hash_table_lookup(hearing->live->peers, GUINT_TO_POINTER(id));

    return peer && peer->hearing == hearing ? peer : NULL;
}

bool heard_live_person_in_media(const HeardLiveHearing *hearing, uint16_t person)
{
    for (guint i = 0; i < hearing->peers->len; i++) {
        const HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        if (peer->person == person && peer->connected && !peer->waits)
            return true;
    }
    return false;
}

static bool has_peer(const HeardLiveHearing *hearing, uint16_t person)
{
    for (guint i = 0; i < hearing->peers->len; i++) {
        const HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        if (peer->person == person)
            return true;
    }
    return false;
}

void heard_live_peer_forget(HeardLivePeer *peer)
{
    HeardLiveHearing *hearing = peer->hearing;
    uint16_t person = peer->person;
    HeardLiveRoom *room = &hearing->rooms[peer->room];

    g_hash_table_remove(hearing->live->peers, GUINT_TO_POINTER(peer->id));
    for (unsigned i = 0; i < HEARD_WORKER_SPEAKERS_MAX; i++) {
        if (room->speakers[i] == peer->id)
            memset(room->speakers, 0, sizeof room->speakers);
        if (room->voices[i] == peer->id)
            room->voices[i] = 0;
    }
    g_ptr_array_remove(hearing->peers, peer);
    if (person != HEARD_NOBODY && !has_peer(hearing, person))
        hearing->people[person].media_only = false;
}

void heard_live_peer_remove(HeardLivePeer *peer)
{
    heard_worker_remove_peer(peer->hearing->worker, peer->id);
    heard_live_peer_forget(peer);
}

void heard_live_drop_person(HeardLiveHearing *hearing, uint16_t person, const char *reason)
{
    bool any = false;

    for (guint i = hearing->peers->len; i-- > 0;) {
        HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        if (peer->person == person) {
            heard_live_peer_remove(peer);
            any = true;
        }
    }
    if (any && !heard_hearing_over(&hearing->rules))
        heard_live_tell(hearing, person, "media.dropped", json_pack("{s:s}", "reason", reason));
}

/* ---- who holds a seat ---- */

/* Watching devices and attendees have none. */
static bool has_seat(const HeardLivePeer *peer)
{
    return peer->kind != HEARD_LIVE_WHEP && peer->kind != HEARD_LIVE_ATTEND;
}

static bool same_seat(const HeardLivePeer *a, const HeardLivePeer *b)
{
    if (!has_seat(a) || !has_seat(b) || a->room != b->room)
        return false;
    if (a->person != HEARD_NOBODY || b->person != HEARD_NOBODY)
        return a->person == b->person;
    return a->kind == HEARD_LIVE_WHIP && b->kind == HEARD_LIVE_WHIP &&
           strcmp(a->label, b->label) == 0;
}

/* The other peer of this one's seat: the holder, or the one that waits. */
static HeardLivePeer *find_other(const HeardLivePeer *peer, bool waits)
{
    const GPtrArray *peers = peer->hearing->peers;

    for (guint i = 0; has_seat(peer) && i < peers->len; i++) {
        HeardLivePeer *other = g_ptr_array_index(peers, i);

        if (other != peer && other->waits == waits && same_seat(peer, other))
            return other;
    }
    return NULL;
}

HeardLivePeer *heard_live_seat_next(const HeardLivePeer *holder)
{
    return holder->waits ? NULL : find_other(holder, true);
}

static bool may_send(const HeardLivePeer *peer, unsigned source)
{
    return peer->has[source] &&
           (peer->person == HEARD_NOBODY ||
            heard_hearing_may_send(&peer->hearing->rules, peer->person, (HeardSend)source));
}

static void allow_source(const HeardLivePeer *peer, unsigned source, bool allowed)
{
    heard_worker_allow_source(peer->hearing->worker, peer->id, (HeardSource)source, allowed);
}

void heard_live_seat_leave(HeardLivePeer *peer, bool gone)
{
    HeardLivePeer *next = heard_live_seat_next(peer);

    if (next) {
        heard_slots_take_over(peer->hearing, peer->id, next->id);
        for (unsigned s = 0; s < HEARD_SEND_COUNT; s++)
            next->started[s] |= peer->started[s] && next->has[s];
    }
    /* First the old one ends, then the new one is heard: nothing is recorded twice. */
    if (gone)
        heard_live_peer_forget(peer);
    else
        heard_live_peer_remove(peer);
    if (!next)
        return;
    next->waits = false;
    next->slots_untold = true;
    for (unsigned s = 0; s < HEARD_SEND_COUNT; s++) {
        if (may_send(next, s))
            allow_source(next, s, true);
    }
}

void heard_live_seat_enter(HeardLivePeer *peer)
{
    HeardLivePeer *holder = find_other(peer, false);
    HeardLivePeer *waiting = find_other(peer, true);

    if (!holder)
        return;
    /* Everybody keeps the place he is shown in. */
    memcpy(peer->view.slots, holder->view.slots, sizeof peer->view.slots);
    /* Two at most; what works stays, of the others the oldest one goes. */
    if (waiting)
        heard_live_seat_leave(holder->connected ? waiting : holder, false);
    peer->waits = true;
}

void heard_live_seat_connected(HeardLivePeer *peer)
{
    HeardLiveHearing *hearing = peer->hearing;

    peer->connected = true;
    if (peer->waits) {
        heard_live_seat_leave(find_other(peer, false), false);
        heard_slots_update(hearing, NULL);
        if (peer->person != HEARD_NOBODY && !hearing->people[peer->person].told_sends)
            heard_live_tell_person(hearing, peer->person); /* its packets say what it sends */
    }
    if (peer->person != HEARD_NOBODY)
        heard_live_reconcile(hearing, peer->person);
}

void heard_live_seat_deny(const HeardLivePeer *peer)
{
    for (unsigned s = 0; s < HEARD_SEND_COUNT; s++) {
        if (peer->has[s] && (peer->waits || !may_send(peer, s)))
            allow_source(peer, s, false);
    }
}
