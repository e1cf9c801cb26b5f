/* SPDX-License-Identifier: Apache-2.0 */

/* What our sender protects, libsrtp must accept: it is the oracle. */
#include "media/transport/srtp_sender.h"
#include "tests/unit/heard_test.h"

#include <glib.h>
#include <srtp2/srtp.h>

enum { PACKETS = 3000, SSRCS = 6, PACKET_MAX = 1500, MASTER_SIZE = 44, SEED = 20261127 };

typedef struct {
    HeardSrtpSender sender;
    srtp_t oracle;
    GRand *random;
} Pair;

static void open_pair(Pair *self, HeardGcmBackend backend, bool is_256)
{
    uint8_t master[MASTER_SIZE];
    srtp_policy_t policy;

    memset(self, 0, sizeof(*self));
    self->random = g_rand_new_with_seed(SEED);
    for (unsigned i = 0; i < sizeof(master); i++)
        master[i] = (uint8_t)g_rand_int(self->random);
    assert_true(heard_gcm_prepare(backend));
    assert_true(heard_srtp_sender_init(&self->sender, backend, master, is_256));
    memset(&policy, 0, sizeof(policy));
    if (is_256)
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
    else
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    policy.rtcp = policy.rtp;
    policy.key = master;
    policy.window_size = 1024;
    policy.ssrc.type = ssrc_any_inbound;
    assert_int_equal(srtp_create(&self->oracle, &policy), srtp_err_status_ok);
}

static void close_pair(Pair *self)
{
    heard_srtp_sender_deinit(&self->sender);
    srtp_dealloc(self->oracle);
    g_rand_free(self->random);
}

