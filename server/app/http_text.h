/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Small grammars of HTTP: a Range, a cookie, an Origin, an If-None-Match, a path segment.
 *
 * Threads  Pure.
 * Errors   Wrong text is an answer, never a failure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    HEARD_RANGE_NONE,    /* no range, or one that may be ignored (RFC 9110 14.2): whole file */
    HEARD_RANGE_PART,    /* first and size are set */
    HEARD_RANGE_OUTSIDE, /* 416 */
} HeardRange;

/* One range of bytes; several ranges in one header are answered with the whole file. */
HeardRange heard_http_range(const char *header, uint64_t file_size, uint64_t *ret_first,
                            uint64_t *ret_size);

/* Value of a cookie into ret_value; false when it is missing, empty or longer. */
bool heard_http_cookie(const char *header, const char *name, char *ret_value, size_t size);

/* The token of "Bearer …"; NULL when the header is another one. Borrowed from it. */
const char *heard_http_bearer(const char *header);

/* Is origin ("https://host:port") this server as the client calls it (Host)? */
bool heard_http_same_origin(const char *origin, const char *host, bool tls);

/* Does an If-None-Match name this tag (with its quotes), or "*"? */
bool heard_http_etag_matches(const char *header, const char *etag);

/* Is the word one of a list parted by commas? */
bool heard_http_list_has(const char *header, const char *word);

/* [A-Za-z0-9._-]{1,max}, not "." or "..": a name that may stand in a path. */
bool heard_http_is_plain_name(const char *text, size_t max);
