/* SPDX-License-Identifier: Apache-2.0 */
#include "media/transport/srtp.h"
#include "tests/unit/heard_test.h"

static void protect(HeardSrtp *srtp, uint8_t *packet, uint16_t seq, uint32_t ssrc, size_t *size)
{
    memset(packet, 0, 100);
    packet[0] = 0x80;
    packet[1] = 96;
    packet[2] = (uint8_t)(seq >> 8);
    packet[3] = (uint8_t)seq;
    memcpy(packet + 8, &ssrc, 4);
    *size = 100;
    assert_int_equal(heard_srtp_protect_rtp(srtp, packet, size), HEARD_SRTP_OK);
}

static void refusals_have_a_reason(void **state)
{
    HeardSrtpKeys keys = {.profile = HEARD_SRTP_AEAD_AES_128_GCM};
    g_autoptr(HeardSrtp) srtp = heard_srtp_new(&keys, NULL); /* same keys both ways */
    uint8_t packet[256], again[256];
    size_t size, again_size;

    (void)state;
    protect(srtp, packet, 7, 1, &size);
    memcpy(again, packet, size);
    again_size = size;
    assert_int_equal(heard_srtp_unprotect_rtp(srtp, packet, &size), HEARD_SRTP_OK);
    assert_int_equal(heard_srtp_unprotect_rtp(srtp, again, &again_size), HEARD_SRTP_REPLAYED);
    protect(srtp, packet, 8, 1, &size);
    packet[50] ^= 1;
    assert_int_equal(heard_srtp_unprotect_rtp(srtp, packet, &size), HEARD_SRTP_FORGED);
    size = 5;
    assert_int_equal(heard_srtp_unprotect_rtp(srtp, packet, &size), HEARD_SRTP_MALFORMED);
    size = 3;
    assert_int_equal(heard_srtp_unprotect_rtcp(srtp, packet, &size), HEARD_SRTP_MALFORMED);
}

static void ssrcs_are_bounded(void **state)
{
    HeardSrtpKeys keys = {.profile = HEARD_SRTP_AEAD_AES_128_GCM};
    g_autoptr(HeardSrtp) srtp = heard_srtp_new(&keys, NULL);
    uint8_t packet[256];
    size_t size;

    (void)state;
    for (uint32_t ssrc = 1; ssrc <= 64; ssrc++) {
        protect(srtp, packet, 1, ssrc, &size);
        assert_int_equal(heard_srtp_unprotect_rtp(srtp, packet, &size), HEARD_SRTP_OK);
    }
    protect(srtp, packet, 1, 65, &size);
    assert_int_equal(heard_srtp_unprotect_rtp(srtp, packet, &size), HEARD_SRTP_TOO_MANY);
    protect(srtp, packet, 2, 3, &size);
    assert_int_equal(heard_srtp_unprotect_rtp(srtp, packet, &size), HEARD_SRTP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_have_a_reason),
        cmocka_unit_test(ssrcs_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
