/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One peer: its way through ICE and DTLS, its tracks (what it publishes), its slots (what
 * it watches), and the reports for both.
 *
 *   CONNECTING  waits for a valid check and the end of the handshake, at most
 *               HEARD_PEER_CONNECT_US
 *   CONNECTED   media flows; ends without a valid check for HEARD_PEER_CONSENT_US
 *   LEAVING     out of all tables; freed at the end of the round (core.h)
 *
 * Units      *_us monotonic microseconds.
 * Ownership  Belongs to its router. Takes the plan, and frees it as soon as it is read: with
 *            all its slots it is as large as everything else of a peer together.
 * Threads    Lives on one media worker.
 * Errors     A peer that fails leaves with a reason, told once by PEER_GONE.
 */

#include "media/core.h"
#include "media/front/demux.h"
#include "media/rtcp/report.h"
#include "media/rtcp/twcc.h"
#include "media/rtp/sender_clock.h"
#include "media/slot.h"
#include "media/track.h"
#include "media/transport/dtls.h"
#include "media/transport/srtp.h"

enum {
    HEARD_PEER_CONNECT_US = 30 * 1000 * 1000,
    HEARD_PEER_CONSENT_US = 30 * 1000 * 1000, /* RFC 7675 5.1 */
    HEARD_PEER_SSRCS_MAX = 24, /* incoming: three sources, three layers, RTX, and changes */
    /* A packet is padded up to its run's largest where it is this close. */
    HEARD_PEER_PAD_MAX = 24,
    HEARD_PEER_HOT_SIZE = 128,
};

typedef struct HeardRouter HeardRouter;

typedef enum {
    HEARD_PEER_CONNECTING,
    HEARD_PEER_CONNECTED,
    HEARD_PEER_LEAVING,
} HeardPeerState;

/* Where our flights of the handshake went. */
typedef enum { HEARD_FLIGHTS_NONE, HEARD_FLIGHTS_ONE_PATH, HEARD_FLIGHTS_MOVED } HeardPeerFlights;

typedef struct {
    uint32_t ssrc;
    HeardFeed *feed;
} HeardPeerSsrc;

/* What sending needs comes first: HEARD_PEER_HOT_SIZE bytes are prefetched for the next one. */
struct HeardPeer {
    HeardSrtp *srtp;
    HeardCore *core;
    HeardPeerState state;
    uint16_t twcc_seq; /* of what we send */
    bool touched;
    HeardIcePeer ice;
    HeardPeerId id;
    HeardRouter *router;
    HeardPlanSource sources[HEARD_SOURCE_COUNT]; /* of the plan; the rest is freed at once */
    char label[HEARD_SINK_LABEL_SIZE];
    HeardPeerGone gone;
    HeardDtls *dtls;
    HeardPath dtls_path; /* where the first flight went */
    HeardPeerFlights flights;
    HeardTimer timer;
    int64_t connect_deadline_us;
    HeardTrack tracks[HEARD_SOURCE_COUNT]; /* plan NULL: not published */
    HeardPeerSsrc ssrcs[HEARD_PEER_SSRCS_MAX];
    unsigned ssrc_count;
    HeardSlot *slots;
    unsigned slot_count;
    HeardTwcc *twcc; /* NULL: publishes nothing */
    HeardSenderClock clock;
    HeardReporter reporter;
    uint32_t report_ssrc;
    uint64_t loss_expected, loss_received; /* of all feeds at the last statistics */
};

/* NULL when the ufrag is in use: random ones collide only by mistake of the caller. */
HeardPeer *heard_peer_new(HeardCore *core, HeardRouter *router, HeardPeerId id, const char *label,
                          HeardPeerPlan *plan_take);
void heard_peer_free(HeardPeer *self);

/* One datagram from a path of this peer; it is changed in place. */
void heard_peer_datagram(HeardPeer *self, HeardDemux kind, uint8_t *datagram, size_t size);

/* Out of all tables now, freed at the end of the round. */
void heard_peer_leave(HeardPeer *self, HeardPeerGone reason);

/* Its deadline may have changed. */
void heard_peer_touch(HeardPeer *self, HeardCore *core);
/* At the end of the round: reports that are due, then the timer. */
void heard_peer_update(HeardPeer *self);

/* A complete or partial frame of one feed to one lane. */
void heard_peer_send_frame(HeardLane *lane, HeardCore *core, HeardFeed *feed,
                           const HeardPacketIn *packets, unsigned count);

/* A datagram that is ready for the wire, over UDP or TCP. */
void heard_peer_send(HeardPeer *self, const uint8_t *datagram, size_t size);

void heard_peer_stats(HeardPeer *self, HeardPeerStats *ret_stats);

/* peer_in.c and peer_rtcp.c: the two kinds of media datagrams. */
void heard_peer_rtp(HeardPeer *self, uint8_t *datagram, size_t size);
void heard_peer_rtcp(HeardPeer *self, uint8_t *datagram, size_t size);
/* RTCP that is due, and when it is due again. */
int64_t heard_peer_report(HeardPeer *self);
