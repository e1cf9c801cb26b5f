/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/ice_lite.h"
#include "media/front/socket.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The ufrag and password of the seeds, so that mutations of a valid check go deep. */
static const HeardIceCredentials local = {"ours", "a password of two dozen"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(HeardIceLite) ice = heard_ice_lite_new();
    g_autofree uint8_t *datagram = g_malloc0(size + HEARD_SOCKET_SLACK);
    HeardIcePeer peer, *found = NULL;
    HeardStunAnswer answer;
    HeardPath from = {0};
    HeardStunResult result;

    if (size > 0)
        memcpy(datagram, data, size);
    g_assert(heard_address_parse("192.0.2.7", 40000, &from.address));
    g_assert(heard_ice_add_peer(ice, &peer, &local, 0));
    result = heard_ice_check(ice, datagram, size, &from, 1, &answer, &found);
    g_assert((found == &peer) == (result == HEARD_STUN_ANSWERED));
    g_assert(peer.has_path == (result == HEARD_STUN_ANSWERED));
    g_assert(answer.reply_size == 0 || result == HEARD_STUN_ANSWERED ||
             result == HEARD_STUN_ROLE_CONFLICT);
    heard_ice_remove_peer(ice, &peer);
    return 0;
}
