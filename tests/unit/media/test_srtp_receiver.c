/* SPDX-License-Identifier: Apache-2.0 */

/* libsrtp is the oracle: it protects, and whatever it accepts, refuses and reads, we do. */
#include "media/transport/srtp_receiver.h"
#include "tests/unit/heard_test.h"

#include <srtp2/srtp.h>

enum {
    PACKETS = 20000,
    SSRCS = 5,
    PACKET_MAX = 1500,
    MASTER_SIZE = 44,
    REACH = 1400, /* how far back packets come: beyond the window */
    SEED = 20261127
};

typedef struct {
    HeardSrtpReceiver *ours;
    srtp_t sender, oracle;
    GRand *random;
} Trio;

typedef struct {
    uint8_t bytes[PACKET_MAX + SRTP_MAX_TRAILER_LEN];
    size_t size, plain_size;
} Packet;

static srtp_t open_libsrtp(const uint8_t *master, bool is_256, srtp_ssrc_type_t type)
{
    uint8_t key[MASTER_SIZE];
    srtp_policy_t policy;
    srtp_t context = NULL;

    memcpy(key, master, sizeof(key));
    memset(&policy, 0, sizeof(policy));
    if (is_256)
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
    else
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    policy.rtcp = policy.rtp;
    policy.key = key;
    policy.window_size = HEARD_SRTP_RECEIVER_WINDOW;
    policy.ssrc.type = type;
    assert_int_equal(srtp_create(&context, &policy), srtp_err_status_ok);
    return context;
}

static void open_trio(Trio *self, HeardGcmBackend backend, bool is_256)
{
    uint8_t master[MASTER_SIZE];

    self->random = g_rand_new_with_seed(SEED);
    for (unsigned i = 0; i < sizeof(master); i++)
        master[i] = (uint8_t)g_rand_int(self->random);
    assert_true(heard_gcm_prepare(backend));
    self->ours = heard_srtp_receiver_new(backend, master, is_256);
    assert_non_null(self->ours);
    self->sender = open_libsrtp(master, is_256, ssrc_any_outbound);
    self->oracle = open_libsrtp(master, is_256, ssrc_any_inbound);
}

static void close_trio(Trio *self)
{
    heard_srtp_receiver_free(self->ours);
    srtp_dealloc(self->sender);
    srtp_dealloc(self->oracle);
    g_rand_free(self->random);
}

