/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/ice_lite.h"

#include "server/base/random.h"

#include <string.h>

struct HeardIceLite {
    HeardStun *stun;
    GHashTable *by_ufrag; /* the peer's own text → HeardIcePeer */
    GHashTable *by_path;  /* HeardPath in Entry → Entry */
};

typedef struct {
    HeardPath path; /* first: the key */
    HeardIcePeer *peer;
    HeardIcePeer *receiver; /* was proven to receive there; NULL: nobody */
} Entry;

static guint hash_path(gconstpointer key)
{
    const HeardPath *path = key;

    return heard_address_hash(&path->address) ^ g_direct_hash(path->connection);
}

bool heard_path_equal(const HeardPath *a, const HeardPath *b)
{
    return a->connection == b->connection && heard_address_equal(&a->address, &b->address);
}

static gboolean equal_paths(gconstpointer a, gconstpointer b)
{
    return heard_path_equal(a, b);
}

HeardIceLite *heard_ice_lite_new(void)
{
    HeardIceLite *self = g_new0(HeardIceLite, 1);

    self->stun = heard_stun_new();
    self->by_ufrag = g_hash_table_new(g_str_hash, g_str_equal);
    self->by_path = g_hash_table_new_full(hash_path, equal_paths, NULL, g_free);
    return self;
}

void heard_ice_lite_free(HeardIceLite *self)
{
    if (!self)
        return;
    heard_stun_free(self->stun);
    g_hash_table_unref(self->by_ufrag);
    g_hash_table_unref(self->by_path);
    g_free(self);
}

bool heard_ice_add_peer(HeardIceLite *self, HeardIcePeer *peer, const HeardIceCredentials *local,
                        int64_t now_us)
{
    memset(peer, 0, sizeof(*peer));
    peer->local = *local;
    peer->checked_us = now_us;
    if (g_hash_table_contains(self->by_ufrag, peer->local.ufrag))
        return false;
    g_hash_table_insert(self->by_ufrag, peer->local.ufrag, peer);
    return true;
}

/* Only what is still this peer's: browsers reuse ports, the newest peer has taken it. Where it was
 * never proven to receive, the one who was has it again. */
static void remove_entry(HeardIceLite *self, const HeardIcePeer *peer, const HeardPath *path)
{
    Entry *entry = g_hash_table_lookup(self->by_path, path);

    if (!entry || entry->peer != peer)
        return;
    if (entry->receiver && entry->receiver != peer)
        entry->peer = entry->receiver;
    else
        g_hash_table_remove(self->by_path, path);
}

static void leave_path(HeardIceLite *self, const HeardIcePeer *peer)
{
    Entry *entry = g_hash_table_lookup(self->by_path, &peer->path);

    if (entry && entry->receiver == peer)
        entry->receiver = NULL;
}

void heard_ice_remove_peer(HeardIceLite *self, HeardIcePeer *peer)
{
    leave_path(self, peer);
    if (g_hash_table_lookup(self->by_ufrag, peer->local.ufrag) == peer)
        g_hash_table_remove(self->by_ufrag, peer->local.ufrag);
    for (unsigned i = 0; i < peer->path_count; i++)
        remove_entry(self, peer, &peer->paths[i]);
    peer->path_count = 0;
    peer->has_path = false;
}

bool heard_ice_restart_peer(HeardIceLite *self, HeardIcePeer *peer,
                            const HeardIceCredentials *local, const HeardIceCredentials *remote)
{
    HeardIcePeer *owner = g_hash_table_lookup(self->by_ufrag, local->ufrag);

    if (owner && owner != peer)
        return false;
    g_hash_table_remove(self->by_ufrag, peer->local.ufrag);
    peer->local = *local;
    peer->remote = *remote;
    g_hash_table_insert(self->by_ufrag, peer->local.ufrag, peer);
    peer->path_stale = true;
    peer->asked = 0;
    return true;
}

static void drop_path(HeardIcePeer *peer, unsigned index)
{
    memmove(&peer->paths[index], &peer->paths[index + 1],
            (peer->path_count - index - 1) * sizeof(peer->paths[0]));
    memmove(&peer->proven[index], &peer->proven[index + 1],
            (peer->path_count - index - 1) * sizeof(peer->proven[0]));
    peer->path_count--;
}

