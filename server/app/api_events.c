/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/api.h"
#include "server/app/duty.h"
#include "server/app/http_text.h"
#include "server/app/joining.h"
#include "server/app/live.h"
#include "signaling/ws_stream.h"

#define SUBPROTOCOL "heard.v1"

/* What outlives the call: the switch of protocols happens after the answer. */
typedef struct {
    HeardApp *app;
    HeardJoining joining;
} Upgrade;

/* RFC 6455 4.2.1: the parts of an opening handshake. */
static bool check_handshake(HeardCall *call)
{
    const char *upgrade = heard_http_header(call->request, "Upgrade");
    const char *version = heard_http_header(call->request, "Sec-WebSocket-Version");
    const char *key = heard_http_header(call->request, "Sec-WebSocket-Key");

    char accept[HEARD_WS_ACCEPT_SIZE];

    if (!upgrade || g_ascii_strcasecmp(upgrade, "websocket") != 0 || !key ||
        !heard_ws_accept(key, accept))
        return heard_call_refuse(call, HEARD_ERROR_BAD_REQUEST, "connect with a WebSocket");
    if (g_strcmp0(version, "13") != 0)
        return heard_call_refuse(call, HEARD_ERROR_BAD_REQUEST, "Sec-WebSocket-Version must be 13");
    if (!heard_http_list_has(heard_http_header(call->request, "Sec-WebSocket-Protocol"),
                             SUBPROTOCOL))
        return heard_call_refuse(call, HEARD_ERROR_BAD_REQUEST,
                                 "subprotocol " SUBPROTOCOL " is the one we speak");
    return true;
}

static void close_stream(void *stream)
{
    heard_http_stream_close(stream);
}

static void on_upgraded(HeardHttpStream *stream, int fd, const uint8_t *early, size_t early_size,
                        void *data)
{
    Upgrade *upgrade = data;

    if (!upgrade->app->live) {
        heard_http_stream_close(stream);
        return;
    }
    heard_live_accept(upgrade->app->live, upgrade->joining.hearing_id,
                      upgrade->joining.participant_id, fd, early, early_size, close_stream, stream);
}

/* The handshake was checked; upgrade is freed after on_upgrade. */
static void switch_protocols(HeardCall *call, HeardHttpUpgradeFunc on_upgrade, void *upgrade)
{
    char accept[HEARD_WS_ACCEPT_SIZE];

    heard_ws_accept(heard_http_header(call->request, "Sec-WebSocket-Key"), accept);
    heard_http_add_header(call->request, "Sec-WebSocket-Accept", accept);
    heard_http_add_header(call->request, "Sec-WebSocket-Protocol", SUBPROTOCOL);
    heard_http_reply_upgrade(call->request, "websocket", on_upgrade, upgrade, g_free);
}

static void on_prepared(const GError *error, void *data)
{
    g_autoptr(HeardCall) call = data;
    Upgrade *upgrade;

    if (error) {
        heard_http_reply_error(call->request, error);
        return;
    }
    upgrade = g_new0(Upgrade, 1);
    upgrade->app = call->app;
    upgrade->joining = *(const HeardJoining *)call->extra;
    switch_protocols(call, on_upgraded, upgrade);
}

void heard_api_events_main(HeardCall *call)
{
    const HeardJoining *joining = call->extra;
    const char *participant = heard_joining_participant(call);

    if (!participant)
        heard_call_refuse(call, HEARD_ERROR_FORBIDDEN, "load hearings have no signaling");
    if (call->error || !check_handshake(call)) {
        heard_call_reply(call);
        return;
    }
    heard_live_prepare(call->app->live, joining->hearing_id, participant, on_prepared, call);
}

/* ---- duty screens ---- */

typedef struct {
    HeardApp *app;
    char unit[HEARD_ID_SIZE], session_hash[HEARD_TOKEN_HASH_SIZE];
} DutyUpgrade;

static void on_duty_upgraded(HeardHttpStream *stream, int fd, const uint8_t *early,
                             size_t early_size, void *data)
{
    const DutyUpgrade *upgrade = data;
    HeardDutyWho who = {upgrade->unit, upgrade->session_hash};

    if (!upgrade->app->live) {
        heard_http_stream_close(stream);
        return;
    }
    heard_duty_accept(upgrade->app->duty, &who, fd, early, early_size, close_stream, stream);
}

void heard_api_duty_main(HeardCall *call)
{
    g_autoptr(HeardCall) done = NULL;
    DutyUpgrade *upgrade;

    if (!heard_duty_has_room(call->app->duty, call->caller.unit_id))
        heard_call_refuse(call, HEARD_ERROR_TOO_MANY, "%d duty screens of a unit at most",
                          HEARD_DUTY_SCREENS_OF_UNIT_MAX);
    if (call->error || !check_handshake(call)) {
        heard_call_reply(call);
        return;
    }
    done = call;
    upgrade = g_new0(DutyUpgrade, 1);
    upgrade->app = call->app;
    g_strlcpy(upgrade->unit, call->caller.unit_id, sizeof upgrade->unit);
    g_strlcpy(upgrade->session_hash, call->caller.session_hash, sizeof upgrade->session_hash);
    switch_protocols(call, on_duty_upgraded, upgrade);
}
