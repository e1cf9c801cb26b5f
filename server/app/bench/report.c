/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/report.h"

#include "bench_build.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    uint64_t in, out, expected, bytes, duplicates, starved, drops;
    uint64_t keyframe_requests, keyframes, nacks, send_errors, bad_packets;
} Totals;

static uint64_t sent_in_window(const HeardBenchPeer *publisher, bool video)
{
    const HeardBenchSent *sent = video ? &publisher->video : &publisher->audio;

    return sent->packets_at_end - sent->packets_at_start;
}

/*
 * A viewer's loss shows as gaps. A track that brought less than half of what its publisher
 * sent shows no gap for what never came, so all of it counts as expected.
 */
static void add_track(Totals *totals, const HeardBenchPeer *publisher, const HeardBenchPeer *viewer,
                      bool video)
{
    uint8_t payload_type =
        video ? viewer->remote.video.payload_type : viewer->remote.audio.payload_type;
    uint64_t sent = sent_in_window(publisher, video), span = 0, packets = 0;

    for (unsigned i = 0; i < viewer->received_count; i++) {
        const HeardBenchReceived *track = &viewer->received[i];

        if (track->payload_type != payload_type)
            continue;
        span += track->seq_at_end - track->seq_at_start;
        packets += track->packets_at_end - track->packets_at_start;
        totals->bytes += track->bytes_at_end - track->bytes_at_start;
        totals->duplicates += track->duplicates;
    }
    if (packets < sent / 2) {
        totals->starved++;
        span = MAX(span, sent);
    }
    totals->out += packets;
    totals->expected += MAX(span, packets);
}

static Totals add_up(const HeardBenchRun *run)
{
    Totals totals = {0};

    for (int i = 0; i < run->publisher_count; i++) {
        const HeardBenchPeer *peer = &run->publishers[i];

        totals.in += sent_in_window(peer, false) + sent_in_window(peer, true);
        totals.keyframe_requests += peer->keyframe_requests;
        totals.keyframes += peer->keyframes;
        totals.nacks += peer->nacks;
        totals.send_errors += peer->send_errors;
        totals.bad_packets += peer->bad_packets;
    }
    for (int i = 0; i < run->viewer_count; i++) {
        const HeardBenchPeer *peer = &run->viewers[i];
        const HeardBenchPeer *publisher = &run->publishers[peer->publisher];

        if (run->options->audio)
            add_track(&totals, publisher, peer, false);
        if (run->options->video)
            add_track(&totals, publisher, peer, true);
        totals.drops += heard_bench_viewer_socket_drops(peer);
        totals.bad_packets += peer->bad_packets;
    }
    return totals;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double percentile(const double *sorted, unsigned count, double quantile)
{
    return count ? sorted[(unsigned)(quantile * (count - 1) + 0.5)] : -1;
}

/* PREFIX_p50_ms and so on; -1 when there are no values. Sorts them. */
static void put_percentiles(json_t *result, const char *prefix, double *values, unsigned count)
{
    static const struct {
        const char *name;
        double quantile;
    } columns[] = {{"p50", 0.5}, {"p95", 0.95}, {"max", 1}};

    qsort(values, count, sizeof *values, compare_doubles);
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        g_autofree char *key = g_strdup_printf("%s_%s_ms", prefix, columns[i].name);

        json_object_set_new(result, key, json_real(percentile(values, count, columns[i].quantile)));
    }
}

