/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/api.h"
#include "server/app/http_text.h"
#include "server/app/joining.h"
#include "server/app/live.h"

#include <string.h>

enum { HEARD_LABEL_CHARS_MAX = 48 };

bool heard_api_join_store(HeardStore *store, HeardCall *call)
{
    const char *label = call->query[HEARD_QUERY_LABEL];
    const char *of = call->query[HEARD_QUERY_OF];
    const char *room = call->query[HEARD_QUERY_ROOM];
    HeardRoomKind kind;

    if (room && (!heard_room_from_name(room, &kind) || !heard_room_has_media(kind)))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "room: no room with media");
    if ((label && !heard_http_is_plain_name(label, HEARD_LABEL_CHARS_MAX)) ||
        (of && !heard_http_is_plain_name(of, HEARD_LABEL_CHARS_MAX)))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD,
                                 "label, of: letters, digits and . _ - up to %d",
                                 HEARD_LABEL_CHARS_MAX);
    return heard_joining_find(store, call);
}

/* The word after the hearing's id. */
static const char *word_of(const HeardCall *call)
{
    static const char *const words[] = {"whip", "whep", "connection-tests", "attendance/peers"};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strstr(call->route->pattern, words[i]))
            return words[i];
    }
    return "peers";
}

static void on_joined(const char *answer, const char *peer, const GError *error, void *data)
{
    g_autoptr(HeardCall) call = data;
    const HeardJoining *joining = call->extra;
    g_autofree char *location = NULL;

    if (error) {
        heard_http_reply_error(call->request, error);
        return;
    }
    location =
        g_strdup_printf("/api/v1/hearings/%s/%s/%s", joining->hearing_id, word_of(call), peer);
    heard_http_add_header(call->request, "Location", location);
    if (call->route->main_half != heard_api_test_main) /* too short to be repaired */
        heard_http_add_header(call->request, "Accept-Patch", "application/trickle-ice-sdpfrag");
    heard_http_reply_text(call->request, 201, "application/sdp", answer);
}

static void join(HeardCall *call, HeardLiveJoinKind kind)
{
    const HeardJoining *joining = call->extra;
    HeardLiveJoin wish = {.kind = kind,
                          .hearing = joining->hearing_id,
                          .participant = heard_joining_participant(call),
                          .label = call->query[HEARD_QUERY_LABEL],
                          .of = call->query[HEARD_QUERY_OF]};

    if (call->query[HEARD_QUERY_ROOM])
        heard_room_from_name(call->query[HEARD_QUERY_ROOM], &wish.room);
    wish.offer = heard_http_body(call->request, &wish.offer_size);
    heard_live_join(call->app->live, &wish, on_joined, call);
}

void heard_api_peer_main(HeardCall *call)
{
    join(call, HEARD_LIVE_PEER);
}

void heard_api_whip_main(HeardCall *call)
{
    if (!call->query[HEARD_QUERY_LABEL] && !heard_joining_participant(call)) {
        heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "label is missing");
        heard_call_reply(call);
        return;
    }
    join(call, HEARD_LIVE_WHIP);
}

void heard_api_whep_main(HeardCall *call)
{
    join(call, HEARD_LIVE_WHEP);
}

void heard_api_attendee_peer_main(HeardCall *call)
{
    join(call, HEARD_LIVE_ATTEND);
}

void heard_api_test_main(HeardCall *call)
{
    join(call, HEARD_LIVE_TEST);
}

void heard_api_test_end_main(HeardCall *call)
{
    const HeardJoining *joining = call->extra;

    if (heard_live_test_end(call->app->live, joining->hearing_id, heard_joining_participant(call),
                            call->params[1], &call->error))
        call->status = 200;
    heard_call_reply(call);
}

void heard_api_peer_restart_main(HeardCall *call)
{
    g_autoptr(HeardCall) owned G_GNUC_UNUSED = call;
    const HeardJoining *joining = call->extra;
    size_t size;
    const char *fragment = heard_http_body(call->request, &size);
    g_autofree char *answer = heard_live_restart_ice(call->app->live, joining->hearing_id,
                                                     heard_joining_participant(call),
                                                     call->params[1], fragment, size, &call->error);

    if (answer)
        heard_http_reply_text(call->request, 200, "application/trickle-ice-sdpfrag", answer);
    else
        heard_http_reply_error(call->request, call->error);
}

void heard_api_peer_leave_main(HeardCall *call)
{
    const HeardJoining *joining = call->extra;

    if (heard_live_leave(call->app->live, joining->hearing_id, heard_joining_participant(call),
                         call->params[1], &call->error))
        call->status = 200;
    heard_call_reply(call);
}
