/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A WebSocket client by hand, at the other end of a socket pair, and a loop to turn.
 *
 * Ownership  init/deinit by the test; server_fd is closed by whoever got it.
 * Threads    One test.
 */

#include "server/base/loop.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    GMainContext *context;
    HeardLoop *loop;
    int server_fd, client_fd;
    GByteArray *got; /* bytes of the server that were not read as frames yet */
    bool hung_up;
} Wire;

static inline void wire_init(Wire *self)
{
    int fds[2];

    memset(self, 0, sizeof *self);
    self->context = g_main_context_new();
    self->loop = heard_loop_new("test", NULL);
    heard_loop_attach(self->loop, self->context);
    g_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    self->server_fd = fds[0];
    self->client_fd = fds[1];
    self->got = g_byte_array_new();
}

static inline void wire_deinit(Wire *self)
{
    close(self->client_fd);
    heard_loop_free(self->loop);
    g_main_context_unref(self->context);
    g_byte_array_unref(self->got);
}

static inline void wire_turn(Wire *self)
{
    for (int i = 0; i < 20; i++)
        g_main_context_iteration(self->context, FALSE);
}

/* One masked frame of the client, appended to out. */
static inline void wire_frame(GByteArray *out, uint8_t first, const void *payload, size_t size)
{
    static const uint8_t mask[4] = {1, 2, 3, 4};
    uint8_t head[14] = {first, 0x80};
    guint at = 2;

    if (size < 126) {
        head[1] |= (uint8_t)size;
    } else if (size < 65536) {
        head[1] |= 126;
        head[at++] = (uint8_t)(size >> 8);
        head[at++] = (uint8_t)size;
    } else {
        head[1] |= 127;
        for (int i = 7; i >= 0; i--)
            head[at++] = (uint8_t)((uint64_t)size >> (8 * i));
    }
    memcpy(&head[at], mask, 4);
    g_byte_array_append(out, head, at + 4);
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = ((const uint8_t *)payload)[i] ^ mask[i % 4];

        g_byte_array_append(out, &byte, 1);
    }
}

static inline void wire_write(Wire *self, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(self->client_fd, bytes, size, MSG_NOSIGNAL);

        if (sent < 0) {
            if (self->hung_up)
                return;
            wire_turn(self);
            if (send(self->client_fd, "", 0, MSG_NOSIGNAL) < 0)
                return;
            continue;
        }
        bytes += sent;
        size -= (size_t)sent;
    }
    wire_turn(self);
}

static inline void wire_say(Wire *self, const char *text)
{
    GByteArray *out = g_byte_array_new();

    wire_frame(out, 0x81, text, strlen(text));
    wire_write(self, out->data, out->len);
    g_byte_array_unref(out);
}

static inline void wire_read(Wire *self)
{
    uint8_t bytes[65536];
    ssize_t got;

    wire_turn(self);
    while ((got = recv(self->client_fd, bytes, sizeof bytes, 0)) > 0) {
        g_byte_array_append(self->got, bytes, (guint)got);
        wire_turn(self);
    }
    self->hung_up |= got == 0;
}

/* The next frame of the server; its opcode, or -1 when there is none. ret_payload is freed
 * by the caller and ends with NUL. */
static inline int wire_next(Wire *self, char **ret_payload, size_t *ret_size)
{
    const uint8_t *b;
    size_t size, head = 2;
    int opcode;

    wire_read(self);
    if (self->got->len < 2)
        return -1;
    b = self->got->data;
    size = b[1] & 0x7f;
    if (size == 126) {
        size = (size_t)b[2] << 8 | b[3];
        head = 4;
    } else if (size == 127) {
        size = 0;
        for (int i = 0; i < 8; i++)
            size = size << 8 | b[2 + i];
        head = 10;
    }
    if (self->got->len < head + size)
        return -1;
    opcode = b[0] & 0x0f;
    if (ret_payload)
        *ret_payload = g_strndup((const char *)b + head, size);
    if (ret_size)
        *ret_size = size;
    g_byte_array_remove_range(self->got, 0, (guint)(head + size));
    return opcode;
}

/* The code of the close frame that comes next, or 0. */
static inline unsigned wire_close_code(Wire *self)
{
    g_autofree char *payload = NULL;
    size_t size = 0;

    if (wire_next(self, &payload, &size) != 8 || size < 2)
        return 0;
    return (unsigned)((uint8_t)payload[0] << 8 | (uint8_t)payload[1]);
}
