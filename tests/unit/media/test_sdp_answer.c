/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "media/sdp/answer.h"
#include "sdp_corpus.h"
#include "server/base/error.h"

#include <stdlib.h>

static const HeardSdpPolicy everything = {.may_send = {true, true, true}, .slots_max = 32};
static const HeardCandidate candidates[] = {
    {.address = "192.0.2.1", .udp_port = 8443, .tcp_port = 8444},
    {.address = "2001:db8::1", .udp_port = 8443},
};

typedef struct {
    HeardSdpOffer *offer;
    HeardPeerPlan *plan;
    char *answer;
} Call;

static Call call_text(const char *text, const HeardSdpPolicy *policy)
{
    g_autoptr(GError) error = NULL;
    Call call = {.offer = heard_sdp_parse(text, strlen(text), &error)};

    assert_non_null(call.offer);
    call.plan = heard_sdp_accept(call.offer, policy, &error);
    if (error)
        fail_msg("%s", error->message);
    call.answer = heard_sdp_answer(call.offer, call.plan, "AB:CD", candidates, 2);
    return call;
}

static Call call_file(const char *name, const HeardSdpPolicy *policy)
{
    g_autofree char *text = heard_sdp_corpus(name);

    return call_text(text, policy);
}

static void call_clear(Call *self)
{
    heard_sdp_offer_free(self->offer);
    heard_peer_plan_free(self->plan);
    g_free(self->answer);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Call, call_clear)

static unsigned count(const char *text, const char *part)
{
    unsigned found = 0;

    while ((text = strstr(text, part))) {
        found++;
        text += strlen(part);
    }
    return found;
}

/* The text of the index-th m-section; the caller frees it. */
static char *section(const char *answer, unsigned index)
{
    g_auto(GStrv) sections = g_strsplit(answer, "\r\nm=", -1);

    assert_true(g_strv_length(sections) > index + 1);
    return g_strconcat("m=", sections[index + 1], "\r\n", NULL);
}

static void answers_a_slot_as_browsers_like_it(void **state)
{
    g_auto(Call) call = call_file("chromium-full6.sdp", &everything);
    const HeardPlanSlot *slot = &call.plan->slots[2];
    g_autofree char *audio = section(call.answer, slot->audio.media_index);
    g_autofree char *video = section(call.answer, slot->video.media_index);
    g_autofree char *ssrc = g_strdup_printf(
        "a=msid:slot2 slot2-v\r\na=ssrc-group:FID %u %u\r\na=ssrc:%u cname:heard\r\n"
        "a=ssrc:%u cname:heard\r\n",
        slot->video.ssrc, slot->video.rtx_ssrc, slot->video.ssrc, slot->video.rtx_ssrc);
    (void)state;

    assert_int_equal(call.plan->slot_count, 6);
    assert_non_null(strstr(audio, "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\n"));
    assert_non_null(strstr(audio, "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"));
    assert_int_equal(slot->audio.red_payload_type, 63);
    assert_non_null(strstr(audio, "a=sendonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\n"));
    assert_non_null(strstr(audio, "a=fmtp:111 minptime=10;useinbandfec=1\r\n"));
    assert_non_null(strstr(audio, "a=msid:slot2 slot2-a\r\n"));
    assert_non_null(strstr(audio, "ssrc-audio-level"));
    assert_non_null(strstr(video, "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n"
                                  "a=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 ccm fir\r\n"
                                  "a=rtcp-fb:96 transport-cc\r\na=rtpmap:97 rtx/90000\r\n"
                                  "a=fmtp:97 apt=96\r\n"));
    assert_non_null(strstr(video, "packetization-mode=1;profile-level-id=42e01f\r\n"));
    assert_null(strstr(video, "AV1"));
    assert_non_null(strstr(video, ssrc));
}

/* Firefox ESR's tab crashes without any (media.md 9.1), webrtcbin wants all of them. */
static void names_the_transport_in_each_section(void **state)
{
    g_auto(Call) call = call_file("firefox-full6.sdp", &everything);
    g_autofree char *first = section(call.answer, 0);
    g_autofree char *credentials =
        g_strdup_printf("a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:sha-256 AB:CD\r\n"
                        "a=setup:passive\r\n",
                        call.plan->local.ufrag, call.plan->local.pwd);
    g_autofree char *tcp =
        g_strdup_printf("a=candidate:3 1 tcp %u 192.0.2.1 8444 typ host tcptype passive\r\n"
                        "a=end-of-candidates\r\n",
                        90u << 24 | (4u << 13 | 8191u) << 8 | 255u);
    (void)state;

    assert_int_equal(count(call.answer, credentials), count(call.answer, "m="));
    assert_non_null(strstr(first, credentials));
    assert_int_equal(count(call.answer, "a=ice-lite\r\n"), 1);
    assert_int_equal(count(call.answer, "a=end-of-candidates\r\n"), 1);
    assert_non_null(strstr(first, "a=candidate:1 1 udp 2130706431 192.0.2.1 8443 typ host\r\n"
                                  "a=candidate:2 1 udp 2130706175 2001:db8::1 8443 typ host\r\n"));
    assert_non_null(strstr(first, tcp));
}

