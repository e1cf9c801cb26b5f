/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/http_text.h"

#include <glib.h>
#include <string.h>

static bool read_number(const char **text, uint64_t *ret_number)
{
    const char *start = *text;
    uint64_t number = 0;

    while (g_ascii_isdigit(**text)) {
        unsigned digit = (unsigned)(**text - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
        (*text)++;
    }
    *ret_number = number;
    return *text > start;
}

HeardRange heard_http_range(const char *header, uint64_t file_size, uint64_t *ret_first,
                            uint64_t *ret_size)
{
    uint64_t first = 0;
    uint64_t last = UINT64_MAX;
    bool has_first;
    bool has_last;

    if (!header || g_ascii_strncasecmp(header, "bytes=", 6) != 0)
        return HEARD_RANGE_NONE;
    header += 6;
    has_first = read_number(&header, &first);
    if (*header++ != '-')
        return HEARD_RANGE_NONE;
    has_last = read_number(&header, &last);
    if (*header != '\0' || (!has_first && !has_last) || (has_first && has_last && last < first))
        return HEARD_RANGE_NONE;
    if (!has_first) { /* the last so many bytes */
        if (last == 0 || file_size == 0)
            return HEARD_RANGE_OUTSIDE;
        first = file_size - MIN(last, file_size);
        last = file_size - 1;
    }
    if (first >= file_size)
        return HEARD_RANGE_OUTSIDE;
    if (!has_last || last >= file_size)
        last = file_size - 1;
    *ret_first = first;
    *ret_size = last - first + 1;
    return HEARD_RANGE_PART;
}

bool heard_http_cookie(const char *header, const char *name, char *ret_value, size_t size)
{
    size_t name_size = strlen(name);

    while (header && *header) {
        const char *end;
        size_t value_size;
        header += strspn(header, " \t;");
        end = header + strcspn(header, ";");
        if ((size_t)(end - header) > name_size && strncmp(header, name, name_size) == 0 &&
            header[name_size] == '=') {
            header += name_size + 1;
            value_size = (size_t)(end - header);
            while (value_size > 0 && g_ascii_isspace(header[value_size - 1]))
                value_size--;
            if (value_size == 0 || value_size >= size)
                return false;
            memcpy(ret_value, header, value_size);
            ret_value[value_size] = '\0';
            return true;
        }
        header = end;
    }
    return false;
}

const char *heard_http_bearer(const char *header)
{
    if (!header || g_ascii_strncasecmp(header, "Bearer ", 7) != 0)
        return NULL;
    header += 7;
    header += strspn(header, " ");
    return *header ? header : NULL;
}

bool heard_http_same_origin(const char *origin, const char *host, bool tls)
{
    const char *scheme = tls ? "https://" : "http://";

    return origin && host && *host && g_ascii_strncasecmp(origin, scheme, strlen(scheme)) == 0 &&
           g_ascii_strcasecmp(origin + strlen(scheme), host) == 0;
}

bool heard_http_etag_matches(const char *header, const char *etag)
{
    size_t etag_size = strlen(etag);

    while (header && *header) {
        header += strspn(header, " \t,");
        if (*header == '*')
            return true;
        if (strncmp(header, "W/", 2) == 0)
            header += 2;
        if (strncmp(header, etag, etag_size) == 0 && strchr(", \t", header[etag_size]))
            return true;
        header += strcspn(header, ",");
    }
    return false;
}

bool heard_http_list_has(const char *header, const char *word)
{
    size_t word_size = strlen(word);

    while (header && *header) {
        size_t size;
        header += strspn(header, " \t,");
        size = strcspn(header, " \t,");
        if (size == word_size && strncmp(header, word, size) == 0)
            return true;
        header += size;
    }
    return false;
}

bool heard_http_is_plain_name(const char *text, size_t max)
{
    size_t size = text ? strlen(text) : 0;

    if (size == 0 || size > max || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
        return false;
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && !strchr("._-", *text))
            return false;
    return true;
}
