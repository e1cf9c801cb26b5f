/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/certificate.h"

#include "server/app/files.h"
#include "server/base/error.h"
#include "server/base/random.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <unistd.h>

enum { HEARD_CERTIFICATE_RENEW_S = 30 * 24 * 3600, HEARD_CERTIFICATE_BYTES_MAX = 256 * 1024 };

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)

void heard_certificate_deinit(HeardCertificate *self)
{
    g_clear_pointer(&self->certificate, g_free);
    if (self->key)
        memset(self->key, 0, strlen(self->key));
    g_clear_pointer(&self->key, g_free);
}

static X509 *parse_certificate(const char *pem)
{
    g_autoptr(BIO) bio = BIO_new_mem_buf(pem, -1);

    return PEM_read_bio_X509(bio, NULL, NULL, NULL);
}

static EVP_PKEY *parse_key(const char *pem)
{
    g_autoptr(BIO) bio = BIO_new_mem_buf(pem, -1);

    /* An empty passphrase: a protected key must fail, not ask on a terminal. */
    return PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)(uintptr_t) "");
}

static bool check_pair(const char *certificate_pem, const char *key_pem, const char **ret_why)
{
    g_autoptr(X509) certificate = parse_certificate(certificate_pem);
    g_autoptr(EVP_PKEY) key = parse_key(key_pem);

    *ret_why = !certificate ? "the certificate is not PEM"
               : !key       ? "the key is not PEM without passphrase"
                            : "key and certificate do not belong together";
    return certificate && key && X509_check_private_key(certificate, key) == 1;
}

bool heard_certificate_load(HeardCertificate *ret_certificate, const char *certificate_path,
                            const char *key_path, GError **error)
{
    g_auto(HeardCertificate) loaded = {0};
    g_autoptr(GError) failure = NULL;
    const char *why = NULL;

    if (!g_file_get_contents(certificate_path, &loaded.certificate, NULL, &failure) ||
        !g_file_get_contents(key_path, &loaded.key, NULL, &failure)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "certificate: %s", failure->message);
        return false;
    }
    if (!check_pair(loaded.certificate, loaded.key, &why)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "certificate %s, key %s: %s",
                    certificate_path, key_path, why);
        return false;
    }
    *ret_certificate = loaded;
    loaded = (HeardCertificate){0};
    return true;
}

static bool add_extension(X509 *certificate, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool added;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static char *alternative_names(const char *const *addresses)
{
    GString *names = g_string_new("DNS:localhost,IP:127.0.0.1,IP:::1");
    char host[256];

    if (gethostname(host, sizeof host) == 0 && host[0] &&
        strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") ==
            strlen(host) &&
        strcmp(host, "localhost") != 0)
        g_string_append_printf(names, ",DNS:%s", host);
    for (; *addresses; addresses++)
        if (strcmp(*addresses, "127.0.0.1") != 0)
            g_string_append_printf(names, ",IP:%s", *addresses);
    return g_string_free(names, FALSE);
}

static X509 *make_certificate(EVP_PKEY *key, const char *const *addresses)
{
    g_autoptr(X509) certificate = X509_new();
    g_autofree char *names = alternative_names(addresses);
    X509_NAME *name = X509_get_subject_name(certificate);
    uint32_t serial = heard_random_u32() >> 1; /* positive */

    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial | 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600); /* clients with a slow clock */
    X509_gmtime_adj(X509_getm_notAfter(certificate), (long)HEARD_CERTIFICATE_DAYS * 24 * 3600);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)"heard", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    if (!add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(certificate, NID_key_usage, "critical,digitalSignature") ||
        !add_extension(certificate, NID_ext_key_usage, "serverAuth") ||
        !add_extension(certificate, NID_subject_alt_name, names) ||
        X509_sign(certificate, key, EVP_sha256()) == 0)
        return NULL;
    return g_steal_pointer(&certificate);
}

static char *text_of(BIO *bio)
{
    char *bytes = NULL;
    long size = BIO_get_mem_data(bio, &bytes);

    return g_strndup(bytes, (gsize)size);
}

static bool make_pair(HeardCertificate *ret, const char *const *addresses, GError **error)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
    g_autoptr(X509) certificate = key ? make_certificate(key, addresses) : NULL;
    g_autoptr(BIO) certificate_pem = BIO_new(BIO_s_mem());
    g_autoptr(BIO) key_pem = BIO_new(BIO_s_mem());

    if (!certificate || PEM_write_bio_X509(certificate_pem, certificate) != 1 ||
        PEM_write_bio_PKCS8PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL) != 1) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CRYPTO, "cannot make a certificate");
        return false;
    }
    ret->certificate = text_of(certificate_pem);
    ret->key = text_of(key_pem);
    ret->self_signed = true;
    return true;
}

/* The kept pair, when it is whole, names every address and lasts for a while. */
static bool kept_pair(HeardCertificate *ret, const char *certificate_path, const char *key_path,
                      const char *const *addresses)
{
    g_auto(HeardCertificate) kept = {.self_signed = true};
    g_autoptr(X509) certificate = NULL;
    time_t limit = time(NULL) + HEARD_CERTIFICATE_RENEW_S;
    const char *why;

    if (!g_file_get_contents(certificate_path, &kept.certificate, NULL, NULL) ||
        !g_file_get_contents(key_path, &kept.key, NULL, NULL) ||
        !check_pair(kept.certificate, kept.key, &why))
        return false;
    certificate = parse_certificate(kept.certificate);
    if (X509_cmp_time(X509_get0_notAfter(certificate), &limit) <= 0)
        return false;
    for (; *addresses; addresses++)
        if (X509_check_ip_asc(certificate, *addresses, 0) != 1)
            return false;
    *ret = kept;
    kept = (HeardCertificate){0};
    return true;
}

bool heard_certificate_self_signed(HeardCertificate *ret_certificate, const char *folder,
                                   const char *const *addresses, GError **error)
{
    g_autofree char *certificate_path = g_build_filename(folder, "certificate.pem", NULL);
    g_autofree char *key_path = g_build_filename(folder, "certificate-key.pem", NULL);
    g_auto(HeardCertificate) made = {0};

    if (kept_pair(ret_certificate, certificate_path, key_path, addresses))
        return true;
    if (!make_pair(&made, addresses, error) ||
        !heard_files_write(key_path, made.key, 0600, error) ||
        !heard_files_write(certificate_path, made.certificate, 0644, error))
        return false;
    *ret_certificate = made;
    made = (HeardCertificate){0};
    return true;
}
