/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/deliberation.h"
#include "server/app/live.h"

#include <stdlib.h>
#include <string.h>

bool heard_api_deliberation_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardDeliberation) self = {0};

    if (!heard_deliberation_open(store, call, &self))
        return false;
    call->answer = heard_deliberation_json(store, call, &self);
    return call->answer != NULL;
}

/* What was done is in the trail, what was said is not. */
static bool leave_trace(HeardStore *store, HeardCall *call, const char *action, const char *reason)
{
    return heard_audit_trail_append(store, call, action, "deliberation", call->params[0],
                                    call->params[0], reason);
}

static bool finish(HeardStore *store, HeardCall *call, bool done)
{
    if (done && heard_store_commit(store, &call->error)) {
        call->status = 204;
        return true;
    }
    heard_store_rollback(store);
    return false;
}

static bool is_blank(const char *text)
{
    for (; *text; text = g_utf8_next_char(text))
        if (!g_unichar_isspace(g_utf8_get_char(text)))
            return false;
    return true;
}

/* ---- the opinion ---- */

bool heard_api_opinion_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardDeliberation) self = {0};
    HeardOpinionRow row = {.hearing_id = call->params[0], .text = "", .at_ms = call->wall_ms};

    if (!heard_deliberation_ask(store, call, HEARD_BALLOT_WRITE, false, &self) ||
        !heard_json_text(call->body, "text", HEARD_BALLOT_OPINION_CHARS_MAX, false, &row.text,
                         &call->error) ||
        !heard_json_number(call->body, "version", 0, HEARD_BALLOT_OPINIONS_MAX - 1, false,
                           &row.version, &call->error))
        return false;
    if (is_blank(row.text))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "text: is missing");
    if (row.version != (self.opinion ? self.opinion->version : 0))
        return heard_deliberation_allow(call, HEARD_BALLOT_STALE);
    row.author_id = self.participant->id;
    return heard_store_begin(store, &call->error) &&
           finish(store, call,
                  leave_trace(store, call, "deliberation.write", NULL) &&
                      heard_opinion_rows_add(store, &row, &call->error));
}

bool heard_api_opinion_confirm_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardDeliberation) self = {0};
    HeardConfirmationRow row = {.hearing_id = call->params[0], .at_ms = call->wall_ms};

    if (!heard_deliberation_ask(store, call, HEARD_BALLOT_CONFIRM, false, &self) ||
        !heard_json_number(call->body, "version", 1, HEARD_BALLOT_OPINIONS_MAX, false, &row.version,
                           &call->error))
        return false;
    if (row.version != self.opinion->version)
        return heard_deliberation_allow(call, HEARD_BALLOT_STALE);
    row.participant_id = self.participant->id;
    return heard_store_begin(store, &call->error) &&
           finish(store, call,
                  leave_trace(store, call, "deliberation.confirm", NULL) &&
                      heard_confirmation_rows_add(store, &row, &call->error));
}

bool heard_api_dissent_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardDeliberation) self = {0};
    HeardDissentRow row = {.hearing_id = call->params[0], .text = "", .at_ms = call->wall_ms};

    if (!heard_deliberation_ask(store, call, HEARD_BALLOT_DISSENT, false, &self) ||
        !heard_json_text(call->body, "text", HEARD_BALLOT_DISSENT_CHARS_MAX, false, &row.text,
                         &call->error))
        return false;
    if (is_blank(row.text))
        row.text = ""; /* taken back */
    row.participant_id = self.participant->id;
    row.name = heard_deliberation_name(&self, row.participant_id);
    return heard_store_begin(store, &call->error) &&
           finish(store, call,
                  leave_trace(store, call,
                              *row.text ? "deliberation.dissent" : "deliberation.dissent_back",
                              NULL) &&
                      heard_dissent_rows_put(store, &row, &call->error));
}

/* ---- the seal, and what leaves the room ---- */

bool heard_api_deliberation_seal_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardDeliberation) self = {0};
    HeardDeliberationRow row = {.hearing_id = call->params[0], .sealed_ms = call->wall_ms};
    g_autofree char *sha256 = NULL, *trace = NULL, *record = NULL;
    const char *note = NULL;
    char *dumped;

    if (!heard_json_text(call->body, "note", HEARD_NOTE_CHARS_MAX, true, &note, &call->error) ||
        !heard_deliberation_ask(store, call, HEARD_BALLOT_SEAL, note && !is_blank(note), &self))
        return false;
    dumped = heard_deliberation_record(store, call, &self, note);
    if (!dumped)
        return false;
    record = g_strdup(dumped);
    free(dumped); /* jansson's */
    sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, record, -1);
    trace = g_strdup_printf("sha256 %s", sha256);
    row.sealed_by = self.participant->id;
    row.seal_note = note;
    row.record = record;
    row.sha256 = sha256;
    if (!heard_store_begin(store, &call->error) ||
        !finish(store, call,
                leave_trace(store, call, "deliberation.seal", trace) &&
                    heard_deliberation_rows_seal(store, &row, &call->error)))
        return false;
    call->extra = g_steal_pointer(&sha256);
    call->extra_destroy = g_free;
    return true;
}

bool heard_api_deliberation_release_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardDeliberation) self = {0};

    return heard_deliberation_ask(store, call, HEARD_BALLOT_RELEASE, false, &self) &&
           heard_store_begin(store, &call->error) &&
           finish(store, call,
                  leave_trace(store, call, "deliberation.release", NULL) &&
                      heard_deliberation_rows_release(store, call->params[0], self.participant->id,
                                                      call->wall_ms, &call->error));
}

/* extra: the hash, of a seal. */
void heard_api_deliberation_changed_main(HeardCall *call)
{
    if (!call->error)
        heard_live_deliberation_changed(call->app->live, call->params[0], call->extra);
    heard_call_reply(call);
}

void heard_api_deliberation_release_main(HeardCall *call)
{
    if (!call->error)
        heard_live_deliberation_released(call->app->live, call->params[0]);
    heard_call_reply(call);
}
