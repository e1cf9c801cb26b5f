/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The one UDP socket of a media worker: all its peers come and go through it.
 *
 * Reads with recvmmsg and UDP_GRO, so that a burst of one sender is one message of the
 * kernel; segments are split here. Sending goes through batch.h with heard_socket_send().
 *
 * Units      Sizes in bytes.
 * Ownership  new/free. A datagram belongs to the socket and is valid until the next
 *            receive; it may be changed in place, and HEARD_SOCKET_SLACK readable bytes
 *            lie behind it.
 * Threads    Lives on one media worker.
 * Errors     new: GError HEARD_ERROR_CONFIG (address, permission) or HEARD_ERROR_CONFLICT
 *            (port taken). Receive errors of single datagrams are skipped.
 */

#include "media/front/address.h"

#include <glib.h>
#include <stddef.h>

enum {
    HEARD_SOCKET_SLACK = 32,    /* libnice may read 20 B past a short attribute (media.md 8.4) */
    HEARD_SOCKET_MESSAGES = 32, /* of one recvmmsg */
};

typedef struct HeardSocket HeardSocket;
struct mmsghdr;

typedef void (*HeardSocketFunc)(void *data, uint8_t *datagram, size_t size,
                                const HeardAddress *from);

/* bind_address "::" takes IPv4 as well. port 0: any free one. */
HeardSocket *heard_socket_new(const char *bind_address, uint16_t port,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void heard_socket_free(HeardSocket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeardSocket, heard_socket_free)

int heard_socket_fd(const HeardSocket *self);
uint16_t heard_socket_port(const HeardSocket *self);

/* One recvmmsg; func for each datagram. Returns the number of messages: as long as it is
 * HEARD_SOCKET_MESSAGES, more may wait. */
unsigned heard_socket_receive(HeardSocket *self, HeardSocketFunc func, void *data);

/* The HeardBatchSendFunc of this socket. */
int heard_socket_send(void *socket, struct mmsghdr *messages, unsigned count);