static void forget_of_peer(HeardIcePeer *peer, const HeardPath *path)
{
    for (unsigned i = 0; i < peer->path_count; i++)
        if (heard_path_equal(&peer->paths[i], path)) {
            drop_path(peer, i);
            return;
        }
}

static void learn_path(HeardIceLite *self, HeardIcePeer *peer, const HeardPath *path)
{
    Entry *entry = g_hash_table_lookup(self->by_path, path);

    if (entry && entry->peer == peer)
        return;
    if (entry) {
        if (entry->peer != entry->receiver)
            forget_of_peer(entry->peer, path);
        entry->peer = peer;
    } else {
        entry = g_new0(Entry, 1);
        entry->path = *path;
        entry->peer = peer;
        g_hash_table_insert(self->by_path, entry, entry);
    }
    if (entry->receiver == peer)
        return; /* it stands in the list all the time */
    if (peer->path_count == HEARD_ICE_PATHS_MAX) {
        unsigned oldest = heard_path_equal(&peer->paths[0], &peer->path) ? 1 : 0;

        remove_entry(self, peer, &peer->paths[oldest]);
        drop_path(peer, oldest);
    }
    peer->proven[peer->path_count] = path->connection != NULL; /* TCP shook hands there */
    peer->paths[peer->path_count++] = *path;
}

static bool is_proven(const HeardIcePeer *peer, const HeardPath *path)
{
    for (unsigned i = 0; i < peer->path_count; i++)
        if (heard_path_equal(&peer->paths[i], path))
            return peer->proven[i];
    return false;
}

static void set_proven(HeardIcePeer *peer, const HeardPath *path)
{
    for (unsigned i = 0; i < peer->path_count; i++)
        if (heard_path_equal(&peer->paths[i], path))
            peer->proven[i] = true;
}

/* The newest other path, if there is one: better than silence. */
static void fall_back(HeardIcePeer *peer)
{
    memset(&peer->path, 0, sizeof(peer->path));
    peer->has_path = false;
    for (unsigned i = 0; i < peer->path_count; i++)
        if (!peer->guarded || peer->proven[i]) {
            peer->path = peer->paths[i];
            peer->has_path = true;
        }
}

/* Who was proven to receive there took the place of whoever did before: a port that a browser
 * left behind is soon another one's, who could make nothing of what is not for him. */
static void claim_path(HeardIceLite *self, HeardIcePeer *peer)
{
    Entry *entry = g_hash_table_lookup(self->by_path, &peer->path);

    if (!entry || entry->receiver == peer || !is_proven(peer, &peer->path))
        return;
    if (entry->receiver) {
        forget_of_peer(entry->receiver, &peer->path);
        fall_back(entry->receiver);
    }
    entry->receiver = peer;
}

static void move_path(HeardIceLite *self, HeardIcePeer *peer, const HeardPath *path)
{
    if (!heard_path_equal(&peer->path, path)) {
        leave_path(self, peer);
        peer->asked = 0;
    }
    peer->path = *path;
    peer->has_path = true;
    peer->path_stale = false;
    claim_path(self, peer);
}

static void want_path(HeardIcePeer *peer, const HeardPath *path)
{
    peer->wanted = *path;
    peer->asked = 0;
    heard_random_bytes(peer->ask_id, sizeof(peer->ask_id));
}

/* A check of ours for the wanted path in ret_answer; false: there can be none. */
static bool make_ask(HeardIceLite *self, HeardIcePeer *peer, size_t size_max,
                     HeardStunAnswer *ret_answer)
{
    g_autofree char *username =
        g_strconcat(peer->remote.ufrag, ":", peer->local.ufrag, (char *)NULL);
    uint8_t check[HEARD_STUN_REPLY_MAX];
    size_t size;

    if (!*peer->remote.ufrag)
        return false;
    size = heard_stun_make_check(self->stun, peer->ask_id, username, peer->remote.pwd, check);
    if (size == 0 || size > size_max)
        return false;
    memcpy(ret_answer->reply, check, size);
    ret_answer->reply_size = size;
    return true;
}

