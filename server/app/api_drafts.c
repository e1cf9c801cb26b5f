/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/api.h"
#include "server/app/live.h"
#include "server/app/minutes_desk.h"

/* Drafts are in the memory of the live hearing: the store half says who may, the main half does it.
 */
bool heard_api_drafts_store(HeardStore *store, HeardCall *call)
{
    g_auto(HeardMinutesDesk) desk = {0};

    if (!heard_minutes_desk_open(store, call, &desk))
        return false;
    return heard_minutes_desk_may_edit(&desk) ||
           heard_call_refuse(call, HEARD_ERROR_WRONG_ROLE, "for who writes the minutes");
}

void heard_api_drafts_main(HeardCall *call)
{
    if (!call->error)
        call->answer =
            json_pack("{s:o, s:n}", "items", heard_live_drafts(call->app->live, call->params[0]),
                      "next_cursor");
    heard_call_reply(call);
}

void heard_api_draft_drop_main(HeardCall *call)
{
    call->status = 204;
    if (!call->error &&
        !heard_live_draft_remove(call->app->live, call->params[0], call->params[1], "dropped"))
        heard_call_refuse(call, HEARD_ERROR_NOT_FOUND, "the draft was taken or dropped already");
    heard_call_reply(call);
}

void heard_api_drafts_drop_main(HeardCall *call)
{
    call->status = 204;
    if (!call->error)
        heard_live_drafts_clear(call->app->live, call->params[0]);
    heard_call_reply(call);
}
