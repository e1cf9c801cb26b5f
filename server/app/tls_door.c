/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/tls_door.h"

#include "server/app/tls_relay.h"
#include "server/base/metrics.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    ACCEPTS_MAX = 64,      /* of one round */
    PAUSE_US = 100 * 1000, /* without descriptors there is no use in asking at once */
};

static HeardMetric opened = {"heard_tls_connections_total", NULL, "TLS connections accepted",
                             HEARD_METRIC_COUNTER, 0};
static HeardMetric refused = {"heard_tls_refused_total", NULL,
                              "TLS connections beyond the limit, or without descriptors",
                              HEARD_METRIC_COUNTER, 0};

struct HeardTlsDoor {
    HeardLoop *loop;
    HeardWatch watch; /* fd -1: quiet */
    HeardTimer pause;
    SSL_CTX *context;
    GHashTable *relays;
    unsigned limit;
    HeardTlsStreamFunc on_stream;
    void *data;
};

static int choose_protocol(SSL *ssl, const unsigned char **ret_name, unsigned char *ret_size,
                           const unsigned char *offered, unsigned size, void *data)
{
    static const unsigned char ours[] = "\x08http/1.1";

    (void)ssl;
    (void)data;
    return SSL_select_next_proto((unsigned char **)ret_name, ret_size, ours, sizeof(ours) - 1,
                                 offered, size) == OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_NOACK;
}

/* The first certificate is ours, the others its chain. */
static bool use_certificates(SSL_CTX *context, const char *text)
{
    BIO *bio = BIO_new_mem_buf(text, -1);
    X509 *own = PEM_read_bio_X509(bio, NULL, NULL, NULL), *next;
    bool good = own && SSL_CTX_use_certificate(context, own) == 1;

    while (good && (next = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
        good = SSL_CTX_add0_chain_cert(context, next) == 1;
    X509_free(own);
    BIO_free(bio);
    ERR_clear_error(); /* the end of the text is an error, too */
    return good;
}

static bool use_key(SSL_CTX *context, const char *text)
{
    BIO *bio = BIO_new_mem_buf(text, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    bool good =
        key && SSL_CTX_use_PrivateKey(context, key) == 1 && SSL_CTX_check_private_key(context) == 1;

    EVP_PKEY_free(key);
    BIO_free(bio);
    ERR_clear_error();
    return good;
}

static SSL_CTX *make_context(const HeardTlsDoorConfig *config)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (!context)
        return NULL;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    /* Idle connections are the rule: their buffers go. */
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    if (use_certificates(context, config->certificate) && use_key(context, config->key))
        return context;
    SSL_CTX_free(context);
    return NULL;
}

static void on_relay_end(HeardTlsRelay *relay, void *data)
{
    HeardTlsDoor *self = data;

    g_hash_table_remove(self->relays, relay);
}

static void close_all(int net_fd, SSL *ssl)
{
    heard_metric_add(&refused, 1);
    SSL_free(ssl);
    close(net_fd);
}

static void welcome(HeardTlsDoor *self, int net_fd, const struct sockaddr *address, socklen_t size)
{
    SSL *ssl = SSL_new(self->context);
    HeardTlsRelay *relay;
    int ends[2], on = 1;

    if (g_hash_table_size(self->relays) >= self->limit || !ssl ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0) {
        close_all(net_fd, ssl);
        return;
    }
    setsockopt(net_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    SSL_set_accept_state(ssl);
    relay = heard_tls_relay_new(self->loop, ssl, net_fd, ends[0], on_relay_end, self);
    if (!relay) {
        heard_metric_add(&refused, 1);
        close(ends[1]);
        return;
    }
    heard_metric_add(&opened, 1);
    g_hash_table_add(self->relays, relay);
    self->on_stream(ends[1], address, size, self->data);
}

static bool no_descriptors(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void on_listening(HeardWatch *watch, uint32_t events)
{
    HeardTlsDoor *self = heard_container_of(watch, HeardTlsDoor, watch);

    (void)events;
    for (unsigned i = 0; i < ACCEPTS_MAX; i++) {
        struct sockaddr_storage address = {0};
        socklen_t size = sizeof(address);
        int fd =
            accept4(watch->fd, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0) {
            welcome(self, fd, (struct sockaddr *)&address, size);
            continue;
        }
        if (no_descriptors(errno)) {
            heard_loop_unwatch(self->loop, watch);
            heard_loop_set_timer(self->loop, &self->pause,
                                 heard_loop_now_us(self->loop) + PAUSE_US);
        }
        if (errno != EINTR && errno != ECONNABORTED)
            return;
    }
}

static void on_pause_over(HeardTimer *timer, int64_t now_us)
{
    HeardTlsDoor *self = heard_container_of(timer, HeardTlsDoor, pause);

    if (self->watch.fd >= 0 && !heard_loop_watch(self->loop, &self->watch, EPOLLIN, NULL))
        heard_loop_set_timer(self->loop, &self->pause, now_us + PAUSE_US);
}

HeardTlsDoor *heard_tls_door_new(const HeardTlsDoorConfig *config, GError **error)
{
    HeardTlsDoor *self = g_new0(HeardTlsDoor, 1);

    heard_metric_register(&opened);
    heard_metric_register(&refused);
    self->loop = config->loop;
    self->watch = (HeardWatch){.fd = config->listen_fd, .func = on_listening};
    self->pause.func = on_pause_over;
    self->relays = g_hash_table_new(NULL, NULL);
    self->limit = config->limit;
    self->on_stream = config->on_stream;
    self->data = config->data;
    self->context = make_context(config);
    if (!self->context)
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG,
                    "HTTPS: the certificate or its key cannot be used");
    if (self->context && heard_loop_watch(self->loop, &self->watch, EPOLLIN, error))
        return self;
    heard_tls_door_free(self);
    return NULL;
}

void heard_tls_door_quiesce(HeardTlsDoor *self)
{
    heard_loop_unwatch(self->loop, &self->watch);
    if (self->watch.fd >= 0)
        close(self->watch.fd);
    self->watch.fd = -1;
}

void heard_tls_door_free(HeardTlsDoor *self)
{
    GHashTableIter iter;
    void *relay;

    if (!self)
        return;
    heard_tls_door_quiesce(self);
    heard_loop_clear_timer(self->loop, &self->pause);
    g_hash_table_iter_init(&iter, self->relays);
    while (g_hash_table_iter_next(&iter, &relay, NULL))
        heard_tls_relay_free(relay);
    g_hash_table_unref(self->relays);
    SSL_CTX_free(self->context);
    g_free(self);
}
