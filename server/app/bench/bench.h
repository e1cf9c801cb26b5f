/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * `heard bench`: publish and watch synthetic media over WHIP and WHEP against any
 * server, and print one JSON object with what it cost.
 *
 * It is a room of its own beside the server: it shares DTLS, SRTP and the SDP reader with
 * it, nothing of the packet path that it measures.
 *
 * Threads  Call from the main thread; it starts its own and joins them before it returns.
 * Errors   The exit status: 0 everybody joined, 1 somebody did not, 2 usage, 130 interrupted.
 */

/* argv[0] is the word behind "heard", i.e. "bench". */
int heard_bench_main(int argc, char **argv);
