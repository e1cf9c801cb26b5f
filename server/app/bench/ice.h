/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Full ICE of the tester's peers by libnice; this is the tester's only door to it.
 *
 * libnice finds the pair. Meanwhile it reads nothing but STUN: a second socket on the same
 * port, in one SO_REUSEPORT group with libnice's, gets the rest by a classic BPF filter on
 * the first byte (RFC 7983), and the media threads use that one. Once the checks are done
 * libnice leaves the port and consent.c goes on: agents that stay cost a quarter of a core
 * for each 1000, and the filter costs the server's sends.
 *
 * Ownership  new/free for the control; an agent is freed before its control.
 * Threads    Calls come from any thread but the control threads; they wait for them.
 *            on_event runs on a control thread and must only hand over.
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

typedef enum {
    HEARD_BENCH_ICE_CONNECTED, /* there is a pair: remote tells where to send */
    HEARD_BENCH_ICE_DONE,      /* libnice is about to leave: connect the socket to remote */
    HEARD_BENCH_ICE_FAILED,
} HeardBenchIceEvent;

/* Each event at most once, in this order. remote is NULL for FAILED. */
typedef void (*HeardBenchIceFunc)(HeardBenchIceEvent event, const HeardBenchAddress *remote,
                                  void *data);

/* agent_count: how many there will be, to choose the number of threads. */
HeardBenchIce *heard_bench_ice_new(const char *bind_address, int pacing_ms, int agent_count,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_bench_ice_free(HeardBenchIce *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardBenchIce, heard_bench_ice_free)

/* Gathers one host candidate; fills ice and candidate of the SDP. */
HeardBenchAgent *heard_bench_agent_new(HeardBenchIce *ice, HeardBenchIceFunc on_event, void *data,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_bench_agent_free(HeardBenchAgent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardBenchAgent, heard_bench_agent_free)

const HeardIceCredentials *heard_bench_agent_credentials(const HeardBenchAgent *self);
const char *heard_bench_agent_candidate(const HeardBenchAgent *self);
/* The socket for everything but STUN; belongs to the agent. */
int heard_bench_agent_fd(const HeardBenchAgent *self);

/* Starts the checks. */
bool heard_bench_agent_start(HeardBenchAgent *self, const HeardBenchRemote *remote,
                             bool controlling, GError **error) G_GNUC_WARN_UNUSED_RESULT;
