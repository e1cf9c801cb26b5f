/* SPDX-License-Identifier: Apache-2.0 */
#include "media/arrival.h"

#include "media/drop.h"
#include "media/peer.h"

static void count_stun(HeardStunResult result)
{
    switch (result) {
    case HEARD_STUN_ANSWERED:
    case HEARD_STUN_ROLE_CONFLICT:
    case HEARD_STUN_INDICATION:
    case HEARD_STUN_RESULT_COUNT:
        break;
    case HEARD_STUN_UNKNOWN_UFRAG:
        heard_drop(HEARD_DROP_STUN_UNKNOWN);
        break;
    case HEARD_STUN_FORGED:
        heard_drop(HEARD_DROP_STUN_FORGED);
        break;
    case HEARD_STUN_RESPONSE:
        heard_drop(HEARD_DROP_STUN_LATE);
        break;
    case HEARD_STUN_MALFORMED:
    case HEARD_STUN_NOT_A_CHECK:
        heard_drop(HEARD_DROP_STUN_MALFORMED);
        break;
    }
}

static bool take_check(HeardCore *self, const uint8_t *datagram, size_t size, const HeardPath *from)
{
    HeardIcePeer *ice = NULL;
    HeardStunAnswer answer;
    HeardStunResult result =
        heard_ice_check(self->ice, datagram, size, from, self->now_us, &answer, &ice);

    /* The client has our answer by HTTP while the peer still waits in the mailbox. */
    if (result == HEARD_STUN_UNKNOWN_UFRAG) {
        heard_loop_drain_mailbox(self->loop);
        result = heard_ice_check(self->ice, datagram, size, from, self->now_us, &answer, &ice);
    }
    count_stun(result);
    if (answer.reply_size > 0)
        heard_core_send_stun(self, from, &answer);
    if (ice)
        heard_peer_touch(heard_container_of(ice, HeardPeer, ice), self);
    return result == HEARD_STUN_ANSWERED;
}

bool heard_arrival_datagram(HeardCore *self, uint8_t *datagram, size_t size, const HeardPath *from)
{
    HeardDemux kind = heard_demux(datagram, size);
    HeardIcePeer *ice;

    if (kind == HEARD_DEMUX_STUN)
        return take_check(self, datagram, size, from);
    if (kind == HEARD_DEMUX_UNKNOWN) {
        heard_drop(HEARD_DROP_UNKNOWN_KIND);
        return false;
    }
    ice = heard_ice_find(self->ice, from);
    if (!ice) {
        heard_drop(HEARD_DROP_UNKNOWN_SENDER);
        return false;
    }
    heard_peer_datagram(heard_container_of(ice, HeardPeer, ice), kind, datagram, size);
    return true;
}
