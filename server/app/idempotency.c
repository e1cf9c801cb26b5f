/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/idempotency.h"

#include "server/base/log.h"
#include "server/store/idempotency_rows.h"

static const HeardLogTopic topic = {"http"};

static char *context_of(const HeardCall *call)
{
    return g_strdup_printf("idempotency:%s:%s", heard_caller_id(&call->caller),
                           call->idempotency_key);
}

static void answer_again(HeardCall *call, const HeardIdempotencyRow *row)
{
    g_autofree char *context = context_of(call);
    g_autofree char *text = NULL;

    call->is_repeated = true;
    call->status = (unsigned)row->status;
    if (!row->answer || !*row->answer)
        return;
    text = heard_field_cipher_open(call->app->cipher, context, row->answer, &call->error);
    if (text)
        call->answer = heard_json_parse_object(text, strlen(text), &call->error);
}

static bool keep(HeardStore *store, HeardCall *call, GError **error)
{
    g_autofree char *context = context_of(call);
    g_autofree char *text = call->answer ? heard_json_dump(call->answer) : NULL;
    g_autofree char *sealed =
        text ? heard_field_cipher_seal(call->app->cipher, context, text) : NULL;

    return heard_idempotency_rows_finish(store, heard_caller_id(&call->caller),
                                         call->idempotency_key, call->status, sealed, error);
}

void heard_idempotency_run(HeardStore *store, HeardCall *call)
{
    const char *scope = heard_caller_id(&call->caller);
    g_autoptr(GError) failure = NULL;
    g_autofree HeardIdempotencyRow *row = heard_idempotency_rows_begin(
        store, scope, call->idempotency_key, call->request_hash, call->wall_ms, &call->error);
    bool settled;

    if (call->error)
        return;
    if (row) {
        answer_again(call, row);
        return;
    }
    if (call->route->store_half(store, call))
        settled = keep(store, call, &failure);
    else
        settled = heard_idempotency_rows_forget(store, scope, call->idempotency_key, &failure);
    if (!settled) /* the answer stands; only a repetition would get a conflict */
        heard_log(&topic, HEARD_LOG_WARN, "idempotency-not-kept text=\"%s\"", failure->message);
}
