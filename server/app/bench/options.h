/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What one run of `heard bench` shall do, from its command line.
 *
 * Ownership  init/deinit; texts belong to the struct.
 * Errors     GError HEARD_ERROR_BAD_REQUEST with the sentence for the user.
 */

#include <glib.h>
#include <stdbool.h>

enum {
    HEARD_BENCH_PUBLISHERS_MAX = 1000,
    HEARD_BENCH_VIEWERS_MAX = 20000,
    HEARD_BENCH_PIDS_MAX = 16,
    HEARD_BENCH_URL_MAX = 2048,
};

typedef struct {
    char *whip, *whep, *whip_bearer, *whep_bearer, *label, *bind_address;
    int publishers, viewers_per_publisher, publishers_per_room;
    bool audio, video, server_offers, insecure, keep, verbose;
    bool silent; /* publishers join and send no media: what does a peer cost by itself? */
    int video_kbps, fps, packet_size, audio_size, keyframe_factor, keyframe_gap_ms;
    int duration_s, settle_s, join_parallel, join_timeout_s, http_timeout_s;
    int decrypt_every, tick_us, ice_pacing_ms;
    int pids[HEARD_BENCH_PIDS_MAX];
    int pid_count;
} HeardBenchOptions;

bool heard_bench_options_init(HeardBenchOptions *self, int argc, char **argv,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_bench_options_deinit(HeardBenchOptions *self);

/* Replace {p} publisher, {s} viewer, {r} room, {q} publisher's place in its room. The
 * caller frees the text; NULL for NULL. viewer -1: there is none. */
char *heard_bench_expand(const HeardBenchOptions *self, const char *pattern, int publisher,
                         int viewer);
