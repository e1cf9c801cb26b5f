/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/bench.h"

#include "server/app/bench/http_client.h"
#include "server/app/bench/join.h"
#include "server/app/bench/report.h"
#include "server/base/log.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { WATCH_US = 20000, PUBLISHER_SETTLE_US = 500000, SECOND_US = 1000000 };

static atomic_bool stopped;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&stopped, true);
}

/* Two descriptors a peer, and those of its agent. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void sleep_until(int64_t deadline_us)
{
    int64_t left_us;

    while (!atomic_load(&stopped) && (left_us = deadline_us - g_get_monotonic_time()) > 0)
        g_usleep((gulong)MIN(left_us, WATCH_US));
}

static bool is_settled(const HeardBenchPeer *peer)
{
    HeardBenchState state = heard_bench_peer_state(peer);

    return state == HEARD_BENCH_FAILED ||
           (state == HEARD_BENCH_UP &&
            (peer->viewer < 0 || peer->options->silent || atomic_load(&peer->first_media_ns)));
}

/* Everybody is in, or has failed, or the time is over. */
static void wait_for_peers(const HeardBenchPeer *peers, int count, int timeout_s)
{
    int64_t deadline_us = g_get_monotonic_time() + timeout_s * (int64_t)SECOND_US;

    for (int i = 0; i < count && !atomic_load(&stopped);) {
        if (is_settled(&peers[i]))
            i++;
        else if (g_get_monotonic_time() > deadline_us)
            return;
        else
            g_usleep(WATCH_US / 4);
    }
}

static void sample(const HeardBenchRun *run, HeardBenchSample *ret_sample)
{
    heard_bench_sample(run->options->pids, run->options->pid_count, ret_sample);
}

static void measure(HeardBenchRun *run, HeardBenchLoop *publishers, HeardBenchLoop *viewers)
{
    int64_t start_us, end_us;

    sleep_until(g_get_monotonic_time() + run->options->settle_s * (int64_t)SECOND_US);
    sample(run, &run->start);
    heard_bench_loop_start_window(publishers);
    heard_bench_loop_start_window(viewers);
    start_us = g_get_monotonic_time();
    sleep_until(start_us + run->options->duration_s * (int64_t)SECOND_US);
    heard_bench_loop_end_window(publishers);
    heard_bench_loop_end_window(viewers);
    end_us = g_get_monotonic_time();
    sample(run, &run->end);
    run->window_s = (double)(end_us - start_us) / SECOND_US;
    run->interrupted = atomic_load(&stopped);
}

static int count_failed(const HeardBenchPeer *peers, int count, bool verbose)
{
    int failed = 0;

    for (int i = 0; i < count; i++) {
        HeardBenchState state = heard_bench_peer_state(&peers[i]);

        if (is_settled(&peers[i]) && state != HEARD_BENCH_FAILED)
            continue;
        failed++;
        if (verbose)
            fprintf(stderr, "heard bench: publisher %d viewer %d: %s\n", peers[i].publisher,
                    peers[i].viewer,
                    state == HEARD_BENCH_FAILED      ? peers[i].error
                    : state == HEARD_BENCH_CHECKING  ? "ICE has not finished"
                    : state == HEARD_BENCH_HANDSHAKE ? "DTLS has not finished"
                    : state == HEARD_BENCH_UP        ? "no media came"
                                                     : "never began");
    }
    return failed;
}

static int run_with(HeardBenchRun *run, HeardBenchIce *ice, HeardBenchLoop *publishers,
                    HeardBenchLoop *viewers)
{
    const HeardBenchOptions *options = run->options;
    int failed;

    sample(run, &run->idle);
    heard_bench_join(ice, publishers, options, run->publishers, run->publisher_count, &stopped);
    wait_for_peers(run->publishers, run->publisher_count, options->join_timeout_s);
    sleep_until(g_get_monotonic_time() + PUBLISHER_SETTLE_US);
    sample(run, &run->published);
    if (run->viewer_count > 0) {
        heard_bench_loop_set_joining(viewers, true);
        heard_bench_join(ice, viewers, options, run->viewers, run->viewer_count, &stopped);
        wait_for_peers(run->viewers, run->viewer_count, options->join_timeout_s);
        heard_bench_loop_set_joining(viewers, false);
    }
    measure(run, publishers, viewers);
    failed = count_failed(run->publishers, run->publisher_count, options->verbose) +
             count_failed(run->viewers, run->viewer_count, options->verbose);
    heard_bench_report(run);
    if (!options->keep) {
        if (run->viewer_count > 0)
            heard_bench_leave(options, run->viewers, run->viewer_count);
        heard_bench_leave(options, run->publishers, run->publisher_count);
    }
    return run->interrupted ? 130 : failed > 0;
}

static int fail_to_start(const GError *error)
{
    fprintf(stderr, "heard bench: %s\n", error->message);
    return 1;
}

static int run_options(const HeardBenchOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardDtlsIdentity) identity = heard_dtls_identity_new(&error);
    int viewer_count = options->publishers * options->viewers_per_publisher, status;
    HeardBenchRun run = {.options = options,
                         .publishers = g_new0(HeardBenchPeer, options->publishers),
                         .viewers = g_new0(HeardBenchPeer, viewer_count),
                         .publisher_count = options->publishers,
                         .viewer_count = viewer_count};
    HeardBenchIce *ice = NULL;
    HeardBenchLoop *publishers = NULL, *viewers = NULL;

    for (int i = 0; i < run.publisher_count; i++)
        heard_bench_peer_init(&run.publishers[i], options, identity, i, -1);
    for (int i = 0; i < viewer_count; i++)
        heard_bench_peer_init(&run.viewers[i], options, identity,
                              i / options->viewers_per_publisher, i);
    if (identity)
        ice = heard_bench_ice_new(options->bind_address, options->ice_pacing_ms,
                                  run.publisher_count + viewer_count, &error);
    if (ice)
        publishers = heard_bench_loop_new(HEARD_BENCH_PUBLISHERS, options, run.publishers,
                                          run.publisher_count, &error);
    if (publishers)
        viewers =
            heard_bench_loop_new(HEARD_BENCH_VIEWERS, options, run.viewers, viewer_count, &error);
    run.publisher_loop = publishers;
    run.viewer_loop = viewers;
    status = viewers ? run_with(&run, ice, publishers, viewers) : fail_to_start(error);
    heard_bench_loop_free(viewers); /* then nobody touches the peers but their agents */
    heard_bench_loop_free(publishers);
    for (int i = 0; i < run.publisher_count; i++)
        heard_bench_peer_deinit(&run.publishers[i]);
    for (int i = 0; i < viewer_count; i++)
        heard_bench_peer_deinit(&run.viewers[i]);
    heard_bench_ice_free(ice);
    g_free(run.publishers);
    g_free(run.viewers);
    return status;
}

int heard_bench_main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    struct sigaction action = {.sa_handler = on_signal};
    HeardBenchOptions options;
    int status;

    g_set_prgname("heard bench");
    if (!heard_bench_options_init(&options, argc, argv, &error)) {
        fprintf(stderr, "heard bench: %s\n", error->message);
        heard_bench_options_deinit(&options);
        return 2;
    }
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    raise_descriptor_limit();
    heard_log_set_level(HEARD_LOG_WARN);
    heard_bench_http_init();
    heard_srtp_library_init();
    status = run_options(&options);
    heard_bench_options_deinit(&options);
    return status;
}
