/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/speech_frame.h"

#include "server/base/error.h"
#include "server/base/json.h"

#include <string.h>

void heard_speech_reader_init(HeardSpeechReader *self, size_t body_max)
{
    *self = (HeardSpeechReader){.pending = g_byte_array_new(), .body_max = body_max};
}

void heard_speech_reader_deinit(HeardSpeechReader *self)
{
    g_clear_pointer(&self->pending, g_byte_array_unref);
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Keeps bytes until wanted are there. */
static bool fill(HeardSpeechReader *self, size_t wanted, const uint8_t **bytes, size_t *size)
{
    size_t count = MIN(wanted - MIN(wanted, self->pending->len), *size);

    g_byte_array_append(self->pending, *bytes, (guint)count);
    *bytes += count;
    *size -= count;
    return self->pending->len >= wanted;
}

static bool check_sizes(const HeardSpeechReader *self, uint32_t header, uint32_t body,
                        GError **error)
{
    if (header >= 2 && header <= HEARD_SPEECH_HEADER_MAX && body <= self->body_max)
        return true;
    g_set_error(error, HEARD_ERROR, HEARD_ERROR_TOO_LARGE,
                "a frame of %" G_GUINT32_FORMAT " and %" G_GUINT32_FORMAT " bytes", header, body);
    return false;
}

bool heard_speech_reader_push(HeardSpeechReader *self, const uint8_t **bytes, size_t *size,
                              json_t **ret_header, GError **error)
{
    uint32_t header, body;

    *ret_header = NULL;
    if (self->broken) {
        g_set_error(error, HEARD_ERROR, HEARD_ERROR_BAD_FIELD, "the stream is broken");
        return false;
    }
    if (!fill(self, HEARD_SPEECH_PREFIX, bytes, size))
        return true;
    header = get32(self->pending->data);
    body = get32(self->pending->data + 4);
    if (!check_sizes(self, header, body, error)) {
        self->broken = true;
        return false;
    }
    if (!fill(self, HEARD_SPEECH_PREFIX + (size_t)header + body, bytes, size))
        return true;
    *ret_header = heard_json_parse_object((const char *)self->pending->data + HEARD_SPEECH_PREFIX,
                                          header, error);
    self->broken = !*ret_header;
    g_byte_array_set_size(self->pending, 0);
    return !self->broken;
}

void heard_speech_frame_append(GByteArray *out, const json_t *header, const void *body,
                               size_t body_size)
{
    g_autofree char *text = heard_json_dump(header);
    size_t size = strlen(text);
    uint8_t prefix[HEARD_SPEECH_PREFIX];

    g_assert(size <= HEARD_SPEECH_HEADER_MAX && body_size <= HEARD_SPEECH_BODY_MAX);
    put32(prefix, (uint32_t)size);
    put32(prefix + 4, (uint32_t)body_size);
    g_byte_array_append(out, prefix, sizeof prefix);
    g_byte_array_append(out, (const uint8_t *)text, (guint)size);
    if (body_size)
        g_byte_array_append(out, body, (guint)body_size);
}