static void takes_what_browsers_send(void **state)
{
    static const char *const files[] = {"chromium-full6.sdp", "firefox-full6.sdp",
                                        "chromium-full16.sdp", "firefox-full16.sdp"};
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_auto(Call) call = call_file(files[i], &everything);
        const HeardPlanSource *sources = call.plan->sources;
        g_autofree char *camera = section(call.answer, 1);

        assert_int_equal(call.plan->slot_count, i < 2 ? 6 : 16);
        assert_true(sources[HEARD_SOURCE_MICROPHONE].used);
        assert_true(sources[HEARD_SOURCE_MICROPHONE].ext.audio_level > 0);
        assert_true(sources[HEARD_SOURCE_MICROPHONE].ssrc != 0);
        assert_int_equal(sources[HEARD_SOURCE_CAMERA].media_index, 1);
        assert_int_equal(sources[HEARD_SOURCE_CAMERA].codecs[0].codec, HEARD_CODEC_VP8);
        assert_int_equal(sources[HEARD_SOURCE_CAMERA].rid_count, 3);
        assert_string_equal(sources[HEARD_SOURCE_CAMERA].rids[0], "q");
        assert_string_equal(sources[HEARD_SOURCE_CAMERA].rids[2], "f");
        assert_int_equal(sources[HEARD_SOURCE_CAMERA].ssrc, 0);
        assert_true(sources[HEARD_SOURCE_SCREEN].used);
        assert_int_equal(sources[HEARD_SOURCE_SCREEN].rid_count, 0);
        assert_non_null(strstr(camera, "a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\n"
                                       "a=simulcast:recv q;h;f\r\n"));
        assert_non_null(strstr(camera, "a=recvonly\r\n"));
        assert_non_null(strstr(camera, "repaired-rtp-stream-id"));
    }
}

static void never_offers_h264_to_a_lane_without_it(void **state)
{
    g_autofree char *text = heard_sdp_corpus("gstreamer-whep.sdp");
    g_auto(Call) call = call_text(text, &everything);
    (void)state;

    assert_int_equal(call.plan->slots[0].video.codec_count, 1);
    assert_null(strstr(call.answer, "H264"));
    assert_null(strstr(call.answer, "BUNDLE")); /* nor did the offer */
    assert_false(call.plan->slots[0].audio.used);
}

static void rejects_what_the_policy_leaves_out(void **state)
{
    const HeardSdpPolicy observer = {.slots_max = 4};
    g_auto(Call) call = call_file("firefox-full6.sdp", &observer);
    g_autofree char *microphone = section(call.answer, 0);
    g_autofree char *taken = section(call.answer, 3);
    g_autofree char *beyond = section(call.answer, 14);
    (void)state;

    assert_int_equal(call.plan->slot_count, 4);
    assert_string_equal(microphone, "m=audio 0 UDP/TLS/RTP/SAVPF 109\r\nc=IN IP4 0.0.0.0\r\n"
                                    "a=mid:0\r\na=inactive\r\n");
    assert_non_null(strstr(taken, "a=candidate:1 1 udp "));
    assert_true(g_str_has_prefix(beyond, "m=video 0 "));
    assert_non_null(strstr(call.answer, "a=group:BUNDLE 3 4 5 6 7 8 9 10\r\n"));
}

static void rejects_a_data_channel_and_takes_the_rest(void **state)
{
    g_auto(Call) call = call_file("chromium-sendrecv.sdp", &everything);
    g_autofree char *data = section(call.answer, 2);
    (void)state;

    assert_true(call.plan->sources[HEARD_SOURCE_MICROPHONE].used);
    assert_true(call.plan->sources[HEARD_SOURCE_CAMERA].used);
    assert_int_equal(call.plan->slot_count, 0);
    assert_true(g_str_has_prefix(data, "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"));
    assert_int_equal(count(call.answer, "a=recvonly\r\n"), 2);
}

static void takes_encoders(void **state)
{
    g_auto(Call) gstreamer = call_file("gstreamer-whip.sdp", &everything);
    g_auto(Call) obs = call_file("obs-whip.sdp", &everything);
    const HeardPlanSource *camera = &gstreamer.plan->sources[HEARD_SOURCE_CAMERA];
    (void)state;

    assert_int_equal(camera->codecs[0].codec, HEARD_CODEC_H264);
    assert_non_null(strstr(camera->codecs[0].fmtp, "profile-level-id=42c01f"));
    assert_int_equal(camera->ssrc, 1594023811);
    assert_true(gstreamer.plan->sources[HEARD_SOURCE_MICROPHONE].used);
    assert_int_equal(obs.plan->sources[HEARD_SOURCE_CAMERA].codecs[0].codec, HEARD_CODEC_H264);
    assert_int_equal(obs.plan->sources[HEARD_SOURCE_CAMERA].ext.mid, 0);
}

