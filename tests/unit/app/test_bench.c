/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "media/front/stun.h"
#include "server/app/bench/consent.h"
#include "server/app/bench/latency.h"
#include "server/app/bench/options.h"
#include "server/app/bench/session_sdp.h"
#include "server/app/bench/stamp.h"
#include "server/base/error.h"

#include <stdlib.h>

static HeardBenchLocal local_peer(bool sending)
{
    HeardBenchLocal local = {
        .ice = {.ufrag = "abcd", .pwd = "0123456789abcdef012345"},
        .fingerprint = "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:"
                       "10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F",
        .candidate = "a=candidate:1 1 udp 2130706431 192.0.2.5 4711 typ host",
        .audio = true,
        .video = true,
        .sending = sending,
        .audio_ssrc = 11,
        .video_ssrc = 12,
        .cname = "bench0",
    };
    return local;
}

/* Our own server answers the tester's offer, and the tester reads the answer. */
static void agrees_with_the_server(void **state)
{
    const HeardSdpPolicy policy = {.may_send = {true, true, true}, .slots_max = 1};
    const HeardCandidate candidate = {.address = "192.0.2.1", .udp_port = 8443, .tcp_port = 8443};
    (void)state;

    for (int sending = 0; sending < 2; sending++) {
        HeardBenchLocal local = local_peer(sending);
        g_autofree char *text = heard_bench_offer(&local);
        g_autoptr(HeardSdpOffer) offer = heard_sdp_parse(text, strlen(text), NULL);
        g_autoptr(HeardPeerPlan) plan = heard_sdp_accept(offer, &policy, NULL);
        g_autofree char *answer = heard_sdp_answer(offer, plan, local.fingerprint, &candidate, 1);
        HeardBenchRemote remote;

        assert_true(heard_bench_read_remote(answer, strlen(answer), &remote, NULL, NULL));
        assert_true(remote.ice_lite);
        assert_false(remote.active);
        assert_string_equal(remote.ice.ufrag, plan->local.ufrag);
        assert_int_equal(remote.fingerprint[31], 0x1f);
        assert_int_equal(remote.candidate_count, 1); /* the TCP one is not for us */
        assert_int_equal(remote.audio.payload_type, 111);
        assert_int_equal(remote.video.payload_type, 96);
        assert_int_equal(remote.audio.level_ext, sending ? 1 : 0);
        assert_string_equal(remote.video.mid, "1");
        assert_int_equal(plan->sources[HEARD_SOURCE_CAMERA].ssrc, sending ? 12 : 0);
        assert_int_equal(plan->slot_count, !sending);
    }
}

static void answers_a_server_that_offers(void **state)
{
    static const char text[] =
        "v=0\r\na=group:BUNDLE a v x\r\n"
        "a=ice-ufrag:serv\r\na=ice-pwd:serverserverserverserver\r\na=fingerprint:sha-256 "
        "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:"
        "10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\na=setup:actpass\r\n"
        "m=audio 9 UDP/TLS/RTP/SAVPF 100\r\na=mid:a\r\na=sendonly\r\na=rtpmap:100 opus/48000/2\r\n"
        "a=candidate:1 1 udp 2130706431 192.0.2.1 1 typ host\r\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 101 102\r\na=mid:v\r\na=sendonly\r\na=rtpmap:101 H264/90000"
        "\r\na=rtpmap:102 VP8/90000\r\na=candidate:1 1 udp 2130706431 192.0.2.1 1 typ host\r\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:x\r\na=sendonly\r\na=rtpmap:102 VP8/90000\r\n";
    HeardBenchLocal local = local_peer(false);
    g_autoptr(HeardSdpOffer) offer = NULL;
    g_autofree char *answer = NULL;
    HeardBenchRemote remote;
    (void)state;

    assert_true(heard_bench_read_remote(text, strlen(text), &remote, &offer, NULL));
    assert_int_equal(remote.candidate_count, 1);
    assert_int_equal(remote.video.payload_type, 102);
    answer = heard_bench_answer(&local, offer, &remote);
    assert_non_null(strstr(answer, "a=group:BUNDLE a v\r\n"));
    assert_non_null(strstr(answer, "m=audio 9 UDP/TLS/RTP/SAVPF 100\r\n"));
    assert_non_null(strstr(answer, "m=video 9 UDP/TLS/RTP/SAVPF 102\r\n"));
    assert_non_null(strstr(answer, "m=video 0 UDP/TLS/RTP/SAVPF 102\r\n"));
    assert_non_null(strstr(answer, "a=setup:active\r\n"));
}

static const char *find_password(void *data, const char *ufrag, size_t ufrag_size)
{
    (void)data;
    return ufrag_size == 4 && memcmp(ufrag, "serv", 4) == 0 ? "serverserverserverserver" : NULL;
}

