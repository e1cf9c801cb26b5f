/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/signer.h"

#include "recordings/disk.h"
#include "recordings/token.h"
#include "server/base/error.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIGNATURE_MAX = HEARD_SIGNATURE_HEX_MAX / 2, NAME_MAX_BYTES = 128, SECONDS_PER_DAY = 86400 };

static const char sm2_id[] = "1234567812345678";

struct HeardSigner {
    EVP_PKEY *key; /* or: */
    HeardToken *token;
    char *certificate;
};

struct HeardSignatory {
    X509 *certificate;
    STACK_OF(X509) * chain;
    char name[NAME_MAX_BYTES];
    char fingerprint[2 * EVP_MAX_MD_SIZE + 1];
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)

static bool fail(GError **error, HeardError code, const char *path, const char *why)
{
    g_set_error(error, HEARD_ERROR, code, "%s: %s", path, why);
    ERR_clear_error();
    return false;
}

static bool is_sm2(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "SM2");
}

static bool can_sign(const EVP_PKEY *key)
{
    return is_sm2(key) || EVP_PKEY_is_a(key, "ED25519");
}

/* For signing and for checking; SM2 hashes the signer's id before the text. */
static EVP_MD_CTX *begin(EVP_PKEY *key, bool check)
{
    g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
    const EVP_MD *digest = is_sm2(key) ? EVP_sm3() : NULL;
    EVP_PKEY_CTX *parameters = NULL;
    int good = check ? EVP_DigestVerifyInit(context, &parameters, digest, NULL, key)
                     : EVP_DigestSignInit(context, &parameters, digest, NULL, key);

    if (good == 1 && is_sm2(key))
        good = EVP_PKEY_CTX_set1_id(parameters, sm2_id, sizeof(sm2_id) - 1);
    return good == 1 ? g_steal_pointer(&context) : NULL;
}

/* ---- the one who signs ---- */

static EVP_PKEY *read_key(const char *path, GError **error)
{
    g_autoptr(BIO) bio = NULL;
    EVP_PKEY *key;
    struct stat info;

    if (stat(path, &info) != 0) {
        fail(error, HEARD_ERROR_CONFIG, path, "the signing key cannot be read");
        return NULL;
    }
    if ((info.st_mode & 077) != 0) {
        fail(error, HEARD_ERROR_CONFIG, path, "others may read the signing key: chmod 600");
        return NULL;
    }
    bio = BIO_new_file(path, "r");
    key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    if (key && can_sign(key))
        return key;
    EVP_PKEY_free(key);
    fail(error, HEARD_ERROR_CONFIG, path, "no private key of Ed25519 or SM2 in PEM");
    return NULL;
}

static char *to_hex(const uint8_t *bytes, size_t size)
{
    GString *hex = g_string_sized_new(2 * size);

    for (size_t i = 0; i < size; i++)
        g_string_append_printf(hex, "%02x", bytes[i]);
    return g_string_free(hex, FALSE);
}

/* A key that nobody sees is tried: what it signs must fit the certificate. */
static bool are_pair(const HeardSigner *self, X509 *certificate)
{
    static const uint8_t text[] = "heard";
    g_autoptr(EVP_MD_CTX) context = NULL;
    uint8_t signature[64];

    if (self->key)
        return X509_check_private_key(certificate, self->key) == 1;
    context = begin(X509_get0_pubkey(certificate), true);
    return context && heard_token_sign(self->token, text, sizeof text, signature, NULL) &&
           EVP_DigestVerify(context, signature, sizeof signature, text, sizeof text) == 1;
}

HeardSigner *heard_signer_load(const char *key_path, const char *certificate_path, GError **error)
{
    g_autoptr(HeardSigner) self = g_new0(HeardSigner, 1);
    g_autoptr(BIO) bio = NULL;
    g_autoptr(X509) certificate = NULL;
    size_t size;

    if (heard_token_is_uri(key_path))
        self->token = heard_token_open(key_path, error);
    else
        self->key = read_key(key_path, error);
    if (!self->key && !self->token)
        return NULL;
    self->certificate = heard_disk_read(certificate_path, HEARD_SIGNER_CHAIN_MAX, &size, error);
    if (!self->certificate)
        return NULL;
    bio = BIO_new_mem_buf(self->certificate, (int)size);
    certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    if (!certificate || !are_pair(self, certificate)) {
        fail(error, HEARD_ERROR_CONFIG, certificate_path,
             certificate ? "not the certificate of the signing key" : "no certificate in PEM");
        return NULL;
    }
    return g_steal_pointer(&self);
}

