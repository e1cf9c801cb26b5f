/* SPDX-License-Identifier: Apache-2.0 */

/* Main halves that tell the live hearings what a store half changed. */

#include "server/app/api.h"
#include "server/app/duty.h"
#include "server/app/joining.h"
#include "server/app/live.h"

void heard_api_logout_main(HeardCall *call)
{
    const GArray *joinings = call->extra;

    for (guint i = 0; joinings && i < joinings->len; i++) {
        const HeardJoining *joining = &g_array_index(joinings, HeardJoining, i);
        heard_live_revoke(call->app->live, joining->hearing_id, joining->participant_id);
    }
    heard_duty_revoke(call->app->duty, call->caller.session_hash);
    heard_call_reply(call);
}

void heard_api_link_identify_main(HeardCall *call)
{
    const HeardJoining *joining = call->extra;

    heard_live_seats_changed(call->app->live, joining->hearing_id);
    heard_call_reply(call);
}

/* Of a new link, too: whoever came by the old one has to come again. */
void heard_api_link_revoke_main(HeardCall *call)
{
    const HeardJoining *joining = call->extra;

    heard_live_revoke(call->app->live, joining->hearing_id, joining->participant_id);
    heard_call_reply(call);
}