static void make_packet(Trio *self, Packet *packet, uint32_t ssrc, uint16_t seq)
{
    unsigned csrcs = (unsigned)g_rand_int_range(self->random, 0, 3);
    bool extended = g_rand_boolean(self->random);
    size_t header = 12 + csrcs * 4U + (extended ? 12 : 0);
    int length;

    packet->plain_size = header + (size_t)g_rand_int_range(self->random, 0, 200);
    for (size_t i = 0; i < packet->plain_size; i++)
        packet->bytes[i] = (uint8_t)g_rand_int(self->random);
    packet->bytes[0] = (uint8_t)(0x80 | (extended ? 0x10 : 0) | csrcs);
    packet->bytes[2] = (uint8_t)(seq >> 8);
    packet->bytes[3] = (uint8_t)seq;
    for (unsigned i = 0; i < 4; i++)
        packet->bytes[8 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
    if (extended) {
        packet->bytes[header - 12] = 0xbe;
        packet->bytes[header - 11] = 0xde;
        packet->bytes[header - 10] = 0;
        packet->bytes[header - 9] = 2;
    }
    length = (int)packet->plain_size;
    assert_int_equal(srtp_protect(self->sender, packet->bytes, &length), srtp_err_status_ok);
    packet->size = (size_t)length;
}

static HeardSrtpReceiverResult result_of(srtp_err_status_t status)
{
    switch ((int)status) {
    case srtp_err_status_ok:
        return HEARD_SRTP_RECEIVER_OK;
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
        return HEARD_SRTP_RECEIVER_REPLAYED;
    case srtp_err_status_auth_fail:
        return HEARD_SRTP_RECEIVER_FORGED;
    default:
        return HEARD_SRTP_RECEIVER_MALFORMED;
    }
}

/* Both get the packet; what they say and read must be the same. */
static HeardSrtpReceiverResult receive(Trio *self, const Packet *packet)
{
    Packet ours = *packet, theirs = *packet;
    int length = (int)theirs.size;
    srtp_err_status_t status = srtp_unprotect(self->oracle, theirs.bytes, &length);
    HeardSrtpReceiverResult result =
        heard_srtp_receiver_unprotect(self->ours, ours.bytes, &ours.size);

    assert_int_equal(result, result_of(status));
    if (result == HEARD_SRTP_RECEIVER_OK) {
        assert_int_equal(ours.size, length);
        assert_int_equal(ours.size, packet->plain_size);
        assert_memory_equal(ours.bytes, theirs.bytes, ours.size);
    }
    return result;
}

/* SSRCs that wrap; packets lost, late within the window and beyond it, twice, and forged. */
static void agrees_with_libsrtp(HeardGcmBackend backend, bool is_256)
{
    g_autofree Packet *sent = g_new0(Packet, SSRCS * REACH);
    unsigned results[HEARD_SRTP_RECEIVER_FULL + 1] = {0};
    unsigned next[SSRCS], count[SSRCS] = {0};
    Trio trio;

    open_trio(&trio, backend, is_256);
    for (unsigned i = 0; i < SSRCS; i++)
        next[i] = (unsigned)g_rand_int_range(trio.random, 60000, 65535);
    for (unsigned n = 0; n < PACKETS; n++) {
        unsigned k = (unsigned)g_rand_int_range(trio.random, 0, SSRCS);
        Packet *own = sent + k * REACH, packet;

        if (count[k] == 0 || g_rand_double(trio.random) < 0.7) {
            make_packet(&trio, &own[count[k]++ % REACH], k + 1, (uint16_t)next[k]);
            next[k] += 1;
            if (count[k] > 1 && g_rand_double(trio.random) < 0.2)
                continue; /* lost, or comes late by the draw below */
            packet = own[(count[k] - 1) % REACH];
        } else {
            packet = own[(unsigned)g_rand_int_range(trio.random, 0, (gint32)MIN(count[k], REACH))];
        }
        if (g_rand_double(trio.random) < 0.05)
            packet.bytes[(unsigned)g_rand_int_range(trio.random, 12, (gint32)packet.size)] ^= 1;
        results[receive(&trio, &packet)]++;
    }
    assert_true(results[HEARD_SRTP_RECEIVER_OK] > PACKETS / 2);
    assert_true(results[HEARD_SRTP_RECEIVER_REPLAYED] > PACKETS / 20);
    assert_true(results[HEARD_SRTP_RECEIVER_FORGED] > PACKETS / 50);
    assert_int_equal(heard_srtp_receiver_ssrc_count(trio.ours), SSRCS);
    for (unsigned i = 0; i < SSRCS; i++)
        assert_true(next[i] > 65536); /* each wrapped */
    close_trio(&trio);
}

static void agrees_with_ipsec_mb(void **state)
{
    (void)state;
    if (!heard_gcm_prepare(HEARD_GCM_IPSEC_MB))
        skip();
    agrees_with_libsrtp(HEARD_GCM_IPSEC_MB, false);
    agrees_with_libsrtp(HEARD_GCM_IPSEC_MB, true);
}

static void agrees_with_evp(void **state)
{
    (void)state;
    agrees_with_libsrtp(HEARD_GCM_EVP, false);
    agrees_with_libsrtp(HEARD_GCM_EVP, true);
}

/* Far jumps forward, a low number first, and what would lie before the first packet. */
static void agrees_on_jumps(void **state)
{
    static const uint16_t numbers[] = {10,    65530, 5000,  20,    40000, 9,     8000, 40000,
                                       30000, 41024, 40000, 40001, 100,   65535, 0,    65534};
    Trio trio;

    (void)state;
    open_trio(&trio, HEARD_GCM_EVP, false);
    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++) {
        Packet packet;
        uint8_t plain[12] = {0x80, 96, (uint8_t)(numbers[i] >> 8), (uint8_t)numbers[i]};
        int length = sizeof(plain);

        packet.size = packet.plain_size = sizeof(plain);
        memcpy(packet.bytes, plain, sizeof(plain));
        /* The sender may refuse to go back; what it lets out both must judge alike. */
        if (srtp_protect(trio.sender, packet.bytes, &length) != srtp_err_status_ok)
            continue;
        packet.size = (size_t)length;
        receive(&trio, &packet);
    }
    close_trio(&trio);
}

