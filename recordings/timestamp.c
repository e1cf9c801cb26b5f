/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/timestamp.h"

#include "recordings/chain.h"
#include "recordings/disk.h"
#include "server/base/error.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NONCE_BYTES = 8, VERSION = 1 };

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_REQ, TS_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_RESP, TS_RESP_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_VERIFY_CTX, TS_VERIFY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_MSG_IMPRINT, TS_MSG_IMPRINT_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_ALGOR, X509_ALGOR_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_INTEGER, ASN1_INTEGER_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_free)

/* The library's own words, where it has some. */
static bool fail(GError **error, const char *what)
{
    const char *why = ERR_reason_error_string(ERR_peek_last_error());

    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO, "time-stamp: %s%s%s", what, why ? ": " : "",
                why ? why : "");
    ERR_clear_error();
    return false;
}

static bool set_imprint(TS_REQ *request, const uint8_t hash[static HEARD_LOG_HASH_SIZE])
{
    g_autoptr(TS_MSG_IMPRINT) imprint = TS_MSG_IMPRINT_new();
    g_autoptr(X509_ALGOR) algorithm = X509_ALGOR_new();

    return X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
           TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
           TS_MSG_IMPRINT_set_msg(imprint, (unsigned char *)hash, HEARD_LOG_HASH_SIZE) == 1 &&
           TS_REQ_set_msg_imprint(request, imprint) == 1;
}

static bool set_nonce(TS_REQ *request)
{
    uint8_t bytes[NONCE_BYTES];
    g_autoptr(BIGNUM) number = NULL;
    g_autoptr(ASN1_INTEGER) nonce = NULL;

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return false;
    number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    nonce = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
    return nonce && TS_REQ_set_nonce(request, nonce) == 1;
}

GBytes *heard_timestamp_request(const uint8_t hash[static HEARD_LOG_HASH_SIZE], GError **error)
{
    g_autoptr(TS_REQ) request = TS_REQ_new();
    unsigned char *der = NULL;
    GBytes *bytes;
    int size;

    if (TS_REQ_set_version(request, VERSION) != 1 || !set_imprint(request, hash) ||
        !set_nonce(request) || TS_REQ_set_cert_req(request, 1) != 1 ||
        (size = i2d_TS_REQ(request, &der)) <= 0) {
        fail(error, "no request could be made");
        return NULL;
    }
    bytes = g_bytes_new(der, (gsize)size);
    OPENSSL_free(der);
    return bytes;
}

static TS_RESP *parse(const void *response, size_t size, GError **error)
{
    const unsigned char *at = response;
    TS_RESP *parsed = size <= HEARD_TIMESTAMP_MAX ? d2i_TS_RESP(NULL, &at, (long)size) : NULL;

    if (parsed && at == (const unsigned char *)response + size)
        return parsed;
    TS_RESP_free(parsed);
    fail(error, "not the answer of a time-stamping authority");
    return NULL;
}

/* Everybody whom the token names is believed, when nobody says whom to believe. */
static X509_STORE *make_store(TS_RESP *response, const char *ca_path, GError **error)
{
    X509_STORE *store = X509_STORE_new();
    PKCS7 *token = TS_RESP_get_token(response);
    STACK_OF(X509) *named = token && PKCS7_type_is_signed(token) ? token->d.sign->cert : NULL;

    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
    if (!ca_path) {
        for (int i = 0; i < sk_X509_num(named); i++)
            X509_STORE_add_cert(store, sk_X509_value(named, i));
        return store;
    }
    if (X509_STORE_load_file(store, ca_path) == 1)
        return store;
    X509_STORE_free(store);
    ERR_clear_error();
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "%s: no certificates in PEM", ca_path);
    return NULL;
}

bool heard_timestamp_answers(GBytes *request, const void *response, size_t size, GError **error)
{
    gsize request_size;
    const unsigned char *at = g_bytes_get_data(request, &request_size);
    g_autoptr(TS_REQ) asked = d2i_TS_REQ(NULL, &at, (long)request_size);
    g_autoptr(TS_RESP) answer = parse(response, size, error);
    g_autoptr(TS_VERIFY_CTX) rules = NULL;
    X509_STORE *store;

    if (!asked || !answer)
        return false;
    store = make_store(answer, NULL, error);
    rules = TS_REQ_to_TS_VERIFY_CTX(asked, NULL);
    if (!rules)
        X509_STORE_free(store);
    if (!rules)
        return fail(error, "the request cannot be read");
    TS_VERIFY_CTX_add_flags(rules, TS_VFY_SIGNATURE);
    TS_VERIFY_CTX_set_store(rules, store);
    return TS_RESP_verify_response(rules, answer) == 1 || fail(error, "the answer does not fit");
}

