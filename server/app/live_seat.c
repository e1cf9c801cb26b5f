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

        if (peer->person == person && peer->connected)
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

    g_hash_table_remove(hearing->live->peers, GUINT_TO_POINTER(peer->id));
    for (unsigned i = 0; i < HEARD_WORKER_SPEAKERS_MAX; i++) {
        if (hearing->speakers[i] == peer->id)
            memset(hearing->speakers, 0, sizeof hearing->speakers);
        if (hearing->voices[i] == peer->id)
            hearing->voices[i] = 0;
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
