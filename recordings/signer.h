/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Who vouches for a log: a private key with its certificate, and the check of what it signed.
 *
 * The kind of the key decides how: Ed25519 (RFC 8032), or SM2 with SM3 (GB/T 32918.2-2016, the
 * usual signer id 1234567812345678). Signatures are hex: 64 bytes, or SM2's DER sequence.
 *
 * Ownership  new, load/free. Texts live as long as their object.
 * Threads    Objects are read-only: any thread.
 * Errors     HEARD_ERROR_CONFIG (files that are none, or no pair), HEARD_ERROR_STORAGE,
 *            HEARD_ERROR_CRYPTO.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_SIGNATURE_HEX_MAX = 160,
    HEARD_SIGNER_DAYS = 3650, /* of a certificate made here; a log outlives it */
    HEARD_SIGNER_CHAIN_MAX = 16 * 1024,
    HEARD_SEAL_MAX = 4096 + HEARD_SIGNER_CHAIN_MAX, /* bytes of a seal.json, with a certificate */
};

typedef enum { HEARD_SIGNING_ED25519, HEARD_SIGNING_SM2 } HeardSigningKind;

typedef struct HeardSigner HeardSigner;
typedef struct HeardSignatory HeardSignatory;

/* PEM files; the key readable by its owner only, the certificate with its chain behind it.
 * key_path may be a pkcs11: URI (token.h) of an Ed25519 key. */
HeardSigner *heard_signer_load(const char *key_path, const char *certificate_path,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes both when neither is there: a certificate that signs itself, in this name. */
HeardSigner *heard_signer_load_or_create(const char *key_path, const char *certificate_path,
                                         HeardSigningKind kind, const char *name,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_signer_free(HeardSigner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardSigner, heard_signer_free)

const char *heard_signer_certificate(const HeardSigner *self); /* PEM, chain included */
/* NULL: the library failed. The caller frees it. */
char *heard_signer_sign(const HeardSigner *self, const void *bytes, size_t size);

/* Who signed, as the certificate says; nothing is believed yet. */
HeardSignatory *heard_signatory_new(const char *certificate,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_signatory_free(HeardSignatory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardSignatory, heard_signatory_free)

const char *heard_signatory_name(const HeardSignatory *self);        /* common name */
const char *heard_signatory_fingerprint(const HeardSignatory *self); /* SHA-256, hex */
const char *heard_signatory_algorithm(const HeardSignatory *self);   /* "Ed25519", "SM2-SM3" */
bool heard_signatory_is_valid_at(const HeardSignatory *self, int64_t wall_ms);
bool heard_signatory_check(const HeardSignatory *self, const void *bytes, size_t size,
                           const char *signature);
/* Does its chain lead to one of the certificates in this PEM file, as of that time? */
bool heard_signatory_is_trusted(const HeardSignatory *self, const char *ca_path, int64_t wall_ms,
                                GError **error);
