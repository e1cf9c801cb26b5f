/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Bring peers in over WHIP and WHEP, a few at once, and out again.
 *
 * Each of --join-parallel threads takes the next peer: agent, offer, POST, answer, checks.
 * What follows is the media loop's.
 *
 * Threads  Main thread; returns when every POST (or DELETE) is done.
 * Errors   Per peer: it becomes FAILED with the reason.
 */

#include "server/app/bench/media_loop.h"

/* stop: no further peer is begun once it is true. */
void heard_bench_join(HeardBenchIce *ice, HeardBenchLoop *loop, const HeardBenchOptions *options,
                      HeardBenchPeer *peers, int peer_count, const atomic_bool *stop);

/* DELETE of every session that has a Location. */
void heard_bench_leave(const HeardBenchOptions *options, HeardBenchPeer *peers, int peer_count);
