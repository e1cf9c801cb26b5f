/* SPDX-License-Identifier: Apache-2.0 */
#include "media/transport/dtls_identity.h"

#include "server/base/error.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

enum {
    SECONDS_PER_DAY = 24 * 60 * 60,
    VALID_DAYS = 3650, /* nobody checks: the fingerprint in the SDP is what counts */
    /* OpenSSL sizes its buffer by it; handshake messages are cut to the MTU anyway. */
    SEND_FRAGMENT_BYTES = 1200,
};

/* The server follows its own order: GCM costs a twentieth of SHA1_80 (media/README.md). */
static const char srtp_profiles[] =
    "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80";
/* RSA suites are for servers that the load tester meets as a client. */
static const char cipher_suites[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305";

struct HeardDtlsIdentity {
    SSL_CTX *context;
    uint8_t digest[HEARD_DTLS_FINGERPRINT_SIZE];
    char fingerprint[HEARD_DTLS_FINGERPRINT_TEXT_SIZE];
};

static X509 *make_certificate(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name;
    uint8_t serial[8];
    bool ok;

    if (!certificate)
        return NULL;
    name = X509_get_subject_name(certificate);
    ok = RAND_bytes(serial, sizeof(serial)) == 1 && X509_set_version(certificate, 2) == 1;
    /* RFC 5280 4.1.2.2: positive; and the first byte not 0, which DER (X.690 8.3.2) refuses
     * before a small one: one certificate of 256 could not be read by anybody. */
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40);
    ok = ok && ASN1_STRING_set(X509_get_serialNumber(certificate), serial, sizeof(serial)) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -SECONDS_PER_DAY) &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), VALID_DAYS, 0, NULL) &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"heard", -1, -1,
                                    0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
    if (ok)
        return certificate;
    X509_free(certificate);
    return NULL;
}

/* Replaces chain building: a certificate is right when its fingerprint is the SDP's. */
static int check_fingerprint(X509_STORE_CTX *store, void *data)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const uint8_t *wanted = SSL_get_app_data(ssl);
    X509 *certificate = X509_STORE_CTX_get0_cert(store);
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    (void)data;
    if (certificate && X509_digest(certificate, EVP_sha256(), digest, &size) == 1 &&
        size == HEARD_DTLS_FINGERPRINT_SIZE && !memcmp(digest, wanted, size))
        return 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
}

static SSL_CTX *make_context(X509 *certificate, EVP_PKEY *key)
{
    SSL_CTX *context = SSL_CTX_new(DTLS_method());

    if (!context)
        return NULL;
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(context, check_fingerprint, NULL);
    SSL_CTX_set_max_send_fragment(context, SEND_FRAGMENT_BYTES);
    /* SSL_CTX_set_tlsext_use_srtp is the one call here that answers 0 for success. */
    if (SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
        SSL_CTX_set_cipher_list(context, cipher_suites) == 1 &&
        SSL_CTX_use_certificate(context, certificate) == 1 &&
        SSL_CTX_use_PrivateKey(context, key) == 1 &&
        SSL_CTX_set_tlsext_use_srtp(context, srtp_profiles) == 0)
        return context;
    SSL_CTX_free(context);
    return NULL;
}

static void write_fingerprint(HeardDtlsIdentity *self)
{
    for (unsigned i = 0; i < HEARD_DTLS_FINGERPRINT_SIZE; i++)
        snprintf(self->fingerprint + 3 * i, 4, "%02X%s", self->digest[i],
                 i + 1 < HEARD_DTLS_FINGERPRINT_SIZE ? ":" : "");
}

HeardDtlsIdentity *heard_dtls_identity_new(GError **error)
{
    g_autoptr(HeardDtlsIdentity) self = g_new0(HeardDtlsIdentity, 1);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = key ? make_certificate(key) : NULL;
    unsigned size = 0;
    bool ok = false;

    if (certificate && X509_digest(certificate, EVP_sha256(), self->digest, &size) == 1) {
        self->context = make_context(certificate, key);
        write_fingerprint(self);
        ok = self->context != NULL;
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
    if (ok)
        return g_steal_pointer(&self);
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO, "make a DTLS certificate: %s",
                ERR_reason_error_string(ERR_get_error()));
    ERR_clear_error();
    return NULL;
}

void heard_dtls_identity_free(HeardDtlsIdentity *self)
{
    if (!self)
        return;
    SSL_CTX_free(self->context);
    g_free(self);
}

const char *heard_dtls_identity_fingerprint(const HeardDtlsIdentity *self)
{
    return self->fingerprint;
}

const uint8_t *heard_dtls_identity_digest(const HeardDtlsIdentity *self)
{
    return self->digest;
}

SSL_CTX *heard_dtls_identity_context(const HeardDtlsIdentity *self)
{
    return self->context;
}
