/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A media worker: one thread, one UDP socket (and one passive ICE-TCP listener), and
 * the rooms that were given to it. This is the door of media/ for server/app.
 *
 * Media knows rooms, peers, sources and slots; it does not know what a judge is. Each
 * room is a router of its own and a peer is in exactly one room.
 *
 * Ids        HeardRoomId and HeardPeerId are chosen by the caller, never 0, never used
 *            again in one process. source_peer 0 means nobody.
 * Units      *_us monotonic microseconds, heights in pixels, bitrates in bit/s.
 * Ownership  new/free by the caller. Arguments named *_take belong to the worker.
 * Threads    The calls below come from the main thread; each posts one message and
 *            returns at once. Messages are run in order, before any packet that arrives
 *            later. Events come back on the loop of the config, in order.
 * Errors     new: GError (port taken, no permission). Afterwards a command about an
 *            unknown room or peer is dropped and counted: it may have left meanwhile.
 */

#include "media/sdp/answer.h"
#include "media/sink.h"
#include "media/transport/dtls.h"
#include "server/base/loop.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef uint32_t HeardRoomId;
typedef uint32_t HeardPeerId;

typedef struct HeardWorker HeardWorker;

enum { HEARD_WORKER_SPEAKERS_MAX = 3 };

typedef enum {
    HEARD_WORKER_PEER_CONNECTED, /* DTLS done; media may flow */
    HEARD_WORKER_PEER_GONE,      /* consent lost, DTLS failed or closed, or removed */
    HEARD_WORKER_SOURCE_STARTED, /* first packet of a source */
    HEARD_WORKER_SPEAKERS,       /* who is loudest in a room changed */
    HEARD_WORKER_VOICES,         /* who is carried where many speak changed */
    HEARD_WORKER_STATS,          /* one per peer of the room asked about */
    HEARD_WORKER_FENCED,         /* what was asked before heard_worker_fence() is done */
} HeardWorkerEventKind;

typedef enum {
    HEARD_PEER_GONE_REMOVED, /* heard_worker_remove_peer or the room was closed */
    HEARD_PEER_GONE_TIMEOUT, /* no valid check or report for HEARD_PEER_CONSENT_US (RFC 7675) */
    HEARD_PEER_GONE_CLOSED,  /* the other side sent close_notify */
    HEARD_PEER_GONE_FAILED,  /* DTLS failed, wrong certificate */
} HeardPeerGone;

typedef struct {
    int64_t rtt_us; /* -1: not known yet */
    uint32_t up_bps, down_bps;
    uint32_t up_video_bps; /* of up_bps: the camera */
    uint32_t up_loss_permille, down_loss_permille;
    int64_t silent_us;      /* since a check or a packet came, to about a second */
    uint32_t available_bps; /* what the path to the peer is thought to carry; 0: no estimate */
    bool video_held;        /* wanted video is held back: the path carries sound only */
    int64_t spoken_us;      /* speech of its microphone so far, as far as it was let through */
} HeardPeerStats;

typedef struct {
    HeardWorkerEventKind kind;
    HeardRoomId room;
    HeardPeerId peer;                                /* 0 for SPEAKERS and VOICES */
    HeardPeerGone gone;                              /* PEER_GONE */
    HeardSource source;                              /* SOURCE_STARTED */
    HeardPeerId speakers[HEARD_WORKER_SPEAKERS_MAX]; /* loudest first, 0 ends; VOICES: by place */
    HeardPeerStats stats;
    uint32_t fence; /* FENCED: its number */
} HeardWorkerEvent;

typedef void (*HeardWorkerEventFunc)(const HeardWorkerEvent *event, void *data);

typedef struct {
    unsigned index;
    const char *bind_address;          /* numeric; "0.0.0.0" or "::" for all */
    uint16_t udp_port;                 /* 0: any free one (tests) */
    uint16_t tcp_port;                 /* passive ICE-TCP; 0: any free one (tests) */
    const HeardDtlsIdentity *identity; /* shared by all workers, read-only */
    HeardLoop *events_loop;            /* where on_event runs */
    HeardWorkerEventFunc on_event;
    void *data;
} HeardWorkerConfig;

/* Binds the sockets and starts the thread. */
HeardWorker *heard_worker_new(const HeardWorkerConfig *config,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends every peer (close_notify), joins the thread. */
void heard_worker_free(HeardWorker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardWorker, heard_worker_free)

uint16_t heard_worker_udp_port(const HeardWorker *self);
uint16_t heard_worker_tcp_port(const HeardWorker *self);

void heard_worker_open_room(HeardWorker *self, HeardRoomId room);
/* Removes every peer in it and closes every sink. */
void heard_worker_close_room(HeardWorker *self, HeardRoomId room);
/* false: nothing is forwarded or recorded in the room (recess); peers stay connected. */
void heard_worker_set_room_flow(HeardWorker *self, HeardRoomId room, bool flowing);

/* label: see HeardSinkTrack. The plan came from heard_sdp_accept(). The client may send
 * its first check as soon as it has the answer. */
void heard_worker_add_peer(HeardWorker *self, HeardRoomId room, HeardPeerId peer, const char *label,
                           HeardPeerPlan *plan_take);
void heard_worker_remove_peer(HeardWorker *self, HeardPeerId peer);
/* ICE restart (RFC 8445 9): both credentials are new, DTLS and SSRCs stay. */
void heard_worker_restart_ice(HeardWorker *self, HeardPeerId peer, const HeardIceCredentials *local,
                              const HeardIceCredentials *remote);

/* false: packets of this source are neither forwarded nor recorded (mute by the
 * presiding officer); the sinks get a gap with HEARD_GAP_MUTED. */
void heard_worker_allow_source(HeardWorker *self, HeardPeerId peer, HeardSource source,
                               bool allowed);

/*
 * Show a source in a slot of a peer: its microphone in the slot's audio, and camera or
 * screen in the slot's video. max_height picks the simulcast layer; 0: no video, sound
 * only. source_peer 0 empties the slot. The old picture stays until the new one's key frame
 * if it is of the same person. On a line that is too thin for all of it, pictures that are
 * not important lose quality and are paused first, screens last; sound never is.
 */
void heard_worker_set_slot(HeardWorker *self, HeardPeerId peer, unsigned slot,
                           HeardPeerId source_peer, HeardSource video, unsigned max_height,
                           bool important);

/*
 * The three slots from first_slot on carry voices: place k of HEARD_WORKER_VOICES in slot
 * first_slot + k, where no slot before them has that person's sound already. The worker
 * changes them by itself, at once. except: never this peer's, 0: nobody.
 */
void heard_worker_set_voices(HeardWorker *self, HeardPeerId peer, unsigned first_slot,
                             HeardPeerId except);

/* The sink's owner waits for ops->closed() after detach or close_room. */
void heard_worker_attach_sink(HeardWorker *self, HeardRoomId room, HeardSink *sink);
void heard_worker_detach_sink(HeardWorker *self, HeardRoomId room, HeardSink *sink);

/* Answers with one HEARD_WORKER_STATS event per peer of the room. */
void heard_worker_request_stats(HeardWorker *self, HeardRoomId room);

/* Answers with HEARD_WORKER_FENCED (room and number as given) when every call before this one
 * was carried out: what they closed is closed, what was on its way is on the wire. False: the
 * mailbox is full, no answer comes. */
bool heard_worker_fence(HeardWorker *self, HeardRoomId room,
                        uint32_t number) G_GNUC_WARN_UNUSED_RESULT;
