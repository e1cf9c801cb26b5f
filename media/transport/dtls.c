/* SPDX-License-Identifier: Apache-2.0 */
#include "media/transport/dtls.h"

#include "media/transport/dtls_identity.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <string.h>
#include <sys/time.h>

enum {
    CONTENT_TYPE_ALERT = 21,         /* RFC 6347 4.1 */
    RETRANSMIT_FIRST_US = 50 * 1000, /* OpenSSL's own second would cost a second per lost flight */
    RETRANSMIT_LONGEST_US = 800 * 1000,
    USEC_PER_SEC = 1000 * 1000,
};

typedef struct {
    uint8_t *bytes;
    size_t size;
} Datagram;

struct HeardDtls {
    SSL *ssl; /* NULL once settled */
    HeardDtlsState state;
    uint8_t fingerprint[HEARD_DTLS_FINGERPRINT_SIZE];
    int64_t deadline_us;
    const uint8_t *incoming; /* of the call that is running, NULL: read already */
    size_t incoming_size;
    Datagram out[HEARD_DTLS_OUT_MAX];
    unsigned out_first, out_count;
    size_t handshake_bytes; /* written so far */
    uint8_t *polled;        /* the datagram that the caller holds */
    Datagram farewell;      /* settled: the close_notify */
    unsigned alerts;
};

static int read_datagram(BIO *bio, char *buffer, int size)
{
    HeardDtls *self = BIO_get_data(bio);
    size_t count;

    BIO_clear_retry_flags(bio);
    if (!self->incoming) {
        BIO_set_retry_read(bio);
        return -1;
    }
    count = MIN(self->incoming_size, (size_t)size);
    memcpy(buffer, self->incoming, count);
    self->incoming = NULL;
    return (int)count;
}

static int write_datagram(BIO *bio, const char *bytes, int size)
{
    HeardDtls *self = BIO_get_data(bio);
    Datagram *datagram;

    if (size <= 0)
        return 0;
    /* A full queue loses it as a network would; the handshake's timer repeats it. */
    if (self->out_count == HEARD_DTLS_OUT_MAX)
        return size;
    if (self->state == HEARD_DTLS_HANDSHAKE) {
        if (self->handshake_bytes + (size_t)size > HEARD_DTLS_HANDSHAKE_BYTES_MAX)
            return -1;
        self->handshake_bytes += (size_t)size;
    }
    datagram = &self->out[(self->out_first + self->out_count++) % HEARD_DTLS_OUT_MAX];
    datagram->bytes = g_memdup2(bytes, (gsize)size);
    datagram->size = (size_t)size;
    return size;
}

/* 0 to all unknown calls: a 1 for each would also mean "kernel TLS is on", and OpenSSL
 * would then make no write buffer (media.md 8.5). */
static long answer_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *bio_method;

static void make_bio_method(void)
{
    bio_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "heard datagrams");
    g_assert(bio_method);
    BIO_meth_set_read(bio_method, read_datagram);
    BIO_meth_set_write(bio_method, write_datagram);
    BIO_meth_set_ctrl(bio_method, answer_control);
}

static unsigned next_timeout_us(SSL *ssl, unsigned timeout_us)
{
    (void)ssl;
    if (timeout_us == 0)
        return RETRANSMIT_FIRST_US;
    return MIN(timeout_us * 2, RETRANSMIT_LONGEST_US);
}

HeardDtls *heard_dtls_new(const HeardDtlsIdentity *identity, HeardDtlsRole role,
                          const uint8_t fingerprint[static HEARD_DTLS_FINGERPRINT_SIZE])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    HeardDtls *self = g_new0(HeardDtls, 1);
    BIO *bio;

    pthread_once(&once, make_bio_method);
    memcpy(self->fingerprint, fingerprint, sizeof(self->fingerprint));
    self->deadline_us = INT64_MAX;
    self->ssl = SSL_new(heard_dtls_identity_context(identity));
    bio = BIO_new(bio_method);
    g_assert(self->ssl && bio); /* both fail only without memory */
    BIO_set_data(bio, self);
    BIO_set_init(bio, 1);
    SSL_set_bio(self->ssl, bio, bio);
    SSL_set_app_data(self->ssl, self->fingerprint);
    SSL_set_mtu(self->ssl, HEARD_DTLS_DATAGRAM_MAX);
    DTLS_set_timer_cb(self->ssl, next_timeout_us);
    if (role == HEARD_DTLS_SERVER)
        SSL_set_accept_state(self->ssl);
    else
        SSL_set_connect_state(self->ssl);
    return self;
}