/* The server's STUN, libnice's, takes our consent checks; its answer keeps the consent. */
static void keeps_consent_with_the_server(void **state)
{
    const HeardIceCredentials server = {.ufrag = "serv", .pwd = "serverserverserverserver"};
    const HeardIceCredentials wrong = {.ufrag = "serv", .pwd = "serverserverserverservex"};
    HeardBenchLocal local = local_peer(false);
    g_autoptr(HeardStun) stun = heard_stun_new();
    g_autofree HeardStunAnswer *answer = g_new0(HeardStunAnswer, 1);
    uint8_t message[HEARD_BENCH_STUN_MAX + 64] = {0};
    uint8_t ours[HEARD_BENCH_STUN_MAX];
    HeardBenchAddress from = {.size = sizeof(struct sockaddr_in)};
    HeardAddress seen;
    size_t size;
    (void)state;

    assert_true(heard_address_parse("192.0.2.5", 4711, &seen));
    size = heard_bench_consent_check(message, &local.ice, &server, true);
    assert_int_equal(heard_stun_answer(stun, message, size, &seen, find_password, NULL, answer),
                     HEARD_STUN_ANSWERED);
    assert_true(heard_bench_consent_is_answer(answer->reply, answer->reply_size));
    assert_false(heard_bench_consent_is_answer(message, size));
    size = heard_bench_consent_check(message, &local.ice, &wrong, true);
    assert_int_equal(heard_stun_answer(stun, message, size, &seen, find_password, NULL, answer),
                     HEARD_STUN_FORGED);

    from.address.ss_family = AF_INET;
    assert_int_equal(heard_bench_consent_answer(ours, message, 19, &local.ice, &from), 0);
    assert_int_equal(heard_bench_consent_answer(ours, message, size - 1, &local.ice, &from), 0);
    size = heard_bench_consent_answer(ours, message, size, &local.ice, &from);
    assert_true(heard_bench_consent_is_answer(ours, size));
    assert_memory_equal(ours + 8, message + 8, 12); /* the transaction */
    assert_int_equal(size, 20 + 12 + 24 + 8);
}

static void expands_patterns(void **state)
{
    const HeardBenchOptions options = {.publishers_per_room = 4};
    g_autofree char *text = heard_bench_expand(&options, "/load-{r}/whep?of=p{q}&s={s}{p}", 9, 31);
    (void)state;

    assert_string_equal(text, "/load-2/whep?of=p1&s=319");
    assert_null(heard_bench_expand(&options, NULL, 0, 0));
}

static void refuse(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    int count = (int)g_strv_length(words);
    /* GLib takes the options out of the vector it gets. */
    g_autofree char **argv = g_memdup2(words, ((size_t)count + 1) * sizeof *words);
    HeardBenchOptions options;
    g_autoptr(GError) error = NULL;

    assert_false(heard_bench_options_init(&options, count, argv, &error));
    assert_non_null(error);
    heard_bench_options_deinit(&options);
}

static void refuses_bad_options(void **state)
{
    (void)state;
    refuse("bench");
    refuse("bench --whip http://x/ --whep http://x/ --pubs 0");
    refuse("bench --whip http://x/ --whep http://x/ --media x");
    refuse("bench --whip u --whep u --server-pid 4x");
    refuse("bench --whip u --whep u --pubs 1000 --subs 1000");
    refuse("bench --whip u --whep u and");
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* Model: the sorted list. */
static void finds_quantiles(void **state)
{
    static const double quantiles[] = {0, 0.5, 0.95, 0.99, 1};
    int64_t values[1000];
    HeardBenchLatency latency;
    (void)state;

    heard_bench_latency_init(&latency);
    assert_true(heard_bench_latency_ms(&latency, 0.5) < 0);
    srand(4711);
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        values[i] = rand() % 1900000 * (int64_t)1000;
        heard_bench_latency_add(&latency, values[i]);
    }
    qsort(values, G_N_ELEMENTS(values), sizeof *values, by_value);
    for (size_t i = 0; i < G_N_ELEMENTS(quantiles); i++) {
        double wanted = (double)values[(size_t)(quantiles[i] * 999)] / 1e6;
        double found = heard_bench_latency_ms(&latency, quantiles[i]);

        assert_true(found > wanted - 0.011 && found < wanted + 0.011);
    }
    heard_bench_latency_add(&latency, -5);
    heard_bench_latency_add(&latency, INT64_MAX);
    assert_int_equal(latency.negative, 1);
    assert_int_equal(latency.beyond, 1);
    heard_bench_latency_deinit(&latency);
}

static void stamps_survive(void **state)
{
    uint8_t payload[40] = {0};
    int64_t sent_ns = 0;
    (void)state;

    heard_bench_stamp_put(payload + sizeof payload, 3, 123456789012345);
    assert_true(heard_bench_stamp_get(payload, sizeof payload, &sent_ns));
    assert_true(sent_ns == 123456789012345);
    assert_false(heard_bench_stamp_get(payload, sizeof payload - 1, &sent_ns));
    assert_false(heard_bench_stamp_get(payload, 15, &sent_ns));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_server),
        cmocka_unit_test(answers_a_server_that_offers),
        cmocka_unit_test(keeps_consent_with_the_server),
        cmocka_unit_test(expands_patterns),
        cmocka_unit_test(refuses_bad_options),
        cmocka_unit_test(finds_quantiles),
        cmocka_unit_test(stamps_survive),
    };

    return cmocka_run_group_tests_name("app bench", tests, NULL, NULL);
}
