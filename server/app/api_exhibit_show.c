/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Showing an exhibit to the room. The live hearing says whether it may be shown; then the row and
 * the audit trail learn that it was, and only then the room sees it. A page that is turned is
 * the room's matter alone, and the recording's.
 */

#include "server/app/api.h"
#include "server/app/audit_trail.h"
#include "server/app/exhibits.h"
#include "server/app/live_exhibit.h"

#include <string.h>

enum { HEARD_POINTER_PERMILLE = 1000 };

typedef struct {
    HeardExhibitRow *row;
    HeardExhibitCaller caller;
    HeardLiveExhibit what;
} Show;

static void show_free(void *data)
{
    Show *self = data;

    g_free(self->row);
    g_free(self);
}

static void take_row(Show *self, HeardExhibitRow *row_take)
{
    g_free(self->row);
    self->row = row_take;
    g_strlcpy(self->what.id, row_take->id, sizeof self->what.id);
    self->what.of = heard_exhibits_of_row(row_take);
    self->what.number = (unsigned)row_take->number;
    self->what.title = row_take->title;
    self->what.media_type = row_take->media_type;
    self->what.sha256 = row_take->sha256;
}

static bool read_place(HeardCall *call, HeardLiveExhibit *what)
{
    const json_t *pointer = json_object_get(call->body, "pointer");
    int64_t page = 1, x = -1, y = -1;

    if (!heard_json_number(call->body, "page", 1, HEARD_EXHIBIT_PAGES_MAX, true, &page,
                           &call->error))
        return false;
    if (pointer && !json_is_null(pointer) &&
        (!json_is_object(pointer) ||
         !heard_json_number(pointer, "x", 0, HEARD_POINTER_PERMILLE, false, &x, &call->error) ||
         !heard_json_number(pointer, "y", 0, HEARD_POINTER_PERMILLE, false, &y, &call->error)))
        return heard_call_refuse(call, HEARD_ERROR_BAD_FIELD, "pointer: {x, y} from 0 to 1000");
    what->page = (unsigned)page;
    what->pointer_x = (int)x;
    what->pointer_y = (int)y;
    return true;
}

bool heard_api_exhibit_show_store(HeardStore *store, HeardCall *call)
{
    Show *self = g_new0(Show, 1);
    HeardExhibitRow *row;

    call->extra = self;
    call->extra_destroy = show_free;
    if (!read_place(call, &self->what))
        return false;
    row = heard_exhibits_get(store, call, &self->caller);
    if (!row)
        return false;
    take_row(self, row);
    return self->caller.has_seat || heard_exhibits_allow(call, HEARD_EXHIBIT_NO_RIGHT);
}

static json_t *done_json(void)
{
    return json_pack("{s:b}", "ok", 1);
}

static void show_now(HeardCall *call)
{
    const Show *self = call->extra;

    if (heard_exhibits_allow(call,
                             heard_live_exhibit_show(call->app->live, call->params[0],
                                                     self->caller.participant_id, &self->what)))
        call->answer = done_json();
    heard_call_reply(call);
}

/* The row as it is now, and as it is once shown. */
static bool present(HeardStore *store, HeardCall *call, Show *self)
{
    HeardExhibitRow *row = heard_exhibit_rows_get(store, self->row->id, &call->error);
    HeardExhibitRow after;

    if (!row)
        return false;
    take_row(self, row);
    if (!heard_exhibits_allow(
            call, heard_exhibit_ask(&self->what.of, &self->caller.person, HEARD_EXHIBIT_PRESENT)) ||
        !heard_audit_trail_append(store, call, "exhibit.present", "exhibit", row->id,
                                  row->hearing_id, NULL))
        return false;
    after = *row;
    self->what.of.state = heard_exhibit_after(self->what.of.state, HEARD_EXHIBIT_PRESENT);
    after.state = heard_exhibit_state_name(self->what.of.state);
    after.offered_ms = row->offered_ms ? row->offered_ms : call->wall_ms;
    after.presented_ms = row->presented_ms ? row->presented_ms : call->wall_ms;
    return heard_exhibit_rows_change(store, row, &after, &call->error);
}

static void present_on_store(HeardStore *store, void *data)
{
    HeardCall *call = data;

    if (!heard_store_begin(store, &call->error))
        return;
    if (!present(store, call, call->extra) || !heard_store_commit(store, &call->error))
        heard_store_rollback(store);
}

static void presented(void *data)
{
    HeardCall *call = data;

    if (call->error) {
        heard_call_reply(call);
        return;
    }
    heard_live_exhibits_changed(call->app->live, call->params[0]);
    show_now(call);
}

void heard_api_exhibit_show_main(HeardCall *call)
{
    const Show *self = call->extra;

    if (!heard_exhibits_allow(call,
                              heard_live_exhibit_may(call->app->live, call->params[0],
                                                     self->caller.participant_id, &self->what))) {
        heard_call_reply(call);
        return;
    }
    if (heard_live_exhibit_is_shown(call->app->live, call->params[0], self->what.id)) {
        show_now(call);
        return;
    }
    if (heard_store_thread_post(call->app->store, present_on_store, call, call->app->loop,
                                presented, NULL))
        return;
    heard_call_refuse(call, HEARD_ERROR_UNAVAILABLE, "too much to do, try again");
    heard_call_reply(call);
}

void heard_api_exhibit_hide_main(HeardCall *call)
{
    const Show *self = call->extra;

    if (heard_exhibits_allow(call,
                             heard_live_exhibit_hide(call->app->live, call->params[0],
                                                     self->caller.participant_id, self->what.id)))
        call->answer = done_json();
    heard_call_reply(call);
}
