/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One peer: its way through ICE and DTLS, its tracks (what it publishes), its slots (what
 * it watches), and the reports for both.
 *
 *   CONNECTING  waits for a valid check and the end of the handshake, at most
 *               HEARD_PEER_CONNECT_US
 *   CONNECTED   media flows; ends without a valid check or report for HEARD_PEER_CONSENT_US
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
#include "media/peer_rate.h"
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
    /* After an alert that can't be read: Firefox checks each 5 s, 6.6 s at most (media.md 8.4). */
    HEARD_PEER_DOUBT_US = 8 * 1000 * 1000,
    HEARD_PEER_UNDER_WAY_US = 1 * 1000 * 1000, /* so long packets of a closed peer may come */
    HEARD_PEER_SSRCS_MAX = 24, /* incoming: three sources, three layers, RTX, and changes */
    /* A packet is padded up to its run's largest where it is this close. */
    HEARD_PEER_PAD_MAX = 24,
    HEARD_PEER_HOT_SIZE = 128,
    HEARD_PEER_NO_NUMBER = -1,
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
    uint16_t twcc_seq;   /* of what we send */
    HeardPeerRate *rate; /* NULL: no estimate */
    bool touched;
    HeardIcePeer ice;
    HeardPeerId id;
    HeardRouter *router;
    HeardPlanSource sources[HEARD_SOURCE_COUNT]; /* of the plan; the rest is freed at once */
    char label[HEARD_SINK_LABEL_SIZE];
    HeardPeerGone gone;
    bool numbered; /* transport-wide numbers were negotiated for what it receives */
    bool deaf;     /* … but it tells nothing about them */
    HeardDtls *dtls;
    HeardPath dtls_path; /* where the first flight went */
    HeardPeerFlights flights;
    HeardTimer timer;
    int64_t connect_deadline_us;
    int64_t reported_us;                   /* the last RTCP that was authentic */
    int64_t doubted_us;                    /* an alert came: it closes, or somebody says so */
    unsigned alerts;                       /* of heard_dtls_alerts() at that time */
    HeardTrack tracks[HEARD_SOURCE_COUNT]; /* plan NULL: not published */
    HeardPeerSsrc ssrcs[HEARD_PEER_SSRCS_MAX];
    unsigned ssrc_count;
    HeardSlot *slots;
    unsigned slot_count;
    bool hears_voices; /* three slots from voices_first on: router_voices.c */
    unsigned voices_first;
    HeardPeerId voices_except; /* its own person's other device */
    HeardTwcc *twcc;           /* NULL: publishes nothing */
    HeardSenderClock clock;
    HeardReporter reporter;
    HeardRedOut red;
    uint32_t report_ssrc;
    uint64_t loss_expected, loss_received; /* of all feeds at the last statistics */
    int64_t media_us;                      /* the last statistics that saw packets come */
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

/* What lies before a frame, and behind it, in the row of packets to one peer. */
typedef struct {
    size_t size;  /* of the packets before, not protected yet; 0: nothing can join them */
    bool goes_on; /* more follows for this peer */
} HeardPeerRun;

/* A complete or partial frame of one feed to one lane. run: NULL when it goes alone. */
void heard_peer_send_frame(HeardLane *lane, HeardCore *core, HeardFeed *feed,
                           const HeardPacketIn *packets, unsigned count, HeardPeerRun *run);

/* Protects a packet in its slot of the batch and sends it. number: its transport-wide one, or
 * HEARD_PEER_NO_NUMBER. */
void heard_peer_send_slot(HeardPeer *self, unsigned slot, size_t size, int32_t number);

/* A datagram that is ready for the wire, over UDP or TCP. */
void heard_peer_send(HeardPeer *self, const uint8_t *datagram, size_t size);

void heard_peer_stats(HeardPeer *self, HeardPeerStats *ret_stats);

/* peer_in.c and peer_rtcp.c: the two kinds of media datagrams. */
void heard_peer_rtp(HeardPeer *self, uint8_t *datagram, size_t size);
void heard_peer_rtcp(HeardPeer *self, uint8_t *datagram, size_t size);
/* RTCP that is due, and when it is due again. */
int64_t heard_peer_report(HeardPeer *self);
