/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * ICE-lite (RFC 8445 2.5) for all peers of a worker: whose check is this, whose address
 * is this, and where does a peer want its packets.
 *
 * The first valid check tells a peer's path; a check with USE-CANDIDATE moves it
 * (Firefox sends that flag only once, Chromium in nearly each check). Packets are taken
 * from every path with a valid check, so DTLS need not wait for a nomination.
 *
 * A check proves who sent it, not where he is: a member could forge the sender's address and
 * have a room's media sent to a stranger (RFC 8445 19.5.1). So media goes only where somebody
 * was seen to receive: where the handshake went, over TCP, or where a check of ours was
 * answered from. Ours takes the place of the success response, which the client then asks
 * for again; it is never longer than the client's check.
 *
 * And it goes to one peer only: who is proven to receive at an address takes it from the one
 * before him there, who is sent nothing more until a check of his own comes.
 *
 * Units      *_us monotonic microseconds.
 * Ownership  new/free. A HeardIcePeer is embedded in its peer and must be removed first.
 * Threads    Lives on one media worker.
 * Errors     An enum of stun.h; add_peer: false for a ufrag that is in use.
 */

#include "media/front/address.h"
#include "media/front/stun.h"
#include "media/sdp/parse.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    HEARD_ICE_PATHS_MAX = 4, /* of one peer; the oldest one that is not in use gives way */
    /* Of so many checks of a new path the first ones are met by ours, the rest is answered. */
    HEARD_ICE_ASK_CYCLE = 8,
    HEARD_ICE_ASKS = 5,
};

/* UDP when connection is NULL, else ICE-TCP. */
typedef struct {
    HeardAddress address;
    void *connection;
} HeardPath;

/* What each packet needs comes first. */
typedef struct {
    HeardPath path; /* where packets go */
    bool has_path;
    bool path_stale; /* ICE restarted: the next valid check sets the path */
    bool guarded;    /* packets go to proven paths only */
    unsigned path_count;
    int64_t checked_us; /* last valid check; the time of add_peer before the first */
    HeardPath paths[HEARD_ICE_PATHS_MAX]; /* with a valid check, oldest first */
    bool proven[HEARD_ICE_PATHS_MAX];     /* each of them: somebody receives there */
    HeardPath wanted;                     /* where the client wants them next, to be proven */
    unsigned asked;                       /* checks that came from wanted; 0: nothing is wanted */
    uint8_t ask_id[HEARD_STUN_ID_SIZE];   /* of our checks there */
    HeardIceCredentials local, remote;    /* remote: for the checks that prove a path */
} HeardIcePeer;

typedef struct HeardIceLite HeardIceLite;

HeardIceLite *heard_ice_lite_new(void);
void heard_ice_lite_free(HeardIceLite *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardIceLite, heard_ice_lite_free)

bool heard_ice_add_peer(HeardIceLite *self, HeardIcePeer *peer, const HeardIceCredentials *local,
                        int64_t now_us);
void heard_ice_remove_peer(HeardIceLite *self, HeardIcePeer *peer);
/* New credentials (RFC 8445 9). Media goes on over the old path until the first check with
 * the new ones, which sets the path whatever its flags. remote: as in HeardIcePeer. */
bool heard_ice_restart_peer(HeardIceLite *self, HeardIcePeer *peer,
                            const HeardIceCredentials *local, const HeardIceCredentials *remote);

/* Media begins: from now on packets go to proven paths only. proven: the path of now is. If
 * not, it is given up, and what to send to peer->wanted is in ret_answer. */
void heard_ice_guard_peer(HeardIceLite *self, HeardIcePeer *peer, bool proven,
                          HeardStunAnswer *ret_answer);

bool heard_path_equal(const HeardPath *a, const HeardPath *b);

/* One STUN datagram. ret_peer is set when the check was valid, or answers ours. What is in
 * ret_answer goes back to from. */
HeardStunResult heard_ice_check(HeardIceLite *self, const uint8_t *datagram, size_t size,
                                const HeardPath *from, int64_t now_us, HeardStunAnswer *ret_answer,
                                HeardIcePeer **ret_peer);

/* Whose path is this? NULL: nobody's. */
HeardIcePeer *heard_ice_find(HeardIceLite *self, const HeardPath *path);

/* A TCP connection closed. Returns the peer that used it, or NULL. */
HeardIcePeer *heard_ice_forget_path(HeardIceLite *self, const HeardPath *path);