static size_t make_packet(GRand *random, uint8_t *packet, uint32_t ssrc, uint16_t seq)
{
    unsigned csrcs = (unsigned)g_rand_int_range(random, 0, 3);
    bool extended = g_rand_boolean(random);
    size_t header = 12 + csrcs * 4U + (extended ? 12 : 0);
    size_t size = header + (size_t)g_rand_int_range(random, 0, PACKET_MAX - 60);

    for (size_t i = 0; i < size; i++)
        packet[i] = (uint8_t)g_rand_int(random);
    packet[0] = (uint8_t)(0x80 | (extended ? 0x10 : 0) | csrcs);
    packet[2] = (uint8_t)(seq >> 8);
    packet[3] = (uint8_t)seq;
    for (unsigned i = 0; i < 4; i++)
        packet[8 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
    if (extended) {
        packet[header - 12] = 0xbe;
        packet[header - 11] = 0xde;
        packet[header - 10] = 0;
        packet[header - 9] = 2;
    }
    return size;
}

/* true: sent, and the oracle gets the same text back. */
static bool passes(Pair *self, uint32_t ssrc, uint16_t seq)
{
    uint8_t packet[PACKET_MAX + 32], plain[PACKET_MAX + 32];
    size_t plain_size = make_packet(self->random, packet, ssrc, seq), size = plain_size;
    int length;

    memcpy(plain, packet, plain_size);
    if (heard_srtp_sender_protect(&self->sender, packet, &size) != HEARD_SRTP_SENDER_OK)
        return false;
    assert_int_equal(size, plain_size + HEARD_GCM_TAG_SIZE);
    length = (int)size;
    assert_int_equal(srtp_unprotect(self->oracle, packet, &length), srtp_err_status_ok);
    assert_int_equal(length, plain_size);
    assert_memory_equal(packet, plain, plain_size);
    return true;
}

/* Several SSRCs that wrap, with packets that come late. */
static void libsrtp_accepts(HeardGcmBackend backend, bool is_256)
{
    int64_t next[SSRCS];
    Pair pair;

    open_pair(&pair, backend, is_256);
    for (unsigned i = 0; i < SSRCS; i++)
        next[i] = g_rand_int_range(pair.random, 65000, 65535);
    for (unsigned i = 0; i < PACKETS * SSRCS; i++) {
        unsigned k = (unsigned)g_rand_int_range(pair.random, 0, SSRCS);
        int64_t step = g_rand_int_range(pair.random, 1, 5);

        next[k] += step;
        assert_true(passes(&pair, k + 1, (uint16_t)next[k]));
        if (step > 1 && g_rand_boolean(pair.random))
            assert_true(passes(&pair, k + 1, (uint16_t)(next[k] - 1)));
        assert_false(passes(&pair, k + 1, (uint16_t)next[k]));
    }
    close_pair(&pair);
}

static void libsrtp_accepts_ipsec_mb(void **state)
{
    (void)state;
    if (!heard_gcm_prepare(HEARD_GCM_IPSEC_MB))
        skip();
    libsrtp_accepts(HEARD_GCM_IPSEC_MB, false);
    libsrtp_accepts(HEARD_GCM_IPSEC_MB, true);
}

static void libsrtp_accepts_evp(void **state)
{
    (void)state;
    libsrtp_accepts(HEARD_GCM_EVP, false);
    libsrtp_accepts(HEARD_GCM_EVP, true);
}

/* The rule that the whole cipher hangs on, against a set of all that was sent. */
static void no_number_goes_out_twice(void **state)
{
    GHashTable *sent = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    int64_t highest = 70000;
    Pair pair;

    (void)state;
    open_pair(&pair, HEARD_GCM_EVP, false);
    assert_true(passes(&pair, 1, 65000));
    for (int64_t n = 65001; n <= highest; n++)
        assert_true(passes(&pair, 1, (uint16_t)n));
    for (unsigned i = 0; i < PACKETS; i++) {
        int64_t index = highest + g_rand_int_range(pair.random, -400, 60);
        int64_t *key = g_memdup2(&index, sizeof(index));
        bool fresh = index > 70000 && !g_hash_table_contains(sent, key);

        if (highest - index >= HEARD_SRTP_SENDER_WINDOW)
            fresh = false;
        assert_int_equal(passes(&pair, 1, (uint16_t)index), fresh);
        highest = MAX(highest, fresh ? index : highest);
        g_hash_table_add(sent, key);
    }
    g_hash_table_unref(sent);
    close_pair(&pair);
}

static void refuses_what_is_no_rtp(void **state)
{
    uint8_t packet[64] = {0x90, 96, 0, 1};
    size_t size = 11;
    Pair pair;

    (void)state;
    open_pair(&pair, HEARD_GCM_EVP, false);
    assert_int_equal(heard_srtp_sender_protect(&pair.sender, packet, &size),
                     HEARD_SRTP_SENDER_MALFORMED);
    size = 14; /* the extension's own header is cut off */
    assert_int_equal(heard_srtp_sender_protect(&pair.sender, packet, &size),
                     HEARD_SRTP_SENDER_MALFORMED);
    packet[0] = 0x40;
    size = 40;
    assert_int_equal(heard_srtp_sender_protect(&pair.sender, packet, &size),
                     HEARD_SRTP_SENDER_MALFORMED);
    close_pair(&pair);
}

static void ssrcs_are_bounded(void **state)
{
    uint8_t packet[64] = {0x80, 96};
    size_t size = 20;
    Pair pair;

    (void)state;
    open_pair(&pair, HEARD_GCM_EVP, false);
    for (uint32_t ssrc = 1; ssrc <= HEARD_SRTP_SENDER_SSRCS_MAX; ssrc++)
        assert_true(passes(&pair, ssrc, 1));
    packet[8] = 0xff;
    assert_int_equal(heard_srtp_sender_protect(&pair.sender, packet, &size),
                     HEARD_SRTP_SENDER_FULL);
    assert_true(passes(&pair, 3, 2));
    close_pair(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libsrtp_accepts_ipsec_mb), cmocka_unit_test(libsrtp_accepts_evp),
        cmocka_unit_test(no_number_goes_out_twice), cmocka_unit_test(refuses_what_is_no_rtp),
        cmocka_unit_test(ssrcs_are_bounded),
    };

    assert_int_equal(srtp_init(), srtp_err_status_ok);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
