/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One peer of the load tester: its session with the server from ICE over DTLS to SRTP.
 *
 * Life: a join thread fills it and starts its ICE; from then on it lives on the loop of its
 * kind (publishers or viewers), which hears of the address from ICE and shakes hands. It
 * ends UP or FAILED; a peer never comes back.
 *
 * Units      *_ns CLOCK_MONOTONIC nanoseconds, *_us the same in microseconds.
 * Ownership  init/deinit. deinit after the loop has stopped.
 * Threads    state and first_media_ns are atomic, for the main thread to watch. error is
 *            written before FAILED.
 */

#include "media/transport/dtls.h"
#include "server/app/bench/ice.h"
#include "server/app/bench/options.h"
#include "server/base/loop.h"

#include <stdatomic.h>

enum { HEARD_BENCH_TRACKS_MAX = 4, HEARD_BENCH_ERROR_SIZE = 192, HEARD_BENCH_RTCP_MAX = 512 };

typedef enum {
    HEARD_BENCH_NEW,
    HEARD_BENCH_CHECKING,
    HEARD_BENCH_HANDSHAKE,
    HEARD_BENCH_UP,
    HEARD_BENCH_FAILED,
} HeardBenchState;

/* A track that a publisher sends. */
typedef struct {
    uint32_t ssrc, rtp_ts;
    uint16_t seq, picture_id;
    bool keyframe_wanted;
    int64_t next_us, last_key_us, last_report_us;
    uint64_t packets, octets;
    uint64_t packets_at_start, packets_at_end; /* of the window */
} HeardBenchSent;

/* A track that a viewer gets; sequence numbers are extended by their wraps. */
typedef struct {
    uint32_t ssrc;
    uint8_t payload_type;
    uint64_t first_seq, last_seq, packets, duplicates, bytes;
    uint64_t seq_at_start, seq_at_end, packets_at_start, packets_at_end, bytes_at_start,
        bytes_at_end;
    uint64_t reported_expected, reported_packets; /* up to the last receiver report */
    uint32_t sender_report;                       /* middle 32 bits of its NTP time */
    int64_t sender_report_us;
} HeardBenchReceived;

typedef struct HeardBenchPeer HeardBenchPeer;
struct HeardBenchPeer {
    const HeardBenchOptions *options;
    const HeardDtlsIdentity *identity;
    HeardLoop *loop;
    int publisher, viewer; /* viewer -1: this is the publisher itself */
    bool decrypts;

    HeardBenchAgent *agent;
    HeardBenchRemote remote;
    char *resource; /* URL to DELETE */
    int fd;
    HeardBenchAddress to;
    HeardDtls *dtls;
    HeardSrtp *srtp;
    HeardTimer handshake_timer;
    bool took_over; /* libnice has left: STUN is ours */
    bool controlling;
    int64_t next_check_us, answered_us;       /* consent */
    void (*on_address)(HeardBenchPeer *self); /* the loop starts to watch fd */
    void *owner;                              /* the media loop */

    _Atomic int state;
    _Atomic int64_t first_media_ns;
    char error[HEARD_BENCH_ERROR_SIZE];
    int64_t post_ns, answer_ns, up_ns;

    HeardBenchSent audio, video;                         /* publisher */
    HeardBenchReceived received[HEARD_BENCH_TRACKS_MAX]; /* viewer */
    unsigned received_count;
    int64_t first_picture_ns; /* a key frame began; 0: not yet */
    uint32_t reporter_ssrc;
    int64_t next_report_us;

    HeardWatch watch; /* publisher */
    HeardTimer timer;
    uint64_t keyframe_requests, nacks, keyframes, send_errors, bad_packets;
};

int64_t heard_bench_now_ns(void);

void heard_bench_peer_init(HeardBenchPeer *self, const HeardBenchOptions *options,
                           const HeardDtlsIdentity *identity, int publisher, int viewer);
void heard_bench_peer_deinit(HeardBenchPeer *self);

static inline HeardBenchState heard_bench_peer_state(const HeardBenchPeer *self)
{
    return (HeardBenchState)atomic_load(&self->state);
}

/* The first reason stays. */
void heard_bench_peer_fail(HeardBenchPeer *self, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* For heard_bench_agent_new(): hands the address to the peer's loop. */
void heard_bench_peer_on_ice(HeardBenchIceEvent event, const HeardBenchAddress *remote, void *data);

/* A datagram that is STUN (first byte 0 to 3). */
void heard_bench_peer_stun(HeardBenchPeer *self, const uint8_t *datagram, size_t size);
/* Call some times a second: sends consent checks, fails the peer without answers. */
void heard_bench_peer_keep_consent(HeardBenchPeer *self, int64_t now_us);

/* A datagram that is DTLS (first byte 20 to 63). */
void heard_bench_peer_dtls(HeardBenchPeer *self, const uint8_t *datagram, size_t size);

/* Protects and sends one RTCP compound; the buffer has HEARD_SRTP_TRAILER_MAX bytes more. */
void heard_bench_peer_send_rtcp(HeardBenchPeer *self, uint8_t *packet, size_t size);
/* Appends an SDES with a cname (RFC 3550 6.5); returns the new size. */
size_t heard_bench_append_sdes(uint8_t *packet, size_t size, uint32_t ssrc, const char *cname);