void heard_dtls_free(HeardDtls *self)
{
    if (!self)
        return;
    SSL_free(self->ssl);
    for (unsigned i = 0; i < self->out_count; i++)
        g_free(self->out[(self->out_first + i) % HEARD_DTLS_OUT_MAX].bytes);
    g_free(self->polled);
    g_free(self->farewell.bytes);
    g_free(self);
}

HeardDtlsState heard_dtls_state(const HeardDtls *self)
{
    return self->state;
}

int64_t heard_dtls_deadline_us(const HeardDtls *self)
{
    return self->deadline_us;
}

static void fail(HeardDtls *self)
{
    self->state = HEARD_DTLS_FAILED;
    self->deadline_us = INT64_MAX;
    ERR_clear_error();
}

/* OpenSSL keeps its timer on a clock of its own; only the rest of it is asked for. */
static void read_deadline(HeardDtls *self, int64_t now_us)
{
    struct timeval rest;

    self->deadline_us = INT64_MAX;
    if (self->state == HEARD_DTLS_HANDSHAKE && DTLSv1_get_timeout(self->ssl, &rest) == 1)
        self->deadline_us = now_us + (int64_t)rest.tv_sec * USEC_PER_SEC + rest.tv_usec;
}

static void run_handshake(HeardDtls *self)
{
    int result, reason;

    ERR_clear_error();
    result = SSL_do_handshake(self->ssl);
    if (result == 1) {
        bool keyed = SSL_get_selected_srtp_profile(self->ssl) != NULL;

        self->state = keyed ? HEARD_DTLS_CONNECTED : HEARD_DTLS_FAILED;
        SSL_free_buffers(self->ssl);
        return;
    }
    reason = SSL_get_error(self->ssl, result);
    if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)
        fail(self);
}

/* After the handshake: a repeated flight of the other side, or an alert. Between these the
 * record buffers, a quarter of a peer's memory, are not needed. */
static void read_rest(HeardDtls *self)
{
    uint8_t ignored[256];

    if (SSL_alloc_buffers(self->ssl) != 1) {
        fail(self);
        return;
    }
    for (;;) {
        int result, reason;

        ERR_clear_error();
        result = SSL_read(self->ssl, ignored, sizeof(ignored));
        if (result > 0)
            continue;
        reason = SSL_get_error(self->ssl, result);
        if (reason == SSL_ERROR_ZERO_RETURN)
            heard_dtls_close(self);
        else if (reason == SSL_ERROR_SSL)
            fail(self);
        break;
    }
    SSL_free_buffers(self->ssl);
}

void heard_dtls_start(HeardDtls *self, int64_t now_us)
{
    if (self->state != HEARD_DTLS_HANDSHAKE || !self->ssl || SSL_is_server(self->ssl))
        return;
    run_handshake(self);
    read_deadline(self, now_us);
}

void heard_dtls_receive(HeardDtls *self, const uint8_t *datagram, size_t size, int64_t now_us)
{
    if (size == 0 || size > G_MAXUINT16)
        return;
    if (!self->ssl) {
        self->alerts += datagram[0] == CONTENT_TYPE_ALERT;
        return;
    }
    self->incoming = datagram;
    self->incoming_size = size;
    if (self->state == HEARD_DTLS_HANDSHAKE)
        run_handshake(self);
    if (self->state == HEARD_DTLS_CONNECTED)
        read_rest(self);
    self->incoming = NULL;
    read_deadline(self, now_us);
}

void heard_dtls_tick(HeardDtls *self, int64_t now_us)
{
    if (self->state != HEARD_DTLS_HANDSHAKE)
        return;
    ERR_clear_error();
    /* Below zero after a dozen repetitions: nobody is there. */
    if (DTLSv1_handle_timeout(self->ssl) < 0)
        fail(self);
    read_deadline(self, now_us);
}

