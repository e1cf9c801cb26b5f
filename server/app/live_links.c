/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app/live_private.h"

#include "server/base/clock.h"
#include "server/base/error.h"

#include <string.h>

static void link_free(HeardLiveLink *link)
{
    if (link->hearing) {
        heard_live_forget_link(link->hearing, link);
        if (link->hearing->people[link->person].link == link)
            link->hearing->people[link->person].link = NULL;
    }
    heard_connection_free(link->connection);
    g_free(link);
}

static void detach(HeardLiveLink *link)
{
    if (!link->hearing)
        return;
    heard_live_forget_link(link->hearing, link);
    link->hearing = NULL;
}

/* ---- what a client says ---- */

static void on_connected(HeardLiveHearing *hearing, HeardAnswer answer, const GError *error,
                         void *data)
{
    uint16_t person = (uint16_t)GPOINTER_TO_UINT(data);
    HeardLiveLink *link = hearing->people[person].link;

    if (!link || !link->hello_waits)
        return;
    if (!error && (answer == HEARD_ANSWER_OK || answer == HEARD_ANSWER_UNCHANGED)) {
        heard_live_greet(hearing, person);
        return;
    }
    link->hello_waits = false;
    heard_connection_refuse(link->connection, link->hello_id,
                            error ? heard_error_code(error) : heard_answer_error(answer),
                            error ? NULL : heard_answer_name(answer), NULL);
    heard_connection_close(link->connection, error ? HEARD_CLOSE_RESTART : HEARD_CLOSE_NORMAL);
}

static void take_hello(HeardLiveLink *link, const HeardMessage *message)
{
    HeardLivePerson *live = &link->hearing->people[link->person];

    link->hello_waits = true;
    link->hello_id = message->id;
    g_strlcpy(link->epoch, message->hello.epoch ? message->hello.epoch : "", sizeof link->epoch);
    link->seq = message->hello.seq;
    g_strlcpy(live->language, message->hello.language, sizeof live->language);
    heard_live_report(link->hearing, HEARD_VERB_CONNECT, link->person, NULL, on_connected,
                      GUINT_TO_POINTER(link->person));
}

static void take_view(HeardLiveLink *link, const HeardMessage *message)
{
    HeardLiveHearing *hearing = link->hearing;
    HeardLivePerson *live = &hearing->people[link->person];

    if (!heard_room_has_media(heard_hearing_room_of(&hearing->rules, link->person))) {
        heard_connection_refuse(link->connection, message->id, HEARD_ERROR_NOT_ADMITTED,
                                heard_answer_name(HEARD_ANSWER_NOT_ADMITTED), NULL);
        return;
    }
    live->wish_count = message->wish_count;
    for (unsigned i = 0; i < message->wish_count; i++) {
        live->wishes[i] = message->wishes[i];
        g_strlcpy(live->wish_ids[i], message->wishes[i].participant, sizeof live->wish_ids[i]);
        live->wishes[i].participant = live->wish_ids[i];
    }
    heard_connection_reply_take(link->connection, message->id, NULL);
    for (guint i = 0; i < hearing->peers->len; i++) {
        HeardLivePeer *peer = g_ptr_array_index(hearing->peers, i);

        if (peer->person == link->person && peer->kind == HEARD_LIVE_PEER)
            heard_slots_update(hearing, peer);
    }
}

/* Before the hearing the desk wants to know who will have trouble. */
static void take_line(HeardLiveLink *link, const HeardMessage *message)
{
    HeardLivePerson *live = &link->hearing->people[link->person];
    int64_t now_us = heard_live_now_us(link->live);

    if (now_us < live->line_next_us) {
        heard_connection_refuse(link->connection, message->id, HEARD_ERROR_TOO_MANY, NULL, NULL);
        return;
    }
    live->line = message->line;
    live->line_at_ms = heard_clock_wall_ms();
    live->line_next_us = now_us + HEARD_LIVE_LINE_US;
    heard_connection_reply_take(link->connection, message->id, NULL);
    heard_live_tell_person(link->hearing, link->person);
}

static void take_command(HeardLiveLink *link, const HeardMessage *message)
{
    HeardLiveCommand *command = g_new0(HeardLiveCommand, 1);

    command->command = message->command;
    command->document = json_incref(message->document);
    command->link = link;
    command->reply_id = message->id;
    g_strlcpy(command->actor, link->hearing->rules.people[link->person].id, sizeof command->actor);
    command->command.actor = command->actor;
    heard_live_submit_take(link->hearing, command);
}

static void on_message(HeardConnection *connection, const HeardMessage *message, void *data)
{
    HeardLiveLink *link = data;

    (void)connection;
    if (!link->hearing)
        return;
    switch (message->kind) {
    case HEARD_MESSAGE_HELLO:
        take_hello(link, message);
        return;
    case HEARD_MESSAGE_PING:
        return;
    case HEARD_MESSAGE_VIEW:
        take_view(link, message);
        return;
    case HEARD_MESSAGE_NETWORK:
        take_line(link, message);
        return;
    case HEARD_MESSAGE_COMMAND:
        take_command(link, message);
        return;
    }
    g_assert_not_reached();
}