static X509 *make_certificate(EVP_PKEY *key, const char *name)
{
    g_autoptr(X509) certificate = X509_new();
    g_autoptr(EVP_MD_CTX) context = begin(key, false);
    X509_NAME *subject = X509_get_subject_name(certificate);
    uint8_t serial[16] = {0};
    bool ok = context && RAND_bytes(serial, sizeof(serial)) == 1;

    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive and no byte to spare */
    ok = ok && X509_set_version(certificate, 2) == 1 &&
         ASN1_STRING_set(X509_get_serialNumber(certificate), serial, sizeof(serial)) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -SECONDS_PER_DAY) &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), HEARD_SIGNER_DAYS, 0, NULL) &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1, -1,
                                    0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 &&
         X509_set_pubkey(certificate, key) == 1 && X509_sign_ctx(certificate, context) > 0;
    return ok ? g_steal_pointer(&certificate) : NULL;
}

static bool write_pem(const char *path, BIO *bio, GError **error)
{
    g_autoptr(GError) why = NULL;
    char *text;
    long size = BIO_get_mem_data(bio, &text);

    return g_file_set_contents_full(path, text, size,
                                    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    0600, &why) ||
           fail(error, HEARD_ERROR_STORAGE, path, why->message);
}

static bool create(const char *key_path, const char *certificate_path, HeardSigningKind kind,
                   const char *name, GError **error)
{
    g_autoptr(EVP_PKEY) key =
        EVP_PKEY_Q_keygen(NULL, NULL, kind == HEARD_SIGNING_SM2 ? "SM2" : "ED25519");
    g_autoptr(X509) certificate = key ? make_certificate(key, name) : NULL;
    g_autoptr(BIO) key_bio = BIO_new(BIO_s_secmem());
    g_autoptr(BIO) certificate_bio = BIO_new(BIO_s_mem());

    if (!certificate ||
        PEM_write_bio_PKCS8PrivateKey(key_bio, key, NULL, NULL, 0, NULL, NULL) != 1 ||
        PEM_write_bio_X509(certificate_bio, certificate) != 1)
        return fail(error, HEARD_ERROR_CRYPTO, key_path, "no signing key could be made");
    return write_pem(certificate_path, certificate_bio, error) &&
           write_pem(key_path, key_bio, error);
}

HeardSigner *heard_signer_load_or_create(const char *key_path, const char *certificate_path,
                                         HeardSigningKind kind, const char *name, GError **error)
{
    /* One without the other is somebody's mistake: never written over. */
    if (access(key_path, F_OK) != 0 && access(certificate_path, F_OK) != 0 &&
        !create(key_path, certificate_path, kind, name, error))
        return NULL;
    return heard_signer_load(key_path, certificate_path, error);
}

void heard_signer_free(HeardSigner *self)
{
    if (!self)
        return;
    EVP_PKEY_free(self->key);
    heard_token_free(self->token);
    g_free(self->certificate);
    g_free(self);
}

const char *heard_signer_certificate(const HeardSigner *self)
{
    return self->certificate;
}

char *heard_signer_sign(const HeardSigner *self, const void *bytes, size_t size)
{
    g_autoptr(EVP_MD_CTX) context = NULL;
    uint8_t signature[SIGNATURE_MAX];
    size_t length = sizeof(signature);

    if (self->token)
        return heard_token_sign(self->token, bytes, size, signature, NULL) ? to_hex(signature, 64)
                                                                           : NULL;
    context = begin(self->key, false);
    if (!context || EVP_DigestSign(context, signature, &length, bytes, size) != 1) {
        ERR_clear_error();
        return NULL;
    }
    return to_hex(signature, length);
}

/* ---- the one who signed ---- */

