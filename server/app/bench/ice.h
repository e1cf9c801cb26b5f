/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Full ICE of the tester's peers by libnice; this is the tester's only door to it.
 *
 * Control threads own the agents, 200 each: GLib polls all descriptors of a context
 * at every STUN packet, which for 1000 agents in one took a quarter of a core. libnice reads
 * nothing but STUN: a second socket on the same port, in one SO_REUSEPORT group with libnice's,
 * gets the rest by a classic BPF filter on the first byte (RFC 7983), and the media threads read
 * and write that one. It must stay unconnected: a connected socket would swallow the STUN, too.
 *
 * Ownership  new/free for the control; an agent is freed before its control.
 * Threads    Calls come from any thread but the control threads; they wait for them.
 *            on_connected runs on a control thread and must only hand over.
 * Errors     GError HEARD_ERROR_NETWORK.
 */

#include "server/app/bench/session_sdp.h"

#include <sys/socket.h>

typedef struct HeardBenchIce HeardBenchIce;
typedef struct HeardBenchAgent HeardBenchAgent;

typedef struct {
    struct sockaddr_storage address;
    socklen_t size;
} HeardBenchAddress;

/* remote: where to send. Called once; NULL: ICE failed, or consent was lost later. */
typedef void (*HeardBenchIceFunc)(const HeardBenchAddress *remote, void *data);

/* agent_count: how many there will be, to choose the number of threads. */
HeardBenchIce *heard_bench_ice_new(const char *bind_address, int pacing_ms, int agent_count,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_bench_ice_free(HeardBenchIce *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardBenchIce, heard_bench_ice_free)

/* Gathers one host candidate; fills ice and candidate of the SDP. */
HeardBenchAgent *heard_bench_agent_new(HeardBenchIce *ice, HeardBenchIceFunc on_connected,
                                       void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_bench_agent_free(HeardBenchAgent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardBenchAgent, heard_bench_agent_free)

const HeardIceCredentials *heard_bench_agent_credentials(const HeardBenchAgent *self);
const char *heard_bench_agent_candidate(const HeardBenchAgent *self);
/* The socket for everything but STUN; belongs to the agent. */
int heard_bench_agent_fd(const HeardBenchAgent *self);

/* Starts the checks. */
bool heard_bench_agent_start(HeardBenchAgent *self, const HeardBenchRemote *remote,
                             bool controlling, GError **error) G_GNUC_WARN_UNUSED_RESULT;