/* From the start of the POST to the viewer's first media packet, and to its first picture. */
static void put_joins(json_t *result, const HeardBenchRun *run)
{
    g_autofree double *joins = g_new0(double, run->viewer_count + 1);
    g_autofree double *pictures = g_new0(double, run->viewer_count + 1);
    g_autofree double *answers = g_new0(double, run->viewer_count + 1);
    g_autofree double *connects = g_new0(double, run->publisher_count + 1);
    unsigned join_count = 0, picture_count = 0, answer_count = 0, connect_count = 0;

    for (int i = 0; i < run->viewer_count; i++) {
        const HeardBenchPeer *peer = &run->viewers[i];
        int64_t first_ns = atomic_load(&peer->first_media_ns);

        if (first_ns)
            joins[join_count++] = (double)(first_ns - peer->post_ns) / 1e6;
        if (peer->first_picture_ns)
            pictures[picture_count++] = (double)(peer->first_picture_ns - peer->post_ns) / 1e6;
        if (peer->answer_ns)
            answers[answer_count++] = (double)(peer->answer_ns - peer->post_ns) / 1e6;
    }
    for (int i = 0; i < run->publisher_count; i++)
        if (run->publishers[i].up_ns)
            connects[connect_count++] =
                (double)(run->publishers[i].up_ns - run->publishers[i].post_ns) / 1e6;
    put_percentiles(result, "join", joins, join_count);
    put_percentiles(result, "picture", pictures, picture_count);
    put_percentiles(result, "answer", answers, answer_count);
    put_percentiles(result, "publish", connects, connect_count);
    json_object_set_new(result, "subscribers", json_integer(join_count));
    json_object_set_new(result, "subscribers_wanted", json_integer(run->viewer_count));
    json_object_set_new(result, "publishers", json_integer(connect_count));
    json_object_set_new(result, "publishers_wanted", json_integer(run->publisher_count));
}

static void put_traffic(json_t *result, const HeardBenchRun *run, const Totals *totals)
{
    const HeardBenchLatency *latency = heard_bench_loop_latency(run->viewer_loop);
    double seconds = run->window_s > 0 ? run->window_s : 1;
    double loss = totals->expected
                      ? 100.0 * (double)(totals->expected - totals->out) / (double)totals->expected
                      : 100.0;

    json_object_set_new(result, "window_s", json_real(run->window_s));
    json_object_set_new(result, "packets_in", json_integer((json_int_t)totals->in));
    json_object_set_new(result, "packets_out", json_integer((json_int_t)totals->out));
    json_object_set_new(result, "pps_in", json_real((double)totals->in / seconds));
    json_object_set_new(result, "pps_out", json_real((double)totals->out / seconds));
    json_object_set_new(result, "mbit_out", json_real((double)totals->bytes * 8e-6 / seconds));
    json_object_set_new(result, "loss_pct", json_real(run->viewer_count ? loss : 0));
    json_object_set_new(result, "starved_tracks", json_integer((json_int_t)totals->starved));
    json_object_set_new(result, "duplicates", json_integer((json_int_t)totals->duplicates));
    json_object_set_new(result, "client_rcvbuf_drops", json_integer((json_int_t)totals->drops));
    json_object_set_new(result, "client_send_errors",
                        json_integer((json_int_t)totals->send_errors));
    json_object_set_new(result, "bad_packets", json_integer((json_int_t)totals->bad_packets));
    json_object_set_new(result, "keyframe_requests",
                        json_integer((json_int_t)totals->keyframe_requests));
    json_object_set_new(result, "keyframes", json_integer((json_int_t)totals->keyframes));
    json_object_set_new(result, "nacks", json_integer((json_int_t)totals->nacks));
    json_object_set_new(result, "lat_samples", json_integer((json_int_t)latency->count));
    json_object_set_new(result, "lat_p50_ms", json_real(heard_bench_latency_ms(latency, 0.5)));
    json_object_set_new(result, "lat_p95_ms", json_real(heard_bench_latency_ms(latency, 0.95)));
    json_object_set_new(result, "lat_p99_ms", json_real(heard_bench_latency_ms(latency, 0.99)));
    json_object_set_new(result, "lat_over_2s", json_integer((json_int_t)latency->beyond));
}

