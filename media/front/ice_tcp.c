/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/ice_tcp.h"

#include "media/front/framing.h"
#include "server/base/error.h"
#include "server/base/metrics.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { READ_BYTES = 16384, READS_PER_EVENT = 4, ACCEPTS_PER_EVENT = 32, BACKLOG = 128 };

static HeardMetric refused_metric = {"heard_media_ice_tcp_refused_total", NULL,
                                     "TCP connections refused for a limit", HEARD_METRIC_COUNTER,
                                     0};
static HeardMetric dropped_metric = {"heard_media_packets_dropped_total", "reason=\"tcp_queue\"",
                                     "Packets dropped by reason", HEARD_METRIC_COUNTER, 0};

typedef struct {
    HeardWatch watch;
    HeardTimer silence;
    HeardIceTcp *owner;
    HeardPath path;
    HeardFraming framing;
    GByteArray *queue; /* what the kernel did not take yet */
    guint queue_sent;  /* of its bytes */
    GList waiting;     /* in the queue of those that were never proven; data NULL: not there */
    bool proven;       /* something valid came since the timer was set */
    bool broken;       /* close at the end of the event */
} Connection;

struct HeardIceTcp {
    HeardLoop *loop;
    HeardIceTcpConfig config;
    HeardWatch listener;
    uint16_t port;
    GHashTable *connections; /* a set of Connection */
    GHashTable *per_host;    /* host hash → count */
    GQueue waiting;          /* Connection, oldest first */
    uint8_t input[READ_BYTES];
};

static void count_host(HeardIceTcp *self, const HeardAddress *address, int step)
{
    gpointer key = GUINT_TO_POINTER(heard_address_host_hash(address));
    int count = GPOINTER_TO_INT(g_hash_table_lookup(self->per_host, key)) + step;

    if (count > 0)
        g_hash_table_insert(self->per_host, key, GINT_TO_POINTER(count));
    else
        g_hash_table_remove(self->per_host, key);
}

static int host_count(HeardIceTcp *self, const HeardAddress *address)
{
    gpointer key = GUINT_TO_POINTER(heard_address_host_hash(address));

    return GPOINTER_TO_INT(g_hash_table_lookup(self->per_host, key));
}

static void stop_waiting(Connection *connection)
{
    if (connection->waiting.data)
        g_queue_unlink(&connection->owner->waiting, &connection->waiting);
    connection->waiting.data = NULL;
}

static void free_connection(Connection *connection)
{
    HeardIceTcp *self = connection->owner;

    stop_waiting(connection);
    heard_loop_unwatch(self->loop, &connection->watch);
    heard_loop_clear_timer(self->loop, &connection->silence);
    close(connection->watch.fd);
    count_host(self, &connection->path.address, -1);
    g_byte_array_unref(connection->queue);
    g_free(connection);
}

static void close_connection(Connection *connection)
{
    HeardIceTcp *self = connection->owner;

    g_hash_table_remove(self->connections, connection);
    self->config.on_closed(self->config.data, &connection->path);
    free_connection(connection);
}

static void on_silence(HeardTimer *timer, int64_t now_us)
{
    Connection *connection = heard_container_of(timer, Connection, silence);

    if (!connection->proven) {
        close_connection(connection);
        return;
    }
    connection->proven = false;
    heard_loop_set_timer(connection->owner->loop, timer, now_us + HEARD_ICE_TCP_IDLE_US);
}

static void take_bytes(Connection *connection, const uint8_t *bytes, size_t size)
{
    HeardIceTcp *self = connection->owner;
    uint8_t *frame;
    size_t frame_size;

    for (;;) {
        switch (heard_framing_push(&connection->framing, &bytes, &size, &frame, &frame_size)) {
        case HEARD_FRAMING_MORE:
            return;
        case HEARD_FRAMING_TOO_LARGE:
            connection->broken = true;
            return;
        case HEARD_FRAMING_FRAME:
            if (self->config.on_datagram(self->config.data, frame, frame_size, &connection->path)) {
                connection->proven = true;
                stop_waiting(connection);
            }
            break;
        }
    }
}

