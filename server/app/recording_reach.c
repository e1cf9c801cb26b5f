/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/recording_reach.h"

#include "server/app/access.h"

HeardRecordingRow *heard_recording_reach_to_play(HeardStore *store, HeardCall *call,
                                                 bool needs_view)
{
    g_autofree HeardRecordingRow *row =
        heard_access_recording(store, &call->caller, call->params[0], &call->error);
    bool may = false;
    bool open = false;

    if (!row || !heard_access_may_play(store, &call->caller, row, &may, &call->error))
        return NULL;
    if (!may) {
        heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "you may not play this recording");
        return NULL;
    }
    if (!needs_view)
        return g_steal_pointer(&row);
    if (!heard_access_view_open(store, &call->caller, row->id, &open, &call->error))
        return NULL;
    if (open)
        return g_steal_pointer(&row);
    heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "say first why you play it (POST views)");
    return NULL;
}
