/* SPDX-License-Identifier: Apache-2.0 */

/* The load tester reads what a server says: an answer, or an offer that it answers. */
#include "server/app/bench/session_sdp.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const HeardBenchLocal local = {.ice = {"ours", "a password of two dozen"},
                                   .fingerprint = "AB:CD",
                                   .candidate = "candidate:1 1 udp 1 192.0.2.1 9 typ host",
                                   .audio = true,
                                   .video = true,
                                   .audio_ssrc = 1,
                                   .video_ssrc = 2,
                                   .cname = "fuzz"};
    g_autofree HeardBenchRemote *remote = g_new0(HeardBenchRemote, 1);
    g_autoptr(HeardSdpOffer) offer = NULL;
    g_autofree char *answer = NULL;

    if (!heard_bench_read_remote((const char *)data, size, remote, &offer, NULL))
        return 0;
    g_assert(remote->candidate_count <= HEARD_BENCH_CANDIDATES_MAX);
    answer = heard_bench_answer(&local, offer, remote);
    g_assert(!answer || g_str_has_prefix(answer, "v=0"));
    return 0;
}