static void read_connection(Connection *connection)
{
    HeardIceTcp *self = connection->owner;

    for (unsigned i = 0; i < READS_PER_EVENT && !connection->broken; i++) {
        ssize_t count = recv(connection->watch.fd, self->input, sizeof(self->input), MSG_DONTWAIT);

        if (count > 0) {
            take_bytes(connection, self->input, (size_t)count);
            continue;
        }
        if (count == 0 || (errno != EAGAIN && errno != EINTR))
            connection->broken = true;
        return;
    }
}

static void write_queue(Connection *connection)
{
    GByteArray *queue = connection->queue;

    while (connection->queue_sent < queue->len) {
        ssize_t count = send(connection->watch.fd, queue->data + connection->queue_sent,
                             queue->len - connection->queue_sent, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (count < 0) {
            if (errno != EAGAIN && errno != EINTR)
                connection->broken = true;
            return;
        }
        connection->queue_sent += (guint)count;
    }
    g_byte_array_set_size(queue, 0);
    connection->queue_sent = 0;
    heard_loop_rewatch(connection->owner->loop, &connection->watch, EPOLLIN);
}

static void on_connection(HeardWatch *watch, uint32_t events)
{
    Connection *connection = heard_container_of(watch, Connection, watch);

    if (events & EPOLLOUT)
        write_queue(connection);
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        read_connection(connection);
    if (connection->broken)
        close_connection(connection);
}

static bool add_connection(HeardIceTcp *self, int fd, const HeardAddress *address)
{
    Connection *connection = g_new0(Connection, 1);
    int one = 1;

    (void)!setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    connection->owner = self;
    connection->watch.fd = fd;
    connection->watch.func = on_connection;
    connection->silence.func = on_silence;
    connection->path = (HeardPath){*address, connection};
    connection->queue = g_byte_array_new();
    count_host(self, address, 1);
    if (!heard_loop_watch(self->loop, &connection->watch, EPOLLIN, NULL)) {
        free_connection(connection);
        return false;
    }
    g_hash_table_add(self->connections, connection);
    connection->waiting.data = connection;
    g_queue_push_tail_link(&self->waiting, &connection->waiting);
    heard_loop_set_timer(self->loop, &connection->silence,
                         heard_loop_now_us(self->loop) + HEARD_ICE_TCP_SILENT_US);
    return true;
}

/* The oldest that said nothing valid yet: a client has its check sent long before. */
static bool make_room(HeardIceTcp *self)
{
    if (g_hash_table_size(self->connections) < HEARD_ICE_TCP_CONNECTIONS_MAX)
        return true;
    if (!self->waiting.head)
        return false;
    heard_metric_add(&refused_metric, 1);
    close_connection(self->waiting.head->data);
    return true;
}

static void on_listener(HeardWatch *watch, uint32_t events)
{
    HeardIceTcp *self = heard_container_of(watch, HeardIceTcp, listener);

    (void)events;
    for (unsigned i = 0; i < ACCEPTS_PER_EVENT; i++) {
        HeardAddress address = {0};
        socklen_t size = sizeof(address);
        int fd = accept4(watch->fd, &address.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd < 0)
            return;
        if (host_count(self, &address) >= HEARD_ICE_TCP_PER_HOST_MAX || !make_room(self)) {
            heard_metric_add(&refused_metric, 1);
            close(fd);
            continue;
        }
        add_connection(self, fd, &address);
    }
}

static bool open_listener(HeardIceTcp *self, const HeardAddress *address)
{
    HeardAddress bound;
    socklen_t size = sizeof(bound);
    int one = 1, zero = 0;
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    self->listener.fd = fd;
    if (fd < 0)
        return false;
    (void)!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (address->any.sa_family == AF_INET6)
        (void)!setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
    if (bind(fd, &address->any, heard_address_size(address)) < 0 || listen(fd, BACKLOG) < 0 ||
        getsockname(fd, &bound.any, &size) < 0)
        return false;
    self->port = heard_address_port(&bound);
    return true;
}

HeardIceTcp *heard_ice_tcp_new(HeardLoop *loop, const char *bind_address, uint16_t port,
                               const HeardIceTcpConfig *config, GError **error)
{
    g_autoptr(HeardIceTcp) self = g_new0(HeardIceTcp, 1);
    HeardAddress address;

    heard_metric_register(&refused_metric);
    heard_metric_register(&dropped_metric);
    self->loop = loop;
    self->config = *config;
    self->listener = (HeardWatch){.fd = -1, .func = on_listener};
    self->connections = g_hash_table_new(NULL, NULL);
    self->per_host = g_hash_table_new(NULL, NULL);
    if (!heard_address_parse(bind_address, port, &address)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "not a numeric address: %s",
                    bind_address);
        return NULL;
    }
    if (!open_listener(self, &address)) {
        int saved_errno = errno;

        g_set_error(error, HEARD_ERROR,
                    saved_errno == EADDRINUSE ? HEARD_ERROR_CONFLICT : HEARD_ERROR_CONFIG,
                    "media TCP port %u at %s: %s", port, bind_address, g_strerror(saved_errno));
        return NULL;
    }
    if (!heard_loop_watch(loop, &self->listener, EPOLLIN, error))
        return NULL;
    return g_steal_pointer(&self);
}

