/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The certificate of HTTPS: the files that the configuration names, or a self-signed one
 * that is made at the first start and kept in the data folder.
 *
 * The self-signed one is ECDSA P-256, for localhost, the machine's name and its addresses,
 * valid for HEARD_CERTIFICATE_DAYS; it is made anew when less than a month is left.
 *
 * Ownership  The caller frees both texts.
 * Threads    Start-up only.
 * Errors     HEARD_ERROR_CONFIG for configured files that cannot be read or do not belong
 *            together, HEARD_ERROR_STORAGE, HEARD_ERROR_CRYPTO.
 */

#include <glib.h>
#include <stdbool.h>

enum { HEARD_CERTIFICATE_DAYS = 825 };

typedef struct {
    char *certificate; /* PEM, chain included */
    char *key;         /* PEM */
    bool self_signed;
} HeardCertificate;

void heard_certificate_deinit(HeardCertificate *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HeardCertificate, heard_certificate_deinit)

bool heard_certificate_load(HeardCertificate *ret_certificate, const char *certificate_path,
                            const char *key_path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* addresses ends with NULL: numeric addresses besides 127.0.0.1 and ::1. */
bool heard_certificate_self_signed(HeardCertificate *ret_certificate, const char *folder,
                                   const char *const *addresses,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