static void puts_the_lowest_layer_first(void **state)
{
    g_auto(Call) call = call_file("largest-first.sdp", &everything);
    const HeardPlanSource *camera = &call.plan->sources[HEARD_SOURCE_CAMERA];
    (void)state;

    assert_int_equal(camera->rid_count, 3);
    assert_string_equal(camera->rids[0], "q");
    assert_string_equal(camera->rids[1], "h");
    assert_string_equal(camera->rids[2], "f");
    assert_non_null(strstr(call.answer, "a=simulcast:recv f;h;q\r\n"));
}

static void refuse(const char *from, const char *to, const HeardSdpPolicy *policy)
{
    g_autofree char *text = heard_sdp_corpus("obs-whip.sdp");
    g_auto(GStrv) pieces = g_strsplit(text, from, -1);
    g_autofree char *altered = g_strjoinv(to, pieces);
    g_autoptr(HeardSdpOffer) offer = heard_sdp_parse(altered, strlen(altered), NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardPeerPlan) plan = NULL;

    assert_true(g_strv_length(pieces) > 1);
    assert_non_null(offer);
    plan = heard_sdp_accept(offer, policy, &error);
    assert_null(plan);
    assert_int_equal(heard_error_code(error), HEARD_ERROR_SDP_UNSUPPORTED);
}

static void refuses_what_it_cannot_be(void **state)
{
    const HeardSdpPolicy nothing = {0};
    (void)state;

    refuse("a=setup:actpass", "a=setup:passive", &everything);
    refuse("s=-\r\n", "s=-\r\na=ice-lite\r\n", &everything);
    refuse("a=rtcp-mux\r\n", "", &everything);
    refuse("a=sendonly", "a=inactive", &everything);
    refuse("s=-", "s=-", &nothing);
}

/* Model: for every policy each m-line is either taken once or rejected, SSRCs differ. */
static void takes_each_line_once_whatever_the_policy(void **state)
{
    static const char *const files[] = {"chromium-full16.sdp", "firefox-full6.sdp",
                                        "chromium-whep.sdp", "chromium-sendrecv.sdp"};
    (void)state;

    srand(20261123);
    for (int round = 0; round < 40; round++) {
        const HeardSdpPolicy policy = {.may_send = {rand() & 1, rand() & 1, true},
                                       .slots_max = 1 + (unsigned)rand() % 20};
        g_autofree char *text = heard_sdp_corpus(files[round % 4]);
        g_autoptr(HeardSdpOffer) offer = heard_sdp_parse(text, strlen(text), NULL);
        g_autoptr(HeardPeerPlan) plan = heard_sdp_accept(offer, &policy, NULL);
        g_autoptr(GHashTable) ssrcs = g_hash_table_new(NULL, NULL);
        g_autofree char *answer = NULL;
        unsigned taken = 0, streams = 0;

        if (!plan)
            continue;
        answer = heard_sdp_answer(offer, plan, "AB", candidates, 1);
        for (unsigned i = 0; i < HEARD_SOURCE_COUNT; i++) {
            assert_true(!plan->sources[i].used || policy.may_send[i]);
            taken += plan->sources[i].used;
        }
        for (unsigned i = 0; i < plan->slot_count; i++) {
            g_hash_table_add(ssrcs, GUINT_TO_POINTER(plan->slots[i].audio.ssrc));
            g_hash_table_add(ssrcs, GUINT_TO_POINTER(plan->slots[i].video.ssrc));
            g_hash_table_add(ssrcs, GUINT_TO_POINTER(plan->slots[i].video.rtx_ssrc));
            taken += 2;
            streams += 3;
        }
        assert_true(plan->slot_count <= policy.slots_max);
        assert_int_equal(g_hash_table_size(ssrcs), streams);
        assert_int_equal(count(answer, "\r\nm="), offer->media_count);
        assert_int_equal(count(answer, "a=rtcp-mux\r\n"), taken);
        assert_int_equal(count(answer, "a=inactive\r\n"), offer->media_count - taken);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_a_slot_as_browsers_like_it),
        cmocka_unit_test(names_the_transport_in_each_section),
        cmocka_unit_test(takes_what_browsers_send),
        cmocka_unit_test(never_offers_h264_to_a_lane_without_it),
        cmocka_unit_test(rejects_what_the_policy_leaves_out),
        cmocka_unit_test(rejects_a_data_channel_and_takes_the_rest),
        cmocka_unit_test(takes_encoders),
        cmocka_unit_test(puts_the_lowest_layer_first),
        cmocka_unit_test(refuses_what_it_cannot_be),
        cmocka_unit_test(takes_each_line_once_whatever_the_policy),
    };

    return cmocka_run_group_tests_name("media sdp_answer", tests, NULL, NULL);
}