/* The client wants its packets at a path where nobody was seen to receive yet. */
static void ask_path(HeardIceLite *self, HeardIcePeer *peer, const HeardPath *path,
                     size_t check_size, HeardStunAnswer *ret_answer)
{
    if (peer->asked == 0 || !heard_path_equal(&peer->wanted, path))
        want_path(peer, path);
    if (peer->asked++ % HEARD_ICE_ASK_CYCLE < HEARD_ICE_ASKS)
        (void)make_ask(self, peer, check_size, ret_answer);
}

void heard_ice_guard_peer(HeardIceLite *self, HeardIcePeer *peer, bool proven,
                          HeardStunAnswer *ret_answer)
{
    ret_answer->reply_size = 0;
    peer->guarded = true;
    if (proven)
        set_proven(peer, &peer->path);
    if (!peer->has_path || is_proven(peer, &peer->path)) {
        claim_path(self, peer);
        return;
    }
    want_path(peer, &peer->path);
    peer->asked = 1;
    peer->has_path = false;
    (void)make_ask(self, peer, sizeof(ret_answer->reply), ret_answer);
}

typedef struct {
    HeardIceLite *ice;
    HeardIcePeer *peer;
} Lookup;

static const char *find_password(void *data, const char *ufrag, size_t ufrag_size)
{
    char text[HEARD_STUN_LOCAL_UFRAG_MAX + 1];
    Lookup *lookup = data;

    memcpy(text, ufrag, ufrag_size); /* stun.c keeps it below LOCAL_UFRAG_MAX */
    text[ufrag_size] = '\0';
    lookup->peer = g_hash_table_lookup(lookup->ice->by_ufrag, text);
    return lookup->peer ? lookup->peer->local.pwd : NULL;
}

/* Our check was received where this comes from. */
static bool take_response(HeardIceLite *self, const uint8_t *datagram, size_t size,
                          const HeardPath *from, HeardIcePeer **ret_peer)
{
    HeardIcePeer *peer = heard_ice_find(self, from);

    if (!peer || peer->asked == 0 || !heard_path_equal(&peer->wanted, from) ||
        !heard_stun_responds(datagram, size, peer->ask_id))
        return false;
    set_proven(peer, from);
    move_path(self, peer, from);
    peer->asked = 0;
    *ret_peer = peer;
    return true;
}

HeardStunResult heard_ice_check(HeardIceLite *self, const uint8_t *datagram, size_t size,
                                const HeardPath *from, int64_t now_us, HeardStunAnswer *ret_answer,
                                HeardIcePeer **ret_peer)
{
    Lookup lookup = {.ice = self};
    HeardStunResult result = heard_stun_answer(self->stun, datagram, size, &from->address,
                                               find_password, &lookup, ret_answer);

    if (result == HEARD_STUN_RESPONSE && take_response(self, datagram, size, from, ret_peer))
        return HEARD_STUN_ANSWERED;
    if (result != HEARD_STUN_ANSWERED)
        return result;
    lookup.peer->checked_us = now_us;
    learn_path(self, lookup.peer, from);
    if (ret_answer->use_candidate || !lookup.peer->has_path || lookup.peer->path_stale) {
        if (!lookup.peer->guarded || is_proven(lookup.peer, from))
            move_path(self, lookup.peer, from);
        else
            ask_path(self, lookup.peer, from, size, ret_answer);
    }
    *ret_peer = lookup.peer;
    return HEARD_STUN_ANSWERED;
}

HeardIcePeer *heard_ice_find(HeardIceLite *self, const HeardPath *path)
{
    Entry *entry = g_hash_table_lookup(self->by_path, path);

    return entry ? entry->peer : NULL;
}

HeardIcePeer *heard_ice_forget_path(HeardIceLite *self, const HeardPath *path)
{
    Entry *entry = g_hash_table_lookup(self->by_path, path);
    HeardIcePeer *peer = entry ? entry->peer : NULL;
    HeardIcePeer *receiver = entry ? entry->receiver : NULL;

    if (!peer)
        return NULL;
    g_hash_table_remove(self->by_path, path);
    forget_of_peer(peer, path);
    if (heard_path_equal(&peer->path, path))
        fall_back(peer);
    if (receiver && receiver != peer) {
        forget_of_peer(receiver, path);
        fall_back(receiver);
    }
    return peer;
}
