/* SPDX-License-Identifier: Apache-2.0 */
#include "heard_test.h"

#include "media/sdp/fragment.h"
#include "media/sdp/parse.h"
#include "server/base/error.h"
#include "sdp_corpus.h"

#define HEAD       "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
#define ICE        "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef012345\r\n"
#define PRINT_BYTE "0F:"
#define PRINT_4    PRINT_BYTE PRINT_BYTE PRINT_BYTE PRINT_BYTE
#define PRINT_28   PRINT_4 PRINT_4 PRINT_4 PRINT_4 PRINT_4 PRINT_4 PRINT_4
#define PRINT      "a=fingerprint:SHA-256 " PRINT_28 PRINT_BYTE PRINT_BYTE PRINT_BYTE "0f\r\n"
#define AUDIO      "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\n"

static void refuse(const char *text, HeardError code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardSdpOffer) offer = heard_sdp_parse(text, strlen(text), &error);

    assert_null(offer);
    assert_non_null(error);
    assert_int_equal(heard_error_code(error), code);
}

static HeardSdpOffer *take(const char *text)
{
    g_autoptr(GError) error = NULL;
    HeardSdpOffer *offer = heard_sdp_parse(text, strlen(text), &error);

    if (error)
        fail_msg("%s", error->message);
    return offer;
}

static void says_what_is_missing(void **state)
{
    (void)state;
    refuse("", HEARD_ERROR_NOT_SDP);
    refuse("{\"sdp\": \"v=0\"}", HEARD_ERROR_NOT_SDP);
    refuse("v=0\r\nhello\r\n", HEARD_ERROR_NOT_SDP);
    refuse(HEAD ICE PRINT "m=audio\r\n", HEARD_ERROR_NOT_SDP);
    refuse(HEAD ICE PRINT, HEARD_ERROR_SDP_INCOMPLETE);
    refuse(HEAD PRINT AUDIO, HEARD_ERROR_SDP_INCOMPLETE);
    refuse(HEAD ICE AUDIO, HEARD_ERROR_SDP_INCOMPLETE);
    refuse(HEAD ICE "a=fingerprint:sha-1 AB:CD\r\n" AUDIO, HEARD_ERROR_SDP_INCOMPLETE);
    refuse(HEAD "a=ice-ufrag:abc\r\na=ice-pwd:0123456789abcdef012345\r\n" PRINT AUDIO,
           HEARD_ERROR_SDP_INCOMPLETE);
    refuse(HEAD "a=ice-ufrag:ab:d\r\na=ice-pwd:0123456789abcdef012345\r\n" PRINT AUDIO,
           HEARD_ERROR_SDP_INCOMPLETE);
    refuse(HEAD ICE PRINT "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n", HEARD_ERROR_SDP_INCOMPLETE);
}

static void wants_one_transport(void **state)
{
    (void)state;
    refuse(HEAD ICE PRINT AUDIO "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\n",
           HEARD_ERROR_SDP_UNSUPPORTED);
}

static void refuses_too_much(void **state)
{
    g_autoptr(GString) text = g_string_new(HEAD ICE PRINT "a=group:BUNDLE 0\r\n");
    (void)state;

    for (int i = 0; i < HEARD_SDP_MEDIA_MAX + 1; i++)
        g_string_append(text, AUDIO);
    refuse(text->str, HEARD_ERROR_TOO_LARGE);
    g_string_set_size(text, HEARD_SDP_BYTES_MAX + 1);
    memset(text->str, 'a', HEARD_SDP_BYTES_MAX + 1);
    refuse(text->str, HEARD_ERROR_TOO_LARGE);
}

static void reads_a_nul_as_no_sdp(void **state)
{
    static const char text[] = HEAD ICE PRINT AUDIO "a=x\0y\r\n";
    g_autoptr(GError) error = NULL;
    g_autoptr(HeardSdpOffer) offer = heard_sdp_parse(text, sizeof text - 1, &error);
    (void)state;

    assert_null(offer);
    assert_int_equal(heard_error_code(error), HEARD_ERROR_NOT_SDP);
}

