/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/tls_relay.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Nobody keeps the main thread for longer than so many chunks in one round. */
enum { ROUND_CHUNKS_MAX = 16 };

/* Bytes on their way in one direction. */
typedef struct {
    uint8_t *bytes; /* NULL: none wait */
    size_t size, done;
    bool ended; /* nothing more comes from there */
    bool told;  /* and the other side knows */
} Flow;

struct HeardTlsRelay {
    HeardLoop *loop;
    SSL *ssl;
    HeardWatch net, plain;
    uint32_t net_events, plain_events;
    HeardTimer timer;
    HeardTlsRelayFunc on_end;
    void *data;
    Flow in, out; /* from the client, to the client */
    int64_t linger_by_us;
    bool is_open; /* the handshake is over */
    bool broken;
    bool wants_net_out; /* TLS itself must write before it can go on */
};

/* One piece of memory for all relays: main thread only, and empty between two calls. */
static uint8_t scratch[HEARD_TLS_CHUNK_BYTES];

static void keep(Flow *flow, const uint8_t *bytes, size_t size)
{
    flow->bytes = g_memdup2(bytes, size);
    flow->size = size;
    flow->done = 0;
}

static void forget(Flow *flow)
{
    g_clear_pointer(&flow->bytes, g_free);
}

/* What TLS said instead of bytes. */
static void judge(HeardTlsRelay *self, int result)
{
    switch (SSL_get_error(self->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        break;
    case SSL_ERROR_WANT_WRITE:
        self->wants_net_out = true;
        break;
    case SSL_ERROR_ZERO_RETURN:
        self->in.ended = true;
        break;
    default:
        self->broken = true;
    }
    ERR_clear_error();
}

static size_t write_plain(HeardTlsRelay *self, const uint8_t *bytes, size_t size)
{
    ssize_t sent;

    do {
        sent = send(self->plain.fd, bytes, size, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return (size_t)sent;
    if (errno != EAGAIN)
        self->in.ended = self->in.told = true; /* nobody there reads any more */
    return errno == EAGAIN ? 0 : size;
}

static size_t write_net(HeardTlsRelay *self, const uint8_t *bytes, size_t size)
{
    size_t sent = 0;
    int result = SSL_write_ex(self->ssl, bytes, size, &sent);

    if (result == 1)
        return sent;
    judge(self, result);
    return 0;
}

typedef size_t (*WriteFunc)(HeardTlsRelay *self, const uint8_t *bytes, size_t size);

/* true: all that waited is out. */
static bool drain(HeardTlsRelay *self, Flow *flow, WriteFunc write)
{
    while (flow->bytes && !self->broken) {
        size_t sent = write(self, flow->bytes + flow->done, flow->size - flow->done);

        if (sent == 0)
            return false;
        flow->done += sent;
        if (flow->done == flow->size)
            forget(flow);
    }
    return !self->broken;
}

/* From the scratch; what is not taken waits. */
static void pass_on(HeardTlsRelay *self, Flow *flow, size_t size, WriteFunc write)
{
    size_t done = 0, sent = 1;

    while (done < size && sent > 0) {
        sent = write(self, scratch + done, size - done);
        done += sent;
    }
    if (done < size)
        keep(flow, scratch + done, size - done);
}

static bool pass_in(HeardTlsRelay *self)
{
    size_t got = 0;
    int result;

    if (!drain(self, &self->in, write_plain) || self->in.ended)
        return false;
    result = SSL_read_ex(self->ssl, scratch, sizeof(scratch), &got);
    if (result != 1) {
        judge(self, result);
        return false;
    }
    if (self->linger_by_us == 0)
        pass_on(self, &self->in, got, write_plain);
    return true;
}

static bool pass_out(HeardTlsRelay *self)
{
    ssize_t got;

    if (!drain(self, &self->out, write_net) || self->out.ended)
        return false;
    do {
        got = recv(self->plain.fd, scratch, sizeof(scratch), 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && errno == EAGAIN)
        return false;
    if (got <= 0)
        self->out.ended = true;
    else
        pass_on(self, &self->out, (size_t)got, write_net);
    return got > 0;
}

static void handshake(HeardTlsRelay *self)
{
    int result = SSL_accept(self->ssl);

    if (result != 1) {
        judge(self, result);
        self->broken = self->broken || self->in.ended;
        return;
    }
    self->is_open = true;
    heard_loop_clear_timer(self->loop, &self->timer);
}

static void tell_ends(HeardTlsRelay *self)
{
    if (self->in.ended && !self->in.bytes && !self->in.told) {
        self->in.told = true;
        shutdown(self->plain.fd, SHUT_WR);
    }
    if (self->out.ended && !self->out.bytes && !self->out.told && !self->broken) {
        self->out.told = true;
        if (SSL_shutdown(self->ssl) < 0)
            ERR_clear_error();
        shutdown(self->net.fd, SHUT_WR);
        self->linger_by_us = heard_loop_now_us(self->loop) + HEARD_TLS_LINGER_US;
        heard_loop_set_timer(self->loop, &self->timer, self->linger_by_us);
        forget(&self->in);
    }
}

static void pump(HeardTlsRelay *self)
{
    bool moved = true;

    self->wants_net_out = false;
    if (!self->is_open)
        handshake(self);
    for (unsigned i = 0; self->is_open && moved && !self->broken && i < ROUND_CHUNKS_MAX; i++) {
        moved = pass_in(self);
        moved = pass_out(self) || moved;
    }
    tell_ends(self);
    /* What TLS has decrypted already makes no event. */
    if (moved && self->is_open && !self->broken && self->linger_by_us == 0)
        heard_loop_set_timer(self->loop, &self->timer, heard_loop_now_us(self->loop));
}

static bool set_events(HeardTlsRelay *self, HeardWatch *watch, uint32_t *now, uint32_t wanted)
{
    if (*now == wanted)
        return true;
    *now = wanted;
    return heard_loop_rewatch(self->loop, watch, wanted);
}

static bool wait_for_more(HeardTlsRelay *self)
{
    uint32_t net = 0, plain = 0;

    if (!self->in.bytes && !self->in.ended)
        net |= EPOLLIN;
    if (self->out.bytes || self->wants_net_out)
        net |= EPOLLOUT;
    if (self->is_open && !self->out.bytes && !self->out.ended)
        plain |= EPOLLIN;
    if (self->in.bytes)
        plain |= EPOLLOUT;
    /* A closed peer makes an event that nobody asked for, each round. */
    if (plain == 0)
        heard_loop_unwatch(self->loop, &self->plain);
    else if (!self->plain.added)
        return heard_loop_watch(self->loop, &self->plain, self->plain_events = plain, NULL) &&
               set_events(self, &self->net, &self->net_events, net);
    else if (!set_events(self, &self->plain, &self->plain_events, plain))
        return false;
    return set_events(self, &self->net, &self->net_events, net);
}

static void end(HeardTlsRelay *self)
{
    self->on_end(self, self->data);
    self->broken = true; /* nothing left to say */
    heard_tls_relay_free(self);
}

static void go_on(HeardTlsRelay *self)
{
    pump(self);
    if (self->broken || (self->linger_by_us != 0 && self->in.ended) || !wait_for_more(self))
        end(self);
}

static void on_net(HeardWatch *watch, uint32_t events)
{
    HeardTlsRelay *self = heard_container_of(watch, HeardTlsRelay, net);

    /* Where nothing is read, a reset must be seen even so. */
    if (events & (EPOLLERR | EPOLLHUP) && !(self->net_events & EPOLLIN))
        self->broken = true;
    go_on(self);
}

static void on_plain(HeardWatch *watch, uint32_t events)
{
    (void)events;
    go_on(heard_container_of(watch, HeardTlsRelay, plain));
}

static void on_timer(HeardTimer *timer, int64_t now_us)
{
    HeardTlsRelay *self = heard_container_of(timer, HeardTlsRelay, timer);

    if (!self->is_open || (self->linger_by_us != 0 && now_us >= self->linger_by_us))
        end(self);
    else
        go_on(self);
}

HeardTlsRelay *heard_tls_relay_new(HeardLoop *loop, SSL *ssl_take, int net_fd, int plain_fd,
                                   HeardTlsRelayFunc on_end, void *data)
{
    HeardTlsRelay *self = g_new0(HeardTlsRelay, 1);

    self->loop = loop;
    self->ssl = ssl_take;
    self->net = (HeardWatch){.fd = net_fd, .func = on_net};
    self->plain = (HeardWatch){.fd = plain_fd, .func = on_plain};
    self->timer.func = on_timer;
    self->on_end = on_end;
    self->data = data;
    self->net_events = EPOLLIN;
    if (SSL_set_fd(self->ssl, net_fd) != 1 ||
        !heard_loop_watch(loop, &self->net, self->net_events, NULL)) {
        self->broken = true;
        heard_tls_relay_free(self);
        return NULL;
    }
    heard_loop_set_timer(loop, &self->timer, heard_loop_now_us(loop) + HEARD_TLS_HANDSHAKE_US);
    return self;
}

void heard_tls_relay_free(HeardTlsRelay *self)
{
    if (!self)
        return;
    if (!self->broken && self->is_open) {
        for (unsigned i = 0; i < ROUND_CHUNKS_MAX && pass_out(self); i++)
            ;
        self->out.ended = true;
        tell_ends(self);
    }
    heard_loop_unwatch(self->loop, &self->net);
    heard_loop_unwatch(self->loop, &self->plain);
    heard_loop_clear_timer(self->loop, &self->timer);
    SSL_free(self->ssl);
    close(self->net.fd);
    close(self->plain.fd);
    forget(&self->in);
    forget(&self->out);
    g_free(self);
}
