/* SPDX-License-Identifier: Apache-2.0 */
#include "media/front/socket.h"

#include "server/base/error.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <unistd.h>

enum {
    /* Loss at high fan-out began, in other servers, at the default of 208 KiB. */
    BUFFER_BYTES = 8 * 1024 * 1024,
    MESSAGE_BYTES = 65536, /* GRO joins up to 64 KiB; untouched pages cost nothing */
    /* From one buffer to the next: not a power of two, or the heads of all, which is where
     * packets lie, would want the same few sets of the caches. */
    STRIDE_BYTES = MESSAGE_BYTES + 19 * 64,
    CONTROL_BYTES = CMSG_SPACE(sizeof(int)),
};

G_STATIC_ASSERT(STRIDE_BYTES - MESSAGE_BYTES >= HEARD_SOCKET_SLACK);

struct HeardSocket {
    int fd;
    uint16_t port;
    uint8_t *buffers;
    struct mmsghdr messages[HEARD_SOCKET_MESSAGES];
    struct iovec parts[HEARD_SOCKET_MESSAGES];
    HeardAddress from[HEARD_SOCKET_MESSAGES];
    union {
        struct cmsghdr align;
        uint8_t bytes[CONTROL_BYTES];
    } control[HEARD_SOCKET_MESSAGES];
};

static void set_option(int fd, int level, int name, int value)
{
    /* Each of these only makes things better; a kernel without it is no reason to stop. */
    (void)!setsockopt(fd, level, name, &value, sizeof(value));
}

static void set_buffers(int fd)
{
    int size = BUFFER_BYTES;

    /* FORCE needs CAP_NET_ADMIN and passes rmem_max; without it take what is allowed. */
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
        set_option(fd, SOL_SOCKET, SO_RCVBUF, size);
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
        set_option(fd, SOL_SOCKET, SO_SNDBUF, size);
}

static bool bind_socket(HeardSocket *self, const HeardAddress *address)
{
    HeardAddress bound;
    socklen_t size = sizeof(bound);

    self->fd = socket(address->any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (self->fd < 0)
        return false;
    if (address->any.sa_family == AF_INET6)
        set_option(self->fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    set_buffers(self->fd);
    set_option(self->fd, IPPROTO_UDP, UDP_GRO, 1);
    if (bind(self->fd, &address->any, heard_address_size(address)) < 0 ||
        getsockname(self->fd, &bound.any, &size) < 0)
        return false;
    self->port = heard_address_port(&bound);
    return true;
}

HeardSocket *heard_socket_new(const char *bind_address, uint16_t port, GError **error)
{
    g_autoptr(HeardSocket) self = g_new0(HeardSocket, 1);
    HeardAddress address;

    self->fd = -1;
    if (!heard_address_parse(bind_address, port, &address)) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_CONFIG, "not a numeric address: %s",
                    bind_address);
        return NULL;
    }
    if (!bind_socket(self, &address)) {
        int saved_errno = errno;

        g_set_error(error, HEARD_ERROR,
                    saved_errno == EADDRINUSE ? HEARD_ERROR_CONFLICT : HEARD_ERROR_CONFIG,
                    "media UDP port %u at %s: %s", port, bind_address, g_strerror(saved_errno));
        return NULL;
    }
    self->buffers = g_malloc((size_t)HEARD_SOCKET_MESSAGES * STRIDE_BYTES);
    return g_steal_pointer(&self);
}

void heard_socket_free(HeardSocket *self)
{
    if (!self)
        return;
    if (self->fd >= 0)
        close(self->fd);
    g_free(self->buffers);
    g_free(self);
}

int heard_socket_fd(const HeardSocket *self)
{
    return self->fd;
}

uint16_t heard_socket_port(const HeardSocket *self)
{
    return self->port;
}

static uint8_t *buffer_of(HeardSocket *self, unsigned index)
{
    return self->buffers + (size_t)index * STRIDE_BYTES;
}

static void prepare_messages(HeardSocket *self)
{
    for (unsigned i = 0; i < HEARD_SOCKET_MESSAGES; i++) {
        struct msghdr *header = &self->messages[i].msg_hdr;

        self->parts[i] = (struct iovec){buffer_of(self, i), MESSAGE_BYTES};
        *header = (struct msghdr){.msg_name = &self->from[i],
                                  .msg_namelen = sizeof(self->from[i]),
                                  .msg_iov = &self->parts[i],
                                  .msg_iovlen = 1,
                                  .msg_control = self->control[i].bytes,
                                  .msg_controllen = CONTROL_BYTES};
    }
}

/* Bytes of one segment, or of the whole message when the kernel joined nothing. */
static size_t segment_size(struct msghdr *header, size_t whole)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c))
        if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
            int size;

            memcpy(&size, CMSG_DATA(c), sizeof(size));
            return size > 0 ? (size_t)size : whole;
        }
    return whole;
}

unsigned heard_socket_receive(HeardSocket *self, HeardSocketFunc func, void *data)
{
    int count;

    prepare_messages(self);
    count = recvmmsg(self->fd, self->messages, HEARD_SOCKET_MESSAGES, MSG_DONTWAIT, NULL);
    if (count <= 0)
        return 0;
    for (int i = 0; i < count; i++) {
        size_t whole = self->messages[i].msg_len;
        size_t segment = segment_size(&self->messages[i].msg_hdr, whole);
        uint8_t *bytes = buffer_of(self, (unsigned)i);

        for (size_t at = 0; at < whole; at += segment)
            func(data, bytes + at, MIN(segment, whole - at), &self->from[i]);
    }
    return (unsigned)count;
}

int heard_socket_send(void *socket, struct mmsghdr *messages, unsigned count)
{
    HeardSocket *self = socket;

    return sendmmsg(self->fd, messages, count, MSG_DONTWAIT);
}
