/* SPDX-License-Identifier: Apache-2.0 */

/* Our ciphers against libsrtp's own: a live session keeps the ciphers it was made with, so
 * sessions made before the replacement are the oracle. */
#include "media/transport/cipher.h"
#include "media/transport/srtp.h"
#include "tests/unit/heard_test.h"

#include <srtp2/srtp.h>

enum { ROUNDS = 300, SIZE_MAX_TESTED = 1411, SEED = 20261123 };

typedef struct {
    srtp_t out, in;
} Session;

static Session make_session(HeardSrtpProfile profile)
{
    static uint8_t key[HEARD_SRTP_MASTER_MAX];
    srtp_policy_t policy;
    Session session;

    for (unsigned i = 0; i < sizeof(key); i++)
        key[i] = (uint8_t)(i * 7 + 1);
    memset(&policy, 0, sizeof(policy));
    if (profile == HEARD_SRTP_AEAD_AES_128_GCM) {
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    } else if (profile == HEARD_SRTP_AEAD_AES_256_GCM) {
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
    } else {
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
    }
    policy.key = key;
    policy.window_size = 1024;
    policy.ssrc.type = ssrc_any_outbound;
    assert_int_equal(srtp_create(&session.out, &policy), srtp_err_status_ok);
    policy.ssrc.type = ssrc_any_inbound;
    assert_int_equal(srtp_create(&session.in, &policy), srtp_err_status_ok);
    return session;
}

static size_t make_rtp(GRand *random, uint8_t *packet, unsigned number)
{
    size_t size = (size_t)g_rand_int_range(random, 12, SIZE_MAX_TESTED);
    uint16_t seq = (uint16_t)(65400 + number); /* wraps on the way */

    for (size_t i = 0; i < size; i++)
        packet[i] = (uint8_t)g_rand_int(random);
    packet[0] = 0x80;
    packet[1] = 96;
    packet[2] = (uint8_t)(seq >> 8);
    packet[3] = (uint8_t)seq;
    memset(packet + 8, (int)(number % 4 + 1), 4); /* four SSRCs */
    if (size >= 12 + 8 && number % 3 == 0) {
        packet[0] |= 0x10; /* a header extension of one word */
        memcpy(packet + 12, "\xbe\xde\x00\x01", 4);
    }
    return size;
}

static size_t make_rtcp(GRand *random, uint8_t *packet)
{
    size_t size = 4 * (size_t)g_rand_int_range(random, 2, 100);

    for (size_t i = 0; i < size; i++)
        packet[i] = (uint8_t)g_rand_int(random);
    packet[0] = 0x80;
    packet[1] = 201;
    packet[2] = 0;
    packet[3] = (uint8_t)(size / 4 - 1);
    memset(packet + 4, 9, 4);
    return size;
}

typedef srtp_err_status_t (*CryptFunc)(srtp_t context, void *packet, int *size);

/* One packet there; whole it must arrive, with one bit changed it must not. */
static void cross(GRand *random, const Session *from, const Session *to, CryptFunc protect,
                  CryptFunc unprotect, const uint8_t *plain, size_t size)
{
    uint8_t packet[SIZE_MAX_TESTED + SRTP_MAX_TRAILER_LEN + 4];
    uint8_t forged[sizeof(packet)];
    int length = (int)size, forged_length;
    guint32 bit;

    memcpy(packet, plain, size);
    assert_int_equal(protect(from->out, packet, &length), srtp_err_status_ok);
    memcpy(forged, packet, (size_t)length);
    /* Not in the header: a changed SSRC or number is another packet to the replay list. */
    bit = (guint32)g_rand_int_range(random, 12 * 8, length * 8);
    forged[bit / 8] ^= (uint8_t)(1U << bit % 8);
    forged_length = length;
    assert_int_not_equal(unprotect(to->in, forged, &forged_length), srtp_err_status_ok);
    assert_int_equal(unprotect(to->in, packet, &length), srtp_err_status_ok);
    assert_int_equal(length, size);
    assert_memory_equal(packet, plain, size);
}

static void assert_interoperate(const Session *a, const Session *b)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    uint8_t plain[SIZE_MAX_TESTED];

    for (unsigned i = 0; i < ROUNDS; i++) {
        size_t size = make_rtp(random, plain, i);

        cross(random, a, b, srtp_protect, srtp_unprotect, plain, size);
        size = make_rtcp(random, plain);
        cross(random, a, b, srtp_protect_rtcp, srtp_unprotect_rtcp, plain, size);
    }
}

static void our_ciphers_speak_with_libsrtps_own(void **state)
{
    Session theirs[2][HEARD_SRTP_PROFILE_COUNT];
    HeardGcmBackend used;

    (void)state;
    assert_int_equal(srtp_init(), srtp_err_status_ok);
    for (unsigned round = 0; round < 2; round++)
        for (unsigned p = 0; p < HEARD_SRTP_PROFILE_COUNT; p++)
            theirs[round][p] = make_session((HeardSrtpProfile)p);
    /* OpenSSL first, then ipsec-mb where this machine has it. */
    for (unsigned round = 0; round < 2; round++) {
        assert_true(heard_cipher_install(round ? HEARD_GCM_IPSEC_MB : HEARD_GCM_EVP, &used));
        if (round == 0)
            assert_int_equal(used, HEARD_GCM_EVP);
        for (unsigned p = 0; p < HEARD_SRTP_PROFILE_COUNT; p++) {
            Session ours = make_session((HeardSrtpProfile)p);

            assert_interoperate(&ours, &theirs[round][p]);
            assert_interoperate(&theirs[round][p], &ours);
            srtp_dealloc(ours.out);
            srtp_dealloc(ours.in);
            srtp_dealloc(theirs[round][p].out);
            srtp_dealloc(theirs[round][p].in);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_ciphers_speak_with_libsrtps_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
