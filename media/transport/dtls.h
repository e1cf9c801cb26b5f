/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * DTLS-SRTP handshake (RFC 5764) of one peer, by OpenSSL. This is the only door to
 * OpenSSL's DTLS. It opens no socket: datagrams go in and come out by calls.
 *
 * The server's role (setup:passive) is what browsers meet; the client's role serves the
 * load tester. No application data is carried: after the handshake the object only waits
 * for a close_notify.
 *
 * Units      *_us are microseconds on the caller's monotonic clock.
 * Ownership  new/free. A HeardDtls borrows its identity, which must outlive it.
 * Threads    An identity is read-only after new and may be shared by threads. A HeardDtls
 *            lives on one thread.
 * Errors     identity_new: GError HEARD_ERROR_CRYPTO. A broken handshake is the state
 *            HEARD_DTLS_FAILED; it never comes back.
 */

#include "media/transport/srtp.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_DTLS_FINGERPRINT_SIZE = 32,      /* SHA-256 of the certificate's DER */
    HEARD_DTLS_FINGERPRINT_TEXT_SIZE = 96, /* "AB:CD:…" and NUL */
    HEARD_DTLS_DATAGRAM_MAX = 1200,        /* bytes of one outgoing datagram */
    HEARD_DTLS_OUT_MAX = 16,               /* outgoing datagrams held until polled */
    /* Of one handshake, repetitions included; ours has 1.2 KB and a dozen repetitions. Beyond
     * it the handshake fails: it goes to an address that may be forged. */
    HEARD_DTLS_HANDSHAKE_BYTES_MAX = 24 * 1024,
};

typedef struct HeardDtlsIdentity HeardDtlsIdentity;
typedef struct HeardDtls HeardDtls;

typedef enum {
    HEARD_DTLS_SERVER, /* we answered setup:passive */
    HEARD_DTLS_CLIENT, /* we are setup:active */
} HeardDtlsRole;

typedef enum {
    HEARD_DTLS_HANDSHAKE,
    HEARD_DTLS_CONNECTED, /* keys are there, the certificate has the right fingerprint */
    HEARD_DTLS_CLOSED,    /* either side sent close_notify */
    HEARD_DTLS_FAILED,
} HeardDtlsState;

/* A new ECDSA P-256 key with a self-signed certificate. */
HeardDtlsIdentity *heard_dtls_identity_new(GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_dtls_identity_free(HeardDtlsIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardDtlsIdentity, heard_dtls_identity_free)

/* "AB:CD:…" for a=fingerprint:sha-256; belongs to the identity. */
const char *heard_dtls_identity_fingerprint(const HeardDtlsIdentity *self);
/* The same as bytes. */
const uint8_t *heard_dtls_identity_digest(const HeardDtlsIdentity *self);

/* fingerprint: of the certificate that the other side must show. */
HeardDtls *heard_dtls_new(const HeardDtlsIdentity *identity, HeardDtlsRole role,
                          const uint8_t fingerprint[static HEARD_DTLS_FINGERPRINT_SIZE]);
void heard_dtls_free(HeardDtls *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardDtls, heard_dtls_free)

HeardDtlsState heard_dtls_state(const HeardDtls *self);

/* The client's first flight. A server has nothing to start. */
void heard_dtls_start(HeardDtls *self, int64_t now_us);

/* One datagram of the other side. Poll outgoing datagrams and the state afterwards. */
void heard_dtls_receive(HeardDtls *self, const uint8_t *datagram, size_t size, int64_t now_us);

/* When to call heard_dtls_tick() for a retransmission; INT64_MAX when never. */
int64_t heard_dtls_deadline_us(const HeardDtls *self);
void heard_dtls_tick(HeardDtls *self, int64_t now_us);

/*
 * A packet with the new keys came: the other side has our last flight, nothing is repeated
 * any more. Gives OpenSSL's state back, half of a receiving peer's memory; the close_notify
 * is made now and kept for heard_dtls_close(). A close_notify of the other side can't be
 * read afterwards: see heard_dtls_alerts().
 */
void heard_dtls_settle(HeardDtls *self);

/* Alert records that came since it settled. Anybody could have sent them: a reason to look
 * whether the other side is still there, no proof that it is gone. */
unsigned heard_dtls_alerts(const HeardDtls *self);

/* Sends close_notify (poll it) and is CLOSED. */
void heard_dtls_close(HeardDtls *self);

/* The next datagram to send, or NULL; valid until the next call on this object. */
const uint8_t *heard_dtls_poll_datagram(HeardDtls *self, size_t *ret_size);

/* Once CONNECTED; false before. The caller wipes the keys after use. */
bool heard_dtls_export_keys(HeardDtls *self, HeardSrtpKeys *ret_keys);
