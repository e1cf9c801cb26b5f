/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/dispatch.h"

#include "server/app/access.h"
#include "server/app/call.h"
#include "server/app/http_text.h"
#include "server/app/idempotency.h"
#include "server/app/uploads.h"
#include "server/base/clock.h"
#include "server/store/participant_rows.h"
#include "server/store/seat_rows.h"

#include <stdarg.h>
#include <string.h>

enum { HEARD_DISPATCH_LOGINS_MAX = 64, HEARD_IDEMPOTENCY_KEY_MAX = 128 };

#define SESSION_COOKIE "heard_session"

size_t heard_dispatch_admit(HeardHttpRequest *request, void *data)
{
    const HeardApp *app = data;
    const char *path = heard_http_path(request);
    size_t size = 0;

    if (heard_http_method(request) == HEARD_HTTP_POST && app->uploads &&
        heard_uploads_admit(app->uploads, request, path, &size))
        return size;
    return heard_route_body_max(heard_http_method(request), path);
}

void heard_call_free(HeardCall *self)
{
    if (!self)
        return;
    for (unsigned i = 0; i < HEARD_ROUTE_PARAMS_MAX; i++)
        g_free(self->params[i]);
    for (unsigned i = 0; i < HEARD_QUERY_COUNT; i++)
        g_free(self->query[i]);
    if (self->extra_destroy)
        self->extra_destroy(self->extra);
    heard_veil_free(self->veil);
    json_decref(self->body);
    json_decref(self->answer);
    json_decref(self->problem);
    g_free(self->token);
    g_free(self->device_token);
    g_free(self->idempotency_key);
    g_free(self->request_hash);
    g_free(self->cookie);
    g_clear_error(&self->error);
    g_free(self);
}

bool heard_call_refuse(HeardCall *self, HeardError code, const char *format, ...)
{
    va_list args;

    g_clear_error(&self->error);
    va_start(args, format);
    self->error = g_error_new_valist(HEARD_ERROR, (gint)code, format, args);
    va_end(args);
    return false;
}

bool heard_call_page(HeardCall *self, HeardPage *ret_page)
{
    const char *limit = self->query[HEARD_QUERY_LIMIT];
    guint64 count = 50;

    if (limit && !g_ascii_string_to_unsigned(limit, 10, 1, HEARD_PAGE_MAX, &count, NULL))
        return heard_call_refuse(self, HEARD_ERROR_BAD_FIELD, "limit: a number from 1 to %d",
                                 HEARD_PAGE_MAX);
    if (self->query[HEARD_QUERY_CURSOR] && !heard_id_is_valid(self->query[HEARD_QUERY_CURSOR]))
        return heard_call_refuse(self, HEARD_ERROR_BAD_FIELD, "cursor: not one of ours");
    *ret_page = (HeardPage){.after = self->query[HEARD_QUERY_CURSOR], .limit = (unsigned)count};
    return true;
}

void heard_call_answer_list(HeardCall *self, json_t *items, const HeardPage *page,
                            const char *last_id)
{
    bool full = page->limit > 0 && json_array_size(items) >= page->limit;

    self->answer = json_pack("{s:o, s:s?}", "items", items, "next_cursor", full ? last_id : NULL);
}

static void set_cookie(HeardCall *self)
{
    bool tls = heard_http_is_tls(self->request);
    g_autofree char *cookie = NULL;

    if (!self->cookie)
        return;
    cookie =
        g_strdup_printf(SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict%s%s", self->cookie,
                        tls ? "; Secure" : "", *self->cookie ? "" : "; Max-Age=0");
    heard_http_add_header(self->request, "Set-Cookie", cookie);
}

static const char *language_of(const HeardCall *self)
{
    const char *wanted = self->query[HEARD_QUERY_LANGUAGE];

    if (!wanted)
        wanted = heard_http_header(self->request, "Accept-Language");
    return !wanted || g_ascii_strncasecmp(wanted, "zh", 2) == 0 || *wanted == '*' ? "zh" : "en";
}