static void put_costs(json_t *result, const HeardBenchRun *run, const Totals *totals)
{
    double seconds = run->window_s > 0 ? run->window_s : 1;
    double server_s = run->end.server_cpu_s - run->start.server_cpu_s;
    double client_s = run->end.own_cpu_s - run->start.own_cpu_s;
    double busy_s = run->end.busy_s - run->start.busy_s;

    json_object_set_new(result, "client_cpu_cores", json_real(client_s / seconds));
    json_object_set_new(result, "client_send_cores",
                        json_real(heard_bench_loop_cpu_s(run->publisher_loop) / seconds));
    json_object_set_new(result, "client_receive_cores",
                        json_real(heard_bench_loop_cpu_s(run->viewer_loop) / seconds));
    json_object_set_new(result, "other_cpu_s", json_real(MAX(0, busy_s - client_s - server_s)));
    if (run->options->pid_count == 0)
        return;
    json_object_set_new(result, "server_alive", json_boolean(run->end.alive));
    json_object_set_new(result, "server_cpu_cores", json_real(server_s / seconds));
    json_object_set_new(result, "server_us_per_pkt",
                        totals->out ? json_real(server_s * 1e6 / (double)totals->out)
                                    : json_null());
    json_object_set_new(
        result, "server_us_per_peer_s",
        json_real(server_s * 1e6 / seconds / (run->publisher_count + run->viewer_count)));
    json_object_set_new(result, "server_rss_per_pub_kb",
                        json_real(((run->viewer_count ? run->published : run->end).server_rss_mb -
                                   run->idle.server_rss_mb) *
                                  1024 / run->publisher_count));
    json_object_set_new(result, "server_rss_mb", json_real(run->end.server_rss_mb));
    json_object_set_new(result, "server_rss_idle_mb", json_real(run->idle.server_rss_mb));
    json_object_set_new(result, "server_rss_per_sub_kb",
                        run->viewer_count
                            ? json_real((run->end.server_rss_mb - run->published.server_rss_mb) *
                                        1024 / run->viewer_count)
                            : json_null());
    json_object_set_new(result, "server_threads", json_integer(run->end.server_threads));
    json_object_set_new(
        result, "server_ctxsw_per_s",
        json_real((double)(run->end.server_switches - run->start.server_switches) / seconds));
    json_object_set_new(
        result, "server_udp_drops",
        json_integer((json_int_t)(run->end.server_udp_drops - run->start.server_udp_drops)));
}

/* Each reason once, with how many peers gave it. */
static void put_failures(json_t *result, const HeardBenchRun *run)
{
    json_t *reasons = json_object();

    for (int i = 0; i < run->publisher_count + run->viewer_count; i++) {
        const HeardBenchPeer *peer = i < run->publisher_count
                                         ? &run->publishers[i]
                                         : &run->viewers[i - run->publisher_count];
        json_t *count;

        if (heard_bench_peer_state(peer) != HEARD_BENCH_FAILED ||
            !g_utf8_validate(peer->error, -1, NULL))
            continue;
        count = json_object_get(reasons, peer->error);
        json_object_set_new(reasons, peer->error,
                            json_integer((count ? json_integer_value(count) : 0) + 1));
    }
    json_object_set_new(result, "failures", reasons);
}

static void put_setting(json_t *result, const HeardBenchRun *run)
{
    const HeardBenchOptions *options = run->options;
    g_autofree char *cpu = heard_bench_cpu_model();

    json_object_set_new(result, "label", json_string(options->label));
    json_object_set_new(result, "commit", json_string(HEARD_BENCH_COMMIT));
    json_object_set_new(result, "compiler", json_string(HEARD_BENCH_COMPILER));
    json_object_set_new(result, "cpu", json_string(cpu));
    json_object_set_new(result, "cpus", json_integer(g_get_num_processors()));
    json_object_set_new(result, "media",
                        json_string(options->audio && options->video ? "av"
                                    : options->audio                 ? "a"
                                                                     : "v"));
    json_object_set_new(result, "pubs", json_integer(options->publishers));
    json_object_set_new(result, "subs_per_pub", json_integer(options->viewers_per_publisher));
    json_object_set_new(result, "pubs_per_room", json_integer(options->publishers_per_room));
    json_object_set_new(result, "video_kbps", json_integer(options->video_kbps));
    json_object_set_new(result, "fps", json_integer(options->fps));
    json_object_set_new(result, "join_parallel", json_integer(options->join_parallel));
    json_object_set_new(result, "interrupted", json_boolean(run->interrupted));
}

void heard_bench_report(const HeardBenchRun *run)
{
    json_t *result = json_object();
    Totals totals = add_up(run);
    char *text;

    put_setting(result, run);
    put_joins(result, run);
    put_traffic(result, run, &totals);
    put_costs(result, run, &totals);
    put_failures(result, run);
    text = json_dumps(result, JSON_COMPACT | JSON_REAL_PRECISION(6));
    printf("%s\n", text);
    fflush(stdout);
    free(text);
    json_decref(result);
}
