/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Every route in one table: method, path, who may, how large the body may be, the handler.
 *
 * Who may is decided in one place (heard_route_check) from the table of domain.md 3.8: the
 * caller needs one of the route's permissions. Whether a row is within the caller's reach
 * (his seat, his unit) is decided by access.h where the row is read.
 *
 * Threads  The table is constant; matching and checking are pure.
 */

#include "server/app/caller.h"
#include "server/app/http.h"
#include "server/store/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEARD_ROUTE_PARAMS_MAX = 3,
    HEARD_ROUTE_PARAM_SIZE = 129,
    HEARD_ROUTE_JSON_BYTES_MAX = 64 * 1024,
    HEARD_ROUTE_SDP_BYTES_MAX = 192 * 1024,
};

typedef struct HeardCall HeardCall;

typedef enum {
    HEARD_RULE_MISSING, /* a row that forgot it; a test finds it, nobody gets in */
    HEARD_RULE_PUBLIC,
    HEARD_RULE_OPERATOR,    /* loopback HTTP, or a token with the scope "operate" */
    HEARD_RULE_SESSION,     /* an account or a participant */
    HEARD_RULE_ACCOUNT,     /* staff */
    HEARD_RULE_PARTICIPANT, /* by link */
    HEARD_RULE_ATTENDEE,    /* of a training, without a seat */
    HEARD_RULE_PRESENT,     /* an account, a participant or an attendee */
    HEARD_RULE_PUBLISH,     /* an account or participant, or a token with "publish" */
    HEARD_RULE_WATCH,       /* the same with "watch" */
} HeardRule;

typedef enum {
    HEARD_BODY_NONE,
    HEARD_BODY_JSON,
    HEARD_BODY_SECRET, /* JSON of which no trace is kept: an Idempotency-Key is passed over */
    HEARD_BODY_SDP,
    HEARD_BODY_SDP_FRAGMENT,
    HEARD_BODY_FILE /* uploads.h says how much, and where it goes */
} HeardBody;

typedef enum {
    HEARD_ON_READER, /* reads only */
    HEARD_ON_STORE,  /* writes */
    HEARD_ON_LOGINS, /* argon2id */
} HeardOnThread;

/* Store half: on the store thread; false with call->error set refuses. */
typedef bool (*HeardStoreHalf)(HeardStore *store, HeardCall *call);
/* Main half: on main; must end with heard_call_reply() or an answer of its own and
 * heard_call_free(). */
typedef void (*HeardMainHalf)(HeardCall *call);

#define HEARD_MAY(permission) (UINT32_C(1) << (HEARD_MAY_##permission))
#define HEARD_MAY_ANY         UINT32_C(0)

typedef struct {
    HeardHttpMethod method;
    const char *pattern; /* "/api/v1/cases/{}" */
    HeardRule rule;
    uint32_t permissions; /* one of these; HEARD_MAY_ANY: the rule alone decides */
    HeardBody body;
    HeardOnThread thread;
    HeardStoreHalf store_half; /* NULL: main half only */
    HeardMainHalf main_half;   /* NULL: the store half's answer is sent */
} HeardRoute;

extern const HeardRoute heard_routes[];
extern const size_t heard_route_count;

typedef enum {
    HEARD_MATCH_FOUND,
    HEARD_MATCH_OTHER_METHOD, /* ret_allow: "GET, POST" */
    HEARD_MATCH_NONE,
} HeardMatch;

HeardMatch heard_route_match(HeardHttpMethod method, const char *path, const HeardRoute **ret_route,
                             char *ret_params[static HEARD_ROUTE_PARAMS_MAX], char **ret_allow);

/* How many bytes of body any method of this path takes. */
size_t heard_route_body_max(HeardHttpMethod method, const char *path);

typedef enum {
    HEARD_CHECK_ALLOWED,
    HEARD_CHECK_UNAUTHENTICATED,
    HEARD_CHECK_FORBIDDEN,  /* another kind of caller */
    HEARD_CHECK_WRONG_ROLE, /* none of the permissions */
} HeardCheck;

HeardCheck heard_route_check(const HeardRoute *route, const HeardCaller *caller, bool loopback);