static json_t *take_answer(HeardCall *self)
{
    json_t *answer = g_steal_pointer(&self->answer);
    json_t *covered;

    if (!self->veil)
        return answer;
    covered = heard_veil_cover(self->veil, answer, language_of(self));
    json_decref(answer);
    return covered;
}

void heard_call_reply(HeardCall *self)
{
    if (self->error) {
        heard_http_reply_error_with(self->request, self->error, self->problem);
    } else {
        set_cookie(self);
        if (self->answer)
            heard_http_reply_json_take(self->request, self->status, take_answer(self));
        else
            heard_http_reply_empty(self->request, self->status);
    }
    heard_call_free(self);
}

static bool check_caller(HeardCall *self, HeardStore *store)
{
    if (self->route->rule != HEARD_RULE_PUBLIC && self->token &&
        !(self->route->rule == HEARD_RULE_OPERATOR && self->loopback) &&
        !heard_caller_find(store, self->token, self->wall_ms, &self->caller, &self->error))
        return false;
    switch (heard_route_check(self->route, &self->caller, self->loopback)) {
    case HEARD_CHECK_ALLOWED:
        return true;
    case HEARD_CHECK_UNAUTHENTICATED:
        return heard_call_refuse(self, HEARD_ERROR_UNAUTHENTICATED, "log in first");
    case HEARD_CHECK_FORBIDDEN:
        return heard_call_refuse(self, HEARD_ERROR_FORBIDDEN, "not for this kind of session");
    case HEARD_CHECK_WRONG_ROLE:
        return heard_call_refuse(self, HEARD_ERROR_WRONG_ROLE, "your role may not do this");
    }
    return false;
}

/* The hearing in which the caller may have a seat; NULL: none. */
static const char *hearing_of(const HeardCall *self)
{
    if (self->caller.kind == HEARD_CALLER_PARTICIPANT)
        return self->caller.hearing_id;
    return self->caller.kind == HEARD_CALLER_ACCOUNT &&
                   g_str_has_prefix(self->route->pattern, "/api/v1/hearings/{}")
               ? self->params[0]
               : NULL;
}

/* Who runs the desk is kept from nobody, nor is who has no seat. */
static bool draw_veil(HeardCall *self, HeardStore *store)
{
    const char *hearing_id = hearing_of(self);
    g_autofree HeardSeatRow *seat =
        hearing_id ? heard_access_own_seat(store, &self->caller, hearing_id, &self->error) : NULL;
    g_autofree HeardParticipantRow *viewer = NULL;
    HeardRole role;

    if (!seat || !heard_role_from_name(seat->role, &role) ||
        heard_role_permit(role, HEARD_MAY_ADMIT) != HEARD_PERMIT_NO)
        return !self->error;
    viewer = heard_participant_rows_get_by_seat(store, seat->id, &self->error);
    if (viewer)
        self->veil = heard_veil_read(store, hearing_id, viewer->id, &self->error);
    if (self->veil && heard_veil_is_empty(self->veil))
        g_clear_pointer(&self->veil, heard_veil_free);
    return !self->error;
}

static void run_on_store(HeardStore *store, void *data)
{
    HeardCall *self = data;

    if (!check_caller(self, store) || !draw_veil(self, store) || !self->route->store_half)
        return;
    if (!self->idempotency_key || self->route->rule == HEARD_RULE_PUBLIC) {
        self->route->store_half(store, self);
        return;
    }
    heard_idempotency_run(store, self);
}

static void finish_on_main(void *data)
{
    HeardCall *self = data;

    if (!self->error && self->route->main_half && !self->is_repeated)
        self->route->main_half(self);
    else
        heard_call_reply(self);
}

