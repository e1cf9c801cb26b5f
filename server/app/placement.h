/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * On which media worker a hearing begins; it stays there. Pure.
 *
 * Each worker that carries anything wakes up for itself, and a packet that leaves in company
 * costs less than one alone. So hearings share a worker until it has HEARD_WORKER_FILL people,
 * and only then the next one begins to work (ADR 4).
 *
 * Threads  Any.
 */

enum {
    /* A quarter of a slow core: each of them gets sound and picture of three others, 690 packets a
     * second of 6 us. */
    HEARD_WORKER_FILL = 64,
};

/* people: of each worker, expected or present. Returns the worker for newcomers more: the fullest
 * that has room for all of them, else the one with the fewest. count is at least 1. */
unsigned heard_placement_pick(const unsigned *people, unsigned count, unsigned newcomers);
