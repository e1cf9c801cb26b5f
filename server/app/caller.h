/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Who asks: found by the session's token, once per request.
 *
 * A caller is a copy of what the store said at that moment; nothing of it is kept between
 * requests, so a revoked session ends with its next request.
 *
 * Threads  find, touch: a store thread. The rest is pure.
 * Errors   find: HEARD_ERROR_UNAUTHENTICATED.
 */

#include "server/base/id.h"
#include "server/hearing/role.h"
#include "server/store/password.h"
#include "server/store/store.h"

#include <glib.h>
#include <stdbool.h>

enum {
    HEARD_CALLER_TEXT_SIZE = 256,
    HEARD_SESSION_ACCOUNT_MS = 12 * 3600 * 1000,
    HEARD_SESSION_PARTICIPANT_MS = 24 * 3600 * 1000,
    HEARD_SESSION_TOUCH_MS = 5 * 60 * 1000, /* sliding expiry is written at most so often */
};

typedef enum {
    HEARD_CALLER_NOBODY,
    HEARD_CALLER_ACCOUNT,     /* staff, logged in */
    HEARD_CALLER_PARTICIPANT, /* came by a personal link */
    HEARD_CALLER_TOKEN,       /* a program with a bearer token */
    HEARD_CALLER_ATTENDEE,    /* of a training, without a seat */
} HeardCallerKind;

typedef struct {
    HeardCallerKind kind;
    char session_hash[HEARD_TOKEN_HASH_SIZE];
    int64_t session_created_ms;
    bool factor_2_done; /* of participants: who it is was said once more, after the end */
    char account_id[HEARD_ID_SIZE];     /* of accounts, and whoever made a token */
    char participant_id[HEARD_ID_SIZE]; /* of participants */
    char attendee_id[HEARD_ID_SIZE];    /* of attendees */
    char hearing_id[HEARD_ID_SIZE];     /* of these two; a token may be bound to one */
    char unit_id[HEARD_ID_SIZE];        /* "": none */
    char unit_path[HEARD_CALLER_TEXT_SIZE * 2];
    char unit_name[HEARD_CALLER_TEXT_SIZE];
    char name[HEARD_CALLER_TEXT_SIZE];
    char title[HEARD_CALLER_TEXT_SIZE];
    HeardRoleMask roles;                /* of the account, or the seat's one */
    char scope[HEARD_CALLER_TEXT_SIZE]; /* of a token: words parted by a space */
} HeardCaller;

/* token: cookie or bearer, as the client sent it. */
bool heard_caller_find(HeardStore *store, const char *token, int64_t wall_ms,
                       HeardCaller *ret_caller, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool heard_caller_has_role(const HeardCaller *self, HeardRole role);
bool heard_caller_has_scope(const HeardCaller *self, const char *word);
/* The best that one of the roles has. */
HeardPermit heard_caller_permit(const HeardCaller *self, HeardPermission permission);
/* Words of a roles column; unknown ones give nothing. */
HeardRoleMask heard_caller_roles_from_words(const char *words);
/* Who it is, for the audit trail and Idempotency-Key: account, participant or attendee id. */
const char *heard_caller_id(const HeardCaller *self);