static HeardStoreThread *thread_of(const HeardCall *self)
{
    switch (self->route->thread) {
    case HEARD_ON_READER:
        return self->app->reader;
    case HEARD_ON_STORE:
        return self->app->store;
    case HEARD_ON_LOGINS:
        return self->app->logins;
    }
    return NULL;
}

static void reply_busy(HeardCall *self)
{
    heard_call_refuse(self, HEARD_ERROR_UNAVAILABLE, "too much to do, try again");
    heard_call_reply(self);
}

static void run(HeardCall *self)
{
    HeardStoreThread *thread = thread_of(self);

    bool open = self->route->rule == HEARD_RULE_PUBLIC ||
                (self->route->rule == HEARD_RULE_OPERATOR && self->loopback);

    if (open && !self->route->store_half) {
        finish_on_main(self);
        return;
    }
    if (heard_store_thread_waiting(thread) >= (self->route->thread == HEARD_ON_LOGINS
                                                   ? HEARD_DISPATCH_LOGINS_MAX
                                                   : HEARD_STORE_THREAD_JOBS_MAX / 2)) {
        reply_busy(self);
        return;
    }
    if (!heard_store_thread_post(thread, run_on_store, self, self->app->loop, finish_on_main, NULL))
        reply_busy(self);
}

static bool media_type_is(HeardHttpRequest *request, const char *wanted)
{
    const char *type = heard_http_header(request, "Content-Type");
    size_t size = strlen(wanted);

    return type && g_ascii_strncasecmp(type, wanted, size) == 0 &&
           (type[size] == '\0' || type[size] == ';' || type[size] == ' ');
}

static bool take_body(HeardCall *self)
{
    static const char *const types[] = {
        [HEARD_BODY_NONE] = NULL,
        [HEARD_BODY_JSON] = "application/json",
        [HEARD_BODY_SECRET] = "application/json",
        [HEARD_BODY_SDP] = "application/sdp",
        [HEARD_BODY_SDP_FRAGMENT] = "application/trickle-ice-sdpfrag",
        [HEARD_BODY_FILE] = "application/octet-stream",
    };
    const char *wanted = types[self->route->body];
    size_t size;
    const char *bytes = heard_http_body(self->request, &size);

    if (!wanted)
        return true;
    if (size == 0 && self->route->body == HEARD_BODY_JSON) {
        self->body = json_object(); /* missing fields say what is wanted */
        return true;
    }
    if (!media_type_is(self->request, wanted))
        return heard_call_refuse(self, HEARD_ERROR_MEDIA_TYPE, "Content-Type must be %s", wanted);
    if (self->route->body != HEARD_BODY_JSON && self->route->body != HEARD_BODY_SECRET)
        return true;
    self->body = heard_json_parse_object(bytes, size, &self->error);
    return self->body != NULL;
}

/* A page of another site can make the browser send a write, but not with our Origin. */
static bool check_origin(HeardCall *self, bool by_cookie)
{
    const char *origin = heard_http_header(self->request, "Origin");
    bool write = heard_http_method(self->request) != HEARD_HTTP_GET &&
                 heard_http_method(self->request) != HEARD_HTTP_HEAD;
    bool upgrade = heard_http_header(self->request, "Upgrade") != NULL;

    if (!origin || !by_cookie || !(write || upgrade))
        return true;
    if (heard_http_same_origin(origin, heard_http_header(self->request, "Host"),
                               heard_http_is_tls(self->request)) ||
        g_ascii_strcasecmp(origin, self->app->public_url) == 0)
        return true;
    return heard_call_refuse(self, HEARD_ERROR_FORBIDDEN, "asked from a page of another site");
}

static void take_tokens(HeardCall *self)
{
    char value[HEARD_TOKEN_SIZE + 1];
    const char *bearer = heard_http_bearer(heard_http_header(self->request, "Authorization"));

    if (heard_http_cookie(heard_http_header(self->request, "Cookie"), SESSION_COOKIE, value,
                          sizeof value))
        self->device_token = g_strdup(value);
    self->token = g_strdup(bearer ? bearer : self->device_token);
}