void heard_ice_tcp_free(HeardIceTcp *self)
{
    GHashTableIter iter;
    gpointer connection;

    if (!self)
        return;
    g_hash_table_iter_init(&iter, self->connections);
    while (g_hash_table_iter_next(&iter, &connection, NULL))
        free_connection(connection);
    heard_loop_unwatch(self->loop, &self->listener);
    if (self->listener.fd >= 0)
        close(self->listener.fd);
    g_hash_table_unref(self->connections);
    g_hash_table_unref(self->per_host);
    g_free(self);
}

uint16_t heard_ice_tcp_port(const HeardIceTcp *self)
{
    return self->port;
}

/* As much as the kernel takes now; the bytes taken. */
static size_t send_now(Connection *connection, const uint8_t header[static 2],
                       const uint8_t *datagram, size_t size)
{
    struct iovec parts[2] = {{(void *)(uintptr_t)header, HEARD_FRAMING_HEADER_SIZE},
                             {(void *)(uintptr_t)datagram, size}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t count = sendmsg(connection->watch.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);

    return count > 0 ? (size_t)count : 0;
}

bool heard_ice_tcp_send(HeardIceTcp *self, const HeardPath *path, const uint8_t *datagram,
                        size_t size)
{
    Connection *connection = path->connection;
    uint8_t header[HEARD_FRAMING_HEADER_SIZE] = {(uint8_t)(size >> 8), (uint8_t)size};
    size_t taken = 0;

    if (size > G_MAXUINT16 || connection->broken)
        return false;
    /* Whole datagrams only: a cut one would put the stream out of step. */
    if (connection->queue->len - connection->queue_sent + size > HEARD_ICE_TCP_QUEUE_MAX) {
        heard_metric_add(&dropped_metric, 1);
        return false;
    }
    if (connection->queue->len == 0) {
        taken = send_now(connection, header, datagram, size);
        if (taken == size + sizeof(header))
            return true;
        /* An error shows as EPOLLERR or at the next read. */
        heard_loop_rewatch(self->loop, &connection->watch, EPOLLIN | EPOLLOUT);
    } else if (connection->queue_sent > HEARD_ICE_TCP_QUEUE_MAX) {
        g_byte_array_remove_range(connection->queue, 0, connection->queue_sent);
        connection->queue_sent = 0;
    }
    if (taken < sizeof(header))
        g_byte_array_append(connection->queue, header + taken, (guint)(sizeof(header) - taken));
    taken = taken > sizeof(header) ? taken - sizeof(header) : 0;
    g_byte_array_append(connection->queue, datagram + taken, (guint)(size - taken));
    return true;
}
