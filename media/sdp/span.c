/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sdp/span.h"

#include <glib.h>
#include <string.h>

HeardSpan heard_span(const char *text)
{
    return (HeardSpan){text, strlen(text)};
}

static void skip(HeardSpan *self, size_t size)
{
    self->at += size;
    self->size -= size;
}

bool heard_span_take_line(HeardSpan *self, HeardSpan *ret_line)
{
    const char *end;
    size_t size;

    if (self->size == 0)
        return false;
    end = memchr(self->at, '\n', self->size);
    size = end ? (size_t)(end - self->at) : self->size;
    *ret_line = (HeardSpan){self->at, size};
    if (size > 0 && ret_line->at[size - 1] == '\r')
        ret_line->size--;
    skip(self, end ? size + 1 : size);
    return true;
}

bool heard_span_take_word(HeardSpan *self, char separator, HeardSpan *ret_word)
{
    HeardSpan rest = *self;
    size_t size = 0;

    while (rest.size > 0 && (rest.at[0] == separator || rest.at[0] == ' '))
        skip(&rest, 1);
    while (size < rest.size && rest.at[size] != separator && rest.at[size] != ' ')
        size++;
    if (size == 0)
        return false;
    *ret_word = (HeardSpan){rest.at, size};
    skip(&rest, size);
    *self = rest;
    return true;
}

bool heard_span_take_prefix(HeardSpan *self, const char *prefix)
{
    size_t size = strlen(prefix);

    if (self->size < size || memcmp(self->at, prefix, size) != 0)
        return false;
    skip(self, size);
    return true;
}

bool heard_span_take_number(HeardSpan *self, uint32_t max, uint32_t *ret_number)
{
    uint64_t number = 0;
    size_t size = 0;

    while (size < self->size && g_ascii_isdigit(self->at[size])) {
        number = number * 10 + (uint64_t)(self->at[size] - '0');
        if (number > max)
            return false;
        size++;
    }
    if (size == 0)
        return false;
    *ret_number = (uint32_t)number;
    skip(self, size);
    return true;
}

bool heard_span_is(HeardSpan self, const char *text)
{
    return self.size == strlen(text) && memcmp(self.at, text, self.size) == 0;
}

bool heard_span_is_nocase(HeardSpan self, const char *text)
{
    return self.size == strlen(text) && g_ascii_strncasecmp(self.at, text, self.size) == 0;
}

bool heard_span_copy(HeardSpan self, char *ret_text, size_t size)
{
    if (self.size == 0 || self.size >= size)
        return false;
    for (size_t i = 0; i < self.size; i++)
        if ((unsigned char)self.at[i] < 0x20 || self.at[i] == 0x7f)
            return false;
    memcpy(ret_text, self.at, self.size);
    ret_text[self.size] = '\0';
    return true;
}