static void read_facts(TS_RESP *response, HeardTimestamp *ret)
{
    PKCS7 *token = TS_RESP_get_token(response);
    STACK_OF(X509) *signers = PKCS7_get0_signers(token, NULL, 0);
    struct tm time = {0};

    *ret = (HeardTimestamp){0};
    if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(TS_RESP_get_tst_info(response)), &time) == 1)
        ret->wall_ms = (int64_t)timegm(&time) * 1000;
    if (signers && sk_X509_num(signers) > 0)
        X509_NAME_get_text_by_NID(X509_get_subject_name(sk_X509_value(signers, 0)), NID_commonName,
                                  ret->authority, sizeof(ret->authority));
    sk_X509_free(signers);
    if (!g_utf8_validate(ret->authority, -1, NULL))
        ret->authority[0] = '\0';
}

bool heard_timestamp_check(const void *response, size_t size,
                           const uint8_t hash[static HEARD_LOG_HASH_SIZE], const char *ca_path,
                           HeardTimestamp *ret_timestamp, GError **error)
{
    g_autoptr(TS_RESP) answer = parse(response, size, error);
    g_autoptr(TS_VERIFY_CTX) rules = TS_VERIFY_CTX_new();
    X509_STORE *store = answer ? make_store(answer, ca_path, error) : NULL;

    if (!store)
        return false;
    TS_VERIFY_CTX_set_flags(rules, TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_SIGNATURE);
    TS_VERIFY_CTX_set_store(rules, store);
    TS_VERIFY_CTX_set_imprint(rules, OPENSSL_memdup(hash, HEARD_LOG_HASH_SIZE),
                              HEARD_LOG_HASH_SIZE);
    if (TS_RESP_verify_response(rules, answer) != 1)
        return fail(error, "it does not fit");
    read_facts(answer, ret_timestamp);
    return true;
}

bool heard_timestamp_imprint(const void *response, size_t size,
                             uint8_t ret_hash[static HEARD_LOG_HASH_SIZE])
{
    g_autoptr(TS_RESP) answer = parse(response, size, NULL);
    TS_TST_INFO *info = answer ? TS_RESP_get_tst_info(answer) : NULL;
    ASN1_OCTET_STRING *imprint =
        info ? TS_MSG_IMPRINT_get_msg(TS_TST_INFO_get_msg_imprint(info)) : NULL;

    if (!imprint || ASN1_STRING_length(imprint) != HEARD_LOG_HASH_SIZE)
        return false;
    memcpy(ret_hash, ASN1_STRING_get0_data(imprint), HEARD_LOG_HASH_SIZE);
    return true;
}

char *heard_timestamp_hourly_name(unsigned number)
{
    return g_strdup_printf("timestamp-%04u.tsr", number);
}

unsigned heard_timestamp_hourly_number(const char *name)
{
    unsigned number = 0;
    g_autofree char *same = NULL;

    if (sscanf(name, "timestamp-%4u.tsr", &number) != 1 || number == 0)
        return 0;
    same = heard_timestamp_hourly_name(number);
    return strcmp(name, same) == 0 ? number : 0;
}

bool heard_timestamp_check_file(const char *path, const void *seal, size_t seal_size,
                                const char *ca_path, HeardTimestamp *ret_timestamp, GError **error)
{
    g_autofree char *file = g_build_filename(path, HEARD_TIMESTAMP_FILE, NULL);
    g_autofree char *response = NULL;
    g_autoptr(GError) why = NULL;
    uint8_t hash[HEARD_LOG_HASH_SIZE];
    size_t size;

    response = heard_disk_read(file, HEARD_TIMESTAMP_MAX, &size, &why);
    if (!response && heard_error_code(why) == HEARD_ERROR_NOT_FOUND) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (!response) {
        g_set_error_literal(error, HEARD_ERROR, HEARD_ERROR_CRYPTO, "unreadable");
        return false;
    }
    heard_chain_sha256(hash, seal, seal_size);
    return heard_timestamp_check(response, size, hash, ca_path, ret_timestamp, error);
}