static void say_farewell(HeardDtls *self)
{
    if (SSL_alloc_buffers(self->ssl) != 1)
        return;
    ERR_clear_error();
    SSL_shutdown(self->ssl);
    ERR_clear_error();
}

void heard_dtls_settle(HeardDtls *self)
{
    if (self->state != HEARD_DTLS_CONNECTED || !self->ssl || self->out_count > 0)
        return;
    say_farewell(self);
    if (self->out_count > 0) {
        self->farewell = self->out[self->out_first];
        self->out_count = 0;
    }
    SSL_free(self->ssl);
    self->ssl = NULL;
    self->deadline_us = INT64_MAX;
}

unsigned heard_dtls_alerts(const HeardDtls *self)
{
    return self->alerts;
}

void heard_dtls_close(HeardDtls *self)
{
    if (self->state == HEARD_DTLS_CONNECTED && self->ssl)
        say_farewell(self);
    if (self->farewell.bytes && self->out_count < HEARD_DTLS_OUT_MAX) {
        self->out[(self->out_first + self->out_count++) % HEARD_DTLS_OUT_MAX] = self->farewell;
        self->farewell = (Datagram){0};
    }
    if (self->state != HEARD_DTLS_FAILED)
        self->state = HEARD_DTLS_CLOSED;
    self->deadline_us = INT64_MAX;
}

const uint8_t *heard_dtls_poll_datagram(HeardDtls *self, size_t *ret_size)
{
    Datagram *datagram = &self->out[self->out_first];

    g_clear_pointer(&self->polled, g_free);
    if (self->out_count == 0)
        return NULL;
    self->polled = g_steal_pointer(&datagram->bytes);
    *ret_size = datagram->size;
    self->out_first = (self->out_first + 1) % HEARD_DTLS_OUT_MAX;
    self->out_count--;
    return self->polled;
}

static bool read_profile(const HeardDtls *self, HeardSrtpProfile *ret_profile)
{
    const SRTP_PROTECTION_PROFILE *chosen = SSL_get_selected_srtp_profile(self->ssl);

    if (!chosen)
        return false;
    switch (chosen->id) {
    case SRTP_AEAD_AES_128_GCM:
        *ret_profile = HEARD_SRTP_AEAD_AES_128_GCM;
        return true;
    case SRTP_AEAD_AES_256_GCM:
        *ret_profile = HEARD_SRTP_AEAD_AES_256_GCM;
        return true;
    case SRTP_AES128_CM_SHA1_80:
        *ret_profile = HEARD_SRTP_AES128_CM_SHA1_80;
        return true;
    default:
        return false;
    }
}

bool heard_dtls_export_keys(HeardDtls *self, HeardSrtpKeys *ret_keys)
{
    static const char label[] = "EXTRACTOR-dtls_srtp"; /* RFC 5764 4.2 */
    uint8_t material[2 * HEARD_SRTP_MASTER_MAX];
    uint8_t *client = ret_keys->remote, *server = ret_keys->local;
    size_t key_size, salt_size;

    if (self->state != HEARD_DTLS_CONNECTED || !self->ssl ||
        !read_profile(self, &ret_keys->profile))
        return false;
    key_size = heard_srtp_profile_key_size(ret_keys->profile);
    salt_size = heard_srtp_profile_salt_size(ret_keys->profile);
    if (SSL_export_keying_material(self->ssl, material, 2 * (key_size + salt_size), label,
                                   sizeof(label) - 1, NULL, 0, 0) != 1)
        return false;
    if (!SSL_is_server(self->ssl)) {
        client = ret_keys->local;
        server = ret_keys->remote;
    }
    memcpy(client, material, key_size);
    memcpy(server, material + key_size, key_size);
    memcpy(client + key_size, material + 2 * key_size, salt_size);
    memcpy(server + key_size, material + 2 * key_size + salt_size, salt_size);
    OPENSSL_cleanse(material, sizeof(material));
    return true;
}