static void reads_the_session_and_a_section(void **state)
{
    g_autoptr(HeardSdpOffer) offer =
        take("v=0\n" ICE PRINT "a=setup:passive\na=ice-lite\na=sendonly\n" AUDIO
             "a=ice-ufrag:section\na=ice-pwd:sectionsectionsectionsection\na=rtcp-mux\n"
             "a=extmap:4/recvonly urn:x\na=extmap:300 urn:y\na=rtcp-fb:111 transport-cc\n"
             "a=ssrc:5 cname:x\na=ssrc:6 cname:y\na=ssrc-group:FID 7 8\n");
    (void)state;

    assert_int_equal(offer->media_count, 1);
    assert_string_equal(offer->ice.ufrag, "section");
    assert_int_equal(offer->fingerprint[31], 0x0f);
    assert_true(offer->setup_passive);
    assert_true(offer->ice_lite);
    assert_false(offer->bundle);
    assert_int_equal(offer->media[0].direction, HEARD_SDP_SENDONLY);
    assert_int_equal(offer->media[0].extension_count, 1);
    assert_int_equal(offer->media[0].extensions[0].id, 4);
    assert_true(offer->media[0].codecs[0].transport_cc);
    assert_false(offer->media[0].codecs[0].nack);
    assert_int_equal(offer->media[0].ssrc, 7);
    assert_int_equal(offer->media[0].rtx_ssrc, 8);
}

static void reads_what_browsers_offer(void **state)
{
    static const struct {
        const char *name;
        unsigned media, rids;
    } offers[] = {
        {"chromium-full6.sdp", 15, 3},   {"chromium-full16.sdp", 35, 3},
        {"firefox-full6.sdp", 15, 3},    {"firefox-full16.sdp", 35, 3},
        {"chromium-whip.sdp", 2, 0},     {"firefox-whip.sdp", 2, 0},
        {"chromium-sendrecv.sdp", 3, 0}, {"firefox-sendrecv.sdp", 3, 0},
        {"obs-whip.sdp", 2, 0},          {"gstreamer-whip.sdp", 2, 0},
    };
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(offers); i++) {
        g_autofree char *text = heard_sdp_corpus(offers[i].name);
        g_autoptr(HeardSdpOffer) offer = take(text);

        assert_int_equal(offer->media_count, offers[i].media);
        assert_int_equal(offer->media[MIN(1, offer->media_count - 1)].rid_count, offers[i].rids);
        for (unsigned m = 0; m < offer->media_count; m++) {
            bool data = strcmp(offer->media[m].kind, "application") == 0;

            assert_int_equal(offer->media[m].rejected, data);
            assert_true(offer->media[m].bundled);
            assert_true(data || offer->media[m].rtcp_mux);
        }
    }
}

/* Any cut of a real offer is refused or read, and the same text gives the same offer. */
static void survives_every_cut(void **state)
{
    g_autofree char *text = heard_sdp_corpus("chromium-whip.sdp");
    size_t size = strlen(text);
    (void)state;

    for (size_t cut = 0; cut <= size; cut++) {
        g_autofree char *exact = g_memdup2(text, cut);
        g_autoptr(HeardSdpOffer) first = heard_sdp_parse(exact, cut, NULL);
        g_autoptr(HeardSdpOffer) second = heard_sdp_parse(exact, cut, NULL);

        assert_int_equal(first != NULL, second != NULL);
        if (!first)
            continue;
        assert_int_equal(first->media_count, second->media_count);
        assert_memory_equal(first->media, second->media, first->media_count * sizeof *first->media);
    }
}

static void restarts_ice_by_fragment(void **state)
{
    static const char text[] = ICE "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:first\r\n"
                                   "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=mid:second\r\n";
    const HeardCandidate candidate = {.address = "192.0.2.9", .udp_port = 8443};
    const HeardIceCredentials local = {.ufrag = "ours", .pwd = "secret"};
    HeardSdpFragment fragment;
    g_autoptr(GError) error = NULL;
    g_autofree char *answer = NULL;
    (void)state;

    assert_true(heard_sdp_fragment_parse(text, strlen(text), &fragment, &error));
    assert_string_equal(fragment.ice.ufrag, "abcd");
    assert_string_equal(fragment.mid, "first");
    answer = heard_sdp_fragment_answer(&fragment, &local, &candidate, 1);
    assert_non_null(strstr(answer, "a=ice-ufrag:ours\r\na=ice-pwd:secret\r\n"));
    assert_non_null(strstr(answer, "a=mid:first\r\na=candidate:1 1 udp 2130706431 192.0.2.9 8443"));
    assert_false(heard_sdp_fragment_parse("a=mid:0\r\n", 9, &fragment, &error));
    assert_int_equal(heard_error_code(error), HEARD_ERROR_SDP_INCOMPLETE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(wants_one_transport),
        cmocka_unit_test(refuses_too_much),
        cmocka_unit_test(reads_a_nul_as_no_sdp),
        cmocka_unit_test(reads_the_session_and_a_section),
        cmocka_unit_test(reads_what_browsers_offer),
        cmocka_unit_test(survives_every_cut),
        cmocka_unit_test(restarts_ice_by_fragment),
    };

    return cmocka_run_group_tests_name("media sdp_parse", tests, NULL, NULL);
}
