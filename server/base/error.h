/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One table gives every failure its wire name and HTTP status.
 *
 * Clients rely on the name, never on the text. The text names the object and
 * says what to do; it carries no personal data, token or SDP.
 *
 * Threads  Pure; any thread.
 */

#include <glib.h>

#define HEARD_ERROR (heard_error_quark())
GQuark heard_error_quark(void);

/* The order is free; the wire names in error.c are what may never change. */
typedef enum {
    HEARD_ERROR_INTERNAL,
    HEARD_ERROR_BAD_REQUEST,
    HEARD_ERROR_BAD_JSON,
    HEARD_ERROR_BAD_FIELD,
    HEARD_ERROR_NOT_SDP,
    HEARD_ERROR_SDP_INCOMPLETE,
    HEARD_ERROR_SDP_UNSUPPORTED,
    HEARD_ERROR_BAD_MESSAGE,
    HEARD_ERROR_UNKNOWN_COMMAND,
    HEARD_ERROR_UNAUTHENTICATED,
    HEARD_ERROR_BAD_CREDENTIALS,
    HEARD_ERROR_LOCKED_OUT,
    HEARD_ERROR_FORBIDDEN,
    HEARD_ERROR_WRONG_ROLE,
    HEARD_ERROR_WRONG_PHASE,
    HEARD_ERROR_NOT_FOUND,
    HEARD_ERROR_UNKNOWN_HEARING,
    HEARD_ERROR_HEARING_CLOSED,
    HEARD_ERROR_HEARING_FULL,
    HEARD_ERROR_NOT_ADMITTED,
    HEARD_ERROR_NOT_IDENTIFIED,
    HEARD_ERROR_LINK_UNKNOWN,
    HEARD_ERROR_LINK_EXPIRED,
    HEARD_ERROR_LINK_REVOKED,
    HEARD_ERROR_LINK_USED,
    HEARD_ERROR_METHOD,
    HEARD_ERROR_CONFLICT,
    HEARD_ERROR_CODE_WRONG,   /* a one-time code */
    HEARD_ERROR_CODE_EXPIRED, /* or tried too often, or none was made */
    HEARD_ERROR_TEXT_ALTERED, /* what is to be signed is another text */
    HEARD_ERROR_NOT_DUE,
    HEARD_ERROR_HELD,
    HEARD_ERROR_SAME_PERSON,
    HEARD_ERROR_DESTROYED,
    HEARD_ERROR_ELSEWHERE,
    HEARD_ERROR_TOO_LARGE,
    HEARD_ERROR_MEDIA_TYPE,
    HEARD_ERROR_FILE_TYPE,
    HEARD_ERROR_FILE_HEIC,
    HEARD_ERROR_FILE_INFECTED,
    HEARD_ERROR_RANGE,
    HEARD_ERROR_TOO_MANY,
    HEARD_ERROR_UNAVAILABLE,
    HEARD_ERROR_STORAGE,
    HEARD_ERROR_STORAGE_FULL,
    HEARD_ERROR_CORRUPT,
    HEARD_ERROR_CRYPTO,
    HEARD_ERROR_NETWORK,
    HEARD_ERROR_CONFIG,
    HEARD_ERROR_COUNT
} HeardError;

/* Stable snake_case name for the wire, e.g. "link_expired". Never NULL. */
const char *heard_error_name(HeardError code);

/* HTTP status of RFC 9457 problem+json. */
unsigned heard_error_http_status(HeardError code);

/* Code of any GError; one of another domain is HEARD_ERROR_INTERNAL. */
HeardError heard_error_code(const GError *error);