static void on_gone(HeardConnection *connection, HeardWsEnd end, void *data)
{
    HeardLiveLink *link = data;
    HeardLive *live = link->live;
    HeardLiveHearing *hearing = link->hearing;
    uint16_t person = link->person;

    (void)connection;
    (void)end;
    g_ptr_array_remove_fast(live->links, link);
    link_free(link);
    if (hearing && !live->stopping)
        heard_live_reconcile(hearing, person);
}

/* ---- doors ---- */

static void on_prepared(HeardLiveHearing *hearing, const GError *error, void *data);

typedef struct {
    char participant[HEARD_ID_SIZE];
    HeardLiveDone done;
    void *data;
} Prepare;

static void on_prepared(HeardLiveHearing *hearing, const GError *error, void *data)
{
    g_autofree Prepare *self = data;
    g_autoptr(GError) refusal = NULL;
    uint16_t person;

    if (error) {
        self->done(error, self->data);
        return;
    }
    person = hearing->is_load ? (uint16_t)HEARD_NOBODY
                              : heard_hearing_find(&hearing->rules, self->participant);
    if (person == HEARD_NOBODY)
        g_set_error(&refusal, HEARD_ERROR, HEARD_ERROR_FORBIDDEN, "no seat in this hearing");
    else if (heard_hearing_over(&hearing->rules))
        g_set_error(&refusal, HEARD_ERROR, HEARD_ERROR_HEARING_CLOSED, "this hearing is over");
    else if (hearing->rules.people[person].presence == HEARD_PRESENCE_REMOVED)
        g_set_error(&refusal, HEARD_ERROR, HEARD_ERROR_FORBIDDEN, "removed from this hearing");
    self->done(refusal, self->data);
}

void heard_live_prepare(HeardLive *self, const char *hearing, const char *participant,
                        HeardLiveDone done, void *data)
{
    Prepare *prepare = g_new0(Prepare, 1);

    g_strlcpy(prepare->participant, participant, sizeof prepare->participant);
    prepare->done = done;
    prepare->data = data;
    heard_live_with_hearing(self, hearing, on_prepared, prepare);
}

void heard_live_accept(HeardLive *self, const char *hearing_id, const char *participant, int fd,
                       const uint8_t *early, size_t early_size, HeardLiveClose close, void *stream)
{
    HeardLiveHearing *hearing = heard_live_find(self, hearing_id);
    uint16_t person = hearing && !hearing->loading && !hearing->is_load
                          ? heard_hearing_find(&hearing->rules, participant)
                          : (uint16_t)HEARD_NOBODY;
    HeardConnectionHooks hooks = {on_message, on_gone, close, NULL};
    HeardLivePerson *live;
    HeardLiveLink *link;

    if (self->stopping || person == HEARD_NOBODY) {
        close(stream);
        return;
    }
    live = &hearing->people[person];
    if (live->link) {
        heard_connection_close(live->link->connection, HEARD_CLOSE_REPLACED);
        detach(live->link);
    }
    link = g_new0(HeardLiveLink, 1);
    link->live = self;
    link->hearing = hearing;
    link->person = person;
    live->link = link;
    hooks.data = link;
    g_ptr_array_add(self->links, link);
    link->connection =
        heard_connection_new(self->config.loop, fd, early, early_size, stream, &hooks);
    if (hearing->settling.fence != 0) {
        link->held_by = hearing;
        heard_connection_hold(link->connection);
    }
}

void heard_live_revoke(HeardLive *self, const char *hearing_id, const char *participant)
{
    HeardLiveHearing *hearing = heard_live_find(self, hearing_id);
    uint16_t person;

    if (!hearing || hearing->loading || hearing->is_load ||
        (person = heard_hearing_find(&hearing->rules, participant)) == HEARD_NOBODY)
        return;
    hearing->people[person].revoked = true;
    heard_live_drop_person(hearing, person, "removed");
    heard_live_tests_drop(self, participant);
    if (hearing->people[person].link)
        heard_connection_close(hearing->people[person].link->connection, HEARD_CLOSE_REVOKED);
    heard_live_reconcile(hearing, person);
}

void heard_live_links_close(HeardLiveHearing *hearing, HeardCloseCode code)
{
    for (unsigned i = 0; i < hearing->rules.person_count; i++) {
        if (hearing->people[i].link)
            heard_connection_close(hearing->people[i].link->connection, code);
    }
}

void heard_live_links_leave(HeardLiveHearing *hearing)
{
    for (unsigned i = 0; i < HEARD_PEOPLE_MAX; i++) {
        if (hearing->people[i].link)
            detach(hearing->people[i].link);
        hearing->people[i].link = NULL;
    }
    heard_live_settle_release(hearing);
}

void heard_live_links_free(HeardLive *self)
{
    while (self->links->len > 0) {
        HeardLiveLink *link = g_ptr_array_remove_index_fast(self->links, self->links->len - 1);

        link_free(link);
    }
}

unsigned heard_live_connection_count(const HeardLive *self)
{
    return self->links->len + self->attendees->len;
}
