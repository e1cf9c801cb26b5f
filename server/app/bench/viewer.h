/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What one viewer gets: counted by the sequence numbers that SRTP leaves in the clear; one
 * viewer of --decrypt also decrypts and measures the latency. Until its first key frame
 * every viewer of video decrypts.
 *
 * Latency is from just before the publisher's encryption to the kernel's receive stamp in
 * the viewer's socket, so the receiving thread's naps do not count.
 *
 * Threads  The viewers' loop.
 */

#include "server/app/bench/latency.h"
#include "server/app/bench/peer.h"

typedef struct {
    bool measuring;
    int64_t wall_minus_monotonic_ns;
    HeardBenchLatency latency;
} HeardBenchViewing;

void heard_bench_viewing_sync_clocks(HeardBenchViewing *self);

/* Reads everything that waits in the viewer's socket. */
void heard_bench_viewer_drain(HeardBenchPeer *self, HeardBenchViewing *viewing);

/* A receiver report each second, when it is due. */
void heard_bench_viewer_report(HeardBenchPeer *self, int64_t now_us);

/* Packets that the kernel dropped because this socket was full. */
uint64_t heard_bench_viewer_socket_drops(const HeardBenchPeer *self);