/* Who forges can neither move the window nor take the room of SSRCs. */
static void a_forger_changes_nothing(void **state)
{
    Packet packet;
    Trio trio;

    (void)state;
    open_trio(&trio, HEARD_GCM_EVP, false);
    make_packet(&trio, &packet, 1, 100);
    assert_int_equal(receive(&trio, &packet), HEARD_SRTP_RECEIVER_OK);
    for (unsigned i = 0; i < 2 * HEARD_SRTP_RECEIVER_SSRCS_MAX; i++) {
        Packet forged = packet;

        forged.bytes[9] = (uint8_t)(i + 2);
        assert_int_equal(heard_srtp_receiver_unprotect(trio.ours, forged.bytes, &forged.size),
                         HEARD_SRTP_RECEIVER_FORGED);
        forged = packet;
        forged.bytes[2] = (uint8_t)(i + 20);
        assert_int_equal(heard_srtp_receiver_unprotect(trio.ours, forged.bytes, &forged.size),
                         HEARD_SRTP_RECEIVER_FORGED);
    }
    assert_int_equal(heard_srtp_receiver_ssrc_count(trio.ours), 1);
    make_packet(&trio, &packet, 1, 101);
    assert_int_equal(receive(&trio, &packet), HEARD_SRTP_RECEIVER_OK);
    close_trio(&trio);
}

static void ssrcs_are_bounded(void **state)
{
    Packet packet;
    Trio trio;

    (void)state;
    open_trio(&trio, HEARD_GCM_EVP, false);
    for (uint32_t ssrc = 1; ssrc <= HEARD_SRTP_RECEIVER_SSRCS_MAX; ssrc++) {
        make_packet(&trio, &packet, ssrc, 1);
        assert_int_equal(receive(&trio, &packet), HEARD_SRTP_RECEIVER_OK);
    }
    make_packet(&trio, &packet, 1000, 1);
    assert_int_equal(heard_srtp_receiver_unprotect(trio.ours, packet.bytes, &packet.size),
                     HEARD_SRTP_RECEIVER_FULL);
    make_packet(&trio, &packet, 3, 2);
    assert_int_equal(receive(&trio, &packet), HEARD_SRTP_RECEIVER_OK);
    close_trio(&trio);
}

static void refuses_what_is_no_rtp(void **state)
{
    uint8_t bytes[64] = {0x80, 96};
    Trio trio;

    (void)state;
    open_trio(&trio, HEARD_GCM_EVP, false);
    for (size_t size = 0; size < 12 + HEARD_GCM_TAG_SIZE; size++) {
        size_t given = size;

        assert_int_equal(heard_srtp_receiver_unprotect(trio.ours, bytes, &given),
                         HEARD_SRTP_RECEIVER_MALFORMED);
    }
    close_trio(&trio);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_ipsec_mb), cmocka_unit_test(agrees_with_evp),
        cmocka_unit_test(agrees_on_jumps),      cmocka_unit_test(a_forger_changes_nothing),
        cmocka_unit_test(ssrcs_are_bounded),    cmocka_unit_test(refuses_what_is_no_rtp),
    };

    assert_int_equal(srtp_init(), srtp_err_status_ok);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
