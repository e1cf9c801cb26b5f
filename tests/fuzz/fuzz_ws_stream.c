/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Bytes of a WebSocket client in pieces: the same messages come, however they are cut; texts
 * are valid UTF-8 within the bound. The end may differ: what wslay finds wrong with the reason
 * in a close frame, it finds in that frame's first piece only.
 */
#include "signaling/ws_stream.h"
#include "tests/unit/signaling/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    GString *texts; /* with a NUL after each */
    int end;        /* -1: goes on */
} Heard;

static void on_message(const char *text, size_t size, void *data)
{
    Heard *heard = data;

    g_assert(size <= HEARD_WS_MESSAGE_MAX);
    g_assert(g_utf8_validate_len(text, size, NULL) || memchr(text, 0, size));
    g_string_append_len(heard->texts, text, (gssize)size);
    g_string_append_c(heard->texts, '\0');
}

static void on_end(HeardWsEnd end, void *data)
{
    ((Heard *)data)->end = (int)end;
}

static Heard listen_to(const uint8_t *data, size_t size, size_t step, size_t early)
{
    Heard heard = {g_string_new(NULL), -1};
    HeardWsHooks hooks = {on_message, on_end, &heard};
    HeardWsStream *stream;
    Wire wire;

    wire_init(&wire);
    early = MIN(early, size);
    stream = heard_ws_stream_new(wire.loop, wire.server_fd, data, early, &hooks);
    wire_turn(&wire);
    for (size_t at = early; at < size && heard.end < 0; at += step) {
        wire_write(&wire, data + at, MIN(step, size - at));
        wire_read(&wire);
    }
    wire_read(&wire);
    heard_ws_stream_free(stream);
    close(wire.server_fd);
    wire_deinit(&wire);
    return heard;
}

/* The first two bytes: size of the pieces, and how much came with the upgrade. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Heard whole, pieces;

    if (size < 2 || size > 4096)
        return 0;
    whole = listen_to(data + 2, size - 2, size, 0);
    pieces = listen_to(data + 2, size - 2, 16U + data[0], data[1]);
    g_assert(whole.end <= HEARD_WS_PROTOCOL && pieces.end <= HEARD_WS_PROTOCOL);
    g_assert(g_string_equal(whole.texts, pieces.texts));
    g_string_free(whole.texts, TRUE);
    g_string_free(pieces.texts, TRUE);
    return 0;
}
