/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Answer ICE connectivity checks (RFC 8445 7.3) with libnice's own STUN library, and make
 * one of ours: the only door to it. Knows no peers: the caller finds the password of a ufrag.
 *
 * Nothing is answered that is not signed with a known password, so the port reflects
 * nothing; the answer is never longer than the check.
 *
 * Ownership  new/free. Datagrams are borrowed for the call.
 * Threads    Lives on one media worker.
 * Errors     An enum; each value but ANSWERED has its counter at the caller.
 */

#include "media/front/address.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_STUN_REPLY_MAX = 1024,       /* less, and libnice could run into its assertion */
    HEARD_STUN_REMOTE_UFRAG_MAX = 256, /* RFC 8839 5.4 */
    HEARD_STUN_LOCAL_UFRAG_MAX = 256,
    HEARD_STUN_ID_SIZE = 12, /* of a transaction: 96 random bits (RFC 8489 5) */
};

typedef enum {
    HEARD_STUN_ANSWERED,      /* success: send the reply */
    HEARD_STUN_ROLE_CONFLICT, /* 487: send the reply, learn nothing from the check */
    HEARD_STUN_UNKNOWN_UFRAG, /* perhaps the peer is on its way to us */
    HEARD_STUN_FORGED,        /* wrong password */
    HEARD_STUN_MALFORMED,
    HEARD_STUN_INDICATION,  /* keeps a path open and wants no answer (RFC 8445 11) */
    HEARD_STUN_RESPONSE,    /* to a check of ours, perhaps: heard_stun_responds() */
    HEARD_STUN_NOT_A_CHECK, /* another method */
    HEARD_STUN_RESULT_COUNT
} HeardStunResult;

typedef struct HeardStun HeardStun;

/* The password of a local ufrag (not terminated), or NULL. It stays valid for the call. */
typedef const char *(*HeardStunPasswordFunc)(void *data, const char *ufrag, size_t ufrag_size);

typedef struct {
    uint8_t reply[HEARD_STUN_REPLY_MAX];
    size_t reply_size;
    bool use_candidate;
} HeardStunAnswer;

HeardStun *heard_stun_new(void);
void heard_stun_free(HeardStun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardStun, heard_stun_free)

/* from may be mapped IPv4. The datagram's buffer has HEARD_SOCKET_SLACK bytes more. */
HeardStunResult heard_stun_answer(HeardStun *self, const uint8_t *datagram, size_t size,
                                  const HeardAddress *from, HeardStunPasswordFunc find, void *data,
                                  HeardStunAnswer *ret_answer);

/* A check of ours with this random id in ret_check; its size, 0: it does not fit. */
size_t heard_stun_make_check(HeardStun *self, const uint8_t id[static HEARD_STUN_ID_SIZE],
                             const char *username, const char *password,
                             uint8_t ret_check[static HEARD_STUN_REPLY_MAX]);
/* Is it a response, of whatever content, to the check with this id? Only who got the check
 * knows the id, so where the response comes from, there the check was received. */
bool heard_stun_responds(const uint8_t *datagram, size_t size,
                         const uint8_t id[static HEARD_STUN_ID_SIZE]);