static bool take_idempotency_key(HeardCall *self)
{
    const char *key = heard_http_header(self->request, "Idempotency-Key");
    g_autoptr(GChecksum) sum = NULL;
    size_t size;
    const char *bytes = heard_http_body(self->request, &size);

    /* A half that only reads keeps nothing: done twice is as good as once. */
    if (!key || self->route->body != HEARD_BODY_JSON || self->route->thread == HEARD_ON_READER)
        return true;
    if (!heard_http_is_plain_name(key, HEARD_IDEMPOTENCY_KEY_MAX))
        return heard_call_refuse(self, HEARD_ERROR_BAD_REQUEST,
                                 "Idempotency-Key: letters, digits and . _ - up to %d",
                                 HEARD_IDEMPOTENCY_KEY_MAX);
    sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)heard_http_path(self->request), -1);
    g_checksum_update(sum, (const guchar *)"\n", 1);
    g_checksum_update(sum, (const guchar *)bytes, (gssize)size);
    self->idempotency_key = g_strdup(key);
    self->request_hash = g_strdup(g_checksum_get_string(sum));
    return true;
}

static HeardCall *call_new(HeardApp *app, HeardHttpRequest *request, const HeardRoute *route,
                           char *params[static HEARD_ROUTE_PARAMS_MAX])
{
    static const char *const names[HEARD_QUERY_COUNT] = {"cursor", "limit",    "day",    "label",
                                                         "of",     "show",     "search", "from",
                                                         "to",     "language", "room"};
    HeardCall *self = g_new0(HeardCall, 1);

    self->app = app;
    self->request = request;
    self->route = route;
    self->status = 200;
    self->loopback = !heard_http_is_tls(request);
    self->wall_ms = heard_clock_wall_ms();
    memcpy(self->params, params, sizeof self->params);
    for (unsigned i = 0; i < HEARD_QUERY_COUNT; i++)
        self->query[i] = g_strdup(heard_http_query(request, names[i]));
    take_tokens(self);
    return self;
}

static void handle_found(HeardApp *app, HeardHttpRequest *request, const HeardRoute *route,
                         char *params[static HEARD_ROUTE_PARAMS_MAX])
{
    HeardCall *call = call_new(app, request, route, params);
    bool by_cookie = g_strcmp0(call->token, call->device_token) == 0;

    if (!check_origin(call, by_cookie) || !take_body(call) || !take_idempotency_key(call))
        heard_call_reply(call);
    else
        run(call);
}

void heard_dispatch_handle(HeardHttpRequest *request, void *data)
{
    HeardApp *app = data;
    HeardHttpMethod method = heard_http_method(request);
    const HeardRoute *route = NULL;
    char *params[HEARD_ROUTE_PARAMS_MAX] = {NULL};
    g_autofree char *allow = NULL;

    switch (heard_route_match(method, heard_http_path(request), &route, params, &allow)) {
    case HEARD_MATCH_FOUND:
        handle_found(app, request, route, params);
        return;
    case HEARD_MATCH_OTHER_METHOD:
        heard_http_add_header(request, "Allow", allow);
        if (method == HEARD_HTTP_OPTIONS)
            heard_http_reply_empty(request, 204);
        else
            heard_http_reply_problem(request, HEARD_ERROR_METHOD, allow);
        return;
    case HEARD_MATCH_NONE:
        break;
    }
    if (strncmp(heard_http_path(request), "/api/", 5) == 0)
        heard_http_reply_problem(request, HEARD_ERROR_NOT_FOUND, "no such resource");
    else if (method == HEARD_HTTP_GET || method == HEARD_HTTP_HEAD)
        heard_static_files_serve(app->pages, request);
    else
        heard_http_reply_problem(request, HEARD_ERROR_METHOD, "GET, HEAD");
}
