/* SPDX-License-Identifier: Apache-2.0 */
#include "media/transport/dtls.h"
#include "media/transport/dtls_identity.h"
#include "tests/unit/heard_test.h"

enum { NOW_US = 1000000, PACKET_SIZE = 200 };

typedef struct {
    HeardDtlsIdentity *server_identity, *client_identity;
    HeardDtls *server, *client;
} Pair;

static void make_pair(Pair *pair, const char *client_profiles)
{
    pair->server_identity = heard_dtls_identity_new(NULL);
    pair->client_identity = heard_dtls_identity_new(NULL);
    assert_non_null(pair->server_identity);
    assert_non_null(pair->client_identity);
    if (client_profiles)
        assert_int_equal(SSL_CTX_set_tlsext_use_srtp(
                             heard_dtls_identity_context(pair->client_identity), client_profiles),
                         0);
    pair->server = heard_dtls_new(pair->server_identity, HEARD_DTLS_SERVER,
                                  heard_dtls_identity_digest(pair->client_identity));
    pair->client = heard_dtls_new(pair->client_identity, HEARD_DTLS_CLIENT,
                                  heard_dtls_identity_digest(pair->server_identity));
}

static void free_pair(Pair *pair)
{
    heard_dtls_free(pair->server);
    heard_dtls_free(pair->client);
    heard_dtls_identity_free(pair->server_identity);
    heard_dtls_identity_free(pair->client_identity);
}

/* Carries what one side has to say; the number of datagrams. */
static unsigned carry(HeardDtls *from, HeardDtls *to)
{
    const uint8_t *datagram;
    unsigned count = 0;
    size_t size;

    while ((datagram = heard_dtls_poll_datagram(from, &size))) {
        g_autofree uint8_t *copy = g_memdup2(datagram, size); /* exact size, for ASan */

        assert_true(size <= HEARD_DTLS_DATAGRAM_MAX);
        heard_dtls_receive(to, copy, size, NOW_US);
        count++;
    }
    return count;
}

static void shake_hands(Pair *pair)
{
    heard_dtls_start(pair->client, NOW_US);
    while (carry(pair->client, pair->server) + carry(pair->server, pair->client) > 0)
        ;
}

static void assert_media_flows(Pair *pair, HeardSrtpProfile profile)
{
    uint8_t packet[PACKET_SIZE + HEARD_SRTP_TRAILER_MAX], plain[PACKET_SIZE];
    HeardSrtpKeys server_keys, client_keys;
    g_autoptr(HeardSrtp) server = NULL;
    g_autoptr(HeardSrtp) client = NULL;

    assert_true(heard_dtls_export_keys(pair->server, &server_keys));
    assert_true(heard_dtls_export_keys(pair->client, &client_keys));
    assert_int_equal(server_keys.profile, profile);
    assert_int_equal(client_keys.profile, profile);
    server = heard_srtp_new(&server_keys, NULL);
    client = heard_srtp_new(&client_keys, NULL);
    assert_non_null(server);
    assert_non_null(client);
    for (unsigned i = 0; i < 50; i++) {
        HeardSrtp *from = i % 2 ? client : server, *to = i % 2 ? server : client;
        size_t size = PACKET_SIZE;

        memset(plain, (int)i, sizeof(plain));
        memcpy(plain, "\x80\x60\x00\x00\x00\x00\x00\x01\x12\x34\x56\x78", 12);
        plain[3] = (uint8_t)i;
        memcpy(packet, plain, sizeof(plain));
        assert_int_equal(heard_srtp_protect_rtp(from, packet, &size), HEARD_SRTP_OK);
        assert_int_equal(size, PACKET_SIZE + heard_srtp_rtp_overhead(from));
        assert_memory_not_equal(packet + 12, plain + 12, PACKET_SIZE - 12);
        assert_int_equal(heard_srtp_unprotect_rtp(to, packet, &size), HEARD_SRTP_OK);
        assert_int_equal(size, PACKET_SIZE);
        assert_memory_equal(packet, plain, size);
    }
}

static void every_profile_carries_media_both_ways(void **state)
{
    static const struct {
        const char *offered;
        HeardSrtpProfile taken;
    } cases[] = {
        /* Chromium's order: the server's own order decides. */
        {"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM",
         HEARD_SRTP_AEAD_AES_128_GCM},
        {"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM", HEARD_SRTP_AEAD_AES_256_GCM},
        {"SRTP_AES128_CM_SHA1_80", HEARD_SRTP_AES128_CM_SHA1_80},
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        Pair pair;

        make_pair(&pair, cases[i].offered);
        shake_hands(&pair);
        assert_int_equal(heard_dtls_state(pair.server), HEARD_DTLS_CONNECTED);
        assert_int_equal(heard_dtls_state(pair.client), HEARD_DTLS_CONNECTED);
        assert_media_flows(&pair, cases[i].taken);
        free_pair(&pair);
    }
}

static void no_common_profile_fails(void **state)
{
    HeardSrtpKeys keys;
    Pair pair;

    (void)state;
    make_pair(&pair, "SRTP_AES128_CM_SHA1_32");
    shake_hands(&pair);
    assert_int_equal(heard_dtls_state(pair.server), HEARD_DTLS_FAILED);
    assert_false(heard_dtls_export_keys(pair.server, &keys));
    free_pair(&pair);
}