static void read_names(HeardSignatory *self)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    const X509_NAME *subject = X509_get_subject_name(self->certificate);
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    unsigned char *text = NULL;

    if (at >= 0 &&
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))) >= 0)
        g_strlcpy(self->name, (const char *)text, sizeof(self->name));
    OPENSSL_free(text);
    if (!g_utf8_validate(self->name, -1, NULL)) /* cut within a letter */
        *(char *)g_utf8_find_prev_char(self->name, self->name + strlen(self->name)) = '\0';
    if (X509_digest(self->certificate, EVP_sha256(), digest, &size) == 1)
        for (unsigned i = 0; i < size; i++)
            g_snprintf(self->fingerprint + 2 * i, 3, "%02x", digest[i]);
}

HeardSignatory *heard_signatory_new(const char *certificate, GError **error)
{
    g_autoptr(HeardSignatory) self = g_new0(HeardSignatory, 1);
    g_autoptr(BIO) bio = BIO_new_mem_buf(certificate, -1);
    X509 *next;

    self->chain = sk_X509_new_null();
    self->certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    while (self->certificate && (next = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
        sk_X509_push(self->chain, next);
    ERR_clear_error(); /* the end of the text is an error, too */
    if (!self->certificate || !X509_get0_pubkey(self->certificate) ||
        !can_sign(X509_get0_pubkey(self->certificate))) {
        fail(error, HEARD_ERROR_CRYPTO, "certificate", "none of Ed25519 or SM2");
        return NULL;
    }
    read_names(self);
    return g_steal_pointer(&self);
}

void heard_signatory_free(HeardSignatory *self)
{
    if (!self)
        return;
    X509_free(self->certificate);
    sk_X509_pop_free(self->chain, X509_free);
    g_free(self);
}

const char *heard_signatory_name(const HeardSignatory *self)
{
    return self->name;
}

const char *heard_signatory_fingerprint(const HeardSignatory *self)
{
    return self->fingerprint;
}

const char *heard_signatory_algorithm(const HeardSignatory *self)
{
    return is_sm2(X509_get0_pubkey(self->certificate)) ? "SM2-SM3" : "Ed25519";
}

bool heard_signatory_is_valid_at(const HeardSignatory *self, int64_t wall_ms)
{
    time_t at = (time_t)(wall_ms / 1000);

    return X509_cmp_time(X509_get0_notBefore(self->certificate), &at) < 0 &&
           X509_cmp_time(X509_get0_notAfter(self->certificate), &at) > 0;
}

bool heard_signatory_check(const HeardSignatory *self, const void *bytes, size_t size,
                           const char *signature)
{
    g_autoptr(EVP_MD_CTX) context = begin(X509_get0_pubkey(self->certificate), true);
    uint8_t raw[SIGNATURE_MAX];
    size_t digits = signature ? strlen(signature) : 0;
    bool good;

    if (!context || digits == 0 || digits % 2 != 0 || digits > 2 * sizeof(raw))
        return false;
    for (size_t i = 0; i < digits; i++) {
        int value = g_ascii_xdigit_value(signature[i]);

        if (value < 0 || g_ascii_isupper(signature[i]))
            return false;
        raw[i / 2] = (uint8_t)(i % 2 ? raw[i / 2] | value : value << 4);
    }
    good = EVP_DigestVerify(context, raw, digits / 2, bytes, size) == 1;
    ERR_clear_error();
    return good;
}

bool heard_signatory_is_trusted(const HeardSignatory *self, const char *ca_path, int64_t wall_ms,
                                GError **error)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_VERIFY_PARAM *rules = X509_STORE_get0_param(store);
    bool trusted = false;

    X509_VERIFY_PARAM_set_time(rules, (time_t)(wall_ms / 1000));
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    if (X509_STORE_load_file(store, ca_path) != 1)
        fail(error, HEARD_ERROR_CONFIG, ca_path, "no certificates in PEM");
    else if (X509_STORE_CTX_init(context, store, self->certificate, self->chain) == 1)
        trusted = X509_verify_cert(context) == 1;
    if (!trusted && error && !*error)
        fail(error, HEARD_ERROR_CRYPTO, "certificate",
             X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    ERR_clear_error();
    return trusted;
}
