/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/bench/join.h"

#include "server/app/bench/http_client.h"

#include <pthread.h>
#include <string.h>

enum { LEAVE_TIMEOUT_S = 5 };

typedef struct {
    HeardBenchIce *ice;
    HeardBenchLoop *loop;
    const HeardBenchOptions *options;
    HeardBenchPeer *peers;
    int peer_count;
    const atomic_bool *stop;
    atomic_int next;
} Job;

static bool is_publisher(const HeardBenchPeer *peer)
{
    return peer->viewer < 0;
}

static char *expand(const HeardBenchPeer *peer, const char *whip, const char *whep)
{
    return heard_bench_expand(peer->options, is_publisher(peer) ? whip : whep, peer->publisher,
                              peer->viewer);
}

static void describe(const HeardBenchPeer *peer, HeardBenchLocal *local)
{
    *local = (HeardBenchLocal){
        .ice = *heard_bench_agent_credentials(peer->agent),
        .fingerprint = heard_dtls_identity_fingerprint(peer->identity),
        .candidate = heard_bench_agent_candidate(peer->agent),
        .audio = peer->options->audio,
        .video = peer->options->video,
        .sending = is_publisher(peer),
        .audio_ssrc = peer->audio.ssrc,
        .video_ssrc = peer->video.ssrc,
    };
    g_snprintf(local->cname, sizeof local->cname, "bench%d", peer->publisher);
}

/* The first words of a server's reply, for the reason of a failure. */
static void fail_by_status(HeardBenchPeer *peer, const char *method, const HeardBenchReply *reply)
{
    g_autofree char *words = g_strndup(reply->body->str, 120);

    for (char *c = words; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    heard_bench_peer_fail(peer, "%s: HTTP %ld %s", method, reply->status, words);
}

static void fail_by_error(HeardBenchPeer *peer, GError *error)
{
    heard_bench_peer_fail(peer, "%s", error->message);
    g_error_free(error);
}

/* wanted_status 0: any of success. */
static bool call(HeardBenchHttp *http, HeardBenchPeer *peer, const char *method, const char *url,
                 const char *body, long wanted_status, HeardBenchReply *ret_reply)
{
    g_autofree char *bearer = expand(peer, peer->options->whip_bearer, peer->options->whep_bearer);
    GError *error = NULL;

    if (!heard_bench_http_call(http, method, url, bearer, body ? "application/sdp" : NULL, body,
                               ret_reply, &error)) {
        fail_by_error(peer, error);
        return false;
    }
    if (wanted_status ? ret_reply->status != wanted_status : ret_reply->status / 100 != 2) {
        fail_by_status(peer, method, ret_reply);
        return false;
    }
    return true;
}

/* The server made the offer: send our answer to where it said. */
static bool send_answer(HeardBenchHttp *http, HeardBenchPeer *peer, const HeardBenchLocal *local,
                        const HeardSdpOffer *offer)
{
    g_autofree char *answer = heard_bench_answer(local, offer, &peer->remote);
    g_auto(HeardBenchReply) reply = {0};

    if (!peer->resource) {
        heard_bench_peer_fail(peer, "an offer without a Location to answer to");
        return false;
    }
    return call(http, peer, "PATCH", peer->resource, answer, 0, &reply);
}

static void join_peer(Job *job, HeardBenchHttp *http, HeardBenchPeer *peer)
{
    bool offered_by_server = !is_publisher(peer) && job->options->server_offers;
    g_autofree char *url = expand(peer, job->options->whip, job->options->whep);
    g_autofree char *offer = NULL;
    g_autoptr(HeardSdpOffer) remote_offer = NULL;
    g_auto(HeardBenchReply) reply = {0};
    HeardBenchLocal local;
    GError *error = NULL;

    peer->agent = heard_bench_agent_new(job->ice, heard_bench_peer_on_ice, peer, &error);
    if (!peer->agent) {
        fail_by_error(peer, error);
        return;
    }
    heard_bench_loop_adopt(job->loop, peer);
    describe(peer, &local);
    offer = offered_by_server ? NULL : heard_bench_offer(&local);
    peer->post_ns = heard_bench_now_ns();
    if (!call(http, peer, "POST", url, offer, 201, &reply))
        return;
    peer->answer_ns = heard_bench_now_ns();
    peer->resource = g_steal_pointer(&reply.location);
    if (!heard_bench_read_remote(reply.body->str, reply.body->len, &peer->remote, &remote_offer,
                                 &error)) {
        fail_by_error(peer, error);
        return;
    }
    if (offered_by_server && !send_answer(http, peer, &local, remote_offer))
        return;
    /* RFC 8445 6.1.1: who offers controls, unless the other side is lite. */
    peer->controlling = !offered_by_server || peer->remote.ice_lite;
    atomic_store(&peer->state, HEARD_BENCH_CHECKING);
    if (!heard_bench_agent_start(peer->agent, &peer->remote, peer->controlling, &error))
        fail_by_error(peer, error);
}

static void *join_main(void *data)
{
    Job *job = data;
    g_autoptr(HeardBenchHttp) http =
        heard_bench_http_new(job->options->insecure, job->options->http_timeout_s);
    int index;

    while (!atomic_load(job->stop) && (index = atomic_fetch_add(&job->next, 1)) < job->peer_count)
        join_peer(job, http, &job->peers[index]);
    return NULL;
}

static void *leave_main(void *data)
{
    Job *job = data;
    g_autoptr(HeardBenchHttp) http = heard_bench_http_new(job->options->insecure, LEAVE_TIMEOUT_S);
    int index;

    while ((index = atomic_fetch_add(&job->next, 1)) < job->peer_count) {
        HeardBenchPeer *peer = &job->peers[index];
        g_autofree char *bearer =
            expand(peer, job->options->whip_bearer, job->options->whep_bearer);
        g_auto(HeardBenchReply) reply = {0};

        if (peer->resource && !heard_bench_http_call(http, "DELETE", peer->resource, bearer, NULL,
                                                     NULL, &reply, NULL))
            return NULL; /* a server that no longer answers will not for the others */
    }
    return NULL;
}

static void run(Job *job, void *(*thread_main)(void *))
{
    int count = MIN(job->options->join_parallel, job->peer_count);
    g_autofree pthread_t *threads = g_new0(pthread_t, count);

    for (int i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, thread_main, job) != 0)
            g_error("no thread for HTTP");
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

void heard_bench_join(HeardBenchIce *ice, HeardBenchLoop *loop, const HeardBenchOptions *options,
                      HeardBenchPeer *peers, int peer_count, const atomic_bool *stop)
{
    Job job = {.ice = ice,
               .loop = loop,
               .options = options,
               .peers = peers,
               .peer_count = peer_count,
               .stop = stop};

    run(&job, join_main);
}

void heard_bench_leave(const HeardBenchOptions *options, HeardBenchPeer *peers, int peer_count)
{
    Job job = {.options = options, .peers = peers, .peer_count = peer_count};

    run(&job, leave_main);
}