static void another_certificate_is_refused(void **state)
{
    uint8_t wrong[HEARD_DTLS_FINGERPRINT_SIZE] = {1};
    Pair pair;

    (void)state;
    make_pair(&pair, NULL);
    heard_dtls_free(pair.server);
    pair.server = heard_dtls_new(pair.server_identity, HEARD_DTLS_SERVER, wrong);
    shake_hands(&pair);
    assert_int_equal(heard_dtls_state(pair.server), HEARD_DTLS_FAILED);
    assert_int_not_equal(heard_dtls_state(pair.client), HEARD_DTLS_CONNECTED);
    free_pair(&pair);
}

static void closing_is_told_to_the_other_side(void **state)
{
    Pair pair;

    (void)state;
    make_pair(&pair, NULL);
    shake_hands(&pair);
    heard_dtls_close(pair.client);
    assert_int_equal(heard_dtls_state(pair.client), HEARD_DTLS_CLOSED);
    assert_int_equal(carry(pair.client, pair.server), 1);
    assert_int_equal(heard_dtls_state(pair.server), HEARD_DTLS_CLOSED);
    free_pair(&pair);
}

/* Without OpenSSL's state the close_notify goes out all the same; the other side's is only
 * counted, and nothing else that comes does harm. */
static void a_settled_side_still_says_farewell(void **state)
{
    static const uint8_t alert[] = {21, 0xfe, 0xfd, 0, 1}, garbage[] = {22, 1, 2, 3};
    Pair pair;

    (void)state;
    make_pair(&pair, NULL);
    heard_dtls_settle(pair.server); /* too early: nothing happens */
    shake_hands(&pair);
    assert_media_flows(&pair, HEARD_SRTP_AEAD_AES_128_GCM);
    heard_dtls_settle(pair.server);
    heard_dtls_settle(pair.server);
    assert_int_equal(heard_dtls_state(pair.server), HEARD_DTLS_CONNECTED);
    assert_int_equal(heard_dtls_deadline_us(pair.server), INT64_MAX);
    heard_dtls_receive(pair.server, garbage, sizeof(garbage), NOW_US);
    assert_int_equal(heard_dtls_alerts(pair.server), 0);
    heard_dtls_receive(pair.server, alert, sizeof(alert), NOW_US);
    heard_dtls_tick(pair.server, NOW_US);
    assert_int_equal(heard_dtls_alerts(pair.server), 1);
    assert_int_equal(heard_dtls_state(pair.server), HEARD_DTLS_CONNECTED);
    assert_int_equal(carry(pair.server, pair.client), 0);
    heard_dtls_close(pair.server);
    assert_int_equal(carry(pair.server, pair.client), 1);
    assert_int_equal(heard_dtls_state(pair.client), HEARD_DTLS_CLOSED);
    free_pair(&pair);
}

static void a_lost_flight_is_due_again_soon(void **state)
{
    int64_t deadline_us;
    size_t size;
    Pair pair;

    (void)state;
    make_pair(&pair, NULL);
    assert_int_equal(heard_dtls_deadline_us(pair.server), INT64_MAX);
    heard_dtls_start(pair.client, NOW_US);
    while (heard_dtls_poll_datagram(pair.client, &size))
        ; /* lost */
    deadline_us = heard_dtls_deadline_us(pair.client);
    assert_true(deadline_us > NOW_US && deadline_us <= NOW_US + 60000);
    free_pair(&pair);
}

static void garbage_is_survived(void **state)
{
    static const uint8_t garbage[] = {22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4};
    Pair pair;

    (void)state;
    make_pair(&pair, NULL);
    for (size_t size = 0; size <= sizeof(garbage); size++) {
        g_autofree uint8_t *copy = g_memdup2(garbage, size);

        heard_dtls_receive(pair.server, copy, size, NOW_US);
    }
    free_pair(&pair);
    make_pair(&pair, NULL);
    shake_hands(&pair);
    heard_dtls_receive(pair.server, garbage, sizeof(garbage), NOW_US);
    assert_int_equal(heard_dtls_state(pair.server), HEARD_DTLS_CONNECTED);
    free_pair(&pair);
}

static void the_fingerprint_is_the_digest(void **state)
{
    g_autoptr(HeardDtlsIdentity) identity = heard_dtls_identity_new(NULL);
    const char *text = heard_dtls_identity_fingerprint(identity);
    const uint8_t *digest = heard_dtls_identity_digest(identity);
    char first[4];

    (void)state;
    assert_int_equal(strlen(text), 95);
    g_snprintf(first, sizeof(first), "%02X:", digest[0]);
    assert_memory_equal(text, first, 3);
}

/* A random serial number once began with a zero byte: 1 certificate of 256 was not DER. */
static void every_certificate_can_be_read(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2000; i++) {
        g_autoptr(HeardDtlsIdentity) identity = heard_dtls_identity_new(NULL);
        X509 *certificate = SSL_CTX_get0_certificate(heard_dtls_identity_context(identity));
        const unsigned char *at;
        unsigned char *der = NULL;
        int size = i2d_X509(certificate, &der);
        X509 *again;

        assert_true(size > 0);
        at = der;
        again = d2i_X509(NULL, &at, size);
        assert_non_null(again);
        X509_free(again);
        OPENSSL_free(der);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_profile_carries_media_both_ways),
        cmocka_unit_test(no_common_profile_fails),
        cmocka_unit_test(another_certificate_is_refused),
        cmocka_unit_test(closing_is_told_to_the_other_side),
        cmocka_unit_test(a_settled_side_still_says_farewell),
        cmocka_unit_test(a_lost_flight_is_due_again_soon),
        cmocka_unit_test(garbage_is_survived),
        cmocka_unit_test(the_fingerprint_is_the_digest),
        cmocka_unit_test(every_certificate_can_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
