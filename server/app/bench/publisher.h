/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Synthetic Opus (50 packets a second, audio levels) and VP8 (a burst of packets a frame,
 * key frames when asked, 15-bit picture ids) of one publisher.
 *
 * The frames are noise behind true headers: a server that reads descriptors is satisfied,
 * nothing could be decoded.
 *
 * Threads  The publishers' loop.
 */

#include "server/app/bench/peer.h"

/* Sends what is due; returns when to call again. count: of all publishers, to spread them. */
int64_t heard_bench_publisher_run(HeardBenchPeer *self, int publisher_count, int64_t now_us);

/* A packet from the server that is no DTLS. */
void heard_bench_publisher_receive(HeardBenchPeer *self, uint8_t *packet, size_t size);
